# %% [markdown]
# # Inference
#
# The model is trained; now somebody hands you one file. Between file and answer stands all that stood there
# in training, in the same order, without what was random:
#
# | step | forget it, and a trained tile network with 0.91 drops to |
# |---|---|
# | read as RGB, upright | 0.32 with blue and red swapped |
# | to a (3, H, W) tensor in [0, 1] | 0.25 on 0 to 255, 0.55 with scrambled axes |
# | the transform of the *test* set: resize, normalise | 0.29 without normalising |
# | a batch of one: `x.unsqueeze(0)` | an error, or an answer about something else |
# | `model.eval()` and `torch.inference_mode()` | another answer each time, if there is dropout |
# | `softmax(dim=1)` | logits are no probabilities |
#
# None of these but the fourth raises an error: a wrong preparation gives a confident wrong answer. If
# accuracy on files is far below accuracy in training, compare the two preparations first.
#
# ```python
# batch = waveform.unsqueeze(0)                # (1, samples): models take batches
# probabilities = torch.softmax(logits, dim=1) # of each row; dim=0 would divide across the batch
# probabilities.max(dim=1)                     # values and indices
# ```
#
# Leave the model as you found it. `model.eval()` sets every submodule's flag, and `model.train()` afterwards
# would also switch on what was in eval mode before, such as a frozen batch norm: note each module's flag
# (01_workflow/prediction), and put it back also when an error comes in between (`try ... finally`).
#
# A high probability is not knowledge. Ask a tile network about `wild/cat.jpg`: softmax spreads 1.0 over the
# four classes it has, and "none of these" is not among them.
#
# If you see this error:
#
# - `Expected more than 1 value per channel when training, got input size torch.Size([1, 8, 1, 1])`: batch
#   norm in train mode met a batch of one. Call `model.eval()`.
# - `mat1 and mat2 shapes cannot be multiplied (1x7200 and 4096x4)`: the picture has another size than those
#   in training.
#
# torchvision: `weights.transforms()` of a pretrained model is the very test transform that belongs to it.

# %%
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor, nn


# %% difficulty="medium" minutes=15
def predict_image(
    model: nn.Module, path: Path, class_names: list[str], transform: Callable[[Tensor], Tensor]
) -> tuple[str, float]:
    """Classify one picture file.

    Args:
        model: maps (N, 3, h, w) to logits (N, C). It is used in eval mode and without gradients; afterwards
            each of its submodules is in the mode it was in.
        path: a picture file of any size and mode, read as 04_custom_datasets/dataset reads it: RGB, upright,
            transparency on white, float32 (3, H, W) in [0, 1].
        class_names: C names, in the order of the logits.
        transform: gets the (3, H, W) tensor, returns (3, h, w).

    Returns:
        (name of the most likely class, its softmax probability as a Python float).

    Raises:
        FileNotFoundError: there is no such file; the message names the path.
        ValueError: the file cannot be decoded to its end; the message names the path.

    >>> import tempfile
    >>> model = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())     # logits: the mean of each channel
    >>> with tempfile.TemporaryDirectory() as name:
    ...     Image.new("RGB", (9, 7), (0, 255, 0)).save(Path(name, "leaf.png"))
    ...     path, names = Path(name, "leaf.png"), ["red", "green", "blue"]
    ...     answer, probability = predict_image(model, path, names, transform=lambda x: x * 9)
    >>> answer, round(probability, 3)
    ('green', 1.0)
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## More than one answer
#
# "forest 0.51, grassland 0.47" and "forest 0.51, coast 0.20, desert 0.20" are different answers with the same
# winner: show the runners-up. `torch.topk` sorts out the largest, with their positions:
#
# ```python
# heights = torch.tensor([1.6, 1.9, 1.7])
# values, indices = torch.topk(heights, 2)      # tensor([1.9000, 1.7000]), tensor([1, 2])
# ```
#
# If you see this error:
#
# - `selected index k out of range`: topk was asked for more than there is.

# %% difficulty="easy" minutes=10
def top_k(probabilities: Tensor, class_names: list[str], k: int) -> list[tuple[str, float]]:
    """The k most likely classes.

    Args:
        probabilities: float32 of shape (C,).
        class_names: C names.
        k: how many, at least 1; more than C gives all C.

    Returns:
        Pairs (class name, probability as a Python float), highest probability first.

    >>> top_k(torch.tensor([0.25, 0.75]), ["coast", "forest"], 1)
    [('forest', 0.75)]
    """
    raise NotImplementedError("Your code here")
