"""The CSV for learning platforms: columns in the course's order, whatever counts in a column of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.exports import gradebook_rows, position_in
from autograder.model import CourseError
from tests.sample import SAMPLE

pytestmark = pytest.mark.filterwarnings("ignore")  # nbgrader's own dependencies warn

A = "00_sample"


def test_notebooks_follow_the_course_and_others_their_names():
    topics = ["prediction", "data", "training", "autograd"]
    course = Course(SAMPLE, tuple(Course.at(SAMPLE).topics[0].__class__(SAMPLE, f"{A}/{name}") for name in topics))
    assert sorted(["own", "autograd", "data", "essay", "prediction", "training"], key=position_in(course, A)) == [
        *topics,
        "essay",
        "own",
    ]


def test_what_is_marked_by_hand_has_a_column_and_the_columns_add_up(tmp_path, monkeypatch):
    from nbgrader.api import Gradebook

    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")  # for alembic
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as book:
        book.add_assignment(A)
        for notebook in ("essay", "basics"):
            book.add_notebook(notebook, A)
        book.add_grade_cell("double_check", "basics", A, cell_type="code", max_score=2)
        book.add_task_cell("why", "essay", A, cell_type="markdown", max_score=5)
        book.add_student("ada", last_name="=Lovelace")
        book.add_submission(A, "ada")
        book.find_grade("double_check", "basics", A, "ada").auto_score = 1
        book.find_grade("why", "essay", A, "ada").manual_score = 4
        book.db.commit()
    header, rows = gradebook_rows(tmp_path, A, Course.at(SAMPLE))
    assert header[4:] == ["basics/double", "essay/why", "late_penalty", "score", "max_score"]
    assert rows == [["ada", "=Lovelace", "", "", 1, 4, 0, 5, 7]]


def test_a_folder_without_a_gradebook_is_left_as_it_is(tmp_path):
    with pytest.raises(CourseError, match=r"gradebook\.db: is missing: give nbgrader's course folder"):
        gradebook_rows(tmp_path, A, Course.at(SAMPLE))
    assert list(tmp_path.iterdir()) == []
