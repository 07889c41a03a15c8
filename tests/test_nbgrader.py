"""The true nbgrader on the sample course: release, some sixty submissions, autograde, feedback, export; each score where it should be."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from autograder.course import Course
from autograder.exports import gradebook_rows, gradescope, read_reports, table
from autograder.release import nbgrader, release
from tests import hostile
from tests.handed_in import FULL, NOTEBOOKS, RIGHT, TRUE_NBGRADER, A, gradebook, write
from tests.sample import SAMPLE, autograder, comparable, read

pytestmark = TRUE_NBGRADER

COURSE = Course.at(SAMPLE)
EXPECTED = {
    student: points
    for found in (NOTEBOOKS, hostile.NOTEBOOKS, hostile.FOLDERS)
    for student, (_, points) in found.items()
}
"""Student -> the points that each exercise earns."""


def run(folder, *arguments):
    done = nbgrader(*arguments, cwd=folder)
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stderr


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course folder with every submission autograded and fed back."""
    folder = tmp_path_factory.mktemp("nbgrader")
    release(Course.at(SAMPLE), A, folder)
    write(folder)
    hostile.write(folder)
    log = run(folder, "autograde", A)
    return SimpleNamespace(folder=folder, log=log)


@pytest.mark.parametrize("student", EXPECTED)
def test_every_cell_has_the_points_it_earned(graded, student):
    with gradebook(graded.folder) as book:
        grades = {name: book.find_grade(f"{name}_check", "basics", A, student) for name in FULL}
        assert {name: grade.auto_score for name, grade in grades.items()} == EXPECTED[student]
        assert not any(grade.needs_manual_grade for grade in grades.values())
        assert {name: grade.max_score for name, grade in grades.items()} == FULL


def test_gradebook_and_json_reports_agree_cell_by_cell(graded):
    reports = read_reports(graded.folder, A, COURSE)
    assert set(reports) == set(EXPECTED)
    with gradebook(graded.folder) as book:
        for student, report in reports.items():
            for exercise in report.exercises:
                name = exercise.id.rpartition("/")[2]
                assert book.find_grade(f"{name}_check", "basics", A, student).score == exercise.points, (student, name)
            assert book.find_submission(A, student).score == report.points


def test_a_class_run_on_the_same_tree_gives_the_same_points(graded, tmp_path):
    done = autograder("grade-class", graded.folder / "submitted", "--out", tmp_path / "out", A)
    assert done.returncode == 0, done.stderr
    found = {path.stem: read(path) for path in (tmp_path / "out/submissions").glob("*.json")}
    assert {
        student: {exercise["id"].rpartition("/")[2]: exercise["points"] for exercise in report["exercises"]}
        for student, report in found.items()
    } == EXPECTED
    assert "(Scale) had become a markdown cell; it was read as code" in " ".join(found["markdown_tests"]["notes"])


@pytest.mark.parametrize("student", ["right", "half", "wrong"])
def test_the_same_code_as_a_file_gets_the_same_report(graded, student, tmp_path):
    notebook = NOTEBOOKS[student][0](json.loads((graded.folder / "release" / A / "basics.ipynb").read_text()))
    code = "\n\n".join(
        "".join(cell["source"])
        for cell in notebook["cells"]
        if cell["cell_type"] == "code" and not cell["metadata"].get("nbgrader", {}).get("grade")
    )
    (tmp_path / "work" / A).mkdir(parents=True)
    (tmp_path / "work" / A / "basics.py").write_text(code)
    autograder("grade", "--submission", tmp_path / "work", "--json", tmp_path / "out.json")

    def verdicts(report):
        return [(c["name"], c["status"], c["points"]) for e in comparable(report)["exercises"] for c in e["checks"]]

    assert verdicts(read(tmp_path / "out.json")) == verdicts(
        read(graded.folder / "reports" / A / student / "basics.json")
    )


ODD = {
    "deleted_tests": "were missing and were put back: double_check, Scale_check, descend_check",
    "deleted_answer": "no answer is there for Scale",
    "copied_tests": "double_check is there 2 times",
    "copied_answer": "double is defined 2 times; the last one was graded",
    "syntax": "cell 5 is no Python",
    "new_labels": "found by name: double, Scale, descend",
    "edited_tests": "had been edited; the course's text was put back",
    "flags": "had been changed and were put back",
    "markdown_tests": "had become a markdown cell",
    "huge": "most of it outputs",
    "no_kernel": "names no kernel",
    "vscode": "names no kernel",
    "colab": "lines for the notebook itself",
    "magics": "lines for the notebook itself",
    "renamed": "basics (1).ipynb was graded in its place",
    "not_json": "is no notebook: its text is not JSON",
    "nested": "is no notebook",
    "parser_bomb": "is no Python",
    "claims": "points or kinds of cells had been changed",
    "swapped": "found by name: double, Scale, descend",
    "bonus": "claim points, and get none: 1, 2, 3",
    "hidden_part": "belongs to the course and had been edited",
    "not_cells": "are no cells and were not used",
    "many_cells": "the first 2,000 were read",
    "long_cell": "kept in part only: cells 3, 4",
    "odd_text": "null bytes",
    "empty_file": "is no notebook: it is empty",
    "a_number": "it holds no cells",
    "other_chapter": "no answer is there for double, Scale, descend",
    "two_cases": "Basics.ipynb was handed in too; basics.ipynb was graded",
    "other_case": "BASICS.ipynb was graded in its place",
    "bad_time": "timestamp.txt holds no time",
    "time_folder": "timestamp.txt holds no time",
    "links": "links in the folder were not followed: all, answers.txt, gone.csv, passwd.txt, round",
    "folder_for_a_notebook": "cannot be read: Is a directory",
    "a_page_for_a_name": "was graded in its place",
    "borrowed_folder": "link to another one of the course",
}


@pytest.mark.parametrize("student", ODD)
def test_what_was_odd_is_said_in_a_sentence(graded, student):
    assert any(ODD[student] in note for note in read(graded.folder / "reports" / A / student / "basics.json")["notes"])
    with gradebook(graded.folder) as book:
        comments = [book.find_comment(name, "basics", A, student).auto_comment or "" for name in FULL]
    assert any(ODD[student] in comment for comment in comments)


def test_an_ordinary_notebook_draws_no_remark(graded):
    for student in ("right", "untouched", "half", "wrong", "loop", "pictures"):
        assert read(graded.folder / "reports" / A / student / "basics.json")["notes"] == []


def test_the_engine_is_warmed_once_for_the_run(graded):
    walls = {tuple(report.walls) for report in read_reports(graded.folder, A, COURSE).values()}
    assert len(walls) == 1
    assert walls.pop()


def test_feedback_shows_messages_and_nothing_hidden(graded):
    run(graded.folder, "generate_feedback", A)
    hidden = [
        line.strip()
        for line in (SAMPLE / "autograder/graders/00_sample/test_basics.py").read_text().splitlines()
        if len(line.strip()) > 25
    ]
    hidden += ["self.factor = nn.Parameter(torch.ones(()))", "* makes a new tensor; *= does not"]
    shown = {
        "gives twice the input",
        "keeps integers integers",
        "holds one parameter and multiplies by it",
        "steps like plain gradient descent, twice in a row",
    }
    for student in ("half", "wrong", "untouched", "thief", "not_json"):
        page = (graded.folder / "feedback" / student / A / "basics.html").read_text(encoding="utf-8")
        text = (
            re.sub(r"<[^>]+>", "", page)
            .replace("&#39;", "'")
            .replace("&quot;", '"')
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&")
        )
        own = (graded.folder / "submitted" / student / A / "basics.ipynb").read_text()
        for line in hidden:
            if (
                line not in own
                and not any(title in line for title in shown)
                and not line.startswith(("@check", "import", "from"))
            ):
                assert line not in text, (student, line)
    page = (graded.folder / "feedback" / "half" / A / "basics.html").read_text(encoding="utf-8")
    assert "HIDDEN TESTS" not in page
    for text in ("double: 1 of 2 points", "keeps integers integers", "should be int64", "Scale: 2 of 2 points"):
        assert text in page
    page = (graded.folder / "feedback" / "wrong" / A / "basics.html").read_text(encoding="utf-8")
    assert "You added two; twice was asked for." in page


def test_what_students_write_runs_nothing_where_it_is_read(graded):
    """Neither in feedback nor in formgrader, which shows the same notebook through the same filter."""
    from bs4 import BeautifulSoup

    if not (graded.folder / "feedback").is_dir():
        run(graded.folder, "generate_feedback", A)

    def running(student):
        page = BeautifulSoup((graded.folder / "feedback" / student / A / "basics.html").read_text(), "html.parser")
        found = [str(tag) for name in ("script", "iframe", "style", "object", "svg") for tag in page.find_all(name)]
        found += [str(tag) for tag in page.find_all() if any(name.startswith("on") for name in tag.attrs)]
        found += [
            str(tag)
            for tag in page.find_all()
            for name in ("href", "src")
            if str(tag.get(name, "")).strip().lower().startswith(("javascript:", "data:text", "data:image/svg"))
        ]
        return found, page

    plain, _ = running("right")
    for student in hostile.NOTEBOOKS | hostile.FOLDERS:
        found, _ = running(student)
        assert found == plain, student
    assert "<script>document.title" in running("markup")[1].get_text()  # it shows as text
    pictures = [tag["src"] for tag in running("pictures")[1].find_all("img")]
    assert pictures == [
        f"data:image/png;base64,{hostile.PIXEL}",
        "#harmful-link",
        "#harmful-link",
    ]  # mistune's word for it


def test_links_in_a_submission_are_copied_nowhere(graded):
    if not (graded.folder / "feedback").is_dir():
        run(graded.folder, "generate_feedback", A)
    for step in ("autograded", "feedback"):
        assert {path.name for path in (graded.folder / step / "links" / A).iterdir()} <= {
            "basics.ipynb",
            "basics.html",
            "timestamp.txt",
        }


def test_exports_carry_the_scores_of_the_reports(graded, tmp_path):
    reports = read_reports(graded.folder, A, COURSE)
    run(graded.folder, "export", "--to", str(tmp_path / "nbgrader.csv"))
    totals = {
        row["student_id"]: float(row["raw_score"])
        for row in csv.DictReader(io.StringIO((tmp_path / "nbgrader.csv").read_text()))
    }
    assert totals == {student: report.points for student, report in reports.items()}
    header, rows = gradebook_rows(graded.folder, A, COURSE)
    for row in csv.DictReader(io.StringIO(table(header, rows))):
        report = reports[row["student_id"]]
        for exercise in report.exercises:
            assert float(row[f"basics/{exercise.id.rpartition('/')[2]}"]) == exercise.points
        assert float(row["score"]) == report.points
        assert float(row["max_score"]) == report.max_points
    done = autograder("export", graded.folder, A, "--gradescope", tmp_path / "scope", "--csv", tmp_path / "lms.csv")
    assert done.returncode == 0, done.stderr
    for student, report in reports.items():
        found = read(tmp_path / "scope" / student / "results.json")
        assert (
            found["score"]
            == report.points
            == sum(test["score"] for test in found["tests"])
            == sum(EXPECTED[student].values())
        )
        assert found == gradescope(report)


def test_the_csv_survives_commas_quotes_and_formulas():
    rows = list(csv.reader(io.StringIO(table(["student_id", "last_name", "score"], [["=1+1", 'L, "Jr"', 1.5]]))))
    assert rows == [["student_id", "last_name", "score"], ["'=1+1", 'L, "Jr"', "1.5"]]


def test_one_student_again_keeps_manual_points_and_late_penalties_are_nbgraders(graded, tmp_path):
    folder = tmp_path / "again"
    shutil.copytree(graded.folder, folder, symlinks=True)
    with gradebook(folder) as book:
        grade = book.find_grade("double_check", "basics", A, "wrong")
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        book.update_or_create_assignment(A, duedate="2026-01-01 00:00:00 UTC")
        book.db.commit()
    others = {path: path.stat().st_mtime_ns for path in (folder / "autograded").glob("*/*/*.ipynb")}
    place = folder / "submitted" / "half" / A / "basics.ipynb"
    notebook = json.loads(place.read_text())
    next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == "double")["source"] = (
        RIGHT["double"]
    )
    place.write_text(json.dumps(notebook))
    late = "--LateSubmissionPlugin.penalty_method=zero"
    run(folder, "autograde", A, "--student", "half", late)  # already graded, and not newer: nbgrader skips it
    with gradebook(folder) as book:
        assert book.find_grade("double_check", "basics", A, "half").score == 1
    for student in ("half", "wrong", "renamed"):
        run(folder, "autograde", A, "--student", student, "--force", late)
    with gradebook(folder) as book:
        assert book.find_grade("double_check", "basics", A, "half").score == 2
        manual = book.find_grade("double_check", "basics", A, "wrong")
        assert (manual.auto_score, manual.score, manual.needs_manual_grade) == (0, 1.5, True)
        tardy = book.find_submission(A, "renamed")
        assert tardy.total_seconds_late == 36 * 3600
        assert (tardy.score, tardy.late_submission_penalty) == (7, 7)
        assert not book.find_submission(A, "half").late_submission_penalty
    assert all(
        path.stat().st_mtime_ns == when
        for path, when in others.items()
        if path.parts[-3] not in ("half", "wrong", "renamed")
    )
    header, rows = gradebook_rows(folder, A, COURSE)
    by_student = {row[0]: dict(zip(header, row, strict=True)) for row in rows}
    assert by_student["wrong"]["basics/double"] == 1.5
    assert (by_student["renamed"]["late_penalty"], by_student["renamed"]["score"]) == (7, 0)


def test_a_link_out_of_the_submission_earns_nothing(graded, tmp_path):
    folder = tmp_path / "links"
    for name in ("source", "release"):
        shutil.copytree(graded.folder / name, folder / name)
    for name in ("gradebook.db", "nbgrader_config.py"):
        shutil.copy(graded.folder / name, folder / name)
    place = folder / "submitted" / "linker" / A
    place.mkdir(parents=True)
    (place / "basics.ipynb").symlink_to(folder / "source" / A / "basics.ipynb")  # the reference
    run(folder, "autograde", A)
    with gradebook(folder) as book:
        assert book.find_submission(A, "linker").score == 0
    assert any(
        "link to a file outside" in note for note in read(folder / "reports" / A / "linker" / "basics.json")["notes"]
    )


HONEST = ["right", "untouched", "half", "wrong", "warns"]


def test_nbgraders_own_pipeline_gives_honest_work_the_same_points(graded, tmp_path, monkeypatch):
    folder = tmp_path / "stock"
    for name in ("source", "release"):
        shutil.copytree(graded.folder / name, folder / name)
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.Execute.timeout = 600\n")
    shutil.copy(graded.folder / "gradebook.db", folder / "gradebook.db")
    with gradebook(folder) as book:
        for student in EXPECTED:
            book.remove_student(student)
    write(folder, HONEST)
    monkeypatch.setenv("PYTORCH_COURSE_ROOT", str(SAMPLE))
    run(folder, "autograde", A)
    with gradebook(folder) as book:
        for student in HONEST:
            assert {
                name: book.find_grade(f"{name}_check", "basics", A, student).auto_score for name in FULL
            } == NOTEBOOKS[student][1]


def test_the_release_holds_no_solution_and_is_the_same_each_time(graded, tmp_path):
    text = (graded.folder / "release" / A / "basics.ipynb").read_text()
    for secret in ("2 * x", "nn.Parameter", "mse_loss", "HINT", "SOLUTION", "HIDDEN", "score("):
        assert secret not in text
    assert text.count("Your code here") == 4
    again = autograder("release", "00", "--out", tmp_path)
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "source" / A / "basics.ipynb").read_bytes() == (
        graded.folder / "source" / A / "basics.ipynb"
    ).read_bytes()
    unknown = autograder("release", "77_none", "--out", tmp_path)
    assert (unknown.returncode, "names no single chapter" in unknown.stderr) == (2, True)


def test_points_changed_since_the_release_are_the_courses_error(graded, tmp_path):
    folder = tmp_path / "changed"
    shutil.copytree(SAMPLE, tmp_path / "course")
    grader = tmp_path / "course/autograder/graders/00_sample/test_basics.py"
    release(Course.at(tmp_path / "course"), A, folder)
    write(folder, ["right"])
    grader.write_text(grader.read_text().replace("points=3", "points=4"))
    done = nbgrader("autograde", A, cwd=folder)
    assert done.returncode == 1
    assert "nox -s release -- 00_sample` again" in done.stderr
    assert os.listdir(folder / "submitted") == ["right"]
    assert Path(folder / "autograded/right").is_dir() is False or not list(
        (folder / "autograded/right").glob("*/*.ipynb")
    )
