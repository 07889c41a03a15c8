"""For the tests of class runs: the sample course with a second topic and short time limits, its submissions, and runs on them that are killed.

python -m tests.class_course kill COURSE CLASS OUT COUNT     starts the run COUNT times and kills it at a random moment each time
    python -m tests.class_course order COURSE TEXTS              grades files (a JSON list of texts); prints their order of ending
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import sys
import time
from pathlib import Path

from .sample import ROOT, SAMPLE, SUBMISSIONS

TOPICS = ("00_sample/basics", "00_sample/more")


def build_course(folder: Path) -> Path:
    """A course of two topics, alike but for their names; calls may take one second."""
    course = folder / "course"
    shutil.copytree(SAMPLE, course, ignore=shutil.ignore_patterns("submissions", "__pycache__", "exercises"))
    grader = course / "autograder/graders/00_sample/test_basics.py"
    text = re.sub(r'@check\(("\w+")', r"@check(\1, seconds=1", grader.read_text(encoding="utf-8"))
    grader.write_text(text, encoding="utf-8")
    for path in (course / "solutions/00_sample/basics.py", grader, grader.with_name("variants_basics.py")):
        shutil.copy(path, path.with_name(path.name.replace("basics", "more")))
    return course


def build_class(folder: Path) -> Path:
    """The sample submissions with both topics; each file tells whose it is."""
    place = folder / "class"
    for source in sorted(path for path in SUBMISSIONS.iterdir() if path.is_dir()):
        for copy in ("", "_too") if source.name not in ("hang", "cheat") else ("",):
            for topic in TOPICS:
                path = source / f"{TOPICS[0]}.py"
                target = place / f"{source.name}{copy}" / f"{topic}.py"
                target.parent.mkdir(parents=True, exist_ok=True)
                if path.is_file() and not (source.name == "hang" and topic == TOPICS[1]):
                    target.write_text(path.read_text(encoding="utf-8") + f"\n# {source.name}{copy}\n", encoding="utf-8")
    return place


def outputs(out: Path) -> dict[str, str]:
    """What a run has written, without times."""
    found = {}
    for path in [out / "scores.csv", out / "class.html", *sorted((out / "submissions").iterdir())]:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            report = json.loads(text)
            for exercise in report["exercises"]:
                del exercise["seconds"]
            text = json.dumps(report)
        elif path.suffix == ".html":
            text, count = re.subn(r'"cpu":\[[^\]]*\]', "", text)
            assert count == 1
        found[path.name] = text
    return found


def kill_runs(course: Path, submissions: Path, out: Path, count: int) -> None:
    """Start a run again and again, each in a fork of this process (torch is loaded once), and kill it at a random moment. Prints what each had stored."""
    from autograder import zygote
    from autograder.cli import main

    zygote.one_thread()
    zygote.warm()
    draw = random.Random()
    for _ in range(count):
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            os._exit(
                main(
                    [
                        "--root",
                        str(course),
                        "grade-class",
                        str(submissions),
                        "--out",
                        str(out),
                        "--walls",
                        "strong",
                        "--seed",
                        "7",
                    ]
                )
            )
        time.sleep(draw.uniform(0.05, 2.5))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        print(len(list(out.glob("results/*/*.json"))), flush=True)


def order_of_ends(course: Path, texts: list[str]) -> list[int]:
    """Grade some files with two workers; their positions in the order in which they were done."""
    from autograder import engine, zygote
    from autograder.course import Course
    from autograder.submission import SourceFile, Submission

    zygote.one_thread()
    found = Course.at(course)
    topic = found.topic(TOPICS[0])
    only = frozenset(f"{topic.key}/{name}" for name in ("double",))
    order: list[int] = []

    def use(running: engine.Engine) -> int:
        submissions = (
            Submission(str(n), {topic.key: SourceFile("basics.py", text)}, only) for n, text in enumerate(texts)
        )
        order.extend(position for position, _ in running.grade_many(submissions, 1, workers=2))
        return 0

    engine.run(found, [topic], engine.Options("strong", others=True), use)
    return order


if __name__ == "__main__":
    if sys.argv[1] == "kill":
        kill_runs(Path(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]), int(sys.argv[5]))
    else:
        print(json.dumps(order_of_ends(Path(sys.argv[2]), json.loads(sys.argv[3]))))

__all__ = ["ROOT", "build_class", "build_course", "kill_runs", "outputs"]
