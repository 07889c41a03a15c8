"""A topic as an nbgrader notebook: lessons and given code locked, an answer cell and a tests cell per exercise.

The tests cell shows `check("name")` for the student; its hidden part asks the engine for the points, so that nbgrader's own pipeline, which runs the
cell in the student's kernel, comes to the same score. It holds no test: nothing is lost when feedback shows it.
"""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from typing import Any

from .course import Course, TopicRef, points_of
from .model import CourseError
from .source import BEGIN, END, Cell

CHECK_SUFFIX = "_check"
HIDDEN_BEGIN, HIDDEN_END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
KERNEL = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def notebook_of(course: Course, topic: TopicRef) -> dict[str, Any]:
    """The topic's source notebook, in nbformat 4.5; the same text each time."""
    points = points_of(topic)
    exercises = {exercise.cell.line: exercise.name for exercise in topic.read().exercises}
    names = Counter(i.rpartition("/")[2] for i in course.ids())
    cells: list[dict[str, Any]] = []
    counts = Counter[str]()
    for cell in topic.read().cells:
        name = exercises.get(cell.line)
        if name is None:
            kind = "lesson" if cell.markdown else "given"
            counts[kind] += 1
            cells.append(
                _cell(
                    "markdown" if cell.markdown else "code",
                    _markdown(cell) if cell.markdown else cell.text,
                    f"{kind}_{counts[kind]}",
                    locked=True,
                )
            )
            continue
        if points.get(name, 0) <= 0:
            raise CourseError(
                f"no check gives points for {name}: nbgrader cannot score it", topic.grader.relative_to(course.root)
            )
        cells.append(_cell("code", _answer(cell), name, solution=True))
        said = name if names[name] == 1 else f"{topic.key}/{name}"
        cells.append(
            _cell(
                "code",
                _tests(said, f"{topic.key}/{name}"),
                name + CHECK_SUFFIX,
                grade=True,
                locked=True,
                points=points[name],
            )
        )
    for cell_id, made in enumerate(cells, 1):
        made["id"] = f"cell-{cell_id}"
    return {"cells": cells, "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}


def notebook_text(notebook: dict[str, Any]) -> str:
    """The file's text."""
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _cell(
    kind: str,
    source: str,
    grade_id: str,
    *,
    grade: bool = False,
    solution: bool = False,
    locked: bool = False,
    points: float | None = None,
) -> dict[str, Any]:
    about: dict[str, Any] = {
        "grade": grade,
        "solution": solution,
        "locked": locked,
        "task": False,
        "grade_id": grade_id,
        "schema_version": 3,
    }
    if points is not None:
        about["points"] = points
    code: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {"nbgrader": about}, "source": source, **code}


def _markdown(cell: Cell) -> str:
    return "\n".join(line[2:] if line.startswith("# ") else line.removeprefix("#") for line in cell.text.split("\n"))


def _answer(cell: Cell) -> str:
    return "\n".join(
        line.replace(BEGIN, "### BEGIN SOLUTION").replace(END, "### END SOLUTION") for line in cell.text.split("\n")
    )


def _tests(said: str, exercise: str) -> str:
    return textwrap.dedent(f"""\
        from autograder.notebook import check

        check("{said}")
        {HIDDEN_BEGIN}
        from autograder.notebook import score

        score("{exercise}")
        {HIDDEN_END}""")


def without_hidden(source: str) -> str:
    """A tests cell as the student has it."""
    before, _, rest = source.partition(HIDDEN_BEGIN)
    return before + rest.partition(HIDDEN_END)[2].lstrip("\n") if rest else source
