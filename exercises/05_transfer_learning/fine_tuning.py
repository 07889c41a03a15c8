# %% [markdown]
# # Fine-tuning
#
# A loaded backbone can be used in three ways. Which one pays depends on how many pictures you have and how
# much the new task resembles the old one:
#
# | | backbone | costs | good for |
# |---|---|---|---|
# | feature extraction | frozen, run once over the data | least | very few pictures, a similar task |
# | frozen in the loop | frozen, run in every epoch | more | the same, with augmented pictures |
# | fine-tuning | trained on, gently | most | more pictures, a less similar task |
#
# The pictures here are 28x28 and the backbone is small, so that all three take seconds. With torchvision you
# would take `torchvision.models.resnet18(weights="DEFAULT")`, put `nn.Identity()` in the place of its `fc` to
# get features, and go on in the same way.

# %%
import copy
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

# %% [markdown]
# ## Two learning rates
#
# A fresh head starts from noise, and its first gradients shake everything below it. The backbone is good
# already. So the head gets a normal rate and the backbone a smaller one, often a tenth. An optimiser takes
# *parameter groups* for that: dictionaries with `params` and options of their own. Here weights get weight
# decay and biases none:
#
# ```python
# decay, plain = [], []
# for name, p in net.named_parameters():
#     (plain if name.endswith("bias") else decay).append(p)
# sgd = torch.optim.SGD([{"params": decay, "weight_decay": 1e-4}, {"params": plain}], lr=0.1)
# ```
#
# Each parameter belongs to exactly one group (`ValueError: some parameters appear in more than one parameter
# group`). To sort them, ask whether two are *the same object*, not whether they are equal: `p in some_list`
# compares element by element, and with tensors that either fails or finds a stranger with equal values:
#
# ```
# RuntimeError: The size of tensor a (3) must match the size of tensor b (2) at non-singleton dimension 0
# ```
#
# `p is q` is the question, or, for many at once, `id(p) in {id(q) for q in others}`. A tied parameter, one
# object under two names, is listed once by `model.parameters()`.

# %% difficulty="medium" minutes=10
def parameter_groups(
    model: nn.Module, head: nn.Module, head_lr: float, backbone_lr: float
) -> list[dict[str, Any]]:
    """Sort a model's trainable parameters into two groups for an optimiser.

    Frozen parameters (requires_grad False) are in neither group, and none is in a group twice. A parameter
    that the head shares with another part of the model counts as the head's. A group may be empty.

    Args:
        model: holds `head` somewhere inside.
        head: a module of `model`, of any name and depth, or the model itself.
        head_lr: the head's learning rate.
        backbone_lr: everyone else's.

    Returns:
        A list of two dicts, the head's first. Each has `params`, a list of the parameters themselves, and
        `lr`.

    >>> model = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
    >>> groups = parameter_groups(model, model[2], 0.01, 0.001)
    >>> [([tuple(p.shape) for p in group["params"]], group["lr"]) for group in groups]
    [([(2, 3), (2,)], 0.01), ([(3, 4), (3,)], 0.001)]
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Features, extracted once
#
# A frozen backbone gives the same features in every epoch. Run it once, keep the result, and train the head
# on that: every epoch is then as cheap as a linear model's. Dropout off, batch norm on its running
# statistics, no graph: eval mode and `torch.no_grad()`, the mode of every submodule noted and put back as in
# 01_workflow/training.
#
# Why not `torch.inference_mode()`, which is faster? For features that you only look at, it is fine. If you
# train on them, they must not be *inference tensors*:
#
# ```
# RuntimeError: Inference tensors cannot be saved for backward. Please do not use Tensors created in inference
# mode in computation tracked by autograd.
# ```
#
# A loader that shuffles gives another order each time you loop over it. Whatever belongs together must come
# from the same loop; here the length and the first pixel of each picture:
#
# ```python
# corners, counts = [], []
# for images, labels in loader:
#     corners.append(images[:, 0, 0, 0])
#     counts.append(len(labels))               # the last batch may be shorter
# corners = torch.cat(corners)                 # (N,), where torch.stack would want equal batches
# ```

# %% difficulty="medium" minutes=10
def extract_features(backbone: nn.Module, loader: Iterable[tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
    """Run a backbone once over a loader.

    The backbone works in eval mode, and no graph is built. Afterwards every submodule has the mode it had
    before; parameters, buffers and the pictures are as they were.

    Args:
        backbone: maps pictures (B, C, H, W) to features (B, d).
        loader: gives batches (images, labels) of any sizes, at least one; it may shuffle.

    Returns:
        The features (N, d) and the labels (N,) of all batches, in the order in which the loader gave them.

    >>> ones, zeros = torch.ones(2, 1, 1, 2), torch.zeros(1, 1, 1, 2)
    >>> batches = [(ones, torch.tensor([5, 6])), (zeros, torch.tensor([7]))]
    >>> extract_features(nn.Flatten(), batches)
    (tensor([[1., 1.],
            [1., 1.],
            [0., 0.]]), tensor([5, 6, 7]))
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Does it help?
#
# Sandal, sneaker and ankle boot (classes 5, 7 and 9 of `datasets/fashion_mnist`), ten pictures each to train
# on, 600 others to test. Adam at 0.002, for the fine-tuned backbone at 0.0002, batches of ten. Mean accuracy
# over 20 seeds, each with another draw of pictures [lowest-highest]:
#
# | epochs | from scratch | backbone frozen | fine-tuned | fine-tuned, one rate for all |
# |---|---|---|---|---|
# | 10 | 0.78 [0.72-0.83] | 0.83 [0.78-0.87] | 0.84 [0.79-0.88] | 0.86 [0.82-0.90] |
# | 30 | 0.82 [0.74-0.85] | 0.86 [0.81-0.89] | 0.86 [0.82-0.90] | 0.86 [0.82-0.91] |
# | 100 | 0.82 [0.75-0.86] | 0.86 [0.82-0.89] | 0.86 [0.81-0.90] | 0.86 [0.81-0.91] |
#
# What this table says honestly, and what it does not:
#
# - Transfer gains about 0.05, a quarter of the errors. At ten epochs it looks like more, since a network from
#   scratch needs longer: a baseline that was stopped early flatters you. Give both the same care.
# - One seed can say anything. In 2 of 60 paired runs the network from scratch won, in others it lost by 0.14.
#   Compare means over several seeds, on the same pictures.
# - The smaller rate for the backbone made no difference here, since 0.002 is gentle already. At rates of
#   0.05, one rate for all gave 0.71 after 30 epochs (five seeds), and a tenth of it for the backbone 0.86.
#
# Two things spoil such a comparison. Training the backbone you were given changes it for the next run: work
# on `copy.deepcopy(backbone)`. And a new layer draws its weights from the global random state, so seed before
# you build it. Where the caller's random numbers must not move, fork the state; what happens inside is
# forgotten outside:
#
# ```python
# with torch.random.fork_rng():
#     torch.manual_seed(3)
#     noise = torch.rand(2)                    # always the same two numbers
# torch.rand(2)                                # as if the block had never been
# ```
#
# If the accuracy is that of guessing, ask first whether you test the model that you trained: a re-created
# model, or an optimiser that holds the parameters of the original instead of the copy's, leaves it untrained
# without an error.

# %% difficulty="hard" minutes=20
def fine_tune(backbone: nn.Module, train: tuple[Tensor, Tensor], num_classes: int, seed: int) -> nn.Module:
    """Make a classifier for new classes out of a trained backbone and ten pictures of each class.

    Freeze the backbone's weights or train them on gently, as you like. The mean accuracy over three seeds, on
    pictures you are not given, must beat a network of the same layers that starts from scratch (10 epochs of
    Adam, rate 0.002, batches of 10) by at least 0.05. The grader's pictures are those of Fashion-MNIST, dimmed,
    moved by a pixel and noisy. It also brings a backbone of its own, for pictures of another shape, which knows
    what no network can learn from ten pictures. About 30 epochs are enough; one call may take 30 seconds.

    Args:
        backbone: maps (N, C, H, W) to features (N, d). It is left as it is: weights, buffers, modes,
            requires_grad and .grad.
        train: (images, labels): float32 (10 * num_classes, C, H, W) in [0, 1], and int64 from 0 to
            num_classes - 1.
        num_classes: how many new classes.
        seed: fixes the result, whatever was drawn before; the global random state is as before afterwards.

    Returns:
        A trained model that gives logits (N, num_classes) for pictures (N, C, H, W).

    >>> images = torch.cat([torch.zeros(10, 1, 2, 2), torch.ones(10, 1, 2, 2)])
    >>> model = fine_tune(nn.Flatten(), (images, torch.arange(20) // 10), num_classes=2, seed=0)
    >>> model(images[[0, 19]]).argmax(1)
    tensor([0, 1])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Saying what it gained
#
# From 0.50 to 0.55 and from 0.94 to 0.99 are both "five points better", and not the same achievement: the
# first removes a tenth of the errors, the second five sixths. The share of errors that is gone is the fairer
# number, given together with the seeds and the accuracies it came from.
#
# Reading it in the other direction, with another measure: if sorting by hand takes 20 minutes and the tool
# brings it to 15, it removed `(20 - 15) / 20`, a quarter of the work. Errors are `1 - accuracy`.

# %% difficulty="easy" minutes=5
def feature_gain(scratch_accuracy: float, tuned_accuracy: float) -> float:
    """Compute the share of the scratch errors that fine-tuning removed.

    Args:
        scratch_accuracy: from 0 to 1.
        tuned_accuracy: from 0 to 1, on the same pictures.

    Returns:
        1.0 if no error is left, 0.0 if there are as many as before, negative if there are more. 0.0 where the
        network from scratch made no errors, whatever the tuned one did. A Python float.

    >>> feature_gain(0.5, 0.75)
    0.5
    >>> feature_gain(0.75, 0.5)
    -1.0
    """
    raise NotImplementedError("Your code here")
