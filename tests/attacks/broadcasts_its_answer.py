"""Answers with shapes that broadcast: a scalar, a column, a stride of zero over fewer numbers."""
import torch

EXPECT = {"double": ("failed", "should have shape"), "Scale": ("failed", "should have shape")}


def double(x):
    return (2 * x).unsqueeze(0).expand(2, -1)


class Scale(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.factor = torch.nn.Parameter(torch.ones(1, 4))

    def forward(self, x):
        return (self.factor * x).mean()
