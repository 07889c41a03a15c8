# %% [markdown]
# # The backbone
#
# A picture classifier has two parts. The *backbone* turns pictures into features; the *head*, often a single
# linear layer, turns features into one logit per class.
#
# ```
# (N, 1, 28, 28) ──► backbone: conv, ReLU, pool, … ──► (N, 288) ──► head: Linear(288, 7) ──► (N, 7)
#                    edges, textures, shapes:                       the seven classes:
#                    useful for other pictures too                  useful for these only
# ```
#
# Transfer learning keeps the first part and replaces the second. `datasets/transfer/fashion7_backbone.pt`
# holds a backbone that was trained on 42,000 pictures of seven kinds of clothes, none of them shoes:
#
# ```python
# weights = torch.load("datasets/transfer/fashion7_backbone.pt", map_location="cpu", weights_only=True)
# {name: tuple(value.shape) for name, value in weights.items()}
# # {'0.weight': (16, 1, 3, 3), '0.bias': (16,), '3.weight': (32, 16, 3, 3), …}
# ```
#
# `map_location` says where the tensors go; without it a file that was saved on a GPU fails on a machine that
# has none. In practice the backbone comes ready-made: `torchvision.models.resnet18(weights="DEFAULT")` builds
# one and fills it with weights learnt from 1.3 million photos; its head is called `fc`.

# %%
import torch
from torch import Tensor, nn

# %% [markdown]
# ## Weights that fit, and those that do not
#
# `model.load_state_dict(weights)` copies every entry into the model of the same name. It changes the model in
# place and returns a report, so `model = model.load_state_dict(weights)` throws the model away:
#
# ```
# AttributeError: '_IncompatibleKeys' object has no attribute 'eval'
# ```
#
# It wants the dictionary, not the file's name (`TypeError: Expected state_dict to be dict-like, got <class
# 'str'>`), and all names must agree. `strict=False` is often described as "load what fits". That is half
# true. It passes over names that only one side has, without a word: if every name differs, by a prefix say,
# nothing at all is loaded and nothing is raised. And a name that fits with a shape that does not still stops:
#
# ```
# RuntimeError: Error(s) in loading state_dict for Sequential:
#     size mismatch for 0.weight: copying a param with shape torch.Size([2, 4]) from checkpoint, the shape in
#     current model is torch.Size([3, 4]).
# ```
#
# So load by hand and look at what was left out. `model.state_dict()` helps: its tensors are the model's own
# memory, parameters and *buffers* (such as batch norm's running mean) alike. What you write into them is in
# the model:
#
# ```python
# net = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
# for name, value in net.state_dict().items():
#     if name.endswith("running_mean"):
#         value.fill_(0.5)                     # net[1].running_mean is now [0.5, 0.5]
# ```
#
# `value.copy_(other)` copies another tensor into it. Mind that `copy_` broadcasts: one bias of shape (1,)
# would quietly fill all four of a (4,), so compare the shapes yourself.

# %% difficulty="medium" minutes=10
def load_matching(model: nn.Module, state_dict: dict[str, Tensor]) -> tuple[list[str], list[str]]:
    """Copy into `model` every entry of `state_dict` whose name and shape match the model's.

    Parameters and buffers alike are copied into the model; a value of another dtype is converted to the
    model's. Whatever has no matching entry keeps its value. `state_dict` is left as it is and shares no
    memory with the model, so that later training of the model does not change it. Modes and requires_grad
    stay as they are.

    Args:
        model: changed in place.
        state_dict: names and tensors, as `torch.load` or `Module.state_dict` gives them; may be empty.

    Returns:
        Two sorted lists of names: those copied, and those of `state_dict` that were not.

    >>> model = nn.Linear(2, 1)
    >>> weights = {"weight": torch.tensor([[3.0, 4.0]]), "bias": torch.zeros(7), "a": torch.ones(1)}
    >>> load_matching(model, weights)
    (['weight'], ['a', 'bias'])
    >>> model.weight.tolist()
    [[3.0, 4.0]]
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Frozen, and really frozen
#
# `parameter.requires_grad_(False)` takes a parameter out of training: no gradient, no update. Most tutorials
# stop there. A batch-norm layer then still moves, since not all it holds is a parameter:
#
# | in `nn.BatchNorm2d(16)` | kind | changes |
# |---|---|---|
# | `weight`, `bias` | parameter | when the optimiser steps |
# | `running_mean`, `running_var`, `num_batches_tracked` | buffer | at *every forward pass in train mode* |
#
# In train mode it also normalises with the batch at hand instead of these buffers. So a "frozen" backbone
# drifts towards the new data and gives one picture other features in another batch. Calling `eval()` on it
# once does not last: the next `model.train()`, at the top of every epoch, switches all submodules back.
#
# A layer has to hold out against that by itself. A *forward pre-hook* runs before each call of its layer,
# whatever happened in between. Here it keeps a dropout layer awake in eval mode, the opposite of what you
# need:
#
# ```python
# def stay_awake(layer, inputs):
#     layer.training = True                    # returns None: the inputs go on unchanged
#
# drop = nn.Dropout(0.5)
# drop.register_forward_pre_hook(stay_awake)
# drop.eval()
# drop(torch.ones(6))                          # tensor([2., 0., 2., 2., 0., 0.]): still dropping
# ```
#
# Another way is to give the layer a `train` method of its own that does nothing. Every batch-norm class
# derives from `nn.modules.batchnorm._BatchNorm`, and `module.modules()` reaches every layer, `module` itself
# included. torchvision has a layer class for the purpose, `torchvision.ops.FrozenBatchNorm2d`.

# %% difficulty="hard" minutes=15
def freeze(module: nn.Module) -> None:
    """Freeze a module: no training changes it any more.

    Afterwards none of its parameters requires grad. Its batch-norm layers (1d, 2d and 3d, at any depth, or
    `module` itself) normalise with their running_mean and running_var and keep these and num_batches_tracked
    as they are, in all later training, also after `train()` was called on the module or on a model that holds
    it. Nothing outside the module is affected: other layers of the same classes go on learning.

    Args:
        module: any module, changed in place.

    >>> norm = nn.BatchNorm1d(2)
    >>> freeze(norm)
    >>> _ = norm.train()(torch.tensor([[5.0, 5.0], [7.0, 9.0]]))
    >>> norm.running_mean.tolist(), norm.weight.requires_grad
    ([0.0, 0.0], False)
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## A new head
#
# The old head has seven outputs; the new task has three classes. With torchvision's models one line is
# enough, once you have printed the model and know the name: `model.fc = nn.Linear(model.fc.in_features, 3)`
# for a ResNet, `model.classifier[6] = …` for a VGG. Assigning to an attribute replaces a submodule.
#
# Names of nested layers are paths with dots, and `named_modules()` runs over all of them in the order in
# which they were registered, parents first. This replaces every ReLU, however deep, and shows how to find the
# parent:
#
# ```python
# for name, layer in list(model.named_modules()):            # e.g. "features.block.1"
#     if isinstance(layer, nn.ReLU):
#         path, _, last = name.rpartition(".")               # "features.block", ".", "1"
#         setattr(model.get_submodule(path), last, nn.GELU())   # get_submodule("") is the model itself
# ```
#
# Freeze first, then replace: the other way round, the new head is frozen with the rest, and training changes
# nothing. A new layer is born on the CPU; where the old one lived elsewhere, build it there (`device=`).
#
# If you see `mat1 and mat2 shapes cannot be multiplied (32x288 and 512x3)`: the head was built for 512
# features and the backbone gives 288. Read the number off the old head instead of typing it.

# %% difficulty="medium" minutes=15
def replace_head(model: nn.Module, num_classes: int) -> nn.Module:
    """Replace the last linear layer by a fresh one with `num_classes` outputs.

    The last linear layer is the last `nn.Linear` in the order of `model.named_modules()`, wherever it is
    nested. The new layer has the same in_features, a bias if and only if the old one had one, newly drawn
    weights that require grad (also where the model is frozen), and lies on the old one's device. Everything
    else in the model stays the same objects.

    Args:
        model: changed in place; the linear layer is somewhere inside it.
        num_classes: out_features of the new layer.

    Returns:
        The same model.

    Raises:
        ValueError: if there is no `nn.Linear`.

    >>> model = replace_head(nn.Sequential(nn.Linear(4, 8), nn.Sequential(nn.ReLU(), nn.Linear(8, 7))), 3)
    >>> model[0], model[1][1]
    (Linear(in_features=4, out_features=8, bias=True), Linear(in_features=8, out_features=3, bias=True))
    """
    raise NotImplementedError("Your code here")
