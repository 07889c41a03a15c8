"""Pictures as SVG, drawn from numbers: tensors as blocks, curves, regions of classes. Texts are escaped, colours are the page's own classes.

Each picture says in words what it shows, for those who cannot see it; nothing is told by colour alone (dashes, marks and labels say it, too).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

CELL, GAP, SHEET = 13, 10, 6
"""Pixels: a cell's side, the gap that stands for cells left out, the offset of the next sheet of a stack."""
SHOWN, SHOWN_STACKED, SHEETS, STACKS = 7, 4, 4, 3
"""Cells along a side (where there is one stack, or several), sheets and stacks that are drawn at most."""


# -------------------------------------------------------------------------------------------------------------- blocks


def shape_text(shape: Sequence[int]) -> str:
    """A shape as Python writes it."""
    return str(tuple(shape))


def in_words(shape: Sequence[int]) -> str:
    """A shape for those who hear it."""
    if not shape:
        return "a single number, no dimension"
    names = {1: ("elements",), 2: ("rows", "columns"), 3: ("sheets", "rows", "columns")}.get(len(shape))
    if names is None:
        return f"{len(shape)} dimensions: " + " by ".join(map(str, shape))
    return ", ".join(f"{n} {name if n != 1 else name.removesuffix('s')}" for n, name in zip(shape, names, strict=True))


def block(shape: Sequence[int], role: str, label: str) -> Markup:
    """One tensor as a block: a strip (1-D), a grid (2-D), a stack of sheets (3-D), several stacks (4-D and more).

    Args:
        shape: the sizes; long ones are drawn with a gap.
        role: "given", "returned" or "expected": the colour.
        label: what the tensor is called, for the description.
    """
    rows, columns = (1, 1, *shape)[-2:]
    depth = math.prod(shape[-3:-2]) if len(shape) >= 3 else 1
    stacks = math.prod(shape[:-3]) if len(shape) >= 4 else 1
    most = SHOWN if len(shape) < 4 else SHOWN_STACKED
    xs, width = _places(columns, most)
    ys, height = _places(rows, most)
    sheets, drawn = min(depth, SHEETS), min(stacks, STACKS)
    back = SHEET * max(sheets - 1, 0)
    left, top = (26 if len(shape) >= 2 else 4), 18
    step = width + back + 16
    parts: list[Markup] = []
    for stack in range(max(drawn, 1)):
        x0, y0 = left + stack * step, top + back
        for sheet in range(max(sheets, 1) - 1, -1, -1):
            dx, dy = SHEET * sheet, -SHEET * sheet
            if 0 in shape:
                parts.append(
                    Markup('<rect class="empty" x="{}" y="{}" width="{}" height="{}"/>').format(
                        x0 + dx, y0 + dy, width, height
                    )
                )
            elif sheet:
                parts.append(
                    Markup('<rect class="sheet" x="{}" y="{}" width="{}" height="{}" rx="2"/>').format(
                        x0 + dx, y0 + dy, width, height
                    )
                )
            else:
                parts += _grid(xs, ys, x0, y0)
        if stack == 0:
            parts += _sizes(shape, x0, y0, width, height, back)
    total_width, total_height = left + max(drawn, 1) * step, top + back + height + 6
    if stacks > drawn:
        parts.append(_text(total_width, top + back + height / 2 + 4, f"… {stacks} of them", "start"))
        total_width += 92
    return Markup(
        '<svg class="block {}" width="{}" height="{}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(
        role,
        round(total_width),
        round(total_height),
        round(total_width),
        round(total_height),
        f"{label}, shape {shape_text(shape)}: {in_words(shape)}",
        Markup("").join(parts),
    )


def _places(count: int, most: int) -> tuple[list[float], float]:
    """Where the cells of one dimension begin, a gap where some are left out, and how long it is."""
    if count <= most:
        return [float(CELL * i) for i in range(count)], CELL * max(count, 1)
    first = most - 2
    gap = float(CELL * first + GAP)
    return [*(float(CELL * i) for i in range(first)), gap], gap + CELL


def _grid(xs: Sequence[float], ys: Sequence[float], x0: float, y0: float) -> Iterable[Markup]:
    path = "".join(f"M{x0 + x + 0.5:g} {y0 + y + 0.5:g}h{CELL - 1}v{CELL - 1}h-{CELL - 1}z" for y in ys for x in xs)
    yield Markup('<path class="cells" d="{}"/>').format(path)
    for axis, places, across in (("x", xs, ys), ("y", ys, xs)):
        if len(places) > 1 and places[-1] - places[-2] > CELL:
            middle = places[-2] + CELL + GAP / 2
            half = (across[-1] + CELL) / 2
            for offset in (-4, 0, 4):
                spot = (x0 + middle, y0 + half + offset) if axis == "x" else (x0 + half + offset, y0 + middle)
                yield Markup('<circle class="gap" cx="{}" cy="{}" r="1.1"/>').format(*(f"{v:g}" for v in spot))


def _sizes(shape: Sequence[int], x0: float, y0: float, width: float, height: float, back: float) -> Iterable[Markup]:
    """The sizes beside the edges: columns above, rows at the left, depth at the slanted edge."""
    if not shape:
        return
    yield _text(x0 + back + width / 2, y0 - back - 5, str(shape[-1]), "middle")
    if len(shape) >= 2:
        yield _text(x0 - 5, y0 + height / 2 + 4, str(shape[-2]), "end")
    if len(shape) >= 3:
        yield _text(x0 + back / 2 - 5, y0 - back / 2 - 1, str(shape[-3]), "end")


def _text(x: float, y: float, text: str, anchor: str, kind: str = "size") -> Markup:
    return Markup('<text class="{}" x="{:.6g}" y="{:.6g}" text-anchor="{}">{}</text>').format(kind, x, y, anchor, text)


# -------------------------------------------------------------------------------------------------------------- curves


@dataclass(frozen=True)
class Line:
    """One curve of `values` over `steps` steps: one value a step, or each the mean of as many steps. The first line is whole, others are dashed."""

    label: str
    values: tuple[float, ...]
    steps: int

    def places(self) -> list[tuple[float, float]]:
        """Step and value of each point."""
        each = self.steps / max(len(self.values), 1)
        return [(1 + each * i + (each - 1) / 2, value) for i, value in enumerate(self.values)]


WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 420, 230, 52, 10, 12, 40


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers from `low` to `high`."""
    span = high - low
    if not (math.isfinite(span) and span > 0):
        return [low]
    raw = span / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= raw * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    return [round((first + i) * step, 12) for i in range(int((high - first * step) / step + 1e-9) + 1)]


def curves(lines: Sequence[Line], x_label: str, y_label: str, words: str) -> Markup:
    """Curves over their steps (from 1), with axes and round ticks; nan and inf are gaps. A legend is the caller's."""
    finite = [value for line in lines for value in line.values if math.isfinite(value)]
    low, high = (min(0.0, *finite), max(finite)) if finite else (0.0, 1.0)
    high = high + 0.06 * (high - low) if high > low else low + 1
    longest = max((line.steps for line in lines), default=1)

    def x(step: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (step - 1) / max(longest - 1, 1)

    def y(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - low) / (high - low))

    parts: list[Markup] = []
    for value in ticks(low, high):
        parts.append(Markup('<path class="grid" d="M{} {:.1f}H{}"/>').format(LEFT, y(value), WIDTH - RIGHT))
        parts.append(_text(LEFT - 8, y(value) + 4, f"{value:g}", "end"))
    for value in ticks(1, longest, 6) if longest > 1 else [1]:
        if value == int(value):
            parts.append(_text(x(value), HEIGHT - BOTTOM + 18, f"{value:g}", "middle"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 4, x_label, "middle", "axis"))
    parts.append(
        Markup('<text class="axis" transform="translate(13 {:.0f}) rotate(-90)" text-anchor="middle">{}</text>').format(
            (TOP + HEIGHT - BOTTOM) / 2, y_label
        )
    )
    for number, line in enumerate(lines):  # the dashes of the second lie on the first, where both are the same
        path = _path([(x(step), y(value)) for step, value in line.places()])
        parts.append(Markup('<path class="curve n{}" d="{}"/>').format(number, path))
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, HEIGHT, words, Markup("").join(parts)
    )


def _path(points: Iterable[tuple[float, float]]) -> str:
    steps, pen_down = list[str](), False
    for px, py in points:
        if math.isfinite(py):
            steps.append(f"L{px:.1f} {py:.1f}" if pen_down else f"M{px:.1f} {py:.1f}h0")  # h0: a lone point is a dot
        pen_down = math.isfinite(py)
    return "".join(steps)


def swatch(number: int) -> Markup:
    """The piece of a curve that stands in its legend."""
    return Markup(
        '<svg class="swatch" width="30" height="10" aria-hidden="true" focusable="false"><path class="curve n{}" d="M1 5H29"/></svg>'
    ).format(number)


# ------------------------------------------------------------------------------------------------------------- regions


def regions(
    grid: npt.NDArray[np.int64],
    points: npt.NDArray[np.float64],
    labels: Sequence[int],
    low: tuple[float, float],
    high: tuple[float, float],
    words: str,
) -> Markup:
    """The classes of a grid of places as coloured regions, with points of known class on top.

    Args:
        grid: (rows, columns) class ids, first row at the bottom, 0 to 9.
        points: (n, 2) in the coordinates that `low` and `high` (x, y) span.
        labels: the points' true classes; each class has a mark of its own.
    """
    rows, columns = grid.shape
    parts: list[Markup] = []
    for number in sorted(set(grid.flatten().tolist())):
        path = []
        for row in range(rows):
            inside = np.flatnonzero(np.diff(np.concatenate([[False], grid[row] == number, [False]]).astype(np.int8)))
            path += [
                f"M{a} {rows - 1 - row}h{b - a}v1h-{b - a}z" for a, b in zip(inside[::2], inside[1::2], strict=True)
            ]
        parts.append(Markup('<path class="region c{}" d="{}"/>').format(number, "".join(path)))
    scale = (columns / (high[0] - low[0]), rows / (high[1] - low[1]))
    radius = columns / 62
    for (px, py), label in zip(points.tolist(), labels, strict=True):
        spot = ((px - low[0]) * scale[0], rows - (py - low[1]) * scale[1])
        parts.append(_mark(label, *spot, radius))
    return Markup('<svg class="regions" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        columns, rows, words, Markup("").join(parts)
    )


def _mark(label: int, x: float, y: float, r: float) -> Markup:
    """A circle, square, triangle or diamond, by class."""
    shapes = (
        f"M{x - r:.2f} {y:.2f}a{r:.2f} {r:.2f} 0 1 0 {2 * r:.2f} 0a{r:.2f} {r:.2f} 0 1 0 {-2 * r:.2f} 0z",
        f"M{x - r:.2f} {y - r:.2f}h{2 * r:.2f}v{2 * r:.2f}h{-2 * r:.2f}z",
        f"M{x:.2f} {y - 1.3 * r:.2f}l{1.2 * r:.2f} {2.2 * r:.2f}h{-2.4 * r:.2f}z",
        f"M{x:.2f} {y - 1.4 * r:.2f}l{1.3 * r:.2f} {1.4 * r:.2f}l{-1.3 * r:.2f} {1.4 * r:.2f}l{-1.3 * r:.2f} {-1.4 * r:.2f}z",
    )
    return Markup('<path class="point c{}" d="{}"/>').format(label % 10, shapes[label % 4])


def class_swatch(label: int) -> Markup:
    """The mark of a class, for a legend."""
    return Markup('<svg class="swatch" width="14" height="14" aria-hidden="true" focusable="false">{}</svg>').format(
        _mark(label, 7, 7, 5)
    )
