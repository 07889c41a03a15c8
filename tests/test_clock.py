"""A call ends when it has computed or waited too long, not because the machine was busy."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import types
from typing import Any

import pytest

from autograder import clock, processes, sandbox
from autograder.channel import ChannelTimeout
from autograder.checks import StudentTimeout
from autograder.clock import CallClock, Meter, Times


class Told(Meter):
    """A meter that is told what to say."""

    def __init__(self) -> None:
        super().__init__((0,))
        self.times, self.own = Times(0.0), 7.0

    def now(self) -> Times:
        return self.times


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    meter = Told()
    monkeypatch.setattr(clock.time, "monotonic", lambda: meter.times.wall)
    monkeypatch.setattr(clock, "own_waiting", lambda: meter.own)
    return meter


@pytest.mark.parametrize(
    ("wall", "cpu", "waited", "more", "why"),
    [
        (10.0, 0.0, 0.0, 0.0, "no computing, for 10 s"),  # sleeps
        (10.0, 4.0, 0.0, 3.0, ""),  # computes half of the time: until its CPU time is used up
        (10.0, 0.5, 9.0, 6.5, ""),  # would compute, but has no processor
        (60.0, 2.0, 55.0, 5.0, ""),
        (16.0, 7.0, 0.0, 0.0, "5 s of CPU time"),  # has moved the kernel's limit
        (93.0, 1.0, 88.0, 0.0, "no computing"),  # only so much starvation is believed
        (31.0, 6.9, 15.0, 0.1, ""),
        (45.0, 6.0, 5.0, 0.0, "no computing"),
    ],
)
def test_what_a_long_call_is_given(told: Told, wall: float, cpu: float, waited: float, more: float, why: str) -> None:
    call = CallClock(told, 5, 30)
    assert call.first_look() == 10
    told.times = Times(wall, cpu, waited)
    assert call.more() == pytest.approx(more)
    assert why in call.why


def test_without_knowledge_the_wall_clock_alone_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(clock.time, "monotonic", lambda: now)
    call = CallClock(Meter(), 5, 30)
    assert call.first_look() == 30
    assert "30 s in all" in call.why, "where nobody asks, as with a worker behind pipes"
    now = 12.0
    assert call.more() == pytest.approx(18)
    now = 30.5
    assert call.more() == 0
    assert "30 s in all" in call.why


def test_a_worker_whose_grader_is_late_does_not_idle(told: Told) -> None:
    call = CallClock(told, 5, 30)
    told.times, told.own = Times(15.0, 1.0, 1.0), 7.0 + 8.0
    assert call.more() == pytest.approx(5)
    assert call.used() == pytest.approx(6)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux'")
def test_own_waiting_is_this_processs() -> None:
    first = clock.own_waiting()
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(write_end, str(clock.own_waiting()).encode())
        os._exit(0)
    os.waitpid(pid, 0)
    assert 0 <= float(os.read(read_end, 100)) < first + 100
    assert len(clock._own) == 1
    assert clock.own_waiting() >= first
    os.close(read_end)
    os.close(write_end)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux'")
def test_meter_tells_computing_from_waiting() -> None:
    """Of a process that computes, one that sleeps, and one that has gone."""
    for code, computes in (("while True: pass", True), ("import time; time.sleep(100)", False)):
        process = subprocess.Popen([sys.executable, "-c", code])
        pidfd = os.pidfd_open(process.pid)
        meter = Meter.of(pidfd)
        try:
            first = meter.now()
            assert first is not None
            deadline = time.monotonic() + (60 if computes else 1)
            while (now := meter.now()) and now.cpu - first.cpu < 0.5 and time.monotonic() < deadline:
                time.sleep(0.02)
            assert now is not None
            assert (now.cpu - first.cpu >= 0.5) == computes
            assert now.waited >= first.waited
        finally:
            process.kill()
            process.wait()
        assert meter.now() is None
        meter.close()
        meter.close()
        os.close(pidfd)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux'")
def test_meter_of_a_stopped_process_stands_still() -> None:
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    pidfd = os.pidfd_open(process.pid)
    meter = Meter.of(pidfd)
    try:
        os.kill(process.pid, signal.SIGSTOP)
        os.waitpid(process.pid, os.WUNTRACED)
        first = meter.now()
        time.sleep(0.3)
        second = meter.now()
        assert first is not None
        assert second is not None
        assert (first.cpu, first.waited) == (second.cpu, second.waited)
    finally:
        process.kill()
        process.wait()
        meter.close()
        os.close(pidfd)


def test_all_calls_of_a_check_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a submission that idles in each call, a little less than it may, would hold up a class for hours."""
    now, given = 0.0, []

    class Answers:
        more: Any = None

        def send(self, parts: object, deadline: float) -> None:
            given.append(deadline - now)

        def receive(self, deadline: float, handle: object) -> dict[str, Any]:
            nonlocal now
            now += 13
            if now >= deadline:
                raise ChannelTimeout
            return {"token": "token", "value": 1}

    worker = types.SimpleNamespace(channel=Answers(), meter=Meter(), end=lambda: "")
    monkeypatch.setattr(clock.time, "monotonic", lambda: now)
    monkeypatch.setattr(sandbox.secrets, "token_hex", lambda size: "token")
    seat = processes.Seat(types.SimpleNamespace(), process=worker)  # type: ignore[arg-type]
    student = sandbox.Student(seat, "x.py", "")
    seat.loaded = student
    for _ in range(2):
        student.begin(sandbox.Rules("double", seconds=1), 0)
        for _ in range(2):
            student.double(1)
    assert given == [14, 14, 14, 14]
    with pytest.raises(StudentTimeout, match="calls of this check took 28 s together"):
        student.double(1)
    assert given[-1] == 2
