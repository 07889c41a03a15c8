# %% [markdown]
# # Shapes
#
# Write the shape of each tensor into a comment beside it while you learn. Many errors then explain
# themselves.
#
# ## The rule of the matrix product
#
# `a @ b` takes rows of `a` and columns of `b`, so these must have one length. The inner sizes meet and
# vanish, the outer ones remain:
#
# ```
# (5, 3) @ (3, 2)  ->  (5, 2)
# (5, 3) @ (5, 3)  ->  RuntimeError: mat1 and mat2 shapes cannot be multiplied (5x3 and 5x3)
# ```
#
# The usual cure is to transpose one of them: `b.T` turns (5, 3) into (3, 5). Reshaping to (3, 5) silences the
# error as well, but deals the numbers into other places, and the result is wrong. A network's linear layer
# computes `x @ W.T`, with one row of W for each output.

# %%
import torch
from torch import Tensor


# %% difficulty="easy" minutes=5
def matmul_shape(a_shape: tuple[int, int], b_shape: tuple[int, int]) -> tuple[int, int] | None:
    """Predict the shape of a matrix product.

    Args:
        a_shape: a tuple of two ints; a size may be 0.
        b_shape: the same for the second matrix.

    Returns:
        The shape of a @ b as a tuple of two ints, or None where the inner sizes differ.

    >>> matmul_shape((2, 3), (3, 4))
    (2, 4)
    >>> matmul_shape((2, 3), (2, 3)) is None
    True
    """
    raise NotImplementedError("Your code here")


# %% difficulty="easy" minutes=5
def fix_matmul(a: Tensor, b: Tensor) -> Tensor:
    """Multiply two matrices that both keep their features in the last dimension.

    Args:
        a: shape (n, k).
        b: shape (m, k), the same dtype.

    Returns:
        Shape (n, m): element [i, j] is row i of a times row j of b, element by element, added up. The same
        holds where n == m == k, so that `a @ b` would run, too.

    >>> fix_matmul(torch.tensor([[1, 2]]), torch.tensor([[3, 4], [5, 6]]))
    tensor([[11, 17]])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Reading order, views and copies
#
# A tensor's numbers lie in memory in one row. Shape and *strides* (how many places further the next element
# of each dimension lies) say how to read them:
#
# ```
# memory   0 1 2 3 4 5
# t = torch.arange(6).reshape(2, 3)    strides (3, 1)    [[0, 1, 2],
#                                                         [3, 4, 5]]
# t.T                                  strides (1, 3)    the same six places, read in another order
# ```
#
# `t.T` moves nothing, which is why it is fast, and why t changes when you write into it. A tensor whose
# reading order is its memory order is called contiguous; `t.T` is not.
#
# | call | shares memory? | fails |
# |---|---|---|
# | `t.view(3, 2)` | always | where strides cannot describe the new shape |
# | `t.reshape(3, 2)` | if it can, else it copies without a word | only for a wrong number of elements |
# | `t.clone()` | never | never |
#
# `torch.arange(6).reshape(2, 3).T.view(6)` gives:
#
# ```
# RuntimeError: view size is not compatible with input tensor's size and stride (at least one dimension spans
# across two contiguous subspaces). Use .reshape(...) instead.
# ```
#
# That view fails on every tensor that is not contiguous is often said and not true:
# `torch.zeros(4, 6)[:, :3]` has gaps in memory, and its view of shape (2, 2, 3) works. Try it rather than
# guess.
#
# A size of -1 means "whatever is left": `t.reshape(3, -1)`. Beside a size of 0, -1 could be anything and
# raises.

# %% difficulty="medium" minutes=10
def to_rows(x: Tensor, rows: int) -> Tensor:
    """Deal a tensor's elements into rows.

    Args:
        x: at least one dimension and one element, contiguous or not.
        rows: how many rows.

    Returns:
        2-D, with `rows` rows of equal length: x's elements in x's reading order (last index fastest).

    Raises:
        ValueError: `rows` is below 1, or does not divide the number of elements.

    >>> to_rows(torch.arange(6), 2)
    tensor([[0, 1, 2],
            [3, 4, 5]])
    """
    raise NotImplementedError("Your code here")


# %% difficulty="medium" minutes=10
def flatten_batch(x: Tensor) -> Tensor:
    """Flatten each sample of a batch, and keep the batch.

    Args:
        x: shape (N, ...): N samples of any shape, contiguous or not. N may be 0; x may be 1-D, one number for
            each sample.

    Returns:
        Shape (N, product of the other sizes), each row one sample in reading order; (N, 1) for 1-D x.

    >>> flatten_batch(torch.zeros(8, 3, 2, 2)).shape
    torch.Size([8, 12])
    >>> flatten_batch(torch.zeros(0, 3, 2)).shape
    torch.Size([0, 6])
    """
    raise NotImplementedError("Your code here")


# %% difficulty="medium" minutes=10
def share_memory_as(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Look at the same memory in another shape.

    Args:
        x: any tensor, contiguous or not. It keeps its own shape.
        shape: the shape wanted.

    Returns:
        x's elements in reading order in that shape, in x's memory: writing to the result shows in x.

    Raises:
        ValueError or RuntimeError: no such view exists, because the strides do not allow it or the number of
            elements differs. Never a silent copy.

    >>> x = torch.zeros(4)
    >>> share_memory_as(x, (2, 2))[0, 1] = 5
    >>> x
    tensor([0., 5., 0., 0.])
    """
    raise NotImplementedError("Your code here")


# %% difficulty="easy" minutes=5
def independent_copy_as(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Copy a tensor into another shape.

    Args:
        x: any tensor, contiguous or not. It stays as it is.
        shape: a shape with the same number of elements; it may be x's own.

    Returns:
        x's elements in reading order in that shape, in memory of their own: no later change of one shows in
        the other.

    >>> independent_copy_as(torch.arange(4), (2, 2))
    tensor([[0, 1],
            [2, 3]])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Stack and cat
#
# `torch.stack` makes a new dimension, `torch.cat` makes an existing one longer. With `u` and `v` of shape
# (3,):
#
# | call | shape |
# |---|---|
# | `torch.cat([u, v])` | (6,) |
# | `torch.stack([u, v])` | (2, 3) |
# | `torch.stack([u, v], dim=-1)` | (3, 2) |
#
# Two pictures of shape (8, 8) stack to (2, 8, 8). All shapes must agree, for cat except in the dimension that
# grows:
#
# ```
# RuntimeError: Sizes of tensors must match except in dimension 0. Expected size 2 but got size 3 for tensor
# number 1 in the list.
# ```

# %% difficulty="easy" minutes=5
def stack_rows(vectors: list[Tensor]) -> Tensor:
    """Lay vectors on top of each other, each a row.

    Args:
        vectors: n >= 1 tensors of shape (d,), all of one dtype.

    Returns:
        Shape (n, d), of that dtype.

    >>> stack_rows([torch.tensor([1, 2]), torch.tensor([3, 4])])
    tensor([[1, 2],
            [3, 4]])
    """
    raise NotImplementedError("Your code here")


# %% difficulty="easy" minutes=5
def stack_columns(vectors: list[Tensor]) -> Tensor:
    """Set vectors side by side, each a column.

    Args:
        vectors: n >= 1 tensors of shape (d,), all of one dtype.

    Returns:
        Shape (d, n), of that dtype.

    >>> stack_columns([torch.tensor([1, 2]), torch.tensor([3, 4])])
    tensor([[1, 3],
            [2, 4]])
    """
    raise NotImplementedError("Your code here")


# %% difficulty="easy" minutes=5
def join_columns(a: Tensor, b: Tensor) -> Tensor:
    """Add the columns of one table to another.

    Args:
        a: shape (n, p).
        b: shape (n, q), the same dtype.

    Returns:
        Shape (n, p + q): in each row a's columns, then b's.

    >>> join_columns(torch.tensor([[1, 2], [3, 4]]), torch.tensor([[5], [6]]))
    tensor([[1, 2, 5],
            [3, 4, 6]])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Dimensions of size 1
#
# A model takes batches, even of one picture: (3, 64, 64) must become (1, 3, 64, 64). Results often carry a 1
# too many: (32, 1) predictions for (32,) labels.
#
# - `t.unsqueeze(dim)` (or `t[None]` in front) adds a dimension of size 1.
# - `t.squeeze(dim)` drops it. Where its size is not 1, nothing happens and nothing is said.
# - `t.squeeze()` drops *all* of them. It works in every test with 32 samples and fails on the day a batch has
#   one: (1, 1) becomes (), and the batch is gone. Always name the dim.
#
# Negative dims count from the end: for (32, 1), dim -1 is dim 1.

# %% difficulty="medium" minutes=10
def drop_dim(x: Tensor, dim: int) -> Tensor:
    """Remove one dimension of size 1, and no other.

    Args:
        x: any tensor with at least one dimension.
        dim: an existing dimension of x; negative ones count from the end.

    Returns:
        x's elements without that dimension; all other dimensions stay, also those of size 1.

    Raises:
        ValueError: that dimension's size is not 1.

    >>> drop_dim(torch.zeros(1, 3, 1), -1).shape
    torch.Size([1, 3])
    """
    raise NotImplementedError("Your code here")


# %% difficulty="easy" minutes=5
def add_batch_dim(x: Tensor) -> Tensor:
    """Make a batch of one out of a single sample.

    Args:
        x: any shape, () included.

    Returns:
        The same elements with a new dimension of size 1 in front, also where the first size is 1 already.

    >>> add_batch_dim(torch.zeros(3, 64, 64)).shape
    torch.Size([1, 3, 64, 64])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Moving axes
#
# Files and matplotlib keep pictures as (H, W, C), height, width, colour; torch's layers want (C, H, W).
# `t.permute(…)` lists for each new place which old dimension goes there: for `t` (10, 20, 5),
# `t.permute(1, 2, 0)` has shape (20, 5, 10). `reshape(20, 5, 10)` has that shape as well, yet it only
# recounts the same row of numbers: element [i, j, k] is another one, and a picture treated so is noise. The
# shape is right, so no error tells you.
#
# permute changes strides, as `T` does. Code that reads raw memory needs the order in memory, too:
# `.contiguous()` on the result copies it into that order.

# %% difficulty="easy" minutes=10
def hwc_to_chw(image: Tensor) -> Tensor:
    """Turn a picture from a file into one for a layer.

    Args:
        image: shape (H, W, C).

    Returns:
        Shape (C, H, W), the same dtype: element [c, h, w] is the image's [h, w, c].

    >>> hwc_to_chw(torch.tensor([[[255, 0, 0], [255, 1, 1]]]))[:, 0, 1]
    tensor([255,   1,   1])
    """
    raise NotImplementedError("Your code here")


# %% difficulty="medium" minutes=10
def batch_to_channels_last(images: Tensor) -> Tensor:
    """Turn a batch for layers into pictures for files, in memory as well.

    Args:
        images: shape (N, C, H, W).

    Returns:
        Shape (N, H, W, C), the same dtype, contiguous: element [n, h, w, c] is the batch's [n, c, h, w].

    >>> y = batch_to_channels_last(torch.zeros(8, 3, 32, 64))
    >>> y.shape, y.is_contiguous()
    (torch.Size([8, 32, 64, 3]), True)
    """
    raise NotImplementedError("Your code here")
