"""`nox -s doctor`: is everything here as the course needs it? Each line is good, or names the command that mends it.

It runs where nothing else does: packages that are broken or missing are looked at from outside, PyTorch and the walls in a process of their own.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from .data import FOLDER, SUMS, check_data
from .model import FULL_POINTS, WRONG_COURSE_OR_COMMAND, CourseError

OLDEST, NEWEST = (3, 11), (3, 13)
GB = 2**30
PROBE_SECONDS = 600
"""Wall time for PyTorch's import and the walls: minutes on a machine that is very slow, never hours."""
NEW_ENVIRONMENT = "delete the folder .venv, then run any nox command: it installs the packages anew"

State = Literal["good", "optional", "bad"]


@dataclass(frozen=True)
class Finding:
    """One line: about what, how it is, and the command or edit that mends it."""

    about: str
    state: State
    text: str
    mend: str = ""


def python(root: Path) -> Iterator[Finding]:
    """The interpreter and where its packages come from."""
    version = ".".join(map(str, sys.version_info[:3]))
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        yield Finding(
            "Python", "bad", f"{version}; the packages need 3.{OLDEST[1]} to 3.{NEWEST[1]}",
            f"install Python 3.{NEWEST[1]}; {NEW_ENVIRONMENT}",
        )  # fmt: skip
    elif sys.maxsize < 2**32:
        yield Finding(
            "Python", "bad", f"{version}, 32 bits; PyTorch needs 64", f"install a 64-bit Python; {NEW_ENVIRONMENT}"
        )
    else:
        yield Finding("Python", "good", f"{version} on {platform.system()} {platform.machine()}")
    prefix = Path(sys.prefix).resolve()
    if prefix == (root / ".venv").resolve():
        yield Finding("environment", "good", ".venv, the course's own")
    else:
        yield Finding(
            "environment", "optional", f"{prefix}, not the course's own",
            "run the course's commands through nox: `nox -s doctor`",
        )  # fmt: skip
    own = {str(root), str(Path(__file__).resolve().parent.parent), ""}
    if other := [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part not in own]:
        yield Finding(
            "PYTHONPATH", "optional", f"also names {', '.join(other)}: packages there go before the pinned ones",
            "`unset PYTHONPATH` (Windows: `set PYTHONPATH=`), unless you need it",
        )  # fmt: skip


def nox_itself(root: Path) -> Iterator[Finding]:
    """nox, which starts everything."""
    found = shutil.which("nox")
    if found or os.environ.get("NOX_CURRENT_SESSION"):
        yield Finding("nox", "good", f"{found or 'runs this session'}")
    else:
        yield Finding("nox", "optional", "is not on the path", "`python3 -m pip install nox`, or type `python3 -m nox`")


def pins(requirements: str) -> dict[str, str]:
    """Package -> version of the lines of a requirements.txt that hold on this system."""
    found = {}
    for line in requirements.splitlines():
        match = re.match(r"([\w.\-]+)==([^\s;#]+)\s*(?:;\s*sys_platform\s*==\s*[\"'](\w+)[\"'])?", line)
        if match and match[3] in (None, sys.platform):
            found[match[1]] = match[2]
    return found


def packages(root: Path) -> Iterator[Finding]:
    """What is installed, against the pins."""
    path = root / "requirements.txt"
    try:
        wanted = pins(path.read_text(encoding="utf-8"))
    except OSError as error:
        yield Finding(
            "packages", "bad", f"requirements.txt cannot be read ({error.strerror})", _restore(root, "requirements.txt")
        )
        return
    missing, other = [], []
    for name, version in wanted.items():
        try:
            installed = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            missing.append(f"{name} {version}")
            continue
        if installed.partition("+")[0] != version:
            other.append(f"{name} is {installed}, pinned {version}")
    if missing:
        yield Finding("packages", "bad", f"not installed: {_some(missing)}", NEW_ENVIRONMENT)
    if other:
        yield Finding("packages", "bad", f"other versions than pinned: {_some(other)}", NEW_ENVIRONMENT)
    if not missing and not other:
        yield Finding("packages", "good", f"{len(wanted)} as pinned in requirements.txt")


def torch_and_walls(root: Path) -> Iterator[Finding]:
    """PyTorch, the device and the walls, in a process that may crash."""
    said: dict[str, Any] = {}
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
        path = os.pathsep.join([str(Path(__file__).resolve().parent.parent), os.environ.get("PYTHONPATH", "")])
        try:
            done = subprocess.run(
                [sys.executable, "-m", "autograder.doctor"],
                stdout=subprocess.PIPE,
                stderr=errors,
                stdin=subprocess.DEVNULL,
                encoding="utf-8",
                timeout=PROBE_SECONDS,
                env={**os.environ, "PYTHONPATH": path},
                check=False,
            )
            code, output = done.returncode, done.stdout
        except subprocess.TimeoutExpired:
            code, output = 0, ""
            said["torch_error"] = f"its import did not end within {PROBE_SECONDS // 60} minutes"
        errors.seek(0)
        stderr = errors.read().strip()
    for line in output.splitlines():
        if line.startswith("{"):
            said |= json.loads(line)
    yield from _torch(said, code, stderr)
    if "torch" in said:
        yield from _walls(said, code, stderr)


def _ended(code: int, stderr: str) -> str:
    last = stderr.splitlines()[-1][:200] if stderr else ""
    return (f"the process was ended by signal {-code}" if code < 0 else f"the process ended with {code}") + (
        f": {last}" if last else ""
    )


def _torch(said: dict[str, Any], code: int, stderr: str) -> Iterator[Finding]:
    if "torch" not in said:
        why = said.get("torch_error") or _ended(code, stderr)
        yield Finding("PyTorch", "bad", f"cannot be imported: {why}", NEW_ENVIRONMENT)
        return
    yield Finding("PyTorch", "good", f"{said['torch']}, grades on {said['threads']} thread of {os.cpu_count()}")
    seen = said["device"]
    yield Finding("device", "good", f"{seen}; the course grades on the CPU and needs no other")
    if "others_error" in said:
        yield Finding("packages", "bad", f"cannot be imported: {said['others_error']}", NEW_ENVIRONMENT)


def _walls(said: dict[str, Any], code: int, stderr: str) -> Iterator[Finding]:
    if "level" not in said:
        why = said.get("walls_error") or _ended(code, stderr)
        yield Finding("walls", "bad", f"the grading engine does not start: {why}", NEW_ENVIRONMENT)
        return
    level, missing = said["level"], said["missing"]
    enough = "enough for your own work and for other people's" if level != "plain" else "enough for your own work"
    yield Finding(
        "walls",
        "good" if level != "plain" else "optional",
        f"{level}: {enough}",
        "" if level != "plain" else MORE_WALLS,
    )
    if missing:
        from .probes import missing_advice

        for line in missing_advice(missing):
            name, _, advice = line.partition(": ")
            yield Finding("walls", "optional", f"without {name}", advice)


MORE_WALLS = "grade other people's work on Linux 5.13 or later; what is missing here stands below"


def bubblewrap(root: Path) -> Iterator[Finding]:
    """The program of the outermost wall."""
    found = shutil.which("bwrap")
    if found:
        done = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
        yield Finding("bubblewrap", "good", f"{done.stdout.strip() or 'installed'} at {found}")
    elif sys.platform == "linux":
        yield Finding(
            "bubblewrap", "optional", "is not installed; it is for grading other people's work",
            "`apt-get install bubblewrap` or `dnf install bubblewrap`",
        )  # fmt: skip


def disk_and_memory(root: Path) -> Iterator[Finding]:
    """Room for packages, results and training."""
    for about, folder in (("disk", root), ("temporary files", Path(tempfile.gettempdir()))):
        free = shutil.disk_usage(folder).free
        state: State = "bad" if free < GB / 4 else "optional" if free < GB else "good"
        mend = "" if state == "good" else f"delete what you do not need on the disk of {folder}"
        yield Finding(about, state, f"{free / GB:.1f} GB are free in {folder}", mend)
    try:
        meminfo = Path("/proc/meminfo").read_text(encoding="ascii")
    except OSError:  # not Linux
        return
    match = re.search(r"MemAvailable:\s+(\d+) kB", meminfo)
    if match is None:
        return
    left = int(match[1]) * 1024
    if left < GB:
        yield Finding(
            "memory", "optional", f"{left / GB:.1f} GB are free; grading takes about one", "close other programs"
        )
    else:
        yield Finding("memory", "good", f"{left / GB:.1f} GB are free")


def data(root: Path) -> Iterator[Finding]:
    """The data sets, byte for byte."""
    problems = check_data(root)
    for problem in problems:
        text, _, mend = problem.partition(": ")
        yield Finding("data", "bad", text, mend)
    if not problems:
        count = len((root / FOLDER / SUMS).read_text(encoding="utf-8").splitlines())
        yield Finding("data", "good", f"{count} files as their checksums say")


def exercises(root: Path) -> Iterator[Finding]:
    """The student's folder: readable, writable, of this course's state; and the progress file."""
    from .course import RECORD, Course, generate
    from .progress import Store
    from .submission import read_source, stray_files

    folder = root / "exercises"
    try:
        course = Course.at(root)
        done = generate(course, check=True)
    except (CourseError, OSError) as error:
        yield Finding("exercises", "bad", str(error), _restore(root, "solutions"))
        return
    problems = [
        problem
        for topic in course.topics
        if topic.exercise.exists() and (problem := read_source(folder, topic.key, "exercises").problem)
    ]
    for problem in problems:
        yield Finding("exercises", "bad", problem, "save it as a plain UTF-8 text that you may read")
    lost = [topic.key for topic in course.topics if not topic.exercise.exists()]
    if lost:
        yield Finding("exercises", "bad", f"missing: {_some(lost)}", f"`nox -s reset -- {lost[0]}` writes it anew")
    edited = [name for name in done.kept if name.endswith(".py")]
    current = {*done.kept, RECORD, *(f"{key}.py" for key in lost)}
    stale = [name for name in done.stale if name not in current]
    if stale:
        yield Finding(
            "exercises", "bad", f"out of date: {_some(stale)}", "`nox -s generate`; your edits are left alone"
        )
    if not problems and not lost and not stale:
        yield Finding("exercises", "good", f"{len(course.topics)} topics, {len(edited)} of them with your edits")
    for note in stray_files(course, folder, "exercises"):
        yield Finding("exercises", "optional", note, "rename it to the topic that it belongs to, or move it away")
    yield from _writable(folder)
    said: list[str] = []
    store = Store(root, said.append).load()
    for line in said:
        yield Finding("progress", "optional", line, "go on: it begins anew")
    if not said:
        yield Finding(
            "progress", "good", f"{sum(bool(e.passed) for e in store.entries.values())} exercises passed so far"
        )


def _writable(folder: Path) -> Iterator[Finding]:
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        yield Finding(
            "exercises", "bad", f"nothing can be written in {folder} ({error.strerror})",
            f"`chmod -R u+rwX {folder}`, or copy the course to a folder of your own",
        )  # fmt: skip
    else:
        yield Finding("exercises", "good", "can be written, so progress is noted")


def surroundings(root: Path) -> Iterator[Finding]:
    """Clock, language, terminal, file events."""
    newest = max((path.stat().st_mtime for path in [*root.glob("*"), *root.glob("autograder/*.py")]), default=0.0)
    ahead = newest - time.time()
    if ahead > 86400:
        yield Finding(
            "clock", "optional", f"shows {time.strftime('%Y-%m-%d %H:%M')}, but files here are {ahead / 86400:.0f} days younger",
            "set the clock; until then times of progress and kept texts are wrong",
        )  # fmt: skip
    else:
        yield Finding("clock", "good", time.strftime("%Y-%m-%d %H:%M %Z").strip())
    encoding = (sys.stdout.encoding or "unknown").lower()
    if encoding.replace("-", "") == "utf8":
        yield Finding("terminal", "good", f"UTF-8, {_terminal()}")
    else:
        yield Finding(
            "terminal", "optional", f"writes {encoding}: marks such as ✓ come out as ?",
            "`export PYTHONUTF8=1` (Windows: `set PYTHONUTF8=1`) before the command",
        )  # fmt: skip
    from .saves import NETWORK, file_system

    kind = file_system(root)
    if kind in NETWORK:
        yield Finding(
            "file events",
            "optional",
            f"none on a network drive ({kind}): `watch` looks every second",
            "copy the course to a local disk",
        )
    else:
        yield Finding("file events", "good", f"`watch` listens to the file system{f' ({kind})' if kind else ''}")


def _terminal() -> str:
    if not sys.stdout.isatty():
        return "not a terminal: plain text"
    size = shutil.get_terminal_size()
    oddities = [
        f"TERM={os.environ.get('TERM')}" if os.environ.get("TERM") in (None, "dumb") else "",
        "NO_COLOR" if os.environ.get("NO_COLOR") else "",
    ]
    return f"{size.columns} columns" + "".join(f", {oddity}: no colours" for oddity in oddities if oddity)


def authors(root: Path) -> Iterator[Finding]:
    """What only those need who change the course."""
    if not (root / "tests" / "browser.py").is_file():
        return
    missing = [name for name in ("chromium", "chromedriver") if not shutil.which(name)]
    if missing:
        yield Finding(
            "for authors", "optional", f"not installed: {', '.join(missing)}; only tests of the report page need them",
            "`apt-get install chromium chromium-driver`",
        )  # fmt: skip
    else:
        yield Finding("for authors", "good", "chromium and chromedriver, for the tests of the report page")


def _some(names: list[str], most: int = 5) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _restore(root: Path, name: str) -> str:
    return (
        f"`git checkout -- {name}`"
        if (root / ".git").exists()
        else "copy it again from the archive that the course came in"
    )


CHECKS: tuple[Callable[[Path], Iterator[Finding]], ...] = (
    python,
    nox_itself,
    packages,
    torch_and_walls,
    bubblewrap,
    disk_and_memory,
    data,
    exercises,
    surroundings,
    authors,
)


def examine(root: Path) -> Iterator[Finding]:
    """All findings; a check that fails itself is one, and stops no other."""
    for check in CHECKS:
        if check is torch_and_walls and _is_screen():
            print("  PyTorch is imported and the walls are tried ...\r", end="", flush=True)
        try:
            yield from check(root)
        except Exception as error:  # whatever is broken here is what is looked for
            yield Finding(
                check.__name__.replace("_", " "),
                "bad",
                f"cannot be examined: {type(error).__name__}: {error}",
                NEW_ENVIRONMENT,
            )


def _is_screen() -> bool:
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


MARKS = {"good": ("✓", "32"), "optional": ("○", "33"), "bad": ("✗", "31")}


def show(finding: Finding, colour: bool) -> None:
    """Print one finding; the mending command stands below."""
    mark, code = MARKS[finding.state]
    mark = f"\x1b[{code}m{mark}\x1b[0m" if colour else mark
    end = "\x1b[K\n" if _is_screen() else "\n"  # over the line that said what was going on
    print(f"{mark} {finding.about:<15} {finding.text}", end=end, flush=True)
    if finding.mend:
        print(f"  {'':<15} {'mend' if finding.state == 'bad' else 'if you want'}: {finding.mend}", flush=True)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def main(arguments: argparse.Namespace) -> int:
    """The command; 0 where only optional things are missing, 2 where something must be mended."""
    root = arguments.root.resolve()
    colour = _is_screen() and not os.environ.get("NO_COLOR")
    bad = 0
    for finding in examine(root):
        show(finding, colour)
        bad += finding.state == "bad"
    print()
    if bad:
        print(f"{bad} thing{'s' * (bad > 1)} to mend.")
        return WRONG_COURSE_OR_COMMAND
    print("All is well.")
    return FULL_POINTS


# ---------------------------------------------------------------------------------------------- in a process of its own


def probe() -> None:
    """Import PyTorch, try the walls; a JSON line for each thing found out, so that a crash costs only what follows it."""

    def say(**found: Any) -> None:
        print(json.dumps(found), flush=True)

    try:
        from .zygote import one_thread

        one_thread()
        import torch

        product = (torch.ones(2, 3) @ torch.ones(3, 2)).sum().item()
        if product != 12:
            raise ImportError(f"it computes {product} where 12 is right")
    except BaseException as error:
        say(torch_error=f"{type(error).__name__}: {str(error).splitlines()[0][:200] if str(error) else ''}")
        return
    device = "CPU"
    if torch.cuda.is_available():
        device = f"CPU and a GPU ({torch.cuda.get_device_name()})"
    elif torch.backends.mps.is_available():
        device = "CPU and Apple's GPU (mps)"
    say(torch=torch.__version__, threads=torch.get_num_threads(), device=device)
    try:
        from . import levels, zygote

        zygote.warm()
    except BaseException as error:
        say(others_error=f"{type(error).__name__}: {str(error)[:200]}", walls_error="a package is missing")
        return
    try:
        with levels.standing("best") as stands:
            held = stands.walls
        try:
            with levels.standing("full") as stands:
                held = stands.walls
        except CourseError:
            pass
        expected = [
            *levels.STRONG,
            levels.BUBBLEWRAP,
            *(["uid"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
        ]
        missing = [name for name in expected if name not in held]
        say(level=levels.level_of(held), missing=sorted(missing) if levels.can_fork() else [])
    except Exception as error:
        say(walls_error=f"{type(error).__name__}: {str(error).splitlines()[0][:200] if str(error) else ''}")


if __name__ == "__main__":
    probe()
