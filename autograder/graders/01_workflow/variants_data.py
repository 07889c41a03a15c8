"""Right and wrong answers to 01_workflow/data."""

import math
import random
from collections import namedtuple

import numpy as np
import torch
from torch.utils.data import TensorDataset, random_split

from autograder.checks import says

# ------------------------------------------------------------------------------------------------------------ make_line


def right_make_line_float(weight, bias, start=0.0, end=1.0, step=0.02):
    X = torch.arange(float(start), float(end), float(step)).unsqueeze(dim=1)
    y = weight * X + bias
    return X, y


def right_make_line_cast(weight, bias, start=0.0, end=1.0, step=0.02):
    X = torch.arange(start, end, step).to(torch.float32)[:, None]
    return X, (bias + X * weight).type(torch.float32)


def right_make_line_numpy(weight, bias, start=0.0, end=1.0, step=0.02):
    x = np.arange(start, end, step).astype(np.float32).reshape(-1, 1)
    X = torch.from_numpy(x)
    return X, torch.add(torch.mul(X, weight), bias)


def right_make_line_loop(weight, bias, start=0.0, end=1.0, step=0.02):
    points = []
    for i in range(math.ceil((end - start) / step)):
        x = start + i * step
        points.append([x, weight * x + bias])
    table = torch.tensor(points, dtype=torch.float32)
    return table[:, :1], table[:, 1:]


_Line = namedtuple("_Line", "X y")


def right_make_line_namedtuple(weight, bias, start=0.0, end=1.0, step=0.02):
    X = torch.arange(start, end, step, dtype=torch.float).view(-1, 1)
    return _Line(X, X @ torch.tensor([[weight]], dtype=torch.float32) + bias)


@says("(n, n)")
def wrong_make_line_vectors(weight, bias, start=0.0, end=1.0, step=0.02):
    X = torch.arange(start, end, step, dtype=torch.float32)
    return X, weight * X + bias


@says("(n, n)")
def wrong_make_line_vector_y(weight, bias, start=0.0, end=1.0, step=0.02):
    X = torch.arange(start, end, step, dtype=torch.float32)
    return X.unsqueeze(1), weight * X + bias


@says("(n, n)")
def wrong_make_line_vector_x(weight, bias, start=0.0, end=1.0, step=0.02):
    X = torch.arange(start, end, step, dtype=torch.float32)
    return X, (weight * X + bias).unsqueeze(1)


@says("samples are rows")
def wrong_make_line_rows(weight, bias, start=0.0, end=1.0, step=0.02):
    X = torch.arange(start, end, step, dtype=torch.float32).unsqueeze(0)
    return X, weight * X + bias


@says("end is included")
def wrong_make_line_linspace(weight, bias, start=0.0, end=1.0, step=0.02):
    X = torch.linspace(start, end, math.ceil((end - start) / step)).unsqueeze(1)
    return X, weight * X + bias


@says("one point too many")
def wrong_make_line_end_too(weight, bias, start=0.0, end=1.0, step=0.02):
    X = torch.arange(start, end + step / 2, step, dtype=torch.float32).unsqueeze(1)
    return X, weight * X + bias


def wrong_make_line_int64_for_ints(weight, bias, start=0.0, end=1.0, step=0.02):
    X = torch.arange(start, end, step).unsqueeze(1)
    return X, weight * X + bias


def wrong_make_line_int64_x_only(weight, bias, start=0.0, end=1.0, step=0.02):
    X = torch.arange(start, end, step).unsqueeze(1)
    return X, (weight * X + bias).float()


def wrong_make_line_float64(weight, bias, start=0.0, end=1.0, step=0.02):
    X = torch.from_numpy(np.arange(start, end, step, dtype=np.float64)).unsqueeze(1)
    return X, weight * X + bias


def wrong_make_line_rounds_the_count(weight, bias, start=0.0, end=1.0, step=0.02):
    X = (start + step * torch.arange(int((end - start) / step + 0.5), dtype=torch.float32)).unsqueeze(1)
    return X, weight * X + bias


def wrong_make_line_ignores_start(weight, bias, start=0.0, end=1.0, step=0.02):
    X = torch.arange(0, end, step, dtype=torch.float32).unsqueeze(1)
    return X, weight * X + bias


def wrong_make_line_always_50(weight, bias, start=0.0, end=1.0, step=0.02):
    X = torch.arange(0.0, 1.0, 0.02).unsqueeze(1)
    return X, weight * X + bias


def wrong_make_line_written_in(weight, bias, start=0.0, end=1.0, step=0.02):
    X = torch.arange(start, end, step, dtype=torch.float32).unsqueeze(1)
    return X, 0.7 * X + 0.3


def wrong_make_line_other_default(weight, bias, start=0.0, end=1.0, step=0.01):
    X = torch.arange(start, end, step, dtype=torch.float32).unsqueeze(1)
    return X, weight * X + bias


@says("weight and bias are swapped")
def wrong_make_line_swapped_parameters(weight, bias, start=0.0, end=1.0, step=0.02):
    X = torch.arange(start, end, step, dtype=torch.float32).unsqueeze(1)
    return X, bias * X + weight


@says("X comes first")
def wrong_make_line_swapped_results(weight, bias, start=0.0, end=1.0, step=0.02):
    X = torch.arange(start, end, step, dtype=torch.float32).unsqueeze(1)
    return weight * X + bias, X


def wrong_make_line_noise(weight, bias, start=0.0, end=1.0, step=0.02):
    X = torch.arange(start, end, step, dtype=torch.float32).unsqueeze(1)
    return X, weight * X + bias + 0.01 * torch.randn_like(X)


def wrong_make_line_only_y(weight, bias, start=0.0, end=1.0, step=0.02):
    X = torch.arange(start, end, step, dtype=torch.float32).unsqueeze(1)
    return weight * X + bias


def wrong_make_line_arrays(weight, bias, start=0.0, end=1.0, step=0.02):
    X = np.arange(start, end, step, dtype=np.float32)[:, None]
    return X, weight * X + bias


def wrong_make_line_lists(weight, bias, start=0.0, end=1.0, step=0.02):
    X = torch.arange(start, end, step, dtype=torch.float32).unsqueeze(1)
    return X.tolist(), (weight * X + bias).tolist()


# -------------------------------------------------------------------------------------------------------- split_in_order


def right_split_in_order_torch_split(X, y, train_fraction=0.8):
    n = int(len(X) * train_fraction)
    (X_train, X_test), (y_train, y_test) = (torch.split(t, [n, len(t) - n]) for t in (X, y))
    return X_train, y_train, X_test, y_test


def right_split_in_order_narrow(X, y, train_fraction=0.8):
    n = math.floor(train_fraction * X.shape[0])
    rest = X.size(0) - n
    return X.narrow(0, 0, n).clone(), y.narrow(0, 0, n).clone(), X.narrow(0, n, rest).clone(), y.narrow(0, n, rest).clone()


_Split = namedtuple("_Split", "X_train y_train X_test y_test")


def right_split_in_order_mask(X, y, train_fraction=0.8):
    train = torch.arange(len(X)) < int(train_fraction * len(X))
    return _Split(X[train], y[train], X[~train], y[~train])


@says("another order")
def wrong_split_in_order_x_parts_first(X, y, train_fraction=0.8):
    n = int(train_fraction * len(X))
    return X[:n], X[n:], y[:n], y[n:]


@says("swapped")
def wrong_split_in_order_swapped(X, y, train_fraction=0.8):
    n = int(train_fraction * len(X))
    return X[n:], y[n:], X[:n], y[:n]


@says("last rows")
def wrong_split_in_order_test_first(X, y, train_fraction=0.8):
    n = len(X) - int(train_fraction * len(X))
    return X[n:], y[n:], X[:n], y[:n]


@says("int() drops")
def wrong_split_in_order_round(X, y, train_fraction=0.8):
    n = round(train_fraction * len(X))
    return X[:n], y[:n], X[n:], y[n:]


def wrong_split_in_order_ceil(X, y, train_fraction=0.8):
    n = math.ceil(train_fraction * len(X))
    return X[:n], y[:n], X[n:], y[n:]


def wrong_split_in_order_by_test_size(X, y, train_fraction=0.8):
    n = len(X) - int((1 - train_fraction) * len(X))
    return X[:n], y[:n], X[n:], y[n:]


def wrong_split_in_order_negative_slice(X, y, train_fraction=0.8):
    rest = len(X) - int(train_fraction * len(X))
    return X[:-rest], y[:-rest], X[-rest:], y[-rest:]


def wrong_split_in_order_always_80(X, y, train_fraction=0.8):
    n = int(0.8 * len(X))
    return X[:n], y[:n], X[n:], y[n:]


def wrong_split_in_order_always_40(X, y, train_fraction=0.8):
    return X[:40], y[:40], X[40:], y[40:]


@says("row is lost")
def wrong_split_in_order_gap(X, y, train_fraction=0.8):
    n = int(train_fraction * len(X))
    return X[:n], y[:n], X[n + 1 :], y[n + 1 :]


def wrong_split_in_order_overlap(X, y, train_fraction=0.8):
    n = int(train_fraction * len(X))
    return X[:n], y[:n], X[max(n - 1, 0) :], y[max(n - 1, 0) :]


def wrong_split_in_order_shuffles(X, y, train_fraction=0.8):
    n = int(train_fraction * len(X))
    order = torch.randperm(len(X), generator=torch.Generator().manual_seed(0))
    return X[order[:n]], y[order[:n]], X[order[n:]], y[order[n:]]


def wrong_split_in_order_float(X, y, train_fraction=0.8):
    n = int(train_fraction * len(X))
    return X[:n].float(), y[:n].float(), X[n:].float(), y[n:].float()


def wrong_split_in_order_columns(X, y, train_fraction=0.8):
    n = int(train_fraction * len(X))
    X, y = X.reshape(len(X), -1), y.reshape(len(y), -1)
    return X[:n], y[:n], X[n:], y[n:]


def wrong_split_in_order_elements(X, y, train_fraction=0.8):
    n = int(train_fraction * X.numel())
    return X[:n], y[:n], X[n:], y[n:]


def wrong_split_in_order_default_half(X, y, train_fraction=0.5):
    n = int(train_fraction * len(X))
    return X[:n], y[:n], X[n:], y[n:]


def wrong_split_in_order_pairs(X, y, train_fraction=0.8):
    n = int(train_fraction * len(X))
    return (X[:n], y[:n]), (X[n:], y[n:])


# -------------------------------------------------------------------------------------------------------- split_shuffled


def right_split_shuffled_shuffle_then_cut(X, y, train_fraction, seed):
    g = torch.Generator()
    g.manual_seed(seed)
    order = torch.randperm(X.shape[0], generator=g).tolist()
    n = int(train_fraction * X.shape[0])
    X, y = X[order], y[order]
    return X[:n], y[:n], X[n:], y[n:]


def right_split_shuffled_python(X, y, train_fraction, seed):
    rows = list(range(len(X)))
    random.Random(seed).shuffle(rows)
    n = int(train_fraction * len(X))
    return X[rows[:n]], y[rows[:n]], X[rows[n:]], y[rows[n:]]


def right_split_shuffled_numpy(X, y, train_fraction, seed):
    order = torch.from_numpy(np.random.default_rng(seed).permutation(len(X)))
    train, test = torch.tensor_split(order, [int(train_fraction * len(X))])
    return _Split(X[train], y[train], X[test], y[test])


def right_split_shuffled_random_split(X, y, train_fraction, seed):
    n = int(train_fraction * len(X))
    g = torch.Generator().manual_seed(seed)
    train, test = random_split(TensorDataset(X, y), [n, len(X) - n], generator=g)
    return (*train[:], *test[:])


def right_split_shuffled_fork_rng(X, y, train_fraction, seed):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        order = torch.randperm(len(X))
    n = int(train_fraction * len(X))
    train, test = order[:n], order[n:]
    return X.index_select(0, train.to(X.device)), y[train], X.index_select(0, test.to(X.device)), y[test]


def right_split_shuffled_argsort(X, y, train_fraction, seed):
    keys = torch.rand(len(X), generator=torch.Generator("cpu").manual_seed(seed), dtype=torch.float64)
    order = keys.argsort()
    n = int(len(X) * train_fraction)
    return X[order][:n], y[order][:n], X[order][n:], y[order][n:]


def _parts(X, y, order, fraction):
    n = int(fraction * len(X))
    return X[order[:n]], y[order[:n]], X[order[n:]], y[order[n:]]


@says("Generator")
def wrong_split_shuffled_global_seed(X, y, train_fraction, seed):
    torch.manual_seed(seed)
    return _parts(X, y, torch.randperm(len(X)), train_fraction)


def wrong_split_shuffled_python_global(X, y, train_fraction, seed):
    random.seed(seed)
    rows = list(range(len(X)))
    random.shuffle(rows)
    return _parts(X, y, rows, train_fraction)


def wrong_split_shuffled_numpy_global(X, y, train_fraction, seed):
    np.random.seed(seed)
    return _parts(X, y, torch.from_numpy(np.random.permutation(len(X))), train_fraction)


@says("generator of its own")
def wrong_split_shuffled_no_generator(X, y, train_fraction, seed):
    return _parts(X, y, torch.randperm(len(X)), train_fraction)


@says("Another split at every call", "generator")
def wrong_split_shuffled_random_split_without_generator(X, y, train_fraction, seed):
    n = int(train_fraction * len(X))
    train, test = random_split(TensorDataset(X, y), [n, len(X) - n])
    return (*train[:], *test[:])


_generator = None


@says("Another split at every call")
def wrong_split_shuffled_seeds_once(X, y, train_fraction, seed):
    global _generator
    if _generator is None:
        _generator = torch.Generator().manual_seed(seed)
    return _parts(X, y, torch.randperm(len(X), generator=_generator), train_fraction)


@says("different seeds")
def wrong_split_shuffled_always_42(X, y, train_fraction, seed):
    return _parts(X, y, torch.randperm(len(X), generator=torch.Generator().manual_seed(42)), train_fraction)


@says("different seeds")
def wrong_split_shuffled_unseeded_generator(X, y, train_fraction, seed):
    return _parts(X, y, torch.randperm(len(X), generator=torch.Generator()), train_fraction)


@says("separate ways")
def wrong_split_shuffled_two_permutations(X, y, train_fraction, seed):
    g = torch.Generator().manual_seed(seed)
    n = int(train_fraction * len(X))
    X, y = X[torch.randperm(len(X), generator=g)], y[torch.randperm(len(y), generator=g)]
    return X[:n], y[:n], X[n:], y[n:]


@says("separate ways")
def wrong_split_shuffled_only_x(X, y, train_fraction, seed):
    order = torch.randperm(len(X), generator=torch.Generator().manual_seed(seed))
    n = int(train_fraction * len(X))
    X = X[order]
    return X[:n], y[:n], X[n:], y[n:]


@says("in both parts", "leak")
def wrong_split_shuffled_leak(X, y, train_fraction, seed):
    g = torch.Generator().manual_seed(seed)
    n = int(train_fraction * len(X))
    train, test = torch.randperm(len(X), generator=g)[:n], torch.randperm(len(X), generator=g)[n:]
    return X[train], y[train], X[test], y[test]


@says("leak")
def wrong_split_shuffled_last_train_row_tested(X, y, train_fraction, seed):
    order = torch.randperm(len(X), generator=torch.Generator().manual_seed(seed))
    n = int(train_fraction * len(X))
    rest = len(X) - n
    return X[order[:n]], y[order[:n]], X[order[n - 1 :][:rest]], y[order[n - 1 :][:rest]]


def wrong_split_shuffled_with_replacement(X, y, train_fraction, seed):
    return _parts(X, y, torch.randint(len(X), (len(X),), generator=torch.Generator().manual_seed(seed)), train_fraction)


def wrong_split_shuffled_drops_a_row(X, y, train_fraction, seed):
    order = torch.randperm(len(X), generator=torch.Generator().manual_seed(seed))
    n = int(train_fraction * len(X))
    return X[order[:n]], y[order[:n]], X[order[n + 1 :]], y[order[n + 1 :]]


def wrong_split_shuffled_in_order(X, y, train_fraction, seed):
    return _parts(X, y, torch.arange(len(X)), train_fraction)


@says("last ones")
def wrong_split_shuffled_cut_then_shuffle(X, y, train_fraction, seed):
    g = torch.Generator().manual_seed(seed)
    n = int(train_fraction * len(X))
    order = torch.cat([torch.randperm(n, generator=g), n + torch.randperm(len(X) - n, generator=g)])
    return _parts(X, y, order, train_fraction)


@says("old order")
def wrong_split_shuffled_sorted_parts(X, y, train_fraction, seed):
    order = torch.randperm(len(X), generator=torch.Generator().manual_seed(seed))
    n = int(train_fraction * len(X))
    return _parts(X, y, torch.cat([order[:n].sort().values, order[n:].sort().values]), train_fraction)


@says("test rows are still")
def wrong_split_shuffled_sorted_test(X, y, train_fraction, seed):
    order = torch.randperm(len(X), generator=torch.Generator().manual_seed(seed))
    n = int(train_fraction * len(X))
    return _parts(X, y, torch.cat([order[:n], order[n:].sort().values]), train_fraction)


@says("rotation")
def wrong_split_shuffled_rotation(X, y, train_fraction, seed):
    return _parts(X, y, torch.arange(len(X)).roll(seed), train_fraction)


def wrong_split_shuffled_first_row_always_trains(X, y, train_fraction, seed):
    order = 1 + torch.randperm(len(X) - 1, generator=torch.Generator().manual_seed(seed))
    return _parts(X, y, torch.cat([torch.tensor([0]), order]), train_fraction)


def wrong_split_shuffled_round(X, y, train_fraction, seed):
    order = torch.randperm(len(X), generator=torch.Generator().manual_seed(seed))
    n = round(train_fraction * len(X))
    return X[order[:n]], y[order[:n]], X[order[n:]], y[order[n:]]


def wrong_split_shuffled_test_fraction(X, y, train_fraction, seed):
    order = torch.randperm(len(X), generator=torch.Generator().manual_seed(seed))
    return _parts(X, y, order, 1 - train_fraction)


def wrong_split_shuffled_x_parts_first(X, y, train_fraction, seed):
    order = torch.randperm(len(X), generator=torch.Generator().manual_seed(seed))
    X_train, y_train, X_test, y_test = _parts(X, y, order, train_fraction)
    return X_train, X_test, y_train, y_test


def wrong_split_shuffled_negative_slice(X, y, train_fraction, seed):
    order = torch.randperm(len(X), generator=torch.Generator().manual_seed(seed))
    rest = len(X) - int(train_fraction * len(X))
    return X[order[:-rest]], y[order[:-rest]], X[order[-rest:]], y[order[-rest:]]


def wrong_split_shuffled_float(X, y, train_fraction, seed):
    order = torch.randperm(len(X), generator=torch.Generator().manual_seed(seed))
    return _parts(X.float(), y.float(), order, train_fraction)


def wrong_split_shuffled_column_y(X, y, train_fraction, seed):
    order = torch.randperm(len(X), generator=torch.Generator().manual_seed(seed))
    return _parts(X, y.reshape(len(y), -1), order, train_fraction)


def wrong_split_shuffled_through_numpy(X, y, train_fraction, seed):
    rows = np.random.default_rng(seed).permutation(len(X))
    X, y = torch.from_numpy(X.numpy()[rows]), torch.from_numpy(y.numpy()[rows])
    n = int(train_fraction * len(X))
    return X[:n], y[:n], X[n:], y[n:]


def wrong_split_shuffled_in_place(X, y, train_fraction, seed):
    order = torch.randperm(len(X), generator=torch.Generator().manual_seed(seed))
    X.copy_(X[order].clone())
    y.copy_(y[order].clone())
    n = int(train_fraction * len(X))
    return X[:n], y[:n], X[n:], y[n:]


def wrong_split_shuffled_datasets(X, y, train_fraction, seed):
    n = int(train_fraction * len(X))
    return random_split(TensorDataset(X, y), [n, len(X) - n], generator=torch.Generator().manual_seed(seed))


def right_make_line_as_a_list(weight, bias, start=0.0, end=1.0, step=0.02):
    X = torch.arange(start, end, step, dtype=torch.float32).view(-1, 1)
    return [X, weight * X + bias]


def right_split_in_order_as_a_list(X, y, train_fraction=0.8):
    k = int(train_fraction * len(X))
    (a, b), (c, d) = X.split([k, len(X) - k]), y.split([k, len(X) - k])
    return [a, c, b, d]


def right_split_shuffled_as_a_list(X, y, train_fraction, seed):
    state = torch.get_rng_state()
    torch.manual_seed(seed)
    order = torch.randperm(len(X))
    torch.set_rng_state(state)
    k = int(train_fraction * len(X))
    return [X[order][:k], y[order][:k], X[order][k:], y[order][k:]]
