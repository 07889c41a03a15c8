"""How far a class run is: a bar with count, rate, time left and failures on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from .gather import Gathered

EVERY = 15.0
"""Seconds between two plain lines."""


class ClassProgress:
    """Counts topic files, and the submissions whose topic files are all done."""

    def __init__(self, gathered: Gathered, topics: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self.submissions, self.topics = len(gathered.sources), topics
        self.left: dict[int, int] = {}
        self.done = self.cached = self.failed = self.files = 0
        self.again = False
        self.started = self.said = time.monotonic()
        self.bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[text]}", markup=False),
            console=Console(stderr=True),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self.task = self.bar.add_task("grading", total=self.submissions * topics, text="the reference first")

    def __enter__(self) -> ClassProgress:
        self.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bar.stop()
        if isinstance(error, KeyboardInterrupt):
            print(
                f"Stopped: {self.done} of {self.submissions} submissions are done; the same command goes on from here.",
                file=sys.stderr,
            )

    def begin_again(self) -> None:
        """What the engine failed on is graded once more: from here on only what fails again is counted."""
        self.failed, self.again = 0, True

    def advance(self, number: int, *, cached: bool = False, failed: bool = False) -> None:
        """A topic file of a submission is done."""
        if self.again:
            self.failed += failed
            return
        self.files += 1
        self.cached += cached
        self.failed += failed
        left = self.left[number] = self.left.get(number, self.topics) - 1
        if left == 0:
            del self.left[number]
            self.done += 1
        self.bar.update(self.task, advance=1, text=self.text())
        if self.bar.disable and time.monotonic() - self.said > EVERY:
            self.said = time.monotonic()
            print(f"graded {self.text()}", file=sys.stderr, flush=True)

    def text(self) -> str:
        """Such as `120 of 1000 submissions · 3.1/s · 4:44 left · 0 failed`."""
        seconds = time.monotonic() - self.started
        rate = (self.files - self.cached) / self.topics / seconds if seconds > 0 else 0.0
        parts = [f"{self.done} of {self.submissions} submissions"]
        if rate > 0:
            left = int((self.submissions - self.files / self.topics) / rate)
            parts += [f"{rate:.1f}/s", f"{left // 60}:{left % 60:02} left"]
        return " · ".join([*parts, f"{self.failed} failed"])
