# %% [markdown]
# # Reproducibility
#
# Weights start as random numbers, batches come in random order, data are split at random. To find out
# whether a change helped, you need the same numbers again: otherwise you compare your idea with luck.
#
# A random generator is a machine that turns a state into a number and a next state. A seed sets the state.
#
# ```
# torch.manual_seed(7)    state A
# torch.rand(2)           state A -> [0.5349, 0.1988]   now state B
# torch.rand(2)           state B -> [0.6592, 0.6569]   now state C
# torch.manual_seed(7)    state A again
# torch.rand(2)           state A -> [0.5349, 0.1988]
# ```
#
# So a seed does not make every draw the same; it makes the **sequence** the same. Each draw moves the state
# on, and two equal draws need the state put back in between.

# %%
import random

import numpy as np
import torch
from torch import Tensor

# %% [markdown]
# ## Where to put the seed
#
# | code | what happens |
# |---|---|
# | seed once, draw twice | two different tensors: the second continues where the first ended |
# | model first, then seed | other weights in every run: they are drawn when the model is built |
# | seed inside the epoch loop | the same "random" order in every epoch |
# | seed, build the model, train | the same run again |
#
# Equal is not separate. After `b = a` there is one tensor with two names; writing to one writes to "both".
# `a.clone()` has memory of its own.

# %% difficulty="easy" minutes=5
def equal_pair(shape: tuple[int, ...], seed: int) -> tuple[Tensor, Tensor]:
    """Make two random tensors with equal elements and separate memory.

    Args:
        shape: shape of each of the two.
        seed: the same seed gives the same pair, also after other draws; another seed gives another pair.

    Returns:
        A tuple of two tensors. Writing to one leaves the other as it was.

    >>> a, b = equal_pair((2, 3), seed=0)
    >>> a.shape, torch.equal(a, b), a is b
    (torch.Size([2, 3]), True, False)
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## A generator of your own
#
# `torch.manual_seed` sets the generator that everything shares: weights, dropout, shuffling, your own
# `rand`. That has two sides. A function that seeds it also resets everybody else's sequence. And one more
# draw anywhere, say a `torch.rand(1)` for a plot, moves all that comes after it: the same seed, another
# order of the batches.
#
# Work that must repeat by itself gets a generator of its own. Seeded alike, it gives the values that the
# global one would give:
#
# ```
# g = torch.Generator().manual_seed(7)
# torch.randn(2, generator=g)             what torch.randn(2) gives after torch.manual_seed(7)
# torch.randint(10, (3,), generator=g)    g moves on; the global generator does not
# ```
#
# `rand`, `randn`, `randint`, `randperm`, `multinomial`, `normal_` and `DataLoader` all take `generator=`.
# Note that `manual_seed` of a generator returns that generator, so one line makes and seeds it.
#
# Reading the global state with `torch.get_rng_state()` and putting it back at the end works, too, until an
# exception comes in between. Seeding it again with some number is no way back: the state had moved on since
# it was seeded.

# %% difficulty="easy" minutes=5
def private_random(shape: tuple[int, ...], seed: int) -> Tensor:
    """Draw uniform random numbers without touching the global random state.

    Args:
        shape: shape of the result.
        seed: fixes the numbers.

    Returns:
        float32: the very values that `torch.rand(shape)` gives after `torch.manual_seed(seed)`. Whoever draws
        from `random`, NumPy or torch afterwards gets the numbers they would have got without this call.

    >>> private_random((2,), seed=7)
    tensor([0.5349, 0.1988])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Shuffling
#
# To shuffle data, shuffle the row numbers and index with them: `X[order], y[order]` keeps each row with its
# label, where shuffling X and y one after the other would not. `torch.randint` is no shuffle, since it
# repeats numbers; in a permutation each occurs once.
#
# A split into training and test rows is such an order, cut in two. If it changes between runs, test rows of
# one run were training rows of another, and a saved model is tested on what it has seen. You will meet this
# in 01_workflow/data.

# %% difficulty="easy" minutes=5
def shuffled_indices(n: int, seed: int) -> Tensor:
    """Shuffle the numbers from 0 to n - 1.

    The global random state of `random`, NumPy and torch stays untouched.

    Args:
        n: how many numbers, at least 1.
        seed: the same seed gives the same order, whatever was drawn in between; another seed gives another
            order (for n >= 10; a few numbers have too few orders).

    Returns:
        int64 of shape (n,), each number once.

    >>> order = shuffled_indices(10, seed=0)
    >>> order.dtype, order.sort().values.tolist()
    (torch.int64, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Three generators that do not know each other
#
# | used by | global state seeded by | a private one |
# |---|---|---|
# | Python's `random`: `random.shuffle(names)` | `random.seed(s)` | `random.Random(s)` |
# | NumPy: `np.random.rand(3)` | `np.random.seed(s)`, 0 ≤ s < 2³² | `np.random.default_rng(s)` |
# | torch, on the CPU and all accelerators | `torch.manual_seed(s)` | `torch.Generator()` |
#
# `torch.manual_seed` leaves the other two alone, and data code often uses all three. The private ones are
# objects: making `np.random.default_rng(s)` and dropping it seeds nothing.
#
# What a seed does not promise: the same numbers on another version of torch, on a GPU instead of a CPU, or
# with another number of threads. Sums are then taken in another order, and floats round differently. Expect
# the same to the last digit on the same machine with the same software, and nearly the same elsewhere.

# %% difficulty="easy" minutes=5
def seed_everything(seed: int) -> None:
    """Seed all three global generators.

    Afterwards Python's `random`, `np.random` and `torch` each repeat themselves for the same seed and differ
    for another. This one is meant to change the global random state.

    Args:
        seed: from 0 to 2**32 - 1.

    >>> seed_everything(3)
    >>> first = random.random(), np.random.rand(), torch.rand(()).item()
    >>> seed_everything(3)
    >>> (random.random(), np.random.rand(), torch.rand(()).item()) == first
    True
    """
    raise NotImplementedError("Your code here")
