"""What a student reads when a check does not pass: the call, what came back, what was expected, the likely cause, one next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .checks import CheckFailed, CheckSpec, StudentCrash, StudentError, StudentTimeout, is_stub
from .explain import about_shapes, explain, explain_warning
from .model import Shapes, Status
from .plain import LINE as LINE
from .plain import clean as clean
from .sandbox import Call
from .source import STUB_LINE

LINES = 12
"""Most lines of a message: the eight of a verdict, or those of a traceback."""


LABELS = ("Called", "Returned", "Raised", "Stopped", "Ended", "At", "Tensors", "Missing", "Expected", "Why", "Next")
"""What the lines of a message begin with, in ten columns."""


@dataclass(frozen=True)
class Verdict:
    """A check's status, the text for the student and a short name of the kind of mistake, for statistics."""

    status: Status
    message: str
    kind: str
    shapes: Shapes | None = None
    """Where it is about shapes: those to draw."""


def rows(*pairs: tuple[str, str | None]) -> str:
    """Labelled lines; empty ones are left out."""
    assert all(label in LABELS for label, _ in pairs)
    lines = [f"{label:<9} {clean(text)}" for label, text in pairs if text]
    return "\n".join(lines[:LINES])


def verdict(
    error: BaseException, spec: CheckSpec, title: str, call: Call, filename: str, exercises: frozenset[str]
) -> Verdict:
    """The verdict on a check that raised `error`."""
    if isinstance(error, StudentTimeout):
        return Verdict(
            "timed_out",
            rows(
                ("Called", call.shown),
                ("Stopped", f"{error}."),
                ("Expected", title),
                ("Why", "A loop that never ends, a wait for input, or far more work than the task needs."),
                ("Next", "Look for the condition that ends your loop; try the call by hand on a small input."),
            ),
            "timeout",
        )
    if isinstance(error, StudentCrash):
        return Verdict(
            "error",
            rows(
                ("Called", call.shown),
                ("Ended", str(error)),
                ("Expected", title),
                (
                    "Why",
                    "Code under grading must return: no os._exit, no signals; a crash inside torch comes from memory that was misused.",
                ),
                ("Next", spec.hint),
            ),
            "crash",
        )
    if isinstance(error, StudentError):
        return _student_error(error, spec, title, call, filename, exercises)
    if isinstance(error, CheckFailed):
        warned = next((text for text in map(explain_warning, call.warned) if text), None)
        why = error.why if not (warned and "not the right values" in error.why) else warned
        return Verdict(
            "failed",
            rows(
                ("Called", call.shown),
                ("Returned", _returned(error, call)),
                ("Expected", title),
                ("Why", why),
                ("Next", spec.hint),
            ),
            error.why[:80],
            Shapes(call.given, *error.shapes) if error.shapes else None,
        )
    # An assert of the grader's, or its own code stumbling over an answer that is not of the kind it works with.
    return Verdict(
        "failed",
        rows(
            ("Called", call.shown),
            ("Returned", call.returned),
            ("Expected", title),
            ("Why", "The answer is not of the kind that the task asks for, or does not have this property."),
            ("Next", spec.hint),
        ),
        f"grader {type(error).__name__}",
    )


def _returned(error: CheckFailed, call: Call) -> str | None:
    """What the student's code returned. A check's own record of a training (a dict, where no single call returned something) is not that."""
    returned = error.returned or (call.returned if call.returned != "None" else None)
    return None if call.returned is None and returned is not None and returned.startswith("a dict of ") else returned


def _student_error(
    error: StudentError, spec: CheckSpec, title: str, call: Call, filename: str, exercises: frozenset[str]
) -> Verdict:
    frames = error.frames
    at = f"{filename}:{frames[-1][0]}" if frames else filename
    if is_stub(error):
        inner = str(frames[-1][1]) if frames else ""
        if inner in exercises and inner != spec.exercise:
            why = f"{spec.exercise} calls your {inner}, which is not written yet (line {frames[-1][0]})."
            return Verdict(
                "not_implemented",
                rows(
                    ("Called", call.shown),
                    ("Why", why),
                    ("Next", f"Write {inner} first, or put the lines it needs into {spec.exercise}."),
                ),
                "calls a stub",
            )
        return Verdict("not_implemented", f"Not written yet: replace `{STUB_LINE}` in {clean(at)}.", "stub")
    if error.kind == "missing_file":
        return Verdict("error", rows(("Missing", error.message)), "missing file")
    if error.kind == "missing":
        return Verdict(
            "error",
            rows(
                ("Missing", f"{filename} defines no {error.message}."),
                ("Why", "Names must stay as the stubs have them: the grader calls them by name."),
                ("Next", f"Rename it back to {error.message}; `nox -s reset` shows how the stub looked."),
            ),
            "missing name",
        )
    if error.kind == "blocked":
        return Verdict(
            "failed",
            rows(
                ("Called", call.shown),
                ("Expected", title),
                ("Why", f"{error.message} is called{_line(frames)}: this exercise is done without it."),
                ("Next", spec.hint),
            ),
            "uses what the exercise forbids",
        )
    if error.kind == "unsendable":
        return Verdict(
            "failed",
            rows(
                ("Called", call.shown),
                ("Returned", f"something that cannot be graded: {error.message}"),
                ("Expected", title),
                ("Next", spec.hint),
            ),
            "returned what cannot be graded",
        )
    name = error.types[0] if error.types else "Exception"
    cause = explain(name, error.message, inside=bool(frames)) or explain(" ".join(error.types), error.message)
    if cause is None and frames and str(frames[-1][2]).startswith("raise"):
        cause = "Your own line raises this: its condition holds for this input, and should not."
    text = error.message.strip().splitlines()
    said = f"{name}: {text[0][:300]}" if text else name
    code = f"line {frames[-1][0]}: {frames[-1][2]}{_caller(frames)}" if frames else None
    tensors = "; ".join(f"{name} {words}" for name, words, _ in error.at) if error.at else None
    shapes = tuple((name, shape) for name, _, shape in error.at or () if shape is not None)
    drawn = Shapes(shapes) if shapes and about_shapes(error.message) else None
    if error.kind == "load":
        return Verdict(
            "error",
            rows(
                ("Raised", f"{said}, while {filename} was loaded"),
                ("At", code),
                ("Tensors", tensors),
                ("Why", cause),
                ("Next", "Mend this line first: until the file loads, none of its exercises can be graded."),
            ),
            clean(name, 80),
            drawn,
        )
    return Verdict(
        "error",
        rows(
            ("Called", call.shown),
            ("Raised", said),
            ("At", f"{filename} {code}" if code else None),
            ("Tensors", tensors),
            ("Expected", title),
            ("Why", cause),
            ("Next", spec.hint),
        ),
        clean(name, 80),
        drawn,
    )


def _caller(frames: Sequence[Sequence[object]]) -> str:
    """Where the student's function that raised was called, if another of theirs did; comprehensions are no functions to a reader."""
    inner = next((i for i in reversed(range(len(frames))) if not str(frames[i][1]).startswith("<")), 0)
    return f"  (called from line {frames[inner - 1][0]})" if inner > 0 else ""


def _line(frames: object) -> str:
    return f" in line {frames[-1][0]}" if isinstance(frames, list) and frames else ""
