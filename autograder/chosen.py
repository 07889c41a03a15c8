"""What a command grades: the arguments that `grade` and `report` have in common, and the submission that they name."""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .course import Course, TopicRef, normal_selector
from .model import CourseError
from .submission import Submission, read_submission

if TYPE_CHECKING:
    from .engine import Options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that say what is graded, and how."""
    parser.add_argument(
        "selectors", nargs="*", metavar="SELECTOR", help="prefix of an exercise id, such as 01_workflow/training"
    )
    parser.add_argument(
        "--submission", type=Path, metavar="DIR", help="a folder laid out like exercises/ (default: exercises/)"
    )
    parser.add_argument("--reference", action="store_true", help="grade solutions/")
    parser.add_argument("--seed", type=int, metavar="N", help="repeat a run: the seed that its report names")
    parser.add_argument(
        "--walls",
        choices=("best", "plain", "strong", "full"),
        help="refuse to run with less (default: best for your own work)",
    )


@dataclass(frozen=True)
class Chosen:
    """What is graded: exercises of `topics` in `folder`, named `shown_root` in messages; `own` says whether it is one's own work."""

    course: Course
    topics: tuple[TopicRef, ...]
    selectors: tuple[str, ...]
    folder: Path
    shown_root: str
    own: bool
    seed: int
    walls: str | None

    def submission(self) -> Submission:
        """The topic files that are needed, read now."""
        ids = self.course.select(self.selectors)
        keys = list(dict.fromkeys(i.rpartition("/")[0] for i in ids))
        found = read_submission(self.course, self.folder, self.folder.resolve().name, keys, self.shown_root)
        return Submission(found.name, found.files, frozenset(ids), found.notes)

    def options(self) -> Options:
        """Other people's work asks for stronger walls than one's own."""
        from . import engine

        return engine.Options(self.walls, others=not self.own)


def choose(arguments: argparse.Namespace) -> Chosen:
    """What the arguments name.

    Raises:
        CourseError: for a selector that selects nothing, two submissions, or a folder that is none.
    """
    course = Course.at(arguments.root)
    topics = topics_for(course, arguments.selectors)
    if arguments.reference and arguments.submission:
        raise CourseError("--reference and --submission exclude one another: give one")
    folder = (
        arguments.root / "solutions" if arguments.reference else arguments.submission or arguments.root / "exercises"
    )
    if not folder.is_dir():
        raise CourseError(f"there is no submission folder {folder}; it should be laid out like exercises/")
    return Chosen(
        course,
        tuple(topics),
        tuple(arguments.selectors),
        folder,
        "solutions" if arguments.reference else "exercises",
        arguments.submission is None,
        arguments.seed if arguments.seed is not None else secrets.randbits(48),
        arguments.walls,
    )


def topics_for(course: Course, selectors: Sequence[str]) -> list[TopicRef]:
    """Topics that the selectors may select from, judged by file names alone; a bare exercise name may stand in any."""
    for selector in selectors:
        course.check_selector(selector)
    chosen: set[str] = set()
    for selector in selectors:
        wanted = normal_selector(selector)
        chosen |= {t.key for t in course.topics if t.key.startswith(wanted) or wanted.startswith(t.key)} or {
            t.key for t in course.topics
        }
    return [t for t in course.topics if not selectors or t.key in chosen]


def must_have_folder(path: Path | None) -> None:
    """Refuse a file to write whose folder does not exist, or that is a folder itself, before anything is graded for it."""
    if path is not None and not path.resolve().parent.is_dir():
        raise CourseError(f"cannot be written: there is no folder {path.resolve().parent}", path)
    if path is not None and path.is_dir():
        raise CourseError("is a folder: name a file in it", path)
