"""Measure the bars of the convergence checks: every right and wrong recipe, over many seeds.

Beside a grader `test_<topic>.py` may stand a `calibrate_<topic>.py`:

    SEEDS = 10                                     # how many seeds; 20 where the line is missing
    NEEDED = {"fit_circles": (2, 3)}               # one grading: the bar in 2 of 3 seeds; 1 of 1 where it is missing
    OTHER_CHECKS = ("wrong_fit_circles_unseeded",)  # wrong recipes that another check catches: not measured

    def score_fit_circles(answer, seed: int) -> float:
        '''Accuracy on fresh circles.'''           # what is measured; higher is better

`answer` is the exercise's reference or one of its right_ and wrong_ variants: trusted code, run here, on one thread.
The bar is the constant FIT_CIRCLES_BAR of the grader. `python -m autograder calibrate [SELECTOR ...]` writes the
results into `calibration.md` beside the graders, one section an exercise; sections that were not selected stay.
"""

import argparse
import contextlib
import importlib.util
import io
import math
import re
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_SEEDS = 20
HEADER = """# Calibration of {chapter}

Written by `python -m autograder calibrate {chapter}`; do not edit by hand. Every recipe ran on the same seeds, on one
thread. "missed" counts the seeds below the bar, "passes" is the share of gradings that this recipe gets through if a
seed is missed as often as here. A right recipe must fail less than once in 50 gradings, and a wrong one pass less than
once in 50. Wrong recipes that fail by another property than their score are not measured.
"""
ONCE_IN = 50
"""How rarely a right recipe may fail, or a wrong one pass."""


class CalibrationError(Exception):
    """The course is not in a state that can be measured; the message says where and what to mend."""


@dataclass(frozen=True)
class Task:
    """One trained exercise: how it is scored and every recipe that is measured."""

    chapter: str
    topic: str
    exercise: str
    score: Callable[[object, int], float]
    bar: float
    recipes: dict[str, object]  # "reference", right_…, wrong_…
    seeds: int
    needed: tuple[int, int]  # one grading: so many seeds at or above the bar, of so many

    @property
    def id(self) -> str:
        return f"{self.chapter}/{self.topic}/{self.exercise}"


@dataclass(frozen=True)
class Run:
    """What one recipe did on all seeds. A recipe that raises has the score -inf on that seed."""

    name: str
    scores: list[float]
    seconds: float  # CPU seconds of one seed, on average
    error: str  # the first exception, or ""

    @property
    def is_right(self) -> bool:
        return not self.name.startswith("wrong_")

    def passes(self, task: Task) -> float:
        """The chance that a grading finds the bar reached in as many seeds as it asks for."""
        share = sum(score >= task.bar for score in self.scores) / len(self.scores)
        least, tries = task.needed
        return sum(math.comb(tries, k) * share**k * (1 - share) ** (tries - k) for k in range(least, tries + 1))

    def holds(self, task: Task) -> bool:
        wrongly = 1 - self.passes(task) if self.is_right else self.passes(task)
        return wrongly < 1 / ONCE_IN


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("selectors", nargs="*", metavar="SELECTOR")


def main(arguments: argparse.Namespace) -> int:
    """Measure what the selectors name (all by default); 0: every bar holds, 1: one does not, 2: nothing to measure."""
    import torch

    torch.set_num_threads(1)
    try:
        tasks = find_tasks(arguments.selectors)
    except CalibrationError as error:
        print(error, file=sys.stderr)
        return 2
    failed = False
    for task in tasks:
        print(f"{task.id}: bar {task.bar:g}, {task.seeds} seeds", flush=True)
        runs = []
        for name in task.recipes:
            runs.append(measure(task, name))
            print(f"  {row(task, runs[-1])}", flush=True)
        write_section(table_path(task.chapter), task, section(task, runs))
        for run in runs:
            if not run.holds(task):
                failed = True
                print(
                    f"{task.id}: the bar {task.bar:g} does not hold for {run.name}: {describe(run)}, "
                    f"passes {run.passes(task):.1%} of gradings",
                    file=sys.stderr,
                )
    return int(failed)


def sibling(file: str, name: str) -> ModuleType:
    """Load the file `name` beside `file`: how a calibrate_<topic>.py reaches the data makers of its grader."""
    return load(Path(file).resolve().parent / name)


def load(path: Path) -> ModuleType:
    """Run a course file as a module of its own (chapter folders are no packages), once."""
    name = f"autograder_calibrate:{path}"
    if name not in sys.modules:
        if not path.is_file():
            raise CalibrationError(f"{path}: this file is missing")
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
    return sys.modules[name]


def find_tasks(selectors: Sequence[str], root: Path = ROOT) -> list[Task]:
    """Every selected trained exercise, in the order of the course."""
    tasks = [
        task
        for path in sorted((root / "autograder" / "graders").glob("*/calibrate_*.py"))
        if not selectors or any(may_hold(topic_key(path), s) for s in selectors)
        for task in tasks_of(path, root)
    ]
    for selector in selectors:
        if not any(task.id.startswith(selector) for task in tasks):
            raise CalibrationError(
                f"{selector}: no trained exercise has an id that begins so; "
                "trained exercises are the score_<exercise> functions of the calibrate_<topic>.py files"
            )
    return [task for task in tasks if not selectors or any(task.id.startswith(s) for s in selectors)]


def topic_key(path: Path) -> str:
    return f"{path.parent.name}/{path.stem.removeprefix('calibrate_')}/"


def may_hold(key: str, selector: str) -> bool:
    return key.startswith(selector) or selector.startswith(key)


def tasks_of(path: Path, root: Path) -> Iterator[Task]:
    """The trained exercises of one calibrate_<topic>.py."""
    chapter, topic, _ = topic_key(path).split("/")
    scorers = load(path)
    solution = load(root / "solutions" / chapter / f"{topic}.py")
    grader = load(path.with_name(f"test_{topic}.py"))
    variants = vars(load(path.with_name(f"variants_{topic}.py")))
    others = frozenset(getattr(scorers, "OTHER_CHECKS", ()))
    if unknown := sorted(others - variants.keys()):
        raise CalibrationError(f"{path}: OTHER_CHECKS names {unknown[0]}, which variants_{topic}.py does not define")
    for name, score in vars(scorers).items():
        if not name.startswith("score_"):
            continue
        exercise = name.removeprefix("score_")
        bar_name = f"{exercise.upper()}_BAR"
        if not hasattr(solution, exercise):
            raise CalibrationError(
                f"{path}: {name} scores {exercise}, which solutions/{chapter}/{topic}.py does not define"
            )
        if not hasattr(grader, bar_name):
            raise CalibrationError(f"{path.with_name(f'test_{topic}.py')}: the constant {bar_name} is missing")
        prefixes = (f"right_{exercise}_", f"wrong_{exercise}_")
        recipes = {"reference": getattr(solution, exercise)}
        recipes |= {
            key: variants[key]
            for prefix in prefixes
            for key in variants
            if key.startswith(prefix) and key not in others
        }
        yield Task(
            chapter,
            topic,
            exercise,
            score,
            float(getattr(grader, bar_name)),
            recipes,
            int(getattr(scorers, "SEEDS", DEFAULT_SEEDS)),
            getattr(scorers, "NEEDED", {}).get(exercise, (1, 1)),
        )


def measure(task: Task, name: str) -> Run:
    """Score one recipe on seeds 0, 1, 2, …"""
    import torch

    scores, error = [], ""
    begin = time.process_time()
    for seed in range(task.seeds):
        torch.manual_seed(seed)  # a recipe that forgets to seed is still measured on the same draws each time
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            try:
                score = float(task.score(task.recipes[name], seed))
            except Exception as caught:
                score, error = -math.inf, error or type(caught).__name__
        scores.append(-math.inf if math.isnan(score) else score)
    seconds = (time.process_time() - begin) / task.seeds
    return Run(name, scores, seconds, error)


def describe(run: Run) -> str:
    """The number that the bar is held against."""
    extreme = min(run.scores) if run.is_right else max(run.scores)
    if extreme == -math.inf:
        return f"raises {run.error}" if run.error else "nan"
    return f"{'worst' if run.is_right else 'best'} {extreme:.3f}"


def row(task: Task, run: Run) -> str:
    missed = sum(score < task.bar for score in run.scores)
    cells = [
        run.name,
        *map(number, (min(run.scores), statistics.median(run.scores), max(run.scores))),
        f"{missed} of {len(run.scores)}",
        f"{run.passes(task):.1%}",
        f"{run.seconds:.2f}",
        run.error,
    ]
    return f"| {' | '.join(cells)} |"


def number(score: float) -> str:
    return f"{score:.3f}" if math.isfinite(score) else "-"


def section(task: Task, runs: Sequence[Run]) -> str:
    """The exercise's part of the table file."""
    what = " ".join((task.score.__doc__ or "Score.").split())
    right = min(min(run.scores) for run in runs if run.is_right)
    wrong = max((max(run.scores) for run in runs if not run.is_right), default=-math.inf)
    least, tries = task.needed
    lines = [
        f"## {task.topic}/{task.exercise}",
        "",
        what,
        "",
        f"Bar **{task.bar:g}** (`{task.exercise.upper()}_BAR` in `test_{task.topic}.py`), asked for in {least} of {tries}; "
        f"{task.seeds} seeds measured: worst right {number(right)}, best wrong {number(wrong)}.",
        "",
        "| recipe | worst | median | best | missed | passes | CPU s | |",
        "|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *(row(task, run) for run in runs)]) + "\n"


def table_path(chapter: str) -> Path:
    return ROOT / "autograder" / "graders" / chapter / "calibration.md"


def write_section(path: Path, task: Task, text: str) -> None:
    """Put the section into the chapter's table in the order of the names, leaving the other exercises' sections."""
    old = path.read_text(encoding="utf-8") if path.is_file() else ""
    parts = {
        part.splitlines()[0]: part.rstrip() + "\n"
        for part in re.split(r"^(?=## )", old, flags=re.M)
        if part.startswith("## ")
    }
    parts[text.splitlines()[0]] = text
    new = "\n".join([HEADER.format(chapter=task.chapter), *(parts[key] for key in sorted(parts))])
    scratch = path.with_suffix(".md.new")
    scratch.write_text(new, encoding="utf-8")
    scratch.replace(path)
