"""Pictures of 03_computer_vision/engine: losses, and the pictures that the trained model is most wrong about."""

import numpy as np
import torch
from torch import nn

from autograder.checks import DATASETS, in_worker
from autograder.pictures import curve, most_wrong, picture


def clothes(train, test):
    """(images, labels) of the first pictures of either part of the data set, and the names of the classes."""
    with np.load(DATASETS / "fashion_mnist" / "fashion_mnist_7k.npz", allow_pickle=False) as data:
        parts = [
            (torch.from_numpy(data[f"X_{part}"][:n]).float().div(255).unsqueeze(1), torch.from_numpy(data[f"y_{part}"][:n]).long())
            for part, n in (("train", train), ("test", test))
        ]
        return *parts, [str(name) for name in data["class_names"]]


@in_worker
def fitted(student, train, test):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    loaders = [DataLoader(TensorDataset(*part), batch_size=64) for part in (train, test)]
    return student.fit(model, *loaders, nn.CrossEntropyLoss(), optimizer, "cpu", 6)


@in_worker
def trained(student, train, tested, others):
    model, losses = record_losses(student.train_fashion, train, tested, 1)
    model.eval()
    with torch.no_grad():
        return losses, model(others)


def of(history, name):
    return curve(history.get(name) if isinstance(history, dict) else history, y=name.partition("_")[2])


@picture("fit", "Training loss", "Test loss", "Test accuracy", seconds=20, reference=True)
def losses_of_fit(student):
    train, test, _ = clothes(1000, 300)
    history = fitted(student, train, test)
    return [of(history, name) for name in ("train_loss", "test_loss", "test_accuracy")]


@picture("train_fashion", "Loss while train_fashion trains", "Pictures that your model is most wrong about", seconds=30, reference=True)
def trained_fashion(student):
    train, (images, labels), names = clothes(5000, 1000)
    losses, logits = trained(student, train, (images[:100], labels[:100]), images[100:])
    return [curve(losses, x="training step"), most_wrong(logits, images[100:], labels[100:], names)]
