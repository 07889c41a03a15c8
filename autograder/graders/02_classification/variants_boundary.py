"""Right and wrong answers to 02_classification/boundary."""

import matplotlib.pyplot as plt
import numpy as np
import torch

from autograder.checks import says

# ---------------------------------------------------------------------------------------------------------- make_grid


def right_make_grid_ij(X, resolution, margin=0.1):
    x = torch.linspace(X[:, 0].min() - margin, X[:, 0].max() + margin, resolution)
    y = torch.linspace(X[:, 1].min() - margin, X[:, 1].max() + margin, resolution)
    xx, yy = torch.meshgrid(x, y, indexing="ij")
    return xx, yy, torch.cartesian_prod(x, y)


def right_make_grid_numpy(X, resolution, margin=0.1):
    a = X.numpy()
    (x0, y0), (x1, y1) = a.min(axis=0) - margin, a.max(axis=0) + margin
    xx, yy = np.meshgrid(np.linspace(x0, x1, resolution), np.linspace(y0, y1, resolution))
    points = torch.from_numpy(np.c_[xx.ravel(), yy.ravel()]).float()
    return torch.from_numpy(xx).float(), torch.from_numpy(yy).float(), points


def right_make_grid_repeat(X, resolution, margin=0.1):
    steps = torch.arange(resolution) / (resolution - 1)
    low, high = X.min(dim=0).values - margin, X.max(dim=0).values + margin
    xx = (low[0] + steps * (high[0] - low[0])).repeat(resolution, 1)
    yy = (low[1] + steps * (high[1] - low[1])).repeat(resolution, 1).T
    return xx, yy, torch.cat([xx.reshape(-1, 1), yy.reshape(-1, 1)], dim=1)


def _axes(X, resolution, before, after):
    low, high = X.amin(0) - before, X.amax(0) + after
    return [torch.linspace(float(low[i]), float(high[i]), resolution) for i in range(2)]


def _grid(x, y):
    xx, yy = torch.meshgrid(x, y, indexing="xy")
    return xx, yy, torch.stack([xx.flatten(), yy.flatten()], dim=1)


@says("margin is missing")
def wrong_make_grid_no_margin(X, resolution, margin=0.1):
    return _grid(*_axes(X, resolution, 0, 0))


@says("share of the width")
def wrong_make_grid_relative_margin(X, resolution, margin=0.1):
    pad = margin * (X.amax(0) - X.amin(0))
    return _grid(*_axes(X, resolution, pad, pad))


@says("upper side")
def wrong_make_grid_one_side(X, resolution, margin=0.1):
    return _grid(*_axes(X, resolution, margin, 0))


@says("not used")
def wrong_make_grid_fixed_margin(X, resolution, margin=0.1):
    return _grid(*_axes(X, resolution, 0.1, 0.1))


def wrong_make_grid_other_default(X, resolution, margin=0.5):
    return _grid(*_axes(X, resolution, margin, margin))


@says("for both coordinates")
def wrong_make_grid_one_range(X, resolution, margin=0.1):
    axis = torch.linspace(float(X.min()) - margin, float(X.max()) + margin, resolution)
    return _grid(axis, axis)


@says("last value")
def wrong_make_grid_open_end(X, resolution, margin=0.1):
    x, y = _axes(X, resolution + 1, margin, margin)
    return _grid(x[:-1], y[:-1])


@says("another order")
def wrong_make_grid_points_by_columns(X, resolution, margin=0.1):
    xx, yy, _ = _grid(*_axes(X, resolution, margin, margin))
    return xx, yy, torch.stack([xx.T.flatten(), yy.T.flatten()], dim=1)


@says("scrambled")
def wrong_make_grid_reshaped(X, resolution, margin=0.1):
    xx, yy, _ = _grid(*_axes(X, resolution, margin, margin))
    return xx, yy, torch.stack([xx, yy]).reshape(-1, 2)


@says("shape")
def wrong_make_grid_points_as_rows(X, resolution, margin=0.1):
    xx, yy, points = _grid(*_axes(X, resolution, margin, margin))
    return xx, yy, points.T


@says("swapped")
def wrong_make_grid_swapped(X, resolution, margin=0.1):
    xx, yy, points = _grid(*_axes(X, resolution, margin, margin))
    return yy, xx, points.flip(1)


@says("coordinates of the points are swapped")
def wrong_make_grid_points_swapped(X, resolution, margin=0.1):
    xx, yy, points = _grid(*_axes(X, resolution, margin, margin))
    return xx, yy, points.flip(1)


@says("float32")
def wrong_make_grid_float64(X, resolution, margin=0.1):
    return _grid(*[axis.double() for axis in _axes(X, resolution, margin, margin)])


def wrong_make_grid_step(X, resolution, margin=0.1):
    low, high = X.amin(0) - margin, X.amax(0) + margin
    return _grid(*[torch.arange(float(low[i]), float(high[i]), 1 / resolution) for i in range(2)])


@says("changed its input")
def wrong_make_grid_in_place(X, resolution, margin=0.1):
    result = _grid(*_axes(X, resolution, margin, margin))
    X -= X.mean(0)
    return result


def wrong_make_grid_axes_only(X, resolution, margin=0.1):
    x, y = _axes(X, resolution, margin, margin)
    return x, y, torch.cartesian_prod(x, y)


def wrong_make_grid_tables_disagree(X, resolution, margin=0.1):
    x, y = _axes(X, resolution, margin, margin)
    xx = torch.meshgrid(x, y, indexing="xy")[0]
    yy = torch.meshgrid(x, y, indexing="ij")[1]
    return xx, yy, torch.stack([xx.flatten(), yy.flatten()], dim=1)


# ---------------------------------------------------------------------------------------------- plot_decision_boundary


def _labels(model, X, resolution=120, margin=0.1, modes=True, switch=True, graph=False, train=False, classify=None):
    """Grid tables and the labels of its points, with one thing done wrong where an argument says so."""
    xx, yy, points = _grid(*_axes(X, resolution, margin, margin))
    before = [(m, m.training) for m in model.modules()]
    if switch:
        model.eval()
    with torch.set_grad_enabled(graph):
        logits = model(points).detach()
    if modes:
        for m, mode in before:
            m.training = mode
    elif train:
        model.train()
    if classify:
        labels = classify(logits)
    else:
        labels = (logits >= 0).long() if logits.ndim == 1 else logits.argmax(1)
    return xx, yy, labels.reshape(xx.shape)


def right_plot_decision_boundary_pcolormesh(model, X, y):
    xx, yy, zz = _labels(model, X)
    fig, ax = plt.subplots(figsize=(5, 4))
    ax.pcolormesh(xx, yy, zz, cmap="Pastel1", shading="auto")
    for c in y.unique():
        ax.scatter(X[y == c, 0], X[y == c, 1], label=f"class {c}")
    ax.legend()
    return ax


def right_plot_decision_boundary_imshow(model, X, y):
    xx, yy, zz = _labels(model, X, margin=0.2)
    plt.figure()
    ax = plt.gca()
    extent = (xx.min().item(), xx.max().item(), yy.min().item(), yy.max().item())
    ax.imshow(zz.numpy(), origin="lower", extent=extent, aspect="auto", alpha=0.5)
    ax.scatter(X[:, 0].numpy(), X[:, 1].numpy(), c=y.numpy(), edgecolors="k")
    ax.set_title("Decision boundary")
    return ax


def right_plot_decision_boundary_course(model, X, y):
    was = {name: m.training for name, m in model.named_modules()}
    model.to("cpu").eval()
    x_min, x_max = X[:, 0].min() - 0.1, X[:, 0].max() + 0.1
    y_min, y_max = X[:, 1].min() - 0.1, X[:, 1].max() + 0.1
    xx, yy = np.meshgrid(np.linspace(x_min, x_max, 101), np.linspace(y_min, y_max, 101))
    grid = torch.from_numpy(np.column_stack((xx.ravel(), yy.ravel()))).float()
    with torch.inference_mode():
        z = model(grid)
    pred = torch.softmax(z, dim=1).argmax(dim=1) if z.ndim > 1 else (torch.sigmoid(z) >= 0.5).int()
    plt.contourf(xx, yy, pred.reshape(xx.shape).numpy(), cmap=plt.cm.RdYlBu, alpha=0.7)
    plt.scatter(X[:, 0], X[:, 1], c=y, s=40, cmap=plt.cm.RdYlBu)
    plt.xlim(xx.min(), xx.max())
    plt.ylim(yy.min(), yy.max())
    for name, m in model.named_modules():
        m.training = was[name]
    return plt.gca()


def right_plot_decision_boundary_zorder(model, X, y):
    ax = plt.figure().add_subplot()
    ax.scatter(*X.T, c=y, zorder=5, cmap="tab10", vmin=0, vmax=9)
    xx, yy, zz = _labels(model, X, resolution=60)
    ax.contourf(xx, yy, zz, levels=np.arange(-0.5, zz.max() + 1), colors=["lightblue", "mistyrose", "palegreen"])
    ax.contour(xx, yy, zz, colors="black", linewidths=0.5)
    return ax


def right_plot_decision_boundary_markers(model, X, y):
    xx, yy, zz = _labels(model, X, resolution=300, margin=0.5)
    fig, ax = plt.subplots()
    ax.contourf(xx.numpy(), yy.numpy(), zz.numpy().astype(float), cmap="viridis")
    for c, style in zip(y.unique().tolist(), ("ro", "bs", "k^"), strict=False):
        ax.plot(X[y == c][:, 0], X[y == c][:, 1], style)
    fig.colorbar(ax.collections[0])
    return ax


def _draw(xx, yy, zz, X, y, fill="contourf", points=True, order=True, c="y", cmap="viridis"):
    fig, ax = plt.subplots()

    def scatter():
        if points:
            ax.scatter(X[:, 0], X[:, 1], c=y if c == "y" else c, cmap="coolwarm" if c == "y" else None)

    if not order:
        scatter()
    if fill:
        getattr(ax, fill)(xx, yy, zz, **({"cmap": cmap} if fill != "contour" else {}))
    if order:
        scatter()
    return ax


@says("no filled regions")
def wrong_plot_decision_boundary_points_only(model, X, y):
    return _draw(*_labels(model, X), X, y, fill=None)


@says("lines only")
def wrong_plot_decision_boundary_lines(model, X, y):
    return _draw(*_labels(model, X), X, y, fill="contour")


@says("not drawn")
def wrong_plot_decision_boundary_regions_only(model, X, y):
    return _draw(*_labels(model, X), X, y, points=False)


@says("cover the points")
def wrong_plot_decision_boundary_points_below(model, X, y):
    return _draw(*_labels(model, X), X, y, order=False)


@says("look alike")
def wrong_plot_decision_boundary_one_color(model, X, y):
    return _draw(*_labels(model, X), X, y, c="black")


def wrong_plot_decision_boundary_colored_by_prediction(model, X, y):
    before = [(m, m.training) for m in model.modules()]
    model.eval()
    with torch.no_grad():
        guess = model(X)
    for m, mode in before:
        m.training = mode
    guess = (guess >= 0).long() if guess.ndim == 1 else guess.argmax(1)
    return _draw(*_labels(model, X), X, guess)


@says("do not follow")
def wrong_plot_decision_boundary_transposed(model, X, y):
    xx, yy, zz = _labels(model, X)
    return _draw(xx, yy, zz.T, X, y)


@says("one colour")
def wrong_plot_decision_boundary_rounds_logits(model, X, y):
    return _draw(*_labels(model, X, classify=lambda z: z.round().long() if z.ndim == 1 else z.argmax(1)), X, y)


@says("one colour")
def wrong_plot_decision_boundary_half_logit(model, X, y):
    return _draw(*_labels(model, X, classify=lambda z: (z > 0.5).long() if z.ndim == 1 else z.argmax(1)), X, y)


def wrong_plot_decision_boundary_binary_only(model, X, y):
    return _draw(*_labels(model, X, classify=lambda z: (z >= 0).long() if z.ndim == 1 else (z[:, 0] >= 0).long()), X, y)


def wrong_plot_decision_boundary_multiclass_only(model, X, y):
    return _draw(*_labels(model, X, classify=lambda z: z.argmax(dim=1)), X, y)


def wrong_plot_decision_boundary_softmax_over_points(model, X, y):
    return _draw(*_labels(model, X, classify=lambda z: (z >= 0).long() if z.ndim == 1 else z.softmax(0).argmax(1)), X, y)


@says("model.eval()")
def wrong_plot_decision_boundary_no_eval(model, X, y):
    return _draw(*_labels(model, X, switch=False), X, y)


@says("graph was built")
def wrong_plot_decision_boundary_graph(model, X, y):
    return _draw(*_labels(model, X, graph=True), X, y)


@says("left in eval mode")
def wrong_plot_decision_boundary_stays_in_eval(model, X, y):
    return _draw(*_labels(model, X, modes=False), X, y)


@says("left in train mode")
def wrong_plot_decision_boundary_always_train(model, X, y):
    return _draw(*_labels(model, X, modes=False, train=True), X, y)


@says("woke a layer")
def wrong_plot_decision_boundary_top_mode_only(model, X, y):
    was = model.training
    ax = _draw(*_labels(model, X), X, y)
    model.train(was)
    return ax


@says("Return the Axes")
def wrong_plot_decision_boundary_figure(model, X, y):
    return _draw(*_labels(model, X), X, y).figure


@says("Return the Axes")
def wrong_plot_decision_boundary_nothing(model, X, y):
    _draw(*_labels(model, X), X, y)


@says("swapped")
def wrong_plot_decision_boundary_swapped_points(model, X, y):
    return _draw(*_labels(model, X), X.flip(1), y)


def wrong_plot_decision_boundary_unit_square(model, X, y):
    return _draw(*_labels(model, torch.tensor([[0.0, 0.0], [1.0, 1.0]])), X, y)


def wrong_plot_decision_boundary_some_points(model, X, y):
    keep = y == 0
    ax = _draw(*_labels(model, X), X, y, points=False)
    ax.scatter(X[keep, 0], X[keep, 1])
    return ax


@says("was changed")
def wrong_plot_decision_boundary_changes_X(model, X, y):
    ax = _draw(*_labels(model, X), X, y)
    X -= 1
    return ax


def wrong_plot_decision_boundary_upside_down(model, X, y):
    xx, yy, zz = _labels(model, X)
    fig, ax = plt.subplots()
    ax.imshow(zz, extent=(xx.min().item(), xx.max().item(), yy.min().item(), yy.max().item()), aspect="auto")
    ax.scatter(X[:, 0], X[:, 1], c=y)
    return ax


def wrong_plot_decision_boundary_pixels(model, X, y):
    xx, yy, zz = _labels(model, X)
    fig, ax = plt.subplots()
    ax.imshow(zz, origin="lower")
    ax.scatter(X[:, 0], X[:, 1], c=y)
    return ax
