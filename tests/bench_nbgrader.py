"""CPU seconds per submission of a chapter, in one run on the same submissions: nbgrader's own autograde, ours through `nbgrader autograde`, the engine alone.

nbgrader's own is measured twice. `nbgrader`: the release as it is, each check cell asking the engine from inside the kernel, for the same points.
`kernels only`: check cells that run nothing but the docstring's visible examples in the kernel. No hidden check runs there and no walls stand, so it
is a floor: starting a kernel for each notebook and loading torch in it.

python -m tests.bench nbgrader [CHAPTER] [--count N]      all N = 20 submissions, some 25 minutes
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
from typing import Any

from autograder.course import Course
from autograder.notebooks import CHECK_SUFFIX
from autograder.release import chapter_named, nbgrader, release
from tests.bench import ROOT

STOCK = "c = get_config()\nc.Execute.timeout = 600\n"
EXAMPLES = """\
import doctest

runner = doctest.DocTestRunner(verbose=False)
for found in doctest.DocTestFinder().find({name}, globs=globals()):
    runner.run(found)
assert not runner.failures"""


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


def kernels_only(course: Path, folder: Path, chapter: str) -> None:
    """In `folder` a course like `course`, its submissions too, with check cells that run the visible examples and ask no engine."""
    shutil.copytree(course / "source", folder / "source")
    (folder / "nbgrader_config.py").write_text(STOCK + 'c.CourseDirectory.course_id = "floor"\n')
    for path in folder.glob("source/*/*.ipynb"):
        _edit(path, {cell: EXAMPLES.format(name=cell.removesuffix(CHECK_SUFFIX)) for cell in _graded(path)})
    done = nbgrader("generate_assignment", chapter, cwd=folder)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    shutil.copytree(course / "submitted", folder / "submitted")
    for path in folder.glob("submitted/*/*/*.ipynb"):
        released = json.loads((folder / "release" / chapter / path.name).read_text(encoding="utf-8"))
        cells = {
            c["metadata"]["nbgrader"]["grade_id"]: c for c in released["cells"] if c["metadata"]["nbgrader"]["grade"]
        }
        _edit(
            path, {name: cell["source"] for name, cell in cells.items()}, {n: c["metadata"] for n, c in cells.items()}
        )


def _graded(path: Path) -> list[str]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [c["metadata"]["nbgrader"]["grade_id"] for c in cells if c["metadata"]["nbgrader"]["grade"]]


def _edit(path: Path, sources: dict[str, str], metadata: dict[str, Any] | None = None) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        name = cell["metadata"]["nbgrader"]["grade_id"]
        cell["source"] = sources.get(name, cell["source"])
        cell["metadata"] = (metadata or {}).get(name, cell["metadata"])
    path.write_text(json.dumps(notebook), encoding="utf-8")


def nbgrader_cost(selector: str, count: int = 20) -> float:
    """Prints the costs and their ratios; the ratio of nbgrader's own to ours through nbgrader."""
    course = Course.at(ROOT)
    chapter = chapter_named(course, selector)
    count = int(sys.argv[sys.argv.index("--count") + 1]) if "--count" in sys.argv else count
    alone: list[float] = []
    through: list[float] = []
    with tempfile.TemporaryDirectory() as place:
        ours, stock, floor = (Path(place) / name for name in ("ours", "stock", "floor"))
        release(course, chapter, ours)
        hand_in(course, ours, chapter, count)
        shutil.copytree(ours, stock)
        (stock / "nbgrader_config.py").write_text(STOCK)
        kernels_only(ours, floor, chapter)

        def measure_ours(number: int) -> None:
            folder = Path(place) / f"ours{number}"
            shutil.copytree(ours, folder)
            command = f"from tests.bench_nbgrader import *; engine_alone(Path({str(folder)!r}), {chapter!r})"
            alone.append(_cpu([sys.executable, "-c", command], ROOT) / count)
            through.append(_autograde(folder, chapter) / count)

        measure_ours(1)  # before the others and after them: how busy the machine is changes what a CPU second does
        theirs = _autograde(stock, chapter) / count
        least = _autograde(floor, chapter) / count
        measure_ours(2)
        same = scores(Path(place) / "ours1", chapter) == scores(stock, chapter)
    one, other = sum(alone) / len(alone), sum(through) / len(through)
    print(
        f"{chapter}, {count} submissions, CPU seconds each:\n"
        f"  nbgrader, the release as it is        {theirs:6.2f}\n"
        f"  nbgrader, kernels only (no checks)    {least:6.2f}\n"
        f"  ours through nbgrader autograde       {other:6.2f}   {theirs / other:5.1f} and {least / other:5.1f} times less\n"
        f"  the engine alone                      {one:6.2f}   {theirs / one:5.1f} and {least / one:5.1f} times less\n"
        f"The same points from nbgrader's own and from ours: {'yes' if same else 'NO'}",
        flush=True,
    )
    return theirs / other


def adopt_orphans() -> None:
    """Let this process reap what a killed kernel leaves behind, so that its CPU counts."""
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def reap() -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.1)
        except ChildProcessError:
            return


def _autograde(folder: Path, chapter: str) -> float:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    used = _cpu([sys.executable, "-m", "nbgrader", "autograde", chapter], folder, PATH=path)
    print(f"{folder.name}: {used:.1f} s of CPU", flush=True)
    return used


def _cpu(command: list[str], folder: Path, **variables: str) -> float:
    """CPU seconds of a command and of all that it starts, killed kernels and walled-off processes too."""
    adopt_orphans()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", **variables}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    reap()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)[:200]}: {done.stderr[-3000:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
