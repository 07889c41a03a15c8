"""Every sample submission gives exactly the JSON that stands beside it; UPDATE_EXPECTED=1 writes that anew, then read the difference."""

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from .sample import ROOT, SAMPLE, SUBMISSIONS, autograder, comparable, read

NAMES = sorted(path.name for path in SUBMISSIONS.iterdir() if path.is_dir())
CODES = {"right": 0}


@pytest.mark.parametrize("name", NAMES)
def test_gives_the_expected_json(name, tmp_path):
    out = tmp_path / "out.json"
    done = autograder("grade", "--submission", SUBMISSIONS / name, "--walls", "strong", "--json", out)
    assert done.returncode == CODES.get(name, 1), done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    expected = SUBMISSIONS / f"{name}.json"
    if os.environ.get("UPDATE_EXPECTED"):
        import json

        expected.write_text(json.dumps(comparable(read(out)), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert comparable(read(out)) == comparable(read(expected))


def test_the_reference_earns_full_points_and_exit_code_0(tmp_path):
    done = autograder("grade", "--reference", "--json", tmp_path / "out.json", "--junit", tmp_path / "out.xml")
    assert done.returncode == 0
    report = read(tmp_path / "out.json")
    assert report["points"] == report["max_points"] == 7.0
    assert 'tests="4" failures="0" errors="0"' in (tmp_path / "out.xml").read_text()


def test_two_runs_give_the_same_json_also_from_elsewhere_and_with_spaces_and_umlauts(tmp_path):
    folder = tmp_path / "Übung 1 von Ärger"
    shutil.copytree(SUBMISSIONS / "wrong", folder)
    reports = []
    for cwd in (ROOT, tmp_path):
        out = tmp_path / f"{len(reports)}.json"
        autograder("grade", "--submission", folder, "--json", out, cwd=cwd)
        reports.append(comparable(read(out)))
    assert reports[0] == reports[1]
    assert {**reports[0], "submission": "wrong"} == comparable(read(SUBMISSIONS / "wrong.json"))


def test_a_seed_repeats_a_run(tmp_path):
    for name in ("a.json", "b.json"):
        autograder("grade", "--reference", "--seed", "7", "--json", tmp_path / name)
    first, second = read(tmp_path / "a.json"), read(tmp_path / "b.json")
    assert first["seed"] == second["seed"] == 7
    assert comparable(first) == comparable(second)


def test_a_selector_grades_a_part(tmp_path):
    out = tmp_path / "out.json"
    done = autograder("grade", "--reference", "00_sample/basics/Scale", "--json", out)
    assert done.returncode == 0
    assert [exercise["id"] for exercise in read(out)["exercises"]] == ["00_sample/basics/Scale"]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["grade", "00_sampel"], "near ones: 00_sample"),
        (["grade", "00_sample/basics/Scael"], "00_sample/basics/Scale"),
        (["grade", "--submission", "no_such_folder"], "there is no submission folder no_such_folder"),
        (["grade", "--reference", "--json", "no/such/folder/out.json"], "there is no folder"),
        (["grade", "--reference", "--submission", "."], "exclude one another"),
        (["hint", "00_sample"], "name one: 00_sample/basics/double"),
        (["reset", "nonsense"], "no exercise is selected by 'nonsense'"),
    ],
)
def test_a_wrong_command_is_one_sentence_and_exit_code_2(arguments, text):
    done = autograder(*arguments)
    assert done.returncode == 2
    assert text in done.stderr
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


def test_ctrl_c_says_partial_and_leaves_no_process(tmp_path):
    command = [
        sys.executable,
        "-m",
        "autograder",
        "--root",
        str(SAMPLE),
        "grade",
        "--walls",
        "strong",
        "--submission",
        str(SUBMISSIONS / "hang"),
        "--json",
        str(tmp_path / "out.json"),
    ]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    deadline = time.monotonic() + 120
    while (
        time.monotonic() < deadline and len(_descendants(process.pid)) < 3
    ):  # zygote, grader child, worker: grading is under way
        time.sleep(0.1)
    family = _descendants(process.pid)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "partial" in out
    assert not (tmp_path / "out.json").exists()
    time.sleep(1)
    assert [pid for pid in family if os.path.exists(f"/proc/{pid}")] == []


def _descendants(pid: int) -> list[int]:
    """Processes below `pid`, from /proc."""
    found: list[int] = []
    todo = [pid]
    while todo:
        parent = todo.pop()
        try:
            with open(f"/proc/{parent}/task/{parent}/children") as content:
                children = [int(child) for child in content.read().split()]
        except OSError:
            continue
        found += children
        todo += children
    return found


def test_output_to_a_pipe_is_plain_text():
    done = autograder("grade", "--reference")
    assert "\x1b" not in done.stdout + done.stderr


def test_workers_without_fork_give_the_same_results(tmp_path):
    out = tmp_path / "out.json"
    done = autograder(
        "grade",
        "--submission",
        SUBMISSIONS / "crash",
        "--walls",
        "plain",
        "--json",
        out,
        env={"AUTOGRADER_PORTABLE": "1"},
    )
    assert done.returncode == 1
    got, want = comparable(read(out)), comparable(read(SUBMISSIONS / "crash.json"))
    assert [(e["id"], e["status"], e["points"]) for e in got["exercises"]] == [
        (e["id"], e["status"], e["points"]) for e in want["exercises"]
    ]
