"""No attack of tests/attacks gets a point, a secret or a mark on anything; with a wall down some do; nothing outlives its grader."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

if sys.platform != "linux":
    pytest.skip("there are walls on Linux only", allow_module_level=True)

from autograder import bubblewrap, messages, walls

from .attacking import ATTACKS, EXERCISES, TOPIC, Attack, Ground, build, descendants, read_attacks, succeeded
from .sample import ROOT, SAMPLE

ALL = read_attacks()
OTHER_USER = 54321
"""Stands for an unprivileged user where the tests run as root."""
IS_ROOT = os.geteuid() == 0
CONFIGURATIONS = ("strong", "strong as another user", "full")
CLOSED_ELSEWHERE = {
    # What these keep out is no submission's doing: a program of root's, another process of the user's, the end of the zygote.
    "no_new_privs": "test_setuid_programs_give_nothing",
    "no_core": "test_memory_of_a_worker_is_closed_to_its_user",
    "capabilities": "test_root_without_capabilities_is_a_user_like_others",
    "uid": "test_own_user_cannot_read_roots_files",
}
BECOME = "import os, sys; os.setgroups([]); os.setgid(int(sys.argv[1])); os.setuid(int(sys.argv[1])); os.execv(sys.argv[2], sys.argv[2:])"


# ------------------------------------------------------------------------------------------------------------- running


def bubblewrap_works() -> bool:
    try:
        return (
            bubblewrap.bubblewrap_command(["true"], readable=walls.prepare().readable, fds=(), course_readable=())
            is not None
        )
    except walls.WallError:
        return False


@functools.cache
def as_other_user() -> tuple[str, ...]:
    """What goes before a command that is to run as an unprivileged user; skips where there is no such way.

    Python, its packages or this course may lie in a folder that only root enters: bubblewrap then puts an empty one in its place, with them alone in it.
    """
    become = (sys.executable, "-c", BECOME, str(OTHER_USER))
    needed = [Path(place).resolve() for place in (sys.base_prefix, sys.prefix, ROOT)]
    closed = {
        next(folder for folder in reversed((place, *place.parents)) if not _enterable(folder))
        for place in needed
        if not _all_enterable(place)
    }
    if closed:
        program = shutil.which("bwrap")
        if program is None:
            pytest.skip(
                f"another user cannot enter {', '.join(map(str, closed))}, and there is no bubblewrap to show them what is in it"
            )
        options = [program, "--dev-bind", "/", "/"]
        for folder in closed:
            options += ["--perms", "0755", "--tmpfs", str(folder)]
        inside = [place for place in needed if any(place.is_relative_to(folder) for folder in closed)]
        for place in inside:
            for parent in reversed(place.parents):
                if any(parent != folder and parent.is_relative_to(folder) for folder in closed):
                    options += ["--perms", "0755", "--dir", str(parent)]
        for place in inside:
            options += ["--ro-bind", str(place), str(place)]
        become = (*options, "--", *become)
    done = subprocess.run(
        [*become, sys.executable, "-c", "import msgpack, torch"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"this Python does not run as another user: {done.stderr.strip()[-300:]}")
    return become


def _enterable(folder: Path) -> bool:
    return bool(folder.stat().st_mode & stat.S_IXOTH)


def _all_enterable(place: Path) -> bool:
    return all(map(_enterable, (place, *place.parents)))


@contextlib.contextmanager
def ground(user: int | None = None) -> Iterator[Ground]:
    """Beneath a folder that every user may enter, as pytest's own is not."""
    folder = Path(tempfile.mkdtemp(prefix="attacks-"))
    try:
        folder.chmod(0o755)
        laid = build(folder, OTHER_USER + 1 if IS_ROOT else None)
        for path in [folder, *folder.rglob("*")] if user is not None else ():
            if path.name != "foreign":
                os.chown(path, user, user, follow_symlinks=False)
        yield laid
    finally:
        shutil.rmtree(folder)


def run(runs: dict[str, list[str]], other_user: bool = False) -> dict[str, Any]:
    """What came of the attacks, by run: a level, or one `without` a wall."""
    before = as_other_user() if other_user else ()
    with ground(OTHER_USER if other_user else None) as laid:
        setting, out = laid.folder / "setting.json", laid.folder / "out.json"
        setting.write_text(json.dumps({"ground": str(laid.folder), "runs": runs, "out": str(out)}))
        variables = {
            "COURSE_TOKEN": laid.canary,
            "HOME": str(laid.folder / "home"),
            "LD_LIBRARY_PATH": str(laid.readable),
            "PYTHONPATH": str(ROOT),
        }
        done = subprocess.run(
            [*before, sys.executable, "-m", "tests.attacking", str(setting)],
            cwd=ROOT,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            timeout=1200,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        found: dict[str, Any] = json.loads(out.read_text())
    return found


@pytest.fixture(scope="module", params=CONFIGURATIONS)
def held(request: pytest.FixtureRequest) -> dict[str, Any]:
    """All attacks against all walls."""
    if request.param == "full" and not bubblewrap_works():
        pytest.skip("bubblewrap is missing or not allowed here")
    if request.param == "strong as another user" and not IS_ROOT:
        pytest.skip("only root can become another user")
    level = request.param.partition(" ")[0]
    found: dict[str, Any] = run({level: [attack.name for attack in ALL]}, other_user="other" in request.param)[level]
    assert "refused" not in found, found["refused"]
    return found


# ------------------------------------------------------------------------------------------------------------- attacks


@pytest.mark.parametrize("attack", ALL, ids=lambda attack: attack.name)
def test_attack_gets_nothing(attack: Attack, held: dict[str, Any]) -> None:
    if attack.name not in held:
        pytest.skip(f"needs the wall {', '.join(attack.constants['ONLY'])}, which cannot stand here")
    found = held[attack.name]
    assert succeeded(attack, found) == []
    for name, exercise in found["exercises"].items():
        statuses, texts = attack.expected(name)
        assert exercise["status"] in statuses, exercise["text"]
        assert exercise["points"] == attack.points(name)
        if texts:
            assert any(text in exercise["text"] for text in texts), exercise["text"]
    assert set(found["exercises"]) == set(EXERCISES)
    assert not found["engine_error"]
    assert found["raw_control"] == []
    assert found["longest"] <= messages.LINE * messages.LINES * 2


def test_reports_name_the_walls(held: dict[str, Any]) -> None:
    assert held["walls"]
    assert all(tuple(found["walls"]) == tuple(held["walls"]) for found in held.values() if isinstance(found, dict))


def test_no_answer_takes_much_of_the_graders_memory(held: dict[str, Any]) -> None:
    """What decodes answers stays below twice the largest one above what it had."""
    assert held["memory"] < 1_200_000  # kB


def test_sending_to_a_worker_that_does_not_read_ends_at_the_deadline(held: dict[str, Any]) -> None:
    assert held["no_reader"] == "ChannelTimeout"


def test_every_attack_says_what_it_tries() -> None:
    assert len(ALL) >= 50
    for attack in ALL:
        lines = attack.text.splitlines()
        assert lines[0].startswith('"""'), attack.name
        assert lines[0].endswith('."""'), f"{attack.name}: one line"
        assert set(attack.constants["EXPECT"]) <= set(EXERCISES), attack.name
        assert all(len(expected) >= 2 for expected in attack.constants["EXPECT"].values()), (
            f"{attack.name}: name a sentence of the report"
        )
        assert set(attack.constants.get("CROSSES", ())) <= {*walls.WALLS, "bubblewrap"}, attack.name
    assert len({attack.doc for attack in ALL}) == len(ALL)


def test_every_placeholder_is_filled() -> None:
    known = (
        "COURSE|OUTSIDE|SIBLING|READABLE|SIBLING_SCRATCH|SIBLING_PID|VICTIM_PID|GRADER_PID|TCP_PORT|UDP_PORT|ABSTRACT"
    )
    for path in ATTACKS.glob("*.py"):
        assert all(re.fullmatch(known, name) for name in re.findall(r"@([A-Z_]+)@", path.read_text())), path.name


# ------------------------------------------------------------------------------------------------------- one wall down


def crossing(wall: str) -> list[str]:
    return [attack.name for attack in ALL if wall in attack.constants.get("CROSSES", ())]


@pytest.fixture(scope="module")
def down() -> dict[str, Any]:
    """For each wall, the attacks that it alone keeps from succeeding, with just that wall down."""
    possible = set(walls.prepare().wanted)
    runs = {f"strong without {wall}": crossing(wall) for wall in walls.WALLS if wall in possible and wall != "uid"}
    runs["strong without no_new_privs"] = ["reads_the_solutions"]
    if bubblewrap_works():
        runs["full without bubblewrap"] = crossing("bubblewrap")
        if IS_ROOT:
            runs["full without uid"] = crossing("uid")
    runs |= {key: ["zygote"] for key in ("best", "best without parent_death")}
    return run(runs)


@pytest.mark.parametrize(
    ("wall", "name"),
    [(wall, name) for wall in (*walls.WALLS, "bubblewrap") for name in crossing(wall)],
    ids=lambda value: value,
)
def test_attack_succeeds_where_its_wall_is_down(wall: str, name: str, down: dict[str, Any]) -> None:
    found = down.get(f"strong without {wall}", down.get(f"full without {wall}"))
    if found is None or (wall == "capabilities" and (not IS_ROOT or "uid" in found["walls"])):
        pytest.skip("this wall cannot stand here")
    attack = next(attack for attack in ALL if attack.name == name)
    assert wall not in found["walls"]
    assert succeeded(attack, found[name])
    assert found[name]["left"] == [], "even then nothing is left behind"


def test_without_no_new_privs_no_worker_starts(down: dict[str, Any]) -> None:
    """The kernel wants it before the two walls that follow: the engine fails closed."""
    assert "a worker could not put up its walls: WallError: landlock" in down["strong without no_new_privs"]["refused"]


def test_worker_outlives_a_killed_zygote_only_without_the_wall(down: dict[str, Any]) -> None:
    assert down["best"]["outlived"] is False
    assert down["best without parent_death"]["outlived"] is True
    assert down["best"]["left"] is False, "then the grader removes the workers' folders"


def test_every_wall_is_missed_somewhere() -> None:
    from . import test_walls

    for wall in (*walls.WALLS, "bubblewrap"):
        assert crossing(wall) or wall in CLOSED_ELSEWHERE or wall == "parent_death", wall
    assert all(hasattr(test_walls, name) for name in CLOSED_ELSEWHERE.values())


# ------------------------------------------------------------------------------------------------------------- hygiene


HANG = """
import os, signal, time
os.makedirs("deep/er")
open("junk", "w").write("x" * 100_000)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open("ready", "w").close()

def double(x):
    time.sleep(600)

Scale = descend = double
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
@pytest.mark.parametrize("level", ["strong", "full"])
def test_grader_that_is_ended_leaves_nothing(level: str, number: signal.Signals) -> None:
    if level == "full" and not bubblewrap_works():
        pytest.skip("bubblewrap is missing or not allowed here")
    if level == "full" and number == signal.SIGTERM:
        pytest.skip("ends as by SIGKILL")
    with ground() as laid:
        submission, scratch = laid.folder / "submissions" / "hang", laid.folder / "tmp"
        (submission / TOPIC).parent.mkdir(parents=True)
        (submission / f"{TOPIC}.py").write_text(HANG)
        scratch.mkdir(mode=0o755)
        command = [
            sys.executable,
            "-m",
            "autograder",
            "--root",
            str(SAMPLE),
            "grade",
            "--submission",
            str(submission),
            "--walls",
            level,
        ]
        environment = {**os.environ, "TMPDIR": str(scratch), "PYTHONPATH": str(ROOT)}
        grader = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            family = _when_it_hangs(grader, 4 + (level == "full"))
            assert level == "full" or list(scratch.glob("pytorch-course-*"))
            os.kill(grader.pid, number)
            grader.wait(60)
            assert _soon(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in family)), "processes are left"
            assert _soon(lambda: not list(scratch.glob("pytorch-course-*"))), "a scratch folder is left"
        finally:
            grader.kill()
            grader.wait()


def _when_it_hangs(grader: subprocess.Popen[bytes], count: int) -> set[int]:
    """Grader, zygote, grader child and worker (in bubblewrap its own process, too), once the worker sleeps in the student's call."""
    deadline, asleep = time.monotonic() + 120, 0
    while time.monotonic() < deadline and asleep < 5:
        assert grader.poll() is None
        family = descendants(grader.pid) | {grader.pid}
        asleep = asleep + 1 if len(family) >= count else 0
        time.sleep(0.2)
    return family


def _soon(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 30
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
