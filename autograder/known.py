"""`python -m autograder known OUT`: a class run's results for notebooks' cells, a JSON line in, a JSON line out. Loads no torch.

For `nbgrader autograde`, which need not grade again what `grade-class --out OUT` has graded. A request is one of `serve`, its answer `{"report": …}`,
`{"why": "…"}` where OUT has no result for it, or `{"error": "…"}`. What is looked up is the hash under which the class run stores a result, so none
is found but that of exactly these cells, checks, engine and torch.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .cells import CodeCell
from .course import Course, TopicRef
from .levels import level_of
from .model import FULL_POINTS, CourseError, Report
from .results import Recorded, common, exercises_of, recorded, result_key, stored, topic_digest
from .serve import composed
from .submission import SourceFile

LEVELS = ("plain", "strong", "full")
NAMES = {"course_version": "version of the course", "engine": "version of the engine", "torch": "version of torch"}


@dataclass(frozen=True)
class Known:
    """The results of the class run in `out`."""

    course: Course
    out: Path
    least: str
    """The level of walls without which a result does not count."""

    def find(self, topic: TopicRef, name: str, shown: str, cells: list[CodeCell]) -> Report | str:
        """The report on a notebook's cells; else why the class run has none."""
        run = recorded(self.out)  # it may have gone on meanwhile
        walls, seed = run.about["walls"], run.about["seed"]
        if LEVELS.index(level_of(tuple(walls))) < LEVELS.index(self.least):
            return f"the class run had walls {level_of(tuple(walls))}, and {self.least} is asked for"
        about = common(importlib.metadata.version("torch").partition("+")[0], walls, seed)
        names = [exercise.name for exercise in topic.read().exercises]
        made = composed(topic, cells, names, shown)
        file, digest = SourceFile(shown, made.text, problems=made.problems), topic_digest(topic)
        result = stored(self.out, result_key(about, topic.key, digest, names, file, made.lines))
        if result is None:
            return _why_not(run, about, topic.key, digest)
        exercises = {exercise.id: exercise for exercise in exercises_of(result)}
        return Report(
            name,
            about["course_version"],
            about["torch"],
            tuple(walls),
            seed,
            tuple(exercises[f"{topic.key}/{one}"] for one in names),
            (*made.notes, *self.course.notice),
        )


def _why_not(run: Recorded, about: dict[str, Any], topic: str, digest: str) -> str:
    other = [NAMES[part] for part in NAMES if run.about.get(part) != about[part]]
    if other:
        return f"the class run had another {', another '.join(other)}"
    if topic not in run.topics:
        return f"the class run did not grade {topic}"
    if run.topics[topic] != digest:
        return f"the checks of {topic} have changed since the class run"
    return "the class run has no result for exactly these cells"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--walls", choices=("best", *LEVELS))


def main(arguments: argparse.Namespace) -> int:
    """The command."""
    course = Course.at(arguments.root)
    known = Known(course, arguments.out, arguments.walls if arguments.walls in LEVELS else "strong")
    _say({"ready": True})
    for line in sys.stdin:
        request = json.loads(line)
        try:
            cells = [CodeCell(int(number), str(source)) for number, source in request["cells"]]
            found = known.find(course.topic(request["topic"]), request["name"], request["shown"], cells)
            _say({"why": found} if isinstance(found, str) else {"report": found.to_json()})
        except CourseError as error:
            _say({"error": str(error)})
    return FULL_POINTS


def _say(message: dict[str, Any]) -> None:
    print(json.dumps(message), flush=True)
