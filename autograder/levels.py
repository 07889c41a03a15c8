"""Which walls stand around workers, and whether that is enough: each is tried from inside a throw-away worker, and only one that held counts.

`full`: bubblewrap around the zygote, and the inner walls; `strong`: the inner walls; `plain`: a process of its own with time limits.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from . import walls, zygote
from .model import CourseError
from .portable import PortableSpawner
from .processes import Spawner, Zygote

BUBBLEWRAP = "bubblewrap"
STRONG = frozenset(
    {"fds", "environment", "rlimits", "capabilities", "no_core", "parent_death", "no_new_privs", "landlock", "seccomp"}
)
"""What `strong` demands; with root an own user id per worker stands beside them."""
LEVELS = ("plain", "strong", "full", "best")

# What a worker imports, and so what a zygote inside bubblewrap may read of this package.
WORKER_MODULES = (
    "__init__",
    "bubblewrap",
    "channel",
    "failing_line",
    "figures",
    "kernel",
    "lean",
    "loaders",
    "losses",
    "probes",
    "seccomp",
    "surroundings",
    "walls",
    "without",
    "worker",
    "zygote",
)


@dataclass(frozen=True)
class Standing:
    """A running source of workers and the walls around them."""

    spawner: Spawner
    walls: tuple[str, ...]
    notes: tuple[str, ...] = ()


def level_of(held: tuple[str, ...]) -> str:
    """The level that a report's walls amount to."""
    if not set(held) >= STRONG:
        return "plain"
    return "full" if BUBBLEWRAP in held else "strong"


def can_fork() -> bool:
    """Forking a process that has torch loaded is safe on Linux only."""
    return sys.platform == "linux"


@contextlib.contextmanager
def standing(wanted: str | None, *, others: bool = False, without: frozenset[str] = frozenset()) -> Iterator[Standing]:
    """Start what workers come from, probe its walls, and take it down afterwards.

    Args:
        wanted: a level; None means `full` where bubblewrap works, else `strong`, for other people's work, and `best` for one's own.
        others: whether the submissions are other people's.
        without: walls left out, for the tests that prove each of them needed.

    Raises:
        CourseError: where fewer walls hold than `wanted` demands.
    """
    if wanted is not None and wanted not in LEVELS:
        raise CourseError(f"--walls knows {', '.join(LEVELS)}, not {wanted!r}")
    if not can_fork() or os.environ.get("AUTOGRADER_PORTABLE"):
        _refuse_less(wanted or ("strong" if others else "best"), ())
        portable = PortableSpawner()
        try:
            yield Standing(
                portable,
                (),
                ("Walls: plain (a process of its own with time limits). Enough for your own work.",) if others else (),
            )
        finally:
            portable.close()
        return
    try:
        policy = walls.prepare(without=without - {BUBBLEWRAP} if wanted != "plain" else frozenset(walls.WALLS))
    except walls.WallError as error:
        raise CourseError(f"no walls can be put up here: {error}") from None
    control, end, outer = _start(policy, wanted, others, without)
    try:
        spawner = Zygote(control)
        process = spawner.spawn(probe=True)
        held = (*outer, *process.walls)
        process.end()
        if not without:
            _refuse_less(wanted or ("strong" if others else "best"), held)
        yield Standing(spawner, held, _missing_line(held) if wanted in (None, "best") else ())
    finally:
        control.close()
        end()


def _start(
    policy: walls.Policy, wanted: str | None, others: bool, without: frozenset[str]
) -> tuple[socket.socket, Callable[[], None], tuple[str, ...]]:
    """The zygote: in bubblewrap where that is wanted and works, else a fork of this process. Its control socket, what awaits its end, the walls around it."""
    if BUBBLEWRAP not in without and (wanted == "full" or (wanted is None and others)):
        found = _start_in_bubblewrap(without)
        if found is not None:
            return (*found, (BUBBLEWRAP,))
        if wanted == "full":
            raise CourseError(
                "--walls full needs bubblewrap, which is missing or not allowed here: `apt-get install bubblewrap`; in a container allow user "
                "namespaces, or take --walls strong"
            )
    zygote.warm()
    control, pid, root = zygote.start(policy)

    def end() -> None:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
        if os.path.isdir(root):  # it was killed: by the kernel when memory ran out, for one
            zygote.remove_folder(root)

    return control, end, ()


def _start_in_bubblewrap(without: frozenset[str]) -> tuple[socket.socket, Callable[[], None]] | None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        policy = walls.prepare(without=without, inside_bubblewrap=True)
        folder = Path(__file__).resolve().parent
        command = walls.bubblewrap_command(
            [sys.executable, "-m", "autograder.zygote", str(theirs.fileno())],
            readable=policy.readable,
            fds=[theirs.fileno()],
            course_readable=[str(folder / f"{name}.py") for name in WORKER_MODULES],
        )
        if command is None:
            ours.close()
            return None
        process = subprocess.Popen(
            command,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
    ours.send(policy.dump())

    def end() -> None:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        if process.stderr:
            process.stderr.close()

    return ours, end


def _refuse_less(wanted: str, held: tuple[str, ...]) -> None:
    if wanted in ("best", "plain"):
        return
    missing = sorted((STRONG | {BUBBLEWRAP} if wanted == "full" else STRONG) - set(held))
    if missing:
        advice = "".join(f"\n  {line}" for line in walls.missing_advice(missing))
        raise CourseError(
            f"--walls {wanted} is refused: these walls do not hold here: {', '.join(missing)}{advice}\n"
            "  For your own work --walls best will do; other people's work belongs on Linux with the walls up."
        )


def _missing_line(held: tuple[str, ...]) -> tuple[str, ...]:
    missing = sorted(STRONG - set(held))
    return (
        (f"Walls that do not hold here: {', '.join(missing)} (`nox -s doctor` says how to get them).",)
        if missing
        else ()
    )
