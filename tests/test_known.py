"""`nbgrader autograde` takes what a class run has graded: the true nbgrader, the same scores and messages, and the engine has nothing to do."""

from __future__ import annotations

import json
import re
import shutil
from types import SimpleNamespace

import pytest

from autograder.client import ClassResults
from autograder.course import Course
from autograder.exports import gradebook_rows, read_reports
from autograder.model import CourseError
from autograder.release import nbgrader, release
from autograder.results import recorded
from tests.class_course import TOPICS, build_course
from tests.handed_in import FULL, NOTEBOOKS, TRUE_NBGRADER, A, gradebook
from tests.sample import autograder, comparable, read

pytestmark = TRUE_NBGRADER

STUDENTS = (
    "right",
    "untouched",
    "half",
    "wrong",
    "syntax",
    "raises_outside",
    "loop",
    "exits",
    "colab",
    "copied_answer",
    "flags",
)
"""Whose notebooks reach both ways as the same cells."""


def scores(folder):
    with gradebook(folder) as book:
        return {
            (student, topic, name): book.find_grade(f"{name}_check", topic, A, student).auto_score
            for student in STUDENTS
            for topic in ("basics", "more")
            for name in FULL
        }


def comments(folder):
    with gradebook(folder) as book:
        return {
            (student, name): book.find_comment(name, "basics", A, student).auto_comment
            for student in STUDENTS
            for name in FULL
        }


def run(folder, *arguments, code=0):
    done = nbgrader("autograde", A, *arguments, cwd=folder)
    assert done.returncode == code, done.stderr[-4000:]
    return done.stderr


def taken(log):
    return set(re.findall(r"(\w+): (\w+): taken from the class run in results", log))


def graded_now(log):
    return {(student, topic): why for student, topic, why in re.findall(r"(\w+): (\w+): graded now: (.*)", log)}


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    """A course of two topics that is taught in another order than the alphabet's, its class graded by a class run, then by nbgrader with and without it."""
    folder = tmp_path_factory.mktemp("known")
    root, plain, known = build_course(folder), folder / "plain", folder / "known"
    readme = root / "solutions/00_sample/README.md"
    readme.write_text(readme.read_text(encoding="utf-8") + "\n<!-- topics: more, basics -->\n", encoding="utf-8")
    course = Course.at(root)
    release(course, A, plain)
    for student in STUDENTS:
        place = plain / "submitted" / student / A
        place.mkdir(parents=True)
        for topic in ("basics", "more"):
            released = json.loads((plain / "release" / A / f"{topic}.ipynb").read_text(encoding="utf-8"))
            (place / f"{topic}.ipynb").write_text(json.dumps(NOTEBOOKS[student][0](released)), encoding="utf-8")
    shutil.copytree(plain, known)
    run(plain)
    done = autograder("grade-class", known / "submitted", "--out", known / "results", A, root=root)
    assert done.returncode == 0, done.stderr
    config = known / "nbgrader_config.py"
    text = config.read_text(encoding="utf-8").replace(
        '# c.GradeNotebook.class_run = "OUT"', 'c.GradeNotebook.class_run = "results"'
    )
    assert text.count('\nc.GradeNotebook.class_run = "results"') == 1
    config.write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOGRADER_PORTABLE", "1")  # in which the engine refuses to grade other people's work
        log = run(known)
    return SimpleNamespace(course=course, plain=plain, known=known, log=log)


def copy_of(ground, place):
    shutil.copytree(ground.known, place)
    return place


def test_everything_is_taken_from_the_class_run_and_nothing_graded(ground):
    assert taken(ground.log) == {(student, topic) for student in STUDENTS for topic in ("basics", "more")}
    assert graded_now(ground.log) == {}


def test_scores_comments_and_messages_are_those_of_grading(ground):
    assert scores(ground.known) == scores(ground.plain)
    assert scores(ground.known) == {
        (student, topic, name): NOTEBOOKS[student][1][name]
        for student in STUDENTS
        for topic in ("basics", "more")
        for name in FULL
    }
    assert comments(ground.known) == comments(ground.plain)
    assert any(comments(ground.known).values())
    for student in STUDENTS:
        for topic in ("basics", "more"):
            one, other = (
                comparable(read(folder / "reports" / A / student / f"{topic}.json"))
                for folder in (ground.plain, ground.known)
            )
            assert one == other
        cells = [
            [
                cell["outputs"]
                for cell in read(folder / "autograded" / student / A / "basics.ipynb")["cells"]
                if "outputs" in cell
            ]
            for folder in (ground.plain, ground.known)
        ]
        assert cells[0] == cells[1]


def test_the_report_is_the_class_runs(ground):
    for student in STUDENTS:
        whole = read(ground.known / "results/submissions" / f"{student}.json")
        parts = [read(ground.known / "reports" / A / student / f"{topic}.json") for topic in ("more", "basics")]
        assert [exercise for part in parts for exercise in part["exercises"]] == whole["exercises"]
        for name in ("seed", "walls", "torch", "course_version", "submission"):
            assert {json.dumps(part[name]) for part in parts} == {json.dumps(whole[name])}


def test_a_changed_notebook_is_graded_and_the_others_are_not(ground, tmp_path):
    folder = copy_of(ground, tmp_path / "changed")
    path = folder / "submitted/wrong" / A / "basics.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("return x + 2", "return x + x"), encoding="utf-8")
    log = run(folder, "--force")
    assert graded_now(log) == {("wrong", "basics"): "the class run has no result for exactly these cells"}
    assert len(taken(log)) == 2 * len(STUDENTS) - 1
    assert scores(folder) == {**scores(ground.plain), ("wrong", "basics", "double"): 2}


def test_other_checks_are_not_the_class_runs(ground, tmp_path):
    folder = copy_of(ground, tmp_path / "regraded")
    root = tmp_path / "course"
    shutil.copytree(ground.course.root, root)
    grader = root / "autograder/graders/00_sample/test_basics.py"
    grader.write_text(grader.read_text(encoding="utf-8") + "\n# a mended check\n", encoding="utf-8")
    log = run(folder, "--force", "--student", "half", f"--GradeNotebook.course_root={root}")
    assert graded_now(log) == {("half", "basics"): f"the checks of {TOPICS[0]} have changed since the class run"}
    assert taken(log) == {("half", "more")}
    assert scores(folder) == scores(ground.plain)
    record = folder / "results/run.json"
    about = read(record)
    about["about"]["torch"] = "2.0.0"
    record.write_text(json.dumps(about), encoding="utf-8")
    asked = (TOPICS[0], "half", "basics.ipynb", [])
    results = ClassResults(ground.course.root, folder / "results")
    assert results.find(*asked) == "the class run had another version of torch"
    record.write_text(json.dumps({**about, "about": {**about["about"], "walls": []}}), encoding="utf-8")
    assert results.find(*asked) == "the class run had walls plain, and strong is asked for"
    record.unlink()
    with pytest.raises(CourseError, match=r"run\.json: is missing: no class run has written to this folder"):
        results.find(*asked)
    results.close()


def test_a_folder_without_a_class_run_is_said_once_and_nothing_is_graded(ground, tmp_path):
    folder = copy_of(ground, tmp_path / "bad")
    path = folder / "results/run.json"
    before = scores(folder)
    path.unlink()
    log = run(folder, "--force", code=1)
    assert log.count("nbgrader_config.py: c.GradeNotebook.class_run = ") == 1
    assert f"{path}: is missing" in log
    assert f"grade-class submitted --out results {A}` in {folder}, or take that line out" in log
    assert "Traceback" not in log
    assert list((folder / "autograded").glob("*/*/*.ipynb"))
    assert scores(folder) == before


@pytest.mark.parametrize("content", ["[", "", "{}", '{"schema": 1, "seed": 7}', '{"about": 1, "topics": 2}'])
def test_a_damaged_or_empty_record_is_a_sentence(tmp_path, content):
    (tmp_path / "run.json").write_text(content, encoding="utf-8")
    with pytest.raises(CourseError, match="does not say what was graded"):
        recorded(tmp_path)


def test_columns_and_test_cases_stand_in_the_courses_order(ground):
    header, rows = gradebook_rows(ground.known, A, ground.course)
    assert header[4:10] == [
        f"{topic}/{name}" for topic in ("more", "basics") for name in ("double", "Scale", "descend")
    ]
    half = next(row for row in rows if row[0] == "half")
    assert half[4:10] == [1, 2, 0, 1, 2, 0]
    report = read_reports(ground.known, A, ground.course)["half"]
    assert [exercise.id for exercise in report.exercises] == ground.course.ids()
    shutil.move(ground.known / "source", ground.known / "elsewhere")
    try:  # without the notebooks the gradebook gives names alone
        assert gradebook_rows(ground.known, A, ground.course)[0][4:7] == ["more/Scale", "more/descend", "more/double"]
    finally:
        shutil.move(ground.known / "elsewhere", ground.known / "source")
