"""How long a call may take. What computes is bounded by its CPU time, what waits by the clock; a busy machine is held against nobody.

The kernel itself ends a worker at its CPU limit, but the student's code may move that: so it is looked at from outside as well, where the
worker cannot lie, and only when a call has taken long.
"""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass, field

PATIENCE = 10
"""Seconds that a call may wait without computing: for input, for a lock, for the disk."""

STARVATION = 16
"""For each CPU second that a call has, so many in which it waited for a processor do not count."""

RECENT = 0.02
"""Seconds for which a reading of a process's times is as good as a new one: most calls are over sooner."""

_own: dict[int, int] = {}
"""This process's id -> descriptor of its own schedstat; a forked child opens one of its own."""

_TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass(frozen=True)
class Times:
    """Seconds, at one moment: of the wall clock, of a process's computing, of its first thread's waiting for a processor."""

    wall: float
    cpu: float = 0.0
    waited: float = 0.0


@dataclass
class Meter:
    """Reads a process's times; without what /proc tells (`known` is False) all but the wall clock stands still."""

    files: tuple[int, ...] = ()
    latest: tuple[Times, float] | None = None
    """What was read last when a call began, and this process's own waiting then."""

    @classmethod
    def of(cls, pidfd: int) -> Meter:
        """For the process of a pidfd, whatever its number is in this process's own namespace."""
        opened: list[int] = []
        try:
            with open(f"/proc/self/fdinfo/{pidfd}") as about:
                pid = next(int(line.split()[1]) for line in about if line.startswith("Pid:"))
            for name in ("stat", "schedstat"):
                opened.append(os.open(f"/proc/{pid}/{name}", os.O_RDONLY | os.O_CLOEXEC))
            meter = cls(tuple(opened))
            if meter.now() is not None:
                return meter
        except (OSError, ValueError, IndexError, StopIteration):
            pass
        for file in opened:
            os.close(file)
        return cls()

    def now(self) -> Times | None:
        """None where the process has gone, or nothing is known of it."""
        if not self.files:
            return None
        try:
            fields = os.pread(self.files[0], 1024, 0).rpartition(b")")[2].split()
            waited = int(os.pread(self.files[1], 200, 0).split()[1]) / 1e9
            return Times(time.monotonic(), (int(fields[11]) + int(fields[12])) / _TICK, waited)
        except (OSError, ValueError, IndexError):
            return None

    def recent(self) -> tuple[Times, float]:
        """Like `now`, with the own waiting; a reading that is at most RECENT old will do."""
        wall = time.monotonic()
        if self.latest is None or not 0 <= wall - self.latest[0].wall <= RECENT:
            self.latest = (self.now() or Times(wall), own_waiting() if self.files else 0.0)
        return self.latest

    def close(self) -> None:
        files, self.files = self.files, ()
        for file in files:
            with contextlib.suppress(OSError):
                os.close(file)


def own_waiting() -> float:
    """Seconds that this process itself has waited for a processor: a worker whose grader is late is not idle."""
    try:
        if os.getpid() not in _own:
            _own[os.getpid()] = os.open("/proc/self/schedstat", os.O_RDONLY | os.O_CLOEXEC)
        return int(os.pread(_own[os.getpid()], 200, 0).split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


@dataclass
class CallClock:
    """Bounds one call of `seconds` CPU seconds to `most` seconds of the wall clock, starvation not counted."""

    meter: Meter
    seconds: int
    most: float
    why: str = field(init=False)
    """Why no more time is given."""
    began: float = field(init=False)
    """time.monotonic() at its beginning."""
    before: Times = field(init=False)
    late: float = field(init=False)

    def __post_init__(self) -> None:
        self.why = f"no answer after {self.seconds} s of CPU time or {self.most:.0f} s in all"
        self.before, self.late = self.meter.recent()
        self.began = time.monotonic()

    def first_look(self) -> float:
        """Seconds from the call's beginning in which nothing needs to be asked."""
        return min(PATIENCE, self.most) if self.meter.files else self.most

    def more(self) -> float:
        """Seconds for which the call may go on before this is to be asked again; 0 where it may not."""
        now = self.meter.now()
        elapsed = time.monotonic() - self.began
        if now is None:
            return self._at_least(self.most - elapsed)
        cpu, starved = now.cpu - self.before.cpu, self.starved(now)
        left = {
            f"no answer after {self.seconds} s of CPU time": self.seconds + 2 - cpu,
            f"no answer, and no computing, for {PATIENCE} s": PATIENCE - (elapsed - cpu - starved),
            f"no answer after {self.most:.0f} s": self.most - (elapsed - starved),
        }
        self.why = min(left, key=lambda reason: left[reason])
        return self._at_least(left[self.why])

    def starved(self, now: Times | None = None) -> float:
        """Seconds of this call in which worker or grader waited for a processor, as far as they are not counted."""
        now = now or self.meter.now()
        if now is None:
            return 0.0
        return min(max(now.waited - self.before.waited + own_waiting() - self.late, 0.0), STARVATION * self.seconds)

    def used(self) -> float:
        """Seconds that the call has taken, starvation not counted."""
        elapsed = time.monotonic() - self.began
        return elapsed if elapsed <= RECENT else elapsed - self.starved()

    @staticmethod
    def _at_least(left: float) -> float:
        return 0.0 if left <= 0 else max(left, 0.05)
