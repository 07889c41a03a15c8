"""Percent files: what a solution file must look like, and the stub cut from it."""

import pytest

from autograder.model import CourseError
from autograder.source import definition_span, read_topic, stub_of

GOOD = '''# %% [markdown]
# # Title
# Text.

# %%
import torch

# %% difficulty="easy" minutes=5
def one(x):
    """First line.

    More.
    """
    # BEGIN SOLUTION
    # HINT a
    # HINT b
    # HINT c
    return x
    # END SOLUTION
'''


def write(tmp_path, text):
    path = tmp_path / "topic.py"
    path.write_text(text, encoding="utf-8")
    return path


def test_reads_title_exercise_and_hints(tmp_path):
    topic = read_topic(write(tmp_path, GOOD))
    (exercise,) = topic.exercises
    assert topic.title == "Title"
    assert (exercise.name, exercise.title, exercise.difficulty, exercise.minutes) == ("one", "First line.", "easy", 5)
    assert exercise.hints == ("a", "b", "c")
    assert exercise.line == 9


def test_the_stub_keeps_all_but_the_region(tmp_path):
    stub = stub_of(read_topic(write(tmp_path, GOOD)))
    assert stub == GOOD[: GOOD.index("    # BEGIN")] + '    raise NotImplementedError("Your code here")\n'
    assert "HINT" not in stub


def test_a_change_of_the_reference_leaves_the_task_as_it_is(tmp_path):
    before = read_topic(write(tmp_path, GOOD)).exercises[0].task_hash
    assert read_topic(write(tmp_path, GOOD.replace("return x", "return x + 0"))).exercises[0].task_hash == before
    assert read_topic(write(tmp_path, GOOD.replace("More.", "Else."))).exercises[0].task_hash != before


@pytest.mark.parametrize(
    ("old", "new", "line", "text"),
    [
        ("    # END SOLUTION\n", "", 14, "BEGIN SOLUTION is never closed"),
        ("    # BEGIN SOLUTION\n", "", 14, "HINT lines belong"),
        ("    # HINT a\n", "    # BEGIN SOLUTION\n", 15, "inside the region opened on line 14"),
        ("    # HINT a\n", "", 8, "has 2 HINT lines; write 3"),
        ('difficulty="easy" ', "", 8, "needs difficulty="),
        ('difficulty="easy"', 'difficulty="nice"', 8, "needs difficulty="),
        ("def one(x):", "def one(x:", 9, "syntax error"),
        ("def one(x):", "import os\ndef one(x):", 8, "exactly one top-level def or class"),
        ("    return x\n", "    return x  # END SOLUTION\n", 18, "stands alone on its line"),
    ],
)
def test_a_wrong_file_is_named_with_its_line(tmp_path, old, new, line, text):
    assert old in GOOD
    path = write(tmp_path, GOOD.replace(old, new))
    with pytest.raises(CourseError) as caught:
        read_topic(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert text in str(caught.value)


def test_the_same_exercise_twice_is_an_error(tmp_path):
    path = write(tmp_path, GOOD + GOOD[GOOD.index("# %% diff") :])
    with pytest.raises(CourseError, match="already defined on line 9"):
        read_topic(path)


def test_bytes_that_are_no_utf8_are_named(tmp_path):
    path = tmp_path / "topic.py"
    path.write_bytes(GOOD.encode() + b"\xe9")
    with pytest.raises(CourseError, match="no UTF-8"):
        read_topic(path)


def test_definition_span_covers_decorators_and_the_last_of_two():
    text = "def f():\n    pass\n\n@cache\ndef f():\n    return 1\nx = 1\n"
    assert definition_span(text, "f") == (3, 6)
    assert definition_span(text, "g") is None
