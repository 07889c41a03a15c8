"""A student's files as `watch` follows them: which were saved, and which exercises that changed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from .answers import Answer, answers
from .course import Course
from .submission import SourceFile, read_source

EMPTY = 0.5
"""Seconds for which an empty file is taken for one that is just being written."""


def outside(path: Path) -> object:
    """What a file looks like without reading it; the error's number where that cannot be seen."""
    try:
        found = path.stat()
        return found.st_mtime_ns, found.st_size, found.st_ino, found.st_mode
    except OSError as error:
        return error.errno


@dataclass(frozen=True)
class Look:
    """What a look at the files found."""

    touched: tuple[str, ...] = ()
    """Topics whose file is another than at the last look."""
    changed: tuple[str, ...] = ()
    """Exercises of those that were begun and whose code is another."""
    reset: tuple[str, ...] = ()
    """Exercises of those that are untouched stubs now and were not before."""


@dataclass
class Edits:
    """The files of the exercises `ids`."""

    course: Course
    ids: list[str]
    texts: dict[str, SourceFile] = field(default_factory=dict)
    given: dict[str, Answer] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    """Topics whose file is no Python just now."""
    emptied: dict[str, float] = field(default_factory=dict)
    """Topics whose file is empty, and since when: perhaps an editor is about to write it."""
    _seen: dict[str, object] = field(default_factory=dict)

    @property
    def topics(self) -> list[str]:
        return list(dict.fromkeys(i.rpartition("/")[0] for i in self.ids))

    def ids_of(self, topic: str) -> list[str]:
        return [i for i in self.ids if i.rpartition("/")[0] == topic]

    def take_course(self, course: Course, ids: Sequence[str]) -> None:
        """Another state of the course: all files are looked at anew."""
        self.course, self.ids = course, list(ids)
        self._seen.clear()

    def look(self) -> Look:
        """Read the files that look another than before."""
        touched: list[str] = []
        changed: list[str] = []
        reset: list[str] = []
        for topic in self.topics:
            now = outside(self.course.root / "exercises" / f"{topic}.py")
            if topic in self._seen and now == self._seen[topic]:
                continue
            file = read_source(self.course.root / "exercises", topic, "exercises")
            if file.text == "" and topic in self._seen:
                since = self.emptied.setdefault(topic, time.monotonic())
                if time.monotonic() < since + EMPTY:
                    continue
            self.emptied.pop(topic, None)
            self._seen[topic] = now
            touched.append(topic)
            before = {i: self.given.get(i) for i in self.ids_of(topic)}
            self._take(topic, file)
            for i, old in before.items():
                new = self.given.get(i)
                if new is None or file.text is None or (old is not None and old.digest == new.digest):
                    continue
                (changed if new.attempted else reset).append(i)
        return Look(tuple(touched), tuple(changed), tuple(reset))

    def _take(self, topic: str, file: SourceFile) -> None:
        self.texts[topic] = file
        self.broken.discard(topic)
        if file.text is None:
            return
        wanted = self.ids_of(topic)
        try:
            found = {f"{topic}/{name}": a for name, a in answers(self.course.topic(topic).read(), file.text).items()}
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            self.broken.add(topic)
            digest = f"broken:{sha256(file.text.encode('utf-8', 'replace')).hexdigest()[:16]}"
            found = dict.fromkeys(wanted, Answer(getattr(error, "lineno", None), True, digest))
        self.given |= {i: found[i] for i in wanted if i in found}

    def readable(self, exercise: str) -> bool:
        """Whether there is a text that can be graded."""
        file = self.texts.get(exercise.rpartition("/")[0])
        return file is not None and file.text is not None and exercise in self.given

    def problem(self, topic: str) -> str:
        """Why the topic's file cannot be read; empty where it can."""
        file = self.texts.get(topic)
        return file.problem or "" if file is not None else ""
