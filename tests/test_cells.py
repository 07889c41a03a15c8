"""Notebook cells become one topic file: what the exercises need, each part at its own cost."""

import pytest

from autograder.cells import CodeCell, compose, in_cells
from autograder.rebuild import HandedIn, Released, rebuild, renamed

GIVEN = [CodeCell(0, "import torch\nfrom torch import Tensor, nn")]


def made(*sources, names=("f",), given=()):
    return compose([CodeCell(number, source) for number, source in enumerate(sources, 1)], list(names), list(given))


def value(composed, expression="f()"):
    names = {}
    exec(compile(composed.text, "topic", "exec"), names)
    return eval(expression, names)


@pytest.mark.parametrize(
    ("sources", "answer"),
    [
        (["def f():\n    return 1", "def f():\n    return 2"], 2),
        (["k = 1", "def f():\n    return k", "k = 3"], 3),
        (["k = [1]", "k.append(2)", "k += [3]", "def f():\n    return k"], [1, 2, 3]),
        (["import math", "def g():\n    return math.floor(2.5)", "def f():\n    return g()"], 2),
        (["def f():\n    return 1", "f = (lambda old: lambda: old() + 1)(f)"], 2),
        (["a = 1; b = 2", "def f():\n    return a + b"], 3),
        (["def f():\n    return 5", "while True:\n    pass"], 5),
        (["def f():\n    return 5", "raise SystemExit"], 5),
        (["def f(x=1/0):\n    return 1", "def f():\n    return 7"], 7),
        (["def f():\n    return 5", "def f(:\n  pass"], 5),
        (["try:\n    import nothing_like_it as m\nexcept ImportError:\n    m = None", "def f():\n    return m"], None),
        (["%%time\ndef f():\n    return 4"], 4),
        (["!ls\n%matplotlib inline\nx = !ls\ndef f():\n    %timeit 1\n    return 4"], 4),
        (["def f():\n    return (7\n        % 4)"], 3),
        (["from math import *", "def f():\n    return floor(1.5)"], 1),
        (["from __future__ import annotations", "k = 1", "def f(x: Nothing = 0):\n    return k"], 1),
        (["class A:\n    def g(self):\n        return 3", "A.extra = 4", "def f():\n    return A().g() + A.extra"], 7),
        (["def f():\n    return '''\n# not a comment\n  kept'''"], "\n# not a comment\n  kept"),
        (["if True:\n    def helper():\n        return 9", "def f():\n    return helper()"], 9),
        (
            [
                "@staticmethod\ndef g():\n    return 1",
                "def deco(h):\n    return lambda: h() * 10",
                "@deco\ndef f():\n    return 2",
            ],
            20,
        ),
    ],
)
def test_the_last_definition_with_what_it_needs(sources, answer):
    assert value(made(*sources)) == answer


def test_a_deleted_import_is_the_courses():
    composed = made("def f(x: Tensor):\n    return torch.relu(x)", given=GIVEN)
    assert "import torch" in composed.text
    assert composed.problems == {}


def test_scratch_work_is_left_out():
    text = made(
        "torch.manual_seed(0)\nplt.plot([1])\nmodel = train()\nprint(f())", "def f():\n    return 1", given=GIVEN
    ).text
    assert text == "def f():\n    return 1\n"


def test_a_cell_that_is_no_python_costs_what_it_defines():
    composed = made("def f():\n    return 1", "def g(:\n    pass", "return 3", names=["f", "g", "h"])
    assert value(composed) == 1
    assert set(composed.problems) == {"g"}
    assert "line 1: def g(:" in composed.problems["g"]
    assert "in cell 2" in composed.problems["g"]
    assert [note[:6] for note in composed.notes] == ["cell 2", "cell 3"]


@pytest.mark.parametrize(
    "bomb",
    ["(" * 1000, "-" * 200_000 + "1", "x" * 600_000, "\0", "f(" * 5000 + ")" * 5000, "\ud800", "a" + ".b" * 90_000],
)
def test_a_cell_that_overwhelms_the_parser_costs_itself(bomb):
    composed = made(bomb, "def f():\n    return 1")
    assert value(composed) == 1


def test_what_is_said_of_a_cell_holds_no_escape_sequences():
    assert "\x1b" not in str(made("def g(:  \x1b[31m\u202e", names=["g"]))


def test_lines_name_their_cells():
    composed = made("x = 1", "\ndef f():\n    return x", given=GIVEN)
    assert composed.lines == ((1, 1), (2, 2), (2, 3))
    assert (
        in_cells("At  basics.ipynb line 3: return x", "basics.ipynb", composed.lines)
        == "At  basics.ipynb cell 2, line 3: return x"
    )
    assert (
        in_cells("replace it in basics.ipynb:2.", "basics.ipynb", composed.lines)
        == "replace it in basics.ipynb, cell 2, line 2."
    )
    assert in_cells("line 77 of nothing", "basics.ipynb", composed.lines) == "line 77 of nothing"


RELEASED = [
    Released("lesson_1", "markdown", "# A", "0", False, False, True),
    Released("f", "code", "def f(): ...", "1", False, True, False),
    Released("f_check", "code", "check('f')", "2", True, False, True, points=2.0),
    Released("essay", "markdown", "YOUR ANSWER HERE", "3", True, True, False, points=5.0),
    Released("task", "markdown", "Draw.", "4", False, False, True, task=True, points=1.0),
]


def labels(built):
    return [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in built.cells]


def test_missing_cells_come_back_in_their_places():
    built = rebuild(
        [HandedIn("code", "scratch", None, 1), HandedIn("code", "def f():\n    return 1", "f", 2)], RELEASED
    )
    assert labels(built) == [None, "f", "f_check", "essay", "task"]
    assert built.cells[1]["source"] == "def f():\n    return 1"
    assert all(cell["metadata"]["nbgrader"]["schema_version"] == 3 for cell in built.cells[1:])


def test_a_manual_answer_keeps_its_text():
    built = rebuild([HandedIn("markdown", "Because.", "essay", 1)], RELEASED)
    assert built.cells[labels(built).index("essay")]["source"] == "Because."


def test_every_label_stands_once():
    built = rebuild(
        [
            HandedIn("code", "def f():\n    return 1", label, n)
            for n, label in enumerate(["f", "f", "f_check", "f_check", "essay", "task"], 1)
        ],
        RELEASED,
    )
    found = [label for label in labels(built) if label]
    assert sorted(found) == sorted(set(found))


@pytest.mark.parametrize(
    ("expected", "names", "others", "found"),
    [
        ("basics", ["basics (1)"], [], "basics (1)"),
        ("basics", ["lee_basics_final", "other"], ["more"], "lee_basics_final"),
        ("basics", ["anything"], [], "anything"),
        ("basics", ["anything"], ["more"], None),
        ("basics", ["one", "two"], [], None),
        ("model", ["models"], ["models"], None),
    ],
)
def test_renamed_notebooks_are_found(expected, names, others, found):
    assert renamed(expected, names, others) == found
