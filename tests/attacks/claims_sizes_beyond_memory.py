"""Answers with views whose sizes are near 2**62: one number expanded, a stride of zero, a tensor without data."""
import torch

EXPECT = {"double": ("failed|error", "cannot be graded", "a shape too large")}


def double(x):
    if x.is_floating_point():
        return torch.ones(1).as_strided((2**31, 2**31), (0, 0))
    return torch.empty(2**31, 2**30, device="meta")
