# %% [markdown]
# # Decision boundaries
#
# With two features, a classifier can be looked at. Ask it for a label at every point of a fine grid, colour
# the plane by the answers, put the training points on top: where the colour changes is the **decision
# boundary**.
#
# What a right picture looks like:
#
# - as many region colours as classes, filling the whole frame, with no white gap behind any point;
# - the points on top of the regions, in colours by their true class, so that a wrong one stands out: it
#   lies on a region of another colour;
# - for circles, a closed curve between the two; for spirals, three bands that wind outwards; for a model
#   without a non-linearity, straight edges.
#
# Ragged specks of another colour around single points say that the network has learnt the noise by heart.

# %%
import matplotlib.pyplot as plt
import torch
from torch import Tensor, nn

# %% [markdown]
# ## A grid
#
# `torch.meshgrid` turns two axes into two tables of coordinates. Its `indexing` says which of them runs along
# the rows; leave it out, and torch warns that it will have to be given.
#
# ```python
# hours, days = torch.meshgrid(torch.arange(3), torch.arange(2), indexing="xy")
# hours                                       # [[0, 1, 2], [0, 1, 2]]   (2, 3)
# days                                        # [[0, 0, 0], [1, 1, 1]]
# pairs = torch.stack([hours.flatten(), days.flatten()], dim=1)   # (6, 2): (0, 0), (1, 0), (2, 0), (0, 1), …
# ```
#
# With `indexing="ij"` both tables are transposed. Either will do, as long as the list of pairs is made from
# the tables: then row k of the list is element k of each table read flat, and an answer for every pair,
# reshaped like the tables, lies at the right place. Reshape the list itself, `pairs.reshape(2, 3, 2)`, if you
# doubt it.
#
# `torch.linspace(a, b, n)` has n values with both ends; `torch.arange(a, b, step)` leaves b out and may have
# one value more or less than you think.

# %% difficulty="medium" minutes=10
def make_grid(X: Tensor, resolution: int, margin: float = 0.1) -> tuple[Tensor, Tensor, Tensor]:
    """Lay an even grid over the points of X.

    The first coordinate has `resolution` evenly spaced values from the smallest of X's first column minus
    `margin` to its largest plus `margin`, both ends included; the second coordinate likewise, by the second
    column.

    Args:
        X: float32 of shape (n, 2), n at least 1.
        resolution: values along each axis, at least 2.
        margin: what is added on each side, in X's own unit.

    Returns:
        (xx, yy, points): two tables of shape (resolution, resolution), in either meshgrid indexing, and all
        points, float32 of shape (resolution**2, 2), in the reading order of xx: points[k] is element k of xx
        and of yy.

    >>> xx, yy, points = make_grid(torch.tensor([[0.0, 5.0], [2.0, 6.0]]), 2, margin=1.0)
    >>> xx.shape, points.shape, points[:, 0].unique(), points[:, 1].unique()
    (torch.Size([2, 2]), torch.Size([4, 2]), tensor([-1.,  3.]), tensor([4., 7.]))
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Drawing it
#
# | step | call |
# |---|---|
# | a figure of its own | `figure, ax = plt.subplots()` |
# | fill regions | `ax.contourf(xx, yy, zz)` or `ax.pcolormesh(xx, yy, zz)`, all of shape (r, r) |
# | points on top | `ax.scatter(x, y, c=labels)`, called after the regions |
#
# A filled height map of another function, to see the calls:
#
# ```python
# axis = torch.linspace(-2, 2, 50)
# xx, yy = torch.meshgrid(axis, axis, indexing="xy")
# figure, ax = plt.subplots()
# ax.contourf(xx, yy, xx**2 - yy, levels=[-9, 0, 9], alpha=0.5)   # two bands: below 0 and above
# ax.scatter([0, 1], [1, 1], c="black")
# ```
#
# What belongs on the regions are labels, not logits. A binary model gives (N,): label 1 where the logit is at
# least 0. A model of C classes gives (N, C): argmax over dim 1. `logits.ndim` tells them apart. With labels
# 0, 1, 2 the levels -0.5, 0.5, 1.5, 2.5 make one band per class; left to itself, `contourf` picks levels of
# its own.
#
# Predictions are made in eval mode, without a graph, and every submodule gets its mode back.
#
# If you see this error:
#
# - `TypeError: Input z must be 2D, not 1D`: the labels of the grid points are still a list; reshape them like
#   xx.
# - `RuntimeError: Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.`: a
#   graph was built; matplotlib wants plain numbers.

# %% difficulty="hard" minutes=20
def plot_decision_boundary(model: nn.Module, X: Tensor, y: Tensor) -> plt.Axes:
    """Draw the regions that a model assigns to the classes, and the points of X on top.

    Filled regions (contourf, pcolormesh or imshow) in a colour of its own for each predicted class cover the
    area of all points; the points come on top, at their places, coloured by their label in y. The model runs
    in eval mode without a graph, and every submodule's mode is put back.

    Args:
        model: gives logits of shape (N,), label 1 where at least 0, or (N, C), label argmax.
        X: float32 of shape (n, 2).
        y: int64 of shape (n,), the true labels.

    Returns:
        The matplotlib Axes that was drawn on.

    >>> ax = plot_decision_boundary(nn.Linear(2, 3), torch.rand(6, 2), torch.arange(6) % 3)
    >>> ax.collections[-1].get_offsets().shape
    (6, 2)
    >>> plt.close(ax.figure)
    """
    raise NotImplementedError("Your code here")
