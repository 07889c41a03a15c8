# %% [markdown]
# # Looking at the mistakes
#
# "0.85" says how often the network is wrong, not where. Two networks with the same accuracy can fail in quite
# different ways, and what to do next (more pictures of one class? better labels? larger pictures?) shows only
# in the mistakes themselves. Three looks, from far to near: the confusion matrix, the most confused pair, the
# most wrong pictures.
#
# Everything starts from one pass over the test loader that keeps all predictions. Keep **probabilities**, not
# only classes: how sure the network was is half of the story. `softmax(dim=1)` normalises over the classes;
# `dim=0` would normalise over the pictures of the batch, so that a prediction depended on its neighbours.
#
# Batches are collected in a list and joined once at the end. Here for a loader of heights:
#
# ```python
# kept = []
# for heights, _ in loader:
#     kept.append(heights.log())
# torch.cat(kept)                # (N, 1): cat joins along dim 0; stack fails when the last batch is smaller
# ```
#
# Take the labels from the same pass. A second pass over a loader that shuffles comes in another order, and
# every label stands beside someone else's prediction. What you keep belongs on the CPU: NumPy and matplotlib
# live there, and a GPU's memory is for computing.
#
# If you see this error:
#
# - `Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.`: the predictions
#   carry a graph. Predict under `torch.inference_mode()`; `model.eval()` alone does not stop recording.
# - `stack expects each tensor to be equal size, but got [2, 3] at entry 0 and [1, 3] at entry 1`: `cat` is
#   meant.

# %%
import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from torch import Tensor, nn
from torch.utils.data import DataLoader


# %% difficulty="medium" minutes=10
def predict_all(model: nn.Module, loader: DataLoader, device: torch.device | str) -> tuple[Tensor, Tensor]:
    """Predict every picture of a loader.

    Works in eval mode and builds no graph; puts the mode of every submodule back. Goes through the loader
    once.

    Args:
        model: a classifier, already on the device; gives logits (B, C).
        loader: gives batches (images, labels) on the CPU; the last one may be smaller.
        device: where to compute.

    Returns:
        (probabilities, labels), both in the order in which the loader gave them and on the CPU: softmax
        probabilities, float32 of shape (N, C), and the labels, int64 of shape (N,).

    >>> logits = torch.tensor([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0]])
    >>> batches = DataLoader(torch.utils.data.TensorDataset(logits, torch.arange(3)), batch_size=2)
    >>> probabilities, labels = predict_all(nn.Identity(), batches, "cpu")
    >>> probabilities
    tensor([[0.5000, 0.5000],
            [0.8808, 0.1192],
            [0.1192, 0.8808]])
    >>> labels
    tensor([0, 1, 2])
    """
    # BEGIN SOLUTION
    # HINT The loop of evaluate in 03_computer_vision/engine, with two lists in place of the sums.
    # HINT Softmax over dim 1; bring each batch's result back with .cpu(); torch.cat both lists at the end.
    # HINT Note the modes, model.eval(), with torch.inference_mode(): loop, then write the modes back.
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    probabilities, labels = [], []
    try:
        with torch.inference_mode():
            for X, y in loader:
                probabilities.append(model(X.to(device)).softmax(dim=1).cpu())
                labels.append(y.cpu())
    finally:
        for module, mode in modes:
            module.training = mode
    return torch.cat(probabilities), torch.cat(labels)
    # END SOLUTION


# %% [markdown]
# ## Who is taken for whom
#
# The confusion matrix (02_classification/metrics) has a row for each true class and a column for each
# predicted one; the diagonal holds what is right. Of a small network trained on the 6,000 pictures (the
# strided one of 03_computer_vision/engine), four of the ten classes, 100 test pictures each:
#
# ```
#                    T-shirt   Pullover   Coat   Shirt   the other six
# true T-shirt            84          1      1       9               5
# true Pullover            0         85      8       6               1
# true Coat                0         11     72      14               3
# true Shirt              12         10      6      67               5
# ```
#
# Accuracy 0.86, but a coat is found in 72 of 100 cases and a bag in 97. Shirts, coats and pullovers look
# alike at 28 pixels; larger pictures might help more than more epochs. The matrix is not symmetric: more
# coats are taken for shirts (14) than shirts for coats (6).
#
# In practice: `torchmetrics.ConfusionMatrix`, or `sklearn.metrics.confusion_matrix`.
#
# To find the largest cell in code, the diagonal must be out of the way; on a clone, for the matrix is not
# yours. `argmax()` without `dim` gives the position in the tensor read flat, row by row, and the first one if
# several are equal. `divmod` makes row and column of it:
#
# ```python
# rain = torch.tensor([[3, 0, 7], [7, 1, 2]])        # two towns, three months
# flat = rain.argmax().item()                        # 2: the first of the two sevens
# divmod(flat, 3)                                    # (0, 2): first town, third month
# ```

# %% difficulty="easy" minutes=10
def most_confused(matrix: Tensor) -> tuple[int, int]:
    """Find the pair of classes that is mixed up most often.

    Args:
        matrix: int64 of shape (C, C) with C >= 2, rows true classes, columns predicted ones, no count below
            0; unchanged afterwards.

    Returns:
        (true, predicted), Python ints: the place of the largest count off the diagonal. Of several equal ones
        the first in reading order, also where all are 0.

    >>> most_confused(torch.tensor([[90, 10, 0], [3, 80, 17], [1, 2, 97]]))
    (1, 2)
    """
    # BEGIN SOLUTION
    # HINT What is right stands on the diagonal, usually with the largest counts of all.
    # HINT Put something below every count on the diagonal of a clone, then argmax over the whole.
    # HINT clone().fill_diagonal_(-1); divmod(position, C) turns the flat position into row and column.
    off = matrix.clone().fill_diagonal_(-1)
    true, predicted = divmod(off.argmax().item(), len(matrix))
    return true, predicted
    # END SOLUTION


# %% [markdown]
# ## The most wrong pictures
#
# A mistake at 0.35 is a coin toss lost. A mistake at 0.99 is worth a look: the picture is odd, or the label
# is wrong, or the network has learnt something you did not mean. Looking at twenty of those teaches more than
# another decimal of accuracy.
#
# Of the 141 mistakes of that network, ten were made at a probability above 0.9. The three surest (0.99 and
# more) are pictures labelled Sneaker that reach over the ankle: "Ankle boot", said the network, and so might
# you. Three flat, closed shoes are labelled Sandal and were taken for sneakers. The others: wide trousers
# taken for a coat, a coat for a pullover, a top for a shirt, a shirt for a top. In six of the ten the picture
# gives little reason to prefer the label. A network that gets those right, too, should make you suspicious.
#
# The indices must point into the whole set, or you will look at the wrong pictures. Picking with a mask and
# sorting what is left gives positions *within the picked ones*; keep the original positions beside them:
#
# ```python
# speed, is_truck = torch.tensor([80.0, 99.0, 70.0, 85.0]), torch.tensor([True, False, True, True])
# trucks = is_truck.nonzero().squeeze(1)                     # tensor([0, 2, 3])
# order = speed[trucks].argsort(descending=True)             # tensor([2, 0, 1]): positions among the trucks
# trucks[order][:2]                                          # tensor([3, 0]): positions in the whole
# ```
#
# If you see this error:
#
# - `selected index k out of range`: `topk` was asked for more than there are. A slice `[:k]` takes what there
#   is.

# %% difficulty="medium" minutes=15
def most_wrong(probabilities: Tensor, labels: Tensor, k: int) -> Tensor:
    """Find the wrong predictions that the model was most sure of.

    The predicted class is the one with the highest probability; a sample is wrong where that is not its
    label. Of the wrong ones, those with the highest probability for their predicted class come first.

    Args:
        probabilities: floating point of shape (N, C), rows sum to 1.
        labels: int64 of shape (N,).
        k: how many are wanted, at least 0.

    Returns:
        int64 of shape (m,): indices into the N samples, the surest mistake first; m is k, or the number of
        wrong samples where there are fewer (0 if there are none).

    >>> p = torch.tensor([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.7, 0.3]])
    >>> most_wrong(p, torch.tensor([0, 0, 0, 1]), k=2)
    tensor([2, 3])
    """
    # BEGIN SOLUTION
    # HINT Two things per sample: what was predicted, and how sure. max(dim=1) gives both at once.
    # HINT nonzero() gives the indices of the wrong samples; sort those by how sure the model was.
    # HINT wrong[confidence[wrong].argsort(descending=True)][:k], with wrong of shape (m,).
    confidence, predicted = probabilities.max(dim=1)
    wrong = (predicted != labels).nonzero().squeeze(1)
    return wrong[confidence[wrong].argsort(descending=True)][:k]
    # END SOLUTION


# %% [markdown]
# ## Look at them
#
# `plt.subplots(rows, columns)` makes a figure and an array of axes; one axes is one small picture. With one
# row the array is 1-D, with one picture there is no array at all; `squeeze=False` keeps it 2-D. A grid has
# often more places than pictures: hide the rest. A bar per town:
#
# ```python
# figure, axes = plt.subplots(2, 2, squeeze=False, layout="constrained")  # titles have room
# for axis, town in zip(axes.flat, ["Ulm", "Bonn", "Kiel"]):
#     axis.bar(["rain", "sun"], [3, 4])
#     axis.set_title(town, color="tab:blue")
#     axis.tick_params(labelsize=6)
# for axis in axes.flat[3:]:
#     axis.set_axis_off()
# ```
#
# `imshow` takes (H, W), or (H, W, 3) for colour. A grey (1, H, W) has to lose its channel: `image[0]`, or
# `image.squeeze(0)`. A bare `squeeze()` works until a picture is one pixel high. Without `cmap="gray"` grey
# pictures come out in blue and yellow.
#
# If you see this error:
#
# - `Invalid shape (1, 28, 28) for image data`: the channel is still there.
# - `'Axes' object has no attribute 'flat'`: the grid has one place; `squeeze=False`.
#
# In practice: `torchvision.utils.make_grid` puts a batch into one large picture, without titles.

# %% difficulty="medium" minutes=15
def plot_predictions(images: Tensor, labels: Tensor, predictions: Tensor, class_names: list[str]) -> Figure:
    """Draw pictures in a grid, with what they are and what they were taken for.

    Args:
        images: float32 of shape (N, 1, H, W) with N >= 1, values from 0 to 1.
        labels: int64 of shape (N,), the true classes.
        predictions: int64 of shape (N,), the predicted classes.
        class_names: the name of class i at position i.

    Returns:
        A new Figure: one axes per picture, in their order, with a title that names prediction and
        truth; the title is red where they differ and of another colour where they agree. Places of the grid
        that are left over stay empty.

    >>> labels, predictions = torch.tensor([0, 1, 1]), torch.tensor([0, 0, 1])
    >>> figure = plot_predictions(torch.rand(3, 1, 28, 28), labels, predictions, ["Bag", "Coat"])
    >>> [axes.title.get_color() == "red" for axes in figure.axes[:3]]
    [False, True, False]
    >>> plt.close(figure)
    """
    # BEGIN SOLUTION
    # HINT plt.subplots gives the grid; how many rows are needed for N pictures in, say, 4 columns?
    # HINT imshow takes (H, W): images[i, 0]. set_title has a parameter color.
    # HINT columns = min(N, 4), rows = -(-N // columns), squeeze=False; loop over axes.flat and hide the rest.
    columns = min(len(images), 4)
    rows = -(-len(images) // columns)
    size = (2.2 * columns, 2.4 * rows)
    figure, grid = plt.subplots(rows, columns, figsize=size, layout="constrained", squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    for axes, image, label, prediction in zip(grid.flat, images, labels.tolist(), predictions.tolist()):
        axes.imshow(image[0], cmap="gray")
        title = f"{class_names[prediction]}\ntruth: {class_names[label]}"
        axes.set_title(title, fontsize=9, color="black" if prediction == label else "red")
    return figure
    # END SOLUTION
