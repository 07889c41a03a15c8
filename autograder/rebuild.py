"""Whatever notebook was handed in, as one that nbgrader can record: its own cells back in their places, the student's cells as they are.

nbgrader stops, or silently gives no mark or full marks, on deleted, copied or relabelled cells. So the student's file is read leniently, as data;
of each cell only kind, source and label count; and labels, points and flags are those of the release.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .cells import DEFINES, MAX_CELL
from .notebooks import without_hidden

MAX_NOTEBOOK = 256 * 2**20
"""Bytes of a notebook beyond which it is not read."""

LARGE = 10 * 2**20
MOST_CELLS = 2_000
LONGEST_TEXT = 50_000
"""Characters of a cell that is no code; showing it may take time that grows with the square of its length."""
MOST_CHARACTERS = 4_000_000
"""Of all cells together: what is kept of a notebook, and shown in feedback."""
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
"""Kinds of attachments that are kept: none that is a page of its own."""

FLAGS = ("grade", "solution", "locked", "points")


@dataclass
class HandedIn:
    """One cell of the student's notebook; `number` counts from 1."""

    kind: str
    source: str
    label: str | None
    number: int
    claims: list[Any] | None = None
    """Its flags and points as the student's file has them."""
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)
    """Pictures in a text."""


@dataclass(frozen=True)
class Released:
    """One cell as nbgrader's gradebook knows it."""

    name: str
    kind: str
    source: str
    checksum: str | None
    grade: bool
    solution: bool
    locked: bool
    task: bool = False
    points: float | None = None

    @property
    def answer(self) -> bool:
        """Whether its source is the student's."""
        return self.solution

    @property
    def claims(self) -> list[Any]:
        return [self.grade, self.solution, self.locked, self.points]

    def metadata(self) -> dict[str, Any]:
        about: dict[str, Any] = {
            "grade": self.grade,
            "solution": self.solution,
            "locked": self.locked,
            "task": self.task,
            "grade_id": self.name,
            "schema_version": 3,
            "cell_type": self.kind,
        }
        if self.checksum:
            about["checksum"] = self.checksum
        if self.points is not None:
            about["points"] = self.points
        return about


@dataclass
class Rebuilt:
    """Cells of nbformat 4.5 with what was odd."""

    cells: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_notebook(path: Path, folder: Path) -> tuple[list[HandedIn], list[str]]:
    """The cells of a notebook file, and a sentence on what was odd about it. Never raises for what a student can write."""
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            return [], [f"{path.name} is a link to a file outside the submission; it was not followed"]
        if path.stat().st_size > MAX_NOTEBOOK:
            return [], [
                f"{path.name} has {path.stat().st_size >> 20} MB, more than the {MAX_NOTEBOOK >> 20} MB that are read: clear its outputs"
            ]
        return notebook_from(path.read_bytes(), path.name)
    except OSError as error:
        return [], [f"{path.name} cannot be read: {error.strerror}"]


def notebook_from(content: bytes, name: str) -> tuple[list[HandedIn], list[str]]:
    """The cells of a notebook file called `name`, from its bytes."""
    try:
        data = json.loads(content.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        why = f"its text is not JSON ({str(error)[:120]})" if content.strip() else "it is empty"
        return [], [f"{name} is no notebook: {why}"]
    if not isinstance(data, dict):
        return [], [f"{name} is no notebook: it holds no cells"]
    notes = (
        []
        if isinstance(data.get("metadata"), dict) and isinstance(data["metadata"].get("kernelspec"), dict)
        else [f"{name} names no kernel; it was graded with the course's Python"]
    )
    cells = data.get("cells")
    if cells is None and isinstance(data.get("worksheets"), list):
        cells = [cell for sheet in data["worksheets"] if isinstance(sheet, dict) for cell in sheet.get("cells") or []]
        notes.append(f"{name} is in an old notebook format; it was read all the same")
    if len(content) > LARGE:
        notes.append(
            f"{name} has {len(content) >> 20} MB, most of it outputs, which grading does not need; they were left out"
        )
    if not isinstance(cells, list):
        return [], [*notes, f"{name} holds no cells"]
    found = [_handed_in(cell, number) for number, cell in enumerate(cells, 1) if isinstance(cell, dict)]
    if len(found) < len(cells):
        notes.append(f"{len(cells) - len(found)} entries of {name} are no cells and were not used")
    return _of_a_size(found, name, notes), notes


def _of_a_size(cells: list[HandedIn], name: str, notes: list[str]) -> list[HandedIn]:
    """The cells without what would take minutes to show."""
    if len(cells) > MOST_CELLS:
        notes.append(f"{name} has {len(cells):,} cells; the first {MOST_CELLS:,} were read")
    left, cut = MOST_CHARACTERS, []
    for one in cells[:MOST_CELLS]:
        most = min(MAX_CELL + 1 if one.kind == "code" else LONGEST_TEXT, left)  # one more: `cells` refuses it
        if len(one.source) > most:
            cut.append(str(one.number))
            one.source = one.source[:most]
        left -= len(one.source)
    if cut:
        notes.append(f"too long, and kept in part only: cell{'s' if len(cut) > 1 else ''} {', '.join(cut[:12])}")
    return cells[:MOST_CELLS]


def _handed_in(cell: dict[str, Any], number: int) -> HandedIn:
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    about = cell.get("metadata")
    about = about.get("nbgrader") if isinstance(about, dict) else None
    label = about.get("grade_id") if isinstance(about, dict) else None
    kind = cell.get("cell_type")
    text = (
        (source if isinstance(source, str) else "").encode("utf-8", "replace").decode()
    )  # lone surrogates cannot be written again
    return HandedIn(
        kind if kind in ("code", "markdown") else "raw",
        text,
        label if isinstance(label, str) else None,
        number,
        [about.get(name) for name in FLAGS] if isinstance(about, dict) else None,
        pictures(cell.get("attachments")),
    )


def rebuild(handed_in: Sequence[HandedIn], released: Sequence[Released]) -> Rebuilt:
    """The notebook to record: `released` in order of the release."""
    exercises = {cell.name for cell in released if cell.answer and not cell.grade and cell.kind == "code"}
    defined = {cell.number: set(DEFINES.findall(cell.source)) & exercises for cell in handed_in}
    chosen: dict[int, Released] = {}
    built = Rebuilt()
    for cell in released:
        number = _place(cell, handed_in, {n: names for n, names in defined.items() if n not in chosen}, built.notes)
        if number is not None and number not in chosen:
            chosen[number] = cell
    _note_labels(handed_in, chosen, built.notes)
    for one in handed_in:
        place = chosen.get(one.number)
        if place is None:
            built.cells.append(_plain(one, one.kind))
        elif place.answer or place.task:
            if one.kind != place.kind:
                built.notes.append(
                    f"cell {one.number} ({place.name}) had become a {one.kind} cell; it was read as {place.kind}"
                )
            pictures_too = one.attachments if place.answer else None
            built.cells.append(_labelled(one.source if place.answer else place.source, place, one.number, pictures_too))
        else:
            edited = one.source.strip() not in (without_hidden(place.source).strip(), place.source.strip())
            if edited and place.kind == "code":
                built.notes.append(
                    f"cell {one.number} ({place.name}) belongs to the course and had been edited; the course's text was put back"
                )
                if defined[one.number]:
                    built.cells.append(_plain(one, "code"))
            built.cells.append(_labelled(place.source, place, one.number))
    _add_missing(built, released, {place.name for place in chosen.values()}, handed_in)
    for number, made in enumerate(built.cells, 1):
        made["id"] = f"cell-{number}"
    return built


def _place(cell: Released, handed_in: Sequence[HandedIn], defined: dict[int, set[str]], notes: list[str]) -> int | None:
    """Number of the student's cell that stands for a released one. An answer is known by what it defines, the rest by their labels."""
    labelled = [one.number for one in handed_in if one.label == cell.name and one.number in defined]
    if len(labelled) > 1:
        notes.append(f"the cell {cell.name} is there {len(labelled)} times; each of them was read")
    if cell.answer and not cell.grade:
        defining = [number for number in labelled if cell.name in defined[number]]
        unlabelled = [number for number, names in defined.items() if cell.name in names]
        labelled = defining or unlabelled or labelled
    return labelled[-1] if labelled else None


def _note_labels(handed_in: Sequence[HandedIn], chosen: dict[int, Released], notes: list[str]) -> None:
    by_number = {one.number: one for one in handed_in}
    moved = [cell.name for number, cell in chosen.items() if by_number[number].label != cell.name]
    known = {cell.name for cell in chosen.values()}
    own = [one.number for one in handed_in if one.claims and one.claims[0] is True and one.label not in known]
    if own and not moved:
        notes.append(f"cells that are not the course's claim points, and get none: {', '.join(map(str, own[:12]))}")
    if moved:
        notes.append(f"answers that are not in the cells made for them were found by name: {', '.join(moved)}")
    changed = [
        cell.name
        for number, cell in chosen.items()
        if cell.name not in moved and by_number[number].claims != cell.claims
    ]
    if changed:
        notes.append(f"points or kinds of cells had been changed and were put back: {', '.join(changed[:12])}")


def _add_missing(
    built: Rebuilt, released: Sequence[Released], present: set[str], handed_in: Sequence[HandedIn]
) -> None:
    before: str | None = None
    missing = []
    for cell in released:
        if cell.name not in present and (cell.grade or cell.solution or cell.task or cell.kind == "code"):
            missing.append(cell)
            labels = [made["metadata"].get("nbgrader", {}).get("grade_id") for made in built.cells]
            built.cells.insert(
                labels.index(before) + 1 if before in labels else len(labels) if before else 0,
                _labelled(cell.source, cell, 0),
            )
            before = cell.name
        elif cell.name in present:
            before = cell.name
    answers, others = ([cell.name for cell in missing if cell.answer is kind] for kind in (True, False))
    if answers:
        built.notes.append(f"no answer is there for {', '.join(answers)}: not written")
    if others and handed_in:
        built.notes.append(f"these cells of the course were missing and were put back: {', '.join(others)}")


def _labelled(source: str, cell: Released, number: int, attachments: dict[str, Any] | None = None) -> dict[str, Any]:
    metadata: dict[str, Any] = {"nbgrader": cell.metadata(), "deletable": False, "autograder": {"cell": number}}
    return {"cell_type": cell.kind, "metadata": metadata, "source": source, **_rest(cell.kind, attachments)}


def _plain(one: HandedIn, kind: str) -> dict[str, Any]:
    metadata = {"autograder": {"cell": one.number}}
    return {"cell_type": kind, "metadata": metadata, "source": one.source, **_rest(kind, one.attachments)}


def _rest(kind: str, attachments: dict[str, Any] | None) -> dict[str, Any]:
    if kind == "code":
        return {"execution_count": None, "outputs": []}
    return {"attachments": attachments} if attachments else {}


def renamed(expected: str, names: Sequence[str], others: Sequence[str]) -> str | None:
    """The file among `names` that is the notebook `expected` under another name, as browsers and students rename: `basics (1)`, `lee_basics_final`.

    Files named as one of the `others` that are expected are those. Where nothing else is expected, the only file is it.
    """
    free = [name for name in names if name not in others]
    close = [name for name in free if _plain_name(expected) in _plain_name(name)]
    if not close and len(free) == 1 and not others:
        close = free
    return min(close, key=len) if close else None


def _plain_name(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower())


def pictures(attachments: Any) -> dict[str, dict[str, str]]:
    """Of a cell's attachments those that are pictures, whatever else the notebook claims them to be."""
    found: dict[str, dict[str, str]] = {}
    for name, kinds in attachments.items() if isinstance(attachments, dict) else ():
        kept = {
            kind: kinds[kind]
            for kind in PICTURES
            if isinstance(kinds, dict) and isinstance(kinds.get(kind), str) and _base64(kinds[kind])
        }
        if kept:
            found[name] = kept
    return found


def _base64(text: str) -> bool:
    return text.isascii() and all(character.isalnum() or character in "+/=\n" for character in text)
