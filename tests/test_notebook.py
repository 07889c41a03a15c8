"""`check` in a real kernel: what was run last is graded, at once, with no restart; everything shown is escaped."""

from __future__ import annotations

import re

import pytest

from autograder.model import CheckResult, ExerciseResult
from autograder.notebook_text import exercise_html, exercise_text
from tests.sample import ROOT, SAMPLE

FAILED = ExerciseResult(
    "00_sample/basics/double",
    "failed",
    0.1,
    (
        CheckResult("doubles", "passed", 1.0, 1.0),
        CheckResult("keeps", "failed", 0.0, 1.0, "Why  <script>alert(1)</script>\nNext look"),
    ),
)


def test_html_is_escaped_and_coloured():
    page = exercise_html(FAILED, ["<b>hint</b>"], ["odd & <i>"])
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "<b>hint" not in page
    assert "odd &amp; &lt;i&gt;" in page
    assert 'class="autograder-amber"' in page
    assert "<details><summary>Hint 1 of 1</summary>" in page
    assert page.count("<pre") == 1


@pytest.mark.parametrize(
    ("status", "points", "colour"),
    [("passed", 1.0, "green"), ("failed", 0.0, "red"), ("not_implemented", 0.0, "amber"), ("error", 0.0, "red")],
)
def test_colours(status, points, colour):
    result = ExerciseResult(
        "a/b/c", status, 0.0, (CheckResult("x", status, points, 1.0, "" if status == "passed" else "m"),)
    )
    page = exercise_html(result, ["h"])
    assert f"autograder-{colour}" in page
    assert ("<details>" in page) == (status != "passed")


def test_text_shows_each_message_once():
    twice = ExerciseResult(
        "a/b/c", "failed", 0.0, tuple(CheckResult(n, "failed", 0.0, 1.0, "same") for n in ("x", "y"))
    )
    assert exercise_text(twice, ["n"]).count("same") == 1
    assert "Note: n." in exercise_text(twice, ["n"])


class Kernel:
    def __init__(self, client):
        self.client = client

    def run(self, source):
        """The HTML and the text that a cell shows."""
        shown = []

        def take(message):
            content = message["content"]
            if message["msg_type"] in ("display_data", "execute_result"):
                shown.append(content["data"].get("text/html") or content["data"]["text/plain"])
            elif message["msg_type"] == "stream":
                shown.append(content["text"])
            elif message["msg_type"] == "error":
                shown.append(f"{content['ename']}: {content['evalue']}")

        self.client.execute_interactive(source, output_hook=take, timeout=600, store_history=True)
        return "\n".join(shown)


@pytest.fixture(scope="module")
def kernel():
    import os

    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(
        startup_timeout=300, env={**os.environ, "PYTHONPATH": str(ROOT), "PYTORCH_COURSE_ROOT": str(SAMPLE)}
    )
    yield Kernel(client)
    client.stop_channels()
    manager.shutdown_kernel()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_check_grades_what_was_run_last(kernel):
    kernel.run("from autograder.notebook import check, score\nimport torch")
    kernel.run('def double(x):\n    raise NotImplementedError("Your code here")')
    assert "autograder-amber" in kernel.run('check("double")')
    kernel.run("def double(x):\n    return x + 2")
    page = kernel.run('check("double")')
    assert "autograder-red" in page
    assert "You added two; twice was asked for." in page
    assert len(re.findall("<details>", page)) == 3
    kernel.run("factor = 2\ndef double(x):\n    return factor * x")
    assert "autograder-green" in kernel.run('check("double")')
    kernel.run("factor = 3")
    assert "autograder-red" in kernel.run('check("double")')
    kernel.run("def double(x: return")
    assert "autograder-red" in kernel.run('check("double")')
    kernel.run("def double(x):\n    return 2.0 * x.float()")
    assert "1 of 2 points" in kernel.run('check("00_sample/basics/double")')
    assert kernel.run('score("00_sample/basics/double")') == "1.0"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_code_that_ends_its_process_ends_not_the_kernel(kernel):
    kernel.run("import os\nkept = 'still here'\ndef double(x):\n    os._exit(3)")
    page = kernel.run('from autograder.notebook import check\ncheck("double")')
    assert "ended in the middle of the call" in page
    assert kernel.run("print(kept)").strip() == "still here"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_an_unknown_name_is_a_sentence(kernel):
    assert "no exercise is selected by" in kernel.run('from autograder.notebook import check\ncheck("doubel")')


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_validate_mode_raises_where_points_are_lost(kernel):
    kernel.run("import os\ndef double(x):\n    return x")
    shown = kernel.run("os.environ['NBGRADER_EXECUTION'] = 'validate'\ncheck('double')")
    assert "AssertionError: double: 0 of 2 points" in shown
    assert kernel.run("os.environ['NBGRADER_EXECUTION'] = 'autograde'\ncheck('double')") == ""
    kernel.run("del os.environ['NBGRADER_EXECUTION']")
