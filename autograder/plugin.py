"""The pytest plugin: collects the hidden graders, gives each test its `student`, and turns outcomes into check results.

One collection serves any number of submissions: `pytest_runtestloop` hands the collected items to the engine, which runs them through the public
`pytest_runtest_protocol` hook, in forked children.
"""

from __future__ import annotations

import hashlib
import inspect
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from .checks import CheckSpec, StudentCrash, StudentError, is_stub
from .messages import Verdict, clean, verdict
from .model import CheckResult, CourseError, EngineError, Shapes
from .sandbox import Rules, Student
from .source import STUB_MESSAGE
from .worker import seed_all


@dataclass(frozen=True)
class Check:
    """One collected check."""

    topic: str
    name: str
    spec: CheckSpec
    title: str
    item: pytest.Function

    @property
    def exercise(self) -> str:
        return f"{self.topic}/{self.spec.exercise}"


@dataclass
class Outcome:
    """What became of a check."""

    result: CheckResult
    seconds: float
    kind: str = ""
    printed: str = ""
    shapes: Shapes | None = None


@dataclass
class Current:
    """The submission that the running child grades."""

    students: dict[str, Student] = field(default_factory=dict)
    seed: int = 0
    outcome: Outcome | None = None


def derived_seed(run_seed: int, check: str, side: str) -> int:
    """The seed of one check on one side. Knowing the worker's tells nothing of the grader's, which draws the hidden inputs."""
    digest = hashlib.sha256(f"{run_seed}:{check}:{side}".encode()).digest()
    return int.from_bytes(digest[:6], "big")


class GraderPlugin:
    """Given to `pytest.main`; calls `run(checks)` once everything is collected."""

    def __init__(self, root: Path, exercises: dict[str, frozenset[str]], run: Callable[[list[Check]], None]) -> None:
        self.root = root
        self.exercises = exercises
        self.run = run
        self.current = Current()
        self.problems: list[CourseError] = []

    # ----------------------------------------------------------------------------------------------------- collection

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            text = str(getattr(report, "longreprtext", "") or report.longrepr)
            self.problems.append(CourseError(f"cannot be collected:\n{text}", report.nodeid))

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if self.problems:
            raise self.problems[0]
        self.run([self._check(item) for item in session.items])
        return True

    def _check(self, item: pytest.Item) -> Check:
        path = Path(item.path)
        shown = path.relative_to(self.root).as_posix()
        topic = f"{path.parent.name}/{path.stem.removeprefix('test_')}"
        assert isinstance(item, pytest.Function)
        spec = getattr(item.function, "check_spec", None)
        if spec is None:
            raise CourseError(f"{item.name} has no @check(…)", shown, item.location[1])
        if spec.exercise not in self.exercises.get(topic, frozenset()):
            raise CourseError(
                f"{item.name} checks {spec.exercise!r}, which solutions/{topic}.py does not define",
                shown,
                item.location[1],
            )
        title = (item.function.__doc__ or "").strip().partition("\n")[0].strip()
        return Check(topic, item.name.removeprefix("test_"), spec, title, item)

    # -------------------------------------------------------------------------------------------------------- running

    @pytest.fixture
    def student(self, request: pytest.FixtureRequest) -> Student:
        path = Path(request.node.path)
        return self.current.students[f"{path.parent.name}/{path.stem.removeprefix('test_')}"]

    def run_check(self, check: Check) -> Outcome | None:
        """Run one check; None where pytest gave none.

        pytest's protocol costs more than most checks. One that asks for `student` alone has nothing to set up or take down, and is called directly.
        """
        self.current.outcome = None
        if set(check.item.fixturenames) == {"student", "request"} and not check.item.own_markers:
            self._call(check.item.obj, {"student": self.current.students[check.topic]}, check)
        else:
            check.item.config.hook.pytest_runtest_protocol(item=check.item, nextitem=None)
        return self.current.outcome

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        wanted = inspect.signature(pyfuncitem.obj).parameters
        arguments = {name: value for name, value in pyfuncitem.funcargs.items() if name in wanted}
        self._call(pyfuncitem.obj, arguments, self._check(pyfuncitem))
        return True

    def _call(self, function: Callable[..., Any], arguments: dict[str, Any], check: Check) -> None:
        student = self.current.students[check.topic]
        rules = Rules(check.exercise, check.spec.seconds, check.spec.rng, check.spec.mutates)
        shared = student.shares_worker(check.exercise)
        started = time.perf_counter()
        error = self._attempt(function, arguments, student, rules, check)
        if error is not None and (
            (shared and _worth_another_worker(error, student)) or (isinstance(error, StudentCrash) and error.killed)
        ):
            # Another exercise ran in this worker before: what it left behind must not cost this one its points. Nor must the memory
            # that some other submission takes.
            student.seat.restart()
            error = self._attempt(function, arguments, student, rules, check)
        self.current.outcome = self._outcome(check, student, error, time.perf_counter() - started)

    def _attempt(
        self, function: Callable[..., Any], arguments: dict[str, Any], student: Student, rules: Rules, check: Check
    ) -> BaseException | None:
        name = f"{check.topic}/{check.name}"
        seed = derived_seed(self.current.seed, name, "grader")
        seed_all(seed)
        student.begin(rules, derived_seed(self.current.seed, name, "worker"))
        try:
            function(**arguments)
        except (EngineError, KeyboardInterrupt):
            raise
        except (Exception, pytest.fail.Exception) as error:
            return error
        return None

    def _outcome(self, check: Check, student: Student, error: BaseException | None, seconds: float) -> Outcome:
        if error is None:
            return Outcome(CheckResult(check.name, "passed", check.spec.points, check.spec.points), seconds)
        found: Verdict = verdict(
            error, check.spec, check.title, student.last, student.filename, self.exercises[check.topic]
        )
        result = CheckResult(check.name, found.status, 0.0, check.spec.points, found.message)
        printed = "\n".join(map(clean, student.last.printed.splitlines()))
        return Outcome(result, seconds, found.kind, printed, found.shapes)


def _worth_another_worker(error: BaseException, student: Student) -> bool:
    """Not for what a fresh worker would meet again: a file that does not load, a stub that stands in the file."""
    if isinstance(error, StudentError) and is_stub(error):
        return STUB_MESSAGE not in (student.source or "")
    return not (isinstance(error, StudentError) and error.kind in ("missing_file", "load"))
