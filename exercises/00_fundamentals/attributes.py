# %% [markdown]
# # What a tensor tells about itself
#
# Three attributes explain most of the error messages that you will get from torch. When a line fails, print
# these three for each tensor in it before you try anything else:
#
# | attribute | question | when it is wrong |
# |---|---|---|
# | `x.shape` | how many numbers, arranged how? | "shapes cannot be multiplied" |
# | `x.dtype` | what kind of number? | "expected m1 and m2 to have the same dtype" |
# | `x.device` | in which memory? | "not on the expected device" |
#
# The others follow from these, or are switches:
#
# | | for `t = torch.zeros(2, 5)` | |
# |---|---|---|
# | `t.ndim`, `t.dim()` | `2` | number of dimensions, `len(t.shape)` |
# | `t.numel()` | `10` | number of elements, a method: mind the brackets |
# | `t.requires_grad` | `False` | does torch record what is computed with it? |
#
# `t.shape` is a `torch.Size`, which is a tuple: `t.shape == (2, 5)` is True. `t.size()` is the same thing as
# a method. `t.device` is a `torch.device`, no text, although printing it looks like one: `str(t.device)` is
# `"cpu"`.

# %%
import torch
from torch import Tensor


# %% difficulty="easy" minutes=5
def describe(x: Tensor) -> dict[str, object]:
    """Collect what a tensor tells about itself.

    Args:
        x: any tensor: any shape, dtype and device.

    Returns:
        A dict with exactly these keys: "shape" (a tuple of ints), "ndim" (int), "dtype" (a torch.dtype),
        "device" (a str such as "cpu"), "numel" (int) and "requires_grad" (bool).

    >>> describe(torch.zeros(2, 3))["shape"] == (2, 3)
    True
    >>> describe(torch.zeros(2, 3))["device"]
    'cpu'
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Out of the tensor again
#
# `torch.tensor(4.5).item()` is the Python float 4.5. It works for one element in any number of brackets, and
# gives what the dtype holds: an int for integers, a bool for bool, a float for floats. You need it for every
# loss you print or store. With more elements, or none:
#
# ```
# RuntimeError: a Tensor with 2 elements cannot be converted to Scalar
# ```
#
# A RuntimeError can mean a hundred things. A function of your own says better what was wrong: test the input
# first and `raise ValueError("…")` yourself. `x.tolist()` turns a whole tensor into nested lists.

# %% difficulty="easy" minutes=5
def to_number(x: Tensor) -> bool | int | float:
    """Take the number out of a tensor that holds one.

    Args:
        x: exactly one element, in any shape: (), (1,), (1, 1), ...; integer, bool or floating point. It may
            require grad.

    Returns:
        The element as a Python int for integers, bool for bool and float for floating point.

    Raises:
        ValueError: x has no element, or more than one.

    >>> to_number(torch.tensor([[3]]))
    3
    >>> to_number(torch.tensor(True))
    True
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Changing the dtype
#
# | dtype | bytes | also called | used for |
# |---|---|---|---|
# | `torch.float32` | 4 | float | weights, features, pictures in a network |
# | `torch.float64` | 8 | double | what NumPy makes |
# | `torch.float16`, `torch.bfloat16` | 2 | half (the first) | large networks on graphics cards |
# | `torch.int64` | 8 | long | class labels, indices |
# | `torch.uint8` | 1 | byte | pixels in files |
# | `torch.bool` | 1 | | masks |
#
# `x.to(torch.float64)`, `x.type(torch.float64)` and the short forms `x.float()`, `x.long()`, `x.bool()`
# convert. To an integer they cut the fraction off, they do not round; to bool everything but 0 becomes True.
#
# It is often said that `.to()` returns a copy. It does so only where something changes. Where x has that
# dtype already, you get x itself, and an in-place change of the "copy" changes the original:
#
# ```
# t = torch.zeros(2)
# u = t.to(torch.float32)     # u is t
# u += 1                      # t is tensor([1., 1.]) now
# ```
#
# A copy that is one in every case: `t.clone()`, or `t.to(dtype, copy=True)`.

# %% difficulty="medium" minutes=10
def cast(x: Tensor, dtype: torch.dtype) -> Tensor:
    """Copy a tensor into another dtype.

    Args:
        x: any shape and dtype, contiguous or not. It stays as it is.
        dtype: the dtype wanted; it may be the one that x has.

    Returns:
        x's elements converted to `dtype`, in x's shape and on x's device. The result never shares memory with
        x, so a later change of one does not show in the other.

    >>> x = torch.tensor([1.9, -1.9])
    >>> cast(x, torch.int64)
    tensor([ 1, -1])
    >>> cast(x, torch.float32) is x
    False
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Integers have no mean
#
# The mean of 1 and 2 is 1.5, which no integer dtype can hold, so torch does not guess. For
# `torch.tensor([18, 25]).mean()`:
#
# ```
# RuntimeError: mean(): could not infer output dtype. Input dtype must be either a floating point or complex
# dtype. Got: Long
# ```
#
# Convert first: `torch.tensor([18, 25]).float().mean()`. Bool needs it as well: the mean of
# `labels == guesses` is the share of right guesses, which you will use in 02_classification/metrics. Do not
# convert blindly, though: `.float()` of a float64 tensor throws half of its digits away.
# `x.is_floating_point()` (or `x.dtype.is_floating_point`) tells which case you have.

# %% difficulty="medium" minutes=10
def mean_of(x: Tensor) -> Tensor:
    """Compute the mean of all elements, whatever their dtype.

    Args:
        x: at least one element, any number of dimensions, any real dtype: floating point, integer or bool.

    Returns:
        A 0-dim tensor: x's own dtype and full precision where x is floating point (float64 stays float64),
        float32 where x is integer or bool.

    >>> mean_of(torch.tensor([1, 2]))
    tensor(1.5000)
    >>> mean_of(torch.tensor([1, 2], dtype=torch.float64))
    tensor(1.5000, dtype=torch.float64)
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## How much memory
#
# The dtype fixes the bytes of one element: `torch.int16.itemsize` is 2, and for a tensor `t.element_size()`
# tells it. A network of seven billion float32 weights takes 28 GB, which is why large ones use two-byte
# floats.
#
# Python's `sys.getsizeof(t)` does not answer this: it measures the small Python object in front of the
# numbers.

# %% difficulty="easy" minutes=5
def bytes_used(x: Tensor) -> int:
    """Count the bytes that a tensor's elements take.

    Args:
        x: any shape and dtype. Where x is a part of a larger tensor (a row, a slice), only x's own elements
            count.

    Returns:
        The number of elements times the bytes of one, as a Python int.

    >>> bytes_used(torch.zeros(2, 3))
    24
    >>> bytes_used(torch.zeros(2, 3, dtype=torch.float64))
    48
    """
    raise NotImplementedError("Your code here")
