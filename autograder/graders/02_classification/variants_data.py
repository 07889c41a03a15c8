"""Right and wrong answers to 02_classification/data."""

import csv
import math
import random

import numpy as np
import torch

from autograder.checks import says

# ------------------------------------------------------------------------------------------------------- make_circles


def right_make_circles_even_angles(n, noise, seed, factor=0.5):
    torch.manual_seed(seed)
    inner, outer = n // 2, n - n // 2
    parts = []
    for count, radius in ((inner, factor), (outer, 1.0)):
        t = torch.linspace(0, 2 * math.pi, count + 1)[:-1]
        parts.append(torch.stack((radius * torch.cos(t), radius * torch.sin(t)), dim=1))
    X = torch.cat(parts) + torch.randn(n, 2) * noise
    y = torch.cat((torch.ones(inner), torch.zeros(outer))).to(torch.int64)
    order = torch.randperm(n)
    return X[order], y[order]


def right_make_circles_numpy(n, noise, seed, factor=0.5):
    rng = np.random.default_rng(seed)
    y = np.zeros(n, dtype=np.int64)
    y[: n // 2] = 1
    rng.shuffle(y)
    angle = rng.uniform(0, 2 * np.pi, size=n)
    radius = np.where(y == 1, factor, 1.0)
    X = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    X += rng.normal(0, noise, size=X.shape)
    return torch.from_numpy(X).type(torch.float32), torch.from_numpy(y)


def right_make_circles_points_in_a_loop(n, noise, seed, factor=0.5):
    rng = random.Random(seed)
    rows = []
    for i in range(n):
        label = 1 if i < n // 2 else 0
        r, t = (factor if label else 1.0), rng.random() * math.tau
        rows.append((r * math.cos(t) + rng.gauss(0, noise), r * math.sin(t) + rng.gauss(0, noise), label))
    rng.shuffle(rows)
    X = torch.tensor([row[:2] for row in rows], dtype=torch.float32).reshape(n, 2)
    return X, torch.tensor([row[2] for row in rows], dtype=torch.int64)


def right_make_circles_directions(n, noise, seed, factor=0.5):
    g = torch.Generator().manual_seed(seed)
    d = torch.nn.functional.normalize(torch.randn(n, 2, generator=g), dim=1)
    y = torch.zeros(n, dtype=torch.long)
    y[torch.randperm(n, generator=g)[: n // 2]] = 1
    return d * (1 - (1 - factor) * y)[:, None] + torch.normal(0.0, 1.0, (n, 2), generator=g) * noise, y


def _circles(n, noise, seed, factor=0.5, turn=1.0, spread=None, labels=torch.int64):
    g = torch.Generator().manual_seed(seed)
    y = (torch.arange(n) < n // 2).to(labels)[torch.randperm(n, generator=g)]
    t = turn * 2 * torch.pi * torch.rand(n, generator=g)
    r = torch.where(y == 1, factor, 1.0)
    X = torch.stack([r * t.cos(), r * t.sin()], 1)
    extra = torch.randn(n, 2, generator=g) if spread is None else spread(n, g)
    return X + noise * extra, y


@says("swapped")
def wrong_make_circles_classes_swapped(n, noise, seed, factor=0.5):
    X, y = _circles(n, noise, seed, factor)
    return X, 1 - y


@says("names, not amounts")
def wrong_make_circles_float_labels(n, noise, seed, factor=0.5):
    return _circles(n, noise, seed, factor, labels=torch.float32)


@says("float32")
def wrong_make_circles_float64(n, noise, seed, factor=0.5):
    X, y = _circles(n, noise, seed, factor)
    return X.double(), y


@says("grouped by class")
def wrong_make_circles_sorted(n, noise, seed, factor=0.5):
    X, y = _circles(n, noise, seed, factor)
    order = y.argsort(stable=True)
    return X[order], y[order]


@says("same permutation")
def wrong_make_circles_labels_shuffled_apart(n, noise, seed, factor=0.5):
    X, y = _circles(n, noise, seed, factor)
    g = torch.Generator().manual_seed(seed + 1)
    return X, y[torch.randperm(n, generator=g)]


@says("alternate")
def wrong_make_circles_alternating(n, noise, seed, factor=0.5):
    g = torch.Generator().manual_seed(seed)
    y = torch.arange(n) % 2
    t = 2 * torch.pi * torch.rand(n, generator=g)
    r = torch.where(y == 1, factor, 1.0)
    return torch.stack([r * t.cos(), r * t.sin()], 1) + noise * torch.randn(n, 2, generator=g), y


@says("in order")
def wrong_make_circles_angles_in_order(n, noise, seed, factor=0.5):
    g = torch.Generator().manual_seed(seed)
    y = (torch.arange(n) < n // 2).long()[torch.randperm(n, generator=g)]
    t = torch.linspace(0, 2 * torch.pi, n + 1)[:-1]
    r = torch.where(y == 1, factor, 1.0)
    return torch.stack([r * t.cos(), r * t.sin()], 1) + noise * torch.randn(n, 2, generator=g), y


@says("n // 2")
def wrong_make_circles_odd_point_inside(n, noise, seed, factor=0.5):
    g = torch.Generator().manual_seed(seed)
    y = (torch.arange(n) < (n + 1) // 2).long()[torch.randperm(n, generator=g)]
    t = 2 * torch.pi * torch.rand(n, generator=g)
    r = torch.where(y == 1, factor, 1.0)
    return torch.stack([r * t.cos(), r * t.sin()], 1) + noise * torch.randn(n, 2, generator=g), y


@says("shape")
def wrong_make_circles_drops_the_odd_point(n, noise, seed, factor=0.5):
    return _circles(n // 2 * 2, noise, seed, factor)


@says("n // 2")
def wrong_make_circles_coin_labels(n, noise, seed, factor=0.5):
    g = torch.Generator().manual_seed(seed)
    y = torch.randint(0, 2, (n,), generator=g)
    t = 2 * torch.pi * torch.rand(n, generator=g)
    r = torch.where(y == 1, factor, 1.0)
    return torch.stack([r * t.cos(), r * t.sin()], 1) + noise * torch.randn(n, 2, generator=g), y


@says("factor")
def wrong_make_circles_fixed_factor(n, noise, seed, factor=0.5):
    return _circles(n, noise, seed, 0.5)


def wrong_make_circles_other_default(n, noise, seed, factor=0.8):
    return _circles(n, noise, seed, factor)


@says("empty")
def wrong_make_circles_half_circles(n, noise, seed, factor=0.5):
    return _circles(n, noise, seed, factor, turn=0.5)


def wrong_make_circles_discs(n, noise, seed, factor=0.5):
    X, y = _circles(n, noise, seed, factor)
    g = torch.Generator().manual_seed(seed)
    return X * torch.rand(n, 1, generator=g).sqrt(), y


@says("variance")
def wrong_make_circles_noise_is_variance(n, noise, seed, factor=0.5):
    return _circles(n, noise ** 0.5, seed, factor)


def wrong_make_circles_noise_squared(n, noise, seed, factor=0.5):
    return _circles(n, noise ** 2, seed, factor)


@says("not normal")
def wrong_make_circles_uniform_noise(n, noise, seed, factor=0.5):
    return _circles(n, noise, seed, factor, spread=lambda n, g: (torch.rand(n, 2, generator=g) - 0.5) * 12 ** 0.5)


def wrong_make_circles_positive_noise(n, noise, seed, factor=0.5):
    return _circles(n, noise, seed, factor, spread=lambda n, g: torch.rand(n, 2, generator=g))


@says("same noise")
def wrong_make_circles_one_noise_per_point(n, noise, seed, factor=0.5):
    return _circles(n, noise, seed, factor, spread=lambda n, g: torch.randn(n, 1, generator=g))


@says("two coordinates")
def wrong_make_circles_noise_in_one_coordinate(n, noise, seed, factor=0.5):
    return _circles(n, noise, seed, factor,
                    spread=lambda n, g: torch.randn(n, 2, generator=g) * torch.tensor([1.0, 0.0]))


def wrong_make_circles_no_noise(n, noise, seed, factor=0.5):
    return _circles(n, 0.0, seed, factor)


@says("outer circle")
def wrong_make_circles_noise_inside_only(n, noise, seed, factor=0.5):
    clean, y = _circles(n, 0.0, seed, factor)
    noisy, _ = _circles(n, noise, seed, factor)
    return torch.where(y[:, None] == 1, noisy, clean), y


@says("same seed")
def wrong_make_circles_unseeded_noise(n, noise, seed, factor=0.5):
    X, y = _circles(n, 0.0, seed, factor)
    return X + noise * torch.randn(n, 2), y


@says("same seed")
def wrong_make_circles_unseeded_order(n, noise, seed, factor=0.5):
    X, y = _circles(n, noise, seed, factor)
    order = torch.randperm(n)
    return X[order], y[order]


@says("seed is not used")
def wrong_make_circles_fixed_seed(n, noise, seed, factor=0.5):
    return _circles(n, noise, 42, factor)


def wrong_make_circles_column_labels(n, noise, seed, factor=0.5):
    X, y = _circles(n, noise, seed, factor)
    return X, y.unsqueeze(1)


def wrong_make_circles_transposed(n, noise, seed, factor=0.5):
    X, y = _circles(n, noise, seed, factor)
    return X.T, y


# -------------------------------------------------------------------------------------------------------- standardize


def right_standardize_by_column(train, test):
    out_train, out_test = train.clone(), test.clone()
    for j in range(train.shape[1]):
        column = train[:, j]
        if column.min() == column.max():
            center, scale = column[0], 1.0
        else:
            center, scale = column.mean(), column.std()
        out_train[:, j] = (train[:, j] - center) / scale
        out_test[:, j] = (test[:, j] - center) / scale
    return out_train, out_test


def right_standardize_in_double(train, test):
    mean, std = train.double().mean(0), train.double().std(0)
    std = torch.where((train.amax(0) - train.amin(0) == 0) | std.isnan(), 1.0, std)
    return ((train.double() - mean) / std).float(), ((test.double() - mean) / std).float()


def right_standardize_numpy(train, test):
    a, b = train.numpy(), test.numpy()
    same = np.ptp(a, axis=0) == 0
    mean = np.where(same, a[0], a.mean(axis=0))
    std = np.ones_like(mean)
    if len(a) > 1:
        std[~same] = a.std(axis=0, ddof=1)[~same]
    return torch.from_numpy((a - mean) / std), torch.from_numpy((b - mean) / std)


def right_standardize_shifted(train, test):
    first = train[:1]
    a, b = train - first, test - first
    std = a.std(dim=0, keepdim=True)
    scale = torch.nan_to_num(std, nan=1.0)
    scale[scale == 0] = 1
    mean = a.mean(dim=0, keepdim=True)
    return (a - mean) / scale, (b - mean) / scale


def _constant(train):
    return (train == train[0]).all(dim=0)


def _scale(train, test, mean=None, std=None):
    constant = _constant(train)
    mean = torch.where(constant, train[0], train.mean(0) if mean is None else mean)
    if std is None:
        std = train.std(0) if len(train) > 1 else torch.ones_like(mean)
    std = torch.where(constant, 1.0, std)
    return (train - mean) / std, (test - mean) / std


@says("leaked")
def wrong_standardize_statistics_of_both(train, test):
    both = torch.cat([train, test])
    return _scale(train, test, both.mean(0), both.std(0) if len(both) > 1 else None)


@says("its own")
def wrong_standardize_test_by_itself(train, test):
    return _scale(train, test)[0], (_scale(test, test)[0] if len(test) else test)


@says("tiny number")
def wrong_standardize_epsilon(train, test):
    mean = train.mean(0)
    std = train.std(0) if len(train) > 1 else torch.ones_like(mean)
    return (train - mean) / (std + 1e-8), (test - mean) / (std + 1e-8)


def wrong_standardize_clamped(train, test):
    mean = train.mean(0)
    std = train.std(0).nan_to_num(0).clamp(min=1e-6)
    return (train - mean) / std, (test - mean) / std


def wrong_standardize_no_guard(train, test):
    mean, std = train.mean(0), train.std(0)
    return (train - mean) / std, (test - mean) / std


def wrong_standardize_nan_to_zero(train, test):
    mean, std = train.mean(0), train.std(0)
    return ((train - mean) / std).nan_to_num(0, 0, 0), ((test - mean) / std).nan_to_num(0, 0, 0)


@says("difference from the constant")
def wrong_standardize_constant_test_zero(train, test):
    a, b = _scale(train, test)
    b = torch.where(_constant(train), 0.0, b)
    return a, b


def wrong_standardize_constant_left_alone(train, test):
    a, b = _scale(train, test)
    return torch.where(_constant(train), train, a), torch.where(_constant(train), test, b)


@says("n - 1")
def wrong_standardize_population_std(train, test):
    return _scale(train, test, std=train.std(0, correction=0))


@says("variance")
def wrong_standardize_variance(train, test):
    return _scale(train, test, std=train.var(0) if len(train) > 1 else None)


@says("for all columns")
def wrong_standardize_one_mean(train, test):
    return _scale(train, test, train.mean(), train.std() if train.numel() > 1 else None)


@says("changed its input")
def wrong_standardize_in_place(train, test):
    a, b = _scale(train, test)
    return train.copy_(a), test.copy_(b)


@says("wrong order")
def wrong_standardize_swapped(train, test):
    a, b = _scale(train, test)
    return b, a


def wrong_standardize_min_max(train, test):
    low, high = train.amin(0), train.amax(0)
    scale = torch.where(high == low, 1.0, high - low)
    return (train - low) / scale, (test - low) / scale


def wrong_standardize_one_training_row(train, test):
    constant = _constant(train)
    mean = torch.where(constant, train[0], train.mean(0))
    std = train.std(0)
    if len(train) > 1:
        std = torch.where(constant, 1.0, std)
    return (train - mean) / std, (test - mean) / std


def wrong_standardize_small_counts_as_constant(train, test):
    constant = train.std(0).nan_to_num(0) < 0.01
    mean = torch.where(constant, train[0], train.mean(0))
    std = torch.where(constant, 1.0, train.std(0))
    return (train - mean) / std, (test - mean) / std


# --------------------------------------------------------------------------------------------------- stratified_split


def right_stratified_split_python(y, test_fraction, seed):
    rng = random.Random(seed)
    by_class = {}
    for i, label in enumerate(y.tolist()):
        by_class.setdefault(label, []).append(i)
    train, test = [], []
    for rows in by_class.values():
        k = round(test_fraction * len(rows))
        chosen = set(rng.sample(rows, k))
        test += [i for i in rows if i in chosen]
        train += [i for i in rows if i not in chosen]
    rng.shuffle(train)
    rng.shuffle(test)
    return torch.tensor(train, dtype=torch.long), torch.tensor(test, dtype=torch.long)


def right_stratified_split_one_permutation(y, test_fraction, seed):
    order = torch.randperm(len(y), generator=torch.Generator().manual_seed(seed))
    is_test = torch.zeros(len(y), dtype=torch.bool)
    for c in set(y.tolist()):
        rows = order[y[order] == c]
        is_test[rows[: round(test_fraction * len(rows))]] = True
    return order[~is_test[order]], order[is_test[order]]


def right_stratified_split_numpy(y, test_fraction, seed):
    rng = np.random.default_rng(seed)
    labels = y.numpy()
    test = [np.zeros(0, dtype=np.int64)]
    for c in np.unique(labels):
        rows = np.flatnonzero(labels == c)
        test.append(rng.permutation(rows)[: round(test_fraction * len(rows))])
    test = rng.permutation(np.concatenate(test))
    train = rng.permutation(np.setdiff1d(np.arange(len(labels)), test))
    return torch.from_numpy(train.astype(np.int64)), torch.from_numpy(test)


def _split(y, test_fraction, seed, count=None, shuffle=True, draw=True, generator=True):
    g = torch.Generator().manual_seed(seed) if generator else None
    permute = (lambda n: torch.randperm(n, generator=g)) if generator else torch.randperm
    parts = ([torch.zeros(0, dtype=torch.int64)], [torch.zeros(0, dtype=torch.int64)])
    for c in y.unique():
        rows = (y == c).nonzero().flatten()
        if draw:
            rows = rows[permute(len(rows))]
        k = (count or round)(test_fraction * len(rows))
        parts[0].append(rows[k:])
        parts[1].append(rows[:k])
    out = [torch.cat(p) for p in parts]
    return tuple(p[permute(len(p))] if shuffle else p for p in out)


@says("round")
def wrong_stratified_split_int(y, test_fraction, seed):
    return _split(y, test_fraction, seed, count=int)


@says("even neighbour")
def wrong_stratified_split_half_up(y, test_fraction, seed):
    return _split(y, test_fraction, seed, count=lambda v: int(v + 0.5))


def wrong_stratified_split_ceil(y, test_fraction, seed):
    return _split(y, test_fraction, seed, count=lambda v: math.ceil(v - 1e-9))


@says("each class")
def wrong_stratified_split_not_stratified(y, test_fraction, seed):
    order = torch.randperm(len(y), generator=torch.Generator().manual_seed(seed))
    k = round(test_fraction * len(y))
    return order[k:], order[:k]


@says("grouped by class")
def wrong_stratified_split_grouped(y, test_fraction, seed):
    return _split(y, test_fraction, seed, shuffle=False)


def wrong_stratified_split_sorted(y, test_fraction, seed):
    return tuple(part.sort().values for part in _split(y, test_fraction, seed))


@says("shuffle it")
def wrong_stratified_split_train_in_order(y, test_fraction, seed):
    train, test = _split(y, test_fraction, seed)
    return train.sort().values, test


@says("at random")
def wrong_stratified_split_first_rows(y, test_fraction, seed):
    return _split(y, test_fraction, seed, draw=False)


@says("random state")
def wrong_stratified_split_global_seed(y, test_fraction, seed):
    torch.manual_seed(seed)
    return _split(y, test_fraction, seed, generator=False)


@says("random state")
def wrong_stratified_split_numpy_global(y, test_fraction, seed):
    np.random.seed(seed)
    return _split(y, test_fraction, int(np.random.randint(1 << 30)))


def wrong_stratified_split_unseeded(y, test_fraction, seed):
    g = torch.Generator()
    g.seed()
    return _split(y, test_fraction, g.initial_seed() % (1 << 40))


@says("seed is not used")
def wrong_stratified_split_fixed_seed(y, test_fraction, seed):
    return _split(y, test_fraction, 42)


@says("rows are in both")
def wrong_stratified_split_leak(y, test_fraction, seed):
    train, test = _split(y, test_fraction, seed)
    return torch.cat([train, test[:2]]), test


@says("rows are in both")
def wrong_stratified_split_with_replacement(y, test_fraction, seed):
    train, test = _split(y, test_fraction, seed)
    return torch.arange(len(y))[torch.randperm(len(y), generator=torch.Generator().manual_seed(seed))], test


@says("swapped")
def wrong_stratified_split_swapped(y, test_fraction, seed):
    return _split(y, test_fraction, seed)[::-1]


@says("int64")
def wrong_stratified_split_empty_is_float(y, test_fraction, seed):
    return tuple(torch.tensor(part.tolist()) for part in _split(y, test_fraction, seed))


def wrong_stratified_split_classes_from_zero(y, test_fraction, seed):
    g = torch.Generator().manual_seed(seed)
    train, test = [], []
    for c in range(len(y.unique())):
        rows = (y == c).nonzero().flatten()
        rows = rows[torch.randperm(len(rows), generator=g)]
        k = round(test_fraction * len(rows))
        train.append(rows[k:])
        test.append(rows[:k])
    train, test = torch.cat(train), torch.cat(test)
    return train[torch.randperm(len(train), generator=g)], test[torch.randperm(len(test), generator=g)]


def wrong_stratified_split_class_of_one(y, test_fraction, seed):
    g = torch.Generator().manual_seed(seed)
    train, test = [], []
    for c in y.unique():
        rows = (y == c).nonzero().squeeze().tolist()
        k = round(test_fraction * len(rows))
        order = torch.randperm(len(rows), generator=g).tolist()
        test += [rows[i] for i in order[:k]]
        train += [rows[i] for i in order[k:]]
    train, test = torch.tensor(train, dtype=torch.int64), torch.tensor(test, dtype=torch.int64)
    return train[torch.randperm(len(train), generator=g)], test[torch.randperm(len(test), generator=g)]


def wrong_stratified_split_lists(y, test_fraction, seed):
    return tuple(part.tolist() for part in _split(y, test_fraction, seed))


def wrong_stratified_split_labels(y, test_fraction, seed):
    return tuple(y[part] for part in _split(y, test_fraction, seed))


# ------------------------------------------------------------------------------------------------------------ one_hot


def right_one_hot_scatter(labels, num_classes):
    if len(labels) and (labels.min() < 0 or labels.max() >= num_classes):
        raise ValueError("label out of range")
    return torch.zeros(len(labels), num_classes).scatter_(1, labels.unsqueeze(1), 1.0)


def right_one_hot_eye(labels, num_classes):
    if not all(0 <= label < num_classes for label in labels.tolist()):
        raise ValueError("out of range")
    return torch.eye(num_classes)[labels]


def right_one_hot_functional(labels, num_classes):
    try:
        return torch.nn.functional.one_hot(labels, num_classes).float()
    except RuntimeError as error:
        raise ValueError(str(error)) from error


def right_one_hot_loop(labels, num_classes):
    rows = torch.zeros((labels.shape[0], num_classes))
    for i, label in enumerate(labels):
        if label < 0 or label > num_classes - 1:
            raise ValueError
        rows[i, label] = 1
    return rows


def _checked(labels, num_classes):
    if ((labels < 0) | (labels >= num_classes)).any():
        raise ValueError("out of range")
    return torch.eye(num_classes)[labels]


@says("float32")
def wrong_one_hot_int(labels, num_classes):
    return _checked(labels, num_classes).long()


def wrong_one_hot_bool(labels, num_classes):
    return _checked(labels, num_classes).bool()


@says("ValueError was due")
def wrong_one_hot_runtime_error(labels, num_classes):
    return torch.nn.functional.one_hot(labels, num_classes).float()


@says("ValueError was due")
def wrong_one_hot_index_error(labels, num_classes):
    if (labels < 0).any():
        raise ValueError
    return torch.eye(num_classes)[labels]


@says("-1")
def wrong_one_hot_negative_wraps(labels, num_classes):
    if (labels >= num_classes).any():
        raise ValueError
    return torch.eye(num_classes)[labels]


def wrong_one_hot_off_by_one(labels, num_classes):
    if ((labels < 0) | (labels > num_classes)).any():
        raise ValueError
    return torch.eye(num_classes + 1)[labels][:, :num_classes]


def wrong_one_hot_ignores_bad_labels(labels, num_classes):
    return (labels[:, None] == torch.arange(num_classes)).float()


def wrong_one_hot_empty(labels, num_classes):
    if labels.min() < 0 or labels.max() >= num_classes:
        raise ValueError
    return torch.eye(num_classes)[labels]


@says("num_classes columns")
def wrong_one_hot_present_classes(labels, num_classes):
    _checked(labels, num_classes)
    size = int(labels.max()) + 1 if len(labels) else num_classes
    return torch.eye(size)[labels]


@says("swapped")
def wrong_one_hot_transposed(labels, num_classes):
    return _checked(labels, num_classes).T


def wrong_one_hot_empty_shape(labels, num_classes):
    if len(labels) == 0:
        return torch.zeros(0)
    return _checked(labels, num_classes)


# --------------------------------------------------------------------------------------------------------- load_table


def right_load_table_split(path):
    with open(path) as file:
        lines = [line.rstrip("\n").split(",") for line in file if line.strip()]
    header, rows = lines[0], lines[1:]
    if "species" not in header:
        raise ValueError("no species")

    def number(cell):
        try:
            return float(cell)
        except ValueError:
            return None

    wanted = []
    for j, name in enumerate(header):
        present = [row[j] for row in rows if row[j] not in ("", "NA")]
        if name != "species" and all(number(cell) is not None for cell in present):
            wanted.append(j)
    rows = [row for row in rows if all(row[j] not in ("", "NA") for j in wanted)]
    s = header.index("species")
    names = sorted(set(row[s] for row in rows))
    ids = {name: i for i, name in enumerate(names)}
    X = torch.tensor([[float(row[j]) for j in wanted] for row in rows])
    return X, torch.tensor([ids[row[s]] for row in rows]), names


def right_load_table_numpy(path):
    with open(path, newline="") as file:
        table = np.array(list(csv.reader(file)), dtype=object)
    header, body = table[0].tolist(), table[1:]
    label_column = header.index("species")  # ValueError where it is missing
    columns = []
    for j in range(len(header)):
        if j == label_column:
            continue
        try:
            columns.append([np.nan if cell in ("", "NA") else float(cell) for cell in body[:, j]])
        except ValueError:
            pass
    X = np.array(columns).T
    keep = ~np.isnan(X).any(axis=1)
    names, y = np.unique(body[keep, label_column].astype(str), return_inverse=True)
    return torch.from_numpy(X[keep]).float(), torch.from_numpy(y).long(), [str(n) for n in names]


def right_load_table_dictreader(path):
    from pathlib import Path

    rows = list(csv.DictReader(Path(path).read_text().splitlines()))
    if not rows or "species" not in rows[0]:
        raise ValueError("species is missing")
    features = list(rows[0])
    features.remove("species")
    for row in rows:
        for name in list(features):
            if row[name] in {"", "NA"}:
                continue
            try:
                float(row[name])
            except ValueError:
                features.remove(name)
    X, who = [], []
    for row in rows:
        cells = [row[f] for f in features]
        if "" in cells or "NA" in cells:
            continue
        X.append(list(map(float, cells)))
        who.append(row["species"])
    class_names = sorted(set(who))
    return torch.Tensor(X), torch.LongTensor([class_names.index(w) for w in who]), class_names


def _table(path, missing=("", "NA"), drop="features", order=sorted, wanted=None, label_last=False):
    with open(path, newline="") as file:
        reader = csv.DictReader(file)
        rows, columns = list(reader), list(reader.fieldnames)
    if "species" not in columns:
        raise ValueError("no species")

    def is_number(cell):
        try:
            float(cell)
        except ValueError:
            return False
        return True

    features = [c for c in columns if c != "species" and all(is_number(r[c]) for r in rows if r[c] not in missing)]
    features = wanted(features, rows) if wanted else features
    looked_at = features if drop == "features" else columns
    kept = [r for r in rows if not any(r[c] in missing for c in looked_at)] if drop else rows
    names = order({r["species"]: 0 for r in kept})
    X = torch.tensor([[float(r[c]) if r[c] not in missing else 0.0 for c in features] for r in kept])
    return X.reshape(len(kept), len(features)), torch.tensor([names.index(r["species"]) for r in kept]), names


@says("sort them")
def wrong_load_table_names_in_file_order(path):
    return _table(path, order=list)


def wrong_load_table_names_reversed(path):
    return _table(path, order=lambda names: sorted(names, reverse=True))


@says("rows here")
def wrong_load_table_drops_any_missing(path):
    return _table(path, drop="all")


@says("rows here")
def wrong_load_table_fills_zeros(path):
    return _table(path, drop=None)


def wrong_load_table_na_only(path):
    return _table(path, missing=("NA",))


def wrong_load_table_empty_only(path):
    return _table(path, missing=("",))


def wrong_load_table_first_row_decides(path):
    def wanted(features, rows):
        found = []
        for name in rows[0]:
            try:
                float(rows[0][name])
                found.append(name)
            except ValueError:
                pass
        return found
    return _table(path, wanted=wanted)


def wrong_load_table_complete_columns_only(path):
    return _table(path, wanted=lambda features, rows: [f for f in features if all(r[f] not in ("", "NA") for r in rows)])


@says("columns here")
def wrong_load_table_forgets_the_year(path):
    return _table(path, wanted=lambda features, rows: [f for f in features if f != "year" and f != "alpha"])


def wrong_load_table_decimals_only(path):
    return _table(path, wanted=lambda features, rows: [f for f in features if any("." in r[f] for r in rows)])


@says("order of the file's columns")
def wrong_load_table_sorted_features(path):
    return _table(path, wanted=lambda features, rows: sorted(features))


@says("float32")
def wrong_load_table_float64(path):
    X, y, names = _table(path)
    return X.double(), y, names


@says("names, not amounts")
def wrong_load_table_float_labels(path):
    X, y, names = _table(path)
    return X, y.float(), names


@says("not in file order")
def wrong_load_table_sorted_rows(path):
    X, y, names = _table(path)
    order = X[:, 0].argsort()
    return X[order], y[order], names


def wrong_load_table_key_error(path):
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0]["species"]
    return _table(path)


def wrong_load_table_species_first(path):
    with open(path, newline="") as file:
        header, *rows = list(csv.reader(file))
    if "species" not in header:
        raise ValueError
    names = sorted({r[0] for r in rows})
    columns = []
    for j in range(1, len(header)):
        try:
            columns.append([float("nan") if r[j] in ("", "NA") else float(r[j]) for r in rows])
        except ValueError:
            pass
    X = torch.tensor(columns).T
    keep = ~X.isnan().any(1)
    return X[keep], torch.tensor([names.index(r[0]) for r in rows])[keep], names


def wrong_load_table_text_path_only(path):
    if not isinstance(path, str):
        raise TypeError("path must be a string")
    return _table(path)


def wrong_load_table_path_object_only(path):
    with path.open():
        return _table(path)


def wrong_load_table_encodes_text(path):
    with open(path, newline="") as file:
        header, *rows = list(csv.reader(file))
    if "species" not in header:
        raise ValueError
    s = header.index("species")
    rows = [r for r in rows if "NA" not in r and "" not in r]
    names = sorted({r[s] for r in rows})
    columns = []
    for j in range(len(header)):
        if j == s:
            continue
        try:
            columns.append([float(r[j]) for r in rows])
        except ValueError:
            kinds = sorted({r[j] for r in rows})
            columns.append([float(kinds.index(r[j])) for r in rows])
    return torch.tensor(columns).T, torch.tensor([names.index(r[s]) for r in rows]), names
