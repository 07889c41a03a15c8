"""CPU seconds per submission of a chapter: nbgrader's own autograde, ours through `nbgrader autograde`, the engine alone, in one run.

python -m tests.bench nbgrader [CHAPTER] [--count N]      all N = 20 submissions, some 15 minutes
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from autograder.course import Course
from autograder.release import chapter_named, nbgrader, release
from tests.bench import ROOT, cpu_of

STOCK = "c = get_config()\nc.Execute.timeout = 600\n"


def hand_in(course: Course, folder: Path, chapter: str, count: int) -> None:
    """Submissions in which the reference stands in most places and a stub in every fifth, another fifth in each."""
    for number in range(count):
        position = 0
        for topic in (topic for topic in course.topics if topic.chapter == chapter):
            notebook = json.loads((folder / "release" / chapter / f"{topic.name}.ipynb").read_text(encoding="utf-8"))
            for exercise in topic.read().exercises:
                position += 1
                if position % 5 == number % 5:
                    continue
                cell = next(
                    c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == exercise.name
                )
                cell["source"] = exercise.cell.text
            place = folder / "submitted" / f"student{number:02}" / chapter
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{topic.name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


def engine_alone(folder: Path, chapter: str) -> None:
    """Grade what was handed in, with neither nbgrader nor its gradebook."""
    from autograder.client import GradingServer
    from autograder.rebuild import read_notebook

    server = GradingServer(ROOT, [chapter], others=True)
    for path in sorted((folder / "submitted").glob(f"*/{chapter}/*.ipynb")):
        cells, _ = read_notebook(path, path.parent)
        code = [(cell.number, cell.source) for cell in cells if cell.kind == "code"]
        server.grade(f"{chapter}/{path.stem}", path.parts[-3], path.name, code)
    server.close()


def scores(folder: Path, chapter: str) -> dict[str, float]:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        return {submission.student.id: submission.score for submission in gradebook.assignment_submissions(chapter)}


def nbgrader_cost(selector: str, count: int = 20) -> float:
    """Prints the three costs and their ratios; the ratio of nbgrader's own to ours through nbgrader."""
    course = Course.at(ROOT)
    chapter = chapter_named(course, selector)
    count = int(sys.argv[sys.argv.index("--count") + 1]) if "--count" in sys.argv else count
    with tempfile.TemporaryDirectory() as place:
        ours, stock = Path(place) / "ours", Path(place) / "stock"
        release(course, chapter, ours)
        hand_in(course, ours, chapter, count)
        shutil.copytree(ours, stock)
        (stock / "nbgrader_config.py").write_text(STOCK)
        alone = (
            cpu_of(
                [
                    sys.executable,
                    "-c",
                    f"from tests.bench_nbgrader import *; engine_alone(Path({str(ours)!r}), {chapter!r})",
                ]
            )
            / count
        )
        through = _autograde(ours, chapter) / count
        theirs = _autograde(stock, chapter) / count
        same = scores(ours, chapter) == scores(stock, chapter)
    less = f"ours through nbgrader {through:.2f} ({theirs / through:.1f} times less), the engine alone {alone:.2f} ({theirs / alone:.1f} times less)"
    print(
        f"{chapter}, {count} submissions, CPU seconds each: nbgrader's own {theirs:.2f}, {less}; the same points: {'yes' if same else 'NO'}",
        flush=True,
    )
    return theirs / through


def _adopt_orphans() -> None:
    """Let this process reap what a killed kernel leaves behind, so that its CPU counts."""
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def _reap() -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.1)
        except ChildProcessError:
            return


def _autograde(folder: Path, chapter: str) -> float:
    os.environ["OMP_NUM_THREADS"] = "1"
    _adopt_orphans()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = nbgrader("autograde", chapter, cwd=folder)
    _reap()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, "nbgrader autograde", stderr=done.stderr[-3000:])
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{folder.name}: {used:.1f} s of CPU", flush=True)
    return used
