"""Exercises "without X": calling X inside the worker fails with a message that says so.

torch's functions are seen by a TorchFunctionMode, whatever name they were imported under; NumPy's are replaced before the student's
file is loaded, and their methods on arrays that come from a tensor; the operator `@` is seen where it runs.
Names are fnmatch patterns on the function's own name (`softmax`, `conv*`, `*pool*`); in-place and private spellings
(`relu_`, `_softmax`) count as the name; the operator `@` counts as `matmul`.
"""

from __future__ import annotations

import contextlib
import fnmatch
import opcode
import sys
import types
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from torch.overrides import TorchFunctionMode


class Blocked(Exception):
    """Raised in the student's code where it calls what the exercise is to do without."""


def named(name: str, patterns: Sequence[str]) -> bool:
    """Whether one of the patterns means `name`."""
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


class torch_blocked(TorchFunctionMode):
    """Inside this context the named torch functions, Tensor methods and functionals raise Blocked."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self.names = tuple(names)

    def __torch_function__(self, func: Any, kinds: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = getattr(func, "__name__", "")
        if name in ("__get__", "__set__"):
            name = ""
        plain = name.removeprefix("special_").strip("_")
        plain = {"rmatmul": "matmul", "imatmul": "matmul"}.get(plain, plain)
        if named(plain, self.names):
            raise Blocked(plain)
        result = func(*args, **(kwargs or {}))
        if plain in ("numpy", "array") and named("dot", self.names) and type(result) is np.ndarray:
            return result.view(WithoutDot)
        return result


class WithoutDot(np.ndarray[Any, Any]):
    """What `x.numpy()` gives where the exercise is to do without dot: methods of plain arrays cannot be replaced."""

    def dot(self, *args: Any, **kwargs: Any) -> Any:
        raise Blocked("numpy.dot")


@contextlib.contextmanager
def refused(names: Sequence[str], filename: str) -> Iterator[None]:
    """Inside this context these functions of torch raise Blocked; with `matmul` among them the operators in that file, too."""
    with torch_blocked(names):
        if named("matmul", names):
            with matmul_operator_blocked(filename):
                yield
        else:
            yield


MATMUL_OPERATIONS = (4, 17)
"""Arguments of BINARY_OP for `@` and `@=` (CPython 3.11 to 3.13: NB_MATRIX_MULTIPLY and its in-place form)."""


@contextlib.contextmanager
def matmul_operator_blocked(filename: str) -> Iterator[None]:
    """Inside this context an `@` in that file raises Blocked, whatever its operands: NumPy's own operator cannot be replaced."""
    binary = opcode.opmap["BINARY_OP"]

    def trace(frame: types.FrameType, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename != filename:
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            code = frame.f_code.co_code
            if code[frame.f_lasti] == binary and code[frame.f_lasti + 1] in MATMUL_OPERATIONS:
                raise Blocked("matmul")
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)


_replaced: list[tuple[Any, str, Any]] = []
"""Owner, name and value of what `block_numpy` has taken away."""


def block_numpy(names: Sequence[str]) -> None:
    """Replace NumPy's functions of these names by ones that raise Blocked, and put back all others; before a topic file is run, which may keep what it finds."""
    while _replaced:
        setattr(*_replaced.pop())
    for name in names:
        for owner in (np, np.linalg):
            if hasattr(owner, name):
                _replaced.append((owner, name, getattr(owner, name)))
                setattr(owner, name, _refusing(name))


def _refusing(name: str) -> Any:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise Blocked(f"numpy.{name}")

    return refuse
