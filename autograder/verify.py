"""`nox -s verify`: the course proves itself.

For every exercise: the reference earns all points, the stub none, each `right_…` variant all, each `wrong_…` one loses some with the intended message,
and every check is failed by some wrong variant. Generated files are current. Also: answers that are wrong whatever the task (returning None, raising) earn nothing,
and references do not call one another.
"""

from __future__ import annotations

import ast
import functools
import os
import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .course import Course, TopicRef, generate
from .engine import Engine, Graded
from .model import CourseError, ExerciseResult
from .source import Exercise, Topic, stub_of
from .submission import SourceFile, Submission

RIGHT, WRONG = 2, 3
"""Fewest right and wrong variants of an exercise."""

NO_ANSWERS = {"return None": "return None", "raise ValueError": 'raise ValueError("no")'}
"""Bodies that are wrong whatever the task, unless the task is to return None or to change something in place."""


@dataclass(frozen=True)
class Variant:
    """A right or wrong answer from `variants_<topic>.py`."""

    exercise: str
    right: bool
    label: str
    source: str
    says: tuple[str, ...]


@dataclass
class Findings:
    """What verify found, and what it cost."""

    problems: list[str] = field(default_factory=list)
    cpu: dict[str, float] = field(default_factory=dict)
    graded: int = 0
    messages: list[tuple[str, str]] = field(default_factory=list)


def read_variants(topic: TopicRef, parsed: Topic, path: Path | None = None) -> tuple[str, list[Variant]]:
    """The file's shared part (imports, `_helpers`) and its variants.

    Raises:
        CourseError: for a name that fits no exercise, or code that is neither import, helper nor variant.
    """
    shown = f"autograder/graders/{topic.chapter}/{topic.variants.name}" if path is None else str(path)
    path = path or topic.variants
    if not path.is_file():
        raise CourseError("is missing: every grader has right and wrong answers beside it", shown)
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    names = sorted((e.name for e in parsed.exercises), key=len, reverse=True)
    shared: list[str] = []
    found: list[Variant] = []
    for node in ast.parse(text).body:
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        segment = "\n".join(lines[first - 1 : node.end_lineno])
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("autograder"):
            continue
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name.startswith(("right_", "wrong_")):
            kind, _, rest = node.name.partition("_")
            exercise = next((name for name in names if rest == name or rest.startswith(name + "_")), None)
            if exercise is None:
                raise CourseError(
                    f"{node.name} belongs to no exercise of {topic.key}; name it {kind}_<exercise>_<how>",
                    shown,
                    node.lineno,
                )
            says, own = [], lines[node.lineno - 1 : node.end_lineno]
            kept: list[str] = []
            for decorator in node.decorator_list:
                if (
                    isinstance(decorator, ast.Call)
                    and isinstance(decorator.func, ast.Name)
                    and decorator.func.id == "says"
                ):
                    says += [ast.literal_eval(argument) for argument in decorator.args]
                else:
                    kept += lines[decorator.lineno - 1 : decorator.end_lineno]
            source = _renamed("\n".join(kept + own), node.name, exercise)
            found.append(
                Variant(exercise, kind == "right", rest[len(exercise) :].strip("_") or "plain", source, tuple(says))
            )
        else:
            shared.append(segment)
    return "\n".join(shared), found


def _renamed(source: str, old: str, new: str) -> str:
    """`source` with the name `old` replaced as a whole word."""
    import re

    return re.sub(rf"\b{re.escape(old)}\b", new, source)


def with_variant(solution: str, shared: str, variant: Variant) -> str:
    """The reference file with one exercise answered by a variant: a later definition takes the place of the earlier one."""
    return f"{solution}\n\n# ---\n{shared}\n\n\n{variant.source}\n"


def verify(
    engine: Engine,
    course: Course,
    topics: Sequence[TopicRef],
    only: frozenset[str],
    *,
    quick: bool = False,
    seed: int | None = None,
    others: Path | None = None,
) -> Findings:
    """Prove the exercises `only` of `topics`; `quick` leaves out the variants; `others` is a folder of further variants to try instead."""
    findings = Findings()
    seed = secrets.randbits(48) if seed is None else seed
    stale = generate(course, check=True).stale if len(topics) == len(course.topics) else ()
    findings.problems += [f"exercises/{name} is out of date; run `nox -s generate`" for name in stale]
    if others is not None:
        for topic in topics:
            _try_others(engine, topic, others / topic.chapter / topic.variants.name, only, findings, seed)
        return findings
    for topic in topics:
        parsed = topic.read()
        exercises = [e for e in parsed.exercises if f"{topic.key}/{e.name}" in only]
        findings.problems += list(_structure(topic, parsed, engine))
        _verify_topic(engine, topic, parsed, exercises, findings, seed, quick)
        print(
            f"  {topic.key}: {len(exercises)} exercises, {findings.graded} gradings, {len(findings.problems)} problems so far",
            file=sys.stderr,
            flush=True,
        )
    return findings


def _structure(topic: TopicRef, parsed: Topic, engine: Engine) -> Iterator[str]:
    """What can be seen without running: every exercise has checks; references stand alone."""
    checked = {check.spec.exercise for check in engine.checks if check.topic == topic.key}
    names = {exercise.name for exercise in parsed.exercises}
    for exercise in parsed.exercises:
        if exercise.name not in checked:
            yield f"{topic.key}/{exercise.name}: no check in {topic.grader.name}"
        used = {node.id for node in ast.walk(ast.parse("\n".join(exercise.cell.lines))) if isinstance(node, ast.Name)}
        for other in sorted((used & names) - {exercise.name}):
            yield f"{topic.key}/{exercise.name}: its reference uses {other}, another exercise; each is graded alone"


def _verify_topic(
    engine: Engine,
    topic: TopicRef,
    parsed: Topic,
    exercises: list[Exercise],
    findings: Findings,
    seed: int,
    quick: bool,
) -> None:
    solution = topic.solution.read_text(encoding="utf-8")
    ids = frozenset(f"{topic.key}/{exercise.name}" for exercise in exercises)
    trials = _Trials(topic, findings)
    trials.add(solution, ids, _judge_reference)
    trials.add(stub_of(parsed), ids, _judge_stub)
    failing: dict[str, set[str]] = {e.name: set() for e in exercises}
    if not quick:
        shared, variants = read_variants(topic, parsed)
        for exercise in exercises:
            wanted = frozenset({f"{topic.key}/{exercise.name}"})
            own = [v for v in variants if v.exercise == exercise.name]
            rights, wrongs = sum(v.right for v in own), sum(not v.right for v in own)
            if rights < RIGHT or wrongs < WRONG:
                findings.problems.append(
                    f"{topic.key}/{exercise.name}: {rights} right and {wrongs} wrong variants; write at least {RIGHT} and {WRONG}"
                )
            for variant in own:
                trials.add(
                    with_variant(solution, shared, variant),
                    wanted,
                    functools.partial(_judge_variant, variant=variant, failing=failing[exercise.name]),
                )
            for label, body in NO_ANSWERS.items():
                trials.add(_emptied(solution, exercise, body), wanted, functools.partial(_judge_no_answer, label=label))
    trials.run(engine, seed)
    for check in engine.checks if not quick else ():
        if check.exercise in ids and check.name not in failing[check.spec.exercise]:
            findings.problems.append(
                f"{check.exercise}: no wrong variant fails {check.name}; write one that does, or drop the check"
            )


class _Trials:
    """Texts to grade, and who judges each result; graded together, judged in order."""

    def __init__(self, topic: TopicRef, findings: Findings) -> None:
        self.topic, self.findings = topic, findings
        self.submissions: list[Submission] = []
        self.judges: list[Callable[[Graded, Findings], None]] = []

    def add(self, text: str, only: frozenset[str], judge: Callable[[Graded, Findings], None]) -> None:
        self.submissions.append(
            Submission("variant", {self.topic.key: SourceFile(f"solutions/{self.topic.key}.py", text)}, only)
        )
        self.judges.append(judge)

    def run(self, engine: Engine, seed: int) -> None:
        results = dict(engine.grade_many(self.submissions, seed, workers=os.cpu_count() or 1))
        self.findings.graded += len(results)
        for position, judge in enumerate(self.judges):
            judge(results[position], self.findings)


def _judge_reference(graded: Graded, findings: Findings) -> None:
    for result in graded.report.exercises:
        findings.cpu[result.id] = result.seconds
        if result.points < result.max_points:
            findings.problems.append(
                f"{result.id}: the reference earns {result.points:g} of {result.max_points:g}:\n{_failed(result)}"
            )


def _judge_stub(graded: Graded, findings: Findings) -> None:
    for result in graded.report.exercises:
        if result.points > 0 or result.status != "not_implemented":
            findings.problems.append(
                f"{result.id}: the stub earns {result.points:g} points and is {result.status}:\n{_failed(result)}"
            )


def _judge_variant(graded: Graded, findings: Findings, variant: Variant, failing: set[str]) -> None:
    result = _only(graded)
    _judge(result, variant, findings)
    if not variant.right:
        failing |= {check.name for check in result.checks if check.status != "passed"}


def _judge_no_answer(graded: Graded, findings: Findings, label: str) -> None:
    result = _only(graded)
    if result.points > 0:
        earned = ", ".join(c.name for c in result.checks if c.points)
        findings.problems.append(f"{result.id}: `{label}` earns {result.points:g} points ({earned})")


def _try_others(
    engine: Engine, topic: TopicRef, path: Path, only: frozenset[str], findings: Findings, seed: int
) -> None:
    """Judge the variants of another file, as far as there is one for the topic."""
    if not path.is_file():
        return
    solution = topic.solution.read_text(encoding="utf-8")
    shared, variants = read_variants(topic, topic.read(), path)
    trials = _Trials(topic, findings)
    for variant in variants:
        wanted = f"{topic.key}/{variant.exercise}"
        if wanted in only:
            trials.add(
                with_variant(solution, shared, variant),
                frozenset({wanted}),
                functools.partial(_judge_variant, variant=variant, failing=set()),
            )
    trials.run(engine, seed)


def _only(graded: Graded) -> ExerciseResult:
    return graded.report.exercises[0]


def _judge(result: ExerciseResult, variant: Variant, findings: Findings) -> None:
    name = f"{result.id}: {'right' if variant.right else 'wrong'} variant {variant.label}"
    text = "\n".join(check.message for check in result.checks if check.status != "passed")
    broken = [c for c in result.checks if "engine error" in c.message]
    if broken:
        findings.problems.append(f"{name}: {broken[0].message}")
    elif variant.right and result.points < result.max_points:
        findings.problems.append(f"{name} earns {result.points:g} of {result.max_points:g}:\n{_failed(result)}")
    elif not variant.right and result.points >= result.max_points:
        findings.problems.append(f"{name} earns full points")
    elif not variant.right:
        findings.messages.append((f"{result.id} ({variant.label})", text))
        for wanted in variant.says:
            if wanted.lower() not in text.lower():
                findings.problems.append(f"{name} draws a message without {wanted!r}:\n{_failed(result)}")


def _emptied(solution: str, exercise: Exercise, body: str) -> str:
    """The solution file with every solution region of one exercise replaced by `body`."""
    lines = solution.split("\n")
    start = exercise.cell.line
    end = start + len(exercise.cell.lines)
    kept: list[str] = []
    inside = False
    for number, line in enumerate(lines):
        if start <= number < end and line.strip() == "# BEGIN SOLUTION":
            inside = True
            kept.append(line[: len(line) - len(line.lstrip())] + body)
        elif inside and line.strip() == "# END SOLUTION":
            inside = False
        elif not inside:
            kept.append(line)
    return "\n".join(kept)


def _failed(result: ExerciseResult) -> str:
    return "\n".join(
        f"    {check.name} ({check.status}): " + check.message.replace("\n", "\n      ")
        for check in result.checks
        if check.status != "passed"
    )
