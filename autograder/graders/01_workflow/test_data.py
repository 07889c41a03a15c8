"""Hidden checks of 01_workflow/data."""

import random

import numpy as np
import torch

from autograder.checks import assert_close, assert_equal, check, expect, fail, in_worker

# ------------------------------------------------------------------------------------------------------------ make_line

VECTOR = (
    "Samples are rows: (n, 1) was asked for, and this is a vector of shape (n,). Against a column (n, 1) it would be "
    "broadcast to (n, n), every sample against every other: unsqueeze(1)."
)


def _line(weight, bias, start=0.0, end=1.0, step=0.02):
    X = torch.arange(start, end, step, dtype=torch.float32).unsqueeze(1)
    return X, weight * X + bias


def _line_mistakes(weight, bias, start=0.0, end=1.0, step=0.02):
    X, y = _line(weight, bias, start, end, step)
    n = len(X)
    with_end = torch.linspace(start, end, n).unsqueeze(1)
    one_more = torch.cat([X, X[-1:] + step])
    return {
        VECTOR: (X.squeeze(1), y.squeeze(1)),
        VECTOR + " X is right.": (X, y.squeeze(1)),
        VECTOR + " y is right.": (X.squeeze(1), y),
        "You made one row of n numbers; samples are rows, so n rows of one number were asked for: unsqueeze(1).": (X.T, y.T),
        "The end is included here; x stops before it, as torch.arange does.": (with_end, weight * with_end + bias),
        "There is one point too many: x stops before the end.": (one_more, weight * one_more + bias),
        "X and y are swapped: X comes first.": (y, X),
        "weight and bias are swapped: y = weight * X + bias.": (X, bias * X + weight),
    }


@check("make_line", points=2, hint="torch.arange(start, end, step) makes a vector; unsqueeze(1) makes it a column.")
def test_line_has_one_row_per_point(student):
    """gives X and y = weight * X + bias as columns (n, 1), from 0 to 1 in steps of 0.02 by default"""
    weight, bias = torch.rand(2).add(0.25).tolist()
    assert_close(student.make_line(weight, bias), _line(weight, bias), what="(X, y)", mistakes=_line_mistakes(weight, bias))


@check("make_line", hint="Use start, end and step; the end is not included, even where the steps do not meet it.")
def test_line_runs_from_start_to_end(student):
    """starts at start and stops before end, whether or not the steps divide the way"""
    for start, end, step in ((-1.0, 1.0, 0.25), (0.5, 1.5, 0.375), (2.0, 2.25, 0.5), (0.0, 1.125, 0.5)):
        weight, bias = torch.randn(2).tolist()
        got = student.make_line(weight, bias, start, end, step)
        assert_close(got, _line(weight, bias, start, end, step), what="(X, y)", mistakes=_line_mistakes(weight, bias, start, end, step))
    got = student.make_line(bias=0.5, weight=-1.5, step=0.125)
    assert_close(got, _line(-1.5, 0.5, step=0.125), what="(X, y)")


@check("make_line", hint="Ints make int64: pass dtype=torch.float32 to torch.arange.")
def test_line_is_float32_for_ints(student):
    """gives float32 also when the arguments are ints"""
    for weight, bias, start, end, step in ((2, 1, 0, 5, 1), (3, -2, -4, 10, 3), (0.5, 0.25, 0, 8, 2), (2, 1, 0.0, 1.0, 0.25)):
        got = student.make_line(weight, bias, start, end, step)
        assert_close(got, _line(weight, bias, start, end, step), what="(X, y)")


# -------------------------------------------------------------------------------------------------------- split_in_order


def _ordered(X, y, n):
    return X[:n], y[:n], X[n:], y[n:]


def _order_mistakes(X, y, n):
    rows = len(X)
    return {
        "The four parts are in another order: X_train, y_train, X_test, y_test was asked for.": (X[:n], X[n:], y[:n], y[n:]),
        "Training and test are swapped: the first rows are for training.": (X[n:], y[n:], X[:n], y[:n]),
        "These are the last rows; the first ones are for training.": (X[rows - n :], y[rows - n :], X[: rows - n], y[: rows - n]),
        "You rounded the number of training rows up: int() drops the fraction.": _ordered(X, y, n + 1),
        "The first row is lost: slices begin at 0.": (X[1:n], y[1:n], X[n:], y[n:]),
        "A row is lost between the parts: the test begins at the row where training ends.": (X[:n], y[:n], X[n + 1 :], y[n + 1 :]),
    }


@check("split_in_order", hint="n = int(train_fraction * len(X)), then slices.")
def test_order_is_kept(student):
    """gives the first 80 % as training rows and the rest as test rows, in the order X_train, y_train, X_test, y_test"""
    X, y = torch.rand(50, 1), torch.rand(50, 1)
    assert_close(student.split_in_order(X, y), _ordered(X, y, 40), what="the split", mistakes=_order_mistakes(X, y, 40))


@check("split_in_order", hint="int() cuts the fraction off; round() does not.")
def test_order_follows_the_fraction(student):
    """takes the first int(train_fraction * n) rows for training, for any fraction and any n"""
    for n, fraction in ((10, 0.5), (7, 0.5), (9, 0.75), (100, 0.29), (11, 0.95), (6, 0.0), (6, 1.0), (1, 0.8)):
        X, y = torch.rand(n, 2), torch.rand(n)
        cut = int(fraction * n)
        assert_close(student.split_in_order(X, y, fraction), _ordered(X, y, cut), what="the split", mistakes=_order_mistakes(X, y, cut))


@check("split_in_order", hint="Slice the first dimension only; change neither dtype nor shape.")
def test_order_keeps_shape_and_dtype(student):
    """keeps dtypes and all dimensions but the first"""
    cases = (
        (torch.randint(0, 256, (10, 3, 4, 4), dtype=torch.uint8), torch.randint(0, 5, (10,))),
        (torch.rand(10, dtype=torch.float64), torch.rand(10, 2) > 0.5),
    )
    for X, y in cases:
        assert_equal(student.split_in_order(X, y, train_fraction=0.7), _ordered(X, y, 7), what="the split")


# -------------------------------------------------------------------------------------------------------- split_shuffled

PARTS = ("X_train", "y_train", "X_test", "y_test")


@in_worker
def split_again_and_again(student, X, y, fraction, seeds):
    """The split for each seed, with random draws and other seeds in between."""
    splits = []
    for i, seed in enumerate(seeds):
        random.seed(i), np.random.seed(i), torch.manual_seed(i)
        random.random(), np.random.rand(2), torch.rand(3)
        splits.append(student.split_shuffled(X, y, fraction, seed))
    return splits


def _numbered(n):
    """X whose first column is the row's number, and y that belongs to it."""
    X = torch.cat([torch.arange(n).float().unsqueeze(1), torch.rand(n, 2)], dim=1)
    return X, torch.randperm(n) + 7


def _split(got, X, y, fraction):
    """Row numbers (train, test) of a split that is complete, disjoint and keeps pairs; fails otherwise."""
    expect(isinstance(got, list | tuple) and len(got) == 4, "expected the tuple (X_train, y_train, X_test, y_test)")
    n = int(fraction * len(X))
    for name, part, whole, rows in zip(PARTS, got, (X, y, X, y), (n, n, len(X) - n, len(X) - n)):
        if not isinstance(part, torch.Tensor):
            fail(f"{name} should be a tensor, not {type(part).__name__}")
        expect(
            part.shape == (rows, *whole.shape[1:]),
            f"{name}: expected shape {(rows, *whole.shape[1:])}, got {tuple(part.shape)}; int(train_fraction * n) rows are for training",
        )
        expect(part.dtype == whole.dtype, f"{name}: expected {whole.dtype}, got {part.dtype}")
    X_train, y_train, X_test, y_test = got
    train, test = X_train[:, 0].long(), X_test[:, 0].long()
    both = torch.cat([train, test])
    expect(bool(((both >= 0) & (both < len(X))).all()), "the parts hold rows that are not in X")
    if set(train.tolist()) & set(test.tolist()):
        fail("The same rows are in both parts: a test row that the model has trained on is a leak. Cut one permutation in two.")
    expect(
        torch.equal(both.sort().values, torch.arange(len(X))),
        "some rows are there twice and others not at all: each row belongs to exactly one part",
    )
    expect(torch.equal(torch.cat([X_train, X_test]), X[both]), "the rows of X were changed on the way")
    if not torch.equal(torch.cat([y_train, y_test]), y[both]):
        fail("X and y went separate ways: use the same permutation for both, so that each y stays with its X.")
    return train, test


@check("split_shuffled", points=2, hint="One permutation of the row numbers, cut in two, indexes X and y alike.")
def test_split_is_complete_and_disjoint(student):
    """puts every row into exactly one part, each y with its X, int(train_fraction * n) of them for training"""
    for n, fraction in ((40, 0.8), (7, 0.5), (100, 0.29), (5, 1.0), (5, 0.0)):
        X, y = _numbered(n)
        _split(student.split_shuffled(X, y, fraction, 3), X, y, fraction)


@check("split_shuffled", hint="torch.randperm(n, generator=torch.Generator().manual_seed(seed))")
def test_split_depends_on_the_seed_alone(student):
    """gives the same split for the same seed, also after other random calls, and others for other seeds"""
    X, y = _numbered(60)
    splits = split_again_and_again(student, X, y, 0.75, [5, 5, 6, 5, 42])
    rows = [torch.cat(_split(split, X, y, 0.75)).tolist() for split in splits]
    if not rows[0] == rows[1] == rows[3]:
        fail(
            "Another split at every call, though the seed is the same: rows that were for testing become training rows. "
            "Give the shuffle a generator of its own, torch.Generator().manual_seed(seed)."
        )
    expect(
        len({tuple(order) for order in rows}) == 3,
        "different seeds gave the same split: pass your seed on to the generator",
    )


@check("split_shuffled", hint="Shuffle before you cut, and leave the pieces in the order that the permutation gives.")
def test_split_is_shuffled(student):
    """shuffles both parts, and draws the test rows from everywhere"""
    X, y = _numbered(100)
    train, test = _split(student.split_shuffled(X, y, 0.8, 11), X, y, 0.8)
    expect(
        sorted(test.tolist()) != list(range(80, 100)),
        "the test rows are the last ones, as without a shuffle: shuffle all rows before you cut",
    )
    expect(train.tolist() != sorted(train.tolist()), "the training rows are still in their old order")
    steps = (train[1:] - train[:-1]) % 100
    expect(
        int(((steps == 1) | (steps == 99)).sum()) < 25,
        "most neighbours are still neighbours: this is a rotation or a reversal, not a shuffle",
    )
    expect(test.tolist() != sorted(test.tolist()), "the test rows are still in their old order")
    X, y = _numbered(10)
    seen = set()
    for split in split_again_and_again(student, X, y, 0.8, list(range(100))):
        seen |= set(_split(split, X, y, 0.8)[1].tolist())
    expect(len(seen) == 10, "some rows are never for testing, whatever the seed: draw from all of them")


@check("split_shuffled", rng="untouched", hint="A generator of your own leaves the global one alone.")
def test_split_leaves_the_random_state(student):
    """leaves the global random state alone"""
    X, y = _numbered(30)
    _split(student.split_shuffled(X, y, 0.8, 4), X, y, 0.8)


@check("split_shuffled", hint="Index the first dimension only, X[rows]; do not convert.")
def test_split_keeps_shape_dtype_and_device(student):
    """keeps dtypes, devices and all dimensions but the first"""
    X = torch.arange(20).reshape(20, 1, 1).repeat(1, 2, 3).to(torch.uint8)
    y = torch.arange(20, dtype=torch.float64)
    got = student.split_shuffled(X, y, 0.6, 2)
    expect(isinstance(got, list | tuple) and len(got) == 4, "expected the tuple (X_train, y_train, X_test, y_test)")
    train, test = (part.long() if isinstance(part, torch.Tensor) and part.ndim == 1 else torch.arange(0) for part in got[1::2])
    expect(
        sorted([*train.tolist(), *test.tolist()]) == list(range(20)),
        "a 1-D y must come back as two vectors that hold each of its values once",
    )
    assert_equal(got, (X[train], y[train], X[test], y[test]), what="the split")
    far, away = torch.empty(20, 3, device="meta"), torch.empty(20, 1, device="meta")
    want = (far[:12], away[:12], far[12:], away[12:])
    assert_close(student.split_shuffled(far, away, 0.6, 2), want, what="the split of tensors on another device")
