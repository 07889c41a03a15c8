"""Right and wrong answers to 04_custom_datasets/loading."""

import itertools
import random

import numpy as np
import torch
import torch.nn.functional as F
from torch.utils.data import BatchSampler, DataLoader, RandomSampler, Sampler, SequentialSampler

from autograder.checks import says

# ------------------------------------------------------------------------------------------------------- make_loaders


def right_make_loaders_samplers(train_set, test_set, batch_size, seed, num_workers=0):
    generator = torch.Generator()
    generator.manual_seed(seed)
    train = DataLoader(train_set, batch_size=batch_size, sampler=RandomSampler(train_set, generator=generator), num_workers=num_workers)
    return train, DataLoader(test_set, batch_size=batch_size, sampler=SequentialSampler(test_set), num_workers=num_workers)


def right_make_loaders_dicts(train_set, test_set, batch_size, seed, num_workers=0):
    common = {"batch_size": batch_size, "num_workers": num_workers, "drop_last": False, "persistent_workers": num_workers > 0}
    train = DataLoader(train_set, shuffle=True, generator=torch.Generator().manual_seed(seed), **common)
    test = DataLoader(test_set, shuffle=False, generator=torch.Generator().manual_seed(seed), **common)
    return train, test


class _Shuffled(Sampler):
    def __init__(self, n, seed):
        self.n, self.rng = n, np.random.default_rng(seed)

    def __iter__(self):
        return iter(self.rng.permutation(self.n).tolist())

    def __len__(self):
        return self.n


def right_make_loaders_own_sampler(train_set, test_set, batch_size, seed, num_workers=0):
    order = _Shuffled(len(train_set), seed)
    train = DataLoader(train_set, batch_sampler=BatchSampler(order, batch_size, drop_last=False), num_workers=num_workers)
    return train, DataLoader(test_set, batch_size, False, num_workers=num_workers)


def right_make_loaders_seeds_globally_too(train_set, test_set, batch_size, seed, num_workers=0):
    torch.manual_seed(seed)
    g = torch.Generator().manual_seed(int(torch.randint(2**31, ())))
    return [DataLoader(train_set, batch_size, shuffle=True, generator=g, num_workers=num_workers),
            DataLoader(test_set, batch_size, num_workers=num_workers)]


def _init(worker_id):
    seed = torch.initial_seed() % 2**32
    np.random.seed(seed)
    random.seed(seed)


def right_make_loaders_every_option(train_set, test_set, batch_size, seed, num_workers=0):
    g = torch.Generator()
    g.manual_seed(seed)
    more = {"prefetch_factor": 4, "multiprocessing_context": "fork", "timeout": 5} if num_workers else {}
    train = DataLoader(train_set, batch_size=batch_size, shuffle=True, num_workers=num_workers, generator=g, worker_init_fn=_init, pin_memory=True, **more)
    return train, DataLoader(test_set, batch_size=batch_size, num_workers=num_workers, worker_init_fn=_init, **more)


def right_make_loaders_by_position(train_set, test_set, batch_size, seed, num_workers=0):
    g = torch.Generator().manual_seed(seed)
    ctx = "spawn" if num_workers else None
    return (
        DataLoader(train_set, batch_size, True, None, None, num_workers, None, False, False, 0, None, ctx, g),
        DataLoader(test_set, batch_size, False, None, None, num_workers, None, False, False, 0, None, ctx),
    )


def wrong_make_loaders_prefetch_always(train_set, test_set, batch_size, seed, num_workers=0):
    g = torch.Generator().manual_seed(seed)
    return (
        DataLoader(train_set, batch_size, shuffle=True, generator=g, num_workers=num_workers, prefetch_factor=2),
        DataLoader(test_set, batch_size, num_workers=num_workers),
    )


@says("needs num_workers > 0")
def wrong_make_loaders_persistent_always(train_set, test_set, batch_size, seed, num_workers=0):
    g = torch.Generator().manual_seed(seed)
    return (
        DataLoader(train_set, batch_size, shuffle=True, generator=g, num_workers=num_workers, persistent_workers=True),
        DataLoader(test_set, batch_size, num_workers=num_workers),
    )


@says("global random state")
def wrong_make_loaders_no_generator(train_set, test_set, batch_size, seed, num_workers=0):
    return DataLoader(train_set, batch_size, shuffle=True, num_workers=num_workers), DataLoader(test_set, batch_size, num_workers=num_workers)


@says("shift the order")
def wrong_make_loaders_global_seed(train_set, test_set, batch_size, seed, num_workers=0):
    torch.manual_seed(seed)
    return DataLoader(train_set, batch_size, shuffle=True, num_workers=num_workers), DataLoader(test_set, batch_size, num_workers=num_workers)


@says("test loader is shuffled")
def wrong_make_loaders_test_shuffled(train_set, test_set, batch_size, seed, num_workers=0):
    g = torch.Generator().manual_seed(seed)
    return (DataLoader(train_set, batch_size, shuffle=True, generator=g, num_workers=num_workers),
            DataLoader(test_set, batch_size, shuffle=True, generator=g, num_workers=num_workers))


@says("not shuffled")
def wrong_make_loaders_train_in_order(train_set, test_set, batch_size, seed, num_workers=0):
    g = torch.Generator().manual_seed(seed)
    return DataLoader(train_set, batch_size, generator=g, num_workers=num_workers), DataLoader(test_set, batch_size, num_workers=num_workers)


@says("drops the last")
def wrong_make_loaders_drop_last(train_set, test_set, batch_size, seed, num_workers=0):
    g = torch.Generator().manual_seed(seed)
    return (DataLoader(train_set, batch_size, shuffle=True, generator=g, drop_last=True, num_workers=num_workers),
            DataLoader(test_set, batch_size, num_workers=num_workers))


@says("test loader drops the last")
def wrong_make_loaders_drop_last_test(train_set, test_set, batch_size, seed, num_workers=0):
    g = torch.Generator().manual_seed(seed)
    return (DataLoader(train_set, batch_size, shuffle=True, generator=g, num_workers=num_workers),
            DataLoader(test_set, batch_size, drop_last=True, num_workers=num_workers))


@says("Every epoch has the same order")
def wrong_make_loaders_same_each_epoch(train_set, test_set, batch_size, seed, num_workers=0):
    order = torch.randperm(len(train_set), generator=torch.Generator().manual_seed(seed)).tolist()
    return DataLoader(train_set, batch_size, sampler=order, num_workers=num_workers), DataLoader(test_set, batch_size, num_workers=num_workers)


class _Reseeding(_Shuffled):
    def __init__(self, n, seed):
        self.n, self.seed = n, seed

    def __iter__(self):
        return iter(torch.randperm(self.n, generator=torch.Generator().manual_seed(self.seed)).tolist())


@says("Every epoch has the same order")
def wrong_make_loaders_reseeds_each_epoch(train_set, test_set, batch_size, seed, num_workers=0):
    return (DataLoader(train_set, batch_size, sampler=_Reseeding(len(train_set), seed), num_workers=num_workers),
            DataLoader(test_set, batch_size, num_workers=num_workers))


class _WholeBatches(_Shuffled):
    def __init__(self, n, size, seed):
        self.batches, self.rng = [list(range(i, min(i + size, n))) for i in range(0, n, size)], np.random.default_rng(seed)

    def __iter__(self):
        full, last = self.batches[:-1], self.batches[-1]
        return itertools.chain.from_iterable([full[i] for i in self.rng.permutation(len(full))] + [last])

    def __len__(self):
        return sum(map(len, self.batches))


@says("stay together")
def wrong_make_loaders_shuffles_batches(train_set, test_set, batch_size, seed, num_workers=0):
    return (DataLoader(train_set, batch_size, sampler=_WholeBatches(len(train_set), batch_size, seed)), DataLoader(test_set, batch_size))


@says("is the seed used")
def wrong_make_loaders_constant_seed(train_set, test_set, batch_size, seed, num_workers=0):
    g = torch.Generator().manual_seed(42)
    return DataLoader(train_set, batch_size, shuffle=True, generator=g), DataLoader(test_set, batch_size)


@says("change with num_workers")
def wrong_make_loaders_seed_by_workers(train_set, test_set, batch_size, seed, num_workers=0):
    g = torch.Generator().manual_seed(seed + num_workers)
    return (DataLoader(train_set, batch_size, shuffle=True, generator=g, num_workers=num_workers),
            DataLoader(test_set, batch_size, num_workers=num_workers))


@says("not handed to the loaders")
def wrong_make_loaders_ignores_workers(train_set, test_set, batch_size, seed, num_workers=0):
    g = torch.Generator().manual_seed(seed)
    return DataLoader(train_set, batch_size, shuffle=True, generator=g), DataLoader(test_set, batch_size)


def wrong_make_loaders_splits_batches_over_workers(train_set, test_set, batch_size, seed, num_workers=0):
    g = torch.Generator().manual_seed(seed)
    return (DataLoader(train_set, max(1, batch_size // max(1, num_workers)), shuffle=True, generator=g), DataLoader(test_set, batch_size))


def wrong_make_loaders_train_twice(train_set, test_set, batch_size, seed, num_workers=0):
    g = torch.Generator().manual_seed(seed)
    return DataLoader(train_set, batch_size, shuffle=True, generator=g), DataLoader(train_set, batch_size)


def wrong_make_loaders_swapped(train_set, test_set, batch_size, seed, num_workers=0):
    g = torch.Generator().manual_seed(seed)
    return DataLoader(test_set, batch_size), DataLoader(train_set, batch_size, shuffle=True, generator=g)


def wrong_make_loaders_test_in_one_batch(train_set, test_set, batch_size, seed, num_workers=0):
    g = torch.Generator().manual_seed(seed)
    return DataLoader(train_set, batch_size, shuffle=True, generator=g), DataLoader(test_set, len(test_set))


def wrong_make_loaders_with_replacement(train_set, test_set, batch_size, seed, num_workers=0):
    sampler = RandomSampler(train_set, replacement=True, generator=torch.Generator().manual_seed(seed))
    return DataLoader(train_set, batch_size, sampler=sampler), DataLoader(test_set, batch_size)


@says("DataLoader objects")
def wrong_make_loaders_lists(train_set, test_set, batch_size, seed, num_workers=0):
    g = torch.Generator().manual_seed(seed)
    return list(DataLoader(train_set, batch_size, shuffle=True, generator=g)), list(DataLoader(test_set, batch_size))


@says("pair of loaders")
def wrong_make_loaders_dict(train_set, test_set, batch_size, seed, num_workers=0):
    return {"train": DataLoader(train_set, batch_size, shuffle=True), "test": DataLoader(test_set, batch_size)}


# ------------------------------------------------------------------------------------------------------ class_weights


def right_class_weights_loop(labels, num_classes):
    counts = [int((labels == c).sum()) for c in range(num_classes)]
    inverse = [1 / c if c else 0.0 for c in counts]
    present = sum(c > 0 for c in counts)
    scale = present / sum(inverse) if present else 0.0
    return torch.tensor([value * scale for value in inverse], dtype=torch.float32)


def right_class_weights_unique(labels, num_classes):
    out = torch.zeros(num_classes)
    classes, counts = labels.unique(return_counts=True)
    if len(classes):
        out[classes] = counts.reciprocal() / counts.reciprocal().mean()
    return out


def right_class_weights_numpy(labels, num_classes):
    counts = np.bincount(labels.numpy(), minlength=num_classes)
    inverse = np.divide(1.0, counts, out=np.zeros(num_classes), where=counts > 0)
    n = np.count_nonzero(counts)
    return torch.from_numpy(inverse * n / inverse.sum() if n else inverse).float()


def right_class_weights_one_hot(labels, num_classes):
    frequency = F.one_hot(labels, num_classes).float().sum(0) / max(1, len(labels))
    weights = torch.nan_to_num(1 / frequency, posinf=0.0)
    return weights / (weights[weights > 0].mean() if (weights > 0).any() else 1)


@says("not yet scaled")
def wrong_class_weights_inverse_counts(labels, num_classes):
    counts = torch.bincount(labels, minlength=num_classes)
    return torch.where(counts > 0, 1 / counts.clamp(min=1), 0.0)


@says("sum to 1")
def wrong_class_weights_sum_one(labels, num_classes):
    counts = torch.bincount(labels, minlength=num_classes)
    weights = torch.where(counts > 0, 1 / counts.clamp(min=1), 0.0)
    return weights / weights.sum().clamp(min=1e-12)


@says("mean over all classes")
def wrong_class_weights_mean_over_all(labels, num_classes):
    counts = torch.bincount(labels, minlength=num_classes)
    weights = torch.where(counts > 0, 1 / counts.clamp(min=1), 0.0)
    return weights / weights.mean().clamp(min=1e-12)


@says("Frequent classes weigh more")
def wrong_class_weights_frequency(labels, num_classes):
    counts = torch.bincount(labels, minlength=num_classes).float()
    return counts / counts[counts > 0].mean() if len(labels) else counts


@says("n / (classes * count)")
def wrong_class_weights_sklearn_balanced(labels, num_classes):
    counts = torch.bincount(labels, minlength=num_classes)
    return torch.where(counts > 0, len(labels) / (num_classes * counts.clamp(min=1)), 0.0)


@says("inf")
def wrong_class_weights_inf(labels, num_classes):
    weights = 1 / torch.bincount(labels, minlength=num_classes)
    return weights / weights[torch.isfinite(weights)].mean()


@says("missing at the end")
def wrong_class_weights_no_minlength(labels, num_classes):
    counts = torch.bincount(labels)
    weights = torch.where(counts > 0, 1 / counts.clamp(min=1), 0.0)
    return weights / weights[weights > 0].mean()


@says("nan")
def wrong_class_weights_empty_nan(labels, num_classes):
    counts = torch.bincount(labels, minlength=num_classes)
    weights = torch.where(counts > 0, 1 / counts.clamp(min=1), 0.0)
    return weights / weights[weights > 0].mean()


@says("as if they occurred once")
def wrong_class_weights_clamped(labels, num_classes):
    weights = 1 / torch.bincount(labels, minlength=num_classes).clamp(min=1)
    return weights / weights.mean()


@says("Absent classes have weight 1")
def wrong_class_weights_absent_one(labels, num_classes):
    counts = torch.bincount(labels, minlength=num_classes)
    weights = torch.where(counts > 0, 1 / counts.clamp(min=1), 0.0)
    if len(labels):
        weights = weights / weights[weights > 0].mean()
    return torch.where(counts > 0, weights, 1.0)


@says("one minus")
def wrong_class_weights_one_minus(labels, num_classes):
    counts = torch.bincount(labels, minlength=num_classes).float()
    weights = torch.where(counts > 0, 1 - counts / max(1, len(labels)), 0.0)
    return weights / weights[counts > 0].mean() if len(labels) else weights


def wrong_class_weights_float64(labels, num_classes):
    counts = torch.bincount(labels, minlength=num_classes).double()
    weights = torch.where(counts > 0, 1 / counts.clamp(min=1), 0.0)
    return weights / weights[weights > 0].mean() if len(labels) else weights


def wrong_class_weights_list(labels, num_classes):
    counts = torch.bincount(labels, minlength=num_classes)
    weights = torch.where(counts > 0, 1 / counts.clamp(min=1), 0.0)
    return (weights / weights[weights > 0].mean() if len(labels) else weights).tolist()


def wrong_class_weights_per_sample(labels, num_classes):
    counts = torch.bincount(labels, minlength=num_classes)
    weights = torch.where(counts > 0, 1 / counts.clamp(min=1), 0.0)
    return (weights / weights[weights > 0].mean() if len(labels) else weights)[labels]


@says("largest of 1")
def wrong_class_weights_max_one(labels, num_classes):
    counts = torch.bincount(labels, minlength=num_classes)
    weights = torch.where(counts > 0, 1 / counts.clamp(min=1), 0.0)
    return weights / weights.max() if len(labels) else weights


def wrong_class_weights_square_root(labels, num_classes):
    counts = torch.bincount(labels, minlength=num_classes)
    weights = torch.where(counts > 0, counts.clamp(min=1) ** -0.5, 0.0)
    return weights / weights[weights > 0].mean() if len(labels) else weights


# -------------------------------------------------------------------------------------------------------- pad_collate


def right_pad_collate_f_pad(batch):
    height, width = max(x.shape[-2] for x, _ in batch), max(x.shape[-1] for x, _ in batch)
    pictures = [F.pad(x, (0, width - x.shape[-1], 0, height - x.shape[-2])) for x, _ in batch]
    return torch.stack(pictures), torch.LongTensor([label for _, label in batch])


def right_pad_collate_zeros(batch):
    shapes = torch.tensor([x.shape for x, _ in batch])
    c, h, w = shapes.max(dim=0).values.tolist()
    out = torch.zeros(len(batch), c, h, w)
    labels = torch.empty(len(batch), dtype=torch.long)
    for i, (x, label) in enumerate(batch):
        out[i, :, : x.size(1), : x.size(2)].copy_(x)
        labels[i] = label
    return out, labels


def right_pad_collate_pad_sequence(batch):
    width = max(x.shape[2] for x, _ in batch)
    rows = [F.pad(x, (0, width - x.shape[2])).transpose(0, 1) for x, _ in batch]
    pictures = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True).transpose(1, 2)
    return [pictures, torch.as_tensor([label for _, label in batch])]


@says("centred")
def wrong_pad_collate_centred(batch):
    h, w = max(x.shape[1] for x, _ in batch), max(x.shape[2] for x, _ in batch)
    out = torch.zeros(len(batch), batch[0][0].shape[0], h, w)
    for o, (x, _) in zip(out, batch):
        top, left = (h - x.shape[1]) // 2, (w - x.shape[2]) // 2
        o[:, top : top + x.shape[1], left : left + x.shape[2]] = x
    return out, torch.tensor([label for _, label in batch])


@says("zeros are left of the pictures and above")
def wrong_pad_collate_top_left(batch):
    h, w = max(x.shape[1] for x, _ in batch), max(x.shape[2] for x, _ in batch)
    return torch.stack([F.pad(x, (w - x.shape[2], 0, h - x.shape[1], 0)) for x, _ in batch]), torch.tensor([label for _, label in batch])


@says("equal size")
def wrong_pad_collate_stacks(batch):
    return torch.stack([x for x, _ in batch]), torch.tensor([label for _, label in batch])


def wrong_pad_collate_width_only(batch):
    w = max(x.shape[2] for x, _ in batch)
    return torch.stack([F.pad(x, (0, w - x.shape[2])) for x, _ in batch]), torch.tensor([label for _, label in batch])


@says("square")
def wrong_pad_collate_square(batch):
    side = max(max(x.shape[1:]) for x, _ in batch)
    return (torch.stack([F.pad(x, (0, side - x.shape[2], 0, side - x.shape[1])) for x, _ in batch]), torch.tensor([label for _, label in batch]))


def wrong_pad_collate_largest_area(batch):
    h, w = max((x.shape[1:] for x, _ in batch), key=lambda s: s[0] * s[1])
    return (torch.stack([F.pad(x, (0, w - x.shape[2], 0, h - x.shape[1])) for x, _ in batch]), torch.tensor([label for _, label in batch]))


def wrong_pad_collate_resizes(batch):
    h, w = max(x.shape[1] for x, _ in batch), max(x.shape[2] for x, _ in batch)
    return torch.stack([F.interpolate(x[None], size=(h, w))[0] for x, _ in batch]), torch.tensor([label for _, label in batch])


@says("not 0")
def wrong_pad_collate_ones(batch):
    h, w = max(x.shape[1] for x, _ in batch), max(x.shape[2] for x, _ in batch)
    return (torch.stack([F.pad(x, (0, w - x.shape[2], 0, h - x.shape[1]), value=1.0) for x, _ in batch]),
            torch.tensor([label for _, label in batch]))


@says("int64")
def wrong_pad_collate_float_labels(batch):
    h, w = max(x.shape[1] for x, _ in batch), max(x.shape[2] for x, _ in batch)
    return (torch.stack([F.pad(x, (0, w - x.shape[2], 0, h - x.shape[1])) for x, _ in batch]), torch.Tensor([label for _, label in batch]))


def wrong_pad_collate_list_labels(batch):
    h, w = max(x.shape[1] for x, _ in batch), max(x.shape[2] for x, _ in batch)
    return torch.stack([F.pad(x, (0, w - x.shape[2], 0, h - x.shape[1])) for x, _ in batch]), [label for _, label in batch]


@says("still a list")
def wrong_pad_collate_list_of_pictures(batch):
    h, w = max(x.shape[1] for x, _ in batch), max(x.shape[2] for x, _ in batch)
    return [F.pad(x, (0, w - x.shape[2], 0, h - x.shape[1])) for x, _ in batch], torch.tensor([label for _, label in batch])


def wrong_pad_collate_sorts(batch):
    batch = sorted(batch, key=lambda pair: -pair[0].numel())
    h, w = max(x.shape[1] for x, _ in batch), max(x.shape[2] for x, _ in batch)
    return torch.stack([F.pad(x, (0, w - x.shape[2], 0, h - x.shape[1])) for x, _ in batch]), torch.tensor([label for _, label in batch])


def wrong_pad_collate_three_channels(batch):
    h, w = max(x.shape[1] for x, _ in batch), max(x.shape[2] for x, _ in batch)
    out = torch.zeros(len(batch), 3, h, w)
    for o, (x, _) in zip(out, batch):
        o[:, : x.shape[1], : x.shape[2]] = x
    return out, torch.tensor([label for _, label in batch])


def wrong_pad_collate_drops_batch_of_one(batch):
    h, w = max(x.shape[1] for x, _ in batch), max(x.shape[2] for x, _ in batch)
    return (torch.stack([F.pad(x, (0, w - x.shape[2], 0, h - x.shape[1])) for x, _ in batch]).squeeze(0),
            torch.tensor([label for _, label in batch]))


def wrong_pad_collate_in_place(batch):
    h, w = max(x.shape[1] for x, _ in batch), max(x.shape[2] for x, _ in batch)
    out = torch.stack([F.pad(x, (0, w - x.shape[2], 0, h - x.shape[1])) for x, _ in batch])
    for x, _ in batch:
        x.zero_()
    return out, torch.tensor([label for _, label in batch])


def wrong_pad_collate_fixed_size(batch):
    return (torch.stack([F.pad(x, (0, 9 - x.shape[2], 0, 9 - x.shape[1])) for x, _ in batch]), torch.tensor([label for _, label in batch]))
