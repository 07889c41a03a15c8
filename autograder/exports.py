"""Scores for other systems: Gradescope's results.json from the reports, and a CSV that a learning platform imports, from nbgrader's gradebook.

    python -m autograder export FOLDER ASSIGNMENT [--gradescope DIR] [--csv FILE]

`FOLDER` is the nbgrader course folder. The CSV holds what counts in the end, manual points and late penalties too; an exercise a column.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from .course import write_whole
from .model import FULL_POINTS, CourseError, Report
from .notebooks import CHECK_SUFFIX

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet run a cell as a formula, if a cell begins with it."""


def read_reports(folder: Path, assignment: str) -> dict[str, Report]:
    """Student -> the report on all notebooks of the assignment, from what autograding left in FOLDER/reports."""
    found: dict[str, Report] = {}
    for path in sorted((folder / "reports" / assignment).glob("*/*.json")):
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


def gradebook_rows(folder: Path, assignment: str) -> tuple[list[str], list[list[object]]]:
    """Header and one row per submission: the student, each exercise's score, the late penalty, the total as nbgrader counts it, the maximum."""
    from nbgrader.api import Gradebook, MissingEntry

    with Gradebook(f"sqlite:///{(folder / 'gradebook.db').resolve()}") as gradebook:
        try:
            found = gradebook.find_assignment(assignment)
        except MissingEntry:
            raise CourseError(f"knows no assignment {assignment}", folder / "gradebook.db") from None
        cells = [
            (notebook.name, cell.name)
            for notebook in found.notebooks
            for cell in sorted(notebook.grade_cells, key=lambda cell: str(cell.name))
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


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="the nbgrader course folder")
    parser.add_argument("assignment", metavar="ASSIGNMENT")
    parser.add_argument("--gradescope", type=Path, metavar="DIR", help="write DIR/<student>/results.json")
    parser.add_argument("--csv", type=Path, metavar="FILE")


def main(arguments: argparse.Namespace) -> int:
    """The command."""
    folder: Path = arguments.folder
    if arguments.gradescope:
        for student, report in read_reports(folder, arguments.assignment).items():
            write_whole(
                arguments.gradescope / student / "results.json",
                json.dumps(gradescope(report), indent=2, ensure_ascii=False) + "\n",
            )
        print(f"written: {arguments.gradescope}/<student>/results.json")
    if arguments.csv:
        write_whole(arguments.csv, table(*gradebook_rows(folder, arguments.assignment)))
        print(f"written: {arguments.csv}")
    if not arguments.gradescope and not arguments.csv:
        raise CourseError("say what to write: --csv FILE, --gradescope DIR, or both")
    return FULL_POINTS
