"""Attempts to cross each wall, run inside a throw-away worker: a wall counts only when it held.

Each probe tries what no other wall refuses, so that a wall which is up in name only shows.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from . import kernel, surroundings

if sys.platform != "win32":
    import resource


@dataclass(frozen=True)
class Ground:
    """Where a probe stands and how high the limits should be."""

    scratch: str
    keep_fds: tuple[int, ...]
    memory: int
    file_size: int
    open_files: int


def refused(attempt: Callable[[], object]) -> bool:
    """Whether the attempt was answered by PermissionError; what else goes wrong proves no wall."""
    try:
        attempt()
    except PermissionError:
        return True
    except OSError:
        return False
    return False


def _fds(ground: Ground) -> bool:
    null = os.stat(os.devnull).st_rdev
    for fd in range(4096):
        with contextlib.suppress(OSError):
            found = os.fstat(fd)
            if fd not in ground.keep_fds and not (fd < 3 and found.st_rdev == null):
                return False
    return True


def _environment(ground: Ground) -> bool:
    return dict(os.environ) == surroundings.environment(ground.scratch)


def _rlimits(ground: Ground) -> bool:
    path = os.path.join(ground.scratch, "probe")
    descriptors = [os.open(path, os.O_RDWR | os.O_CREAT)]

    def open_more() -> None:
        while len(descriptors) <= ground.open_files:
            descriptors.append(os.dup(descriptors[0]))

    attempts: tuple[Callable[[], object], ...] = (
        lambda: mmap.mmap(-1, ground.memory + (64 << 20)).close(),
        lambda: os.pwrite(descriptors[0], b"x", ground.file_size),
        open_more,
    )
    try:
        limited = [_fails(attempt) for attempt in attempts]
    finally:
        for fd in descriptors:
            os.close(fd)
        os.remove(path)
    return all(limited) and resource.getrlimit(resource.RLIMIT_CPU)[1] != resource.RLIM_INFINITY


def _fails(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return True
    return False


def _uid(ground: Ground) -> bool:
    ids = (*os.getresuid(), *os.getresgid(), *os.getgroups())
    return 0 not in ids and refused(lambda: os.setuid(0))


def _capabilities(ground: Ground) -> bool:
    return not kernel.has_capabilities()


def _no_core(ground: Ground) -> bool:
    return resource.getrlimit(resource.RLIMIT_CORE) == (0, 0) and not kernel.dumpable()


def _parent_death(ground: Ground) -> bool:
    return kernel.parent_death_signal() == signal.SIGKILL


def _no_new_privs(ground: Ground) -> bool:
    return kernel.new_privileges_forbidden()


def _landlock(ground: Ground) -> bool:
    """What anyone may read or write: the root folder, the one above the scratch folder; this source file."""
    beside = os.path.join(os.path.dirname(ground.scratch), "crossed")
    if not refused(lambda: os.mkdir(beside)):
        with contextlib.suppress(OSError):
            os.rmdir(beside)
        return False
    return refused(lambda: os.listdir("/")) and refused(lambda: os.close(os.open(__file__, os.O_RDONLY)))


def _seccomp(ground: Ground) -> bool:
    """A process, a socket, a program, a signal to the parent, a file's mode: other walls let most through."""

    def fork() -> None:
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)

    attempts: tuple[Callable[[], object], ...] = (
        fork,
        lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close(),
        lambda: os.execv("/nonexistent", ["nonexistent"]),
        lambda: os.kill(os.getppid(), 0),
        lambda: os.chmod(ground.scratch, 0o700),
    )
    return all(refused(attempt) for attempt in attempts)


PROBES: dict[str, Callable[[Ground], bool]] = {
    "fds": _fds,
    "environment": _environment,
    "rlimits": _rlimits,
    "uid": _uid,
    "capabilities": _capabilities,
    "no_core": _no_core,
    "parent_death": _parent_death,
    "no_new_privs": _no_new_privs,
    "landlock": _landlock,
    "seccomp": _seccomp,
}

_LINUX = "needs Linux on x86-64 or aarch64"
_ADVICE = {
    "fds": f"fds (the grader's open files and sockets): {_LINUX}",
    "environment": f"environment (no variable of yours, no token): {_LINUX} with /proc mounted",
    "rlimits": f"rlimits (memory, file size, open files, threads, CPU): {_LINUX} with /proc mounted",
    "uid": "uid (a user of its own for every worker): only as root, with a Python that every user can read "
    "(/usr, /opt; not under /root), or with bubblewrap, which makes it so",
    "capabilities": f"capabilities (nothing left of root's powers): {_LINUX}",
    "no_core": f"no_core (no memory dumps): {_LINUX}",
    "parent_death": f"parent_death (no worker outlives the grader): {_LINUX}",
    "no_new_privs": f"no_new_privs (setuid programs give nothing): {_LINUX}",
    "landlock": "landlock (files, TCP, signals): needs Linux 5.13, best 6.12 or newer, with `landlock` in "
    "/sys/kernel/security/lsm (kernel command line `lsm=landlock,...`); in a container, a Docker from 2022 "
    "on, or `--security-opt seccomp=unconfined`; gVisor has none",
    "seccomp": f"seccomp (no processes, sockets, programs, signals to others): {_LINUX} and libseccomp "
    "(`apt-get install libseccomp2`, `dnf install libseccomp`)",
    "bubblewrap": "bubblewrap (an own file system, processes and network around all workers): `apt-get "
    "install bubblewrap` (0.7 or newer); for other users than root also user namespaces: on Ubuntu 24.04 "
    "`sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`, on older Debian `sysctl -w "
    "kernel.unprivileged_userns_clone=1`, in Docker `--security-opt seccomp=unconfined --security-opt "
    "apparmor=unconfined --security-opt systempaths=unconfined`, for root in it also `--cap-add SYS_ADMIN`",
}


def missing_advice(missing: Iterable[str]) -> list[str]:
    """For each missing wall one line: what it keeps out and how to get it."""
    return [_ADVICE.get(name, f"{name}: no such wall") for name in missing]
