# %% [markdown]
# # Many classes
#
# Three classes or more: the network gives one logit for each, and the largest wins.
#
# | | two classes | C classes |
# |---|---|---|
# | last layer | `nn.Linear(h, 1)`, then (N,) | `nn.Linear(h, C)`, (N, C) |
# | loss | `nn.BCEWithLogitsLoss`, float targets (N,) | `nn.CrossEntropyLoss`, int64 labels (N,) |
# | probabilities | sigmoid | softmax over dim 1 |
# | label | probability >= 0.5 | argmax over dim 1 |
#
# `CrossEntropyLoss` takes raw logits: it contains the log_softmax. A softmax (or log_softmax) as the last
# layer is the most common mistake here, because nothing is raised. With a softmax in front, the most
# confident right answer, (1, 0, 0, …), is taken for logits that differ by 1 only: for ten classes the loss
# can't fall below 1.4612, and an 8x8 digits classifier that should reach 0.94 stops at 0.48.

# %%
import torch
from torch import Tensor, nn

# %% [markdown]
# ## The model
#
# ```
# x (N, in_features) -> hidden (N, hidden_units) -> bend -> logits (N, num_classes)
# ```
#
# Behind the last linear layer there is nothing. A ReLU there would cut all negative logits to 0: the class
# that it cuts gets no gradient any more (digits: 0.66 instead of 0.94). For the shape of such a class see
# 02_classification/binary; the batch dimension stays first, so there is nothing to squeeze here.

# %% difficulty="easy" minutes=10
class Classifier(nn.Module):
    """A network for any number of classes, with at least one hidden layer.

    The hidden layer has `hidden_units` units and a non-linearity. The output are logits: no softmax, no
    log_softmax, no other activation behind the last layer.

    >>> model = Classifier(in_features=4, num_classes=3)
    >>> model(torch.zeros(5, 4)).shape
    torch.Size([5, 3])
    """

    def __init__(self, in_features: int, num_classes: int, hidden_units: int = 32) -> None:
        raise NotImplementedError("Your code here")

    def forward(self, x: Tensor) -> Tensor:
        """Give the logits (N, num_classes) of x (N, in_features); N may be 1 or 0."""
        raise NotImplementedError("Your code here")


# %% [markdown]
# ## Predicting
#
# Predictions are made in eval mode (dropout rests, batch norm uses its running statistics) and without
# recording a graph. These are two switches, and neither does the other's work:
#
# | | layers work as for testing | no graph |
# |---|---|---|
# | `model.eval()` | yes | no |
# | `torch.inference_mode()`, `torch.no_grad()` | no | yes |
#
# Afterwards every submodule gets its own mode back. `model.train()` at the end is not that: it also wakes
# layers which somebody had put to rest on purpose. Here for the mean output of a regression model:
#
# ```python
# modes = [(module, module.training) for module in model.modules()]
# model.eval()
# with torch.inference_mode():
#     mean = model(X).mean()
# for module, mode in modes:
#     module.training = mode           # not module.train(mode), which would reach into its children again
# ```
#
# Softmax goes over the classes, dim 1. Over dim 0 each sample is weighed against the others of its batch:
# rows no longer sum to 1, and the same sample gets other probabilities in other company. Labels need no
# softmax at all: it never changes which logit is the largest. `argmax` without `dim` gives one number for the
# whole batch.

# %% difficulty="medium" minutes=10
def predict_probabilities(model: nn.Module, X: Tensor) -> Tensor:
    """Compute class probabilities in eval mode, without a graph.

    The mode of every submodule is put back afterwards.

    Args:
        model: gives logits (N, C).
        X: float32 of shape (N, features); N may be 1.

    Returns:
        float32 of shape (N, C), each row summing to 1, without gradient history.

    >>> predict_probabilities(nn.Identity(), torch.tensor([[0.0, 0.0], [1000.0, 0.0]]))
    tensor([[0.5000, 0.5000],
            [1.0000, 0.0000]])
    """
    raise NotImplementedError("Your code here")


# %% difficulty="easy" minutes=5
def predict_classes(model: nn.Module, X: Tensor) -> Tensor:
    """Predict class ids in eval mode, without a graph.

    The mode of every submodule is put back afterwards.

    Args:
        model: gives logits (N, C).
        X: float32 of shape (N, features); N may be 1.

    Returns:
        int64 of shape (N,): the class with the largest logit.

    >>> predict_classes(nn.Identity(), torch.tensor([[0.1, -2.0, 0.3], [5.0, 7.0, -1.0]]))
    tensor([2, 1])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Mini-batches
#
# A full-batch step looks at every sample before it moves once. Mini-batches move after each handful: more
# moves per look at the data, and the noise of small batches is harmless, often helpful. One **epoch** is one
# pass over all samples. Each epoch deals the samples anew, as here into batches of indices:
#
# ```python
# generator = torch.Generator().manual_seed(5)
# for epoch in range(2):
#     for batch in torch.randperm(7, generator=generator).split(3):   # 3, 3 and 1 indices
#         print(batch.tolist())
# ```
#
# One generator before the loop, not one inside: seeded anew in each epoch, it would deal the same batches
# every time. X and y are indexed by the same `batch`, or the labels belong to other samples. Nothing is
# dropped: the last batch is smaller.
#
# The small batch matters for the mean. Losses of batches of 3, 3 and 1 samples are 0.6, 0.6 and 2.0. The mean
# of the batch means is 1.07; the mean over samples is (3 * 0.6 + 3 * 0.6 + 1 * 2.0) / 7 = 0.8. Weigh each
# batch by its size. The weights move between the batches, so this is a running mean, a little higher than the
# loss at the end of the epoch. That is what training curves show.
#
# An epoch's mean near ln C (1.099 for three classes) epoch after epoch is guessing: is `step()` called, is
# the optimiser built from this model, are labels and samples still together?

# %% difficulty="hard" minutes=20
def fit_classifier(
    model: nn.Module, X: Tensor, y: Tensor, epochs: int, lr: float, batch_size: int, seed: int
) -> list[float]:
    """Train a classifier in place, in mini-batches.

    Each epoch goes once through all samples in batches of batch_size (the last may be smaller), newly
    shuffled in each epoch, and makes one step per batch with `nn.CrossEntropyLoss`. Which optimiser of
    torch.optim is up to you; its learning rate is `lr`. Training runs in train mode; afterwards every
    submodule has the mode it came in.

    Args:
        model: gives logits (N, C); its weights are trained, from where they are.
        X: float32 of shape (N, features); left as it is.
        y: int64 labels of shape (N,); left as they are.
        epochs: number of passes.
        lr: learning rate; 0.0 leaves the weights as they are.
        batch_size: 1 or more; may be larger than N.
        seed: fixes the order of the batches: same seed and start, same weights, also after other random
            calls.

    Returns:
        One Python float per epoch: the mean loss over the epoch's samples, each taken when its batch was
        trained.

    >>> losses = fit_classifier(nn.Linear(1, 3), torch.zeros(5, 1), torch.ones(5).long(), 2, 0.1, 2, seed=0)
    >>> len(losses), losses[1] < losses[0]
    (2, True)
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## Three spirals
#
# Arms that wind around each other, one turn each: point i of arm k lies at angle 2 pi (i / n + k / 3),
# further out with growing i.
#
# ```
#            1 11 11 111 11 11
#                             111
#                 2222222        111
#            22222       22222      11
#         222                 22     11
#       22       000000000      2      1
#      2      000         00     2     1
#     2      00     1111   0     2     1
#     2     00    111     00    22     1      0
#    2      0     1    22     222     11     0
#    22     0     11    2222222     11      0
#     2     00     111            111     00
#     22     00      11111111111111      00
#       2      00                     000
#        22      00000            00 0
#          22         0000 0000 00
# ```
#
# No half-plane holds more of one arm than of the others, so a model without a bend stays at 1/3, with a loss
# of ln 3, however long it trains. Two hidden layers of 32 units reach 0.98; the noise hardly allows more.
#
# Judge a model on points it has not seen. With every unit you add, the accuracy on the training points rises;
# the accuracy on new points does not have to.

# %% difficulty="hard" minutes=20
def fit_spirals(X: Tensor, y: Tensor, seed: int) -> nn.Module:
    """Train a network of your choice to tell three interleaved spirals apart.

    Each arm has 200 training points, makes one turn and has noise of std 0.05 on coordinates within about ±1.
    The network scores at least 0.93 on new points of the same kind in at least 2 of 3 seeds, within 30
    seconds.

    Args:
        X: float32 of shape (n, 2).
        y: int64 of shape (n,): 0, 1 or 2, the arm.
        seed: the same seed gives the very same weights, also after other random calls; another seed others.

    Returns:
        The trained model. It gives logits (N, 3) for points (N, 2).

    >>> model = fit_spirals(torch.rand(9, 2), torch.arange(9) % 3, seed=0)
    >>> model(torch.zeros(4, 2)).shape
    torch.Size([4, 3])
    """
    raise NotImplementedError("Your code here")
