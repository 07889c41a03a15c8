"""`watch`, driven through a pseudo-terminal on a copy of the sample course. Texts are waited for, with patience; no time is measured."""

import json
import os
import re
import signal
import subprocess
import sys

import psutil
import pytest

from autograder import keys, saves, screen
from autograder.course import Course
from autograder.edits import Edits
from autograder.grading import Answered, Request
from autograder.listing import Row
from autograder.model import CheckResult, ExerciseResult
from autograder.report import MARKS
from autograder.session import Session

from .sample import ROOT, SAMPLE, autograder, copy_of_course, read
from .terminal import CLEAR, ESCAPES, PATIENCE, Terminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")

STUB = 'raise NotImplementedError("Your code here")'
DOUBLE = "00_sample/basics/double"
SCALE = "super().__init__()\n        self.factor = nn.Parameter(torch.ones(()))"


@pytest.fixture
def course(tmp_path):
    return copy_of_course(tmp_path / "course")


def stub_file(course):
    return course / "exercises" / "00_sample" / "basics.py"


def written(text, *answers):
    """The stubs' text with the first ones replaced, in order; None leaves one."""
    parts = text.split(STUB)
    return "".join(
        part + (answer if answer is not None else STUB)
        for part, answer in zip(parts, [*answers, *[None] * len(parts)], strict=False)
    )[: -len(STUB)]


def entries(course):
    return read(course / "exercises" / ".progress.json")["exercises"]


@pytest.fixture
def terminals():
    """Makes terminals; whatever a failing test leaves running is ended."""
    made = []

    def make(*arguments, **options):
        made.append(Terminal(*arguments, **options))
        return made[-1]

    yield make
    for terminal in made:
        left = psutil.Process(terminal.child.pid).children(recursive=True) if terminal.child.isalive() else []
        terminal.child.close(force=True)
        for process in left:
            process.kill() if process.is_running() else None


def all_gone(processes):
    return not psutil.wait_procs(processes, timeout=PATIENCE)[1]


def test_a_session_from_the_first_wrong_save_to_the_last_pass(course, terminals):
    file = stub_file(course)
    stub = file.read_text()
    watch = terminals(course)
    watch.see("00_sample/basics/double", "exercises/00_sample/basics.py:16", "never tried", "0 of 3 passed")

    file.write_text(written(stub, "return x + 2"))
    watch.see("✗ failed 0 of 2 points", "You added two; twice was asked for.")
    assert "\x1b[1;31m✗ failed" in watch.raw.rpartition(CLEAR)[2]

    watch.press("h")
    watch.see("hint 1: What does * do", without=["hint 2"])
    watch.press("h")
    watch.see("hint 1: What", "hint 2: It makes")
    watch.press("h")
    watch.see("hint 3: Return 2 * x.", "That was the last hint", "nox -s solution -- 00_sample/basics/double")
    assert entries(course)["00_sample/basics/double"]["hints"] == 3

    file.write_text(written(stub, "return 2 * x"))
    watch.see(
        "✓ 00_sample/basics/double passed: 2 points.", "00_sample/basics/Scale medium", "basics.py:24", "1 of 3 passed"
    )
    assert "\x1b[1;32m✓ 00_sample/basics/double passed" in watch.raw.rpartition(CLEAR)[2]
    first = entries(course)["00_sample/basics/double"]
    assert (first["status"], first["points"], first["max_points"]) == ("passed", 2.0, 2.0)

    file.write_text("def broken(:\n")
    watch.see("00_sample/basics/Scale", "! error", "SyntaxError", "line 1: def broken(:")
    file.unlink()
    watch.see("00_sample/basics/Scale", "exercises/00_sample/basics.py is missing", "nox -s reset")
    file.mkdir()
    watch.see("exercises/00_sample/basics.py is not a file")
    file.rmdir()
    file.write_text(written(stub, "return 2 * x").replace("\n", "\r\n"))
    watch.see("00_sample/basics/Scale", "never tried", "1 of 3 passed", without=["is not a file", "SyntaxError"])

    # An editor's way to save: beside it, then over it; its swap file is nobody's exercise.
    (file.parent / ".basics.py.swp").write_bytes(b"\0\xff")
    (file.parent / "basics.py~").write_text(written(stub, "return 2 * x", SCALE, "return -x"))
    os.replace(file.parent / "basics.py~", file)
    watch.see("00_sample/basics/Scale", "✗ failed")
    assert entries(course)["00_sample/basics/double"] == first, "an exercise that had not changed was graded again"

    watch.press("l")
    watch.see("✓ double 2/2 passed", "✗ Scale 0/2 failed", "any key goes back")
    watch.press("x")
    watch.see("✗ failed 0 of 2 points")
    watch.press("p")
    watch.see("00_sample/basics/double easy", "✓ passed")
    watch.press("\x1b[B")
    watch.see("00_sample/basics/Scale medium", "✗ failed")
    watch.press("r")
    watch.see("Start 00_sample/basics/Scale afresh?")
    watch.press("n")
    watch.see("✗ failed", without=["afresh?"])
    watch.press("r")
    watch.see("afresh?")
    watch.press("y")
    watch.see("00_sample/basics/Scale: starts afresh; your old text is in exercises/.kept/", "never tried")
    assert file.read_text() == written(stub, "return 2 * x")
    watch.press("?")
    watch.see("the next of the exercise's three hints")
    watch.press("?")
    watch.see("never tried")

    # A call that never ends is left for the text that was saved after it, and its result is nobody's.
    file.write_text(written(stub, "return 2 * x", SCALE, "while True: pass"))
    watch.see("grading Scale: check 1 of 1 ...")
    file.write_text(written(stub, "return 2 * x", SCALE, "return self.factor * x"))
    watch.see("✓ 00_sample/basics/Scale passed: 2 points.", "00_sample/basics/descend hard", "2 of 3 passed")
    assert "timed out" not in ESCAPES.sub("", watch.raw)

    for number in range(9):
        file.write_text(written(stub, "return 2 * x", SCALE, "return self.factor * x", f"return {number}"))
    solution = SAMPLE / "submissions" / "right" / "00_sample" / "basics.py"
    file.write_text(solution.read_text())
    watch.see("All 3 exercises of this selection have passed.", "3 of 3 passed", "7 of 7 points")
    assert {e["status"] for e in entries(course).values()} == {"passed"}

    processes = [watch.watching, *watch.watching.children(recursive=True)]
    assert len(processes) >= 3, "watch, the engine, the zygote"
    watch.press("q")
    assert watch.end() == (0, True)
    assert all_gone(processes)


@pytest.mark.parametrize("how", ["Ctrl-C", "SIGTERM", "an error of its own"])
def test_however_it_ends_the_terminal_is_as_before_and_no_process_is_left(course, terminals, how, tmp_path):
    stub_file(course).write_text(written(stub_file(course).read_text(), "return x + 2"))
    program = tmp_path / "program.py"
    program.write_text(
        "import sys\nfrom autograder import cli, watch\n"
        "watch.Session.step = lambda session, by: 1 / 0\nsys.exit(cli.main(sys.argv[1:]))\n"
    )
    watch = terminals(course, program=str(program), env={"PYTHONPATH": str(ROOT)})
    watch.see("✗ failed")
    process = watch.watching
    processes = [process, *process.children(recursive=True)]
    assert len(processes) >= 3
    if how == "Ctrl-C":
        watch.press("\x03")
    elif how == "SIGTERM":
        process.send_signal(signal.SIGTERM)
    else:
        watch.press("n")
    code, restored = watch.end()
    assert code == {"Ctrl-C": 130, "SIGTERM": 143}.get(how, 1)
    assert restored
    assert ("ZeroDivisionError" in watch.raw) == (how == "an error of its own")
    assert all_gone(processes)


def test_without_file_events_it_looks_every_second_and_says_so_once(course, terminals):
    file = stub_file(course)
    old = {
        "status": "passed",
        "points": 2.0,
        "max_points": 2.0,
        "task": "of an older course",
        "passed": "2026-01-01T00:00:00Z",
    }
    content = {"schema": 1, "exercises": {"00_sample/basics/Scale": old}}
    (course / "exercises" / ".progress.json").write_text(json.dumps(content))
    watch = terminals(
        course, "Scale", env={"WATCHFILES_FORCE_POLLING": "1", "NO_COLOR": "1", "DISPLAY": "", "WAYLAND_DISPLAY": ""}
    )
    watch.see("00_sample/basics/Scale", "looked for every second: WATCHFILES_FORCE_POLLING is set", "0 of 1 passed")
    watch.see("↻ task changed", "the task of 00_sample/basics/Scale has changed since you passed it (20")
    watch.press("g")
    watch.see("Nothing is written yet in this exercise")
    file.write_text(written(file.read_text(), "return x + 2", SCALE, "return -x"))
    watch.see("✗ failed")
    assert watch.screen.count("every second") == 1
    watch.press("o")
    watch.see("The report is in report.html: open it in a browser.")
    assert "Scale" in (course / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", watch.raw), "a colour, though NO_COLOR is set"
    watch.press("g")
    watch.see("✗ failed")
    watch.press("q")
    assert watch.end() == (0, True)


def test_another_grader_on_disk_is_read_anew_and_an_engine_that_died_is_started_anew(course, terminals):
    file = stub_file(course)
    file.write_text(written(file.read_text(), "return x + 2"))
    watch = terminals(course)
    watch.see("You added two; twice was asked for.")
    grader = course / "autograder" / "graders" / "00_sample" / "test_basics.py"
    grader.write_text(grader.read_text().replace("You added two", "Two was added"))
    watch.see("The course has changed on disk")
    watch.press("g")
    watch.see("Two was added; twice was asked for.")
    (engine,) = watch.watching.children()
    engine.kill()
    watch.see("The grading process has ended")
    file.write_text(file.read_text().replace("return x + 2", "return 2 * x"))
    watch.see("✓ 00_sample/basics/double passed")
    watch.press("q")
    assert watch.end() == (0, True)


def test_without_a_terminal_it_prints_plain_lines(course):
    file = stub_file(course)
    process = subprocess.Popen(
        [sys.executable, "-m", "autograder", "--root", str(course), "watch"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        lines = iter(process.stdout.readline, "")
        said = [next(line for line in lines if "never tried" in line)]
        file.write_text(written(file.read_text(), "return 2 * x"))
        for line in lines:
            said.append(line)
            if "1 of 3 passed" in line:
                break
        assert any("✓ 00_sample/basics/double passed: 2 points." in line for line in said)
        assert "\x1b" not in "".join(said)
        assert "quit" not in "".join(said), "there are no keys here"
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
        process.stdout.close()


# ------------------------------------------------------------------------------------------------------------- its parts


def edits_of(course, text):
    stub_file(course).write_text(text)
    found = Course.at(course)
    edits = Edits(found, found.ids())
    edits.look()
    return edits


def look(edits, course, text):
    stub_file(course).write_text(text)
    return [i.rpartition("/")[2] for i in edits.look().changed]


def test_only_the_exercises_whose_code_changed_are_found(course):
    stub = stub_file(course).read_text()
    text = written(stub, "return x + 2", SCALE, "return -x")
    edits = edits_of(course, text)
    assert look(edits, course, text.replace("x + 2", "x + 3")) == ["double"]
    assert look(edits, course, text.replace("x + 2", "x + 3  # three")) == [], "a comment is no code"
    assert look(edits, course, text.replace("return -x\n", "return 1 * x\n")) == ["double", "Scale"]
    assert look(edits, course, "import math\n" + text.replace("return -x\n", "return 1 * x\n")) == ["double", "Scale"]
    assert look(edits, course, "import math\n" + text.replace("return -x\n", "return double(x)\n")) == ["Scale"]
    assert look(
        edits, course, "import math\n" + text.replace("return -x\n", "return double(x)\n").replace("+ 2", "+ 1")
    ) == [
        "double",
        "Scale",
    ], "Scale uses double"


def test_an_exercise_that_is_a_stub_again_is_named(course):
    stub = stub_file(course).read_text()
    edits = edits_of(course, written(stub, "return x + 2"))
    stub_file(course).write_text(stub)
    assert edits.look().reset == ("00_sample/basics/double",)
    assert edits.look().touched == ()


def test_a_file_that_is_empty_for_a_moment_is_not_taken(course):
    stub = stub_file(course).read_text()
    edits = edits_of(course, written(stub, "return x + 2"))
    assert look(edits, course, "") == []
    assert edits.emptied
    assert look(edits, course, written(stub, "return x + 2")) == []
    assert not edits.emptied


def row(number, topic="01_one/first", state="passed"):
    mark, style = MARKS["passed" if state == "passed" else "failed"]
    return Row(f"{topic}/exercise_{number}", mark, style, state, 1.0, 2.0, "easy", 10, "", ())


def failing(count):
    good = [CheckResult(f"good_{number}", "passed", 1.0, 1.0) for number in range(5)]
    bad = [
        CheckResult(f"bad_{n}", "failed", 0.0, 1.0, f"Called    f({n})\nWhy       {'because ' * 20}")
        for n in range(count)
    ]
    return ExerciseResult("01_one/first/exercise_0", "failed", 0.1, (*good, *bad))


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_a_frame_keeps_to_the_width_and_height_of_its_window(width):
    rows = [row(number, state="failed") for number in range(4)]
    frame = screen.Frame(rows[0], "A title.", "exercises/01_one/first.py:3", rows, result=failing(4), hints=["Look."])
    whole = screen.render(frame, width, 500)
    least = screen.render(frame, width, 1)
    assert (whole.count("f("), least.count("f(")) == (4, 1)
    assert ("taller" in whole, "taller" in least) == (False, True)
    assert ("5 checks passed" in whole, "5 checks passed" in least) == (False, True)
    for height in range(1, 60):
        text = screen.render(frame, width, height)
        assert max(map(len, text.splitlines())) <= max(width, len("exercises/01_one/first.py:3"))
        assert text.count("\n") < height or text == least, "it could have been shorter"
        assert " ".join(text.split()).endswith("q quit")


def test_the_list_of_many_topics_is_one_of_chapters_in_a_low_window():
    rows = [row(n, f"0{chapter}_chapter/topic_{topic}") for chapter in range(3) for topic in range(9) for n in range(4)]
    frame = screen.Frame(rows[0], "A title.", "exercises/x.py:3", rows, view="list")
    assert screen.render(frame, 80, 40).count("topic_") == 27
    low = screen.render(frame, 80, 24)
    assert "topic_" not in low
    assert low.count("36 of 72 points") == 3
    assert low.count("✓") == len(rows)


def session_of(course, *answers):
    """A session that has looked at its files and started no engine."""
    file = stub_file(course)
    file.write_text(written(file.read_text(), *answers))
    session = Session(Course.at(course), [], lambda message: None)
    session.edits.look()
    return session


def test_a_result_for_an_older_text_counts_for_nothing(course):
    session = session_of(course, "return 2 * x")
    passed = ExerciseResult(DOUBLE, "passed", 0.1, (CheckResult("doubles", "passed", 2.0, 2.0),))
    session.take_results(Answered(Request(1, {DOUBLE: "of an older text"}), (passed,), {}))
    assert session.current_result() is None
    assert DOUBLE not in session.store.entries
    assert session.wanted() == [DOUBLE]
    session.take_results(Answered(Request(2, {DOUBLE: session.edits.given[DOUBLE].digest}), (passed,), {}))
    assert session.store.entries[DOUBLE].status == "passed"
    assert session.wanted() == []
    assert session.current == "00_sample/basics/Scale"


def test_what_grade_notes_beside_it_is_taken_over(course):
    session = session_of(course, "return 2 * x")
    assert session.wanted() == [DOUBLE]
    autograder("grade", "double", root=course)
    session.look()
    assert session.wanted() == []
    assert session.store.entries[DOUBLE].status == "passed"


def test_one_message_says_what_is_wrong_with_a_file_and_the_others_keep_their_results(course):
    session = session_of(course, "return 2 * x", "(")
    assert session.wanted() == [DOUBLE], "the exercise shown; it stands for all of the file"
    session.show("00_sample/basics/descend")
    assert session.wanted() == ["00_sample/basics/descend"]


def test_what_terminals_send_for_arrows_and_other_keys():
    assert list(keys.keys_in("hh")) == ["h", "h"]
    assert list(keys.keys_in("\x1b[A")) == ["p"]
    assert list(keys.keys_in("\x1bOB")) == ["n"]
    assert list(keys.keys_in("\x1b[200~")) == []


def test_events_that_never_come_are_given_up_and_said(tmp_path, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(saves.threading.Thread, "start", lambda self: None)
    monkeypatch.setattr(saves.time, "monotonic", lambda: now[0])
    watched = saves.Saves(tmp_path, lambda: None)
    now[0] += 10
    watched.found_without_event()
    watched.judge()
    assert watched.reason == ""
    assert watched.interval == saves.SAFETY
    now[0] += 3
    watched.judge()
    assert "announces no changes" in watched.reason
    assert watched.interval == saves.POLL


def test_an_event_that_comes_late_is_an_event(tmp_path, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(saves.threading.Thread, "start", lambda self: None)
    monkeypatch.setattr(saves.time, "monotonic", lambda: now[0])
    watched = saves.Saves(tmp_path, lambda: None)
    now[0] += 10
    watched.found_without_event()
    watched._last_event = now[0] + 0.1
    now[0] += 3
    watched.judge()
    assert watched.reason == ""


def test_a_network_drive_is_looked_at_every_second(tmp_path, monkeypatch):
    monkeypatch.setattr(saves, "file_system", lambda path: "nfs4")
    assert saves.Saves(tmp_path, lambda: None).reason == "this is a network drive (nfs4)"
