# %% [markdown]
# # Autograd
#
# To improve a model you must know, for each of its numbers, whether the loss falls when that number grows or
# when it shrinks, and how steeply. That is a derivative, and torch computes it for you: it records every
# operation on tensors that ask for it, and walks the record backwards.
#
# ```
# x = 3 (requires_grad) -- square --> 9 -- times 2 --> y = 18          forward: values, and the record
# x.grad = 12 <--------- 2x = 6 <---- 2 <------------- y.backward()    backward: slopes, multiplied on the way
# ```
#
# ```python
# x = torch.tensor(3.0, requires_grad=True)        # a leaf: made by you, not by an operation
# y = 2 * x ** 2
# y.backward()
# x.grad                                           # tensor(12.)
# ```
#
# `backward` *adds* its result to `.grad`. A second loss would add to the same 12, until somebody clears it.
#
# `torch.autograd.grad(y, x)` gives the slope as an answer, a tuple with one entry for each input asked about,
# and leaves `.grad` alone. What y does not depend on raises an error, or gives None with `allow_unused=True`.
#
# If you see this error:
#
# - `element 0 of tensors does not require grad and does not have a grad_fn`: nothing was recorded. Nobody
#   asked for gradients, or the value never met a tensor that did; its derivative is simply 0.
# - `Only Tensors of floating point and complex dtype can require gradients`: `torch.tensor(3)` is an integer.
# - `grad can be implicitly created only for scalar outputs`: backward starts from one number. Take the mean
#   first.
# - `Trying to backward through the graph a second time`: the record is used up by backward; compute y anew.

# %%
from collections.abc import Callable, Iterable

import torch
from torch import Tensor


# %% difficulty="medium" minutes=10
def derivative(f: Callable[[Tensor], Tensor], x: float) -> float:
    """The slope f'(x) of a function, computed by autograd.

    Args:
        f: takes a 0-dim float32 tensor and gives a 0-dim tensor, using torch operations. It may ignore its
            argument, and it may use other tensors, tracked or not.
        x: where to take the slope.

    Returns:
        f'(x) as a Python float, exact to float32; 0.0 where f does not depend on its argument.

    >>> derivative(lambda t: 2 * t ** 2, 3.0)
    12.0
    >>> derivative(lambda t: torch.tensor(5.0), 3.0)
    0.0
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Gradients of a loss
#
# A loss depends on several numbers, and each gets its own slope, of its own shape. The data are recorded as
# constants. Here are the slopes of a mean squared error with respect to one shift `c`:
#
# ```python
# c = torch.tensor([0.5], requires_grad=True)
# heights = torch.tensor([1.5, 1.7, 1.9])
# error = ((c - heights) ** 2).mean()
# torch.autograd.grad(error, c)                    # (tensor([-2.4000]),), one entry of shape (1,)
# ```
#
# Whether a tensor is tracked is written on the tensor itself. A helper that calls `requires_grad_()` on what
# it was given changes it for everybody who holds it. `x.detach()` gives an untracked tensor on the same
# memory, `x.clone()` new memory with the record kept; together they make a fresh leaf that is yours.

# %% difficulty="medium" minutes=10
def line_gradients(weight: Tensor, bias: Tensor, X: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Gradients of the mean squared error of weight * X + bias, with respect to weight and to bias.

    The arguments are plain tensors, and stay so: requires_grad False, `.grad` None.

    Args:
        weight: floating, of shape () or (1,).
        bias: likewise.
        X: (n, 1) or (n,), the same dtype.
        y: the targets, of X's shape.

    Returns:
        The gradients, in this order; each has the shape and dtype of its argument.

    >>> X, y = torch.tensor([[1.0], [2.0]]), torch.tensor([[2.0], [4.0]])
    >>> line_gradients(torch.tensor([1.0]), torch.tensor([0.0]), X, y)
    (tensor([-5.]), tensor([-3.]))
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Downhill
#
# The gradient points uphill, so a step goes against it: `c - lr * c.grad`. The learning rate `lr` is the
# length of the stride.
#
# The step itself must not be recorded, and it must change the tensor in place. `c = c - lr * c.grad` makes a
# new tensor with a history and leaves the old one as it was. Without a shield, torch refuses the in-place
# version:
#
# `a leaf Variable that requires grad is being used in an in-place operation.`
#
# ```python
# heights = torch.tensor([1.5, 1.7, 1.9])
# c = torch.tensor([0.5], requires_grad=True)
# for _ in range(50):
#     c.grad = None                                # forget: backward adds
#     ((c - heights) ** 2).mean().backward()
#     with torch.no_grad():                        # nothing in here is recorded
#         c -= 0.1 * c.grad                        # in place: c stays the same leaf
# ```
#
# Where a loss does not depend on a tensor, its `.grad` stays None: there is no way to go. And beware of an
# iterable that is a generator, as `model.parameters()` is: it can be walked through only once.

# %% difficulty="hard" minutes=15
def gradient_step(parameters: Iterable[Tensor], loss: Tensor, lr: float) -> None:
    """Make one step of gradient descent: each parameter becomes parameter - lr * its gradient, in place.

    Only the gradient of this loss counts, whatever `.grad` held before. A parameter that the loss does not
    depend on stays as it is. Afterwards the parameters are still leaves that require grad, and each `.grad`
    is None or zero.

    Args:
        parameters: leaf tensors that require grad, of any shapes; a list or any other iterable, which may be
            one that can be walked through only once.
        loss: 0-dim, computed from them.
        lr: the learning rate.

    >>> w = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> gradient_step([w], (w ** 2).sum(), lr=0.25)
    >>> w
    tensor([0.5000, 1.0000], requires_grad=True)
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Keeping a value without its history
#
# A tracked tensor drags its whole record along, and NumPy refuses it (`Can't call numpy() on Tensor that
# requires grad. Use tensor.detach().numpy() instead.`). When you want to keep a value, for a plot or to
# compare with later, you want neither the history nor the memory, which the next step overwrites.
#
# | | history | memory |
# |---|---|---|
# | `y = x` | the same | the same |
# | `x.detach()` | none | shared |
# | `x.clone()` | kept, one operation longer | its own |

# %% difficulty="easy" minutes=5
def untracked_copy(x: Tensor) -> Tensor:
    """Copy a tensor, without gradient history and without shared memory.

    Args:
        x: any shape, dtype and device, tracked or not; it stays as it is.

    Returns:
        The same values, shape, dtype and device; requires_grad False.

    >>> untracked_copy(torch.tensor([1.0, 2.0], requires_grad=True))
    tensor([1., 2.])
    """
    raise NotImplementedError("Your code here")
