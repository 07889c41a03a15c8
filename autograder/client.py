"""The other end of `serve`: starts it where grading is first asked for, keeps it warm, starts it anew when it died. Imports no torch."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .model import CourseError, EngineError, Report

PACKAGE_ROOT = Path(__file__).resolve().parent.parent


class GradingServer:
    """A `serve` process for some topics of the course at `root`."""

    def __init__(self, root: Path, topics: Sequence[str], *, others: bool, walls: str | None = None) -> None:
        command = [sys.executable, "-m", "autograder", "--root", str(root), "serve", *topics]
        self.command = [*command, *(["--others"] if others else []), *(["--walls", walls] if walls else [])]
        self.process: subprocess.Popen[str] | None = None
        self.points: dict[str, float] = {}
        self.errors: Any = None

    def _start(self) -> subprocess.Popen[str]:
        path = os.pathsep.join([str(PACKAGE_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        self.errors = tempfile.TemporaryFile(mode="w+", encoding="utf-8", errors="replace")  # noqa: SIM115 - lives as long as the process
        # A session of its own: Ctrl-C in the kernel or in nbgrader is for those; the server ends when its input does.
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,
        )
        atexit.register(self.close)
        ready = self._read()
        self.points = {str(key): float(value) for key, value in ready["points"].items()}
        return self.process

    def _read(self) -> dict[str, Any]:
        assert self.process is not None
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            self.errors.seek(0)
            said = self.errors.read()[-2000:].strip()
            self.close()
            raise EngineError(f"the grading process ended{': ' + said if said else ''}")
        found: dict[str, Any] = json.loads(line)
        if "error" in found:
            raise CourseError(found["error"])
        return found

    def max_points(self) -> dict[str, float]:
        """Points of each exercise that the server grades."""
        if self.process is None:
            self._start()
        return self.points

    def grade(
        self,
        topic: str,
        name: str,
        shown: str,
        cells: Sequence[tuple[int, str]],
        only: Sequence[str] | None = None,
        seed: int | None = None,
    ) -> Report:
        """Grade a notebook's cells; once more in a new process where the server died.

        Raises:
            CourseError: where the course is wrong, or the walls do not hold.
            EngineError: where the server died twice.
        """
        request = json.dumps(
            {"topic": topic, "name": name, "shown": shown, "cells": list(cells), "only": only, "seed": seed}
        )
        try:
            return self._ask(request)
        except (EngineError, BrokenPipeError):
            self.close()
            return self._ask(request)

    def _ask(self, request: str) -> Report:
        process = self.process or self._start()
        assert process.stdin is not None
        try:
            process.stdin.write(request + "\n")
            process.stdin.flush()
            return Report.from_json(self._read()["report"])
        except KeyboardInterrupt:
            self.close()  # the answer to this request must not be taken for that to the next
            raise

    def close(self) -> None:
        """End the server."""
        process, self.process = self.process, None
        if process is None:
            return
        atexit.unregister(self.close)
        with contextlib.suppress(OSError):
            assert process.stdin is not None
            process.stdin.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
