"""Generated files, selectors and reset, on a copy of the sample course."""

import os
import shutil

import pytest

from autograder.course import Course, find_exercise, generate, reset, write_whole
from autograder.model import CourseError

from .sample import SAMPLE

TOPIC = "00_sample/basics"


@pytest.fixture
def course(tmp_path):
    shutil.copytree(SAMPLE, tmp_path / "course", ignore=shutil.ignore_patterns("submissions", "__pycache__"))
    return Course.at(tmp_path / "course")


def stub(course):
    return course.root / "exercises" / f"{TOPIC}.py"


def test_the_committed_stubs_are_current(course):
    assert generate(course, check=True).stale == ()


def test_a_changed_source_is_drift_and_generate_mends_it(course):
    solution = course.root / "solutions" / f"{TOPIC}.py"
    solution.write_text(solution.read_text().replace("Twice `x`", "Two times `x`"))
    assert generate(course, check=True).stale == ("00_sample/README.md", f"{TOPIC}.py", ".generated.json")
    assert generate(course).written == ("00_sample/README.md", f"{TOPIC}.py")
    assert "Two times" in stub(course).read_text()
    assert generate(course, check=True).stale == ()


def test_a_students_edit_is_never_overwritten(course):
    edited = stub(course).read_text().replace('raise NotImplementedError("Your code here")', "return 2 * x", 1)
    stub(course).write_text(edited)
    assert generate(course).kept == (f"{TOPIC}.py",)
    solution = course.root / "solutions" / f"{TOPIC}.py"
    solution.write_text(solution.read_text().replace("Twice `x`", "Two times `x`"))
    assert generate(course).kept == (f"{TOPIC}.py",)
    assert stub(course).read_text() == edited


def test_reset_of_one_exercise_keeps_the_others_and_the_old_text(course):
    fresh = stub(course).read_text()
    edited = fresh.replace('raise NotImplementedError("Your code here")', "return 1")
    stub(course).write_text(edited)
    (line,) = reset(course, f"{TOPIC}/double")
    kept = course.root / line.rpartition(" ")[2]
    assert kept.read_text() == edited
    text = stub(course).read_text()
    assert text.count('raise NotImplementedError("Your code here")') == 1
    assert text[: text.index("class Scale")] == fresh[: fresh.index("class Scale")]


def test_reset_of_a_topic_works_with_a_syntax_error_that_stops_that_of_an_exercise(course):
    fresh = stub(course).read_text()
    stub(course).write_text("def broken(:\n")
    with pytest.raises(CourseError, match=f"nox -s reset -- {TOPIC}"):
        reset(course, f"{TOPIC}/double")
    reset(course, TOPIC)
    assert stub(course).read_text() == fresh


def test_reset_writes_a_missing_file_and_leaves_an_untouched_one(course):
    fresh = stub(course).read_text()
    assert "as it came already" in reset(course, TOPIC)[0]
    stub(course).unlink()
    reset(course, "00_sample")
    assert stub(course).read_text() == fresh
    assert not (course.root / "exercises" / ".kept").exists()


def test_reset_of_a_renamed_exercise_appends_it(course):
    stub(course).write_text(stub(course).read_text().replace("def double(", "def duoble("))
    reset(course, "double")
    assert "def duoble(" in stub(course).read_text()
    assert "def double(" in stub(course).read_text()


@pytest.mark.parametrize(
    "selector",
    ["00", "00_sample", "00_sample/", "00_sample/basics", "exercises/00_sample/basics.py", "./exercises/00_sample"],
)
def test_prefixes_and_paths_select(course, selector):
    assert len(course.select([selector])) == 3


def test_a_bare_name_selects_one(course):
    assert course.select(["Scale"]) == [f"{TOPIC}/Scale"]
    assert find_exercise(course, "Scale")[1].name == "Scale"


def test_a_whole_id_selects_that_exercise_alone(course):
    """`training/fit` must not take `training/fit_line` with it: `reset` would throw that one away too."""
    solution = course.root / "solutions" / f"{TOPIC}.py"
    text = solution.read_text()
    cell = text[text.index("# %% difficulty") : text.index("# %% difficulty", text.index("# %% difficulty") + 1)]
    solution.write_text(text + cell.replace("double", "double_twice"))
    course = Course.at(course.root)
    assert course.select([f"{TOPIC}/double"]) == [f"{TOPIC}/double"]
    assert course.select([f"{TOPIC}/doub"]) == [f"{TOPIC}/double", f"{TOPIC}/double_twice"]
    assert find_exercise(course, f"{TOPIC}/double")[1].name == "double"


def test_a_name_that_stands_in_two_topics_lists_both(course):
    shutil.copy(course.root / "solutions" / f"{TOPIC}.py", course.root / "solutions" / "00_sample" / "other.py")
    with pytest.raises(CourseError, match=f"name one: {TOPIC}/Scale, 00_sample/other/Scale$"):
        find_exercise(Course.at(course.root), "Scale")


def test_an_unknown_selector_names_near_ones(course):
    with pytest.raises(CourseError, match=f"near ones: {TOPIC}/double"):
        course.select(["duoble"])


def test_the_chapter_page_has_totals(course):
    page = (course.root / "exercises" / "00_sample" / "README.md").read_text()
    assert "| `descend` |" in page
    assert "| all | | 7 | | 30 |" in page


def test_a_folder_without_chapters_is_named(tmp_path):
    with pytest.raises(CourseError, match="holds no chapter"):
        Course.at(tmp_path)


def test_a_file_is_written_whole_and_nothing_but_a_file_is_replaced(tmp_path):
    """As root a device would be, by the file of that name."""
    target, link, pipe = tmp_path / "results.json", tmp_path / "link.json", tmp_path / "pipe"
    target.write_text("old")
    link.symlink_to(target)
    write_whole(link, "new \udcff\n")
    assert link.is_symlink()
    assert target.read_text() == "new \\udcff\n"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_whole(pipe, "text")
    assert os.read(reader, 10) == b"text"
    assert pipe.is_fifo()
    os.close(reader)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.json", "pipe", "results.json"]


def test_near_selectors_come_in_the_order_of_likeness(course):
    with pytest.raises(CourseError, match=r"near ones: 00_sample/basics/descend"):
        course.select(["00_sample/basics/desend"])
