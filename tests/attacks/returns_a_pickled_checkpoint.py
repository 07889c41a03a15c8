"""Answers with bytes, paths and modules that run code when they are unpickled: a poisoned checkpoint."""
import io
import os
import pickle

import torch
from torch import nn

EXPECT = {"double": ("failed", "should be a tensor"), "Scale": ("failed", "2 are registered")}


class Plant:
    def __reduce__(self):
        return os.mkdir, ("@OUTSIDE@/planted-by-a-checkpoint",)


def double(x):
    buffer = io.BytesIO()
    torch.save({"state_dict": Plant(), "value": 2 * x}, buffer)
    return buffer.getvalue() if x.is_floating_point() else pickle.dumps(Plant())


class Scale(nn.Module):
    def __init__(self):
        super().__init__()
        self.factor = nn.Parameter(torch.ones(()))

    def get_extra_state(self):
        return Plant()

    def set_extra_state(self, state):
        pass

    def forward(self, x):
        return self.factor * x

    def __reduce__(self):
        return os.mkdir, ("@OUTSIDE@/planted-by-a-module",)
