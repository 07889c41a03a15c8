"""Notices that files were saved: file events where the file system sends them, a look every second where it does not."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

POLL, SAFETY = 1.0, 2.0
"""Seconds between two looks: where there are no file events; and where there are, in case one is missed."""

NETWORK = frozenset(
    {
        "9p", "afs", "afpfs", "ceph", "cifs", "drvfs", "fuse.grpcfuse", "fuse.osxfs", "fuse.rclone", "fuse.sshfs", "fuse.vmhgfs-fuse", "gpfs",
        "lustre", "ncpfs", "nfs", "nfs4", "prl_fs", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs",
    }
)  # fmt: skip
"""File systems whose other side may change a file without an event on this one."""


class Saves:
    """Calls `woken`, in a thread, after something below `folder` has changed. `interval` says how often to look all the same."""

    def __init__(self, folder: Path, woken: Callable[[], None]) -> None:
        self.folder = folder
        self.reason = ""
        """Why there are no file events; empty where there are."""
        self._woken = woken
        self._stop = threading.Event()
        self._last_event = time.monotonic()
        self._suspect = 0.0
        if os.environ.get("WATCHFILES_FORCE_POLLING", "").lower() in ("1", "true", "yes"):
            self.reason = "WATCHFILES_FORCE_POLLING is set"
        elif (kind := file_system(folder)) in NETWORK:
            self.reason = f"this is a network drive ({kind})"
        else:
            threading.Thread(target=self._listen, daemon=True).start()

    @property
    def interval(self) -> float:
        return POLL if self.reason else SAFETY

    def found_without_event(self) -> None:
        """A look found a change: if no event follows, none ever will."""
        if not self.reason and not self._suspect:
            self._suspect = time.monotonic()

    def judge(self) -> None:
        """Give up on events that do not come."""
        if self._suspect and self._last_event >= self._suspect - SAFETY:
            self._suspect = 0.0
        elif self._suspect and time.monotonic() > self._suspect + SAFETY:
            self.reason = "the file system announces no changes here"

    def close(self) -> None:
        self._stop.set()

    def _listen(self) -> None:
        import watchfiles

        try:
            for _ in watchfiles.watch(
                self.folder,
                watch_filter=None,
                debounce=400,
                step=50,
                rust_timeout=500,
                stop_event=self._stop,
                raise_interrupt=False,
                ignore_permission_denied=True,
            ):
                self._last_event = time.monotonic()
                self._woken()
        except Exception as error:  # the limit of watches is reached, the folder is gone: looking still works
            self.reason = f"file events fail here ({str(error)[:80]})"
            self._woken()


def file_system(path: Path) -> str:
    """Type of the file system that holds `path`; empty where that cannot be found out."""
    if sys.platform != "linux":
        return ""
    best, kind = "", ""
    try:
        real = f"{path.resolve()}/"
        with open("/proc/self/mounts", encoding="utf-8", errors="replace") as mounts:
            for line in mounts:
                point, found = line.split()[1:3]
                point = point.replace("\\040", " ").rstrip("/") + "/"
                if real.startswith(point) and len(point) >= len(best):
                    best, kind = point, found
    except (OSError, ValueError):
        return ""
    return kind
