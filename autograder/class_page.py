"""class.html: a class run as one page that needs no network: heat map, pass rates, mistakes, like answers, slow and odd ones.

What submissions had a say in is data in a JSON block, in which no character can end the block, and becomes text on the page by `textContent` alone.
The page's policy allows its own style and its own script, by their hashes, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import json
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from .levels import level_of
from .plain import clean

if TYPE_CHECKING:
    from .class_tables import ClassTables

HERE = Path(__file__).resolve().parent
MOST_MISTAKES = 500
MOST_ODD = 1000


def class_page(tables: ClassTables, most: float, seed: int, walls: Sequence[str], torch: str) -> str:
    """The page's text."""
    style = _read("page.css") + _read("class.css")
    script = _read("class.js")
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    points = tables.points
    return environment.from_string(_read("class.html")).render(
        policy=f"default-src 'none'; base-uri 'none'; form-action 'none'; style-src {_hash(style)}; script-src {_hash(script)}",
        style=Markup(style),
        script=Markup(script),
        data=Markup(embedded(page_data(tables, most))),
        count=len(points),
        exercises=len(tables.exercises),
        mean=f"{statistics.fmean(points):.1f}",
        half=f"{statistics.median(points):g}",
        most=f"{most:g}",
        full=sum(one >= most for one in points),
        nothing=sum(one == 0 for one in points),
        walls=level_of(tuple(walls)),
        seed=seed,
        torch=torch,
    )


def page_data(tables: ClassTables, most: float) -> dict[str, Any]:
    """What the page's script reads. Exercises and submissions are named by their positions."""
    place = {about["id"]: index for index, about in enumerate(tables.exercises)}
    mistakes = sorted(tables.mistakes.values(), key=lambda one: (-one.submissions, place[one.exercise], one.kind))
    return {
        "exercises": tables.exercises,
        "names": tables.names,
        "cells": tables.cells,
        "points": tables.points,
        "most": most,
        "cpu": [round(seconds, 2) for seconds, _ in tables.cpu],
        "mistakes": [
            {
                "exercise": place[one.exercise],
                "kind": clean(one.kind, 120),
                "message": "\n".join(clean(line) for line in one.message.splitlines()[:12]),
                "submissions": one.submissions,
            }
            for one in mistakes[:MOST_MISTAKES]
        ],
        "alike": [
            {
                "exercise": place[one.exercise],
                "members": one.members,
                "size": one.size,
                "share": round(one.share, 3),
                "weight": round(one.weight, 1),
            }
            for one in tables.alike
        ],
        "odd": tables.odd[:MOST_ODD],
    }


def embedded(data: Any) -> str:
    """JSON for a script block: no `<`, so that nothing in it ends the block, and no character that HTML or an editor takes for something else."""
    return (
        json.dumps(data, separators=(",", ":")).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    )


def _read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
