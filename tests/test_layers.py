"""Imports of the package run one way, from a layer to those before it, so that each file can be read with what stands above it."""

import ast
from pathlib import Path

import pytest

from autograder.levels import WORKER_MODULES

PACKAGE = Path(__file__).resolve().parent.parent / "autograder"

LAYERS = [
    ["__init__", "model", "kernel", "cells", "interrupts", "clock", "folders", "plain", "causes"],
    [
        "source",
        "channel",
        "figures",
        "loaders",
        "losses",
        "lean",
        "png",
        "svg",
        "without",
        "surroundings",
        "seccomp",
        "data",
        "explain",
        "failing_line",
        "client",
        "notebook_text",
        "similar",
    ],
    ["checks", "filetree", "probes", "bubblewrap", "drawn"],
    ["walls", "course", "answers", "keys", "saves"],
    ["worker", "submission", "notebooks", "progress", "gather", "doctor", "dask_alike"],
    ["hints", "children", "zygote", "rebuild", "examples"],
    ["processes"],
    ["sandbox", "bundle", "release", "notebook", "safe_markdown", "exports"],
    ["portable", "messages", "calibrate"],
    ["levels", "class_progress", "plugin"],
    ["engine", "class_page"],
    ["chosen"],
    ["report", "verify", "serve", "results", "class_tables", "dask_worker"],
    ["page", "pictures", "listing", "solution", "known", "nbgrader_bridge", "dask_cluster"],
    ["html", "screen", "warm", "edits"],
    ["grading"],
    ["session"],
    ["watch"],
    ["reading"],
    ["classroom"],
    ["cli"],
    ["__main__"],
]
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}


def imports(path):
    """Modules of the package that a file imports when it is itself imported."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            yield from [node.module] if node.module else [alias.name for alias in node.names]


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*.py")), ids=lambda path: path.stem)
def test_imports_point_at_earlier_layers(path):
    assert path.stem in RANK, f"name the layer of {path.name} here"
    for name in imports(path):
        if name == "__version__":
            continue
        assert RANK[name] < RANK[path.stem], f"{path.name} imports {name}, which is not below it"


def test_the_model_imports_nothing_of_ours():
    assert list(imports(PACKAGE / "model.py")) == []


def test_a_zygote_inside_bubblewrap_may_read_what_it_imports_and_no_more():
    found, new = set(), {"zygote"}
    while new:
        name = new.pop()
        found.add(name)
        for node in ast.walk(ast.parse((PACKAGE / f"{name}.py").read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level == 1:
                names = {node.module} if node.module else {alias.name for alias in node.names}
                new |= {n for n in names if (PACKAGE / f"{n}.py").is_file()} - found
    assert set(WORKER_MODULES) == {"__init__", *found}
