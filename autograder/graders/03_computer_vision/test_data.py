"""Hidden checks of 03_computer_vision/data."""

import numpy as np
import torch

from autograder.calibrate import sibling
from autograder.checks import assert_close, assert_equal, check, expect, fail, in_worker, raises

PretendDevice = sibling(__file__, "pretend_device.py").PretendDevice

BYTES = "The pixels are still bytes (uint8): convert with .float() and divide by 255."
DOUBLE = "NumPy arithmetic made float64 of the pixels; model weights are float32: add .float()."
CHANNEL = "The channel is missing: layers want (N, 1, 28, 28). Add dimension 1 with unsqueeze(1)."
CHANNELS_LAST = "The channel stands last, as (N, H, W, C). Layers want it in dimension 1: (N, C, H, W)."
DEVICE = (
    "A tensor that you create lands on the CPU, not where images live: give it device=images.device "
    "(or make it from images)."
)
SAME_ORDER = "Every epoch has the same order: seed one generator when you build the loader, and let the loader shuffle."
GLOBAL = (
    "The order hangs on the global random state: other draws in the program shift it. Give the loader its own, "
    "generator=torch.Generator().manual_seed(seed)."
)


# ------------------------------------------------------------------------------------ beside the student's code


@in_worker
def read_file(student, arrays, split, as_text):
    path = Path("pictures.npz")
    np.savez(path, **arrays)
    return student.load_split(str(path) if as_text else path, split)


@in_worker
def on_pretended_device(student, name, tensors, options):
    """Where the answer is when the tensors are on a GPU: "cuda", "cpu", None (unknown), or "mixed" when two devices met."""
    try:
        with PretendDevice():
            answer = getattr(student, name)(*[PretendDevice.put(tensor.clone(), "cuda") for tensor in tensors], *options)
            return PretendDevice.where(answer)
    except Exception as error:
        return "mixed" if "on the same device" in str(error) else None


@in_worker
def go_through(student, train, test, batch_size, seed, draws):
    """All batches of three epochs, and of two rounds of the test loader; `draws` other random numbers in between."""

    def disturb():
        for _ in range(draws):
            torch.rand(3), np.random.rand(3), random.random()

    disturb()
    loaders = student.make_loaders(train, test, batch_size, seed)
    if not isinstance(loaders, (tuple, list)) or len(loaders) != 2:
        return {"problem": "pair"}
    if not all(isinstance(loader, DataLoader) for loader in loaders):
        return {"problem": "kind"}
    rounds = []
    for loader in (loaders[0], loaders[0], loaders[0], loaders[1], loaders[1]):
        disturb()
        rounds.append([list(batch) if isinstance(batch, (tuple, list)) else batch for batch in loader])
    return {"train": rounds[:3], "test": rounds[3:], "given": (train, test)}


# ------------------------------------------------------------------------------------------- on the grader's side


def _arrays(train=7, test=4, brightest=255):
    """A file's arrays, the test part first; pixel values and labels differ everywhere they can."""
    draw = np.random.default_rng(int(torch.randint(2**31, ())))
    arrays = {}
    for name, n in (("test", test), ("train", train)):
        arrays[f"X_{name}"] = draw.integers(0, brightest + 1, (n, 28, 28), dtype=np.uint8)
        arrays[f"y_{name}"] = draw.permutation(10)[:n].astype(np.uint8)
    arrays["class_names"] = np.array(["a", "bc"])
    return arrays


def _pixels(arrays, split):
    return torch.from_numpy(arrays[f"X_{split}"])


def _pair(value, what="(images, labels)"):
    expect(isinstance(value, (tuple, list)) and len(value) == 2, f"a pair was due: {what}.")
    return value


def _check_images(got, raw):
    expect(isinstance(got, torch.Tensor), "images should be a tensor (torch.from_numpy makes one of an array).")
    if got.shape == raw.shape:
        fail(CHANNEL)
    if got.shape == (*raw.shape, 1):
        fail(CHANNELS_LAST)
    if got.dtype == torch.uint8:
        fail(BYTES)
    if got.dtype == torch.float64:
        fail(DOUBLE)
    want = raw.unsqueeze(1).float() / 255
    assert_close(got, want, what="images", mistakes={
        "The pixels still run to 255: divide by 255.": lambda: want * 255,
        "Divide by 255, the largest byte; 256 is how many values a byte has.": lambda: want * 255 / 256,
        "Centring is not asked for here: pixels from 0 to 1.": lambda: want * 2 - 1,
        "Rows and columns are exchanged.": lambda: want.transpose(2, 3),
        "Divide by 255, not by the brightest pixel: a dim picture stays dim.": lambda: want / want.max(),
    })


def _check_labels(got, raw):
    expect(isinstance(got, torch.Tensor), "labels should be a tensor (torch.from_numpy makes one of an array).")
    if got.is_floating_point():
        fail("Class ids are names, not amounts: labels are int64 (.long()), and are not divided.")
    if got.dtype in (torch.uint8, torch.int32):
        fail("Labels keep the file's narrow integers; class ids are int64 here: .long().")
    assert_equal(got, torch.from_numpy(raw.astype(np.int64)), what="labels")


# -------------------------------------------------------------------------------------------------- load_split


@check("load_split", points=2, hint="from_numpy, float, divide, unsqueeze: in that order.")
def test_gives_pictures_between_0_and_1(student):
    """gives the pictures as float32 (N, 1, 28, 28), the bytes divided by 255"""
    for n, as_text, brightest in ((7, True, 255), (1, False, 120)):
        arrays = _arrays(train=n, brightest=brightest)
        images, _ = _pair(read_file(student, arrays, "train", as_text))
        _check_images(images, _pixels(arrays, "train"))


@check("load_split", hint="The labels need a conversion of their own.")
def test_gives_labels_as_class_ids(student):
    """gives the labels as int64 (N,)"""
    arrays = _arrays()
    _, labels = _pair(read_file(student, arrays, "train", False))
    _check_labels(labels, arrays["y_train"])


@check("load_split", hint='Put split into the names of the arrays: "X_" + split.')
def test_reads_the_split_that_is_asked_for(student):
    """reads the test part when split is "test", the training part when it is "train\""""
    arrays = _arrays()
    for split in ("test", "train"):
        images, labels = _pair(read_file(student, arrays, split, True))
        other = "train" if split == "test" else "test"
        if isinstance(images, torch.Tensor) and len(images) == len(arrays[f"X_{other}"]):
            fail(f'For split "{split}" the pictures of the {other} part came back.')
        _check_images(images, _pixels(arrays, split))
        _check_labels(labels, arrays[f"y_{split}"])


@check("load_split", hint='Compare split with "train" and "test" before anything else.')
def test_refuses_other_splits(student):
    """raises ValueError for a split other than "train" and "test\""""
    arrays = _arrays()
    for split in ("valid", "Train", "", "tes"):
        with raises(ValueError, f"split is {split!r}"):
            read_file(student, arrays, split, True)
    images, _ = _pair(read_file(student, arrays, "train", True))
    _check_images(images, _pixels(arrays, "train"))


# ------------------------------------------------------------------------------------------------ class_counts


@check("class_counts", hint="torch.bincount counts 0, 1, 2, ...")
def test_counts_each_class(student):
    """counts how often each class occurs, as int64"""
    counts = torch.randint(1, 6, (4,))
    labels = torch.arange(4).repeat_interleave(counts)[torch.randperm(int(counts.sum()))]
    # As every second element, so that the labels are not contiguous; padded to one length, for the message.
    spread = torch.stack([labels, torch.full_like(labels, 3)], 1)[:, 0]
    got = student.class_counts(spread, 4)
    assert_equal(got, counts, what="the counts", mistakes={
        "These are shares of the whole; counts are asked for.": lambda: counts / counts.sum()})


@check("class_counts", points=2, hint="minlength sets how many entries there are at least.")
def test_has_an_entry_for_absent_classes(student):
    """has an entry for every class: 0 for those that do not occur, at the end and in between"""
    for present, num_classes in (([1, 4], 7), ([0, 2], 3), ([5], 6)):
        labels = torch.tensor(present)[torch.randint(len(present), (9,))]
        labels[: len(present)] = torch.tensor(present)
        want = torch.zeros(num_classes, dtype=torch.int64).index_add_(0, labels, torch.ones(9, dtype=torch.int64))
        got = student.class_counts(labels, num_classes)
        if isinstance(got, torch.Tensor) and got.ndim == 1 and len(got) < num_classes:
            fail("Classes that do not occur are missing: the result has num_classes entries, whatever is in labels.")
        assert_equal(got, want, what="the counts")


@check("class_counts", hint="What does your code do before it meets the first label?")
def test_counts_nothing(student):
    """gives zeros where there are no labels at all"""
    got = student.class_counts(torch.zeros(0, dtype=torch.int64), 4)
    assert_equal(got, torch.zeros(4, dtype=torch.int64), what="the counts")
    assert_equal(student.class_counts(torch.tensor([2, 2]), 4), torch.tensor([0, 0, 2, 0]), what="the counts")


# --------------------------------------------------------------------------------------------------- normalize


def _statistics(channels):
    return (torch.rand(channels) * 0.8 + 0.1).tolist(), (torch.rand(channels) * 0.8 + 0.2).tolist()


def _normalized(images, mean, std):
    return torch.stack([(images[:, c] - m) / s for c, (m, s) in enumerate(zip(mean, std))], 1)


def _by_column(images, mean, std):
    return (images - torch.tensor(mean)) / torch.tensor(std)


def _normalize_mistakes(images, mean, std):
    return {
        "mean and std met the columns, not the channels: shapes line up from the right. view(-1, 1, 1) makes (C, 1, 1).":
            lambda: _by_column(images, mean, std),
        "mean and std met the rows, not the channels: (C, 1, 1) lines up with dimension 1.":
            lambda: _by_column(images.transpose(2, 3), mean, std).transpose(2, 3),
        "Multiplied by std where a division was due.": lambda: _normalized(images, mean, [1 / s for s in std]),
        "The mean is divided too late: subtract it first, then divide the difference by std.":
            lambda: images / torch.tensor(std).view(-1, 1, 1) - torch.tensor(mean).view(-1, 1, 1),
        "mean and std changed places.": lambda: _normalized(images, std, mean),
        "These are the pictures' own mean and std: use those that you are given.":
            lambda: (images - images.mean((0, 2, 3), keepdim=True)) / images.std((0, 2, 3), keepdim=True),
    }


@check("normalize", points=2, hint="Give mean and std the shape (C, 1, 1) first.")
def test_normalizes_each_channel(student):
    """subtracts each channel's mean and divides by its std, for one channel and for three"""
    for channels in (3, 1):
        images, (mean, std) = torch.rand(4, channels, 5, 6), _statistics(channels)
        for kind in (list, tuple):
            assert_close(student.normalize(images, kind(mean), kind(std)), _normalized(images, mean, std),
                         mistakes=_normalize_mistakes(images, mean, std))


@check("normalize", hint="With W == C nothing fails, but shapes still line up from the right.")
def test_does_not_mistake_columns_for_channels(student):
    """normalises by channel also where pictures are as wide or as high as they have channels"""
    for shape in ((2, 3, 3, 3), (3, 3, 5, 3), (3, 3, 3, 5), (1, 3, 4, 4)):
        images, (mean, std) = torch.rand(shape), _statistics(3)
        assert_close(student.normalize(images, mean, std), _normalized(images, mean, std),
                     mistakes=_normalize_mistakes(images, mean, std))


@check("normalize", hint="torch.tensor(mean, device=images.device)")
def test_normalizes_where_the_pictures_live(student):
    """works on the device of the pictures"""
    images, (mean, std) = torch.rand(2, 3, 4, 5), _statistics(3)
    want = _normalized(images, mean, std)
    assert_close(student.normalize(images, mean, std), want, mistakes=_normalize_mistakes(images, mean, std))
    if on_pretended_device(student, "normalize", [images], [mean, std]) in ("cpu", "mixed"):
        fail(DEVICE)


# ------------------------------------------------------------------------------------------------ make_loaders


def _samples(n):
    return torch.rand(n, 3, 4, 5), torch.randint(0, 10, (n,))


def _epochs(student, train, test, batch_size, seed, draws=0):
    out = go_through(student, train, test, batch_size, seed, draws)
    expect(out.get("problem") != "pair", "a pair was due: (train loader, test loader).")
    expect(out.get("problem") != "kind", "both should be torch.utils.data.DataLoader objects.")
    for epoch in (*out["train"], *out["test"]):
        for batch in epoch:
            good = isinstance(batch, list) and len(batch) == 2 and all(isinstance(x, torch.Tensor) for x in batch)
            expect(good, "each batch should be a pair of tensors: (images, labels).")
    return out


def _order(epoch, data):
    """Indices of an epoch's samples in the data set; fails where a batch holds what is no sample."""
    images, labels = data
    found = []
    for X, y in epoch:
        expect(X.shape[1:] == images.shape[1:], f"pictures of shape {tuple(images.shape[1:])} came back as {tuple(X.shape[1:])}.",
               shapes=(X.shape[1:], images.shape[1:]))
        expect(X.dtype == images.dtype and y.dtype == labels.dtype, "the loader should keep the dtypes: pictures float32, labels int64.")
        expect(y.shape == (len(X),), f"labels of a batch should have shape ({len(X)},); they have {tuple(y.shape)}.", shapes=(y.shape, (len(X),)))
        same = (X[:, None] == images[None]).flatten(2).all(2)
        expect(bool(same.any(1).all()), "a batch holds pictures that are not in the data set (pictures should come out unchanged).")
        at = same.int().argmax(1)
        if not torch.equal(labels[at], y):
            fail("Pictures and labels no longer belong together: one data set of pairs, shuffled once, not two.")
        found += at.tolist()
    return found


def _sizes(epoch):
    return [len(y) for _, y in epoch]


def _expect_all(found, n, which):
    if len(found) < n:
        fail(f"{len(found)} of {n} {which} samples came in an epoch: the smaller last batch belongs to it (no drop_last).")
    expect(sorted(found) == list(range(n)), f"every {which} sample should come exactly once an epoch; some came twice.")


@check("make_loaders", points=2, hint="TensorDataset(images, labels) makes pairs; drop_last stays off.")
def test_train_loader_gives_every_pair_once(student):
    """gives every training sample once an epoch, picture and label together, in batches of the size asked for"""
    train, test = _samples(23), _samples(7)
    for batch_size, sizes in ((5, [5, 5, 5, 5, 3]), (23, [23]), (64, [23])):
        out = _epochs(student, train, test, batch_size, 3)
        for epoch in out["train"]:
            _expect_all(_order(epoch, train), 23, "training")
            expect(_sizes(epoch) == sizes, f"23 samples in batches of {batch_size}: sizes {sizes} were due, {_sizes(epoch)} came.")
        assert_equal(list(map(list, out["given"])), [list(train), list(test)], what="the data you were given")


@check("make_loaders", hint="shuffle=True belongs to the training loader.")
def test_train_order_is_new_each_epoch(student):
    """shuffles the training samples anew for each epoch"""
    train, test = _samples(40), _samples(5)
    orders = [_order(epoch, train) for epoch in _epochs(student, train, test, 8, 1)["train"]]
    for order in orders:
        _expect_all(order, 40, "training")
    if list(range(40)) in orders:
        fail("The training samples come in the order of the data set: let the training loader shuffle.")
    if orders[0] == orders[1] or orders[1] == orders[2]:
        fail(SAME_ORDER)
    batches = [[frozenset(order[i : i + 8]) for i in range(0, 40, 8)] for order in orders]
    if set(batches[0]) == set(batches[1]):
        fail("The batches change places, but hold the same samples in every epoch: shuffle samples, not batches.")


@check("make_loaders", points=2, hint="DataLoader has a parameter generator.")
def test_train_order_hangs_on_the_seed_alone(student):
    """gives the same training batches for the same seed, whatever else draws random numbers, and others for another"""
    train, test = _samples(40), _samples(5)
    runs = [_epochs(student, train, test, 8, seed, draws)["train"] for seed, draws in ((5, 0), (5, 0), (5, 4), (6, 0))]
    orders = [[_order(epoch, train) for epoch in run] for run in runs]
    for order in orders[0]:
        _expect_all(order, 40, "training")
    if orders[0][0] == list(range(40)):
        fail("The training samples come in the order of the data set: let the training loader shuffle.")
    if orders[0] != orders[1]:
        fail("Two loaders of the same seed gave different orders: seed the generator that the training loader draws from.")
    if orders[0] != orders[2]:
        fail(GLOBAL)
    if orders[0][0] == orders[3][0]:
        fail("Another seed gave the same order: use the seed you are given.")


@check("make_loaders", hint="No shuffle for the test loader, and the same batch_size.")
def test_test_loader_keeps_the_order(student):
    """gives every test sample in the given order, every time"""
    train, test = _samples(12), _samples(13)
    out = _epochs(student, train, test, 5, 2)
    for epoch in out["test"]:
        found = _order(epoch, test)
        _expect_all(found, 13, "test")
        if found != list(range(13)):
            fail("The test samples come shuffled: test data must give the same answer twice, with predictions beside their pictures.")
        expect(_sizes(epoch) == [5, 5, 3], f"13 samples in batches of 5: sizes [5, 5, 3] were due, {_sizes(epoch)} came.")
    _expect_all(_order(out["train"][0], train), 12, "training")
