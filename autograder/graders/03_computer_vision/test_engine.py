"""Hidden checks of 03_computer_vision/engine."""

import functools
import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

from autograder.calibrate import sibling
from autograder.checks import DATASETS, assert_close, assert_equal, check, expect, fail, in_worker
from autograder.model import EngineError

PretendDevice = sibling(__file__, "pretend_device.py").PretendDevice

TRAIN_FASHION_BAR = 0.78
"""Lowest accuracy that passes; calibration.md has the measurements. The task asks for 0.80; the rest is room for the luck of one run."""

GRAPH = (
    "You trained with gradient recording switched off. Record gradients while training; torch.inference_mode() and "
    "torch.no_grad() are only for testing."
)
ADD_UP = (
    "Gradients add up: a step used the gradients of earlier batches as well as its own. Call optimizer.zero_grad() before "
    "loss.backward(), for every batch."
)
OLD = (
    "The first step used what was in .grad before the call as well as its own gradient. Call optimizer.zero_grad() before "
    "loss.backward()."
)
SOFTMAX = "A softmax stands before the loss: CrossEntropyLoss wants raw logits and does it itself."
A_TENSOR = "It is a tensor: keep numbers, not graphs. loss.item() gives the number, and lets the graph go."
BATCH_MEANS = (
    "This is the mean of the batch means: the smaller last batch counts as much as the others. Weigh each batch by its size "
    "(or count), and divide by the number of samples."
)
NO_EVAL = "Dropout and batch norm worked as in training while you measured: call model.eval() first."
STILL_A_GRAPH = (
    "A graph was built while you measured. eval() does not stop the recording of gradients: wrap the loop in torch.inference_mode()."
)
MODES = (
    "The modes were not put back: note module.training of every one of model.modules() first, and write each back at the end."
)
DEVICE = (
    "A batch on the CPU met a model (or predictions) on another device. Move pictures and labels, and keep the result: "
    "X, y = X.to(device), y.to(device)."
)
EVAL_ALL = "The model was trained in eval mode: call model.train() first."
EVAL_LATER = "From the second epoch on the model was trained in eval mode: switch back to train mode at the top of each epoch."
ON_TRAIN = "You measured on the training set: the test numbers come from the test loader."


# ------------------------------------------------------------------------------------ beside the student's code


@in_worker
class Net(nn.Module):
    """A small classifier of 2x5x5 pictures into 4 classes; notes at each call its modes and whether it records."""

    calls = []

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 3, 3, stride=2)
        self.norm = nn.BatchNorm2d(3)
        self.head = nn.Sequential(nn.Tanh(), nn.Flatten(), nn.Linear(12, 4))

    def forward(self, x):
        out = self.head(self.norm(self.conv(x)))
        type(self).calls.append((self.training, self.norm.training, out.requires_grad, len(x)))
        return out


@in_worker
class Spy:
    """Notes in order: "gradient" when the model gets one, "step" or "empty step" when an optimiser steps."""

    def __init__(self, model):
        self.events, self.model, self.hooks = [], model, []

    def __enter__(self):
        from torch.optim.optimizer import register_optimizer_step_pre_hook

        self.hooks = [p.register_hook(self.gradient) for p in self.model.parameters()]
        self.hooks.append(register_optimizer_step_pre_hook(self.step))
        return self

    def __exit__(self, *error):
        for hook in self.hooks:
            hook.remove()

    def note(self, event):
        if self.events[-1:] != [event]:
            self.events.append(event)
        del self.events[40:]

    def gradient(self, grad):
        self.note("gradient")

    def step(self, optimizer, args, kwargs):
        stepped = [p for group in optimizer.param_groups for p in group["params"]]
        full = any(p.grad is not None and bool((p.grad != 0).any()) for p in stepped)
        self.note("step" if full else "empty step")


@in_worker
def make_net(state, modes=None, grads=None):
    model = Net()
    model.load_state_dict(state)
    for module, mode in zip(model.modules(), modes or [True] * 99):
        module.training = mode
    for parameter, grad in zip(model.parameters(), grads or []):
        parameter.grad = grad.clone()
    Net.calls.clear()
    return model


@in_worker
def make_loader(data, batch_size, seed):
    generator = torch.Generator().manual_seed(seed or 0)
    return DataLoader(TensorDataset(*data), batch_size, shuffle=seed is not None, generator=generator)


@in_worker
def random_states():
    numpy_state = np.random.get_state()
    return random.getstate(), numpy_state[1].tobytes(), numpy_state[2], torch.get_rng_state().numpy().tobytes()


@in_worker
def run(student, name, state, datas, plan):
    """Call train_epoch, evaluate or fit on loaders of the data; all that can be seen afterwards."""
    model = make_net(state, plan.get("modes"), plan.get("grads"))
    loaders = [make_loader(data, plan.get("batch", 4), seed) for data, seed in zip(datas, plan.get("seeds", [None, None]))]
    loss_fn = nn.CrossEntropyLoss(label_smoothing=plan.get("smoothing", 0.0))
    given, before = [[t.clone() for t in data] for data in datas], random_states()
    args = [model, *loaders, loss_fn]
    if name != "evaluate":
        args.append(getattr(torch.optim, plan.get("optimizer", "SGD"))(model.parameters(), **plan.get("options", {"lr": 0.2})))
    args.append(torch.device("cpu") if plan.get("device_object") else "cpu")
    if name == "fit":
        args.append(plan["epochs"])
    with Spy(model) as spy:
        answer = getattr(student, name)(*args)
    return {
        "answer": answer, "events": spy.events, "state": {key: value.clone() for key, value in model.state_dict().items()},
        "modes": [module.training for module in model.modules()], "calls": list(Net.calls), "drew": before != random_states(),
        "grads": [parameter.grad for parameter in model.parameters()], "same_data": all(
            torch.equal(a, b) for old, new in zip(given, datas) for a, b in zip(old, new)),
        "tracked": all(p.requires_grad for p in model.parameters()), "recording": torch.is_grad_enabled(),
    }


@in_worker
def tag_on_the_cpu(batch):
    from torch.utils.data import default_collate

    return [PretendDevice.put(tensor, "cpu") for tensor in default_collate(batch)]


@in_worker
def run_on_pretended_device(student, name, state, datas, epochs):
    """The answer where the model is on a GPU and the loaders' batches are not; "mixed" where two devices met."""
    try:
        with PretendDevice():
            model = make_net(state)
            for tensor in (*model.parameters(), *model.buffers()):
                PretendDevice.put(tensor, "cuda")
            loaders = [DataLoader(TensorDataset(*data), 4, collate_fn=tag_on_the_cpu) for data in datas]
            args = [model, *loaders, nn.CrossEntropyLoss()]
            if name != "evaluate":
                args.append(torch.optim.SGD(model.parameters(), lr=0.2, foreach=False))
            return getattr(student, name)(*args, torch.device("cuda"), *([epochs] if name == "fit" else []))
    except Exception as error:
        return "mixed" if "on the same device" in str(error) else "unknown"


# ------------------------------------------------------------------------------------------- on the grader's side


def _state():
    """A state_dict with every number drawn, running statistics included."""
    state = Net().state_dict()
    for name, value in state.items():
        if name.endswith("running_var"):
            value.uniform_(1.5, 3)
        elif value.is_floating_point():
            value.uniform_(-0.7, 0.7)
    return {name: value.clone() for name, value in state.items()}


def _data(n=14):
    """n pictures; those of the last two differ from the others, so that averages over batches and samples part."""
    X, y = torch.randn(n, 2, 5, 5), torch.randint(0, 4, (n,))
    X[-2:] *= 4
    return X, y


def _grads(state):
    return [torch.rand_like(value) + 0.5 for key, value in state.items() if "running" not in key and "batches" not in key]


def _model(state, training=True):
    model = Net()
    model.load_state_dict(state)
    return model.train(training)


def _loader(data, batch_size, seed):
    generator = torch.Generator().manual_seed(seed or 0)
    return DataLoader(TensorDataset(*data), batch_size, shuffle=seed is not None, generator=generator)


def _copy(model):
    return {name: value.clone() for name, value in model.state_dict().items()}


def _loss_fn(plan):
    return nn.CrossEntropyLoss(label_smoothing=plan.get("smoothing", 0.0))


def _numbers(rows):
    """From (loss, how many right, size) of each batch: the two means over samples."""
    count = sum(size for *_, size in rows)
    return {"loss": sum(loss * size for loss, _, size in rows) / count, "accuracy": sum(right for _, right, _ in rows) / count}


def _batch_means(rows):
    return {"loss": sum(loss for loss, *_ in rows) / len(rows), "accuracy": sum(right / size for _, right, size in rows) / len(rows)}


class _Run:
    """The grader's own epochs: rows of (loss, how many right, size) of each pass, and the state after each epoch."""

    def __init__(self, state, datas, plan, epochs=1, *, forget=True, softmax=False, eval_from=None, test_train_mode=False):
        model = _model(state)
        self.loss_fn = _loss_fn(plan)
        optimizer = getattr(torch.optim, plan.get("optimizer", "SGD"))(model.parameters(), **plan.get("options", {"lr": 0.2}))
        for parameter, grad in zip(model.parameters(), plan.get("grads") or []):
            parameter.grad = grad.clone()
        loaders = [_loader(data, plan.get("batch", 4), seed) for data, seed in zip(datas, plan.get("seeds", [None, None]))]
        self.train, self.after, self.test, self.states = [], [], [], []
        for epoch in range(epochs):
            model.train(eval_from is None or epoch < eval_from)
            rows, later = [], []
            for X, y in loaders[0]:
                out = model(X)
                loss = self.loss_fn(out.softmax(1) if softmax else out, y)
                if forget:
                    optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                rows.append(self.row(out, y))
                with torch.no_grad():
                    later.append(self.row(_model(_copy(model))(X), y))
            self.train.append(rows)
            self.after.append(later)
            if len(loaders) > 1:
                self.test.append(self.measure(model, loaders[1], test_train_mode))
            self.states.append(_copy(model))

    def row(self, out, y):
        return self.loss_fn(out, y).item(), int((out.argmax(1) == y).sum()), len(y)

    def measure(self, model, loader, training=False):
        twin = _model(_copy(model), training)
        with torch.no_grad():
            return [self.row(twin(X), y) for X, y in loader]


def _measured(state, data, plan, training=False, softmax=False):
    loss_fn, model = _loss_fn(plan), _model(state, training)
    with torch.no_grad():
        rows = []
        for X, y in _loader(data, plan.get("batch", 4), None):
            out = model(X)
            rows.append((loss_fn(out.softmax(1) if softmax else out, y).item(), int((out.argmax(1) == y).sum()), len(y)))
    return rows


def _run(student, name, state, datas, plan):
    try:
        return run(student, name, state, [list(data) for data in datas], plan)
    except RuntimeError as error:
        if "does not require grad" in str(error):
            fail(GRAPH)
        raise


def _pair(answer):
    """Loss and accuracy of an answer, as floats."""
    expect(isinstance(answer, dict), f"a dict with loss and accuracy was due; {type(answer).__name__} came.")
    for key in ("loss", "accuracy"):
        expect(key in answer, f'the dict has no key "{key}".')
        if isinstance(answer[key], torch.Tensor):
            fail(f'"{key}" should be a Python float. {A_TENSOR}')
        expect(isinstance(answer[key], float), f'"{key}" should be a Python float; it is {type(answer[key]).__name__}.')
    return answer


def _check_mean(answer, key, rows, more=None):
    """The number under `key` is the mean over the samples of `rows`."""
    got = _pair(answer)[key]
    sums = {"loss": sum(loss for loss, *_ in rows), "accuracy": float(sum(right for _, right, _ in rows))}
    sized = sum(loss * size for loss, _, size in rows)
    count = sum(size for *_, size in rows)
    mistakes = {
        BATCH_MEANS: _batch_means(rows)[key],
        "These are percent; 0 to 1 is asked for." if key == "accuracy" else "Not divided: the mean over the samples is asked for.":
            100 * _numbers(rows)[key] if key == "accuracy" else sized,
        "This is the sum over the batches, not the mean over the samples.": sums[key],
        "Divided by the number of batches, not of samples.": sums[key] / len(rows) if key == "accuracy" else sized / len(rows),
        "The batch losses are means already: weigh each by its batch size before you divide by the number of samples."
        if key == "loss" else "The accuracy is divided twice.": sums[key] / count if key == "loss" else _batch_means(rows)[key] / count,
        "This is the last batch's number alone.": rows[-1][0] if key == "loss" else rows[-1][1] / rows[-1][2],
    }
    assert_close(float(got), _numbers(rows)[key], what=key, rtol=1e-4, atol=1e-5, mistakes={**(more or {}), **mistakes})


def _like(a, b):
    return a.keys() == b.keys() and all(torch.allclose(a[key].float(), b[key].float()) for key in a)


def _parameters(state):
    return {key: value for key, value in state.items() if "running" not in key and "batches" not in key}


def _moved(before, out):
    """Fails with the reason where the parameters did not move at all."""
    if not _like(_parameters(before), _parameters(out["state"])):
        return
    events = out["events"]
    steps = [event for event in events if event != "gradient"]
    if not steps and "gradient" not in events:
        fail("The loss was computed, but nobody updated the weights: call loss.backward(), then optimizer.step().")
    if not steps:
        fail("loss.backward() filled the gradients, but nobody updated the weights: call optimizer.step() after it.")
    if "gradient" not in events:
        fail("optimizer.step() ran, but loss.backward() was never called before it: nobody updated the weights.")
    if len(events) == 2 and events[0] == "empty step":
        fail("The weights never moved: step() reads .grad, which backward() fills. Call loss.backward() before it.")
    fail("The weights never moved: you erased the gradients before using them. zero_grad() may stand anywhere but between "
         "loss.backward() and optimizer.step().")


def _check_state(got, want, mistakes, what="the model afterwards"):
    assert_close(got, want, what=what, rtol=1e-3, atol=1e-4, mistakes=mistakes)


def _common(state, datas, plan, epochs=1, pick=lambda ours: ours.states[-1]):
    """What the commonest slips of a loop give, by what to say of them."""
    return {
        ADD_UP: lambda: pick(_Run(state, datas, plan, epochs, forget=False)),
        SOFTMAX: lambda: pick(_Run(state, datas, plan, epochs, softmax=True)),
        EVAL_ALL: lambda: pick(_Run(state, datas, plan, epochs, eval_from=0)),
        EVAL_LATER: lambda: pick(_Run(state, datas, plan, epochs, eval_from=1)),
        "All pictures went into one update: make one per batch.": lambda: pick(_Run(state, datas, plan | {"batch": 99}, epochs)),
    }


def _on_device(student, name, datas, state, want):
    """`want` is what the answer must be near to; only a mix of devices fails."""
    answer = run_on_pretended_device(student, name, state, [list(data) for data in datas], 1)
    if answer == "mixed":
        fail(DEVICE)
    if answer != "unknown":
        for key, value in want.items():
            number = answer.get(key) if isinstance(answer, dict) else None
            number = number[0] if isinstance(number, list) and number else number
            expect(isinstance(number, float), f'"{key}" is missing.')
            expect(math.isclose(number, value, rel_tol=1e-3, abs_tol=1e-4), f'"{key}" is another number on another device.')


ODD_MODES = [True, True, False, True, False, True, True]


# ------------------------------------------------------------------------------------------------- train_epoch


@check("train_epoch", points=2, hint="Per batch: predict, measure, zero_grad, backward, step.")
def test_train_epoch_updates_once_per_batch(student):
    """moves the parameters once per batch, along the gradient of that batch alone"""
    state, data = _state(), _data()
    out = _run(student, "train_epoch", state, [data], {})
    _moved(state, out)
    plan = {}
    ours = _Run(state, [data], plan)
    _check_state(out["state"], ours.states[0], {
        **_common(state, [data], plan),
        "Only the first batch was used.": lambda: _Run(state, [[t[:4] for t in data]], plan).states[0],
        "The last, smaller batch was left out.": lambda: _Run(state, [[t[:12] for t in data]], plan).states[0],
        "Two rounds were made through the loader; one is asked for.": lambda: _Run(state, [data], plan, 2).states[1],
    })


@check("train_epoch", hint="zero_grad() before backward() makes each step independent of what .grad held.")
def test_train_epoch_forgets_old_gradients(student):
    """uses each batch's own gradient, whatever .grad held before the call"""
    state, data = _state(), _data()
    plan = {"grads": _grads(state)}
    out = _run(student, "train_epoch", state, [data], plan)
    _moved(state, out)
    _check_state(out["state"], _Run(state, [data], {}).states[0], {
        OLD: lambda: _zeroed_after(state, data, plan), **_common(state, [data], plan)})


def _zeroed_after(state, data, plan):
    """zero_grad after each step: right but for the gradients that were there before."""
    model = _model(state)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
    for parameter, grad in zip(model.parameters(), plan["grads"]):
        parameter.grad = grad.clone()
    for X, y in _loader(data, 4, None):
        F.cross_entropy(model(X), y).backward()
        optimizer.step()
        optimizer.zero_grad()
    return _copy(model)


@check("train_epoch", hint="loss_fn(logits, y); no loss and no optimiser of your own.")
def test_train_epoch_uses_the_given_tools(student):
    """uses the loss function, the optimiser and the loader it is given"""
    state, data = _state(), _data()
    plan = {"optimizer": "Adam", "options": {"lr": 0.05}, "smoothing": 0.3, "seeds": [7], "device_object": True}
    out = _run(student, "train_epoch", state, [data], plan)
    _moved(state, out)
    ours = _Run(state, [data], plan)
    _check_state(out["state"], ours.states[0], {
        "This is a loss function of your own: use the one you were given.": lambda: _Run(state, [data], plan | {"smoothing": 0.0}).states[0],
        "This is plain SGD: use the optimiser you were given.": lambda: _Run(state, [data], plan | {"optimizer": "SGD"}).states[0],
        **_common(state, [data], plan),
    })
    _check_mean(out["answer"], "loss", ours.train[0])
    expect(out["same_data"], "the data you were given was changed")


@check("train_epoch", hint="Add up loss.item() * len(y), and divide by the number of samples.")
def test_train_epoch_returns_the_mean_loss(student):
    """returns the mean loss over samples as a float, each measured before its update"""
    state, data = _state(), _data()
    out = _run(student, "train_epoch", state, [data], {})
    ours = _Run(state, [data], {})
    _check_mean(out["answer"], "loss", ours.train[0], {
        "These are the losses after each update: keep the ones that backward() starts from.": _numbers(ours.after[0])["loss"],
        "This is the loss of the finished model; each batch is measured before its update.": _numbers(_measured(ours.states[0], data, {}))["loss"],
        **_common(state, [data], {}, pick=lambda ours: _numbers(ours.train[0])["loss"]),
        "The loss is that of a model that does not change from batch to batch.": _numbers(_measured(state, data, {}, training=True))["loss"],
    })


@check("train_epoch", hint="Count how many argmax(dim=1) are right; divide by how many samples there were.")
def test_train_epoch_returns_the_accuracy(student):
    """returns the share of right predictions over samples as a float from 0 to 1"""
    while True:
        state, data = _state(), _data()
        ours = _Run(state, [data], {})
        rows = ours.train[0]
        if len({round(v, 4) for v in (_numbers(rows)["accuracy"], _batch_means(rows)["accuracy"], _numbers(ours.after[0])["accuracy"], 0.0)}) == 4:
            break
    out = _run(student, "train_epoch", state, [data], {})
    _check_mean(out["answer"], "accuracy", rows, {
        "These are predictions after each update: count those that the loss was computed from.": _numbers(ours.after[0])["accuracy"],
        **_common(state, [data], {}, pick=lambda ours: _numbers(ours.train[0])["accuracy"]),
    })


@check("train_epoch", hint="model.train() at the top switches every submodule.")
def test_train_epoch_works_in_train_mode(student):
    """puts the whole model in train mode before the first batch, and leaves it there"""
    state, data = _state(), _data()
    want = _Run(state, [data], {}).states[0]
    for modes in ([False] * 7, ODD_MODES):
        out = _run(student, "train_epoch", state, [data], {"modes": modes})
        if any(not (whole and norm) for whole, norm, *_ in out["calls"]):
            fail("A forward pass ran in eval mode: call model.train() before the first batch.")
        _moved(state, out)
        _check_state(out["state"], want, _common(state, [data], {}))
        expect(all(out["modes"]), "train_epoch leaves the model, every submodule included, in train mode.")


@check("train_epoch", hint="Move both, pictures and labels, and assign what .to(device) gives.")
def test_train_epoch_moves_the_batches(student):
    """moves pictures and labels to the device"""
    state, data = _state(), _data()
    rows = _Run(state, [data], {}).train[0]
    answer = _run(student, "train_epoch", state, [data], {})["answer"]
    for key in ("loss", "accuracy"):
        _check_mean(answer, key, rows, _common(state, [data], {}, pick=lambda ours, key=key: _numbers(ours.train[0])[key]))
    _on_device(student, "train_epoch", [data], state, _numbers(rows))


# ---------------------------------------------------------------------------------------------------- evaluate


@check("evaluate", hint="model.eval() before the loop; loss.item() * len(y) in it.")
def test_evaluate_returns_the_mean_loss(student):
    """returns the mean loss over samples as a float, of the model in eval mode"""
    for plan in ({}, {"smoothing": 0.3}):
        state, data = _state(), _data()
        out = _run(student, "evaluate", state, [data], plan)
        _check_mean(out["answer"], "loss", _measured(state, data, plan), {
            NO_EVAL: _numbers(_measured(state, data, plan, training=True))["loss"],
            SOFTMAX: _numbers(_measured(state, data, plan, softmax=True))["loss"],
        })


@check("evaluate", hint="Count how many argmax(dim=1) are right; divide by how many samples there were.")
def test_evaluate_returns_the_accuracy(student):
    """returns the share of right predictions over samples as a float from 0 to 1"""
    while True:
        state, data = _state(), _data()
        rows, loud = _measured(state, data, {}), _measured(state, data, {}, training=True)
        if len({round(v, 4) for v in (_numbers(rows)["accuracy"], _batch_means(rows)["accuracy"], _numbers(loud)["accuracy"], 0.0)}) == 4:
            break
    out = _run(student, "evaluate", state, [data], {"device_object": True})
    _check_mean(out["answer"], "accuracy", rows, {NO_EVAL: _numbers(loud)["accuracy"]})


@check("evaluate", hint="Two switches: model.eval() and torch.inference_mode().")
def test_evaluate_builds_no_graph(student):
    """builds no graph in the forward passes"""
    state, data = _state(), _data()
    out = _run(student, "evaluate", state, [data], {})
    if any(records for _, _, records, _ in out["calls"]):
        fail(STILL_A_GRAPH)
    expect(out["recording"], "gradient recording is still off after the call: use `with`, which switches it on again.")
    _check_mean(out["answer"], "loss", _measured(state, data, {}))


@check("evaluate", hint="model.training is the flag of the outermost module only.")
def test_evaluate_puts_the_modes_back(student):
    """puts the mode of every submodule back"""
    state, data = _state(), _data()
    for modes in ([True] * 7, [False] * 7, ODD_MODES):
        out = _run(student, "evaluate", state, [data], {"modes": modes})
        _check_mean(out["answer"], "loss", _measured(state, data, {}))
        expect(out["modes"] == modes, MODES)


@check("evaluate", hint="A test reads: no step, no zero_grad, nothing in place.")
def test_evaluate_changes_nothing(student):
    """leaves parameters, .grad, buffers, the data and the random state as they were"""
    state, data = _state(), _data()
    plan = {"grads": _grads(state), "seeds": [5]}
    out = _run(student, "evaluate", state, [data], plan)
    if not _like(_parameters(state), _parameters(out["state"])):
        fail("The parameters changed: a test does not update the model.")
    if not _like(state, out["state"]):
        fail("The running averages of batch norm moved towards the test data: call model.eval() first.")
    expect(all(grad is not None for grad in out["grads"]), "evaluate erased .grad; a test leaves it alone.")
    assert_equal(out["grads"], plan["grads"], what=".grad of the parameters")
    expect(out["tracked"], "the parameters no longer require grad; a test leaves that alone.")
    expect(out["same_data"], "the data you were given was changed.")
    expect(not out["drew"], "the global random state was changed; evaluate has no seed, so leave it alone.")
    _check_mean(out["answer"], "loss", _measured(state, data, {}))


@check("evaluate", hint="Move both, pictures and labels, and assign what .to(device) gives.")
def test_evaluate_moves_the_batches(student):
    """moves pictures and labels to the device"""
    state, data = _state(), _data()
    rows = _measured(state, data, {})
    answer = _run(student, "evaluate", state, [data], {})["answer"]
    _check_mean(answer, "loss", rows)
    _check_mean(answer, "accuracy", rows)
    _on_device(student, "evaluate", [data], state, _numbers(rows))


# --------------------------------------------------------------------------------------------------------- fit

KEYS = ("train_loss", "train_accuracy", "test_loss", "test_accuracy")
PLAN = {"epochs": 3, "seeds": [3, None], "options": {"lr": 0.1, "momentum": 0.9}, "smoothing": 0.2}


def _series(history, key, epochs):
    expect(isinstance(history, dict), f"a dict of lists was due; {type(history).__name__} came.")
    expect(key in history, f'the dict has no key "{key}".')
    values = history[key]
    expect(isinstance(values, (list, tuple)), f'"{key}" should be a list; it is {type(values).__name__}.')
    for value in values:
        if isinstance(value, torch.Tensor):
            fail(f'"{key}" should hold Python floats. {A_TENSOR}')
        expect(isinstance(value, float), f'"{key}" should hold Python floats; it holds {type(value).__name__}.')
    expect(len(values) == epochs, f'"{key}" should hold one number per epoch; after {epochs} epochs it holds {len(values)}.')
    return [float(value) for value in values]


def _check_series(history, key, rows, more=None):
    what = key.partition("_")[2]
    got = _series(history, key, len(rows))
    want = [_numbers(r)[what] for r in rows]
    assert_close(got, want, what=key, rtol=1e-3, atol=1e-4, mistakes={
        **{why: values for why, values in (more or {}).items()},
        BATCH_MEANS: [_batch_means(r)[what] for r in rows],
        "These are percent; 0 to 1 is asked for.": [100 * value for value in want],
        "The numbers of all epochs are averaged together: begin each epoch's sums at 0.":
            [_numbers(sum(rows[: i + 1], []))[what] for i in range(len(rows))],
    })


def _fit_case():
    return _state(), [_data(), _data(10)]


@check("fit", hint="Per epoch: train mode, one round through the training loader, then the test loader.")
def test_fit_trains_every_epoch(student):
    """trains once through the training loader per epoch, in train mode, with the tools it is given"""
    state, datas = _fit_case()
    out = _run(student, "fit", state, datas, PLAN)
    _moved(state, out)
    ours = _Run(state, datas, PLAN, 3)
    _check_state(out["state"], ours.states[-1], {
        **_common(state, datas, PLAN, 3),
        "Only one epoch was trained.": lambda: ours.states[0],
        "You trained on the test set.": lambda: _Run(state, [datas[1], datas[0]], PLAN | {"seeds": [None, 3]}, 3).states[-1],
    })


@check("fit", hint="The numbers of train_epoch, appended once per epoch.")
def test_fit_lists_the_training_numbers(student):
    """lists loss and accuracy of each training epoch, over samples, as the epoch ran"""
    state, datas = _fit_case()
    history = _run(student, "fit", state, datas, PLAN)["answer"]
    ours = _Run(state, datas, PLAN, 3)
    for what in ("loss", "accuracy"):
        finished = [_numbers(_measured(s, datas[0], PLAN))[what] for s in ours.states]
        _check_series(history, f"train_{what}", ours.train, {
            "These are numbers of the finished epoch's model; the epoch's own numbers, each batch before its update, are asked for.": finished})


@check("fit", points=2, hint="After the epoch's training: eval mode, the test loader, no updates.")
def test_fit_lists_the_test_numbers(student):
    """lists loss and accuracy on the test loader after each epoch, over samples, in eval mode"""
    state, datas = _fit_case()
    history = _run(student, "fit", state, datas, PLAN)["answer"]
    ours = _Run(state, datas, PLAN, 3)
    loud = _Run(state, datas, PLAN, 3, test_train_mode=True)
    for what in ("loss", "accuracy"):
        train = [_numbers(rows)[what] for rows in ours.train]
        on_train = [_numbers(_measured(s, datas[0], PLAN))[what] for s in ours.states]
        before = [_numbers(_measured(s, datas[1], PLAN))[what] for s in (state, *ours.states[:-1])]
        got = _series(history, f"test_{what}", 3)
        if all(math.isclose(a, b, rel_tol=1e-4) for a, b in zip(got, on_train)):
            fail(ON_TRAIN)
        _check_series(history, f"test_{what}", ours.test, {
            "These are the training numbers again. " + ON_TRAIN: train,
            NO_EVAL: [_numbers(rows)[what] for rows in loud.test],
            "You measured before the epoch's training; measure after it.": before,
        })


@check("fit", hint="Empty lists first, then one append per epoch and key.")
def test_fit_lists_one_number_per_epoch(student):
    """gives four lists of Python floats, one number per epoch, empty ones for no epochs"""
    state, datas = _fit_case()
    for epochs in (0, 1, 4):
        plan = PLAN | {"epochs": epochs, "device_object": True}
        out = _run(student, "fit", state, datas, plan)
        ours = _Run(state, datas, plan, epochs)
        for key in KEYS:
            _series(out["answer"], key, epochs)
        _check_state(out["state"], ours.states[-1] if epochs else state, _common(state, datas, plan, epochs) if epochs else {})
        if epochs:
            assert_close(_series(out["answer"], "test_loss", epochs), [_numbers(r)["loss"] for r in ours.test], what="test_loss", rtol=1e-3)


@check("fit", hint="Two switches while you measure: model.eval() and torch.inference_mode().")
def test_fit_measures_without_a_graph(student):
    """builds no graph while it measures, and changes neither the data nor the random state"""
    state, datas = _fit_case()
    out = _run(student, "fit", state, datas, PLAN)
    measuring = [records for whole, _, records, _ in out["calls"] if not whole]
    if any(measuring):
        fail(STILL_A_GRAPH)
    expect(measuring, NO_EVAL)
    expect(out["recording"], "gradient recording is still off after the call: use `with`, which switches it on again.")
    expect(out["same_data"], "the data you were given was changed.")
    expect(not out["drew"], "the global random state was changed; fit has no seed, so leave it alone.")
    _moved(state, out)
    _check_state(out["state"], _Run(state, datas, PLAN, 3).states[-1], _common(state, datas, PLAN, 3))


@check("fit", hint="Note the modes before the first epoch, write them back after the last.")
def test_fit_puts_the_modes_back(student):
    """ends with every submodule in the mode it came in"""
    state, datas = _fit_case()
    want = _Run(state, datas, PLAN, 3).states[-1]
    for modes in ([False] * 7, [True] * 7, ODD_MODES):
        out = _run(student, "fit", state, datas, PLAN | {"modes": modes})
        _moved(state, out)
        _check_state(out["state"], want, _common(state, datas, PLAN, 3))
        expect(out["modes"] == modes, MODES)


@check("fit", hint="Move both, pictures and labels, in training and in testing.")
def test_fit_moves_the_batches(student):
    """moves the batches of both loaders to the device"""
    state, datas = _fit_case()
    plan = {"epochs": 1}
    ours = _Run(state, datas, plan, 1)
    history = _run(student, "fit", state, datas, plan)["answer"]
    _check_series(history, "test_loss", ours.test)
    _on_device(student, "fit", datas, state, {"train_loss": _numbers(ours.train[0])["loss"], "test_loss": _numbers(ours.test[0])["loss"]})


# ----------------------------------------------------------------------------------------------- train_fashion


@functools.cache
def _all_pictures():
    path = DATASETS / "fashion_mnist" / "fashion_mnist_7k.npz"
    try:
        with np.load(path) as file:
            X = np.concatenate([file["X_train"], file["X_test"]])
            y = np.concatenate([file["y_train"], file["y_test"]])
    except Exception as error:
        raise EngineError(f"{path} is missing or damaged ({error}): `nox -s data` says more, `git checkout -- {path}` restores it") from error
    return torch.from_numpy(X), torch.from_numpy(y).long()


def fashion_task(seed, train=500, test=10, judged=190):
    """(train, test, judged): so many pictures of each class, drawn from all 7,000.

    Knowledge of the files does not help: all pictures are mirrored or not and moved by up to one pixel, alike in all three parts,
    the class ids are renumbered, and the judged pictures have a little noise besides.
    """
    generator = torch.Generator().manual_seed(seed)

    def below(n):
        return int(torch.randint(n, (), generator=generator))

    X, y = _all_pictures()
    parts = [[], [], []]
    for c in range(10):
        at = (y == c).nonzero().squeeze(1)
        at = at[torch.randperm(len(at), generator=generator)]
        for part, found in zip(parts, at.split([train, test, judged, len(at) - train - test - judged])):
            part.append(found)
    mirrored, shift, names = below(2), (below(3) - 1, below(3) - 1), torch.randperm(10, generator=generator)
    made = []
    for part in parts:
        at = torch.cat(part)
        at = at[torch.randperm(len(at), generator=generator)]
        images = X[at].flip(2) if mirrored else X[at]
        images = F.pad(images, (1, 1, 1, 1))[:, 1 + shift[0] : 29 + shift[0], 1 + shift[1] : 29 + shift[1]]
        made.append((images.unsqueeze(1).float() / 255, names[y[at]]))
    images, labels = made[2]
    noisy = (images + 0.02 * torch.randn(images.shape, generator=generator)).clamp(0, 1)
    return made[0], made[1], (noisy, labels)


def accuracy_of(model, judged, size=250):
    """Share of right predictions of `model`: a module, or a handle of one; also the logits."""
    model.eval()
    logits = torch.cat([model(x).detach() for x in judged[0].split(size)])
    return float((logits.argmax(1) == judged[1]).double().mean()), logits


def _expect_model(model):
    if isinstance(model, tuple | list):
        fail(f"a model was due; a {type(model).__name__} of {len(model)} came. Return the model alone.")
    expect("Module" in getattr(model, "bases", ()), "a trained nn.Module was due.")


def _expect_logits(out, n):
    expect(isinstance(out, torch.Tensor), "the model should give a tensor.")
    expect(tuple(out.shape) == (n, 10), f"logits of shape ({n}, 10) were due for {n} pictures; the shape is {tuple(out.shape)}.",
           shapes=(out.shape, (n, 10)))
    expect(out.is_floating_point(), "logits are floating point; the model should not give classes.")


# 30 CPU seconds are promised; a machine half as fast gets its time, too.
@check("train_fashion", points=4, seconds=60, hint="Try it at home: train on 5,000 of the training pictures, then measure on the test part.")
def test_train_fashion_learns(student):
    """returns a model that is right for enough pictures it has not been given"""
    best = 0.0
    for _ in range(2):  # a second seed for those whom the first one treats badly
        train, test, judged = fashion_task(int(torch.randint(2**31, ())))
        model = student.train_fashion(train, test, int(torch.randint(1000, ())))
        _expect_model(model)
        accuracy, logits = accuracy_of(model, judged)
        _expect_logits(logits, len(judged[1]))
        expect(not torch.isnan(logits).any(), "The logits are nan: the training has blown up. Use a smaller learning rate.")
        best = max(best, accuracy)
        if best >= TRAIN_FASHION_BAR:
            return
    if best < 0.25:
        fail("The model guesses: with ten classes guessing is right in 1 of 10. Does the loss fall below 2.30 (ln 10)? Does the optimiser hold "
             "this model's parameters, and is it the trained model that you return?")
    fail("The model has learnt something, but not enough. A loop that forgets zero_grad, a softmax before the loss, pixels that the returned "
         "model gets in another form than in training, or too few or too small steps look like this.")


@check("train_fashion", points=2, seconds=60, hint="torch.manual_seed(seed) before the model is built; a linear layer at the end.")
def test_train_fashion_repeats_itself(student):
    """gives the same model for the same seed, whatever drew random numbers before: raw logits (N, 10), for one picture too"""
    train, test, judged = fashion_task(int(torch.randint(2**31, ())), judged=20)
    seed = int(torch.randint(1000, ()))
    results = []
    for _ in range(2):
        model = student.train_fashion(train, test, seed)
        _expect_model(model)
        accuracy, logits = accuracy_of(model, judged)
        _expect_logits(logits, len(judged[1]))
        expect(accuracy > 0.3, "The model guesses: is it the trained model that you return?")
        results.append(logits)
    total = logits.double().sum(1)
    if bool((logits >= 0).all()) and torch.allclose(total, torch.ones_like(total), atol=1e-4):
        fail("The model gives probabilities: a softmax is inside. CrossEntropyLoss wants raw logits, and so does whoever uses the model.")
    _expect_logits(model(judged[0][:1]), 1)
    if not torch.allclose(*results, rtol=1e-3, atol=1e-3):
        fail("Two calls with the same seed gave different models. Seed before the model is built, for its weights are drawn then; the batch order "
             "needs a seed, too.")
