"""The course on disk: chapters, topics, exercises, selectors; stubs and chapter pages generated from `solutions/`."""

from __future__ import annotations

import ast
import difflib
import functools
import json
import os
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from .model import CourseError
from .source import Exercise, Topic, definition_span, read_topic, split_cells, stub_of

CHAPTER = re.compile(r"^\d\d_\w+$")
RECORD = ".generated.json"
"""In exercises/: the hash of each file as it was last generated, which tells a student's edit from an old stub."""

TABLE_MARK = "<!-- exercises -->"


BUNDLED = "autograder/stubs"
"""In a students' bundle: the topics with their hints and without their solutions."""

NOTICE = "only the visible examples were run; the hidden checks decide the points"


def lessons(root: Path) -> Path:
    """Where a course keeps its topics: solutions/, or in a students' bundle their stubs."""
    return root / "solutions" if not (root / BUNDLED).is_dir() else root / BUNDLED


@dataclass(frozen=True)
class TopicRef:
    """One topic: `key` is `NN_chapter/topic` under every root."""

    root: Path
    key: str

    @property
    def solution(self) -> Path:
        return lessons(self.root) / f"{self.key}.py"

    @property
    def exercise(self) -> Path:
        return self.root / "exercises" / f"{self.key}.py"

    @property
    def chapter(self) -> str:
        return self.key.partition("/")[0]

    @property
    def name(self) -> str:
        return self.key.partition("/")[2]

    @property
    def grader(self) -> Path:
        return self.root / "autograder" / "graders" / self.chapter / f"test_{self.name}.py"

    @property
    def variants(self) -> Path:
        return self.grader.with_name(f"variants_{self.name}.py")

    def read(self) -> Topic:
        return _read(self.solution, f"solutions/{self.key}.py", self.solution.stat().st_mtime_ns)


@functools.lru_cache(maxsize=256)
def _read(path: Path, shown: str, changed: int) -> Topic:
    return read_topic(path, shown)


@dataclass(frozen=True)
class Course:
    """All topics that have a solution, in order."""

    root: Path
    topics: tuple[TopicRef, ...]

    @classmethod
    def at(cls, root: Path) -> Course:
        """The course in folder `root`."""
        root = root.resolve()
        folder = lessons(root)
        keys = (
            sorted(
                f"{path.parent.name}/{path.stem}" for path in folder.glob("*/*.py") if CHAPTER.match(path.parent.name)
            )
            if folder.is_dir()
            else []
        )
        if not keys:
            raise CourseError("holds no chapter: is this the course's own folder?", folder)
        return cls(root, tuple(TopicRef(root, key) for key in _teaching_order(root, keys)))

    @property
    def notice(self) -> tuple[str, ...]:
        """What every report on this course says."""
        return (NOTICE,) if (self.root / BUNDLED).is_dir() else ()

    @property
    def chapters(self) -> list[str]:
        return list(dict.fromkeys(topic.chapter for topic in self.topics))

    def topic(self, key: str) -> TopicRef:
        return next(topic for topic in self.topics if topic.key == key)

    def ids(self) -> list[str]:
        """Ids of all exercises, in order."""
        return [f"{topic.key}/{exercise.name}" for topic in self.topics for exercise in topic.read().exercises]

    def select(self, selectors: Sequence[str]) -> list[str]:
        """Ids of the exercises that any selector is a prefix of; all for none. A whole id selects that exercise alone.

        Raises:
            CourseError: for a selector that selects nothing; names the near ones.
        """
        ids = self.ids()
        for selector in selectors:
            self.check_selector(selector, ids)
        chosen: set[str] = set()
        for selector in selectors:  # `training/fit` is fit, and not fit_line too
            exact = normal_selector(selector)
            chosen |= {exact} if exact in ids else {i for i in ids if _selects(selector, i)}
        return [i for i in ids if not selectors or i in chosen]

    def check_selector(self, selector: str, ids: Sequence[str] | None = None) -> None:
        """Raise CourseError unless `selector` selects something. Without `ids`, chapter and topic alone are checked (no file is read)."""
        wanted = normal_selector(selector)
        if ids is None and "/" not in wanted and not any(topic.key.startswith(wanted) for topic in self.topics):
            return  # perhaps an exercise's bare name: to be looked up later, since that reads the solutions
        known = list(ids) if ids is not None else [topic.key for topic in self.topics]
        if ids is None and wanted.count("/") >= 2:
            wanted = "/".join(wanted.split("/")[:2])
        if any(_selects(wanted, i) for i in known) or (ids is None and any(wanted.startswith(key) for key in known)):
            return
        parts = sorted(
            {part for i in self.ids() for part in (i, i.rpartition("/")[0], i.partition("/")[0], i.rpartition("/")[2])}
        )
        near = difflib.get_close_matches(wanted, parts, n=4, cutoff=0.5) or difflib.get_close_matches(
            wanted.rpartition("/")[2], parts, n=4, cutoff=0.5
        )
        selected = [  # by what is most alike first, which is the order of `near`
            i for name in near for i in self.ids() if i == name or i.startswith(name + "/") or i.endswith("/" + name)
        ]
        full = list(dict.fromkeys(selected))[:4] or self.chapters
        raise CourseError(
            f"no exercise is selected by {selector!r}; near ones: {', '.join(full)}. `nox -s list` shows all."
        )


def normal_selector(selector: str) -> str:
    """A selector as prefix of an id: a path to a stub file counts as its topic."""
    text = selector.replace("\\", "/").removeprefix("./").strip("/")
    for root in ("exercises/", "solutions/"):
        text = text.removeprefix(root)
    return text.removesuffix(".py")


def _selects(selector: str, exercise: str) -> bool:
    wanted = normal_selector(selector)
    return exercise.startswith(wanted) or exercise.rpartition("/")[2] == wanted


def _teaching_order(root: Path, keys: list[str]) -> list[str]:
    """Topics in the order in which the chapter's README names them (`1. [creating](creating.py)`), the rest by name."""

    def position(key: str) -> tuple[str, int, str]:
        chapter, _, name = key.partition("/")
        order = _named_topics(lessons(root) / chapter / "README.md")
        return chapter, order.index(name) if name in order else len(order), name

    return sorted(keys, key=position)


@functools.lru_cache(maxsize=64)
def _named_topics(readme: Path) -> list[str]:
    if not readme.is_file():
        return []
    match = re.search(r"<!-- topics: ([\w ,]+) -->", readme.read_text(encoding="utf-8"))
    return [name.strip() for name in match[1].split(",")] if match else []


def signatures(topic: Topic) -> dict[str, list[str] | None]:
    """Parameter names of each exercise; None for a class."""
    found: dict[str, list[str] | None] = {}
    for exercise in topic.exercises:
        node = ast.parse("\n".join(exercise.cell.lines)).body[0]
        if isinstance(node, ast.FunctionDef):
            found[exercise.name] = [a.arg for a in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]]
        else:
            found[exercise.name] = None
    return found


# ------------------------------------------------------------------------------------------------------------ generate


def points_of(topic: TopicRef) -> dict[str, float]:
    """Points of each exercise: the sum over the grader's `@check(…)` lines, read without importing it."""
    points: dict[str, float] = {}
    if not topic.grader.is_file():
        return points
    for node in ast.parse(topic.grader.read_text(encoding="utf-8")).body:
        for decorator in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
            if (
                isinstance(decorator, ast.Call)
                and isinstance(decorator.func, ast.Name)
                and decorator.func.id == "check"
            ):
                arguments = {keyword.arg: keyword.value for keyword in decorator.keywords}
                name = ast.literal_eval(decorator.args[0])
                value = decorator.args[1] if len(decorator.args) > 1 else arguments.get("points")
                points[name] = points.get(name, 0) + (float(ast.literal_eval(value)) if value is not None else 1.0)
    return points


def chapter_page(course: Course, chapter: str) -> str:
    """The chapter's README in exercises/: the hand-written introduction with the exercise table."""
    lines = ["| exercise | task | points | difficulty | minutes |", "| --- | --- | ---: | --- | ---: |"]
    total_points, total_minutes = 0.0, 0
    for topic in (t for t in course.topics if t.chapter == chapter):
        points = points_of(topic)
        lines.append(f"| **[{topic.name}]({topic.name}.py)** | {topic.read().title} | {sum(points.values()):g} | | |")
        for exercise in topic.read().exercises:
            total_points += points.get(exercise.name, 0)
            total_minutes += exercise.minutes
            lines.append(
                f"| `{exercise.name}` | {exercise.title.replace('|', chr(92) + '|')} | {points.get(exercise.name, 0):g} | {exercise.difficulty} | "
                f"{exercise.minutes} |"
            )
    lines.append(f"| all | | {total_points:g} | | {total_minutes} |")
    intro_path = lessons(course.root) / chapter / "README.md"
    intro = intro_path.read_text(encoding="utf-8") if intro_path.is_file() else f"# {chapter}\n\n{TABLE_MARK}\n"
    if TABLE_MARK not in intro:
        raise CourseError(
            f"has no line `{TABLE_MARK}` where the exercise table goes; add it", f"solutions/{chapter}/README.md"
        )
    return f"<!-- generated from solutions/{chapter}; do not edit -->\n\n" + intro.replace(TABLE_MARK, "\n".join(lines))


def generated_files(course: Course) -> dict[str, str]:
    """Path below exercises/ -> content, for every generated file."""
    files = {f"{topic.key}.py": stub_of(topic.read()) for topic in course.topics}
    files |= {f"{chapter}/README.md": chapter_page(course, chapter) for chapter in course.chapters}
    return dict(sorted(files.items()))


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]


def _record(course: Course) -> dict[str, str]:
    path = course.root / "exercises" / RECORD
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {str(key): str(value) for key, value in found.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def write_whole(path: Path, text: str) -> None:
    """Write a file whole or not at all; what is no file (`/dev/stdout`, a pipe) is written to, never replaced, nor is a link."""
    path = path.resolve()
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        # Names of files may hold bytes that are no text: `\udcff` stands for such a one, in JSON too.
        part.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


@dataclass(frozen=True)
class Generated:
    """What `generate` did or would do."""

    written: tuple[str, ...]
    kept: tuple[str, ...]
    """Files that a student has edited: differ from the new stub and from the last generated one."""
    stale: tuple[str, ...]
    """Files that differ from what solutions/ gives, whoever changed them; what CI looks at."""


def generate(course: Course, *, check: bool = False) -> Generated:
    """Write stubs and chapter pages; never over a student's edit."""
    record, new_record = _record(course), {}
    written, kept, stale = [], [], []
    for name, text in generated_files(course).items():
        path = course.root / "exercises" / name
        new_record[name] = _digest(text)
        old = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else None
        if old == text:
            continue
        stale.append(name)
        if old is not None and _digest(old) != record.get(name):
            kept.append(name)
            # The last generated version stays on record: the student's file is still an edit of that one.
            new_record[name] = record.get(name, new_record[name])
        elif not check:
            write_whole(path, text)
            written.append(name)
    content = json.dumps(new_record, indent=1, sort_keys=True) + "\n"
    path = course.root / "exercises" / RECORD
    if not path.is_file() or path.read_text(encoding="utf-8") != content:
        if check:
            stale.append(RECORD) if not kept else None
        else:
            write_whole(path, content)
    return Generated(tuple(written), tuple(kept), tuple(stale))


# --------------------------------------------------------------------------------------------------------------- reset


def reset(course: Course, selector: str) -> list[str]:
    """Put stubs back for one exercise, topic or chapter; the old texts are kept. Returns what was done, a line each."""
    ids = course.select([selector])
    wanted = normal_selector(selector)
    done: list[str] = []
    for topic in course.topics:
        chosen = [i.rpartition("/")[2] for i in ids if i.rpartition("/")[0] == topic.key]
        if not chosen:
            continue
        parsed = topic.read()
        stub = stub_of(parsed)
        path = topic.exercise
        old = path.read_bytes() if path.is_file() else None
        whole = topic.key.startswith(wanted) or len(chosen) == len(parsed.exercises) > 1
        try:
            new = stub if whole or old is None else _with_stub(old.decode("utf-8"), parsed, chosen)
        except (SyntaxError, UnicodeDecodeError) as error:
            raise CourseError(
                f"cannot be read as Python ({error.__class__.__name__}), so one exercise cannot be cut out; `nox -s reset -- {topic.key}` "
                "starts the whole topic afresh and keeps your text",
                f"exercises/{topic.key}.py",
                getattr(error, "lineno", None),
            ) from None
        what = topic.key if whole else ", ".join(f"{topic.key}/{name}" for name in chosen)
        if old is not None and old.decode("utf-8", "replace") == new:
            done.append(f"{what}: is as it came already")
            continue
        if old is not None:
            kept = _keep_old(course, topic, old)
            done.append(f"{what}: starts afresh; your old text is in {kept.relative_to(course.root).as_posix()}")
        else:
            done.append(f"{what}: written anew (the file was missing)")
        write_whole(path, new)
    return done


def _with_stub(text: str, topic: Topic, names: list[str]) -> str:
    for exercise in topic.exercises:
        if exercise.name not in names:
            continue
        lines = text.split("\n")
        span = definition_span(text, exercise.name)
        if span is None:
            lines += ["", exercise.cell.header, *exercise.stub.split("\n"), ""]
        else:
            lines[span[0] : span[1]] = exercise.stub.split("\n")
        text = "\n".join(lines)
    return text


def _keep_old(course: Course, topic: TopicRef, old: bytes) -> Path:
    stamp = time.strftime("%Y-%m-%d_%H%M%S")
    folder = course.root / "exercises" / ".kept"
    path = folder / f"{stamp}_{topic.chapter}_{topic.name}.py"
    number = 1
    while path.exists():
        number += 1
        path = folder / f"{stamp}-{number}_{topic.chapter}_{topic.name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(old)
    return path


def find_exercise(course: Course, selector: str) -> tuple[TopicRef, Exercise]:
    """The one exercise that `selector` names.

    Raises:
        CourseError: where it selects none, or several.
    """
    ids = course.select([selector])
    exact = [i for i in ids if i == normal_selector(selector) or i.rpartition("/")[2] == normal_selector(selector)]
    ids = exact or ids
    if len(ids) > 1:
        named = ", ".join(ids[:8]) + (f" and {len(ids) - 8} more" if len(ids) > 8 else "")
        raise CourseError(f"{selector!r} selects {len(ids)} exercises; name one: {named}")
    key, _, name = ids[0].rpartition("/")
    topic = course.topic(key)
    return topic, next(e for e in topic.read().exercises if e.name == name)


__all__ = [
    "Course",
    "Generated",
    "TopicRef",
    "find_exercise",
    "generate",
    "generated_files",
    "reset",
    "split_cells",
    "write_whole",
]
