# %% [markdown]
# # A training engine
#
# The loop of 01_workflow/training saw all data at once. Pictures come in batches, so the loop gets an inner
# loop, and the pieces get names: **train_epoch** goes once through the training loader and learns,
# **evaluate** goes once through the test loader and only measures, **fit** repeats the two and keeps the
# numbers. Write them once; they serve every model of this course and most outside it.
#
# ## Averages over samples
#
# A loss function gives the mean over its batch. The mean of those means is not the mean over the samples,
# since the last batch is smaller. Two batches of 4 and one of 2:
#
# | | batch 1 | batch 2 | batch 3 | mean of batch means | mean over samples |
# |---|---|---|---|---|---|
# | right of | 4 of 4 | 4 of 4 | 0 of 2 | (1 + 1 + 0) / 3 = 0.67 | 8 / 10 = 0.80 |
#
# So count: add up how many are right and how many there are; weigh each batch's loss by its size. Here for
# the mean absolute error of a regression model:
#
# ```python
# total, count = 0.0, 0
# for X, y in loader:
#     error = (predict(X) - y).abs().mean()        # mean over this batch
#     total += error.item() * len(y)               # sum over this batch
#     count += len(y)
# total / count
# ```
#
# `.item()` matters: `total += error` without it makes `total` a tensor that carries the graph of every batch
# along, and memory grows until the epoch ends. Keep numbers, not graphs.
#
# ## Devices
#
# A loader gives batches on the CPU. The model lives on some device, and every batch must be moved there,
# pictures and labels: `X = X.to(device)` (a tensor is not moved in place: assign the result). A whole data
# set rarely fits on a GPU; a batch does. Never write `"cuda"` into a function: use the device that you are
# given.
#
# If you see this error:
#
# - one that begins `Expected all tensors to be on the same device`: the batch or the labels were not moved.
# - `expected target dtype to be Long or Byte, but got Float`: class ids are int64; the labels were converted
#   along with the pictures.
#
# ## Numbers to know
#
# - Guessing among 10 classes costs ln 10 = 2.303 and is right in 1 of 10. A loss that stays at 2.30 means
#   that nothing is learnt: does the optimiser hold this model's parameters, is `backward` called, `step`?
# - The training accuracy of an epoch is measured *while* the model learns: its first batches are judged by a
#   model that knew nothing. A test accuracy above it in the first epochs is no miracle and no mistake.
# - `nn.CrossEntropyLoss` wants raw logits. With a softmax before it the loss can't go below 1.46 for 10
#   classes.

# %%
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset


# %% difficulty="medium" minutes=15
def train_epoch(
    model: nn.Module,
    loader: DataLoader,
    loss_fn: nn.Module,
    optimizer: torch.optim.Optimizer,
    device: torch.device | str,
) -> dict[str, float]:
    """Go once through the loader and update the model once per batch.

    The model is put in train mode and left there, all submodules included. Each update uses the gradient of
    its own batch alone, whatever `.grad` held before. Pictures and labels are moved to the device.

    Args:
        model: a classifier, already on the device; gives logits (B, num_classes).
        loader: gives batches (images, labels), labels int64 of shape (B,); the last one may be smaller.
        loss_fn: takes (logits, labels), gives the mean over the batch.
        optimizer: holds the model's parameters.
        device: where to compute.

    Returns:
        {"loss": ..., "accuracy": ...}, Python floats: means over all samples of the epoch, each sample judged
        by the forward pass that its update was made from. Accuracy is from 0 to 1.

    >>> model = nn.Linear(2, 2, bias=False)
    >>> _ = nn.init.zeros_(model.weight)
    >>> data = TensorDataset(torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), torch.tensor([0, 0, 0]))
    >>> sgd = torch.optim.SGD(model.parameters(), lr=1.0)
    >>> result = train_epoch(model, DataLoader(data, batch_size=1), nn.CrossEntropyLoss(), sgd, "cpu")
    >>> round(result["loss"], 4), result["accuracy"]           # (0.6931 + 0.3133 + 0.6931) / 3
    (0.5665, 1.0)
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Measuring without touching
#
# Testing needs two switches, and they are independent:
#
# | switch | what it does | without it |
# |---|---|---|
# | `model.eval()` | dropout drops nothing, batch norm uses its averages | other numbers; averages that move |
# | `with torch.inference_mode():` | records no graph | right numbers, wasted memory |
#
# It is often said that `eval()` stops gradients. It does not. Whoever measures in the middle of a training
# should leave no trace: put the mode back, of every submodule.
#
# ```python
# modes = [(module, module.training) for module in tagger.modules()]
# tagger.eval()
# with torch.inference_mode():
#     scores = tagger(words)
# for module, mode in modes:
#     module.training = mode            # not tagger.train(), which switches all of them on
# ```

# %% difficulty="medium" minutes=10
def evaluate(
    model: nn.Module, loader: DataLoader, loss_fn: nn.Module, device: torch.device | str
) -> dict[str, float]:
    """Measure the model on all samples of the loader.

    Works in eval mode and builds no graph. Changes nothing: parameters, `.grad`, buffers and the mode of
    every submodule are afterwards what they were. Pictures and labels are moved to the device.

    Args:
        model: a classifier, already on the device; gives logits (B, num_classes).
        loader: gives batches (images, labels), labels int64 of shape (B,); the last one may be smaller.
        loss_fn: takes (logits, labels), gives the mean over the batch.
        device: where to compute.

    Returns:
        {"loss": ..., "accuracy": ...}, Python floats: means over all samples. Accuracy is from 0 to 1.

    >>> data = TensorDataset(torch.tensor([[4.0, 0.0], [0.0, 4.0], [4.0, 0.0]]), torch.tensor([0, 1, 1]))
    >>> result = evaluate(nn.Identity(), DataLoader(data, batch_size=2), nn.CrossEntropyLoss(), "cpu")
    >>> round(result["loss"], 4), round(result["accuracy"], 4)
    (1.3515, 0.6667)
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## The history
#
# One row of numbers per epoch, kept as lists, shows what a single final number hides: whether the loss still
# falls, and whether training and test part company (04_custom_datasets/training reads such curves). Each
# epoch trains first and measures then, on the *test* loader: a curve that follows the training loss to the
# last digit was measured on the wrong one.
#
# Switch to train mode at the top of **each** epoch, not once before the first: a measurement in between has
# called `eval()`. And go through the training loader once an epoch: each round draws a new order from its
# generator.

# %% difficulty="medium" minutes=15
def fit(
    model: nn.Module,
    train_loader: DataLoader,
    test_loader: DataLoader,
    loss_fn: nn.Module,
    optimizer: torch.optim.Optimizer,
    device: torch.device | str,
    epochs: int,
) -> dict[str, list[float]]:
    """Train for some epochs, and measure after each.

    Each epoch goes once through the training loader in train mode, one update per batch as in `train_epoch`,
    then once through the test loader as in `evaluate` (eval mode, no graph, nothing changed). The model ends
    in the mode it came in, all submodules included. You may call your `train_epoch` and `evaluate`; their
    mistakes are then this one's, too.

    Args:
        model: a classifier, already on the device; gives logits (B, num_classes).
        train_loader, test_loader: give batches (images, labels).
        loss_fn: takes (logits, labels), gives the mean over the batch.
        optimizer: holds the model's parameters.
        device: where to compute.
        epochs: how many; 0 gives empty lists.

    Returns:
        Lists of Python floats, one number per epoch, means over samples: "train_loss" and "train_accuracy" as
        train_epoch has them, "test_loss" and "test_accuracy" of the model at the end of the epoch.

    >>> data = DataLoader(TensorDataset(torch.eye(2), torch.arange(2)), batch_size=2)
    >>> model = nn.Linear(2, 2, bias=False)
    >>> sgd = torch.optim.SGD(model.parameters(), lr=0.1)
    >>> history = fit(model, data, data, nn.CrossEntropyLoss(), sgd, "cpu", epochs=3)
    >>> sorted(history), len(history["test_loss"])
    (['test_accuracy', 'test_loss', 'train_accuracy', 'train_loss'], 3)
    >>> history["train_loss"][1] == history["test_loss"][0]     # same data, same weights
    True
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## All of it on real pictures
#
# Now a network of your own choice, in a budget: half a minute of one CPU core. What fits in (measured on
# 6,000 pictures, batches of 32, seconds for one epoch on one core):
#
# | network | seconds an epoch | test accuracy after 5 epochs |
# |---|---|---|
# | linear, with or without a ReLU | 0.2 | 0.82 |
# | two convolutions of stride 2 (8 and 16 channels) | 0.6 | 0.84 |
# | TinyVGG, 10 hidden units | 2.6 | 0.86 |
#
# A convolution of stride 2 halves the picture by itself and does a quarter of the work: it needs no pooling.
# `nn.Conv2d(1, 8, 3, stride=2, padding=1)` makes 8 x 14 x 14 of 1 x 28 x 28.
#
# - Seed before the model exists: its weights are drawn when it is built. The batch order needs a seed, too.
# - Adam with a rate of 0.001 to 0.005 is a good first choice; SGD with momentum 0.9 worked here with 0.02.
# - Look at the test part as you go, but never train on it. The accuracy that counts is the one on pictures
#   that neither you nor the model has seen.

# %% difficulty="hard" minutes=20
def train_fashion(train: tuple[Tensor, Tensor], test: tuple[Tensor, Tensor], seed: int) -> nn.Module:
    """Train a network of your choice on Fashion-MNIST.

    Learn from `train` alone; `test` is for looking at your progress, if you like. The graded run gives 5,000
    pictures to train on and 100 to test on, at most 30 seconds of CPU time, and judges on pictures that it
    does not give. Weights brought along do not help: all pictures may be mirrored or moved alike, and the
    class ids renumbered.

    Args:
        train, test: (images, labels), images float32 of shape (N, 1, 28, 28) from 0 to 1, labels int64 of
            shape (N,) from 0 to 9. Unchanged afterwards.
        seed: the same seed gives the same model for the same data, whatever drew random numbers before.

    Returns:
        The trained model: logits (N, 10) for images (N, 1, 28, 28); right for at least 0.80 of unseen ones.
    """
    raise NotImplementedError("Your code here")
