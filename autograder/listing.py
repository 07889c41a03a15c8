"""`nox -s list`: all exercises with state, points, difficulty, minutes and when they last passed. Loads no torch."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .answers import Answer
from .course import Course
from .engine import Graded
from .model import FULL_POINTS
from .plain import clean
from .progress import (
    Entry,
    Store,
    Task,
    answers_of,
    changed,
    changed_lines,
    local,
    next_unfinished,
    opened,
    record,
    tasks,
)
from .report import MARKS, WORDS, console, points
from .source import Exercise
from .submission import Submission, read_source

MOST_NOTES = 5
TASK_CHANGED, NOT_GRADED, NEVER = (
    ("↻", "yellow", "task changed"),
    ("○", "yellow", "not graded"),
    ("·", "dim", "never tried"),
)


@dataclass(frozen=True)
class Row:
    """One exercise of the list."""

    id: str
    mark: str
    style: str
    state: str
    earned: float
    most: float
    difficulty: str
    minutes: int
    passed: str
    notes: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.id.rpartition("/")[2]

    @property
    def done(self) -> bool:
        return self.state == WORDS["passed"]


def rows(
    course: Course, store: Store, today: Mapping[str, Task], given: Mapping[str, Answer], ids: Sequence[str]
) -> list[Row]:
    """The exercises `ids`, in teaching order."""
    wanted, found = set(ids), []
    for topic in course.topics:
        for exercise in topic.read().exercises:
            key = f"{topic.key}/{exercise.name}"
            if key in wanted:
                found.append(_row(key, exercise, store, today[key], given.get(key)))
    return found


def _row(key: str, exercise: Exercise, store: Store, task: Task, answer: Answer | None) -> Row:
    entry = store.entries.get(key, Entry())
    attempted = answer is not None and answer.attempted
    if changed(entry, task):
        mark, style, state = TASK_CHANGED
    elif not entry.status or (entry.status == "not_implemented" and answer is not None and not attempted):
        mark, style, state = NOT_GRADED if attempted else NEVER
    else:
        (mark, style), state = MARKS[entry.status], WORDS[entry.status]
    notes = [
        "new" if store.known and key not in store.known else "",
        "edited since" if entry.status and entry.answer and answer and answer.digest != entry.answer else "",
        f"hint {entry.hints}" if entry.hints else "",
        "gave up" if entry.gave_up else "",
    ]
    earned = 0.0 if state == TASK_CHANGED[2] else entry.points
    return Row(
        key, mark, style, state, earned, task.points, exercise.difficulty, exercise.minutes, local(entry.passed),
        tuple(filter(None, notes)),
    )  # fmt: skip


def by_topic(found: Sequence[Row]) -> dict[str, list[Row]]:
    """Rows by topic key, in order."""
    grouped: dict[str, list[Row]] = {}
    for row in found:
        grouped.setdefault(row.id.rpartition("/")[0], []).append(row)
    return grouped


def duration(minutes: int) -> str:
    """`95` -> `1 h 35 min`."""
    hours, rest = divmod(minutes, 60)
    return " ".join(
        part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else "") if part
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "selectors", nargs="*", metavar="SELECTOR", help="prefix of an exercise id, such as 01_workflow (default: all)"
    )


def main(arguments: argparse.Namespace) -> int:
    """The command."""
    course = Course.at(arguments.root)
    ids = course.select(arguments.selectors)
    store, today = opened(course), tasks(course)
    keys = dict.fromkeys(i.rpartition("/")[0] for i in ids)
    given = answers_of(course, {key: read_source(course.root / "exercises", key, "exercises").text for key in keys})
    found = rows(course, store, today, given, ids)
    show(found)
    tell(course, store, today, given, ids)
    return FULL_POINTS


def show(found: Sequence[Row]) -> None:
    """Print the table, as wide as the terminal allows: where columns do not fit, the last ones go first."""
    from rich.console import Console
    from rich.text import Text

    out = console()
    assert isinstance(out, Console)
    width = shutil.get_terminal_size((80, 24)).columns if sys.stdout.isatty() else 10_000
    name = max(len(row.name) for row in found)
    state = max(len(row.state) for row in found)
    count = max(len(f"{points(row.earned)}/{points(row.most)}") for row in found)
    columns = 4 + name + 2 + state + 2 + count
    with_difficulty = width >= columns + 8 + 8
    stamp = 16 if width >= columns + 16 + 18 else 10 if width >= columns + 16 + 12 else 0
    for topic, group in by_topic(found).items():
        earned, most = sum(row.earned for row in group), sum(row.most for row in group)
        out.print(Text.assemble((topic, "bold"), f"  {points(earned)} of {points(most)} points"))
        for row in group:
            line = Text.assemble(
                "  ", (row.mark, row.style), f" {row.name:<{name}}  ", (f"{row.state:<{state}}", row.style),
                f"  {points(row.earned) + '/' + points(row.most):>{count}}",
            )  # fmt: skip
            if with_difficulty:
                line.append(f"  {row.difficulty:<6}  {row.minutes:>2} min")
            if stamp and (row.passed or row.notes):
                line.append(
                    f"  {row.passed[:stamp]:<{stamp}}" if row.passed or width > columns + 16 + stamp + 12 else ""
                )
            notes = ", ".join(row.notes)
            if notes and line.cell_len + 2 + len(notes) <= width:
                line.append(f"  {notes}", style="dim")
            line.rstrip()
            out.print(line)
        out.print()


def tell(course: Course, store: Store, today: Mapping[str, Task], given: Mapping[str, Answer], ids: list[str]) -> None:
    """The sums, what the course's update changed, and where to go on."""
    from rich.console import Console
    from rich.text import Text

    out = console()
    assert isinstance(out, Console)
    found = rows(course, store, today, given, ids)
    left = sum(row.minutes for row in found if not row.done)
    out.print(
        Text(
            f"{sum(row.done for row in found)} of {len(found)} exercises passed · "
            f"{points(sum(row.earned for row in found))} of {points(sum(row.most for row in found))} points"
            + (f" · about {duration(left)} to go" if left else ""),
            style="bold",
        )
    )
    for line in changed_lines(course, store, today, ids):
        out.print(Text(f"Note: {line}.", style="yellow"))
    new = [i for i in ids if store.known and i not in store.known]
    if new:
        out.print(Text(f"New in the course: {', '.join(new)}.", style="yellow"))
    gone = [clean(i) for i, entry in store.entries.items() if i not in today and entry.status]
    if gone:
        out.print(
            Text(f"No longer in the course, your progress on it is kept: {', '.join(sorted(gone))}.", style="dim")
        )
    following = next_unfinished(store, today, None, ids)
    if following is not None:
        out.print(
            f"Next: {place(following, given)}, in {command('watch')} or {command('grade', following)}", markup=False
        )


def after_grading(course: Course, submission: Submission, graded: Graded) -> list[str]:
    """Note one's own results; what there is to say beyond them: tasks that have changed since they passed, where to go on after a pass."""
    store, today = opened(course), tasks(course)
    given = answers_of(course, {key: file.text for key, file in submission.files.items()})
    results = graded.report.exercises
    passed = {result.id for result in results if result.status == "passed"}
    notes = changed_lines(course, store, today, [i for i in today if i not in passed])
    record(store, today, results, given)
    lines = [f"Note: {line}." for line in notes[:MOST_NOTES]]
    if len(notes) > MOST_NOTES:
        lines.append(f"Note: {len(notes) - MOST_NOTES} more tasks have changed; {command('list')} names all.")
    if passed and len(passed) == len(results) and not graded.partial:
        following = next_unfinished(store, today, results[-1].id, list(today))
        if following is None:
            lines.append("Every exercise of the course has passed.")
        else:
            key = following.rpartition("/")[0]
            if key not in submission.files:
                given |= answers_of(course, {key: read_source(course.root / "exercises", key, "exercises").text})
            lines.append(f"Next: edit {place(following, given)}, then: nox -s grade -- {following}")
    return lines


def place(exercise: str, given: Mapping[str, Answer]) -> str:
    """Where an exercise is edited: `exercises/01_workflow/training.py:93`."""
    key, _, name = exercise.rpartition("/")
    answer = given.get(exercise)
    return f"exercises/{key}.py:{answer.line} ({name})" if answer and answer.line else f"exercises/{key}.py ({name})"


def command(name: str, *arguments: str) -> str:
    """A command as it is typed."""
    return f"`nox -s {name}{' -- ' if arguments else ''}{' '.join(arguments)}`"
