"""The students' zip: what it holds, that it grades, and that nothing hidden is in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from autograder.bundle import bundle, leaks, without_solutions
from autograder.course import Course, points_of
from autograder.examples import visible_grader
from autograder.notebooks import notebook_of, notebook_text
from autograder.source import read_topic, stub_of
from tests.sample import ROOT, SAMPLE

CHAPTERS = [(SAMPLE, "00_sample"), *((ROOT, chapter) for chapter in Course.at(ROOT).chapters)]


def members_of(path):
    with zipfile.ZipFile(path) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def zipped(root, chapter, folder):
    """The bundle, from notebooks without nbgrader's run: what generate_assignment cuts out is cut out here."""
    course = Course.at(root)
    for topic in (topic for topic in course.topics if topic.chapter == chapter):
        notebook = notebook_of(course, topic)
        stubs = {exercise.name: exercise.stub for exercise in topic.read().exercises}
        for cell in notebook["cells"]:
            label = cell["metadata"]["nbgrader"]["grade_id"]
            cell["source"] = stubs.get(label, cell["source"].partition("### BEGIN HIDDEN")[0])
        path = folder / "release" / chapter / f"{topic.name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(notebook_text(notebook))
    return bundle(course, chapter, folder)


@pytest.mark.parametrize(("root", "chapter"), CHAPTERS, ids=[chapter for _, chapter in CHAPTERS])
def test_nothing_hidden_is_in_any_member(root, chapter, tmp_path):
    """By a search of its own: each check's body and each telling solution line, in every member's text."""
    members = members_of(zipped(root, chapter, tmp_path))
    course = Course.at(root)
    texts = {
        name: data.decode("utf-8", "replace")
        for name, data in members.items()
        if not name.endswith((".npz", ".pt", ".png", ".jpg"))
    }
    flat = {name: " ".join(" ".join("".join(c["source"]) for c in json.loads(text)["cells"]).split() if name.endswith(".ipynb") else text.split())
            for name, text in texts.items()}  # fmt: skip
    for topic in course.topics:
        rows = topic.grader.read_text(encoding="utf-8").split("\n@check(")[1:]
        for check in rows:
            body = " ".join(check.partition("):\n")[2].partition('"""\n')[2].split("\n\n\n")[0].split())
            assert len(body) > 10
            assert not [name for name, text in flat.items() if body in text], check[:60]
    assert not any(
        name.startswith("solutions/") or "variants" in name or name.endswith("README_graders.md") for name in members
    )
    graders = {name for name in members if name.startswith("autograder/graders/")}
    assert graders == {
        f"autograder/graders/{t.chapter}/test_{t.name}.py" for t in course.topics if t.chapter == chapter
    }


@pytest.mark.parametrize(
    ("member", "secret"),
    [
        ("exercises/00_sample/basics.py", "optimizer = torch.optim.SGD(model.parameters(), lr=lr)"),
        ("README.md", '    assert_close(student.double(x), 2 * x, mistakes={"You added two; twice was asked for.": lambda: x + 2})'),
        ("autograder/cli.py", "    model.zero_grad()\n    loss = ((model(X) - y) ** 2).mean()\n    loss.backward()\n    with torch.no_grad():\n"
                              "        for p in model.parameters():\n            p -= lr * p.grad\n    return float(loss)"),
    ],
)  # fmt: skip
def test_a_secret_would_be_found(member, secret):
    assert leaks(Course.at(SAMPLE), "00_sample", {member: f"# text\n{secret}\n".encode()})


def test_a_bundle_that_would_leak_is_not_written(tmp_path, monkeypatch):
    monkeypatch.setattr("autograder.bundle.without_solutions", lambda topic: topic.solution.read_text(encoding="utf-8"))
    with pytest.raises(Exception, match="would give hidden things away"):
        zipped(SAMPLE, "00_sample", tmp_path)
    assert not list(tmp_path.glob("*.zip"))


@pytest.mark.parametrize("topic", Course.at(SAMPLE).topics + Course.at(ROOT).topics, ids=lambda topic: topic.key)
def test_a_topic_without_solutions_makes_the_same_stubs_and_hints(topic, tmp_path):
    path = tmp_path / "topic.py"
    path.write_text(without_solutions(topic), encoding="utf-8")
    bare, whole = read_topic(path), topic.read()
    assert stub_of(bare) == stub_of(whole)
    assert [e.hints for e in bare.exercises] == [e.hints for e in whole.exercises]
    assert visible_grader(topic).count("@check(") == len(whole.exercises)


def test_the_zip_is_the_same_each_time(tmp_path):
    assert (
        zipped(SAMPLE, "00_sample", tmp_path / "a").read_bytes()
        == zipped(SAMPLE, "00_sample", tmp_path / "b").read_bytes()
    )


@pytest.mark.slow
def test_the_bundle_grades_by_the_visible_examples(tmp_path):
    with zipfile.ZipFile(zipped(SAMPLE, "00_sample", tmp_path)) as archive:
        archive.extractall(tmp_path / "student")
    home = tmp_path / "student" / "00_sample"
    env = {**os.environ, "PYTHONPATH": str(home)}

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "autograder", *arguments],
            cwd=home,
            env=env,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    stub = home / "exercises/00_sample/basics.py"
    text = stub.read_text(encoding="utf-8")
    assert run("grade", "double").returncode == 1
    for answer, code, said in (("return 2 * x", 0, "All 2 points"), ("return 3 * x", 1, "gives `tensor([3., 6.])`")):
        stub.write_text(text.replace('raise NotImplementedError("Your code here")', answer, 1), encoding="utf-8")
        done = run("grade", "double")
        assert (done.returncode, said in " ".join(done.stdout.split())) == (code, True), done.stdout
        assert "only the visible examples were run; the hidden checks decide" in done.stdout
    assert "hint 2 of 3: It makes a new tensor" in run("hint", "double", "--level", "2").stdout
    refused = run("release", "00")
    assert (refused.returncode, "students' bundle" in refused.stderr) == (2, True)
    shutil.rmtree(home)


def test_points_are_those_of_the_hidden_checks():
    topic = Course.at(SAMPLE).topics[0]
    assert points_of(topic) == {"double": 2, "Scale": 2, "descend": 3}
