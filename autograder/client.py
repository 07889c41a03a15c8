"""The other end of `serve` and `known`: starts it where it is first asked, keeps it warm, starts it anew when it died. Imports no torch."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .model import CourseError, EngineError, Report

PACKAGE_ROOT = Path(__file__).resolve().parent.parent


class Server:
    """A command of ours that answers each JSON line with one; the first line it writes says that it is ready."""

    def __init__(self, root: Path, *arguments: str) -> None:
        self.command = [sys.executable, "-m", "autograder", "--root", str(root), *arguments]
        self.process: subprocess.Popen[str] | None = None
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
        self._read()
        return self.process

    def _read(self) -> dict[str, Any]:
        assert self.process is not None
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise self._ended()
        found: dict[str, Any] = json.loads(line)
        if "error" in found:
            raise CourseError(found["error"])
        return found

    def _ended(self) -> EngineError:
        self.errors.seek(0)
        said = self.errors.read()[-2000:].strip()
        self.close()
        return EngineError(f"the grading process ended{': ' + said if said else ''}")

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The answer; asked once more of a new process where the server died.

        Raises:
            CourseError: where the course or the request is wrong, or the walls do not hold.
            EngineError: where the server died twice.
        """
        line = json.dumps(request) + "\n"
        try:
            return self._ask(line)
        except EngineError:
            return self._ask(line)

    def _ask(self, line: str) -> dict[str, Any]:
        try:
            process = self.process or self._start()
            assert process.stdin is not None
            process.stdin.write(line)
            process.stdin.flush()
            return self._read()
        except BrokenPipeError:
            raise self._ended() from None
        except KeyboardInterrupt:
            self.close()  # what it would have answered must not be taken for the answer to the next request
            raise

    def close(self) -> None:
        """End the server."""
        process, self.process = self.process, None
        if self.errors is not None:
            self.errors.close()
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


class GradingServer:
    """A warm engine (`serve`) for some topics of the course at `root`."""

    def __init__(self, root: Path, topics: Sequence[str], *, others: bool, walls: str | None = None) -> None:
        options = [*(["--others"] if others else []), *(["--walls", walls] if walls else [])]
        self.server = Server(root, "serve", *topics, *options)

    def grade(
        self,
        topic: str,
        name: str,
        shown: str,
        cells: Sequence[tuple[int, str]],
        only: Sequence[str] | None = None,
        seed: int | None = None,
    ) -> Report:
        """Grade a notebook's cells. Raises what `Server.ask` raises."""
        request = {"topic": topic, "name": name, "shown": shown, "cells": list(cells), "only": only, "seed": seed}
        return Report.from_json(self.server.ask(request)["report"])

    def close(self) -> None:
        self.server.close()


class ClassResults:
    """The results (`known`) of a class run that wrote to `out`."""

    def __init__(self, root: Path, out: Path, *, walls: str | None = None) -> None:
        self.server = Server(root, "known", str(out), *(["--walls", walls] if walls else []))

    def find(self, topic: str, name: str, shown: str, cells: Sequence[tuple[int, str]]) -> Report | str:
        """The report that grading these cells would give; else why the class run has none. Raises what `Server.ask` raises."""
        found = self.server.ask({"topic": topic, "name": name, "shown": shown, "cells": list(cells)})
        return Report.from_json(found["report"]) if "report" in found else str(found["why"])

    def close(self) -> None:
        self.server.close()
