"""Visible checks: a docstring's `>>>` examples, run in a worker. What a students' bundle grades by; the hidden checks decide."""

from __future__ import annotations

import ast
import doctest
from collections.abc import Sequence
from typing import Any

from .checks import expect, fail, in_worker
from .course import TopicRef, points_of
from .source import STUB_LINE, definition_span

FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS

HEADER = '''"""Visible checks of {key}, generated: the examples in the docstrings. The hidden checks decide."""

from autograder.checks import check
from autograder.examples import run
'''

CHECK = '''

@check("{name}", points={points!r}, hint="Run the example by hand, and compare with the docstring.", rng="free", mutates=True)
def test_{name}_examples(student):
    """gives what the docstring's examples show"""
    run(student, "{name}", {examples!r})
'''


def visible_grader(topic: TopicRef) -> str:
    """The text of a grader that runs the examples of a topic and nothing else."""
    points = points_of(topic)
    text = HEADER.format(key=topic.key)
    for exercise in topic.read().exercises:
        node = ast.parse(exercise.stub).body[0]
        docstrings = [
            ast.get_docstring(part) or "" for part in ast.walk(node) if isinstance(part, ast.FunctionDef | ast.ClassDef)
        ]
        parser = doctest.DocTestParser()
        examples = [
            (e.source, e.want, e.exc_msg is not None)
            for docstring in docstrings
            for e in parser.get_examples(docstring)
        ]
        text += CHECK.format(name=exercise.name, points=points[exercise.name], examples=examples)
    return text


@in_worker
def show_examples(student: Any, sources: list[tuple[str, bool]]) -> list[str]:
    import contextlib
    import io
    import sys

    names = dict(vars(student._worker.module))
    shown = []
    saved = sys.displayhook
    sys.displayhook = lambda value: None if value is None else print(repr(value))
    try:
        for source, raises in sources:
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                try:
                    exec(compile(source, "example", "single"), names)
                except Exception as error:
                    if not raises:
                        raise
                    print(f"Traceback: {type(error).__name__}")
            shown.append(out.getvalue())
    finally:
        sys.displayhook = saved
    return shown


def run(student: Any, name: str, examples: Sequence[tuple[str, str, bool]]) -> None:
    """Fail unless the examples show what the docstring says; without examples, unless something is written."""
    if not examples:
        span = definition_span(student.source or "", name)
        written = span is not None and STUB_LINE not in "\n".join((student.source or "").split("\n")[span[0] : span[1]])
        expect(written, f"{name} has no example to run, and is not written yet.")
        return
    shown = show_examples(student, [(source, raises) for source, _, raises in examples])
    for (source, want, raises), got in zip(examples, shown, strict=True):
        if raises:
            kind = want.strip().splitlines()[-1].partition(":")[0].rpartition(".")[2]
            same = got.strip() == f"Traceback: {kind}"
        else:
            same = doctest.OutputChecker().check_output(want, str(got), FLAGS)
        if not same:
            fail(f"the example `{source.strip()}` gives `{str(got).strip()}`; its docstring says `{want.strip()}`.")
