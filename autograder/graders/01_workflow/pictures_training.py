"""Pictures of 01_workflow/training: losses while the student's loops run, over the reference's."""

import torch
from torch import nn

from autograder.checks import in_worker
from autograder.pictures import curve, picture

EPOCHS = 60


@in_worker
def a_line(noise):
    X = torch.arange(0, 1, 0.02).unsqueeze(1)
    return X, 0.7 * X + 0.3 + 0.02 * noise


@in_worker
def fitted(student, noise):
    """The history that fit gives for a linear layer, on 40 points for training and 10 for testing."""
    X, y = a_line(noise)
    torch.manual_seed(3)
    model = nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    return student.fit(model, X[:40], y[:40], X[40:], y[40:], nn.MSELoss(), optimizer, EPOCHS)


@in_worker
def line_losses(student):
    return record_losses(student.fit_line)[1]


@in_worker
def scheduled(student, noise):
    X, y = a_line(noise)
    torch.manual_seed(3)
    model = nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.4)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=20, gamma=0.3)
    return student.fit_with_schedule(model, X, y, nn.MSELoss(), optimizer, scheduler, EPOCHS)


def of(history, name):
    return curve(history.get(name) if isinstance(history, dict) else history, y={"lr": "learning rate"}.get(name, "loss"))


@picture("fit", "Training loss", "Test loss", reference=True)
def losses_of_fit(student):
    history = fitted(student, torch.randn(50, 1))
    return [of(history, "train_loss"), of(history, "test_loss")]


@picture("fit_line", "Loss while fit_line trains", seconds=30, reference=True)
def losses_of_fit_line(student):
    return curve(line_losses(student), x="training step")


@picture("fit_with_schedule", "Training loss", "Learning rate", reference=True)
def losses_and_rates(student):
    history = scheduled(student, torch.randn(50, 1))
    return [of(history, "train_loss"), of(history, "lr")]
