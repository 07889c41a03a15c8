"""Hidden checks of 02_classification/metrics."""

from collections.abc import Mapping
from fractions import Fraction

import torch

from autograder.checks import assert_close, check, expect, fail, raises

# ----------------------------------------------------------------------------------------------------------- accuracy


def share(numbers, right):
    """Predictions of which `right` agree with the labels; both in random order."""
    labels = torch.randint(0, 3, (numbers,))
    wrong = torch.arange(numbers) >= right
    wrong = wrong[torch.randperm(numbers)]
    return torch.where(wrong, (labels + torch.randint(1, 3, (numbers,))) % 3, labels), labels


@check("accuracy", points=2, hint="(predictions == labels).sum().item() / len(labels)")
def test_gives_the_share_of_right_ones(student):
    """gives the share of right predictions as a Python float from 0 to 1"""
    unforeseen = torch.randint(30, 90, ()).item()
    for count, right in ((20, 17), (7, 7), (5, 0), (1, 1), (1, 0), (unforeseen, unforeseen - torch.randint(1, 25, ()).item())):
        predictions, labels = share(count, right)
        got = student.accuracy(predictions, labels)
        if isinstance(got, torch.Tensor):
            fail("A tensor came back; .item() gives the Python number.")
        if isinstance(got, int) and not isinstance(got, bool) and got == right and count > 1:
            fail("That is the number of right predictions; divide by the number of all.")
        assert_close(got, right / count, mistakes={
            "The accuracy is in per cent; from 0 to 1 was asked for.": 100 * right / count,
            "That is the share of wrong predictions.": 1 - right / count,
            "That is the number of right predictions; divide by the number of all.": float(right),
            "You compared every prediction with every label.":
                lambda: (predictions[:, None] == labels).float().mean().item(),
        })


@check("accuracy", hint="== works for bool tensors as it does for integers; nothing has to be converted.")
def test_takes_bool_labels(student):
    """takes bool labels, and bool predictions against int64 labels"""
    predictions, labels = torch.arange(10) % 2 == 0, torch.arange(10) % 2 == 0
    predictions, labels = predictions[torch.randperm(10)], labels[torch.randperm(10)]
    want = (predictions == labels).float().mean().item()
    assert_close(student.accuracy(predictions, labels), want, what="the accuracy of bool predictions")
    assert_close(student.accuracy(predictions, labels.long()), want, what="the accuracy of bool predictions and int64 labels")


@check("accuracy", hint="if len(labels) == 0: return 0.0, before the division.")
def test_gives_zero_for_nothing(student):
    """gives 0.0 for empty input"""
    empty = torch.zeros(0, dtype=torch.int64)
    got = student.accuracy(empty, empty)
    if isinstance(got, float) and got != got:
        fail("The mean of no elements is nan; 0.0 was asked for.")
    assert_close(got, 0.0, mistakes={"Of no predictions none is right: 0.0 was asked for.": 1.0})
    predictions, labels = share(8, 5)
    assert_close(student.accuracy(predictions, labels), 5 / 8, what="the accuracy of eight predictions")


@check("accuracy", hint="Compare len(predictions) with len(labels) first; == broadcasts a single element.")
def test_refuses_different_lengths(student):
    """raises ValueError for different lengths, also where one of them is 1 or 0"""
    predictions, labels = share(8, 5)
    assert_close(student.accuracy(predictions, labels), 5 / 8)
    with raises(ValueError, "predictions and labels of different lengths"):
        student.accuracy(predictions, labels[:6])
    with raises(ValueError, "one prediction for eight labels (== broadcasts it)"):
        student.accuracy(predictions[:1], labels)
    with raises(ValueError, "eight predictions for one label (== broadcasts it)"):
        student.accuracy(predictions, labels[:1])
    with raises(ValueError, "no predictions for eight labels"):
        student.accuracy(predictions[:0], labels)
    with raises(ValueError, "one prediction for no labels (== broadcasts it)"):
        student.accuracy(predictions[:1], labels[:0])


# --------------------------------------------------------------------------------------------------- confusion_matrix


def counted(predictions, labels, classes):
    matrix = torch.zeros(classes, classes, dtype=torch.int64)
    for p, t in zip(predictions.tolist(), labels.tolist(), strict=True):
        matrix[t, p] += 1
    return matrix


@check("confusion_matrix", points=3, hint="labels * num_classes + predictions numbers the cells; count the numbers.")
def test_counts_pairs(student):
    """counts each pair in int64, true class down and predicted class across"""
    labels = torch.tensor([0] * 9 + [1] * 5 + [2] * 8)
    predictions = torch.tensor([0, 0, 0, 0, 1, 1, 2, 2, 2, 1, 1, 1, 1, 0, 2, 2, 2, 2, 2, 2, 0, 1])
    more = torch.randint(3, (2, 40))  # so that nobody knows the counts beforehand
    predictions, labels = torch.cat([predictions, more[0]]), torch.cat([labels, more[1]])
    order = torch.randperm(62)
    labels, predictions = labels[order], predictions[order]
    want = counted(predictions, labels, 3)
    got = student.confusion_matrix(predictions, labels, 3)
    if isinstance(got, torch.Tensor) and got.dtype != torch.int64 and got.shape == want.shape and torch.equal(got.long(), want):
        fail(f"The counts are {str(got.dtype).removeprefix('torch.')}; counts are whole numbers: int64.")
    sums = want.double()
    assert_close(got, want, mistakes={
        "Rows and columns are swapped: true class down, predicted class across.": lambda: want.T,
        "Each pair was counted once, however often it occurs: matrix[i, j] += 1 with index tensors writes the same 1 again.":
            lambda: want.clamp(max=1),
        "Those are shares of each row; counts were asked for.": lambda: sums / sums.sum(1, keepdim=True),
        "Those are shares of all samples; counts were asked for.": lambda: sums / sums.sum(),
        "Only the right ones were counted: the diagonal is not all.": lambda: torch.diag(want.diagonal()),
    })


@check("confusion_matrix", points=2, hint="The shape comes from num_classes alone: bincount(..., minlength=num_classes**2).")
def test_keeps_absent_classes(student):
    """has a row and a column for classes that do not occur, and is all zeros for no samples"""
    predictions, labels = torch.tensor([1, 3, 1, 1, 3, 3]), torch.tensor([1, 1, 3, 1, 3, 3])
    got = student.confusion_matrix(predictions, labels, 6)
    expect(not isinstance(got, torch.Tensor) or got.shape == (6, 6),
           "The matrix should be num_classes by num_classes, also when classes are absent.")
    assert_close(got, counted(predictions, labels, 6))
    empty = torch.zeros(0, dtype=torch.int64)
    assert_close(student.confusion_matrix(empty, empty, 3), torch.zeros(3, 3, dtype=torch.int64), what="the matrix of no samples")
    assert_close(student.confusion_matrix(torch.tensor([0]), torch.tensor([1]), 2), torch.tensor([[0, 0], [1, 0]]),
                 what="the matrix of one sample")
    assert_close(student.confusion_matrix(torch.zeros(4, dtype=torch.int64), torch.zeros(4, dtype=torch.int64), 1),
                 torch.tensor([[4]]), what="the matrix of one class")


# ------------------------------------------------------------------------------------------------ precision_recall_f1


def ratio(top, bottom):
    return torch.where(bottom > 0, top / bottom.clamp(min=1), 0.0).float()


def scores(matrix):
    right, predicted, true = matrix.diagonal().double(), matrix.sum(0).double(), matrix.sum(1).double()
    return {"precision": ratio(right, predicted), "recall": ratio(right, true), "f1": ratio(2 * right, predicted + true)}


def assert_scores(got, matrix, what, named=True):
    expect(isinstance(got, Mapping), "Return a dict.")
    missing = [key for key in ("precision", "recall", "f1") if key not in got]
    expect(not missing, f"The dict has no key {missing[0]!r}." if missing else "")
    want = scores(matrix)
    swapped = scores(matrix.T)
    for key, value in want.items():
        result = got[key]
        if isinstance(result, torch.Tensor) and result.shape == () and len(matrix) > 1:
            fail(f"{key} is one number; one for each class was asked for.")
        if isinstance(result, torch.Tensor) and result.is_floating_point() and bool(torch.isnan(result).any()):
            fail(f"{key} contains nan: a ratio of 0 / 0 should be 0.")
        mistakes = {}
        if key in ("precision", "recall") and named:
            mistakes["Precision and recall are swapped: precision divides by the column sum, recall by the row sum "
                     "(true class down, predicted class across)."] = swapped[key]
        if key == "f1" and named:
            mistakes["F1 is the harmonic mean 2 p r / (p + r), not the plain mean."] = (want["precision"] + want["recall"]) / 2
            mistakes["The factor 2 of F1 is missing."] = want["f1"] / 2
            mistakes["F1 is not the product of precision and recall: 2 p r / (p + r)."] = want["precision"] * want["recall"]
            mistakes["p + r was clamped at 1, which is right for counts; this sum of two ratios is often below 1, and only 0 needs care."] = (
                2 * want["precision"] * want["recall"] / (want["precision"] + want["recall"]).clamp(min=1))
        assert_close(result, value, rtol=1e-4, atol=1e-5, what=f"{what}[{key!r}]", mistakes=mistakes)


@check("precision_recall_f1", points=3, hint="diagonal / matrix.sum(dim=0) and diagonal / matrix.sum(dim=1).")
def test_rates_each_class(student):
    """gives float32 precision, recall and F1 of every class"""
    matrix = torch.tensor([[40, 3, 9], [20, 4, 15], [30, 6, 21]]) + torch.randint(0, 3, (3, 3))
    assert_scores(student.precision_recall_f1(matrix), matrix, "the result")
    matrix = torch.tensor([[9, 4], [1, 3]])
    assert_scores(student.precision_recall_f1(matrix), matrix, "the result for two classes")
    matrix = torch.diag(torch.tensor([3, 1, 8, 2]))
    assert_scores(student.precision_recall_f1(matrix), matrix, "the result for a perfect matrix", named=False)


@check("precision_recall_f1", points=2, hint="Three places divide: by the column sum, by the row sum, by p + r.")
def test_is_zero_where_undefined(student):
    """gives 0, never nan, for a class that is never predicted, absent, or never right"""
    cases = {
        "a class that is never predicted": [[5, 0, 1], [2, 0, 3], [1, 0, 4]],
        "a class that is absent": [[5, 2, 1], [0, 0, 0], [1, 3, 4]],
        "a class that is neither present nor predicted": [[5, 0, 1], [0, 0, 0], [2, 0, 4]],
        "a class that is never right": [[0, 3, 1], [2, 4, 0], [1, 0, 4]],
        "a matrix of zeros": [[0, 0, 0], [0, 0, 0], [0, 0, 0]],
        "one class": [[7]],
    }
    for name, rows in cases.items():
        matrix = torch.tensor(rows)
        assert_scores(student.precision_recall_f1(matrix), matrix, f"the result for {name}", named=False)


# ----------------------------------------------------------------------------------------------------- best_threshold


def f1_of(probabilities, labels, threshold):
    called = probabilities >= threshold
    bottom = int(called.sum()) + int((labels == 1).sum())
    return Fraction(2 * int((called & (labels == 1)).sum()), bottom) if bottom else Fraction(0)


def best(probabilities, labels, measure=None):
    """The lowest of the best thresholds; `measure` is F1, or what a mistake takes instead."""
    return max(sorted(set(probabilities.tolist())), key=measure or (lambda threshold: f1_of(probabilities, labels, threshold)))


def spaced(count):
    """Distinct probabilities, ascending, that float32 holds exactly."""
    return (torch.randperm(900)[:count].sort().values + 50).float() / 1024


def assert_threshold(got, probabilities, labels, what, mistakes=None):
    """The answer is one of the probabilities; neighbours are far enough apart for a tolerance."""
    if isinstance(got, torch.Tensor):
        fail("A tensor came back; .item() gives the Python float.")
    assert_close(got, best(probabilities, labels), rtol=1e-6, atol=1e-6, what=what, mistakes=mistakes)


@check("best_threshold", points=2, hint="Try each probability as threshold: called = probabilities >= threshold.")
def test_finds_the_best_threshold(student):
    """finds the threshold with the highest F1 for `probability >= threshold`, among the given probabilities"""
    patterns = ("0000101001", "0001", "1000110010", "00000010010001011", "0110")
    for number, pattern in enumerate(patterns):
        p = spaced(len(pattern))
        y = torch.tensor([int(c) for c in pattern])
        order = torch.randperm(len(p))
        p, y = p[order], y[order]
        values = p.sort().values

        def shares(threshold, p=p, y=y):
            return Fraction(int(((p >= threshold) == (y == 1)).sum()), len(p))

        def strict(threshold, p=p, y=y):
            called = p > threshold
            bottom = int(called.sum() + (y == 1).sum())
            return Fraction(2 * int((called & (y == 1)).sum()), bottom) if bottom else Fraction(0)

        mistakes = {} if number else {
            "The threshold was chosen by accuracy; F1 was asked for.": best(p, y, shares),
            "`probability > threshold` leaves out the sample at the threshold itself: >=.": best(p, y, strict),
            "The F1 came back; the threshold that reaches it was asked for.": float(f1_of(p, y, best(p, y))),
            "The position of the threshold came back, not its value.": float((values == best(p, y)).nonzero()[0]),
            "0.5 is a habit: the threshold with the highest F1 was asked for.": 0.5,
        }
        assert_threshold(student.best_threshold(p, y), p, y, "the threshold", mistakes)


@check("best_threshold", points=2, hint="Compare fractions of whole numbers; only a strictly larger F1 replaces an earlier, lower threshold.")
def test_breaks_ties_exactly(student):
    """takes the lowest threshold on exact ties, F1 compared as fractions"""
    higher = ("Between thresholds of equal F1 the lowest one wins; yours is another one. Equal fractions can come out "
              "unequal in floats: compare whole numbers.")
    # each pattern has an exact tie for the best F1; in some, 2 p r / (p + r) in floats makes the higher one win
    for pattern in ("0110", "1001", *TIES):
        p = spaced(len(pattern))
        y = torch.tensor([int(c) for c in pattern])
        measured = {v: f1_of(p, y, v) for v in p.tolist()}
        tied = sorted(v for v in measured if measured[v] == max(measured.values()))
        order = torch.randperm(len(p))
        got = student.best_threshold(p[order], y[order])
        expect(not any(isinstance(got, float) and abs(got - v) < 1e-6 for v in tied[1:]), higher)
        assert_threshold(got, p, y, "the threshold on a tie")


TIES = ("100100100111", "1000010011", "01000001000", "100010011")


@check("best_threshold", seconds=20, hint="In float32 two F1 that differ by one part in ten million are equal; whole numbers are not.")
def test_tells_close_fractions_apart(student):
    """tells F1 values apart that differ by less than float32 can hold"""
    p, y = close_fractions()
    order = torch.randperm(len(p))
    assert_threshold(student.best_threshold(p[order], y[order]), p, y, "the threshold", {
        "The F1 of two thresholds differ by less than float32 can hold, and were taken as equal: compare fractions of "
        "whole numbers.": p.unique()[1].item(),
    })


CLOSE = ((2898, 2198), (1196, 447), (1838, 338))
"""(samples, right ones) at the highest, the middle and the lowest probability. F1 is best at the highest by 5e-8."""


def close_fractions():
    p, y = [], []
    for value, (samples, right) in zip(reversed(spaced(3).tolist()), CLOSE, strict=True):
        p += [value] * samples
        y += [1] * right + [0] * (samples - right)
    return torch.tensor(p), torch.tensor(y)


@check("best_threshold", hint="Without any label 1 every F1 is 0: all tie, and the lowest probability wins.")
def test_takes_one_class_and_repeats(student):
    """works for labels of one class, a single sample, repeated probabilities and bool labels"""
    p = spaced(6)[torch.randperm(6)]
    for value, name in ((0, "no label 1"), (1, "labels 1 only")):
        y = torch.full((6,), value)
        assert_threshold(student.best_threshold(p, y), p, y, f"the threshold with {name}",
                         {"All candidates tie here, so the lowest probability wins.": p.max().item()} if not value else None)
    for value in (0, 1):
        y = torch.tensor([value])
        assert_threshold(student.best_threshold(p[:1], y), p[:1], y, "the threshold of a single sample")
    a, b, c = spaced(3).tolist()
    p = torch.tensor([b, c, a, b, c, a, b, a])
    y = torch.tensor([1, 1, 0, 1, 1, 0, 0, 0])
    assert_threshold(student.best_threshold(p, y), p, y, "the threshold with repeated probabilities")
    y = torch.tensor([1, 1, 0, 1, 0, 0, 1, 0])
    assert_threshold(student.best_threshold(p, y == 1), p, y, "the threshold with bool labels")
