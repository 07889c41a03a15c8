"""A level is what was tried and held, never what was hoped for: less than was asked for is refused, with the way to get it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

if sys.platform != "linux":
    pytest.skip("there are walls on Linux only", allow_module_level=True)

from autograder import levels, walls
from autograder.levels import STRONG, level_of

from .sample import ROOT, autograder

SCRIPT = """
import json, os, sys
from pathlib import Path
from autograder import zygote
zygote.one_thread()
from autograder import levels, probes, seccomp, walls, worker
from autograder.model import CourseError, EngineError

found = {}

def stand(name, *arguments, **options):
    try:
        with levels.standing(*arguments, **options) as stands:
            found[name] = {"walls": stands.walls, "notes": stands.notes}
    except (CourseError, EngineError) as error:
        found[name] = {"refused": str(error), "kind": type(error).__name__}

stand("strong", "strong")
stand("best", "best")
stand("plain", "plain")
for wall in sorted(levels.STRONG):
    held, probes.PROBES[wall] = probes.PROBES[wall], lambda ground: False
    stand(f"strong without {wall}", "strong")
    stand(f"best without {wall}", "best")
    probes.PROBES[wall] = held

kept, walls._landlock_available = walls._landlock_available, lambda: False
stand("no Landlock", "strong")
stand("no Landlock, others", None, others=True)
walls._landlock_available = kept

def fails():
    raise seccomp.FilterError("libseccomp is missing")

kept, seccomp.compile_filter = seccomp.compile_filter, fails
stand("no libseccomp", "strong")
seccomp.compile_filter = kept

kept, seccomp.install = seccomp.install, lambda instructions: fails()
stand("seccomp fails", "best")
seccomp.install = kept

kept, walls.PROBES["seccomp"] = walls.PROBES["seccomp"], lambda ground: 1 / 0
stand("probe fails", "best")
walls.PROBES["seccomp"] = kept

os.environ["AUTOGRADER_PORTABLE"] = "1"
stand("no fork, strong", "strong")
stand("no fork, others", None, others=True)
stand("no fork, own", "best")
del os.environ["AUTOGRADER_PORTABLE"]

path, os.environ["PATH"] = os.environ["PATH"], "/nonexistent"
stand("no bubblewrap, full", "full")
stand("no bubblewrap, others", None, others=True)
os.environ["PATH"] = path

try:
    os.waitpid(-1, os.WNOHANG)
    found["children"] = True
except ChildProcessError:
    found["children"] = False
found["folders"] = os.listdir(os.environ["TMPDIR"])
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def stood(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What came of asking for levels, by situation."""
    folder = (
        Path("/tmp") / f"levels-{os.getpid()}"
    )  # workers with a user of their own pass through, as not through pytest's
    folder.mkdir(mode=0o755)
    try:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder)},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
    finally:
        shutil.rmtree(folder)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_strong_stands_here(stood: dict[str, Any]) -> None:
    """Every Linux that CI runs on can: where this fails, nothing else here says anything."""
    assert set(stood["strong"]["walls"]) >= STRONG, stood["strong"]
    assert stood["best"] == {"walls": stood["strong"]["walls"], "notes": []}
    assert stood["plain"]["walls"] == []


@pytest.mark.parametrize("wall", sorted(STRONG))
def test_a_wall_that_did_not_hold_does_not_count(stood: dict[str, Any], wall: str) -> None:
    refused = stood[f"strong without {wall}"]["refused"]
    assert refused.startswith(f"--walls strong is refused: these walls do not hold here: {wall}\n")
    assert walls.missing_advice([wall])[0] in refused
    assert "For your own work --walls best will do" in refused
    best = stood[f"best without {wall}"]
    assert set(best["walls"]) == set(stood["strong"]["walls"]) - {wall}
    assert best["notes"] == [f"Walls that do not hold here: {wall} (`nox -s doctor` says how to get them)."]
    assert level_of(tuple(best["walls"])) == "plain"


@pytest.mark.parametrize(
    ("situation", "said"),
    [
        ("no Landlock", "landlock (files, TCP, signals): needs Linux 5.13"),
        ("no Landlock, others", "--walls strong is refused"),
        ("no libseccomp", "`apt-get install libseccomp2`"),
        ("no fork, strong", "other people's work belongs on Linux with the walls up"),
        ("no fork, others", "--walls strong is refused"),
        ("no bubblewrap, full", "`apt-get install bubblewrap`"),
    ],
)
def test_less_than_asked_for_is_refused_with_advice(stood: dict[str, Any], situation: str, said: str) -> None:
    assert said in stood[situation]["refused"]
    assert stood[situation]["kind"] == "CourseError"


@pytest.mark.parametrize(
    ("situation", "said"),
    [
        ("seccomp fails", "a worker could not put up its walls: WallError: seccomp: FilterError"),
        ("probe fails", "a worker could not put up its walls: ZeroDivisionError"),
    ],
)
def test_a_wall_that_fails_stops_even_best(stood: dict[str, Any], situation: str, said: str) -> None:
    """It was thought to be possible here: then nothing runs without it."""
    assert said in stood[situation]["refused"]
    assert stood[situation]["kind"] == "EngineError"


def test_other_peoples_work_runs_strong_where_bubblewrap_is_missing(stood: dict[str, Any]) -> None:
    assert set(stood["no bubblewrap, others"]["walls"]) >= STRONG
    assert levels.BUBBLEWRAP not in stood["no bubblewrap, others"]["walls"]


def test_own_work_runs_where_there_are_no_walls(stood: dict[str, Any]) -> None:
    assert stood["no fork, own"]["walls"] == []


def test_nothing_is_left(stood: dict[str, Any]) -> None:
    assert not stood["children"]
    assert stood["folders"] == []


@pytest.mark.parametrize(
    ("held", "level"),
    [((), "plain"), (tuple(STRONG - {"seccomp"}), "plain"), (tuple(STRONG), "strong"), ((*STRONG, "uid"), "strong"),
     ((*STRONG, "bubblewrap"), "full"), (("bubblewrap",), "plain")],
)  # fmt: skip
def test_level_of_what_held(held: tuple[str, ...], level: str) -> None:
    assert level_of(held) == level


def test_the_command_refuses_with_exit_code_2() -> None:
    refused = autograder("grade", "--walls", "strong", env={"AUTOGRADER_PORTABLE": "1"})
    assert refused.returncode == 2
    assert refused.stderr.startswith("error: --walls strong is refused")
    assert "Traceback" not in refused.stderr
    assert refused.stdout == ""
