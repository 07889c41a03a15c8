"""`python -m autograder data`: are the data sets the files that datasets/SHA256SUMS lists, byte for byte?"""

from __future__ import annotations

import argparse
import hashlib
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from .model import FULL_POINTS, WRONG_COURSE_OR_COMMAND

ROOT = Path(__file__).resolve().parent.parent
FOLDER = "datasets"
SUMS = "SHA256SUMS"
LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")

NO_DATA = frozenset({SUMS, "README.md", ".gitattributes", "make_datasets.py", "check_datasets.py"})
"""Names that are no data: they may change, and SHA256SUMS does not list them."""

DEBRIS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", "__pycache__"})
"""What operating systems and Python leave behind in any folder; no lesson looks at it."""


def check_data(root: Path) -> list[str]:
    """Compare `root`/datasets with its SHA256SUMS.

    Returns:
        One sentence for each damaged, missing or extra file: which it is, how to mend it. Empty if all well.
    """
    folder = root / FOLDER
    if not folder.is_dir():
        return [f"{FOLDER} is missing: {_restore(root, FOLDER)}"]
    restore = _restore(root, f"{FOLDER}/{SUMS}")
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return [f"{FOLDER}/{SUMS} is missing or damaged: {restore}"]
    listed: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        match = LINE.fullmatch(line)
        if not match:
            return [f"{FOLDER}/{SUMS}:{number}: is not a checksum and a name: {restore}"]
        listed[match[2]] = match[1]
    if not listed:
        return [f"{FOLDER}/{SUMS} lists nothing: {restore}"]
    return [*_lost_or_damaged(root, listed), *_extra(folder, listed)]


def _lost_or_damaged(root: Path, listed: dict[str, str]) -> Iterator[str]:
    for name, checksum in listed.items():
        shown = f"{FOLDER}/{name}"
        path = root / FOLDER / name
        if not path.is_file():
            yield f"{shown} is missing: {_restore(root, shown)}"
            continue
        try:
            data = path.read_bytes()
        except OSError as error:
            yield f"{shown} cannot be read ({error.strerror}): make it readable, or {_restore(root, shown)}"
            continue
        if hashlib.sha256(data).hexdigest() != checksum:
            yield f"{shown} is damaged (its checksum is not that of {FOLDER}/{SUMS}): {_restore(root, shown)}"


def _extra(folder: Path, listed: dict[str, str]) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        name = inside.as_posix()
        known = name in listed or path.name in NO_DATA or not DEBRIS.isdisjoint(inside.parts)
        if not known and not path.is_dir():
            yield f"{FOLDER}/{name} is no part of the data sets: delete it, or move it out of {FOLDER}/"


def _restore(root: Path, shown: str) -> str:
    """How to get a file back, in a clone or in an unpacked archive."""
    if (root / ".git").exists():
        return f"restore it with `git checkout -- {shlex.quote(shown)}`"
    return "copy it again from the archive that the course came in"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help="a course (default: this one)")


def main(arguments: argparse.Namespace) -> int:
    """Check the data sets of a course; 0: all is well, 2: not."""
    root: Path = arguments.folder or arguments.root
    problems = check_data(root)
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        print(f"{len(problems)} problem{'s' * (len(problems) > 1)} with the data sets.", file=sys.stderr)
        return WRONG_COURSE_OR_COMMAND
    count = len((root / FOLDER / SUMS).read_text(encoding="utf-8").splitlines())
    print(f"All {count} files of the data sets are as they should be.")
    return FULL_POINTS
