"""What the engine makes of bad files, of a submission that takes too long, and of its own failures."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autograder.course import Course
from autograder.submission import read_source, stray_files

from .sample import ROOT, SAMPLE

KEY = "00_sample/basics"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / KEY).parent.mkdir()
    return tmp_path


def place(folder: Path) -> Path:
    return folder / f"{KEY}.py"


def test_a_text_is_read(folder: Path) -> None:
    place(folder).write_bytes(b"\xef\xbb\xbfx = '\xc3\xa4'\r\n")
    found = read_source(folder, KEY, "exercises")
    assert (found.text, found.problem) == ("x = 'ä'\r\n", None)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"a = 1\nb = '\xff'\n", "exercises/00_sample/basics.py:2: is no UTF-8 text (byte 11)"),
        (b"a = 1\n\n\0", "basics.py:3: holds a NUL character"),
        (b"x" * (50 << 20), "has 50 MB; a topic file may have 2 MB"),
        (None, "basics.py is missing; `nox -s reset -- 00_sample/basics` writes its stubs anew"),
    ],
)
def test_what_is_no_text_is_refused_with_the_reason(folder: Path, content: bytes | None, why: str) -> None:
    if content is not None:
        place(folder).write_bytes(content)
    found = read_source(folder, KEY, "exercises")
    assert found.text is None
    assert why in (found.problem or "")


@pytest.mark.skipif(sys.platform == "win32", reason="has none of these")
@pytest.mark.parametrize("kind", ["folder", "pipe", "socket", "device", "outside", "itself", "closed"])
def test_what_is_no_file_is_not_opened(folder: Path, kind: str) -> None:
    """A pipe would never end, a device neither; what the grader may not read costs its topic alone."""
    at = place(folder)
    (folder.parent / "outside.py").write_text("x = 1\n")
    make = {
        "folder": at.mkdir,
        "pipe": lambda: os.mkfifo(at),
        "device": lambda: at.symlink_to("/dev/zero"),
        "outside": lambda: at.symlink_to(folder.parent / "outside.py"),
        "itself": lambda: at.symlink_to(at),
        "closed": lambda: at.write_text("x = 1\n"),
    }
    if kind == "socket":
        listener = socket.socket(socket.AF_UNIX)
        here = os.getcwd()
        os.chdir(at.parent)  # the path of a socket is short
        try:
            listener.bind(at.name)
        finally:
            os.chdir(here)
            listener.close()
    else:
        make[kind]()
    if kind == "closed":
        at.chmod(0)
        if os.access(at, os.R_OK):
            pytest.skip("root reads every file")
    found = read_source(folder, KEY, "exercises")
    assert found.text is None
    assert found.problem
    assert found.problem.startswith("exercises/00_sample/basics.py ")


def test_notes_name_stray_files_safely(folder: Path) -> None:
    for name in ("\x1b[2Jbasics.py", "\udcff.py", "Basics.py", "x" * 240):
        (place(folder).parent / name).touch()
    notes = stray_files(Course.at(SAMPLE), folder, "exercises")
    assert len(notes) == 4
    assert all(note.isprintable() and len(note) < 300 for note in notes)
    assert "exercises/00_sample/\\x1b[2Jbasics.py is not part of the course and was not used" in notes


SCRIPT = """
import json, os, sys
from pathlib import Path
from autograder import children, engine, zygote
from autograder.course import Course
from autograder.submission import read_submission

zygote.one_thread()
course = Course.at(Path(sys.argv[1]))

def use(running):
    found = {}
    def grade(name, submission):
        files = read_submission(course, Path(submission), name, [t.key for t in course.topics], "exercises")
        found[name] = running.grade(files, 1).report.to_json()
        found[name + " among many"] = [graded.report.to_json() for _, graded in running.grade_many([files], 1)][0]
    run_check = type(running.plugin).run_check
    def hungry(self, check):
        try:
            bytearray(1 << 40)
        except MemoryError:
            return run_check(self, check)
    type(running.plugin).run_check = hungry
    grade("hungry", course.root / "submissions" / "right")
    type(running.plugin).run_check = lambda self, check: os._exit(9) if "descend" in check.name else run_check(self, check)
    grade("dies", course.root / "submissions" / "right")
    type(running.plugin).run_check = run_check
    engine.SUBMISSION_SECONDS = children.SUBMISSION_SECONDS = 1
    grade("late", sys.argv[2])
    print(json.dumps(found))
    return 0

engine.run(course, course.topics, engine.Options("best"), use)
"""
SLOW = "import time\ndef double(x):\n    return 2 * x\ndef Scale():\n    time.sleep(600)\ndef descend(*args):\n    return 0\n"


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("slow")
    (folder / KEY).parent.mkdir()
    place(folder).write_text(SLOW)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(SAMPLE), str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="submissions have processes of their own on Linux")
@pytest.mark.parametrize("among", ["", " among many"])
class TestChild:
    def test_a_submission_that_takes_too_long_is_timed_out(self, reports: dict[str, Any], among: str) -> None:
        exercises = {e["id"].rpartition("/")[2]: e for e in reports[f"late{among}"]["exercises"]}
        for name in ("Scale", "descend"):
            assert exercises[name]["status"] == "timed_out"
            assert exercises[name]["points"] == 0
            assert "Not run: the checks before it took more than" in exercises[name]["checks"][-1]["message"]

    def test_a_grader_that_dies_gives_no_points_and_blames_nobody(self, reports: dict[str, Any], among: str) -> None:
        exercises = {e["id"].rpartition("/")[2]: e for e in reports[f"dies{among}"]["exercises"]}
        assert exercises["double"]["status"] == "passed"
        assert exercises["descend"]["status"] == "error"
        assert exercises["descend"]["points"] == 0
        assert "engine error, not yours" in exercises["descend"]["checks"][0]["message"]

    def test_a_grader_has_a_limit_of_memory(self, reports: dict[str, Any], among: str) -> None:
        assert all(e["status"] == "passed" for e in reports[f"hungry{among}"]["exercises"])
