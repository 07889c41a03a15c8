"""What reaches a screen or a report is text: no control characters, no escape sequences, no markup, cut to size."""

import io

import pytest

from autograder.checks import CheckFailed, CheckSpec, StudentCrash, StudentTimeout, student_error
from autograder.engine import Graded
from autograder.messages import LINE, LINES, clean, verdict
from autograder.model import CheckResult, ExerciseResult, Report
from autograder.sandbox import Call

SPEC = CheckSpec("double", 1.0, "Look at the hint.", 5, None, False)
NAMES = frozenset({"double", "other"})


def said(error, call=None):
    return verdict(
        error, SPEC, "gives twice the input", call or Call("double(x: (3,) float32)"), "exercises/a/b.py", NAMES
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("a\nb\rc\0d", "a\\nb\\x0dc\\x00d"),
        ("\u202eevil", "\\u202eevil"),
        ("\x9b31m", "\\x9b31m"),
        ("tab\tted", "tab ted"),
        ("übung ✓", "übung ✓"),
    ],
)
def test_control_characters_are_written_out(text, shown):
    assert clean(text) == shown


def test_long_lines_are_cut():
    assert len(clean("x" * 10**6)) == LINE


def test_a_hostile_error_stays_within_its_lines():
    error = student_error(
        "raised",
        ["\x1b]0;title\x07Error", "Exception"],
        "5 passed\n" * 10_000 + "\x1b[2J",
        [[3, "double", "\x1b[31m"]],
        [("x", "\x1b[0m", None)],
    )
    message = said(error).message
    assert "\x1b" not in message
    assert "\x07" not in message
    assert len(message.splitlines()) <= LINES


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (
            CheckFailed("It is not.", "a tensor"),
            "failed",
            [
                "Called    double(x",
                "Returned  a tensor",
                "Expected  gives twice",
                "Why       It is not.",
                "Next      Look at",
            ],
        ),
        (StudentTimeout("no answer after 5 s of CPU time"), "timed_out", ["Stopped   no answer after 5 s"]),
        (StudentCrash("it crashed (segmentation fault)"), "error", ["Ended     it crashed"]),
        (
            student_error("raised", ["ValueError", "Exception"], "bad", [[7, "double", "raise ValueError('bad')"]]),
            "error",
            ["Raised    ValueError: bad", "exercises/a/b.py line 7"],
        ),
        (student_error("missing", ["Missing"], "double", []), "error", ["defines no double"]),
        (
            student_error("blocked", ["Blocked"], "matmul", [[7, "double", "a @ b"]]),
            "failed",
            ["matmul is called in line 7: this exercise is done without it"],
        ),
        (student_error("unsendable", ["Unsendable"], "a lambda", []), "failed", ["cannot be graded: a lambda"]),
        (
            student_error("load", ["SyntaxError"], "invalid syntax", [[2, "<module>", "x ="]]),
            "error",
            ["while exercises/a/b.py was loaded", "line 2: x ="],
        ),
        (
            student_error("raised", ["NotImplementedError"], "Your code here", [[9, "double", "raise …"]]),
            "not_implemented",
            ["Not written yet", "exercises/a/b.py:9"],
        ),
        (
            student_error(
                "raised", ["NotImplementedError"], "Your code here", [[9, "double", "other()"], [3, "other", "raise …"]]
            ),
            "not_implemented",
            ["double calls your other, which is not written"],
        ),
        (
            student_error("raised", ["NotImplementedError"], "something else", []),
            "error",
            ["NotImplementedError: something else"],
        ),
        (AssertionError("assert hidden == 7"), "failed", ["does not have this property"]),
        (AttributeError("'NoneType' object has no attribute 'shape'"), "failed", ["not of the kind"]),
    ],
)
def test_each_ending_has_its_status_and_its_words(error, status, words):
    found = said(error)
    assert found.status == status
    for word in words:
        assert word in found.message
    assert "hidden" not in found.message


def test_the_broadcast_warning_explains_wrong_values():
    warned = "UserWarning: Using a target size (torch.Size([4])) that is different to the input size (torch.Size([4, 1])). This will likely lead to"
    message = said(
        CheckFailed("the loss has the right shape and dtype, but not the right values."), Call("f()", warned=(warned,))
    ).message
    assert "every prediction was compared with every target" in message


def test_the_screen_shows_no_markup_of_the_students(monkeypatch):
    from autograder import report

    check = CheckResult("a", "failed", 0.0, 1.0, "Why       [bold]x[/bold] [link=http://x]y[/link] \x1b[31m")
    graded = Graded(
        Report("s", "0", "2", (), 1, (ExerciseResult("00_a/b/c", "failed", 0.0, (check,)),)),
        printed={"00_a/b/c": "\x1b[2J5 passed\n[red]no"},
    )
    out = io.StringIO()
    monkeypatch.setattr("sys.stdout", out)
    report.show(graded)
    text = out.getvalue()
    assert "[bold]x[/bold] [link=http://x]y[/link] \\x1b[31m" in text
    assert "\\x1b[2J5 passed" in text
    assert "[red]no" in text
    assert "\x1b" not in text
