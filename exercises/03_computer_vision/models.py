# %% [markdown]
# # From a linear baseline to a convolutional network
#
# A number means little alone. Before you build anything clever, measure something simple: the **baseline**.
# What the clever model gains over it is what it is worth. Three steps, one table (measured on the 6,000
# training pictures, tested on the other 1,000; Adam with lr 0.002, batches of 32, 5 epochs, one thread; mean
# [lowest-highest] of three seeds):
#
# | model | parameters | test accuracy | seconds |
# |---|---|---|---|
# | linear baseline, 32 hidden units | 25,450 | 0.82 [0.79-0.83] | 1 |
# | the same with a ReLU in between | 25,450 | 0.82 [0.81-0.83] | 1 |
# | two convolutions of stride 2, 8 and 16 channels, and a linear layer | 9,098 | 0.84 [0.84-0.85] | 3 |
# | TinyVGG, 10 hidden units | 7,740 | 0.86 [0.85-0.86] | 13 |
#
# Read it honestly. The non-linearity alone gains nothing here: with 6,000 pictures, the limit of a flat model
# is not that its borders are straight. The convolutions gain a few points with a third of the parameters,
# because they know that neighbouring pixels belong together. And they cost time: a convolution uses each of
# its weights at every place of the picture. One seed would have told another story: the worst TinyVGG and the
# best strided network are 0.002 apart.
#
# ## The baseline
#
# `nn.Flatten()` lays each picture out as one row and leaves the batch dimension alone. Two linear layers
# after another with nothing in between can do no more than one (02_classification/nonlinearity): that is the
# point of a baseline. A model of another kind, for sound of 2 channels and 50 samples:
#
# ```python
# class Loudness(nn.Module):
#     def __init__(self, samples: int = 100) -> None:
#         super().__init__()
#         self.layers = nn.Sequential(nn.Flatten(), nn.Linear(samples, 1))
#
#     def forward(self, x: Tensor) -> Tensor:            # (N, 2, 50) -> (N, 1)
#         return self.layers(x)
# ```
#
# If you see this error:
#
# - `mat1 and mat2 shapes cannot be multiplied (56x28 and 784x32)`: the pictures were not flattened; the
#   linear layer took rows of 28 pixels.
# - `mat1 and mat2 shapes cannot be multiplied (1x1568 and 784x32)`: the batch was flattened too, here two
#   pictures into one row. `x.flatten()` begins at dimension 0; `x.flatten(1)` and `nn.Flatten()` begin at
#   dimension 1.

# %%
import torch
from torch import Tensor, nn


# %% difficulty="easy" minutes=10
class LinearBaseline(nn.Module):
    """A classifier of pictures made of two linear layers and nothing else.

    Args:
        in_features: numbers in one picture, C * H * W.
        hidden_units: outputs of the first linear layer.
        num_classes: outputs of the second.

    Flattens each picture of (N, C, H, W), then two linear layers, each with its bias. No non-linearity, no
    softmax.

    >>> model = LinearBaseline(in_features=12, hidden_units=5, num_classes=3)
    >>> model(torch.rand(2, 3, 2, 2)).shape
    torch.Size([2, 3])
    """

    def __init__(self, in_features: int = 784, hidden_units: int = 32, num_classes: int = 10) -> None:
        raise NotImplementedError("Your code here")

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N, num_classes) of pictures (N, C, H, W)."""
        raise NotImplementedError("Your code here")


# %% [markdown]
# ## Blocks of convolutions
#
# VGG, a network of 2014, showed that small kernels stacked deep do better than large ones: two 3x3
# convolutions see 5x5 pixels with 18 weights instead of 25, and have a non-linearity in between. A block is
# *convolution, ReLU, convolution, ReLU, pool*: the convolutions keep height and width (padding 1), the pool
# halves them. After the last block the picture is small, each of its channels is the answer to one learnt
# question, and a linear layer weighs the answers. This course builds a tiny one (called TinyVGG in the CNN
# Explainer of Wang and others, where you can watch it work; theirs has no padding).
#
# Follow the shape. For 28x28 pictures and 10 hidden units:
#
# | after | shape |
# |---|---|
# | input | (N, 1, 28, 28) |
# | block 1: two convolutions, padding 1 | (N, 10, 28, 28) |
# | block 1: max pooling of 2 | (N, 10, 14, 14) |
# | block 2: two convolutions, padding 1 | (N, 10, 14, 14) |
# | block 2: max pooling of 2 | (N, 10, 7, 7) |
# | flatten | (N, 490) |
# | linear | (N, num_classes) |
#
# So the linear layer has `in_features` 10 * 7 * 7 here, and another number for pictures of another size: each
# pooling halves and rounds down. Don't type 490; compute it from `hidden_units` and `image_size`. If in
# doubt, send one picture of zeros through the blocks and look at the shape: `blocks(torch.zeros(1, 1, 28,
# 28)).shape`.
#
# Channels must meet: a convolution's `in_channels` is the `out_channels` of the one before. A list of layers
# is built in a loop and unpacked, here a stack of linear layers that shrinks:
#
# ```python
# sizes = [64, 32, 16, 8]
# layers: list[nn.Module] = []
# for before, after in zip(sizes, sizes[1:]):
#     layers += [nn.Linear(before, after), nn.Tanh()]
# stack = nn.Sequential(*layers)
# ```
#
# If you see this error:
#
# - `mat1 and mat2 shapes cannot be multiplied (32x1960 and 490x10)`: your feature map is 10 x 14 x 14 = 1960
#   numbers, and the linear layer was built for 490. A pooling is missing, or `in_features` is wrong: the
#   first number of the message's first pair is the batch, the second is what `in_features` should be.
# - `Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: [28, 28]`: one picture
#   without its channel. Give it both: `picture[None, None]`.
#
# In practice: `torchvision.models.vgg16(weights="DEFAULT")`, 138 million parameters, trained on a million
# photos. You will reuse such a network in 05_transfer_learning.

# %% difficulty="medium" minutes=20
class TinyVGG(nn.Module):
    """A small convolutional network of two blocks.

    Args:
        in_channels: channels of the pictures.
        hidden_units: output channels of each of the four convolutions.
        num_classes: outputs of the linear layer.
        image_size: height and width of the pictures, any number from 4 up.

    Two blocks of convolution 3x3, ReLU, convolution 3x3, ReLU, max pooling of 2; the convolutions have stride
    1, padding 1 and a bias. Then the picture is flattened and one linear layer (with a bias) gives logits.
    Nothing else: no softmax, no dropout, no normalisation.

    >>> model = TinyVGG(in_channels=3, hidden_units=8, num_classes=4, image_size=21)
    >>> model(torch.rand(2, 3, 21, 21)).shape
    torch.Size([2, 4])
    """

    def __init__(self, in_channels: int, hidden_units: int, num_classes: int, image_size: int = 28) -> None:
        raise NotImplementedError("Your code here")

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N, num_classes) of pictures (N, in_channels, image_size, image_size)."""
        raise NotImplementedError("Your code here")


# %% [markdown]
# ## Watching the shapes
#
# When shapes go wrong in the middle of a network, print them. You don't have to edit `forward`: a **forward
# hook** is a function that a module calls after each of its calls, with the module, its inputs and its
# output. Here it listens to one layer:
#
# ```python
# seen = []
# layer = nn.Linear(3, 2)
# handle = layer.register_forward_hook(lambda module, inputs, output: seen.append(output.abs().max().item()))
# layer(torch.rand(5, 3))            # seen now holds one number
# handle.remove()                    # from here on the layer is as it was
# ```
#
# - `append` returns None, as it should: whatever else a hook returns takes the place of the output.
# - A hook stays until its handle is removed, and its module keeps everything that it refers to alive. Remove
#   yours, and only yours: other code may have hooks on the same modules. `try: ... finally:` removes them
#   even when the forward pass fails.
# - `model.modules()` gives the model itself, its children and theirs. The layers that do the work are the
#   **leaves**, those without children of their own: `not list(module.children())`. `modules()` goes by the
#   order of definition, hooks fire in the order of the calls; a layer that is used twice fires twice.
#
# A look must not change what it looks at. In train mode a forward pass moves the running averages of batch
# norm, so look in eval mode and put the mode back afterwards, of every submodule: some may have been in eval
# mode on purpose.
#
# ```python
# modes = [(module, module.training) for module in model.modules()]
# model.eval()
# ...
# for module, mode in modes:
#     module.training = mode         # not module.train(mode), which switches all modules below it too
# ```
#
# In practice: the packages torchinfo and torchview print such tables; `torchvision.models.feature_extraction`
# takes outputs from the middle of a network.

# %% difficulty="hard" minutes=15
def feature_shapes(model: nn.Module, x: Tensor) -> list[tuple[int, ...]]:
    """List the shape of every layer's output for one batch.

    Send x through the model once, in eval mode, and listen with forward hooks. Afterwards your hooks are gone
    (others stay), and every submodule is in the mode that it was in.

    Args:
        model: any module whose layers give one tensor each.
        x: what its forward takes; unchanged afterwards.

    Returns:
        One tuple of ints for every call of a leaf module (a module without children; the model itself, if it
        has none), batch dimension included, in the order of the calls. A layer that is called twice appears
        twice.

    >>> model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Sequential(nn.ReLU(), nn.Flatten()))
    >>> feature_shapes(model, torch.rand(5, 1, 4, 4))
    [(5, 2, 2, 2), (5, 2, 2, 2), (5, 8)]
    """
    raise NotImplementedError("Your code here")
