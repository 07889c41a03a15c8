# %% [markdown]
# # Pictures as tensors
#
# A grey picture is a table of numbers: one per pixel, 0 for black, 255 for white, stored in one byte (uint8).
# A batch of pictures for PyTorch's layers has four dimensions, always in this order:
#
# ```
# (N, C, H, W)        N pictures, C channels (1 grey, 3 colour), H rows of W pixels
# (32, 1, 28, 28)     a batch of 32 grey pictures of 28 by 28
# ```
#
# Image files and NumPy arrays often come as (H, W) or (H, W, C). The channel goes in front, even when there
# is one.
#
# This chapter works on Fashion-MNIST: 28x28 pictures of ten kinds of clothes. The course ships 6,000 to train
# on and 1,000 to test on, in `datasets/fashion_mnist/fashion_mnist_7k.npz`. An `.npz` is a zip file of named
# NumPy arrays:
#
# ```python
# with np.load("weather.npz") as file:
#     file.files                 # ['rain', 'wind']
#     rain = file["rain"]        # a NumPy array; the file's dtype is kept
# ```
#
# | step | why |
# |---|---|
# | uint8 -> float32 | weights are float32, and uint8 wraps around: 3 - 5 gives 254 |
# | divide by 255 | inputs between 0 and 1 suit the usual learning rates |
# | add the channel dimension | convolutions count channels in dimension 1 |
# | labels uint8 -> int64 | class ids are int64 everywhere in this course |
#
# In practice: `torchvision.datasets.FashionMNIST(root, train=True, transform=transforms.ToTensor())`.
# `ToTensor` does the first three steps for one picture at a time (in torchvision's v2: `ToImage` and
# `ToDtype(torch.float32, scale=True)`).
#
# If you see this error:
#
# - `Input type (unsigned char) and bias type (float) should be the same`: the pixels are still bytes.
#   `.float() / 255`.
# - `Input type (double) and bias type (float) should be the same`: NumPy divided, and made float64 of it.
#   `.float()`.
# - `expected input[2, 28, 28, 1] to have 1 channels, but got 28 channels instead`: the channel stands last.
#   For one channel `squeeze(3).unsqueeze(1)` would do; `permute(0, 3, 1, 2)` does it for any number.

# %%
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, TensorDataset


# %% difficulty="easy" minutes=10
def load_split(path: str | Path, split: str) -> tuple[Tensor, Tensor]:
    """Read the training or the test part of a picture set.

    Args:
        path: an .npz file with the uint8 arrays `X_train` (N, 28, 28), `y_train` (N,), `X_test` (M, 28, 28)
            and `y_test` (M,); it may hold others.
        split: "train" or "test".

    Returns:
        (images, labels): images float32 of shape (N, 1, 28, 28), the bytes divided by 255; labels int64 of
        shape (N,).

    Raises:
        ValueError: split is anything but "train" or "test".

    >>> import tempfile
    >>> X, y = np.full((2, 28, 28), 51, np.uint8), np.array([9, 0], np.uint8)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     np.savez(f"{folder}/tiny.npz", X_train=X, y_train=y, X_test=X[:1], y_test=y[:1])
    ...     images, labels = load_split(f"{folder}/tiny.npz", "train")
    >>> images.shape, images[0, 0, 0, 0], labels
    (torch.Size([2, 1, 28, 28]), tensor(0.2000), tensor([9, 0]))
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Look before you train
#
# Two looks cost a minute and save an evening. The first is at the pictures (`plt.imshow(images[0, 0],
# cmap="gray")`: imshow wants (H, W), not (1, H, W)). The second is at the labels: how many of each class? In
# this set 600 and 100 of each, so an accuracy of 0.10 is what guessing gets. With 95 % of one class, guessing
# would get 0.95.
#
# `torch.unique(x, return_counts=True)` counts the values that occur. A class that does not occur is then
# missing from the result, and every later class stands at the wrong position. `torch.bincount` has a place
# for every value:
#
# ```python
# goals = torch.tensor([2, 0, 2])                # goals per match
# torch.bincount(goals)                          # tensor([1, 0, 2]): once 0, never 1, twice 2
# torch.bincount(goals, minlength=5)             # tensor([1, 0, 2, 0, 0])
# ```

# %% difficulty="easy" minutes=5
def class_counts(labels: Tensor, num_classes: int) -> Tensor:
    """Count the samples of each class.

    Args:
        labels: int64 of shape (n,), each from 0 to num_classes - 1; n may be 0.
        num_classes: how many classes there are, whether they occur in labels or not.

    Returns:
        int64 of shape (num_classes,): how often 0, 1, 2, ... occur.

    >>> class_counts(torch.tensor([2, 0, 2, 2]), 4)
    tensor([1, 0, 3, 0])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Normalising
#
# Pixels between 0 and 1 are all positive, and most of a picture of clothes is black. Subtracting the mean of
# the **training** pictures and dividing by their standard deviation centres the inputs; the test pictures get
# the same two numbers, never their own. For the training pictures here: mean 0.286, std 0.353. For colour
# pictures there is one pair per channel, and the pair must meet the channel dimension. Broadcasting lines
# shapes up from the right:
#
# ```
# images   (N, 3, H, W)         images   (N, 3, H, W)
# mean           (3,)  wrong    mean        (3, 1, 1)  right
# ```
#
# The left one fails, unless W happens to be 3: then it silently treats columns as channels. Here per row of a
# matrix:
#
# ```python
# rain = torch.tensor([[1.0, 3.0], [10.0, 30.0]])  # two stations
# best = torch.tensor([3.0, 30.0])
# rain / best.view(2, 1)                           # each row by its own best; rain / best goes by column
# ```
#
# In practice: `torchvision.transforms.Normalize(mean, std)`.
#
# A tensor that you create lands on the CPU unless you say otherwise. Give it the device (and dtype) of the
# tensor that it will meet, `torch.tensor(mean, dtype=images.dtype, device=images.device)`, and the code runs
# on a GPU too.

# %% difficulty="easy" minutes=10
def normalize(images: Tensor, mean: Sequence[float], std: Sequence[float]) -> Tensor:
    """Subtract each channel's mean and divide by its std.

    Args:
        images: float32 of shape (N, C, H, W), on any device; unchanged afterwards.
        mean, std: C floats each, as a list or tuple.

    Returns:
        float32 of shape (N, C, H, W) on the device of images: (images - mean) / std, channel by channel.

    >>> normalize(torch.ones(1, 2, 1, 3), [0.0, 0.5], [1.0, 0.25])
    tensor([[[[1., 1., 1.]],
    <BLANKLINE>
             [[2., 2., 2.]]]])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Batches
#
# Networks are trained on a few pictures at a time, a **batch**: one update costs little, and an epoch makes
# many. A `Dataset` knows one sample by its number; a `DataLoader` makes batches of them:
#
# ```python
# heights, ages = torch.rand(10, 1), torch.arange(10)
# people = TensorDataset(heights, ages)                    # people[3] is (heights[3], ages[3])
# loader = DataLoader(people, batch_size=4)
# [len(h) for h, a in loader]                              # [4, 4, 2]: the last batch is smaller
# len(loader), len(loader.dataset)                         # 3 batches, 10 samples
# ```
#
# | | training | test |
# |---|---|---|
# | order | new in every epoch, or fixed batches leave their mark | fixed: the same answer twice |
# | last batch | keep it, although it is smaller | keep it |
#
# `shuffle=True` draws the order from torch's global random state, so any other draw in your program shifts
# it. With a generator of its own, the loader repeats itself whatever else happens:
#
# ```python
# loader = DataLoader(people, 4, shuffle=True, generator=torch.Generator().manual_seed(7))
# ```
#
# Seed the generator once. A loader that is built anew with the same seed in every epoch gives the same order
# each time.

# %% difficulty="medium" minutes=10
def make_loaders(
    train: tuple[Tensor, Tensor], test: tuple[Tensor, Tensor], batch_size: int, seed: int
) -> tuple[DataLoader, DataLoader]:
    """Build the loaders for training and testing.

    Args:
        train, test: (images, labels), images float32 of shape (N, C, H, W) and labels int64 of shape (N,).
        batch_size: samples a batch, in both loaders; the last batch of an epoch may be smaller.
        seed: fixes the training order: the same seed gives the same batches in the same epochs, whatever else
            draws random numbers before or in between, and another seed gives others.

    Returns:
        (train loader, test loader), each giving batches (images, labels). The first gives every sample once
        an epoch, in an order drawn anew for each epoch by a generator of that seed; the second gives every
        sample in the given order.

    >>> data = torch.rand(5, 1, 2, 2), torch.arange(5)
    >>> train_loader, test_loader = make_loaders(data, data, batch_size=2, seed=0)
    >>> [y.tolist() for _, y in test_loader]
    [[0, 1], [2, 3], [4]]
    >>> sorted(label for _, y in train_loader for label in y.tolist())
    [0, 1, 2, 3, 4]
    """
    raise NotImplementedError("Your code here")
