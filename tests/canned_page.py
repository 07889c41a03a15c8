"""A report page with everything in it: all statuses, all kinds of pictures, and a submission that tries to put markup into each text it can reach."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from autograder import drawn, page, svg
from autograder.course import Course
from autograder.engine import Graded
from autograder.model import CheckResult, ExerciseResult, Report, Shapes
from autograder.submission import SourceFile, Submission
from tests.sample import SAMPLE

KEY = "00_sample/basics"
MARKUP = (
    "</dd></style><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    "<a href=\"javascript:document.title='owned'\">click</a><iframe src=//127.0.0.1:9></iframe>'\"`{{ 7 * 7 }}`"
)
HOSTILE = f"""
import torch
from torch import nn

BAD = {MARKUP!r}


class Odd(ValueError):
    pass


Odd.__name__ = Odd.__qualname__ = BAD


def double(x):
    print(BAD, "\\x1b[31m", "]]>--><!--")
    raise Odd(BAD)


class Scale:
    def __init__(self):
        self.__class__ = type(BAD, (), {{}})


def descend(model, X, y, lr):
    return {{BAD: BAD}}
"""


def rows(**lines: str) -> str:
    return "\n".join(f"{label.title():<9} {text}" for label, text in lines.items())


def pictures() -> list[str]:
    """One of each kind, each with hostile words where a submission has any."""
    falling = tuple(0.7 * 0.97**i for i in range(120))
    rising = tuple(0.7 + 0.002 * i if i != 60 else float("nan") for i in range(120))
    across = np.linspace(-1, 1, 40)
    grid = (across[:, None] ** 2 + across[None] ** 2 < 0.5).astype(np.int64) + (across[None] > 0.8)
    generator = np.random.default_rng(0)
    points = generator.uniform(-1, 1, (60, 2))
    panel = (grid, points, [i % 3 for i in range(60)], (-1.0, -1.0), (1.0, 1.0), 0.75)
    grey = generator.integers(0, 256, (28, 28), dtype=np.uint8)
    colour = generator.integers(0, 256, (64, 64, 3), dtype=np.uint8)
    figure = np.full((300, 400, 3), 255, np.uint8)
    figure[100:200, 100:300] = (40, 90, 160)
    return [
        drawn.curves("Loss", [svg.Line("yours", rising, 240), svg.Line("reference", falling, 120)], "step", "loss"),
        drawn.boundaries("Regions", [("yours", *panel), ("reference", *panel)]),
        drawn.gallery("Most wrong", [grey, colour], [(MARKUP, MARKUP), ("Sandal", "Sneaker, 97%")], "80% are right:"),
        drawn.own_figure("Your figure", figure, [MARKUP, "x"]),
        drawn.left_out("Loss", MARKUP),
    ]


def page_text(root: Path = SAMPLE) -> str:
    """The page as HTML text."""
    course = Course.at(root)
    wrong = rows(
        called=f"double({MARKUP})", returned=MARKUP, expected="gives twice the input", why=MARKUP, next=f"`{MARKUP}`"
    )
    raised = rows(
        called="descend(Line, (8, 2) float32)", raised=f"{MARKUP}: {MARKUP}", at=f"exercises/{KEY}.py line 20: {MARKUP}",
        tensors=f"{MARKUP} (8, 2) float32", why="The inner sizes must be equal.",
    )  # fmt: skip
    checks = (
        CheckResult("passes", "passed", 1, 1),
        CheckResult(MARKUP, "failed", 0, 2, wrong),
        CheckResult("fails_again", "failed", 0, 1, wrong),
        CheckResult("stops", "timed_out", 0, 1, MARKUP),
        CheckResult("raises", "error", 0, 1, raised),
    )
    exercises = (
        ExerciseResult(f"{KEY}/double", "failed", 0.1, checks),
        ExerciseResult(
            f"{KEY}/Scale",
            "not_implemented",
            0.1,
            (CheckResult("scales", "not_implemented", 0, 2, "Not written yet."),),
        ),
        ExerciseResult(f"{KEY}/descend", "passed", 0.1, (CheckResult("descends", "passed", 3, 3),)),
    )
    report = Report(MARKUP, "1", "2.13.0", ("processes",), 7, exercises, (MARKUP,))
    graded = Graded(report, printed={f"{KEY}/double": f"{MARKUP}\n" * 30})
    submission = Submission(MARKUP, {KEY: SourceFile(f"exercises/{KEY}.py", HOSTILE)})
    shapes = Shapes(
        (("a", (3, 2)), (MARKUP, (100, 64)), ("c", (2, 3, 4)), ("d", (32, 3, 224, 224)), ("e", (0, 2))), (12,), ()
    )
    return page.render(
        page.page_of(
            course, submission, graded, own=True, again=f"nox -s report -- {MARKUP}", when=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
            pictures={f"{KEY}/descend": pictures()}, blocks={f"{KEY}/double/{MARKUP}": drawn.blocks(shapes)},
        )
    )  # fmt: skip
