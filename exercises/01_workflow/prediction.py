# %% [markdown]
# # Prediction
#
# A trained model is used through one small function that everybody calls and nobody wants to think about. It
# has to leave the model as it found it: perhaps training goes on after it.
#
# Two switches, which beginners' courses like to mix up:
#
# | switch | what it changes | what it does not change |
# |---|---|---|
# | `model.eval()` | dropout and batch norm work as in use | gradients are still recorded |
# | `torch.inference_mode()` | nothing is recorded | dropout still drops |
#
# So `eval()` does not turn gradients off. See for yourself:
#
# ```python
# layer = nn.Linear(2, 1).eval()
# layer(torch.zeros(3, 2)).requires_grad           # True: the record is there, and costs memory
# with torch.inference_mode():
#     layer(torch.zeros(3, 2)).requires_grad       # False
# ```
#
# Dropping the history afterwards, `layer(x).detach()`, comes too late: the record was built first.
# `torch.no_grad()` is a fine shield as well; its results may take part in later training, which those of
# inference_mode may not.
#
# If you see this error:
#
# - `Expected more than 1 value per channel when training, got input size torch.Size([1, 4])`: batch norm met
#   a single sample in train mode; `eval()` is missing.
#
# ## Leaving no trace
#
# What must be undone whatever happens stands in a `finally`. It runs after a `return`, and also when an error
# passes through:
#
# ```python
# def with_lamp_on(lamp, work):
#     before = lamp.on
#     lamp.on = True
#     try:
#         return work()
#     finally:
#         lamp.on = before
# ```
#
# A model has one such flag in each of its modules: note them all, from `model.modules()`. `model.train(flag)`
# would write one flag over all of them, and wake a part that was put to eval on purpose.

# %%
import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from torch import Tensor, nn


class Line(nn.Module):
    """A given model: weights * x + bias, as in 01_workflow/models."""

    def __init__(self) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.randn(1))
        self.bias = nn.Parameter(torch.randn(1))

    def forward(self, x: Tensor) -> Tensor:
        return self.weights * x + self.bias


# %% difficulty="medium" minutes=10
def predict(model: nn.Module, X: Tensor) -> Tensor:
    """The model's output for X, in eval mode and without gradient history.

    No graph is built on the way. Afterwards every submodule has the mode it had before, also when the model's
    forward raises an error. Nothing else changes: parameters, buffers, `.grad`, X, the random state.

    Args:
        model: any module that takes X.
        X: a batch, as the model wants it.

    Returns:
        What the model gives, with requires_grad False.

    An untrained line, on the last ten points of the data that you made in 01_workflow/data:

    >>> _ = torch.manual_seed(42)
    >>> X = torch.arange(0, 1, 0.02).unsqueeze(1)
    >>> predict(Line(), X[40:]).flatten()
    tensor([0.3982, 0.4049, 0.4116, 0.4184, 0.4251, 0.4318, 0.4386, 0.4453, 0.4520,
            0.4588])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Look at it
#
# Numbers such as a loss of 0.05 hide much. A plot of data and predictions shows at once whether the model is
# off everywhere, or only where it has not looked.
#
# `plt.subplots()` makes a new figure with one Axes in it, and the Axes has the methods that draw. A function
# that draws into `plt.gca()`, the current Axes, paints over whatever its caller drew last.
#
# ```python
# figure, ax = plt.subplots(figsize=(5, 3))
# ax.scatter([1, 2, 3], [2, 4, 9], s=10, label="measured")
# ax.set_xlabel("hour")
# ax.set_ylabel("millimetres")
# ax.legend()                                      # shows the labels given to scatter
# ```
#
# matplotlib works on NumPy arrays. A tensor that requires grad can't become one (`Can't call numpy() on
# Tensor that requires grad. Use tensor.detach().numpy() instead.`): detach it first.
#
# And `if predictions:` asks a whole tensor for one truth value. Whether something was passed at all is asked
# with `is not None`.

# %% difficulty="medium" minutes=15
def plot_predictions(
    X_train: Tensor, y_train: Tensor, X_test: Tensor, y_test: Tensor, predictions: Tensor | None = None
) -> Axes:
    """Scatter training data, test data and, if given, predictions, in a new figure.

    Args:
        X_train, y_train: (n, 1) or (n,) each.
        X_test, y_test: (m, 1) or (m,) each.
        predictions: what a model says for X_test, in y_test's shape; None leaves them out.

    Returns:
        The matplotlib Axes, in a figure of its own: one scatter for the training data, one for the test data
        and one for the predictions (drawn at X_test), both axes labelled, a legend that names each scatter.

    The tensors may require grad; they stay as they are.

    >>> x = torch.arange(5.0)
    >>> ax = plot_predictions(x[:3], x[:3], x[3:], x[3:])
    >>> len(ax.collections)
    2
    """
    raise NotImplementedError("Your code here")
