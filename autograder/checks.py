"""What a hidden grader imports: `@check`, `@in_worker`, comparisons made on the grader's side, and what they raise.

Nothing here runs student code. Values that reach these functions came over the channel as data; they are compared by this
process's own torch and NumPy. Messages name properties, shapes and dtypes, never hidden inputs or expected values.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import math
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import numpy as np
import torch

from .channel import TensorInfo, info

__all__ = [
    "DATASETS",
    "CheckFailed",
    "CheckSpec",
    "StudentCrash",
    "StudentError",
    "StudentTimeout",
    "TensorInfo",
    "assert_close",
    "assert_equal",
    "check",
    "expect",
    "fail",
    "in_worker",
    "info",
    "raises",
    "says",
]

DATASETS = Path(__file__).resolve().parent.parent / "datasets"
"""The course's data sets, for graders; a worker cannot read this folder."""

T = TypeVar("T")
Function = TypeVar("Function", bound=Callable[..., Any])


class CheckFailed(AssertionError):
    """A check's verdict; the text says which property failed and, where it is recognised, why. `shapes`: got and wanted, where they differ."""

    def __init__(
        self, why: str, returned: str | None = None, shapes: tuple[tuple[int, ...], tuple[int, ...]] | None = None
    ) -> None:
        super().__init__(why)
        self.why, self.returned, self.shapes = why, returned, shapes


class StudentError(Exception):
    """What the student's code raised, as data. Where it was a builtin exception this one is that, too."""

    kind = "raised"

    def __init__(
        self, kind: str, types: Sequence[str], message: str, frames: Sequence[Sequence[Any]], at: Any = None
    ) -> None:
        super().__init__(f"{types[0] if types else 'Exception'}: {message}")
        self.kind, self.types, self.message, self.frames, self.at = kind, tuple(types), message, frames, at


class StudentTimeout(Exception):
    """A call did not end within its limit."""


class StudentCrash(Exception):
    """The worker ended, or sent what no worker sends; the text says how. `killed`: by whom is not known; the kernel does so when memory runs out."""

    def __init__(self, message: str, killed: bool = False) -> None:
        super().__init__(message)
        self.killed = killed


BUILTIN_ERRORS = {
    name: value
    for name, value in vars(builtins).items()
    if isinstance(value, type)
    and issubclass(value, Exception)
    and not issubclass(value, Warning | BaseExceptionGroup | StopIteration | StopAsyncIteration)
}
"""Not those that end a loop: where a grader maps or zips over the student's answers, the rest would go unchecked."""


def student_error(
    kind: str, types: Sequence[str], message: str, frames: Sequence[Sequence[Any]], at: Any = None
) -> StudentError:
    """A StudentError that `except ValueError` catches when the student raised a ValueError.

    An unfinished stub is none of the errors that a check may wait for, although NotImplementedError is a RuntimeError.
    """
    base = next((BUILTIN_ERRORS[name] for name in types if name in BUILTIN_ERRORS), None)
    if (
        kind != "raised"
        or base is None
        or base in (Exception, NotImplementedError)
        or (
            base.__init__ is not Exception.__init__
            and base in (UnicodeDecodeError, UnicodeEncodeError, UnicodeTranslateError)
        )
    ):
        return StudentError(kind, types, message, frames, at)
    mixed = type(f"Student{base.__name__}", (StudentError, base), {})
    error: StudentError = mixed(kind, types, message, frames, at)
    return error


# ------------------------------------------------------------------------------------------------------------ marking


@dataclass(frozen=True)
class CheckSpec:
    """What `@check` says of a test function."""

    exercise: str
    points: float
    hint: str
    seconds: int
    rng: str | None
    mutates: bool


def check(
    exercise: str, points: float = 1, hint: str = "", *, seconds: int = 5, rng: str | None = None, mutates: bool = False
) -> Callable[[Function], Function]:
    """Mark a test function as a check of `exercise`; the first line of its docstring is the property it shows to students.

    Args:
        exercise: name of the exercise in the topic of this grader.
        points: what passing earns.
        hint: where to look when it fails.
        seconds: CPU seconds that one call into the student's code may use.
        rng: "untouched" or "free" overrides whether the global random states may move (default: free where the exercise has
            a parameter `seed` or is a class).
        mutates: the exercise changes its arguments on purpose.
    """
    if rng not in (None, "untouched", "free"):
        raise ValueError(f"rng is 'untouched' or 'free', not {rng!r}")
    if points <= 0:
        raise ValueError(f"points must be positive, not {points}")

    def mark(function: Function) -> Function:
        if not (function.__doc__ or "").strip():
            raise ValueError(f"{function.__name__} needs a docstring: its first line is what the student reads")
        function.check_spec = CheckSpec(exercise, float(points), hint, seconds, rng, mutates)  # type: ignore[attr-defined]
        return function

    return mark


def says(*texts: str) -> Callable[[T], T]:
    """Mark a `wrong_…` variant: a failing message must contain each of these texts (in any case)."""

    def mark(variant: T) -> T:
        variant.says = texts  # type: ignore[attr-defined]
        return variant

    return mark


class Scenario:
    """A function that runs in the worker, beside the student's code. Only its source travels, with that of the marked names it uses."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.__name__, self.__doc__, self.__module__ = function.__name__, function.__doc__, function.__module__
        self.function = function
        self.own_source = _own_source(function)  # now: the file may be edited while graders run
        self._source: str | None = None

    def __call__(self, student: Any, *args: Any, **kwargs: Any) -> Any:
        return student._run(self.__name__, self.source, args, kwargs)

    @property
    def source(self) -> str:
        if self._source is None:
            self._source = _with_dependencies(self)
        return self._source


def in_worker(marked: Any) -> Any:
    """Mark a function to run in the worker (`scenario(student, *args)`), or a class that such functions use on both sides."""
    if isinstance(marked, type):
        marked._in_worker_source = _own_source(marked)  # type: ignore[attr-defined]
        return marked
    return Scenario(marked)


def _own_source(thing: Any) -> str:
    lines = textwrap.dedent(inspect.getsource(thing)).splitlines()
    while lines and lines[0].startswith("@"):
        lines.pop(0)
    return "\n".join(lines)


def _with_dependencies(scenario: Scenario) -> str:
    """Source of a marked function, after that of every marked function, class and plain constant of its file that it names."""
    parts: dict[str, str] = {}

    def travels(
        thing: Any,
    ) -> bool:  # parsing each source to find that it names none of these took a tenth of grading's time
        return isinstance(thing, Scenario | bool | int | float | str | tuple) or "_in_worker_source" in getattr(
            thing, "__dict__", ()
        )

    def add(name: str, thing: Any, names: dict[str, Any]) -> None:
        if name in parts:
            return
        if isinstance(thing, Scenario):
            text = thing.own_source
        elif isinstance(thing, type) and "_in_worker_source" in vars(thing):
            text = str(vars(thing)["_in_worker_source"])
        elif isinstance(thing, bool | int | float | str | tuple) and name.strip("_").isupper():
            text = f"{name} = {thing!r}"
        else:
            return
        parts[name] = ""
        if any(word in names and travels(names[word]) for word in set(re.findall(r"[A-Za-z_]\w*", text)) - {name}):
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Name) and node.id in names:
                    add(node.id, names[node.id], names)
        del parts[name]
        parts[name] = text

    add(scenario.__name__, scenario, dict(scenario.function.__globals__))
    return "\n\n".join(parts.values())


# ---------------------------------------------------------------------------------------------------------- verdicts


def fail(why: str) -> NoReturn:
    """Fail the check; `why` is what the student reads."""
    raise CheckFailed(why)


def expect(condition: Any, why: str, *, shapes: tuple[Sequence[int], Sequence[int]] | None = None) -> None:
    """Fail with `why` unless `condition` holds. `shapes` are (got, wanted), for a picture, where it is about shapes."""
    if not condition:
        raise CheckFailed(why, shapes=(tuple(shapes[0]), tuple(shapes[1])) if shapes else None)


@contextmanager
def raises(
    expected: type[BaseException] | tuple[type[BaseException], ...], wrong: str = "this input"
) -> Iterator[None]:
    """The student's call inside must raise one of `expected`; `wrong` says in words what is wrong with the input."""
    kinds = expected if isinstance(expected, tuple) else (expected,)
    names = " or ".join(kind.__name__ for kind in kinds)
    try:
        yield
    except StudentError as error:
        if error.kind != "raised" or is_stub(error):
            raise
        if isinstance(error, kinds):
            return
        raise CheckFailed(
            f"{wrong}: {names} was due, but {error.types[0] if error.types else 'another error'} was raised."
        ) from error
    raise CheckFailed(f"{wrong}: {names} was due, but nothing was raised.")


def is_stub(error: StudentError) -> bool:
    """Whether the error is an unfinished exercise's own."""
    return "NotImplementedError" in error.types and error.message.strip() == "Your code here"


def describe(value: Any, depth: int = 3) -> str:
    """A value in a few words: kind, shape, dtype; no contents, and nothing of what lies deeper than `depth`."""
    if isinstance(value, torch.Tensor):
        found = info(value)
        device = "" if found.device == "cpu" else f" on {found.device}"
        return f"a tensor of shape {tuple(value.shape)}, {str(value.dtype).removeprefix('torch.')}{device}"
    if isinstance(value, np.ndarray):
        return f"a NumPy array of shape {value.shape}, {value.dtype}"
    if value is None:
        return "None"
    if isinstance(value, np.generic):
        return f"a NumPy {value.dtype} scalar"
    if isinstance(value, bool | int | float | complex | str | bytes):
        return f"a Python {type(value).__name__}"
    if isinstance(value, tuple | list):
        kinds = ", ".join(describe(item, depth - 1) for item in value[:4] if depth)
        return f"a {type(value).__name__} of {len(value)}" + (
            f" ({kinds}{', …' if len(value) > 4 else ''})" if kinds else ""
        )
    if isinstance(value, Mapping):
        return f"a dict of {len(value)}"
    cls = getattr(value, "cls", None)
    return f"an object of class {cls}" if isinstance(cls, str) else f"a {type(value).__name__}"


TOLERANCE = {
    torch.float16: (1e-3, 1e-3),
    torch.bfloat16: (1.6e-2, 1e-2),
    torch.float64: (1e-7, 1e-7),
    torch.complex128: (1e-7, 1e-7),
}
"""(rtol, atol) by dtype. For float32 ten times torch.testing's: a right answer may add its terms in another order."""


def assert_close(
    got: Any,
    want: Any,
    *,
    rtol: float | None = None,
    atol: float | None = None,
    mistakes: Mapping[str, Any] | None = None,
    what: str = "the result",
) -> None:
    """Type, shape, dtype, device and values of `got` are those of `want`, values within a tolerance (nan equals nan).

    Args:
        got: the student's answer.
        want: a tensor, array, number, or a list, tuple or dict of them. A list will do where a tuple is wanted, but not inside one.
        rtol, atol: tolerance; by dtype if not given.
        mistakes: message -> the answer (or a function giving it) of a known misconception, shown when `got` equals that.
        what: how messages call the answer.
    """
    _compare(got, want, what, mistakes, lambda a, b: _close(a, b, rtol, atol))


def assert_equal(got: Any, want: Any, *, mistakes: Mapping[str, Any] | None = None, what: str = "the result") -> None:
    """Like assert_close, without tolerance: the very values, the exact kinds."""
    _compare(got, want, what, mistakes, _same)


def _compare(
    got: Any, want: Any, what: str, mistakes: Mapping[str, Any] | None, same: Callable[[Any, Any], bool]
) -> None:
    if isinstance(want, tuple) and isinstance(got, list):
        got = tuple(got)  # `return [X, y]` unpacks as `return X, y` does; inside, and where a shape is due, kinds count
    why = _difference(got, want, what, same)
    if why is None:
        return
    for message, wrong in (mistakes or {}).items():
        try:
            value = wrong() if callable(wrong) else wrong
        except (RuntimeError, ValueError, TypeError, IndexError):
            continue  # this misconception gives no value for these inputs
        if _difference(got, value, what, lambda a, b: _close(a, b, 1e-4, 1e-5), strict=False) is None:
            raise CheckFailed(message, describe(got), _different_shapes(got, want))
    raise CheckFailed(why, describe(got), _different_shapes(got, want))


def _different_shapes(got: Any, want: Any) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """The first two shapes that differ between an answer and what was wanted."""
    if isinstance(want, torch.Tensor | np.ndarray):
        if type(got) is not type(want) or tuple(got.shape) == tuple(want.shape):
            return None
        return tuple(got.shape), tuple(want.shape)
    if isinstance(want, Mapping) and isinstance(got, Mapping):
        pairs = [(got[key], want[key]) for key in want if key in got]
    elif isinstance(want, tuple | list) and isinstance(got, tuple | list):
        pairs = list(zip(got, want, strict=False))
    else:
        return None
    return next((found for g, w in pairs if (found := _different_shapes(g, w))), None)


def _difference(got: Any, want: Any, what: str, same: Callable[[Any, Any], bool], strict: bool = True) -> str | None:
    """What differs, in words; None if nothing does. Not strict: dtypes and devices may differ."""
    if isinstance(want, torch.Tensor):
        return _tensor_difference(got, want, what, same, strict)
    if isinstance(want, np.ndarray):
        if not isinstance(got, np.ndarray):
            return f"{what} should be a NumPy array; it is {describe(got)}."
        if got.shape != want.shape:
            return f"{what} should have shape {want.shape}; it has {got.shape}."
        if strict and got.dtype != want.dtype:
            return f"{what} should have dtype {want.dtype}; it has {got.dtype}."
        return None if same(got, want) else f"{what} has the right shape and dtype, but not the right values."
    if isinstance(want, Mapping):
        if not isinstance(got, Mapping):
            return f"{what} should be a dict; it is {describe(got)}."
        if set(got) != set(want):
            return f"{what} should have exactly the keys {_names(want)}; it has {_names(got)}."
        pairs = [(f"{what}[{key!r}]", got[key], want[key]) for key in want]
    elif isinstance(want, tuple | list):
        sized = (
            isinstance(got, tuple | list) if not strict else isinstance(got, tuple if isinstance(want, tuple) else list)
        )
        if not sized:
            return f"{what} should be a {'tuple' if isinstance(want, tuple) else 'list'} of {len(want)}; it is {describe(got)}."
        if len(got) != len(want):
            return f"{what} should hold {len(want)} things; it holds {len(got)}."
        pairs = [(f"{what}[{i}]", g, w) for i, (g, w) in enumerate(zip(got, want, strict=True))]
    else:
        return _scalar_difference(got, want, what, same)
    return next((why for name, g, w in pairs if (why := _difference(g, w, name, same, strict))), None)


def _names(mapping: Mapping[Any, Any]) -> str:
    # Cut before it is written out: a megabyte of bytes would become four of text.
    keys = (key[:40] if isinstance(key, str | bytes) else key for key in list(mapping)[:12])
    return ", ".join(repr(key)[:40] for key in keys) or "none"


def _tensor_difference(
    got: Any, want: torch.Tensor, what: str, same: Callable[[Any, Any], bool], strict: bool
) -> str | None:
    if not isinstance(got, torch.Tensor):
        return f"{what} should be a tensor; it is {describe(got)}."
    if got.shape != want.shape:
        return f"{what} should have shape {tuple(want.shape)}; it has {tuple(got.shape)}."
    if strict and got.dtype != want.dtype:
        return f"{what} should be {_dtype(want)}; it is {_dtype(got)}."
    if strict and info(got).device.partition(":")[0] != want.device.type:
        return f"{what} should be on device {want.device.type}; it is on {info(got).device}."
    if want.is_meta or got.is_meta:
        return None if want.is_meta == got.is_meta else f"{what} is on the wrong device."
    if same(got, want):
        return None
    if want.is_floating_point() and got.is_floating_point():
        if torch.isnan(got).any() and not torch.isnan(want).any():
            return f"{what} has the right shape, but contains nan."
        if torch.isinf(got).any() and not torch.isinf(want).any():
            return f"{what} has the right shape, but contains inf."
    return f"{what} has the right shape and dtype, but not the right values."


def _scalar_difference(got: Any, want: Any, what: str, same: Callable[[Any, Any], bool]) -> str | None:
    if isinstance(got, torch.Tensor) and isinstance(want, bool | int | float):
        return f"{what} should be a Python {type(want).__name__}; it is {describe(got)} (.item() gives the number)."
    for kind in (bool, int, float, str):
        if isinstance(want, kind):
            right = isinstance(got, kind) and (kind is bool or not isinstance(got, bool))
            if not right:
                return f"{what} should be a Python {kind.__name__}; it is {describe(got)}."
            return (
                None
                if same(got, want)
                else f"{what} is a Python {kind.__name__}, as it should be, but not the right one."
            )
    if want is None:
        return None if got is None else f"{what} should be None; it is {describe(got)}."
    if type(got) is not type(want) and not isinstance(got, type(want)):
        return f"{what} should be a {type(want).__name__}; it is {describe(got)}."
    return None if same(got, want) else f"{what} is not the right one."


def _dtype(tensor: torch.Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def _close(got: Any, want: Any, rtol: float | None, atol: float | None) -> bool:
    if isinstance(want, torch.Tensor):
        default = TOLERANCE.get(want.dtype, (1e-5, 1e-5))
        r, a = (default[0] if rtol is None else rtol), (default[1] if atol is None else atol)
        wide = torch.complex128 if want.is_complex() or got.is_complex() else torch.float64
        exact = not (want.is_floating_point() or want.is_complex()) and rtol is None and atol is None
        if exact and got.dtype == want.dtype:
            return bool(torch.equal(got, want))
        return bool(torch.isclose(got.to(wide), want.to(wide), rtol=r, atol=a, equal_nan=True).all())
    if isinstance(want, np.ndarray):
        if want.dtype.kind not in "fc":
            return bool(np.array_equal(got, want))
        default = (1e-7, 1e-7) if want.dtype.itemsize >= 8 else (1e-5, 1e-5)
        return bool(
            np.allclose(
                got,
                want,
                rtol=default[0] if rtol is None else rtol,
                atol=default[1] if atol is None else atol,
                equal_nan=True,
            )
        )
    if isinstance(want, float) and isinstance(got, float):
        return math.isclose(
            got, want, rel_tol=1e-5 if rtol is None else rtol, abs_tol=1e-5 if atol is None else atol
        ) or (math.isnan(got) and math.isnan(want))
    return bool(got == want)


def _same(got: Any, want: Any) -> bool:
    if isinstance(want, torch.Tensor):
        if want.is_floating_point() or want.is_complex():
            return bool(((got == want) | (torch.isnan(got) & torch.isnan(want))).all())
        return bool(torch.equal(got, want))
    if isinstance(want, np.ndarray):
        return bool(np.array_equal(got, want, equal_nan=want.dtype.kind in "fc"))
    if isinstance(want, float):
        return bool(got == want or (math.isnan(got) and math.isnan(want)))
    return bool(got == want)
