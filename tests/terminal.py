"""`watch` in a pseudo-terminal, for tests and benchmarks."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pexpect
import psutil

from .sample import ROOT

PATIENCE = 240
"""Seconds that a text may take to come, on a machine that is busy with other things."""
CLEAR = "\x1b[H\x1b[2J"
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """A `watch` in a pseudo-terminal of 80 columns, started by a shell that shows the terminal's modes before and after."""

    def __init__(
        self, course: Path, *arguments: str, program: str = "-m autograder", env: Mapping[str, str] | None = None
    ) -> None:
        command = f"{sys.executable} {program} --root {course} watch {' '.join(arguments)}"
        self.child = pexpect.spawn(
            "sh",
            ["-c", f"trap : INT; stty -a; {command}; echo left with $?; stty -a; echo the end"],
            encoding="utf-8",
            dimensions=(40, 80),
            cwd=str(ROOT),
            env={**os.environ, "TERM": "xterm-256color", **(env or {})},
        )
        self.raw = ""

    def more(self) -> bool:
        """Read on; whether there may be more."""
        try:
            self.raw += self.child.read_nonblocking(1 << 16, 0.2)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        return True

    @property
    def screen(self) -> str:
        """What the last frame shows, in one line of single spaces: a wrapped line counts as one."""
        return " ".join(ESCAPES.sub("", self.raw.rpartition(CLEAR)[2]).split())

    def see(self, *texts: str, without: Sequence[str] = ()) -> None:
        """Wait until the last frame is whole and shows all the texts."""
        deadline = time.monotonic() + PATIENCE
        while not (
            all(text in self.screen for text in texts)
            and not any(text in self.screen for text in without)
            and self.screen.endswith(("q quit", "(y/n)"))
        ):
            assert time.monotonic() < deadline, f"{texts} did not come; the screen shows: {self.screen}"
            assert self.more(), f"{texts} did not come before the end: {self.screen}"

    def press(self, key: str) -> None:
        self.child.send(key)

    @property
    def watching(self) -> psutil.Process:
        """The process itself."""
        (found,) = [p for p in psutil.Process(self.child.pid).children() if "watch" in " ".join(p.cmdline())]
        return found

    def end(self) -> tuple[int, bool]:
        """Wait for the end; the exit code of `watch`, and whether the terminal is in its old modes."""
        deadline = time.monotonic() + PATIENCE
        while self.more():
            assert time.monotonic() < deadline
        self.child.close()
        text = ESCAPES.sub("", self.raw).replace("\r", "")
        code = int(re.search(r"left with (\d+)", text)[1])
        before, after = text.partition("left with")[0], text.partition("left with")[2]
        modes = re.compile(r"speed .*?(?:extproc|echoke)", re.DOTALL)
        return code, modes.search(before)[0] == modes.search(after)[0]
