"""Worker processes as the grader holds them: started through the zygote, measured, ended, and shared by the topics of one submission."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from . import zygote
from .channel import Channel, ChannelError
from .clock import Meter
from .model import EngineError

if TYPE_CHECKING:
    from .sandbox import Student

KILLED = "it was killed"

SHARED_SECONDS = 60
"""CPU seconds after which a worker gets no further topic of its submission: what it may use in all is limited."""


class Process(Protocol):
    """A running worker, however it was started."""

    channel: Channel
    walls: tuple[str, ...]
    meter: Meter

    def end(self) -> str: ...


class Spawner(Protocol):
    """Starts workers, and may keep one that is no longer needed for the next caller."""

    def spawn(self) -> Process: ...

    def release(self, process: Process) -> None: ...

    def connect(self) -> Spawner: ...

    def close(self) -> None: ...


@dataclass
class ForkedProcess:
    """A worker forked by the zygote; killed through its pidfd, so that no other process can be hit by mistake."""

    control: socket.socket
    channel: Channel
    pid: int
    pidfd: int
    scratch: str
    walls: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.meter = Meter.of(self.pidfd)

    def end(self) -> str:
        """Kill the worker if it runs, and say how it ended."""
        died, _, _ = select.select([self.pidfd], [], [], 0)
        if not died:
            with contextlib.suppress(OSError):
                signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        self.meter.close()
        os.close(self.pidfd)
        self.channel.close()
        zygote.send_message(self.control, {"op": "reap", "pid": self.pid})
        answer = zygote.receive_message(self.control)
        if answer is None:
            return "it ended"
        return str(answer[0]["stopped"]) or describe_status(int(answer[0]["status"]))


@dataclass
class Zygote:
    """A control socket of the zygote."""

    control: socket.socket

    def spawn(self, probe: bool = False) -> ForkedProcess:
        """A fresh worker; with `probe` one that tries to cross its walls, and names those that held."""
        ours, theirs = socket.socketpair()
        with theirs:
            zygote.send_message(self.control, {"op": "spawn", "probe": probe}, [theirs.fileno()])
        answer = zygote.receive_message(self.control)
        if answer is None:
            raise EngineError("the process that workers are forked from has ended")
        message, fds = answer
        if "failed" in message:
            ours.close()
            raise EngineError(f"no worker could be started: {message['failed']}")
        ours.setblocking(
            False
        )  # a worker that does not read what it is sent must not hold up its grader beyond the deadline
        channel = Channel(ours.fileno(), ours.fileno())
        ours.detach()
        process = ForkedProcess(self.control, channel, message["pid"], fds[0], message["scratch"])
        try:
            ready = channel.receive(time.monotonic() + 60)
        except ChannelError as error:
            raise EngineError(f"a worker did not start: {error}; {process.end()}") from None
        if ready["failed"]:
            process.end()
            raise EngineError(f"a worker could not put up its walls: {ready['failed']}")
        process.walls = tuple(ready["walls"])
        return process

    def connect(self) -> Zygote:
        """A further control socket, for another process of the grader."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            zygote.send_message(self.control, {"op": "connect"}, [theirs.fileno()])
        return Zygote(ours)

    def release(self, process: Process) -> None:
        """A fork is cheap: nobody gets a worker that served another."""
        process.end()

    def close(self) -> None:
        self.control.close()


def describe_status(status: int) -> str:
    """A wait status in words."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        known = {
            signal.SIGXCPU: "it used up its CPU time limit",
            signal.SIGSEGV: "it crashed (segmentation fault)",
            signal.SIGABRT: "it aborted",
            signal.SIGKILL: KILLED,
            signal.SIGXFSZ: "it wrote too large a file",
            signal.SIGBUS: "it crashed (bus error)",
            signal.SIGFPE: "it crashed (arithmetic error)",
        }
        return (
            known.get(signal.Signals(number), f"it ended by {signal.Signals(number).name}")
            if number in set(signal.Signals)
            else "it ended"
        )
    return f"it ended with exit code {os.WEXITSTATUS(status)}"


@dataclass
class Seat:
    """The worker of one submission, which its topics use in turn: forking one, and the memory that it then copies, cost more than most checks."""

    spawner: Spawner
    process: Process | None = None
    loaded: Student | None = None
    """Whose topic file it holds; nobody's in a fresh one."""
    numpy_blocked: tuple[str, ...] = ()
    """Names of NumPy functions that were refused when it was loaded, and are since."""
    served: set[str] = field(default_factory=set)
    """Ids of the exercises that it was used for."""

    def worker(self) -> Process:
        """The running worker, or a fresh one."""
        if self.process is None:
            self.process = self.spawner.spawn()
        return self.process

    def restart(self) -> None:
        """Let the next call have a fresh worker."""
        process, self.process = self.process, None
        self.loaded, self.numpy_blocked, self.served = None, (), set()
        if process is not None:
            process.end()

    def release(self) -> None:
        """No more calls come: give the worker back."""
        if self.process is not None:
            self.spawner.release(self.process)
            self.process, self.loaded = None, None

    def leave(self) -> None:
        """The checks of a topic are done: the next one gets the same worker, unless it has computed for long."""
        now = self.process.meter.now() if self.process is not None else None
        if now is not None and now.cpu > SHARED_SECONDS:
            self.restart()


@dataclass
class Seats:
    """One seat for the topics of a submission, as long as no other submission comes between."""

    spawner: Spawner
    seat: Seat | None = None
    name: str = ""
    topics: set[str] = field(default_factory=set)

    def take(self, name: str, topics: Iterable[str]) -> Seat:
        """The seat for these topics of the submission of that name: a fresh one where it, or one of them, had none yet or had it before."""
        wanted = set(topics)
        if self.seat is None or name != self.name or wanted & self.topics:
            if self.seat is not None:
                self.seat.release()
            self.seat, self.name, self.topics = Seat(self.spawner), name, set()
        self.topics |= wanted
        return self.seat
