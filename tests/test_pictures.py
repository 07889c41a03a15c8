"""Pictures of the course's own exercises: the reference's are all drawn, those of an answer that is no answer are left out with a sentence.

The engine runs pytest, which does not run inside itself, so they are drawn by this file run as a program:

    python -m tests.test_pictures FILE.json
"""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from autograder import pictures
from autograder.checks import CheckFailed
from autograder.course import Course
from autograder.engine import Engine, Graded, Options, run
from autograder.model import ExerciseResult, Report
from autograder.submission import SourceFile, Submission

ROOT = Path(__file__).resolve().parent.parent

WANTED = {
    "01_workflow/training/fit": ["curves", "curves"],
    "01_workflow/training/fit_line": ["curves"],
    "01_workflow/training/fit_with_schedule": ["curves", "curves"],
    "01_workflow/prediction/plot_predictions": ["own"],
    "02_classification/binary/CircleClassifier": ["boundary"],
    "02_classification/binary/fit_circles": ["curves", "boundary"],
    "02_classification/multiclass/fit_classifier": ["curves"],
    "02_classification/multiclass/fit_spirals": ["curves", "boundary"],
    "02_classification/boundary/plot_decision_boundary": ["own"],
    "03_computer_vision/engine/fit": ["curves", "curves", "curves"],
    "03_computer_vision/engine/train_fashion": ["curves", "gallery"],
    "03_computer_vision/evaluation/most_wrong": ["gallery"],
    "03_computer_vision/evaluation/plot_predictions": ["own"],
    "04_custom_datasets/training/train_pictures": ["curves", "gallery"],
    "04_custom_datasets/training/plot_curves": ["own"],
    "05_transfer_learning/fine_tuning/fine_tune": ["curves", "gallery"],
}
JUNK = """
class Junk:
    def __init__(self, *args, **options):
        pass

    def __repr__(self):
        return "<script>"

    def __getattr__(self, name):
        raise RuntimeError("<b>")
"""


def draw(out: Path) -> None:
    """Write what is drawn of the reference and of an answer that is none: exercise -> markup."""
    course = Course.at(ROOT)
    topics = [topic for topic in course.topics if any(i.startswith(f"{topic.key}/") for i in WANTED)]
    ids = [i for i in course.ids() if i.rpartition("/")[0] in {topic.key for topic in topics}]
    graded = Graded(Report("", "", "", (), 5, tuple(ExerciseResult(i, "passed", 0, ()) for i in ids)))
    right, junk = {}, {}
    for topic in topics:
        names = [exercise.name for exercise in topic.read().exercises]
        right[topic.key] = SourceFile(topic.key, topic.solution.read_text(encoding="utf-8"))
        junk[topic.key] = SourceFile(topic.key, JUNK + "".join(f"{name} = lambda *a, **k: Junk()\n" for name in names))

    def use(engine: Engine) -> int:
        found = {}
        for name, files in (("right", right), ("junk", junk)):
            shown = pictures.draw_all(engine, Submission(name, files), graded)
            found[name] = {exercise: [str(markup) for markup in drawn] for exercise, drawn in shown.items()}
        out.write_text(json.dumps(found))
        return 0

    run(course, topics, Options("best"), use)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    out = tmp_path_factory.mktemp("pictures") / "found.json"
    done = subprocess.run(
        [sys.executable, "-m", "tests.test_pictures", str(out)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(out.read_text())


@pytest.mark.slow
@pytest.mark.parametrize("exercise", WANTED)
def test_the_reference_is_drawn(drawn, exercise):
    text = "\n".join(drawn["right"][exercise])
    assert re.findall(r'<figure class="picture (\w+)">', text) == WANTED[exercise]
    assert "left-out" not in text
    for label in re.findall(r'class="chart"[^>]*aria-label="([^"]*)"', text):
        ends = re.findall(r"(?:yours|reference): from ([\d.e-]*\d) to ([\d.e-]*\d)", label)
        assert len(set(ends)) == 1, f"the reference differs from itself: {label}"
        first, last = map(float, ends[0])
        assert (last > first) == ("accuracy" in label.partition(".")[0]), label
    for share in re.findall(r"(\d+)% of \d+ (?:fresh points|other pictures)", text):
        assert int(share) >= 75, text[-500:]


@pytest.mark.slow
@pytest.mark.parametrize("exercise", WANTED)
def test_what_is_no_answer_is_left_out_with_a_sentence(drawn, exercise):
    (text,) = drawn["junk"][exercise]
    assert re.fullmatch(r'<p class="left-out">The picture “[^<>]+” is left out: [^<>]{10,160}\.</p>', text), text


def test_nothing_else_is_drawn():
    course = Course.at(ROOT)
    found = {
        f"{topic.key}/{picture.exercise}"
        for topic in course.topics
        for picture in pictures.read_pictures(
            topic.grader.with_name(f"pictures_{topic.name}.py"), topic.key, [e.name for e in topic.read().exercises]
        )
    }
    assert found == set(WANTED)


# ------------------------------------------------------------------------------------- what comes from a worker is checked


@pytest.mark.parametrize(
    "pixels",
    [
        None,
        "<svg onload=alert(1)>",
        b"\x89PNG",
        np.zeros((4, 4, 4), np.float32),
        np.zeros((4, 4), np.uint8),
        np.zeros((0, 4, 4), np.uint8),
        np.zeros((4000, 4000, 4), np.uint8),
        torch.zeros(4, 4, 4, dtype=torch.uint8),
    ],
)
def test_a_figure_is_pixels_of_a_sensible_size(pixels):
    with pytest.raises(CheckFailed, match="figure"):
        pictures.figure({"pixels": pixels, "words": []})


def test_a_figure_keeps_words_that_are_words():
    figure = pictures.figure(
        {"pixels": np.zeros((2, 2, 4), np.uint8), "words": ["a\x1b[0m", 3, None, ["b"], "c" * 500] + ["d"] * 100}
    )
    assert figure.words[0] == "a\\x1b[0m"
    assert len(figure.words[1]) <= 80
    assert len(figure.words) < 20
    assert (figure.pixels == 255).all(), "what is transparent is white"


@pytest.mark.parametrize("values", [None, [], "0.1", [None, "x"], [math.nan], {"loss": 1}, [math.inf, 10**400]])
def test_a_curve_is_numbers(values):
    with pytest.raises(CheckFailed):
        pictures.curve(values)


def test_a_long_curve_is_averaged():
    found = pictures.curve(list(range(1600)))
    assert found.steps == 1600
    assert len(found.values) == 160
    assert found.values[0] == 4.5
    assert pictures.curve([1, True, 2.5, math.nan, 10**400]).values[:3] == (1.0, 1.0, 2.5)


@pytest.mark.parametrize(
    "logits",
    [None, 3.0, torch.rand(3), torch.rand(10_000), torch.rand(7, 2, 2), torch.rand(5184, 11), torch.rand(5184, 2) * 1j],
)
def test_regions_are_of_logits(logits):
    points, labels = torch.rand(7, 2), torch.zeros(7, dtype=torch.int64)
    with pytest.raises(CheckFailed):
        pictures.boundary(logits, torch.rand(7), points, labels, -1, 1)
    with pytest.raises(CheckFailed):
        pictures.boundary(torch.rand(pictures.GRID**2), logits, points, labels, -1, 1)
    found = pictures.boundary(torch.rand(pictures.GRID**2) - 2, torch.rand(7), points, labels, -1, 1)
    assert found.accuracy == 0
    assert found.grid.shape == (pictures.GRID, pictures.GRID)
    assert (found.grid == 0).all()


def test_the_most_wrong_come_first():
    logits = torch.tensor([[9.0, 0.0], [0.0, 9.0], [0.0, 1.0], [5.0, 0.0]])
    labels = torch.tensor([0, 0, 0, 1])
    found = pictures.most_wrong(logits, torch.rand(4, 3, 8, 8), labels, ["a", "b"])
    assert [caption[0] for caption in found.captions] == ["a", "b", "a"]
    assert found.captions[0][1] == "b, 100%"
    assert found.note.startswith("25% of 4 other pictures are right")
    with pytest.raises(CheckFailed):
        pictures.most_wrong(torch.rand(4, 3), torch.rand(4, 3, 8, 8), labels, ["a", "b"])


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
