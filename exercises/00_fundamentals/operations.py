# %% [markdown]
# # Operations
#
# A tensor computes with all of its elements at once. Three kinds of operation cover nearly everything a
# network does:
#
# | kind | example | result of `a` (n, c) |
# |---|---|---|
# | element-wise | `a + b`, `a * b`, `a.sqrt()`, `a > 0` | (n, c) |
# | reduction | `a.sum()`, `a.mean(dim=0)`, `a.argmax(dim=1)` | (), (c,), (n,) |
# | matrix product | `a @ b` with `b` (c, m) | (n, m) |

# %%
import torch
from torch import Tensor

# %% [markdown]
# ## Two products
#
# `*` multiplies elements that stand at the same place; `@` (or `torch.matmul`, `torch.mm`) multiplies rows
# by columns.
#
# ```
# row = tensor([[1., 2.]])        row * row    -> [[1., 4.]]       (1, 2)
#                                 row @ row.T  -> [[5.]]           (1, 2) @ (2, 1) -> (1, 1)
# ```
#
# With two square matrices of one size both run, so nothing warns you when you take the wrong one. With
# other shapes, `torch.zeros(2, 3) * torch.zeros(3, 2)` stops:
#
# ```
# RuntimeError: The size of tensor a (3) must match the size of tensor b (2) at non-singleton dimension 1
# ```

# %% difficulty="easy" minutes=5
def products(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Multiply two square matrices in both ways.

    Args:
        a: shape (n, n).
        b: shape (n, n), the same dtype as `a`.

    Returns:
        A tuple: the element-wise product (n, n), then the matrix product of `a` by `b` (n, n).

    >>> products(torch.tensor([[1, 2], [3, 4]]), torch.tensor([[0, 1], [1, 0]]))
    (tensor([[0, 2],
            [3, 0]]), tensor([[2, 1],
            [4, 3]]))
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# A reduction folds elements into fewer. Without `dim` it folds all of them into a 0-dim tensor, which is a
# tensor still: `(t - 1).abs().max()` gives `tensor(2.)`, not `2.0`.
#
# A dot product is the smallest mixture of the two kinds: multiply place by place, then add up. Every
# element of `a @ b` is one such dot product, so it is worth writing one by hand.

# %% difficulty="easy" minutes=5
def dot(a: Tensor, b: Tensor) -> Tensor:
    """Compute the dot product of two vectors by an element-wise product and a sum.

    Not allowed: torch's and NumPy's dot, vdot, matmul, mm, mv, einsum, inner and tensordot, `@`, or functions
    like them that multiply and add at once (bmm, linear, ...).

    Args:
        a: shape (n,); n may be 0.
        b: shape (n,), the same dtype as `a`.

    Returns:
        A 0-dim tensor, as precise as the inputs (float64 stays float64).

    >>> dot(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([4.0, 0.0, -1.0]))
    tensor(1.)
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Summaries, and what they do to the dtype
#
# | call | of int64 or bool | of float32 |
# |---|---|---|
# | `x.min()`, `x.max()` | same dtype | float32 |
# | `x.sum()` | int64 | float32 |
# | `x.mean()`, `x.std()` | error | float32 |
#
# ```
# RuntimeError: mean(): could not infer output dtype. Input dtype must be either a floating point or complex
# dtype. Got: Long
# ```
#
# Integers have no mean inside the integers, so convert first: `ages.float().mean()`. To leave tensors
# behind, take the one element out: `x.max().item()`, or `float(x.max())` when a float is wanted whatever
# the dtype.

# %% difficulty="easy" minutes=10
def summarize(x: Tensor) -> dict[str, float]:
    """Summarise a tensor in four numbers.

    Args:
        x: any shape with at least one element, any numeric dtype (bool and integers too).

    Returns:
        Python floats under the keys "min", "max", "mean" and "sum".

    >>> summarize(torch.tensor([[1, 2], [3, 6]]))
    {'min': 1.0, 'max': 6.0, 'mean': 3.0, 'sum': 12.0}
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Where, not how much
#
# `argmax` and `argmin` answer with a position. Without `dim` they count through the tensor read flat, row
# after row:
#
# ```
# t = [[1., 9.],       t.argmax()      -> tensor(1)        position in 1 9 4 2
#      [4., 2.]]       t.argmax(dim=0) -> tensor([1, 0])   best row of each column
# ```
#
# "Read flat" is about the tensor you see, not about its memory: `t.t().argmax()` is 2, since `t.t()` reads
# 1 4 9 2.

# %% difficulty="easy" minutes=5
def extreme_positions(x: Tensor) -> tuple[int, int]:
    """Find where the smallest and the largest element stand.

    Args:
        x: integer or floating, any shape with at least one element, contiguous or not.

    Returns:
        A tuple of two Python ints: the position of the smallest element, then of the largest, in x read flat.

    >>> extreme_positions(torch.tensor([[3, 8], [1, 4]]))
    (2, 1)
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## `dim` is the dimension that disappears
#
# The scores of a classifier have one row per sample and one column per class. `dim=0` folds the rows away
# and leaves one answer per column; `dim=1` folds the columns away and leaves one answer per row. `dim=-1`
# is the last one, whichever that is.
#
# ```
#             dim=1 ->
#  dim=0   [[1., 2., 3.],      x.sum(dim=0)               -> [5., 7., 9.]      (3,)
#    |      [4., 5., 6.]]      x.sum(dim=1)               -> [6., 15.]         (2,)
#    v                         x.sum(dim=1, keepdim=True) -> [[6.], [15.]]     (2, 1)
# ```

# %% difficulty="easy" minutes=5
def row_argmax(x: Tensor) -> Tensor:
    """Find the column of each row's largest element: the predicted class of each sample.

    Args:
        x: shape (n, c), scores of n samples for c classes.

    Returns:
        int64 of shape (n,), also for a single row.

    >>> row_argmax(torch.tensor([[0.1, 0.7, 0.2], [0.5, 0.2, 0.3]]))
    tensor([1, 0])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Broadcasting
#
# Element-wise operations also take tensors of different shapes. Write the shapes under each other, flush
# right; two sizes fit when they are equal or one of them is 1 (or missing). A size of 1 is repeated without
# any copying.
#
# ```
# (4, 3)     (4, 3)     (4, 1)     (4, 3)
#    (3,)    (4, 1)        (5,)       (4,)
# ------     ------     ------     ------
# (4, 3)     (4, 3)     (4, 5)     error: 3 against 4
# ```
#
# Broadcasting never looks at what the numbers mean. A length of 1 fits anything and, with a square (3, 3),
# a vector of 3 meant for the rows is added to the columns without a word. Where only one shape makes sense,
# test it and `raise ValueError(...)`.

# %% difficulty="easy" minutes=10
def add_bias(x: Tensor, bias: Tensor) -> Tensor:
    """Add one number per column to every row, as a linear layer does with its bias.

    Args:
        x: shape (n, c); stays unchanged.
        bias: shape (c,).

    Returns:
        A tensor of shape (n, c).

    Raises:
        ValueError: if bias has another length than c, be it n, 1 or anything else.

    >>> add_bias(torch.zeros(2, 3), torch.tensor([1.0, 2.0, 3.0]))
    tensor([[1., 2., 3.],
            [1., 2., 3.]])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# With size-1 dimensions you decide who meets whom. Indexing with `None` adds one, as `unsqueeze` does: for
# `v` of shape (n,) and `w` of shape (m,), `v[:, None]` is (n, 1) and `v[:, None] - w` is the (n, m) table
# of all differences. Every pair is there, and no Python loop ran. The same works when each thing is itself
# a vector: the pairs take two dimensions, the vectors a third, and a reduction over the third leaves the
# table.

# %% difficulty="medium" minutes=15
def pairwise_distances(a: Tensor, b: Tensor) -> Tensor:
    """Compute the Euclidean distance of every point in `a` to every point in `b`.

    Not allowed: torch.cdist and Python loops over the rows (a loop over the d features is fine).

    Args:
        a: floating, shape (n, d); n may be 0.
        b: floating, shape (m, d), the same dtype as `a`; m may be 0.

    Returns:
        Shape (n, m), the dtype of `a`: element (i, j) is the distance of a[i] to b[j]. Never nan.

    >>> pairwise_distances(torch.tensor([[0.0, 0.0], [3.0, 0.0]]), torch.tensor([[0.0, 4.0]]))
    tensor([[4.],
            [5.]])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Reductions and broadcasting together
#
# A row of column means, shape (c,), broadcasts over (n, c): `x - x.mean(dim=0)` centres each column. To do
# the same with each row you need (n, 1): `x - x.mean(dim=1, keepdim=True)`.
#
# Two traps wait in the division that often follows. `torch.std` divides by n - 1, so one row has no std
# (nan, and a warning); and floats round. A constant column is often said to have std 0, but the mean of
# seven times 0.1 is not quite 0.1 in float32: `torch.full((7, 1), 0.1).std(dim=0)` is about 8e-9. Dividing
# noise by noise gives numbers near 1 that look like data. Adding a small eps hides that and bends columns
# that really are small. Ask the question itself: are all the elements equal? `(x == x[0]).all(dim=0)` is a
# bool per column, and `torch.where(condition, p, q)` takes p where the condition is true, else q.

# %% difficulty="medium" minutes=15
def standardize_columns(x: Tensor) -> Tensor:
    """Shift and scale each column to mean 0 and standard deviation 1.

    The standard deviation is `torch.std`'s default (n - 1 in the denominator). A column whose elements are
    all equal, so any column of a single row too, becomes exact zeros; a column with differing elements is
    scaled, however small they are.

    Args:
        x: floating, shape (n, c) with n >= 1; stays unchanged.

    Returns:
        Shape (n, c), the dtype of x, without nan, inf or rounding noise in the constant columns.

    >>> standardize_columns(torch.tensor([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0]]))
    tensor([[-1.,  0.],
            [ 0.,  0.],
            [ 1.,  0.]])
    """
    raise NotImplementedError("Your code here")
