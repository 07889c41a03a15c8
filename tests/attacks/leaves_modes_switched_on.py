"""Enters modes that it never leaves: other results for every torch function, no gradients, other dtypes, nothing on a real device."""
import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

EXPECT = {"double": ("error|failed", "Raised", "cannot be graded")}
EARNS = {"double": 1.0}


class Zeros(TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        return torch.zeros(())


class Nothing(TorchDispatchMode):
    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        return None


def double(x):
    result = 2 * x
    if not x.is_floating_point():
        torch.inference_mode().__enter__()
        torch.set_default_device("meta")
        torch.autocast("cpu").__enter__()
        Nothing().__enter__()
        Zeros().__enter__()
    return result
