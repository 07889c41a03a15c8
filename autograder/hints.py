"""`nox -s hint -- KEY`: three hints per exercise, one more each time. Loads no torch."""

from __future__ import annotations

import argparse

from .course import BUNDLED, Course, find_exercise
from .model import FULL_POINTS
from .progress import Entry, opened, remember
from .source import HINTS_PER_EXERCISE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("key", metavar="KEY", help="an exercise, such as 01_workflow/training/train_step")
    parser.add_argument(
        "--level",
        type=int,
        choices=tuple(range(1, HINTS_PER_EXERCISE + 1)),
        help="up to which hint (default: one more than last time)",
    )


def main(arguments: argparse.Namespace) -> int:
    """The command."""
    course = Course.at(arguments.root)
    topic, exercise = find_exercise(course, arguments.key)
    key = f"{topic.key}/{exercise.name}"
    store = opened(course)
    level = arguments.level or min(store.entries.get(key, Entry()).hints + 1, len(exercise.hints))
    print(f"{key}: {exercise.title}")
    for number, hint in enumerate(exercise.hints[:level], 1):
        print(f"  hint {number} of {len(exercise.hints)}: {hint}")
    if level < len(exercise.hints):
        print(f"  one more: nox -s hint -- {key}")
    else:
        print(f"  {last_hint(course, key)}")
    remember(store, key, hints=level)
    return FULL_POINTS


def last_hint(course: Course, key: str) -> str:
    """What is left after the third hint."""
    if (course.root / BUNDLED).is_dir():
        return "That was the last hint."
    return f"That was the last hint. The solution: nox -s solution -- {key} (once it has passed, or with --give-up)"
