"""The zip for students without nbgrader: stubs, notebooks, data, and grading by visible examples. No solutions, no hidden checks."""

from __future__ import annotations

import ast
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

from .client import PACKAGE_ROOT
from .course import BUNDLED, Course, TopicRef, chapter_page
from .examples import visible_grader
from .model import CourseError
from .source import BEGIN, END, HINT, STUB_LINE, stub_of

LINE = 30
"""A line of a solution or grader counts as telling from this length on; shorter ones (`return x`) stand anywhere."""

README = """# {chapter}

Exercises that grade themselves. Python 3.11, 3.12 or 3.13 and about 2 GB of disk are needed.

    python3 -m pip install nox && python3 -m nox -s grade

Write your answers in `exercises/{chapter}/`, or in the notebooks of `notebooks/{chapter}/` (`nox -s lab`), whose `check(...)` cells grade at once.
This bundle runs the examples that the docstrings show; the hidden checks of your instructor decide the points. `nox -s hint -- NAME` helps on.
"""


def bundle(course: Course, chapter: str, out: Path) -> Path:
    """Write `out`/<chapter>.zip from the released notebooks in `out`/release/<chapter>.

    Raises:
        CourseError: where anything hidden would be in it.
    """
    members = dict(sorted(_members(course, chapter, out)))
    found = leaks(course, chapter, members)
    if found:
        raise CourseError("would give hidden things away:\n  " + "\n  ".join(found[:10]), f"{chapter}.zip")
    path = out / f"{chapter}.zip"
    part = path.with_name(f".{path.name}.part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(f"{chapter}/{name}", (2020, 1, 1, 0, 0, 0))  # the same zip each time
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, data)
    part.replace(path)
    return path


def _members(course: Course, chapter: str, out: Path) -> Iterator[tuple[str, bytes]]:
    topics = [topic for topic in course.topics if topic.chapter == chapter]
    yield "README.md", README.format(chapter=chapter).encode()
    yield f"exercises/{chapter}/README.md", chapter_page(course, chapter).encode()
    yield f"{BUNDLED}/{chapter}/README.md", (course.root / "solutions" / chapter / "README.md").read_bytes()
    for topic in topics:
        yield f"exercises/{topic.key}.py", stub_of(topic.read()).encode()
        yield f"{BUNDLED}/{topic.key}.py", without_solutions(topic).encode()
        yield f"autograder/graders/{chapter}/test_{topic.name}.py", visible_grader(topic).encode()
        yield f"notebooks/{topic.key}.ipynb", (out / "release" / chapter / f"{topic.name}.ipynb").read_bytes()
    engine = PACKAGE_ROOT / "autograder"
    for path in sorted([*engine.glob("*.py"), engine / "page.html", engine / "page.css"]):
        yield f"autograder/{path.name}", path.read_bytes()
    for name in ("noxfile.py", "requirements.txt", "LICENSE"):
        yield name, (PACKAGE_ROOT / name).read_bytes()
    for path in sorted((course.root / "datasets").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(course.root).as_posix(), path.read_bytes()


def without_solutions(topic: TopicRef) -> str:
    """The topic's source with its hints, each reference replaced by the stub's line: it makes the same stubs."""
    kept: list[str] = []
    inside = False
    for line in topic.solution.read_text(encoding="utf-8").splitlines():
        mark = line.strip()
        if mark == END:
            kept.append(line[: len(line) - len(line.lstrip())] + STUB_LINE)
            inside = False
        if not inside or mark.startswith(HINT):
            kept.append(line)
        inside = inside or mark == BEGIN
    return "\n".join(kept) + "\n"


def leaks(course: Course, chapter: str, members: dict[str, bytes]) -> list[str]:
    """What of the course's solutions and hidden checks stands in the members: whole bodies anywhere, telling lines in what is made for students."""
    public = {line for topic in course.topics for line in _lines(stub_of(topic.read()))}
    public |= {line.removeprefix("# ").strip() for line in public}  # lessons, as notebooks have them
    public |= {
        line
        for topic in course.topics
        for line in _lines("\n".join(f"{HINT}{h}" for e in topic.read().exercises for h in e.hints))
    }
    blocks = {
        where: block
        for topic in course.topics
        for where, block in _hidden(topic)
        if any(len(line) >= LINE for line in block)
    }
    engine = {name for name in members if name.startswith("autograder/") and name.count("/") == 1}
    found = []
    for name, data in members.items():
        try:
            text = _text(name, data)
        except UnicodeDecodeError:
            continue
        lines = _lines(text)
        joined, alone = "\n" + "\n".join(lines) + "\n", set(lines)
        for where, block in blocks.items():
            if f"\n{chr(10).join(block)}\n" in joined and not set(block) <= public:
                found.append(f"{name} holds {where}")
            elif name not in engine:
                found += [
                    f"{name} holds a line of {where}: {line}"
                    for line in block
                    if len(line) >= LINE and line in alone and line not in public
                ]
    return found


def _text(name: str, data: bytes) -> str:
    if name.endswith(".ipynb"):
        return "\n".join("".join(cell["source"]) for cell in json.loads(data)["cells"])
    return data.decode("utf-8")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _hidden(topic: TopicRef) -> Iterator[tuple[str, list[str]]]:
    """Bodies of hidden checks, helpers and variants, and solution regions, by where they stand."""
    for path in (topic.grader, topic.variants):
        if not path.is_file():
            continue
        text = path.read_text(encoding="utf-8")
        rows = text.splitlines()
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                body = node.body[1:] if ast.get_docstring(node) is not None else node.body
                if body:
                    yield f"{path.name}:{node.name}", _lines("\n".join(rows[body[0].lineno - 1 : node.end_lineno]))
    for exercise in topic.read().exercises:
        region: list[str] | None = None
        for line in exercise.cell.lines:
            if line.strip() == END and region is not None:
                yield f"the solution of {exercise.name}", region
                region = None
            elif region is not None and line.strip() and not line.strip().startswith(HINT):
                region.append(line.strip())
            elif line.strip() == BEGIN:
                region = []
