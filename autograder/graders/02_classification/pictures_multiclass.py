"""Pictures of 02_classification/multiclass: losses, and the regions of a model that was trained on spirals."""

import math

import torch
from torch import nn

from autograder.checks import in_worker
from autograder.pictures import boundary, curve, picture, places

WIDE = 1.25


def spirals(n):
    """Three arms of n points each, one turn, with noise."""
    y = torch.arange(3).repeat_interleave(n)
    u = torch.linspace(0, 1, n).repeat(3)
    angle, radius = 2 * math.pi * (u + y / 3), 0.1 + 0.9 * u
    X = radius[:, None] * torch.stack([angle.cos(), angle.sin()], dim=1) + 0.05 * torch.randn(3 * n, 2)
    order = torch.randperm(3 * n)
    return X[order], y[order]


@in_worker
def fitted(student, X, y):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 3))
    return student.fit_classifier(model, X, y, 40, 0.01, 64, seed=0)


@in_worker
def trained(student, X, y, points, fresh):
    model, losses = record_losses(student.fit_spirals, X, y, 1)
    model.eval()
    with torch.no_grad():
        return losses, model(points), model(fresh)


@picture("fit_classifier", "Loss per epoch, as fit_classifier returns it", seconds=20, reference=True)
def losses_of_fit_classifier(student):
    return curve(fitted(student, *spirals(100)))


@picture("fit_spirals", "Loss while fit_spirals trains", "Regions of your trained model", seconds=60, reference=True)
def fitted_spirals(student):
    X, y = spirals(200)
    fresh, labels = spirals(60)
    losses, grid, of_fresh = trained(student, X, y, places(-WIDE, WIDE), fresh)
    return [curve(losses, x="training step"), boundary(grid, of_fresh, fresh, labels, -WIDE, WIDE)]
