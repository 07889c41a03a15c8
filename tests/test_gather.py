"""Layouts of what was handed in, and archives that are meant to do harm. No engine: nothing is graded here."""

import json
import os
import subprocess
import sys
import zipfile

import pytest

from autograder.course import Course
from autograder.filetree import DiskTree, Refused, ZipTree, plain_name
from autograder.gather import gather
from autograder.model import CourseError
from autograder.notebooks import notebook_of
from autograder.reading import Reader, Request, read
from autograder.source import stub_of
from autograder.submission import read_submission

from .sample import ROOT, SAMPLE, SUBMISSIONS

COURSE = Course.at(SAMPLE)
TOPIC = "00_sample/basics"
WANTED = {TOPIC: ["double", "Scale", "descend"]}
RIGHT = (SUBMISSIONS / "right" / f"{TOPIC}.py").read_text(encoding="utf-8")
STUB = stub_of(COURSE.topic(TOPIC).read())


def put(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text) if isinstance(text, bytes) else path.write_text(text, encoding="utf-8")
    return folder


def zipped(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def notebook(double="def double(x):\n    return 2 * x"):
    made = notebook_of(COURSE, COURSE.topic(TOPIC))
    for cell in made["cells"]:
        if cell["metadata"]["nbgrader"]["grade_id"] == "double":
            cell["source"] = double
    return json.dumps(made)


def read_all(place):
    """Submission -> what was read of it."""
    found = gather(place)
    return {source.name: read(COURSE, WANTED, source) for source in found.sources}


def texts(place):
    return {name: one.files[TOPIC].text for name, one in read_all(place).items()}


@pytest.mark.parametrize("inside", ["", "exercises/", "my work/course-main/exercises/"])
def test_a_sub_folder_for_each_submission(tmp_path, inside):
    put(tmp_path, {f"ann/{inside}{TOPIC}.py": "# ann", f"bob/{inside}{TOPIC}.py": "# bob"})
    assert gather(tmp_path).layout == "a folder for each submission"
    assert texts(tmp_path) == {"ann": "# ann", "bob": "# bob"}


def test_what_is_read_is_what_grade_reads():
    for source in gather(SUBMISSIONS).sources:
        plain = read_submission(COURSE, SUBMISSIONS / source.name, source.name, [TOPIC], "exercises")
        found = read(COURSE, WANTED, source)
        assert found.files == plain.files
        assert found.notes == plain.notes


def test_a_folder_that_holds_one_folder_is_looked_through(tmp_path):
    put(
        tmp_path,
        {f"export/class/ann/{TOPIC}.py": "# ann", f"export/class/bob/{TOPIC}.py": "# bob", "export/.DS_Store": ""},
    )
    assert set(texts(tmp_path)) == {"ann", "bob"}


def test_nbgraders_tree(tmp_path):
    put(
        tmp_path,
        {
            "nbgrader_config.py": "",
            "source/00_sample/basics.ipynb": notebook("def double(x):\n    return 'the source'"),
            "submitted/ann/00_sample/basics.ipynb": notebook("def double(x):\n    return 'ann'"),
            "submitted/ann/00_sample/timestamp.txt": "2026-01-01",
        },
    )
    assert gather(tmp_path).layout == gather(tmp_path / "submitted").layout.replace(
        "a folder for each submission", "nbgrader"
    )
    found = read_all(tmp_path)["ann"]
    assert "return 'ann'" in found.files[TOPIC].text
    assert found.files[TOPIC].shown == "basics.ipynb"
    assert found.notes == ()
    lines = found.files[TOPIC].text.splitlines()
    number, line = found.lines[TOPIC][next(i for i, text in enumerate(lines) if "return 'ann'" in text)]
    assert json.loads(notebook())["cells"][number - 1]["metadata"]["nbgrader"]["grade_id"] == "double"
    assert line == 2


def test_a_gradescope_export_as_zip_and_unpacked(tmp_path):
    about = "---\nsubmission_11:\n  :submitters:\n  - :name: Ann Lee\n    :sid: '1011'\n    :email: ann@x.edu\n  :created_at: 2026-01-01 10:00:00 Z\n"
    about += "  :results:\n    :name: no student\nsubmission_12:\n  :submitters:\n  - :name: Bob\n    :sid:\n    :email: bob@x.edu\n  - :name: Eve\n    :sid: '7'\n"
    files = {
        "assignment_1_export/submission_metadata.yml": about,
        "assignment_1_export/submission_11/basics.py": "# double\ndef double(x):\n    return 'ann'",
        f"assignment_1_export/submission_12/{TOPIC}.py": "# bob",
        "assignment_1_export/submission_13/basics.py": "def double(x):\n    return 'nobody knows'",
        "__MACOSX/assignment_1_export/._submission_metadata.yml": "junk",
    }
    for place in (zipped(tmp_path / "export.zip", files), put(tmp_path / "unpacked", files)):
        assert gather(place).layout == "Gradescope export"
        found = texts(place)
        assert set(found) == {"1011", "bob@x.edu+7", "submission_13"}
        assert "'ann'" in found["1011"]


@pytest.mark.parametrize("folders", [True, False])
def test_a_moodle_export(tmp_path, folders):
    names = ["Ann Ärger_101_assignsubmission_file_{}basics.py", "Bob_102_assignsubmission_file{}basics.ipynb"]
    between = ["/", "/"] if folders else ["", "_"]
    files = {
        names[0].format(between[0]): "def double(x):\n    return 'ann'",
        names[1].format(between[1]): notebook("def double(x):\n    return 'bob'"),
        "Eve_103_assignsubmission_onlinetext_/onlinetext.html": "<p>hello</p>",
    }
    found = texts(zipped(tmp_path / "C-Assignment-1.zip", files))
    assert "'ann'" in found["Ann Ärger_101"]
    assert "'bob'" in found["Bob_102"]


def test_a_zip_or_a_lone_file_for_each_submission(tmp_path):
    put(tmp_path, {"bob.py": "def double(x):\n    return 'bob'"})
    zipped(tmp_path / "ann.zip", {f"work/{TOPIC}.py": "# ann"})
    zipped(tmp_path / "inner.zip", {f"work/{TOPIC}.py": "# eve"})
    put(tmp_path, {"eve/handed in.zip": (tmp_path / "inner.zip").read_bytes()})
    (tmp_path / "inner.zip").unlink()
    found = read_all(tmp_path)
    assert {name: one.files[TOPIC].text for name, one in found.items()} == {
        "ann": "# ann",
        "bob": "def double(x):\n    return 'bob'",
        "eve": "# eve",
    }
    assert "handed in.zip was looked into" in found["eve"].notes


def test_a_notebook_beside_an_untouched_stub_is_the_answer_and_else_the_file_is(tmp_path):
    both = {"00_sample/basics.ipynb": notebook("def double(x):\n    return 'notebook'")}
    put(tmp_path / "ann", {**both, f"{TOPIC}.py": STUB})
    put(tmp_path / "bob", {**both, f"{TOPIC}.py": RIGHT})
    found = read_all(tmp_path)
    assert "'notebook'" in found["ann"].files[TOPIC].text
    assert found["bob"].files[TOPIC].text == RIGHT
    assert all("was handed in twice" in one.notes[0] for one in found.values())


def test_names_that_are_equal_when_shown_stay_apart(tmp_path):
    put(tmp_path, {f"a\x01/{TOPIC}.py": "# one", f"a\\x01/{TOPIC}.py": "# two", f"=1+1/{TOPIC}.py": "# three"})
    assert len(read_all(tmp_path)) == 3
    assert set(texts(tmp_path).values()) == {"# one", "# two", "# three"}


def test_a_mis_named_file_is_found_by_what_it_defines(tmp_path):
    put(tmp_path / "ann", {"00_sample/bascis.py": RIGHT})
    put(tmp_path / "bob", {"final (2).py": RIGHT, "notes.py": "print('hello')"})
    found = read_all(tmp_path)
    assert [one.files[TOPIC].text for one in found.values()] == [RIGHT, RIGHT]
    assert "final (2).py was graded as 00_sample/basics: it defines that topic's exercises" in found["bob"].notes


def test_whoever_hands_in_the_whole_course_is_not_graded_on_its_solutions(tmp_path):
    put(tmp_path / "ann", {f"solutions/{TOPIC}.py": RIGHT, f"exercises/{TOPIC}.py": "# ann"})
    put(tmp_path / "bob", {f"solutions/{TOPIC}.py": RIGHT})
    found = read_all(tmp_path)
    assert found["ann"].files[TOPIC].text == "# ann"
    assert "is missing" in found["bob"].files[TOPIC].problem


def test_links_out_of_a_submission_are_not_followed(tmp_path):
    put(tmp_path / "class", {"ann/note.txt": "", f"bob/{TOPIC}.py": "# bob"})
    (tmp_path / "class/ann/00_sample").mkdir()
    (tmp_path / "class/ann/00_sample/basics.py").symlink_to(tmp_path / "class/bob" / f"{TOPIC}.py")
    put(tmp_path / "class", {"eve/note.txt": ""})
    (tmp_path / "class/eve/00_sample").symlink_to(tmp_path / "class/bob/00_sample")
    found = read_all(tmp_path / "class")
    assert "is a link to a file outside the submission" in found["ann"].files[TOPIC].problem
    assert found["eve"].files[TOPIC].text is None
    (tmp_path / "class/lone.py").symlink_to(tmp_path / "class/bob" / f"{TOPIC}.py")
    assert read_all(tmp_path / "class")["lone"].files[TOPIC].text is None
    os.mkfifo(tmp_path / "class/eve/fifo.py")
    with pytest.raises(Refused, match="is not a file"):
        DiskTree(tmp_path / "class").read("eve/fifo.py", 10)


@pytest.mark.parametrize("name", ["/etc/passwd", "../up.py", "a/../../up.py", "..\\up.py", "C:/x.py", "\\\\server\\x"])
def test_a_member_that_leads_out_of_its_archive_does_not_exist(tmp_path, name):
    assert plain_name(name) is None
    found = texts(zipped(tmp_path / "class.zip", {name: "# evil", f"ann/{TOPIC}.py": "# ann"}))
    assert found == {"ann": "# ann"}


def test_a_bomb_unfolds_no_further_than_what_is_read(tmp_path):
    path = zipped(tmp_path / "class.zip", {f"ann/{TOPIC}.py": b"\0" * (200 << 20), f"bob/{TOPIC}.py": "# bob"})
    assert path.stat().st_size < 1 << 20
    assert len(ZipTree(path, "x").read(f"ann/{TOPIC}.py", 1000)) == 1001
    found = read_all(path)
    assert "a topic file may have 2 MB" in found["ann"].files[TOPIC].problem
    assert found["bob"].files[TOPIC].text == "# bob"


def test_a_damaged_archive_costs_its_own_submission_only(tmp_path):
    put(tmp_path, {"ann.zip": b"PK\x03\x04 no zip", f"bob/{TOPIC}.py": "# bob"})
    found = read_all(tmp_path)
    assert "cannot be read as a zip archive" in found["ann"].files[TOPIC].problem
    assert found["bob"].files[TOPIC].text == "# bob"


def test_the_reading_process_survives_what_overwhelms_the_parser(tmp_path):
    bomb = notebook("(" * 150 + "-" * 100_000 + "1")
    put(
        tmp_path,
        {f"ann/{TOPIC}.py": RIGHT, "bob/00_sample/basics.ipynb": bomb, "eve/00_sample/basics.ipynb": "[" * 200_000},
    )
    sources = gather(tmp_path).sources
    reader = Reader(COURSE, WANTED, sources)
    try:
        found = {r.number: one for r, one in reader.read_all([Request(n, (TOPIC,)) for n in range(3)], 2)}
    finally:
        reader.close()
    assert found[0].files[TOPIC].text == RIGHT
    assert found[0].prints.keys() == {f"{TOPIC}/{name}" for name in WANTED[TOPIC]}
    assert set(found) == {0, 1, 2}
    assert any("is no Python" in note or "overwhelms" in note for note in found[1].notes)
    assert any("is no notebook" in note for note in found[2].notes)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda place: place / "nowhere", "does not exist"),
        (lambda place: put(place, {"empty/.hidden": ""}) / "empty", "holds no submissions"),
        (lambda place: put(place, {"x.txt": "text"}) / "x.txt", "cannot be read as a zip archive"),
        (lambda place: put(place, {f"one/{TOPIC}.py": "", "one/01_other/x.py": ""}) / "one", "is one submission"),
    ],
)
def test_what_holds_no_class_is_refused(tmp_path, make, text):
    with pytest.raises(CourseError, match=text):
        gather(make(tmp_path))


LARGE = """
import mmap
from autograder import reading
held = mmap.mmap(-1, 5 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000)  # addresses alone, as CUDA's libraries take them
reading.limit_this_process()
bytearray(1 << 24)
try:
    bytearray(4 << 30)
except MemoryError:
    print("limited")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="processes have limits on Linux")
def test_the_limit_of_memory_is_on_what_reading_takes(tmp_path):
    """Not on what the process had before: torch with CUDA takes more addresses than that."""
    done = subprocess.run([sys.executable, "-c", LARGE], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "limited\n", done.stderr
