"""What a student's file holds, exercise by exercise: where it stands, whether it was begun, and a digest that changes when its code does."""

from __future__ import annotations

import ast
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from .source import STUB_MESSAGE, Topic

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Answer:
    """One exercise in a student's file."""

    line: int | None
    """Where to write: the line of the stub's `raise`, else of the definition; None where there is no definition."""
    attempted: bool
    """Whether the definition differs from the stub; comments and blank lines do not count."""
    digest: str
    """Of the definition, those of the topic's other exercises that it uses, and the rest of the file: imports, helpers."""


def answers(topic: Topic, text: str) -> dict[str, Answer]:
    """Exercise name -> answer, for all exercises of the topic.

    Raises:
        SyntaxError: when `text` is not Python (ValueError, RecursionError and MemoryError for what overwhelms Python's parser).
    """
    stubs = _stubs(topic)
    own: dict[str, list[Definition]] = {name: [] for name in stubs}
    shared: list[str] = []
    for node in ast.parse(text).body:
        if isinstance(node, Definition) and node.name in own:
            own[node.name].append(node)
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            shared.append(ast.dump(node))
    dumps = {name: "\n".join(map(ast.dump, nodes)) for name, nodes in own.items()}
    used = {name: _names(nodes) & own.keys() for name, nodes in own.items()}
    rest = "\n".join(shared)
    found = {}
    for name, nodes in own.items():
        needed = _reached(name, used)
        digest = sha256("\0".join([rest, *(dumps[n] for n in needed)]).encode()).hexdigest()[:16]
        found[name] = Answer(_line(nodes), dumps[name] != stubs[name], digest)
    return found


def _reached(name: str, used: Mapping[str, set[str]]) -> list[str]:
    """`name` and what it uses, directly or through others."""
    found, waiting = [name], [name]
    while waiting:
        new = sorted(used[waiting.pop()] - set(found))
        found += new
        waiting += new
    return [name, *sorted(found[1:])]


def _names(nodes: list[Definition]) -> set[str]:
    return {n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name)}


def _line(nodes: list[Definition]) -> int | None:
    if not nodes:
        return None
    for node in ast.walk(nodes[-1]):
        if isinstance(node, ast.Raise) and STUB_MESSAGE in ast.dump(node):
            return node.lineno
    return nodes[-1].lineno


@functools.lru_cache(maxsize=256)
def _stubs(topic: Topic) -> dict[str, str]:
    return {e.name: "\n".join(map(ast.dump, ast.parse(e.stub).body)) for e in topic.exercises}
