"""An exercise's result as a notebook shows it: plain text for feedback and formgrader, HTML for the student's kernel. Everything is escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from .model import CheckResult, ExerciseResult

MARKS = {"passed": "✓", "failed": "✗", "error": "!", "timed_out": "⧗", "not_implemented": "·"}
GREEN, AMBER, RED = "#1a7f37", "#9a6700", "#cf222e"


def checks_with_messages(result: ExerciseResult) -> Iterator[tuple[CheckResult, str]]:
    """The checks, each message where it stands first."""
    seen: set[str] = set()
    for check in result.checks:
        message = check.message if check.status != "passed" and check.message not in seen else ""
        seen.add(check.message)
        yield check, message


def exercise_text(result: ExerciseResult, notes: Sequence[str] = ()) -> str:
    """Plain text."""
    lines = [f"{result.id.rpartition('/')[2]}: {result.points:g} of {result.max_points:g} points"]
    for check, message in checks_with_messages(result):
        lines.append(f"  {MARKS[check.status]} {check.name.replace('_', ' ')} ({check.points:g}/{check.max_points:g})")
        lines += [f"      {line}" for line in message.splitlines()]
    lines += [f"Note: {note}." for note in notes]
    return "\n".join(lines) + "\n"


def exercise_html(result: ExerciseResult, hints: Sequence[str] = (), notes: Sequence[str] = ()) -> str:
    """HTML: green for full points, amber for some or not begun, red for none; hints on demand."""
    colour = (
        GREEN if result.status == "passed" else AMBER if result.points or result.status == "not_implemented" else RED
    )
    rows = []
    for check, message in checks_with_messages(result):
        mark = GREEN if check.status == "passed" else AMBER if check.status == "not_implemented" else RED
        rows.append(
            f'<div><span style="color:{mark}">{MARKS[check.status]}</span> {escape(check.name.replace("_", " "))} '
            f"({check.points:g}/{check.max_points:g})</div>"
        )
        if message:
            rows.append(f'<pre style="margin:2px 0 6px 1.4em;white-space:pre-wrap">{escape(message)}</pre>')
    rows += [f"<div>Note: {escape(note)}.</div>" for note in notes]
    if result.status != "passed":
        rows += [
            f"<details><summary>Hint {number} of {len(hints)}</summary>{escape(hint)}</details>"
            for number, hint in enumerate(hints, 1)
        ]
    title = f"{escape(result.id.rpartition('/')[2])}: {result.points:g} of {result.max_points:g} points"
    return (
        f'<div class="autograder-{ {GREEN: "green", AMBER: "amber", RED: "red"}[colour] }" style="border-left:4px solid {colour};padding:4px 10px">'
        f'<b style="color:{colour}">{title}</b>{"".join(rows)}</div>'
    )
