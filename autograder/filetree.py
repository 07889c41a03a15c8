"""The files of a folder or of a zip archive, listed and read within limits. Nothing is unpacked, no link out of the folder is followed."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from .model import CourseError

MOST_FILES = 5_000
"""Files of one submission that are looked at."""

DEEPEST = 16
MOST_MEMBERS = 500_000
"""Members of an archive beyond which it is refused: their names alone would fill the memory."""

JUNK = frozenset({"__MACOSX", "__pycache__", "node_modules", "site-packages", "Thumbs.db", "desktop.ini"})
"""What operating systems, editors and Python leave in any folder."""


class Refused(Exception):
    """A file that is not read; the text says why, to be put behind its name."""


class Tree(Protocol):
    """Folders and files below one place; paths are relative, with slashes."""

    def children(self, path: str) -> dict[str, bool]:
        """Names in a folder, sorted, without hidden ones and junk; whether each is a folder."""
        ...

    def read(self, path: str, most: int) -> bytes:
        """A file's first `most` bytes and one more, which tells that there is more.

        Raises:
            Refused: where it is no plain file, or cannot be read.
        """
        ...


def is_junk(name: str) -> bool:
    return name.startswith(".") or name in JUNK


def files_below(tree: Tree, path: str) -> Iterator[str]:
    """The files below a folder, nearest first, at most MOST_FILES."""
    todo, count = [path], 0
    for folder in todo:  # which grows meanwhile
        for name, is_folder in tree.children(folder).items():
            below = f"{folder}/{name}" if folder else name
            if is_folder:
                if below.count("/") < DEEPEST + path.count("/") and len(todo) < MOST_FILES:
                    todo.append(below)
                continue
            yield below
            count += 1
            if count == MOST_FILES:
                return


class DiskTree:
    """A folder. A link to a file inside it is followed, unless `links` says otherwise; one that leads out of it never is."""

    def __init__(self, root: Path, *, links: bool = True) -> None:
        self.root, self.links = root, links

    def children(self, path: str) -> dict[str, bool]:
        try:
            with os.scandir(self.root / path) as entries:
                found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
        except OSError:
            return {}
        return {name: is_folder for name, is_folder in sorted(found) if not is_junk(name)}

    def read(self, path: str, most: int) -> bytes:
        place = self.root / path
        try:
            target = place.resolve()
            if not target.is_relative_to(self.root.resolve()) or (place.is_symlink() and not self.links):
                raise Refused("is a link to a file outside the submission; it is not followed")
            if not stat.S_ISREG(place.stat().st_mode):
                raise Refused("is not a file")
            with place.open("rb") as file:
                return file.read(most + 1)
        except OSError as error:
            raise Refused(f"cannot be read: {error.strerror}") from None


class ZipTree:
    """A zip archive, whatever its names say: members with absolute names, with `..` in them, or that are links do not exist here."""

    def __init__(self, archive: Path | bytes, shown: str) -> None:
        try:
            self.file = zipfile.ZipFile(io.BytesIO(archive) if isinstance(archive, bytes) else archive)
        except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise CourseError(f"cannot be read as a zip archive: {error}; download it again", shown) from None
        self.path = archive if isinstance(archive, Path) else None
        if len(self.file.filelist) > MOST_MEMBERS:
            raise CourseError(f"has {len(self.file.filelist):,} members; {MOST_MEMBERS:,} are read", shown)
        self.members: dict[str, zipfile.ZipInfo] = {}
        self.folders: dict[str, dict[str, bool]] = {"": {}}
        for member in self.file.filelist:
            name = plain_name(member.filename)
            if name is None or stat.S_ISLNK(member.external_attr >> 16):
                continue
            if not member.is_dir():
                self.members[name] = member
            self._place(name, member.is_dir())
        self.folders = {path: dict(sorted(names.items())) for path, names in self.folders.items()}

    def reopen(self) -> None:
        """In a forked process: read through a descriptor of its own; the one it has inherited has one position for all."""
        if self.path is not None:
            self.file.fp = self.path.open("rb")

    def _place(self, name: str, is_folder: bool) -> None:
        while name:
            above, _, last = name.rpartition("/")
            if is_folder:
                self.folders.setdefault(name, {})
            names = self.folders.setdefault(above, {})
            known = last in names
            names[last] = is_folder or names.get(last, False)
            if known:
                return
            name, is_folder = above, True

    def children(self, path: str) -> dict[str, bool]:
        return {name: is_folder for name, is_folder in self.folders.get(path, {}).items() if not is_junk(name)}

    def read(self, path: str, most: int) -> bytes:
        try:
            with self.file.open(self.members[path]) as member:
                return member.read(most + 1)  # a bomb unfolds no further than this
        except KeyError:
            raise Refused("is not a file") from None
        except (OSError, RuntimeError, ValueError, EOFError, zipfile.BadZipFile, NotImplementedError) as error:
            raise Refused(f"cannot be read from its archive: {str(error)[:200]}") from None
        except Exception as error:  # zlib.error, lzma.LZMAError: damaged data
            raise Refused(f"is damaged in its archive: {str(error)[:200]}") from None


def plain_name(name: str) -> str | None:
    """A member's path with slashes; None for one that leads out of the archive."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    if name.startswith(("/", "\\")) or ".." in parts or not parts or ":" in parts[0] or len(parts) > DEEPEST + 8:
        return None
    return "/".join(parts)
