# %% [markdown]
# # Layers of a convolutional network, by hand
#
# A linear layer on a 28x28 picture has a weight for every pixel and every output, and knows nothing of
# neighbours: you may shuffle the pixels of all pictures the same way, and it learns as well as before. A
# **convolution** looks at a small window, takes a weighted sum of it, moves on, and uses the same few weights
# everywhere. A **pooling** layer then keeps the strongest answer of each patch.
#
# | layer | its parameters | 1 x 28 x 28 becomes |
# |---|---|---|
# | `nn.Linear(784, 10)` | 7,850 | 10 numbers |
# | `nn.Conv2d(1, 10, kernel_size=3)` | 100 | 10 x 26 x 26: ten pictures of answers |
# | `nn.MaxPool2d(2)` | 0 | 1 x 14 x 14 |
#
# You write one channel of each, to see that there is no more to it; the torch layers do the same for batches
# and channels, fast.
#
# ## How large is the output?
#
# The window starts at the first pixel and stops where it would stick out. Here a kernel of 3 walks over 7
# pixels:
#
# ```
# pixels       1 2 3 4 5 6 7        stride 1: 5 places      padding 1, stride 1: 7 places
# stride 2    [1 2 3]                stride 2: 3 places      padding 1, stride 2: 4 places
#                 [3 4 5]
#                     [5 6 7]        stride 3: 2 places, and pixel 7 is never looked at
# ```
#
# Four numbers decide: **stride** is the step between two places, **padding** the number of zeros put on
# *each* side, **dilation** the distance between two neighbours in the window (1: they touch; 2: every other
# pixel).
#
# ```
# kernel 3, dilation 1    x x x          spans 3 pixels
# kernel 3, dilation 2    x . x . x      spans 5 pixels: dilation * (kernel - 1) + 1
# ```
#
# Count the places: the room that is left when the window stands at the start, divided by the stride, rounded
# down, plus one for the start itself. It holds for convolutions and for pooling (where the default stride is
# the kernel size, not 1). It is often said that padding 1 keeps the size: true for a kernel of 3 at stride 1
# and dilation 1, and only there.
#
# Python's `//` rounds down, `int()` towards zero: `-1 // 2` is -1, `int(-1 / 2)` is 0. A window that does not
# fit leaves negative room.
#
# If you see this error:
#
# - `Calculated padded input size per channel: (2 x 2). Kernel size: (3 x 3). Kernel size can't be greater
#   than actual input size`: the picture has shrunk below the kernel. Fewer poolings, or padding.
# - `Given input size: (1x1x1). Calculated output size: (1x0x0). Output size is too small`: the same, in a
#   pooling.

# %%
import torch
from torch import Tensor


# %% difficulty="easy" minutes=10
def conv_output_size(
    size: int, kernel_size: int, stride: int = 1, padding: int = 0, dilation: int = 1
) -> int:
    """Compute how many places a window has along one side of a picture.

    Args:
        size: pixels along that side, at least 1.
        kernel_size: pixels of the window, at least 1.
        stride: step between two places, at least 1.
        padding: zeros added on each of the two ends, at least 0.
        dilation: distance between neighbours in the window, at least 1.

    Returns:
        The output size along that side, an int, as `nn.Conv2d` has it.

    Raises:
        ValueError: the window does not fit into the padded side even once.

    >>> conv_output_size(7, 3, stride=2)
    3
    >>> conv_output_size(28, 3, padding=1)
    28
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## The sliding window
#
# In one dimension, a kernel of two weights that answers to rising values:
#
# ```python
# signal = torch.tensor([1.0, 1.0, 5.0, 5.0, 2.0])
# kernel = torch.tensor([-1.0, 1.0])
# rises = signal.new_zeros(4)                                  # dtype and device of signal
# for i in range(4):
#     rises[i] = (signal[i : i + 2] * kernel).sum()            # tensor([0., 4., 0., -3.])
# ```
#
# In two dimensions the window is a square, and there are two loops. With stride 2 the output's place `i`
# looks at the window that starts at pixel `2 * i`; with padding, the picture is first set into a frame of
# zeros.
#
# Mathematicians call this cross-correlation: their *convolution* turns the kernel around first. Deep learning
# kept the name and dropped the turn, since the weights are learnt anyway. `nn.Conv2d` does not flip, so
# neither do you.
#
# A kernel is a small picture of what it answers to. Some were drawn by hand long before any were learnt:
#
# ```
# edges, dark left of bright     blur, one ninth each       sharpen
#   -1  0  1                       1  1  1                    0 -1  0
#   -1  0  1                       1  1  1                   -1  5 -1
#   -1  0  1                       1  1  1                    0 -1  0
# ```
#
# With C input channels each kernel has C such squares, whose answers are added, plus one bias: a weight of
# shape (out_channels, in_channels, k, k). torchvision has blur and sharpening ready-made:
# `torchvision.transforms.functional.gaussian_blur` and `adjust_sharpness`.

# %% difficulty="medium" minutes=20
def conv2d(image: Tensor, kernel: Tensor, stride: int = 1, padding: int = 0) -> Tensor:
    """Slide a kernel over a picture: at each place, the sum of window times kernel.

    Do without torch's and nn's convolutions and without unfold (`F.conv2d`, `nn.Conv2d`, `F.unfold`,
    `Tensor.unfold` ...).

    Args:
        image: floating point, of shape (H, W), on any device; unchanged afterwards.
        kernel: of shape (k, k), of the same dtype and on the same device; it fits into the padded picture.
        stride: step between two places, in both directions.
        padding: width of the frame of zeros on all four sides.

    Returns:
        The cross-correlation (the kernel is not flipped), of shape (H', W') with
        H' = (H + 2 * padding - k) // stride + 1 and W' likewise; dtype and device of image.

    >>> conv2d(torch.arange(9.0).view(3, 3), torch.tensor([[1.0, 0.0], [0.0, -1.0]]))
    tensor([[-4., -4.],
            [-4., -4.]])
    >>> conv2d(torch.ones(2, 2), torch.ones(3, 3), stride=2, padding=1)
    tensor([[4.]])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# Check it against torch's, which wants a batch and channels around both:
#
# ```python
# image, kernel = torch.rand(9, 7), torch.rand(3, 3)
# theirs = nn.functional.conv2d(image[None, None], kernel[None, None], stride=2, padding=1)[0, 0]
# torch.testing.assert_close(conv2d(image, kernel, 2, 1), theirs)
# ```
#
# A second way has loops over the kernel instead of the picture: k * k shifted slices of the whole picture,
# each times one weight, added up. For 28x28 and k = 3 that is 9 rounds instead of 676.
#
# ## Pooling
#
# Max pooling cuts the picture into patches that do not overlap and keeps the largest value of each: the
# answer is still there when the shoe moves by a pixel, and what follows has a quarter of the numbers to work
# on. Rows and columns that fill no whole patch are dropped:
#
# ```
# 5 x 5, size 2:   a a b b .        average pooling of one row, size 2:
#                  a a b b .        row = torch.tensor([1.0, 3.0, 6.0, 8.0, 9.0])
#                  c c d d .        whole = row[:4]                   # 5 // 2 * 2 = 4
#                  c c d d .        whole.view(2, 2).mean(dim=1)      # tensor([2., 7.])
#                  . . . . .
# ```
#
# The same `view` works in two dimensions: split H into (patches, size) and W into (patches, size), then
# reduce both of the size dimensions. `amax(dim=(1, 3))` reduces several at once; `max(dim=...)` takes one at
# a time and returns values and positions. `view(-1, size, size)` would cut the rows into pieces that are no
# squares: the right shape, the wrong pixels. Where a tensor is not contiguous, `view` fails and `reshape`
# copies.

# %% difficulty="medium" minutes=15
def max_pool2d(image: Tensor, size: int) -> Tensor:
    """Keep the largest value of each patch of size by size pixels.

    The patches lie side by side (the stride is the size). Rows at the bottom and columns at the right that
    fill no whole patch are dropped. Do without torch's and nn's pooling (`F.max_pool2d`, `nn.MaxPool2d`,
    `F.adaptive_max_pool2d` ...).

    Args:
        image: of shape (H, W), on any device, floating point, negative values too; unchanged afterwards.
        size: side of a patch, from 1 to the smaller of H and W.

    Returns:
        Shape (H // size, W // size); dtype and device of image.

    >>> max_pool2d(torch.tensor([[1.0, 2.0, 9.0], [4.0, 3.0, 9.0]]), 2)
    tensor([[4.]])
    """
    raise NotImplementedError("Your code here")
