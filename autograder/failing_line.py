"""What stood on the line of the student's file that raised: its text, and the shapes of the tensors there. Runs in the worker.

Nothing of the student's is called for it: names are looked up, attributes are read where torch or the object's own dictionary keeps them.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import types
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import nn

MOST = 6
"""Tensors that are named."""

CODE = 200
"""Characters of code that are shown."""

LONGEST = 200_000
"""Characters of a topic file beyond which it is not parsed again."""

Described = list[Any]
"""`[as written, in words, shape or None]`."""

TENSOR_ATTRIBUTES = ("T", "mT", "H", "mH", "data", "grad", "real", "imag")
"""What of a tensor is a tensor itself; reading these runs torch's code alone."""

MISSING = object()


def statement_at(source: str, line: int) -> tuple[str, list[ast.expr]]:
    """The statement that holds `line` of `source`, on one line of text; and its expressions.

    Of a compound statement (`for`, `if`, `with`, `def`) only the head counts. Where `line` holds no statement: its text, and nothing.
    """
    rows = source.splitlines()
    text = rows[line - 1].strip() if 0 < line <= len(rows) else ""
    best: ast.stmt | None = None
    for node in _statements(source):
        if node.lineno <= line <= (node.end_lineno or node.lineno) and (best is None or node.lineno >= best.lineno):
            best = node
    if best is None:
        return text[:CODE], []
    inner = [value for name, value in ast.iter_fields(best) if name not in ("body", "orelse", "finalbody", "handlers")]
    flat = [item for value in inner for item in (value if isinstance(value, list) else [value])]
    expressions = [
        node
        for item in flat
        for node in ([item] if isinstance(item, ast.expr) else _within(item) if isinstance(item, ast.AST) else [])
    ]
    body = getattr(best, "body", None)
    last = body[0].lineno - 1 if isinstance(body, list) and body else best.end_lineno or best.lineno
    if best.lineno < last <= best.lineno + 8:
        text = " ".join(row.strip() for row in rows[best.lineno - 1 : last])
    return text[:CODE], expressions


@functools.lru_cache(maxsize=1)
def _statements(source: str) -> list[ast.stmt]:
    """All statements of a topic file; none of a file so long that reading it would cost more than it tells."""
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt)] if len(source) < LONGEST else []


def _within(node: ast.AST) -> Iterator[ast.expr]:
    """The outermost expressions in `node`, such as those of `with a as b`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield child
        else:
            yield from _within(child)


def tensors_at(frame: types.FrameType, expressions: list[ast.expr], about: str = "") -> list[Described]:
    """The tensors, arrays and layers among `expressions` as they were in `frame`, each once, in the order in which they are written.

    `about` is the error's text: layout and gradient are told where it speaks of them.
    """
    found: dict[str, Described] = {}
    nodes = [
        node
        for expression in expressions
        for node in ast.walk(expression)
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript)
    ]
    nodes.sort(key=lambda node: (node.lineno, node.col_offset, -(node.end_col_offset or 0)))
    for node in nodes:
        written = ast.unparse(node)
        if written in found or len(written) > 60:
            continue
        with warnings.catch_warnings(
            action="ignore"
        ):  # torch's own, such as for .T of a vector: not the student's doing
            described = _described(_value(frame, node), about)
        if described is not None:
            found[written] = [written, *described]
    return list(found.values())[:MOST]


def _value(frame: types.FrameType, node: ast.expr) -> Any:
    """What an expression of names, attributes and constant indices stands for; MISSING where finding out would run code."""
    if isinstance(node, ast.Name):
        return frame.f_locals.get(node.id, frame.f_globals.get(node.id, MISSING))
    if isinstance(node, ast.Attribute):
        return _attribute(_value(frame, node.value), node.attr)
    if isinstance(node, ast.Subscript):
        owner, index = _value(frame, node.value), _index(frame, node.slice)
        if index is MISSING:
            return MISSING
        if type(owner) in (list, tuple, dict) and not isinstance(index, slice | tuple):
            with contextlib.suppress(LookupError, TypeError):
                return owner[index]
        if type(owner) in (torch.Tensor, nn.Parameter, np.ndarray):
            with contextlib.suppress(Exception), torch.no_grad():
                return owner[index]
    return MISSING


def _attribute(owner: Any, name: str) -> Any:
    if isinstance(owner, torch.Tensor):
        return getattr(owner, name) if name in TENSOR_ATTRIBUTES and (name != "mT" or owner.ndim >= 2) else MISSING
    if isinstance(owner, nn.Module):
        for kept in ("_parameters", "_buffers", "_modules"):
            held = vars(owner).get(kept)
            if isinstance(held, dict) and name in held:
                return held[name]
    try:
        return vars(owner).get(name, MISSING)
    except TypeError:
        return MISSING


def _index(frame: types.FrameType, node: ast.expr) -> Any:
    """A constant index, slices included; a name counts where it is a whole number or a text."""
    if isinstance(node, ast.Tuple):
        parts = [_index(frame, part) for part in node.elts]
        return MISSING if MISSING in parts else tuple(parts)
    if isinstance(node, ast.Slice):
        ends = [None if part is None else _index(frame, part) for part in (node.lower, node.upper, node.step)]
        return MISSING if MISSING in ends else slice(*ends)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        return -node.operand.value if type(node.operand.value) is int else MISSING
    value = node.value if isinstance(node, ast.Constant) else _value(frame, node)
    return value if value is None or value is Ellipsis or type(value) in (int, str) else MISSING


def _described(value: Any, about: str) -> list[Any] | None:
    if isinstance(value, torch.Tensor | np.ndarray):
        return [in_words(value, about), list(value.shape)]
    if type(value) in (list, tuple) and 0 < len(value) <= 10_000 and all(isinstance(x, torch.Tensor) for x in value):
        kinds = list(dict.fromkeys(in_words(item) for item in value))
        return [
            f"{type(value).__name__} of {len(value)}: {', '.join(kinds[:3])}{', …' if len(kinds) > 3 else ''}",
            None,
        ]
    if isinstance(value, nn.Module):
        layer = layer_in_words(value)
        return [layer, None] if layer else None
    return None


def in_words(value: Any, about: str = "") -> str:
    """Shape and dtype of a tensor or array; its device where that is not the CPU; what else the error is `about`."""
    if isinstance(value, np.ndarray):
        return f"{tuple(value.shape)} {value.dtype} array"
    device = "" if value.device.type == "cpu" else f" on {value.device}"
    layout = " not contiguous" if "view size" in about and not value.is_contiguous() else ""
    graph = " requires grad" if "grad" in about and value.requires_grad else ""
    return f"{tuple(value.shape)} {str(value.dtype).removeprefix('torch.')}{device}{layout}{graph}"


def layer_in_words(module: nn.Module) -> str:
    """One of torch's own layers without parts, as torch writes it; "" for others."""
    if not type(module).__module__.startswith("torch.nn.") or module._modules:
        return ""
    return repr(module)[:100]


def layer_that_raised(frames: list[types.FrameType]) -> list[Described]:
    """Of the frames below the student's line: the innermost of torch's own layers, and what it was given."""
    for frame in reversed(frames):
        layer, given = frame.f_locals.get("self"), frame.f_locals.get("input")
        if isinstance(layer, nn.Module) and frame.f_code.co_name == "forward" and isinstance(given, torch.Tensor):
            words = layer_in_words(layer)
            if words:
                return [[f"the input of {words}", in_words(given), list(given.shape)]]
    return []
