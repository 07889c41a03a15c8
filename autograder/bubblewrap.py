"""The outer wall: bubblewrap around the zygote, with a file system, processes and a network of its own.

Everything in it is there by name: Python and its libraries, read-only, and one small tmpfs for scratch
folders. The walls inside each worker hold without it; with it even the names of other files are gone, and
the disk cannot fill.
"""

from __future__ import annotations

import errno
import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence

from .surroundings import COURSE, environment

SCRATCH = "/tmp"
"""Where scratch folders go inside: any user may make one there."""
SCRATCH_SIZE = 512 << 20
"""Bytes that all scratch folders together can take."""

_NAMESPACES = ("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try")
# What root's zygote still needs: give each worker a user of its own, end it, and clear away what it leaves.
_CAPABILITIES = ("CAP_SETUID", "CAP_SETGID", "CAP_CHOWN", "CAP_KILL", "CAP_DAC_OVERRIDE", "CAP_FOWNER")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")


def bubblewrap_command(
    argv: Sequence[str], *, readable: Sequence[str], fds: Sequence[int], course_readable: Sequence[str]
) -> list[str] | None:
    """The command line that runs `argv` inside bubblewrap; None where bubblewrap is absent or does not work.

    `readable` is the policy's; `course_readable` names the files of the course that the zygote itself
    imports. It starts in the course folder. bubblewrap hands on every descriptor that it inherits: pass
    `fds` as `pass_fds`.
    """
    program = shutil.which("bwrap")
    if program is None:
        return None
    for fd in fds:
        os.fstat(fd)  # a descriptor that is not open is a mistake better found here
    sandbox = [program, *_options(tuple(readable), tuple(course_readable))]
    if not _works(tuple(sandbox)):
        return None
    return [*sandbox, "--", *argv]


def _options(readable: tuple[str, ...], course_readable: tuple[str, ...]) -> list[str]:
    options = [*_NAMESPACES, "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL"]
    if os.geteuid() == 0:
        for capability in _CAPABILITIES:
            options += ["--cap-add", capability]
    for name, value in environment(SCRATCH).items():
        options += ["--setenv", name, value]
    # Before the rest: the course itself may lie in the folder that this covers.
    options += ["--proc", "/proc", "--perms", "1777", "--size", str(SCRATCH_SIZE), "--tmpfs", SCRATCH]
    configuration = os.path.join(sys.prefix, "pyvenv.cfg")  # tells Python where its site-packages are
    paths = [*readable, *course_readable, sys.executable, configuration]
    options += _mirror(path for path in paths if path not in _DEVICES and os.path.exists(path))
    for device in _DEVICES:
        options += ["--dev-bind", device, device]
    return [*options, "--chdir", str(COURSE) if course_readable else SCRATCH]


def _mirror(paths: Iterable[str]) -> list[str]:
    """Options that show each path as it is outside: links as links, at their end the true file or folder."""
    links: dict[str, str] = {}
    ends: set[str] = set()
    for path in paths:
        ends.add(_follow(path, links))
    outermost: list[str] = []
    for end in sorted(ends):
        if not any(_inside(end, folder) for folder in outermost):
            outermost.append(end)
    links = {link: links[link] for link in links if not any(_inside(link, end) for end in outermost)}
    # bubblewrap makes missing parents itself, but closed to other users.
    parents = {parent for path in (*outermost, *links, "/dev/null") for parent in _parents(path)}
    options: list[str] = []
    for parent in sorted(parents):
        options += ["--perms", "0755", "--dir", parent]
    for end in outermost:
        options += ["--ro-bind", end, end]
    for link, target in links.items():
        options += ["--symlink", target, link]
    return options


def _follow(path: str, links: dict[str, str]) -> str:
    """The true place of a path; every link on the way is added to `links`."""
    done, rest, followed = "/", [part for part in path.split("/") if part], 0
    while rest:
        part = rest.pop(0)
        if part == "..":
            done = os.path.dirname(done)
            continue
        here = os.path.join(done, part)
        if part == "." or not os.path.islink(here):
            done = here if part != "." else done
            continue
        followed += 1
        if followed > 40:  # as many as the kernel follows
            raise OSError(errno.ELOOP, "too many links", path)
        target = links[here] = os.readlink(here)
        if os.path.isabs(target):
            done = "/"
        rest = [piece for piece in target.split("/") if piece] + rest
    return done


def _parents(path: str) -> list[str]:
    parent, found = os.path.dirname(path), []
    while parent != "/":
        found.append(parent)
        parent = os.path.dirname(parent)
    return found


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


@functools.cache
def _works(sandbox: tuple[str, ...]) -> bool:
    """Try it once: many containers and distributions have bubblewrap but forbid what it needs."""
    command = [*sandbox, "--", sys.executable, "-c", "import ctypes, encodings"]
    try:
        subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return True
