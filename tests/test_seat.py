"""The topics of a submission share a worker: none is helped or harmed by what another left there."""

from __future__ import annotations

import json
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from autograder.clock import Meter, Times
from autograder.processes import SHARED_SECONDS, Seat, Seats
from tests.sample import ROOT, autograder

SOLUTIONS = {
    "first": '''\
# %% [markdown]
# # First

# %%
import torch
from torch import Tensor


# %% difficulty="easy" minutes=1
def plus_one(x: Tensor) -> Tensor:
    """Return x + 1, a new tensor."""
    # BEGIN SOLUTION
    # HINT Add.
    # HINT Add one.
    # HINT return x + 1
    return x + 1
    # END SOLUTION
''',
    "second": '''\
# %% [markdown]
# # Second

# %%
import os

import numpy as np
import torch
from torch import Tensor


# %% difficulty="easy" minutes=1
def positive(x: Tensor) -> Tensor:
    """Return x where it is positive, else 0."""
    # BEGIN SOLUTION
    # HINT A function of torch.
    # HINT A short name.
    # HINT return torch.relu(x)
    return torch.relu(x)
    # END SOLUTION


# %% difficulty="easy" minutes=1
def files() -> list[str]:
    """Return the names in the current folder."""
    # BEGIN SOLUTION
    # HINT A function of os.
    # HINT listdir.
    # HINT return os.listdir()
    return os.listdir()
    # END SOLUTION


# %% difficulty="easy" minutes=1
def products(a: np.ndarray, b: np.ndarray) -> float:
    """Return the sum of the products of a and b."""
    # BEGIN SOLUTION
    # HINT Multiply.
    # HINT Sum.
    # HINT return float((a * b).sum())
    return float((a * b).sum())
    # END SOLUTION


# %% difficulty="easy" minutes=1
def dotted(a: np.ndarray, b: np.ndarray) -> float:
    """Return np.dot of a and b."""
    # BEGIN SOLUTION
    # HINT NumPy has it.
    # HINT dot.
    # HINT return float(np.dot(a, b))
    return float(np.dot(a, b))
    # END SOLUTION
''',
}

GRADERS = {
    "first": '''\
import torch
from autograder.checks import assert_close, check


@check("plus_one")
def test_adds(student):
    """adds one"""
    assert_close(student.plus_one(torch.zeros(2)), torch.ones(2))
''',
    "second": '''\
import numpy as np
import torch
from autograder.checks import assert_close, assert_equal, check


@check("positive")
def test_positive(student):
    """leaves out what is negative"""
    assert_close(student.positive(torch.tensor([-1.0, 2.0])), torch.tensor([0.0, 2.0]))


@check("files")
def test_empty(student):
    """runs in an empty folder"""
    assert_equal(student.files(), [])


@check("products")
def test_without_dot(student):
    """sums the products without dot"""
    assert_close(student.without("dot", numpy=["dot"]).products(np.ones(3), np.ones(3)), 3.0)


@check("dotted")
def test_dot_is_back(student):
    """uses dot"""
    assert_close(student.dotted(np.ones(3), np.ones(3)), 3.0)
''',
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("two")
    for name, text in SOLUTIONS.items():
        write(root / f"solutions/00_two/{name}.py", text)
        write(root / f"autograder/graders/00_two/test_{name}.py", GRADERS[name])
    return root


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


SECOND = ("positive", "files", "products", "dotted")
LEFT = {
    "nothing": "",
    "a function gone": "import torch\ntorch.relu = None\n",
    "a function wrong": "import torch\ntorch.relu = lambda x: x\n",
    "modules gone": "import sys\nsys.modules['os'] = sys.modules['numpy'] = None\n",
    "dot gone": "import numpy\nnumpy.dot = None\n",
    "a file": "open('left_here', 'w').write('x')\n",
    "listdir gone": "import os\nos.listdir = None\n",
    "switches": "import torch\ntorch.set_default_dtype(torch.float64)\ntorch.set_grad_enabled(False)\n",
}
"""What the first topic does when it is loaded."""


@pytest.fixture(scope="module")
def statuses(course: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """Submission -> exercise -> status, of one class run."""
    folder, out = tmp_path_factory.mktemp("class"), tmp_path_factory.mktemp("out")
    submissions = {name: (text + SOLUTIONS["first"], SOLUTIONS["second"]) for name, text in LEFT.items()}
    submissions["exits"] = ("import os\nos._exit(3)\n" + SOLUTIONS["first"], SOLUTIONS["second"])
    uses_a_name_of_the_first = SOLUTIONS["second"].replace("return os.listdir()", "return system.listdir()")
    submissions["names"] = ("import os as system\n" + SOLUTIONS["first"], uses_a_name_of_the_first)
    reaps = SOLUTIONS["second"].replace("return os.listdir()", "return [] if hasattr(os, 'planted') else ['none']")
    submissions["plants"] = ("import os\nos.planted = 1\n" + SOLUTIONS["first"], SOLUTIONS["second"])
    submissions["plants, then reaps"] = (SOLUTIONS["first"], reaps)
    for name, texts in submissions.items():
        for topic, text in zip(SOLUTIONS, texts, strict=True):
            write(folder / name / f"00_two/{topic}.py", f"{text}# {name}\n")  # two of one text would be graded once
    autograder("grade-class", folder, "--out", out, "--workers", "1", root=course)
    found = {}
    for name in submissions:
        report = json.loads((out / f"submissions/{name}.json").read_text(encoding="utf-8"))
        found[name] = {exercise["id"].rpartition("/")[2]: exercise["status"] for exercise in report["exercises"]}
    return found


@pytest.mark.parametrize("left", LEFT)
def test_what_a_topic_leaves_costs_the_next_nothing(statuses: dict[str, dict[str, str]], left: str) -> None:
    assert statuses[left] == dict.fromkeys(("plus_one", *SECOND), "passed")


def test_a_topic_that_ends_the_worker_costs_its_own_points_alone(statuses: dict[str, dict[str, str]]) -> None:
    assert statuses["exits"] == {"plus_one": "error", **dict.fromkeys(SECOND, "passed")}


def test_names_of_a_topic_are_not_anothers(statuses: dict[str, dict[str, str]]) -> None:
    assert statuses["names"] == {**dict.fromkeys(("plus_one", *SECOND), "passed"), "files": "error"}


def test_nobody_gets_a_worker_that_served_another(statuses: dict[str, dict[str, str]]) -> None:
    assert statuses["plants"]["files"] == "passed"
    assert statuses["plants, then reaps"]["files"] == "failed"


COUNT = """
import sys
from pathlib import Path
from autograder import engine, processes, zygote
from autograder.course import Course
from autograder.submission import read_submission
zygote.one_thread()
course = Course.at(Path(sys.argv[1]))
keys = [topic.key for topic in course.topics]
spawned = []
spawn = processes.Zygote.spawn
processes.Zygote.spawn = lambda self, **how: spawned.append(1) or spawn(self, **how)

def use(running):
    submission = read_submission(course, Path(sys.argv[2]), "reference", keys, "solutions")
    spawned.clear()
    print(running.grade_here(submission, 1).report.full, len(spawned))
    return 0

engine.run(course, course.topics, engine.Options("best"), use)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux")
def test_one_worker_serves_all_topics_of_a_submission(course: Path, tmp_path: Path) -> None:
    """Also one that writes files, which its next topic does not find, and where NumPy's functions are refused for a while."""
    write(tmp_path / "00_two/first.py", LEFT["a file"] + SOLUTIONS["first"])
    write(tmp_path / "00_two/second.py", SOLUTIONS["second"])
    done = subprocess.run(
        [sys.executable, "-c", COUNT, str(course), str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["True", "1"]


@pytest.mark.parametrize(("cpu", "kept"), [(SHARED_SECONDS - 1, True), (SHARED_SECONDS + 1, False)])
def test_a_worker_that_has_computed_for_long_gets_no_further_topic(cpu: float, kept: bool) -> None:
    ended = []
    meter: Any = types.SimpleNamespace(now=lambda: Times(0.0, cpu))
    worker: Any = types.SimpleNamespace(meter=meter, end=lambda: ended.append(1))
    seat = Seat(types.SimpleNamespace(), process=worker)  # type: ignore[arg-type]
    seat.leave()
    assert (seat.process is worker, not ended) == (kept, kept)


def test_without_knowledge_of_its_time_a_worker_is_kept() -> None:
    worker: Any = types.SimpleNamespace(meter=Meter())
    seat = Seat(types.SimpleNamespace(), process=worker)  # type: ignore[arg-type]
    seat.leave()
    assert seat.process is worker


def test_seats_are_shared_by_the_topics_of_one_submission_alone() -> None:
    given: list[Any] = []
    seats = Seats(types.SimpleNamespace(release=given.append))  # type: ignore[arg-type]
    ann = seats.take("ann", ["a"])
    ann.process = "ann's worker"  # type: ignore[assignment]
    assert seats.take("ann", ["b", "c"]) is ann
    again = seats.take("ann", ["c"])
    assert again is not ann, "what was graded before is graded afresh"
    assert given == ["ann's worker"]
    assert seats.take("bob", ["d"]) is not again
