"""What a student has done so far: `exercises/.progress.json`, which moves with the folder and outlives updates of the course.

It is a comfort, never a judge: where it cannot be read or written, that is said once and everything else goes on. Each change reads the file anew
under a lock and writes it whole, so that `watch` and `grade` side by side lose nothing of one another's.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .answers import Answer, answers
from .course import Course, TopicRef, points_of, write_whole
from .model import STATUSES, ExerciseResult

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

NAME, LOCK = ".progress.json", ".progress.lock"
SCHEMA = 1


@dataclass(frozen=True)
class Entry:
    """One exercise, as it was last graded. Times are UTC, ISO 8601 in whole seconds; empty for never."""

    status: str = ""
    points: float = 0.0
    max_points: float = 0.0
    graded: str = ""
    passed: str = ""
    task: str = ""
    """Digest of the stub when it was last graded."""
    answer: str = ""
    """Digest of the code that was last graded."""
    hints: int = 0
    """The highest hint that was shown."""
    gave_up: str = ""
    """When the solution was shown before the exercise had passed."""


@dataclass(frozen=True)
class Task:
    """What the course asks today."""

    topic: TopicRef
    name: str
    digest: str
    """Of the stub."""

    @property
    def points(self) -> float:
        """Read from the grader when asked for: most commands need those of few exercises."""
        return _points(self.topic, _changed_at(self.topic.grader)).get(self.name, 0.0)


@functools.lru_cache(maxsize=256)
def _points(topic: TopicRef, changed: int) -> dict[str, float]:
    return points_of(topic)


def _changed_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


@dataclass
class Store:
    """The progress file of the course at `root`. `say` is told of troubles, each once."""

    root: Path
    say: Callable[[str], None]
    entries: dict[str, Entry] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    """Ids that the course had when something was last recorded: what is not among them is new."""
    _said: set[str] = field(default_factory=set)
    _keep: bool = True
    """Whether the file may be written: not over one that cannot be read."""

    @property
    def path(self) -> Path:
        return self.root / "exercises" / NAME

    def load(self) -> Store:
        """Read the file; one that is damaged is put aside."""
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return self
        except UnicodeDecodeError:
            self._put_aside("is no UTF-8 text")
            return self
        except OSError as error:
            self._keep = False
            self._say_once(
                f"exercises/{NAME} cannot be read ({error.strerror}): progress is neither shown nor noted; "
                "make the file readable, or delete it to begin anew"
            )
            return self
        try:
            self.entries, self.known = _parsed(text)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            self._put_aside(str(error) or type(error).__name__)
        return self

    def change(self, ids: Mapping[str, Callable[[Entry], Entry]], known: Iterable[str] = ()) -> None:
        """Change some entries: read, change, write, with other processes kept out meanwhile."""
        with _locked(self.root / "exercises" / LOCK):
            self.load()
            for exercise, changed in ids.items():
                self.entries[exercise] = changed(self.entries.get(exercise, Entry()))
            self.known |= frozenset(known)
            if not self._keep:
                return
            content = {
                "schema": SCHEMA,
                "known": sorted(self.known),
                "exercises": {key: asdict(entry) for key, entry in sorted(self.entries.items())},
            }
            try:
                write_whole(self.path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
            except OSError as error:
                self._say_once(
                    f"exercises/{NAME} cannot be written ({error.strerror}): progress is not noted, grading goes on; "
                    "`nox -s doctor` looks into it"
                )

    def _put_aside(self, why: str) -> None:
        aside = self.path.with_name(f".progress.damaged-{datetime.now():%Y-%m-%d_%H%M%S}.json")
        try:
            os.replace(self.path, aside)
            kept = f"it is kept as exercises/{aside.name}, and progress begins anew"
        except OSError:
            self._keep = False
            kept = "it cannot be moved out of the way, so progress is not noted"
        self._say_once(f"exercises/{NAME} is damaged ({why.splitlines()[0][:120]}): {kept}")

    def _say_once(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self.say(text)


def _parsed(text: str) -> tuple[dict[str, Entry], frozenset[str]]:
    """Entries and known ids of a progress file.

    Raises:
        ValueError: says what is wrong with it.
    """
    found = json.loads(text)
    if not isinstance(found, dict) or not isinstance(found.get("exercises"), dict):
        raise ValueError("it has no exercises")
    if found.get("schema") != SCHEMA:
        raise ValueError(f"its schema is {found.get('schema')!r}, this course reads {SCHEMA}")
    names = {name: type(value) for name, value in asdict(Entry()).items()}
    entries = {}
    for key, values in found["exercises"].items():
        for name, kind in names.items():
            value = values.get(name, kind())
            if not isinstance(value, (int, float) if kind is float else kind) or isinstance(value, bool):
                raise ValueError(f"{key}: {name} is {value!r}")
        if values.get("status", "") not in ("", *STATUSES):
            raise ValueError(f"{key}: status is {values['status']!r}")
        entries[str(key)] = Entry(**{name: values[name] for name in names if name in values})
    return entries, frozenset(map(str, found.get("known", ())))


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Keep other processes out, where the file system can: the operating system lets go when this process ends."""
    try:
        file = open(path, "a+b")  # noqa: SIM115 - a context manager that may have none
    except OSError:
        yield
        return
    with file:
        try:
            if sys.platform == "win32":
                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
            else:
                fcntl.flock(file, fcntl.LOCK_EX)
        except OSError:
            pass  # a network drive without locks: the file is still written whole
        yield


def now() -> str:
    """UTC, ISO 8601 in whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local(stamp: str) -> str:
    """A stored time as the student's clock would show it; empty for none, as it is for one that is no time."""
    try:
        return datetime.fromisoformat(stamp).astimezone().strftime("%Y-%m-%d %H:%M") if stamp else ""
    except (ValueError, OverflowError, OSError):
        return stamp


def opened(course: Course, say: Callable[[str], None] | None = None) -> Store:
    """The course's progress, read."""
    return Store(course.root, say or _to_stderr).load()


def _to_stderr(text: str) -> None:
    print(f"Note: {text}.", file=sys.stderr)


def tasks(course: Course) -> dict[str, Task]:
    """What each exercise of the course asks today, in teaching order."""
    return {
        f"{topic.key}/{exercise.name}": Task(topic, exercise.name, exercise.task_hash)
        for topic in course.topics
        for exercise in topic.read().exercises
    }


def changed(entry: Entry, task: Task) -> bool:
    """Whether an exercise that was graded before asks for something else now."""
    return bool(entry.task) and (entry.task != task.digest or entry.max_points != task.points)


def changed_lines(course: Course, store: Store, today: Mapping[str, Task], ids: list[str] | None = None) -> list[str]:
    """For each exercise that passed and whose task has changed since: a sentence on it and what to do."""
    lines = []
    for exercise, task in today.items():
        entry = store.entries.get(exercise)
        if entry is None or not entry.passed or not changed(entry, task) or (ids is not None and exercise not in ids):
            continue
        what = f", {entry.max_points:g} points then and {task.points:g} now" if entry.max_points != task.points else ""
        lines.append(
            f"the task of {exercise} has changed since you passed it ({local(entry.passed)}{what}): `nox -s grade -- {exercise}` grades "
            f"what you have; `nox -s reset -- {exercise}` shows the new task and keeps your text"
        )
    return lines


def unfinished(store: Store, today: Mapping[str, Task], exercise: str) -> bool:
    """Whether an exercise waits: not passed when it was last graded, or the task is another since."""
    entry = store.entries.get(exercise)
    return entry is None or entry.status != "passed" or changed(entry, today[exercise])


def next_unfinished(store: Store, today: Mapping[str, Task], after: str | None, ids: list[str]) -> str | None:
    """The next exercise of `ids` that waits: behind `after`, then from the start; None when all have passed."""
    start = ids.index(after) + 1 if after in ids else 0
    return next((i for i in [*ids[start:], *ids[:start]] if i != after and unfinished(store, today, i)), None)


def where_left(store: Store, today: Mapping[str, Task], ids: list[str]) -> str:
    """The exercise of `ids` to go on with: the one graded last where it waits, else the next that does; the last one where none does."""
    graded = {i: store.entries[i].graded for i in ids if i in store.entries and store.entries[i].graded}
    latest = [i for i in graded if graded[i] == max(graded.values())]
    waiting = next((i for i in latest if unfinished(store, today, i)), None)
    after = latest[-1] if latest else None
    return waiting or next_unfinished(store, today, after, ids) or after or ids[0]


def record(
    store: Store,
    today: Mapping[str, Task],
    results: Iterable[ExerciseResult],
    given: Mapping[str, Answer],
) -> None:
    """Note what grading gave. An untouched stub that was never tried leaves no trace."""
    stamp = now()
    changes: dict[str, Callable[[Entry], Entry]] = {}

    def noting(result: ExerciseResult, answer: Answer | None) -> Callable[[Entry], Entry]:
        def note(entry: Entry) -> Entry:
            return replace(
                entry,
                status=result.status,
                points=float(result.points),
                max_points=float(result.max_points),
                graded=stamp,
                passed=stamp if result.status == "passed" else entry.passed,
                task=today[result.id].digest if result.id in today else entry.task,
                answer=answer.digest if answer else "",
            )

        return note

    for result in results:
        answer = given.get(result.id)
        if answer is not None and not answer.attempted and result.id not in store.entries:
            continue
        changes[result.id] = noting(result, answer)
    store.change(changes, list(today))


def answers_of(course: Course, texts: Mapping[str, str | None]) -> dict[str, Answer]:
    """What the student's files say, by exercise id: topic key -> text, None where there is none. A file that is no Python says nothing."""
    found: dict[str, Answer] = {}
    for key, text in texts.items():
        if text is None:
            continue
        with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            found |= {f"{key}/{name}": answer for name, answer in answers(course.topic(key).read(), text).items()}
    return found


def remember(store: Store, exercise: str, **values: Any) -> None:
    """Set single fields of one exercise's entry; `hints` never goes down."""

    def change(entry: Entry) -> Entry:
        if "hints" in values:
            values["hints"] = max(entry.hints, values["hints"])
        return replace(entry, **values)

    store.change({exercise: change})
