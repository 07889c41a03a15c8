# %% [markdown]
# # Indexing
#
# Most of what you do with data before a model sees it is choosing: a column, a patch of a picture, the
# samples of a batch, the values above a threshold. Square brackets do all of it. Each position between the
# commas speaks for one dimension.
#
# ```
#          j = 0  1  2  3
#  i = 0 [[ 0, 1, 2, 3],      t[1]        [4, 5, 6, 7]            an int removes its dimension: (4,)
#      1  [ 4, 5, 6, 7],      t[1:2]      [[4, 5, 6, 7]]          a slice keeps it: (1, 4)
#      2  [ 8, 9,10,11]]      t[:, 2]     [2, 6, 10]              (3,)
#                             t[:2, 1:3]  [[1, 2], [5, 6]]        the end is excluded: (2, 2)
# ```

# %%
import torch
from torch import Tensor

# %% [markdown]
# ## One place, counted from either end
#
# Negative numbers count from the end: `t[-1]` is the last row whatever the size, where `t[2]` is the last
# row of this one. The colon means "all of this dimension", so the second column is `t[:, 1]`; `t[1]` alone
# speaks for the first dimension and is a row.
#
# ```
# IndexError: index 3 is out of bounds for dimension 0 with size 3
# ```
#
# The dimension it names is the position between the commas that went wrong.

# %% difficulty="easy" minutes=5
def last_column(x: Tensor) -> Tensor:
    """Take the last column of a matrix.

    Args:
        x: shape (n, c) with c >= 1, any dtype.

    Returns:
        Shape (n,), the dtype of x, also for a single row or column.

    >>> last_column(torch.tensor([[1, 2, 3], [4, 5, 6]]))
    tensor([3, 6])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Slices, and how silent they are
#
# `start:stop` takes the places from start up to, not including, stop; `::2` takes every second one. A slice
# never fails: where it reaches past the edge it is cut. With t from above, `t[2:9]` has one row, `t[5:7]`
# none, and `t[-1:2]` none either, since -1 means row 2, where the slice ends already. When a wrong start or
# size is a mistake, you have to look for it yourself.
#
# A step may not be negative, unlike in Python's lists and NumPy: `t[::-1]` stops with
# `ValueError: step must be greater than zero`; `t.flip(0)` turns the rows round.
#
# Ints, slices and colons give a **view**: `t[:, 1]` shares t's memory, and writing to it writes to t, as in
# the shapes lesson.

# %% difficulty="easy" minutes=10
def block(x: Tensor, top: int, left: int, height: int, width: int) -> Tensor:
    """Cut a rectangle out of a matrix.

    Args:
        x: shape (n, c), any dtype.
        top: first row of the rectangle.
        left: first column of the rectangle.
        height: number of rows, at least 1.
        width: number of columns, at least 1.

    Returns:
        Shape (height, width), the dtype of x.

    Raises:
        ValueError: if any part of the rectangle lies outside x. A negative top or left lies outside too.

    >>> block(torch.arange(12).reshape(3, 4), top=1, left=2, height=2, width=1)
    tensor([[ 6],
            [10]])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## A list of places
#
# A list (or an int64 tensor) of indices takes exactly these places, in this order, as often as they are
# named:
#
# ```
# v = tensor([10, 20, 30])        v[[2, 0, 2]] -> tensor([30, 10, 30])
# ```
#
# This is how a shuffled batch is drawn: indices in a random order, then one indexing. The result is a
# **copy**: places in any order have no strides that could describe them. A list and a tuple differ:
# `t[[0, 1]]` is two rows, `t[(0, 1)]` is `t[0, 1]`, one element.
#
# An empty list selects nothing, which is a fine answer of shape (0, …). But `torch.tensor([])` is float32,
# and then:
#
# ```
# IndexError: tensors used as indices must be long, int, byte or bool tensors
# ```

# %% difficulty="easy" minutes=5
def pick_rows(x: Tensor, indices: list[int]) -> Tensor:
    """Take rows of a matrix in a given order.

    Args:
        x: shape (n, c), any dtype.
        indices: row numbers from 0 to n - 1, in any order; they may repeat, and the list may be empty.

    Returns:
        Shape (len(indices), c), the dtype of x.

    >>> pick_rows(torch.tensor([[1, 2], [3, 4], [5, 6]]), [2, 0, 2])
    tensor([[5, 6],
            [1, 2],
            [5, 6]])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## A mask
#
# A comparison gives a bool tensor, and a bool tensor as index takes the places where it is True. With `v`
# from above:
#
# ```
# v != 20              -> tensor([ True, False,  True])
# v[v != 20]           -> tensor([10, 30])
# (v != 20).sum()      -> tensor(2)                       True counts as 1
# v[(v > 5) & (v < 25)] -> tensor([10, 20])               & | ~ with parentheses
# ```
#
# How many places are True is not known beforehand, so the result is always 1-D, in reading order, and a
# copy, whatever the shape of the tensor; none or one of them makes shape (0,) or (1,). Python's `and`,
# `or`, `not` and `if` want a single truth value:
#
# ```
# RuntimeError: Boolean value of Tensor with more than one value is ambiguous
# ```

# %% difficulty="easy" minutes=5
def above(x: Tensor, threshold: float) -> Tensor:
    """Collect the elements that are greater than a threshold.

    Args:
        x: numeric, any shape.
        threshold: an int or a float; elements equal to it do not count.

    Returns:
        1-D tensor of these elements in reading order, the dtype of x; shape (0,) if there are none.

    >>> above(torch.tensor([[1.0, 5.0], [7.0, 2.0]]), 2)
    tensor([5., 7.])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Writing through an index
#
# Brackets on the left of `=` write into the tensor, and here a mask does not copy: `v[v == 20] = 0` changes
# v. So do the methods whose names end in an underscore. It is a common mistake to take `y = v` or
# `y = v[:]` for a copy; both share v's memory, and a caller who handed you v finds it changed. Work on
# `v.clone()`, or use a function that builds a new tensor:
#
# | call | result |
# |---|---|
# | `torch.where(cond, a, b)` | a where cond is True, else b |
# | `v.masked_fill(cond, 7)` | v, but 7 where cond is True |
# | `v.clamp(min=lo, max=hi)` | v, but at least lo and at most hi |
#
# Mind the dtype: `torch.where(v > 15, v, 0.5)` of an int64 v is float32, as any mixture of ints and floats.

# %% difficulty="easy" minutes=5
def clip_negatives(x: Tensor) -> Tensor:
    """Replace negative elements by 0, as the activation ReLU does.

    Args:
        x: integer or floating, any shape; stays unchanged.

    Returns:
        The shape and dtype of x.

    >>> clip_negatives(torch.tensor([[-2, 3], [0, -1]]))
    tensor([[0, 3],
            [0, 0]])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## One element per row
#
# Two index lists of the same length are read in pairs: with t from the top, `t[[0, 2], [3, 1]]` is
# `[t[0, 3], t[2, 1]]`, that is `[3, 9]`, and not a 2 x 2 block. `gather` says the same along one dimension:
# `t.gather(1, cols)` with `cols` of shape (3, k) takes from row i the k columns `cols[i]`. Its index needs
# as many dimensions as t:
#
# ```
# RuntimeError: Index tensor must have the same number of dimensions as input tensor
# ```
#
# A loss needs just this: of each sample's scores, the one at the true class. You will meet it again in
# 02_classification/nonlinearity, inside the cross-entropy.

# %% difficulty="medium" minutes=10
def true_class_scores(scores: Tensor, labels: Tensor) -> Tensor:
    """Take each sample's score at its own label.

    Args:
        scores: shape (n, c).
        labels: int64 of shape (n,), each from 0 to c - 1.

    Returns:
        Shape (n,), the dtype of scores: element i is scores[i, labels[i]]. A batch of one gives shape (1,).

    >>> true_class_scores(torch.tensor([[0.1, 0.9], [0.8, 0.2]]), torch.tensor([1, 0]))
    tensor([0.9000, 0.8000])
    """
    raise NotImplementedError("Your code here")
