# %% [markdown]
# # Transforms
#
# A transform is anything callable that takes a picture and returns one. Some make pictures alike (size, scale
# of values), others vary them on purpose so that the network sees more than there is.
#
# | | where | torchvision |
# |---|---|---|
# | `resize` | train and test | `v2.Resize((size, size), antialias=True)` |
# | `Normalize` | train and test, with the training set's numbers | `v2.Normalize(mean, std)` |
# | `RandomHorizontalFlip` | train only | `v2.RandomHorizontalFlip(p)` |
# | `RandomCrop` | train only | `v2.RandomCrop(size, padding)` |
# | `Compose` | chains them | `v2.Compose([...])` |
#
# ## Resizing
#
# `F.interpolate(x, size=(h, w), mode="bilinear")` resizes a batch (N, C, H, W); a single picture needs its
# batch dimension added and taken off again. Shrinking needs one thing more. Plain bilinear looks at the 4
# nearest pixels of each target point and skips all between: fine lines vanish or turn into patterns. With
# `antialias=True` each target pixel averages all source pixels it covers.
#
# ```
# 8 pixels       1 0 0 1 1 0 0 1
# to 2, plain    0.00  0.00         it looked at pixels 1, 2 and 5, 6 only
# antialiased    0.46  0.46         about half of the row is white
# ```
#
# Bilinear mixes pixels, so values stay in their range. Bicubic overshoots: below 0 and above 1.
#
# If you see this error:
#
# - `Input and output must have the same number of spatial dimensions, but got input with spatial dimensions
#   of [5] and output size of (2, 2).`: the batch dimension is missing, so C was taken for N and H for C.

# %%
from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import Dataset


# %% difficulty="easy" minutes=10
def resize(x: Tensor, size: int) -> Tensor:
    """Resize a picture to a square, bilinear with antialiasing.

    Args:
        x: float32 of shape (C, H, W), any sizes, values in [0, 1].
        size: side of the square, larger or smaller than H and W. The picture is stretched, not cut.

    Returns:
        float32 of shape (C, size, size), values in [0, 1].

    >>> x = torch.tensor([[[0.0, 0, 0, 0, 1, 1, 1, 1]]])
    >>> resize(x, 2)
    tensor([[[0.1429, 0.8571],
             [0.1429, 0.8571]]])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Objects that can be called
#
# A transform has settings and is called later, with the picture alone. A class with `__init__` for the
# settings and `__call__` for the work fits:
#
# ```python
# class Brighten:
#     def __init__(self, amount: float) -> None:
#         self.amount = amount
#     def __call__(self, x: Tensor) -> Tensor:
#         return (x + self.amount).clamp(0, 1)      # a new tensor: the caller's x stays as it was
#
# brighten = Brighten(0.1)
# y = brighten(x)
# ```
#
# A per-channel number meets a picture (C, H, W) as shape (C, 1, 1). As shape (C,) it would be lined up with
# the last axis, the columns: an error for most widths, and a wrong picture without any error when W == C.
#
# ```python
# gain = torch.tensor([1.0, 0.9, 0.8]).view(-1, 1, 1)     # (3,) to (3, 1, 1)
# ```

# %% difficulty="easy" minutes=10
class Normalize:
    """Shift and scale each channel: (x - mean) / std.

    Args:
        mean, std: sequences of C floats, one for each channel.

    Calling it with x, float32 of shape (C, H, W), gives a new tensor of that shape, dtype and device. x is
    unchanged.

    >>> Normalize([0.5, 0.0], [0.5, 2.0])(torch.ones(2, 1, 1)).flatten()
    tensor([1.0000, 0.5000])
    """

    def __init__(self, mean: Sequence[float], std: Sequence[float]) -> None:
        raise NotImplementedError("Your code here")

    def __call__(self, x: Tensor) -> Tensor:
        raise NotImplementedError("Your code here")


# %% difficulty="easy" minutes=5
class Compose:
    """Chain transforms: the first is applied first, each gets what the one before returned.

    Args:
        transforms: a sequence of callables, possibly empty.

    Calling it with x gives the result of the last transform; with no transforms, x.

    >>> Compose([lambda x: x + 1, lambda x: x * 10])(torch.tensor(2.0))
    tensor(30.)
    >>> Compose([])(torch.tensor(2.0))
    tensor(2.)
    """

    def __init__(self, transforms: Sequence[Callable[[Tensor], Tensor]]) -> None:
        raise NotImplementedError("Your code here")

    def __call__(self, x: Tensor) -> Tensor:
        raise NotImplementedError("Your code here")


# %% [markdown]
# ## Augmentation
#
# 200 pictures are few. A satellite tile mirrored is still a tile of the same class, so a network that sees
# each picture now straight, now mirrored, now shifted, learns what matters and overfits later. On the tiles a
# TinyVGG goes from 0.92 to 0.96 with flips and quarter turns. What is allowed depends on the task: a mirrored
# tile is fine, a mirrored letter is another letter. It belongs in the training transform alone. An augmented
# test set gives another accuracy each time it is asked.
#
# torchvision's transforms draw from the global random state: any other draw before them changes what they do.
# Yours take a generator (00_fundamentals/reproducibility). torch's functions accept one, and None means the
# global state:
#
# ```python
# g = torch.Generator().manual_seed(7)
# torch.rand(1, generator=g).item() < 0.25          # True in a quarter of the draws
# torch.randint(0, 3, (), generator=g).item()       # 0, 1 or 2: the upper end is excluded
# ```
#
# Draw when called, not in `__init__`: one draw in `__init__` would flip all pictures or none. And seed the
# generator once, outside: a fresh `manual_seed` in every call gives the same "random" answer each time.
#
# A caution for later: a loader's workers get *copies* of the data set, generator included, so all workers
# draw the same numbers, and again in each epoch. Augment with an own generator in the main process
# (`num_workers=0`), or leave the generator None in workers: their global states are seeded differently for
# each worker and epoch.

# %% difficulty="medium" minutes=10
class RandomHorizontalFlip:
    """Mirror a picture left to right, with probability p.

    Args:
        p: the probability; 0 never flips, 1 always.
        generator: where the randomness comes from, and from there alone; None means torch's global state.

    Calling it with x of shape (C, H, W) gives x mirrored or x as it is. Each call decides anew. x is
    unchanged.

    >>> RandomHorizontalFlip(p=1)(torch.tensor([[[1, 2, 3], [4, 5, 6]]]))
    tensor([[[3, 2, 1],
             [6, 5, 4]]])
    """

    def __init__(self, p: float = 0.5, generator: torch.Generator | None = None) -> None:
        raise NotImplementedError("Your code here")

    def __call__(self, x: Tensor) -> Tensor:
        raise NotImplementedError("Your code here")


# %% difficulty="medium" minutes=15
class RandomCrop:
    """Cut a square out of a picture, at a random place.

    Args:
        size: side of the square.
        padding: zeros put around the picture on all four sides before cutting.
        generator: where the randomness comes from, and from there alone; None means torch's global state.

    Calling it with x of shape (C, H, W) gives (C, size, size). Every place where the square fits is equally
    likely, the first and the last row and column included; row and column are drawn independently, anew in
    each call. x is unchanged.

    Raises:
        ValueError: when called with a picture that, padded, is narrower or lower than size.

    >>> RandomCrop(4, padding=1)(torch.ones(1, 2, 2))[0]
    tensor([[0., 0., 0., 0.],
            [0., 1., 1., 0.],
            [0., 1., 1., 0.],
            [0., 0., 0., 0.]])
    """

    def __init__(self, size: int, padding: int = 0, generator: torch.Generator | None = None) -> None:
        raise NotImplementedError("Your code here")

    def __call__(self, x: Tensor) -> Tensor:
        raise NotImplementedError("Your code here")


# %% [markdown]
# ## Which mean, which std
#
# Often three numbers from ImageNet are copied into every project. They fit ImageNet. Measure yours, on the
# training set alone: numbers that come from test pictures are a leak.
#
# Two traps. The mean of the pictures' means is not the mean of the pixels when sizes differ: a thumbnail
# would weigh as much as a poster. And the mean of the pictures' stds is always too small, as it leaves out
# how the pictures differ from each other:
#
# ```
# picture A all 0, picture B all 1:   std of each 0, their mean 0;   std of all pixels 0.5
# ```
#
# Running sums do it in one pass and without keeping the pictures. For heights that come in boxes:
#
# ```python
# n = total = squares = 0.0
# for box in boxes:                                     # each a 1-D tensor
#     n, total, squares = n + len(box), total + box.sum(), squares + (box**2).sum()
# mean = total / n
# std = (squares / n - mean**2).sqrt()                  # population std: divided by n, not n - 1
# ```
#
# The difference in the last line is small against its terms: sum in float64.

# %% difficulty="medium" minutes=15
def channel_statistics(dataset: Dataset) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of each channel, over all pixels of all pictures.

    Args:
        dataset: has a length; dataset[i] is (picture, label), the picture float32 of shape (3, H, W). H and W
            may differ from picture to picture. At least one picture.

    Returns:
        (mean, std), each float32 of shape (3,). Each pixel weighs the same. std is the population's: the sum
        of squares is divided by the number of pixels, not by one less.

    >>> mean, std = channel_statistics([(torch.zeros(3, 2, 2), 0), (torch.ones(3, 1, 4), 1)])
    >>> mean, std
    (tensor([0.5000, 0.5000, 0.5000]), tensor([0.5000, 0.5000, 0.5000]))
    """
    raise NotImplementedError("Your code here")
