"""What is graded: the topic files of one submission as text, or why there is none. Reading them runs nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .course import Course
from .plain import clean
from .source import MAX_SOURCE


@dataclass(frozen=True)
class SourceFile:
    """One topic file of a submission: its text, or why there is none."""

    shown: str
    text: str | None
    problem: str | None = None
    problems: Mapping[str, str] = field(default_factory=dict)
    """Exercise -> why it alone cannot be graded (a notebook's cell that is no Python costs only what it defines)."""


@dataclass(frozen=True)
class Submission:
    """What is graded: topic key -> file. `only` limits the checks to some exercises (ids)."""

    name: str
    files: dict[str, SourceFile]
    only: frozenset[str] | None = None
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """What another process needs to grade it; `submission_from` is the inverse."""
        files = {
            key: {"shown": file.shown, "text": file.text, "problem": file.problem, "problems": dict(file.problems)}
            for key, file in self.files.items()
        }
        only = None if self.only is None else sorted(self.only)
        return {"name": self.name, "files": files, "only": only, "notes": list(self.notes)}


def submission_from(data: dict[str, Any]) -> Submission:
    """The submission that `to_json` wrote down."""
    files = {key: SourceFile(**file) for key, file in data["files"].items()}
    only = None if data["only"] is None else frozenset(data["only"])
    return Submission(data["name"], files, only, tuple(data["notes"]))


def read_submission(course: Course, folder: Path, name: str, topics: Sequence[str], shown_root: str) -> Submission:
    """Read the topic files that will be graded; a bad file costs its own topic only."""
    files = {key: read_source(folder, key, shown_root) for key in topics}
    return Submission(name, files, notes=stray_files(course, folder, shown_root))


def read_source(folder: Path, key: str, shown_root: str) -> SourceFile:
    """One topic file as text; symbolic links out of the submission, overlong files and bytes that are no UTF-8 are refused with the reason."""
    shown = f"{shown_root}/{key}.py"
    path = folder / f"{key}.py"
    try:
        if not path.exists():
            return SourceFile(shown, None, f"{shown} is missing; `nox -s reset -- {key}` writes its stubs anew")
        if not path.resolve().is_relative_to(folder.resolve()):
            return SourceFile(shown, None, f"{shown} is a link to a file outside the submission; it is not followed")
        if not path.is_file():
            return SourceFile(shown, None, f"{shown} is not a file")
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_SOURCE else b""
    except OSError as error:
        return SourceFile(shown, None, f"{shown} cannot be read: {error.strerror}")
    return source_of(data, shown, size)


def source_of(data: bytes, shown: str, size: int = 0) -> SourceFile:
    """A topic file from its bytes; `size` is that of the whole file where not all of it was read."""
    size = max(size, len(data))
    if size > MAX_SOURCE:
        return SourceFile(
            shown, None, f"{shown} has {size / 2**20:.0f} MB; a topic file may have {MAX_SOURCE >> 20} MB"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return SourceFile(shown, None, f"{shown}:{line}: is no UTF-8 text (byte {error.start}); save it as UTF-8")
    if "\0" in text:
        return SourceFile(
            shown,
            None,
            f"{shown}:{text[: text.index(chr(0))].count(chr(10)) + 1}: holds a NUL character; save it as plain text",
        )
    return SourceFile(shown, text)


def stray_files(course: Course, folder: Path, shown_root: str) -> tuple[str, ...]:
    """A note for each thing in the submission's chapters that grading does not use: a mis-named file is the commonest reason for lost points."""
    known = {f"{topic.key}.py" for topic in course.topics}
    notes = []
    for chapter in course.chapters:
        inside = folder / chapter
        if not inside.is_dir() or not inside.resolve().is_relative_to(folder.resolve()):
            continue
        for path in sorted(inside.iterdir())[:200]:
            name = f"{chapter}/{path.name}"
            if name not in known and path.name not in ("README.md", "__pycache__") and not path.name.startswith("."):
                notes.append(f"{shown_root}/{clean(name, 200)} is not part of the course and was not used")
    for name in ("torch.py", "numpy.py", "conftest.py", "sitecustomize.py", "matplotlib.py"):
        if (folder / name).exists():
            notes.append(f"{shown_root}/{name} is not part of the course and was not used")
    return tuple(notes[:50])
