"""What nbgrader reads of a submission's folder beside its notebooks, so that none of it stops a submission, or shows what is not the student's.

nbgrader copies each file of the folder into `autograded` and on into `feedback`. It follows links, which may lead to the solutions, and gives up
where one leads nowhere; and it gives up where `timestamp.txt` holds no time.
"""

from __future__ import annotations

import datetime
import logging
import os
from pathlib import Path

import nbgrader.converters.base as converters
from nbgrader.coursedir import CourseDirectory

_find_all_files = converters.find_all_files
_get_existing_timestamp = CourseDirectory.get_existing_timestamp


def go_on() -> None:
    """Put the functions below in the place of nbgrader's, in this process."""
    converters.find_all_files = without_links
    CourseDirectory.get_existing_timestamp = time_if_any


def without_links(path: str, exclude: list[str] | None = None) -> list[str]:
    """The files of a folder that are files: no links, pipes or devices; none where the folder is another one's."""
    if borrowed(Path(path)):
        return []
    return [name for name in _find_all_files(path, exclude) if os.path.isfile(name) and not os.path.islink(name)]


def time_if_any(coursedir: CourseDirectory, dest_path: str) -> datetime.datetime | None:
    """The time of submission; None where what is written is none."""
    if not time_is_odd(Path(dest_path)):
        time: datetime.datetime | None = _get_existing_timestamp(coursedir, dest_path)
        return time
    logging.getLogger("autograder").warning("%s/timestamp.txt holds no time", dest_path)
    return None


def time_is_odd(folder: Path) -> bool:
    """Whether there is a timestamp.txt that nbgrader would stop at."""
    from nbgrader.utils import parse_utc

    path = folder / "timestamp.txt"
    if not os.path.lexists(path):
        return False
    try:
        if path.is_symlink() or path.stat().st_size > 200:
            return True
        text = path.read_text(encoding="utf-8").strip()
        if text:
            parse_utc(text)
    except Exception:  # dateutil's errors are of many kinds
        return True
    return False


def links_in(folder: Path) -> list[str]:
    """Names of the links in a folder, notebooks apart."""
    try:
        return sorted(path.name for path in folder.iterdir() if path.is_symlink() and path.suffix != ".ipynb")
    except OSError:
        return []


def borrowed(folder: Path) -> bool:
    """Whether `submitted/<student>/<assignment>` is a link to another place of the course: somebody else's work, or the instructor's."""
    try:
        place = folder.parent.parent.resolve()
        real = folder.resolve()
    except (OSError, RuntimeError):
        return True
    return real != place / folder.parent.name / folder.name and real.is_relative_to(place.parent)
