"""Everything a student, an instructor or an author runs: `nox -s SESSION -- ARGUMENTS`. `nox -l` lists the sessions.

All sessions share one environment, `.venv`. It is made on first use and installed again only when requirements.txt or Python changes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import nox

nox.options.sessions = ["grade"]
nox.options.default_venv_backend = "none"

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
OLDEST, NEWEST = (3, 11), (3, 13)


def python_of(environment: Path) -> Path:
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def interpreter() -> str:
    """A Python that the course's packages support: this one, or another on the path."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return sys.executable
    names = [f"python3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    found = next((path for path in map(shutil.which, names) if path), None)
    if found is None:
        raise SystemExit(
            f"error: the course needs Python 3.{OLDEST[1]} to 3.{NEWEST[1]}, nox runs on {sys.version.split()[0]} and {', '.join(names)} "
            "are not on the path; install one of them, then run this command again"
        )
    return found


def environment() -> str:
    """Path of the shared environment's Python; installs what is missing or out of date."""
    python = python_of(ENVIRONMENT)
    stamp = ENVIRONMENT / "installed.txt"
    base = interpreter()
    wanted = hashlib.sha256((ROOT / "requirements.txt").read_bytes() + base.encode()).hexdigest()
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        name_the_course()
        return str(python)
    if shutil.disk_usage(ROOT).free < 2 * 2**30:
        print("warning: less than 2 GB are free here; the packages need about 1.5 GB", file=sys.stderr)
    print("Installing the course's packages into .venv (once; some minutes) ...", file=sys.stderr, flush=True)
    if not python.exists():
        subprocess.run([sys.executable, "-m", "virtualenv", "--quiet", "--python", base, str(ENVIRONMENT)], check=True)
    done = subprocess.run(
        [
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
            str(ROOT / "requirements.txt"),
        ],
        check=False,
    )
    if done.returncode:
        raise SystemExit(
            "error: the packages could not be installed (pip's reason stands above); mend that, then run this command again"
        )
    stamp.write_text(wanted)
    name_the_course()
    return str(python)


def with_cluster() -> None:
    """What the tests of `grade-class --dask` need beside requirements.txt: the optional packages that pyproject.toml names."""
    import tomllib

    about = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = about["project"]["optional-dependencies"]["cluster"]
    pip = [environment(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.run([*pip, *wanted], check=False).returncode:
        print("warning: the packages for --dask could not be installed; its tests are skipped", file=sys.stderr)


def name_the_course() -> None:
    """Let every Python of the environment (notebook kernels, `nbgrader`) import the package `autograder` from here."""
    for folder in [*ENVIRONMENT.glob("lib/python3*/site-packages"), *ENVIRONMENT.glob("Lib/site-packages")]:
        path = folder / "pytorch_course.pth"
        if not path.exists() or path.read_text() != f"{ROOT}\n":
            path.write_text(f"{ROOT}\n")


def run(*arguments: str, **variables: str) -> None:
    """Run the environment's Python in the foreground; leave with its exit code where that is not 0."""
    command = [environment(), *arguments]
    process = subprocess.Popen(command, cwd=os.getcwd(), env={**os.environ, "PYTHONPATH": str(ROOT), **variables})
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the command's to handle; wait for it to tidy up
    try:
        code = process.wait()
    finally:
        signal.signal(signal.SIGINT, handler)
    if code:
        sys.exit(code if code > 0 else 128 - code)


def autograder(session: nox.Session, command: str) -> None:
    """`python -m autograder COMMAND` with what stands after `--`; paths there are relative to where nox was called."""
    os.chdir(os.environ.get("NOX_INVOKED_FROM", session.invoked_from))
    run("-m", "autograder", command, *session.posargs)


@nox.session
def grade(session: nox.Session) -> None:
    """Grade exercises/ (or `-- SELECTOR`, `-- --reference`, `-- --submission DIR`)."""
    autograder(session, "grade")


@nox.session
def hint(session: nox.Session) -> None:
    """Show a hint: `-- KEY [--level N]`."""
    autograder(session, "hint")


@nox.session
def watch(session: nox.Session) -> None:
    """Grade on every save and go on to the next exercise: `[-- SELECTOR]`."""
    autograder(session, "watch")


@nox.session(name="list")
def list_exercises(session: nox.Session) -> None:
    """All exercises with state, points, difficulty and minutes: `[-- SELECTOR]`."""
    autograder(session, "list")


@nox.session
def solution(session: nox.Session) -> None:
    """Show the reference solution of an exercise that has passed: `-- KEY [--give-up]`."""
    autograder(session, "solution")


@nox.session
def report(session: nox.Session) -> None:
    """Write a page with progress, messages and pictures: `[-- SELECTOR] [--out FILE]`."""
    autograder(session, "report")


@nox.session
def doctor(session: nox.Session) -> None:
    """Check Python, packages, walls, disk and data; say what mends what is wrong."""
    autograder(session, "doctor")


@nox.session(name="grade-class")
def grade_class(session: nox.Session) -> None:
    """Grade a folder of submissions: `-- FOLDER --out OUT [--workers N | --dask ADDRESS]`."""
    autograder(session, "grade-class")


@nox.session
def reset(session: nox.Session) -> None:
    """Start an exercise, topic or chapter afresh: `-- KEY`. Your text is kept."""
    autograder(session, "reset")


@nox.session
def data(session: nox.Session) -> None:
    """Check the data sets against their checksums."""
    autograder(session, "data")


@nox.session
def generate(session: nox.Session) -> None:
    """Write exercises/ from solutions/; never over a student's edit."""
    autograder(session, "generate")


@nox.session
def verify(session: nox.Session) -> None:
    """Prove the course: references, stubs, right and wrong answers, generated files."""
    autograder(session, "verify")


@nox.session
def calibrate(session: nox.Session) -> None:
    """Measure right and wrong training recipes over many seeds and write the tables."""
    autograder(session, "calibrate")


@nox.session
def bench(session: nox.Session) -> None:
    """Print what grading costs, each time as a ratio of two runs side by side."""
    os.chdir(ROOT)
    run("-m", "tests.bench", *session.posargs)


@nox.session
def release(session: nox.Session) -> None:
    """Make an nbgrader course folder: `-- CHAPTER [--out DIR] [--bundle]`."""
    autograder(session, "release")


@nox.session
def export(session: nox.Session) -> None:
    """Write nbgrader's scores: `-- FOLDER ASSIGNMENT [--csv FILE] [--gradescope DIR]`."""
    autograder(session, "export")


def jupyter(session: nox.Session, default: Path, *options: str) -> None:
    """JupyterLab on a folder (the first argument after `--`, if it is none of Jupyter's options)."""
    os.chdir(os.environ.get("NOX_INVOKED_FROM", session.invoked_from))
    given = [argument for argument in session.posargs if not argument.startswith("-")][:1]
    folder = Path(given[0]).resolve() if given else default
    if not folder.is_dir():
        raise SystemExit(f"error: there is no folder {folder}; `nox -s release -- CHAPTER` makes it")
    os.chdir(folder)
    path = f"{python_of(ENVIRONMENT).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    run(
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={folder}",
        *options,
        *[a for a in session.posargs if a not in given],
        PATH=path,
    )


@nox.session
def lab(session: nox.Session) -> None:
    """Open JupyterLab on the released notebooks: `[-- FOLDER]`."""
    notebooks = ROOT / "notebooks"
    jupyter(session, notebooks if notebooks.is_dir() else ROOT / "release" / "release")


@nox.session
def formgrader(session: nox.Session) -> None:
    """Open nbgrader's formgrader on the instructor's course folder: `[-- FOLDER]`."""
    jupyter(session, ROOT / "release", "--LabApp.default_url=/formgrader")


@nox.session
def lint(session: nox.Session) -> None:
    """ruff and mypy."""
    os.chdir(ROOT)
    run("-m", "ruff", "check", ".")
    run("-m", "ruff", "format", "--check", "autograder", "tests", "noxfile.py")
    run("-m", "mypy")


@nox.session
def tests(session: nox.Session) -> None:
    """Lint, types, the autograder's tests, then verify: what CI runs. `-- ARGUMENTS` go to pytest, and pytest alone runs."""
    os.chdir(ROOT)
    if session.posargs:
        run("-m", "pytest", *session.posargs)
        return
    with_cluster()
    lint(session)
    run("-m", "pytest")
    run("-m", "autograder", "verify")
