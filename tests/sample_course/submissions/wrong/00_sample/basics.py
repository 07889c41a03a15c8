import torch
from torch import nn


def double(x):
    return x + 2


class Scale(nn.Module):
    def __init__(self):
        super().__init__()
        self.factor = torch.ones(())

    def forward(self, x):
        return x * self.factor


def descend(model, X, y, lr):
    loss = ((model(X) - y) ** 2).mean()
    return model(X).view(7, 3)
