"""Pictures of 02_classification/boundary: the student's own figure."""

import math

import torch
from torch import nn

from autograder.checks import in_worker
from autograder.pictures import figure, picture


@in_worker
class Ring(nn.Module):
    """Class 1 within the circle of radius 0.75, as logits (N,)."""

    def forward(self, x):
        return 4 * (0.75 - x.square().sum(dim=1).sqrt())


@in_worker
def drawn(student, X, y):
    return figure_pixels(student.plot_decision_boundary(Ring(), X, y))


@picture("plot_decision_boundary", "Your figure: a model that knows the inner circle", seconds=10)
def own_figure(student):
    angle = 2 * math.pi * torch.rand(200)
    y = (torch.arange(200) < 100).long()
    radius = torch.where(y == 1, 0.5, 1.0)
    X = radius[:, None] * torch.stack([angle.cos(), angle.sin()], dim=1) + 0.04 * torch.randn(200, 2)
    return figure(drawn(student, X, y))
