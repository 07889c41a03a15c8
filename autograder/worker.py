"""The process that holds one student's topic: gets its source as text, serves calls, answers with data.

Forked from the warm zygote (or started as a process of its own where there is no fork) with its walls already up.
It shares its memory with the student's code, so nothing it says is trusted on the other side of the channel.
"""

from __future__ import annotations

import builtins
import contextlib
import copy
import ctypes
import gc
import io
import linecache
import math
import os
import pathlib
import random
import sys
import tempfile
import time
import traceback
import types
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from . import failing_line
from . import without as without_names
from .channel import Channel, ChannelError, HandleInfo, Unsendable, dumps

MODULE = "student"
PRINTED = 8192
"""Characters of a student's printed text that are kept, per call."""


class Printed(io.TextIOBase):
    """Takes the place of stdout and stderr: keeps the last characters, forgets the rest."""

    def __init__(self) -> None:
        self.text = ""
        self.dropped = False

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        kept = self.text + text[-PRINTED:]
        self.dropped = self.dropped or len(kept) > PRINTED or len(text) > PRINTED
        self.text = kept[-PRINTED:]
        return len(text)

    def take(self) -> str:
        text, self.text = self.text, ""
        return text


class Worker:
    """State of one worker: the student's module, the objects that stay here, what the last call did."""

    def __init__(self, channel: Channel, set_cpu_limit: Callable[[int], None]) -> None:
        self.channel = channel
        self.set_cpu_limit = set_cpu_limit
        self.module = types.ModuleType(MODULE)
        self.filename = ""
        self.handles: list[Any] = []
        self.printed = Printed()
        self.warned: list[str] = []
        self.calls: list[Any] = []
        self.scenarios: dict[str, dict[str, Any]] = {}
        self.scratch = self.home = os.getcwd()
        self.random: tuple[Any, ...] | None = None
        """The random states as the last call left them; not known after what may have drawn since."""

    # ------------------------------------------------------------------------------------------------------ serving

    def serve(self) -> None:
        """Answer messages until the channel closes."""
        while True:
            try:
                message = self.channel.receive(revive=True, handle=self._revive)
            except ChannelError:
                return
            self.set_cpu_limit(int(message["cpu"]))
            self.channel.send(self.answer(message))

    def answer(self, message: dict[str, Any]) -> list[bytes | memoryview]:
        """Do what `message` asks; the parts of the frame that answers it."""
        self.warned, self.calls = [], []
        self.printed.take()
        reply: dict[str, Any] = {"token": message["token"]}
        try:
            reply["value"] = self._dispatch(message, reply)
        except BaseException as error:
            reply["error"] = self.describe_error(error)
            reply.pop("value", None)
        reply["printed"] = self.printed.take()
        reply["warned"] = self.warned[:5]
        reply["called"] = self.calls[-1] if self.calls else None
        try:
            return dumps(reply, handle=self._keep)
        except BaseException as error:
            reply.pop("value", None)
            reply.pop("changed", None)
            reply["called"] = None
            why = str(error) if isinstance(error, Unsendable) else f"reading it raised {type(error).__name__}"
            reply["error"] = {
                "kind": "unsendable",
                "types": ["Unsendable"],
                "message": why[:300],
                "frames": [],
                "at": None,
            }
            return dumps(reply)

    def _dispatch(self, message: dict[str, Any], reply: dict[str, Any]) -> Any:
        operation = message["op"]
        if message.get("begin") is not None:
            self._begin(message["begin"])
            self.random = None
        if operation == "load":
            return self._load(message["name"], message["source"], message["blocked"])
        if operation == "call":
            return self._call(message, reply)
        if operation == "run":
            return self._run(message)
        raise ValueError(operation)

    def _begin(self, seed: int) -> None:
        """Start a check from a known state: whatever global switches an earlier one left are put back."""
        self.handles.clear()
        os.chdir(self.home)
        torch.set_default_dtype(torch.float32)
        torch.set_default_device(None)
        torch.set_grad_enabled(True)
        if torch.are_deterministic_algorithms_enabled():  # asked first: to set it imports torch.compile's back end
            torch.use_deterministic_algorithms(False)
        torch.set_num_threads(1)
        warnings.resetwarnings()
        warnings.simplefilter("default")
        np.seterr(all="warn")
        plt = sys.modules.get("matplotlib.pyplot")
        if plt is not None and plt.get_fignums():
            plt.close("all")
        seed_all(seed)

    def _load(self, name: str, source: str, blocked: list[str]) -> None:
        """Run the topic file. `blocked` names NumPy functions that are refused from here on (see without.py)."""
        if self.filename and name != self.filename:
            self._make_room()
        self.filename = name
        self.module = types.ModuleType(MODULE)
        self.module.__file__ = name
        sys.modules[MODULE] = self.module
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        without_names.block_numpy(blocked)
        with self._watching():
            exec(compile(source, name, "exec"), self.module.__dict__)

    def _make_room(self) -> None:
        """A topic that comes after another finds an empty folder, and no names of that one."""
        self.scenarios.clear()
        self.home = tempfile.mkdtemp(dir=self.scratch)
        os.chdir(self.home)

    def _call(self, message: dict[str, Any], reply: dict[str, Any]) -> Any:
        """Call a function of the student's, or a method of an object that stayed here."""
        target, name, args, kwargs = message["target"], message["name"], message["args"], message["kwargs"]
        if target is None:
            function = self._find(name)
        elif name == "__call__":
            function = target
        else:
            function = getattr(target, name)
        before = snapshot([args, kwargs]) if message["watch"] else None
        state = self.random or random_state()
        with self._watching():
            if blocked := message["without"]:
                with without_names.refused(blocked, self.filename):
                    value = function(*args, **kwargs)
            else:
                value = function(*args, **kwargs)
        if before is not None:
            reply["changed"] = changed_names(before, snapshot([args, kwargs]))
        self.random = random_state()
        reply["drew"] = [kind for kind, old, new in zip(RANDOM_KINDS, state, self.random, strict=True) if old != new]
        return value

    def _run(self, message: dict[str, Any]) -> Any:
        """Run a grader's @in_worker function beside the student's code."""
        key = message["name"] + message["source"]
        if key not in self.scenarios:
            namespace = scenario_names(self)
            filename = f"<scenario {message['name']}>"
            linecache.cache[filename] = (0, None, message["source"].splitlines(True), filename)
            exec(compile(message["source"], filename, "exec"), namespace)
            self.scenarios[key] = namespace
        function = self.scenarios[key][message["name"]]
        self.random = None
        with self._watching():
            return function(StudentNames(self), *message["args"], **message["kwargs"])

    def _watching(self) -> Watching:
        """Collect printed text and warnings while the student's code runs."""
        return Watching(self.printed, self.warned)

    def _find(self, name: str) -> Any:
        try:
            return self.module.__dict__[name]
        except KeyError:
            raise Missing(name) from None

    # ------------------------------------------------------------------------------------------------------ answers

    def _revive(self, found: HandleInfo) -> Any:
        return self.handles[found.number]

    def _keep(self, value: Any) -> list[Any] | None:
        """A handle: the object stays here, its class and, for a module, its contents travel."""
        if isinstance(value, type | types.ModuleType):
            return ["h", self._number(value), "type", [str(value.__name__)[:80]], None]
        bases = [str(base.__name__)[:80] for base in type(value).__mro__]
        module = None
        if isinstance(value, nn.Module):
            # keep_vars: the parameters and the entries of the state dict are then the same objects, and travel once.
            module = {
                "training": bool(value.training),
                "tree": [(str(n), type(m).__name__, bool(m.training)) for n, m in value.named_modules()],
                "parameters": dict(value.named_parameters()),
                "state_dict": dict(nn.Module.state_dict(value, keep_vars=True)),
            }
        return ["h", self._number(value), bases[0], bases[1:], module]

    def _number(self, value: Any) -> int:
        self.handles.append(value)
        return len(self.handles) - 1

    def describe_error(self, error: BaseException) -> dict[str, Any]:
        """Type names, message and the frames in the student's own file; never raises."""
        frames: list[list[Any]] = []
        at: list[Any] = []
        with contextlib.suppress(BaseException):
            frames, at = self._own_lines(error)
        if isinstance(error, SyntaxError) and error.filename == self.filename and error.lineno:
            frames.append([error.lineno, "<module>", (error.text or "").strip()[:200]])
        if len(frames) > 6:
            frames = frames[:3] + frames[-3:]
        names = [str(base.__name__)[:80] for base in type(error).__mro__ if base is not object][:20]
        kind = (
            "missing"
            if isinstance(error, Missing)
            else "blocked"
            if isinstance(error, without_names.Blocked)
            else "raised"
        )
        return {"kind": kind, "types": names, "message": safe_text(error, 2000), "frames": frames, "at": at or None}

    def _own_lines(self, error: BaseException) -> tuple[list[list[Any]], list[Any]]:
        """The frames in the student's file, outermost first, as `[line, function, code]`; and the tensors on the innermost line."""
        own: list[list[Any]] = []
        last, below = None, list[types.FrameType]()
        for frame, line in traceback.walk_tb(error.__traceback__):
            if self.filename and frame.f_code.co_filename == self.filename:
                code = linecache.getline(self.filename, line).strip()[: failing_line.CODE]
                own.append([line, str(frame.f_code.co_name)[:80], code])
                last, below = frame, []
            else:
                below.append(frame)
        at: list[Any] = []
        if last is not None:
            with contextlib.suppress(BaseException):
                source = "".join(linecache.getlines(self.filename))
                own[-1][2], expressions = failing_line.statement_at(source, own[-1][0])
                at = failing_line.tensors_at(last, expressions, safe_text(error, 2000))
                inside = failing_line.layer_that_raised(below)
                at = at[: failing_line.MOST - len(inside)] + inside
        return own, at


class Watching:
    """Inside this context text goes to `printed`, warnings to `warned`. A class: as a generator it took longer than many exercises."""

    def __init__(self, printed: Printed, warned: list[str]) -> None:
        self.printed, self.warned = printed, warned
        self.catching = warnings.catch_warnings(record=True)

    def __enter__(self) -> None:
        self.outputs = sys.stdout, sys.stderr
        sys.stdout = sys.stderr = self.printed
        caught = self.catching.__enter__()
        self.caught = [] if caught is None else caught  # the very list that fills
        warnings.simplefilter("always")

    def __exit__(self, *error: Any) -> None:
        sys.stdout, sys.stderr = self.outputs
        self.catching.__exit__(*error)
        for warning in self.caught[:20]:
            self.warned.append(f"{warning.category.__name__}: {safe_text(warning.message, 300)}")


class Missing(Exception):
    """The topic file defines no such name."""


class StudentNames:
    """`student` inside an @in_worker function: the topic's names; remembers the call for the grader's message."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    def __getattr__(self, name: str) -> Any:
        found = self._worker._find(name)
        if isinstance(found, types.FunctionType):
            return Remembered(self._worker, name, found)
        if isinstance(found, type):
            self._worker.calls.append([name, "", []])
        return found


class Remembered:
    """A student's function that notes what it is called with."""

    def __init__(self, worker: Worker, name: str, function: Callable[..., Any]) -> None:
        self._worker, self._name, self._function = worker, name, function
        self.__name__, self.__wrapped__ = name, function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with contextlib.suppress(BaseException):
            shown = [brief(value) for value in args] + [f"{key}={brief(value)}" for key, value in kwargs.items()]
            names = self.__wrapped__.__code__.co_varnames
            given = [(names[i] if i < len(names) else "", value) for i, value in enumerate(args)] + list(kwargs.items())
            shapes = [[str(n)[:40], list(v.shape)] for n, v in given if isinstance(v, torch.Tensor | np.ndarray)][:4]
            self._worker.calls.append([self._name, ", ".join(shown)[:300], shapes])
            del self._worker.calls[:-3]
        return self._function(*args, **kwargs)


def brief(value: Any) -> str:
    """A value in a few words, for the call line of a message: shapes and classes, no contents."""
    if isinstance(value, torch.Tensor):
        return f"{tuple(value.shape)} {str(value.dtype).removeprefix('torch.')}"
    if isinstance(value, bool | type(None)):
        return repr(value)
    if isinstance(value, list | tuple | dict):
        return f"{type(value).__name__} of {len(value)}"
    return type(value).__name__[:40]


def safe_text(value: Any, longest: int) -> str:
    """`str(value)`, cut; a hostile `__str__` gives a note instead."""
    try:
        text = str(value)
        return text[:longest] if type(text) is str else "(unprintable)"
    except BaseException as error:
        return f"(its text raised {type(error).__name__})"


# ------------------------------------------------------------------------------------------------- watching for changes

RANDOM_KINDS = ("random", "numpy", "torch")
MT19937_STATE = 625 * 4
"""Bytes of NumPy's global generator: 624 words and the position in them (numpy/random/src/mt19937/mt19937.h)."""


def seed_all(seed: int) -> None:
    """Set the three global random states. Fifty times faster than by torch.manual_seed, which seeds the devices' generators as well: behind walls there are none."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    if sys.platform == "linux":
        torch.default_generator.manual_seed(seed)
    else:
        torch.manual_seed(seed)


def random_state() -> tuple[Any, ...]:
    """The three global random states, comparable with ==."""
    generator = np.random.get_bit_generator()  # type: ignore[attr-defined]
    # Read where it lies: get_state() makes a number of each of its 624 words, which took longer than most exercises.
    words = ctypes.string_at(generator.ctypes.state_address, MT19937_STATE)
    return random.getstate(), words, torch.default_generator.get_state().numpy().tobytes()


def snapshot(value: Any, depth: int = 0) -> Any:
    """Contents of a nest of arguments, comparable with ==; tensors and arrays by their bytes and layout."""
    if depth > 20:
        return None
    if isinstance(value, torch.Tensor):
        grad = None if not value.is_leaf or value.grad is None else snapshot(value.grad, depth + 1)
        plain = value.detach()
        return ("tensor", plain.shape, plain.stride(), plain.dtype, value.requires_grad, bytes_of(plain), grad)
    if isinstance(value, np.ndarray):
        return ("array", value.shape, value.strides, value.dtype.str, value.tobytes())
    if isinstance(value, list | tuple):
        return (type(value).__name__, [snapshot(item, depth + 1) for item in value])
    if isinstance(value, dict):
        return ("dict", [(key, snapshot(item, depth + 1)) for key, item in value.items()])
    if isinstance(value, nn.Module):
        return ("module", [m.training for m in value.modules()], snapshot(dict(value.state_dict()), depth + 1))
    return (
        "value",
        type(value).__name__,
        value if isinstance(value, bool | int | str | bytes | set) else repr(value)[:200],
    )


def bytes_of(plain: torch.Tensor) -> bytes:
    """The values of a tensor without graph; none on a device that holds none."""
    if plain.is_meta:
        return b""
    try:
        return plain.numpy().tobytes()
    except (TypeError, RuntimeError):  # bfloat16; a conjugate that is not computed yet
        return plain.contiguous().reshape(-1).clone().view(torch.uint8).numpy().tobytes()


def changed_names(before: Any, after: Any) -> list[Any]:
    """Positions and keywords of the arguments whose snapshot changed."""
    names: list[Any] = []
    (_, (old_args, old_kwargs)), (_, (new_args, new_kwargs)) = before, after
    names += [i for i, (old, new) in enumerate(zip(old_args[1], new_args[1], strict=True)) if old != new]
    names += [key for (key, old), (_, new) in zip(old_kwargs[1], new_kwargs[1], strict=True) if old != new]
    return names


# ------------------------------------------------------------------------------------- names an @in_worker function sees


def scenario_names(worker: Worker) -> dict[str, Any]:
    from torch.nn import functional
    from torch.utils.data import DataLoader, Dataset, SubsetRandomSampler, TensorDataset

    from .figures import describe_figure, figure_pixels
    from .losses import record_losses

    names: dict[str, Any] = {
        "torch": torch,
        "nn": nn,
        "F": functional,
        "np": np,
        "math": math,
        "random": random,
        "os": os,
        "io": io,
        "copy": copy,
        "sys": sys,
        "time": time,
        "gc": gc,
        "warnings": warnings,
        "Path": pathlib.Path,
        "DataLoader": DataLoader,
        "Dataset": Dataset,
        "TensorDataset": TensorDataset,
        "SubsetRandomSampler": SubsetRandomSampler,
        "Tensor": torch.Tensor,
        "describe_figure": describe_figure,
        "figure_pixels": figure_pixels,
        "record_losses": record_losses,
        "count_steps": lambda function, *args: count_steps(worker, function, *args),
        "__name__": "scenario",
        "__builtins__": builtins,
    }
    with contextlib.suppress(ImportError):
        import matplotlib.pyplot as plt
        from PIL import Image

        names["plt"], names["Image"] = plt, Image
    sys.modules.setdefault("scenario", types.ModuleType("scenario")).__dict__.update(names)
    return names


def count_steps(worker: Worker, function: Callable[..., Any], *args: Any) -> int:
    """How many lines of the student's file and torch functions run in `function(*args)`: shows loops in Python."""
    from torch.overrides import TorchFunctionMode

    steps = 0

    class Count(TorchFunctionMode):
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            nonlocal steps
            steps += 1
            return func(*args, **(kwargs or {}))

    def trace(frame: types.FrameType, event: str, arg: Any) -> Any:
        nonlocal steps
        if frame.f_code.co_filename != worker.filename:
            return None
        steps += event in ("line", "call")
        return trace

    sys.settrace(trace)
    try:
        with Count():
            function(*args)
    finally:
        sys.settrace(None)
    return steps
