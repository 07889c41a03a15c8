"""Answers rightly, and leaves torch, the other exercises and the worker broken for those that come after it."""
import os
import sys

import torch

EXPECT = {}


def double(x):
    if not x.is_floating_point():
        result = 2 * x
        student = sys.modules["student"]
        del student.Scale
        student.descend = None
        torch.ones = torch.optim.SGD = torch.nn.functional.mse_loss = None
        torch.set_default_dtype(torch.float64)
        torch.nn.Module.__call__ = torch.Tensor.__mul__ = lambda *args: 0
        os.chdir("/")
        return result
    return 2 * x
