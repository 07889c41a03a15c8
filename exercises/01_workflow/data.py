# %% [markdown]
# # Data
#
# Every project of this course walks the same way, and this chapter walks it once on the smallest problem
# there is, a straight line:
#
# ```
# data -> model -> loss, optimiser -> training loop -> prediction -> saved file
# ```
#
# Start with data whose answer you know. If a model can't find back the line that you drew yourself, something
# in the loop is wrong, and you find out in seconds.
#
# ## Samples are rows
#
# torch expects a batch of samples as (N, features). One feature still has its own dimension: 4 temperatures
# are a column of shape (4, 1), not a vector of shape (4,).
#
# ```python
# celsius = torch.arange(0, 40, 10, dtype=torch.float32).unsqueeze(1)     # (4, 1)
# fahrenheit = 1.8 * celsius + 32                                         # (4, 1)
# ```
#
# Two slips cost the most time later:
#
# - `torch.arange(0, 40, 10)` of ints is int64, and a model's weights are float32. Say the dtype.
# - A vector (N,) against a column (N, 1) is no error. They broadcast to (N, N), every sample against every
#   other. See it once:
#
# ```python
# (torch.zeros(4) - torch.zeros(4, 1)).shape                              # torch.Size([4, 4])
# ```

# %%
import torch
from torch import Tensor


# %% difficulty="easy" minutes=10
def make_line(
    weight: float, bias: float, start: float = 0.0, end: float = 1.0, step: float = 0.02
) -> tuple[Tensor, Tensor]:
    """Make the points of a straight line.

    Args:
        weight: slope of the line.
        bias: its height at x = 0.
        start: the first x.
        end: where x ends; it is not included.
        step: distance from one x to the next, greater than 0.

    Returns:
        X and y = weight * X + bias, both of shape (n, 1) and float32, also when every argument is an int.

    >>> X, y = make_line(0.7, 0.3)
    >>> X.shape, y.shape
    (torch.Size([50, 1]), torch.Size([50, 1]))
    >>> y[:3].flatten()
    tensor([0.3000, 0.3140, 0.3280])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Training data and test data
#
# A model that is measured on the samples it learned from tells you how well it remembers. So some rows are
# put aside before anything is trained, and only the final measurement sees them:
#
# | set | share | used for |
# |---|---|---|
# | training | about 80 % | the loss that moves the weights |
# | test | about 20 % | one honest number at the end |
#
# Bigger projects keep a third set, for choosing between models. Two here will do.
#
# Splitting in order is right where the order carries meaning: here the last x values are the test, so that
# the question is "does the line hold where it has not looked?". Time series are split like that, too.
#
# ```python
# prices = torch.tensor([3.0, 3.1, 3.3, 3.2, 3.6])
# past, future = prices[:3], prices[3:]
# ```

# %% difficulty="easy" minutes=5
def split_in_order(
    X: Tensor, y: Tensor, train_fraction: float = 0.8
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Cut the rows into a training part and a test part, in their order.

    Args:
        X: (n, ...), any dtype.
        y: (n, ...), one row for each row of X.
        train_fraction: between 0 and 1; the first int(train_fraction * n) rows are for training.

    Returns:
        The tuple (X_train, y_train, X_test, y_test).

    >>> ids = torch.arange(5)
    >>> X_train, y_train, X_test, y_test = split_in_order(ids, 10 * ids)
    >>> X_train, y_test
    (tensor([0, 1, 2, 3]), tensor([40]))
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Shuffled splits
#
# Most data come in an order that means nothing or, worse, sorted by class. Then rows are drawn at random.
# Three properties make such a split honest:
#
# - X and y move together: one permutation for both.
# - No row is in both parts; a test row that the model trained on is a leak, and the score is too good.
# - The same split every time, or two runs can't be compared. A row that was for testing yesterday must not be
#   for training today.
#
# The last one wants a seed. `torch.manual_seed` inside such a helper works, but also resets the random
# numbers of whoever calls it; and without a seed of its own, the split changes as soon as anybody draws one
# number more. A generator of its own has neither fault (00_fundamentals/reproducibility):
#
# ```python
# deck = ["ace", "king", "queen", "jack"]
# own = torch.Generator().manual_seed(7)
# [deck[i] for i in torch.randperm(4, generator=own)]      # the same order at every call
# ```
#
# `torch.utils.data.random_split` takes such a generator too; without it, every call splits anew.

# %% difficulty="medium" minutes=10
def split_shuffled(
    X: Tensor, y: Tensor, train_fraction: float, seed: int
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Cut the rows into a training part and a test part, in a shuffled order.

    Every row goes to exactly one part, and each y stays with its X. Both parts are in shuffled order, which
    the seed alone decides: the same seed gives the same split, another seed another one. The global random
    state (torch's, NumPy's, Python's) is left untouched.

    Args:
        X: (n, ...), any dtype and device.
        y: (n, ...), one row for each row of X.
        train_fraction: between 0 and 1; int(train_fraction * n) rows are for training.
        seed: fixes the order.

    Returns:
        The tuple (X_train, y_train, X_test, y_test).

    >>> ids = torch.arange(10)
    >>> X_train, y_train, X_test, y_test = split_shuffled(ids, 5 * ids, 0.8, seed=1)
    >>> len(X_train), len(X_test), torch.equal(y_train, 5 * X_train)
    (8, 2, True)
    """
    raise NotImplementedError("Your code here")
