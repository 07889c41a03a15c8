# %% [markdown]
# # Two classes
#
# The loop of 01_workflow stays as it is. Three things around it change:
#
# | part | regression | two classes |
# |---|---|---|
# | last layer | `nn.Linear(h, 1)`, the amount | `nn.Linear(h, 1)`, the logit of class 1 |
# | loss | `nn.L1Loss`, `nn.MSELoss` | `nn.BCEWithLogitsLoss` |
# | measure | mean error | accuracy |
#
# The last layer has no activation. A logit must be able to be negative (class 0), positive (class 1) and
# large (sure). A ReLU behind it cuts class 0 off; a sigmoid behind it squashes what the loss squashes again.

# %%
import torch
from torch import Tensor, nn

# %% [markdown]
# ## Shapes: (N,) and not (N, 1)
#
# A layer with one output gives a column, (N, 1); labels are (N,). Against each other they are trouble:
#
# | expression | (N, 1) with (N,) |
# |---|---|
# | `BCEWithLogitsLoss` | `ValueError: Target size (torch.Size([2])) must be the same as input size …` |
# | `labels == predictions` | no error: a table of N x N answers; its sum / N can reach 20000 % |
# | `MSELoss`, `L1Loss` | a warning, and the wrong number |
#
# So the model drops that dimension itself. `squeeze(1)` drops dimension 1 and no other; bare `squeeze()`
# works for a batch of 32 and turns a batch of one, (1, 1), into a 0-dim tensor.
#
# A model with one hidden layer for another problem (3 inputs, one number out):
#
# ```python
# class Price(nn.Module):
#     def __init__(self, hidden_units: int = 8) -> None:
#         super().__init__()
#         self.layers = nn.Sequential(nn.Linear(3, hidden_units), nn.Tanh(), nn.Linear(hidden_units, 1))
#
#     def forward(self, x: Tensor) -> Tensor:
#         return self.layers(x).squeeze(1)      # (N, 1) -> (N,)
# ```

# %% difficulty="medium" minutes=15
class CircleClassifier(nn.Module):
    """A network for two classes in the plane: 2 inputs, two hidden layers, one logit.

    Two hidden layers of `hidden_units` each, with a non-linearity; the third and last linear layer gives the
    logit, with nothing behind it. All parameters are registered, so that an optimiser finds them.

    >>> model = CircleClassifier(hidden_units=4)
    >>> model(torch.zeros(3, 2)).shape, model(torch.zeros(1, 2)).shape
    (torch.Size([3]), torch.Size([1]))
    """

    def __init__(self, hidden_units: int = 10) -> None:
        # BEGIN SOLUTION
        # HINT Three linear layers: 2 to hidden_units, hidden_units to hidden_units, hidden_units to 1.
        # HINT What stands between them? Without it, three linear layers are one linear layer.
        # HINT super().__init__(), nn.Sequential of Linear, ReLU, Linear, ReLU, Linear; squeeze(1) in forward.
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(2, hidden_units), nn.ReLU(),
            nn.Linear(hidden_units, hidden_units), nn.ReLU(),
            nn.Linear(hidden_units, 1),
        )
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """Give the logits (N,) of points (N, 2); N may be 1 or 0."""
        # BEGIN SOLUTION
        return self.layers(x).squeeze(1)
        # END SOLUTION


# %% [markdown]
# ## From logits to labels
#
# ```
# logit         -3      -0.5      0      0.5       3
# probability  0.05     0.38    0.50    0.62     0.95      sigmoid
# label          0        0       1       1        1       probability >= 0.5
# ```
#
# Two short cuts go wrong. `torch.round(logits)` rounds the logits themselves and gives "labels" such as -3
# or 2. And `torch.round(probabilities)` rounds halves to the even neighbour: `torch.round(torch.tensor(0.5))`
# is `tensor(0.)`. A comparison says what happens at exactly 0.5. It gives a bool tensor; class ids are int64.

# %% difficulty="easy" minutes=5
def logits_to_probabilities(logits: Tensor) -> Tensor:
    """Turn logits into the probabilities of class 1.

    Args:
        logits: float32, any shape; elements of ±1000 are possible.

    Returns:
        float32 of the same shape, every element from 0 to 1, never nan.

    >>> logits_to_probabilities(torch.tensor([-1000.0, 0.0, 1000.0]))
    tensor([0.0000, 0.5000, 1.0000])
    """
    # BEGIN SOLUTION
    # HINT Which function maps every number into 0 to 1?
    # HINT Softmax is for a row of logits; here each sample has one.
    # HINT torch.sigmoid
    return torch.sigmoid(logits)
    # END SOLUTION


# %% difficulty="easy" minutes=5
def logits_to_labels(logits: Tensor) -> Tensor:
    """Turn logits into class ids: 1 where the probability of class 1 is at least 0.5, else 0.

    Args:
        logits: float32, any shape; elements of ±1000 are possible.

    Returns:
        int64 of the same shape. A probability of exactly 0.5 gives 1.

    >>> logits_to_labels(torch.tensor([-2.0, 0.0, 0.3, 2.0]))
    tensor([0, 1, 1, 1])
    """
    # BEGIN SOLUTION
    # HINT Logits, then probabilities, then labels: compare, do not round.
    # HINT A comparison with >= gives True and False; the labels should be numbers.
    # HINT (torch.sigmoid(logits) >= 0.5) and then a conversion to int64 with .long().
    return (torch.sigmoid(logits) >= 0.5).long()
    # END SOLUTION


# %% [markdown]
# ## One step, with a measure people understand
#
# The loss drives the training, but nobody can read 0.31. Accuracy, the share of right labels, is for the
# reader; it has no gradient (a label jumps from 0 to 1), so it can't be the loss. Both come from the same
# logits, before the update.
#
# Labels are int64; the targets of `BCEWithLogitsLoss` are probabilities, so floats:
# `result type Float can't be cast to the desired output type Long` means that `.float()` is missing. It goes
# into the loss only; y itself stays as it is. Other things to know from 01_workflow/training still hold:
# train mode, gradients of this batch alone, `.item()` for what is kept.
#
# | what goes into the loss | lowest possible loss (balanced) |
# |---|---|
# | logits | 0 |
# | sigmoid(logits) | 0.5032: the sigmoid is already inside `BCEWithLogitsLoss` |
#
# A loss that stays at 0.693 (ln 2) is a coin toss: nothing moves the weights, or the model is a straight
# line.

# %% difficulty="medium" minutes=15
def train_step(
    model: nn.Module, X: Tensor, y: Tensor, loss_fn: nn.Module, optimizer: torch.optim.Optimizer
) -> tuple[float, float]:
    """Update a binary classifier once and tell how good it was before.

    The model is put in train mode and left there, all submodules included. The update uses the gradient of
    this batch alone, whatever `.grad` held before. X and y are left as they were.

    Args:
        model: gives logits (N,).
        X: float32 of shape (N, features).
        y: int64 labels of shape (N,), 0 or 1.
        loss_fn: an `nn.BCEWithLogitsLoss`; it takes logits first, float targets second. Use the one given.
        optimizer: holds the model's parameters.

    Returns:
        (loss, accuracy) before the update, two Python floats; accuracy is the share of right labels, 0 to 1.

    >>> model = nn.Sequential(nn.Linear(1, 1, bias=False), nn.Flatten(0))
    >>> _ = nn.init.constant_(model[0].weight, 1.0)
    >>> sgd = torch.optim.SGD(model.parameters(), lr=0.1)
    >>> X, y = torch.tensor([[-1000.0], [2000.0]]), torch.tensor([0, 0])
    >>> train_step(model, X, y, nn.BCEWithLogitsLoss(), sgd)
    (1000.0, 0.5)
    """
    # BEGIN SOLUTION
    # HINT The five moves of 01_workflow/training, with y.float() in the loss, and one more number.
    # HINT Keep the logits: the loss needs them raw, the accuracy as labels, both from before the step.
    # HINT ((logits >= 0) == (y == 1)).float().mean().item() is the accuracy; all shapes there are (N,).
    model.train()
    logits = model(X)
    loss = loss_fn(logits, y.float())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item(), ((logits >= 0) == (y == 1)).float().mean().item()
    # END SOLUTION


# %% [markdown]
# ## Circles, solved
#
# Everything together: seed, model, loss, optimiser, loop. Which network and which optimiser is your choice
# now; choices differ more than one would think. Measured on circles like these, accuracy on fresh points:
#
# | model, training | accuracy |
# |---|---|
# | no non-linearity, any number of layers and epochs | about 0.5 |
# | 2 hidden layers of 10, SGD 0.1, 1000 epochs | above 0.8 for 26 of 40 seeds |
# | 2 hidden layers of 16, Adam 0.01, 200 epochs | above 0.99 for 20 of 20 seeds, half a second |
#
# SGD takes the same small step in steep and in flat places; Adam scales each parameter's step by the size of
# its recent gradients and gets out of the flat start sooner.
#
# A model of your own need not be a class: in an `nn.Sequential`, `nn.Flatten(0)` is the layer that makes (N,
# 1) into (N,).
#
# Weights are drawn when the model is built, so the seed has to be set before that, once. Seeding inside the
# loop would repeat the same draws every epoch.

# %% difficulty="hard" minutes=20
def fit_circles(X: Tensor, y: Tensor, seed: int, epochs: int = 300) -> nn.Module:
    """Train a network of your choice to tell two circles apart.

    Training points are like those of 02_classification/data: 400 of them, noise 0.03, radii 1 and 0.5. The
    network scores at least 0.97 on fresh points of the same kind in at least 2 of 3 seeds, within 30 seconds.

    Args:
        X: float32 of shape (n, 2).
        y: int64 of shape (n,): 1 for the inner circle, 0 for the outer.
        seed: the same seed gives the very same weights, also after other random calls; another seed others.
        epochs: how many times the training goes through all points.

    Returns:
        The trained model. It gives logits (N,) for points (N, 2): class 1 where the logit is at least 0.

    >>> model = fit_circles(torch.rand(8, 2), torch.arange(8) % 2, seed=0, epochs=2)
    >>> model(torch.zeros(5, 2)).shape
    torch.Size([5])
    """
    # BEGIN SOLUTION
    # HINT Seed first, then build the model: two hidden layers of 16 with ReLU do.
    # HINT Full batch, BCEWithLogitsLoss on raw logits and y.float(), Adam with a learning rate of 0.01.
    # HINT Linear, ReLU, Linear, ReLU, Linear, nn.Flatten(0) in a Sequential; then the loop of train_step.
    torch.manual_seed(seed)
    model = nn.Sequential(
        nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1), nn.Flatten(0)
    )
    loss_fn = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(epochs):
        loss = loss_fn(model(X), y.float())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model
    # END SOLUTION
