"""`nox -s bench`: what grading costs, as ratios of two things measured side by side in one run.

    python -m tests.bench [grading | nox | worker | watch] [SELECTOR]

grading: CPU seconds of `autograder grade --reference SELECTOR` against one plain process that imports torch, numpy and matplotlib and runs
the same reference functions on the same inputs once; without a selector of 01_workflow, then of the whole course (some minutes).
nox: what `nox -s grade` adds to that. worker: a worker with all walls against one without.
watch: what a save costs in `watch` against a cold `autograder grade` of the same exercise.
"""

from __future__ import annotations

import pickle
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from autograder.source import stub_of

ROOT = Path(__file__).resolve().parent.parent

PLAIN = """
import os
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["MPLBACKEND"] = "Agg"
import sys
import matplotlib, numpy, torch
import matplotlib.pyplot
torch.set_num_threads(1)
sys.path.insert(0, sys.argv[1])
from tests.bench import replay
replay(sys.argv[2])
"""


def cpu_of(command: Sequence[str], *, check: bool = True, **options: Any) -> float:
    """CPU seconds of a command and all its descendants."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=check, stdout=subprocess.DEVNULL, cwd=ROOT, **options)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


# ------------------------------------------------------------------------------------------- recording and replaying calls


class _Pickler(pickle.Pickler):
    def persistent_id(self, value: Any) -> Any:
        from autograder.sandbox import Handle

        return ("handle", value._found.number) if isinstance(value, Handle) else None


def record(selector: str, path: Path) -> None:
    """Grade the reference once and write down every message that workers were sent."""
    from autograder import engine, sandbox, zygote
    from autograder.course import Course
    from autograder.submission import read_submission

    zygote.one_thread()
    course = Course.at(ROOT)
    original = sandbox.Student._exchange
    file = path.open("wb")

    def exchange(self: Any, message: dict[str, Any], seconds: int) -> Any:
        _Pickler(file).dump(
            {key: message.get(key) for key in ("op", "begin", "name", "source", "target", "args", "kwargs")}
        )
        file.flush()
        return original(self, message, seconds)

    sandbox.Student._exchange = exchange  # type: ignore[method-assign]
    topics = [topic for topic in course.topics if topic.key.startswith(selector)]

    def use(running: engine.Engine) -> int:
        submission = read_submission(
            course, ROOT / "solutions", "reference", [topic.key for topic in topics], "solutions"
        )
        return 0 if running.grade(submission, 1).report.full else 1

    if engine.run(course, topics, engine.Options("best"), use):
        raise SystemExit("the reference does not earn full points")


def replay(path: str) -> None:
    """Run the recorded calls in this process, without channel, walls or judgement."""
    import os

    import numpy as np
    import torch

    from autograder.worker import StudentNames, Worker, scenario_names, seed_all

    scratch = tempfile.TemporaryDirectory(prefix="pytorch-course-bench-")
    os.chdir(scratch.name)
    holder = Worker(None, lambda seconds: None)  # type: ignore[arg-type]
    kept: list[Any] = []
    scenarios: dict[str, Any] = {}

    class Unpickler(pickle.Unpickler):
        def persistent_load(self, found: Any) -> Any:
            return kept[found[1]]

    with open(path, "rb") as file:
        while True:
            try:
                message = Unpickler(file).load()
            except EOFError:
                return
            if message["begin"] is not None:
                kept.clear()
                seed_all(message["begin"])
                matplotlib_pyplot().close("all")
            try:
                if message["op"] == "load":
                    exec(compile(message["source"], message["name"], "exec"), holder.module.__dict__)
                    continue
                if message["op"] == "run":
                    key = message["name"] + message["source"]
                    if key not in scenarios:
                        scenarios[key] = scenario_names(holder)
                        exec(message["source"], scenarios[key])
                    result = scenarios[key][message["name"]](
                        StudentNames(holder), *message["args"], **message["kwargs"]
                    )
                else:
                    target = (
                        message["target"] if message["target"] is not None else holder.module.__dict__[message["name"]]
                    )
                    function = (
                        target
                        if message["target"] is None or message["name"] == "__call__"
                        else getattr(target, message["name"])
                    )
                    result = function(*message["args"], **message["kwargs"])
                for item in result if isinstance(result, tuple | list) else [result]:
                    if not isinstance(
                        item, torch.Tensor | np.ndarray | bool | int | float | str | dict | list | tuple | type(None)
                    ):
                        kept.append(item)
            except (ValueError, RuntimeError, IndexError, TypeError, OSError):
                pass  # the reference is meant to raise here


def matplotlib_pyplot() -> Any:
    import matplotlib.pyplot as plt

    return plt


# -------------------------------------------------------------------------------------------------------------- benchmarks


def grading(selector: str, rounds: int = 3) -> float:
    """Grading the reference (all of it for an empty selector) against running it, pairs alternating; the median ratio."""
    with tempfile.TemporaryDirectory() as folder:
        calls = Path(folder) / "calls"
        subprocess.run(
            [
                sys.executable,
                "-c",
                f"from pathlib import Path; from tests.bench import record; record({selector!r}, Path({str(calls)!r}))",
            ],
            check=True,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        pairs = []
        for _ in range(rounds):
            ours = cpu_of([sys.executable, "-m", "autograder", "grade", "--reference", *selector.split()])
            plain = cpu_of([sys.executable, "-c", PLAIN, str(ROOT), str(calls)])
            pairs.append((ours, plain))
    ratio = statistics.median(a / b for a, b in pairs)
    seconds = ", ".join(f"{ours:.2f}/{plain:.2f} s" for ours, plain in pairs)
    what = selector or "(the whole course)"
    print(f"grade --reference {what}: {ratio:.2f} times the CPU of running it plainly  ({seconds})")
    return ratio


def chapter_and_course(selector: str) -> float:
    """The ratio of what is named; without a name of a short chapter, then, once, of the whole course with all its trainings."""
    return grading(selector) if selector else max(grading(SHORT), grading("", rounds=1))


def nox_overhead(selector: str, rounds: int = 3) -> float:
    """CPU seconds that a warm `nox -s grade` adds to `python -m autograder grade`."""
    import shutil

    nox = shutil.which("nox")
    if nox is None:
        print("nox overhead: nox is not on the path; not measured")
        return 0.0
    added = []
    for _ in range(rounds):
        plain = cpu_of([sys.executable, "-m", "autograder", "grade", "--reference", selector])
        added.append(cpu_of([nox, "-s", "grade", "--", "--reference", selector], stderr=subprocess.DEVNULL) - plain)
    print(f"nox -s grade adds {statistics.median(added):.2f} s of CPU ({', '.join(f'{a:.2f}' for a in added)})")
    return statistics.median(added)


def worker_cost(rounds: int = 30) -> float:
    """CPU milliseconds of a worker with all walls, less those of one without any."""
    from autograder import walls, zygote
    from autograder.levels import standing

    zygote.one_thread()
    zygote.warm()
    used = {}
    for name, without in (("with", frozenset[str]()), ("without", frozenset(walls.WALLS))):
        with standing("strong" if not without else "plain", without=without) as stands:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            for _ in range(rounds):
                process = stands.spawner.spawn()
                process.end()
            time.sleep(0.1)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used[name] = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / rounds * 1000
    print(
        f"a worker costs {used['with']:.1f} ms of CPU with all walls, {used['without']:.1f} ms without: {used['with'] - used['without']:.1f} ms more"
    )
    return used["with"] - used["without"]


def feedback(selector: str, rounds: int = 10) -> float:
    """CPU seconds of `watch` and its processes from a save to its result on the screen, against a cold `grade` of the same exercise."""
    import shutil

    import psutil

    from autograder.course import Course
    from autograder.solution import reference

    from .terminal import Terminal

    course = Course.at(ROOT)
    ids = course.select([selector])
    exercise_id = next((i for i in ids if i.endswith("/train_step")), ids[0])
    key, _, name = exercise_id.rpartition("/")
    exercise = next(e for e in course.topic(key).read().exercises if e.name == name)
    code, _, value = reference(exercise).rpartition("    return ")

    def used(processes: set[psutil.Process]) -> float:
        times = [process.cpu_times() for process in processes]
        return sum(t.user + t.system + t.children_user + t.children_system for t in times)

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "course"
        for part in ("solutions", "exercises", "autograder/graders", "datasets"):
            without = shutil.ignore_patterns("__pycache__", ".progress*", ".kept")
            shutil.copytree(ROOT / part, root / part, ignore=without)
        file = root / "exercises" / f"{key}.py"
        stubs = stub_of(course.topic(key).read())

        def save(number: int) -> None:
            answer = f"({value}, {number})[0]" if number % 2 else f"({number}, None)[1]"
            file.write_text(stubs.replace(exercise.stub, f"{code}    return {answer}"), encoding="utf-8")

        save(0)
        watch = Terminal(root)
        watch.see(exercise_id, "✗ failed")
        process = watch.watching
        resting = {process, *process.children(recursive=True)}
        saves, cold = [], []
        for number in range(1, rounds + 1):
            before = used(resting)
            save(number)
            watch.see(*((f"✓ {exercise_id} passed",) if number % 2 else (exercise_id, "✗ failed")))
            while {process, *process.children(recursive=True)} != resting:
                time.sleep(0.01)  # until the processes of this grading have been taken account of
            saves.append(used(resting) - before)
            if number % 3 == 0:
                command = [sys.executable, "-m", "autograder", "--root", str(root), "grade", exercise_id]
                cold.append(cpu_of(command, check=False))
                watch.see(exercise_id)
        watch.press("q")
        watch.end()
    ratio = statistics.median(saves) / statistics.median(cold)
    print(
        f"watch: a save of {exercise_id} costs {ratio:.3f} of a cold grade  ({', '.join(f'{s:.2f}' for s in saves)} s / "
        f"{', '.join(f'{c:.2f}' for c in cold)} s)"
    )
    return ratio


def through_nbgrader(selector: str) -> float:
    """nbgrader's own autograde against ours: see bench_nbgrader.py. Takes many minutes, so it runs only where it is named."""
    from tests.bench_nbgrader import nbgrader_cost

    return nbgrader_cost(selector)


def a_class(selector: str) -> float:
    """1,000 submissions (`--class N`) against a tenth of them: see bench_class.py. Takes an hour, so it runs only where it is named."""
    from tests.bench_class import class_of

    return class_of(selector)


def against_others() -> float:
    """One assignment for ours, nbgrader, Otter (installed for it) and the floor: see bench_class.py."""
    from tests.bench_class import compare

    return compare()


def chapters() -> float:
    """A submission of 00 and of 01 in a class, against the floor."""
    from tests.bench_class import chapters as measured

    return measured()


SHORT = "01_workflow"
"""What is measured where nothing is named."""


BENCHMARKS: dict[str, Callable[[str], float]] = {
    "grading": chapter_and_course,
    "nox": lambda selector: nox_overhead(selector or SHORT),
    "worker": lambda selector: worker_cost(),
    "watch": lambda selector: feedback(selector or SHORT),
    "nbgrader": lambda selector: through_nbgrader(selector or SHORT),
    "class": lambda selector: a_class(selector or SHORT),
    "compare": lambda selector: against_others(),
    "chapters": lambda selector: chapters(),
}
LONG = ("nbgrader", "class", "compare", "chapters")


def main(arguments: Sequence[str]) -> None:
    names = [name for name in arguments if name in BENCHMARKS] or [name for name in BENCHMARKS if name not in LONG]
    words = [word for word in arguments if not word.startswith("-") and not word.isdigit()]
    selector = next((word for word in words if word not in BENCHMARKS), "")
    for name in names:
        BENCHMARKS[name](selector)


if __name__ == "__main__":
    main(sys.argv[1:])
