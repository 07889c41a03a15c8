# %% [markdown]
# # Training
#
# A fresh model guesses. Training turns the guess into a fit by repeating one small round: measure how wrong
# the model is, ask autograd which way each parameter should move, move it a little. You wrote the core of it
# by hand in 01_workflow/autograd; here PyTorch's loss functions and optimisers take over.
#
# | tool | example | what it knows |
# |---|---|---|
# | loss function | `nn.L1Loss()`: mean of abs(prediction - target) | how wrong a prediction is |
# | optimiser | `torch.optim.SGD(model.parameters(), lr=0.01)` | which tensors to move, and how far |
#
# The optimiser keeps the very parameter objects you hand it. It knows no model: build it from the model that
# you train, after that model exists. An optimiser that holds another model's parameters raises nothing and
# moves nothing you look at.

# %%
import torch
from torch import Tensor, nn


class Line(nn.Module):
    """A given model: weights * x + bias, as in 01_workflow/models."""

    def __init__(self) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.randn(1))
        self.bias = nn.Parameter(torch.randn(1))

    def forward(self, x: Tensor) -> Tensor:
        return self.weights * x + self.bias


# %% difficulty="easy" minutes=5
def make_training_tools(model: nn.Module, lr: float = 0.01) -> tuple[nn.Module, torch.optim.Optimizer]:
    """Build the two tools of a training: a loss function and an optimiser.

    Args:
        model: any module with parameters.
        lr: the learning rate.

    Returns:
        (an `nn.L1Loss`, a plain `torch.optim.SGD` with that learning rate, no momentum, no weight decay). The
        optimiser holds all of this model's parameters, frozen ones (requires_grad=False) included.

    >>> loss_fn, optimizer = make_training_tools(nn.Linear(1, 1))
    >>> loss_fn(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 4.0]))
    tensor(1.)
    >>> optimizer.param_groups[0]["lr"]
    0.01
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## The five moves
#
# Here they fit a single number, the mean of three heights:
#
# ```python
# heights = torch.tensor([1.6, 1.7, 1.9])
# guess = nn.Parameter(torch.tensor(0.0))
# sgd = torch.optim.SGD([guess], lr=0.1)
# for _ in range(100):
#     prediction = guess.expand(3)                   # 1 predict
#     error = nn.MSELoss()(prediction, heights)      # 2 measure: prediction first, target second
#     sgd.zero_grad()                                # 3 forget the old gradients
#     error.backward()                               # 4 compute the new ones
#     sgd.step()                                     # 5 move
# ```
#
# `backward()` *adds* to `.grad`, so without move 3 the second step uses gradient 1 + gradient 2. Move 3 may
# stand anywhere but between `backward` and `step`: there it erases what `step` is about to use. A step that
# must not care what `.grad` held before it began clears it before `backward`.
#
# `error` carries its whole graph. Keep `error.item()`, a plain number: a list of losses that are still
# tensors holds every graph in memory. Some layers work differently while training: dropout drops, batch norm
# uses the statistics of the batch. `model.train()` switches them all to that mode, `model.eval()` to the
# other. Neither touches gradients.
#
# If you see this error:
#
# - `element 0 of tensors does not require grad and does not have a grad_fn`: you trained under `no_grad` or
#   `inference_mode`, where nothing is recorded. Training needs the record.
# - the warning `Using a target size (torch.Size([4, 1])) that is different to the input size
#   (torch.Size([4]))`: (N,) and (N, 1) broadcast to (N, N), so every prediction is compared with every
#   target. The number is wrong, even though it looks harmless. Give both the same shape.

# %% difficulty="medium" minutes=10
def train_step(
    model: nn.Module, X: Tensor, y: Tensor, loss_fn: nn.Module, optimizer: torch.optim.Optimizer
) -> float:
    """Update the model once, from one batch.

    The model is put in train mode and left there, all submodules included. The update uses the gradient of
    this batch alone, whatever `.grad` held before the call. Use the loss function and the optimiser you are
    given; `loss_fn` takes the prediction first. X, y and the random state are left alone, but for what the
    model itself draws.

    Args:
        model: maps X to predictions of y's shape.
        X, y: float32 of shape (N, ...), and the targets.

    Returns:
        The loss before the update, as a Python float.

    >>> model = nn.Linear(1, 1, bias=False)
    >>> _ = nn.init.constant_(model.weight, 3.0)
    >>> sgd = torch.optim.SGD(model.parameters(), lr=0.5)
    >>> train_step(model, torch.ones(4, 1), torch.zeros(4, 1), nn.L1Loss(), sgd)
    3.0
    >>> model.weight.item()
    2.5
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Measuring without changing
#
# It is often said that `eval()` turns gradients off. It does not: the two switches are separate, and a test
# needs both.
#
# | | dropout, batch norm | graph recorded |
# |---|---|---|
# | `model.train()` | as in training | yes |
# | `model.eval()` | as in use | yes |
# | `with torch.inference_mode():` | as the mode says | no |
#
# `torch.no_grad()` also stops the recording; `inference_mode` is its stricter and faster sister.
#
# A function that only measures should leave no trace, so it puts the mode back. `model.training` is the flag
# of the outermost module only, and parts may differ on purpose (a frozen batch norm inside a model that
# trains). Each module has its own flag, and `model.modules()` runs over all of them:
#
# ```python
# drop = nn.Sequential(nn.Linear(2, 2), nn.Dropout().eval())
# [part.training for part in drop.modules()]         # [True, True, False]
# ```

# %% difficulty="medium" minutes=10
def test_step(model: nn.Module, X: Tensor, y: Tensor, loss_fn: nn.Module) -> float:
    """Measure the loss of a model without changing it.

    The model works in eval mode and no graph is built. Afterwards every submodule has the mode it had before,
    and parameters, their `.grad`, buffers and the random state are as they were. `loss_fn` takes the
    prediction first.

    Args:
        model: maps X to predictions of y's shape.
        X, y: float32 of shape (N, ...), and the targets.

    Returns:
        The loss as a Python float.

    >>> model = nn.Sequential(nn.Identity(), nn.Dropout(0.5))
    >>> test_step(model, torch.ones(100, 1), torch.zeros(100, 1), nn.L1Loss())
    1.0
    >>> model.training
    True
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Epochs
#
# An epoch is one pass over the training data; here that is a single batch. After each one you look at the
# test loss, on data the model never trains on. Two slips are common and quiet: the mode is switched to eval
# for the test and never back, so from epoch 2 on you train without dropout; and the test loss is measured on
# the training set, so both curves are the same curve. The two losses of an epoch are also taken at different
# moments: train loss, update, test loss.

# %% difficulty="medium" minutes=15
def fit(
    model: nn.Module, X_train: Tensor, y_train: Tensor, X_test: Tensor, y_test: Tensor,
    loss_fn: nn.Module, optimizer: torch.optim.Optimizer, epochs: int,
) -> dict[str, list[float]]:
    """Train on the whole training set once per epoch and test after each update.

    Each epoch makes one training step in train mode, then measures the test loss in eval mode without a
    graph. At the end every submodule is in the mode it came in. The data and the random state are left
    alone, but for what the model itself draws. `loss_fn` takes the prediction first.

    Returns:
        `train_loss` (before the update) and `test_loss` (after it): a list of `epochs` Python floats each.

    >>> model = nn.Linear(1, 1, bias=False)
    >>> _ = nn.init.constant_(model.weight, 3.0)
    >>> sgd = torch.optim.SGD(model.parameters(), lr=0.5)
    >>> ones, zeros = torch.ones(4, 1), torch.zeros(4, 1)
    >>> fit(model, ones, zeros, 2 * ones, zeros, nn.L1Loss(), sgd, epochs=3)
    {'train_loss': [3.0, 2.5, 2.0], 'test_loss': [5.0, 4.0, 3.0]}
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## The same run twice
#
# A model's weights are drawn when it is built, so the seed must be set *before* `Line()`; seeding afterwards
# is too late. Every draw also advances the random stream, so a second run needs the seed again. And do not
# seed inside the loop: each epoch would then draw the same numbers. Seed once, build, train.
#
# L1 has a peculiarity you can watch: its gradient does not shrink near the target. With a fixed learning rate
# the fit ends by hopping to and fro around the line, one pair of values after even epochs, another after odd
# ones.

# %% difficulty="medium" minutes=15
def fit_line(seed: int = 42, epochs: int = 200, lr: float = 0.01) -> nn.Module:
    """Learn the line y = 0.7 x + 0.3 from scratch, reproducibly.

    Seed with `torch.manual_seed(seed)`, build a `Line`, and train it with L1 loss and plain SGD at rate `lr`,
    one full-batch step per epoch. The points are those of x = 0, 0.02, ... 0.98 as (50, 1) float32; only the
    first 80 % are trained on. The same arguments give the same weights every time, also after other random
    calls.

    Returns:
        The trained model, with one-element parameters named `weights` and `bias`; untrained if epochs is 0.

    >>> model = fit_line(epochs=0)
    >>> [round(p.item(), 4) for p in model.parameters()]
    [0.3367, 0.1288]
    >>> model = fit_line()
    >>> abs(model.weights.item() - 0.6990) < 1e-3 and abs(model.bias.item() - 0.3093) < 1e-3
    True
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Smaller steps at the end
#
# A scheduler is the cure for the hopping: it lowers the learning rate as the epochs pass. It writes the new
# rate into `optimizer.param_groups[i]["lr"]`, where you can read it.
#
# ```python
# sgd = torch.optim.SGD([guess], lr=0.1)
# halve = torch.optim.lr_scheduler.StepLR(sgd, step_size=10, gamma=0.5)
# for _ in range(30):
#     ...                                            # the five moves, ending with sgd.step()
#     halve.step()                                   # once per epoch, after the optimiser's
# ```
#
# If you see the warning ``Detected call of `lr_scheduler.step()` before `optimizer.step()` ``: the two are in
# the wrong order, and the first rate of the schedule is never used.

# %% difficulty="medium" minutes=10
def fit_with_schedule(
    model: nn.Module, X: Tensor, y: Tensor, loss_fn: nn.Module,
    optimizer: torch.optim.Optimizer, scheduler: torch.optim.lr_scheduler.LRScheduler, epochs: int,
) -> dict[str, list[float]]:
    """Train on the whole of X once per epoch, in train mode, and let the scheduler set the learning rate.

    The scheduler steps once per epoch, after the optimiser. At the end every submodule is in the mode it came
    in. `loss_fn` takes the prediction first.

    Returns:
        `train_loss` (before the update) and `lr` (the rate that epoch's update used, of the optimiser's first
        parameter group): a list of `epochs` Python floats each.

    >>> model = nn.Linear(1, 1, bias=False)
    >>> _ = nn.init.constant_(model.weight, 3.0)
    >>> sgd = torch.optim.SGD(model.parameters(), lr=1.0)
    >>> halve = torch.optim.lr_scheduler.ExponentialLR(sgd, gamma=0.5)
    >>> fit_with_schedule(model, torch.ones(4, 1), torch.zeros(4, 1), nn.L1Loss(), sgd, halve, epochs=3)
    {'train_loss': [3.0, 2.0, 1.5], 'lr': [1.0, 0.5, 0.25]}
    """
    raise NotImplementedError("Your code here")
