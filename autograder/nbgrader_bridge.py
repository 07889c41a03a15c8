"""`nbgrader autograde` with our engine in place of the kernel: `configure(c)` in nbgrader_config.py puts these parts in.

Reading (`LenientExporter`), then `RebuildNotebook` where nbgrader checks and mends cells one by one; `GradeNotebook` where it runs `Execute`; nbgrader's
own `SaveAutoGrades` and late penalties; `SaveNotes`. nbgrader takes a graded cell without output for full marks and one with a warning for none, so each
gets an explicit score.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode, from_dict
from nbgrader.api import Gradebook
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import (
    AssignLatePenalties,
    LimitOutput,
    NbGraderPreprocessor,
    SaveAutoGrades,
)
from sqlalchemy.exc import SAWarning
from traitlets import Unicode

from .client import PACKAGE_ROOT, ClassResults, GradingServer
from .course import Course, write_whole
from .folders import borrowed, go_on, links_in, time_is_odd
from .model import CourseError, ExerciseResult, Report
from .notebook_text import exercise_text
from .notebooks import CHECK_SUFFIX, KERNEL, without_hidden
from .rebuild import HandedIn, Released, read_notebook, rebuild, renamed
from .results import recorded
from .source import STUB_LINE

REPORTS = "reports"
"""In the nbgrader course folder: the JSON report of each notebook, reports/<assignment>/<student>/<notebook>.json."""

NOTES = "autograder_notes"

PLAIN = str.maketrans("<>[]", "()()")
"""A comment is Markdown, and a note may quote a file's name."""


class LenientExporter(NotebookExporter):
    """Reads what was handed in as data, whatever its state; reads what we wrote as nbgrader does."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]
        out = GradeNotebook(parent=self).class_run
        if out and self.parent is not None:  # a wrong setting is said once, before anything is graded
            course = self.parent.coursedir
            try:
                recorded(Path(course.root) / out)
            except CourseError as error:
                self.log.error(
                    'nbgrader_config.py: c.GradeNotebook.class_run = "%s": %s; run `python -m autograder grade-class submitted --out %s %s` in %s, '
                    "or take that line out",
                    out,
                    error,
                    out,
                    course.assignment_id,
                    course.root,
                )
                raise NbGraderException("there is no such class run") from None

    def from_filename(self, filename: str, resources: Any = None, **options: Any) -> tuple[Any, Any]:
        if not any(isinstance(part, RebuildNotebook) for part in self._preprocessors):
            return super().from_filename(filename, resources, **options)
        path = Path(filename)
        notes: list[str] = []
        if not path.exists():
            name = renamed(
                path.stem,
                [p.stem for p in sorted(path.parent.glob("*.ipynb"))],
                sorted(self._known(resources) - {path.stem}),
            )
            if name is None:
                raise CourseError("was not handed in", path)
            notes.append(f"{path.name} is missing; {name}.ipynb was graded in its place")
            path = path.with_name(f"{name}.ipynb")
        cells, odd = _handed_in(path)
        about = ResourcesDict()
        about.update(resources, metadata={"name": Path(filename).stem, "path": str(path.parent)})
        about[NOTES] = [*notes, *odd]
        plain: list[dict[str, Any]] = [
            {
                "cell_type": c.kind,
                "metadata": {"handed_in": [c.label, c.number, c.claims]},
                "source": c.source,
                "id": f"cell-{c.number}",
                **({"outputs": [], "execution_count": None} if c.kind == "code" else {}),
                **({"attachments": c.attachments} if c.attachments and c.kind != "code" else {}),
            }
            for c in cells
        ]
        notebook = node({"cells": plain, "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5})
        return self.from_notebook_node(notebook, about, **options)  # type: ignore[no-untyped-call,no-any-return]

    def _known(self, resources: Any) -> set[str]:
        with Gradebook(resources["nbgrader"]["db_url"]) as gradebook:
            return {
                notebook.name for notebook in gradebook.find_assignment(resources["nbgrader"]["assignment"]).notebooks
            }


def _handed_in(path: Path) -> tuple[list[HandedIn], list[str]]:
    """The cells of the notebook, and what is odd about it and the folder that it lies in."""
    folder = path.parent
    if borrowed(folder):
        return [], ["its folder is a link to another one of the course; it was not followed"]
    cells, notes = read_notebook(path, folder)
    twins = sorted(p.name for p in folder.glob("*.*") if p.name.lower() == path.name.lower() and p.name != path.name)
    if twins:
        notes.append(f"{', '.join(twins)} was handed in too; {path.name} was graded")
    if found := links_in(folder):
        notes.append(f"links in the folder were not followed: {', '.join(found[:6])}")
    if time_is_odd(folder):
        notes.append("timestamp.txt holds no time; none was recorded")
    return cells, notes


class RebuildNotebook(NbGraderPreprocessor):  # type: ignore[misc]
    """Puts the released cells back into their places, so that nothing in the notebook can stop nbgrader."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        handed_in = []
        for cell in nb.cells:
            label, number, claims = cell.metadata["handed_in"]
            handed_in.append(HandedIn(cell.cell_type, cell.source, label, number, claims, cell.get("attachments", {})))
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            notebook = gradebook.find_notebook(about["notebook"], about["assignment"])
            kernel = {"kernelspec": json.loads(notebook.kernelspec)} if notebook.kernelspec else {}
            graded = {cell.name: cell.max_score for cell in notebook.grade_cells}
            tasks = {cell.name: cell.max_score for cell in notebook.task_cells}
            solutions = {cell.name for cell in notebook.solution_cells}
            released = [
                Released(
                    cell.name,
                    cell.cell_type,
                    cell.source or "",
                    cell.checksum,
                    cell.name in graded,
                    cell.name in solutions,
                    bool(cell.locked),
                    cell.name in tasks,
                    {**graded, **tasks}.get(cell.name),
                )
                for cell in notebook.source_cells
            ]
        order = self._order(about)
        released.sort(key=lambda cell: (order.get(cell.name, len(order)), cell.name))
        built = rebuild(handed_in, released)
        notes = [*resources.get(NOTES, []), *built.notes]
        for note in notes:
            self.log.warning("%s: %s: %s", about["student"], about["notebook"], note)
        return node(
            {
                "cells": built.cells,
                "metadata": {**KERNEL, **kernel, "autograder": {"notes": notes}},
                "nbformat": 4,
                "nbformat_minor": 5,
            }
        ), resources

    def _order(self, about: dict[str, str]) -> dict[str, int]:
        """The released order: the gradebook keeps none."""
        folders = self.parent.parent.coursedir
        source = (
            Path(folders.format_path(folders.source_directory, ".", about["assignment"])) / f"{about['notebook']}.ipynb"
        )
        cells, _ = read_notebook(source, source.parent)
        return {cell.label: index for index, cell in enumerate(cells) if cell.label}


class GradeNotebook(NbGraderPreprocessor):  # type: ignore[misc]
    """Takes the place of Execute: grades the exercises behind the walls, and writes score and messages as the outputs of the graded cells."""

    course_root = Unicode("", help="the course's own folder; where the package is installed, if not given").tag(
        config=True
    )
    class_run = Unicode(
        "",
        help="OUT of `grade-class submitted --out OUT`: results of exactly these cells, checks, engine and torch are taken from it",
    ).tag(config=True)
    walls = Unicode("", help="full or strong; by default full where bubblewrap works, else strong").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        about = resources["nbgrader"]
        course = Course.at(Path(self.course_root or PACKAGE_ROOT))
        key = f"{about['assignment']}/{about['notebook']}"
        report = self._grade(course, key, nb, about) if any(topic.key == key for topic in course.topics) else None
        results = {exercise.id.rpartition("/")[2]: exercise for exercise in report.exercises} if report else {}
        notes = list(nb.metadata.get("autograder", {}).get("notes", []))
        first = True
        number = 0
        for cell in nb.cells:
            meta = cell.metadata.get("nbgrader", {})
            if not meta.get("grade") or meta.get("solution") or cell.cell_type != "code":
                continue
            result = results.get(meta["grade_id"].removesuffix(CHECK_SUFFIX))
            if result is None:
                self.log.error(
                    "%s: the graded cell %s belongs to no exercise of the course: it gets 0 points; grade it by hand",
                    about["notebook"],
                    meta["grade_id"],
                )
                text, value = "This cell belongs to no exercise of the course; it is graded by hand.\n", 0.0
            else:
                if float(meta["points"]) != result.max_points:
                    raise CourseError(
                        f"{result.id} has {result.max_points:g} points now and had {float(meta['points']):g} when it was released: run "
                        f"`nox -s release -- {about['assignment']}` again, then autograde"
                    )
                text, value = exercise_text(result, notes if first else []), result.points
                first = False
            number += 1
            cell.execution_count = number
            cell.source = without_hidden(
                cell.source
            ).rstrip()  # what nbgrader's own pipeline runs says nothing to a reader
            cell.outputs = [
                node({"output_type": "stream", "name": "stdout", "text": text}),
                node(
                    {
                        "output_type": "execute_result",
                        "execution_count": number,
                        "metadata": {},
                        "data": {"text/plain": repr(float(value))},
                    }
                ),
            ]
        return nb, resources

    def _grade(self, course: Course, key: str, nb: NotebookNode, about: dict[str, str]) -> Report:
        """The notebook's report: the class run's where that has graded exactly this, else the engine's."""
        cells = [
            (int(cell.metadata.get("autograder", {}).get("cell", 0)), cell.source)
            for cell in nb.cells
            if cell.cell_type == "code" and not cell.metadata.get("nbgrader", {}).get("grade")
        ]
        what = (key, about["student"], f"{about['notebook']}.ipynb", cells)
        found = results_of(course, self.class_run, self.walls).find(*what) if self.class_run else ""
        if isinstance(found, Report):
            report = found
            self.log.info("%s: %s: taken from the class run in %s", about["student"], about["notebook"], self.class_run)
        else:
            if found:
                self.log.info("%s: %s: graded now: %s", about["student"], about["notebook"], found)
            report = server_for(course, about["assignment"], self.walls).grade(*what)
        if report.broke:
            raise RuntimeError(
                f"the engine failed on {about['student']}'s {about['notebook']}; nothing was recorded: autograde again"
            )
        notes = nb.metadata.get("autograder", {}).setdefault("notes", [])
        notes += [note for note in report.notes if note not in notes]
        data = {**report.to_json(), "notes": list(notes)}
        write_whole(Path(REPORTS) / about["assignment"] / about["student"] / f"{about['notebook']}.json", _json(data))
        return report


class SaveNotes(NbGraderPreprocessor):  # type: ignore[misc]
    """What was odd about the notebook becomes the comment on its first answer, where formgrader and feedback show it."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        notes = nb.metadata.get("autograder", {}).get("notes", [])
        answers = [
            cell.metadata.nbgrader["grade_id"] for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("solution")
        ]
        if notes and answers:
            about = resources["nbgrader"]
            with Gradebook(about["db_url"]) as gradebook:
                comment = gradebook.find_comment(answers[0], about["notebook"], about["assignment"], about["student"])
                comment.auto_comment = " ".join(f"{note}." for note in notes)[:4000].translate(PLAIN)
                gradebook.db.commit()
        return nb, resources


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def node(data: dict[str, Any]) -> NotebookNode:
    """The notebook, or a part of one, as nbformat has it."""
    found: NotebookNode = from_dict(data)  # type: ignore[no-untyped-call]
    return found


_servers: dict[tuple[str, str, str, int], GradingServer] = {}
# nbgrader makes its preprocessors anew for every notebook; the engine is warmed once for the run (and, in formgrader, until the graders change).


def server_for(course: Course, chapter: str, walls: str) -> GradingServer:
    """The grading process for a chapter's topics."""
    files = [path for topic in course.topics if topic.chapter == chapter for path in (topic.solution, topic.grader)]
    key = (str(course.root), chapter, walls, max(path.stat().st_mtime_ns for path in files))
    if key not in _servers:
        for old in _servers.values():
            old.close()
        _servers.clear()
        _servers[key] = GradingServer(course.root, [chapter], others=True, walls=walls or None)
    return _servers[key]


_results: dict[tuple[str, str, str], ClassResults] = {}


def results_of(course: Course, out: str, walls: str) -> ClassResults:
    """The process that knows the results of the class run in `out`."""
    key = (str(course.root), str(Path(out).resolve()), walls)
    if key not in _results:
        _results[key] = ClassResults(course.root, Path(out).resolve(), walls=walls or None)
    return _results[key]


def find_renamed(*, assignment: str, student: str, notebooks: list[str]) -> None:
    """nbgrader's hook before each submission: adds notebooks that were handed in under another name, which nbgrader would pass over."""
    folder = Path(notebooks[0]).parent
    present = [Path(name).stem for name in notebooks]
    with Gradebook("sqlite:///gradebook.db" if _db_url is None else _db_url) as gradebook:
        expected = [notebook.name for notebook in gradebook.find_assignment(folder.name).notebooks]
    for name in expected:
        if name not in present and renamed(name, present, [other for other in expected if other != name]):
            notebooks.append(str(folder / f"{name}.ipynb"))


_db_url: str | None = None


def configure(c: Any, course_root: str = "") -> None:
    """Put our parts into nbgrader's configuration `c`."""
    global _db_url  # noqa: PLW0603 - the hook's signature is nbgrader's and brings no configuration
    url = c.CourseDirectory.get("db_url") if "CourseDirectory" in c else None
    _db_url = url if isinstance(url, str) else None
    c.ClearSolutions.code_stub = {"python": STUB_LINE}
    c.Autograde.exporter_class = LenientExporter
    c.Autograde.pre_convert_hook = find_renamed
    go_on()
    warnings.filterwarnings("ignore", category=SAWarning)  # nbgrader's own queries draw a page of them
    c.HTMLExporter.filters = {"markdown2html": "autograder.safe_markdown.markdown"}
    c.LenientExporter.optimistic_validation = True  # once, at the end, and not after each part
    c.Autograde.sanitize_preprocessors = [RebuildNotebook]
    c.Autograde.autograde_preprocessors = [GradeNotebook, LimitOutput, SaveAutoGrades, SaveNotes, AssignLatePenalties]
    c.Execute.timeout = 300  # for who takes our parts out again: the first check in a kernel loads torch
    if course_root:
        c.GradeNotebook.course_root = course_root


__all__ = [
    "ExerciseResult",
    "GradeNotebook",
    "LenientExporter",
    "RebuildNotebook",
    "SaveNotes",
    "configure",
    "find_renamed",
    "results_of",
    "server_for",
]
