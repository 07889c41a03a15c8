# %% [markdown]
# # Non-linearity, probabilities and losses
#
# A linear layer draws a straight line. Two of them draw a straight line too:
#
# ```
# W2 (W1 x + b1) + b2  =  (W2 W1) x + (W2 b1 + b2)
# ```
#
# That is one linear layer with other numbers, however many units stand between. Put a function that is no
# straight line between the layers and the sum is no longer one layer: every hidden unit contributes one bend,
# and bends add up to a closed curve. Almost any bend will do; `relu` is the cheapest.
#
# A widespread reading is that the non-linearity "makes the network bigger". It adds no parameter at all.
#
# `compare_boundaries()` below trains two networks on the same circles, alike but for the ReLUs, and draws
# the regions that each assigns to the classes. Run it (in a notebook, or `plt.savefig` afterwards). A right
# picture looks like this: left, a straight edge cuts the plane in two, and half of the points stand on the
# wrong side, accuracy about 0.5; right, the inner circle has a region of its own with an edge between the
# circles all the way round, accuracy 1.0.
#
# ```
#     without                 with ReLU
#
#     o  o |o  o              o   o   o
#   o   x  | x   o          o   .---.   o       o  class 0, outside
#   o  x   |  x  o          o  ( x x )  o       x  class 1, inside
#   o   x  | x   o          o   '---'   o
#     o  o |o  o              o   o   o
# ```

# %%
import matplotlib.pyplot as plt
import torch
from torch import Tensor, nn


def compare_boundaries() -> plt.Figure:
    """Given: the regions of a network without and with ReLU on two circles (about a second)."""
    torch.manual_seed(0)
    y = torch.arange(400) % 2
    angle = 2 * torch.pi * torch.rand(400)
    X = torch.where(y == 1, 0.5, 1.0)[:, None] * torch.stack([angle.cos(), angle.sin()], dim=1)
    X += 0.03 * torch.randn(400, 2)
    axis = torch.linspace(-1.3, 1.3, 200)
    grid = torch.cartesian_prod(axis, axis)
    figure, panels = plt.subplots(1, 2, figsize=(8, 4))
    for panel, bend in zip(panels, (nn.Identity, nn.ReLU), strict=True):
        model = nn.Sequential(nn.Linear(2, 16), bend(), nn.Linear(16, 16), bend(), nn.Linear(16, 1))
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        for _ in range(200):
            loss = nn.BCEWithLogitsLoss()(model(X).squeeze(1), y.float())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        with torch.inference_mode():
            accuracy = ((model(X).squeeze(1) >= 0) == (y == 1)).float().mean()
            regions = (model(grid) >= 0).reshape(200, 200).float()
        panel.contourf(axis, axis, regions.T, levels=[-0.5, 0.5, 1.5], cmap="RdYlBu", alpha=0.6)
        panel.scatter(X[:, 0], X[:, 1], c=y, cmap="RdYlBu", s=10, edgecolors="black", linewidths=0.3)
        panel.set_title(f"{bend.__name__}: accuracy {accuracy:.2f}")
    return figure


# %% [markdown]
# ## Three bends, by hand
#
# | function | formula | values | where it is used |
# |---|---|---|---|
# | relu | max(x, 0) | 0 and up | between layers |
# | sigmoid | 1 / (1 + exp(-x)) | 0 to 1 | turns a logit into a probability |
# | tanh | (exp(x) - exp(-x)) / (exp(x) + exp(-x)) | -1 to 1 | between layers, symmetric |
#
# In the next three exercises the torch function of that name is refused, as a function, as a method and
# inside its `nn` layer; everything else is allowed. The formulas are simple, floating point is not: float32
# ends at 3.4e38, so `exp` overflows to inf above 88, and what follows is often inf / inf or 0 * inf, which is
# nan. For log(1 + exp(x)), called softplus, the way out looks like this:
#
# ```python
# x = torch.tensor([-1000.0, 0.0, 1000.0])
# torch.log(1 + torch.exp(x))                                # [0.0000, 0.6931, inf]
# torch.log1p(torch.exp(-x.abs())) + x.clamp(min=0)          # [0.0000, 0.6931, 1000.0]
# ```
#
# The trick is always the same: rewrite the formula so that `exp` sees no positive number. exp(-1000) is 0,
# and a 0 in a sum does no harm. Watch the dtype: `torch.where(x > 0, x, 0.0)` makes floats of integers, and a
# fresh `torch.zeros(...)` is float32 on the CPU whatever x is.

# %% difficulty="easy" minutes=5
def relu(x: Tensor) -> Tensor:
    """Replace the negative elements by 0, without torch's `relu`.

    Args:
        x: any shape, any float or integer dtype.

    Returns:
        A tensor of x's shape, dtype and device; x is left as it was.

    >>> relu(torch.tensor([-2.0, 0.0, 3.0]))
    tensor([0., 0., 3.])
    """
    # BEGIN SOLUTION
    # HINT Which of torch's functions takes the larger of two values, or keeps values above a limit?
    # HINT Limit x from below; that keeps the dtype too.
    # HINT x.clamp(min=0)
    return x.clamp(min=0)
    # END SOLUTION


# %% difficulty="medium" minutes=10
def sigmoid(x: Tensor) -> Tensor:
    """Squash every element into 0 to 1, without torch's `sigmoid`.

    Args:
        x: float dtype, any shape; elements of ±1000 give 0 and 1, never nan.

    Returns:
        1 / (1 + exp(-x)) in x's shape, dtype and device.

    >>> sigmoid(torch.tensor([-1000.0, 0.0, 1000.0]))
    tensor([0.0000, 0.5000, 1.0000])
    """
    # BEGIN SOLUTION
    # HINT Try both exp(x) / (1 + exp(x)) and 1 / (1 + exp(-x)) at -1000 and at 1000: which one survives?
    # HINT inf in a denominator alone is harmless (1 / inf is 0); inf / inf is not.
    # HINT One of the two forms is right for every x as it stands.
    return 1 / (1 + torch.exp(-x))
    # END SOLUTION


# %% difficulty="medium" minutes=10
def tanh(x: Tensor) -> Tensor:
    """Squash every element into -1 to 1, without torch's `tanh`.

    Args:
        x: float dtype, any shape; elements of ±1000 give -1 and 1, never nan.

    Returns:
        (exp(x) - exp(-x)) / (exp(x) + exp(-x)) in x's shape, dtype and device.

    >>> tanh(torch.tensor([-1000.0, 0.0, 1000.0]))
    tensor([-1.,  0.,  1.])
    """
    # BEGIN SOLUTION
    # HINT Divide numerator and denominator by exp(x): only one exponential is left.
    # HINT (1 - exp(-2x)) / (1 + exp(-2x)) is fine for x >= 0; for the others use that tanh(-x) = -tanh(x).
    # HINT With e = exp(-2 * x.abs()) the size is (1 - e) / (1 + e); x.sign() gives the sign.
    e = torch.exp(-2 * x.abs())
    return x.sign() * (1 - e) / (1 + e)
    # END SOLUTION


# %% [markdown]
# ## Logits, probabilities, labels
#
# Three things that look alike and are not:
#
# | thing | two classes | many classes | range |
# |---|---|---|---|
# | **logits**: what the network gives | (N,) | (N, C) | any number |
# | **probabilities** | sigmoid, (N,) | softmax over the classes, (N, C) | 0 to 1, rows sum to 1 |
# | **labels** | probability >= 0.5, (N,) | argmax, (N,) | class ids |
#
# Softmax is exp(x) divided by the sum of exp(x) along `dim`, so it turns amounts into shares. `dim` is the
# classes' dimension. Along the batch (dim 0) each sample's share would depend on which other samples are with
# it, and in a batch of one every probability would be 1.
#
# Adding one number to all logits of a row changes nothing: exp(x + c) = exp(x) exp(c), and exp(c) cancels.
# That freedom keeps the largest exponent at 0. The row of amounts (4, 8, 12) shows the same for ordinary
# shares: divide it by its own largest first, or don't, the shares are 1/6, 1/3, 1/2.
# `x.amax(dim=dim, keepdim=True)` is the largest of each slice in a shape that broadcasts back. One largest
# for the whole tensor is not enough: a row far below it becomes 0 / 0.

# %% difficulty="medium" minutes=10
def softmax(x: Tensor, dim: int = -1) -> Tensor:
    """Turn logits into shares that sum to 1 along `dim`, without torch's `softmax` and `log_softmax`.

    Args:
        x: float32 of any shape with at least one dimension; there may be no rows: (0, C).
        dim: the dimension along which the shares sum to 1; may be negative.

    Returns:
        float32 of x's shape; right for logits of ±1000 too, also when rows differ that much from each other.

    >>> softmax(torch.tensor([[0.0, 0.0], [1000.0, 0.0]]))
    tensor([[0.5000, 0.5000],
            [1.0000, 0.0000]])
    """
    # BEGIN SOLUTION
    # HINT exp of what? Every slice along `dim` may be shifted by a number of its own.
    # HINT Subtract the slice's largest value (keepdim=True) before exp.
    # HINT e = (x - x.amax(dim, keepdim=True)).exp(), divided by e.sum(dim, keepdim=True).
    e = torch.exp(x - x.amax(dim=dim, keepdim=True))
    return e / e.sum(dim=dim, keepdim=True)
    # END SOLUTION


# %% [markdown]
# ## Losses from logits
#
# Both losses of classification are the same idea: minus the logarithm of the probability that the model gave
# to what really happened. Sure and right costs 0, a coin toss among K classes costs ln K (0.693, 1.099,
# 1.386, 2.303 for K = 2, 3, 4, 10), sure and wrong costs a lot. A training loss that stays at ln K means: the
# model is guessing, and nothing moves its weights.
#
# Why not take the probability and then its logarithm? Because the probability is rounded in between:
#
# ```python
# torch.log(torch.sigmoid(torch.tensor(-1000.0)))    # tensor(-inf); the true value is -1000
# ```
#
# Clamping the probability at 1e-7 hides the inf and puts a wrong number there: 16.1 instead of 1000, and a
# gradient of 0, so the worst mistakes teach nothing. Written from logits, the losses need no probability at
# all:
#
# | loss | of | formula |
# |---|---|---|
# | binary cross-entropy | logit z, target t | softplus(z) - z * t |
# | cross-entropy | logits z, label k | logsumexp(z) - z[k] |
#
# That is why torch's versions take logits and do the rest inside: `nn.BCEWithLogitsLoss` and
# `nn.CrossEntropyLoss`. Give them probabilities and the squashing happens twice: nothing is raised, but the
# loss can't fall below 0.5032 (balanced, two classes) or 1.4612 (ten classes), and learning crawls.
#
# If you see this error:
#
# - `RuntimeError: result type Float can't be cast to the desired output type Long`: int labels met
#   `BCEWithLogitsLoss`. Its targets are probabilities, 0.0 and 1.0: `y.float()`.
# - `RuntimeError: expected target dtype to be Long or Byte, but got Float`: float labels met
#   `CrossEntropyLoss`. Its labels are class ids, names and not amounts: int64.
# - `RuntimeError: all elements of input should be between 0 and 1`: logits met `nn.BCELoss`, which wants
#   probabilities. Use `nn.BCEWithLogitsLoss`.

# %% difficulty="hard" minutes=15
def binary_cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Compute the mean binary cross-entropy from logits, without torch's BCE functions.

    Args:
        logits: float32 of shape (N,), N at least 1; ±1000 gives the true loss, which is finite.
        targets: 0 or 1, shape (N,), float32 or int64.

    Returns:
        A 0-dim float32 tensor: the mean over the N samples of -log(probability given to the target).

    >>> binary_cross_entropy(torch.tensor([0.0, 1000.0, -1000.0]), torch.tensor([1.0, 1.0, 1.0]))
    tensor(333.5644)
    """
    # BEGIN SOLUTION
    # HINT Write the loss of one sample as softplus(z) - z * t and check it at t = 0 and t = 1.
    # HINT softplus overflows if written as log(1 + exp(z)); the lesson shows the form that does not.
    # HINT Add z.clamp(min=0), log1p(exp(-abs(z))) and -z * t, then take the mean.
    return (logits.clamp(min=0) + torch.log1p(torch.exp(-logits.abs())) - logits * targets).mean()
    # END SOLUTION


# %% difficulty="hard" minutes=15
def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Compute the mean cross-entropy from logits, without torch's `cross_entropy` and `nll_loss`.

    Args:
        logits: float32 of shape (N, C), N at least 1; ±1000 gives the true loss, which is finite.
        labels: int64 of shape (N,); some classes may not occur.

    Returns:
        A 0-dim float32 tensor: the mean over the N samples of -log(softmax of the row at its label).

    >>> cross_entropy(torch.tensor([[0.0, 0.0], [1000.0, 0.0]]), torch.tensor([1, 1]))
    tensor(500.3466)
    """
    # BEGIN SOLUTION
    # HINT The loss of one row is logsumexp of the row minus the logit at its label.
    # HINT torch.logsumexp shifts by the row's largest for you; pick one logit a row with two index tensors.
    # HINT logits[torch.arange(N), labels] picks; subtract it from logits.logsumexp(dim=1), take the mean.
    rows = torch.arange(len(labels), device=logits.device)
    return (logits.logsumexp(dim=1) - logits[rows, labels]).mean()
    # END SOLUTION
