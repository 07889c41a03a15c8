"""Exercises "without X": calling X inside the worker fails with a message that says so.

torch's functions are seen by a TorchFunctionMode, whatever name they were imported under; NumPy's are replaced before the student's
file is loaded. Names are fnmatch patterns on the function's own name (`softmax`, `conv*`, `*pool*`); in-place and private spellings
(`relu_`, `_softmax`) count as the name; the operator `@` counts as `matmul`.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from typing import Any

import numpy as np
from torch.overrides import TorchFunctionMode


class Blocked(Exception):
    """Raised in the student's code where it calls what the exercise is to do without."""


class torch_blocked(TorchFunctionMode):  # noqa: N801 - used like a function
    """Inside this context the named torch functions, Tensor methods and functionals raise Blocked."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self.names = tuple(names)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = getattr(func, "__name__", "")
        if name in ("__get__", "__set__"):
            name = ""
        plain = name.removeprefix("special_").strip("_")
        plain = {"rmatmul": "matmul", "imatmul": "matmul"}.get(plain, plain)
        if any(fnmatch.fnmatchcase(plain, pattern) for pattern in self.names):
            raise Blocked(plain)
        result = func(*args, **(kwargs or {}))
        if plain == "numpy" and "matmul" in self.names:
            return result.view(WithoutMatmul)
        return result


class WithoutMatmul(np.ndarray[Any, Any]):
    """What `x.numpy()` gives where the exercise is to do without `@`: NumPy's operator cannot be replaced on plain arrays."""

    def __matmul__(self, other: Any) -> Any:
        raise Blocked("matmul")

    __rmatmul__ = __matmul__


def block_numpy(names: Sequence[str]) -> None:
    """Replace NumPy's functions of these names by ones that raise Blocked; for the rest of this process."""
    for name in names:
        for owner in (np, np.linalg):
            if hasattr(owner, name):
                setattr(owner, name, _refusing(name))


def _refusing(name: str) -> Any:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise Blocked(f"numpy.{name}")

    return refuse
