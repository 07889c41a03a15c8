"""Grading: warm up once, fork the zygote, collect the hidden tests once, then one forked child per submission."""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import json
import os
import select
import selectors
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import __version__
from .children import CHILD_MEMORY, SUBMISSION_SECONDS, Child, Task, die_with_parent, limit_memory, next_for
from .course import Course, TopicRef, signatures
from .interrupts import Interrupts, remembered
from .model import (
    ENGINE_ERROR,
    CheckResult,
    CourseError,
    EngineError,
    ExerciseResult,
    Report,
    Shapes,
    Status,
    status_of,
)
from .submission import Submission, submission_from

if TYPE_CHECKING:  # imported where they are used: torch must not load before the one-thread variables are set
    from .levels import Standing
    from .plugin import Check, GraderPlugin
    from .processes import Seat, Seats, Spawner

AHEAD = 8
"""For each grading child, so many submissions are read ahead: among them it finds the next topic of the one that it is at."""

CHILD_SUBMISSIONS = 200
"""Topic files after which a grading child makes way for a fresh one: what it may gather in its memory stays small."""

GATHERED = 0.1
"""Seconds for which a child that grades many keeps its lines together: each time that it wakes its parent costs more than most checks."""

NO_WORKERS = "the process that workers are forked from has ended"


@dataclass
class Progress:
    """One finished check, as the front end sees it."""

    exercise: str
    check: CheckResult
    seconds: float
    kind: str = ""
    printed: str = ""


@dataclass
class Graded:
    """A submission's report, with what does not go into it: printed text by exercise; kinds of mistakes and shapes of shape errors by `exercise id/check name`."""

    report: Report
    printed: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    partial: bool = False
    cpu: float = 0.0
    exercise_cpu: dict[str, float] = field(default_factory=dict)
    shapes: dict[str, Shapes] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """What a class run keeps of it: exercises, kinds of mistakes, cost."""
        exercises = [dataclasses.asdict(exercise) for exercise in self.report.exercises]
        return {"exercises": exercises, "kinds": self.kinds, "cpu": self.cpu}


# -------------------------------------------------------------------------------------------------------------- engine


@dataclass
class Engine:
    """A warm engine: zygote running, tests collected. Use `with running(...) as engine`."""

    course: Course
    plugin: GraderPlugin
    spawner: Spawner
    walls: tuple[str, ...]
    checks: list[Check]
    notes: tuple[str, ...] = ()
    interrupts: Interrupts = field(default_factory=Interrupts)
    _known_signatures: dict[str, dict[str, list[str] | None]] = field(default_factory=dict)
    _ids: list[tuple[str, str]] = field(default_factory=list)
    """Id and topic of every exercise, in the course's order."""

    def exercises(self, submission: Submission) -> list[str]:
        """Ids of the exercises that `submission` is graded on, in the course's order."""
        if not self._ids:  # asked once: it looks at every file of the course
            self._ids = [(i, i.rpartition("/")[0]) for i in self.course.ids()]
        only = submission.only
        return [i for i, topic in self._ids if topic in submission.files and (only is None or i in only)]

    def grade(
        self,
        submission: Submission,
        seed: int,
        on_check: Callable[[Progress], None] | None = None,
        *,
        until: int | None = None,
    ) -> Graded:
        """Grade one submission, in a forked child where that is safe.

        After Ctrl-C, or once the descriptor `until` can be read, the report holds what was finished, marked partial.
        """
        from .processes import Seat

        plan = self._plan(submission)
        chosen = plan[1]
        lines: list[dict[str, Any]] = []

        def take(line: dict[str, Any]) -> None:
            lines.append(line)
            if on_check and "check" in line:
                on_check(
                    Progress(
                        line["exercise"], CheckResult(**line["check"]), line["seconds"], line["kind"], line["printed"]
                    )
                )

        interrupted = False
        try:
            interrupted = self.beside(
                lambda emit, spawner: self._run_checks(submission, chosen, Seat(spawner), seed, emit), take, until
            )
        except KeyboardInterrupt:
            interrupted = True
        return self._graded(submission, plan, seed, lines, interrupted or self.interrupts.asked)

    def beside(
        self,
        work: Callable[[Callable[[dict[str, Any]], None], Spawner], None],
        take: Callable[[dict[str, Any]], None],
        until: int | None = None,
    ) -> bool:
        """Run `work(emit, spawner)`, in a forked child where that is safe; each line that it emits is handed to `take`.

        Ended early, and True, once the descriptor `until` can be read; what takes too long ends with a line `late`.
        """
        if not can_fork():
            work(take, self.spawner)
            return False
        child = self.fork(work)
        try:
            wanted = [child.fd] if until is None else [child.fd, until]
            while not child.closed:
                if self.interrupts.asked:
                    return True
                left = child.deadline - time.monotonic()
                if left <= 0:
                    take({"late": True})
                    break
                ready = select.select(wanted, [], [], min(left, 1.0))[0]
                if child.fd in ready:
                    for line in child.read():
                        take(line)
                elif ready:
                    return True
        finally:
            child.end()
        return False

    def grade_here(self, submission: Submission, seed: int, seats: Seats | None = None) -> Graded:
        """Grade one submission in this process, a forked child that grades one after the other (see `fork`), in `seats` kept between them.

        Raises:
            EngineError: where the engine itself failed; this process should then end.
        """
        from .processes import Seat

        plan = self._plan(submission)
        lines: list[dict[str, Any]] = []
        seat = seats.take(submission.name, submission.files) if seats is not None else Seat(self.spawner)
        self._run_checks(submission, plan[1], seat, seed, lines.append, more=seats is not None)
        if failure := next((line["engine"] for line in lines if "engine" in line), None):
            raise EngineError(failure)
        return self._graded(submission, plan, seed, lines)

    def grade_many(
        self, submissions: Iterable[Submission], seed: int, *, workers: int = 1
    ) -> Iterator[tuple[int, Graded]]:
        """Grade submissions in `workers` forked children, each of which gets the next one when it has finished; yields position and result as they finish.

        `submissions` is read as needed, a few ahead for each worker: it may be long. Those of one name are topics of one submission; a child
        grades them together where it can. One that hangs holds up its own child only. A child that dies costs nobody a result: what it was at is
        graded again in a fresh child, unless that is where it died.
        """
        numbered = enumerate(submissions)
        if not can_fork():
            for position, submission in numbered:
                yield position, self.grade(submission, seed)
            return
        waiting: deque[Task] = deque()
        children: dict[int, Child] = {}
        selector = selectors.DefaultSelector()
        more = True
        try:
            while True:
                idle = [child for child in children.values() if child.task is None]
                while waiting and (idle or len(children) < workers):
                    child = idle.pop() if idle else self._fork_many(seed)
                    if child.fd not in children:
                        children[child.fd] = child
                        selector.register(child.fd, selectors.EVENT_READ)
                    child.begin(next_for(child, waiting, children.values()))
                while more and len(waiting) < workers * AHEAD:
                    found = next(numbered, None)
                    more = found is not None
                    if found is not None:
                        waiting.append(Task(found[0], found[1], self._plan(found[1])))
                if not waiting or not (len(children) < workers or any(c.task is None for c in children.values())):
                    if not waiting and all(child.task is None for child in children.values()):
                        return
                    if self.interrupts.asked:
                        raise KeyboardInterrupt
                    for key, _ in selector.select(1.0):
                        child = children[key.fd]
                        task = child.task
                        for line in child.read():
                            if task is None:
                                continue
                            task.lines.append(line)
                            if "done" in line or "engine" in line:
                                yield task.position, self._graded(task.submission, task.plan, seed, task.lines)
                                task = child.task = None
                    for child in list(children.values()):
                        task = child.task
                        late = task is not None and time.monotonic() > child.deadline
                        if not (child.closed or late or (task is None and child.begun >= CHILD_SUBMISSIONS)):
                            continue
                        selector.unregister(child.fd)
                        del children[child.fd]
                        child.end()
                        if task is None:
                            continue
                        if late:
                            task.lines.append({"late": True})
                        if child.begun > 1 and not late:
                            waiting.appendleft(Task(task.position, task.submission, task.plan))
                        else:
                            yield task.position, self._graded(task.submission, task.plan, seed, task.lines)
        finally:
            for child in children.values():
                child.end()
            selector.close()

    def _fork_many(self, seed: int) -> Child:
        """A child that grades one submission after the other, as they come through its pipe."""
        from .processes import Seats

        read_fd, write_fd = os.pipe()

        def work(emit: Callable[[dict[str, Any]], None], spawner: Spawner) -> None:
            os.close(write_fd)
            seats = Seats(spawner)
            lines: list[dict[str, Any]] = []
            since = time.monotonic()

            def gather(line: dict[str, Any]) -> None:
                nonlocal since
                lines.append(line)
                if "check" not in line or time.monotonic() - since > GATHERED:
                    emit({"lines": lines})
                    lines.clear()
                    since = time.monotonic()

            with os.fdopen(read_fd, encoding="utf-8") as tasks:
                for number, line in enumerate(tasks):
                    submission = submission_from(json.loads(line))
                    seat = seats.take(submission.name, submission.files)
                    # One that ends its child is graded again as the first of another, where what it earned before counts.
                    tell = gather if number else emit
                    self._run_checks(submission, self._plan(submission)[1], seat, seed, tell, more=True)

        child = self.fork(work)
        os.close(read_fd)
        child.tasks = write_fd
        return child

    def _plan(self, submission: Submission) -> tuple[list[str], list[Check]]:
        """Ids of the exercises that `submission` is graded on, and their checks, in the course's order."""
        wanted = self.exercises(submission)
        by_exercise: dict[str, list[Check]] = {exercise: [] for exercise in wanted}
        for check in self.checks:
            if check.exercise in by_exercise:
                by_exercise[check.exercise].append(check)
        return wanted, [check for checks in by_exercise.values() for check in checks]

    def fork(self, work: Callable[[Callable[[dict[str, Any]], None], Spawner], None]) -> Child:
        """Run `work` in a forked child; what it emits can be read line by line."""
        try:
            spawner = self.spawner.connect()
        except ConnectionError:
            raise EngineError(NO_WORKERS) from None
        read_fd, write_fd = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        grader = os.getpid()
        pid = os.fork()
        if pid == 0:
            code = 70
            try:
                signal.signal(
                    signal.SIGINT, signal.SIG_IGN
                )  # the parent ends us; what is finished is already on its side
                die_with_parent(grader)
                limit_memory(CHILD_MEMORY)
                os.close(read_fd)
                self.spawner.close()
                with os.fdopen(write_fd, "w", buffering=1, encoding="utf-8") as out:
                    work(lambda line: print(json.dumps(line), file=out), spawner)
                code = 0
            finally:
                os._exit(code)
        os.close(write_fd)
        spawner.close()
        return Child(pid, read_fd, time.monotonic() + SUBMISSION_SECONDS)

    def _run_checks(
        self,
        submission: Submission,
        chosen: list[Check],
        seat: Seat,
        seed: int,
        emit: Callable[[dict[str, Any]], None],
        more: bool = False,
    ) -> None:
        """Run the checks one after the other, a line each; the engine's own failures become a line, too. The seat is given up unless `more` may come."""
        from .plugin import Outcome
        from .sandbox import Student

        started = time.process_time()
        current = self.plugin.current
        current.seed, current.students = seed, {}
        for key, file in submission.files.items():
            current.students[key] = Student(seat, file.shown, file.text, file.problem, self.signatures_of(key))
        topic = None
        timed_out: set[str] = set()
        try:
            for check in chosen:
                if topic is not None and check.topic != topic:
                    seat.leave()
                topic = check.topic
                cpu = time.process_time()
                if problem := submission.files[check.topic].problems.get(check.spec.exercise):
                    outcome = Outcome(
                        CheckResult(check.name, "error", 0.0, check.spec.points, problem), 0.0, "syntax error"
                    )
                elif check.exercise in timed_out:
                    outcome = Outcome(
                        CheckResult(
                            check.name,
                            "timed_out",
                            0.0,
                            check.spec.points,
                            "Not run: an earlier check of this exercise ran out of time.",
                        ),
                        0.0,
                        "timeout",
                    )
                else:
                    found = self.plugin.run_check(check)
                    if found is None:
                        raise RuntimeError(f"{check.name} gave no outcome")
                    outcome = found
                    if outcome.result.status != "passed" and has_ended(seat.spawner):
                        raise EngineError(NO_WORKERS)  # and no failure of the student's code
                if outcome.result.status == "timed_out":
                    timed_out.add(check.exercise)
                emit(
                    {
                        "exercise": check.exercise,
                        "check": dataclasses.asdict(outcome.result),
                        "seconds": outcome.seconds,
                        "kind": outcome.kind,
                        "printed": outcome.printed,
                        "shapes": dataclasses.asdict(outcome.shapes) if outcome.shapes else None,
                        "cpu": time.process_time() - cpu,
                    }
                )
            if more:
                seat.leave()
            else:
                seat.release()
            emit({"done": True, "cpu": time.process_time() - started})
        except Exception as error:
            with contextlib.suppress(Exception):
                seat.restart()
            emit({"engine": f"{type(error).__name__}: {error}"[:500]})

    def signatures_of(self, key: str) -> dict[str, list[str] | None]:
        """Exercise -> its parameter names (None for a class), from the course."""
        if key not in self._known_signatures:
            self._known_signatures[key] = signatures(self.course.topic(key).read())
        return self._known_signatures[key]

    def _graded(
        self,
        submission: Submission,
        plan: tuple[list[str], list[Check]],
        seed: int,
        lines: list[dict[str, Any]],
        interrupted: bool = False,
    ) -> Graded:
        import torch

        wanted, chosen = plan
        done, late = any("done" in line for line in lines), any("late" in line for line in lines)
        failure = next((line["engine"] for line in lines if "engine" in line), "")
        results: dict[str, list[CheckResult]] = {exercise: [] for exercise in wanted}
        seconds = dict.fromkeys(wanted, 0.0)
        printed: dict[str, str] = {}
        kinds: dict[str, str] = {}
        cpu = dict.fromkeys(wanted, 0.0)
        shapes: dict[str, Shapes] = {}
        for line in lines:
            if "check" in line:
                exercise = line["exercise"]
                result = CheckResult(**line["check"])
                results[exercise].append(result)
                seconds[exercise] += line["seconds"]
                cpu[exercise] += line["cpu"]
                if result.status != "passed":
                    kinds[f"{exercise}/{result.name}"] = line["kind"]
                    printed.setdefault(exercise, line["printed"])
                    if line["shapes"]:
                        shapes[f"{exercise}/{result.name}"] = Shapes.from_json(line["shapes"])
        if not done and not interrupted:
            for check in chosen:
                if check.name not in {result.name for result in results[check.exercise]}:
                    why = ENGINE_ERROR.format(failure or "the grader ended early")
                    if late:
                        minutes = SUBMISSION_SECONDS // 60
                        why = f"Not run: the checks before it took more than {minutes} minutes together."
                    status: Status = "timed_out" if late else "error"
                    results[check.exercise].append(CheckResult(check.name, status, 0.0, check.spec.points, why))
        finished = [e for e in wanted if len(results[e]) == sum(check.exercise == e for check in chosen)]
        exercises = tuple(
            ExerciseResult(exercise, status_of(tuple(results[exercise])), seconds[exercise], tuple(results[exercise]))
            for exercise in finished
        )
        report = Report(
            submission.name,
            __version__,
            torch.__version__.partition("+")[0],
            self.walls,
            seed,
            exercises,
            (*submission.notes, *self.course.notice),
        )
        spent = next((line["cpu"] for line in lines if "done" in line), 0.0)
        return Graded(report, printed, kinds, interrupted, spent, cpu, shapes)


def has_ended(spawner: Spawner) -> bool:
    """Whether the zygote is gone (killed when memory ran out, for one): its end of the socket is closed."""
    control = getattr(spawner, "control", None)
    if control is None:
        return False
    poll = select.poll()
    poll.register(control, 0)  # a hang-up is told without being asked for
    return bool(poll.poll(0))


def can_fork() -> bool:
    from .levels import can_fork as forkable

    return forkable() and not os.environ.get("AUTOGRADER_PORTABLE")


@dataclass(frozen=True)
class Options:
    """How to grade: the walls wanted (None: by whose work it is), whose work, walls left out (for tests)."""

    walls: str | None = None
    others: bool = False
    without: frozenset[str] = frozenset()


def run(course: Course, topics: Sequence[TopicRef], options: Options, use: Callable[[Engine], int]) -> int:
    """Start the engine for `topics`, call `use(engine)`, take everything down again.

    The zygote is forked before any grader or solution is read: nothing of them is in the memory that workers inherit.
    """
    from . import zygote
    from .levels import standing

    zygote.load_torch()
    with (
        remembered() as interrupts,
        standing(options.walls, others=options.others, without=options.without) as stands,
    ):
        return _collect(course, topics, stands, interrupts, use)


def _collect(
    course: Course,
    topics: Sequence[TopicRef],
    stands: Standing,
    interrupts: Interrupts,
    use: Callable[[Engine], int],
) -> int:
    import pytest

    from .plugin import GraderPlugin

    code: list[int] = []

    def with_checks(checks: list[Check]) -> None:
        engine = Engine(course, plugin, stands.spawner, stands.walls, checks, stands.notes, interrupts)
        gc.collect()
        gc.freeze()  # a collection in a forked child would touch, and so copy, all that was loaded here
        missing = [topic.key for topic in topics if not any(check.topic == topic.key for check in checks)]
        if missing:
            raise CourseError("has no checks", f"autograder/graders/{missing[0].replace('/', '/test_')}.py")
        code.append(use(engine))

    for topic in topics:
        if not topic.grader.is_file():
            raise CourseError("is missing: every topic has a grader of its name", topic.grader.relative_to(course.root))
    exercises = {topic.key: frozenset(exercise.name for exercise in topic.read().exercises) for topic in topics}
    plugin = GraderPlugin(course.root, exercises, with_checks)
    problem: list[BaseException] = []

    class Reraise:
        """pytest turns exceptions of hooks into an exit code; keep the exception itself."""

        @pytest.hookimpl(wrapper=True)
        def pytest_runtestloop(self, session: pytest.Session) -> Iterator[None]:
            try:
                return (yield)
            except BaseException as error:
                problem.append(error)
                return True  # type: ignore[return-value]

    pytest.main(
        [
            "-s",
            "-p",
            "no:terminal",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:faulthandler",
            "-p",
            "no:unraisableexception",
            "-p",
            "no:threadexception",
            "-p",
            "no:logging",
            "-p",
            "no:warnings",
            "-p",
            "no:doctest",
            "-p",
            "no:junitxml",
            "--import-mode=importlib",
            "-c",
            os.devnull,
            "--rootdir",
            str(course.root),
            "--confcutdir",
            str(course.root / "autograder" / "graders"),
            *(str(topic.grader) for topic in topics),
        ],
        plugins=[plugin, Reraise()],
    )
    if problem:
        raise problem[0]
    if interrupts.asked and not code:
        raise KeyboardInterrupt  # pytest was collecting
    if plugin.problems:
        raise plugin.problems[0]
    if not code:
        raise CourseError("the graders could not be collected")
    return code[0]
