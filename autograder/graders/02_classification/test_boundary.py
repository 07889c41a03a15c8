"""Hidden checks of 02_classification/boundary."""

import sys

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn

from autograder.checks import assert_close, check, expect, fail, in_worker

# ---------------------------------------------------------------------------------------------------------- make_grid


def three_parts(got, resolution):
    """The two tables and the points, as tensors, checked for shape."""
    expect(isinstance(got, tuple | list) and len(got) == 3, "Return three things: xx, yy and points.")
    tables = [torch.as_tensor(part) if isinstance(part, np.ndarray) else part for part in got[:2]]
    for table, name in zip(tables, ("xx", "yy"), strict=True):
        expect(isinstance(table, torch.Tensor), f"{name} should be a tensor.")
        shape = (resolution, resolution)
        expect(tuple(table.shape) == shape, f"{name} should have shape {shape}, resolution values each way; it has {tuple(table.shape)}.",
               shapes=(table.shape, shape))
    points = got[2]
    expect(isinstance(points, torch.Tensor), "points should be a tensor, so that a model can take them.")
    shape = (resolution**2, 2)
    expect(tuple(points.shape) == shape, f"points should have shape {shape}, one row a point; it has {tuple(points.shape)}.",
           shapes=(points.shape, shape))
    expect(points.dtype == torch.float32, f"points should be float32, the dtype of model weights; they are {points.dtype}.")
    return tables[0].float(), tables[1].float(), points


def near(a, b):
    return a.shape == b.shape and bool(torch.allclose(a, b, rtol=1e-4, atol=1e-4))


def tables_fit(xx, yy, x, y):
    """Whether the tables are the meshgrid of the axes in one of the two indexings."""
    n = len(x)
    rows, columns = x[None, :].expand(n, n), y[:, None].expand(n, n)
    return (near(xx, rows) and near(yy, columns)) or (near(xx, rows.T) and near(yy, columns.T))


def axes_of(X, resolution, before, after=None):
    """Both axes with these margins."""
    after = before if after is None else after
    low, high = X.amin(dim=0) - torch.as_tensor(before), X.amax(dim=0) + torch.as_tensor(after)
    return [torch.linspace(float(low[i]), float(high[i]), resolution) for i in range(2)]


def check_grid(got, X, resolution, margin):
    xx, yy, points = three_parts(got, resolution)
    x, y = axes_of(X, resolution, margin)
    if not tables_fit(xx, yy, x, y):
        span = X.amax(dim=0) - X.amin(dim=0)
        known = {
            "xx and yy are swapped: xx holds the first coordinate.": (y, x),
            "The margin is missing.": axes_of(X, resolution, 0.0),
            "The margin is a share of the width; it should be added as it is, in X's own unit.": axes_of(X, resolution, margin * span),
            "The margin is missing on the upper side.": axes_of(X, resolution, margin, 0.0),
            "The margin is missing on the lower side.": axes_of(X, resolution, 0.0, margin),
            "The margin goes inwards: subtract it from the smallest and add it to the largest value.": axes_of(X, resolution, -margin),
            "Half of the margin is on each side; the whole margin was asked for.": axes_of(X, resolution, margin / 2),
            "The margin asked for is not used.": axes_of(X, resolution, 0.1),
        }
        for message, axes in known.items():
            if tables_fit(xx, yy, *axes):
                fail(message)
        low, high = float(X.min()) - margin, float(X.max()) + margin
        if tables_fit(xx, yy, *[torch.linspace(low, high, resolution)] * 2):
            fail("One range was used for both coordinates: reduce over dim 0, each column has its own.")
        steps = [(axis[-1] - axis[0]) * (resolution - 1) / resolution for axis in (x, y)]
        if tables_fit(xx, yy, *[torch.linspace(float(a[0]), float(a[0] + s), resolution) for a, s in zip((x, y), steps, strict=True)]):
            fail("The last value of each axis is missing: both ends belong to the grid (linspace, not arange).")
        fail("xx and yy should hold evenly spaced values from the smallest of X's column minus margin to its largest plus margin.")
    want = torch.stack([xx.flatten(), yy.flatten()], dim=1)
    assert_close(points, want, rtol=1e-4, atol=1e-4, what="points", mistakes={
        "The points run in another order than xx read row by row: flatten xx and yy and stack them as columns.":
            lambda: torch.stack([xx.T.flatten(), yy.T.flatten()], dim=1),
        "The coordinates of the points are swapped: first xx, then yy.": lambda: want.flip(1),
        "The points are scrambled: stack flattened tables as columns (dim=1); a reshape of stacked tables recounts.":
            lambda: torch.stack([xx.flatten(), yy.flatten()]).reshape(-1, 2),
    })


@check("make_grid", points=2, hint="Two linspace axes, meshgrid, then stack xx.flatten() and yy.flatten() along dim 1.")
def test_spans_the_points(student):
    """spans both columns of X with the margin on each side, evenly spaced, points in the reading order of xx"""
    X = torch.rand(30, 2) * torch.tensor([4.0, 0.7]) + torch.tensor([-1.0, 5.0])
    check_grid(student.make_grid(X, 7, 0.5), X, 7, 0.5)
    check_grid(student.make_grid(X, 20), X, 20, 0.1)


@check("make_grid", hint="amin and amax over dim 0 work for one row, too; resolution is the number of values, not of gaps.")
def test_spans_few_points(student):
    """works for a single point, for resolution 2 and for margin 0"""
    X = torch.randn(1, 2) * 3
    check_grid(student.make_grid(X, 5, margin=0.25), X, 5, 0.25)
    X = torch.randn(6, 2) * torch.tensor([1.0, 3.0]) - 4
    check_grid(student.make_grid(X, 2, margin=1.0), X, 2, 1.0)
    check_grid(student.make_grid(X, 9, margin=0.0), X, 9, 0.0)


# ---------------------------------------------------------------------------------------------- plot_decision_boundary


@in_worker
class Disc(nn.Module):
    """Two classes, logits (N,): class 1 inside a circle off the centre. Small logits, so that rounding them shows."""

    calls = []

    def __init__(self):
        super().__init__()
        self.center = nn.Parameter(torch.tensor([2.6, 0.35]))
        self.inner = nn.Sequential(nn.Dropout(0.5), nn.Identity())

    def forward(self, x):
        scaled = (x - self.center) / torch.tensor([1.0, 0.5])
        out = self.inner(0.4 * torch.tanh(6 * (0.9 - scaled.norm(dim=1))))
        type(self).calls.append((any(m.training for m in self.modules()), out.requires_grad))
        return out


@in_worker
class Wedges(nn.Module):
    """Three classes, logits (N, 3) in three unlike regions; every row has its own large offset, which argmax ignores."""

    calls = []

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([[1.0, -2.0], [-1.5, -1.0], [0.2, 3.0]]))
        self.inner = nn.Sequential(nn.Dropout(0.5), nn.Identity())

    def forward(self, x):
        out = self.inner((x - torch.tensor([1.7, 0.1])) @ self.weight.T) + 30 * torch.sin(5 * x.sum(dim=1, keepdim=True))
        type(self).calls.append((any(m.training for m in self.modules()), out.requires_grad))
        return out


@in_worker
def draw(student, kind, X, y, modes, probes):
    """What a plot shows: its points with their looks, and the colour of the filled regions at the probes."""
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.collections import Collection, PathCollection
    from matplotlib.contour import ContourSet
    from matplotlib.image import AxesImage

    model = Disc() if kind == "disc" else Wedges()
    for module, mode in zip(model.modules(), modes):
        module.training = mode
    kept = X.clone(), y.clone()
    model.calls.clear()
    plt.close("all")
    ax = student.plot_decision_boundary(model, X, y)
    seen = {
        "axes": isinstance(ax, Axes), "calls": model.calls, "modes": [m.training for m in model.modules()],
        "same": torch.equal(X, kept[0]) and torch.equal(y, kept[1]),
    }
    if not seen["axes"]:
        return seen
    canvas = FigureCanvasAgg(ax.figure)
    canvas.draw()
    children = sorted(ax.get_children(), key=lambda artist: artist.get_zorder())
    points, regions, lines = [], [], 0
    for place, artist in enumerate(children):
        if not artist.get_visible():
            continue
        if isinstance(artist, PathCollection):
            xy = np.ma.filled(np.ma.asarray(artist.get_offsets(), dtype=float), np.nan)
            looks = []
            for given in (artist.get_facecolors(), artist.get_edgecolors()):
                colors = np.asarray(given, dtype=float).reshape(-1, 4)
                looks.append(np.resize(colors, (len(xy), 4)) if len(colors) else np.zeros((len(xy), 4)))
            shapes = [float(np.abs(path.vertices).sum()) for path in artist.get_paths()]
            looks.append(np.resize(np.array(shapes or [0.0])[:, None], (len(xy), 1)))
            points.append((place, xy, np.concatenate(looks, axis=1)))
        elif isinstance(artist, ContourSet) and not artist.filled:
            lines += 1
        elif isinstance(artist, (Collection, AxesImage)):
            regions.append((place, artist))
        elif hasattr(artist, "get_xydata") and artist.get_marker() not in (None, "None", "", " "):
            xy = np.asarray(artist.get_xydata(), dtype=float)
            color = sys.modules["matplotlib.colors"].to_rgba(artist.get_markerfacecolor())
            look = np.array([*color, *color, float(abs(hash(str(artist.get_marker()))) % 1000)])
            points.append((place, xy, np.resize(look, (len(xy), 9))))
    filled = [artist for _, artist in regions]
    for artist in children:
        artist.set_visible(any(artist is one for one in filled))
    canvas.draw()
    picture = np.asarray(canvas.buffer_rgba())
    spots = ax.transData.transform(probes.numpy())
    colors = []
    for column, row in spots:
        i, j = picture.shape[0] - 1 - int(row), int(column)
        inside = 0 <= i < picture.shape[0] and 0 <= j < picture.shape[1]
        colors.append([int(v) for v in picture[i, j, :3]] if inside else [-1, -1, -1])
    return {**seen, "points": points, "places": [place for place, _ in regions], "lines": lines, "colors": colors}


def decide(kind, X):
    """The class of each row by the grader's own copy of the model, and how sure it is."""
    model = (Disc() if kind == "disc" else Wedges()).eval()
    with torch.no_grad():
        out = model(X)
    if kind == "disc":
        return (out >= 0).long(), out.abs()
    top = out.topk(2, dim=1).values
    return out.argmax(dim=1), top[:, 0] - top[:, 1]


def a_scene(kind, n=24):
    """Points with labels, and probes well inside the regions, some of them at the rim of the points' area."""
    X = torch.rand(n, 2) * torch.tensor([4.0, 1.2]) - torch.tensor([0.2, 0.5])
    X[0], X[1] = torch.tensor([-0.3, -0.6]), torch.tensor([4.0, 0.8])
    classes = 2 if kind == "disc" else 3
    y = (torch.arange(n) % classes)[torch.randperm(n)]
    low, high = X.amin(dim=0), X.amax(dim=0)
    grid = torch.cartesian_prod(torch.linspace(0.01, 0.99, 25), torch.linspace(0.01, 0.99, 25)) * (high - low) + low
    label, sure = decide(kind, grid)
    keep = sure > (0.35 if kind == "disc" else 0.5)
    return X, y, grid[keep], label[keep]


def judge_figure(seen, kind, X, y, probes, label):
    expect(seen["axes"], "Return the Axes that was drawn on (figure, ax = plt.subplots() gives both).")
    expect(seen["same"], "X or y was changed.")
    expect(seen["places"], "There are no filled regions: contourf, pcolormesh or imshow draw them; contour draws lines only."
           if seen["lines"] else "There are no filled regions: contourf, pcolormesh or imshow draw them.")
    shown = [(place, xy, look) for place, xy, look in seen["points"] if len(xy)]
    expect(shown, "The points of X are not drawn: scatter them.")
    xy = torch.cat([torch.as_tensor(xy) for _, xy, _ in shown]).float()
    looks = torch.cat([torch.as_tensor(look) for _, _, look in shown]).float()
    distances = torch.cdist(X, xy)
    if float(distances.amin(dim=1).max()) > 1e-3 or float(distances.amin(dim=0).max()) > 1e-3:
        if float(torch.cdist(X.flip(1), xy).amin(dim=1).max()) < 1e-3:
            fail("The points are drawn with their coordinates swapped: X[:, 0] is the horizontal one.")
        fail("The scattered points should be the rows of X, all of them and no others, at their places.")
    last = len(xy) - 1 - (distances < 1e-3).flip(1).int().argmax(dim=1)  # what is drawn last is seen
    looks = looks[last]
    kinds = [looks[y == c] for c in y.unique()]
    if any(float((k - k[0]).abs().max()) > 1e-3 for k in kinds):
        fail("Points of one class look different: colour them by y, their true label.")
    for i, a in enumerate(kinds):
        for b in kinds[i + 1:]:
            expect(float((a[0] - b[0]).abs().max()) > 1e-3, "Points of different classes look alike: colour them by y.")
    expect(min(place for place, _, _ in shown) > max(seen["places"]),
           "The regions cover the points: draw the regions first (or give the points a higher zorder).")
    colors = [tuple(color) for color in seen["colors"]]
    groups = [{color for color, own in zip(colors, label.tolist(), strict=True) if own == c} for c in label.unique().tolist()]
    if len({*colors}) == 1:
        fail("The whole area has one colour: logits of shape (N,) are label 1 where they are at least 0; round(logits) is "
             "something else." if kind == "disc" else "The whole area has one colour: logits of shape (N, C) need argmax over dim 1.")
    shared = [a & b for i, a in enumerate(groups) for b in groups[i + 1:]]
    if any(shared):
        fail("The colours of the regions do not follow the model's predictions over the area of the points: reshape the labels "
             "of the grid points like xx, and let the grid cover X.")


@check("plot_decision_boundary", points=3, hint="label = (logits >= 0) on the grid, reshaped like xx, into contourf; then scatter.")
def test_draws_two_classes(student):
    """fills the regions of a model with logits (N,) and puts the points of X on top"""
    X, y, probes, label = a_scene("disc")
    judge_figure(draw(student, "disc", X, y, (False,) * 4, probes), "disc", X, y, probes, label)


@check("plot_decision_boundary", points=2, hint="logits.ndim == 2: label = logits.argmax(dim=1).")
def test_draws_three_classes(student):
    """fills the regions of a model with logits (N, C) and puts the points of X on top"""
    X, y, probes, label = a_scene("wedges")
    judge_figure(draw(student, "wedges", X, y, (False,) * 4, probes), "wedges", X, y, probes, label)


@check("plot_decision_boundary", points=2, hint="Note [(m, m.training) for m in model.modules()], eval(), inference_mode(), modes back.")
def test_puts_the_modes_back(student):
    """runs the model in eval mode without a graph, and puts the mode of every submodule back"""
    X, y, probes, label = a_scene("disc")
    for modes in ((True,) * 4, (False,) * 4, (True, True, False, True)):
        seen = draw(student, "disc", X, y, modes, probes)
        expect(not any(training for training, _ in seen["calls"]), "Dropout was on while the regions were computed: model.eval() first.")
        expect(not any(graph for _, graph in seen["calls"]),
               "A graph was built: eval() changes layers, inference_mode() or no_grad() stops the recording.")
        if tuple(seen["modes"]) != modes:
            if not any(seen["modes"]):
                fail("The model was left in eval mode: put every submodule's mode back.")
            if not any(modes):
                fail("The model came in eval mode and was left in train mode: put its own mode back.")
            fail("model.train() at the end also woke a layer that was in eval mode before: give every submodule its own mode back.")
        judge_figure(seen, "disc", X, y, probes, label)
