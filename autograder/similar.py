"""Answers of different submissions that are alike: fingerprints of their normalised syntax trees, and the groups that share them.

Normalised: names that the answer itself binds are numbered, docstrings, annotations and layout left out. Near-identical answers share most of their
winnowed k-grams (Schleimer, Wilkerson, Aiken 2003). The cost is linear in the number of answers: what many have in common is no bucket to look into.
Nothing here is a verdict.
"""

from __future__ import annotations

import ast
import builtins
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

LONGEST = 200_000
"""Characters of a topic file beyond which it is not compared."""

SHORTEST = 45
"""Nodes of a syntax tree below which two answers are alike by necessity."""

GRAM, WINDOW = 8, 4
ALIKE = 0.7
"""Share of common fingerprints from which on answers count as near-identical."""

CROWD = 20
"""Answers beyond which a common fingerprint says nothing."""

BUILTINS = frozenset(dir(builtins))


@dataclass(frozen=True)
class Print:
    """An answer's fingerprint: nodes of its tree, a digest of all of it, and its winnowed k-grams."""

    size: int
    whole: int
    grams: tuple[int, ...]


@dataclass(frozen=True)
class Alike:
    """Some submissions whose answers to an exercise are alike. `share` is 1 where the trees are equal."""

    exercise: str
    members: tuple[int, ...]
    size: int
    share: float
    weight: float


def fingerprints(text: str, names: Iterable[str]) -> dict[str, Print]:
    """The fingerprint of each exercise that `text` defines at its top level; none where it is no Python or too long."""
    if len(text) > LONGEST:
        return {}
    try:
        tree = ast.parse(text)
        given = {
            alias.asname or alias.name.partition(".")[0]
            for node in tree.body
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        wanted = set(names)
        return {
            node.name: _print(node, given)
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in wanted
        }
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}


def _print(node: ast.FunctionDef | ast.ClassDef, given: set[str]) -> Print:
    words = list(_words(node, given, {}))
    grams = [_digest(" ".join(words[i : i + GRAM])) for i in range(max(len(words) - GRAM + 1, 1))]
    kept = {min(grams[i : i + WINDOW]) for i in range(max(len(grams) - WINDOW + 1, 1))}
    return Print(len(words), _digest(" ".join(words)), tuple(sorted(kept)))


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=6).digest(), "big")


def _words(node: ast.AST, given: set[str], numbers: dict[str, int]) -> Iterator[str]:
    """The tree in pre-order, a word for each node."""
    yield _word(node, given, numbers)
    if isinstance(node, ast.arguments):
        for argument in [*node.posonlyargs, *node.args, *node.kwonlyargs, node.vararg, node.kwarg]:
            if argument is not None:
                yield _number(argument.arg, numbers)
        for default in [*node.defaults, *node.kw_defaults]:
            if default is not None:
                yield from _words(default, given, numbers)
        return
    for name, value in ast.iter_fields(node):
        if name in ("returns", "annotation", "type_comment", "type_params", "ctx"):
            continue
        children = value if isinstance(value, list) else [value]
        if name == "body" and _is_docstring(children):
            children = children[1:]
        for child in children:
            if isinstance(child, ast.AST):
                yield from _words(child, given, numbers)


def _word(node: ast.AST, given: set[str], numbers: dict[str, int]) -> str:
    if isinstance(node, ast.Name):
        return node.id if node.id in given or node.id in BUILTINS else _number(node.id, numbers)
    if isinstance(node, ast.Attribute):
        return f".{node.attr}"
    if isinstance(node, ast.Constant):
        return repr(node.value)[:60]
    if isinstance(node, ast.keyword):
        return f"{node.arg}="
    return type(node).__name__


def _number(name: str, numbers: dict[str, int]) -> str:
    return f"v{numbers.setdefault(name, len(numbers))}"


def _is_docstring(body: Sequence[object]) -> bool:
    return (
        bool(body)
        and isinstance(body[0], ast.Expr)
        and isinstance(body[0].value, ast.Constant)
        and isinstance(body[0].value.value, str)
    )


def alike(exercise: str, prints: Sequence[tuple[int, Print]], known: Iterable[Print]) -> list[Alike]:
    """Groups of like answers to one exercise among (submission, fingerprint), the most remarkable first.

    `known` are the stub and the reference: who has not begun, or has found the one natural answer, has copied from nobody.
    """
    natural = {one.whole for one in known}
    usual = {gram for one in known for gram in one.grams}
    answers = [(who, one) for who, one in prints if one.size >= SHORTEST and one.whole not in natural]
    by_whole: dict[int, list[int]] = {}
    for index, (_, one) in enumerate(answers):
        by_whole.setdefault(one.whole, []).append(index)
    most = max(3, min(CROWD, len(prints) // 10))
    groups = [
        _alike(exercise, [answers[i][0] for i in indices], answers[indices[0]][1].size, 1.0, len(prints))
        for indices in by_whole.values()
        if 1 < len(indices) <= most
    ]
    # One answer stands for all that are equal to it.
    first = [indices[0] for indices in by_whole.values() if len(indices) <= most]
    by_gram: dict[int, list[int]] = {}
    for index in first:
        for gram in answers[index][1].grams:
            if gram not in usual:
                by_gram.setdefault(gram, []).append(index)
    common: dict[tuple[int, int], int] = {}
    for indices in by_gram.values():
        if len(indices) <= most:
            for position, one_index in enumerate(indices):
                for other in indices[position + 1 :]:
                    common[one_index, other] = common.get((one_index, other), 0) + 1
    for left, right in common:
        a, b = (set(answers[i][1].grams) - usual for i in (left, right))
        share = len(a & b) / max(len(a), len(b))
        if share >= ALIKE:
            size = min(answers[left][1].size, answers[right][1].size)
            groups.append(_alike(exercise, [answers[left][0], answers[right][0]], size, min(share, 0.99), len(prints)))
    return sorted(groups, key=lambda group: (-group.weight, group.members))


def _alike(exercise: str, members: list[int], size: int, share: float, of: int) -> Alike:
    rarity = math.log2(max(of, 2) / len(members)) + 1
    return Alike(exercise, tuple(sorted(members)), size, share, size * rarity * share)
