"""class.html in a real browser: a thousand submissions, hostile names and messages, sorting and filtering by keyboard. No engine."""

from __future__ import annotations

import random

import pytest

from autograder.class_page import class_page, embedded
from autograder.class_tables import ClassTables, Mistake, file_names, letter
from autograder.model import CheckResult, ExerciseResult
from autograder.similar import Alike
from tests.browser import MISSING, browser, wait_for
from tests.sample import ROOT

EVIL = "</script><script>document.title='broken'</script><img src=x onerror=\"document.title='broken'\">"
SUBMISSIONS, EXERCISES = 1000, 170
ENTER = "\ue007"


def tables() -> ClassTables:
    draw = random.Random(1)
    exercises = [
        {
            "id": f"{i // 30:02}_chapter/topic{i // 6}/exercise{i}",
            "title": f"Task {i} {EVIL if i == 3 else ''}",
            "max": 3.0,
        }
        for i in range(EXERCISES)
    ]
    names = [EVIL, "ärger", *(f"student{n:04}" for n in range(2, SUBMISSIONS))]
    made = ClassTables(exercises, names)
    for number in range(SUBMISSIONS):
        skill = draw.random()
        made.cells.append("".join("p" if draw.random() < skill else draw.choice("0358etn") for _ in range(EXERCISES)))
        made.points.append(3.0 * made.cells[-1].count("p"))
        made.cpu.append((draw.random(), number))
    for index in range(60):
        kind = f"{EVIL} {index}" if index % 7 == 0 else f"The loss is not averaged, case {index}."
        made.mistakes[exercises[index]["id"], kind] = Mistake(
            exercises[index]["id"], kind, f"Called    f(x)\nWhy       {kind}", 100 - index
        )
    made.odd = [(0, f"{EVIL} is not part of the course and was not used"), (5, "cell 3 is no Python")]
    made.alike = [
        Alike(exercises[4]["id"], (0, 7, 9), 120, 1.0, 700.0),
        Alike(exercises[9]["id"], (3, 4), 90, 0.83, 600.0),
    ]
    return made


def page() -> str:
    return class_page(tables(), 3.0 * EXERCISES, 7, ("landlock", "seccomp"), "2.13.0")


def test_no_text_of_a_submission_is_markup():
    text = page()
    assert text == page()
    assert text.count("<script") == text.count("</script>") == 2
    assert "<img" not in text
    assert "http" not in text.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")
    assert embedded(["</script>", "&amp;"]) == '["\\u003c/script\\u003e","\\u0026amp;"]'


def test_letters_of_the_heat_map():
    def exercise(status, points):
        return ExerciseResult(
            "x", status, 0.0, (CheckResult("a", "passed", points, points), CheckResult("b", status, 0.0, 4 - points))
        )

    assert [letter(exercise(s, 1.0)) for s in ("passed", "failed", "error", "timed_out", "not_implemented")] == list(
        "p2etn"
    )
    assert letter(ExerciseResult("x", "failed", 0.0, (CheckResult("a", "failed", 0.0, 0.0),))) == "0"


def test_file_names_are_safe_and_apart_on_every_file_system():
    names = ["ann", "Bob", "bob", "../up", "CON", "a/b", "a\\b", "ü" * 200, "", ".", "Müller, Jürgen (2)"]
    made = file_names(names)
    assert made[0] == "ann"
    assert made[-1] == "Müller, Jürgen (2)"
    assert len({name.casefold() for name in made}) == len(names)
    assert all(
        name and not name.startswith(".") and "/" not in name and "\\" not in name and len(name) < 120 for name in made
    )
    assert made == file_names(names)


@pytest.mark.slow
@pytest.mark.skipif(bool(MISSING), reason=f"needs {', '.join(MISSING)}: apt-get install chromium chromium-driver")
def test_a_thousand_submissions_sort_filter_and_stay_text(tmp_path):
    path = tmp_path / "class.html"
    path.write_text(page(), encoding="utf-8")
    with browser(tmp_path / "profile") as window:
        window.open(path.as_uri())
        rows = "return [...document.querySelectorAll('#map tbody th')].map(th => th.textContent)"
        wait_for(lambda: len(window.script(rows)) == SUBMISSIONS, 60, "all rows are drawn")
        assert window.script("return document.title") == f"{SUBMISSIONS} submissions · class results"
        assert EVIL in window.script(rows)
        assert window.script("return document.querySelectorAll('main img, main script').length") == 0
        window.screenshot(ROOT / "build/screenshots/class.png")

        points = "return [...document.querySelectorAll('#map tbody td.number')].map(td => Number(td.textContent.replaceAll(',', '')))"
        window.type("#map thead th:nth-child(2) button", ENTER)  # by keyboard: the most points first, then the fewest
        assert window.script(points) == sorted(window.script(points), reverse=True)
        assert (
            window.script("return document.querySelector('#map [aria-sort]').getAttribute('aria-sort')") == "descending"
        )
        window.type("#map thead th:nth-child(2) button", ENTER)
        assert window.script(points) == sorted(window.script(points))
        window.type("#filter", "STUDENT00")
        assert len(window.script(rows)) == 98
        assert "98 of 1000 shown" in window.text()
        window.click("#map tbody button")
        assert window.script("return document.getElementById('one').open") is True
        assert window.script("return document.querySelectorAll('#list tbody tr').length") == EXERCISES
        window.type("#one form button", ENTER)
        assert window.script("return document.getElementById('one').open") is False

        first = "return document.querySelector('#kinds tbody tr').innerText"
        assert "100" in window.script(first)
        window.type("#kinds thead th:nth-child(2) button", ENTER)
        assert window.script(first) != "100"
        assert "student0007" in window.script("return document.getElementById('likes').innerText")
        assert "83 %" in window.script("return document.getElementById('likes').innerText")
        for width, name in ((390, "class_phone"), (1280, "class_wide")):
            window.command("/window/rect", {"width": width, "height": 1400})
            assert window.script("return document.documentElement.scrollWidth <= window.innerWidth + 1"), (
                f"{name}: the page itself scrolls sideways"
            )
            window.screenshot(ROOT / f"build/screenshots/{name}.png")
