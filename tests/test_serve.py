"""The warm engine behind `check` and `nbgrader autograde`: whatever is killed in the middle of a request, nobody waits for ever, points are those
that were earned, and the next request works."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from autograder import notebook
from autograder.client import GradingServer
from autograder.course import Course
from autograder.model import CheckResult, EngineError, ExerciseResult, Report
from autograder.release import nbgrader, release
from tests.handed_in import FULL, RIGHT, write
from tests.sample import ROOT, SAMPLE, children

pytestmark = [pytest.mark.skipif(sys.platform != "linux", reason="children are forked on Linux alone")]

IMPORTS = "import torch\nfrom torch import nn"
CELLS = list(enumerate([IMPORTS, *RIGHT.values()], 1))
SLEEPS = "import time\ndef double(x):\n    time.sleep(0.4)\n    return 2 * x"
SLOW = [*CELLS, (9, SLEEPS)]
"""Right as well; `double` is called twice."""


class Warm:
    """A server that has answered one request: its first child is the zygote, its second the one that grades."""

    def __init__(self) -> None:
        self.server = GradingServer(SAMPLE, ["00_sample"], others=True, walls="strong")
        assert self.points(CELLS) == FULL

    @property
    def zygote(self) -> int:
        return children(self.pid)[0]

    @property
    def pid(self) -> int:
        process = self.server.server.process
        assert process is not None
        return process.pid

    def report(self, cells) -> Report:
        return self.server.grade("00_sample/basics", "ada", "basics.ipynb", cells)

    def points(self, cells) -> dict[str, float]:
        return {exercise.id.rpartition("/")[2]: exercise.points for exercise in self.report(cells).exercises}

    def graders(self) -> list[int]:
        return children(self.pid)[1:]

    def during(self, cells, act) -> SimpleNamespace:
        """Ask, call `act` while the first call of the student's code is on its way, and wait for the answer."""
        got = SimpleNamespace(report=None, error=None)

        def ask() -> None:
            try:
                got.report = self.report(cells)
            except Exception as error:
                got.error = error

        asking = threading.Thread(target=ask)
        asking.start()
        end = time.monotonic() + 30
        zygote = self.zygote
        while not children(zygote) and time.monotonic() < end:
            time.sleep(0.01)
        act(asking)
        asking.join(90)
        assert not asking.is_alive(), "the caller waits for ever"
        return got


@pytest.fixture(scope="module")
def warm():
    made = Warm()
    yield made
    made.server.close()


def scores(report: Report) -> dict[str, float]:
    return {exercise.id.rpartition("/")[2]: exercise.points for exercise in report.exercises}


def kill(*pids: int) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_a_grading_child_killed_in_a_request_costs_nobody_a_point(warm):
    before = warm.graders()
    got = warm.during(SLOW, lambda _: kill(*before))
    assert scores(got.report) == FULL
    assert not got.report.broke
    assert warm.points(CELLS) == FULL
    assert set(warm.graders()).isdisjoint(before)


def test_one_killed_between_two_requests_is_not_missed(warm):
    kill(*warm.graders())
    time.sleep(0.1)
    assert warm.points(CELLS) == FULL


def test_killed_whenever_it_grades_is_an_engine_error_and_no_points(warm):
    def kill_all(asking: threading.Thread) -> None:
        while asking.is_alive():
            kill(*warm.graders())
            time.sleep(0.02)

    report = warm.during(SLOW, kill_all).report
    assert report.broke
    assert report.points == 0
    for exercise in report.exercises:
        for check in exercise.checks:
            assert (check.status, check.message) == (
                "error",
                "engine error, not yours: the grader ended early; grade again",
            )
    assert warm.points(SLOW) == FULL


def test_killed_at_random_moments_it_never_gives_what_was_not_earned(warm):
    draw = random.Random()
    wrong = [*SLOW, (10, "def descend(model, X, y, lr):\n    return 0.0")]
    for _ in range(6):

        def at_some_time(_: object) -> None:
            time.sleep(draw.uniform(0, 1))
            kill(*warm.graders()[:1])

        assert scores(warm.during(wrong, at_some_time).report) == {**FULL, "descend": 0}
        assert warm.points(CELLS) == FULL


def test_a_server_killed_in_a_request_is_started_anew_once(warm):
    got = warm.during(SLOW, lambda _: kill(warm.pid))
    assert scores(got.report) == FULL

    def kill_each(asking: threading.Thread) -> None:
        while asking.is_alive():
            process = warm.server.server.process
            if process is not None and process.poll() is None:
                process.kill()
            time.sleep(0.05)

    got = warm.during(SLOW, kill_each)
    assert isinstance(got.error, EngineError)
    assert "the grading process ended" in str(got.error)
    assert warm.points(CELLS) == FULL


def test_a_zygote_killed_in_a_request_is_no_lasting_damage(warm):
    got = warm.during(SLOW, lambda _: kill(warm.zygote))
    assert got.report is not None
    assert got.report.broke or scores(got.report) == FULL
    assert warm.points(CELLS) == FULL


def test_a_notebooks_check_asks_again_after_an_engine_error(monkeypatch):
    def report(*checks: CheckResult) -> Report:
        return Report("notebook", "", "", (), 1, (ExerciseResult("00_sample/basics/double", "error", 0.0, checks),))

    answers = [
        report(
            CheckResult("doubles", "error", 0.0, 1.0, "engine error, not yours: the grader ended early; grade again")
        ),
        report(CheckResult("doubles", "passed", 1.0, 1.0)),
    ]
    topic = Course.at(SAMPLE).topic("00_sample/basics")
    monkeypatch.setattr(notebook, "_last", {})
    monkeypatch.setattr(notebook, "executed_cells", lambda: [(1, "def double(x): ...")])
    monkeypatch.setattr(notebook, "_servers", {topic.key: SimpleNamespace(grade=lambda *a, **k: answers.pop(0))})
    assert notebook._graded(topic, "double")[0].points == 0
    assert notebook._graded(topic, "double")[0].points == 1
    assert notebook._graded(topic, "double")[0].points == 1  # and what counts is not asked for again
    assert answers == []


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_nbgrader_records_nothing_where_the_engine_failed(tmp_path):
    from nbgrader.api import Gradebook

    release(Course.at(SAMPLE), "00_sample", tmp_path)
    write(tmp_path, ["right"])
    path = tmp_path / "submitted/right/00_sample/basics.ipynb"
    path.write_text(
        path.read_text(encoding="utf-8").replace(json.dumps(RIGHT["double"]), json.dumps(SLEEPS)), encoding="utf-8"
    )
    command = [sys.executable, "-m", "nbgrader", "autograde", "00_sample", "--GradeNotebook.walls=strong"]
    path_here = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=(tmp_path / "log").open("w"),
        env={**os.environ, "PYTHONPATH": str(ROOT), "PATH": path_here},
    )
    end = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < end:
        for server in children(process.pid):
            kill(*children(server)[1:])
        time.sleep(0.02)
    said = (tmp_path / "log").read_text(encoding="utf-8")
    assert process.poll() == 1, said[-3000:]
    assert "the engine failed on right's basics; nothing was recorded: autograde again" in said

    def found() -> list[float | None]:
        with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as book:
            return [book.find_grade(f"{name}_check", "basics", "00_sample", "right").auto_score for name in FULL]

    assert found() == [None, None, None]
    assert nbgrader("autograde", "00_sample", cwd=tmp_path).returncode == 0
    assert found() == list(FULL.values())
