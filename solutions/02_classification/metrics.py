# %% [markdown]
# # Metrics
#
# The loss trains the network, a metric tells people how good it is. The first one is **accuracy**, the share
# of right labels. It is easy to read and easy to be fooled by:
#
# | the test set | a "model" | accuracy |
# |---|---|---|
# | 990 healthy, 10 ill | says "healthy" to everybody | 0.99 |
# | 151 Adelie, 68 Chinstrap, 123 Gentoo | says "Adelie" always | 0.44 |
# | 100 of each of ten classes | guesses | 0.10 |
#
# The first row has never found an ill person. So compare an accuracy with that of the largest class alone,
# and where classes are unequal, look at each class by itself. This topic builds the tools for that.

# %%
import torch
from torch import Tensor

# %% [markdown]
# ## Accuracy
#
# Comparing two tensors element by element gives a bool tensor; True counts as 1 in a sum or, after
# `.float()`, in a mean. Two things bite. `a == b` broadcasts: (5,) against (1,) gives five answers instead of
# an error, and (5, 1) against (5,) a table of 25. And the mean of no elements is nan, which then spoils every
# average it enters.
#
# ```python
# torch.tensor([1, 2]) == torch.tensor([1, 2, 3])
# # RuntimeError: The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0
# ```
#
# A function of your own checks its input first: `raise ValueError("…")`.

# %% difficulty="easy" minutes=10
def accuracy(predictions: Tensor, labels: Tensor) -> float:
    """Compute the share of right predictions.

    Args:
        predictions: predicted labels of shape (n,), int64 or bool.
        labels: true labels of shape (n,), int64 or bool.

    Returns:
        A Python float from 0 to 1 (not per cent); 0.0 where n is 0.

    Raises:
        ValueError: the two have different lengths, one of them may be 1 or 0.

    >>> accuracy(torch.tensor([0, 2, 1, 1]), torch.tensor([0, 2, 2, 1]))
    0.75
    """
    # BEGIN SOLUTION
    # HINT Which two inputs need an answer of their own before anything is compared?
    # HINT Compare the lengths, then return early for no elements, then count the equal ones.
    # HINT (predictions == labels).sum().item() / len(labels) is the last line.
    if len(predictions) != len(labels):
        raise ValueError(f"{len(predictions)} predictions for {len(labels)} labels")
    if len(labels) == 0:
        return 0.0
    return (predictions == labels).sum().item() / len(labels)
    # END SOLUTION


# %% [markdown]
# ## The confusion matrix
#
# It counts every pair (true class, predicted class): true class down, predicted class across. The diagonal
# holds what is right; the rest says what is taken for what.
#
# ```
#               predicted
#               cat  dog  owl
#  true  cat  [   5    2    0 ]     7 cats, 2 of them taken for dogs
#        dog  [   1    8    0 ]
#        owl  [   0    0    0 ]     no owl in this test set: a row of zeros, not a missing row
# ```
#
# Some libraries lay it the other way round, so say which way yours is.
#
# Counting with indices has a trap. Here letters are counted:
#
# ```python
# counts = torch.zeros(3, dtype=torch.int64)
# letters = torch.tensor([0, 1, 0])
# counts[letters] += 1                                     # [1, 1, 0]: the two 0s write the same 1
# torch.bincount(letters, minlength=3)                     # [2, 1, 0]
# counts.index_put_((letters,), torch.tensor(1), accumulate=True)   # adds properly, too
# ```
#
# A pair (row, column) of a 3-column table has one number: 3 * row + column.

# %% difficulty="medium" minutes=10
def confusion_matrix(predictions: Tensor, labels: Tensor, num_classes: int) -> Tensor:
    """Count how often each true class was predicted as each class.

    Args:
        predictions: int64 class ids of shape (n,), each from 0 to num_classes - 1; n may be 0.
        labels: int64 class ids of shape (n,), the true ones.
        num_classes: number of classes, also of those that do not occur.

    Returns:
        int64 of shape (num_classes, num_classes): [i, j] counts the samples of true class i predicted as j.

    >>> confusion_matrix(torch.tensor([1, 1, 0]), torch.tensor([1, 0, 0]), 3)
    tensor([[1, 1, 0],
            [0, 1, 0],
            [0, 0, 0]])
    """
    # BEGIN SOLUTION
    # HINT Which argument gives the row? The order of the arguments is not the order of the indices.
    # HINT Number the cells in reading order, count the numbers, give the counts the matrix's shape.
    # HINT torch.bincount(labels * num_classes + predictions, minlength=num_classes**2), then reshape.
    cells = labels * num_classes + predictions
    return torch.bincount(cells, minlength=num_classes**2).reshape(num_classes, num_classes)
    # END SOLUTION


# %% [markdown]
# ## Precision, recall, F1
#
# For each class there are two questions:
#
# | | question | from the matrix | for "cat" above |
# |---|---|---|---|
# | **precision** | of those called cat, how many are? | diagonal / column sum | 5 / 6 |
# | **recall** | of the cats, how many were found? | diagonal / row sum | 5 / 7 |
#
# Each alone is easy to have: call everything a cat and recall is 1; call only the one sure cat a cat and
# precision is 1. **F1** is their harmonic mean 2 p r / (p + r), which is high only if both are. It is the
# same number as 2 tp / (2 tp + fp + fn), with tp the diagonal, fp the rest of the column, fn the rest of the
# row.
#
# The owl has no column sum and no row sum: 0 / 0 is nan. Such a ratio is taken as 0 here.
# `x / y.clamp(min=1)` does that for counts, since a count that isn't 0 is at least 1; for a sum of two ratios
# such as p + r it does not. Dividing first and repairing afterwards works too:
# `torch.where(y > 0, x / y, 0.0)` or `nan_to_num`.

# %% difficulty="medium" minutes=15
def precision_recall_f1(matrix: Tensor) -> dict[str, Tensor]:
    """Compute precision, recall and F1 of every class from a confusion matrix.

    Args:
        matrix: int64 of shape (C, C), rows true class, columns predicted class; rows or columns may be all
            zero.

    Returns:
        A dict with the keys `precision`, `recall` and `f1`: float32 of shape (C,) each, 0 where a value is
        undefined (no sample predicted as the class, no sample of the class, or both ratios 0), never nan.

    >>> precision_recall_f1(torch.tensor([[3, 1], [0, 0]]))
    {'precision': tensor([1., 0.]), 'recall': tensor([0.7500, 0.0000]), 'f1': tensor([0.8571, 0.0000])}
    """
    # BEGIN SOLUTION
    # HINT Right ones are on the diagonal; which sums count "called so" and which "are so"?
    # HINT With true classes down, matrix.sum(dim=0) counts the predicted, matrix.sum(dim=1) the true ones.
    # HINT diagonal / sum.clamp(min=1) is 0 where the sum is 0; F1 is 2 * diagonal / both sums, clamped alike.
    right = matrix.diagonal()
    predicted, true = matrix.sum(dim=0), matrix.sum(dim=1)
    return {
        "precision": right / predicted.clamp(min=1),
        "recall": right / true.clamp(min=1),
        "f1": 2 * right / (predicted + true).clamp(min=1),
    }
    # END SOLUTION


# %% [markdown]
# ## Moving the threshold
#
# "Label 1 where the probability is at least 0.5" is a habit, not a law. With few positives the best
# threshold is often lower. Only the probabilities that occur are worth trying: between two neighbours nothing
# changes.
#
# | probability | label | as threshold: called 1 | tp | F1 = 2 tp / (called + positives) |
# |---|---|---|---|---|
# | 0.9 | 1 | 1 | 1 | 2 / 3 |
# | 0.6 | 0 | 2 | 1 | 2 / 4 |
# | 0.4 | 1 | 3 | 2 | 4 / 5, the best |
# | 0.2 | 0 | 4 | 2 | 4 / 6 |
#
# Choose it on a validation set: a threshold chosen on the test set has seen the answers (leakage,
# 02_classification/data).
#
# Ties are decided by exact fractions: 2 / 3 and 4 / 6 are equal. Floats may disagree. As 2 p r / (p + r) with
# rounded p and r, equal fractions come out different in the last digit; and in float32, different ones can
# come out equal when counts run to thousands. Whole numbers don't round: a / b > c / d exactly when
# a * d > c * b, and `fractions.Fraction(a, b)` does the same for you.

# %% difficulty="hard" minutes=20
def best_threshold(probabilities: Tensor, labels: Tensor) -> float:
    """Find the threshold with the highest F1 of class 1.

    A sample is called 1 where probability >= threshold. Candidates are the given probabilities. Among equal
    F1 (as exact fractions) the lowest candidate wins. F1 is 0 where it is undefined, so without any label 1
    all candidates tie.

    Args:
        probabilities: float32 of shape (n,), n at least 1; values may repeat.
        labels: 0 or 1, int64 or bool, shape (n,).

    Returns:
        One of the probabilities, as a Python float.

    >>> best_threshold(torch.tensor([0.75, 0.5, 0.25, 0.125]), torch.tensor([1, 0, 1, 0]))
    0.25
    """
    # BEGIN SOLUTION
    # HINT Try each distinct probability, counting tp and called; F1 is 2 * tp / (called + positives).
    # HINT Go through the candidates in ascending order; only a strictly larger fraction replaces the best.
    # HINT Fraction(2 * tp, called + positives) with whole numbers; probabilities.unique() is sorted already.
    positive = labels == 1
    best, best_top, best_bottom = 0.0, -1, 1
    for threshold in probabilities.unique():
        called = probabilities >= threshold
        top = 2 * int((called & positive).sum())
        bottom = int(called.sum() + positive.sum())
        if top * best_bottom > best_top * bottom:
            best, best_top, best_bottom = threshold.item(), top, bottom
    return best
    # END SOLUTION


# %% [markdown]
# ## All of it on real data
#
# The functions of this chapter, one after the other, on the penguins (without the column `year`):
#
# ```python
# X, y, names = load_table("datasets/penguins/penguins.csv")
# train, test = stratified_split(y, 0.2, seed=0)
# X_train, X_test = standardize(X[train, :4], X[test, :4])
# torch.manual_seed(0)
# model = Classifier(in_features=4, num_classes=3)
# losses = fit_classifier(model, X_train, y[train], epochs=20, lr=0.01, batch_size=32, seed=0)
# matrix = confusion_matrix(predict_classes(model, X_test), y[test], 3)
# ```
#
# It may look like this: an accuracy of 0.99, and one Adelie taken for a Chinstrap.
#
# ```
#                     Adelie  Chinstrap  Gentoo
# true  Adelie     [    29        1         0 ]      precision   1.00  0.93  1.00
#       Chinstrap  [     0       14         0 ]      recall      0.97  1.00  1.00
#       Gentoo     [     0        0        25 ]
# ```
#
# Over 20 seeds the accuracy lies between 0.94 and 1.00. Leave `standardize` out, and it lies between 0.20 and
# 0.68; nine of the 20 models call all birds by one name, so that one class has recall 1 and the others 0. The
# loss had told it before: after 20 epochs it still jumps about above 1.1, and guessing costs ln 3 = 1.1.
