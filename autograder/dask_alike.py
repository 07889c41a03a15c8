"""Whether Dask workers may grade one class together: each can grade, behind the same walls and with the same torch, Python and Dask as the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .model import CourseError

INSTALL = "`.venv/bin/pip install -e '.[cluster]'`"

Said = Mapping[str, Any]
"""What a worker's grading server says of itself, or its `error`; and the worker's address, name and host."""


def called(said: Said) -> str:
    """Such as `worker tcp://10.0.0.7:41231 (SLURMCluster-0-1 on node7)`."""
    name = "" if said["name"] == said["worker"] else f"{said['name']} "
    return f"worker {said['worker']} ({name}on {said['host']})"


def difference(one: Said, other: Said) -> str | None:
    """What sets two workers apart, and what mends it."""
    ours, theirs = set(one["walls"]), set(other["walls"])
    if ours != theirs:
        less, more, lacking = (other, one, ours - theirs) if ours - theirs else (one, other, theirs - ours)
        mend = "`nox -s doctor` there says how to get them"
        if "bubblewrap" in lacking:
            mend = "install bubblewrap there, or give --walls strong"
        elif lacking == {"uid"}:
            mend = "start all workers as root, or none"
        return f"{called(less)} stands without {', '.join(sorted(lacking))}, {called(more)} with: {mend}"
    if one["torch"] != other["torch"]:
        mend = "`.venv/bin/pip install -r requirements.txt` where it is not that of requirements.txt"
        return f"{called(one)} has torch {one['torch']}, {called(other)} has {other['torch']}: {mend}"
    return None


def must_grade(all_said: Iterable[Said]) -> None:
    """Raises CourseError where one cannot grade or is not like the first one."""
    first, *others = all_said
    for one in (first, *others):
        if "error" in one:
            raise CourseError(
                f"--dask: {called(one)} cannot grade: {one['error']}\nMend that there (`nox -s doctor` on it shows more) or end this worker, "
                "then give the command again"
            )
    for one in others:
        if apart := difference(first, one):
            raise CourseError(f"--dask: the workers are not alike: {apart}; then give the command again")


def must_have_our_versions(found: Mapping[str, Any]) -> None:
    """Code travels between these processes, so their Python and Dask must be ours. `found` is what `Client.get_versions` gives."""

    def shown(packages: Mapping[str, str], name: str) -> str:
        return ".".join(packages[name].split(".")[:2]) if name == "python" else str(packages.get(name))

    ours = found["client"]["packages"]
    for where, one in {"": found["scheduler"], **found["workers"]}.items():
        for name in ("python", "dask", "distributed", "cloudpickle"):
            theirs, wanted = shown(one["packages"], name), shown(ours, name)
            if theirs != wanted:
                who = f"worker {where}" if where else "the scheduler"
                mend = "make its environment with the same Python" if name == "python" else f"{INSTALL} there"
                raise CourseError(
                    f"--dask: {who} has {name} {theirs}, this machine has {wanted}: {mend}, and start it again"
                )


__all__ = ["INSTALL", "Said", "called", "difference", "must_grade", "must_have_our_versions"]
