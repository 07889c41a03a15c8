"""Pictures with their captions and legends, as the report page shows them. Everything is escaped where it is put in."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

from . import svg
from .model import Shapes
from .png import MOST_PIXELS as MOST_PIXELS
from .png import data_uri

Panel = tuple[
    str,
    npt.NDArray[np.int64],
    npt.NDArray[np.float64],
    Sequence[int],
    tuple[float, float],
    tuple[float, float],
    float,
]
"""Label, grid of class ids, points (n, 2), their classes, low and high corner, share of points in a region of their class."""


def _figure(kind: str, title: str, body: Markup) -> Markup:
    return Markup('<figure class="picture {}"><figcaption>{}</figcaption>{}</figure>').format(kind, title, body)


def left_out(title: str, why: str) -> Markup:
    """The sentence in the place of a picture that could not be made."""
    return Markup('<p class="left-out">The picture “{}” is left out: {}.</p>').format(title, why)


def blocks(shapes: Shapes) -> Markup:
    """The tensors of a shape error as blocks: given, returned, expected."""
    tensors = [("given", name or "given", shape) for name, shape in shapes.given]
    tensors += [("returned", "returned", shapes.returned)] if shapes.returned is not None else []
    tensors += [("expected", "expected", shapes.expected)] if shapes.expected is not None else []
    parts = []
    for role, name, shape in tensors:
        other = {"returned": shapes.expected, "expected": shapes.returned}.get(role)
        parts.append(
            Markup(
                '<div class="tensor {}">{}<p><span class="name">{}</span> <span class="shape">{}</span></p></div>'
            ).format(role, svg.block(shape, role, name), name, _marked(shape, other))
        )
    return Markup('<div class="blocks" role="group" aria-label="Shapes">{}</div>').format(Markup("").join(parts))


def _marked(shape: Sequence[int], other: Sequence[int] | None) -> Markup:
    """A shape whose sizes that differ from another's are marked."""
    sizes = [
        Markup("<mark>{}</mark>").format(n)
        if other is not None and len(other) == len(shape) and other[i] != n
        else Markup("{}").format(n)
        for i, n in enumerate(shape)
    ]
    return Markup("({}{})").format(Markup(", ").join(sizes), "," if len(shape) == 1 else "")


def curves(title: str, lines: Sequence[svg.Line], x: str, y: str) -> Markup:
    """Curves with a legend."""
    words = "; ".join(f"{line.label}: {_course(line.values)}" for line in lines)
    chart = svg.curves(lines, x, y, f"{title}. {words}.")
    legend = Markup("").join(
        Markup("<li>{} {} <span>{}</span></li>").format(svg.swatch(number), line.label, _course(line.values))
        for number, line in enumerate(lines)
    )
    return _figure("curves", title, Markup('{}<ul class="legend">{}</ul>').format(chart, legend))


def _course(values: Sequence[float]) -> str:
    """Where a curve begins and ends, in words."""
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return "no finite number"
    gaps = ", with nan or inf between" if len(finite) < len(values) else ""
    return f"from {finite[0]:.3g} to {finite[-1]:.3g}{gaps}"


def boundaries(title: str, panels: Sequence[Panel]) -> Markup:
    """Regions side by side, each with its share of points in a region of their own class."""
    parts = []
    for label, grid, points, labels, low, high, accuracy in panels:
        said = f"{accuracy:.0%} of {len(labels)} fresh points lie in a region of their class"
        covered = ", ".join(
            f"class {number} covers {float((grid == number).mean()):.0%}"
            for number in sorted(set(grid.flatten().tolist()))
        )
        drawing = svg.regions(grid, points, labels, low, high, f"{title}, {label}: {covered}; {said}.")
        parts.append(
            Markup('<div class="panel">{}<p><span class="name">{}</span> {}</p></div>').format(drawing, label, said)
        )
    classes = sorted({label for panel in panels for label in panel[3]})
    legend = Markup("").join(Markup("<li>{} class {}</li>").format(svg.class_swatch(c), c) for c in classes)
    body = Markup('<div class="panels">{}</div><ul class="legend">{}</ul>').format(Markup("").join(parts), legend)
    return _figure("boundary", title, body)


def gallery(
    title: str, pictures: Sequence[npt.NDArray[np.uint8]], captions: Sequence[tuple[str, str]], note: str
) -> Markup:
    """Small pictures, each with what it is and what it was taken for."""
    tiles = Markup("").join(
        Markup(
            '<li><img src="{}" width="{}" height="{}" alt="Picture of class {}"><p><b>{}</b><br>taken for {}</p></li>'
        ).format(data_uri(pixels), pixels.shape[1], pixels.shape[0], truth, truth, taken)
        for pixels, (truth, taken) in zip(pictures, captions, strict=True)
    )
    body = Markup("<p>{}</p>").format(note) + (Markup('<ul class="tiles">{}</ul>').format(tiles) if pictures else "")
    return _figure("gallery", title, body)


def own_figure(title: str, pixels: npt.NDArray[np.uint8], words: Sequence[str]) -> Markup:
    """A figure as it looks, with the words in it for those who cannot see it."""
    alt = "The figure as your code drew it" + (f". In it stands: {'; '.join(words)}" if words else "")
    body = Markup('<img src="{}" width="{}" height="{}" alt="{}">').format(
        data_uri(pixels), pixels.shape[1], pixels.shape[0], alt
    )
    return _figure("own", title, body)
