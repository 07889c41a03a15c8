"""`release CHAPTER`: an nbgrader course folder with the chapter's notebooks, released by nbgrader itself; with `--bundle` the students' zip."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from .client import PACKAGE_ROOT
from .course import Course, write_whole
from .model import FULL_POINTS, CourseError
from .notebooks import notebook_of, notebook_text

CONFIG = '''\
"""nbgrader's configuration of this course folder, written once by `nox -s release`: yours to extend."""

from autograder.nbgrader_bridge import configure

c = get_config()  # noqa: F821 - given by nbgrader
c.CourseDirectory.course_id = "pytorch"
configure(c{root})

# Results of `python -m autograder grade-class submitted --out OUT`, run in this folder, are taken where they are of exactly what is to be graded:
# c.GradeNotebook.class_run = "OUT"
'''


def release(course: Course, chapter: str, out: Path) -> Path:
    """Write `out`/source/<chapter> and nbgrader_config.py, then let nbgrader make `out`/release/<chapter>; the folder that holds it.

    Raises:
        CourseError: for an unknown chapter, or with nbgrader's own reason where it refuses.
    """
    if course.notice:
        raise CourseError(
            "this is a students' bundle, without solutions and hidden checks: release from the course itself"
        )
    chapter = chapter_named(course, chapter)
    for topic in course.topics:
        if topic.chapter == chapter:
            write_whole(out / "source" / chapter / f"{topic.name}.ipynb", notebook_text(notebook_of(course, topic)))
    config = out / "nbgrader_config.py"
    if not config.exists():
        write_whole(
            config, CONFIG.format(root="" if course.root == PACKAGE_ROOT else f", course_root={str(course.root)!r}")
        )
    done = nbgrader("generate_assignment", chapter, "--force", cwd=out)
    made = out / "release" / chapter
    if done.returncode or not all(
        (made / f"{topic.name}.ipynb").is_file() for topic in course.topics if topic.chapter == chapter
    ):
        reasons = [line for line in done.stderr.splitlines() if "ERROR" in line or "Error" in line or "Cannot" in line]
        raise CourseError(
            "nbgrader generate_assignment refused:\n  " + "\n  ".join(reasons[-6:] or done.stderr.splitlines()[-6:]),
            out,
        )
    return made


def chapter_named(course: Course, text: str) -> str:
    """The chapter that `text` is or begins.

    Raises:
        CourseError: where there is none, or several.
    """
    wanted = text.strip("/")
    found = [chapter for chapter in course.chapters if chapter == wanted] or [
        chapter for chapter in course.chapters if chapter.startswith(wanted)
    ]
    if len(found) != 1:
        raise CourseError(f"{text!r} names no single chapter; the chapters are {', '.join(course.chapters)}")
    return found[0]


def nbgrader(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run nbgrader's own command in a course folder, output captured. It calls alembic by name, so the environment's programs come first."""
    path = os.pathsep.join([str(PACKAGE_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "PYTHONPATH": path,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        },
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("chapter", metavar="CHAPTER")
    parser.add_argument("--out", type=Path, metavar="DIR", help="the nbgrader course folder (default: release/)")
    parser.add_argument("--bundle", action="store_true", help="also zip what a student without nbgrader gets")


def main(arguments: argparse.Namespace) -> int:
    """The command."""
    course = Course.at(arguments.root)
    out = (arguments.out or arguments.root / "release").resolve()
    made = release(course, arguments.chapter, out)
    count = len(list(made.glob("*.ipynb")))
    print(f"released: {made} ({count} notebook{'s' if count != 1 else ''})")
    if arguments.bundle:
        from .bundle import bundle

        print(f"bundled: {bundle(course, made.name, out)}")
    print(f"Collect into {out}/submitted/<student>/{made.name}/, then in {out}: nbgrader autograde {made.name}")
    return FULL_POINTS
