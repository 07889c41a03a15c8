"""Derives the grader's seed from its own: by drawing what would come next, and by trying the first hundred thousand run seeds."""
import hashlib
import sys

import torch

EXPECT = {"double": ("error", "held: nothing is foreseen")}


def double(x):
    frame = sys._getframe()
    while "message" not in frame.f_locals:
        frame = frame.f_back
    begin = frame.f_locals["message"]["begin"]
    for seed in (begin, torch.initial_seed()):
        for side in (seed, seed % 2**32):
            if torch.equal(torch.rand(3, generator=torch.Generator().manual_seed(side)), x):
                raise RuntimeError("crossed: both sides draw from one seed")
    for run in range(100_000 if x.is_floating_point() else 0):
        if int.from_bytes(hashlib.sha256(f"{run}:00_sample/basics/doubles:worker".encode()).digest()[:6], "big") == begin:
            raise RuntimeError(f"crossed: the run's seed is {run}")
    raise RuntimeError("held: nothing is foreseen")
