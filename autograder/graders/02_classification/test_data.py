"""Hidden checks of 02_classification/data."""

import csv
import math
import random
from pathlib import Path

import numpy as np
import torch

from autograder.checks import DATASETS, assert_close, assert_equal, check, expect, fail, in_worker, raises

# ------------------------------------------------------------------------------------------------------- make_circles


def points_and_labels(got, n):
    """The pair of make_circles, checked for type, shape and dtype."""
    expect(isinstance(got, tuple | list) and len(got) == 2, "Return two things, X and y.")
    X, y = got
    expect(isinstance(X, torch.Tensor) and isinstance(y, torch.Tensor), "X and y should both be tensors.")
    expect(tuple(X.shape) == (n, 2), f"X should have shape {(n, 2)}, one row a point; it has {tuple(X.shape)}.", shapes=(X.shape, (n, 2)))
    expect(tuple(y.shape) == (n,), f"y should have shape {(n,)}; it has {tuple(y.shape)}.", shapes=(y.shape, (n,)))
    expect(X.dtype == torch.float32, f"X should be float32, the dtype of model weights; it is {X.dtype}.")
    expect(y.dtype == torch.int64, f"y is {y.dtype}. Class ids are names, not amounts: int64.")
    expect(bool(torch.isfinite(X).all()), "X contains nan or inf.")
    expect(bool(((y == 0) | (y == 1)).all()), "y should hold only the class ids 0 and 1.")
    return X, y


def on_circles(X, y, factor):
    """Check noiseless points against the radii of their classes."""
    want = torch.where(y == 1, float(factor), 1.0)
    got = X.norm(dim=1)
    if not torch.allclose(got, want, rtol=0, atol=1e-4):
        if torch.allclose(got, torch.where(y == 0, float(factor), 1.0), rtol=0, atol=1e-4):
            fail("The classes are swapped: class 1 is the inner circle, class 0 the outer one.")
        if torch.allclose(got.sort().values, want.sort().values, rtol=0, atol=1e-4):
            fail("Points and labels do not belong together: shuffle X and y by the same permutation.")
        if torch.allclose(got, torch.where(y == 1, 0.5, 1.0), rtol=0, atol=1e-4):
            fail("The inner circle has radius 0.5 although another `factor` was asked for.")
        if torch.allclose(got.square(), want, rtol=0, atol=1e-4):
            fail("The radii are the square roots of what they should be.")
        fail("Without noise every point should lie on its circle: radius `factor` for class 1, radius 1 for class 0.")


@check("make_circles", hint="Labels first: n // 2 ones, the rest zeros; the radius follows from the label.")
def test_puts_each_class_on_its_circle(student):
    """puts n // 2 points of class 1 on the inner circle and the rest, class 0, on radius 1"""
    number, share = int(torch.randint(20, 60, ())), 0.2 + 0.6 * float(torch.rand(()))
    for n, factor in ((40, 0.3), (7, 0.8), (1, 0.5), (number, share)):
        got = student.make_circles(n, 0.0, 3, factor)
        X, y = points_and_labels(got, n)
        ones = int(y.sum())
        expect(ones == n // 2, f"For n = {n} there should be n // 2 = {n // 2} points of class 1; there are more or fewer.")
        on_circles(X, y, factor)
    X, y = points_and_labels(student.make_circles(30, noise=0.0, seed=5), 30)
    expect(int(y.sum()) == 15, "For n = 30 there should be 15 points of class 1.")
    on_circles(X, y, 0.5)


@check("make_circles", hint="Angles from 0 to 2 pi for both circles; permute X and y together at the end.")
def test_spreads_and_shuffles_the_points(student):
    """spreads the points around the whole of each circle and shuffles the rows"""
    n = 400
    X, y = points_and_labels(student.make_circles(n, 0.0, 11, 0.5), n)
    on_circles(X, y, 0.5)
    angles = torch.atan2(X[:, 1], X[:, 0])
    for c in (0, 1):
        own = angles[y == c].sort().values
        expect(len(own) == n // 2, "Half of an even number of points should be of each class.")
        gaps = torch.cat([own.diff(), own[:1] + 2 * math.pi - own[-1:]])
        expect(float(gaps.max()) < 0.9, f"A piece of the circle of class {c} is empty: angles should run from 0 to 2 pi.")
    changes = int((y.diff() != 0).sum())
    expect(changes > 120, "The rows are grouped by class: shuffle them.")
    expect(changes < 280, "The classes alternate row by row: shuffle the rows.")
    for c in (0, 1):
        turn = angles[y == c].diff().cos().mean()
        expect(abs(float(turn)) < 0.5, "Within a class the rows go around the circle in order: shuffle all rows.")


@check("make_circles", hint="noise * torch.randn(n, 2): a number of its own for each coordinate of each point.")
def test_adds_normal_noise_of_that_std(student):
    """adds normal noise of standard deviation `noise` to both coordinates of every point"""
    for noise in (0.05, 0.3):
        X, y = points_and_labels(student.make_circles(8000, noise, 17, 0.0), 8000)
        expect(int(y.sum()) == 4000, "Half of an even number of points should be of class 1.")
        # with factor 0 the inner circle is one point, and its points are the noise itself
        moved = X[y == 1].double()
        both = moved.std(dim=0) / noise
        if bool(((both - noise).abs() < 0.1 * noise).all()):
            fail("The noise has standard deviation `noise` squared: multiply randn by noise itself.")
        if bool(((both * noise - noise**0.5).abs() < 0.05 * noise**0.5).all()):
            fail("The noise has variance `noise`; its standard deviation should be `noise`: noise * randn.")
        if float((both[0] - both[1]).abs()) > 0.2:
            fail("The noise differs between the two coordinates; each should get its own of the same size.")
        expect(bool(((both - 1).abs() < 0.1).all()),
               "The noise in each coordinate should have standard deviation `noise`; it has another.")
        expect(bool((moved.mean(dim=0).abs() < 0.1 * noise).all()), "The noise should have mean 0.")
        correlation = torch.corrcoef(moved.T)[0, 1]
        expect(abs(float(correlation)) < 0.12, "Both coordinates got the same noise: draw (n, 2) numbers, not n.")
        tails = (moved / noise).pow(4).mean()
        expect(2.4 < float(tails) < 3.6, "The noise is not normal: torch.randn draws normal numbers, torch.rand uniform ones.")
        outer = X[y == 0].double().norm(dim=1) if noise < 0.1 else None
        if outer is not None:
            spread = float(outer.std()) / noise
            expect(abs(spread - 1) < 0.12, "The outer circle should get noise of the same standard deviation in both coordinates.")


@in_worker
def circles_again(student, n, noise, seed):
    first = student.make_circles(n, noise, seed)
    torch.rand(7), np.random.rand(3), random.random()
    return first, student.make_circles(n, noise, seed)


@check("make_circles", hint="Everything random has to come from the seed: angles, noise and the shuffling.")
def test_repeats_itself_by_seed(student):
    """repeats itself for the same seed, also after other random calls, and differs for another"""
    first, second = circles_again(student, 50, 0.05, 23)
    X, y = points_and_labels(first, 50)
    again = points_and_labels(second, 50)
    expect(torch.equal(y, again[1]), "Two calls with the same seed gave the rows in different orders.")
    expect(torch.equal(X, again[0]), "Two calls with the same seed gave different points.")
    # the right distances, so that a repeated wrong answer earns nothing here
    on_circles(*points_and_labels(student.make_circles(50, 0.0, 23), 50), 0.5)
    X2, y2 = points_and_labels(student.make_circles(50, 0.05, 24), 50)
    expect(not torch.equal(X, X2), "Two different seeds gave the same points: the seed is not used.")
    expect(not torch.equal(y, y2), "Two different seeds gave the classes in the same order: shuffle by the seed, too.")
    expect(not torch.equal(X.norm(dim=1).sort().values, X2.norm(dim=1).sort().values),
           "Two different seeds gave the same noise.")


# -------------------------------------------------------------------------------------------------------- standardize


def scaled(train, test, mean=None, std=None):
    mean = train.mean(dim=0) if mean is None else mean
    std = train.std(dim=0) if std is None else std
    return (train - mean) / std, (test - mean) / std


@check("standardize", points=2, hint="Mean and std of train.mean(dim=0) and train.std(dim=0), used on both.")
def test_uses_the_training_statistics(student):
    """scales both sets by the mean and standard deviation of the training set's columns"""
    scale, shift = torch.tensor([1.0, 50.0, 0.02]), torch.tensor([5.0, 3000.0, -1.0])
    train, test = torch.randn(12, 3) * scale + shift, torch.randn(5, 3) * scale * 2 + shift + 2 * scale
    both = torch.cat([train, test])
    own = scaled(test, test)[0]
    assert_close(pair(student.standardize(train, test)), scaled(train, test), rtol=1e-3, atol=2e-3, mistakes={
        "The test set leaked into the scaling: mean and std come from the training set alone.":
            lambda: scaled(train, test, both.mean(dim=0), both.std(dim=0)),
        "The test set was scaled by its own mean and std; one row could not even be scaled so. Use the training set's.":
            lambda: (scaled(train, test)[0], own),
        "Only the training set was scaled; the test set needs the same scaling.": lambda: (scaled(train, test)[0], test),
        "One mean and one std were used for all columns: reduce over dim 0.":
            lambda: scaled(train, test, train.mean(), train.std()),
        "Each row was scaled by its own mean: columns are features, so reduce over dim 0.":
            lambda: tuple((x - x.mean(dim=1, keepdim=True)) / x.std(dim=1, keepdim=True) for x in (train, test)),
        "The two results are in the wrong order: train first.": lambda: scaled(train, test)[::-1],
        "Divide by the standard deviation, not by the variance.": lambda: scaled(train, test, None, train.var(dim=0)),
        "The mean was not subtracted.": lambda: scaled(train, test, torch.zeros(3)),
        "Each column was scaled to run from 0 to 1; mean 0 and std 1 were asked for.":
            lambda: scaled(train, test, train.amin(dim=0), train.amax(dim=0) - train.amin(dim=0)),
        "The columns were not divided by their standard deviation.": lambda: scaled(train, test, None, torch.ones(3)),
        "torch.std's default divides by n - 1; your std divides by n.":
            lambda: scaled(train, test, None, train.std(dim=0, correction=0)),
    })


@check("standardize", points=2, hint="Compare train with train[0] to find such columns; divide them by 1.")
def test_survives_constant_columns(student):
    """turns a column that is constant in the training set into its difference from that constant"""
    train, test = torch.randn(7, 4), torch.randn(5, 4) * 3
    train[:, 1], train[:, 3] = 0.1, 3.3  # seven of these have a float32 mean that is not quite the constant
    want = scaled(train, test)
    for got, x in zip(want, (train, test), strict=True):
        got[:, 1], got[:, 3] = x[:, 1] - train[0, 1], x[:, 3] - train[0, 3]
    zeros = [x.clone() for x in want]
    zeros[1][:, (1, 3)] = 0.0
    assert_close(pair(student.standardize(train, test)), want, rtol=1e-3, atol=1e-4, mistakes={
        "The test rows of a constant column became 0; they should be their difference from the constant.":
            lambda: tuple(zeros),
        "A constant column was divided by its std plus a tiny number, which blows its test rows up: divide by 1.":
            lambda: tuple(blown(x, train) for x in (train, test)),
    })
    train = torch.randn(6, 2)
    train[:, 0] = -2.0  # here the std is exactly 0
    test = torch.randn(4, 2)
    test[1, 0] = -2.0
    want = scaled(train, test, std=torch.stack([torch.tensor(1.0), train[:, 1].std()]))
    assert_close(pair(student.standardize(train, test)), want, rtol=1e-3, atol=1e-4)


def blown(x, train):
    return (x - train.mean(dim=0)) / (train.std(dim=0) + 1e-8)


def pair(got):
    """A pair of tensors as a tuple, whichever sequence it came in."""
    return tuple(got) if isinstance(got, list) else got


@check("standardize", hint="torch.std of one row is nan; a single row makes every column constant.")
def test_scales_few_rows(student):
    """works for a single training row, a single test row, no test rows and columns on a small scale"""
    train, test = torch.randn(1, 3), torch.randn(2, 3)
    assert_close(pair(student.standardize(train, test)), (torch.zeros(1, 3), test - train), rtol=1e-4, atol=1e-5,
                 what="the result for one training row")
    train, test = torch.randn(9, 2), torch.randn(1, 2)
    assert_close(pair(student.standardize(train, test)), scaled(train, test), rtol=1e-3, atol=1e-3,
                 what="the result for one test row")
    assert_close(pair(student.standardize(train, test[:0])), scaled(train, test[:0]), rtol=1e-3, atol=1e-3,
                 what="the result for no test rows")
    train, test = torch.randn(8, 2) * 1e-3, torch.randn(3, 2) * 1e-3
    assert_close(pair(student.standardize(train, test)), scaled(train, test), rtol=1e-3, atol=1e-3,
                 what="the result for small numbers")


# --------------------------------------------------------------------------------------------------- stratified_split


def two_index_lists(got, n):
    """The pair of stratified_split, checked for type, dtype, completeness and disjointness."""
    expect(isinstance(got, tuple | list) and len(got) == 2, "Return two things: train_indices and test_indices.")
    for indices, name in zip(got, ("train_indices", "test_indices"), strict=True):
        expect(isinstance(indices, torch.Tensor), f"{name} should be a tensor.")
        expect(indices.ndim == 1, f"{name} should be 1-D; its shape is {tuple(indices.shape)}.")
        expect(indices.dtype == torch.int64, f"{name} should be int64, also when empty; it is {indices.dtype}.")
    train, test = got
    shared = len(set(train.tolist()) & set(test.tolist()))
    expect(shared == 0, f"The test set leaks into training: {shared} rows are in both splits.")
    together = torch.cat([train, test])
    expect(len(together.unique()) == len(together), "A row occurs twice in the same split.")
    expect(len(together) == n and bool(((together >= 0) & (together < n)).all()),
           f"The two splits together should hold each of the {n} rows once; they hold {len(together)} indices.")
    return train, test


def class_sizes(y, test, fraction):
    """Check each class's share of the test set."""
    for c in y.unique().tolist():
        count, got = int((y == c).sum()), int((y[test] == c).sum())
        want = round(fraction * count)
        if got == want:
            continue
        if got == int(fraction * count):
            fail("A class gives int(test_fraction * count) rows to test; Python's round was asked for.")
        if got == math.floor(fraction * count + 0.5):
            fail("A half was rounded up; Python's round goes to the even neighbour: round(2.5) is 2.")
        if got == math.ceil(fraction * count):
            fail("A class gives its share rounded up to test; Python's round was asked for.")
        if got == count - want:
            fail("The two splits are swapped: train_indices first, and test_fraction is the test set's share.")
        fail("A class does not give round(test_fraction * its count) rows to test: split each class by itself.")


@check("stratified_split", points=2, rng="untouched", hint="Split each class by itself: round(test_fraction * its size) rows go to test.")
def test_gives_each_class_its_share(student):
    """gives round(test_fraction * count) rows of each class to test, and every row to one of the two splits"""
    y = torch.cat([torch.full((31,), 0), torch.full((10,), 1), torch.full((5,), 2), torch.full((1,), 3)])
    y = y[torch.randperm(len(y))]
    for fraction in (0.2, 0.3, 0.5):
        _, test = two_index_lists(student.stratified_split(y, fraction, 1), len(y))
        class_sizes(y, test, fraction)


@check("stratified_split", rng="untouched", hint="Let y.unique() name the classes; an empty split is int64, too.")
def test_splits_unusual_labels(student):
    """works for gaps in the class ids, bool labels, a single row, and fractions 0 and 1"""
    y = torch.tensor([7, 3, 3, 7, 7, 3, 7, 7, 3, 7])
    _, test = two_index_lists(student.stratified_split(y, 0.5, 2), 10)
    class_sizes(y, test, 0.5)
    for fraction in (0.0, 1.0):
        _, test = two_index_lists(student.stratified_split(y, fraction, 2), 10)
        class_sizes(y, test, fraction)
    y = torch.arange(12) % 3 == 0
    _, test = two_index_lists(student.stratified_split(y, 0.25, 3), 12)
    class_sizes(y.long(), test, 0.25)
    y = torch.tensor([4])
    _, test = two_index_lists(student.stratified_split(y, 0.2, 4), 1)
    class_sizes(y, test, 0.2)


@check("stratified_split", rng="untouched", hint="Permute the rows of a class before cutting, and each joined split once more.")
def test_shuffles_both_splits(student):
    """draws the test rows at random and gives both splits in shuffled order"""
    n = 1500
    y = torch.arange(n)[torch.randperm(n)] % 3
    splits = two_index_lists(student.stratified_split(y, 0.4, 6), n)
    class_sizes(y, splits[1], 0.4)
    for indices, name in zip(splits, ("train_indices", "test_indices"), strict=True):
        expect(not torch.equal(indices, indices.sort().values), f"{name} is in ascending order: shuffle it.")
        changes = int((y[indices].diff() != 0).sum())
        expect(changes > len(indices) // 2, f"{name} is grouped by class: shuffle once more after joining the classes.")
        for c in range(3):
            own = indices[y[indices] == c].double()
            place = torch.arange(len(own), dtype=torch.float64)
            relation = torch.corrcoef(torch.stack([own, place]))[0, 1]
            expect(abs(float(relation)) < 0.5, f"Within a class {name} is ordered by row: permute the rows of a class.")
    for c in range(3):
        rows = (y == c).nonzero().squeeze(1)
        taken = torch.isin(rows, splits[1])
        k = int(taken.sum())
        expect(not bool(taken[:k].all()) and not bool(taken[-k:].all()),
               "The first (or last) rows of each class went to test: draw them at random.")


@in_worker
def split_again(student, y, fraction, seed):
    first = student.stratified_split(y, fraction, seed)
    torch.rand(7), np.random.rand(3), random.random()
    return first, student.stratified_split(y, fraction, seed)


@check("stratified_split", rng="untouched", hint="One torch.Generator().manual_seed(seed), handed to every randperm.")
def test_splits_alike_by_seed(student):
    """splits alike for the same seed, also after other random calls, and differently for another"""
    y = torch.randperm(80) % 2
    first, second = (two_index_lists(got, 80) for got in split_again(student, y, 0.25, 8))
    class_sizes(y, first[1], 0.25)
    expect(torch.equal(first[0], second[0]) and torch.equal(first[1], second[1]),
           "Two calls with the same seed gave different splits: rows would change sides between two runs.")
    other = two_index_lists(student.stratified_split(y, 0.25, 9), 80)
    expect(not torch.equal(first[1].sort().values, other[1].sort().values),
           "Two different seeds put the same rows into the test set: the seed is not used for drawing them.")
    expect(not torch.equal(first[0], other[0]), "Two different seeds gave the same order.")


# ------------------------------------------------------------------------------------------------------------ one_hot


@check("one_hot", points=2, hint="Compare labels[:, None] with torch.arange(num_classes), then .float().")
def test_marks_the_class(student):
    """gives float32 rows with a single 1 at the label, with a column for every class"""
    labels = torch.tensor([3, 0, 3, 1])[torch.randperm(4)]
    want = torch.eye(6)[labels]
    got = student.one_hot(labels, 6)
    if isinstance(got, torch.Tensor) and got.shape == want.shape and got.dtype != torch.float32:
        fail(f"The rows are {got.dtype}; float32 was asked for: convert with .float().")
    if isinstance(got, torch.Tensor) and got.shape == (4, 4):
        fail("There should be num_classes columns, also for classes that no label names.")
    assert_close(got, want, mistakes={"Rows and columns are swapped: one row per label.": lambda: want.T})
    assert_close(student.one_hot(torch.tensor([1]), 2), torch.tensor([[0.0, 1.0]]), what="the result for one label")
    assert_close(student.one_hot(torch.zeros(5, dtype=torch.int64), 1), torch.ones(5, 1), what="the result for one class")


@check("one_hot", hint="Look at the labels with .any(), which an empty tensor survives; .max() it does not.")
def test_takes_an_empty_batch(student):
    """gives shape (0, num_classes) for no labels"""
    assert_close(student.one_hot(torch.zeros(0, dtype=torch.int64), 4), torch.zeros(0, 4))
    assert_close(student.one_hot(torch.tensor([2, 0]), 4), torch.eye(4)[[2, 0]], what="the result for two labels")


@check("one_hot", hint="Refuse labels < 0 as well as labels >= num_classes, with raise ValueError(...).")
def test_refuses_labels_out_of_range(student):
    """raises ValueError for a label out of range"""
    assert_close(student.one_hot(torch.tensor([2, 0, 1]), 3), torch.eye(3)[[2, 0, 1]])
    with raises(ValueError, "a label equal to num_classes"):
        student.one_hot(torch.tensor([0, 3, 1]), 3)
    with raises(ValueError, "a label of -1 (it counts from the end when it is used as an index)"):
        student.one_hot(torch.tensor([0, -1, 1]), 3)


# --------------------------------------------------------------------------------------------------------- load_table


@in_worker
def load_text(student, text, as_path):
    path = Path("table.csv")
    path.write_text(text, encoding="utf-8")
    return student.load_table(path if as_path else str(path))


def tell(got, X, y, names):
    """Compare the three results of load_table, class names first, since the labels follow from them."""
    expect(isinstance(got, tuple | list) and len(got) == 3, "Return three things: X, y and class_names.")
    got_X, got_y, got_names = got
    expect(isinstance(got_names, list | tuple) and all(isinstance(n, str) for n in got_names),
           "class_names should be a list of strings.")
    if list(got_names) != names:
        if sorted(got_names) == names:
            fail("class_names are in the order of the file: sort them, so that ids do not depend on the order of the rows.")
        fail("class_names should be the distinct values of the column `species`, sorted.")
    expect(isinstance(got_X, torch.Tensor) and isinstance(got_y, torch.Tensor), "X and y should be tensors.")
    expect(got_X.ndim == 2, f"X should be 2-D, (rows, features); its shape is {tuple(got_X.shape)}.")
    expect(got_X.shape[1] == X.shape[1],
           f"X should have {X.shape[1]} columns here: every column but `species` whose present values are all numbers; "
           f"it has {got_X.shape[1]}.")
    expect(got_X.shape[0] == X.shape[0],
           f"X should have {X.shape[0]} rows here: those that miss no feature; it has {got_X.shape[0]}.")
    expect(got_y.dtype == torch.int64, f"y is {got_y.dtype}. Class ids are names, not amounts: int64.")
    expect(got_X.dtype == torch.float32, f"X should be float32; it is {got_X.dtype}.")
    if not torch.allclose(got_X, X) and torch.allclose(got_X.sort(dim=1).values, X.sort(dim=1).values):
        fail("The features are right, but not in the order of the file's columns.")
    if not torch.allclose(got_X, X) and torch.allclose(got_X.sort(dim=0).values, X.sort(dim=0).values):
        fail("The rows are right, but not in file order.")
    assert_close(got_X, X, what="X")
    assert_equal(got_y, y, what="y")


def table(columns, rows):
    return "\n".join([",".join(columns), *(",".join(map(str, row)) for row in rows)]) + "\n"


def random_rows(count):
    """(n, 2) numbers with one decimal, as text and as tensor."""
    tenths = torch.randint(-999, 1000, (count, 2))
    texts = [[f"{int(v) / 10:.1f}" for v in row] for row in tenths]
    return texts, torch.tensor([[float(v) for v in row] for row in texts])


@check("load_table", points=2, hint="Look at whole columns first: which have only numbers where they have anything?")
def test_reads_the_penguins(student):
    """reads the penguins: 342 complete rows, 5 numeric features, 3 sorted class names"""
    text = (DATASETS / "penguins" / "penguins.csv").read_text(encoding="utf-8")
    rows = [row for row in csv.reader(text.splitlines()[1:]) if row[2] != "NA"]
    X = torch.tensor([[float(row[i]) for i in (2, 3, 4, 5, 7)] for row in rows])
    names = ["Adelie", "Chinstrap", "Gentoo"]
    y = torch.tensor([names.index(row[0]) for row in rows])
    tell(load_text(student, text, True), X, y, names)


@check("load_table", hint="Only the cells that are there decide whether a column is a feature.")
def test_picks_the_numeric_columns(student):
    """takes the columns whose present values are all numbers, in file order, wherever `species` stands"""
    texts, X = random_rows(5)
    who, where = ["owl", "wren", "owl", "crow", "wren"], ["12", "north", "3", "7", "8"]
    rows = [[texts[i][0], where[i], who[i], texts[i][1]] for i in range(5)]
    y = torch.tensor([1, 2, 1, 0, 2])
    tell(load_text(student, table(["zeta", "place", "species", "alpha"], rows), False), X, y, ["crow", "owl", "wren"])
    rows = [[texts[i][0], who[i]] for i in range(5)]
    tell(load_text(student, table(["size", "species"], rows), True), X[:, :1], y, ["crow", "owl", "wren"])


@check("load_table", hint="Missing means empty or NA; only a missing feature drops the row.")
def test_drops_incomplete_rows(student):
    """drops rows that miss a feature, and keeps those that miss something else"""
    texts, X = random_rows(7)
    who = ["wren", "owl", "owl", "wren", "owl", "wren", "owl"]
    sex = ["NA", "male", "", "female", "male", "NA", "female"]
    rows = [[who[i], texts[i][0], sex[i], texts[i][1]] for i in range(7)]
    rows[1][1], rows[4][3] = "NA", ""
    keep = torch.tensor([0, 2, 3, 5, 6])
    names = ["owl", "wren"]
    y = torch.tensor([names.index(who[int(i)]) for i in keep])
    tell(load_text(student, table(["species", "size", "sex", "mass"], rows), True), X[keep], y, names)


@check("load_table", hint='if "species" not in the header: raise ValueError(...).')
def test_refuses_a_table_without_species(student):
    """raises ValueError for a file without a column `species`"""
    texts, X = random_rows(3)
    rows = [[*texts[i], name] for i, name in enumerate(["owl", "wren", "owl"])]
    tell(load_text(student, table(["a", "b", "species"], rows), True), X, torch.tensor([0, 1, 0]), ["owl", "wren"])
    with raises(ValueError, "a file without the column `species`"):
        load_text(student, table(["a", "b", "kind"], rows), True)
