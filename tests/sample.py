"""The sample course and its submissions, for tests."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = Path(__file__).resolve().parent / "sample_course"
SUBMISSIONS = SAMPLE / "submissions"


def autograder(
    *arguments: str | Path, cwd: Path = ROOT, root: Path = SAMPLE, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command line on the sample course, output captured."""
    import os

    command = [sys.executable, "-m", "autograder", "--root", str(root), *map(str, arguments)]
    return subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
    )


def copy_of_course(root: Path) -> Path:
    """A copy of the sample course without its submissions, for tests that write into it."""
    shutil.copytree(SAMPLE, root, ignore=shutil.ignore_patterns("submissions", "__pycache__", ".progress*"))
    return root


def comparable(report: dict[str, Any]) -> dict[str, Any]:
    """A report without what may differ between two runs: times, the seed, the walls of this machine."""
    kept = {key: value for key, value in report.items() if key not in ("seed", "walls", "torch", "course_version")}
    kept["exercises"] = [
        {key: value for key, value in exercise.items() if key != "seconds"} for exercise in report["exercises"]
    ]
    return kept


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def children(pid: int) -> list[int]:
    """The processes that `pid` has forked and that run, the oldest first."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            fields = (place / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append((int(fields[19]), int(place.name)))
    return [child for _, child in sorted(found)]
