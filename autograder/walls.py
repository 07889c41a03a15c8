"""The walls around a worker: what the student's code in it cannot do, whatever it tries.

`prepare` finds out once per run, on the trusted side, what this system can do. `enter` puts the walls up in
a freshly forked worker before any of the student's source is there, each at the place in the order where it
still can: descriptors and environment before /proc closes; the user id before what changing it would undo
(parent-death signal, dumps); the filter last, because it refuses the calls that put up the others. A wall
that was wanted and does not go up raises: a worker never runs with less than its grader believes.

The CPU limit that a call has is a help, not a wall: the student's code may move it up to the hard limit,
ignore its signal, or both. The grader's own clock ends such a worker.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import os
import platform
import shutil
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from . import kernel, probes, seccomp, surroundings
from .bubblewrap import bubblewrap_command as bubblewrap_command
from .probes import PROBES as PROBES
from .probes import missing_advice as missing_advice

if sys.platform == "linux":
    import landlockpy
    from landlockpy import AccessFS, RestrictFlag, Scope
if sys.platform != "win32":
    import resource

WALLS = (
    "fds", "environment", "rlimits", "uid", "capabilities", "no_core", "parent_death", "no_new_privs",
    "landlock", "seccomp",
)  # fmt: skip
"""Every wall, in the order in which `enter` puts them up."""


class WallError(Exception):
    """A wall that was wanted cannot be put up: says which and why."""


@dataclass(frozen=True)
class Policy:
    """What `enter` needs to know; made once per run, inherited by forking or sent as bytes."""

    readable: tuple[str, ...] = ()
    seccomp: bytes = b""
    uid_base: int | None = None
    """Worker n gets the user id `uid_base` + n, where the grader is root."""
    memory: int = 2 << 30
    """Bytes of address space beyond what the worker has when it is forked."""
    file_size: int = 64 << 20
    open_files: int = 64
    processes: int = 256
    """Threads, the user's other ones included: so it counts from those that run already."""
    cpu: int = 900
    """CPU seconds that one worker may use in all its calls together."""
    wanted: tuple[str, ...] = ()

    def dump(self) -> bytes:
        """For a zygote that is not forked from the grader."""
        return json.dumps({**dataclasses.asdict(self), "seccomp": self.seccomp.hex()}).encode()

    @staticmethod
    def load(data: bytes) -> Policy:
        """The counterpart of `dump`."""
        fields = json.loads(data)
        lists = {name: tuple(fields[name]) for name in ("readable", "wanted")}
        _landlock_available()
        return Policy(**{**fields, **lists, "seccomp": bytes.fromhex(fields["seccomp"])})


def prepare(*, without: frozenset[str] = frozenset(), inside_bubblewrap: bool = False) -> Policy:
    """What this system can do. `without` leaves single walls out, for the tests that prove them needed.

    Inside bubblewrap every user can read Python, wherever it is.
    """
    if unknown := without - set(WALLS):
        raise ValueError(f"no such walls: {', '.join(sorted(unknown))}")
    if not kernel.LINUX or platform.machine() not in seccomp.MACHINES or without == set(WALLS):
        return Policy()
    try:
        readable = surroundings.readable_paths()
    except surroundings.SurroundingsError as error:
        raise WallError(str(error)) from error
    impossible = set(without)
    if not _landlock_available():
        impossible.add("landlock")
    compiled = _compile()
    if not compiled:
        impossible.add("seccomp")
    base = None
    if os.geteuid() == 0 and "uid" not in without:
        base = surroundings.unused_uids()
        if base is not None and not inside_bubblewrap and not surroundings.uid_can_work(base):
            base = None
    if base is None:
        impossible.add("uid")
    # An own user starts from no threads; anyone else shares the limit with all that they run.
    processes = Policy.processes if base is not None else surroundings.tasks_of_this_user() + 4096
    wanted = tuple(name for name in WALLS if name not in impossible)
    return Policy(readable=readable, seccomp=compiled, uid_base=base, processes=processes, wanted=wanted)


def _landlock_available() -> bool:
    """Asking makes landlockpy find the C library, for which it runs a program: a worker could not."""
    try:
        return kernel.LINUX and landlockpy.abi_version() > 0
    except OSError:
        return False


def _compile() -> bytes:
    try:
        return seccomp.compile_filter() if kernel.filters_available() else b""
    except seccomp.FilterError:
        return b""


@dataclass(frozen=True)
class _Worker:
    """What the steps of `enter` work on."""

    policy: Policy
    scratch: str
    keep_fds: tuple[int, ...]
    uid: int | None


def enter(policy: Policy, *, scratch: str, keep_fds: tuple[int, ...], number: int) -> tuple[str, ...]:
    """Put up the wanted walls, in this process and for good; their names.

    `scratch` is made where it does not exist, given to the worker's user, and becomes the current folder. Two
    live workers of one run must differ in `number` (modulo `surroundings.UIDS`).
    """
    uid = None if policy.uid_base is None else policy.uid_base + number % surroundings.UIDS
    worker = _Worker(policy, os.path.abspath(scratch), keep_fds, uid)
    if unknown := set(policy.wanted) - set(WALLS):
        raise WallError(f"no such walls: {', '.join(sorted(unknown))}")
    for name, step in _STEPS:
        if name in policy.wanted or name == "scratch":
            try:
                step(worker)
            except Exception as error:  # whatever went wrong, the worker must not run
                raise WallError(f"{name}: {type(error).__name__}: {error}") from error
    return tuple(name for name in WALLS if name in policy.wanted)


def set_cpu_limit(seconds: int) -> None:
    """Give the next call this many CPU seconds: beyond them the kernel ends the worker with SIGXCPU."""
    if sys.platform == "win32":
        return
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = math.ceil(time.process_time()) + seconds
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def probe(policy: Policy, *, scratch: str, keep_fds: tuple[int, ...]) -> tuple[str, ...]:
    """Try to cross every wall, from inside a throw-away worker; the names of those that held."""
    ground = probes.Ground(
        scratch=os.path.abspath(scratch),
        keep_fds=keep_fds,
        memory=policy.memory,
        file_size=policy.file_size,
        open_files=policy.open_files,
    )
    return tuple(name for name in policy.wanted if PROBES[name](ground))


def _close_descriptors(worker: _Worker) -> None:
    """All but the kept ones; /dev/null in place of the standard three, where libraries write."""
    try:
        numbers = [int(name) for name in os.listdir("/proc/self/fd")]
    except OSError:
        numbers = list(range(min(resource.getrlimit(resource.RLIMIT_NOFILE)[1], 1 << 16)))
    for fd in set(numbers) - set(worker.keep_fds) - {0, 1, 2}:
        with contextlib.suppress(OSError):  # the one that listed the folder is closed already
            os.close(fd)
    for fd in {0, 1, 2} - set(worker.keep_fds):
        null = os.open(os.devnull, os.O_RDWR)
        if null != fd:
            os.dup2(null, fd)
            os.close(null)


def _limit_resources(worker: _Worker) -> None:
    with open("/proc/self/statm") as file:
        pages = int(file.read().split()[0])
    limits = {
        resource.RLIMIT_AS: pages * resource.getpagesize() + worker.policy.memory,
        resource.RLIMIT_FSIZE: worker.policy.file_size,
        resource.RLIMIT_NOFILE: worker.policy.open_files,
        resource.RLIMIT_NPROC: worker.policy.processes,
        resource.RLIMIT_CPU: worker.policy.cpu,
    }
    for kind, value in limits.items():
        _limit(kind, value)
    # When memory runs out in spite of the limits, the kernel is to end a worker, not the grader.
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(kind, (value, value))


def _change_user(worker: _Worker) -> None:
    if worker.uid is None:
        raise WallError("no user id is left")
    if os.path.isdir(worker.scratch):
        os.chown(worker.scratch, worker.uid, worker.uid)
    surroundings.take_uid(worker.uid)
    if not surroundings.can_read([os.__file__]):
        raise WallError(f"user {worker.uid} cannot read {os.__file__}")


def _enter_scratch(worker: _Worker) -> None:
    if not os.path.isdir(worker.scratch):
        os.mkdir(worker.scratch, 0o700)
    os.chdir(worker.scratch)  # refused where an own user cannot pass through the folders above it


def _end_with_parent(worker: _Worker) -> None:
    """A group of its own, so that Ctrl-C is the grader's to handle; and no life beyond the zygote's."""
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    kernel.end_with_parent(signal.SIGKILL)


def _forbid_dumps(worker: _Worker) -> None:
    """Not even where a crash handler reads the memory of what crashed: it would not heed RLIMIT_CORE."""
    _limit(resource.RLIMIT_CORE, 0)
    kernel.forbid_dumps()


def _restrict_access(worker: _Worker) -> None:
    """Landlock: files, TCP, signals and abstract sockets; on an older kernel as much of it as there is."""
    read = AccessFS.READ_FILE | AccessFS.READ_DIR
    write = AccessFS.WRITE_FILE | AccessFS.TRUNCATE | AccessFS.REFER
    make = AccessFS.MAKE_REG | AccessFS.MAKE_DIR | AccessFS.MAKE_SYM
    remove = AccessFS.REMOVE_FILE | AccessFS.REMOVE_DIR
    with landlockpy.Ruleset(scoped=Scope.SIGNAL | Scope.ABSTRACT_UNIX_SOCKET) as rules:
        for path in worker.policy.readable:
            access = read if os.path.isdir(path) else AccessFS.READ_FILE
            if path == os.devnull:
                access |= AccessFS.WRITE_FILE
            with contextlib.suppress(OSError):  # what this user cannot reach, it needs no leave to read
                rules.allow_path(path, access)
        # In its own folder all but devices, sockets and pipes with a name, and running programs.
        rules.allow_path(worker.scratch, read | write | make | remove)
        # The kernel's log of refused accesses would fill with students' attempts.
        rules.restrict(RestrictFlag.LOG_SAME_EXEC_OFF, no_new_privs=False)


def _filter_calls(worker: _Worker) -> None:
    """Modes and times of files cannot be set from here on: shutil's copies do without."""
    if not worker.policy.seccomp:
        raise WallError("there is no compiled filter")
    shutil.copymode = shutil.copystat = _copy_nothing
    seccomp.install(worker.policy.seccomp)


def _copy_nothing(src: object, dst: object, *, follow_symlinks: bool = True) -> None:
    """In place of shutil's copymode and copystat."""


_STEPS: tuple[tuple[str, Callable[[_Worker], None]], ...] = (
    ("fds", _close_descriptors),
    ("environment", lambda worker: surroundings.clear_environment(worker.scratch)),
    ("rlimits", _limit_resources),
    ("uid", _change_user),
    ("capabilities", lambda worker: kernel.drop_capabilities()),
    ("scratch", _enter_scratch),
    ("no_core", _forbid_dumps),
    ("parent_death", _end_with_parent),
    ("no_new_privs", lambda worker: kernel.forbid_new_privileges()),
    ("landlock", _restrict_access),
    ("seccomp", _filter_calls),
)
