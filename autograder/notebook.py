"""In a student's notebook: `check("train_step")` grades the exercise as the kernel's cells define it now, and shows the result.

What was run last counts, so no restart is needed after an edit. Grading happens in a process of its own, kept warm while the kernel lives.
`score` gives nbgrader's own pipeline, which runs the hidden part of a tests cell in the kernel, the points as a number.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from .cells import DEFINES
from .client import PACKAGE_ROOT, GradingServer
from .course import Course, TopicRef, find_exercise, normal_selector
from .model import CourseError, EngineError, ExerciseResult, Report
from .notebook_text import exercise_html, exercise_text

ROOT_VARIABLE = "PYTORCH_COURSE_ROOT"
"""Names the course's folder where it is not the one that the package lies in."""

_servers: dict[str, GradingServer] = {}
_last: dict[str, tuple[list[tuple[int, str]], Report]] = {}
# One kernel, one student: the warm process and the latest results are the kernel's own state.


class Shown:
    """A result as the notebook displays it."""

    def __init__(self, result: ExerciseResult, hints: tuple[str, ...], notes: tuple[str, ...]) -> None:
        self.result, self.hints, self.notes = result, hints, notes

    def _repr_html_(self) -> str:
        return exercise_html(self.result, self.hints, self.notes)

    def __repr__(self) -> str:
        return exercise_text(self.result, self.notes)


def check(name: str) -> None:
    """Grade an exercise as it stands in this kernel, and show the result: green, amber or red, with messages and hints.

    Args:
        name: the exercise, such as "train_step"; with its topic, "01_workflow/training/train_step", where the name alone could mean several.
    """
    mode = os.environ.get("NBGRADER_EXECUTION")
    if mode == "autograde":
        return  # nbgrader's own run: the hidden part of the cell asks for the score
    from IPython.display import display

    try:
        topic, exercise = exercise_named(name, executed_cells())
        result, notes = _graded(topic, exercise.name)
    except (CourseError, EngineError) as error:
        print(f"This could not be checked: {error}")
        return
    display(Shown(result, exercise.hints, notes))  # type: ignore[no-untyped-call]
    if mode == "validate" and result.status != "passed":
        raise AssertionError(f"{name}: {result.points:g} of {result.max_points:g} points")


def score(exercise: str) -> float:
    """The points of an exercise as it stands in this kernel: what nbgrader reads from a graded cell."""
    topic, found = exercise_named(exercise, executed_cells())
    return float(_graded(topic, found.name)[0].points)


def executed_cells() -> list[tuple[int, str]]:
    """The cells that this kernel has run, in order, as they were typed."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is None or shell.history_manager is None:
        raise CourseError("check works in a notebook; for files there is `nox -s grade`")
    return [(number, source) for number, source in enumerate(shell.history_manager.input_hist_raw) if source.strip()]


def exercise_named(name: str, cells: list[tuple[int, str]]) -> tuple[TopicRef, Any]:
    """The exercise, in the topic that this notebook is about where several have one of that name."""
    course = Course.at(Path(os.environ.get(ROOT_VARIABLE) or PACKAGE_ROOT))
    same = [i for i in course.ids() if i.rpartition("/")[2] == normal_selector(name)]
    if len(same) > 1:
        defined = {found for _, source in cells for found in DEFINES.findall(source)}
        shared = {i: sum(e.name in defined for e in course.topic(i.rpartition("/")[0]).read().exercises) for i in same}
        best = [i for i in same if shared[i] == max(shared.values())]
        if len(best) > 1:
            raise CourseError(f"several topics have an exercise {name}: write one of {', '.join(same)}")
        name = best[0]
    return find_exercise(course, name)


def _graded(topic: TopicRef, name: str) -> tuple[ExerciseResult, tuple[str, ...]]:
    cells = executed_cells()
    binding = [(number, source) for number, source in cells if "autograder.notebook import" not in source]
    exercise = f"{topic.key}/{name}"
    known = _last.get(exercise)
    if known is None or known[0] != binding or known[1].broke:
        if topic.key not in _servers:
            _servers[topic.key] = GradingServer(topic.root, [topic.key], others=False)
        _last[exercise] = (
            binding,
            _servers[topic.key].grade(topic.key, "notebook", "your notebook", binding, only=[name]),
        )
    notices = Course.at(topic.root).notice  # what was odd about earlier versions of a cell is no news in a kernel
    return _last[exercise][1].exercises[0], notices


__all__ = ["check", "score"]
