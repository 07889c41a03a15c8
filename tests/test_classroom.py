"""`grade-class`: the scores that `grade` gives, resumed after kills, on a cluster, one run at a time."""

import copy
import csv
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest

from autograder.course import Course
from autograder.notebooks import notebook_of
from autograder.source import stub_of

from .browser import free_port
from .class_course import TOPICS, build_class, build_course, outputs
from .handed_in import NOTEBOOKS
from .sample import ROOT, SAMPLE, SUBMISSIONS, autograder, children, comparable, read

GRADED = re.compile(r"(\d+) topic files graded")


def grade_class(course, *arguments, code=0):
    done = autograder("grade-class", *arguments, "--walls", "strong", root=course)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return done


def graded(done):
    return int(GRADED.search(done.stdout)[1])


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    """A course, a class, and what an undisturbed run with two workers makes of it."""
    folder = tmp_path_factory.mktemp("class")
    course, submissions = build_course(folder), build_class(folder)
    done = grade_class(course, submissions, "--out", folder / "out", "--seed", "7", "--workers", "2")
    return course, submissions, folder / "out", done


def test_gives_the_scores_that_grade_gives(tmp_path):
    grade_class(SAMPLE, SUBMISSIONS, "--out", tmp_path / "out")
    for path in sorted(SUBMISSIONS.glob("*.json")):
        assert comparable(read(tmp_path / "out" / "submissions" / path.name)) == comparable(read(path))
    with (tmp_path / "out/scores.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[0] == [
        "submission",
        *(f"00_sample/basics/{name}" for name in ("double", "Scale", "descend")),
        "points",
        "max_points",
    ]
    assert [row[0] for row in rows[1:]] == sorted(path.stem for path in SUBMISSIONS.glob("*.json"))
    assert rows[5] == ["right", "2.0", "2.0", "3.0", "7.0", "7.0"]


def test_what_is_known_is_not_graded_again_and_a_changed_grader_regrades_its_topic_alone(ground, tmp_path):
    course, submissions, out, first = ground
    count = len(list(submissions.iterdir()))
    # Two submissions hand nothing in, and two the stub: equal files are graded once.
    assert 2 * count - 4 <= graded(first) <= 2 * count
    shutil.copytree(out, tmp_path / "out")
    shutil.copytree(course, tmp_path / "course")
    before = outputs(tmp_path / "out")
    damaged = sorted((tmp_path / "out/results").glob("*/*.json"))[:2]
    damaged[0].write_text("")  # as a power cut may leave it
    damaged[1].write_text(damaged[1].read_text()[:-9])
    assert graded(grade_class(tmp_path / "course", submissions, "--out", tmp_path / "out")) == 2
    assert outputs(tmp_path / "out") == before
    grader = tmp_path / "course/autograder/graders/00_sample/test_more.py"
    grader.write_text(grader.read_text().replace("points=3", "points=4"))
    again = graded(grade_class(tmp_path / "course", submissions, "--out", tmp_path / "out"))
    assert again == graded(first) // 2
    report = read(tmp_path / "out/submissions/right.json")
    assert [exercise["max_points"] for exercise in report["exercises"]] == [2.0, 2.0, 3.0, 2.0, 2.0, 4.0]
    some = tmp_path / "class"
    shutil.copytree(submissions, some)
    shutil.rmtree(some / "right_too")
    (some / "wrong").rename(some / "renamed")
    assert graded(grade_class(tmp_path / "course", some, "--out", tmp_path / "out")) == 0
    names = {path.stem for path in (tmp_path / "out/submissions").iterdir()}
    assert names == {path.name for path in some.iterdir()}
    assert '"right_too"' not in (tmp_path / "out/scores.csv").read_text()


def test_killed_at_twenty_random_moments_it_comes_to_the_same_bytes(ground, tmp_path):
    course, submissions, out, _ = ground
    command = [sys.executable, "-m", "tests.class_course", "kill", course, submissions, tmp_path / "out", "20"]
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    stored = [int(line) for line in done.stdout.splitlines() if line.isdigit()]
    assert len(stored) == 20
    assert stored == sorted(stored)  # what was stored stays
    last = grade_class(course, submissions, "--out", tmp_path / "out", "--seed", "7", "--workers", "3")
    assert graded(last) < graded(ground[3]) or stored[-1] == 0
    assert outputs(tmp_path / "out") == outputs(out)
    assert not list((tmp_path / "out").rglob("*.part"))
    assert not list((tmp_path / "out").glob(".notes-*"))


def test_ctrl_c_is_130_and_a_second_run_at_the_same_time_is_refused(ground, tmp_path):
    course, place = ground[0], tmp_path / "class"
    (place / "sleeper/00_sample").mkdir(parents=True)
    (place / "sleeper/00_sample/basics.py").write_text("import time\ndef double(x):\n    time.sleep(1000)\n")
    command = [
        sys.executable,
        "-m",
        "autograder",
        "--root",
        str(course),
        "grade-class",
        str(place),
        "--out",
        str(tmp_path / "out"),
        "--walls",
        "strong",
    ]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        end = time.monotonic() + 120
        while not list((tmp_path / "out").glob("results/*/*.json")) and time.monotonic() < end:
            time.sleep(0.1)  # the missing file of the other topic is done at once; now it waits for the sleeper
        done = grade_class(course, place, "--out", tmp_path / "out", code=2)
        assert f"a run by process {process.pid} is writing to it" in done.stderr
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "0 of 1 submissions are done; the same command goes on from here" in said


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux alone")
def test_where_no_worker_can_be_had_any_more_nobody_loses_points(ground, tmp_path):
    course, place, out = ground[0], tmp_path / "class", tmp_path / "out"
    for number in range(3):
        path = place / f"s{number}/00_sample/basics.py"
        path.parent.mkdir(parents=True)
        path.write_text(f"import time\ndef double(x):\n    time.sleep(0.{number + 6})\n    return 2 * x\n")
    arguments = ("grade-class", str(place), "--out", str(out), "--walls", "strong", "--workers", "1", TOPICS[0])
    command = [sys.executable, "-m", "autograder", "--root", str(course), *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        end, stored, parents = time.monotonic() + 120, 0, []
        while not (stored and parents) and time.monotonic() < end:
            time.sleep(0.05)
            stored = len(list(out.glob("results/*/*.json")))
            parents = [pid for pid in children(process.pid) if children(pid)]
        os.kill(parents[-1], signal.SIGKILL)  # the zygote: a worker of it sleeps; what reads submissions is older
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 2
    assert "run the command again" in said
    assert len(list(out.glob("results/*/*.json"))) == stored
    assert graded(grade_class(course, place, "--out", out, TOPICS[0])) == 3 - stored
    for number in range(3):
        assert read(out / f"submissions/s{number}.json")["exercises"][0]["points"] == 2


def test_one_that_hangs_holds_up_no_other(ground):
    sleeper, right = "import time\ndef double(x):\n    time.sleep(1000)\n", "def double(x):\n    return 2 * x\n"
    command = [sys.executable, "-m", "tests.class_course", "order", str(ground[0]), json.dumps([sleeper, *[right] * 6])]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    order = json.loads(done.stdout.splitlines()[-1])
    assert sorted(order) == list(range(7))
    assert order.index(0) >= 3  # it began first, and sat in one of two children until its limit


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["nowhere", "--out", "out"], "nowhere: does not exist"),
        (["class", "--out", "class/out"], "lies in class: its results would be taken for a submission"),
        (["class", "--out", "out", "01_other"], "no exercise is selected by '01_other'"),
        (["class", "--out", "out", "--workers", "0"], "grades nothing"),
        (["class", "--out", "class/ann/00_sample/basics.py/out"], "lies in class"),
        (["class", "--out", "out", "--dask", "local:none"], "write local:4"),
    ],
)
def test_a_wrong_command_is_one_sentence_and_exit_code_2(tmp_path, arguments, text):
    (tmp_path / "class/ann/00_sample").mkdir(parents=True)
    (tmp_path / "class/ann/00_sample/basics.py").write_text("")
    if "--dask" in arguments and importlib.util.find_spec("distributed") is None:
        text = "--dask needs Dask"
    done = autograder("grade-class", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert text in done.stderr
    assert done.stderr.startswith("error: ")
    assert not (tmp_path / "out/scores.csv").exists()


def test_nothing_is_graded_where_the_reference_loses_points(ground, tmp_path):
    course, submissions, _, _ = ground
    shutil.copytree(course, tmp_path / "course")
    grader = tmp_path / "course/autograder/graders/00_sample/test_more.py"
    grader.write_text(grader.read_text().replace("2 * x)", "3 * x)").replace("2 * x,", "3 * x,"))
    done = grade_class(tmp_path / "course", submissions, "--out", tmp_path / "out", code=2)
    assert (
        "the reference solution does not earn full points, so nothing was graded: 00_sample/more/double" in done.stderr
    )
    assert not list((tmp_path / "out").glob("results/*/*.json"))


STUDENTS = (
    "right", "half", "syntax", "exits_outside", "loop_outside", "raises_outside", "deleted_answer", "copied_answer", "no_labels", "colab", "magics",
    "renamed", "not_json", "parser_bomb",
)  # fmt: skip


def test_notebooks_in_nbgraders_tree_get_the_points_that_nbgrader_gives(tmp_path):
    course = Course.at(SAMPLE)
    released = notebook_of(course, course.topic("00_sample/basics"))
    stubs = stub_of(course.topic("00_sample/basics").read())
    for cell in released["cells"]:
        if cell["metadata"]["nbgrader"]["solution"]:
            name = cell["metadata"]["nbgrader"]["grade_id"]
            cell["source"] = re.search(rf"^(def|class) {name}.*?(?=^# %%|\Z)", stubs, re.MULTILINE | re.DOTALL)[0]
    for student in STUDENTS:
        made = NOTEBOOKS[student][0](copy.deepcopy(released))
        place = tmp_path / "course/submitted" / student / "00_sample"
        place.mkdir(parents=True)
        name = "basics (1).ipynb" if student == "renamed" else "basics.ipynb"
        (place / name).write_text(made if isinstance(made, str) else json.dumps(made), encoding="utf-8")
    grade_class(SAMPLE, tmp_path / "course", "--out", tmp_path / "out")
    for student in STUDENTS:
        report = read(tmp_path / "out/submissions" / f"{student}.json")
        assert {e["id"].rpartition("/")[2]: e["points"] for e in report["exercises"]} == NOTEBOOKS[student][1], student
    assert "in basics.ipynb, cell 7, line 3" in json.dumps(read(tmp_path / "out/submissions/half.json"))
    notes = " ".join(read(tmp_path / "out/submissions/parser_bomb.json")["notes"])
    assert "parser" in notes or "is no Python" in notes


def test_hostile_names_and_messages_stay_text(ground, tmp_path):
    course, _, _, _ = ground
    place = tmp_path / "class"
    for name in (
        "=cmd|' /C calc'!A0",
        "<script>alert(1)<",
        "<img src=x onerror=alert(1)>",
        "CON",
        "x" * 200,
        "anna",
        "Anna",
    ):
        (place / name / "00_sample").mkdir(parents=True)
        (place / name / "00_sample/basics.py").write_text(
            "def double(x):\n    raise ValueError('</script><img src=x onerror=alert(1)>')\n"
        )
    grade_class(course, place, "--out", tmp_path / "out")
    page = (tmp_path / "out/class.html").read_text(encoding="utf-8")
    assert page.count("<script") == page.count("</script>") == 2
    assert "<img" not in page
    assert "'=cmd" in (tmp_path / "out/scores.csv").read_text(encoding="utf-8")
    written = sorted(path.name for path in (tmp_path / "out/submissions").iterdir())
    assert len({name.casefold() for name in written}) == 7
    assert all(re.fullmatch(r"[\w ()+,.@=~-]{1,120}\.json", name) for name in written)
    assert "CON.json" not in written


NEEDS_DASK = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="needs Dask: .venv/bin/pip install -e '.[cluster]'"
)


@NEEDS_DASK
def test_a_cluster_comes_to_the_same_bytes_though_a_worker_is_killed(ground, tmp_path):
    course, submissions, out, _ = ground
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    # As on another machine: the workers know nothing of the course, neither by their folder nor by their path.
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    env |= {"DASK_DISTRIBUTED__WORKER__DAEMON": "False"}
    options = {
        "cwd": tmp_path,
        "env": env,
        "stdout": subprocess.DEVNULL,
        "stderr": (tmp_path / "log").open("w"),
        "start_new_session": True,
    }
    scheduler = [
        sys.executable,
        "-m",
        "distributed.cli.dask_scheduler",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--no-dashboard",
    ]
    worker = [
        sys.executable,
        "-m",
        "distributed.cli.dask_worker",
        address,
        "--nthreads",
        "1",
        "--no-nanny",
        "--no-dashboard",
        "--local-directory",
        str(tmp_path),
    ]
    started = [subprocess.Popen(scheduler, **options)]
    try:
        started += [subprocess.Popen(worker, **options) for _ in range(2)]
        command = [
            sys.executable,
            "-m",
            "autograder",
            "--root",
            str(course),
            "grade-class",
            str(submissions),
            "--out",
            str(tmp_path / "out"),
        ]
        command += ["--walls", "strong", "--seed", "7", "--dask", address]
        run = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            end = time.monotonic() + 240
            while (
                len(list((tmp_path / "out").glob("results/*/*.json"))) < 3
                and run.poll() is None
                and time.monotonic() < end
            ):
                time.sleep(0.05)
            stored = len(list((tmp_path / "out").glob("results/*/*.json")))
            started[1].kill()
            said = run.communicate(timeout=300)
        finally:
            run.kill()
        assert run.returncode == 0, said
        assert 0 < stored < len(list((tmp_path / "out").glob("results/*/*.json"))), (
            "the worker was not killed in the middle"
        )
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()
        options["stderr"].close()
    assert outputs(tmp_path / "out") == outputs(out)
