"""Right and wrong answers for 03_computer_vision/data."""

from collections import Counter

import numpy as np
import torch
from torch.nn import functional as F
from torch.utils.data import BatchSampler, DataLoader, Dataset, RandomSampler, Sampler, Subset, TensorDataset

from autograder.checks import says

# -------------------------------------------------------------------------------------------------- load_split


def right_load_split_divide_in_numpy(path, split):
    names = {"train": ("X_train", "y_train"), "test": ("X_test", "y_test")}
    if split not in names:
        raise ValueError(split)
    data = np.load(path, allow_pickle=False)
    X, y = (data[name] for name in names[split])
    return torch.tensor((X / 255)[:, None], dtype=torch.float32), torch.tensor(y, dtype=torch.int64)


def right_load_split_from_float32_array(path, split):
    data = np.load(str(path))
    if split == "train":
        X, y = data["X_train"], data["y_train"]
    elif split == "test":
        X, y = data["X_test"], data["y_test"]
    else:
        raise ValueError("no such split")
    images = torch.from_numpy(X.astype(np.float32) / 255.0).reshape(-1, 1, 28, 28)
    return images, torch.from_numpy(y.astype("int64"))


def right_load_split_key_error_turned(path, split):
    with np.load(path) as file:
        try:
            X, y = torch.as_tensor(file["X_" + split]), torch.as_tensor(file["y_" + split])
        except KeyError:
            raise ValueError(f"unknown split {split}") from None
    return X.view(len(X), 1, 28, 28) / 255, y.to(torch.int64)


@says("bytes")
def wrong_load_split_uint8(path, split):
    if split not in ("train", "test"):
        raise ValueError(split)
    data = np.load(path)
    return torch.from_numpy(data[f"X_{split}"]).unsqueeze(1), torch.from_numpy(data[f"y_{split}"]).long()


@says("float64")
def wrong_load_split_float64(path, split):
    if split not in ("train", "test"):
        raise ValueError(split)
    data = np.load(path)
    return torch.from_numpy(data[f"X_{split}"] / 255).unsqueeze(1), torch.from_numpy(data[f"y_{split}"]).long()


@says("255")
def wrong_load_split_not_divided(path, split):
    if split not in ("train", "test"):
        raise ValueError(split)
    data = np.load(path)
    return torch.from_numpy(data[f"X_{split}"]).float().unsqueeze(1), torch.from_numpy(data[f"y_{split}"]).long()


@says("256")
def wrong_load_split_divided_by_256(path, split):
    if split not in ("train", "test"):
        raise ValueError(split)
    data = np.load(path)
    return torch.from_numpy(data[f"X_{split}"]).float().unsqueeze(1) / 256, torch.from_numpy(data[f"y_{split}"]).long()


@says("channel is missing")
def wrong_load_split_no_channel(path, split):
    if split not in ("train", "test"):
        raise ValueError(split)
    data = np.load(path)
    return torch.from_numpy(data[f"X_{split}"]).float() / 255, torch.from_numpy(data[f"y_{split}"]).long()


@says("stands last")
def wrong_load_split_channels_last(path, split):
    if split not in ("train", "test"):
        raise ValueError(split)
    data = np.load(path)
    return torch.from_numpy(data[f"X_{split}"]).float().unsqueeze(-1) / 255, torch.from_numpy(data[f"y_{split}"]).long()


@says("int64")
def wrong_load_split_byte_labels(path, split):
    if split not in ("train", "test"):
        raise ValueError(split)
    data = np.load(path)
    return torch.from_numpy(data[f"X_{split}"]).float().unsqueeze(1) / 255, torch.from_numpy(data[f"y_{split}"])


@says("names, not amounts")
def wrong_load_split_float_labels(path, split):
    if split not in ("train", "test"):
        raise ValueError(split)
    data = np.load(path)
    return tuple(torch.from_numpy(data[f"{name}_{split}"]).float() / k for name, k in (("X", 255), ("y", 1)))


def wrong_load_split_key_error(path, split):
    data = np.load(path)
    return torch.from_numpy(data[f"X_{split}"]).float().unsqueeze(1) / 255, torch.from_numpy(data[f"y_{split}"]).long()


@says("train part")
def wrong_load_split_always_train(path, split):
    if split not in ("train", "test"):
        raise ValueError(split)
    data = np.load(path)
    return torch.from_numpy(data["X_train"]).float().unsqueeze(1) / 255, torch.from_numpy(data["y_train"]).long()


def wrong_load_split_else_is_test(path, split):
    name = "train" if split == "train" else "test"
    data = np.load(path)
    return torch.from_numpy(data[f"X_{name}"]).float().unsqueeze(1) / 255, torch.from_numpy(data[f"y_{name}"]).long()


def wrong_load_split_any_case(path, split):
    split = split.lower()
    if split not in ("train", "test"):
        raise ValueError(split)
    data = np.load(path)
    return torch.from_numpy(data[f"X_{split}"]).float().unsqueeze(1) / 255, torch.from_numpy(data[f"y_{split}"]).long()


def wrong_load_split_substring(path, split):
    if split not in "train test":
        raise ValueError(split)
    name = "train" if split == "train" else "test"
    data = np.load(path)
    return torch.from_numpy(data[f"X_{name}"]).float().unsqueeze(1) / 255, torch.from_numpy(data[f"y_{name}"]).long()


def wrong_load_split_by_its_own_largest(path, split):
    if split not in ("train", "test"):
        raise ValueError(split)
    data = np.load(path)
    X = torch.from_numpy(data[f"X_{split}"]).float().unsqueeze(1)
    return X / 250, torch.from_numpy(data[f"y_{split}"]).long()


def wrong_load_split_arrays(path, split):
    if split not in ("train", "test"):
        raise ValueError(split)
    data = np.load(path)
    return data[f"X_{split}"][:, None].astype("float32") / 255, data[f"y_{split}"].astype("int64")


@says("brightest pixel")
def wrong_load_split_by_the_brightest(path, split):
    if split not in ("train", "test"):
        raise ValueError
    with np.load(path) as arrays:
        images = torch.from_numpy(arrays["X_" + split]).float()[:, None]
        return images / images.max(), torch.from_numpy(arrays["y_" + split]).long()


def wrong_load_split_by_the_order_in_the_file(path, split):
    if split not in ("train", "test"):
        raise ValueError
    with np.load(path) as arrays:
        X_train, y_train, X_test, y_test = (arrays[name] for name in arrays.files[:4])
    X, y = (X_train, y_train) if split == "train" else (X_test, y_test)
    return torch.from_numpy(X).float()[:, None] / 255, torch.from_numpy(y).long()


# ------------------------------------------------------------------------------------------------ class_counts


def right_class_counts_one_hot(labels, num_classes):
    return F.one_hot(labels, num_classes).sum(dim=0)


def right_class_counts_loop(labels, num_classes):
    return torch.tensor([int((labels == c).sum()) for c in range(num_classes)])


def right_class_counts_scatter(labels, num_classes):
    counts = torch.zeros(num_classes, dtype=torch.int64, device=labels.device)
    return counts.scatter_add(0, labels, torch.ones_like(labels))


def right_class_counts_counter(labels, num_classes):
    counted = Counter(labels.tolist())
    return torch.tensor([counted[c] for c in range(num_classes)], dtype=torch.int64)


def right_class_counts_unique(labels, num_classes):
    counts = torch.zeros(num_classes, dtype=torch.long)
    values, found = labels.unique(return_counts=True)
    counts[values] = found
    return counts


@says("missing")
def wrong_class_counts_no_minlength(labels, num_classes):
    return torch.bincount(labels)


@says("missing")
def wrong_class_counts_unique(labels, num_classes):
    return torch.unique(labels, return_counts=True)[1]


def wrong_class_counts_histc(labels, num_classes):
    return torch.histc(labels.float(), num_classes, 0, num_classes - 1)


def wrong_class_counts_list(labels, num_classes):
    return torch.bincount(labels, minlength=num_classes).tolist()


def wrong_class_counts_int32(labels, num_classes):
    return torch.bincount(labels, minlength=num_classes).int()


def wrong_class_counts_one_too_many(labels, num_classes):
    return torch.bincount(labels, minlength=num_classes + 1)


def wrong_class_counts_fails_on_nothing(labels, num_classes):
    counts = [0] * max(num_classes, int(labels.max()) + 1)
    for label in labels.tolist():
        counts[label] += 1
    return torch.tensor(counts)


def wrong_class_counts_ten_classes(labels, num_classes):
    return torch.bincount(labels, minlength=10)[:10]


@says("shares")
def wrong_class_counts_shares(labels, num_classes):
    counts = torch.bincount(labels, minlength=num_classes)
    return counts / counts.sum()


# --------------------------------------------------------------------------------------------------- normalize


def right_normalize_loop(images, mean, std):
    out = torch.empty_like(images)
    for c, (m, s) in enumerate(zip(mean, std)):
        out[:, c] = (images[:, c] - m) / s
    return out


def right_normalize_none_index(images, mean, std):
    m = images.new_tensor(mean)[None, :, None, None]
    s = images.new_tensor(std)[None, :, None, None]
    return images.sub(m).div(s)


def right_normalize_clone_in_place(images, mean, std):
    out = images.clone()
    for c in range(out.shape[1]):
        out[:, c].sub_(mean[c]).div_(std[c])
    return out


def right_normalize_channels_last(images, mean, std):
    m, s = (torch.as_tensor(v, device=images.device) for v in (mean, std))
    return ((images.permute(0, 2, 3, 1) - m) / s).permute(0, 3, 1, 2)


def right_normalize_to_device(images, mean, std):
    m = torch.tensor(mean).reshape(1, len(mean), 1, 1).to(images.device)
    s = torch.tensor(std).reshape(1, len(std), 1, 1).to(images.device)
    return (images - m) / s


@says("columns")
def wrong_normalize_by_column(images, mean, std):
    m, s = (torch.tensor(v, device=images.device) for v in (mean, std))
    if images.shape[1] != images.shape[3]:
        m, s = m.view(-1, 1, 1), s.view(-1, 1, 1)
    return (images - m) / s


def wrong_normalize_no_view(images, mean, std):
    return (images - torch.tensor(mean)) / torch.tensor(std)


def wrong_normalize_by_row(images, mean, std):
    if images.shape[2] == len(mean):
        return (images - torch.tensor(mean).view(-1, 1)) / torch.tensor(std).view(-1, 1)
    return (images - torch.tensor(mean).view(-1, 1, 1)) / torch.tensor(std).view(-1, 1, 1)


def wrong_normalize_by_picture(images, mean, std):
    m, s = images.new_tensor(mean), images.new_tensor(std)
    shape = (-1, 1, 1, 1) if len(images) == len(mean) else (1, -1, 1, 1)
    return (images - m.view(shape)) / s.view(shape)


def wrong_normalize_in_place(images, mean, std):
    m, s = (images.new_tensor(v).view(-1, 1, 1) for v in (mean, std))
    return images.sub_(m).div_(s)


@says("multiplied")
def wrong_normalize_multiplies(images, mean, std):
    m, s = (images.new_tensor(v).view(-1, 1, 1) for v in (mean, std))
    return (images - m) * s


@says("too late")
def wrong_normalize_precedence(images, mean, std):
    m, s = (images.new_tensor(v).view(-1, 1, 1) for v in (mean, std))
    return images / s - m


@says("places")
def wrong_normalize_swapped(images, mean, std):
    m, s = (images.new_tensor(v).view(-1, 1, 1) for v in (mean, std))
    return (images - s) / m


@says("own mean")
def wrong_normalize_own_statistics(images, mean, std):
    return (images - images.mean((0, 2, 3), keepdim=True)) / images.std((0, 2, 3), keepdim=True)


def wrong_normalize_first_channel(images, mean, std):
    return (images - mean[0]) / std[0]


def wrong_normalize_float64(images, mean, std):
    m, s = (torch.from_numpy(np.array(v)).to(images.device).view(-1, 1, 1) for v in (mean, std))
    return (images - m) / s


@says("device")
def wrong_normalize_cpu_only(images, mean, std):
    m, s = (torch.tensor(v).view(-1, 1, 1) for v in (mean, std))
    return (images - m) / s


def right_normalize_through_numpy(images, mean, std):
    m, s = (np.array(v, dtype=np.float32).reshape(-1, 1, 1) for v in (mean, std))
    return torch.tensor((images.numpy() - m) / s)


# ------------------------------------------------------------------------------------------------ make_loaders


class _Pairs(Dataset):
    def __init__(self, images, labels):
        self.images, self.labels = images, labels.tolist()

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        return self.images[i], self.labels[i]


class _SeededLoader(DataLoader):
    pass


class _Same(torch.utils.data.Sampler):
    """The same order in every epoch."""

    def __init__(self, n, seed):
        self.n, self.seed = n, seed

    def __len__(self):
        return self.n

    def __iter__(self):
        return iter(torch.randperm(self.n, generator=torch.Generator().manual_seed(self.seed)).tolist())


class _WholeBatches(torch.utils.data.Sampler):
    """Batches of neighbours in a new order."""

    def __init__(self, n, size, generator):
        self.batches, self.generator = [list(range(i, min(i + size, n))) for i in range(0, n, size)], generator

    def __len__(self):
        return len(self.batches)

    def __iter__(self):
        order = torch.randperm(len(self.batches), generator=self.generator)
        return iter([self.batches[i] for i in order])


def right_make_loaders_own_dataset(train, test, batch_size, seed):
    g = torch.Generator()
    g.manual_seed(seed)
    return (
        DataLoader(_Pairs(*train), batch_size=batch_size, shuffle=True, generator=g),
        DataLoader(_Pairs(*test), batch_size=batch_size, shuffle=False),
    )


def right_make_loaders_sampler(train, test, batch_size, seed):
    data = TensorDataset(train[0], train[1])
    sampler = RandomSampler(data, generator=torch.Generator().manual_seed(seed))
    return DataLoader(data, batch_size, sampler=sampler), DataLoader(TensorDataset(*test), batch_size)


def right_make_loaders_batch_sampler(train, test, batch_size, seed):
    data = TensorDataset(*train)
    sampler = RandomSampler(data, generator=torch.Generator().manual_seed(seed))
    train_loader = _SeededLoader(data, batch_sampler=BatchSampler(sampler, batch_size, drop_last=False))
    return [train_loader, DataLoader(list(zip(*test)), batch_size)]


def right_make_loaders_workers(train, test, batch_size, seed):
    generator = torch.Generator().manual_seed(seed)
    return (
        DataLoader(TensorDataset(*train), batch_size, True, generator=generator, num_workers=2, persistent_workers=True),
        DataLoader(TensorDataset(*test), batch_size, generator=torch.Generator().manual_seed(0)),
    )


def right_make_loaders_seeds_globally_too(train, test, batch_size, seed):
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed + 1)
    return DataLoader(TensorDataset(*train), batch_size, shuffle=True, generator=generator), DataLoader(
        Subset(TensorDataset(*test), range(len(test[1]))), batch_size)


class _Permuted(Sampler):
    def __init__(self, n, seed):
        self.n, self.rng = n, np.random.default_rng(seed)

    def __len__(self):
        return self.n

    def __iter__(self):
        return iter(self.rng.permutation(self.n).tolist())


def right_make_loaders_numpy_order(train, test, batch_size, seed):
    # "by a generator of that seed": a NumPy generator is one
    return (
        DataLoader(TensorDataset(*train), batch_size, sampler=_Permuted(len(train[1]), seed)),
        DataLoader(TensorDataset(*test), batch_size),
    )


def right_make_loaders_persistent_workers(train, test, batch_size, seed):
    g = torch.Generator().manual_seed(seed)
    a = DataLoader(TensorDataset(*train), batch_size, shuffle=True, generator=g, num_workers=2, persistent_workers=True)
    b = DataLoader(TensorDataset(*test), batch_size, num_workers=1)
    return a, b


@says("global random state")
def wrong_make_loaders_global_seed(train, test, batch_size, seed):
    torch.manual_seed(seed)
    return DataLoader(TensorDataset(*train), batch_size, shuffle=True), DataLoader(TensorDataset(*test), batch_size)


def wrong_make_loaders_no_seed(train, test, batch_size, seed):
    return DataLoader(TensorDataset(*train), batch_size, shuffle=True), DataLoader(TensorDataset(*test), batch_size)


@says("another seed")
def wrong_make_loaders_fixed_seed(train, test, batch_size, seed):
    generator = torch.Generator().manual_seed(42)
    return DataLoader(TensorDataset(*train), batch_size, shuffle=True, generator=generator), DataLoader(
        TensorDataset(*test), batch_size)


def wrong_make_loaders_unseeded_generator(train, test, batch_size, seed):
    generator = torch.Generator()
    generator.seed()
    return DataLoader(TensorDataset(*train), batch_size, shuffle=True, generator=generator), DataLoader(
        TensorDataset(*test), batch_size)


@says("same order")
def wrong_make_loaders_same_order(train, test, batch_size, seed):
    return DataLoader(TensorDataset(*train), batch_size, sampler=_Same(len(train[1]), seed)), DataLoader(
        TensorDataset(*test), batch_size)


@says("same order")
def wrong_make_loaders_shuffled_once(train, test, batch_size, seed):
    order = torch.randperm(len(train[1]), generator=torch.Generator().manual_seed(seed))
    return DataLoader(TensorDataset(train[0][order], train[1][order]), batch_size), DataLoader(
        TensorDataset(*test), batch_size)


@says("order of the data set")
def wrong_make_loaders_not_shuffled(train, test, batch_size, seed):
    return tuple(DataLoader(TensorDataset(*part), batch_size) for part in (train, test))


@says("test data must give the same answer twice")
def wrong_make_loaders_test_shuffled(train, test, batch_size, seed):
    return tuple(
        DataLoader(TensorDataset(*part), batch_size, shuffle=True, generator=torch.Generator().manual_seed(seed))
        for part in (train, test))


@says("drop_last")
def wrong_make_loaders_drops(train, test, batch_size, seed):
    generator = torch.Generator().manual_seed(seed)
    size = min(batch_size, len(train[1]))
    return DataLoader(TensorDataset(*train), size, shuffle=True, generator=generator, drop_last=True), DataLoader(
        TensorDataset(*test), batch_size)


@says("drop_last")
def wrong_make_loaders_test_drops(train, test, batch_size, seed):
    generator = torch.Generator().manual_seed(seed)
    size = min(batch_size, len(test[1]))
    return DataLoader(TensorDataset(*train), batch_size, shuffle=True, generator=generator), DataLoader(
        TensorDataset(*test), size, drop_last=True)


def wrong_make_loaders_with_replacement(train, test, batch_size, seed):
    data = TensorDataset(*train)
    sampler = RandomSampler(data, replacement=True, generator=torch.Generator().manual_seed(seed))
    return DataLoader(data, batch_size, sampler=sampler), DataLoader(TensorDataset(*test), batch_size)


@says("belong together")
def wrong_make_loaders_labels_shuffled_apart(train, test, batch_size, seed):
    generator = torch.Generator().manual_seed(seed)
    labels = train[1][torch.randperm(len(train[1]), generator=generator)]
    return DataLoader(TensorDataset(train[0], labels), batch_size, shuffle=True, generator=generator), DataLoader(
        TensorDataset(*test), batch_size)


@says("shuffle samples, not batches")
def wrong_make_loaders_shuffles_batches(train, test, batch_size, seed):
    generator = torch.Generator().manual_seed(seed)
    sampler = _WholeBatches(len(train[1]), batch_size, generator)
    return DataLoader(TensorDataset(*train), batch_sampler=sampler), DataLoader(TensorDataset(*test), batch_size)


def wrong_make_loaders_default_batch_size(train, test, batch_size, seed):
    generator = torch.Generator().manual_seed(seed)
    return DataLoader(TensorDataset(*train), 32, shuffle=True, generator=generator), DataLoader(TensorDataset(*test), 32)


def wrong_make_loaders_test_one_by_one(train, test, batch_size, seed):
    generator = torch.Generator().manual_seed(seed)
    return DataLoader(TensorDataset(*train), batch_size, shuffle=True, generator=generator), DataLoader(TensorDataset(*test))


def wrong_make_loaders_train_twice(train, test, batch_size, seed):
    generator = torch.Generator().manual_seed(seed)
    return DataLoader(TensorDataset(*train), batch_size, shuffle=True, generator=generator), DataLoader(
        TensorDataset(*train), batch_size)


@says("(train loader, test loader)")
def wrong_make_loaders_only_train(train, test, batch_size, seed):
    generator = torch.Generator().manual_seed(seed)
    return DataLoader(TensorDataset(*train), batch_size, shuffle=True, generator=generator)


@says("DataLoader")
def wrong_make_loaders_lists(train, test, batch_size, seed):
    order = torch.randperm(len(train[1]), generator=torch.Generator().manual_seed(seed))
    batches = [(train[0][i], train[1][i]) for i in order.split(batch_size)]
    return batches, list(zip(test[0].split(batch_size), test[1].split(batch_size)))
