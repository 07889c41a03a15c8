# %% [markdown]
# # Devices
#
# A tensor lives in the memory of one device, and an operation runs where its tensors are. On an accelerator
# a large product is tens of times faster, but nothing moves there by itself.
#
# | device | what it is | available when |
# |---|---|---|
# | `cpu` | ordinary memory | always |
# | `cuda` | an NVIDIA GPU (or AMD, with ROCm); `cuda:1` is the second one | `torch.cuda.is_available()` |
# | `mps` | the GPU of an Apple computer | `torch.backends.mps.is_available()` |
# | `meta` | no memory at all: shape and dtype without numbers | always |
#
# Code that names "cuda" works on one kind of machine; on the others it stops with
#
# ```
# AssertionError: Torch not compiled with CUDA enabled
# ```
#
# So ask the machine once, keep the answer in a variable `device`, and let everything else follow it.

# %%
from typing import Any

import torch
from torch import Tensor

# %% [markdown]
# A device is an object, `torch.device("mps")`, with a `type` ("mps") and an `index`. Compare types:
# `torch.device("cuda")` and `torch.device("cuda:0")` are not equal. Put the question inside a function: an
# answer kept from the moment of import, or in a default argument, is as old as the import.

# %% difficulty="easy" minutes=5
def pick_device() -> torch.device:
    """Choose the best device of this machine.

    Asks `torch.cuda.is_available()` and `torch.backends.mps.is_available()` anew at each call.

    Returns:
        A torch.device (not a string) of type "cuda" if CUDA is available, else "mps" if MPS is, else "cpu".

    >>> pick_device().type in ("cuda", "mps", "cpu")
    True
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Moving
#
# `x.to(device)` gives a tensor on that device, and x stays where it is. `x.to(device)` on a line of its own
# moves nothing: write `x = x.to(device)`. It is often told that models behave the same; they don't.
# `model.to(device)` does change the model in place, so both spellings work there.
#
# Tensors in different places do not meet:
#
# ```
# RuntimeError: Tensor on device meta is not on the expected device cpu!
# ```
#
# Then some `.to` is missing, or a tensor was made inside a function without `device=`: `torch.zeros(n)` is
# a CPU tensor whatever the others are. Inside functions, follow what you are given:
# `torch.zeros(n, device=x.device)`, `torch.zeros_like(x)`.
#
# `to` takes other things, too, and does what they say: `x.to(torch.float64)` changes the dtype, and
# `x.to(y)` makes x like y in **both** device and dtype. Labels moved that way to a float32 tensor's device
# are labels no longer.
#
# ## Trying it without a GPU
#
# On `meta`, operations run without numbers, so it shows whether your code follows its device: wrong shapes
# and places fail as they would on a GPU. Reading a number fails, as there is none, and there is no way back
# from it.
#
# ```
# w = torch.ones(3, 2, device="meta")
# torch.ones(4, 3).to("meta") @ w         tensor(..., device='meta', size=(4, 2))
# w.sum().item()                          RuntimeError: Tensor.item() cannot be called on meta tensors
# ```

# %% difficulty="easy" minutes=5
def on_device_of(x: Tensor, reference: Tensor) -> Tensor:
    """Bring a tensor to the device of another one.

    Args:
        x: any shape and dtype; stays where it is.
        reference: a tensor on any device; only its device counts, not its shape or dtype.

    Returns:
        x's elements, in x's shape and dtype, on the device of reference.

    >>> on_device_of(torch.tensor([1, 2]), torch.zeros(3, device="meta"))
    tensor(..., device='meta', size=(2,), dtype=torch.int64)
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Batches that are more than a tensor
#
# A batch is often a nesting: `{"image": t, "boxes": [t, t], "size": (32, 32)}`. Such a thing has no `to`:
#
# ```
# AttributeError: 'dict' object has no attribute 'to'
# ```
#
# A nesting of any depth wants a function that calls itself on the parts of a container and stops at
# everything else. This one counts elements:
#
# ```
# def count(tree):
#     if isinstance(tree, Tensor):
#         return tree.numel()
#     if isinstance(tree, dict):
#         return sum(count(value) for value in tree.values())
#     if isinstance(tree, (list, tuple)):
#         return sum(count(item) for item in tree)
#     return 0                                   a number, a text, None: nothing to count
# ```
#
# Three cases are easily forgotten: a text is a sequence of texts, so never loop over everything that can be
# looped over; an empty container is a container; and building the answer inside the old container,
# `tree[key] = ...`, changes what the caller holds.

# %% difficulty="medium" minutes=15
def move_tree(batch: Any, device: torch.device | str) -> Any:
    """Move every tensor in a nested batch to a device.

    Args:
        batch: a tensor, or dicts, lists and tuples nested to any depth (exactly these types) with tensors and
            other values (numbers, texts, None, NumPy arrays, ...) in them. Stays unchanged, also inside.
        device: a torch.device or its name.

    Returns:
        The same nesting, each container of the same type and with the same keys, each tensor on the device
        with its shape and dtype, every other value as it was.

    >>> move_tree({"x": torch.zeros(2), "names": ["a", "b"], "size": (2, None)}, "meta")
    {'x': tensor(..., device='meta', size=(2,)), 'names': ['a', 'b'], 'size': (2, None)}
    """
    raise NotImplementedError("Your code here")
