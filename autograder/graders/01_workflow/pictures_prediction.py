"""Pictures of 01_workflow/prediction: the student's own figure."""

import torch

from autograder.checks import in_worker
from autograder.pictures import figure, picture


@in_worker
def drawn(student, X, y, predictions):
    return figure_pixels(student.plot_predictions(X[:40], y[:40], X[40:], y[40:], predictions))


@picture("plot_predictions", "Your figure: a line's training data, test data and predictions", seconds=10)
def own_figure(student):
    X = torch.arange(0, 1, 0.02).unsqueeze(1)
    y = 0.7 * X + 0.3 + 0.03 * torch.randn(50, 1)
    return figure(drawn(student, X, y, 0.66 * X[40:] + 0.31))
