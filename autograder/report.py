"""What a run shows: a progress bar, a table per topic, the first unfinished exercise in full, what to run next; JSON and JUnit files."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO
from xml.etree import ElementTree

from .course import write_whole
from .engine import Graded, Progress
from .model import CourseError, ExerciseResult, Report
from .plain import clean

if TYPE_CHECKING:
    from rich.console import Console

MARKS = {
    "passed": ("✓", "green"),
    "failed": ("✗", "red"),
    "error": ("!", "red"),
    "timed_out": ("⧗", "yellow"),
    "not_implemented": ("·", "dim"),
}
LABEL = re.compile(r"[A-Z][a-z]+ {2,}")
"""What a line of a message begins with: `Returned  a tensor …`."""

WORDS = {"passed": "passed", "failed": "failed", "error": "error", "timed_out": "timed out", "not_implemented": "to do"}


def console(file: TextIO | None = None) -> object:
    """A rich console that respects NO_COLOR and writes plain text to a pipe."""
    from rich.console import Console

    return Console(file=file or sys.stdout, highlight=False, soft_wrap=not (file or sys.stdout).isatty())


class Bar:
    """A progress bar on a terminal; nothing where the output is no terminal."""

    def __init__(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        self.progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self.task = self.progress.add_task("grading", total=total)

    def __enter__(self) -> Bar:
        self.progress.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.progress.stop()

    def advance(self, done: Progress) -> None:
        self.progress.update(self.task, advance=1, description=done.exercise[:60])


def points(value: float) -> str:
    return f"{value:g}"


def topics_of(report: Report) -> dict[str, list[ExerciseResult]]:
    """Exercises by topic, in order."""
    grouped: dict[str, list[ExerciseResult]] = {}
    for exercise in report.exercises:
        grouped.setdefault(exercise.id.rpartition("/")[0], []).append(exercise)
    return grouped


def show(graded: Graded, *, command: str = "nox -s grade --") -> None:
    """Print the report."""
    from rich.console import Console
    from rich.text import Text

    from .levels import level_of

    report = graded.report
    out = console()
    assert isinstance(out, Console)
    for topic, exercises in topics_of(report).items():
        earned, most = sum(e.points for e in exercises), sum(e.max_points for e in exercises)
        out.print(Text.assemble((f"{topic}", "bold"), f"  {points(earned)} of {points(most)} points"))
        width = max(len(e.id.rpartition("/")[2]) for e in exercises)
        for exercise in exercises:
            mark, style = MARKS[exercise.status]
            count = f"{points(exercise.points)}/{points(exercise.max_points)}"
            out.print(
                Text.assemble(
                    "  ",
                    (mark, style),
                    f" {exercise.id.rpartition('/')[2]:<{width}}  {count:>7}  ",
                    (WORDS[exercise.status], style),
                )
            )
        out.print()
    if graded.partial:
        out.print(
            Text("Interrupted: these are partial results, only the exercises that were finished.", style="yellow")
        )
        out.print()
    elif report.full:
        out.print(Text(f"All {points(report.max_points)} points.", style="bold green"))
    first = next((e for e in report.exercises if e.status != "passed"), None)
    if first is not None:
        show_exercise(out, first, graded.printed.get(first.id, ""))
    for note in report.notes:
        out.print(Text(f"Note: {clean(note)}", style="yellow"))
    out.print(
        Text(
            f"{points(report.points)} of {points(report.max_points)} points · walls: {level_of(report.walls)} · seed {report.seed}",
            style="dim",
        )
    )
    if first is not None and not graded.partial:
        out.print(f"Next: edit exercises/{first.id.rpartition('/')[0]}.py, then: {command} {first.id}", markup=False)
        out.print(f"      a hint: nox -s hint -- {first.id}", markup=False)


def show_exercise(out: object, exercise: ExerciseResult, printed: str = "") -> None:
    """One exercise in full: each check that did not pass, with its message."""
    from rich.console import Console
    from rich.text import Text

    assert isinstance(out, Console)
    out.print(Text(exercise.id, style="bold"))
    show_checks(out, exercise, printed)
    out.print()


def show_checks(
    out: Console, exercise: ExerciseResult, printed: str = "", *, messages: int | None = None, passed: bool = True
) -> bool:
    """The checks of one exercise, and what the student's code printed.

    Args:
        messages: how many of their messages are shown; None for all.
        passed: whether the checks that passed are named each; they are counted otherwise.

    Returns:
        Whether messages were left out.
    """
    from rich.text import Text

    good = sum(check.status == "passed" for check in exercise.checks)
    if good and not passed:
        mark, style = MARKS["passed"]
        out.print(Text.assemble("  ", (mark, style), f" {good} check{'s' * (good > 1)} passed"))
    seen: set[str] = set()
    left_out = False
    for check in exercise.checks:
        if check.status == "passed" and not passed:
            continue
        mark, style = MARKS[check.status]
        name = check.name.replace("_", " ")
        out.print(Text.assemble("  ", (mark, style), f" {name} ({points(check.points)}/{points(check.max_points)})"))
        if check.status == "passed" or check.message in seen:
            continue
        if messages is not None and len(seen) >= messages:
            left_out = True
            continue
        seen.add(check.message)
        for line in check.message.splitlines():
            print_row(out, clean(line))
    if printed.strip():
        out.print(Text("  Your code printed:", style="dim"))
        for line in printed.splitlines()[-10:]:
            out.print(Text(f"      {clean(line, 160)}", style="dim"))
    return left_out


def print_row(out: Console, row: str, indent: int = 6) -> None:
    """A line of a message; on a terminal that is too narrow for it, it goes on below its own text, not below its label."""
    from rich.text import Text

    label = LABEL.match(row)
    hanging = " " * (len(label[0]) if label else 0)
    room = out.width - indent - len(hanging)
    if out.soft_wrap or room < 20:
        out.print(Text(f"{' ' * indent}{row}"))
        return
    rows = Text(row[len(hanging) :]).wrap(out, room) if row[len(hanging) :] else [Text()]
    for number, part in enumerate(rows):
        part.rstrip()
        style = "bold" if row.startswith(("Why", "Next")) else "dim"
        out.print(Text.assemble(" " * indent, (hanging if number else row[: len(hanging)], style)) + part)


def write_json(path: Path, report: Report) -> None:
    """The report as JSON, whole or not at all."""
    _write(path, json.dumps(report.to_json(), indent=2, ensure_ascii=False) + "\n")


def write_junit(path: Path, report: Report) -> None:
    """The report as JUnit XML: a test suite per topic, a test case per check."""
    suites = ElementTree.Element("testsuites", name=clean(report.submission))
    for topic, exercises in topics_of(report).items():
        checks = [(e, c) for e in exercises for c in e.checks]
        suite = ElementTree.SubElement(
            suites,
            "testsuite",
            name=topic,
            tests=str(len(checks)),
            failures=str(_count(checks, {"failed", "not_implemented"})),
            errors=str(_count(checks, {"error", "timed_out"})),
            time=f"{sum(e.seconds for e in exercises):.3f}",
        )
        for exercise, check in checks:
            case = ElementTree.SubElement(suite, "testcase", classname=exercise.id.replace("/", "."), name=check.name)
            if check.status != "passed":
                kind = "failure" if check.status in ("failed", "not_implemented") else "error"
                ElementTree.SubElement(
                    case, kind, type=check.status, message=clean(check.message.partition("\n")[0], 200)
                ).text = "\n".join(clean(line) for line in check.message.splitlines())
    ElementTree.indent(suites)
    _write(path, '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n")


def _count(checks: Iterable[tuple[ExerciseResult, object]], statuses: set[str]) -> int:
    return sum(getattr(check, "status", "") in statuses for _, check in checks)


def _write(path: Path, text: str) -> None:
    try:
        write_whole(path, text)
    except OSError as error:
        raise CourseError(f"cannot be written: {error.strerror}", path) from None
