"""Pictures of what an answer does: the report's own, never for points.

Beside a grader may stand `pictures_<topic>.py`. Its functions, marked with `@picture`, run after the checks of a report: each is given `student`, as a
check is, and says what to draw. They run behind the same walls; what comes back is numbers, from which this side draws.
"""

from __future__ import annotations

import importlib.util
import math
import random
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import torch
from markupsafe import Markup

from . import drawn, svg
from .checks import CheckFailed, StudentCrash, StudentError, StudentTimeout, describe
from .model import CourseError
from .plain import clean
from .plugin import derived_seed
from .processes import Seat
from .sandbox import Rules, Student
from .submission import read_source

if TYPE_CHECKING:
    from .engine import Engine, Graded
    from .processes import Spawner
    from .submission import Submission


GRID = 72
"""Places along a side for which a model is asked."""

CLASSES = 10
"""Most classes that are told apart in a picture."""


# ------------------------------------------------------------------------------------------------ for pictures_<topic>


@dataclass(frozen=True)
class Picture:
    """A function that says what to draw of an exercise: see `picture`."""

    exercise: str
    titles: tuple[str, ...]
    seconds: int
    reference: bool
    function: Callable[[Student], Any]

    @property
    def name(self) -> str:
        return self.function.__name__


def picture(
    exercise: str, *titles: str, seconds: int = 5, reference: bool = False
) -> Callable[[Callable[[Student], Any]], Picture]:
    """Mark a function `(student) -> Curve | Boundary | Gallery | Figure`, or a list of them, as the picture of an exercise.

    Args:
        exercise: name of the exercise in the topic of this file.
        titles: what stands above the picture, or above each of the list.
        seconds: CPU seconds that one call into the student's code may use.
        reference: run it with the reference solution, too, with the same inputs and seeds, and draw both.
    """
    return lambda function: Picture(exercise, titles, seconds, reference, function)


@dataclass(frozen=True)
class Curve:
    """Numbers over `steps` steps or epochs: one each, or means of as many."""

    values: tuple[float, ...]
    steps: int
    x: str = "epoch"
    y: str = "loss"


@dataclass(frozen=True)
class Boundary:
    """Which class a model gives each place of the plane, and points of known class."""

    grid: npt.NDArray[np.int64]
    points: npt.NDArray[np.float64]
    labels: tuple[int, ...]
    low: tuple[float, float]
    high: tuple[float, float]
    accuracy: float


@dataclass(frozen=True)
class Gallery:
    """Small pictures, each with what it is and what it was taken for; `note` says what they are, or that there are none."""

    pictures: tuple[npt.NDArray[np.uint8], ...]
    captions: tuple[tuple[str, str], ...]
    note: str


@dataclass(frozen=True)
class Figure:
    """A figure as the student drew it: (H, W, 3) bytes, and the words in it."""

    pixels: npt.NDArray[np.uint8]
    words: tuple[str, ...]


Drawing = Curve | Boundary | Gallery | Figure


def curve(values: Any, x: str = "epoch", y: str = "loss", most: int = 160) -> Curve:
    """A curve of the student's numbers; a long one is averaged into `most` pieces.

    Raises:
        CheckFailed: where they are no list of numbers.
    """
    if isinstance(values, torch.Tensor):
        values = values.flatten().tolist()
    if not isinstance(values, list | tuple) or not values:
        raise CheckFailed(f"there are no numbers to draw, but {describe(values)}")
    numbers = [float(v) if isinstance(v, int | float) and abs(v) < 1e30 else math.nan for v in values]
    if not any(map(math.isfinite, numbers)):
        raise CheckFailed("none of the numbers is finite")
    if len(numbers) > most:
        means = [float(part.mean()) for part in np.array_split(np.array(numbers), most)]
        return Curve(tuple(means), len(numbers), x, y)
    return Curve(tuple(numbers), len(numbers), x, y)


def places(low: float, high: float) -> torch.Tensor:
    """(GRID², 2) places of a square, row by row from the bottom: what `boundary` wants the logits of."""
    across = torch.linspace(low, high, GRID)
    yy, xx = torch.meshgrid(across, across, indexing="ij")
    return torch.stack([xx.flatten(), yy.flatten()], dim=1)


def class_ids(logits: Any, count: int) -> torch.Tensor:
    """Class ids, int64 (count,), of logits (count,) or (count, classes).

    Raises:
        CheckFailed: for anything else, or more classes than can be drawn.
    """
    if not isinstance(logits, torch.Tensor) or logits.ndim not in (1, 2) or len(logits) != count or logits.is_complex():
        raise CheckFailed(f"the model gives {describe(logits)}, no logits for {count} samples")
    if logits.ndim == 1 or logits.shape[1] == 1:
        return (logits.reshape(-1) >= 0).long()
    if logits.shape[1] > CLASSES:
        raise CheckFailed(f"the model tells {logits.shape[1]} classes apart")
    return logits.argmax(dim=1)


def boundary(logits: Any, of_points: Any, X: torch.Tensor, y: torch.Tensor, low: float, high: float) -> Boundary:
    """The regions that logits for `places(low, high)` mean, with points `X` (n, 2) of class `y` (n,), whose logits are `of_points`."""
    grid = class_ids(logits, GRID * GRID).reshape(GRID, GRID)
    accuracy = float((class_ids(of_points, len(y)) == y).double().mean())
    labels = tuple(int(label) for label in y)
    return Boundary(grid.numpy(), X.double().numpy(), labels, (low, low), (high, high), accuracy)


def gallery(
    logits: torch.Tensor,
    images: torch.Tensor,
    labels: torch.Tensor,
    names: Sequence[str],
    chosen: torch.Tensor,
    note: str,
) -> Gallery:
    """Those of `images` (N, 1 or 3, H, W) in [0, 1] whose indices are `chosen`, with what they are and what `logits` (N, C) take them for."""
    sure, taken = logits.double().softmax(dim=1).nan_to_num(0.0).max(dim=1)
    pixels = (images[chosen].clamp(0, 1) * 255).round().to(torch.uint8)
    shown = [p[0] if p.shape[0] == 1 else p.permute(1, 2, 0) for p in pixels]
    captions = [(names[int(labels[i])], f"{names[int(taken[i])]}, {float(sure[i]):.0%}") for i in chosen]
    return Gallery(tuple(p.contiguous().numpy() for p in shown), tuple(captions), note)


def most_wrong(logits: Any, images: torch.Tensor, labels: torch.Tensor, names: Sequence[str], most: int = 8) -> Gallery:
    """Of `images` (N, 1 or 3, H, W) in [0, 1] those that the student's logits most surely take for another class.

    Raises:
        CheckFailed: where `logits` are no logits for them.
    """
    if not isinstance(logits, torch.Tensor) or tuple(logits.shape) != (len(labels), len(names)) or logits.is_complex():
        raise CheckFailed(f"the model gives {describe(logits)}, no logits of shape ({len(labels)}, {len(names)})")
    sure, taken = logits.double().softmax(dim=1).nan_to_num(0.0).max(dim=1)
    wrong = (taken != labels).nonzero().flatten()
    chosen = wrong[sure[wrong].argsort(descending=True)][:most]
    right = f"{1 - len(wrong) / len(labels):.0%} of {len(labels)} other pictures are right"
    return gallery(logits, images, labels, names, chosen, f"{right}; the most wrong:" if len(wrong) else f"{right}.")


def figure(found: Any) -> Figure:
    """The student's figure, of what `figure_pixels` gave in the worker.

    Raises:
        CheckFailed: where that is no picture.
    """
    pixels = found.get("pixels") if isinstance(found, Mapping) else None
    if not isinstance(found, Mapping) or not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8:
        raise CheckFailed("no figure came back")
    if pixels.ndim != 3 or pixels.shape[2] != 4 or not 0 < pixels.shape[0] * pixels.shape[1] <= drawn.MOST_PIXELS:
        raise CheckFailed("no figure of a sensible size came back")
    words = found.get("words")
    texts = tuple(clean(w, 80) for w in words[:20] if isinstance(w, str)) if isinstance(words, list) else ()
    colour, alpha = pixels[..., :3].astype(np.float32), pixels[..., 3:].astype(np.float32) / 255
    return Figure((colour * alpha + 255 * (1 - alpha)).round().astype(np.uint8), texts)


# ------------------------------------------------------------------------------------------------------------- drawing


def read_pictures(path: Path, topic: str, exercises: Iterable[str]) -> list[Picture]:
    """The marked functions of a `pictures_<topic>.py`, in its order; none where there is no such file.

    Raises:
        CourseError: where one names an exercise that the topic does not have.
    """
    if not path.is_file():
        return []
    spec = importlib.util.spec_from_file_location(f"autograder_pictures_{topic.replace('/', '_')}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where inspect looks for the source of marked classes
    spec.loader.exec_module(module)
    found = [value for value in vars(module).values() if isinstance(value, Picture)]
    for picture in found:
        if picture.exercise not in exercises:
            raise CourseError(
                f"{picture.name} draws {picture.exercise!r}, which solutions/{topic}.py does not define",
                path.name,
            )
    return found


def draw_all(
    running: Engine, submission: Submission, graded: Graded, advance: Callable[[str], None] = lambda exercise: None
) -> dict[str, list[Markup]]:
    """Draw the pictures of all exercises that were graded and have been tried.

    Returns:
        exercise id -> pictures, or in the place of one a sentence that says why there is none.
    """
    course = running.course
    tried = [e.id for e in graded.report.exercises if e.status in ("passed", "failed", "error")]
    work: dict[str, list[Picture]] = {}
    for key in dict.fromkeys(i.rpartition("/")[0] for i in tried):
        if submission.files[key].text is None:
            continue
        topic = course.topic(key)
        names = [exercise.name for exercise in topic.read().exercises]
        found = read_pictures(topic.grader.with_name(f"pictures_{topic.name}.py"), key, names)
        work[key] = [picture for picture in found if f"{key}/{picture.exercise}" in tried]

    def run(emit: Callable[[dict[str, Any]], None], spawner: Spawner) -> None:
        for key, wanted in work.items():
            file, signatures = submission.files[key], running.signatures_of(key)
            source = read_source(course.root / "solutions", key, "solutions")
            student = Student(Seat(spawner), file.shown, file.text, file.problem, signatures)
            reference = Student(Seat(spawner), source.shown, source.text, source.problem, signatures)
            for what in wanted:
                markup = draw(what, student, reference, key, graded.report.seed)
                emit({"exercise": f"{key}/{what.exercise}", "markup": str(markup)})
            for used in (student, reference):
                used.seat.restart()  # ended, not given back: nobody gets a worker in which the other one's code ran

    pictures: dict[str, list[Markup]] = {}

    def take(line: dict[str, Any]) -> None:
        if "exercise" in line:
            pictures.setdefault(line["exercise"], []).append(Markup(line["markup"]))
            advance(line["exercise"])

    if any(work.values()):
        running.beside(run, take)
    return pictures


def draw(what: Picture, student: Student, reference: Student, topic: str, seed: int) -> Markup:
    """One picture; where it fails, a sentence that says so."""
    try:
        own = _run(what, student, topic, seed)
    except (CheckFailed, StudentError, StudentCrash, StudentTimeout, ArithmeticError, LookupError, TypeError, ValueError,
            AttributeError, RuntimeError) as error:  # fmt: skip
        return drawn.left_out(what.titles[0], _why(error))
    other = _run(what, reference, topic, seed) if what.reference else [None] * len(own)
    return Markup("\n").join(map(_drawn, own, other, what.titles))


def _run(what: Picture, student: Student, topic: str, seed: int) -> list[Any]:
    name = f"picture {topic}/{what.name}"
    own = derived_seed(seed, name, "grader")
    random.seed(own)
    np.random.seed(own % 2**32)
    torch.manual_seed(own)
    student.begin(Rules(f"{topic}/{what.exercise}", what.seconds, "free", True), derived_seed(seed, name, "worker"))
    found = what.function(student)
    return list(found) if isinstance(found, list | tuple) else [found]


def _why(error: Exception) -> str:
    if isinstance(error, StudentTimeout):
        return "the call ran out of time"
    if isinstance(error, StudentCrash):
        return "the process that ran the code ended"
    if isinstance(error, StudentError):
        return f"the call raised {clean(error.types[0] if error.types else 'an error', 60)}"
    if isinstance(error, CheckFailed):
        return clean(error.why.rstrip("."), 160)
    return "the answer is not of the kind that can be drawn"


def _drawn(own: Drawing, other: Drawing | None, title: str) -> Markup:
    if isinstance(own, Curve):
        lines = [svg.Line("yours", own.values, own.steps)]
        lines += [svg.Line("reference", other.values, other.steps)] if isinstance(other, Curve) else []
        return drawn.curves(title, lines, own.x, own.y)
    if isinstance(own, Boundary):
        panels = [("yours", own), *([("reference", other)] if isinstance(other, Boundary) else [])]
        return drawn.boundaries(
            title,
            [(label, p.grid, p.points, p.labels, p.low, p.high, p.accuracy) for label, p in panels],
        )
    if isinstance(own, Gallery):
        return drawn.gallery(title, own.pictures, own.captions, own.note)
    return drawn.own_figure(title, own.pixels, own.words)


__all__ = [
    "Boundary",
    "Curve",
    "Figure",
    "Gallery",
    "boundary",
    "curve",
    "draw_all",
    "figure",
    "gallery",
    "most_wrong",
    "picture",
    "places",
]
