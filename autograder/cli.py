"""The command line: `python -m autograder COMMAND …`; nox passes everything after `--` on."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from . import chosen
from .course import Course, generate, reset
from .model import FULL_POINTS, INTERRUPTED, POINTS_LOST, WRONG_COURSE_OR_COMMAND, CourseError, EngineError

ROOT = Path(__file__).resolve().parent.parent


ELSEWHERE = {
    "watch": ("watch", "grade on every save, and go on to the next exercise"),
    "list": ("listing", "all exercises with state, points, difficulty and minutes"),
    "hint": ("hints", "show a hint for one exercise"),
    "solution": ("solution", "show the reference solution of an exercise that has passed"),
    "doctor": ("doctor", "check Python, packages, walls, disk and data; say what mends what is wrong"),
    "report": ("html", "write a page with progress, messages and pictures"),
    "grade-class": ("classroom", "grade a folder of submissions"),
    "release": ("release", "make an nbgrader course folder of one chapter, and the students' bundle"),
    "export": ("exports", "nbgrader's scores as a CSV for a learning platform, or as Gradescope's results.json"),
    "data": ("data", "check the data sets against their checksums"),
    "calibrate": ("calibrate", "measure right and wrong recipes over many seeds, and write the tables"),
    "known": ("known", "a class run's results for notebooks: a JSON line in, a JSON line out"),
    "serve": ("serve", "a warm engine for notebooks: a JSON line in, a JSON line out"),
}
"""Command -> the module that has its `add_arguments` and `main`, and one line on it."""


def build_parser(argv: Sequence[str]) -> argparse.ArgumentParser:
    outer = argparse.ArgumentParser(prog="autograder", description="Grade the course's exercises.")
    outer.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    commands = outer.add_subparsers(dest="command", required=True, metavar="COMMAND")

    grade = commands.add_parser("grade", help="grade exercises/ or another submission")
    chosen.add_arguments(grade)
    grade.add_argument("--json", type=Path, metavar="FILE", help="write the results as JSON")
    grade.add_argument("--junit", type=Path, metavar="FILE", help="write the results as JUnit XML")
    verify = commands.add_parser(
        "verify", help="prove the course: references, stubs, right and wrong answers, generated files"
    )
    verify.add_argument("selectors", nargs="*", metavar="SELECTOR")
    verify.add_argument("--quick", action="store_true", help="references and stubs only")
    verify.add_argument("--seed", type=int, metavar="N")
    verify.add_argument(
        "--variants", type=Path, metavar="DIR", help="judge the answers in DIR/NN_chapter/variants_topic.py instead"
    )
    verify.add_argument("--messages", type=Path, metavar="FILE", help="write the message that each wrong variant draws")

    make = commands.add_parser("generate", help="write exercises/ from solutions/")
    make.add_argument("--check", action="store_true", help="write nothing; exit 2 where a file is out of date")

    start = commands.add_parser("reset", help="start an exercise, topic or chapter afresh; the old text is kept")
    start.add_argument("selectors", nargs="+", metavar="KEY")

    for name, (module, about) in ELSEWHERE.items():
        parser = commands.add_parser(name, help=about)
        if name in argv:  # a command's module is imported when it is called for, and not before
            importlib.import_module(f".{module}", __package__).add_arguments(parser)
    return outer


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code. Errors of the course or the command are one sentence on stderr."""
    argv = sys.argv[1:] if argv is None else argv
    arguments = build_parser(argv).parse_args(argv)
    if arguments.command != "doctor":  # which must run where packages are broken
        from .zygote import one_thread

        one_thread()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that knows no ✓ gets a ? for it, not a traceback
            stream.reconfigure(errors="replace")
    try:
        if arguments.command in ELSEWHERE:
            module = importlib.import_module(f".{ELSEWHERE[arguments.command][0]}", __package__)
            return int(module.main(arguments))
        return COMMANDS[arguments.command](arguments)
    except CourseError as error:
        print(f"error: {error}", file=sys.stderr)
        return WRONG_COURSE_OR_COMMAND
    except EngineError as error:
        print(f"error: the grading engine failed: {error}; run the command again", file=sys.stderr)
        return WRONG_COURSE_OR_COMMAND
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return POINTS_LOST


def grade_command(arguments: argparse.Namespace) -> int:
    from . import engine, listing, report

    what = chosen.choose(arguments)
    for path in (arguments.json, arguments.junit):
        chosen.must_have_folder(path)

    def use(running: engine.Engine) -> int:
        submission = what.submission()
        total = sum(check.exercise in submission.only for check in running.checks) if submission.only is not None else 0
        with report.Bar(total) as bar:
            graded = running.grade(submission, what.seed, bar.advance)
        for note in running.notes:
            print(note, file=sys.stderr)
        report.show(graded)
        if what.own and not arguments.reference:
            for line in listing.after_grading(what.course, submission, graded):
                print(line)
        if graded.partial:
            return INTERRUPTED
        if arguments.json:
            report.write_json(arguments.json, graded.report)
        if arguments.junit:
            report.write_junit(arguments.junit, graded.report)
        return FULL_POINTS if graded.report.full else POINTS_LOST

    return engine.run(what.course, what.topics, what.options(), use)


def verify_command(arguments: argparse.Namespace) -> int:
    from . import engine
    from .verify import verify

    course = Course.at(arguments.root)
    topics = chosen.topics_for(course, arguments.selectors)

    def use(running: engine.Engine) -> int:
        ids = frozenset(course.select(arguments.selectors))
        wanted = [t for t in topics if any(i.rpartition("/")[0] == t.key for i in ids)]
        found = verify(
            running, course, wanted, ids, quick=arguments.quick, seed=arguments.seed, others=arguments.variants
        )
        if arguments.messages:
            arguments.messages.write_text(
                "\n\n".join(f"## {name}\n{text}" for name, text in found.messages) + "\n", encoding="utf-8"
            )
        print(f"{len(ids)} exercises, {found.graded} gradings.")
        print("Slowest references, seconds:")
        for name, seconds in sorted(found.cpu.items(), key=lambda pair: -pair[1])[:10]:
            print(f"  {seconds:6.2f}  {name}")
        for problem in found.problems:
            print(f"problem: {problem}")
        print(f"{len(ids)} exercises verified: {len(found.problems)} problems.")
        return WRONG_COURSE_OR_COMMAND if found.problems else FULL_POINTS

    return engine.run(course, topics, engine.Options("best"), use)


def generate_command(arguments: argparse.Namespace) -> int:
    done = generate(Course.at(arguments.root), check=arguments.check)
    for name in done.written:
        print(f"written: exercises/{name}")
    for name in done.kept:
        print(
            f"kept: exercises/{name} has been edited by hand and is left as it is; `nox -s reset -- {name.removesuffix('.py')}` starts it afresh"
        )
    if arguments.check and done.stale:
        for name in done.stale:
            print(f"error: exercises/{name} is out of date; run `nox -s generate`", file=sys.stderr)
        return WRONG_COURSE_OR_COMMAND
    if not done.stale:
        print("exercises/ is current.")
    return FULL_POINTS


def reset_command(arguments: argparse.Namespace) -> int:
    course = Course.at(arguments.root)
    for selector in arguments.selectors:
        course.select([selector])
    for selector in arguments.selectors:
        for line in reset(course, selector):
            print(line)
    return FULL_POINTS


COMMANDS = {
    "grade": grade_command,
    "verify": verify_command,
    "generate": generate_command,
    "reset": reset_command,
}
