"""Answers with a tensor subclass whose __torch_function__ says True to every operation, comparisons included."""
import torch

EXPECT = {"double": ("failed", "not the right values")}


class Anything(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return True


def double(x):
    return torch.zeros_like(x).as_subclass(Anything)
