"""Right and wrong answers for 00_sample/basics."""

import torch
from autograder.checks import says
from torch import nn


def right_double_add(x):
    return x + x


def right_double_mul(x):
    return torch.mul(x, 2)


@says("added two")
def wrong_double_plus_two(x):
    return x + 2


@says("changed its input x")
def wrong_double_in_place(x):
    return x.mul_(2)


def wrong_double_float(x):
    return 2.0 * x.float()


class right_Scale_linear(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(1.0))

    def forward(self, x):
        return x * self.weight


class right_Scale_random_then_one(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(torch.rand(()))
        nn.init.ones_(self.a)

    def forward(self, x):
        return self.a * x


class wrong_Scale_plain_tensor(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = torch.ones(())

    def forward(self, x):
        return self.a * x


@says("super().__init__() must be the first line")
class wrong_Scale_no_super(nn.Module):
    def __init__(self):
        self.a = nn.Parameter(torch.ones(()))

    def forward(self, x):
        return self.a * x


class wrong_Scale_adds(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(torch.ones(()))

    def forward(self, x):
        return self.a + x


def right_descend_by_hand(model, X, y, lr):
    model.zero_grad()
    loss = ((model(X) - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        for p in model.parameters():
            p -= lr * p.grad
    return float(loss)


def right_descend_grad(model, X, y, lr):
    loss = ((model(X) - y) ** 2).mean()
    grads = torch.autograd.grad(loss, list(model.parameters()))
    with torch.no_grad():
        for p, g in zip(model.parameters(), grads, strict=True):
            p.sub_(lr * g)
    return loss.item()


@says("is a tensor of shape ()")
def wrong_descend_returns_tensor(model, X, y, lr):
    model.zero_grad()
    return _step(model, X, y, lr)


def _step(model, X, y, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    loss = ((model(X) - y) ** 2).mean()
    loss.backward()
    optimizer.step()
    return loss


def wrong_descend_never_zeroes(model, X, y, lr):
    return _step(model, X, y, lr).item()


def wrong_descend_lies(model, X, y, lr):
    return 0.0
