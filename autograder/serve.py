"""`python -m autograder serve SELECTOR …`: a warm engine that grades notebooks' cells, a JSON line in, a JSON line out.

For nbgrader's run and for a student's kernel, which must not import what students wrote and cannot wait for torch each time. The first line it
writes says what it grades; each request is `{"topic", "name", "shown", "cells": [[number, source], …], "only": […] or null, "seed": N or null}`, its
answer `{"report": …}` or `{"error": "…"}`. A class run on a cluster sends topic files instead: `{"grade": a submission, "seed": N}`, answered by
`{"result": …}`. It ends when its input does.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import os
import secrets
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from .cells import CodeCell, Composed, compose, in_cells
from .children import SUBMISSION_SECONDS, Child
from .course import Course, TopicRef
from .engine import Engine, Options, can_fork, run
from .model import ENGINE_ERROR, FULL_POINTS, CourseError, ExerciseResult, Report
from .source import stub_lines
from .submission import SourceFile, Submission, submission_from

if TYPE_CHECKING:
    from .engine import Graded
    from .processes import Seats, Spawner

COMPOSE_SECONDS = 20
"""Wall time that reading a notebook's cells may take; it runs in a child of its own, for hostile cells can exhaust Python's parser."""

RENEW = 60
"""Requests after which the child that answers them is replaced: whatever grading left in its memory goes with it."""


def serve(course: Course, topics: Sequence[TopicRef], options: Options) -> int:
    """Answer requests until the input ends."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)  # whatever prints by mistake does not disturb the answers

    def use(engine: Engine) -> int:
        child = GradingChild(engine) if can_fork() else None
        points: dict[str, float] = {}
        for check in engine.checks:
            points[check.exercise] = points.get(check.exercise, 0.0) + check.spec.points
        import torch

        version = torch.__version__.partition("+")[0]
        _say(out, {"ready": True, "points": points, "walls": list(engine.walls), "torch": version})
        for line in sys.stdin:
            found = child.ask(line) if child else None
            try:
                _say(out, found or respond(engine, json.loads(line)))
            except CourseError as error:
                _say(out, {"error": str(error)})
        if child:
            child.end()
        return FULL_POINTS

    try:
        return run(course, topics, options, use)
    except CourseError as error:
        _say(out, {"error": str(error)})
        raise


def _say(out: TextIO, message: dict[str, Any]) -> None:
    print(json.dumps(message), file=out, flush=True)


class GradingChild:
    """A forked child that answers one request after the other: a fork for each would cost as much as grading a short notebook.

    What ends it (cells that overwhelm Python's parser, the engine's own failure) gets no answer from here; `answer` in the server itself then
    takes a child with limits for each step.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.child: Child | None = None
        self.left = 0

    def ask(self, request: str) -> dict[str, Any] | None:
        """The child's answer; None where it ended."""
        if self.child is None or self.left == 0:
            self.end()
            self._start()
        assert self.child is not None
        self.left -= 1
        deadline = time.monotonic() + SUBMISSION_SECONDS
        with contextlib.suppress(BrokenPipeError):
            data = request.encode()
            while data:
                data = data[os.write(self.child.tasks, data) :]
            while (
                not self.child.closed and select.select([self.child.fd], [], [], max(deadline - time.monotonic(), 0))[0]
            ):
                for found in self.child.read():
                    return dict(found)
        self.end()
        return None

    def _start(self) -> None:
        from .processes import Seats

        read_fd, write_fd = os.pipe()

        def work(emit: Callable[[dict[str, Any]], None], spawner: Spawner) -> None:
            os.close(write_fd)
            engine, seats = dataclasses.replace(self.engine, spawner=spawner), Seats(spawner)
            with os.fdopen(read_fd, encoding="utf-8") as requests:
                for line in requests:
                    try:
                        emit(respond(engine, json.loads(line), seats))
                    except CourseError as error:
                        emit({"error": str(error)})

        self.child, self.left = self.engine.fork(work), RENEW
        self.child.tasks = write_fd
        os.close(read_fd)

    def end(self) -> None:
        """Replace the child before the next request."""
        if self.child is not None:
            self.child.end()
            self.child = None


def respond(engine: Engine, request: dict[str, Any], seats: Seats | None = None) -> dict[str, Any]:
    """The answer to either kind of request."""
    if "grade" not in request:
        return {"report": answer(engine, request, seats).to_json()}
    return {"result": _graded(engine, submission_from(request["grade"]), int(request["seed"]), seats).to_json()}


def _graded(engine: Engine, submission: Submission, seed: int, seats: Seats | None) -> Graded:
    return engine.grade(submission, seed) if seats is None else engine.grade_here(submission, seed, seats)


def answer(engine: Engine, request: dict[str, Any], seats: Seats | None = None) -> Report:
    """Grade one notebook; in this very process if it has `seats`, and so is a child that ends with what harms it, else in children of it.

    Where its file cannot be loaded as a whole (one definition raises), each exercise is graded with its own part of the cells: a definition costs
    only what needs it.
    """
    key, shown = str(request["topic"]), str(request["shown"])
    topic = next((t for t in engine.course.topics if t.key == key), None)
    if topic is None:
        raise CourseError(f"the course has no topic {key}")
    names = [exercise.name for exercise in topic.read().exercises]
    only = [name for name in names if request["only"] is None or name in request["only"]]
    cells = [CodeCell(int(number), str(source)) for number, source in request["cells"]]
    seed = request["seed"] if request["seed"] is not None else secrets.randbits(48)
    whole = _grade(
        engine, topic, request["name"], shown, composed(topic, cells, only, shown, seats is not None), only, seed, seats
    )
    if len(only) > 1 and any(did_not_load(exercise, shown) for exercise in whole.exercises):
        parts = [
            _grade(
                engine,
                topic,
                request["name"],
                shown,
                composed(topic, cells, [name], shown, seats is not None),
                [name],
                seed,
                seats,
            )
            for name in only
        ]
        notes = dict.fromkeys(note for part in [whole, *parts] for note in part.notes)
        return dataclasses.replace(
            whole, exercises=tuple(exercise for part in parts for exercise in part.exercises), notes=tuple(notes)
        )
    return whole


def did_not_load(exercise: ExerciseResult, shown: str) -> bool:
    """Whether the file as a whole failed, and not the exercise alone."""
    return (
        exercise.points == 0
        and exercise.status in ("error", "timed_out")
        and all(
            f"while {shown} was loaded" in check.message
            or not check.message.startswith(("Called    ", "Missing", "Raised    SyntaxError"))
            for check in exercise.checks
        )
    )


def _grade(
    engine: Engine,
    topic: TopicRef,
    name: str,
    shown: str,
    composed: Composed,
    only: Sequence[str],
    seed: int,
    seats: Seats | None,
) -> Report:
    file = SourceFile(shown, composed.text, problems=composed.problems)
    submission = Submission(
        name, {topic.key: file}, frozenset(f"{topic.key}/{exercise}" for exercise in only), composed.notes
    )
    report = _graded(engine, submission, seed, seats).report
    exercises = tuple(
        exercise
        if exercise.id.rpartition("/")[2] in composed.problems
        else dataclasses.replace(
            exercise,
            checks=tuple(
                dataclasses.replace(c, message=in_cells(c.message, shown, composed.lines)) for c in exercise.checks
            ),
        )
        for exercise in report.exercises
    )
    return dataclasses.replace(report, exercises=exercises)


def given_cells(topic: TopicRef) -> list[CodeCell]:
    """The course's own code cells of a topic: what every notebook starts from."""
    exercises = {exercise.cell.line for exercise in topic.read().exercises}
    return [
        CodeCell(0, "\n".join(stub_lines(cell)))
        for cell in topic.read().cells
        if not cell.markdown and cell.line not in exercises
    ]


def composed(
    topic: TopicRef, cells: Sequence[CodeCell], names: Sequence[str], shown: str, alone: bool = False
) -> Composed:
    """`compose`, in a child with limits where that is possible; where this process is one itself, with limits that end it."""
    given = given_cells(topic)
    if not can_fork():
        return compose(cells, names, given, shown)
    if alone:
        with _cpu_seconds(COMPOSE_SECONDS // 2):
            return compose(cells, names, given, shown)
    read_fd, write_fd = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 70
        try:
            import resource

            resource.setrlimit(resource.RLIMIT_CPU, (COMPOSE_SECONDS // 2, COMPOSE_SECONDS // 2))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            os.close(read_fd)
            with os.fdopen(write_fd, "w", encoding="utf-8", errors="replace") as out:
                json.dump(dataclasses.asdict(compose(cells, names, given, shown)), out)
            code = 0
        finally:
            os._exit(code)
    os.close(write_fd)
    deadline = time.monotonic() + COMPOSE_SECONDS
    data = _read_all(read_fd, deadline)
    late = time.monotonic() >= deadline
    if late:
        os.kill(pid, signal.SIGKILL)  # else it has closed the pipe, and is about to end
    _, status, used = os.wait4(pid, 0)
    try:
        found = json.loads(data)
    except ValueError:
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        if killed and not late and used.ru_utime + used.ru_stime < COMPOSE_SECONDS // 2 - 1:
            # By somebody else, not by its limits: the cells are not to blame.
            return Composed("", (), dict.fromkeys(names, ENGINE_ERROR.format("the grader ended early")), ())
        why = f"Raised    {shown} could not be read: its cells overwhelm Python's parser\nNext      Remove the cell that holds no ordinary code."
        return Composed("", (), dict.fromkeys(names, why), ("the cells could not be read as Python",))
    return Composed(
        found["text"], tuple((cell, line) for cell, line in found["lines"]), found["problems"], tuple(found["notes"])
    )


@contextlib.contextmanager
def _cpu_seconds(seconds: int) -> Iterator[None]:
    """Let the kernel end this process where the body takes more CPU time."""
    import resource

    before, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(time.process_time()) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, (before, hard))


def _read_all(fd: int, deadline: float) -> bytes:
    parts = []
    with os.fdopen(fd, "rb", buffering=0) as pipe:
        while (left := deadline - time.monotonic()) > 0 and select.select([pipe], [], [], left)[0]:
            chunk = pipe.read(1 << 16)
            if not chunk:
                break
            parts.append(chunk)
    return b"".join(parts)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("selectors", nargs="*", metavar="TOPIC")
    parser.add_argument("--others", action="store_true")
    parser.add_argument("--walls", choices=("best", "plain", "strong", "full"))


def main(arguments: argparse.Namespace) -> int:
    """The command."""
    course = Course.at(arguments.root)
    for selector in arguments.selectors:
        course.check_selector(selector)
    topics = [
        t
        for t in course.topics
        if not arguments.selectors or any(t.key == s or t.chapter == s for s in arguments.selectors)
    ]
    return serve(course, topics, Options(arguments.walls, others=arguments.others))
