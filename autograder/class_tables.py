"""What a class run writes: scores.csv, a JSON report for each submission, class.html. Each file whole or not at all; the same bytes but for times."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from .class_page import class_page
from .course import TopicRef, write_whole
from .exports import table
from .model import ExerciseResult, Report
from .plain import clean
from .similar import Alike, Print, alike, fingerprints

if TYPE_CHECKING:
    from .classroom import ClassRun

LETTERS = {"passed": "p", "error": "e", "timed_out": "t", "not_implemented": "n"}
"""A cell of the heat map; a failed one is the digit of the tenths of its points that it has earned."""

MOST_KINDS = 200
"""Kinds of mistakes that are told apart in one exercise: a student can name exceptions at will."""
MOST_ALIKE = 300


@dataclass
class Mistake:
    """A kind of mistake in an exercise, how many made it, and one message."""

    exercise: str
    kind: str
    message: str
    submissions: int = 0


@dataclass
class ClassTables:
    """What the page shows, gathered submission by submission."""

    exercises: list[dict[str, Any]]
    names: list[str]
    cells: list[str] = field(default_factory=list)
    points: list[float] = field(default_factory=list)
    mistakes: dict[tuple[str, str], Mistake] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    """How many kinds of mistakes an exercise has so far."""
    cpu: list[tuple[float, int]] = field(default_factory=list)
    odd: list[tuple[int, str]] = field(default_factory=list)
    alike: list[Alike] = field(default_factory=list)
    usual: tuple[str, ...] = ()
    """Notes that every report has."""

    def add(self, number: int, report: Report, kinds: dict[str, str], cpu: float) -> None:
        self.cells.append("".join(letter(exercise) for exercise in report.exercises))
        self.points.append(report.points)
        self.cpu.append((cpu, number))
        self.odd += [(number, clean(note, 300)) for note in report.notes if note not in self.usual]
        for exercise in report.exercises:
            seen = set()
            for check in exercise.checks:
                kind = kinds.get(f"{exercise.id}/{check.name}", "")
                if not kind or kind in ("stub", "missing file") or kind in seen:
                    continue
                seen.add(kind)
                key = (exercise.id, kind)
                if key not in self.mistakes:
                    if self.kinds[exercise.id] >= MOST_KINDS:
                        continue
                    self.kinds[exercise.id] += 1
                    self.mistakes[key] = Mistake(exercise.id, kind, check.message)
                self.mistakes[key].submissions += 1


def letter(exercise: ExerciseResult) -> str:
    """An exercise as one cell of the heat map."""
    if exercise.status != "failed":
        return LETTERS[exercise.status]
    return str(min(int(10 * exercise.points / exercise.max_points), 9)) if exercise.max_points else "0"


def file_names(names: Sequence[str]) -> list[str]:
    """A file name for each submission: its own where every file system takes that, else what can be kept of it and a hash."""
    crowd = Counter(name.casefold() for name in names)
    found = []
    for name in names:
        kept = re.sub(r"[^\w ()+,.@=-]", "_", name).strip(". ")[:100]
        plain = (
            kept == name != ""
            and crowd[name.casefold()] == 1
            and not re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", name)
        )
        found.append(kept if plain else f"{kept}~{sha256(name.encode()).hexdigest()[:8]}")
    return found


def write_tables(run: ClassRun) -> None:
    """Write everything into OUT."""
    out = run.store.out
    ids = [f"{topic}/{name}" for topic, names in run.wanted.items() for name in names]
    titles = {
        f"{topic}/{exercise.name}": exercise.title
        for topic in run.wanted
        for exercise in run.course.topic(topic).read().exercises
    }
    tables = ClassTables([{"id": one, "title": titles[one]} for one in ids], run.names, usual=run.course.notice)
    rows: list[list[object]] = []
    files = file_names(run.names)
    most = 0.0
    for number, name in enumerate(run.names):
        report, kinds, cpu = run.report(number)
        tables.add(number, report, kinds, cpu)
        rows.append([name, *(exercise.points for exercise in report.exercises), report.points, report.max_points])
        most = report.max_points
        if number == 0:
            for about, exercise in zip(tables.exercises, report.exercises, strict=True):
                about["max"] = exercise.max_points
        write_whole(
            out / "submissions" / f"{files[number]}.json",
            json.dumps(report.to_json(), indent=2, ensure_ascii=False) + "\n",
        )
    for path in (out / "submissions").glob("*.json"):
        if path.stem not in set(files):
            path.unlink()  # a submission that is no longer there
    write_whole(out / "scores.csv", table(["submission", *ids, "points", "max_points"], rows))
    for key, names in run.wanted.items():
        _compare(run, tables, key, names)
    tables.alike.sort(key=lambda group: (-group.weight, group.exercise, group.members))
    write_whole(out / "class.html", class_page(tables, most, run.store.seed, run.grader.walls, run.grader.torch))


def _compare(run: ClassRun, tables: ClassTables, key: str, names: Sequence[str]) -> None:
    """Find like answers to the exercises of a topic."""
    answers: dict[str, list[tuple[int, Print]]] = {name: [] for name in names}
    for number, prints in run.prints(key):
        for name, one in prints.items():
            answers[name].append((number, one))
    known = _known(run.course.topic(key))
    for name, found in answers.items():
        tables.alike += alike(f"{key}/{name}", found, [prints[name] for prints in known if name in prints])
    tables.alike = sorted(tables.alike, key=lambda group: (-group.weight, group.exercise, group.members))[:MOST_ALIKE]


def _known(topic: TopicRef) -> list[dict[str, Print]]:
    """Fingerprints of the stub and of the reference."""
    from .source import stub_of

    parsed = topic.read()
    names = [exercise.name for exercise in parsed.exercises]
    return [fingerprints(text, names) for text in (stub_of(parsed), topic.solution.read_text(encoding="utf-8"))]
