"""Takes memory until there is none."""
import torch

EXPECT = {"double": ("error", "far more memory")}


def double(x):
    kept = []
    while True:
        kept.append(torch.empty(1 << 26))
