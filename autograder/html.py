"""`nox -s report`: grade, and write one self-contained HTML page with progress per chapter, each message, and pictures."""

from __future__ import annotations

import argparse
import shlex
import sys
import webbrowser
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from . import chosen, drawn, engine, listing, page, pictures
from .course import write_whole
from .engine import Engine, Graded
from .model import FULL_POINTS, INTERRUPTED, POINTS_LOST, CourseError
from .report import Bar, points
from .submission import Submission


def write_report(
    path: Path,
    running: Engine,
    submission: Submission,
    graded: Graded,
    *,
    own: bool = True,
    arguments: Sequence[str] = (),
) -> None:
    """Write the page of a submission that `running` has just graded, whole or not at all.

    Args:
        path: the HTML file.
        running: the warm engine; it draws the pictures.
        submission: what was graded.
        graded: what came of it.
        own: whether these are the reader's own exercises: hints are named then.
        arguments: what chose this submission on the command line; with the seed, they repeat the run.

    Raises:
        CourseError: where the file cannot be written.
    """
    shown = page.page_of(
        running.course,
        submission,
        graded,
        own=own,
        again=shlex.join(["nox", "-s", "report", "--", *arguments, "--seed", str(graded.report.seed)]),
        when=datetime.now().astimezone(),
        pictures={} if graded.partial else pictures.draw_all(running, submission, graded),
        blocks={name: drawn.blocks(shapes) for name, shapes in graded.shapes.items()},
    )
    try:
        write_whole(path, page.render(shown))
    except OSError as error:
        raise CourseError(f"cannot be written: {error.strerror}", path) from None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    chosen.add_arguments(parser)
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="the page (default: report.html in the course's folder)"
    )
    parser.add_argument("--open", action="store_true", help="show the page in the browser")


def main(arguments: argparse.Namespace) -> int:
    """The command."""
    what = chosen.choose(arguments)
    path = (arguments.out or what.course.root / "report.html").resolve()
    chosen.must_have_folder(path)
    if path.is_dir():
        raise CourseError("is a folder; name the file to write", path)

    def use(running: Engine) -> int:
        submission = what.submission()
        with Bar(sum(check.exercise in (submission.only or ()) for check in running.checks)) as bar:
            graded = running.grade(submission, what.seed, bar.advance)
        for note in running.notes:
            print(note, file=sys.stderr)
        if sys.stderr.isatty():
            print("Drawing the pictures ...", file=sys.stderr)
        named = ["--submission", str(arguments.submission)] if arguments.submission else []
        named += ["--reference"] if arguments.reference else []
        write_report(
            path,
            running,
            submission,
            graded,
            own=what.own and not arguments.reference,
            arguments=[*what.selectors, *named],
        )
        report = graded.report
        print(f"{points(report.points)} of {points(report.max_points)} points; the page is {path}")
        if what.own and not arguments.reference:
            for line in listing.after_grading(what.course, submission, graded):
                print(line)
        if arguments.open and not webbrowser.open(path.as_uri()):
            print("No browser could be opened: open the file by hand.", file=sys.stderr)
        return INTERRUPTED if graded.partial else FULL_POINTS if report.full else POINTS_LOST

    return engine.run(what.course, what.topics, what.options(), use)
