"""What `watch` shows: one frame of text at a time, made from plain data; a line at a time where the output is no terminal."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .listing import NEVER, Row, by_topic
from .model import ExerciseResult
from .report import MARKS, WORDS, points, show_checks

if TYPE_CHECKING:
    from rich.console import Console

KEYS = (
    ("h", "hint", "the next of the exercise's three hints"),
    ("n", "next", "the next exercise of the selection"),
    ("p", "previous", "the one before"),
    ("l", "list", "all exercises and how far you are"),
    ("r", "reset", "start the exercise shown afresh; your text is kept"),
    ("g", "grade", "grade the exercise shown now, without a save"),
    ("o", "report", "grade all, write the report page and open it"),
    ("?", "help", "what the keys do"),
    ("q", "quit", "end; your progress is noted already"),
)
WIDEST = 110
"""Columns beyond which lines are not made longer: they would be hard to read."""


@dataclass(frozen=True)
class Frame:
    """Everything that a frame shows."""

    row: Row
    title: str
    place: str
    """File and line to edit."""
    rows: Sequence[Row]
    above: Sequence[tuple[str, str]] = ()
    """Lines with their styles above the exercise: what has just passed, notes."""
    problem: str = ""
    """Why the exercise cannot be graded at all."""
    result: ExerciseResult | None = None
    printed: str = ""
    hints: Sequence[str] = ()
    hint_end: str = ""
    status: str = ""
    """What is going on: starting, grading."""
    question: str = ""
    view: str = "exercise"
    keys: bool = True
    notes: Sequence[str] = ()


def is_screen() -> bool:
    """Whether frames may take each other's place."""
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def draw(frame: Frame) -> None:
    """Put the frame in place of the one before."""
    size = shutil.get_terminal_size((80, 24))
    text = render(frame, size.columns, size.lines)
    sys.stdout.write(f"\x1b[H\x1b[2J{text}" if is_screen() else f"{text}\n")
    sys.stdout.flush()


def render(frame: Frame, width: int, height: int) -> str:
    """The frame as text with escape sequences for its colours; the keys' line is the last, without a line end."""
    for detail in (2, 1, 0):  # all messages where there is room for them
        text = _render(frame, width, detail)
        if text.count("\n") < height:
            break
    return text


def _render(frame: Frame, width: int, detail: int) -> str:
    from rich.console import Console
    from rich.text import Text

    out = Console(
        file=io.StringIO(), force_terminal=sys.stdout.isatty(), width=max(min(width, WIDEST), 20), highlight=False
    )
    if frame.view == "help":
        for key, name, about in KEYS:
            out.print(Text.assemble("  ", (key, "bold"), f"  {name:<9} {about}"))
        out.print(Text("\nSaving a file grades what has changed in it."))
    elif frame.view == "list":
        _list(out, frame, detail)
    else:
        _exercise(out, frame, detail)
    out.print()
    _bar(out, frame.rows)
    if frame.question:
        out.print(Text(frame.question, style="bold yellow"), end="")
    elif frame.keys:
        line = Text()
        shown = KEYS if frame.view == "exercise" else (("any key", "goes back", ""), KEYS[-1])
        for key, name, _ in shown:
            line.append("  " if line else "")
            line.append(key, style="bold cyan")
            line.append(f" {name}", style="dim")
        out.print(line, end="")
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def _exercise(out: Console, frame: Frame, detail: int) -> None:
    """The exercise with all messages of its checks (2), with the first one (1), and with the checks that passed only counted (0)."""
    from rich.text import Text

    for text, style in frame.above:
        out.print(Text(text, style=style))
    if frame.above:
        out.print()
    row = frame.row
    out.print(
        Text.assemble((row.id, "bold"), (f"  {row.difficulty}, {row.minutes} min, {points(row.most)} points", "dim"))
    )
    out.print(Text(frame.title))
    out.print(Text(frame.place, style="cyan"), soft_wrap=True)
    out.print()
    if frame.problem:
        for line in frame.problem.splitlines():
            out.print(Text(f"! {line}", style="red"))
    elif frame.result is not None:
        mark, style = MARKS[frame.result.status]
        out.print(
            Text.assemble(
                (f"{mark} {WORDS[frame.result.status]}", f"bold {style}"),
                f"  {points(frame.result.points)} of {points(frame.result.max_points)} points",
            )
        )
        left = show_checks(out, frame.result, frame.printed, messages=None if detail == 2 else 1, passed=detail > 0)
        if left:
            out.print(Text("      (a taller window has room for the other messages)", style="dim"))
    elif not frame.status:
        out.print(Text(f"{row.mark} {row.state}", style=row.style))
        if row.state == NEVER[2]:
            out.print(Text("Write it at the place named above, then save the file: each save is graded.", style="dim"))
    if frame.hints:
        out.print()
        for number, hint in enumerate(frame.hints, 1):
            out.print(Text.assemble((f"hint {number}: ", "bold yellow"), hint))
    if frame.hint_end:
        out.print(Text(frame.hint_end, style="dim"))
    if frame.notes:
        out.print()
        for line in frame.notes:
            out.print(Text(line, style="yellow"))
    if frame.status:
        out.print(Text(frame.status, style="cyan"))


def _list(out: Console, frame: Frame, detail: int) -> None:
    """A line with a mark per exercise for each topic, or for each chapter where that is too long; a line per exercise of a single topic."""
    from rich.text import Text

    def mark(row: Row) -> tuple[str, str]:
        return row.mark, f"reverse {row.style}" if row.id == frame.row.id else row.style

    groups = by_topic(frame.rows)
    if len(groups) == 1:
        longest = max(len(row.name) for row in frame.rows)
        for row in frame.rows:
            count = f"{points(row.earned)}/{points(row.most)}"
            out.print(Text.assemble("  ", mark(row), f" {row.name:<{longest}}  {count:>7}  ", (row.state, row.style)))
        return
    if detail < 2:
        chapters: dict[str, list[Row]] = {}
        for topic, group in groups.items():
            chapters.setdefault(topic.partition("/")[0], []).extend(group)
        groups = chapters
    name, most = max(map(len, groups)), max(map(len, groups.values()))
    for title, group in groups.items():
        line = Text(f"{title:<{name}}  ")
        if name + 2 + most <= out.width:
            for row in group:
                line.append(*mark(row))
            line.append(" " * (most - len(group)))
        else:
            line.append(f"{sum(row.done for row in group)} of {len(group)} passed")
        earned = f"{points(sum(row.earned for row in group))} of {points(sum(row.most for row in group))} points"
        line.append(f"  {earned}" if line.cell_len + len(earned) + 2 <= out.width else "")
        out.print(line, no_wrap=True, overflow="ellipsis")


def _bar(out: Console, rows: Sequence[Row]) -> None:
    from rich.text import Text

    done, earned, most = sum(r.done for r in rows), sum(r.earned for r in rows), sum(r.most for r in rows)
    words = f"  {done} of {len(rows)} passed · {points(earned)} of {points(most)} points"
    length = max(min(out.width - len(words), 40), 5)
    full = length * done // len(rows) if rows else 0
    out.print(Text.assemble(("━" * full, "green"), ("━" * (length - full), "bright_black"), words))
