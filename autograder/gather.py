"""What was handed in: finds the submissions in a folder or an export, whichever layout it has.

Known are a folder with a sub-folder (or a zip, or a file) for each submission, nbgrader's `submitted/` tree, and the exports of Gradescope and
Moodle, as zip archives or unpacked. A folder that holds nothing but one other folder is looked through.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .course import CHAPTER
from .filetree import DiskTree, Refused, Tree, ZipTree
from .model import CourseError
from .plain import clean

MOODLE = re.compile(r"^(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<file>.*)$")
GRADESCOPE = re.compile(r"^submission_\d+$")
METADATA = "submission_metadata.yml"
MOST_METADATA = 512 << 20
NBGRADER = ("gradebook.db", "nbgrader_config.py", "source", "release")
ANSWERS = (".py", ".ipynb")


@dataclass(frozen=True)
class Source:
    """One submission: a folder of `tree`, or some of its files under the names that they had when they were handed in."""

    name: str
    tree: Tree
    folder: str = ""
    files: tuple[tuple[str, str], ...] = ()
    """(name, path in the tree); empty where the submission is the folder."""
    archive: str = ""
    """Path of a zip archive that is the submission."""

    @classmethod
    def at(cls, name: str, tree: Tree, folder: str) -> Source:
        """The submission that is a folder. It gets a tree of its own: no link leads from one submission into another."""
        return cls(name, DiskTree(tree.root / folder)) if isinstance(tree, DiskTree) else cls(name, tree, folder)

    @classmethod
    def of(cls, name: str, tree: Tree, files: tuple[tuple[str, str], ...] = (), archive: str = "") -> Source:
        """The submission that is some files, or an archive, among those of others."""
        alone = DiskTree(tree.root, links=False) if isinstance(tree, DiskTree) else tree
        return cls(name, alone, files=files, archive=archive)


@dataclass(frozen=True)
class Gathered:
    """All submissions, sorted by name, and how they were found."""

    layout: str
    sources: tuple[Source, ...]


def gather(place: Path) -> Gathered:
    """The submissions in `place`.

    Raises:
        CourseError: where there are none.
    """
    if place.is_dir():
        tree: Tree = DiskTree(place)
    elif place.is_file():
        tree = ZipTree(place, str(place))
    else:
        raise CourseError("does not exist: name the folder or the zip archive that holds the submissions", place)
    layout, found = _look(tree, "", place)
    if not found:
        raise CourseError(
            "holds no submissions: a sub-folder for each is expected, or an export of nbgrader, Gradescope or Moodle",
            place,
        )
    taken: set[str] = set()
    sources = []
    for source in sorted(found, key=lambda one: (one.name, _place(one))):
        shown = name = clean(source.name, 200)
        count = 1
        while name in taken:
            count += 1
            name = f"{shown} ({count})"
        taken.add(name)
        sources.append(Source(name, source.tree, source.folder, source.files, source.archive))
    return Gathered(layout, tuple(sources))


def _place(source: Source) -> tuple[str, ...]:
    """What tells submissions of the same name apart, run by run."""
    root = source.tree.root.as_posix() if isinstance(source.tree, DiskTree) else ""
    return (root, source.folder, source.archive, *(path for _, path in source.files))


def _look(tree: Tree, path: str, place: Path) -> tuple[str, list[Source]]:
    """Layout and submissions of one folder."""
    names = tree.children(path)
    folders = [name for name, is_folder in names.items() if is_folder]
    files = [name for name, is_folder in names.items() if not is_folder]
    if METADATA in files:
        return "Gradescope export", list(_gradescope(tree, path, folders))
    if any(MOODLE.match(name) for name in names):
        return "Moodle export", list(_moodle(tree, path, names))
    if "submitted" in folders and any(name in names for name in NBGRADER):
        return "nbgrader", list(_plain(tree, _join(path, "submitted"), place))
    if len(folders) == 1 and not any(name.endswith((*ANSWERS, ".zip")) for name in files):
        inner = _join(path, folders[0])
        if folders[0] == "submitted":
            return "nbgrader", list(_plain(tree, inner, place))
        if not CHAPTER.match(folders[0]) and not _is_submission(tree, inner):
            return _look(tree, inner, place)
    archives = [name for name in files if name.endswith(".zip")]
    if len(archives) == 1 and len(names) == 1 and isinstance(tree, DiskTree):
        inner_tree = ZipTree(tree.root / path / archives[0], archives[0])
        if not _is_submission(inner_tree, ""):
            return _look(inner_tree, "", place)
    return "a folder for each submission", list(_plain(tree, path, place))


def _is_submission(tree: Tree, path: str) -> bool:
    """Whether a folder looks like one submission, and not like a folder of them."""
    return any(
        (is_folder and (CHAPTER.match(name) or name == "exercises")) or (not is_folder and name.endswith(ANSWERS))
        for name, is_folder in tree.children(path).items()
    )


def _plain(tree: Tree, path: str, place: Path) -> Iterator[Source]:
    """A folder, an archive or a file for each submission."""
    names = tree.children(path)
    if any(CHAPTER.match(name) and is_folder for name, is_folder in names.items()):
        raise CourseError(
            f"is one submission (it holds {next(n for n in names if CHAPTER.match(n))}/), not a folder of them: name the folder above it, or "
            "grade it with `nox -s grade -- --submission`",
            place,
        )
    for name, is_folder in names.items():
        below = _join(path, name)
        if is_folder:
            yield Source.at(name, tree, below)
        elif name.endswith(".zip"):
            yield Source.of(name.removesuffix(".zip"), tree, archive=below)
        elif name.endswith(ANSWERS):
            yield Source.of(name.rpartition(".")[0], tree, ((name, below),))


def _moodle(tree: Tree, path: str, names: dict[str, bool]) -> Iterator[Source]:
    """`Name_123_assignsubmission_file_/…`, or `Name_123_assignsubmission_file_training.py` without folders. The number is the submission's."""
    loose: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for name, is_folder in names.items():
        match = MOODLE.match(name)
        if match is None:
            continue
        if is_folder:
            if tree.children(_join(path, name)):
                yield Source.at(f"{match['name']}_{match['id']}", tree, _join(path, name))
        elif match["file"] and "_onlinetext_" not in name:
            loose.setdefault((match["name"], match["id"]), []).append((match["file"], _join(path, name)))
    for (student, number), files in loose.items():
        if len(files) == 1 and files[0][0].endswith(".zip"):
            yield Source.of(f"{student}_{number}", tree, archive=files[0][1])
        else:
            yield Source.of(f"{student}_{number}", tree, tuple(files))


def _gradescope(tree: Tree, path: str, folders: list[str]) -> Iterator[Source]:
    """`submission_123/…`, with names in `submission_metadata.yml`."""
    known = _submitters(tree, _join(path, METADATA))
    for name in folders:
        if GRADESCOPE.match(name):
            yield Source.at(known.get(name) or name, tree, _join(path, name))


def _submitters(tree: Tree, path: str) -> dict[str, str]:
    """Submission -> its students: ids, else addresses, else names. The few lines wanted are read as text: the rest of the file may be huge."""
    try:
        text = tree.read(path, MOST_METADATA).decode("utf-8", "replace")
    except Refused:
        return {}
    known: dict[str, str] = {}
    current, indent, people = "", 0, list[dict[str, str]]()

    def close() -> None:
        if current and people:
            known[current] = "+".join(
                next((person[key] for key in (":sid", ":email", ":name") if person.get(key)), "?") for person in people
            )

    inside = False
    for match in re.finditer(r"^( *)(- )?(\S+?):(?: (.*))?$", text, re.MULTILINE):
        spaces, dash, key, value = len(match[1]), match[2], match[3], (match[4] or "").strip().strip("\"'")
        if spaces == 0 and not dash and GRADESCOPE.match(key):
            close()
            current, people, inside = key, [], False
        elif key == ":submitters" and current:
            inside, indent = True, spaces
        elif inside and (spaces < indent or (spaces == indent and not dash)):
            inside = False
        elif inside:
            if dash:
                people.append({})
            if people and key in (":sid", ":email", ":name") and value not in ("", "null", "~"):
                people[-1].setdefault(key, value)
    close()
    return known


def _join(path: str, name: str) -> str:
    return f"{path}/{name}" if path else name
