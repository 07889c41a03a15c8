"""What of this machine a worker gets to see: environment, readable places, a user id."""

from __future__ import annotations

import contextlib
import os
import site
import sys
import sysconfig
import tempfile
from collections.abc import Iterable
from pathlib import Path

from . import kernel

COURSE = Path(__file__).resolve().parent.parent

UIDS = 1000
"""How many workers at a time can have a user id of their own."""

_SYSTEM = (
    "/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/local/lib", "/etc/alternatives",
    "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime", "/etc/mime.types",
    "/usr/share/zoneinfo", "/usr/share/fonts", "/usr/local/share/fonts", "/etc/fonts",
    "/sys/devices/system/cpu", "/dev/null", "/dev/zero", "/dev/urandom", "/dev/random",
)  # fmt: skip


class SurroundingsError(Exception):
    """This machine is laid out so that the walls would leak; says where and what to do."""


def environment(scratch: str) -> dict[str, str]:
    """All the environment variables that a worker has. One thread, or results differ from run to run."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": scratch,
        "TMPDIR": scratch,
        "MPLCONFIGDIR": scratch,
        "XDG_CACHE_HOME": scratch,
        "USER": "student",
        "LOGNAME": "student",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "Agg",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "NUMEXPR_NUM_THREADS": "1",
    }


def clear_environment(scratch: str) -> None:
    """Leave only `environment` in this process, also in its memory.

    The variables stand where the kernel put them when the program started, and where Python copied them to.
    """
    copies = [text for item in os.environb.items() for text in item]
    os.environ.clear()
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    start, end = int(fields[47]), int(fields[48])  # env_start and env_end of proc(5)
    if not 0 < start <= end:
        raise SurroundingsError("/proc/self/stat does not say where the environment is")
    kernel.wipe(start, end - start)
    for text in copies:
        kernel.wipe_bytes(text)
    os.environ.update(environment(scratch))
    tempfile.tempdir = None  # it remembers the folder of its first use


def python_paths() -> tuple[str, ...]:
    """Where this Python's own modules and libraries are."""
    places = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    places += [f"{prefix}/{lib}" for prefix in (sys.base_prefix, sys.prefix) for lib in ("lib", "lib64")]
    if site.ENABLE_USER_SITE:
        places.append(site.getusersitepackages())
    # Those that a .pth file or PYTHONPATH adds; by their names, since the course is on the path, too.
    places += [path for path in sys.path if os.path.basename(path) in ("site-packages", "dist-packages")]
    return _outermost([*places, sys.executable])


def readable_paths() -> tuple[str, ...]:
    """Python, the libraries it may still load, fonts and time zones; never the course or a home folder.

    A course inside one of these places would be readable with its hidden tests: that is an error.
    """
    libraries = [path for path in os.environ.get("LD_LIBRARY_PATH", "").split(":") if os.path.isabs(path)]
    libraries = [path for path in libraries if not Path(path).is_relative_to(COURSE)]
    caches = [os.path.expanduser(f"~/{folder}/matplotlib") for folder in (".cache", ".config")]
    optional = [path for path in (*libraries, *caches) if not _holds_course(path)]
    paths = _outermost([*python_paths(), *_SYSTEM, *optional])
    for path in paths:
        if _holds_course(path):
            where = f"{COURSE}: the course lies inside {path}"
            raise SurroundingsError(f"{where}, which students' code may read; move it elsewhere")
    return paths


def _holds_course(path: str) -> bool:
    return COURSE.is_relative_to(os.path.realpath(path))


def _outermost(paths: Iterable[str]) -> tuple[str, ...]:
    """The paths that exist, without repeats and without those inside another."""
    kept: list[str] = []
    for path in sorted({os.path.normpath(path) for path in paths if os.path.isabs(path)}):
        inside = any(path.startswith(f"{folder}/") for folder in kept)
        if not inside and os.path.exists(path):
            kept.append(path)
    return tuple(kept)


def unused_uids() -> int | None:
    """Start of `UIDS` user ids that are nobody's and exist in this user namespace, or None."""
    import pwd  # not on Windows

    ranges = [tuple(map(int, line.split())) for line in Path("/proc/self/uid_map").read_text().splitlines()]
    taken = {user.pw_uid for user in pwd.getpwall()}
    for base in (60000, 50000, 40000, 30000):
        mapped = any(start <= base and base + UIDS <= start + count for start, _, count in ranges)
        if mapped and taken.isdisjoint(range(base, base + UIDS)):
            return base
    return None


def uid_can_work(uid: int) -> bool:
    """Whether a process can take this user id and still read Python: not one in a private home folder.

    Without this, a student's first late import would fail, or find another Python's modules.
    """
    paths = python_paths()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            take_uid(uid)
            if can_read(paths):
                os._exit(0)
        os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def can_read(paths: Iterable[str]) -> bool:
    """Whether this process's user may read all of them."""
    return all(os.access(path, os.R_OK) for path in paths)


def take_uid(uid: int) -> None:
    """Become this user and its group of the same number, with no other groups and no way back."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def tasks_of_this_user() -> int:
    """How many threads this user has running: the kernel's limit on new ones counts all of them."""
    threads = 0
    for entry in os.listdir("/proc"):
        with contextlib.suppress(OSError, ValueError):  # it may have ended meanwhile
            status = Path("/proc", str(int(entry)), "status").read_text()
            fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
            if int(fields["Uid"].split()[0]) == os.getuid():
                threads += int(fields["Threads"])
    return threads


def folder_size(folder: str, *, most: int) -> int:
    """Bytes on disk in a folder and below; counting stops beyond `most`, and files without content count too.

    Limits are per file, so what bounds the whole of a scratch folder outside bubblewrap is to look at times.
    """
    size, folders = 0, [folder]
    while folders and size <= most:
        with contextlib.suppress(OSError), os.scandir(folders.pop()) as entries:  # the worker removes things
            for entry in entries:
                size += 4096 + 512 * entry.stat(follow_symlinks=False).st_blocks
                if size > most:
                    break
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
    return size
