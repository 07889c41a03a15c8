"""One call into torch that computes for hours, where no Python signal handler is ever run."""
import torch

EXPECT = {"double": ("timed_out", "of CPU time")}


def double(x):
    return torch.linalg.svd(torch.rand(6000, 6000, dtype=torch.float64))[1][:3].float()
