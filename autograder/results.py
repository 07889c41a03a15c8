"""The folder that a class run writes to: one run at a time, each result stored whole under the hash of its inputs, the run's seed.

OUT/run.json                the seed, drawn once, so that a resumed run gives the same bytes; what else the results hang on
OUT/results/ab/<hash>.json  the result of one topic file
OUT/.notes-<pid>            what a run has read, submission by submission; removed at its end
"""

from __future__ import annotations

import ast
import contextlib
import functools
import json
import os
import re
import secrets
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any

from . import __version__
from .course import TopicRef, signatures, write_whole
from .model import CheckResult, CourseError, ExerciseResult
from .submission import SourceFile

PACKAGE = Path(__file__).resolve().parent
RUN = "run.json"
FORMAT = 1
"""Part of every hash: raised when what is stored changes its meaning."""

JUDGES = ("engine", "serve")
"""What these modules import, and what that imports, decides on results."""

WAIT = 3.0
"""Seconds to wait for a run that is just ending."""


class Lock:
    """One run at a time in a folder. The kernel releases the lock when its holder ends, however that happens."""

    def __init__(self, out: Path) -> None:
        self.path = out / ".lock"
        self.file = self.path.open("a+", encoding="utf-8")

    def __enter__(self) -> Lock:
        end = time.monotonic() + WAIT
        while not _lock(self.file.fileno()):
            if time.monotonic() > end:
                self.file.seek(0)
                holder = self.file.read(100).strip() or "another process"
                raise CourseError(
                    f"a run by {holder} is writing to it: wait for its end, or take another --out", self.path.parent
                )
            time.sleep(0.2)
        self.file.truncate(0)
        self.file.write(f"process {os.getpid()}")
        self.file.flush()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.file.truncate(0)
        self.file.close()


def _lock(fd: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(fd, 1000, os.SEEK_SET)  # beyond what is written: a locked byte cannot be read
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


class Store:
    """Results in OUT, and the run's seed."""

    def __init__(self, out: Path, seed: int | None) -> None:
        self.out = out
        self.folder = out / "results"
        for part in [
            *self.folder.glob("*/.*.part"),
            *out.glob(".*.part"),
            *out.glob("*/.*.part"),
            *out.glob(".notes-*"),
        ]:
            part.unlink(missing_ok=True)  # of a run that was killed
        known: int | None = None
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            known = int(json.loads((out / RUN).read_text(encoding="utf-8"))["seed"])
        self.seed = seed if seed is not None else known if known is not None else secrets.randbits(48)
        if self.seed != known:
            write_whole(out / RUN, json.dumps({"schema": 1, "seed": self.seed}) + "\n")

    def record(self, about: Mapping[str, Any], digests: Mapping[str, str]) -> None:
        """Note what the results hang on, for who looks them up: see `recorded`."""
        topics: dict[str, str] = {}
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            before = json.loads((self.out / RUN).read_text(encoding="utf-8"))
            topics = before["topics"] if before["about"] == about else {}
        found = {"schema": 1, "seed": self.seed, "about": dict(about), "topics": {**topics, **digests}}
        write_whole(self.out / RUN, json.dumps(found, indent=2, sort_keys=True) + "\n")

    def path(self, key: str) -> Path:
        return result_path(self.out, key)

    def has(self, key: str) -> bool:
        """Whether there is a result; one that a power cut has left empty or damaged is none."""
        return self.get(key) is not None

    def get(self, key: str) -> dict[str, Any] | None:
        """A stored result; None where there is none."""
        return stored(self.out, key)

    def put(self, key: str, result: Mapping[str, Any]) -> None:
        write_whole(self.path(key), json.dumps({"key": key, **result}, ensure_ascii=False) + "\n")


def result_path(out: Path, key: str) -> Path:
    return out / "results" / key[:2] / f"{key}.json"


def stored(out: Path, key: str) -> dict[str, Any] | None:
    """The result that the runs into `out` have stored under `key`; None where there is none."""
    try:
        found = json.loads(result_path(out, key).read_text(encoding="utf-8"))
        return found if isinstance(found, dict) and found.get("key") == key else None
    except (OSError, ValueError):
        return None


@dataclass(frozen=True)
class Recorded:
    """What the results of the last run into a folder hang on."""

    about: dict[str, Any]
    topics: dict[str, str]
    """Topic -> its `topic_digest` when it was graded."""


def recorded(out: Path) -> Recorded:
    """What `Store.record` has noted in `out`.

    Raises:
        CourseError: where no run has graded anything into it.
    """
    path = out / RUN
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return Recorded({**found["about"], "walls": list(found["about"]["walls"])}, dict(found["topics"]))
    except OSError:
        raise CourseError("is missing: no class run has written to this folder", path) from None
    except (ValueError, KeyError, TypeError):
        raise CourseError(
            "does not say what was graded: the class run was stopped before it began, or is an old one", path
        ) from None


class Spool:
    """Records on disk, read back by number: what a run knows of each submission does not stay in memory."""

    def __init__(self, out: Path) -> None:
        self.path = out / f".notes-{os.getpid()}"
        self.file = self.path.open("w+b")
        self.places: dict[tuple[str, int], int] = {}

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *exc: object) -> None:
        self.file.close()
        self.path.unlink(missing_ok=True)

    def write(self, kind: str, number: int, record: object) -> None:
        self.file.seek(0, os.SEEK_END)
        self.places[kind, number] = self.file.tell()
        self.file.write(json.dumps(record).encode() + b"\n")

    def read(self, kind: str, number: int) -> Any:
        place = self.places.get((kind, number))
        if place is None:
            return None
        self.file.seek(place)
        return json.loads(self.file.readline())


# ------------------------------------------------------------------------------------------------------------- hashes


def judging_files(package: Path = PACKAGE) -> list[Path]:
    """The engine's own files that decide on results: what JUDGES import, directly or not."""
    found: dict[str, Path] = {}
    todo = list(JUDGES)
    while todo:
        name = todo.pop()
        path = package / f"{name}.py"
        if name in found or not path.is_file():
            continue
        found[name] = path
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level == 1:
                todo += [node.module] if node.module else [alias.name for alias in node.names]
    return [found[name] for name in sorted(found)]


def digest_of(paths: Sequence[Path]) -> str:
    """A hash of files, names and contents."""
    whole = sha256()
    for path in paths:
        data = path.read_bytes()
        whole.update(f"{path.name}:{len(data)}:".encode() + data)
    return whole.hexdigest()


def topic_digest(topic: TopicRef) -> str:
    """What a topic's results hang on beside the engine: its grader, what that imports, the exercises and their parameters."""
    files = [topic.grader]
    for path in files:  # which grows meanwhile
        text = path.read_text(encoding="utf-8")
        files += [
            other
            for other in sorted(topic.grader.parent.glob("*.py"))
            if other not in files and not other.name.startswith(("test_", "variants_")) and other.stem in text
        ]
    texts = [path.read_text(encoding="utf-8") for path in files]
    modules = {name for text in texts for name in re.findall(r"^from autograder\.(\w+) import", text, re.MULTILINE)}
    files += [path for name in sorted(modules) if (path := PACKAGE / f"{name}.py").is_file()]
    sums = topic.root / "datasets" / "SHA256SUMS"
    if sums.is_file() and any("DATASETS" in text for text in texts):
        files.append(sums)
    about = json.dumps(signatures(topic.read()), sort_keys=True)
    return sha256(f"{digest_of(files)}:{about}".encode()).hexdigest()


@functools.cache
def engine_digest() -> str:
    """The hash of the engine's own files, as this process found them."""
    return digest_of(judging_files())


def common(torch: str, walls: Sequence[str], seed: int) -> dict[str, Any]:
    """What all results of a run hang on: the course's version, the engine's own files, torch, the walls, the seed."""
    return {
        "course_version": __version__,
        "engine": engine_digest(),
        "torch": torch,
        "walls": list(walls),
        "seed": seed,
    }


def result_key(
    run: Mapping[str, Any],
    topic: str,
    digest: str,
    exercises: Sequence[str],
    file: SourceFile,
    lines: Sequence[Any] = (),
) -> str:
    """The hash of all that a result hangs on.

    Args:
        run: what is `common` to the run.
        topic, digest: the topic and its `topic_digest`.
        exercises: names of those that are graded.
        file, lines: what is graded; for a notebook the cells and lines that its messages name.
    """
    graded = [file.shown, file.text, file.problem, dict(file.problems), lines]
    about = [FORMAT, dict(run), topic, digest, sorted(exercises), graded]
    return sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()


# -------------------------------------------------------------------------------------------------------- what is stored


def exercises_of(result: Mapping[str, Any]) -> Iterator[ExerciseResult]:
    """The exercises of a stored result."""
    for one in result["exercises"]:
        checks = tuple(CheckResult(**check) for check in one["checks"])
        yield ExerciseResult(one["id"], one["status"], one["seconds"], checks)


def broke(result: Mapping[str, Any]) -> bool:
    """Whether the engine itself failed: such a result is not stored."""
    return any(check["message"].startswith("engine error") for one in result["exercises"] for check in one["checks"])
