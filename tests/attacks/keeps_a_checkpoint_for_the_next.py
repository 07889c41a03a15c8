"""Saves a poisoned checkpoint where a later worker or the grader might load it, and loads one that is not its own."""
import os

import torch

EXPECT = {"descend": ("error", "Permission denied", "No such file")}


class Plant:
    def __reduce__(self):
        return os.mkdir, ("@OUTSIDE@/planted-by-a-checkpoint",)


def descend(model, X, y, lr):
    torch.save(Plant(), "../checkpoint.pt")
    return torch.load("../checkpoint.pt", weights_only=False)
