"""Thirty submissions of the sample course's notebook: right, wrong, hostile, and damaged in every way that students, editors and mail have found.

python -m tests.handed_in FOLDER        writes FOLDER/submitted/<student>/00_sample/ from FOLDER/release
"""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

A = "00_sample"
TRUE_NBGRADER = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="other people's work is graded on Linux alone"),
    pytest.mark.filterwarnings("ignore"),
]
"""Marks of tests that run the true nbgrader, whose own dependencies warn."""

RIGHT = {
    "double": "def double(x):\n    return 2 * x",
    "Scale": "class Scale(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.factor = nn.Parameter(torch.ones(()))\n\n"
    "    def forward(self, x):\n        return self.factor * x",
    "descend": "def descend(model, X, y, lr):\n    optimizer = torch.optim.SGD(model.parameters(), lr=lr)\n    optimizer.zero_grad()\n"
    "    loss = nn.functional.mse_loss(model(X), y)\n    loss.backward()\n    optimizer.step()\n    return loss.item()",
}
FULL = {"double": 2.0, "Scale": 2.0, "descend": 3.0}
Notebook = dict[str, Any]


def gradebook(folder: Path) -> Any:
    """The gradebook of a course folder, to be used in a `with`."""
    from nbgrader.api import Gradebook

    return Gradebook(f"sqlite:///{folder}/gradebook.db")


def code(source: str, **metadata: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": f"new-{abs(hash(source)) % 10**8}",
        "metadata": metadata,
        "outputs": [],
        "source": source,
    }


def position(notebook: Notebook, grade_id: str) -> int:
    return next(
        i
        for i, cell in enumerate(notebook["cells"])
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id
    )


def cell(notebook: Notebook, grade_id: str) -> dict[str, Any]:
    found: dict[str, Any] = notebook["cells"][position(notebook, grade_id)]
    return found


def answered(released: Notebook, **answers: str) -> Notebook:
    """The released notebook with these answers, the rest right; None leaves a stub."""
    notebook = copy.deepcopy(released)
    for name, text in {**RIGHT, **answers}.items():
        if text:
            cell(notebook, name)["source"] = text
    return notebook


def edit(change: Callable[[Notebook], Any], **answers: str) -> Callable[[Notebook], Notebook]:
    def make(released: Notebook) -> Notebook:
        notebook = answered(released, **answers)
        change(notebook)
        return notebook

    return make


def points(**changed: float) -> dict[str, float]:
    return {**FULL, **changed}


def delete(*names: str) -> Callable[[Notebook], Any]:
    return lambda nb: [nb["cells"].pop(position(nb, name)) for name in names]


def no_labels(notebook: Notebook) -> None:
    for one in notebook["cells"]:
        one["metadata"] = {}


def new_labels(notebook: Notebook) -> None:
    for number, one in enumerate(notebook["cells"]):
        one["metadata"]["nbgrader"]["grade_id"] = f"cell-{number}"
        one["id"] = f"other{number}"


def copied(name: str, **changes: str) -> Callable[[Notebook], Any]:
    def change(notebook: Notebook) -> None:
        notebook["cells"].append({**copy.deepcopy(cell(notebook, name)), **changes})

    return change


def as_vscode(notebook: Notebook) -> None:
    notebook["metadata"] = {"language_info": {"name": "python"}}
    for one in notebook["cells"]:
        one["metadata"] = {"vscode": {"languageId": "python"}, "dotnet_interactive": {"language": "csharp"}}
        one.pop("id")
    notebook["nbformat_minor"] = 2


def as_colab(notebook: Notebook) -> None:
    notebook["metadata"] = {
        "colab": {"provenance": [], "toc_visible": True},
        "kernelspec": {"name": "ir", "display_name": "R"},
        "accelerator": "GPU",
    }
    for one in notebook["cells"]:
        one["metadata"] = {
            "id": "x8Yh2",
            "outputId": "77",
            **{k: v for k, v in one["metadata"].items() if k == "nbgrader"},
        }
        one["source"] = one["source"].splitlines(keepends=True) if isinstance(one["source"], str) else one["source"]
    notebook["nbformat_minor"] = 0
    notebook["cells"].insert(
        0, code("from google.colab import drive\ndrive.mount('/content/drive')\n!pip install torch")
    )


def flags(notebook: Notebook) -> None:
    for one in notebook["cells"]:
        one["metadata"]["nbgrader"] |= {
            "solution": True,
            "grade": False,
            "locked": False,
            "points": -5,
            "schema_version": 1,
        }


def huge(notebook: Notebook) -> None:
    cell(notebook, "double")["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 30_000_000}]


def more_points(notebook: Notebook) -> None:
    cell(notebook, "double_check")["metadata"]["nbgrader"]["points"] = 100
    cell(notebook, "double_check")["source"] = "100.0"


def put(index: int, source: str) -> Callable[[Notebook], Any]:
    return lambda nb: nb["cells"].insert(index, code(source))


STEAL = """def double(x):
    import glob
    for path in glob.glob('/**/test_basics.py', recursive=True) + glob.glob('/**/gradebook.db', recursive=True):
        open(path).read()
    return 2 * x if False else None"""
FORGE = "import sys\nsys.modules['autograder.notebook'] = type('M', (), {'score': lambda self, name: 3.0, 'check': print})()\nprint('3.0')"

# student -> (how the notebook is made from the released one, the points each exercise earns)
NOTEBOOKS: dict[str, tuple[Callable[[Notebook], Any], dict[str, float]]] = {
    "right": (edit(lambda nb: None), points()),
    "untouched": (lambda released: released, points(double=0, Scale=0, descend=0)),
    "half": (
        edit(lambda nb: None, double="def double(x):\n    return 2.0 * x.float()", descend=""),
        points(double=1, descend=0),
    ),
    "wrong": (
        edit(
            lambda nb: None,
            double="def double(x):\n    return x + 2",
            Scale="class Scale(nn.Module):\n    pass",
            descend="def descend(model, X, y, lr):\n    return 0.0",
        ),
        points(double=0, Scale=0, descend=0),
    ),
    "warns": (
        edit(
            lambda nb: None,
            double="import warnings\ndef double(x):\n    warnings.warn('look')\n    print('hello')\n    return 2 * x",
        ),
        points(),
    ),
    "syntax": (edit(lambda nb: None, Scale="class Scale(nn.Module:\n    pass"), points(Scale=0)),
    "loop": (edit(lambda nb: None, double="def double(x):\n    while True:\n        pass"), points(double=0)),
    "loop_outside": (edit(put(3, "while True:\n    pass")), points()),
    "exits": (edit(lambda nb: None, double="import os\ndef double(x):\n    os._exit(0)"), points(double=0)),
    "exits_outside": (edit(put(3, "import os\nos._exit(0)")), points()),
    "raises_outside": (edit(put(2, "raise SystemExit"), Scale="class Scale(nn.Modul):\n    pass"), points(Scale=0)),
    "deleted_tests": (edit(delete("double_check", "Scale_check", "descend_check")), points()),
    "deleted_answer": (edit(delete("Scale")), points(Scale=0)),
    "deleted_imports": (edit(delete("given_1", "lesson_1")), points()),
    "copied_tests": (edit(copied("double_check")), points()),
    "copied_answer": (edit(copied("double", source="def double(x):\n    return 3 * x")), points(double=0)),
    "no_labels": (edit(no_labels), points()),
    "new_labels": (edit(new_labels), points()),
    "edited_tests": (edit(more_points, double="def double(x):\n    return x"), points(double=0)),
    "flags": (edit(flags), points()),
    "markdown_tests": (
        edit(
            lambda nb: [
                cell(nb, "double_check").update(cell_type="markdown"),
                cell(nb, "Scale").update(cell_type="markdown"),
            ]
        ),
        points(),
    ),
    "huge": (edit(huge), points()),
    "no_kernel": (edit(lambda nb: nb["metadata"].clear()), points()),
    "vscode": (edit(as_vscode), points()),
    "colab": (edit(as_colab), points()),
    "magics": (
        edit(put(2, "%matplotlib inline\n!ls\nfiles = !ls"), double="%%time\ndef double(x):\n    return 2 * x"),
        points(),
    ),
    "forger": (
        edit(put(2, FORGE), double="def double(x):\n    return x", Scale="", descend=""),
        points(double=0, Scale=0, descend=0),
    ),
    "thief": (edit(lambda nb: None, double=STEAL), points(double=0)),
    "renamed": (edit(lambda nb: None), points()),
    "not_json": (lambda released: "{" + json.dumps(released)[1:2000], points(double=0, Scale=0, descend=0)),
    "nested": (lambda released: "[" * 200_000, points(double=0, Scale=0, descend=0)),
    "parser_bomb": (edit(put(2, "(" * 150 + "-" * 100_000 + "1")), points()),
}
"""Thirty and two more."""


def write(folder: Path, students: list[str] | None = None, late: str = "renamed") -> None:
    """Hand everything in below `folder`/submitted."""
    released = json.loads((folder / f"release/{A}/basics.ipynb").read_text(encoding="utf-8"))
    for student in students or NOTEBOOKS:
        made = NOTEBOOKS[student][0](copy.deepcopy(released))
        place = folder / "submitted" / student / A
        place.mkdir(parents=True)
        name = "basics (1).ipynb" if student == "renamed" else "basics.ipynb"
        (place / name).write_text(made if isinstance(made, str) else json.dumps(made), encoding="utf-8")
        (place / "timestamp.txt").write_text(
            "2026-01-02 12:00:00 UTC" if student == late else "2025-12-31 12:00:00 UTC"
        )


if __name__ == "__main__":
    write(Path(sys.argv[1]))
