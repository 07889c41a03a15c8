"""The data sets as shipped are whole; what is damaged, missing or extra is named, with the way to mend it."""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.data import check_data, main

COURSE = Path(__file__).resolve().parent.parent


@pytest.fixture
def course(tmp_path):
    """A small course in a clone: two data files, one below an odd name."""
    wild = tmp_path / "datasets" / "tiles" / "wild"
    wild.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    (wild / "._wide.png").write_bytes(b"\x00\x05\x16\x07")
    (tmp_path / "datasets" / "tiles" / "two words.csv").write_bytes(b"a,b\r\n1,2\n")
    (tmp_path / "datasets" / "README.md").write_text("Data.\n")
    lines = []
    for name in ("tiles/wild/._wide.png", "tiles/two words.csv"):
        checksum = hashlib.sha256((tmp_path / "datasets" / name).read_bytes()).hexdigest()
        lines.append(f"{checksum}  {name}\n")
    (tmp_path / "datasets" / "SHA256SUMS").write_text("".join(lines))
    return tmp_path


def listed():
    lines = (COURSE / "datasets" / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    return [line.partition("  ")[2] for line in lines]


def test_the_shipped_data_are_whole():
    assert check_data(COURSE) == []


def look_into(folder):
    """What `python check_datasets.py` in that folder says, and its exit status."""
    script = [sys.executable, str(folder / "check_datasets.py")]
    done = subprocess.run(script, capture_output=True, text=True, timeout=300, check=False)
    return done.stdout + done.stderr, done.returncode


def test_in_the_shipped_files_is_what_the_readmes_say(tmp_path):
    assert look_into(COURSE / "datasets") == ("all is well\n", 0)
    shutil.copytree(COURSE / "datasets", tmp_path / "datasets")
    tiles = sorted((tmp_path / "datasets" / "earth_tiles" / "train" / "coast").glob("*.png"))
    shutil.copyfile(tiles[0], tiles[1])
    assert look_into(tmp_path / "datasets") == ("earth: 300 different tiles\n1 problems\n", 1)


def test_a_whole_course_is_good(course, capsys):
    assert check_data(course) == []
    assert main(argparse.Namespace(folder=course)) == 0
    assert capsys.readouterr().out == "All 2 files of the data sets are as they should be.\n"


def test_documentation_and_debris_do_not_matter(course):
    (course / "datasets" / "README.md").write_text("Other words.\n")
    (course / "datasets" / "tiles" / "README.md").write_text("More words.\n")
    (course / "datasets" / "tiles" / ".DS_Store").write_bytes(b"x")
    (course / "datasets" / "__pycache__").mkdir()
    (course / "datasets" / "__pycache__" / "make_datasets.cpython-311.pyc").write_bytes(b"x")
    assert check_data(course) == []


def test_a_damaged_file_is_named(course, capsys):
    (course / "datasets" / "tiles" / "wild" / "._wide.png").write_bytes(b"\x00\x05\x16\x06")
    assert check_data(course) == [
        "datasets/tiles/wild/._wide.png is damaged (its checksum is not that of datasets/SHA256SUMS): "
        "restore it with `git checkout -- datasets/tiles/wild/._wide.png`"
    ]
    assert main(argparse.Namespace(folder=course)) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.endswith("\n1 problem with the data sets.\n")


def test_changed_line_endings_are_damage(course):
    path = course / "datasets" / "tiles" / "two words.csv"
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n"))
    (problem,) = check_data(course)
    assert "damaged" in problem
    assert "`git checkout -- 'datasets/tiles/two words.csv'`" in problem


def test_missing_files_are_named_each(course):
    (course / "datasets" / "tiles" / "wild" / "._wide.png").unlink()
    (course / "datasets" / "tiles" / "two words.csv").unlink()
    assert [problem.partition(": ")[0] for problem in check_data(course)] == [
        "datasets/tiles/wild/._wide.png is missing",
        "datasets/tiles/two words.csv is missing",
    ]


def test_a_folder_in_a_files_place_is_a_missing_file(course):
    path = course / "datasets" / "tiles" / "two words.csv"
    path.unlink()
    path.mkdir()
    (problem,) = check_data(course)
    assert problem.startswith("datasets/tiles/two words.csv is missing: ")


def test_an_extra_file_is_named(course):
    (course / "datasets" / "tiles" / "wild" / "new.png").write_bytes(b"x")
    assert check_data(course) == [
        "datasets/tiles/wild/new.png is no part of the data sets: delete it, or move it out of datasets/"
    ]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads every file")
def test_an_unreadable_file_is_named(course):
    (course / "datasets" / "tiles" / "two words.csv").chmod(0)
    (problem,) = check_data(course)
    assert problem.startswith("datasets/tiles/two words.csv cannot be read (Permission denied): ")


def test_without_git_the_archive_helps(course):
    (course / ".git").rmdir()
    (course / "datasets" / "tiles" / "two words.csv").unlink()
    assert check_data(course) == [
        "datasets/tiles/two words.csv is missing: copy it again from the archive that the course came in"
    ]


@pytest.mark.parametrize("text", [None, "", "nonsense\n", "abc  tiles/two words.csv\n", b"\xff\xfe"])
def test_a_broken_list_is_one_sentence(course, text):
    path = course / "datasets" / "SHA256SUMS"
    path.unlink()
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    (problem,) = check_data(course)
    assert problem.startswith("datasets/SHA256SUMS")
    assert problem.endswith("restore it with `git checkout -- datasets/SHA256SUMS`")


def test_no_data_at_all_is_one_sentence(course):
    shutil.rmtree(course / "datasets")
    assert check_data(course) == ["datasets is missing: restore it with `git checkout -- datasets`"]
    assert main(argparse.Namespace(folder=course)) == 2


def test_the_command_says_it_all():
    command = [sys.executable, "-m", "autograder", "data"]
    done = subprocess.run(command, cwd=COURSE, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("All ")


def test_the_list_is_complete():
    """Whatever somebody adds to the data is listed: pictures, tables, weights and licences."""
    names = listed()
    assert "earth_tiles/wild/._wide.png" in names
    assert "fashion_mnist/fashion_mnist_7k.npz" in names
    assert "LICENSES/MIT-fashion-mnist.txt" in names
    assert names == sorted(names)


@pytest.mark.skipif(shutil.which("git") is None or not (COURSE / ".git").exists(), reason="not in a clone")
def test_git_ignores_no_data_file(tmp_path):
    """Not by the course's own rules, and not by a global rule against `._*` either."""
    strict = tmp_path / "ignore"
    strict.write_text("._*\n*.npz\n*.pt\n")
    command = ["git", "-c", f"core.excludesFile={strict}", "check-ignore", "--no-index", "--stdin"]
    names = "\n".join(f"datasets/{name}" for name in listed())
    ignored = subprocess.run(command, input=names, cwd=COURSE, capture_output=True, text=True, check=False)
    assert ignored.stdout == ""
