"""Submissions of the sample course by people who attack nbgrader, its gradebook, or the page in which an instructor reads them.

`NOTEBOOKS`: student -> how the notebook is made from the released one, and the points that it earns. `FOLDERS`: what is no notebook alone.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.handed_in import FULL, RIGHT, Notebook, answered, cell, code, edit, points, position

NONE = dict.fromkeys(FULL, 0.0)
SCRIPT = "document.title = 'taken over'; window.takenOver = true"
MARKUP = f"""<script>{SCRIPT}</script> <img src=x onerror="{SCRIPT}"> <svg onload="{SCRIPT}"></svg>
<iframe srcdoc="<script>parent.{SCRIPT}</script>"></iframe> [link](javascript:{SCRIPT.replace(" ", "")}) <style>* {{ display: none }}</style>"""
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def forged_outputs(released: Notebook) -> Notebook:
    """Stubs, with outputs that nbgrader reads as full marks."""
    notebook = copy.deepcopy(released)
    for name, output in {"double": "2.0", "Scale": "-1", "descend": "all passed"}.items():
        for place in (name, f"{name}_check"):
            cell(notebook, place)["outputs"] = [
                {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": output}}
            ]
    return notebook


def claims(notebook: Notebook) -> None:
    for number, one in enumerate(notebook["cells"]):
        one["metadata"]["nbgrader"] |= {"points": ["NaN", 1e308, "7", {}, -1, None][number % 6], "schema_version": 99}
        one["metadata"]["nbgrader"] |= {"checksum": 7, "task": True, "locked": "no", "comment": MARKUP, "score": 100}


def swapped(notebook: Notebook) -> None:
    """The label of each answer and test on another exercise's."""
    names = list(FULL)
    moved = {name: names[(number + 1) % len(names)] for number, name in enumerate(names)}
    for one in notebook["cells"]:
        label = one["metadata"]["nbgrader"]["grade_id"]
        bare = label.removesuffix("_check")
        if bare in moved:
            one["metadata"]["nbgrader"]["grade_id"] = moved[bare] + label.removeprefix(bare)


def bonus(notebook: Notebook) -> None:
    for number in range(3):
        about = {
            "grade": True,
            "solution": number == 1,
            "locked": True,
            "task": False,
            "points": 50,
            "schema_version": 3,
        }
        extra = code("50.0", nbgrader={**about, "grade_id": f"bonus_{number}"})
        extra["outputs"] = [
            {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": "50.0"}}
        ]
        notebook["cells"].insert(0, extra)


def markup(notebook: Notebook) -> None:
    notebook["metadata"] |= {"title": MARKUP, "authors": [{"name": MARKUP}]}
    notebook["metadata"]["language_info"] = {"name": MARKUP, "pygments_lexer": MARKUP}
    notebook["cells"] += [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": MARKUP},
        {"cell_type": "raw", "id": '"><script>', "metadata": {"raw_mimetype": "text/html"}, "source": MARKUP},
        {
            **code(f'"""{MARKUP}"""'),
            "outputs": [{"output_type": "display_data", "metadata": {}, "data": {"text/html": MARKUP}}],
        },
    ]
    cell(notebook, "lesson_1")["source"] = MARKUP
    cell(notebook, "double")["source"] = f'def double(x):\n    """{MARKUP}"""\n    raise ValueError("""{MARKUP}""")'


def pictures(notebook: Notebook) -> None:
    """A picture pasted into a text; one whose data is gone; one that is a page with a script."""
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' onload=\"{SCRIPT}\"/>"
    notebook["cells"] += [
        {
            "cell_type": "markdown",
            "id": "p",
            "metadata": {},
            "attachments": {"kept.png": {"image/png": PIXEL}, "page.svg": {"image/svg+xml": svg, "text/html": MARKUP}},
            "source": "![mine](attachment:kept.png) ![gone](attachment:gone.png) ![page](attachment:page.svg)",
        }
    ]


def one_id(notebook: Notebook) -> None:
    for one in notebook["cells"]:
        one["id"] = "same"
    notebook["cells"][0]["id"] = "x" * 100_000


def own_kernel(notebook: Notebook) -> None:
    command = {"name": "evil", "display_name": "evil", "language": "sh", "argv": ["/bin/sh", "-c", "touch /tmp/evil"]}
    notebook["metadata"] = {"kernelspec": command, "nbgrader": {"grade": 100}, "autograder": {"notes": [MARKUP]}}
    notebook["cells"][1]["metadata"]["autograder"] = {"cell": 0}


def not_cells(notebook: Notebook) -> None:
    notebook["cells"][1:1] = [
        None,
        7,
        "x",
        [],
        {},
        {"cell_type": {}, "source": {"a": 1}, "metadata": []},
        {"source": None},
    ]
    notebook["cells"].append({"cell_type": "code", "source": ["a = 1\n", None, 5], "metadata": {"nbgrader": []}})


def many_cells(notebook: Notebook) -> None:
    notebook["cells"] += [code("") for _ in range(30_000)]


def long_cell(notebook: Notebook) -> None:
    notebook["cells"].insert(2, code("# " + "x" * 3_000_000))
    notebook["cells"].insert(2, {"cell_type": "markdown", "id": "m", "metadata": {}, "source": "*_" * 1_000_000})


def odd_text(notebook: Notebook) -> None:
    notebook["cells"].insert(2, code("nul = '\x00'\ud800\x1b]0;title\x07"))
    notebook["cells"].insert(
        2, {"cell_type": "markdown", "id": "n", "metadata": {}, "source": "\x00\x1b[2J \ud800 ### BEGIN SOLUTION"}
    )


NOTEBOOKS: dict[str, tuple[Callable[[Notebook], Any], dict[str, float]]] = {
    "forged_outputs": (forged_outputs, NONE),
    "claims": (edit(claims, double=""), points(double=0)),
    "swapped": (edit(swapped, descend=""), points(descend=0)),
    "bonus": (edit(bonus, Scale=""), points(Scale=0)),
    "markup": (edit(markup), points(double=0)),
    "pictures": (edit(pictures), points()),
    "one_id": (edit(one_id), points()),
    "own_kernel": (edit(own_kernel), points()),
    "not_cells": (edit(not_cells), points()),
    "many_cells": (edit(many_cells), points()),
    "long_cell": (edit(long_cell), points()),
    "odd_text": (edit(odd_text), points()),
    "empty_file": (lambda released: "", NONE),
    "a_number": (lambda released: "7", NONE),
    "other_chapter": (
        lambda released: {**released, "cells": [code("def train_step(model):\n    return 1")]},
        NONE,
    ),
    "hidden_part": (
        edit(
            lambda nb: cell(nb, "double_check").update(source="### BEGIN HIDDEN TESTS\n3.0\n### END HIDDEN TESTS"),
            double="",
        ),
        points(double=0),
    ),
}


def _notebook(place: Path, notebook: Any, name: str = "basics.ipynb") -> None:
    (place / name).write_text(json.dumps(notebook), encoding="utf-8")


def two_cases(place: Path, released: Notebook) -> None:
    _notebook(place, answered(released))
    _notebook(place, released, "Basics.ipynb")


def other_case(place: Path, released: Notebook) -> None:
    _notebook(place, answered(released), "BASICS.IPYNB".replace("IPYNB", "ipynb"))


def bad_time(place: Path, released: Notebook) -> None:
    _notebook(place, answered(released))
    (place / "timestamp.txt").write_text("yesterday, I promise")


def time_folder(place: Path, released: Notebook) -> None:
    _notebook(place, answered(released))
    (place / "timestamp.txt").unlink(missing_ok=True)
    (place / "timestamp.txt").mkdir()


def links(place: Path, released: Notebook) -> None:
    """Beside an honest notebook: to nothing, to the course's own notebook, to a file of the system, to itself."""
    _notebook(place, answered(released))
    course = place.parents[2]
    for name, target in {
        "gone.csv": "nowhere",
        "answers.txt": course / "source/00_sample/basics.ipynb",
        "passwd.txt": "/etc/passwd",
        "round": "round",
        "all": course,
    }.items():
        (place / name).symlink_to(target)


def folder_for_a_notebook(place: Path, released: Notebook) -> None:
    (place / "basics.ipynb").mkdir()


def own_modules(place: Path, released: Notebook) -> None:
    _notebook(place, answered(released, double=""))
    for name in ("torch.py", "sitecustomize.py", "autograder.py", "nbgrader_config.py"):
        (place / name).write_text("import os\nos._exit(3)\n")


def a_page_for_a_name(place: Path, released: Notebook) -> None:
    _notebook(
        place, answered(released), "[basics](javascript:alert(1)) <img src=x onerror=alert(1)>.ipynb".replace("/", "")
    )


def borrowed_folder(place: Path, released: Notebook) -> None:
    """The folder itself a link to what somebody else handed in."""
    other = place.parents[1] / "right" / place.name
    for path in place.iterdir():
        path.unlink()
    place.rmdir()
    place.symlink_to(other)


FOLDERS: dict[str, tuple[Callable[[Path, Notebook], None], dict[str, float]]] = {
    "two_cases": (two_cases, points()),
    "other_case": (other_case, points()),
    "bad_time": (bad_time, points()),
    "time_folder": (time_folder, points()),
    "links": (links, points()),
    "folder_for_a_notebook": (folder_for_a_notebook, NONE),
    "own_modules": (own_modules, points(double=0)),
    "a_page_for_a_name": (a_page_for_a_name, points()),
    "borrowed_folder": (borrowed_folder, NONE),
}


def write(folder: Path, students: list[str] | None = None) -> None:
    """Hand all of them in below `folder`/submitted."""
    released = json.loads((folder / "release/00_sample/basics.ipynb").read_text(encoding="utf-8"))
    for student in students or [*NOTEBOOKS, *FOLDERS]:
        place = folder / "submitted" / student / "00_sample"
        place.mkdir(parents=True)
        (place / "timestamp.txt").write_text("2025-12-31 12:00:00 UTC")
        if student in FOLDERS:
            FOLDERS[student][0](place, released)
            continue
        made = NOTEBOOKS[student][0](copy.deepcopy(released))
        (place / "basics.ipynb").write_text(made if isinstance(made, str) else json.dumps(made), encoding="utf-8")


__all__ = ["FOLDERS", "NOTEBOOKS", "RIGHT", "position", "write"]
