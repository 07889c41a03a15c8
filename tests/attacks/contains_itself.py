"""Registers a module inside itself and more parameters than anybody would read, so that reading its state never ends."""
import torch

EXPECT = {"Scale": ("failed", "cannot be graded"), "double": ("failed", "cannot be graded")}


class Scale(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.factor = torch.nn.Parameter(torch.ones(()))
        self._modules["me"] = self

    def forward(self, x):
        return self.factor * x


def double(x):
    crowd = torch.nn.Module()
    one = torch.nn.Parameter(torch.ones(()))
    crowd._parameters.update({str(number): one for number in range(150_000)})
    return crowd
