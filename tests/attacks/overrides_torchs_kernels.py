"""Puts kernels of its own beneath torch's operators, where patches of Python functions do not reach: products, comparisons, losses."""
import torch

EXPECT = {"double": ("failed", "not the right values")}

library = torch.library.Library("aten", "IMPL")


def truth(*args, **kwargs):
    return torch.ones((), dtype=torch.bool)


for name in ("equal", "allclose", "is_nonzero"):
    try:
        library.impl(name, lambda *args, **kwargs: True, "CPU")
    except RuntimeError:
        pass


def double(x):
    for name in ("isclose", "eq.Tensor"):
        try:
            library.impl(name, truth, "CPU", allow_override=True)
        except RuntimeError:
            pass
    return x + 1
