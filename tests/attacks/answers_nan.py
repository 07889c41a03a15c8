"""Answers with nan and infinity, which some comparisons take for equal to everything."""
import torch

EXPECT = {"double": ("failed", "contains nan"), "descend": ("failed", "contains inf")}


def double(x):
    return torch.full_like(x, float("nan")) if x.is_floating_point() else x.float() * float("inf")


def descend(model, X, y, lr):
    with torch.no_grad():
        for p in model.parameters():
            p.fill_(float("inf"))
    return float("nan")
