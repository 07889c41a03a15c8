"""What grading a class costs: see `python -m tests.bench class`, `python -m tests.bench compare`.

class:   N submissions against a tenth as many: CPU seconds of each, peak memory of the grader, none lost.
compare: six exercises as an assignment for ours, for stock `nbgrader autograde` and for Otter, and the floor: one process that has torch loaded and
         runs the same answers on the same inputs, without grading.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from autograder.course import Course
from tests.bench_nbgrader import adopt_orphans, reap
from tests.make_class import make_class
from tests.sample import ROOT

GRADE = """
import sys
from autograder.cli import main
code = main(sys.argv[2:])
with open("/proc/self/status") as status:
    peak = next(line for line in status if line.startswith("VmHWM:"))
with open(sys.argv[1], "w") as out:
    out.write(peak.split()[1])
raise SystemExit(code)
"""


@dataclass(frozen=True)
class Cost:
    """Of one class run: CPU seconds of all its processes, wall seconds, MB of memory."""

    submissions: int
    cpu: float
    wall: float
    grader: float
    """Peak resident memory of the grader itself."""
    together: float
    """Peak of the proportional share of all processes, as far as it was seen."""

    @property
    def each(self) -> float:
        return self.cpu / self.submissions


def descendants(pid: int) -> list[int]:
    found, todo = [], [pid]
    while todo:
        one = todo.pop()
        found.append(one)
        with contextlib.suppress(OSError):
            todo += [int(child) for child in Path(f"/proc/{one}/task/{one}/children").read_text().split()]
    return found


def share_of(pid: int) -> float:
    """MB of a process's proportional share of memory."""
    with contextlib.suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("Pss:")).split()[1]) / 1024
    return 0.0


def class_cost(submissions: Path, out: Path, *selectors: str, root: Path = ROOT, options: tuple[str, ...] = ()) -> Cost:
    """Grade a folder of submissions, in a process of its own."""
    peak = out.with_suffix(".peak")
    out.parent.mkdir(parents=True, exist_ok=True)
    adopt_orphans()  # bubblewrap ends before its child: only so does that child's CPU count
    command = [sys.executable, "-c", GRADE, str(peak), "--root", str(root), "grade-class", str(submissions), *selectors]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    process = subprocess.Popen([*command, "--out", str(out), *options], cwd=ROOT, stdout=subprocess.DEVNULL)
    together, ended = [0.0], threading.Event()

    def watch() -> None:
        while not ended.wait(5):
            together.append(sum(map(share_of, descendants(process.pid))))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        code = process.wait()
    finally:
        ended.set()
        watcher.join()
    reap()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if code:
        raise SystemExit(f"grade-class ended with exit code {code}")
    count = len((out / "scores.csv").read_text(encoding="utf-8").splitlines()) - 1
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(count, cpu, time.monotonic() - started, int(peak.read_text()) / 1024, max(together))


def class_of(selector: str, count: int = 1000) -> float:
    """A class and a tenth of it; the ratio of the grader's peak memories."""
    count = int(sys.argv[sys.argv.index("--class") + 1]) if "--class" in sys.argv else count
    course = Course.at(ROOT)
    ids = course.select([selector])
    topics = [topic for topic in course.topics if any(one.rpartition("/")[0] == topic.key for one in ids)]
    costs = []
    with tempfile.TemporaryDirectory() as place:
        for size in (max(count // 10, 1), count):
            folder = Path(place) / f"class{size}"
            make_class(folder, course, topics, size)
            cost = class_cost(folder, Path(place) / f"out{size}", selector)
            reports = len(list((Path(place) / f"out{size}" / "submissions").glob("*.json")))
            print(
                f"{selector}, {size} submissions: {cost.each:.2f} s of CPU each, {cost.cpu:.0f} s in all, {cost.wall / 60:.1f} minutes, {size - cost.submissions} "
                f"lost, {reports} reports, grader {cost.grader:.0f} MB, all processes {cost.together:.0f} MB",
                flush=True,
            )
            costs.append(cost)
    small, large = costs
    print(
        f"{large.submissions} against {small.submissions}: {large.grader / small.grader:.3f} times the grader's memory, "
        f"{large.each / small.each:.3f} times the CPU of a submission"
    )
    return large.grader / small.grader


__all__ = ["Cost", "class_cost", "class_of", "json", "os"]
