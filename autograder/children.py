"""Processes forked off the engine that grade: what they are given, what they report, when they end."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .submission import Submission

if TYPE_CHECKING:
    from .plugin import Check

SUBMISSION_SECONDS = 3600
"""Wall time after which the rest of a submission counts as timed out; each call has its own, far lower limit."""

CHILD_MEMORY = 4 << 30
"""Bytes that a grading child may take beyond what it was forked with: an answer that makes a check take more fails that check."""


@dataclass
class Task:
    """A submission that is to be graded, and what has come of it."""

    position: int
    submission: Submission
    plan: tuple[list[str], list[Check]]
    lines: list[dict[str, Any]] = field(default_factory=list)


def next_for(child: Child, waiting: deque[Task], children: Iterable[Child]) -> Task:
    """Take out the task that suits a child: of the submission that it is at, else of one that no other is at, else the first."""
    at = {other.name for other in children if other is not child}
    found = next((task for task in waiting if task.submission.name == child.name), None)
    found = found or next((task for task in waiting if task.submission.name not in at), waiting[0])
    waiting.remove(found)
    return found


@dataclass
class Child:
    """A forked grader child: its pid, the pipe it reports through, what it grades."""

    pid: int
    fd: int
    deadline: float
    tasks: int = -1
    """The pipe through which a child that grades several gets its submissions."""
    task: Task | None = None
    name: str = ""
    """Of the submission that it was given last."""
    begun: int = 0
    closed: bool = False
    _rest: bytes = b""

    def read(self) -> list[dict[str, Any]]:
        """The whole lines that have arrived."""
        chunk = os.read(self.fd, 1 << 16)
        self.closed = not chunk
        *whole, self._rest = (self._rest + chunk).split(b"\n")
        found = [json.loads(line) for line in whole]
        return [line for one in found for line in one.get("lines", [one])]

    def begin(self, task: Task) -> None:
        """Give an idle child a submission; one that has died meanwhile is found out by `read`."""
        self.name = task.submission.name
        self.task, self.begun, self.deadline = task, self.begun + 1, time.monotonic() + SUBMISSION_SECONDS
        data = json.dumps(task.submission.to_json()).encode() + b"\n"
        with contextlib.suppress(BrokenPipeError):
            while data:
                data = data[os.write(self.tasks, data) :]

    def end(self) -> None:
        os.close(self.fd)
        if self.tasks >= 0:
            os.close(self.tasks)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def die_with_parent(parent: int) -> None:
    """A grader child ends with its parent, however and whenever that ends."""
    if sys.platform == "linux":
        from . import kernel

        kernel.end_with_parent(signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(70)


def limit_memory(more: int) -> None:
    """Bytes that this process may take beyond what it has: torch's addresses alone, with CUDA's, are more than many a limit."""
    if sys.platform == "linux":
        import resource

        with open("/proc/self/statm") as file:
            most = int(file.read().split()[0]) * resource.getpagesize() + more
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
