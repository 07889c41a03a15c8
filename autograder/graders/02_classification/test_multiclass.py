"""Hidden checks of 02_classification/multiclass."""

import math
import random
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from autograder.checks import assert_close, check, expect, fail, in_worker, info

FIT_CLASSIFIER_BAR = 0.9
"""Accuracy on fresh points of three blobs, after a short training; calibration.md has the measurements."""

FIT_SPIRALS_BAR = 0.93
"""Accuracy on fresh points of three spirals; the curriculum's number."""

SOFTMAX_OUT = "The rows sum to 1: that is a softmax. CrossEntropyLoss wants raw logits; its softmax is inside."
LOG_SOFTMAX_OUT = "The outputs are log_softmax: exp of each row sums to 1. Return raw logits; CrossEntropyLoss does the rest."
RELU_OUT = "No output is negative: logits must be able to be negative, so no activation stands behind the output layer."
SIGMOID_OUT = "All outputs lie between 0 and 1: return raw logits, no sigmoid behind the output layer."
TANH_OUT = "The outputs are squeezed into a fixed range: no activation stands behind the output layer."
STRAIGHT = ("The network is a straight line: two linear layers are one linear layer. Put a non-linearity such as nn.ReLU "
            "between them.")
GUESSING = "The loss is ln 3, which is guessing among 3 classes: does the optimiser move this model's weights?"
LOW = f"An accuracy of at least {FIT_SPIRALS_BAR} on fresh points was asked for in 2 of 3 seeds; the model scores less."


def fresh():
    """A generator that goes on from the run's own, unpredictable seed."""
    return torch.Generator().manual_seed(int(torch.randint(2**40, ())))


def draw_spirals(n, generator):
    """Three arms of n points each, one turn, radius 0.1 to 1, noise 0.05, in shuffled order."""
    y = torch.arange(3).repeat_interleave(n)
    u = torch.linspace(0, 1, n).repeat(3)
    angle, radius = 2 * math.pi * (u + y / 3), 0.1 + 0.9 * u
    X = radius[:, None] * torch.stack([angle.cos(), angle.sin()], dim=1)
    X = X + 0.05 * torch.randn(3 * n, 2, generator=generator)
    order = torch.randperm(3 * n, generator=generator)
    return X[order], y[order]


def draw_blobs(n, generator):
    """Three round clouds of n points each, sorted by class."""
    y = torch.arange(3).repeat_interleave(n)
    angle = 2 * math.pi * y / 3
    return 2 * torch.stack([angle.cos(), angle.sin()], dim=1) + 0.5 * torch.randn(3 * n, 2, generator=generator), y


# --------------------------------------------------------------------------------------------------------- Classifier


@in_worker
def many_outputs(student, sizes, points, training):
    """Outputs of twenty freshly drawn networks with their weights made larger: what is bounded then, is squeezed."""
    outputs = []
    for _ in range(20):
        model = student.Classifier(*sizes)
        model.train(training)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.mul_(10)
        outputs.append(model(points).detach())
    return outputs


@in_worker
def with_gradients(student, points):
    model = student.Classifier(4, 3, 11)
    model.eval()  # dropout and batch norm, which nobody forbids, treat a sample by itself otherwise
    whole = model(points)
    alone = [model(point[None]) for point in points]
    F.cross_entropy(whole, torch.arange(len(points)) % 3).backward()
    return model, whole, alone, [p.grad is not None for p in model.parameters()]


def logits_of(out, n, classes):
    expect(isinstance(out, torch.Tensor), "forward should return a tensor; is the return missing?")
    expect(tuple(out.shape) == (n, classes),
           f"For {n} samples and {classes} classes forward should give shape {(n, classes)}; it gives {tuple(out.shape)}.",
           shapes=(out.shape, (n, classes)))
    expect(out.dtype == torch.float32, f"The logits should be float32; they are {out.dtype}.")
    return out


@check("Classifier", hint="The last layer has num_classes outputs; nothing is squeezed.")
def test_gives_logits_for_each_class(student):
    """gives float32 logits (N, num_classes), also for N = 1 and N = 0, each sample by itself"""
    X = torch.randn(5, 4) * 2
    model, whole, alone, _ = with_gradients(student, X)
    logits_of(whole, 5, 3)
    assert_close(torch.cat([logits_of(out, 1, 3) for out in alone]), whole, rtol=1e-3, atol=1e-4,
                 what="the logits of the samples one by one")
    logits_of(model(X[:0]), 0, 3)
    expect(float(whole.std(dim=0).max()) > 0, "All samples get the same logits: does forward use its input?")
    for features, classes in ((1, 2), (7, 5)):
        model = student.Classifier(in_features=features, num_classes=classes)
        logits_of(model(torch.randn(6, features)), 6, classes)


@check("Classifier", hint="nn.Linear(in_features, hidden_units) first; keep layers as attributes or in nn.Sequential.")
def test_has_a_hidden_layer(student):
    """has a hidden layer of hidden_units (32 by default), registered and trainable"""
    for units in (11, None, int(torch.randint(12, 32, ()))):
        model = student.Classifier(4, 3) if units is None else student.Classifier(4, 3, units)
        h = units or 32
        expect("Module" in model.bases or model.cls == "Module", "Classifier should be an nn.Module.")
        expect(model.parameters, "The model has no registered parameters: keep layers as attributes, in nn.Sequential or "
                                 "nn.ModuleList, not in a plain list.")
        sizes = [tuple(p.shape) for p in model.parameters.values() if p.ndim == 2]
        expect(len(sizes) >= 2, "There is no hidden layer: at least two linear layers are needed.")
        if not any(h in size for size in sizes):
            if units is None:
                fail("hidden_units should be 32 by default.")
            fail("hidden_units is not used: no layer has that many units.")
        expect(all(info(p).requires_grad for p in model.parameters.values()), "Every parameter should require grad.")
    _, whole, _, moved = with_gradients(student, torch.randn(9, 4))
    expect(float(logits_of(whole, 9, 3).std()) > 0, "All logits are equal.")
    expect(all(moved), "backward() reaches only some of the parameters: are all layers used in forward?")


@check("Classifier", points=2, hint="A ReLU between the layers, nothing behind the last one.")
def test_bends_and_gives_raw_logits(student):
    """is no straight line, and puts no softmax or other activation behind the output layer"""
    a, b = torch.randn(30, 4) * 30, torch.randn(30, 4) * 30
    points = torch.cat([a, b, a + b, torch.zeros(1, 4)])
    for training in (True, False):
        outputs = many_outputs(student, (4, 3, 9), points, training)
        expect(isinstance(outputs, list) and len(outputs) == 20, "The networks gave no outputs.")
        out = torch.stack([logits_of(o, 91, 3) for o in outputs]).double()
        low, high = float(out.min()), float(out.max())
        if low >= 0 and high <= 1.0001 and torch.allclose(out.sum(dim=-1), torch.ones(20, 91, dtype=torch.float64), atol=1e-3):
            fail(SOFTMAX_OUT)
        if high <= 0.0001 and float(out.logsumexp(dim=-1).abs().max()) < 0.01:
            fail(LOG_SOFTMAX_OUT)
        expect(not (low >= 0 and high <= 1), SIGMOID_OUT)
        expect(low < 0, RELU_OUT)
        expect(high > 0, "No output is positive: logits must be able to be positive, too.")
        expect(low < -1.01 and high > 1.01, TANH_OUT)
    bent = 0
    for o in out:
        bend = (o[60:90] - o[:30] - o[30:60] + o[90]).abs().max()
        bent += bool(bend > 1e-3 * (o.abs().max() + 1e-6))
    expect(bent >= 10, STRAIGHT)


# --------------------------------------------------------------------------------------------------------- predicting


@in_worker
class Noisy(nn.Module):
    """A network that works differently in the two modes; in the worker it (or a copy) notes how it was called."""

    calls = []

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 6)
        self.inner = nn.Sequential(nn.BatchNorm1d(6), nn.Dropout(0.5))
        self.last = nn.Linear(6, 4)

    def forward(self, x):
        out = self.last(self.inner(torch.tanh(self.first(x))))
        type(self).calls.append(([m.training for m in self.modules()], out.requires_grad))
        return out


@in_worker
def predict(student, name, state, X, modes):
    """Predictions of a model whose submodules are in these modes; what the calls were like; modes and state afterwards."""
    model = Noisy()
    model.load_state_dict(state)
    for module, mode in zip(model.modules(), modes):
        module.training = mode
    kept = X.clone()
    Noisy.calls.clear()
    function = student.predict_probabilities if name == "predict_probabilities" else student.predict_classes
    got = function(model, X)
    return got, model.calls, [m.training for m in model.modules()], model.state_dict(), torch.equal(X, kept)


def trusted(state, X):
    """Logits of the grader's own copy in eval mode."""
    model = Noisy().eval()
    model.load_state_dict(state)
    with torch.no_grad():
        return model(X)


def noisy_state(scale=2.0):
    model = Noisy()
    with torch.no_grad():
        model(torch.randn(50, 3))
        for p in model.parameters():
            p.mul_(scale)
    return {name: value.clone() for name, value in model.state_dict().items()}


def probability_mistakes(z):
    return {
        "Normalise over classes (dim=1), not over the batch: the rows do not sum to 1.": lambda: z.softmax(0),
        "Those are logits: softmax over dim 1 makes probabilities of them.": lambda: z,
        "A sigmoid for each class does not sum to 1 over the classes: softmax over dim 1.": lambda: z.sigmoid(),
        "Those are logarithms of probabilities: softmax, not log_softmax.": lambda: z.log_softmax(1),
        "The softmax was applied twice.": lambda: z.softmax(1).softmax(1),
        "The softmax ran over the whole table: each row by itself sums to 1.":
            lambda: z.flatten().softmax(0).reshape(z.shape),
        "Only the largest probability of each row came back.": lambda: z.softmax(1).amax(1),
    }


def class_mistakes(z):
    return {
        "argmax without dim gives one number for the whole batch; one label per row is dim=1.": lambda: z.argmax(),
        "argmax over dim 0 picks a sample for each class; one label per row is dim=1.": lambda: z.argmax(0),
        "The smallest logit was picked; the largest wins.": lambda: z.argmin(1),
        "Softmax over the batch (dim 0) changes which class of a row is the largest; no softmax is needed.":
            lambda: z.softmax(0).argmax(1),
        "The largest value came back, not its position.": lambda: z.amax(1),
        "Class ids begin with 0; these begin with 1.": lambda: z.argmax(1) + 1,
        "The logit farthest from 0 was picked; the largest wins, and a large negative one is small.": lambda: z.abs().argmax(1),
    }


def compare_prediction(name, got, z, what):
    right = z.softmax(1) if name == "predict_probabilities" else z.argmax(1)
    if isinstance(got, torch.Tensor) and got.shape == right.shape and len(z) > 1 and not torch.allclose(got.float(), right.float(), atol=1e-4):
        same_rows = torch.allclose(got.float().sort(dim=0).values, right.float().sort(dim=0).values, rtol=1e-3, atol=1e-4)
        expect(not same_rows, "The rows are right, but in another order: test data are not shuffled and must give the same answer twice.")
    if name == "predict_probabilities":
        ones = {"Every probability is 1: the softmax ran over the batch (dim 0).": lambda: torch.ones_like(z)}
        assert_close(got, z.softmax(1), rtol=1e-3, atol=1e-4, what=what,
                     mistakes=probability_mistakes(z) if len(z) > 1 else ones)
    else:
        assert_close(got, z.argmax(1), what=what, mistakes=class_mistakes(z) if len(z) > 1 else None)


def margin(state, n):
    """Samples for which the grader's own model is sure enough that rounding changes no label."""
    X = torch.randn(20 * n, 3) * 3
    top = trusted(state, X).topk(2, dim=1).values
    return X[top[:, 0] - top[:, 1] > 0.01][:n]


TRAIN, EVAL, MIXED = (True,) * 6, (False,) * 6, (True, True, True, False, True, True)


def predicts_values(student, name):
    state = noisy_state()
    X = margin(state, 12)
    for rows in (12, 1):
        got, *_ = predict(student, name, state, X[:rows], EVAL)
        compare_prediction(name, got, trusted(state, X[:rows]), f"the result for {rows} sample{'s' if rows > 1 else ''} of a model in eval mode")
    for rows in (12, 1):
        got, calls, _, after, same = predict(student, name, state, X[:rows], TRAIN)
        expect(not any(any(modes) for modes, _ in calls),
               "Dropout and batch norm worked as in training while you predicted: model.eval() first.")
        compare_prediction(name, got, trusted(state, X[:rows]), "the result for a model that comes in train mode")
        expect(same, "The samples were changed.")
        assert_close(after, state, what="the model's state after predicting")


def predicts_without_graph(student, name):
    state = noisy_state()
    X = margin(state, 9)
    for modes, what in ((TRAIN, "train mode"), (EVAL, "eval mode"), (MIXED, "train mode with one layer put to rest")):
        got, calls, after, _, _ = predict(student, name, state, X, modes)
        expect(not any(graph for _, graph in calls),
               "A graph was built: eval() changes layers, inference_mode() or no_grad() stops the recording.")
        found = info(got) if isinstance(got, torch.Tensor) else None
        expect(found is None or not (found.requires_grad or found.has_grad_fn), "The result carries gradient history.")
        if tuple(after) != modes:
            if modes == MIXED and all(after):
                fail("model.train() at the end also woke a layer that was in eval mode before: give every submodule its own mode back.")
            if modes == EVAL:
                fail("The model came in eval mode and was left in train mode: put its own mode back.")
            if modes == TRAIN:
                fail("The model was left in eval mode: put every submodule's mode back.")
            fail("A model that was partly in eval mode did not get every submodule's own mode back.")
        compare_prediction(name, got, trusted(state, X), f"the result for a model in {what}")


@check("predict_probabilities", points=2, hint="model.eval(), then model(X).softmax(dim=1).")
def test_gives_probabilities(student):
    """gives softmax probabilities (N, C) of the model in eval mode, rows summing to 1, also for N = 1"""
    predicts_values(student, "predict_probabilities")




@check("predict_probabilities", points=2, hint="Note [(m, m.training) for m in model.modules()] before, set them back after.")
def test_probabilities_leave_no_trace(student):
    """builds no graph and puts the mode of every submodule back"""
    predicts_without_graph(student, "predict_probabilities")


@in_worker
class Scaled(nn.Module):
    """Passes its input on, a thousand times larger."""

    def forward(self, x):
        return 1000 * x


@in_worker
def predict_large(student, name, X):
    function = student.predict_probabilities if name == "predict_probabilities" else student.predict_classes
    return function(Scaled(), X)


@check("predict_probabilities", hint="torch's softmax subtracts the largest logit for you; exp alone overflows.")
def test_probabilities_of_large_logits(student):
    """is finite and right for logits of ±1000"""
    X = torch.randn(6, 3).sign() * (1 + torch.rand(6, 3))
    X[:, 1] = X[:, 0] + 0.001
    assert_close(predict_large(student, "predict_probabilities", X), (1000 * X).softmax(1), rtol=1e-2, atol=2e-3, mistakes={
        "Normalise over classes (dim=1), not over the batch: the rows do not sum to 1.": lambda: (1000 * X).softmax(0),
    })


@check("predict_classes", points=2, hint="model.eval(), then model(X).argmax(dim=1).")
def test_gives_classes(student):
    """gives int64 class ids (N,) of the model in eval mode, also for N = 1"""
    predicts_values(student, "predict_classes")
    X = torch.randn(6, 3).sign() * torch.tensor([1.0, 1.2, 1.5])[torch.stack([torch.randperm(3) for _ in range(6)])]
    assert_close(predict_large(student, "predict_classes", X), X.argmax(1), what="the result for logits of ±1000",
                 mistakes=class_mistakes(1000 * X))


@check("predict_classes", points=2, hint="Note [(m, m.training) for m in model.modules()] before, set them back after.")
def test_classes_leave_no_trace(student):
    """builds no graph and puts the mode of every submodule back"""
    predicts_without_graph(student, "predict_classes")


# ----------------------------------------------------------------------------------------------------- fit_classifier


@in_worker
class Small(nn.Module):
    """The trusted model that is trained; in the worker it notes which rows (by their first feature) each call saw."""

    seen = []

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 3))
        self.rest = nn.Dropout(0.0)

    def forward(self, x):
        out = self.rest(self.layers(x))
        if len(type(self).seen) < 500:
            type(self).seen.append((x[:, 0].detach().clone(), all(m.training for m in self.modules()), out.requires_grad))
        return out


@in_worker
def fit_once(student, state, X, y, epochs, lr, batch_size, seed, modes, stale):
    """One training; the losses, the state after it, and what each step of the optimiser was about to use."""
    model = Small()
    model.load_state_dict(state)
    for module, mode in zip(model.modules(), modes):
        module.training = mode
    if stale:
        for p in model.parameters():
            p.grad = torch.ones_like(p)
    steps = []
    Small.seen.clear()

    def note(optimizer, args, kwargs):
        rows, training, recorded = model.seen[-1] if model.seen else (torch.zeros(0), True, True)
        held = [p for group in optimizer.param_groups for p in group["params"]]
        grads = [torch.zeros_like(p) if p.grad is None else p.grad.clone() for p in held]
        if len(steps) < 60:
            steps.append((rows, training, recorded, torch.cat([g.flatten() for g in grads])))

    kept = X.clone(), y.clone()
    hook = sys.modules["torch.optim.optimizer"].register_optimizer_step_pre_hook(note)
    try:
        losses = student.fit_classifier(model, X, y, epochs, lr, batch_size, seed)
    finally:
        hook.remove()
    same = torch.equal(X, kept[0]) and torch.equal(y, kept[1])
    return {"losses": losses, "state": model.state_dict(), "steps": steps, "modes": [m.training for m in model.modules()],
            "same": same, "recorded": [entry for entry in model.seen[:60] if entry[2]]}


@in_worker
def fit_again(student, state, X, y, seeds):
    states = []
    for seed in seeds:
        model = Small()
        model.load_state_dict(state)
        student.fit_classifier(model, X, y, 12, 0.05, 4, seed)
        states.append(model.state_dict())
        torch.rand(5), np.random.rand(3), random.random()
    return states


ALL_TRAIN = (True,) * 6
PARTLY = (False, True, True, False, True, False)


def small_state(scale=1.0):
    model = Small()
    with torch.no_grad():
        for p in model.parameters():
            p.mul_(scale)
    return {name: value.clone() for name, value in model.state_dict().items()}


def small(state):
    model = Small().eval()
    model.load_state_dict(state)
    return model


def float_list(losses, epochs):
    expect(isinstance(losses, list | tuple), "fit_classifier should return the list of losses.")
    expect(len(losses) == epochs, f"There should be one loss per epoch, {epochs} here; there are {len(losses)}.")
    for loss in losses:
        expect(not isinstance(loss, torch.Tensor), "The losses are tensors. Keep numbers, not graphs: loss.item().")
        expect(isinstance(loss, float), f"The losses should be Python floats; one is {type(loss).__name__}.")
    return list(losses)


def marked_rows(n):
    """Samples whose first feature is a number of their own."""
    X = torch.randn(n, 2)
    X[:, 0] = torch.arange(n) / n * 4 - 2
    return X, (torch.arange(n) % 3)[torch.randperm(n)]


@check("fit_classifier", points=2, hint="total += loss.item() * len(batch); at the end of the epoch total / len(X).")
def test_means_the_loss_over_samples(student):
    """returns for each epoch the mean cross-entropy over samples, as Python floats, a smaller last batch counting less"""
    state = small_state(4.0)
    weighs_batches(student, state)
    for n, batch_size, epochs in ((9, 4, 3), (5, 8, 1), (6, 3, 2)):
        X, y = marked_rows(n)
        with torch.no_grad():
            logits = small(state)(X)
        each = F.cross_entropy(logits, y, reduction="none")
        got = fit_once(student, state, X, y, epochs, 0.0, batch_size, 3, ALL_TRAIN, False)
        losses = float_list(got["losses"], epochs)
        batches = math.ceil(n / batch_size)
        for loss in losses:
            assert_close(loss, each.mean().item(), rtol=1e-3, atol=1e-4, what="with lr=0.0 the loss of an epoch", mistakes={
                "A softmax came before the loss. CrossEntropyLoss wants raw logits.":
                    lambda: F.cross_entropy(logits.softmax(1), y).item(),
                "The losses of the batches were added up: divide by the number of samples.":
                    lambda: each.mean().item() * batches if n % batch_size == 0 else math.nan,
                "The samples' losses were added up; their mean was asked for.": lambda: each.sum().item(),
                "The mean loss was divided by the number of samples once more.": lambda: each.mean().item() / n,
            })
        assert_close(got["state"], state, what="with lr=0.0 the model's state")


def weighs_batches(student, state):
    """A batch of one sample with a loss of its own shows whether batches are weighed."""
    X, y = marked_rows(5)
    with torch.no_grad():
        y = small(state)(X).argmax(dim=1)
        y[2] = (y[2] + 1) % 3
        each = F.cross_entropy(small(state)(X), y, reduction="none")
    losses = float_list(fit_once(student, state, X, y, 8, 0.0, 4, 7, ALL_TRAIN, False)["losses"], 8)
    if max(losses) - min(losses) > 1e-3:
        fail("With lr=0.0 the loss of the epochs varies with the order of the samples: weigh each batch by its size.")
    assert_close(losses[0], each.mean().item(), rtol=1e-3, atol=1e-4, what="with lr=0.0 the loss of an epoch")


@check("fit_classifier", points=2, hint="for batch in torch.randperm(len(X), generator=generator).split(batch_size), in each epoch.")
def test_deals_batches_anew(student):
    """goes through all samples once per epoch, in batches newly shuffled each time, with the gradient of each batch alone"""
    state = small_state(2.0)
    n, size, epochs = 11, 4, 3
    X, y = marked_rows(n)
    got = fit_once(student, state, X, y, epochs, 0.0, size, 5, ALL_TRAIN, True)
    float_list(got["losses"], epochs)
    expect(got["same"], "fit_classifier changed X or y.")
    steps = got["steps"]
    expect(isinstance(steps, list) and got["recorded"], "The forward passes recorded no gradients: train outside inference_mode and no_grad.")
    seen = [rows for rows, *_ in steps] or [rows for rows, *_ in got["recorded"]]
    per_epoch = math.ceil(n / size)
    if len(seen) != per_epoch * epochs:
        if len(seen) == epochs:
            fail("One step was made per epoch: go through mini-batches of batch_size.")
        if len(seen) == (n // size) * epochs:
            fail("The smaller last batch was dropped; every sample counts in every epoch.")
        fail(f"{n} samples in batches of {size} make {per_epoch} steps per epoch; there were more or fewer.")
    table = {round(float(v), 3): i for i, v in enumerate(X[:, 0])}
    batches = [[table.get(round(float(v), 3), -1) for v in rows] for rows in seen]
    orders = [[i for batch in batches[e * per_epoch:(e + 1) * per_epoch] for i in batch] for e in range(epochs)]
    for order in orders:
        expect(sorted(order) == list(range(n)), "In an epoch some samples came twice and others not at all.")
    expect(all(sorted(map(len, batches[e * per_epoch:(e + 1) * per_epoch])) == [3, 4, 4] for e in range(epochs)),
           "11 samples in batches of 4 are batches of 4, 4 and 3.")
    expect(orders[0] != list(range(n)) or orders[1] != list(range(n)), "The samples came in the order of X: shuffle them.")
    expect(not (orders[0] == orders[1] == orders[2]),
           "Same order every epoch: shuffle in each epoch, and seed once, before the loop.")
    expect(len({frozenset(b) for b in batches}) > per_epoch, "The same batches were formed in every epoch: shuffle the samples, not the batches.")
    if steps:
        own_gradients(state, X, y, batches, [grad for *_, grad in steps])


def own_gradients(state, X, y, batches, grads):
    """With lr = 0 the weights rest: each step's gradient must point where its own batch's does."""
    model = small(state)

    def gradient(rows, change=None):
        logits = model(X[rows])
        loss = F.cross_entropy(logits.softmax(1) if change == "softmax" else logits, y[rows])
        return torch.cat([g.flatten() for g in torch.autograd.grad(loss, list(model.parameters()))])

    def along(found, wanted):
        return all(float(F.cosine_similarity(a.double(), b.double(), dim=0)) > 0.999 for a, b in zip(found, wanted, strict=True))

    right = [gradient(rows) for rows in batches]
    if along(grads, right):
        return
    if all(float(g.abs().max()) == 0 for g in grads):
        fail("The gradients were erased before the step: zero_grad() belongs before backward().")
    added = torch.stack(right).cumsum(0)
    if along(grads, list(added)) or along(grads, list(added + 1)):
        fail("Gradients add up: each step used those of all steps before. Call optimizer.zero_grad() before backward().")
    if along(grads, [gradient(rows, "softmax") for rows in batches]):
        fail("A softmax came before the loss. CrossEntropyLoss wants raw logits.")
    fail("A step's gradient is not that of its own batch: index X and y by the same rows, use CrossEntropyLoss on the logits, "
         "and zero_grad() before each backward().")


@check("fit_classifier", points=2, seconds=30, hint="Are step() and backward() called, with this model's parameters and the given lr?")
def test_trains_the_model(student):
    """trains the given model in train mode until it names the classes of new points, and puts the modes back"""
    generator = fresh()
    X, y = draw_blobs(50, generator)
    state = small_state()
    got = fit_once(student, state, X, y, 20, 0.02, 20, 1, PARTLY, False)
    losses = float_list(got["losses"], 20)
    expect(set(got["state"]) == set(state), "The model's parameters should stay the same tensors.")
    if all(torch.equal(got["state"][k], state[k]) for k in state):
        fail("The model's weights did not move: backward() and step(), with an optimiser built from this model's parameters.")
    expect(all(training for _, training, _, _ in got["steps"]),
           "The model was in eval mode while it was trained: model.train() first, for all submodules.")
    expect(all(training for _, training, _ in got["recorded"]) or got["steps"], "The model was in eval mode while it was trained.")
    expect(tuple(got["modes"]) == PARTLY,
           "The modes were not put back: the model came in eval mode, some of its submodules in train mode.")
    test_X, test_y = draw_blobs(200, generator)
    with torch.no_grad():
        logits = small(got["state"])(test_X)
    score = (logits.argmax(dim=1) == test_y).double().mean().item()
    if score < FIT_CLASSIFIER_BAR:
        if abs(F.cross_entropy(logits, test_y).item() - math.log(3)) < 0.02:
            fail(GUESSING)
        fail("After training on three separate clouds the model should name new points nearly always right; it does not.")
    expect(losses[-1] < losses[0], "The losses do not fall, although the model learns: are they those of the epochs, in order?")


@check("fit_classifier", seconds=10, hint="One generator from the seed, before the loop over the epochs.")
def test_is_fixed_by_the_seed(student):
    """gives the same weights for the same seed and start, also after other random calls, and others for another seed"""
    X, y = draw_blobs(7, fresh())
    state = small_state()
    states = fit_again(student, state, X, y, (5, 5, 6))
    expect(isinstance(states, list) and len(states) == 3, "fit_classifier did not end.")
    expect(not all(torch.equal(states[0][k], state[k]) for k in state), "The model's weights did not move.")
    score = (small(states[0])(X).argmax(dim=1) == y).double().mean().item()
    expect(score > 0.6, "The training does not lead to the right classes of the points it was trained on.")
    expect(all(torch.allclose(states[0][k], states[1][k], rtol=0, atol=1e-7) for k in state),
           "Two calls with the same seed gave different weights: the batches are dealt by something else than the seed.")
    expect(any(not torch.equal(states[0][k], states[2][k]) for k in state),
           "Two different seeds gave the same weights: the seed does not fix the order of the batches.")


# -------------------------------------------------------------------------------------------------------- fit_spirals


@in_worker
def fit_and_ask(student, X, y, seeds, questions):
    """For each seed the model and the logits it gives for each set of points; None if there is no model."""
    kept = X.clone(), y.clone()
    found = []
    for seed in seeds:
        model = student.fit_spirals(X, y, seed)
        if not isinstance(model, nn.Module):
            return None
        model.eval()
        with torch.no_grad():
            found.append((model, [model(points) for points in questions]))
        torch.rand(5), np.random.rand(3), random.random()
    return found, torch.equal(X, kept[0]) and torch.equal(y, kept[1])


def judge(out, y):
    """Accuracy of logits for points with these labels."""
    n = len(y)
    expect(isinstance(out, torch.Tensor), "The model should give logits as a tensor.")
    expect(tuple(out.shape) == (n, 3), f"For {n} points the model should give shape {(n, 3)}; it gives {tuple(out.shape)}.",
           shapes=(out.shape, (n, 3)))
    return (out.argmax(dim=1) == y).double().mean().item()


def is_straight(out):
    """Whether the logits at 30 points a, 30 points b, at a + b and at 0 are those of a straight line."""
    out = out.double()
    bend = (out[60:90] - out[:30] - out[30:60] + out[90]).abs().max()
    return bool(bend < 1e-4 * (1 + out.abs().max()))


def why_low(out, wide, line, y):
    """What the logits of a failing model at the points, far away and along sums of points say about the mistake."""
    if bool(torch.isnan(out).any()):
        return "The model gives nan: the training diverged; use a smaller learning rate."
    if is_straight(line):
        return STRAIGHT
    if float(out.min()) >= 0 and float(wide.min()) >= 0:
        return RELU_OUT
    return GUESSING if abs(F.cross_entropy(out, y).item() - math.log(3)) < 0.01 else None


def train_and_judge(student, X, y, seeds, generator):
    """Of each seed: accuracy on fresh points, what the outputs say if that is low, and the model."""
    test_X, test_y = draw_spirals(400, generator)
    a, b = torch.randn(30, 2) * 2, torch.randn(30, 2) * 2
    answers = fit_and_ask(student, X, y, seeds, [test_X, 20 * test_X, torch.cat([a, b, a + b, torch.zeros(1, 2)])])
    expect(answers is not None, "fit_spirals should return the model, an nn.Module.")
    found, same = answers
    expect(same, "fit_spirals changed X or y.")
    results = []
    for model, (out, wide, line) in found:
        score = judge(out, test_y)
        if float(out.min()) >= 0 and float((out.sum(dim=1) - 1).abs().max()) < 1e-3:
            fail(SOFTMAX_OUT)
        results.append((score, why_low(out, wide, line, test_y), model))
    return results


@check("fit_spirals", points=4, seconds=30, hint="Two hidden layers of 32 with ReLU, Adam with lr 0.01, some hundred steps.")
def test_tells_the_spirals_apart(student):
    """scores at least 0.93 on new points in at least 2 of 3 seeds, with logits as outputs"""
    reached, missed = 0, 0
    generator = fresh()
    while reached < 2:
        X, y = draw_spirals(200, generator)
        seed = int(torch.randint(10_000, (), generator=generator))
        (score, why, _), = train_and_judge(student, X, y, (seed,), generator)
        reached, missed = reached + (score >= FIT_SPIRALS_BAR), missed + (score < FIT_SPIRALS_BAR)
        if missed == 2:
            fail(why or LOW)


@check("fit_spirals", points=2, seconds=90, hint="torch.manual_seed(seed) once, before the model is built.")
def test_spirals_are_fixed_by_the_seed(student):
    """gives the very same weights for the same seed, also after other random calls, and others for another seed"""
    generator = fresh()
    X, y = draw_spirals(200, generator)
    results = train_and_judge(student, X, y, (5, 5, 6), generator)
    states = [model.state_dict() for _, _, model in results]
    expect(states[0], "The model has no parameters.")
    expect(equal(states[0], states[1]),
           "Two calls with the same seed gave different weights: set the seed inside the function, before the model is "
           "built; weights are drawn at construction.")
    expect(not equal(states[0], states[2]), "Two different seeds gave the same weights: the seed is not used.")
    if max(score for score, _, _ in results) < 0.8:  # a repeated failure earns nothing here
        fail(results[0][1] or "These are the weights of a model that does not tell the spirals apart.")


def equal(a, b):
    return set(a) == set(b) and all(a[k].shape == b[k].shape and torch.equal(a[k], b[k]) for k in a)
