# %% [markdown]
# # Data for classification
#
# A regression target is an amount; a classification target is a name. The name is stored as a number, its
# **class id**: 0, 1, 2 … in int64. Class 2 is not twice class 1, and nothing lies between them.
#
# | what | shape | dtype | example |
# |---|---|---|---|
# | features X | (N, features) | float32 | one row a sample |
# | labels y | (N,) | int64 | one class id a row |
#
# The first data set of this chapter is drawn, not measured: two circles, one inside the other. Try to part
# them with one straight line: whichever way it lies, it leaves half of each circle on either side. That is
# the problem that the next two topics solve.
#
# ```
#        o  o  o
#     o           o           o  class 0, radius 1
#    o    x  x     o
#    o   x    x    o          x  class 1, radius `factor`
#    o    x  x     o
#     o           o
#        o  o  o
# ```

# %%
import csv
from pathlib import Path

import torch
from torch import Tensor

# %% [markdown]
# ## Drawing points on a curve
#
# A point on a circle is fixed by its angle: (r cos t, r sin t) with t anywhere from 0 to 2 pi. To draw points
# on a curve, draw or space the parameter, compute both coordinates, stack them as columns. For a parabola:
#
# ```python
# generator = torch.Generator().manual_seed(7)
# t = torch.rand(100, generator=generator) * 4 - 2
# points = torch.stack([t, t**2], dim=1)                                   # (100, 2)
# points = points + 0.1 * torch.randn(points.shape, generator=generator)   # noise of std 0.1
# order = torch.randperm(100, generator=generator)                         # one permutation …
# points, t = points[order], t[order]                                      # … for all that belongs together
# ```
#
# `0.1 * randn` has standard deviation 0.1, not variance 0.1. Rows that stand sorted by class make bad
# mini-batches (a whole batch of one class) and bad splits (a test set of one class), so data are shuffled
# when they are made; features and labels by the same permutation, or the labels are lost.

# %% difficulty="medium" minutes=15
def make_circles(n: int, noise: float, seed: int, factor: float = 0.5) -> tuple[Tensor, Tensor]:
    """Draw two circles, one inside the other.

    n // 2 points lie on the inner circle of radius `factor` and have class 1; the rest lie on the circle of
    radius 1 and have class 0. The points are spread around the whole of each circle. Normal noise of standard
    deviation `noise` is added to both coordinates of every point. The rows come in shuffled order.

    Args:
        n: number of points in all, 1 or more; may be odd.
        noise: standard deviation, 0.0 or more.
        seed: the same seed gives the same points in the same order, also after other random calls; another
            seed gives others.
        factor: radius of the inner circle.

    Returns:
        (X, y): float32 of shape (n, 2) and int64 of shape (n,).

    >>> X, y = make_circles(5, noise=0.0, seed=0)
    >>> X.shape, X.dtype, y.shape, y.dtype, y.sum()
    (torch.Size([5, 2]), torch.float32, torch.Size([5]), torch.int64, tensor(2))
    >>> X[y == 1].norm(dim=1)
    tensor([0.5000, 0.5000])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Test data are for testing
#
# A test set answers one question: how good is the model on data it has never met? Whatever flows from test to
# train spoils the answer, and that is called **leakage**. It raises no error; the score just looks better
# than it is.
#
# | leak | what happens | instead |
# |---|---|---|
# | one row in both splits | the model has seen the answer | disjoint indices |
# | mean, std of all the data | the test set's mean shapes the training data | those of training rows only |
# | choosing a model by its test score | you fit the test set by hand | choose on a third split |
# | two splits without a seed | last week's test rows are in this week's training set | a seeded generator |
#
# Features measured in millimetres and grams differ by a factor of 100, and gradient descent has one learning
# rate for all. 200 steps of SGD with rate 0.1 on the penguins (below) reach an accuracy of about 0.97 with
# standardised features; with raw ones they end at 0.43, one name for all birds. Standardising subtracts a
# column's mean and divides by its standard deviation. Both numbers come from the training rows and are then
# used on the test rows too: at prediction time there may be only one row, and one row has no deviation.
#
# It is often written `(x - mean) / (std + 1e-8)`, to be safe from zero. That is not safe: for a column
# constant in training, another value in the test set would be blown up a hundred million times. Nor is
# `std == 0` a sure sign of such a column: `torch.full((7,), 0.1).std()` is `tensor(8.0475e-09)`, rounding
# noise. Compare the column with its own first value.

# %% difficulty="medium" minutes=15
def standardize(train: Tensor, test: Tensor) -> tuple[Tensor, Tensor]:
    """Scale the columns of both sets by the training set's mean and standard deviation.

    Args:
        train: float32 of shape (n, c), n at least 1.
        test: float32 of shape (m, c); m may be 0. Its own statistics are not used.

    Returns:
        (train, test), scaled to (x - mean) / std with each column's mean and std (`torch.std`'s default) in
        `train`. A column that is constant in `train` (any column, if n is 1) becomes its difference from that
        constant in both: zeros in train. No result is nan or inf.

    >>> standardize(torch.tensor([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0]]), torch.tensor([[4.0, 6.0]]))
    (tensor([[-1.,  0.],
            [ 0.,  0.],
            [ 1.,  0.]]), tensor([[2., 1.]]))
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Splitting unequal classes
#
# The penguins are 151 Adelie, 68 Chinstrap and 123 Gentoo. A random fifth of them may hold 8 Chinstraps or
# 19, and a score on 8 birds says little. A **stratified** split takes the same share of every class. For the
# even rows of one class it looks like this:
#
# ```python
# rows = (y == 2).nonzero().squeeze(1)                         # where class 2 stands, int64
# rows = rows[torch.randperm(len(rows), generator=generator)]  # drawn, not the first ones
# test, train = rows[:k], rows[k:]
# ```
#
# Joined class by class, each part is grouped by class: shuffle it once more. Python's `round` goes to the
# even neighbour at .5 (`round(2.5)` is 2, `round(3.5)` is 4); `int` would always cut down.
#
# `squeeze(1)`, not `squeeze()`: with one member in the class, `squeeze()` would drop that dimension too. A
# `torch.Generator` of your own draws without moving the global random state
# (00_fundamentals/reproducibility); a split without one is another split each time, and rows change sides
# between two runs.

# %% difficulty="medium" minutes=15
def stratified_split(y: Tensor, test_fraction: float, seed: int) -> tuple[Tensor, Tensor]:
    """Split the row numbers of a data set so that every class gives the same share to the test set.

    Of a class with m members, Python's round(test_fraction * m) go to test, drawn at random; the others to
    train. No row is in both, none is lost, and both outputs are in a shuffled order (not grouped by class,
    not ascending). The split is fixed by `seed`; the global random state is left untouched.

    Args:
        y: labels of shape (n,), integers or bool; the class ids need not be 0, 1, 2, ….
        test_fraction: from 0.0 to 1.0.

    Returns:
        (train_indices, test_indices): int64, 1-D, also when one of them is empty.

    >>> train, test = stratified_split(torch.tensor([0, 0, 0, 0, 1, 1]), 0.5, seed=0)
    >>> train.sort().values.shape, (test < 4).sum(), (test >= 4).sum()
    (torch.Size([3]), tensor(2), tensor(1))
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## One-hot
#
# Some formulas want the label as a row of zeros with a single 1 at the class id: a **one-hot** row. Read as
# probabilities, it says "this class, for sure".
#
# | label | one-hot, 3 classes |
# |---|---|
# | 0 | 1 0 0 |
# | 2 | 0 0 1 |
#
# Indexing is unforgiving upwards and too forgiving downwards: `torch.eye(3)[3]` raises an IndexError, but
# `torch.eye(3)[-1]` is the last row, so a label of -1 (often "unknown") silently becomes class 2. And a whole
# batch has to be looked at before it is used: `torch.zeros(0).max()` of an empty one stops with
# `max(): Expected reduction dim to be specified for input.numel() == 0`.

# %% difficulty="easy" minutes=10
def one_hot(labels: Tensor, num_classes: int) -> Tensor:
    """Turn class ids into rows with a single 1.

    Args:
        labels: int64 of shape (n,); n may be 0.
        num_classes: number of columns; classes that no label names get a column of zeros.

    Returns:
        float32 of shape (n, num_classes).

    Raises:
        ValueError: a label is negative, or num_classes or more.

    >>> one_hot(torch.tensor([1, 0]), 3)
    tensor([[0., 1., 0.],
            [1., 0., 0.]])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## A real table
#
# `datasets/penguins/penguins.csv` holds 344 penguins, as they were measured:
#
# ```
# species,island,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g,sex,year
# Adelie,Torgersen,39.1,18.7,181,3750,male,2007
# Adelie,Torgersen,NA,NA,NA,NA,NA,2007
# Adelie,Torgersen,34.1,18.1,193,3475,NA,2007
# ```
#
# Three decisions stand between this file and a tensor. Which columns are features? Those that hold numbers.
# What about missing values? `float("NA")` says `ValueError: could not convert string to float: 'NA'`; a row
# that misses a feature has no complete X and is dropped (2 of the 344), while a missing `sex` does no harm,
# since it is no feature. Which id does a class get? Its place in the sorted names: sorting makes the ids the
# same on every machine, whatever order the rows have.
#
# ```python
# with open("scores.csv", newline="", encoding="utf-8") as file:
#     rows = list(csv.DictReader(file))      # one dict a row, all text: {"name": "Ann", "points": "12"}
# columns = list(rows[0])                    # the header, in file order
# ```
#
# `year` is numeric too and becomes a feature here; whether it should is a question about penguins, not about
# tensors. It was counted, so it is a number, but nothing about a species is learnt from the year of the
# visit.

# %% difficulty="hard" minutes=20
def load_table(path: str | Path) -> tuple[Tensor, Tensor, list[str]]:
    """Read a CSV file with a header row into features and labels.

    The column `species` (anywhere in the file) names the class. Features are the other columns whose present
    values are all numbers. A cell that is empty or `NA` is missing. Rows that miss a feature are dropped; a
    missing value in a column that is no feature does not matter. Rows stay in file order.

    Args:
        path: the file, as a string or a `pathlib.Path`.

    Returns:
        (X, y, class_names): float32 of shape (rows, features), features in file order; int64 of shape
        (rows,), each row's position in class_names; the class names, sorted.

    Raises:
        ValueError: the file has no column `species`.

    >>> import os, tempfile
    >>> with tempfile.NamedTemporaryFile("w", suffix=".csv", delete=False) as file:
    ...     _ = file.write("size,species,home\\n3,wren,tree\\nNA,owl,barn\\n9.5,owl,NA\\n")
    >>> load_table(file.name)
    (tensor([[3.0000],
            [9.5000]]), tensor([1, 0]), ['owl', 'wren'])
    >>> os.remove(file.name)
    """
    raise NotImplementedError("Your code here")
