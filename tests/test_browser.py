"""A student's and an instructor's day in a real JupyterLab: type an answer, check it, see green; see scores and feedback in formgrader.

Screenshots are kept in build/screenshots.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import urllib.request

import pytest

from autograder.course import Course
from autograder.release import nbgrader, release
from tests import hostile
from tests.browser import CONTROL, ENTER, MISSING, RELEASE, SHIFT, browser, free_port, wait_for
from tests.handed_in import write
from tests.sample import ROOT, SAMPLE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=f"needs {', '.join(MISSING)}: apt-get install chromium chromium-driver"),
]

SCREENSHOTS = ROOT / "build" / "screenshots"
PATIENCE = 240
A = "00_sample"
LINKS = "return [...new Set([...document.querySelectorAll('a[href*=\"/submissions/\"]')].map(a => a.href))]"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    release(Course.at(SAMPLE), A, folder)
    write(folder, ["right", "half", "syntax"])
    hostile.write(folder, ["markup"])
    for command in ("autograde", "generate_feedback"):
        done = nbgrader(command, A, cwd=folder)
        assert done.returncode == 0, done.stderr[-3000:]
    return folder


@contextlib.contextmanager
def jupyterlab(folder, settings):
    """A JupyterLab on `folder`; its address."""
    port = free_port()
    told = settings / "lab" / "user-settings" / "@jupyterlab" / "apputils-extension"
    told.mkdir(parents=True)
    (told / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
    path = f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ['PATH']}"
    env = {
        **os.environ,
        "PATH": path,
        "PYTHONPATH": str(ROOT),
        "PYTORCH_COURSE_ROOT": str(SAMPLE),
        "HOME": str(settings),
        "JUPYTER_CONFIG_DIR": str(settings),
    }
    env |= {
        "JUPYTER_DATA_DIR": str(settings / "data"),
        "JUPYTER_RUNTIME_DIR": str(settings / "run"),
        "IPYTHONDIR": str(settings / "ipython"),
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--ServerApp.port={port}", "--IdentityProvider.token=",
               f"--ServerApp.root_dir={folder}", "--LabApp.news_url=None",
               "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]  # fmt: skip
    with (settings / "jupyterlab.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log)
        address = f"http://127.0.0.1:{port}"
        try:
            wait_for(
                lambda: urllib.request.urlopen(f"{address}/api", timeout=5).status == 200, PATIENCE, "JupyterLab starts"
            )
            yield address
        finally:
            process.terminate()
            process.wait(60)


def cell(number: int) -> str:
    return f'.jp-Notebook .jp-Cell[data-windowed-list-index="{number}"] .cm-content'


def test_a_student_types_an_answer_and_sees_green(course, tmp_path):
    with jupyterlab(course / "release" / A, tmp_path) as address, browser(tmp_path / "profile") as window:
        window.open(f"{address}/lab/tree/basics.ipynb?reset")
        wait_for(
            lambda: window.script("return document.querySelectorAll('.jp-Notebook .jp-Cell').length") >= 8,
            PATIENCE,
            "the notebook opens",
        )
        wait_for(
            lambda: window.script(
                "return !!document.querySelector('.jp-Notebook-ExecutionIndicator[data-status=\"idle\"]')"
            ),
            PATIENCE,
            "a kernel starts",
        )
        window.click(cell(1))
        window.type(cell(1), SHIFT + ENTER + RELEASE)
        for body, colour in (("return x + 2", "red"), ("return 2 * x", "green")):
            window.click(cell(2))
            window.type(cell(2), f"{CONTROL}a{RELEASE}def double(x):{ENTER}{body}")
            window.type(cell(2), SHIFT + ENTER + RELEASE)
            window.type(cell(3), SHIFT + ENTER + RELEASE)
            wait_for(
                lambda colour=colour: window.script(f"return !!document.querySelector('.autograder-{colour}')"),
                PATIENCE,
                f"{colour} appears",
            )
            window.screenshot(SCREENSHOTS / f"check_{colour}.png")
        shown = window.script("return document.querySelector('.autograder-green').innerText")
        assert "double: 2 of 2 points" in shown


def test_an_instructor_sees_scores_and_feedback(course, tmp_path):
    with jupyterlab(course, tmp_path) as address, browser(tmp_path / "profile") as window:
        window.open(f"{address}/formgrader")
        wait_for(lambda: A in window.text(), PATIENCE, "formgrader lists the assignment")
        window.screenshot(SCREENSHOTS / "formgrader.png")
        window.open(f"{address}/formgrader/manage_submissions/{A}")
        wait_for(
            lambda: all(name in window.text() for name in ("right", "half", "syntax")),
            PATIENCE,
            "formgrader lists the submissions",
        )
        assert all(score in window.text() for score in ("7 / 7", "3 / 7", "5 / 7"))  # markup has 5, too
        window.screenshot(SCREENSHOTS / "formgrader_scores.png")
        window.open(f"{address}/formgrader/gradebook/{A}/basics")
        wait_for(
            lambda: "/ 7" in window.text() or "7" in window.text(), PATIENCE, "formgrader shows the notebook's scores"
        )
        window.screenshot(SCREENSHOTS / "formgrader_notebook.png")
        wait_for(lambda: window.script(LINKS), PATIENCE, "links to submissions")
        hostile_seen = False
        for number, link in enumerate(window.script(LINKS)):
            window.open(link)
            wait_for(lambda: "double: " in window.text(), PATIENCE, "a submission opens")
            assert "of 2 points" in window.text()
            if "<script>" in window.text():
                hostile_seen = True
                window.screenshot(SCREENSHOTS / "formgrader_hostile.png")
            elif number < 2:
                window.screenshot(SCREENSHOTS / "formgrader_submission.png")
            assert window.script("return [window.takenOver, document.title]") == [None, "basics"]
        assert hostile_seen
        window.open((course / "feedback" / "markup" / A / "basics.html").as_uri())
        wait_for(lambda: "<script>" in window.text(), PATIENCE, "feedback opens")
        assert window.script("return [window.takenOver, document.title]") == [None, "basics"]
        window.open((course / "feedback" / "half" / A / "basics.html").as_uri())
        wait_for(lambda: "double: 1 of 2 points" in window.text(), PATIENCE, "feedback opens")
        assert "keeps integers integers" in window.text()
        window.screenshot(SCREENSHOTS / "feedback.png")
