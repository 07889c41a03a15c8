"""`nox -s solution -- KEY`: the reference of an exercise, once it has passed or been given up. Loads no torch."""

from __future__ import annotations

import argparse
import ast
import sys

from .course import BUNDLED, Course, find_exercise
from .model import FULL_POINTS, CourseError
from .progress import Entry, now, opened, remember
from .report import console
from .source import BEGIN, END, HINT, Exercise, definition_span
from .submission import read_source


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("key", metavar="KEY", help="an exercise, such as 01_workflow/training/train_step")
    parser.add_argument(
        "--give-up", action="store_true", help="show it though the exercise has not passed; your progress notes that"
    )


def main(arguments: argparse.Namespace) -> int:
    """The command."""
    course = Course.at(arguments.root)
    topic, exercise = find_exercise(course, arguments.key)
    key = f"{topic.key}/{exercise.name}"
    if (course.root / BUNDLED).is_dir():
        raise CourseError(
            f"there are no solutions in this bundle: your instructor has them. `nox -s hint -- {key}` helps on"
        )
    store = opened(course)
    entry = store.entries.get(key, Entry())
    if not entry.passed and not entry.gave_up:
        if not arguments.give_up:
            raise CourseError(
                f"{key} has not passed yet: `nox -s hint -- {key}` helps on, `nox -s grade -- {key}` grades it. To see its solution "
                f"all the same: `nox -s solution -- {key} --give-up`, which your progress notes"
            )
        remember(store, key, gave_up=now())
    print(f"{key}: {exercise.title}")
    print()
    _show(reference(exercise))
    print()
    text = read_source(course.root / "exercises", topic.key, "exercises").text
    for line in comparison(exercise, topic.key, text):
        print(line)
    return FULL_POINTS


def reference(exercise: Exercise) -> str:
    """The exercise's source as its author wrote it, without markers and hints."""
    kept = [
        line
        for line in exercise.cell.lines
        if line.strip() not in (BEGIN, END) and not line.strip().startswith(HINT.strip())
    ]
    return "\n".join(kept).strip("\n")


def comparison(exercise: Exercise, topic: str, text: str | None) -> list[str]:
    """Where the student's own version stands, and the names that only one of the two uses."""
    where = f"exercises/{topic}.py"
    try:
        span = definition_span(text, exercise.name) if text is not None else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return [f"Yours: {where} cannot be read as Python just now."]
    if text is None or span is None:
        return []
    mine = "\n".join(text.splitlines()[span[0] : span[1]])
    if ast.dump(ast.parse(mine)) == ast.dump(ast.parse(exercise.stub)):
        return [f"Yours is not begun yet: {where}:{span[0] + 1}."]
    theirs_only = sorted(_used(reference(exercise)) - _used(mine))
    mine_only = sorted(_used(mine) - _used(reference(exercise)))
    lines = [f"Yours: {where}:{span[0] + 1}."]
    if theirs_only:
        lines.append(f"  used there and not by you: {', '.join(theirs_only)}")
    if mine_only:
        lines.append(f"  used by you and not there: {', '.join(mine_only)}")
    if not theirs_only and not mine_only:
        lines.append("  Both use the same functions and methods.")
    return lines


def _used(code: str) -> set[str]:
    """Functions and methods that the code names: what follows a dot, and names that are called."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Attribute) and not (isinstance(node.value, ast.Name) and node.value.id == "self"):
            found.add(node.attr)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found.add(node.func.id)
    return found


def _show(code: str) -> None:
    if not sys.stdout.isatty():
        print(code)
        return
    from rich.console import Console
    from rich.syntax import Syntax

    out = console()
    assert isinstance(out, Console)
    out.print(Syntax(code, "python", theme="ansi_dark", background_color="default", word_wrap=True))
