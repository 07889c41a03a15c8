"""Hidden checks of 02_classification/binary."""

import math
import random
from itertools import pairwise

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from autograder.checks import assert_close, check, expect, fail, in_worker, info

FIT_CIRCLES_BAR = 0.97
"""Accuracy on fresh points; the curriculum's number. calibration.md has the measurements."""

STRAIGHT = ("The network is a straight line: two linear layers are one linear layer. Put a non-linearity such as nn.ReLU "
            "between them.")
SIGMOID_OUT = ("All outputs lie between 0 and 1: they are probabilities. Return raw logits; the sigmoid is already inside "
               "BCEWithLogitsLoss.")
RELU_OUT = "No output is negative: logits must be able to be negative, so no activation stands behind the output layer."
TANH_OUT = "The outputs are squeezed into a fixed range: no activation stands behind the output layer."
GUESSING = ("The loss is ln 2, which is guessing between two classes: does the optimiser move this model's weights, and can "
            "the model bend its boundary?")
LOW = f"An accuracy of at least {FIT_CIRCLES_BAR} on fresh points was asked for in 2 of 3 seeds; the model scores less."


def draw_circles(n, generator, noise=0.03, factor=0.5):
    """Fresh circles as 02_classification/data describes them."""
    y = (torch.arange(n) < n // 2).long()[torch.randperm(n, generator=generator)]
    angle = 2 * math.pi * torch.rand(n, generator=generator)
    X = torch.where(y == 1, factor, 1.0)[:, None] * torch.stack([angle.cos(), angle.sin()], dim=1)
    return X + noise * torch.randn(n, 2, generator=generator), y


def fresh():
    """A generator that goes on from the run's own, unpredictable seed."""
    return torch.Generator().manual_seed(int(torch.randint(2**40, ())))


# --------------------------------------------------------------------------------------------------- CircleClassifier


@in_worker
def many_outputs(student, units, points, training):
    """Outputs of twenty freshly drawn networks with their weights made larger: what is bounded then, is squeezed."""
    outputs = []
    for _ in range(20):
        model = student.CircleClassifier(units)
        model.train(training)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.mul_(10)
        outputs.append(model(points).detach())
    return outputs


@in_worker
def with_gradients(student, points):
    model = student.CircleClassifier()
    model.eval()  # dropout and batch norm, which nobody forbids, treat a point by itself otherwise
    whole = model(points)
    alone = [model(point[None]) for point in points]
    F.binary_cross_entropy_with_logits(whole.reshape(-1), torch.arange(len(points)) % 2.0).backward()
    return model, whole, alone, [p.grad is not None for p in model.parameters()]


def logits_of(out, n):
    """The output of a forward pass over n points, checked for shape and dtype."""
    expect(isinstance(out, torch.Tensor), "forward should return a tensor; is the return missing?")
    expect(tuple(out.shape) != (n, 1), f"forward gives shape {(n, 1)}; logits of shape {(n,)} were asked for: squeeze(1).",
           shapes=(out.shape, (n,)))
    if n == 1 and tuple(out.shape) == ():
        fail("A batch of one lost its batch dimension: squeeze() drops every dimension of size 1, squeeze(1) only the second.")
    expect(tuple(out.shape) == (n,), f"For {n} points forward should give logits of shape {(n,)}; it gives {tuple(out.shape)}.",
           shapes=(out.shape, (n,)))
    expect(out.dtype == torch.float32, f"The logits should be float32; they are {out.dtype}.")
    return out


@check("CircleClassifier", points=2, hint="squeeze(1) on the last layer's (N, 1).")
def test_gives_logits_for_each_point(student):
    """gives float32 logits of shape (N,), also for N = 1 and N = 0, each point by itself"""
    points = torch.randn(6, 2) * 2
    model, whole, alone, _ = with_gradients(student, points)
    logits_of(whole, 6)
    assert_close(torch.cat([logits_of(out, 1) for out in alone]), whole, rtol=1e-3, atol=1e-4,
                 what="the logits of the points one by one")
    logits_of(model(points[:0]), 0)
    expect(float(whole.std()) > 0, "All points get the same logit: does forward use its input?")
    expect(len({round(float(v), 5) for v in whole}) > 2, "Different points get the same logit: does forward use its input?")


@check("CircleClassifier", hint="Linear(2, h), Linear(h, h), Linear(h, 1): assigned to self, or inside an nn.Sequential.")
def test_has_two_hidden_layers(student):
    """has two hidden layers of hidden_units (10 by default), all of them registered and trainable"""
    for units in (None, 7, int(torch.randint(11, 40, ()))):
        model = student.CircleClassifier() if units is None else student.CircleClassifier(hidden_units=units)
        h = units or 10
        expect("Module" in model.bases or model.cls == "Module", "CircleClassifier should be an nn.Module.")
        expect(model.parameters, "The model has no registered parameters: keep layers as attributes, in nn.Sequential or "
                                 "nn.ModuleList, not in a plain list.")
        matrices = [p for p in model.parameters.values() if p.ndim == 2]
        shapes = sorted(tuple(sorted(p.shape)) for p in matrices)
        want = sorted([tuple(sorted((2, h))), (h, h), (1, h)])
        if shapes != want and units is not None and sorted(tuple(sorted(p.shape)) for p in matrices) == sorted(
                [(2, 10), (10, 10), (1, 10)]):
            fail("hidden_units is not used: the layers have 10 units whatever is asked for.")
        expect(shapes in (want, want[1:]),  # the last weight may be a vector
               f"With hidden_units={h} the weights of two hidden layers are {h} x 2, {h} x {h} and 1 x {h}; the model has others.")
        expect(all(info(p).requires_grad for p in model.parameters.values()), "Every parameter should require grad.")
        logits_of(model(torch.randn(3, 2)), 3)
    points = torch.randn(8, 2)
    _, whole, _, moved = with_gradients(student, points)
    expect(float(logits_of(whole, 8).std()) > 0, "All points get the same logit.")
    expect(all(moved), "backward() reaches only some of the parameters: are all layers used in forward?")


@check("CircleClassifier", points=2, hint="ReLU between the layers, nothing behind the last one.")
def test_bends_and_gives_raw_logits(student):
    """is no straight line, and puts no activation behind the output layer"""
    a, b = torch.randn(40, 2) * 30, torch.randn(40, 2) * 30
    points = torch.cat([a, b, a + b, torch.zeros(1, 2)])
    for training in (True, False):
        outputs = many_outputs(student, 9, points, training)
        expect(isinstance(outputs, list) and len(outputs) == 20, "The networks gave no outputs.")
        all_of = torch.stack([logits_of(out, 121) for out in outputs]).double()
        low, high = float(all_of.min()), float(all_of.max())
        expect(not (low >= 0 and high <= 1), SIGMOID_OUT)
        expect(low < 0, RELU_OUT)
        expect(high > 0, "No output is positive: logits must be able to be positive, too.")
        expect(low < -1.01 and high > 1.01, TANH_OUT)
    bent = 0
    for out in all_of:
        fa, fb, fab, f0 = out[:40], out[40:80], out[80:120], out[120]
        bend = (fab - fa - fb + f0).abs().max()
        bent += bool(bend > 1e-3 * (out.abs().max() + 1e-6))
    expect(bent >= 10, STRAIGHT)


# --------------------------------------------------------------------------- logits_to_probabilities, logits_to_labels


@check("logits_to_probabilities", points=2, hint="torch.sigmoid.")
def test_squashes_logits(student):
    """gives sigmoid(logits) for any shape, from 0 to 1 also for ±1000"""
    for shape in ((9,), (4, 1), (1,), (0,)):
        z = torch.randn(shape) * 3
        z[:2] = z[:2].clamp(0.2, 0.4)
        assert_close(student.logits_to_probabilities(z), z.sigmoid(), mistakes={
            "A softmax over the samples was used: each logit is a sample of its own here, so sigmoid.": lambda: z.softmax(0),
            "A softmax was used: with one logit a sample it is sigmoid.": lambda: z.softmax(-1),
            "The logits were clipped to 0 and 1, not squashed.": lambda: z.clamp(0, 1),
            "Those are labels: leave the probabilities unrounded.": lambda: z.sigmoid().round(),
            "Those are the probabilities of class 0; class 1 was asked for.": lambda: (-z).sigmoid(),
            "Those are the logits themselves.": lambda: z,
            "tanh runs from -1 to 1; probabilities run from 0 to 1.": lambda: z.tanh(),
        })
    z = torch.tensor([-1000.0, -90.0, 0.0, 90.0, 1000.0])
    assert_close(student.logits_to_probabilities(z), z.sigmoid(), what="the result for logits of ±1000")


@check("logits_to_labels", points=2, hint="logits, then probabilities, then a comparison with 0.5, then .long().")
def test_thresholds_at_a_half(student):
    """gives int64 labels of the same shape, 1 where the probability is at least 0.5"""
    for shape in ((12,), (5, 1), (1,), (0,)):
        z = torch.randn(shape) * 2
        z = z.sign() * (z.abs() + 0.6)
        want = (z >= 0).long()
        got = student.logits_to_labels(z)
        if isinstance(got, torch.Tensor) and got.dtype == torch.bool and torch.equal(got.long(), want):
            fail("The labels are bool; class ids are int64: .long().")
        if isinstance(got, torch.Tensor) and got.is_floating_point() and torch.equal(got.long(), want) and shape[0] > 1:
            fail("The labels are floats; class ids are int64: .long().")
        assert_close(got, want, mistakes={
            "You rounded the logits: logits -> sigmoid -> label.": lambda: z.round().long(),
            "The logits were compared with 0.5; the probabilities should be: a logit of 0 is a probability of 0.5.":
                lambda: (z >= 0.5).long(),
            "The labels are the wrong way round.": lambda: (z < 0).long(),
            "Those are -1 and 1; the class ids are 0 and 1.": lambda: z.sign().long(),
        })


@check("logits_to_labels", hint="round(0.5) is 0.0, the even neighbour; >= decides for 1.")
def test_puts_a_half_into_class_one(student):
    """gives 1 at a probability of exactly 0.5, and the right label on both sides of it"""
    z = torch.tensor([0.3, -0.3, 0.0, 0.45, -0.45, 1000.0, -1000.0, 0.05, -0.05])
    assert_close(student.logits_to_labels(z), torch.tensor([1, 0, 1, 1, 0, 1, 0, 1, 0]), mistakes={
        "A probability of exactly 0.5 should give 1: round goes to the even neighbour, 0, and > leaves it out; use >=.":
            lambda: torch.tensor([1, 0, 0, 1, 0, 1, 0, 1, 0]),
        "You rounded the logits: logits -> sigmoid -> label.": lambda: z.round().long(),
        "The logits were compared with 0.5; the probabilities should be.": lambda: (z >= 0.5).long(),
    })


# --------------------------------------------------------------------------------------------------------- train_step


@in_worker
class Probe(nn.Module):
    """A small network for two classes; in the worker it notes how it was called."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 5)
        self.drop = nn.Dropout(0.0)
        self.last = nn.Linear(5, 1)
        self.calls = []

    def forward(self, x):
        out = self.last(self.drop(torch.tanh(self.first(x)))).squeeze(1)
        self.calls.append((self.training, self.drop.training, out.requires_grad))
        return out


@in_worker
def run_steps(student, state, batches, momentum, weight, stale, lr):
    """train_step on each batch in turn, on a model with old gradients and in eval mode."""
    model = Probe()
    model.load_state_dict(state)
    if stale:
        for p in model.parameters():
            p.grad = torch.ones_like(p)
    model.eval()
    loss_fn = nn.BCEWithLogitsLoss(pos_weight=weight)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=momentum)
    kept = [(X.clone(), y.clone()) for X, y in batches]
    results = [student.train_step(model, X, y, loss_fn, optimizer) for X, y in batches]
    same = all(torch.equal(a, b) for pair, other in zip(batches, kept) for a, b in zip(pair, other))
    return results, model.state_dict(), model.calls, [m.training for m in model.modules()], same


def oracle(state, batches, momentum=0.0, weight=None, lr=0.5, stale=False, change=None):
    """What the right steps (or, with `change`, wrong ones) give."""
    model = Probe()
    model.load_state_dict(state)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=momentum)
    loss_fn = nn.BCEWithLogitsLoss(pos_weight=weight)
    if stale:
        for p in model.parameters():
            p.grad = torch.ones_like(p)
    results = []
    for X, y in batches:
        logits = model(X)
        squashed = torch.sigmoid(logits) if change == "sigmoid" else logits
        loss = loss_fn(squashed, y.float())
        if change != "adds up":
            optimizer.zero_grad()
        loss.backward()
        if change == "zero last":
            optimizer.zero_grad(set_to_none=False)
        if change != "no step":
            optimizer.step()
        results.append((loss.item(), ((logits >= 0) == (y == 1)).float().mean().item()))
    return results, {name: value.detach().clone() for name, value in model.state_dict().items()}


def a_state():
    model = Probe()
    with torch.no_grad():
        for p in model.parameters():
            p.mul_(3)
    return {name: value.clone() for name, value in model.state_dict().items()}


def balanced_batch(state, n):
    """A batch on which a quarter of the labels is wrong and no logit is near 0."""
    model = Probe()
    model.load_state_dict(state)
    with torch.no_grad():
        X = torch.randn(20 * n, 3) * 2
        X = X[model(X).abs() > 0.02][:n]
        labels = (model(X) >= 0).long()
    wrong = torch.arange(n) < max(1, n // 4)
    return X, torch.where(wrong[torch.randperm(n)], 1 - labels, labels)


def accuracies(logits, later, y):
    """The right accuracy, and those of known mistakes by their messages."""
    target = y.float()
    right = ((logits >= 0) == (y == 1)).float().mean().item()
    return right, {
        "You compared every prediction with every label: (N, 1) against (N,) broadcasts to N x N.":
            ((logits >= 0)[:, None] == (y == 1)[None]).float().mean().item(),
        "You rounded the logits: logits -> sigmoid -> label.": (logits.round() == target).float().mean().item(),
        "The logits themselves were compared with 0.5; compare the probabilities.":
            ((logits >= 0.5) == (y == 1)).float().mean().item(),
        "The accuracy should be the one before the update.": ((later >= 0) == (y == 1)).float().mean().item(),
        "The accuracy is the share of wrong labels.": 1 - right,
        "Every probability was compared with its label: make labels of them first.":
            (logits.sigmoid() == target).float().mean().item(),
    }


def telling_batch(state, n, lr):
    """A batch on which each known mistake gives an accuracy of its own; with it the logits before and after the update."""
    for _ in range(500):
        X, y = balanced_batch(state, n)
        before, after = Probe(), Probe()
        before.load_state_dict(state)
        after.load_state_dict(oracle(state, [(X, y)], lr=lr)[1])
        with torch.no_grad():
            logits, later = before(X), after(X)
        right, wrong = accuracies(logits, later, y)
        values = sorted([right, *wrong.values()])
        if min(b - a for a, b in pairwise(values)) > 0.005:
            break
    return X, y, logits, later


def numbers(results, count):
    expect(isinstance(results, list) and len(results) == count, "train_step should return (loss, accuracy).")
    for got in results:
        expect(isinstance(got, tuple | list) and len(got) == 2, "train_step should return two numbers, (loss, accuracy).")
        for value, name in zip(got, ("loss", "accuracy"), strict=True):
            expect(not isinstance(value, torch.Tensor),
                   f"The {name} is a tensor. Keep numbers, not graphs: .item() gives a Python float.")
            expect(isinstance(value, float), f"The {name} should be a Python float; it is {type(value).__name__}.")
    return [tuple(got) for got in results]


def same_state(got, want):
    return all(torch.allclose(got[name], want[name], rtol=1e-3, atol=1e-5) for name in want)


def state_verdict(got, state, batches, **how):
    """Compare the weights after the steps, naming the known mistakes."""
    expect(isinstance(got, dict) and set(got) == set(state), "The model's parameters should stay the same tensors.")
    want = oracle(state, batches, **how)[1]
    if same_state(got, want):
        return
    if same_state(got, state):
        fail("The weights did not move: loss, zero_grad, backward, step, in that order, and nothing is erased before step.")
    known = {
        "sigmoid": "A sigmoid was applied before the loss: the sigmoid is already inside BCEWithLogitsLoss, give it raw logits.",
        "adds up": "Gradients add up: this step used old gradients as well as its own. zero_grad() belongs before backward().",
        "zero last": "The gradients were erased between backward and step.",
    }
    for change, message in known.items():
        if same_state(got, oracle(state, batches, change=change, **how)[1]):
            fail(message)
    fail("The weights after the step are not those of one step on this batch with the given loss function and optimiser.")


@check("train_step", points=2, hint="loss_fn(logits, y.float()), zero_grad, backward, step.")
def test_updates_the_weights(student):
    """updates the weights by one step of the given optimiser on the given loss"""
    state = a_state()
    batches = [balanced_batch(state, 12)]
    _, got, _, _, same = run_steps(student, state, batches, 0.0, None, False, 0.5)
    state_verdict(got, state, batches)
    expect(same, "train_step changed X or y: convert a copy, y.float() makes one.")
    batches.append(balanced_batch(state, 12))
    weight = torch.tensor(3.0)
    _, got, _, _, _ = run_steps(student, state, batches, 0.9, weight, False, 0.1)
    state_verdict(got, state, batches, momentum=0.9, weight=weight, lr=0.1)


@check("train_step", hint="Both numbers come from the logits computed before the step: loss.item(), and labels compared with y.")
def test_returns_loss_and_accuracy_before_the_update(student):
    """returns the loss and the accuracy (0 to 1) before the update, as Python floats"""
    state = a_state()
    X, y, logits, later = telling_batch(state, 16, 2.0)
    for rows in (16, 1):
        batches = [(X[:rows], y[:rows])]
        results, got, _, _, _ = run_steps(student, state, batches, 0.0, None, False, 2.0)
        (loss, accuracy), = numbers(results, 1)
        (want_loss, want_accuracy), = oracle(state, batches, lr=2.0)[0]
        squashed = F.binary_cross_entropy_with_logits(logits.sigmoid()[:rows], y[:rows].float()).item()
        updated = F.binary_cross_entropy_with_logits(later[:rows], y[:rows].float()).item()
        assert_close(loss, want_loss, rtol=1e-3, atol=1e-4, what="the loss", mistakes={
            "The sigmoid is already inside BCEWithLogitsLoss: give it raw logits.": squashed,
            "The loss should be the one before the update; this is the one after it.": updated,
        })
        expect(rows == 1 or not math.isclose(accuracy, 100 * want_accuracy, rel_tol=1e-3),
               "The accuracy is in per cent; from 0 to 1 was asked for.")
        expect(-1e-6 <= accuracy <= 1 + 1e-6,
               "The accuracy is beyond 1: you compared every prediction with every label, or counted instead of averaging.")
        assert_close(accuracy, want_accuracy, rtol=1e-4, atol=1e-4, what="the accuracy",
                     mistakes=accuracies(logits, later, y)[1] if rows > 1 else None)
        state_verdict(got, state, batches, lr=2.0)


@check("train_step", hint="optimizer.zero_grad() before backward(), in every step.")
def test_uses_this_batch_alone(student):
    """uses the gradient of this batch alone, whatever .grad held before, step after step"""
    state = a_state()
    batches = [balanced_batch(state, 8) for _ in range(3)]
    _, got, _, _, _ = run_steps(student, state, batches, 0.0, None, True, 0.2)
    state_verdict(got, state, batches, lr=0.2, stale=True)


@check("train_step", hint="model.train() at the top, and nothing that switches back.")
def test_works_in_train_mode(student):
    """works in train mode and leaves it, every submodule included"""
    state = a_state()
    batches = [balanced_batch(state, 8)]
    _, got, calls, modes, _ = run_steps(student, state, batches, 0.0, None, False, 0.5)
    trained = [call for call in calls if call[2]]
    expect(trained, "The forward pass recorded no gradients: train outside inference_mode and no_grad.")
    expect(all(call[0] and call[1] for call in trained), "The model was in eval mode while it was trained: model.train() first.")
    expect(all(modes), "The model should be left in train mode, with all its submodules.")
    state_verdict(got, state, batches)


# -------------------------------------------------------------------------------------------------------- fit_circles


@in_worker
def fit_and_ask(student, X, y, seed, questions):
    """The logits that the trained model gives for each set of points; None if there is no model."""
    model = student.fit_circles(X, y, seed)
    if not isinstance(model, nn.Module):
        return None
    model.eval()
    with torch.no_grad():
        return [model(points) for points in questions]


def judge(out, y):
    """Accuracy of logits for points with these labels, and the logits as (N,) or (N, 2)."""
    n = len(y)
    expect(isinstance(out, torch.Tensor), "The model should give logits as a tensor.")
    if tuple(out.shape) == (n, 2):
        return (out.argmax(dim=1) == y).double().mean().item(), out
    expect(tuple(out.shape) in ((n,), (n, 1)), f"For {n} points the model should give logits of shape {(n,)}; it gives {tuple(out.shape)}.",
           shapes=(out.shape, (n,)))
    out = out.reshape(n)
    return ((out >= 0) == (y == 1)).double().mean().item(), out


def is_straight(out):
    """Whether the logits at 30 points a, 30 points b, at a + b and at 0 are those of a straight line."""
    out = out.double().reshape(91, -1)
    bend = (out[60:90] - out[:30] - out[30:60] + out[90]).abs().max()
    return bool(bend < 1e-4 * (1 + out.abs().max()))


def why_low(out, wide, line, y):
    """What the logits of a failing model at the points, far away and along sums of points say about the mistake."""
    if bool(torch.isnan(out).any()):
        return "The model gives nan: the training diverged; use a smaller learning rate."
    if out.ndim == 1 and float(out.min()) >= 0 and float(wide.min()) >= 0:
        return RELU_OUT if bool((out == 0).any()) or float(wide.max()) > 1 else SIGMOID_OUT
    if is_straight(line):
        return STRAIGHT
    loss = F.cross_entropy(out, y) if out.ndim == 2 else F.binary_cross_entropy_with_logits(out, y.float())
    return GUESSING if abs(loss.item() - math.log(2)) < 0.01 else None


def train_and_judge(student, X, y, seed, generator):
    """Accuracy on fresh points of the model that the student trains, and what its outputs say if that is low."""
    test_X, test_y = draw_circles(1000, generator)
    a, b = torch.randn(30, 2) * 2, torch.randn(30, 2) * 2
    answers = fit_and_ask(student, X, y, seed, [test_X, 20 * test_X, torch.cat([a, b, a + b, torch.zeros(1, 2)])])
    expect(answers is not None, "fit_circles should return the model, an nn.Module.")
    score, out = judge(answers[0], test_y)
    return score, why_low(out, answers[1], answers[2], test_y)


@check("fit_circles", points=4, seconds=30, hint="Two hidden layers of 16 with ReLU, Adam with lr 0.01, full batch.")
def test_tells_the_circles_apart(student):
    """scores at least 0.97 on fresh points in at least 2 of 3 seeds"""
    reached, missed = 0, 0
    generator = fresh()
    while reached < 2:
        X, y = draw_circles(400, generator)
        score, why = train_and_judge(student, X, y, int(torch.randint(10_000, (), generator=generator)), generator)
        reached, missed = reached + (score >= FIT_CIRCLES_BAR), missed + (score < FIT_CIRCLES_BAR)
        if missed == 2:
            fail(why or LOW)


@in_worker
def fit_again(student, X, y, seeds, epochs):
    """State dicts of trainings with these seeds and epochs, other random calls in between."""
    states = []
    before = X.clone(), y.clone()
    for seed, count in zip(seeds, epochs):
        states.append(student.fit_circles(X, y, seed, count) if count else student.fit_circles(X, y, seed))
        torch.rand(5), np.random.rand(3), random.random()
    return states, torch.equal(before[0], X) and torch.equal(before[1], y)


@check("fit_circles", points=2, seconds=30, hint="torch.manual_seed(seed) once, before the model is built; for _ in range(epochs).")
def test_is_fixed_by_the_seed(student):
    """gives the very same weights for the same seed, others for another seed, and trains for `epochs`"""
    generator = fresh()
    X, y = draw_circles(400, generator)
    models, same = fit_again(student, X, y, (5, 5, 6, 5), (4, 4, 4, 8))
    expect(isinstance(models, list) and len(models) == 4, "fit_circles should return the model.")
    states = []
    for model in models:
        expect(hasattr(model, "state_dict"), "fit_circles should return the model, an nn.Module.")
        states.append(model.state_dict())
    expect(states[0], "The model has no parameters.")
    expect(same, "fit_circles changed X or y.")
    expect(equal(states[0], states[1]),
           "Two calls with the same seed gave different weights: set the seed inside the function, before the model is "
           "built; weights are drawn at construction.")
    expect(not equal(states[0], states[2]), "Two different seeds gave the same weights: the seed is not used.")
    expect(not equal(states[0], states[3]), "Twice the epochs gave the same weights: `epochs` is not used.")
    for seed in (5, 6, 7):  # a repeated failure earns nothing here, but a seed may be unlucky
        score, why = train_and_judge(student, X, y, seed, generator)
        if score > 0.9:
            return
    fail(why or "These are the weights of a model that does not tell the circles apart.")


def equal(a, b):
    return set(a) == set(b) and all(a[k].shape == b[k].shape and torch.equal(a[k], b[k]) for k in a)
