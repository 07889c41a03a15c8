"""`watch`'s dealings with the warm engine: one request at a time, results only for the text that was sent."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .course import Course
from .model import ExerciseResult, Report
from .plain import clean
from .warm import Warm

ATTEMPTS = 2
"""Starts of the engine in a row that may fail before it is left alone until it is asked for."""


@dataclass(frozen=True)
class Request:
    """What the engine was asked for: exercises with the digest of the code that was sent, and where the report page should go."""

    number: int
    digests: Mapping[str, str]
    page: Path | None = None
    started: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Answered:
    """A request with its results."""

    request: Request
    results: tuple[ExerciseResult, ...]
    printed: Mapping[str, str]


@dataclass
class Grading:
    """The engine's process for some topics, started where it is needed. `heard` is called, in a thread, with what `take` wants to have."""

    heard: Callable[[Any], None]
    running: Request | None = None
    ready: bool = False
    checked: int = 0
    """Checks of the running request that are done."""
    failures: int = 0
    notes: list[str] = field(default_factory=list)
    """What the engine has said, for the student."""
    _warm: Warm | None = None
    _life: object = None
    """Stands for the process that is alive: what an earlier one says late does not count."""
    _sent: dict[int, Request] = field(default_factory=dict)
    _checks: dict[str, int] = field(default_factory=dict)
    _number: int = 0

    @property
    def starting(self) -> bool:
        return self._warm is not None and not self.ready

    @property
    def given_up(self) -> bool:
        return self.failures >= ATTEMPTS

    def start(self, course: Course, topics: Sequence[str]) -> None:
        """Start the engine, where it does not run and has not failed too often."""
        if self._warm is not None or self.given_up:
            return
        life = self._life = object()
        self._warm = Warm(course.root, topics, lambda message: self.heard((life, message)))

    def end(self) -> None:
        """End the engine and all that it started."""
        warm, self._warm, self._life, self.running, self.ready = self._warm, None, None, None, False
        self._sent.clear()
        if warm is not None:
            warm.close()

    def ask(self, digests: Mapping[str, str], only: Sequence[str], texts: Mapping[str, str], page: Path | None) -> None:
        """Have exercises graded; what is being graded is abandoned."""
        assert self._warm is not None
        self._number += 1
        self.running = self._sent[self._number] = Request(self._number, digests, page)
        self.checked = 0
        request = {"id": self._number, "only": list(only), "files": dict(texts), "page": str(page) if page else None}
        self._warm.ask(request)

    def try_again(self) -> None:
        """Start the engine once more, though it has failed too often."""
        self.failures = min(self.failures, ATTEMPTS - 1)

    def leave(self) -> None:
        """What is being graded is not waited for any more."""
        self.running = None

    def checks_of(self, request: Request) -> int:
        return sum(self._checks.get(i, 0) for i in request.digests)

    def take(self, content: Any) -> Answered | None:
        """One of the engine's answers; results, where it holds any."""
        life, message = content
        if life is not self._life:
            return None
        if "ready" in message:
            self.ready, self._checks = True, message["checks"]
            self.notes += message["notes"]
        elif "ended" in message or "failed" in message:
            self._ended(message.get("failed") or message.get("ended") or "")
        elif "check" in message:
            self.checked += self.running is not None and message["id"] == self.running.number
        else:  # report, abandoned or error
            request = self._sent.pop(message["id"])
            if self.running is request:
                self.running = None
            if "error" in message:
                self.notes.append(message["error"])
            if "report" in message:
                self.failures = 0
                return Answered(request, Report.from_json(message["report"]).exercises, message["printed"])
        return None

    def _ended(self, why: str) -> None:
        self.end()
        self.failures += 1
        self.notes.append(
            f"The grading process has ended{f': {clean(why.splitlines()[-1], 300)}' if why else ' by itself'}."
        )
        if self.given_up:
            self.notes.append("The next save tries again, and so does the key g; `nox -s doctor` looks for the cause.")
