"""The zygote's clearing up: whatever its workers left and whenever it is told to end, nothing stays."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("there is a zygote on Linux only", allow_module_level=True)

from autograder import zygote


def fill(folder: Path, files: int) -> None:
    folder.mkdir()
    for number in range(files):
        (folder / str(number)).touch()


def in_child(work: Callable[[], object]) -> int:
    """Run `work` in a forked child; its pid."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
            os._exit(0)
        finally:
            os._exit(70)
    return pid


def ended(pid: int) -> int:
    """Wait status of a child that has a minute to end."""
    pidfd = os.pidfd_open(pid)
    try:
        if not select.select([pidfd], [], [], 60)[0]:
            os.kill(pid, signal.SIGKILL)
    finally:
        os.close(pidfd)
    return os.waitpid(pid, 0)[1]


@pytest.mark.parametrize("how", ["its socket closes", "SIGTERM", "SIGTERM, again and again"])
def test_nothing_is_left_whatever_is_under_way(tmp_path: Path, how: str) -> None:
    """A worker that runs, and one that has ended whose folder is just being removed by a process of its own."""
    root = tmp_path / "root"
    root.mkdir()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    alive, held = os.pipe()  # `held` is open in the zygote and in what clears up for it

    def serve() -> None:
        ours.close()
        served = zygote.Zygote(None, [theirs], str(root))
        workers = [subprocess.Popen(["sleep", "1000"]).pid for _ in range(2)]
        for number, (pid, files) in enumerate(zip(workers, (3000, 30), strict=True)):
            fill(root / str(number), files)
            served.children[pid] = zygote.Child(pid, theirs.fileno(), str(root / str(number)))
        os.kill(workers[0], signal.SIGKILL)
        served._end(served.children[workers[0]])
        assert served.cleaners
        if how != "its socket closes":
            os.kill(os.getpid(), signal.SIGSTOP)  # until the test goes on; then comes the signal
        served.serve()

    pid = in_child(serve)
    theirs.close()
    os.close(held)
    if how == "its socket closes":
        ours.close()
        status = ended(pid)
    else:
        os.waitpid(pid, os.WUNTRACED)
        os.kill(pid, signal.SIGCONT)
        deadline = time.monotonic() + 60
        while not _handles(pid, signal.SIGTERM) and time.monotonic() < deadline:
            time.sleep(0.001)
        for _ in range(1 if how == "SIGTERM" else 50):
            os.kill(pid, signal.SIGTERM)
            time.sleep(0.0005)
        status = ended(pid)
        ours.close()
    assert status == 0
    assert not root.exists()
    assert select.select([alive], [], [], 1)[0], "a process is left"
    os.close(alive)


def _handles(pid: int, number: signal.Signals) -> bool:
    fields = dict(line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return bool(int(fields["SigCgt"], 16) >> (number - 1) & 1)


def test_zygote_whose_grader_is_gone_makes_no_folder(tmp_path: Path) -> None:
    root, (ours, theirs) = tmp_path / "root", socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = in_child(lambda: zygote.serve(None, theirs, str(root), parent=1 << 22))
    assert ended(pid) == 0
    assert not root.exists()
    ours.close()
    theirs.close()


def test_signal_before_it_serves_is_not_lost(tmp_path: Path) -> None:
    """SIGTERM that comes between the fork and the loop ends the loop at once."""
    root, (ours, theirs) = tmp_path / "root", socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def serve() -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        os.kill(os.getpid(), signal.SIGTERM)
        zygote.serve(None, theirs, str(root))

    assert ended(in_child(serve)) == 0
    assert not root.exists()
    ours.close()
    theirs.close()


def test_worker_does_not_write_to_its_zygotes_pipe() -> None:
    """The descriptor that a signal makes readable is the zygote's: in a worker that number may be a student's file."""
    read_end, write_end = os.pipe()

    def become() -> None:
        os.set_blocking(write_end, False)
        signal.set_wakeup_fd(write_end)
        threading.Timer(5, os._exit, (1,)).start()

        def serve(*arguments: object, **names: object) -> tuple[str, ...]:
            os._exit(0 if signal.set_wakeup_fd(-1) == -1 else 1)

        from autograder import walls

        walls.enter = serve  # type: ignore[assignment]
        zygote.become_worker(None, "/tmp", write_end, 0, probe=False)

    assert ended(in_child(become)) == 0
    os.close(read_end)
    os.close(write_end)


@pytest.mark.parametrize("deep", [5, 3000])
def test_remove_folder_takes_what_no_recursion_could(tmp_path: Path, deep: int) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    here = os.open(folder, os.O_RDONLY)
    for number in range(deep):
        os.mkdir("d", dir_fd=here)
        if number % 10 == 0:
            os.symlink("/etc", "link", dir_fd=here)
        there = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = there
    os.close(here)
    zygote.remove_folder(str(folder))
    assert not folder.exists()
    assert os.path.isdir("/etc")
