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
    # BEGIN SOLUTION
    # HINT What does * do with a tensor and a number?
    # HINT It makes a new tensor; *= does not.
    # HINT Return 2 * x.
    return 2 * x
    # END SOLUTION


# %% difficulty="medium" minutes=10
class Scale(nn.Module):
    """Multiplies its input by one learnable number that starts at 1."""

    def __init__(self) -> None:
        # BEGIN SOLUTION
        # HINT A learnable tensor is an nn.Parameter.
        # HINT super().__init__() comes first.
        # HINT self.factor = nn.Parameter(torch.ones(()))
        super().__init__()
        self.factor = nn.Parameter(torch.ones(()))
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """(…) -> (…)"""
        # BEGIN SOLUTION
        return self.factor * x
        # END SOLUTION


# %% difficulty="hard" minutes=15
def descend(model: nn.Module, X: Tensor, y: Tensor, lr: float) -> float:
    """One step of gradient descent on the mean squared error; the loss before it as a Python float."""
    # BEGIN SOLUTION
    # HINT zero_grad, loss, backward, step.
    # HINT torch.optim.SGD does the step.
    # HINT Return loss.item().
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(X), y)
    loss.backward()
    optimizer.step()
    return loss.item()
    # END SOLUTION
