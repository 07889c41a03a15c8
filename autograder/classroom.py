"""`grade-class FOLDER --out OUT`: grades a folder of submissions, resumes where it was stopped, writes scores and a page.

One collection of the hidden checks serves all. Submissions are read as they are needed, and a result is on disk as soon as it is there, so the
memory that a run takes does not grow with the class. Exit codes: 0 all submissions are graded, whatever their points; 2 the course or the command is
wrong, or the engine failed on a submission twice; 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from . import __version__
from .cells import in_cells
from .class_progress import ClassProgress
from .course import Course, TopicRef
from .engine import Engine, Options, run
from .gather import Gathered, gather
from .model import FULL_POINTS, WRONG_COURSE_OR_COMMAND, CourseError, Report
from .reading import Read, Reader, Request
from .results import (
    Lock,
    Spool,
    Store,
    broke,
    common,
    exercises_of,
    result_key,
    topic_digest,
)
from .serve import did_not_load
from .similar import Print
from .submission import SourceFile, Submission

READ_AHEAD = 2
"""Submissions that are read beyond those that are graded."""


class Grader(Protocol):
    """What grades: this process's engine, or a cluster of them."""

    walls: tuple[str, ...]
    torch: str
    notes: tuple[str, ...]

    def reference(self, submission: Submission, seed: int) -> dict[str, Any]:
        """The result of the reference solutions."""
        ...

    def grade_all(self, submissions: Iterable[Submission], seed: int) -> Iterator[tuple[int, dict[str, Any]]]:
        """Position and result of each, in any order."""
        ...


class LocalGrader:
    """The engine of this process, with some children."""

    def __init__(self, engine: Engine, workers: int) -> None:
        import torch

        self.engine, self.workers = engine, workers
        self.walls, self.notes = engine.walls, engine.notes
        self.torch = torch.__version__.partition("+")[0]

    def reference(self, submission: Submission, seed: int) -> dict[str, Any]:
        # In this process: what the first grading loads and computes, the children find done.
        return self.engine.grade_here(submission, seed).to_json()

    def grade_all(self, submissions: Iterable[Submission], seed: int) -> Iterator[tuple[int, dict[str, Any]]]:
        for position, graded in self.engine.grade_many(submissions, seed, workers=self.workers):
            yield position, graded.to_json()


@dataclass(frozen=True)
class Task:
    """One topic file of one submission."""

    number: int
    topic: str
    key: str
    file: SourceFile
    lines: tuple[tuple[int, int], ...] = ()
    exercise: str = ""
    """Where a notebook is graded in parts: the one exercise of this part."""


@dataclass
class ClassRun:
    """A run over a class."""

    course: Course
    gathered: Gathered
    wanted: dict[str, list[str]]
    """Topic -> names of the exercises that are graded."""
    reader: Reader
    store: Store
    spool: Spool
    grader: Grader
    progress: ClassProgress
    about: dict[str, Any] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    failed: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Results that are not stored: the engine failed."""
    in_parts: set[tuple[int, str]] = field(default_factory=set)
    graded: int = 0

    @property
    def names(self) -> list[str]:
        return [source.name for source in self.gathered.sources]

    def prepare(self) -> None:
        """Grade the reference, and fix what all results of this run have in common."""
        solutions = {
            key: SourceFile(f"solutions/{key}.py", self.course.topic(key).solution.read_text(encoding="utf-8"))
            for key in self.wanted
        }
        result = self.grader.reference(Submission("reference", solutions, self.ids()), self.store.seed)
        lost = next((exercise for exercise in exercises_of(result) if exercise.status != "passed"), None)
        if lost is not None:
            why = next(check.message for check in lost.checks if check.status != "passed")
            raise CourseError(
                f"the reference solution does not earn full points, so nothing was graded: {lost.id}\n{why}\nMend the grader or the solution: "
                f"`nox -s verify -- {lost.id}` shows more"
            )
        self.about = common(self.grader.torch, self.grader.walls, self.store.seed)
        self.digests = {key: topic_digest(self.course.topic(key)) for key in self.wanted}
        self.store.record(self.about, self.digests)

    def ids(self) -> frozenset[str]:
        return frozenset(f"{key}/{name}" for key, names in self.wanted.items() for name in names)

    def grade(self) -> None:
        """Grade what has no result yet; what the engine failed on, and notebooks that do not load as a whole, once more."""
        everything = tuple(self.wanted)
        self._grade(Request(number, everything) for number in range(len(self.names)))
        if self.in_parts:
            self._grade([Request(number, (topic,), True) for number, topic in sorted(self.in_parts)])
        if self.failed:
            again = sorted(
                {(number, topic) for number in range(len(self.names)) for topic in self._failed_topics(number)}
            )
            self.failed.clear()
            self.progress.begin_again()
            self._grade([Request(number, (topic,), (number, topic) in self.in_parts) for number, topic in again])

    def _failed_topics(self, number: int) -> list[str]:
        keys = self.spool.read("keys", number)
        return [topic for topic, key in keys.items() if key in self.failed]

    def _grade(self, requests: Iterable[Request]) -> None:
        under_way: dict[int, Task] = {}
        parts: dict[str, dict[str, dict[str, Any]]] = {}

        def submissions() -> Iterator[Submission]:
            busy: set[str] = set()
            for task in self._tasks(requests):
                name = f"{task.key}/{task.exercise}"
                if name in busy:
                    if not task.exercise:
                        self.progress.advance(task.number, cached=True)
                    continue  # the same file as another's
                busy.add(name)
                under_way[count_up()] = task
                names = [task.exercise] if task.exercise else self.wanted[task.topic]
                only = frozenset(f"{task.topic}/{one}" for one in names)
                yield Submission(self.names[task.number], {task.topic: task.file}, only)

        count = iter(range(1 << 60))

        def count_up() -> int:
            return next(count)

        for position, result in self.grader.grade_all(submissions(), self.store.seed):
            task = under_way.pop(position)
            self.graded += 1
            self._take(task, result, parts)

    def _tasks(self, requests: Iterable[Request]) -> Iterator[Task]:
        """What is to be graded, read as it is asked for."""
        for request, found in self.reader.read_all(requests, READ_AHEAD):
            if request.parts:
                key = self.spool.read("keys", request.number)[request.topics[0]]
                yield from self._parts(request, found, key)
                continue
            keys = {
                topic: result_key(
                    self.about, topic, self.digests[topic], self.wanted[topic], file, found.lines.get(topic, ())
                )
                for topic, file in found.files.items()
            }
            if self.spool.read("keys", request.number) is None:
                self._note(request.number, found, keys)
            for topic, file in found.files.items():
                if self.store.has(keys[topic]):
                    self.progress.advance(request.number, cached=True)
                else:
                    yield Task(request.number, topic, keys[topic], file, found.lines.get(topic, ()))

    def _parts(self, request: Request, found: Read, key: str) -> Iterator[Task]:
        topic = request.topics[0]
        for exercise, file in found.parts.get(topic, {}).items():
            yield Task(request.number, topic, key, file, found.part_lines[f"{topic}/{exercise}"], exercise)

    def _note(self, number: int, found: Read, keys: Mapping[str, str]) -> None:
        self.spool.write("keys", number, keys)
        self.spool.write("notes", number, found.notes)
        for topic, names in self.wanted.items():
            prints = {
                name: [one.size, one.whole, one.grams]
                for name in names
                if (one := found.prints.get(f"{topic}/{name}")) is not None
            }
            self.spool.write(f"prints {topic}", number, prints)

    def _take(self, task: Task, result: dict[str, Any], parts: dict[str, dict[str, dict[str, Any]]]) -> None:
        """Store a result; one of a notebook with its lines given as cells."""
        if task.lines:
            result = _with_cells(result, task)
        if not task.exercise:
            notebook = task.file.shown.endswith(".ipynb")
            if (
                notebook
                and len(self.wanted[task.topic]) > 1
                and any(did_not_load(e, task.file.shown) for e in exercises_of(result))
            ):
                self.in_parts.add((task.number, task.topic))
                return
        else:
            known = parts.setdefault(task.key, {})
            known[task.exercise] = result
            if len(known) < len(self.wanted[task.topic]):
                return
            ordered = [known[name] for name in self.wanted[task.topic]]
            del parts[task.key]
            result = {
                "exercises": [one for part in ordered for one in part["exercises"]],
                "kinds": {name: kind for part in ordered for name, kind in part["kinds"].items()},
                "cpu": sum(part["cpu"] for part in ordered),
            }
        if broke(result):
            self.failed[task.key] = result
        else:
            self.store.put(task.key, result)
        self.progress.advance(task.number, failed=broke(result))

    # -------------------------------------------------------------------------------------------------------- results

    def _result(self, number: int, topic: str, key: str) -> dict[str, Any]:
        found = self.store.get(key) or self.failed.get(key)
        if found is None:
            raise CourseError(
                f"lost the result of {self.names[number]}, {topic}: run the command again", self.store.path(key)
            )
        return found

    def report(self, number: int) -> tuple[Report, dict[str, str], float]:
        """A submission's report, the kinds of its mistakes by exercise and check, and the CPU seconds of its grading."""
        keys = self.spool.read("keys", number)
        results = [self._result(number, topic, keys[topic]) for topic in self.wanted]
        exercises = {one.id: one for result in results for one in exercises_of(result)}
        notes = (*self.spool.read("notes", number), *self.course.notice)
        report = Report(
            self.names[number],
            __version__,
            self.grader.torch,
            self.grader.walls,
            self.store.seed,
            tuple(exercises[f"{topic}/{name}"] for topic, names in self.wanted.items() for name in names),
            notes,
        )
        kinds = {name: kind for result in results for name, kind in result["kinds"].items()}
        return report, kinds, sum(result["cpu"] for result in results)

    def prints(self, topic: str) -> Iterator[tuple[int, dict[str, Print]]]:
        """The fingerprints of all answers to a topic, submission by submission."""
        for number in range(len(self.names)):
            found = self.spool.read(f"prints {topic}", number) or {}
            yield number, {name: Print(size, whole, tuple(grams)) for name, (size, whole, grams) in found.items()}


def _with_cells(result: dict[str, Any], task: Task) -> dict[str, Any]:
    def mended(one: dict[str, Any]) -> dict[str, Any]:
        if one["id"].rpartition("/")[2] in task.file.problems:
            return one
        checks = [
            {**check, "message": in_cells(check["message"], task.file.shown, task.lines)} for check in one["checks"]
        ]
        return {**one, "checks": checks}

    return {**result, "exercises": [mended(one) for one in result["exercises"]]}


# ------------------------------------------------------------------------------------------------------------ command


def add_arguments(parser: argparse.ArgumentParser) -> None:
    take_words_anywhere(parser)
    parser.add_argument(
        "folder",
        type=Path,
        metavar="FOLDER",
        help="submissions: a folder of folders, or an export of nbgrader, Gradescope, Moodle",
    )
    parser.add_argument(
        "selectors", nargs="*", metavar="SELECTOR", help="prefix of an exercise id, such as 01_workflow"
    )
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="OUT",
        help="where results go; a run that was stopped goes on from there",
    )
    parser.add_argument(
        "--workers", type=int, metavar="N", help="submissions graded at a time (default: one for each processor)"
    )
    parser.add_argument("--seed", type=int, metavar="N", help="default: drawn once for OUT")
    parser.add_argument(
        "--walls",
        choices=("best", "plain", "strong", "full"),
        help="refuse to run with less (default: full where it works, else strong)",
    )
    parser.add_argument(
        "--dask", metavar="ADDRESS", help="grade on a Dask cluster: tcp://HOST:PORT, or local:N for N processes here"
    )


def take_words_anywhere(parser: argparse.ArgumentParser) -> None:
    """Let selectors stand behind options, too: argparse takes those before the first option alone."""
    parse = parser.parse_known_args

    def parse_all(args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        found, rest = parse(args, namespace)
        found.selectors = [*(found.selectors or []), *(word for word in rest if not word.startswith("-"))]
        return found, [word for word in rest if word.startswith("-")]

    parser.parse_known_args = parse_all  # type: ignore[method-assign]


def main(arguments: argparse.Namespace) -> int:
    """The command."""
    course = Course.at(arguments.root)
    if arguments.workers is not None and arguments.workers < 1:
        raise CourseError(f"--workers {arguments.workers} grades nothing: give 1 or more")
    ids = course.select(arguments.selectors)
    wanted: dict[str, list[str]] = {}
    for one in ids:
        wanted.setdefault(one.rpartition("/")[0], []).append(one.rpartition("/")[2])
    gathered = gather(arguments.folder)
    out = _out_folder(arguments.out, arguments.folder)
    topics = [course.topic(key) for key in wanted]
    reader = Reader(course, wanted, gathered.sources)
    try:
        with Lock(out), Spool(out) as spool:
            store = Store(out, arguments.seed)
            return _graded(arguments, course, topics, wanted, gathered, reader, store, spool)
    finally:
        reader.close()


def _graded(
    arguments: argparse.Namespace,
    course: Course,
    topics: list[TopicRef],
    wanted: dict[str, list[str]],
    gathered: Gathered,
    reader: Reader,
    store: Store,
    spool: Spool,
) -> int:
    def use(grader: Grader) -> int:
        from .class_tables import write_tables

        for note in grader.notes:
            print(note, file=sys.stderr)
        with ClassProgress(gathered, len(wanted)) as progress:
            this = ClassRun(course, gathered, wanted, reader, store, spool, grader, progress)
            this.prepare()
            this.grade()
        write_tables(this)
        count = len(gathered.sources)
        print(
            f"{count} submissions ({gathered.layout}), {len(this.ids())} exercises; {this.graded} topic files graded, the others were known."
        )
        print(f"written: {store.out}/scores.csv, {store.out}/class.html, {store.out}/submissions/")
        if this.failed:
            print(
                f'error: the engine failed on {len(this.failed)} topic files ("engine error" in the reports): run the command again',
                file=sys.stderr,
            )
            return WRONG_COURSE_OR_COMMAND
        return FULL_POINTS

    if arguments.dask:
        from .dask_cluster import cluster

        grading: AbstractContextManager[Grader] = cluster(arguments.dask, course, topics, arguments.walls)
        with grading as grader:
            return use(grader)
    workers: int = arguments.workers or processors()
    return run(course, topics, Options(arguments.walls, others=True), lambda engine: use(LocalGrader(engine, workers)))


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _out_folder(out: Path, folder: Path) -> Path:
    """OUT, made where it is missing; it may not lie among the submissions, nor they in it."""
    inside, place = out.resolve(), folder.resolve()
    if inside == place or inside.is_relative_to(place):
        raise CourseError(
            f"lies in {folder}: its results would be taken for a submission; give a folder outside it", f"--out {out}"
        )
    if place.is_relative_to(inside / "submissions") or place.is_relative_to(inside / "results"):
        raise CourseError(f"holds {folder} among its results; give another folder", f"--out {out}")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CourseError(f"cannot be made: {error.strerror}", f"--out {out}") from None
    return out
