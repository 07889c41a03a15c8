"""`doctor`: good lines where all is well, and each thing that can be wrong named with what mends it, also where packages are broken."""

import importlib.metadata
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import doctor

from .sample import ROOT, copy_of_course


@pytest.fixture
def course(tmp_path):
    root = tmp_path / "course"
    copy_of_course(root)
    (root / "requirements.txt").write_text("pytest==1.2.3\nno-such-package==4.5\n")
    return root


def run(*, python=sys.executable, root=ROOT, **variables):
    return subprocess.run(
        [python, "-m", "autograder", "--root", str(root), "doctor"],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        timeout=600,
        check=False,
    )


def bad(check, root):
    return [finding for finding in check(root) if finding.state == "bad"]


def test_on_this_course_nothing_is_to_mend():
    done = run()
    assert done.returncode == 0, done.stdout
    assert done.stdout.endswith("All is well.\n")
    assert "✗" not in done.stdout
    for about in ("Python", "packages", "PyTorch", "device", "walls", "disk", "data", "exercises", "clock", "terminal"):
        assert f"\n✓ {about}" in f"\n{done.stdout}" or f"\n○ {about}" in f"\n{done.stdout}", (
            f"nothing is said on {about}"
        )
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "raise ImportError('libtorch_cpu.so: cannot open shared object file')",
            "ImportError: libtorch_cpu.so: cannot",
        ),
        ("import os; os.abort()", "the process was ended by signal 6"),
        ("raise SystemExit(3)", "SystemExit: 3"),
    ],
)
def test_a_broken_torch_is_named_and_the_rest_is_examined(code, said, tmp_path):
    (tmp_path / "torch.py").write_text(code)
    done = run(PYTHONPATH=f"{ROOT}{os.pathsep}{tmp_path}")
    assert done.returncode == 2
    assert f"✗ PyTorch         cannot be imported: {said}" in done.stdout
    assert f"○ PYTHONPATH      also names {tmp_path}" in done.stdout
    assert "✓ data" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_it_runs_without_any_package(tmp_path):
    python = getattr(sys, "_base_executable", sys.executable)
    bare = tmp_path / "venv"
    subprocess.run([python, "-m", "venv", "--without-pip", str(bare)], check=True)
    done = run(python=str(bare / ("Scripts/python.exe" if os.name == "nt" else "bin/python")))
    assert done.returncode == 2, done.stderr
    assert "✗ packages        not installed: torch " in done.stdout
    assert "✗ PyTorch         cannot be imported: ModuleNotFoundError: No module named" in done.stdout
    assert "mend: delete the folder .venv, then run any nox command" in done.stdout
    assert "✓ exercises" in done.stdout
    assert "cannot be examined" not in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_packages_are_compared_with_the_pins(course):
    (missing, other) = bad(doctor.packages, course)
    assert missing.text == "not installed: no-such-package 4.5"
    assert other.text == f"other versions than pinned: pytest is {importlib.metadata.version('pytest')}, pinned 1.2.3"
    (course / "requirements.txt").write_text(f"pytest=={importlib.metadata.version('pytest')}\n")
    assert bad(doctor.packages, course) == []


def test_pins_of_another_system_do_not_count():
    text = f'a==1\nb==2; sys_platform == "{sys.platform}"\nc==3; sys_platform == "plan9"\n# d==4\n'
    assert doctor.pins(text) == {"a": "1", "b": "2"}


def test_an_old_python_is_named(course, monkeypatch):
    monkeypatch.setattr(doctor, "OLDEST", (3, 99))
    (found,) = bad(doctor.python, course)
    assert found.about == "Python"
    assert "delete the folder .venv" in found.mend


def test_damaged_data_are_named(course):
    (found,) = bad(doctor.data, course)
    assert found.text == "datasets is missing"
    assert found.mend


def test_an_exercise_folder_that_is_well(course):
    assert bad(doctor.exercises, course) == []
    texts = [finding.text for finding in doctor.exercises(course)]
    assert texts == [
        "1 topics, 0 of them with your edits",
        "can be written, so progress is noted",
        "0 exercises passed so far",
    ]


def test_what_is_wrong_in_the_exercise_folder_is_named(course):
    file = course / "exercises" / "00_sample" / "basics.py"
    text = file.read_text()
    file.write_bytes(b"\xff\xfe")
    (found,) = bad(doctor.exercises, course)
    assert found.text == "exercises/00_sample/basics.py:1: is no UTF-8 text (byte 0); save it as UTF-8"
    file.unlink()
    (found,) = bad(doctor.exercises, course)
    assert found.text == "missing: 00_sample/basics"
    assert found.mend == "`nox -s reset -- 00_sample/basics` writes it anew"
    file.write_text(text)
    (file.parent / "basisc.py").write_text("")
    assert any("basisc.py is not part of the course" in finding.text for finding in doctor.exercises(course))
    (course / "exercises" / ".progress.json").write_text("{")
    assert any(".progress.json is damaged" in finding.text for finding in doctor.exercises(course))


def test_a_stub_behind_its_source_is_named(course):
    solution = course / "solutions" / "00_sample" / "basics.py"
    solution.write_text(solution.read_text().replace("Twice `x`", "Two times `x`"))
    (found,) = bad(doctor.exercises, course)
    assert found.text == "out of date: 00_sample/README.md, 00_sample/basics.py"
    assert found.mend == "`nox -s generate`; your edits are left alone"


def test_a_folder_that_cannot_be_written_is_named(course, monkeypatch):
    def refuse(*, dir):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", refuse)
    (found,) = bad(doctor.exercises, course)
    assert "nothing can be written" in found.text
    assert "chmod" in found.mend


def test_a_full_disk_and_a_clock_that_is_behind_are_named(course, monkeypatch):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda folder: shutil._ntuple_diskusage(2**40, 2**40, 2**20))
    assert [finding.about for finding in bad(doctor.disk_and_memory, course)] == ["disk", "temporary files"]
    monkeypatch.setattr(doctor.time, "time", lambda: 0.0)
    (found,) = [finding for finding in doctor.surroundings(course) if finding.about == "clock"]
    assert found.state == "optional"
    assert "set the clock" in found.mend


def test_missing_walls_are_named_with_how_to_get_them(monkeypatch):
    said = {"level": "plain", "missing": ["landlock", "seccomp"]}
    found = list(doctor._walls(said, 0, ""))
    assert [finding.state for finding in found] == ["optional"] * 3
    assert found[0].text == "plain: enough for your own work"
    assert "lsm=landlock" in found[1].mend
    assert "apt-get install libseccomp2" in found[2].mend
    (found,) = doctor._walls({"torch": "2"}, -9, "")
    assert (found.state, found.text) == ("bad", "the grading engine does not start: the process was ended by signal 9")


def test_a_check_that_fails_itself_stops_no_other(course, monkeypatch):
    def broken(root: Path):
        raise RuntimeError("nobody knows")
        yield

    monkeypatch.setattr(doctor, "CHECKS", (broken, doctor.data))
    first, second = doctor.examine(course)
    assert first.text == "cannot be examined: RuntimeError: nobody knows"
    assert second.about == "data"
