"""Hidden checks of 05_transfer_learning/fine_tuning."""

import random
from functools import cache

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

from autograder.checks import DATASETS, assert_close, assert_equal, check, expect, fail, in_worker, info

FINE_TUNE_BAR = 0.05
"""By how much the mean accuracy over three seeds beats the grader's run from scratch (calibration.md). A gain below it, but above 0, is measured with three more."""

PATTERN_FLOOR = 0.6
"""On the pattern pictures at least PATTERN_FLOOR + FINE_TUNE_BAR is due; chance is 0.25 (calibration.md measures both)."""

SHOES = (5, 7, 9)
SCRATCH = {"epochs": 10, "lr": 0.002, "batch": 10}
COPY = "Work on copy.deepcopy(backbone), and train only that."
NO_EVAL = (
    "These are not the backbone's outputs in eval mode. Dropout or batch norm worked as in training: call backbone.eval() "
    "before the loop."
)
STATISTICS = "The backbone's batch-norm statistics were changed by your forward passes: in train mode each one does that. {}"
NOT_THE_BACKBONE = (
    "The model has learnt its pictures by heart, but not what the backbone knows: train the backbone you were given (a deep "
    "copy of it), not a new network, and not at a rate that wipes it out."
)
UNTRAINED = (
    "The model does not even know the pictures it was given: its weights are untrained, or a far too high learning rate ruined "
    "them. Return the model that you trained, not a re-created one, and let the optimiser hold that model's parameters."
)


# ------------------------------------------------------------------------------------ beside the student's code


@in_worker
def random_states():
    numpy_state = np.random.get_state()
    return random.getstate(), numpy_state[1].tobytes(), numpy_state[2], torch.get_rng_state().numpy().tobytes()


@in_worker
def copy_of(state):
    return {name: value.detach().clone() for name, value in state.items()}


@in_worker
class Tied(nn.Module):
    """Parameters that are equal in value, shared inside the body, and shared by body and head (the embedding's weight)."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(4, 3)
        self.classifier = nn.Sequential(nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 4))
        self.first = nn.Linear(3, 3)
        self.again = nn.Linear(3, 3)
        self.again.weight = self.first.weight
        self.classifier[2].weight = self.embed.weight


@in_worker
def make_grouped(kind):
    if kind == "tied":
        model = Tied()
        return model, model.classifier
    model = nn.Sequential(nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3)), nn.Linear(3, 3, bias=False), nn.Sequential(nn.Tanh(), nn.Linear(3, 3)))
    return model, {"inner": model[1], "last": model[2], "all": model, "empty": model[2][0]}[kind]


@in_worker
def group(student, kind, state, frozen, grads, head_lr, backbone_lr):
    """The groups as names, and the model after two steps of plain gradient descent with them."""
    model, head = make_grouped(kind)
    model.load_state_dict(state)
    for name, p in model.named_parameters():
        p.requires_grad_(name not in frozen)
    groups = student.parameter_groups(model, head, head_lr, backbone_lr)
    names = {id(p): name for name, p in model.named_parameters()}
    out = {"flags": sorted(name for name, p in model.named_parameters() if not p.requires_grad)}
    if not isinstance(groups, (list, tuple)) or not all(isinstance(one, dict) for one in groups):
        return {"answer": groups}
    out["list"] = isinstance(groups, list)
    out["kinds"] = [type(one.get("params")).__name__ for one in groups]
    out["groups"] = [dict(one) for one in groups]
    for one, kind in zip(out["groups"], out["kinds"]):
        if "params" in one:
            one["params"] = [names.get(id(p)) for p in one["params"]] if kind in ("list", "tuple") else []
    if out["kinds"] == ["list", "list"]:
        for name, p in model.named_parameters():
            p.grad = grads[name].clone()
        try:
            sgd = torch.optim.SGD(groups, lr=0.0)
        except ValueError as error:
            out["refused"] = str(error)
            return out
        for _ in range(2):
            sgd.step()
    out["state"] = copy_of(dict(model.named_parameters()))
    return out


@in_worker
class Noisy(nn.Module):
    """(N, 2, 4, 4) to (N, 5): batch norm and a dropout; notes its calls."""

    calls = []

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm2d(2)
        self.drop = nn.Sequential(nn.Dropout(0.5), nn.Identity())
        self.last = nn.Linear(32, 5)

    def forward(self, x):
        type(self).calls.append(len(x))
        return self.last(self.drop(self.norm(x).flatten(1)))


@in_worker
def extract(student, state, batches, modes, shuffle_seed=None):
    """`batches` is a list of batches, or with `shuffle_seed` one pair of tensors for a shuffling DataLoader."""
    backbone = Noisy()
    backbone.load_state_dict(state)
    for module, mode in zip(backbone.modules(), modes):
        module.training = mode
    Noisy.calls.clear()
    loader = batches
    if shuffle_seed is not None:
        loader = DataLoader(TensorDataset(*batches), batch_size=3, shuffle=True, generator=torch.Generator().manual_seed(shuffle_seed))
    answer = student.extract_features(backbone, loader)
    return {
        "answer": answer, "state": copy_of(backbone.state_dict()), "modes": [m.training for m in backbone.modules()] == modes,
        "recording": torch.is_grad_enabled(), "grads": [p.grad for p in backbone.parameters()], "calls": list(Noisy.calls),
        "flags": all(p.requires_grad for p in backbone.parameters()), "batches": batches,
    }


@in_worker
def fashion_layers():
    """The layers of datasets/transfer/fashion7_backbone.json."""
    layers = []
    for inside, outside in ((1, 16), (16, 32), (32, 32)):
        layers += [nn.Conv2d(inside, outside, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.Flatten())


@in_worker
def pattern_layers():
    """(N, 2, 14, 18) to (N, 48): how well each of 48 patterns fits at its best place."""
    return nn.Sequential(
        nn.BatchNorm2d(2), nn.Conv2d(2, 48, 7, padding=3), nn.ReLU(), nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Dropout(0.1)
    )


@in_worker
def tune(student, kind, state, train, num_classes, seeds, pictures, mixed=False):
    """Logits of the model of each seed for `pictures` and for the training pictures; what became of the backbone."""
    backbone = pattern_layers() if kind == "pattern" else fashion_layers()
    backbone.load_state_dict(state)
    if mixed:
        backbone.train()
        backbone[5].eval()
        backbone[0].requires_grad_(False)
    modes, flags = [m.training for m in backbone.modules()], [p.requires_grad for p in backbone.parameters()]
    runs = []
    for seed in seeds:
        torch.rand(5)
        before = random_states()
        model = student.fine_tune(backbone, train, num_classes, seed)
        drew = before != random_states()
        touched = {
            "state": copy_of(backbone.state_dict()), "modes": [m.training for m in backbone.modules()] == modes,
            "flags": [p.requires_grad for p in backbone.parameters()] == flags, "grads": any(p.grad is not None for p in backbone.parameters()),
        }
        if not isinstance(model, nn.Module):
            return [{"answer": model}]
        model.eval()
        with torch.no_grad():
            logits, known = model(pictures), model(train[0])
        runs.append({"logits": logits, "known": known, "drew": drew, "touched": touched, "train": train})
        for module, mode in zip(backbone.modules(), modes):
            module.training = mode
    return runs


# ------------------------------------------------------------------------------------------- on the grader's side


def _scramble(model):
    state = model.state_dict()
    for name, value in state.items():
        if name.endswith("running_var"):
            value.uniform_(2, 4)
        elif value.is_floating_point():
            value.uniform_(-1, 1)
    return {name: value.clone() for name, value in state.items()}


# --------------------------------------------------------------------------------------------- parameter_groups


def _group(student, kind, frozen=()):
    """The answer, and fails unless the groups hold what they should; `frozen` are names of parameters."""
    model, head = make_grouped.function(kind)
    state = _scramble(model)
    if kind != "tied":
        state["0.0.bias"] = state["2.1.bias"].clone()
        state["0.0.weight"] = state["1.weight"].clone()
    model.load_state_dict(state)
    parameters = dict(model.named_parameters())
    grads = {name: torch.rand_like(p) + 0.5 for name, p in parameters.items()}
    rates = 0.25, 0.0625
    try:
        out = group(student, kind, state, list(frozen), grads, *rates)
    except RuntimeError as error:
        if "Boolean value of Tensor" in str(error) or "The size of tensor a" in str(error):
            fail(
                "`p in list` and `p == q` compare two parameters element by element. Ask whether they are the same object: `p is q`, or, "
                "for many at once, id(p) in a set of ids."
            )
        raise
    expect("answer" not in out, "expected a list of two dicts, as torch.optim takes them")
    expect(out["list"] and len(out["groups"]) == 2, "expected a list of exactly two groups, also where one is empty")
    expect(all("params" in one and "lr" in one for one in out["groups"]), "each group should have the keys 'params' and 'lr'")
    expect(out["kinds"] == ["list", "list"], "params should be a list: a generator or an iterator is used up when it is looked at once")
    heads = {id(p) for p in head.parameters()}
    want = [
        [name for name, p in parameters.items() if name not in frozen and (id(p) in heads) == in_head] for in_head in (True, False)
    ]
    got = [one["params"] for one in out["groups"]]
    for names in got:
        expect(None not in names, "a group holds something that is not one of the model's own parameters: no copies, no names")
        expect(len(set(names)) == len(names), "a parameter is in one group twice")
    if sorted(got[0]) == sorted(want[1]) and sorted(got[1]) == sorted(want[0]) and want[0] != want[1]:
        fail("The groups are swapped: the head's group comes first.")
    both = set(got[0]) & set(got[1])
    expect(not both, "a parameter is in both groups: everyone else's group holds those that are not the head's")
    expect(not (set(got[0] + got[1]) & set(frozen)), "a frozen parameter (requires_grad False) is in a group")
    missing = set(want[0] + want[1]) - set(got[0] + got[1])
    expect(
        not missing,
        "a trainable parameter is in neither group: ask whether two parameters are the same object, not whether they are equal",
    )
    expect(
        sorted(got[0]) == sorted(want[0]),
        "the head's group does not hold exactly the head's parameters; one that is shared with the head counts as the head's",
    )
    lrs = [one["lr"] for one in out["groups"]]
    expect(lrs != [rates[1], rates[0]], "the learning rates are swapped: head_lr belongs to the head")
    assert_close([float(rate) if isinstance(rate, int | float) else rate for rate in lrs], list(rates), what="the learning rates of the two groups")
    expect(out["flags"] == sorted(frozen), "requires_grad of a parameter was changed: sorting changes nothing")
    expect("refused" not in out, "torch.optim refuses these groups")
    for rate, names in zip(rates, want, strict=True):
        for name in names:
            stepped = (parameters[name] - 2 * rate * grads[name]).detach()
            assert_close(out["state"][name], stepped, what="a parameter after two steps with these groups")
    for name in frozen:
        assert_equal(out["state"][name], parameters[name].detach(), what="a frozen parameter after two steps with these groups")


@check("parameter_groups", points=2, hint="Collect the head's parameters first, then sort the model's by whether they are among them.")
def test_sorts_into_two_groups(student):
    """gives the head's parameters their rate and all others theirs"""
    _group(student, "last")
    _group(student, "inner")


@check("parameter_groups", hint="Look at p.requires_grad of each, in the head and elsewhere.")
def test_leaves_frozen_parameters_out(student):
    """leaves frozen parameters out of both groups"""
    _group(student, "last", frozen=("0.0.weight", "0.1.bias", "2.1.bias"))


@check("parameter_groups", points=2, hint="Compare identities: id(p) in {id(q) for q in head.parameters()}.")
def test_shared_parameters(student):
    """lists a shared parameter once, as the head's where the head shares it"""
    _group(student, "tied")


@check("parameter_groups", hint="An empty list is a group as well.")
def test_empty_groups(student):
    """keeps two groups where one is empty"""
    _group(student, "all")
    _group(student, "empty")
    _group(student, "last", frozen=("2.1.weight", "2.1.bias"))


# --------------------------------------------------------------------------------------------- extract_features

MODES = [True, True, False, True, False, True]


def _batches(sizes):
    return [(torch.rand(n, 2, 4, 4) + 0.5, torch.randint(0, 9, (n,))) for n in sizes]


def _features(state, images, training=False):
    model = Noisy()
    model.load_state_dict(state)
    with torch.no_grad():
        return model.train(training)(images)


def _pair(out):
    answer = out["answer"]
    expect(isinstance(answer, tuple | list) and len(answer) == 2, "expected a pair: the features, then the labels")
    return tuple(answer)


def _in_order(out, state, images, labels):
    """Fails unless the answer is the features and labels of these pictures, in this order."""
    features, targets = _pair(out)
    want = _features(state, images)
    if isinstance(features, torch.Tensor) and isinstance(targets, torch.Tensor):
        expect(not torch.equal(features.float(), labels.float()), "the features come first, the labels second")
        if features.shape == want.shape and not torch.allclose(features, want, rtol=1e-4, atol=1e-4):
            order = _order(features, want)
            if order is not None and targets.shape == labels.shape:
                fail("Features and labels are not in the loader's order, or not in the same one: collect both in a single loop over it.")
            fail(NO_EVAL)
    assert_close(features, want, rtol=1e-4, atol=1e-4, what="the features")
    assert_equal(targets, labels, what="the labels")


def _order(features, want):
    """The permutation that turns `want` into `features`; None if there is none."""
    nearest = torch.cdist(features.double(), want.double()).argmin(1)
    return nearest if torch.allclose(want[nearest], features, rtol=1e-4, atol=1e-4) and len(set(nearest.tolist())) == len(want) else None


@check("extract_features", points=2, hint="Append each batch's features and labels to two lists; torch.cat each at the end.")
def test_joins_all_batches(student):
    """gives the features and labels of all batches in the loader's order, a smaller last batch included"""
    state, batches = _scramble(Noisy()), _batches([3, 3, 3, 1])
    out = extract(student, state, batches, [False] * 6)
    _in_order(out, state, torch.cat([x for x, _ in batches]), torch.cat([y for _, y in batches]))
    assert_equal(out["batches"], batches, what="the batches you were given")


@check("extract_features", hint="Do not loop over the loader twice: it shuffles anew.")
def test_pairs_stay_together(student):
    """keeps features and labels together where the loader shuffles"""
    state, seed = _scramble(Noisy()), int(torch.randint(2**31, ()))
    X, y = torch.rand(20, 2, 4, 4), torch.arange(20)
    out = extract(student, state, (X, y), [False] * 6, seed)
    loader = DataLoader(TensorDataset(X, y), batch_size=3, shuffle=True, generator=torch.Generator().manual_seed(seed))
    order = torch.cat([labels for _, labels in loader])
    features, targets = _pair(out)
    if isinstance(features, torch.Tensor) and features.shape == (20, 5) and isinstance(targets, torch.Tensor) and targets.shape == (20,):
        found = _order(features, _features(state, X))
        if found is not None and not torch.equal(found, targets):
            fail("Features and labels no longer belong together: the loader shuffles anew in every loop, so collect both in one.")
    _in_order(out, state, X[order], y[order])


@check("extract_features", points=2, hint="Note module.training of every one of backbone.modules() before eval(), and write each back.")
def test_works_in_eval_mode(student):
    """works in eval mode and puts the mode of every submodule back; changes nothing in the backbone"""
    state, batches = _scramble(Noisy()), _batches([4, 2])
    out = extract(student, state, batches, MODES)
    moved = [name for name, value in state.items() if not torch.equal(out["state"][name], value)]
    expect(not moved or not all("running" in name or "batches" in name for name in moved), STATISTICS.format("Call backbone.eval() first."))
    expect(not moved, "the backbone's weights were changed: extracting features trains nothing")
    _in_order(out, state, torch.cat([x for x, _ in batches]), torch.cat([y for _, y in batches]))
    expect(
        out["modes"],
        "a submodule of the backbone is not in the mode it came in: backbone.train() at the end switches all of them on, "
        "also those that were in eval mode",
    )


@check("extract_features", hint="torch.no_grad() around the loop.")
def test_builds_no_graph(student):
    """builds no graph, and goes on recording gradients afterwards"""
    state, batches = _scramble(Noisy()), _batches([2, 2])
    out = extract(student, state, batches, [False] * 6)
    _in_order(out, state, torch.cat([x for x, _ in batches]), torch.cat([y for _, y in batches]))
    found = info(_pair(out)[0])
    expect(
        not found.requires_grad and not found.has_grad_fn,
        "The features still hang on the backbone's graph. eval() does not stop the recording of gradients: put the loop under torch.no_grad().",
    )
    expect(out["recording"], "gradients are no longer recorded after the call: use `with torch.no_grad():`, which ends by itself")
    expect(out["flags"], "requires_grad of the backbone's parameters was changed: extracting features is no reason to freeze it")


# ---------------------------------------------------------------------------------------------------- fine_tune


@cache
def _shoes():
    """All pictures of the three kinds of shoes that the shipped backbone never saw, and their labels 0, 1, 2."""
    with np.load(DATASETS / "fashion_mnist" / "fashion_mnist_7k.npz", allow_pickle=False) as data:
        images, labels = np.concatenate([data["X_train"], data["X_test"]]), np.concatenate([data["y_train"], data["y_test"]])
    chosen = np.isin(labels, SHOES)
    return torch.from_numpy(images[chosen]).float().div(255).unsqueeze(1), torch.from_numpy(np.searchsorted(SHOES, labels[chosen])).long()


@cache
def _shipped():
    return torch.load(DATASETS / "transfer" / "fashion7_backbone.pt", weights_only=True)


def _seed():
    return int(torch.randint(2**31, ()))


def _other_pictures(images):
    """Moved by up to a pixel, dimmed and noisy: other pictures than anyone has stored."""
    padded = F.pad(images, (1, 1, 1, 1))
    places = torch.randint(0, 3, (len(images), 2)).tolist()
    moved = torch.stack([padded[i, :, top : top + 28, left : left + 28] for i, (top, left) in enumerate(places)])
    dim = 0.3 + 0.4 * torch.rand(len(images), 1, 1, 1)
    return (moved * dim + 0.03 * torch.randn(images.shape)).clamp(0, 1)


def shoe_task(tested=200):
    """Ten training pictures of each of three classes in any order, `tested` others of each, drawn from the global random state."""
    images, labels = _shoes()
    names = torch.randperm(3)
    picks = [torch.randperm(int((labels == c).sum()))[: 10 + tested] for c in range(3)]
    places = [(labels == c).nonzero()[:, 0][pick] for c, pick in enumerate(picks)]
    train = torch.cat([p[:10] for p in places])[torch.randperm(30)]
    test = torch.cat([p[10:] for p in places])
    return (_other_pictures(images[train]), names[labels[train]]), (_other_pictures(images[test]), names[labels[test]])


def scratch_accuracy(train, test, seed):
    """What the same layers reach without the backbone's knowledge."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = nn.Sequential(fashion_layers.function(), nn.Linear(288, 3))
        adam = torch.optim.Adam(model.parameters(), lr=SCRATCH["lr"])
        for _ in range(SCRATCH["epochs"]):
            for batch in torch.randperm(30).split(SCRATCH["batch"]):
                adam.zero_grad()
                F.cross_entropy(model(train[0][batch]), train[1][batch]).backward()
                adam.step()
    with torch.no_grad():
        return accuracy(model.eval()(test[0]), test[1])


def accuracy(logits, labels):
    return (logits.argmax(1) == labels).double().mean().item()


def pattern_task(tested=400):
    """Four classes of noise, each with its own faint pattern, added or subtracted twice anywhere, and a backbone that knows them.

    Ten pictures a class are too few to find the patterns, but the backbone's features tell the classes apart. The patterns
    look the same in a mirror, so that moving or flipping the training pictures does no harm.
    """
    patterns = torch.randn(8, 2, 7, 7)
    patterns = patterns + patterns.flip(2)
    patterns = patterns + patterns.flip(3)
    patterns = patterns - patterns.mean((2, 3), keepdim=True)
    patterns = patterns / patterns.square().mean((1, 2, 3), keepdim=True).sqrt()
    labels = torch.cat([torch.arange(40) % 4, torch.arange(tested) % 4])
    images = torch.randn(len(labels), 2, 28, 32)
    for image, label in zip(images, labels.tolist(), strict=True):
        for _ in range(2):
            top, left = int(torch.randint(7, 15, ())), int(torch.randint(7, 19, ()))
            image[:, top : top + 7, left : left + 7] += 0.6 * (2 * torch.randint(0, 2, ()) - 1) * patterns[label]
    images = (0.5 + 0.1 * images[:, :, 7:21, 7:25]).clamp(0, 1)
    order = torch.cat([torch.randperm(40), torch.arange(40, len(labels))])
    images, labels = images[order], torch.randperm(4)[labels[order]]
    filters = torch.cat([patterns, -patterns]).repeat(3, 1, 1, 1)
    state = {name: value.clone() for name, value in pattern_layers.function().state_dict().items()}
    state["0.running_mean"], state["0.running_var"] = images.mean((0, 2, 3)), images.var((0, 2, 3))
    state["1.weight"] = (filters + 0.2 * torch.randn(filters.shape)) / 98**0.5
    state["1.bias"] = -3 + 0.3 * torch.randn(48)
    return state, (images[:40], labels[:40]), (images[40:], labels[40:])


def _tune(student, *args, **options):
    runs = tune(student, *args, **options)
    expect("answer" not in runs[0], "expected an nn.Module")
    return runs


def _logits(run, what, count, num_classes):
    """The logits of a run under `what`, if they are some."""
    logits = run[what]
    expect(isinstance(logits, torch.Tensor), "the model should give a tensor of logits")
    expect(
        logits.shape == (count, num_classes),
        f"the model gives shape {tuple(logits.shape)} for {count} pictures and {num_classes} classes; logits are ({count}, {num_classes})",
    )
    expect(bool(logits.isfinite().all()), "the logits contain nan or inf: is the learning rate too high?")
    sums = logits.sum(1)
    expect(
        not (bool((logits >= 0).all()) and torch.allclose(sums, torch.ones_like(sums), atol=1e-3)),
        "The model gives probabilities, which sum to 1: logits are due. CrossEntropyLoss contains the softmax already.",
    )
    return logits


def _learnt(run, train, num_classes, bar):
    known = accuracy(_logits(run, "known", len(train[1]), num_classes), train[1])
    expect(known >= bar, UNTRAINED)


# 30 CPU seconds a call are promised; a machine half as fast gets its time, too.
@check("fine_tune", points=2, hint="About 30 epochs with Adam: 0.002 for the head, less (or nothing) for the copy of the backbone.", seconds=60)
def test_beats_a_network_from_scratch(student):
    """beats a network from scratch by 0.05 in mean accuracy over three seeds, on pictures it was not given"""
    state = _shipped()
    tuned, scratch = [], []
    gain = 0.0
    for _ in range(2):
        for _ in range(3):
            train, test = shoe_task()
            seed = _seed()
            (run,) = _tune(student, "fashion", state, train, 3, [seed], test[0])
            logits = _logits(run, "logits", len(test[1]), 3)
            _learnt(run, train, 3, 0.5)
            tuned.append(accuracy(logits, test[1]))
            scratch.append(scratch_accuracy(train, test, seed))
        gain = (sum(tuned) - sum(scratch)) / len(tuned)
        if gain >= FINE_TUNE_BAR or gain <= 0:
            break
    expect(
        gain >= FINE_TUNE_BAR,
        "The gain over the network from scratch is too small: is the backbone's copy what you train on, are there enough epochs, and is "
        "its learning rate small?",
    )


@check("fine_tune", points=2, hint="Read d and the number of classes off what you are given; keep the backbone's weights.", seconds=60)
def test_uses_what_the_backbone_knows(student):
    """uses what the given backbone knows, for pictures of any shape, features of any width and any number of classes"""
    state, train, test = pattern_task()
    (run,) = _tune(student, "pattern", state, train, 4, [_seed()], test[0])
    logits = _logits(run, "logits", len(test[1]), 4)
    _learnt(run, train, 4, 0.5)
    expect(accuracy(logits, test[1]) >= PATTERN_FLOOR + FINE_TUNE_BAR, NOT_THE_BACKBONE)


@check("fine_tune", hint="copy.deepcopy(backbone) before anything else, also before switching modes or flags.", seconds=60)
def test_leaves_the_backbone_alone(student):
    """leaves the given backbone as it was: weights, buffers, modes, requires_grad and .grad"""
    state, train, test = pattern_task(tested=100)
    (run,) = _tune(student, "pattern", state, train, 4, [_seed()], test[0], mixed=True)
    touched = run["touched"]
    moved = [name for name, value in state.items() if not torch.equal(touched["state"][name], value)]
    expect(not moved or not all("running" in name or "batches" in name for name in moved), STATISTICS.format(COPY))
    expect(not moved, f"The weights of the backbone you were given were trained. {COPY}")
    expect(touched["modes"], f"The modes of the backbone you were given were changed. {COPY}")
    expect(touched["flags"], f"requires_grad of the given backbone's parameters was changed. {COPY}")
    expect(not touched["grads"], f"The given backbone's .grad was filled by your backward passes. {COPY}")
    assert_equal(tuple(run["train"]), train, what="the training pictures and labels")
    _learnt(run, train, 4, 0.5)
    expect(accuracy(_logits(run, "logits", len(test[1]), 4), test[1]) >= PATTERN_FLOOR, NOT_THE_BACKBONE)


@check("fine_tune", hint="torch.random.fork_rng() around everything, torch.manual_seed(seed) as its first line.", seconds=120)
def test_is_reproducible(student):
    """gives the same model for the same seed, whatever was drawn before, and leaves the global random state alone"""
    state, train, test = pattern_task(tested=100)
    seed = _seed()
    first, second = _tune(student, "pattern", state, train, 4, [seed, seed], test[0])
    logits = _logits(first, "logits", len(test[1]), 4)
    _learnt(first, train, 4, 0.5)
    expect(accuracy(logits, test[1]) >= PATTERN_FLOOR, NOT_THE_BACKBONE)
    again = _logits(second, "logits", len(test[1]), 4)
    expect(
        torch.allclose(logits, again, rtol=1e-3, atol=1e-4),
        "Two calls with the same seed give different models. Weights are drawn when a layer is built, and batches when they are shuffled: "
        "seed before both.",
    )
    expect(not first["drew"] and not second["drew"], "the global random state is not as it was before the call: work inside torch.random.fork_rng()")


# ------------------------------------------------------------------------------------------------- feature_gain


@check("feature_gain", hint="Errors are 1 - accuracy.")
def test_is_the_share_of_errors_removed(student):
    """gives the share of the errors that is gone, as a Python float"""
    errors = 0.1 + 0.5 * float(torch.rand(()))
    share = 0.2 + 0.6 * float(torch.rand(()))
    scratch, tuned = 1 - errors, 1 - errors * (1 - share)
    assert_close(
        student.feature_gain(scratch, tuned), share,
        mistakes={
            "You got the difference of the accuracies: divide it by the errors from scratch.": tuned - scratch,
            "You divided by the accuracy from scratch: the share is one of its errors, 1 - accuracy.": (tuned - scratch) / scratch,
            "You got the share of errors that is left: the share that was removed is asked for.": 1 - share,
            "You divided by the errors that are left: divide by those from scratch.": (tuned - scratch) / (1 - tuned),
            "The sign is turned round: fewer errors are a positive gain.": -share,
            "You got a percentage: a share lies between 0 and 1.": 100 * share,
        },
    )
    assert_close(student.feature_gain(0.0, 1.0), 1.0)


@check("feature_gain", hint="Nothing to clip: more errors than before give a negative number.")
def test_is_negative_when_worse(student):
    """is negative when fine-tuning made things worse, and 0.0 when nothing changed"""
    errors = 0.1 + 0.2 * float(torch.rand(()))
    more = 0.5 + float(torch.rand(()))
    assert_close(student.feature_gain(1 - errors, 1 - errors * (1 + more)), -more)
    assert_close(student.feature_gain(1 - errors, 1 - errors), 0.0)


@check("feature_gain", hint="Look at the errors from scratch before you divide.")
def test_is_zero_without_errors(student):
    """is 0.0 where the network from scratch made no errors"""
    assert_close(student.feature_gain(1.0, 0.5 + 0.4 * float(torch.rand(()))), 0.0)
    assert_close(student.feature_gain(1.0, 1.0), 0.0)
    assert_close(student.feature_gain(0.5, 0.75), 0.5)
