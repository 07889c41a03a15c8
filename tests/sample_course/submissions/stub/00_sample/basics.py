# %% [markdown]
# # Basics
# A function, a class and a training step: one exercise of each kind that the engine treats differently.

# %%
import torch
from torch import Tensor, nn

# %% difficulty="easy" minutes=5
def double(x: Tensor) -> Tensor:
    """Twice `x`, leaving `x` as it is.

    >>> double(torch.tensor([1.0, 2.0]))
    tensor([2., 4.])
    """
    raise NotImplementedError("Your code here")


# %% difficulty="medium" minutes=10
class Scale(nn.Module):
    """Multiplies its input by one learnable number that starts at 1."""

    def __init__(self) -> None:
        raise NotImplementedError("Your code here")

    def forward(self, x: Tensor) -> Tensor:
        """(…) -> (…)"""
        raise NotImplementedError("Your code here")


# %% difficulty="hard" minutes=15
def descend(model: nn.Module, X: Tensor, y: Tensor, lr: float) -> float:
    """One step of gradient descent on the mean squared error; the loss before it as a Python float."""
    raise NotImplementedError("Your code here")
