"""Pictures of 02_classification/binary: what the student's network can tell apart, and how its training goes."""

import math

import torch
from torch import nn

from autograder.checks import in_worker
from autograder.pictures import boundary, curve, picture, places

WIDE = 1.5


def circles(n):
    """n points on two circles, the inner one class 1, with a little noise."""
    angle = 2 * math.pi * torch.rand(n)
    y = (torch.arange(n) < n // 2).long()
    radius = torch.where(y == 1, 0.5, 1.0)
    X = radius[:, None] * torch.stack([angle.cos(), angle.sin()], dim=1) + 0.03 * torch.randn(n, 2)
    order = torch.randperm(n)
    return X[order], y[order]


@in_worker
def ask(model, *questions):
    model.eval()
    with torch.no_grad():
        return [model(points) for points in questions]


@in_worker
def trained_here(student, X, y, points, fresh):
    """A CircleClassifier of 16 units, trained by this loop, not the student's."""
    torch.manual_seed(0)
    model = student.CircleClassifier(16)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(200):
        loss = nn.functional.binary_cross_entropy_with_logits(model(X), y.float())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return ask(model, points, fresh)


@in_worker
def trained_there(student, X, y, points, fresh):
    model, losses = record_losses(student.fit_circles, X, y, 1)
    return losses, *ask(model, points, fresh)


@picture("CircleClassifier", "Regions of your network, trained on circles by the grader", seconds=20, reference=True)
def network_on_circles(student):
    X, y = circles(400)
    fresh, labels = circles(160)
    grid, of_fresh = trained_here(student, X, y, places(-WIDE, WIDE), fresh)
    return boundary(grid, of_fresh, fresh, labels, -WIDE, WIDE)


@picture("fit_circles", "Loss while fit_circles trains", "Regions of your trained model", seconds=30, reference=True)
def fitted_circles(student):
    X, y = circles(400)
    fresh, labels = circles(160)
    losses, grid, of_fresh = trained_there(student, X, y, places(-WIDE, WIDE), fresh)
    return [curve(losses, x="training step"), boundary(grid, of_fresh, fresh, labels, -WIDE, WIDE)]
