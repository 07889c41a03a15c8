# %% [markdown]
# # NumPy and back
#
# Files, plots, scikit-learn and pandas speak NumPy; models speak torch. Going from one to the other is one
# call, and every such call answers three questions: is the memory **shared** or copied, which **dtype**
# comes out, and what about **gradients and devices**, which NumPy does not know?
#
# | call | memory | dtype |
# |---|---|---|
# | `torch.from_numpy(a)`, `torch.as_tensor(a)` | shared with a | kept |
# | `torch.tensor(a)` | copied | kept |
# | `torch.tensor(a, dtype=...)` | copied | as you say |
# | `torch.Tensor(a)` | shared if a is float32, else copied: avoid it | float32 |
# | `t.numpy()`, `np.asarray(t)` | shared with t | kept |
# | `t.numpy().copy()`, `a.astype(...)` | copied | kept; as you say |

# %%
import numpy as np
import torch
from torch import Tensor

# %% [markdown]
# ## float64, the dtype you did not ask for
#
# `np.array([0.5, 1.5])` is float64, and so is what `np.loadtxt` or a pandas column gives. Nothing complains
# until the data meet a model, whose weights are float32:
#
# ```
# RuntimeError: mat1 and mat2 must have the same dtype, but got Double and Float
# ```
#
# Double is float64; the data are at fault, not the model. Integers give the same error with Long. So
# convert where the data come in, not in the model.
#
# ## What `.float()` does not do
#
# It is often said that `.float()` or `.type(torch.float32)` makes a copy. It makes one **where the dtype
# changes**; a tensor that is float32 already comes back as it is. So this code works on its own memory for
# float64 and int64 arrays, and shares it for float32:
#
# ```
# a = np.zeros(2, dtype=np.float32)
# t = torch.from_numpy(a).float()
# a += 1                             t is now tensor([1., 1.])
# a = a + 1                          t is still tensor([1., 1.])
# ```
#
# `a += 1` writes into the array's memory. `a = a + 1` makes a new array and gives it the old name; the
# tensor keeps the old memory. Whoever keeps an array and changes it in place, a loader that reuses its
# buffer for example, changes the shared tensor with it.

# %% difficulty="easy" minutes=10
def from_array(array: np.ndarray) -> Tensor:
    """Turn a NumPy array into model input.

    Args:
        array: any shape, any numeric dtype: floats, signed and unsigned integers, bool. Stays unchanged.

    Returns:
        float32 of the same shape that never shares memory with the array, whatever its dtype.

    >>> from_array(np.array([1, 2]))
    tensor([1., 2.])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## When sharing is what you want
#
# A copy of a large array costs time and twice the memory. Sharing costs nothing, whatever the size: the new
# tensor is a second view of the same bytes, with the array's own dtype and strides. It works in both
# directions, so `t.zero_()` empties the array, too.
#
# Only a dtype that torch has can be shared, and only strides that torch allows. `a[::-1]` has a negative
# one:
#
# ```
# ValueError: At least one stride in the given numpy array is negative, and tensors with negative strides are
# not currently supported. (You can probably work around this by making a copy of your array  with
# array.copy().)
# ```
#
# Each of `.float()`, `.contiguous()`, `np.ascontiguousarray(a)` and `a.astype(...)` may put a copy in
# between, after which writing to one side no longer shows on the other.

# %% difficulty="easy" minutes=5
def share_with_array(array: np.ndarray) -> Tensor:
    """Make a tensor of a NumPy array without copying.

    Args:
        array: one or more dimensions, any numeric dtype, contiguous or a transposed or strided view; no
            negative strides.

    Returns:
        The same shape, dtype and memory: what is later written to one shows in the other.

    >>> a = np.zeros(2)
    >>> t = share_with_array(a)
    >>> a[0] = 5
    >>> t
    tensor([5., 0.], dtype=torch.float64)
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## From tensor to array
#
# Results go to matplotlib or a file as arrays. Two things stand in the way, and torch names both:
#
# ```
# RuntimeError: Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.
# TypeError: can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host
# memory first.
# ```
#
# - NumPy records no operations, so a tensor with a gradient history must be cut from it. `t.detach()` is a
#   second tensor on the same memory without that history; t itself stays as it was. You will meet it again in
#   01_workflow/autograd.
# - NumPy reads CPU memory only. `t.cpu()` copies from an accelerator; a CPU tensor comes back as it is.
#
# Neither does anything where it is not needed. So a plotting function can always write all three, in this
# order: `plt.plot(losses.detach().cpu().numpy())`. Code tried on a CPU alone often lacks the second, and
# fails on the first machine with a GPU.

# %% difficulty="easy" minutes=5
def to_array(x: Tensor) -> np.ndarray:
    """Turn any tensor into a NumPy array.

    Args:
        x: any shape, any dtype that NumPy has, on any device, whether or not it requires grad. Stays as it
            is: it still requires grad afterwards if it did before.

    Returns:
        A NumPy array of the same shape and dtype.

    >>> to_array(torch.tensor([1.5, 2.5], requires_grad=True))
    array([1.5, 2.5], dtype=float32)
    """
    raise NotImplementedError("Your code here")
