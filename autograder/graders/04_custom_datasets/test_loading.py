"""Hidden checks of 04_custom_datasets/loading."""

import torch

from autograder.checks import assert_close, assert_equal, check, describe, expect, fail, in_worker

# ------------------------------------------------------------------------------------------------------- make_loaders


@in_worker
class Pairs(torch.utils.data.Dataset):
    """(tensor, int) samples, as a picture folder gives them."""

    def __init__(self, X, y):
        self.X, self.y = X, y

    def __len__(self):
        return len(self.X)

    def __getitem__(self, index):
        if not 0 <= index < len(self.X):
            raise IndexError(index)
        return self.X[index], int(self.y[index])


@in_worker
def epochs(student, train, test, arguments, other, draws):
    """Batches of two epochs of each loader, with other random draws in between where `draws` says so."""
    torch.manual_seed(other)
    random.seed(other)
    np.random.seed(other)
    asked, original = [], DataLoader.__init__

    def note(self, *args, **kwargs):
        asked.append(args[5] if len(args) > 5 else kwargs.get("num_workers", 0))
        original(self, *args, **kwargs)

    DataLoader.__init__ = note
    try:
        loaders = student.make_loaders(Pairs(*train), Pairs(*test), *arguments[:2], **arguments[2])
    finally:
        DataLoader.__init__ = original
    if not isinstance(loaders, (tuple, list)) or len(loaders) != 2:
        return {"kind": type(loaders).__name__}
    found = {"kind": None, "loaders": [isinstance(loader, DataLoader) for loader in loaders], "train": [], "test": [], "asked": asked}
    for epoch in range(2):
        for name, loader in zip(("train", "test"), loaders):
            if draws:
                torch.rand(3 + epoch), np.random.rand(2), random.random()
            found[name].append([tuple(batch) for batch in loader])
    return found


def collect(student, train, test, batch_size, seed, other=1, draws=False, **more):
    found = epochs(student, train, test, (batch_size, seed, more), other, draws)
    expect(found["kind"] is None, f"A pair of loaders is due; a {found['kind']} came.")
    expect(all(found["loaders"]), "Both are torch.utils.data.DataLoader objects.")
    for name in ("train", "test"):
        for epoch in found[name]:
            for batch in epoch:
                expect(len(batch) == 2 and all(isinstance(part, torch.Tensor) for part in batch),
                       f"The {name} loader's batches should be pairs (pictures, labels) of tensors.")
    return found


def order(epoch):
    """The ids of an epoch's samples in the order they came (each sample's first element is its id)."""
    return [int(i) for X, _ in epoch for i in X.flatten(1)[:, 0]]


def samples(n):
    """n hidden samples; the first element of each is its id."""
    X = torch.rand(n, 3, 2, 2)
    X[:, 0, 0, 0] = torch.arange(n)
    return X, torch.randint(0, 5, (n,))


def judge_batches(epoch, X, y, batch_size, name):
    n = len(X)
    sizes = [len(batch) for batch, _ in epoch]
    ids = order(epoch)
    expect(len(ids) >= n or n - len(ids) != n % batch_size, f"The {name} loader drops the last, smaller batch: nothing is to be dropped.")
    expect(len(ids) == n, f"The {name} loader gives another number of samples than its data set has.")
    expect(sorted(ids) == list(range(n)), f"The {name} loader repeats some samples and leaves others out, or takes them from the other set.")
    expect(sizes == [batch_size] * (n // batch_size) + [n % batch_size] * (n % batch_size > 0), f"The {name} loader's batches have the wrong sizes.")
    assert_equal(torch.cat([batch for batch, _ in epoch]), X[ids], what=f"the {name} loader's pictures")
    assert_equal(torch.cat([labels for _, labels in epoch]), y[ids], what=f"the {name} loader's labels")


@check("make_loaders", points=1, hint="shuffle=True belongs to the train loader alone; leave drop_last alone.")
def test_batches(student):
    """gives all samples of each set in batches, the test set in its order every time"""
    for n, m, batch_size in [(23, 10, 8), (12, 7, 4), (5, 3, 7)]:
        train, test = samples(n), samples(m)
        found = collect(student, train, test, batch_size, 3)
        for epoch in found["train"]:
            judge_batches(epoch, *train, batch_size, "train")
        for epoch in found["test"]:
            judge_batches(epoch, *test, batch_size, "test")
            expect(order(epoch) == list(range(m)), "The test loader is shuffled: test data must come in the same order every time.")


@check("make_loaders", points=1, hint="shuffle=True draws a new order whenever the loader is iterated.")
def test_reshuffles(student):
    """shuffles the training set anew in each epoch"""
    train, test = samples(41), samples(6)
    found = collect(student, train, test, 8, 5)
    for epoch in found["train"]:
        judge_batches(epoch, *train, 8, "train")
    first, second = map(order, found["train"])
    expect(first != sorted(first), "The training set is not shuffled.")
    expect(first != second, "Every epoch has the same order: shuffle when iterating, and seed once, when the loader is built.")
    expect(not all(set(first[i: i + 8]) in [set(second[j: j + 8]) for j in range(0, 41, 8)] for i in range(0, 41, 8)),
           "Only the order of the batches changes; the samples in a batch stay together.")


@check("make_loaders", points=2, hint="generator=torch.Generator().manual_seed(seed) makes the order independent of other draws.")
def test_seeded_by_a_generator(student):
    """fixes the training order by the seed, whatever else draws random numbers before or in between"""
    train, test = samples(37), samples(6)
    first = collect(student, train, test, 8, 11, other=1)
    again = collect(student, train, test, 8, 11, other=1)
    for epoch in first["train"]:
        judge_batches(epoch, *train, 8, "train")
    orders = [order(epoch) for epoch in first["train"]]
    expect([order(epoch) for epoch in again["train"]] == orders, "The same seed gives another order on the second try.")
    elsewhere = collect(student, train, test, 8, 11, other=2)
    expect([order(epoch) for epoch in elsewhere["train"]] == orders,
           "The order depends on the global random state: give the loader a generator of its own, seeded with seed.")
    drawn = collect(student, train, test, 8, 11, other=1, draws=True)
    expect([order(epoch) for epoch in drawn["train"]] == orders,
           "Other random draws between the epochs shift the order: give the loader a generator of its own, seeded with seed.")
    other = collect(student, train, test, 8, 12, other=1)
    expect(order(other["train"][0]) != orders[0], "Another seed gives the same order: is the seed used?")


@check("make_loaders", points=1, hint="Pass num_workers on to both loaders; neither order nor batches depend on it.")
def test_any_number_of_workers(student):
    """gives the same batches for the same seed with any number of workers"""
    train, test = samples(19), samples(11)
    plain = collect(student, train, test, 4, 9)
    for epoch in plain["train"]:
        judge_batches(epoch, *train, 4, "train")
    for workers in (0, 1, 2, 3):
        found = collect(student, train, test, 4, 9, num_workers=workers)
        expect(workers in found["asked"] or not found["asked"], "num_workers is not handed to the loaders.")
        expect([order(epoch) for epoch in found["train"]] == [order(epoch) for epoch in plain["train"]],
               "The training batches change with num_workers: neither seed nor batch size may depend on it.")
        for name in ("train", "test"):
            sizes = [[len(batch) for batch, _ in epoch] for epoch in found[name]]
            expect(sizes == [[len(batch) for batch, _ in epoch] for epoch in plain[name]],
                   f"The {name} loader's batch sizes change with num_workers.")
        for epoch in found["test"]:
            judge_batches(epoch, *test, 4, "test")
            expect(order(epoch) == list(range(11)), "The test loader is shuffled when there are workers.")


# ------------------------------------------------------------------------------------------------------ class_weights


def weights_of(labels, num_classes):
    counts = torch.bincount(labels, minlength=num_classes).double()
    present = counts > 0
    inverse = torch.where(present, 1 / counts.clamp(min=1), 0.0)
    return (inverse / inverse[present].mean() if present.any() else inverse).float(), inverse.float(), counts.float()


def judge_weights(got, labels, num_classes):
    want, inverse, counts = weights_of(labels, num_classes)
    if isinstance(got, torch.Tensor) and got.dim() == 1:
        expect(len(got) == num_classes or len(got) >= num_classes, "Classes are missing at the end: there is one weight for each of num_classes.")
        if got.is_floating_point() and len(got) == num_classes:
            expect(not torch.isinf(got).any(), "1 / 0 is inf: a class that does not occur has weight 0.")
            expect(not torch.isnan(got).any(), "There is nan among the weights: what if a class, or all of them, do not occur?")
    present = int((counts > 0).sum())
    n = max(1, len(labels))
    mistakes = {
        "These are inverse counts, not yet scaled to a mean of 1 over the classes that occur.": inverse,
        "These sum to 1; their mean over the classes that occur should be 1.": inverse / inverse.sum(),
        "The mean over all classes is 1 here; absent classes do not count in it.": inverse / inverse.mean(),
        "Frequent classes weigh more here: the weight is the inverse of the frequency.": counts / counts[counts > 0].mean(),
        "These are the counts.": counts,
        "These are the frequencies.": counts / n,
        "This is n / (classes * count), whose mean is not 1.": n * inverse / num_classes,
        "This is n / (classes that occur * count), whose mean is not 1.": n * inverse / max(present, 1),
        "This is n / count: scale it to a mean of 1 over the classes that occur.": n * inverse,
        "Absent classes have weight 1; it should be 0.": torch.where(counts > 0, want, 1.0),
        "Absent classes are counted as if they occurred once.": smoothed(counts),
        "These are one minus the frequencies, scaled; inverse frequency is 1 / frequency.": scaled(1 - counts / n, counts),
        "The weights are scaled to a largest of 1; their mean should be 1.": inverse / inverse.max()}
    # With equal counts some of these are right.
    assert_close(got, want, mistakes={message: wrong for message, wrong in mistakes.items() if not torch.allclose(wrong, want)})


def smoothed(counts):
    inverse = 1 / counts.clamp(min=1)
    return inverse / inverse.mean()


def scaled(values, counts):
    values = torch.where(counts > 0, values, 0.0)
    return values / values[counts > 0].mean()


@check("class_weights", points=2, hint="1 / count for each class, divided by the mean of those.")
def test_inverse_frequency(student):
    """gives each class its inverse frequency, scaled to a mean of 1"""
    for counts in ([30, 10, 5], [1, 2, 3, 4], [7, 7], [50, 1], [4], torch.randint(1, 60, (5,)).tolist()):
        labels = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))[torch.randperm(sum(counts))]
        judge_weights(student.class_weights(labels, len(counts)), labels, len(counts))


@check("class_weights", points=1, hint="bincount has minlength; take the mean over the classes that occur alone.")
def test_absent_classes(student):
    """gives 0 to absent classes, at the end too, and takes the mean over those that occur; no labels, all zeros"""
    for counts in ([6, 0, 2], [0, 3, 1, 0, 0], [5, 5, 0], [0, 0, 1], [0, *torch.randint(1, 60, (3,)).tolist(), 0]):
        labels = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))[torch.randperm(sum(counts))]
        judge_weights(student.class_weights(labels, len(counts)), labels, len(counts))
    empty = torch.zeros(0, dtype=torch.int64)
    judge_weights(student.class_weights(empty, 3), empty, 3)


# -------------------------------------------------------------------------------------------------------- pad_collate


def padded(batch, place=lambda h, w, height, width: (0, 0), fill=0.0, sides=None):
    height, width = max(x.shape[1] for x, _ in batch), max(x.shape[2] for x, _ in batch)
    if sides:
        height, width = sides(height, width)
    out = torch.full((len(batch), batch[0][0].shape[0], height, width), fill)
    for i, (x, _) in enumerate(batch):
        top, left = place(x.shape[1], x.shape[2], height, width)
        out[i, :, top: top + x.shape[1], left: left + x.shape[2]] = x
    return out


def judge_padded(got, batch):
    expect(isinstance(got, tuple | list) and len(got) == 2, f"A pair (pictures, labels) is due; this is {describe(got)}.")
    pictures, labels = got
    if isinstance(pictures, list | tuple):
        fail("The pictures are still a list: they become one tensor (N, C, H, W).")
    one_size = len({x.shape for x, _ in batch}) == 1
    assert_equal(pictures, padded(batch), what="pictures", mistakes={} if one_size else {
        "The pictures are centred; they belong at the top left, zeros right of them and below.":
            lambda: padded(batch, lambda h, w, height, width: ((height - h) // 2, (width - w) // 2)),
        "The zeros are left of the pictures and above; they belong right and below.":
            lambda: padded(batch, lambda h, w, height, width: (height - h, width - w)),
        "The zeros are left of the pictures; they belong right of them.": lambda: padded(batch, lambda h, w, height, width: (0, width - w)),
        "The zeros are above the pictures; they belong below them.": lambda: padded(batch, lambda h, w, height, width: (height - h, 0)),
        "The padding is not 0.": lambda: padded(batch, fill=1.0),
        "The batch became square: height and width have their own largest values.": lambda: padded(batch, sides=lambda h, w: (max(h, w),) * 2)})
    want = torch.tensor([label for _, label in batch])
    if isinstance(labels, torch.Tensor):
        expect(labels.dtype == torch.int64, f"Labels are class ids, int64; these are {str(labels.dtype).removeprefix('torch.')}.")
    assert_equal(labels, want, what="labels")


def a_batch(*shapes):
    return [(torch.rand(shape) + 0.1, int(torch.randint(0, 100, ()))) for shape in shapes]


@check("pad_collate", points=2, hint="Largest height and largest width, each over all pictures; then copy each to the top left.")
def test_pads_right_and_below(student):
    """pads each picture at right and bottom to the largest height and the largest width of the batch, labels int64"""
    for shapes in ([(3, 4, 7), (3, 9, 2), (3, 5, 5)], [(3, 2, 6), (3, 2, 9)], [(3, 8, 3), (3, 1, 3), (3, 4, 3), (3, 1, 1)]):
        batch = a_batch(*shapes)
        judge_padded(student.pad_collate(batch), batch)


@check("pad_collate", points=1, hint="Take N from the batch and C from the pictures; do not assume sizes.")
def test_one_picture_and_equal_sizes(student):
    """works for a single picture, for equal sizes and for other numbers of channels"""
    for shapes in ([(3, 4, 6)], [(3, 5, 4)] * 3, [(1, 2, 3), (1, 4, 1)], [(4, 3, 2), (4, 2, 3)]):
        batch = a_batch(*shapes)
        judge_padded(student.pad_collate(batch), batch)


@in_worker
class Sized(torch.utils.data.Dataset):
    """Pictures of different sizes."""

    def __init__(self, batch):
        self.batch = batch

    def __len__(self):
        return len(self.batch)

    def __getitem__(self, index):
        return self.batch[index]


@in_worker
def through_a_loader(student, batch, batch_size):
    before = [x.clone() for x, _ in batch]
    found = [tuple(pair) for pair in DataLoader(Sized(batch), batch_size=batch_size, collate_fn=student.pad_collate)]
    return found, all(torch.equal(x, y) for (x, _), y in zip(batch, before))


@check("pad_collate", points=1, hint="Each batch is padded to its own largest picture; return tensors.")
def test_serves_a_loader(student):
    """serves as a loader's collate_fn, each batch padded to its own largest picture"""
    batch = a_batch((3, 4, 7), (3, 9, 2), (3, 3, 3), (3, 2, 5), (3, 6, 1))
    found, unchanged = through_a_loader(student, batch, 2)
    expect(len(found) == 3, "The loader should give three batches.")
    for i, got in enumerate(found):
        judge_padded(got, batch[2 * i: 2 * i + 2])
    expect(unchanged, "The pictures that went in were changed.")
