"""Topic files in jupytext's percent format: cells, exercises, hints, and the stub cut from a solution.

A file of `solutions/` is the one source of a topic. Each exercise is a code cell that holds one top-level `def` or
`class`; what lies between `# BEGIN SOLUTION` and `# END SOLUTION` is the reference and becomes one line in the stub.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .model import CourseError

BEGIN, END, HINT = "# BEGIN SOLUTION", "# END SOLUTION", "# HINT "
STUB_LINE = 'raise NotImplementedError("Your code here")'
STUB_MESSAGE = "Your code here"
DIFFICULTIES = ("easy", "medium", "hard")
HINTS_PER_EXERCISE = 3
MAX_SOURCE = 2 * 2**20
"""Bytes of a topic file beyond which it is not read."""
CELL = re.compile(r"^# %%(?P<markdown> \[markdown\])?(?P<meta>.*)$")
META = re.compile(r'\s*(\w+)=("([^"]*)"|\d+)')


@dataclass(frozen=True)
class Cell:
    """One cell of a percent file; `line` is the 1-based line of its `# %%`."""

    markdown: bool
    meta: tuple[tuple[str, str], ...]
    line: int
    header: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines).strip("\n")

    def option(self, name: str) -> str | None:
        return dict(self.meta).get(name)


@dataclass(frozen=True)
class Exercise:
    """One exercise as its solution cell describes it."""

    name: str
    title: str
    difficulty: str
    minutes: int
    hints: tuple[str, ...]
    line: int
    cell: Cell

    @property
    def stub(self) -> str:
        """The cell's code as a student first sees it."""
        return "\n".join(stub_lines(self.cell)).strip("\n")

    @property
    def task_hash(self) -> str:
        """Changes when the task does (the stub's text), not when the reference or a hint does."""
        return hashlib.sha256(self.stub.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Topic:
    """A parsed topic file."""

    path: Path
    cells: tuple[Cell, ...]
    exercises: tuple[Exercise, ...]

    @property
    def title(self) -> str:
        """The lesson's first heading."""
        for cell in self.cells:
            if cell.markdown:
                for line in cell.lines:
                    if line.startswith("# # "):
                        return line[4:].strip()
        return self.path.stem


def split_cells(text: str) -> tuple[Cell, ...]:
    """Cut percent-format text into cells; what stands before the first `# %%` is a code cell of its own."""
    cells: list[Cell] = []
    header, start, lines = "", 1, list[str]()

    def flush() -> None:
        if header or any(line.strip() for line in lines):
            match = CELL.match(header)
            meta = tuple(
                (m[1], m[3] if m[3] is not None else m[2]) for m in META.finditer(match["meta"] if match else "")
            )
            cells.append(Cell(bool(match and match["markdown"]), meta, start, header, tuple(lines)))

    for number, line in enumerate(text.splitlines(), 1):
        if CELL.match(line):
            flush()
            header, start, lines = line, number, []
        else:
            lines.append(line)
    flush()
    return tuple(cells)


def stub_lines(cell: Cell) -> Iterator[str]:
    """The cell's lines with each solution region replaced by the stub line."""
    inside = False
    for line in cell.lines:
        if line.strip() == BEGIN:
            inside = True
            yield line[: len(line) - len(line.lstrip())] + STUB_LINE
        elif line.strip() == END:
            inside = False
        elif not inside:
            yield line


def read_topic(path: Path, shown: Path | str | None = None) -> Topic:
    """Parse and check one file of `solutions/`.

    Raises:
        CourseError: with path and line, for an unclosed or nested region, a cell with two exercises, missing or unknown
            difficulty or minutes, or another number of hints than three.
    """
    shown = shown or path
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CourseError(f"is no UTF-8 text (byte {error.start}); save it as UTF-8", shown) from None
    cells = split_cells(text)
    exercises: list[Exercise] = []
    for cell in cells:
        if cell.markdown:
            continue
        _check_regions(cell, shown)
        if any(line.strip() == BEGIN for line in cell.lines):
            exercises.append(_exercise(cell, shown))
    seen: dict[str, int] = {}
    for exercise in exercises:
        if exercise.name in seen:
            raise CourseError(
                f"exercise {exercise.name} is already defined on line {seen[exercise.name]}; rename one",
                shown,
                exercise.line,
            )
        seen[exercise.name] = exercise.line
    return Topic(path, cells, tuple(exercises))


def _check_regions(cell: Cell, shown: Path | str) -> None:
    opened: int | None = None
    for number, line in enumerate(cell.lines, cell.line + 1):
        mark = line.strip()
        if mark == BEGIN:
            if opened is not None:
                raise CourseError(
                    f"BEGIN SOLUTION inside the region opened on line {opened}; close that one first", shown, number
                )
            opened = number
        elif mark == END:
            if opened is None:
                raise CourseError("END SOLUTION without a BEGIN SOLUTION", shown, number)
            opened = None
        elif BEGIN in line or END in line:
            raise CourseError("a solution marker stands alone on its line", shown, number)
        elif mark.startswith(HINT.strip()) and opened is None:
            raise CourseError("HINT lines belong at the top of the solution region", shown, number)
    if opened is not None:
        raise CourseError("BEGIN SOLUTION is never closed", shown, opened)


def _exercise(cell: Cell, shown: Path | str) -> Exercise:
    try:
        tree = ast.parse("\n".join(cell.lines))
    except SyntaxError as error:
        raise CourseError(f"syntax error: {error.msg}", shown, cell.line + (error.lineno or 1)) from None
    definitions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    if len(definitions) != 1 or len(tree.body) != 1:
        raise CourseError(
            "an exercise cell holds exactly one top-level def or class; move the rest to a cell of its own",
            shown,
            cell.line,
        )
    node = definitions[0]
    title = (ast.get_docstring(node) or "").partition("\n")[0].strip()
    if not title:
        raise CourseError(
            f"{node.name} has no docstring; its first line is the exercise's title", shown, cell.line + node.lineno
        )
    difficulty, minutes = cell.option("difficulty"), cell.option("minutes")
    if difficulty not in DIFFICULTIES or minutes is None or not minutes.isdigit():
        raise CourseError(
            f'the cell of {node.name} needs difficulty="{"|".join(DIFFICULTIES)}" and minutes=N', shown, cell.line
        )
    hints = tuple(line.strip()[len(HINT) :].strip() for line in cell.lines if line.strip().startswith(HINT))
    if len(hints) != HINTS_PER_EXERCISE:
        raise CourseError(f"{node.name} has {len(hints)} HINT lines; write {HINTS_PER_EXERCISE}", shown, cell.line)
    return Exercise(node.name, title, difficulty, int(minutes), hints, cell.line + node.lineno, cell)


def stub_of(topic: Topic) -> str:
    """The text of the topic's file in `exercises/`."""
    parts = []
    for cell in topic.cells:
        lines = list(cell.lines if cell.markdown else stub_lines(cell))
        parts.append("\n".join([cell.header, *lines]) if cell.header else "\n".join(lines))
    return "\n".join(parts).rstrip("\n") + "\n"


def definition_span(text: str, name: str) -> tuple[int, int] | None:
    """First and one-past-last line index (0-based) of the top-level def or class `name`, decorators included; None if absent.

    Raises:
        SyntaxError: when `text` is not Python.
    """
    found = None
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef) and node.name == name:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            found = (first - 1, node.end_lineno or node.lineno)
    return found
