"""What grading a class costs, in CPU seconds of all processes.

    python -m tests.bench class [01_workflow] [--class N]    N submissions against a tenth as many: CPU of each, peak memory of the grader, none lost
    python -m tests.bench compare       one assignment of six exercises: ours, stock `nbgrader autograde`, Otter, and the floor
    python -m tests.bench chapters      a submission of 00 and of 01, against the floor

The last two grade one submission at a time, as the others do: two at once on one machine slow each other down, and a CPU second then does less.
The floor is one process that has torch loaded and runs the same functions on the same inputs, without walls, channel and judgement.
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
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.course import Course
from tests import bench_assignment
from tests.bench_nbgrader import adopt_orphans, reap
from tests.bench_nbgrader import scores as scores_of
from tests.make_class import make_class
from tests.sample import ROOT

ONE_AT_A_TIME = ("--workers", "1")

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


# ------------------------------------------------------------------------------------------------- against others

FLOOR = """
import os, sys, time
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
import torch
torch.set_num_threads(1)
sys.path.insert(0, sys.argv[1])
from tests.bench_assignment import answers, calls
def submission():
    exec(compile(answers() + calls(), "submission", "exec"), {})
submission()
started = time.process_time()
for _ in range(50):
    submission()
print((time.process_time() - started) / 50)
"""

REPLAY = """
import os, sys, time
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
sys.path.insert(0, sys.argv[1])
from autograder import zygote
from tests.bench import replay
zygote.warm()
replay(sys.argv[2])
started = time.process_time()
for _ in range(5):
    replay(sys.argv[2])
print((time.process_time() - started) / 5)
"""


def plain(script: str, *arguments: str) -> float:
    """What a script prints: CPU seconds of a submission."""
    command = [sys.executable, "-c", script, str(ROOT), *arguments]
    return float(subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True).stdout.split()[-1])


def cpu_in(folder: Path, command: Sequence[str]) -> float:
    """CPU seconds of a command and all that it leaves behind, killed kernels too."""
    adopt_orphans()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command, check=False, cwd=folder, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    if done.returncode:
        raise SystemExit(f"{command[:4]} failed: {done.stderr[-2000:]}")
    reap()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def beyond_start(costs: Sequence[Cost]) -> float:
    """CPU of one more submission: what the start costs does not count."""
    small, large = costs
    return (large.cpu - small.cpu) / (large.submissions - small.submissions)


def ours_on_six(place: Path, count: int) -> tuple[float, float]:
    """CPU of a submission, with its share of the start, and without."""
    bench_assignment.write_course(place / "course")
    costs = []
    for size in (count // 10, count):
        bench_assignment.write_submissions(place / f"class{size}", size)
        costs.append(
            class_cost(place / f"class{size}", place / f"out{size}", root=place / "course", options=ONE_AT_A_TIME)
        )
        rows = (place / f"out{size}" / "scores.csv").read_text(encoding="utf-8").splitlines()[1:]
        assert all(row.endswith(",6.0,6.0") for row in rows), "not all have full points"
    return costs[-1].each, beyond_start(costs)


def nbgrader_on_six(place: Path, count: int) -> float:
    source = place / "source/six/six.ipynb"
    source.parent.mkdir(parents=True)
    source.write_text(bench_assignment.nbgrader_notebook(), encoding="utf-8")
    (place / "nbgrader_config.py").write_text("c = get_config()\nc.Execute.timeout = 600\n")
    subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_assignment", "six"], check=True, cwd=place, capture_output=True
    )
    for number in range(count):
        target = place / f"submitted/student{number:02}/six/six.ipynb"
        target.parent.mkdir(parents=True)
        target.write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    used = cpu_in(place, [sys.executable, "-m", "nbgrader", "autograde", "six"])
    scores = scores_of(place, "six")
    assert set(scores.values()) == {6.0}, scores
    assert len(scores) == count
    return used / count


def otter_on_six(place: Path, count: int) -> float:
    """Otter from PyPI in an environment of its own, which finds torch in this one."""
    subprocess.run([sys.executable, "-m", "venv", str(place / "env")], check=True)
    python = place / "env/bin/python"
    pip = [
        str(python),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "otter-grader==7.0.0",
        "ipykernel",
    ]
    subprocess.run(pip, check=True, capture_output=True)
    packages = next((place / "env/lib").glob("python3*")) / "site-packages"
    (packages / "zz_torch.pth").write_text(f"{Path(torch_folder()).parent}\n")
    bench_assignment.write_otter_tests(place / "tests")
    (place / "six.ipynb").write_text(bench_assignment.otter_notebook(), encoding="utf-8")
    otter = [str(python), "-m", "otter"]
    generate = [
        *otter,
        "generate",
        "-t",
        "tests",
        "-o",
        "autograder.zip",
        "--no-config",
        "--no-requirements",
        "--no-environment",
    ]
    subprocess.run(generate, check=True, cwd=place, capture_output=True)
    used = 0.0
    for number in range(count):
        (place / f"out{number}").mkdir()
        used += cpu_in(place, [*otter, "run", "six.ipynb", "-a", "autograder.zip", "-o", f"out{number}", "--no-logo"])
        tests = json.loads((place / f"out{number}/results.json").read_text(encoding="utf-8"))["tests"]
        assert sum(test.get("score", 0) for test in tests) == 6.0, tests
    return used / count


def torch_folder() -> str:
    import importlib.util

    found = importlib.util.find_spec("torch")
    assert found is not None
    return str(Path(str(found.origin)).parent)


def compare(ours: int = 300, theirs: int = 5) -> float:
    """The four costs, in one run; how many times less ours is than nbgrader's."""
    # nbgrader calls alembic, and Otter its kernel, by name.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with tempfile.TemporaryDirectory() as place:
        floor = [plain(FLOOR)]
        each, more = ours_on_six(Path(place) / "ours", ours)
        print(f"ours: {each:.3f} s, one more {more:.3f}; floor {floor[0]:.3f}", flush=True)
        stock = nbgrader_on_six(Path(place) / "nbgrader", theirs)
        print(f"nbgrader: {stock:.2f} s", flush=True)
        otter = otter_on_six(Path(place) / "otter", theirs)
        floor.append(plain(FLOOR))
    low = sum(floor) / 2
    print(
        f"six exercises, CPU seconds a submission: ours {each:.3f} ({ours} submissions, start and all; one more costs {more:.3f}), nbgrader {stock:.2f} "
        f"({stock / each:.0f} times ours), Otter {otter:.2f} ({otter / each:.0f} times ours), floor {low:.3f} (ours is {more / low:.2f} times that)"
    )
    return stock / each


def chapters(count: int = 12) -> float:
    """What one more submission of a chapter costs, all its answers right, and the floor."""
    ratio = 0.0
    course = Course.at(ROOT)
    for chapter in ("00_fundamentals", "01_workflow"):
        with tempfile.TemporaryDirectory() as place:
            costs = []
            for size in (2, 2 + count):
                for number in range(size):
                    for topic in (topic for topic in course.topics if topic.chapter == chapter):
                        path = Path(place) / f"class{size}" / f"student{number:03}" / f"{topic.key}.py"
                        path.parent.mkdir(parents=True, exist_ok=True)
                        path.write_text(
                            f"# student{number:03}\n" + topic.solution.read_text(encoding="utf-8"), encoding="utf-8"
                        )
                folder, out = Path(place) / f"class{size}", Path(place) / f"out{size}"
                costs.append(class_cost(folder, out, chapter, options=ONE_AT_A_TIME))
            calls = Path(place) / "calls"
            script = (
                f"from pathlib import Path; from tests.bench import record; record({chapter!r}, Path({str(calls)!r}))"
            )
            subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
            low = plain(REPLAY, str(calls))
        ratio = beyond_start(costs) / low
        print(
            f"{chapter}: one more submission costs {beyond_start(costs):.2f} s of CPU, the floor {low:.2f} s ({ratio:.1f} times)",
            flush=True,
        )
    return ratio
