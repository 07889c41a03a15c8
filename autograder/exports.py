"""Scores for other systems: Gradescope's results.json from the reports, and a CSV that a learning platform imports, from nbgrader's gradebook.

    python -m autograder export FOLDER ASSIGNMENT [--gradescope DIR] [--csv FILE]

`FOLDER` is the nbgrader course folder. The CSV holds what counts in the end, manual points and late penalties too; an exercise a column,
as the course orders them.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import io
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from .course import Course, write_whole
from .model import FULL_POINTS, CourseError, Report
from .notebooks import CHECK_SUFFIX
from .rebuild import read_notebook

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet run a cell as a formula, if a cell begins with it."""


def position_in(course: Course, assignment: str) -> Callable[[str], tuple[int, str]]:
    """A key that sorts notebooks of an assignment as the course teaches them, the instructor's own behind them by name."""
    topics = [topic.name for topic in course.topics if topic.chapter == assignment]
    return lambda notebook: (topics.index(notebook) if notebook in topics else len(topics), notebook)


def read_reports(folder: Path, assignment: str, course: Course) -> dict[str, Report]:
    """Student -> the report on all notebooks of the assignment, from what autograding left in FOLDER/reports."""
    found: dict[str, Report] = {}
    position = position_in(course, assignment)
    paths = (folder / "reports" / assignment).glob("*/*.json")
    for path in sorted(paths, key=lambda path: (path.parent.name, position(path.stem))):
        report = Report.from_json(json.loads(path.read_text(encoding="utf-8")))
        student = path.parent.name
        known = found.get(student)
        found[student] = (
            report
            if known is None
            else dataclasses.replace(
                known,
                exercises=known.exercises + report.exercises,
                notes=tuple(dict.fromkeys(known.notes + report.notes)),
            )
        )
    if not found:
        raise CourseError(
            f"holds no reports on {assignment}: run `nbgrader autograde {assignment}` first", folder / "reports"
        )
    return found


def gradescope(report: Report) -> dict[str, Any]:
    """Gradescope's results.json: a test case per check, with its message."""
    tests = [
        {
            "name": f"{exercise.id.rpartition('/')[2]}: {check.name.replace('_', ' ')}",
            "number": f"{number}.{part}",
            "score": check.points,
            "max_score": check.max_points,
            "status": "passed" if check.status == "passed" else "failed",
            "output": check.message,
            "output_format": "text",
            "visibility": "visible",
        }
        for number, exercise in enumerate(report.exercises, 1)
        for part, check in enumerate(exercise.checks, 1)
    ]
    return {
        "score": report.points,
        "output": "\n".join(f"Note: {note}." for note in report.notes),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
    }


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """CSV with every text quoted, and none that a spreadsheet takes for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    for row in [header, *rows]:
        writer.writerow(
            [f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value for value in row]
        )
    return out.getvalue()


def gradebook_rows(folder: Path, assignment: str, course: Course) -> tuple[list[str], list[list[object]]]:
    """Header and one row per submission: the student, each exercise's score, the late penalty, the total as nbgrader counts it, the maximum.

    Exercises stand in the course's order; the gradebook itself keeps none.
    """
    from nbgrader.api import Gradebook, MissingEntry

    if not (folder / "gradebook.db").is_file():
        raise CourseError("is missing: give nbgrader's course folder, the one that holds it", folder / "gradebook.db")
    with Gradebook(f"sqlite:///{(folder / 'gradebook.db').resolve()}") as gradebook:
        try:
            found = gradebook.find_assignment(assignment)
        except MissingEntry:
            raise CourseError(f"knows no assignment {assignment}", folder / "gradebook.db") from None
        position = position_in(course, assignment)
        cells = [
            (notebook.name, cell.name)
            for notebook in sorted(found.notebooks, key=lambda notebook: position(notebook.name))
            for cell in _in_order(
                folder / "source" / assignment / f"{notebook.name}.ipynb", [*notebook.grade_cells, *notebook.task_cells]
            )
        ]
        header = [
            "student_id",
            "last_name",
            "first_name",
            "email",
            *(f"{book}/{cell.removesuffix(CHECK_SUFFIX)}" for book, cell in cells),
            "late_penalty",
            "score",
            "max_score",
        ]
        rows: list[list[object]] = []
        for submission in sorted(gradebook.assignment_submissions(assignment), key=lambda s: str(s.student.id)):
            scores = {
                (notebook.name, grade.name): grade.score
                for notebook in submission.notebooks
                for grade in notebook.grades
            }
            student = submission.student
            penalty = min(submission.late_submission_penalty or 0.0, submission.score)
            rows.append(
                [
                    student.id,
                    student.last_name or "",
                    student.first_name or "",
                    student.email or "",
                    *(float(scores.get(cell) or 0.0) for cell in cells),
                    float(penalty),
                    float(submission.score - penalty),
                    float(submission.max_score),
                ]
            )
    return header, rows


def _in_order(source: Path, cells: Iterable[Any]) -> list[Any]:
    """Graded cells as the notebook has them; by name where it is no longer there."""
    order = {cell.label: number for number, cell in enumerate(read_notebook(source, source.parent)[0])}
    return sorted(cells, key=lambda cell: (order.get(cell.name, len(order)), cell.name))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="the nbgrader course folder")
    parser.add_argument("assignment", metavar="ASSIGNMENT")
    parser.add_argument("--gradescope", type=Path, metavar="DIR", help="write DIR/<student>/results.json")
    parser.add_argument("--csv", type=Path, metavar="FILE")


def main(arguments: argparse.Namespace) -> int:
    """The command."""
    folder: Path = arguments.folder
    course = Course.at(arguments.root)
    if arguments.gradescope:
        for student, report in read_reports(folder, arguments.assignment, course).items():
            write_whole(
                arguments.gradescope / student / "results.json",
                json.dumps(gradescope(report), indent=2, ensure_ascii=False) + "\n",
            )
        print(f"written: {arguments.gradescope}/<student>/results.json")
    if arguments.csv:
        write_whole(arguments.csv, table(*gradebook_rows(folder, arguments.assignment, course)))
        print(f"written: {arguments.csv}")
    if not arguments.gradescope and not arguments.csv:
        raise CourseError("say what to write: --csv FILE, --gradescope DIR, or both")
    return FULL_POINTS
