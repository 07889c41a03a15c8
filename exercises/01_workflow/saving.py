# %% [markdown]
# # Saving
#
# What a training leaves behind is a set of numbers with names. `model.state_dict()` is exactly that, and it
# is what belongs into a file. The class stays in your source code; whoever loads builds the model first and
# fills it then.
#
# | saved | what is in the file | opened again |
# |---|---|---|
# | `torch.save(net.state_dict(), path)` | names and tensors | anywhere, by `torch.load(path)` |
# | `torch.save(net, path)` | a pickle that names your class and its module | refused: it could run any code |
#
# The second form is found in many tutorials. Since PyTorch 2.6, `torch.load` reads only plain data
# (`weights_only=True`), for a good reason: unpickling a stranger's file runs that stranger's code.
#
# Paths come as text or as `Path`; `Path(path)` takes both. A missing folder is not made for you:
#
# ```python
# from pathlib import Path
#
# report = Path("results/march/report.txt")
# report.parent.mkdir(parents=True, exist_ok=True)     # all missing folders; no error if there are none
# report.write_text("done")
# ```
#
# If you see this error:
#
# - `Parent directory results/march does not exist.`: the line with mkdir is missing.
# - `Weights only load failed.`: the file holds a whole model. Save its state_dict.

# %%
from os import PathLike
from pathlib import Path

import torch
from torch import nn


# %% difficulty="easy" minutes=10
def save_model(model: nn.Module, path: str | PathLike[str]) -> None:
    """Save a model's state_dict, and nothing else, to exactly this path.

    Missing folders are created; a file that is there already is replaced. The model stays as it is, its mode
    included. The file opens with `torch.load(path, weights_only=True)`.

    Args:
        model: any module.
        path: text or Path, with or without folders in it.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     save_model(nn.Linear(1, 1), f"{folder}/runs/first/line.pt")
    ...     list(torch.load(f"{folder}/runs/first/line.pt", weights_only=True))
    ['weight', 'bias']
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Loading
#
# `load_state_dict` changes the model in place. What it returns is a report, so do not write `net =
# net.load_state_dict(...)`: then `net` is that report, and the model is gone.
#
# ```python
# net = nn.Linear(2, 1)
# numbers = torch.load("net.pt", map_location="cpu", weights_only=True)     # first the file,
# net.load_state_dict(numbers)                                              # <All keys matched successfully>
# net.eval()                                                                # ready for use
# ```
#
# - A tensor remembers the device it was saved from. On a machine without that device loading fails, unless
#   `map_location` says where to put it.
# - Names or shapes that do not match raise an error. `strict=False` silences that for names, and leaves you
#   with a model that is partly untrained. Hardly ever what you want.
# - The error comes late. `load_state_dict` copies whatever fits *before* it raises, so a failed load leaves a
#   mixture of two models. Compare first: `state.keys()`, and the shape of every entry.
#
# A backup needs care, too. `model.state_dict()` is no copy: its tensors are the live weights under another
# name, and change with the next step.
#
# ```python
# import copy
#
# best = net.state_dict()                          # an alias: follows the training
# best = copy.deepcopy(net.state_dict())           # the weights as they are now
# ```
#
# If you see this error:
#
# - `Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False`: say
#   map_location.
# - `Expected state_dict to be dict-like, got <class 'str'>.`: load_state_dict wants what torch.load returns,
#   no path.
# - `Missing key(s) in state_dict` or `size mismatch`: the file belongs to another model.

# %% difficulty="medium" minutes=15
def load_model(model: nn.Module, path: str | PathLike[str]) -> nn.Module:
    """Fill a model from a file that holds its state_dict, and return it, ready for use.

    Args:
        model: a model of the right kind; it is changed in place.
        path: the file; its tensors may have been saved from a device that this machine does not have.

    Returns:
        The same model, in eval mode.

    Raises:
        ValueError or RuntimeError: if a name in the file or in the model has no counterpart, or a shape
            differs. Then nothing in the model has changed: no weight, no buffer, no mode.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     torch.save({"weight": torch.tensor([[2.0]]), "bias": torch.tensor([1.0])}, f"{folder}/line.pt")
    ...     model = load_model(nn.Linear(1, 1), f"{folder}/line.pt")
    >>> model.weight.item(), model.training
    (2.0, False)
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Going on later
#
# To use a model its weights are enough. To go on training it, they are not: an optimiser remembers things.
# Momentum keeps a running direction for each parameter, Adam two averages and a count of steps. A training
# that goes on with a fresh optimiser goes another way, and nothing tells you.
#
# So a checkpoint is a dict of several states. Optimisers have `state_dict` and `load_state_dict` as models
# have, with the learning rate inside:
#
# ```python
# game = {"level": 3, "player": player.state_dict(), "world": world.state_dict()}
# torch.save(game, "game.pt")                      # plain values and tensors: weights_only can read it
# ```
#
# A checkpoint does not touch the mode: the training that reads it sets it at the top of its next epoch.

# %% difficulty="medium" minutes=10
def save_checkpoint(
    path: str | PathLike[str], model: nn.Module, optimizer: torch.optim.Optimizer, epoch: int
) -> None:
    """Save all that is needed to go on training.

    The file holds a dict with the keys `epoch`, `model_state_dict` and `optimizer_state_dict`, and opens with
    `torch.load(path, weights_only=True)`. Missing folders are created. Model and optimiser stay as they are.

    Args:
        path: text or Path.
        epoch: the number of epochs done.

    >>> from tempfile import TemporaryDirectory
    >>> net = nn.Linear(1, 1)
    >>> sgd = torch.optim.SGD(net.parameters(), lr=0.1)
    >>> with TemporaryDirectory() as folder:
    ...     save_checkpoint(f"{folder}/runs/c.pt", net, sgd, epoch=5)
    ...     checkpoint = torch.load(f"{folder}/runs/c.pt", weights_only=True)
    >>> checkpoint["epoch"], list(checkpoint["model_state_dict"])
    (5, ['weight', 'bias'])
    """
    raise NotImplementedError("Your code here")


# %% difficulty="medium" minutes=10
def load_checkpoint(
    path: str | PathLike[str], model: nn.Module, optimizer: torch.optim.Optimizer
) -> int:
    """Restore a model and its optimiser from a file as `save_checkpoint` describes it.

    Training that goes on from there equals, to the last bit, the training that was never interrupted. The
    model's mode stays as it is.

    Args:
        path: text or Path.
        model: a model of the same kind, changed in place.
        optimizer: an optimiser over its parameters, of the same kind, changed in place.

    Returns:
        The saved epoch.

    >>> from tempfile import TemporaryDirectory
    >>> net = nn.Linear(1, 1)
    >>> sgd = torch.optim.SGD(net.parameters(), lr=0.1)
    >>> states = {"model_state_dict": net.state_dict(), "optimizer_state_dict": sgd.state_dict()}
    >>> with TemporaryDirectory() as folder:
    ...     torch.save({"epoch": 7, **states}, f"{folder}/c.pt")
    ...     load_checkpoint(f"{folder}/c.pt", net, sgd)
    7
    """
    raise NotImplementedError("Your code here")
