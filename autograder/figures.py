"""A matplotlib figure as plain data, so that a grader can judge what was drawn."""

from __future__ import annotations

from typing import Any

import numpy as np


def describe_figure(drawn: Any) -> dict[str, Any]:
    """Contents of a Figure (or of the figure of an Axes), as lists, texts and arrays.

    Returns:
        `{"figure": id, "suptitle": str, "axes": [...]}`; each axes has `title`, `title_color` (RGBA), `xlabel`, `ylabel`, `legend` (texts or None),
        `scatters` (`xy` (n, 2), `label`, `colors` (n or 1, 4)), `lines` (`xy`, `label`), `images` (`data`, `cmap`, `extent`),
        `meshes` (kind, values) for pcolormesh, contourf and contour, `xlim`, `ylim`, `visible`, `axis_on` and `texts` (text, RGBA).
    """
    from matplotlib.figure import FigureBase

    figure: Any = drawn if isinstance(drawn, FigureBase) else drawn.figure
    return {
        "figure": id(figure),
        "suptitle": figure.get_suptitle(),
        "axes": [_axes(axes) for axes in figure.axes],
    }


def _axes(axes: Any) -> dict[str, Any]:
    from matplotlib.collections import PathCollection, QuadMesh
    from matplotlib.colors import to_rgba
    from matplotlib.contour import ContourSet

    legend = axes.get_legend()
    scatters: list[dict[str, Any]] = []
    meshes: list[dict[str, Any]] = []
    artist: Any
    for artist in axes.collections:
        if isinstance(artist, PathCollection):
            xy = _floats(artist.get_offsets())
            array = artist.get_array()
            scatters.append(
                {
                    "xy": xy,
                    "label": str(artist.get_label()),
                    "colors": _floats(artist.get_facecolor()),
                    "values": None if array is None else _floats(array),
                }
            )
        elif isinstance(artist, ContourSet):
            meshes.append(
                {
                    "kind": "contourf" if artist.filled else "contour",
                    "levels": np.asarray(artist.levels, dtype=float),
                    "values": None,
                }
            )
        elif isinstance(artist, QuadMesh):
            values = artist.get_array()
            meshes.append({"kind": "pcolormesh", "levels": None, "values": None if values is None else _floats(values)})
    return {
        "title": axes.get_title(),
        "title_color": tuple(map(float, to_rgba(axes.title.get_color()))),
        "xlabel": axes.get_xlabel(),
        "ylabel": axes.get_ylabel(),
        "legend": None if legend is None else [text.get_text() for text in legend.get_texts()],
        "scatters": scatters,
        "meshes": meshes,
        "lines": [
            {"xy": np.asarray(line.get_xydata(), dtype=float), "label": str(line.get_label())}
            for line in axes.get_lines()
        ],
        "images": [
            {
                "data": np.asarray(image.get_array(), dtype=float),
                "cmap": str(image.get_cmap().name),
                "extent": tuple(map(float, image.get_extent())),
            }
            for image in axes.get_images()
        ],
        "xlim": tuple(map(float, axes.get_xlim())),
        "ylim": tuple(map(float, axes.get_ylim())),
        "visible": bool(axes.get_visible()),
        "axis_on": bool(axes.axison),
        "texts": [(text.get_text(), tuple(map(float, to_rgba(text.get_color())))) for text in axes.texts],
    }


def _floats(values: Any) -> Any:
    """As a float array; masked places are nan."""
    return np.ma.filled(np.ma.asarray(values).astype(float), np.nan)


LONGEST_SIDE = 1400
"""Pixels that a drawn figure may be wide or high."""


def figure_pixels(drawn: Any) -> dict[str, Any]:
    """A Figure (or the figure of an Axes) as it looks.

    Returns:
        `{"pixels": uint8 array (H, W, 4), "words": texts}`; the words are titles, axis labels and legends, for those who cannot see it.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import FigureBase

    figure: Any = drawn if isinstance(drawn, FigureBase) else drawn.figure
    figure.set_dpi(min(150.0, LONGEST_SIDE / max(*figure.get_size_inches(), 0.1)))
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    words = [figure.get_suptitle()]
    for axes in figure.axes[:20]:
        legend = axes.get_legend()
        labels = [] if legend is None else [text.get_text() for text in legend.get_texts()]
        words += [axes.get_title(), axes.get_xlabel(), axes.get_ylabel(), *labels]
    return {"pixels": np.array(canvas.buffer_rgba()), "words": [str(word)[:80] for word in words if word][:20]}
