"""The report page: a grading's results as one HTML file that needs nothing else.

Everything that a submission can have a say in (names, messages, printed text) is a plain string here, and the template escapes each one; only
the pictures, drawn by `svg`, are markup. The page's policy allows its own style and nothing more: no script, no address.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from .course import Course
from .engine import Graded
from .levels import level_of
from .messages import LABELS
from .model import STATUSES, CheckResult, ExerciseResult, Status
from .plain import clean
from .report import WORDS, points
from .submission import Submission

HERE = Path(__file__).resolve().parent
PRINTED_LINES = 60

FORMS = {
    "passed": "0h10v10h-10z",
    "failed": "0h10v3.5h-10zm0 6.5h10v3.5h-10z",
    "error": "0h10v3.5h-10zm0 6.5h10v3.5h-10z",
    "timed_out": "2.5h10v5h-10z",
    "not_implemented": "6.5h10v3.5h-10z",
}
"""What stands for an exercise in its chapter's strip, by status: full, split, or low, so that colour alone tells nothing."""


@dataclass(frozen=True)
class CheckView:
    """One check as the page shows it: `rows` are the labelled lines of its message, `lines` what has no label."""

    name: str
    status: Status
    points: float
    max_points: float
    rows: tuple[tuple[str, str], ...] = ()
    lines: tuple[str, ...] = ()
    blocks: Markup | None = None
    open: bool = False
    """Shown unfolded: the first of its exercise that did not pass."""


@dataclass(frozen=True)
class ExerciseView:
    """One exercise as the page shows it."""

    id: str
    status: Status
    points: float
    max_points: float
    task: str
    where: str
    checks: tuple[CheckView, ...]
    plain: str = ""
    printed: str = ""
    pictures: tuple[Markup, ...] = ()

    @property
    def name(self) -> str:
        return self.id.rpartition("/")[2]

    @property
    def topic(self) -> str:
        return self.id.rpartition("/")[0]

    @property
    def anchor(self) -> str:
        return self.id.replace("/", "-")

    @property
    def open(self) -> bool:
        """Shown unfolded: what was tried and did not pass, and what there is a picture of."""
        return self.status in ("failed", "error", "timed_out") or bool(self.pictures)

    @property
    def grade(self) -> str:
        return f"nox -s grade -- {self.id}"

    @property
    def hint(self) -> str:
        return f"nox -s hint -- {self.id}"


@dataclass(frozen=True)
class Group:
    """A topic, or a chapter with its topics."""

    name: str
    anchor: str
    title: str
    exercises: tuple[ExerciseView, ...]
    topics: tuple[Group, ...] = ()

    @property
    def points(self) -> float:
        return sum(exercise.points for exercise in self.exercises)

    @property
    def max_points(self) -> float:
        return sum(exercise.max_points for exercise in self.exercises)

    @property
    def passed(self) -> int:
        return sum(exercise.status == "passed" for exercise in self.exercises)


@dataclass(frozen=True)
class Page:
    """What the template is given."""

    name: str
    title: str
    points: float
    max_points: float
    counts: tuple[tuple[Status, int], ...]
    chapters: tuple[Group, ...]
    notes: tuple[str, ...]
    walls: str
    seed: int
    torch: str
    when: datetime
    again: str
    hints: bool
    """Whether hints are for the reader: not where other people's work or the reference is shown."""

    @property
    def exercises(self) -> list[ExerciseView]:
        return [exercise for chapter in self.chapters for exercise in chapter.exercises]

    @property
    def first(self) -> ExerciseView | None:
        """The first exercise that has not passed."""
        return next((exercise for exercise in self.exercises if exercise.status != "passed"), None)

    @property
    def passed(self) -> int:
        return sum(exercise.status == "passed" for exercise in self.exercises)

    @property
    def unfinished(self) -> int:
        return len(self.exercises) - self.passed


def rows_of(message: str) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """The labelled lines of a message (`Called    f(x)`), and those without a label."""
    labelled, others = [], []
    for line in message.splitlines():
        label, text = line[:9].rstrip(), line[10:]
        if label in LABELS and line[9:10] == " ":
            labelled.append((label, clean(text)))
        else:
            others.append(clean(line))
    return tuple(labelled), tuple(others)


def line_of(text: str | None, name: str) -> int | None:
    """Number of the line that defines `name` in a topic file, the last one: that counts. A hostile file is not given to Python's parser for it."""
    found = re.compile(rf"(?:async\s+)?(?:def|class)\s+{re.escape(name)}\b")
    numbers = [number for number, line in enumerate((text or "").splitlines(), 1) if found.match(line)]
    return numbers[-1] if numbers else None


def _checks(exercise: ExerciseResult, blocks: Mapping[str, Markup]) -> tuple[tuple[CheckView, ...], str]:
    """The checks of an exercise, each message once; with them the one line that says it all where no check has its own."""
    messages = {check.message for check in exercise.checks}
    if exercise.status == "not_implemented" and len(messages) == 1:
        (only,) = messages
        return tuple(_check(check, False, None) for check in exercise.checks), clean(only)
    shown, views = set[str](), list[CheckView]()
    for check in exercise.checks:
        view = _check(check, check.message not in shown, blocks.get(f"{exercise.id}/{check.name}"))
        views.append(dataclasses.replace(view, open=bool(view.rows or view.lines) and not any(v.open for v in views)))
        shown.add(check.message)
    return tuple(views), ""


def _check(check: CheckResult, said: bool, blocks: Markup | None) -> CheckView:
    name = clean(check.name.replace("_", " "), 120)
    if check.status == "passed" or not said:
        again = () if check.status in ("passed", "not_implemented") else ("As above.",)
        return CheckView(name, check.status, check.points, check.max_points, lines=again)
    return CheckView(name, check.status, check.points, check.max_points, *rows_of(check.message), blocks)


def printed_of(text: str) -> str:
    """The last lines of what a submission printed, fit to show."""
    lines = text.strip("\n").splitlines()
    return "\n".join(clean(line) for line in lines[-PRINTED_LINES:])


def page_of(
    course: Course,
    submission: Submission,
    graded: Graded,
    *,
    own: bool,
    again: str,
    when: datetime,
    pictures: Mapping[str, Sequence[Markup]],
    blocks: Mapping[str, Markup],
) -> Page:
    """The page of one graded submission.

    Args:
        own: whether the reader's own exercises are shown (then hints are named).
        again: the command that repeats this run.
        pictures: exercise id -> pictures, drawn.
        blocks: `exercise id/check name` -> the shapes of a shape error, drawn.
    """
    report = graded.report
    by_topic: dict[str, list[ExerciseView]] = {}
    for result in report.exercises:
        key, _, name = result.id.rpartition("/")
        source = submission.files[key]
        exercise = next(e for e in course.topic(key).read().exercises if e.name == name)
        checks, plain = _checks(result, blocks)
        line = line_of(source.text, name)
        view = ExerciseView(
            result.id,
            result.status,
            result.points,
            result.max_points,
            exercise.title,
            f"{source.shown}:{line}" if line else source.shown,
            checks,
            plain,
            printed_of(graded.printed.get(result.id, "")),
            tuple(pictures.get(result.id, ())),
        )
        by_topic.setdefault(key, []).append(view)
    chapters = []
    for chapter in course.chapters:
        keys = [key for key in by_topic if key.startswith(f"{chapter}/")]
        topics = tuple(
            Group(key.partition("/")[2], key.replace("/", "-"), course.topic(key).read().title, tuple(by_topic[key]))
            for key in keys
        )
        if topics:
            chapters.append(Group(chapter, chapter, chapter, tuple(e for t in topics for e in t.exercises), topics))
    name = clean(report.submission, 80)
    return Page(
        name=name,
        title="Your exercises" if own else name,
        points=report.points,
        max_points=report.max_points,
        counts=tuple((s, n) for s in STATUSES if (n := sum(e.status == s for e in report.exercises))),
        chapters=tuple(chapters),
        notes=tuple(clean(note) for note in report.notes)
        + (("Interrupted: only the exercises that were finished are shown.",) if graded.partial else ()),
        walls=level_of(report.walls),
        seed=report.seed,
        torch=report.torch,
        when=when,
        again=clean(again),
        hints=own,
    )


def with_breaks(text: str) -> Markup:
    """Escaped text that may be broken behind underscores and slashes: long names have no spaces."""
    return Markup(re.sub("([_/])", r"\1<wbr>", str(escape(text))))


def with_code(text: str) -> Markup:
    """Escaped text, with breaks, in which what stands between backticks is code."""
    return Markup(re.sub(r"`([^`]{1,400})`", r"<code>\1</code>", str(with_breaks(text))))


def render(page: Page) -> str:
    """The page as HTML text."""
    style = (HERE / "page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"code": with_code, "breaks": with_breaks}
    template = environment.from_string((HERE / "page.html").read_text(encoding="utf-8"))
    return template.render(
        page=page,
        words=WORDS,
        forms=FORMS,
        points=points,
        style=Markup(style),
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'",
    )
