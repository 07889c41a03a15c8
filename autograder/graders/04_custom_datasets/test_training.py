"""Hidden checks of 04_custom_datasets/training."""

import functools
import io

import numpy as np
import torch
from PIL import Image
from torch import nn

from autograder.checks import DATASETS, check, describe, expect, fail, in_worker, raises

# ----------------------------------------------------------------------------------------------------------- diagnose

UNDER, OVER, BALANCED = "underfitting", "overfitting", "balanced"


def history(train, test, **more):
    return {"train_loss": train, "test_loss": test, **more}


def judge_diagnosis(got, want):
    expect(isinstance(got, str), f"One of three texts is due; this is {describe(got)}.")
    expect(got in (UNDER, OVER, BALANCED), "The answer is none of the three texts.")
    expect(got == want, f"This is a case of {want}; it was called {got}.")


@check("diagnose", points=1, hint="Only the first and the last train loss and the last test loss decide.")
def test_three_cases(student):
    """tells underfitting, overfitting and balanced from the first and last losses"""
    scale = 0.5 + float(torch.rand(()))
    cases = [
        ([1.0, 0.9, 0.8], [1.0, 0.95, 0.9], UNDER), ([1.0, 0.5, 0.2], [1.1, 0.6, 0.5], OVER), ([1.0, 0.5, 0.4], [1.1, 0.6, 0.45], BALANCED),
        ([1.0, 0.1, 0.8], [1.0, 0.1, 0.8], UNDER), ([0.5, 1.2, 0.3], [0.5, 0.3, 0.3], BALANCED), ([1.0, 0.9, 0.3], [3.0, 9.0, 0.3], BALANCED),
        ([1.0, 0.6], [0.1, 0.9], OVER), ([1.0, 0.4], [1.0, 0.1], BALANCED), ([0.2, 2.0, 0.15], [0.2, 0.1, 0.15], UNDER),
    ]
    for train, test, want in cases:
        judge_diagnosis(student.diagnose(history([v * scale for v in train], [v * scale for v in test])), want)
    accuracies = {"test_accuracy": [0.2, 0.9], "train_accuracy": [0.3, 0.4], "lr": []}
    judge_diagnosis(student.diagnose(history([2.0, 1.0], [2.0, 1.5], **accuracies)), OVER)


@check("diagnose", points=1, hint="Ask about underfitting first, with >; a value at the limit is not above it.")
def test_order_and_limits(student):
    """asks about underfitting first, takes a loss at the limit as not above it, and judges a single epoch too"""
    kinds = [([1.0, 0.9], [1.0, 0.9], UNDER), ([1.0, 0.5], [1.0, 0.9], OVER), ([1.0, 0.5], [1.0, 0.6], BALANCED)]
    unforeseen = [kinds[i] for i in torch.randint(3, (12,)).tolist()]
    cases = [*unforeseen, ([1.0, 0.9], [1.0, 5.0], UNDER), ([2.0, 1.4], [1.0, 1.4], BALANCED), ([4.0, 2.0], [4.0, 2.6], BALANCED), ([2.0, 1.4], [1.0, 2.0], OVER),
             ([2.0, 1.41], [2.0, 9.0], UNDER), ([4.0, 2.0], [4.0, 2.61], OVER), ([4.0, 2.0], [4.0, 2.59], BALANCED),
             ([2.0, 1.39], [2.0, 1.4], BALANCED),
             ([0.7], [0.7], UNDER), ([0.7], [7.0], UNDER)]
    for train, test, want in cases:
        judge_diagnosis(student.diagnose(history(train, test)), want)


@check("diagnose", points=1, hint="An empty list has no last element: test for it first.")
def test_no_epochs(student):
    """raises ValueError for empty lists, and judges others"""
    judge_diagnosis(student.diagnose(history([1.0, 0.3], [1.0, 0.9])), OVER)
    with raises(ValueError, "a history without epochs"):
        student.diagnose(history([], []))
    with raises(ValueError, "a history without epochs"):
        student.diagnose(history([], [], train_accuracy=[], test_accuracy=[]))


# -------------------------------------------------------------------------------------------------------- plot_curves


@in_worker
def drawn(student, histories):
    """Describe the figure of each call, all drawn before the first is described."""
    figures = [student.plot_curves(one) for one in histories]
    kinds = [type(figure).__name__ for figure in figures]
    is_figure = [hasattr(figure, "get_axes") and hasattr(figure, "savefig") for figure in figures]
    return kinds, is_figure, [describe_figure(figure) if good else None for figure, good in zip(figures, is_figure)]


def curves(epochs):
    return {f"{part}_{name}": (torch.rand(epochs) + i).tolist()
            for i, (part, name) in enumerate([("train", "loss"), ("test", "loss"), ("train", "accuracy"), ("test", "accuracy")])}


def holds(axes, values):
    return any(len(line["xy"]) == len(values) and np.allclose(line["xy"][:, 1], values) for line in axes["lines"])


def judge_figure(kind, is_figure, found, one):
    expect(is_figure, f"A matplotlib Figure is due; a {kind} came (an Axes knows its own: axes.figure).")
    panels = found["axes"]
    where = {key: [i for i, axes in enumerate(panels) if holds(axes, values)] for key, values in one.items()}
    for key, places in where.items():
        expect(places, f"No line of the figure shows {key}.")
    loss = set(where["train_loss"]) & set(where["test_loss"])
    accuracy = set(where["train_accuracy"]) & set(where["test_accuracy"])
    expect(loss, "The two losses are not in one panel.")
    expect(accuracy, "The two accuracies are not in one panel.")
    expect(not loss & accuracy, "Losses and accuracies share a panel: there should be one for each.")
    for i in loss | accuracy:
        for key in one:
            expect(i not in where[key] or (key.endswith("loss") == (i in loss)), "A curve stands in both panels.")


@check("plot_curves", points=2, hint="plt.subplots(1, 2) gives the figure and two axes; plot on the axes.")
def test_two_panels(student):
    """draws the losses in one panel and the accuracies in another, train and test in each"""
    for epochs in (5, 1):
        one = curves(epochs)
        kinds, is_figure, found = drawn(student, [one])
        judge_figure(kinds[0], is_figure[0], found[0], one)


@check("plot_curves", points=1, hint="Make a figure in each call; plt.plot draws into whichever was used last.")
def test_new_figure_each_time(student):
    """makes a new figure in each call, with the curves of that call alone"""
    both = [curves(4), curves(6), curves(4)]
    kinds, is_figure, found = drawn(student, both)
    for kind, good, figure, one in zip(kinds, is_figure, found, both, strict=True):
        judge_figure(kind, good, figure, one)
        for other in both:
            if other is not one:
                expect(not any(holds(axes, values) for axes in figure["axes"] for values in other.values()),
                       "A figure holds curves of an earlier call: make a new one in each.")
    expect(len({figure["figure"] for figure in found}) == len(found), "The same figure came back twice.")


# ------------------------------------------------------------------------------------------------------ EarlyStopping


@in_worker
class Small(nn.Module):
    """A model whose weights a test sets by a number."""

    def __init__(self):
        super().__init__()
        self.inner = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
        self.head = nn.Linear(3, 1, bias=False)

    def forward(self, x):
        return self.head(self.inner(x))


@in_worker
def stepping(student, settings, losses):
    """What step says to each loss, and whether it changed the model."""
    model = Small()
    start = copy.deepcopy(model.state_dict())
    stopping = student.EarlyStopping(**settings)
    said = [stopping.step(loss, model) for loss in losses]
    changed = any(not torch.equal(value, start[name]) for name, value in model.state_dict().items())
    return said, changed or not model.training


def judge_steps(student, settings, losses, want, mistakes=()):
    """`want` are the answers due; mistakes are pairs (message, answers that a misconception gives)."""
    said, changed = stepping(student, settings, losses)
    expect(isinstance(said, list) and all(isinstance(answer, bool | np.bool_) for answer in said), "step answers True or False.")
    expect(not changed, "step changed the model; it should only look at it.")
    said = [bool(answer) for answer in said]
    for message, wrong in mistakes:
        expect(said != wrong or wrong == want, message)
    patience = settings["patience"]
    for answer, due in zip(said, want, strict=True):
        if answer != due:
            fail(f"With patience {patience}, step " + ("did not say stop at the call in a row without improvement that should stop."
                                                       if due else "said stop too early."))


F_, T_ = False, True


@check("EarlyStopping", points=1, hint="Count calls since the last improvement, and start again at each one.")
def test_stops_after_patience(student):
    """says True at the patience-th call in a row that did not improve, not before"""
    judge_steps(student, {"patience": 2}, [5.0, 4.0, 3.0, 2.0, 1.0, 0.5, 0.25], [F_] * 7, [
        ("Falling losses count as no improvement: smaller is better.", [F_, F_, T_, T_, T_, T_, T_]),
        ("Falling losses count as no improvement: smaller is better.", [F_, T_, T_, T_, T_, T_, T_])])
    judge_steps(student, {"patience": 3}, [1.0, 0.8, 0.9, 0.9, 0.9], [F_, F_, F_, F_, T_], [
        ("step says stop one call too late: at the patience-th call without improvement, not after it.", [F_] * 5),
        ("step says stop one call too early.", [F_, F_, F_, T_, T_])])
    judge_steps(student, {"patience": 1}, [1.0, 0.5, 0.6], [F_, F_, T_])
    judge_steps(student, {"patience": 2}, [0.5, 0.6, 0.55], [F_, F_, T_], [
        ("Each loss is compared with the one before; compare with the best.", [F_, F_, F_])])
    judge_steps(student, {"patience": 3}, [1.0, 1.1, 1.2, 0.9, 1.0, 1.1, 0.8, 0.9, 0.7, 0.9, 0.9, 0.9], [F_] * 11 + [T_], [
        ("The count goes on over an improvement: only calls in a row count.", [F_, F_, F_, F_, T_, T_, T_, T_, T_, T_, T_, T_]),
        ("The count goes on over an improvement: only calls in a row count.", [F_, F_, F_, F_, T_, T_, F_, T_, F_, T_, T_, T_])])
    judge_steps(student, {"patience": 2}, [-1.0, -2.0, -1.5, -3.0, -2.0], [F_] * 5)
    patience, falling = torch.randint(2, 9, (2,)).tolist()
    losses = [9.0 - i for i in range(falling)] + [9.5] * patience
    judge_steps(student, {"patience": patience}, losses, [F_] * (len(losses) - 1) + [T_])


@check("EarlyStopping", points=1, hint="Improved means loss < best - min_delta, strictly.")
def test_min_delta(student):
    """counts a loss as an improvement only if it is smaller than the best minus min_delta"""
    judge_steps(student, {"patience": 2}, [1.0, 1.0, 1.0], [F_, F_, T_], [
        ("An equal loss counts as an improvement; it must be smaller.", [F_, F_, F_])])
    judge_steps(student, {"patience": 2, "min_delta": 0.5}, [4.0, 4.25, 4.5], [F_, F_, T_], [
        ("A slightly larger loss counts as an improvement: min_delta has the wrong sign.", [F_, F_, F_])])
    judge_steps(student, {"patience": 2, "min_delta": 0.5}, [4.0, 3.75, 3.625], [F_, F_, T_], [("min_delta is ignored.", [F_, F_, F_])])
    judge_steps(student, {"patience": 2, "min_delta": 0.5}, [4.0, 3.0, 2.0, 1.0, 0.0], [F_] * 5)
    judge_steps(student, {"patience": 2, "min_delta": 0.5}, [4.0, 3.5, 3.5], [F_, F_, T_], [
        ("A gain of exactly min_delta counts as an improvement; it must be larger.", [F_, F_, F_])])


@in_worker
def restoring(student, losses, best):
    """Weights noted at the best call, and those after each of three restores with training in between."""
    torch.manual_seed(5)
    model = Small()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.9)
    stopping = student.EarlyStopping(patience=2)

    def train():
        for _ in range(3):
            optimizer.zero_grad()
            (model(torch.rand(8, 2)) - 3).pow(2).mean().backward()
            optimizer.step()

    owners = [id(p) for p in model.parameters()]
    model.inner.eval()
    modes = [module.training for module in model.modules()]
    noted, after, touched = None, [], False
    for i, loss in enumerate(losses):
        train()
        state = copy.deepcopy(model.state_dict())
        stopping.step(loss, model)
        touched = touched or any(not torch.equal(value, state[name]) for name, value in model.state_dict().items())
        if i == best:
            noted = copy.deepcopy(model.state_dict())
    last = copy.deepcopy(model.state_dict())
    for _ in range(3):
        train()
        stopping.restore(model)
        after.append(copy.deepcopy(model.state_dict()))
    return {"noted": noted, "last": last, "after": after, "same": owners == [id(p) for p in model.parameters()], "touched": touched,
            "modes": modes == [module.training for module in model.modules()],
            "grad": all(p.requires_grad for p in model.parameters())}


def same(a, b):
    return set(a) == set(b) and all(torch.allclose(a[name], b[name], atol=1e-7) for name in a)


@check("EarlyStopping", points=2, hint="model.state_dict() shares the model's memory: clone its tensors, or copy.deepcopy it.")
def test_restores_the_best_weights(student):
    """puts back the weights of the best call, unchanged by later training, as often as asked"""
    for losses, best in [([0.9, 0.4, 0.6, 0.5], 1), ([0.9, 0.7, 0.8, 0.3], 3), ([0.2, 0.9], 0)]:
        found = restoring(student, losses, best)
        expect(not found["touched"], "step changed the model's weights; it only notes them, and says when to stop. Putting them back is restore's job.")
        for i, after in enumerate(found["after"]):
            if not same(after, found["noted"]):
                if i == 0 and best != len(losses) - 1:
                    expect(not same(after, found["last"]), "restore puts back the last call's weights; the best call's were due.")
                fail("restore does not bring back the weights of the best call. model.state_dict() alone is no copy: it shares memory with the "
                     "model, and later training changes it; keep copy.deepcopy of it, and load that into the given model." if i == 0 else
                     "The second restore brings back other weights: training after the first one changed what was kept.")
        expect(found["same"], "restore put other parameters into the model, which its optimiser does not know: copy the values in place.")
        expect(found["grad"], "After restore the parameters no longer require grad.")
        expect(found["modes"], "The model's mode changed: step and restore leave train and eval mode as they are, in every submodule.")


# ----------------------------------------------------------------------------------------------------- train_pictures

TRAIN_PICTURES_BAR = 0.75
"""Share of turned, mirrored, slightly changed test tiles that a model has to get right with two of three seeds, or three of five where one of three was good."""

KINDS = ("coast", "desert", "forest", "grassland")


@functools.cache
def read_tiles(split):
    """The tiles of a split by class: name -> list of (file name, bytes, tensor)."""
    tiles = {}
    for kind in KINDS:
        tiles[kind] = []
        for path in sorted((DATASETS / "earth_tiles" / split / kind).glob("*.png")):
            data = path.read_bytes()
            array = np.array(Image.open(io.BytesIO(data)).convert("RGB"))
            tiles[kind].append((path.name, data, torch.from_numpy(array).permute(2, 0, 1).float() / 255))
    return tiles


def changed(x):
    """The tile turned, mirrored and a little brighter or darker, with a little noise: as unpredictable as harmless."""
    x = torch.rot90(x, int(torch.randint(4, ())), dims=(1, 2))
    x = x.flip(2) if torch.rand(()) < 0.5 else x
    return (x * (0.95 + 0.1 * torch.rand(())) + 0.01 * torch.randn(x.shape)).clamp(0, 1)


def task(per_class=None, kinds=KINDS):
    """(files, X, y): a training folder and changed test tiles. Which class has which folder name is drawn anew each time."""
    train, test = read_tiles("train"), read_tiles("test")
    names = sorted(kinds)
    meaning = {name: kinds[i] for name, i in zip(names, torch.randperm(len(kinds)).tolist(), strict=True)}
    pairs = [(f"{name}/{file}", data) for name in names for file, data, _ in train[meaning[name]][:per_class]]
    files = dict(pairs[i] for i in torch.randperm(len(pairs)).tolist())
    X = torch.stack([changed(x) for name in names for _, _, x in test[meaning[name]]])
    y = torch.tensor([label for label, name in enumerate(names) for _ in test[meaning[name]]])
    order = torch.randperm(len(y))  # else the place in the batch would tell the class
    return files, X[order], y[order]


@in_worker
def trained(student, root, files, seed, tests):
    """Train on the folder; logits of the model in eval mode on each batch of tests, and of one picture alone."""
    import shutil

    shutil.rmtree(root, ignore_errors=True)
    for name, data in files.items():
        Path(root, name).parent.mkdir(parents=True, exist_ok=True)
        Path(root, name).write_bytes(data)
    model = student.train_pictures(Path(root), seed)
    if not isinstance(model, nn.Module):
        return {"kind": type(model).__name__}
    model.eval()
    with torch.no_grad():
        return {"kind": None, "logits": [model(x) for x in tests], "one": model(tests[0][:1])}


def accuracy(logits, y):
    return float((logits.argmax(1) == y).float().mean())


def judge_logits(found, n, classes):
    expect(found["kind"] is None, f"A trained nn.Module is due; a {found['kind']} came.")
    logits = found["logits"][0]
    expect(isinstance(logits, torch.Tensor), "The model should give a tensor of logits.")
    expect(tuple(logits.shape) == (n, classes), f"For {n} pictures of {classes} classes the logits should have shape ({n}, {classes}); "
           f"they have {tuple(logits.shape)}.", shapes=(logits.shape, (n, classes)))
    expect(isinstance(found["one"], torch.Tensor) and tuple(found["one"].shape) == (1, classes),
           "The model should work on a single picture, (1, 3, 64, 64).")
    expect(logits.is_floating_point() and bool(torch.isfinite(logits).all()), "The logits contain nan or inf: the training ran away.")
    rows = logits.double().sum(1)
    expect(not (bool((logits >= 0).all()) and bool(torch.isclose(rows, torch.ones_like(rows), atol=1e-4).all())),
           "The outputs are probabilities (rows sum to 1); logits are due, without a softmax at the end.")


def why_too_low(found, y):
    """The likely cause of an accuracy below the bar."""
    plain, normalised, scaled, swapped, mixed = (accuracy(logits, y) for logits in found["logits"])
    classes = found["logits"][0].shape[1]
    votes = torch.zeros(classes, classes)
    for predicted, label in zip(found["logits"][0].argmax(1), y, strict=True):
        votes[label, predicted] += 1
    renamed = float(votes.max(1).values.sum() / len(y)) if len(set(votes.argmax(1).tolist())) == classes else 0.0
    if renamed >= TRAIN_PICTURES_BAR:
        return "It tells the classes apart, but under other numbers: logits follow the sorted names of the folders."
    if normalised >= TRAIN_PICTURES_BAR:
        return "It is right on pictures that were normalised before, but it gets them in [0, 1]: the model has to normalise inside."
    if scaled >= TRAIN_PICTURES_BAR:
        return "It is right on pixels from 0 to 255, but it gets them in [0, 1]: divide by 255 in training too."
    if swapped >= TRAIN_PICTURES_BAR:
        return "It is right on pictures with red and blue swapped: read them as RGB."
    if mixed >= TRAIN_PICTURES_BAR:
        return "It is right on pictures whose pixels are mixed, (H, W, C) reshaped to (C, H, W): permute moves the axes, reshape recounts."
    if plain <= 2 / classes:
        return ("This is little better than guessing: are these weights trained (the model that you return is the one that the optimiser "
                "moved), and are the inputs normalised?")
    return "Normalise inside the model, train for some more epochs, and turn and mirror the training pictures."


# 30 CPU seconds are promised; a machine half as fast gets its time, too.
@check("train_pictures", points=4, seconds=60, hint="Follow a few test tiles by hand: what goes into the model, what should come out?")
def test_accuracy_on_other_pictures(student):
    """is right on at least 0.75 of pictures it was not given, with two of three seeds"""
    good, bad = 0, []
    for seed in range(5):
        files, X, y = task()
        found = trained(student, "tiles", files, seed, [X, (X - 0.5) / 0.25, X * 255, X.flip(1), X.permute(0, 2, 3, 1).reshape(X.shape)])
        judge_logits(found, len(X), len(KINDS))
        share = accuracy(found["logits"][0], y)
        if share >= TRAIN_PICTURES_BAR:
            good += 1
        else:
            bad.append((share, why_too_low(found, y)))
        # Of the right recipes measured, one in 150 has two bad seeds among three: it gets two more.
        if (good == 2 and len(bad) < 2) or good == 3:
            return
        if (not good and len(bad) == 2) or len(bad) == 3:
            fail(f"Too many pictures are wrong, with {len(bad)} seeds. {min(bad)[1]}")


@check("train_pictures", points=2, seconds=60, hint="Seed before the model is built; draw batches and augmentation from a seeded generator.")
def test_same_seed_same_model(student):
    """gives the same model for the same seed after other random draws, with a logit for each folder, however many there are"""
    files, X, y = task(per_class=8, kinds=("coast", "desert", "forest"))
    first = trained(student, "three", files, 4, [X])
    judge_logits(first, len(X), 3)
    expect(float(first["logits"][0].std(0).max()) > 1e-4, "The model answers the same to every picture.")
    again = disturbed(student, "three", files, 4, [X])
    judge_logits(again, len(X), 3)
    expect(torch.allclose(first["logits"][0], again["logits"][0], atol=1e-4, rtol=1e-3),
           "The same seed gave another model after other random draws: seed before the model is built, and seed whatever shuffles and augments.")



@in_worker
def disturbed(student, root, files, seed, tests):
    """The same after other random draws."""
    torch.rand(7), np.random.rand(5), random.random()
    return trained(student, root, files, seed, tests)
