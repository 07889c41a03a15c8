# %% [markdown]
# # Creating tensors
#
# A tensor is a grid of numbers of one kind. Pictures, sentences, tables and a network's weights all become
# tensors before anything is computed with them. The number of its dimensions is how many indices one element
# needs:
#
# | name | `ndim` | shape | could hold |
# |---|---|---|---|
# | scalar | 0 | `()` | a loss, a learning rate |
# | vector | 1 | `(3,)` | one house: area, rooms, age |
# | matrix | 2 | `(50, 3)` | fifty houses |
# | tensor | 3 and up | `(3, 64, 64)` | a colour picture |
#
# In code, `ndim` is the number of opening brackets before the first number: `7` has none, `[[7]]` has two.

# %%
import torch
from torch import Tensor

# %% [markdown]
# ## torch.tensor, and the dtype it picks
#
# `torch.tensor(data)` copies numbers into a new tensor. It looks at them to choose a dtype:
#
# | data | dtype |
# |---|---|
# | `20`, `[20, 21]` | int64 |
# | `20.5`, `[20, 21.5]`, `[]` | float32 |
# | `[True, False]` | bool |
# | a NumPy array | the array's own, often float64 |
#
# Networks compute in float32, so say so whenever the numbers may be whole:
# `torch.tensor([20, 21], dtype=torch.float32)`. Otherwise the trouble comes later, where the integers meet
# weights.
#
# **If you see this error**, `torch.tensor([[20, 21]]) @ torch.rand(2, 1)` shows the cause, int64 times
# float32:
#
# ```
# RuntimeError: expected m1 and m2 to have the same dtype, but got: long int != float
# ```
#
# "Long" is torch's old name for int64, "float" means float32 and "double" float64.
#
# It is often said that `torch.Tensor` and `torch.tensor` are the same. They are not: with a capital T and a
# whole number you get that many *slots*, filled with whatever the memory held. `torch.Tensor(20)` has shape
# `(20,)`.

# %% difficulty="easy" minutes=5
def make_scalar(value: float) -> Tensor:
    """Wrap one number in a 0-dim tensor.

    Args:
        value: an int or a float.

    Returns:
        float32 of shape (), also when `value` is an int.

    >>> make_scalar(7)
    tensor(7.)
    """
    raise NotImplementedError("Your code here")


# %% difficulty="easy" minutes=5
def make_vector(values: list[float]) -> Tensor:
    """Turn a list of numbers into a vector.

    Args:
        values: n numbers, ints and floats mixed as they come; n may be 0.

    Returns:
        float32 of shape (n,): (1,) for one number and (0,) for an empty list.

    >>> make_vector([1, 2.5])
    tensor([1.0000, 2.5000])
    >>> make_vector([3])
    tensor([3.])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# A list of lists becomes a matrix: each inner list is one row. All rows must have one length; a plain tensor
# is never ragged. `torch.tensor([[5, 6, 7], [8]])` stops with:
#
# ```
# ValueError: expected sequence of length 3 at dim 1 (got 1)
# ```
#
# "dim 1" is the second index, counted from 0. One gap is worth knowing: the rule is read off the first row,
# and where that is empty, torch 2.13 makes an empty tensor and drops the other rows' numbers without a word.

# %% difficulty="easy" minutes=5
def make_matrix(rows: list[list[float]]) -> Tensor:
    """Turn a list of rows into a matrix.

    Args:
        rows: at least one row; every row is a list of c numbers, ints or floats.

    Returns:
        float32 of shape (r, c), one row of the tensor for each row of the list.

    Raises:
        ValueError: the rows have unequal lengths.

    >>> make_matrix([[1, 2, 3], [4, 5, 6]])
    tensor([[1., 2., 3.],
            [4., 5., 6.]])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Random numbers
#
# A network starts from random weights and improves them. `torch.rand(shape)` draws uniformly from [0, 1): 0
# may come, 1 never does. `torch.randn(shape)` draws from a bell curve around 0 instead.
#
# The numbers come out of one long, fixed stream; a seed chooses the place where it starts, and each draw
# moves on:
#
# ```
# torch.manual_seed(5)
# torch.rand(2)          # 0.8303 0.1261
# torch.rand(2)          # 0.9075 0.8199    further along: a seed does not make two draws equal
# ```
#
# You will meet seeds again in 00_fundamentals/reproducibility.

# %% difficulty="easy" minutes=5
def make_random(shape: tuple[int, ...], seed: int) -> Tensor:
    """Draw a repeatable tensor of random numbers.

    Args:
        shape: the shape wanted, of one or more dimensions; a size may be 0.
        seed: an int from 0 up. The same seed gives the same numbers, whatever was drawn before.

    Returns:
        float32 of that shape, uniform on [0, 1): the very values that `torch.rand(shape)` gives right after
        `torch.manual_seed(seed)`.

    >>> make_random((2,), seed=3)
    tensor([0.0043, 0.1056])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Filled tensors
#
# `torch.full(shape, value)`, `torch.zeros(shape)` and `torch.ones(shape)` fill a shape with one value. Zeros
# and ones are float32, but `torch.full((2,), 9)` is int64, since 9 is. `torch.empty(shape)` fills nothing:
# what you read there was left by someone else, and it is zeros just often enough to deceive you.
#
# Each has a sister that copies shape, dtype and device from another tensor: `torch.zeros_like(x)`. Prefer it
# wherever a tensor must fit another one: your code then runs on a graphics card and in float64 without a
# change.

# %% difficulty="easy" minutes=5
def make_zeros_and_ones(shape: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Make a tensor of zeros and a tensor of ones.

    Args:
        shape: the shape of both, of one or more dimensions; a size may be 0.

    Returns:
        A tuple: the zeros first, then the ones, both float32 of that shape.

    >>> make_zeros_and_ones((2,))
    (tensor([0., 0.]), tensor([1., 1.]))
    """
    raise NotImplementedError("Your code here")


# %% difficulty="easy" minutes=5
def make_ones_like(x: Tensor) -> Tensor:
    """Make ones that fit another tensor.

    Args:
        x: a tensor of any shape, dtype (bool and integers too) and device. It stays as it is.

    Returns:
        A new tensor of ones with x's shape, x's dtype and on x's device.

    >>> make_ones_like(torch.tensor([[4, 0], [-3, 9]]))
    tensor([[1, 1],
            [1, 1]])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Ranges
#
# `torch.arange(10, 50, 10)` counts like Python's `range`: 10, 20, 30, 40. The end is left out. Unlike `range`
# it also takes floats: three ints give int64, a single float among them makes it float32.
#
# "The end is never included" holds for ints only. The number of elements is (end - start) / step, rounded up,
# and a fraction such as 0.1 is not exact in binary: `torch.arange(1, 1.3, 0.1)` has four elements, 1.3 among
# them. When you want a fixed number of points, `torch.linspace(1, 1.3, 4)` says so; it does include the end.
# The old `torch.range` includes the end too, and is deprecated.

# %% difficulty="easy" minutes=5
def make_range(start: float, end: float, step: float) -> Tensor:
    """Count from `start` towards `end` in steps of `step`.

    Args:
        start: the first element.
        end: where to stop; not included. Where it equals `start` the result is empty.
        step: the distance of neighbours, not 0; negative to count down.

    Returns:
        What `torch.arange` gives for these: 1-D, int64 where all three are ints, float32 otherwise.

    >>> make_range(0, 10, 3)
    tensor([0, 3, 6, 9])
    >>> make_range(1, 0, -0.25)
    tensor([1.0000, 0.7500, 0.5000, 0.2500])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Where it lives, and whether it is tracked
#
# Two more arguments go with every tensor you create:
#
# - `device`: which memory holds the numbers and which chip computes, `"cpu"`, `"cuda"` (NVIDIA) or `"mps"`
#   (Apple). `"meta"` holds shape and dtype but no numbers at all: a way to try, without a graphics card,
#   whether code respects its device.
# - `requires_grad`: whether torch records what is computed with the tensor, so that it can later say how a
#   loss changes when these numbers do. Of those, only tensors that *you* make are **leaves**, and only leaves
#   collect gradients:
#
# ```
# w = torch.zeros(3, requires_grad=True)                          w.is_leaf   True
# d = torch.zeros(3, requires_grad=True).to(torch.float64)        d.is_leaf   False, a conversion's result
# ```
#
# `d` records too, yet its gradients go to the float32 tensor that nobody kept. So settle dtype and device
# first and track last. Integers cannot be tracked:
#
# ```
# RuntimeError: Only Tensors of floating point and complex dtype can require gradients
# ```
#
# A device name written into a function works on your machine only. Where torch is built for the CPU,
# `device="cuda"` gives:
#
# ```
# AssertionError: Torch not compiled with CUDA enabled
# ```
#
# Use the device you were given. What gradients are for comes in 01_workflow/training.

# %% difficulty="medium" minutes=10
def make_tracked(values: list[float], dtype: torch.dtype = torch.float32, device: str = "cpu") -> Tensor:
    """Make a tensor that collects gradients.

    Args:
        values: n numbers; they may all be ints.
        dtype: a floating-point dtype.
        device: such as "cpu", "cuda" or "meta".

    Returns:
        Shape (n,), with that dtype, on that device; it requires grad and is a leaf (`is_leaf` is True).

    >>> make_tracked([1, 2])
    tensor([1., 2.], requires_grad=True)
    >>> make_tracked([0.5], dtype=torch.float64).is_leaf
    True
    """
    raise NotImplementedError("Your code here")
