"""Changes its input so that the expected value, computed from it afterwards, is the answer."""
import torch

EXPECT = {"double": ("failed", "changed its input x")}


def double(x):
    x.zero_()
    return torch.zeros_like(x)
