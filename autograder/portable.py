"""Workers where processes cannot be forked safely (macOS, Windows): a fresh Python per worker, over its stdin and stdout.

No walls but the process itself and the time limits: good for one's own work, not for grading other people's. The worker's start
takes seconds, so one is kept for all topics of a run and replaced only after a failure.
"""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .channel import Channel, ChannelClosed, ChannelError, ChannelTimeout
from .clock import Meter


class PipeChannel(Channel):
    """Frames over two pipes; a thread reads, so that deadlines hold where pipes cannot be polled."""

    def __init__(self, read_fd: int, write_fd: int) -> None:
        super().__init__(read_fd, write_fd)
        self.frames: queue.Queue[tuple[bytes, memoryview] | ChannelError] = queue.Queue(2)
        threading.Thread(target=self._pump, daemon=True).start()

    def _pump(self) -> None:
        try:
            while True:
                self.frames.put(super().frame(None))
        except ChannelError as error:
            self.frames.put(error)

    def send(self, parts: Iterable[bytes | memoryview], deadline: float | None = None) -> None:
        super().send(parts, None)

    def frame(self, deadline: float | None) -> tuple[bytes, memoryview]:
        try:
            frame = self.frames.get(timeout=None if deadline is None else max(deadline - time.monotonic(), 0.001))
        except queue.Empty:
            raise ChannelTimeout("no answer in time") from None
        if isinstance(frame, ChannelError):
            raise frame
        return frame


@dataclass
class PortableProcess:
    """A worker that is a fresh Python."""

    process: subprocess.Popen[bytes]
    channel: Channel
    scratch: str
    walls: tuple[str, ...] = ()
    meter: Meter = field(default_factory=Meter)
    """Tells nothing here: the wall clock alone bounds calls."""

    def end(self) -> str:
        with contextlib.suppress(OSError):
            self.process.kill()
        code = self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                pipe.close() if pipe else None
        shutil.rmtree(self.scratch, ignore_errors=True)
        return f"it ended with exit code {code}" if code >= 0 else f"it ended by signal {-code}"


@dataclass
class PortableSpawner:
    """Starts fresh Pythons as workers."""

    started: list[PortableProcess] = field(default_factory=list)
    idle: list[PortableProcess] = field(default_factory=list)

    def release(self, process: Any) -> None:
        """Keep a worker for the next topic: starting one takes seconds."""
        self.idle.append(process)

    def spawn(self) -> PortableProcess:
        while self.idle:
            kept = self.idle.pop()
            if kept.process.poll() is None:
                return kept
        scratch = tempfile.mkdtemp(prefix="pytorch-course-")
        environment = {key: value for key, value in os.environ.items() if key.upper() in KEPT_VARIABLES}
        environment |= {
            "PYTHONPATH": os.pathsep.join(sys.path),
            "MPLBACKEND": "Agg",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "MKL_NUM_THREADS": "1",
            "TMPDIR": scratch,
            "TEMP": scratch,
            "TMP": scratch,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "autograder.portable"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=scratch,
            env=environment,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        channel = PipeChannel(process.stdout.fileno(), process.stdin.fileno())
        found = PortableProcess(process, channel, scratch)
        self.started.append(found)
        try:
            channel.receive(time.monotonic() + 300)
        except ChannelClosed:
            raise RuntimeError(f"a worker did not start: {found.end()}") from None
        return found

    def connect(self) -> PortableSpawner:
        return self

    def close(self) -> None:
        for process in self.started:
            if process.process.poll() is None:
                process.end()


KEPT_VARIABLES = ("PATH", "HOME", "USERPROFILE", "SYSTEMROOT", "LANG", "VIRTUAL_ENV")


def main() -> None:
    """In the fresh Python: keep the pipes for the channel, give the student's code none of them, serve."""
    from . import zygote
    from .channel import dumps

    zygote.one_thread()
    read_fd, write_fd = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    zygote.warm()
    from .loaders import work_in_process
    from .worker import Printed, Worker

    work_in_process()
    sys.stdout = sys.stderr = Printed()
    channel = Channel(read_fd, write_fd)
    channel.send(dumps({"walls": [], "failed": None}))
    Worker(channel, lambda seconds: None).serve()


if __name__ == "__main__":
    if os.name == "nt":
        import msvcrt

        for standard in (0, 1):
            msvcrt.setmode(standard, os.O_BINARY)  # type: ignore[attr-defined]
    main()
