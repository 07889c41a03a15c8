"""The progress file, and the commands that read and write it: `grade`, `list`, `hint`, `solution`."""

import json
import os
import shutil
import stat
import subprocess
import sys
import threading

import pytest

from autograder import progress
from autograder.course import BUNDLED, Course
from autograder.model import CheckResult, ExerciseResult
from autograder.progress import Store, changed_lines, next_unfinished, record, remember, tasks, unfinished

from .sample import ROOT, SAMPLE, autograder, copy_of_course, read

DOUBLE, SCALE, DESCEND = (f"00_sample/basics/{name}" for name in ("double", "Scale", "descend"))
STUB = 'raise NotImplementedError("Your code here")'


@pytest.fixture
def course(tmp_path):
    return copy_of_course(tmp_path / "course")


def file_of(course):
    return course / "exercises" / ".progress.json"


def entries(course):
    return read(file_of(course))["exercises"]


def store_of(course, said=None):
    return Store(course, (said if said is not None else []).append).load()


def result(exercise, status="passed", points=2.0):
    earned = points if status == "passed" else 0.0
    return ExerciseResult(exercise, status, 0.1, (CheckResult("check", status, earned, points),))


def noted(course, *results):
    """A store in which these results have been recorded."""
    found = Course.at(course)
    store = store_of(course)
    text = (course / "exercises" / "00_sample" / "basics.py").read_text()
    given = progress.answers_of(found, {"00_sample/basics": text.replace(STUB, "return None")})
    record(store, tasks(found), results, given)
    return store


# --------------------------------------------------------------------------------------------------------------- the file


def test_a_result_is_noted_and_read_again(course):
    noted(course, result(DOUBLE))
    entry = store_of(course).entries[DOUBLE]
    assert (entry.status, entry.points, entry.max_points) == ("passed", 2.0, 2.0)
    assert entry.graded == entry.passed
    assert len(entry.graded) == len("2026-01-01T00:00:00Z")
    assert entry.task == tasks(Course.at(course))[DOUBLE].digest
    assert read(file_of(course))["schema"] == progress.SCHEMA


def test_a_later_failure_keeps_when_it_passed(course):
    passed = noted(course, result(DOUBLE)).entries[DOUBLE].passed
    entry = noted(course, result(DOUBLE, "failed")).entries[DOUBLE]
    assert (entry.status, entry.points, entry.passed) == ("failed", 0.0, passed)


def test_an_untouched_stub_that_was_never_tried_leaves_no_entry(course):
    found = Course.at(course)
    store = store_of(course)
    text = (course / "exercises" / "00_sample" / "basics.py").read_text()
    given = progress.answers_of(found, {"00_sample/basics": text})
    record(store, tasks(found), [result(DOUBLE, "not_implemented")], given)
    assert entries(course) == {}


def test_hints_never_go_down_and_giving_up_is_kept(course):
    store = store_of(course)
    remember(store, DOUBLE, hints=3)
    remember(store, DOUBLE, hints=1)
    remember(store, DOUBLE, gave_up="2026-01-01T00:00:00Z")
    noted(course, result(DOUBLE))
    entry = store_of(course).entries[DOUBLE]
    assert (entry.hints, entry.gave_up, entry.status) == (3, "2026-01-01T00:00:00Z", "passed")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"schema": 1}',
        b'{"schema": 99, "exercises": {}}',
        b'{"schema": 1, "exercises": {"a/b/c": {"status": "splendid"}}}',
        b'{"schema": 1, "exercises": {"a/b/c": {"points": "many"}}}',
        b'{"schema": 1, "exercises": {"a/b/c": {"hints": true}}}',
        b'{"schema": 1, "exercises": {"a/b/c": 7}}',
        b'{"schema": 1, "exercises": {}, "known": 7}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_put_aside_said_once_and_begun_anew(course, content):
    file_of(course).write_bytes(content)
    said = []
    store = store_of(course, said)
    assert store.entries == {}
    remember(store, DOUBLE, hints=1)
    assert entries(course)[DOUBLE]["hints"] == 1
    (aside,) = (course / "exercises").glob(".progress.damaged-*.json")
    assert aside.read_bytes() == content
    assert len(said) == 1
    assert "is damaged" in said[0]
    assert aside.name in said[0]


def test_a_file_that_cannot_be_read_is_never_written_over(course):
    file_of(course).mkdir()
    said = []
    store = store_of(course, said)
    remember(store, DOUBLE, hints=1)
    remember(store, DOUBLE, hints=2)
    assert file_of(course).is_dir()
    assert len(said) == 1
    assert "cannot be read (Is a directory)" in said[0]


def test_a_folder_that_cannot_be_written_is_said_once(course, monkeypatch):
    def refuse(path, text):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(progress, "write_whole", refuse)
    said = []
    store = store_of(course, said)
    remember(store, DOUBLE, hints=1)
    remember(store, DOUBLE, hints=2)
    assert store.entries[DOUBLE].hints == 2
    assert said == [
        "exercises/.progress.json cannot be written (Permission denied): progress is not noted, grading goes on; `nox -s doctor` looks into it"
    ]


def test_writers_side_by_side_lose_nothing(course):
    """Processes that note different exercises at once: each reads anew under the lock."""
    program = (
        "import sys\nfrom pathlib import Path\nfrom autograder.progress import Store, remember\n"
        "store = Store(Path(sys.argv[1]), print).load()\nprint('ready', flush=True)\nsys.stdin.readline()\n"
        "for number in range(20):\n    remember(store, f'{sys.argv[2]}/{number}', hints=1)\n"
    )
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(course), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for name in ("one", "two", "three")
    ]
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    threads = [threading.Thread(target=writer.communicate, args=("go\n",)) for writer in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    assert len(entries(course)) == 60


# ----------------------------------------------------------------------------------------------- an update of the course


def update_task(course):
    solution = course / "solutions" / "00_sample" / "basics.py"
    solution.write_text(solution.read_text().replace("Twice `x`", "Two times `x`"))


def update_points(course):
    grader = course / "autograder" / "graders" / "00_sample" / "test_basics.py"
    grader.write_text(grader.read_text().replace('@check("double", points=1', '@check("double", points=4', 1))


@pytest.mark.parametrize(("update", "said"), [(update_task, ""), (update_points, ", 2 points then and 5 now")])
def test_a_task_that_changed_since_it_passed_is_named(course, update, said):
    noted(course, result(DOUBLE), result(SCALE))
    before = Course.at(course)
    assert changed_lines(before, store_of(course), tasks(before)) == []
    update(course)
    after = Course.at(course)
    (line,) = changed_lines(after, store_of(course), tasks(after))
    assert line.startswith(f"the task of {DOUBLE} has changed since you passed it (")
    assert f"{said}): `nox -s grade -- {DOUBLE}`" in line
    assert unfinished(store_of(course), tasks(after), DOUBLE)
    assert not unfinished(store_of(course), tasks(after), SCALE)
    assert changed_lines(after, store_of(course), tasks(after), [SCALE]) == []


def test_the_next_exercise_is_the_next_that_waits_and_then_from_the_start(course):
    store = noted(course, result(SCALE))
    today = tasks(Course.at(course))
    ids = list(today)
    assert next_unfinished(store, today, None, ids) == DOUBLE
    assert next_unfinished(store, today, DOUBLE, ids) == DESCEND
    assert next_unfinished(store, today, DESCEND, ids) == DOUBLE
    store = noted(course, result(DOUBLE), result(DESCEND, points=3.0))
    assert next_unfinished(store, today, DOUBLE, ids) is None


def test_one_goes_on_with_what_was_graded_last_or_what_follows_it(course):
    today = tasks(Course.at(course))
    ids = list(today)
    store = store_of(course)
    assert progress.where_left(store, today, ids) == DOUBLE
    store = noted(course, result(SCALE, "failed"))
    assert progress.where_left(store, today, ids) == SCALE, "double was left out on purpose"
    store = noted(course, result(SCALE))
    assert progress.where_left(store, today, ids) == DESCEND
    store = noted(course, result(DESCEND, points=3.0))
    assert progress.where_left(store, today, ids) == DOUBLE
    store = noted(course, result(DOUBLE), result(SCALE), result(DESCEND, points=3.0))
    assert progress.where_left(store, today, ids) == DESCEND


def test_progress_moves_with_the_folder(course):
    noted(course, result(DOUBLE))
    moved = course.rename(course.with_name("elsewhere"))
    assert "✓ double   passed " in autograder("list", root=moved).stdout


def test_list_names_new_exercises_and_those_that_are_gone(course):
    noted(course, result(DOUBLE))
    content = read(file_of(course))
    content["known"].remove(SCALE)
    content["exercises"]["00_sample/old/thing"] = content["exercises"][DOUBLE]
    file_of(course).write_text(json.dumps(content))
    said = autograder("list", root=course).stdout
    assert f"New in the course: {SCALE}." in said
    assert "No longer in the course, your progress on it is kept: 00_sample/old/thing." in said
    autograder("hint", "double", root=course)
    assert "00_sample/old/thing" in entries(course)


# --------------------------------------------------------------------------------------------------------- the commands


def write_answers(course, *answers):
    file = course / "exercises" / "00_sample" / "basics.py"
    parts = (SAMPLE / "exercises" / "00_sample" / "basics.py").read_text().split(STUB)
    filled = [*answers, *[STUB] * (len(parts) - 1 - len(answers)), ""]
    file.write_text("".join(part + answer for part, answer in zip(parts, filled, strict=True)))


def test_grade_notes_what_it_gives_and_names_what_comes_next(course):
    write_answers(course, "return 2 * x")
    done = autograder("grade", "double", root=course)
    assert done.returncode == 0
    assert f"Next: edit exercises/00_sample/basics.py:24 (Scale), then: nox -s grade -- {SCALE}" in done.stdout
    assert {key: entry["status"] for key, entry in entries(course).items()} == {DOUBLE: "passed"}
    listed = autograder("list", root=course).stdout.splitlines()
    assert listed[0] == "00_sample/basics  2 of 7 points"
    assert listed[1].startswith("  ✓ double   passed       2/2  easy     5 min  20")
    assert listed[2] == "  · Scale    never tried  0/2  medium  10 min"
    assert listed[5].startswith("1 of 3 exercises passed · 2 of 7 points · about 25 min to go")

    update_task(course)
    write_answers(course, "return x + 2")
    (line,) = [line for line in autograder("list", root=course).stdout.splitlines() if "↻" in line]
    assert line.startswith("  ↻ double   task changed  0/2")
    assert line.endswith("edited since")
    done = autograder("grade", "Scale", root=course)
    assert f"Note: the task of {DOUBLE} has changed since you passed it" in done.stdout
    assert "Next: edit exercises/00_sample/basics.py, then" in done.stdout
    done = autograder("grade", "double", root=course)
    assert done.returncode == 1
    assert f"Note: the task of {DOUBLE} has changed since you passed it" in done.stdout
    assert entries(course)[DOUBLE]["status"] == "failed"
    assert "has changed" not in autograder("list", root=course).stdout


def test_other_peoples_work_and_the_reference_leave_no_trace(course):
    autograder("grade", "--submission", SAMPLE / "submissions" / "right", "double", root=course)
    autograder("grade", "--reference", "double", root=course)
    assert not file_of(course).exists()


def test_a_report_notes_what_it_graded(course):
    write_answers(course, "return 2 * x")
    done = autograder("report", "double", root=course)
    assert "Next: edit exercises/00_sample/basics.py" in done.stdout
    assert entries(course)[DOUBLE]["status"] == "passed"
    autograder("report", "Scale", "--reference", root=course)
    assert SCALE not in entries(course)


def test_a_damaged_progress_file_does_not_stop_grading(course):
    file_of(course).write_text("{")
    write_answers(course, "return 2 * x")
    done = autograder("grade", "double", root=course)
    assert done.returncode == 0
    assert done.stderr.count("is damaged") == 1
    assert entries(course)[DOUBLE]["status"] == "passed"


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root writes everywhere")
def test_a_read_only_folder_does_not_stop_anything(course):
    (course / "exercises").chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        done = autograder("hint", "double", root=course)
    finally:
        (course / "exercises").chmod(stat.S_IRWXU)
    assert done.returncode == 0
    assert "hint 1 of 3" in done.stdout
    assert done.stderr.count("cannot be written") == 1


def test_each_hint_goes_one_further_and_the_last_names_the_solution(course):
    said = [autograder("hint", "double", root=course).stdout for _ in range(4)]
    assert [text.count("  hint ") for text in said] == [1, 2, 3, 3]
    assert f"one more: nox -s hint -- {DOUBLE}" in said[1]
    assert f"That was the last hint. The solution: nox -s solution -- {DOUBLE}" in said[2]
    assert autograder("hint", "double", "--level", "1", root=course).stdout.count("  hint ") == 1
    assert entries(course)[DOUBLE]["hints"] == 3


def test_the_solution_is_shown_after_a_pass(course):
    write_answers(course, "y = x.clone()\n    return y.mul(2)")
    refused = autograder("solution", "double", root=course)
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"error: {DOUBLE} has not passed yet")
    assert "return" not in refused.stdout
    noted(course, result(DOUBLE))
    shown = autograder("solution", "double", root=course)
    assert shown.returncode == 0
    assert "    return 2 * x\n" in shown.stdout
    assert "HINT" not in shown.stdout
    assert "SOLUTION" not in shown.stdout
    assert "class Scale" not in shown.stdout
    assert "Yours: exercises/00_sample/basics.py:10." in shown.stdout
    assert "used by you and not there: clone, mul" in shown.stdout


def test_giving_up_shows_the_solution_and_is_noted(course):
    shown = autograder("solution", "Scale", "--give-up", root=course)
    assert shown.returncode == 0
    assert "self.factor = nn.Parameter(torch.ones(()))" in shown.stdout
    assert entries(course)[SCALE]["gave_up"]
    assert "gave up" in autograder("list", root=course).stdout
    assert autograder("solution", "Scale", root=course).returncode == 0, "once given up, it may be seen again"


def test_a_bundle_without_solutions_says_so(course):
    (course / BUNDLED).parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(course / "solutions", course / BUNDLED)
    done = autograder("solution", "double", "--give-up", root=course)
    assert done.returncode == 2
    assert "there are no solutions in this bundle" in done.stderr
    assert "solution" not in autograder("hint", "double", "--level", "3", root=course).stdout


def test_list_of_what_is_unknown_names_the_near_ones(course):
    done = autograder("list", "00_sampel", root=course)
    assert done.returncode == 2
    assert "near ones: 00_sample" in done.stderr


def test_list_loads_no_torch(course):
    program = "import sys\nfrom autograder.cli import main\nmain(sys.argv[1:])\nassert 'torch' not in sys.modules"
    for command in (["list"], ["hint", "double"], ["solution", "double", "--give-up"]):
        subprocess.run(
            [sys.executable, "-c", program, "--root", str(course), *command],
            check=True,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
