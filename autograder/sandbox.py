"""The grader's side of a worker: `Student`, the topic as its student wrote it, behind the walls.

Nothing that comes back is trusted: it is decoded strictly, and what it may not be (a wrong token, a malformed reply) ends the worker.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from . import clock
from .channel import ChannelClosed, ChannelError, ChannelTimeout, HandleInfo, Unsendable, dumps
from .checks import CheckFailed, StudentCrash, StudentError, StudentTimeout, describe, student_error
from .processes import KILLED, Seat
from .source import MAX_SOURCE

LOAD_SECONDS = 10
"""CPU seconds that running a topic file from top to bottom may use."""

PRINTED = 8192
"""Characters of printed text that are taken from a worker, whatever it sends."""

MOST_SHAPES = 4
"""Shapes of a call's arguments that are kept for a picture."""


class Handle:
    """An object that stays in the worker; attribute access names a method to call there."""

    def __init__(self, student: Student, found: HandleInfo) -> None:
        self._student, self._found = student, found
        self.cls, self.bases = found.cls, found.bases
        module = found.module or {}
        self.training = bool(module.get("training"))
        self.tree = [tuple(item) for item in module.get("tree", []) if isinstance(item, list | tuple)]
        self.parameters: dict[str, torch.Tensor] = module.get("parameters", {})
        self._state = module.get("state_dict")

    def state_dict(self) -> dict[str, torch.Tensor]:
        """The module's state as it was when it was returned."""
        if not isinstance(self._state, dict):
            raise CheckFailed(f"a module was due; got an object of class {self.cls}.")
        return dict(self._state)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._student._call(self, "__call__", args, kwargs)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self._student._call(self, name, args, kwargs)

    def __len__(self) -> int:
        length = self._student._call(self, "__len__", (), {})
        if not isinstance(length, int):
            raise CheckFailed(f"len() of it gave {describe(length)}, no integer.")
        return length

    def __getitem__(self, index: Any) -> Any:
        return self._student._call(self, "__getitem__", (index,), {})


@dataclass
class Call:
    """The latest call into the student's code, for the message of a failing check."""

    shown: str = ""
    returned: str | None = None
    printed: str = ""
    warned: tuple[str, ...] = ()
    given: tuple[tuple[str, tuple[int, ...]], ...] = ()
    """Name and shape of the tensors and arrays that it was given."""


@dataclass
class Rules:
    """What holds for the calls of the running check."""

    exercise: str = ""
    """The id of the check's exercise."""
    seconds: int = 5
    rng: str | None = None
    mutates: bool = False


@dataclass
class Student:
    """The topic as its student wrote it. `student.name(...)` calls its function in the worker; see `checks` for what may travel.

    `signatures` maps each exercise to its parameter names (None for a class): from the course, not from the submission.
    """

    seat: Seat
    filename: str
    source: str | None
    problem: str | None = None
    signatures: Mapping[str, list[str] | None] = field(default_factory=dict)
    rules: Rules = field(default_factory=Rules)
    last: Call = field(default_factory=Call)
    _seed: int | None = None
    _used: float = 0.0
    """Seconds that the calls of the running check took."""
    _load_error: Exception | None = None

    # ------------------------------------------------------------------------------------------------- for graders

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self._call(None, name, args, kwargs)

    def without(self, *torch_names: str, numpy: tuple[str, ...] | list[str] = ()) -> Student:
        """This student, with these torch functions (and NumPy ones) failing with a message; see without.py."""
        return _Without(self, tuple(torch_names), tuple(numpy))  # type: ignore[return-value]

    # ------------------------------------------------------------------------------------------------- for the plugin

    def begin(self, rules: Rules, seed: int) -> None:
        """Start a check: the next message to the worker resets its global state to `seed`."""
        self.rules, self._seed, self.last, self._used = rules, seed, Call(), 0.0

    def shares_worker(self, exercise: str) -> bool:
        """Whether the worker has served another exercise than this one."""
        return bool(self.seat.served - {exercise})

    # ------------------------------------------------------------------------------------------------------- calls

    def _call(
        self,
        target: Handle | None,
        name: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        blocked: tuple[str, ...] = (),
        numpy: tuple[str, ...] = (),
    ) -> Any:
        rules = self.rules
        watch = not rules.mutates and target is None
        what = name if target is None else target.cls if name == "__call__" else f"{target.cls}.{name}"
        parameters = (self.signatures.get(name) if target is None else None) or []
        self.last = Call(
            shown=f"{what}({_shown_arguments(parameters, args, kwargs)})", given=_shapes_of(parameters, args, kwargs)
        )
        message = {
            "op": "call",
            "target": target,
            "name": name,
            "args": list(args),
            "kwargs": kwargs,
            "watch": watch,
            "without": list(blocked),
        }
        reply = self._request(message, rules.seconds, numpy)
        value = reply.get("value")
        self.last.returned = describe(value)
        if watch and reply.get("changed"):
            first = reply["changed"][0] if isinstance(reply["changed"], list) else 0
            argument = parameters[first] if isinstance(first, int) and first < len(parameters) else f"argument {first}"
            raise CheckFailed(
                f"{name} changed its input {argument}: work on a copy (.clone()) and leave what you are given as it was."
            )
        if target is None and self._must_not_draw(name) and reply.get("drew"):
            kinds = [str(kind)[:10] for kind in reply["drew"]][:3]
            raise CheckFailed(
                f"{name} moved the global random state ({', '.join(kinds)}): code that runs after it would draw other "
                "numbers. Use a torch.Generator of your own."
                if "torch" in kinds
                else f"{name} moved the global random state ({', '.join(kinds)})."
            )
        return value

    def _must_not_draw(self, name: str) -> bool:
        if self.rules.rng is not None:
            return self.rules.rng == "untouched"
        parameters = self.signatures.get(name, None)
        return parameters is not None and "seed" not in parameters

    def _run(self, name: str, source: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        self.last = Call()
        message = {"op": "run", "name": name, "source": source, "args": list(args), "kwargs": kwargs}
        return self._request(message, self.rules.seconds, ()).get("value")

    def _request(self, message: dict[str, Any], seconds: int, numpy: tuple[str, ...]) -> dict[str, Any]:
        """Send one message to a worker that has the topic loaded; the decoded reply."""
        if self._load_error is not None:
            raise self._load_error
        if self.seat.loaded is not self or self.seat.numpy_blocked != numpy:
            self._load(numpy)
        message["begin"], self._seed = self._seed, None
        self.seat.served.add(self.rules.exercise)
        return self._exchange(message, seconds)

    def _load(self, numpy: tuple[str, ...]) -> None:
        if self.source is None:
            self._load_error = StudentError("missing_file", ["Missing"], self.problem or "the file is missing", [])
            raise self._load_error
        begin = self._seed if self._seed is not None else 0
        message = {"op": "load", "name": self.filename, "source": self.source, "blocked": list(numpy), "begin": begin}
        try:
            try:
                self._exchange(message, LOAD_SECONDS)
            except (StudentError, StudentCrash):
                if not self.seat.served:
                    raise
                self.seat.restart()  # what another topic left behind must not cost this one its points
                self._exchange(message, LOAD_SECONDS)
        except (StudentError, StudentCrash, StudentTimeout) as error:
            if isinstance(error, StudentError):
                error.kind = "load"
            if not numpy:  # a file that fails once fails for each of its exercises: say so without trying again
                self._load_error = error
            raise
        self.seat.loaded, self.seat.numpy_blocked, self._seed = self, numpy, begin

    def _exchange(self, message: dict[str, Any], seconds: int) -> dict[str, Any]:
        process = self.seat.worker()
        token = secrets.token_hex(8)
        wall = clock.PATIENCE + 4 * seconds
        most = float(wall) if message["op"] == "load" else min(wall, 2 * wall - self._used)
        call = clock.CallClock(process.meter, seconds, most)
        deadline = call.began + call.first_look()
        process.channel.more = call.more
        try:
            parts = dumps({**message, "token": token, "cpu": seconds}, handle=_send_handle, strided=True)
        except Unsendable as error:
            raise TypeError(f"the grader passed what cannot travel: {error}") from None
        try:
            process.channel.send(parts, deadline)
            reply = process.channel.receive(deadline, handle=lambda found: Handle(self, found))
            if message["op"] != "load":
                self._used += call.used()
            raised = self._accept(reply, token)
        except ChannelTimeout:
            together = most < wall and call.used() >= most
            self.seat.restart()
            raise StudentTimeout(
                f"the calls of this check took {2 * wall} s together" if together else call.why
            ) from None
        except ChannelClosed:
            self.seat.process = None
            self.seat.restart()
            how = process.end()
            if "CPU time limit" in how:
                raise StudentTimeout(f"no answer after {seconds} s of CPU time") from None
            raise StudentCrash(
                f"The process that ran your code ended in the middle of the call: {how}.", killed=how == KILLED
            ) from None
        except ChannelError as error:
            self.seat.restart()
            raise StudentCrash(f"The process that ran your code sent a bad answer: {error}.") from None
        if raised is not None:
            raise raised
        assert isinstance(reply, dict)
        return reply

    def _accept(self, reply: Any, token: str) -> StudentError | None:
        """Note what the reply says beside its value; the error that it reports."""
        if not isinstance(reply, dict) or not isinstance(reply.get("token"), str) or reply["token"] != token:
            raise ChannelError("a reply to no call of the grader's")
        try:
            return self._read(reply)
        except (
            ValueError,
            TypeError,
            AttributeError,
            RuntimeError,
        ) as error:  # texts of numbers too long to print, for one
            raise ChannelError(f"a malformed reply ({type(error).__name__})") from None

    def _read(self, reply: dict[str, Any]) -> StudentError | None:
        for name in ("changed", "drew"):
            if not isinstance(reply.get(name), list):
                reply[name] = None
        printed, warned, called = reply.get("printed"), reply.get("warned"), reply.get("called")
        self.last.printed = printed[-PRINTED:] if isinstance(printed, str) else ""
        self.last.warned = tuple(str(w)[:300] for w in warned[:5]) if isinstance(warned, list) else ()
        if isinstance(called, list) and len(called) == 3 and not self.last.shown:
            self.last.shown = f"{str(called[0])[:60]}({str(called[1])[:300]})"
            self.last.given = tuple(_named_shapes(called[2]))
        error = reply.get("error")
        if error is None:
            return None
        if not isinstance(error, dict):
            raise ChannelError("an error that is none")
        types = [str(name)[:80] for name in error.get("types", [])[:20]] if isinstance(error.get("types"), list) else []
        frames = (
            [
                list(frame)
                for frame in error.get("frames", [])
                if isinstance(frame, list)
                and len(frame) == 3
                and isinstance(frame[0], int)
                and 0 <= frame[0] <= MAX_SOURCE
                and all(isinstance(part, str) for part in frame[1:])
            ][:6]
            if isinstance(error.get("frames"), list)
            else []
        )
        at = (
            [
                (str(part[0])[:140], str(part[1])[:140], _shape(part[2]))
                for part in error["at"][:6]
                if isinstance(part, list) and len(part) == 3
            ]
            if isinstance(error.get("at"), list)
            else None
        )
        kind = error.get("kind") if error.get("kind") in ("raised", "missing", "blocked", "unsendable") else "raised"
        return student_error(str(kind), types, str(error.get("message", ""))[:2000], frames, at)


class _Without:
    """A Student whose calls run with some functions refused."""

    def __init__(self, student: Student, torch_names: tuple[str, ...], numpy: tuple[str, ...]) -> None:
        self._student, self._torch_names, self._numpy = student, torch_names, numpy

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self._student._call(None, name, args, kwargs, self._torch_names, self._numpy)


def _send_handle(value: Any) -> list[Any] | None:
    return ["h", value._found.number, value.cls, [], None] if isinstance(value, Handle) else None


def _shown_arguments(parameters: list[str], args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """Arguments with names, shapes and dtypes; plain values by their type, since hidden inputs do not show."""
    shown = []
    for position, value in enumerate(args):
        name = f"{parameters[position]}: " if position < len(parameters) else ""
        shown.append(name + brief_argument(value))
    shown += [f"{key}: {brief_argument(value)}" for key, value in kwargs.items()]
    return ", ".join(shown)


def _shapes_of(
    parameters: list[str], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Name and shape of the tensors and arrays among the arguments, those in lists and tuples included."""
    named = [(parameters[i] if i < len(parameters) else "input", value) for i, value in enumerate(args)]
    found: list[tuple[str, tuple[int, ...]]] = []
    for name, value in [*named, *kwargs.items()]:
        inside = enumerate(value) if isinstance(value, list | tuple) else None
        for shown, item in [(name, value)] if inside is None else [(f"{name}[{i}]", item) for i, item in inside]:
            if isinstance(item, torch.Tensor | np.ndarray):
                found.append((shown, tuple(item.shape)))
    return tuple(found[:MOST_SHAPES])


def _shape(found: Any) -> tuple[int, ...] | None:
    """A shape as a worker sends it; None for what is none."""
    sound = isinstance(found, list) and len(found) <= 8 and all(type(n) is int and 0 <= n < 2**40 for n in found)
    return tuple(found) if sound else None


def _named_shapes(found: Any) -> Iterator[tuple[str, tuple[int, ...]]]:
    for part in found[:MOST_SHAPES] if isinstance(found, list) else ():
        if isinstance(part, list) and len(part) == 2 and (shape := _shape(part[1])) is not None:
            yield str(part[0])[:40], shape


def brief_argument(value: Any) -> str:
    if isinstance(value, torch.Tensor):
        device = "" if value.device.type == "cpu" else f" on {value.device}"
        return f"{tuple(value.shape)} {str(value.dtype).removeprefix('torch.')}{device}"
    if value is None or isinstance(value, bool | torch.dtype | torch.device):
        return str(value)
    if isinstance(value, tuple) and all(isinstance(n, int) for n in value):
        return str(tuple(value))  # a shape
    if isinstance(value, list | tuple | dict | set):
        return f"{type(value).__name__} of {len(value)}"
    if isinstance(value, Handle):
        return value.cls
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return f"array {tuple(value.shape)} {value.dtype}"
    return type(value).__name__
