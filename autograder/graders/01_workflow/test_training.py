"""Hidden checks of 01_workflow/training."""

import math
import random

import numpy as np
import torch
from torch import nn

from autograder.checks import assert_close, assert_equal, check, expect, fail, in_worker

GRAPH = (
    "backward() found no record: the prediction was made with gradient recording switched off (or was detached). Record "
    "gradients while training; torch.inference_mode() and torch.no_grad() are only for testing."
)
ADD_UP = (
    "Gradients add up: this step used the gradients that were in .grad before as well as its own. Call optimizer.zero_grad() before loss.backward()."
)
SWAPPED = "The loss function got its arguments in the wrong order: prediction first, target second."
BROADCAST = "Shapes (N,) and (N, 1) were broadcast to (N, N), so every prediction met every target: give prediction and target the same shape."
A_TENSOR = "The loss came back as a tensor, which keeps its whole graph in memory. Keep numbers, not graphs: loss.item()."
NO_EVAL = "Dropout and batch norm worked as in training while you measured: call model.eval() first."
STILL_A_GRAPH = (
    "A graph was built while you measured. eval() does not stop the recording of gradients: wrap the forward pass in torch.inference_mode()."
)


# ------------------------------------------------------------------------------------ beside the student's code


@in_worker
class Net(nn.Module):
    """Two linear layers, batch norm between them if asked for; notes at each call its modes and whether it records."""

    calls = []

    def __init__(self, norm):
        super().__init__()
        self.first = nn.Linear(3, 4)
        self.norm = nn.BatchNorm1d(4) if norm else nn.Identity()
        self.last = nn.Linear(4, 1)
        self.tail = nn.Sequential(nn.Sequential(nn.Identity()))  # modes at a depth that children() alone does not reach

    def forward(self, x):
        out = self.tail(self.last(torch.tanh(self.norm(self.first(x)))))
        type(self).calls.append((self.training, self.norm.training, out.requires_grad))
        return out


@in_worker
class DropNet(nn.Module):
    """One linear layer over dropped-out features; notes which were dropped at each call in train mode."""

    masks = []

    def __init__(self):
        super().__init__()
        self.drop = nn.Dropout(0.5)
        self.last = nn.Linear(3, 1)

    def forward(self, x):
        kept = self.drop(torch.ones_like(x))
        if self.training:
            type(self).masks.append(kept.detach() == 0)
        return self.last(kept * x)


@in_worker
def on_every_step(hook):
    from torch.optim.optimizer import register_optimizer_step_pre_hook

    return register_optimizer_step_pre_hook(hook)


@in_worker
class Spy:
    """Notes in order: "gradient" when the model gets one, "step" or "empty step" when an optimiser steps."""

    def __init__(self, model):
        self.events, self.model, self.hooks = [], model, []

    def __enter__(self):
        self.hooks = [p.register_hook(self._gradient) for p in self.model.parameters()]
        self.hooks.append(on_every_step(self._step))
        return self

    def __exit__(self, *error):
        for hook in self.hooks:
            hook.remove()

    def _note(self, event):
        if self.events[-1:] != [event]:
            self.events.append(event)
        del self.events[40:]

    def _gradient(self, grad):
        self._note("gradient")

    def _step(self, optimizer, args, kwargs):
        stepped = [p for group in optimizer.param_groups for p in group["params"]]
        full = any(p.grad is not None and bool((p.grad != 0).any()) for p in stepped)
        self._note("step" if full else "empty step")


@in_worker
def random_states():
    numpy_state = np.random.get_state()
    return random.getstate(), numpy_state[1].tobytes(), numpy_state[2], torch.get_rng_state().numpy().tobytes()


@in_worker
def make_net(state, modes):
    model = Net(norm="norm.weight" in state)
    model.load_state_dict(state)
    for module, mode in zip(model.modules(), modes):
        module.training = mode
    Net.calls.clear()
    return model


@in_worker
def modes_of(model):
    return [module.training for module in model.modules()]


@in_worker
def copy_of(state):
    return {name: value.clone() for name, value in state.items()}


@in_worker
def use_tools(student, state, rate, grads, a, b):
    model = nn.Sequential(nn.Linear(3, 2), nn.Sequential(nn.Linear(2, 2, bias=False), nn.Linear(2, 1)))
    model.load_state_dict(state)
    model[1][0].requires_grad_(False)
    tools = student.make_training_tools(model) if rate is None else student.make_training_tools(model, lr=rate)
    if not isinstance(tools, (tuple, list)) or len(tools) != 2:
        return {"problem": "pair"}
    loss_fn, optimizer = tools
    if isinstance(loss_fn, torch.optim.Optimizer):
        return {"problem": "swapped"}
    if isinstance(loss_fn, type) or isinstance(optimizer, type):
        return {"problem": "class"}
    if not isinstance(optimizer, torch.optim.Optimizer):
        return {"problem": "optimizer"}
    held = {id(p) for group in optimizer.param_groups for p in group["params"]}
    own = [id(p) in held for p in model.parameters()]
    frozen = not model[1][0].weight.requires_grad
    for parameter, grad in zip(model.parameters(), grads):
        parameter.requires_grad_(True)
        parameter.grad = grad.clone()
    for _ in range(2):
        optimizer.step()
    return {
        "loss_fn": loss_fn,
        "loss": loss_fn(a, b),
        "optimizer": optimizer,
        "own": own,
        "frozen": frozen,
        "state": copy_of(model.state_dict()),
    }


@in_worker
def run_train_step(student, state, batches, loss_name, optimizer_name, options, modes, old_grads=None):
    model = make_net(state, modes)
    optimizer = getattr(torch.optim, optimizer_name)(model.parameters(), **options)
    if old_grads is not None:
        for parameter, grad in zip(model.parameters(), old_grads):
            parameter.grad = grad.clone()
    loss_fn = getattr(nn, loss_name)()
    before = random_states()
    with Spy(model) as spy:
        values = [student.train_step(model, X, y, loss_fn, optimizer) for X, y in batches]
    return {
        "values": values,
        "drew": before != random_states(),
        "events": spy.events,
        "state": copy_of(model.state_dict()),
        "modes": modes_of(model),
        "calls": list(Net.calls),
        "batches": batches,
    }


@in_worker
def run_test_step(student, state, X, y, loss_name, modes, grads):
    model = make_net(state, modes)
    for parameter, grad in zip(model.parameters(), grads):
        parameter.grad = grad.clone()
    model.last.bias.requires_grad_(False)
    loss_fn, before = getattr(nn, loss_name)(), random_states()
    value = student.test_step(model, X, y, loss_fn)
    return {
        "value": value,
        "drew": before != random_states(),
        "state": copy_of(model.state_dict()),
        "modes": modes_of(model),
        "calls": list(Net.calls),
        "data": (X, y),
        "grads": [p.grad for p in model.parameters()],
        "tracked": [p.requires_grad for p in model.parameters()],
        "recording": torch.is_grad_enabled(),
    }


@in_worker
def run_fit(student, state, data, loss_name, optimizer_name, options, epochs, modes):
    model = make_net(state, modes)
    optimizer = getattr(torch.optim, optimizer_name)(model.parameters(), **options)
    before = random_states()
    with Spy(model) as spy:
        history = student.fit(model, *data, getattr(nn, loss_name)(), optimizer, epochs)
    return {
        "history": history,
        "drew": before != random_states(),
        "events": spy.events,
        "state": copy_of(model.state_dict()),
        "modes": modes_of(model),
        "calls": list(Net.calls),
        "data": data,
        "recording": torch.is_grad_enabled(),
    }


@in_worker
def run_fit_with_dropout(student, state, data, epochs, seed):
    model = DropNet()
    model.load_state_dict(state)
    DropNet.masks.clear()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    torch.manual_seed(seed)
    history = student.fit(model, *data, nn.MSELoss(), optimizer, epochs)
    return {"history": history, "masks": list(DropNet.masks), "state": copy_of(model.state_dict())}


@in_worker
def run_fit_line(student, **options):
    """The weights that fit_line gives, after some other random draws, and what its optimiser did."""
    torch.rand(3)
    steps = []

    def note(optimizer, args, kwargs):
        held = [p for group in optimizer.param_groups for p in group["params"]]
        steps.append((held, any(p.grad is not None and bool((p.grad != 0).any()) for p in held)))

    hook = on_every_step(note)
    try:
        model = student.fit_line(**options)
    finally:
        hook.remove()
    if not isinstance(model, nn.Module):
        return {"answer": model}
    own = [any(p is q for q in model.parameters()) for p in (steps[-1][0] if steps else [])]
    return {
        "state": copy_of(dict(model.named_parameters())),
        "steps": len(steps),
        "own": any(own),
        "with_gradients": any(full for _, full in steps),
    }


@in_worker
def fitted_line_at(student, x):
    model = student.fit_line(seed=5, epochs=2)
    return {"parameters": dict(model.named_parameters()), "y": model(x)}


@in_worker
def run_fit_with_schedule(student, state, X, y, loss_name, rates, kind, options, epochs, modes):
    model = make_net(state, modes)
    parts = [model.first, model.norm, model.last]
    groups = [{"params": list(part.parameters()), "lr": rate} for part, rate in zip(parts, rates)]
    optimizer = torch.optim.SGD([group for group in groups if group["params"]], momentum=0.9)
    if kind == "LambdaLR":
        options = {"lr_lambda": lambda epoch: 1 / (1 + epoch)}
    scheduler = getattr(torch.optim.lr_scheduler, kind)(optimizer, **options)
    before = random_states()
    with Spy(model) as spy:
        history = student.fit_with_schedule(model, X, y, getattr(nn, loss_name)(), optimizer, scheduler, epochs)
    return {
        "history": history,
        "drew": before != random_states(),
        "events": spy.events,
        "state": copy_of(model.state_dict()),
        "modes": modes_of(model),
        "calls": list(Net.calls),
        "data": (X, y),
        "rates": [group["lr"] for group in optimizer.param_groups],
        "ticks": scheduler.last_epoch,
    }


# ------------------------------------------------------------------------------------------- on the grader's side


def _net(norm=False):
    """A state_dict with every number drawn, running statistics included."""
    state = Net(norm).state_dict()
    for name, value in state.items():
        if name.endswith("running_var"):
            value.uniform_(1.5, 3)
        elif value.is_floating_point():
            value.uniform_(-1, 1)
    return {name: value.clone() for name, value in state.items()}


def _data(n=12, binary=False):
    X = torch.randn(n, 3) + 0.5
    y = torch.rand(n, 1).round() if binary else X.sum(1, keepdim=True) + 3 + torch.rand(n, 1)
    if binary:
        y[0], y[1] = 0, 1
    return X, y


def _model(state, training=True):
    model = Net("norm.weight" in state)
    model.load_state_dict(state)
    return model.train(training)


def _state(model):
    return {name: value.clone() for name, value in model.state_dict().items()}


def _train(state, batches, loss_fn, optimizer, *, forget=True, old=None, squeeze=False, swap=False, training=True):
    """The grader's own training: losses before each update, and the state afterwards."""
    model = _model(state, training)
    optimizer = optimizer(model.parameters())
    for parameter, grad in zip(model.parameters(), old or []):
        parameter.grad = grad.clone()
    losses = []
    for X, y in batches:
        prediction = model(X).squeeze(1) if squeeze else model(X)
        loss = loss_fn(y, prediction) if swap else loss_fn(prediction, y)
        if forget:
            optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses, _state(model)


def _loss(state, X, y, loss_fn, training=False):
    with torch.no_grad():
        return loss_fn(_model(state, training)(X), y).item()


def _broadcast_loss(prediction, y):
    return (prediction - y).square().mean()


def _like(a, b):
    return a.keys() == b.keys() and all(torch.allclose(a[name].float(), b[name].float()) for name in a)


def _parameters(state):
    return {name: value for name, value in state.items() if "running" not in name and "batches" not in name}


def _grads(state):
    return [torch.rand_like(value) + 0.5 for value in _parameters(state).values()]


def _sgd(lr=0.1, **options):
    return lambda parameters: torch.optim.SGD(parameters, lr=lr, **options)


def _without_recording(run):
    """The answer of a scenario; the error of training without a graph gets its own words."""
    try:
        return run()
    except RuntimeError as error:
        if "does not require grad" in str(error):
            fail(GRAPH)
        raise


def _moved(before, out):
    """Fails with the reason where the parameters did not move at all."""
    if not _like(_parameters(before), _parameters(out["state"])):
        return
    events = out["events"]
    stepped = [event for event in events if event != "gradient"]
    if not stepped and "gradient" not in events:
        fail("The loss was computed, but nobody updated the weights: call loss.backward(), then optimizer.step().")
    if not stepped:
        fail("loss.backward() filled the gradients, but nobody updated the weights: call optimizer.step() after it.")
    if "gradient" not in events:
        fail("optimizer.step() ran, but nobody updated the weights, since loss.backward() was never called before it.")
    if events.index("gradient") > events.index(stepped[0]):
        fail("The weights never moved: step() reads .grad, which backward() fills. Call loss.backward() before it.")
    fail(
        "The weights never moved: you erased the gradients before using them. zero_grad() may stand anywhere but "
        "between loss.backward() and optimizer.step()."
    )


def _float(value, what):
    if isinstance(value, torch.Tensor):
        fail(A_TENSOR)
    expect(isinstance(value, float), f"{what}: expected a Python float, got {type(value).__name__}")


def _series(history, key, epochs):
    """The list under `key`, of `epochs` Python floats."""
    expect(isinstance(history, dict), f"expected a dict, got {type(history).__name__}")
    expect(key in history or not epochs, f"the dict has no key {key!r}")
    values = history.get(key, [])
    if isinstance(values, torch.Tensor):
        fail(A_TENSOR)
    expect(isinstance(values, (list, tuple)), f"{key}: expected a list, got {type(values).__name__}")
    for value in values:
        _float(value, key)
    expect(len(values) == epochs, f"{key}: expected one number per epoch, got {len(values)} for {epochs} epochs")
    return [float(value) for value in values]


def _quiet(out, given):
    """Nothing but the model was changed."""
    expect(not out["drew"], "the global random state was changed; this function has no seed, so leave it alone")
    assert_equal(list(out["data"]), list(given), what="the data you were given")


def _restored(out, modes, word):
    expect(
        out["modes"] == modes,
        f"{word} is not in the mode it came in: note module.training of every one of model.modules() before you "
        "switch, and write each back at the end",
    )


# ------------------------------------------------------------------------------------------ make_training_tools


def _tools(student, rate):
    state = nn.Sequential(nn.Linear(3, 2), nn.Sequential(nn.Linear(2, 2, bias=False), nn.Linear(2, 1))).state_dict()
    grads = [torch.rand_like(value) + 0.5 for value in state.values()]
    a, b = torch.rand(4, 1), torch.rand(4, 1) + 1.5
    out = use_tools(student, state, rate, grads, a, b)
    problem = out.get("problem")
    expect(problem != "pair", "expected a pair: (loss function, optimiser)")
    expect(problem != "swapped", "the loss function comes first, the optimiser second")
    expect(problem != "class", "expected objects, got a class: call it, as in nn.L1Loss()")
    expect(problem != "optimizer", "the second of the pair is not an optimiser of torch.optim")
    return out, state, grads, (a, b)


@check("make_training_tools", hint="nn.L1Loss takes no arguments here.")
def test_tools_measure_the_mean_absolute_error(student):
    """gives an L1 loss: the mean of the absolute differences"""
    out, _, _, (a, b) = _tools(student, None)
    kinds = (out["loss_fn"].cls, *out["loss_fn"].bases)
    expect("L1Loss" in kinds or "MSELoss" in kinds, f"the loss function is {out['loss_fn'].cls}, not nn.L1Loss")
    assert_close(
        out["loss"],
        (a - b).abs().mean(),
        what="the loss",
        mistakes={
            "You took the mean squared error (nn.MSELoss); L1 is the mean absolute error.": lambda: (a - b).square().mean(),
            "L1Loss sums here; leave its reduction at the mean.": lambda: (a - b).abs().sum(),
        },
    )
    expect("L1Loss" in kinds, "the loss function is not an nn.L1Loss")


@check("make_training_tools", points=2, hint="Pass model.parameters() of the model you were given, and lr=lr.")
def test_tools_move_every_parameter_at_the_given_rate(student):
    """gives a plain SGD optimiser over all of the model's parameters, at the rate it is told"""
    out, state, grads, _ = _tools(student, 0.25)
    if not all(out["own"]):
        fail(
            "This optimiser does not own this model's parameters: build it from model.parameters()."
            if not any(out["own"])
            else "The optimiser holds only some of the model's parameters: pass model.parameters()."
        )
    want = [(name, value - 2 * 0.25 * grad) for (name, value), grad in zip(state.items(), grads)]
    slow = [(name, value - 2 * 0.01 * grad) for (name, value), grad in zip(state.items(), grads)]
    expect(
        "SGD" in (out["optimizer"].cls, *out["optimizer"].bases),
        f"the optimiser is {out['optimizer'].cls}, not torch.optim.SGD",
    )
    assert_close(
        out["state"],
        dict(want),
        what="the parameters after two steps",
        mistakes={
            "The optimiser does not use the lr it was given: pass lr=lr on.": lambda: dict(slow),
            "This SGD has momentum; a plain one was asked for: parameters and lr, nothing else.": lambda: {
                name: value - 2.9 * 0.25 * grad for (name, value), grad in zip(state.items(), grads)
            },
        },
    )
    expect(out["frozen"], "a frozen parameter was unfrozen; leave requires_grad as it is")


@check("make_training_tools", hint="lr has a default in the signature.")
def test_tools_have_a_default_rate(student):
    """uses a learning rate of 0.01 unless told otherwise"""
    out, state, grads, _ = _tools(student, None)
    want = [(name, value - 2 * 0.01 * grad) for (name, value), grad in zip(state.items(), grads)]
    assert_close(out["state"], dict(want), what="the parameters after two steps")


# ------------------------------------------------------------------------------------------------- train_step


def _train_step(student, state, batches, loss="MSELoss", optimizer="SGD", options=None, modes=(True,) * 7, old=None):
    options = {"lr": 0.1} if options is None else options
    return _without_recording(lambda: run_train_step(student, state, batches, loss, optimizer, options, list(modes), old))


@check("train_step", hint="The order is: predict, measure, zero_grad, backward, step.")
def test_train_step_follows_the_gradient_of_the_batch(student):
    """moves the parameters by one step along the gradient of this batch"""
    state, batch = _net(), _data()
    out = _train_step(student, state, [batch])
    _moved(state, out)
    _, want = _train(state, [batch], nn.MSELoss(), _sgd())
    assert_close(
        out["state"],
        want,
        what="the model after one step",
        mistakes={
            BROADCAST: lambda: _train(state, [batch], _broadcast_loss, _sgd(), squeeze=True)[1],
            "The model went down twice for one batch: make one update.": lambda: _train(state, [batch, batch], nn.MSELoss(), _sgd())[1],
        },
    )


@check("train_step", hint="zero_grad() before backward() makes the step independent of what .grad held.")
def test_train_step_forgets_old_gradients(student):
    """uses the gradient of this batch alone, whatever .grad held before"""
    state, batch = _net(), _data()
    old = _grads(state)
    out = _train_step(student, state, [batch], old=old)
    _, want = _train(state, [batch], nn.MSELoss(), _sgd())
    assert_close(
        out["state"],
        want,
        what="the model after one step",
        mistakes={ADD_UP: lambda: _train(state, [batch], nn.MSELoss(), _sgd(), forget=False, old=old)[1]},
    )


@check("train_step", hint="Call loss_fn(prediction, y) and optimizer.step(); make no loss and no optimiser of your own.")
def test_train_step_uses_the_given_tools(student):
    """uses the loss function and the optimiser it is given, prediction first, over several steps"""
    state, batches = _net(), [_data(binary=True), _data(binary=True)]
    out = _train_step(student, state, batches, "BCEWithLogitsLoss", "Adam", {"lr": 0.05})
    loss_fn = nn.BCEWithLogitsLoss()
    _, want = _train(state, batches, loss_fn, lambda p: torch.optim.Adam(p, lr=0.05))
    assert_close(
        out["state"],
        want,
        what="the model after two steps of Adam",
        mistakes={
            SWAPPED: lambda: _train(state, batches, loss_fn, lambda p: torch.optim.Adam(p, lr=0.05), swap=True)[1],
            ADD_UP: lambda: _train(state, batches, loss_fn, lambda p: torch.optim.Adam(p, lr=0.05), forget=False)[1],
            "This is one step of plain SGD per batch: use the optimiser you were given.": lambda: _train(state, batches, loss_fn, _sgd(0.05))[1],
        },
    )


@check("train_step", hint="Read the loss before the update, with .item().")
def test_train_step_returns_the_loss_before_the_update(student):
    """returns the loss before the update as a Python float"""
    state, batches = _net(), [(torch.randn(12, 3), torch.rand(12, 1)) for _ in range(4)]
    values = _train_step(student, state, batches)["values"]
    mse = nn.MSELoss()
    wants, _ = _train(state, batches, mse, _sgd())
    for value in values:
        _float(value, "the loss")
    assert_close(
        [float(value) for value in values],
        wants,
        what="the loss",
        mistakes={
            "This is the loss after the update: measure first, then step.": lambda: [
                _loss(_train(state, batches[: i + 1], mse, _sgd())[1], *batches[i], mse) for i in range(4)
            ],
            BROADCAST: lambda: _train(state, batches, _broadcast_loss, _sgd(), squeeze=True)[0],
            "This is the sum over the batch; return what loss_fn gives.": lambda: [12 * want for want in wants],
        },
    )


@check("train_step", hint="model.train() at the top switches every submodule.")
def test_train_step_works_in_train_mode(student):
    """puts the whole model in train mode before the forward pass, and leaves it there"""
    state, batch = _net(norm=True), _data()
    _, want = _train(state, [batch], nn.MSELoss(), _sgd())
    for modes in ((False,) * 7, (True, True, False, True, True, True, False)):
        out = _train_step(student, state, [batch], modes=modes)
        if any(not (whole and norm) for whole, norm, _ in out["calls"]):
            fail("The forward pass ran in eval mode: call model.train() before it.")
        assert_close(out["state"], want, what="the model after one step")
        expect(all(out["modes"]), "train_step must leave the model, every submodule included, in train mode")


@check("train_step", hint="Work on the model alone: no seed, nothing in place on X or y.")
def test_train_step_changes_nothing_else(student):
    """leaves the batch and the global random state alone"""
    state, batch = _net(), _data()
    given = [value.clone() for value in batch]
    out = _train_step(student, state, [batch])
    _, want = _train(state, [batch], nn.MSELoss(), _sgd())
    assert_close(out["state"], want, what="the model after one step")
    _quiet({"drew": out["drew"], "data": out["batches"][0]}, given)


# -------------------------------------------------------------------------------------------------- test_step


def _test_step(student, state, X, y, loss="MSELoss", modes=(True,) * 7):
    return run_test_step(student, state, X, y, loss, list(modes), _grads(state))


@check("test_step", hint="Call model.eval() before the forward pass.")
def test_test_step_measures_in_eval_mode(student):
    """gives the loss of the model in eval mode"""
    state, (X, y) = _net(norm=True), _data()
    out = _test_step(student, state, X, y)
    value = out["value"]
    value = value if isinstance(value, float) else value.item() if isinstance(value, torch.Tensor) and value.numel() == 1 else value
    with torch.no_grad():
        flat = _model(state, False)(X).squeeze(1)
    assert_close(
        value,
        _loss(state, X, y, nn.MSELoss()),
        what="the loss",
        mistakes={
            NO_EVAL: lambda: _loss(state, X, y, nn.MSELoss(), training=True),
            BROADCAST: lambda: _broadcast_loss(flat, y).item(),
        },
    )


@check("test_step", hint="Call loss_fn(prediction, y) and return its .item().")
def test_test_step_returns_what_the_loss_function_gives(student):
    """returns, as a Python float, what the given loss function says of (prediction, target)"""
    state, (X, y) = _net(), _data(binary=True)
    value = _test_step(student, state, X, y, "BCEWithLogitsLoss")["value"]
    _float(value, "the loss")
    loss_fn = nn.BCEWithLogitsLoss()
    with torch.no_grad():
        swapped = loss_fn(y, _model(state, False)(X)).item()
    assert_close(float(value), _loss(state, X, y, loss_fn), what="the loss", mistakes={SWAPPED: swapped})


@check("test_step", hint="Two switches: model.eval() and torch.inference_mode().")
def test_test_step_builds_no_graph(student):
    """builds no graph in the forward pass"""
    state, (X, y) = _net(), _data()
    out = _test_step(student, state, X, y)
    if any(records for *_, records in out["calls"]):
        fail(STILL_A_GRAPH)
    assert_close(float(out["value"]), _loss(state, X, y, nn.MSELoss()), what="the loss")
    expect(out["recording"], "gradient recording is still off after the call: use `with`, which switches it on again")


@check("test_step", hint="model.training is the flag of the outermost module only.")
def test_test_step_puts_the_modes_back(student):
    """puts the mode of every submodule back"""
    state, (X, y) = _net(norm=True), _data()
    want = _loss(state, X, y, nn.MSELoss())
    for modes in ([False] * 7, [True] * 7, [True, True, False, True, True, True, False], [False, False, True, False, False, True, True]):
        out = _test_step(student, state, X, y, modes=modes)
        assert_close(float(out["value"]), want, what="the loss")
        _restored(out, modes, "after test_step, the model")


@check("test_step", hint="A test reads: no step, no zero_grad, nothing in place.")
def test_test_step_changes_nothing(student):
    """leaves parameters, .grad, buffers, the data and the random state as they were"""
    state, (X, y) = _net(norm=True), _data()
    grads = _grads(state)
    out = run_test_step(student, state, X, y, "MSELoss", [True] * 7, grads)
    assert_close(
        float(out["value"]),
        _loss(state, X, y, nn.MSELoss()),
        what="the loss",
        mistakes={NO_EVAL: lambda: _loss(state, X, y, nn.MSELoss(), training=True)},
    )
    assert_equal(out["state"], state, what="the model's parameters and buffers")
    expect(all(grad is not None for grad in out["grads"]), "test_step erased .grad; a test leaves it alone")
    assert_equal(out["grads"], grads, what=".grad of the parameters")
    expect(out["tracked"] == [True] * 5 + [False], "a parameter was frozen or unfrozen; a test leaves requires_grad alone")
    _quiet(out, [X, y])


# -------------------------------------------------------------------------------------------------------- fit


def _fit(state, data, loss_fn, optimizer, epochs, *, again=True, evaluate=True, test="after", **options):
    """The grader's own fit: (train losses, test losses, state). The flags are common mistakes."""
    X, y, X_test, y_test = data
    model = _model(state)
    optimizer = optimizer(model.parameters())
    train, tested = [], []
    for epoch in range(epochs):
        model.train(again or epoch == 0)
        if test == "before":
            tested.append(_loss(_state(model), X_test, y_test, loss_fn))
        loss = loss_fn(model(X), y)
        if options.get("forget", True):
            optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        train.append(loss.item())
        if test == "after":
            if evaluate:
                tested.append(_loss(_state(model), X_test, y_test, loss_fn))
            else:
                with torch.no_grad():
                    tested.append(loss_fn(model(X_test), y_test).item())
        elif test == "train":
            tested.append(_loss(_state(model), X, y, loss_fn))
    return train, tested, _state(model)


def _run_fit(student, state, data, loss="MSELoss", optimizer="SGD", options=None, epochs=4, modes=(True,) * 7):
    options = {"lr": 0.1} if options is None else options
    return _without_recording(lambda: run_fit(student, state, data, loss, optimizer, options, epochs, list(modes)))


@check("fit", hint="One training step per epoch: predict, measure, zero_grad, backward, step.")
def test_fit_makes_one_step_per_epoch(student):
    """makes one full-batch update per epoch, with the given loss function and optimiser"""
    state, data = _net(), (*_data(), *_data(7))
    out = _run_fit(student, state, data)
    _moved(state, out)
    want = _fit(state, data, nn.MSELoss(), _sgd(), 4)
    assert_close(
        out["state"],
        want[2],
        what="the model after four epochs",
        mistakes={ADD_UP: lambda: _fit(state, data, nn.MSELoss(), _sgd(), 4, forget=False)[2]},
    )
    binary = (*_data(binary=True), *_data(7, binary=True))
    out = _run_fit(student, state, binary, "BCEWithLogitsLoss", "Adam", {"lr": 0.05})
    loss_fn = nn.BCEWithLogitsLoss()
    want = _fit(state, binary, loss_fn, lambda p: torch.optim.Adam(p, lr=0.05), 4)
    assert_close(
        out["state"],
        want[2],
        what="the model after four epochs of Adam",
        mistakes={SWAPPED: lambda: _train(state, [binary[:2]] * 4, loss_fn, lambda p: torch.optim.Adam(p, lr=0.05), swap=True)[1]},
    )


@check("fit", hint="Append loss.item() of the loss that backward() starts from.")
def test_fit_lists_the_training_losses(student):
    """lists the training loss of each epoch, before its update, as Python floats"""
    state, data = _net(), (*_data(), *_data(7))
    out = _run_fit(student, state, data)
    losses = _series(out["history"], "train_loss", 4)
    want, _, after = _fit(state, data, nn.MSELoss(), _sgd(), 4)
    assert_close(
        losses,
        want,
        what="train_loss",
        mistakes={
            "These are the training losses after each update: keep the one you computed before it.": lambda: [
                *want[1:],
                _loss(after, *data[:2], nn.MSELoss()),
            ],
            "These are running totals: keep one number per epoch.": lambda: [sum(want[: i + 1]) for i in range(4)],
        },
    )
    nothing = _run_fit(student, state, data, epochs=0)
    _series(nothing["history"], "train_loss", 0)
    _series(nothing["history"], "test_loss", 0)
    assert_equal(nothing["state"], state, what="the model after no epoch")


@check("fit", hint="model.train() belongs inside the loop, before the forward pass.")
def test_fit_trains_in_train_mode_every_epoch(student):
    """trains in train mode in every epoch, whatever mode the model came in"""
    state, data = _net(norm=True), (*_data(), *_data(7))
    want = _fit(state, data, nn.MSELoss(), _sgd(), 4)[2]
    for modes in ((False,) * 7, (True,) * 7):
        out = _run_fit(student, state, data, modes=modes)
        assert_close(
            out["state"],
            want,
            what="the model after four epochs",
            mistakes={
                "From the second epoch on the model trained in eval mode: switch back with model.train() at the top of each epoch.": lambda: _fit(
                    state, data, nn.MSELoss(), _sgd(), 4, again=False
                )[2],
                "The model trained in eval mode: call model.train() before the forward pass of each epoch.": lambda: _train(
                    state, [data[:2]] * 4, nn.MSELoss(), _sgd(), training=False
                )[1],
                "The test changed batch norm's running statistics: call model.eval() before it.": lambda: _fit(
                    state, data, nn.MSELoss(), _sgd(), 4, evaluate=False
                )[2],
            },
        )


@check("fit", hint="Each epoch ends with a test: model.eval(), inference_mode(), the test data.")
def test_fit_lists_the_test_losses(student):
    """lists the test loss of each epoch, after its update, in eval mode and without a graph"""
    state, data = _net(norm=True), (*_data(), *_data(7))
    out = _run_fit(student, state, data)
    losses = _series(out["history"], "test_loss", 4)
    want = _fit(state, data, nn.MSELoss(), _sgd(), 4)[1]
    mse = nn.MSELoss()
    assert_close(
        losses,
        want,
        what="test_loss",
        mistakes={
            "You measured on the training set: test_loss is about X_test and y_test.": lambda: _fit(state, data, mse, _sgd(), 4, test="train")[1],
            NO_EVAL: lambda: _fit(state, data, mse, _sgd(), 4, evaluate=False)[1],
            "These are the test losses before each update: test after it.": lambda: _fit(state, data, mse, _sgd(), 4, test="before")[1],
            "The model stayed in eval mode after the first test: call model.train() again at the top of each epoch.": lambda: _fit(
                state, data, mse, _sgd(), 4, again=False
            )[1],
        },
    )
    if any(records for whole, _, records in out["calls"] if not whole):
        fail(STILL_A_GRAPH)
    state, binary, bce = _net(), (*_data(binary=True), *_data(7, binary=True)), nn.BCEWithLogitsLoss()
    losses = _series(_run_fit(student, state, binary, "BCEWithLogitsLoss")["history"], "test_loss", 4)
    want = _fit(state, binary, bce, _sgd(), 4)[1]
    X_test, y_test = binary[2:]
    states = [_fit(state, binary, bce, _sgd(), epochs)[2] for epochs in range(1, 5)]
    swapped = [_loss(s, X_test, y_test, lambda prediction, y: bce(y, prediction)) for s in states]
    assert_close(losses, want, what="test_loss", mistakes={SWAPPED: swapped})
    expect(out["recording"], "gradient recording is still off after the call: use `with`, which switches it on again")


@check("fit", hint="Note the modes before the loop, write them back after it.")
def test_fit_ends_in_the_mode_the_model_came_in(student):
    """ends with every submodule in the mode it came in"""
    state, data = _net(norm=True), (*_data(), *_data(7))
    want = _fit(state, data, nn.MSELoss(), _sgd(), 2)[2]
    for modes in ([False] * 7, [True] * 7, [True, True, False, True, True, False, True]):
        out = _run_fit(student, state, data, epochs=2, modes=modes)
        assert_close(out["state"], want, what="the model after two epochs")
        _restored(out, modes, "after fit, the model")


@check("fit", hint="fit has no seed of its own, and it reads its data only.")
def test_fit_leaves_the_random_state_and_the_data_alone(student):
    """leaves the data and the random state alone, so that dropout differs from epoch to epoch"""
    state, data = {"last.weight": torch.rand(1, 3), "last.bias": torch.rand(1)}, (*_data(), *_data(7))
    seed = int(torch.randint(2**31, ()))
    out = run_fit_with_dropout(student, state, data, 4, seed)
    masks = out["masks"]
    if len(masks) > 1 and all(torch.equal(masks[0], mask) for mask in masks[1:]):
        fail("Every epoch drew the same random numbers, because the seed is set inside the loop: seed once before the training, and not in fit.")
    with torch.random.fork_rng(devices=[]):
        model = DropNet()
        model.load_state_dict(state)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        torch.manual_seed(seed)
        for _ in range(4):
            optimizer.zero_grad()
            nn.MSELoss()(model(data[0]), data[1]).backward()
            optimizer.step()
    assert_close(out["state"], _state(model), what="a model with dropout after four epochs")
    plain = _net()
    given = [value.clone() for value in data]
    out = _run_fit(student, plain, data)
    assert_close(out["state"], _fit(plain, data, nn.MSELoss(), _sgd(), 4)[2], what="the model after four epochs")
    _quiet(out, given)


# --------------------------------------------------------------------------------------------------- fit_line


def _fit_line(student, **options):
    """What `fit_line(**options)` did; under "line", its weight and bias."""
    run = _without_recording(lambda: run_fit_line(student, **options))
    if "answer" in run:
        fail(f"expected the trained model, an nn.Module; got {type(run['answer']).__name__}")
    expect(
        sorted(run["state"]) == ["bias", "weights"],
        "the returned model's parameters must be named weights and bias, and there must be no others",
    )
    expect(
        all(value.numel() == 1 for value in run["state"].values()),
        "the returned model's weights and bias must have one element each",
    )
    run["line"] = [float(run["state"][name].reshape(())) for name in ("weights", "bias")]
    return run


def _line(start, epochs, lr=0.01, *, rows=40, loss_fn=None, forget=True, optimizer=torch.optim.SGD):
    """Weight and bias after the grader's own training from `start`."""
    x = torch.arange(0, 1, 0.02)[:rows]
    weight, bias = (torch.tensor(value, requires_grad=True) for value in start)
    tool = optimizer([weight, bias], lr=lr)
    for _ in range(epochs):
        loss = (loss_fn or nn.L1Loss())(weight * x + bias, 0.7 * x + 0.3)
        if forget:
            tool.zero_grad()
        loss.backward()
        tool.step()
    return [weight.item(), bias.item()]


def _line_mistakes(start, epochs, lr):
    return {
        ADD_UP: lambda: _line(start, epochs, lr, forget=False),
        "You trained on all 50 points; the last 20 % are for testing.": lambda: _line(start, epochs, lr, rows=50),
        "This is the fit of the squared error; the task asks for L1.": lambda: _line(start, epochs, lr, loss_fn=nn.MSELoss()),
        "This is a fit by Adam; the task asks for plain SGD.": lambda: _line(start, epochs, lr, optimizer=torch.optim.Adam),
        "This is one step too many or too few: make `epochs` of them.": lambda: _line(start, epochs + 1, lr),
        "This is one step too few or too many: make `epochs` of them.": lambda: _line(start, epochs - 1, lr),
    }


def _start():
    """What `Line()` draws after torch.manual_seed(42)."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(42)
        return [torch.randn(1).item(), torch.randn(1).item()]


def _learned(run, start):
    """Fails with the reason where the returned model is as it was drawn."""
    if not all(math.isclose(a, b, abs_tol=1e-6) for a, b in zip(run["line"], start)):
        return
    if run["steps"] and not run["own"]:
        if run["with_gradients"]:
            fail("These weights are untrained: you trained one model and returned another.")
        fail("The optimiser does not own this model's parameters: build the model first, once, then the optimiser.")
    if run["steps"]:
        fail("The weights never moved: whenever the optimiser stepped, the gradients were missing or erased. The order is zero_grad, backward, step.")
    fail("The returned weights are untrained: nobody called optimizer.step().")


@check(
    "fit_line",
    seconds=30,
    hint="Weights are drawn when the model is built: torch.manual_seed(seed) goes first, at every call.",
)
def test_fit_line_repeats_itself(student):
    """gives the same weights for the same seed, also after other random calls, and others for another seed"""
    first, second = _fit_line(student, seed=42, epochs=20), _fit_line(student, seed=42, epochs=20)
    start = _start()
    if first["line"] != second["line"]:
        good = all(math.isclose(a, b, abs_tol=1e-3) for a, b in zip(first["line"], _line(start, 20)))
        fail(
            "The first run is right and a later one is not, though it has the same seed: each draw advances the random "
            "stream, so re-seed with torch.manual_seed(seed) at every call."
            if good
            else "The same seed gave two different models: weights are drawn when the model is built, so seed before you build it."
        )
    _learned(first, start)
    third, fourth = _fit_line(student, seed=7, epochs=20), _fit_line(student, seed=7, epochs=20)
    expect(third["line"] == fourth["line"], "the same seed gave two different models: seed with the seed you are given")
    expect(third["line"] != first["line"], "two different seeds gave the same model: pass your seed to torch.manual_seed")
    whole = _fit_line(student, seed=42, epochs=200)
    _assert_line(whole["line"], [0.6990, 0.3093], 5e-3, _line_mistakes(start, 200, 0.01))


def _assert_line(line, want, atol, mistakes):
    """weights and bias are those of `want`, another pair of numbers or the known mistake's."""

    def named(pair):
        return dict(zip(("weights", "bias"), pair() if callable(pair) else pair))

    known = {message: (lambda wrong=wrong: named(wrong)) for message, wrong in mistakes.items()}
    assert_close(named(line), named(want), rtol=0, atol=atol, what="the fitted line", mistakes=known)


@check("fit_line", hint="Seed, Line(), data, L1Loss, SGD, then 200 times the five moves.", seconds=30)
def test_fit_line_finds_the_line(student):
    """ends within 0.001 of the published weights with its defaults: seed 42, 200 epochs, rate 0.01"""
    run = _fit_line(student)
    start = _start()
    _learned(run, start)
    _assert_line(run["line"], [0.6990, 0.3093], 1e-3, _line_mistakes(start, 200, 0.01))


@check("fit_line", points=2, hint="epochs and lr are parameters; the training set is the first 40 of the 50 points.", seconds=30)
def test_fit_line_trains_as_told(student):
    """makes `epochs` full-batch steps of L1 and SGD at rate `lr` on the first 80 % of the points"""
    for seed, epochs, lr in ((5, 25, 0.01), (6, 12, 0.05), (7, 1, 0.2)):
        drawn = _fit_line(student, seed=seed, epochs=0, lr=lr)
        expect(not drawn["steps"], "with epochs=0 the model must come back untrained: make as many steps as epochs says")
        run = _fit_line(student, seed=seed, epochs=epochs, lr=lr)
        start = drawn["line"]
        _learned(run, start)
        mistakes = {
            **_line_mistakes(start, epochs, lr),
            "It does not use lr: pass it on to SGD.": lambda: _line(start, epochs, 0.01),
        }
        _assert_line(run["line"], _line(start, epochs, lr), 2e-4, mistakes)


@check("fit_line", hint="Return the model itself; it computes weights * x + bias.", seconds=30)
def test_fit_line_returns_a_line(student):
    """returns a trained model that computes weights * x + bias"""
    x = torch.randn(6, 1)
    drawn, run = _fit_line(student, seed=5, epochs=0), _fit_line(student, seed=5, epochs=2)
    out = fitted_line_at(student, x)
    weight, bias = (out["parameters"][name].reshape(()) for name in ("weights", "bias"))
    assert_close(out["y"], weight * x + bias, what="the model's answer")
    _learned(run, drawn["line"])


# ------------------------------------------------------------------------------------------ fit_with_schedule


def _schedule(state, X, y, loss_fn, rates, kind, options, epochs, *, early=False, ticks=1, forget=True, training=True, swap=False):
    """The grader's own training: (losses, rates used, state, rates at the end). The flags are common mistakes."""
    model = _model(state, training)
    parts = [model.first, model.norm, model.last]
    groups = [{"params": list(part.parameters()), "lr": rate} for part, rate in zip(parts, rates)]
    optimizer = torch.optim.SGD([group for group in groups if group["params"]], momentum=0.9)
    if kind == "LambdaLR":
        options = {"lr_lambda": lambda epoch: 1 / (1 + epoch)}
    scheduler = getattr(torch.optim.lr_scheduler, kind)(optimizer, **options)
    losses, used = [], []
    for _ in range(epochs):
        out = model(X)
        loss = loss_fn(y, out) if swap else loss_fn(out, y)
        if forget:
            optimizer.zero_grad()
        loss.backward()
        if early:
            optimizer._opt_called = True
            scheduler.step()
        used.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        losses.append(loss.item())
        if not early:
            for _ in range(ticks):
                scheduler.step()
    return losses, used, _state(model), [group["lr"] for group in optimizer.param_groups]


STEP = ((0.2, 0.2, 0.1), "StepLR", {"step_size": 2, "gamma": 0.5})
DECAY = ((0.1, 0.2, 0.3), "ExponentialLR", {"gamma": 0.5})
HARMONIC = ((0.1, 0.02, 0.05), "LambdaLR", {})


def _run_schedule(student, state, X, y, schedule, loss="MSELoss", epochs=5, modes=(True,) * 7):
    return _without_recording(lambda: run_fit_with_schedule(student, state, X, y, loss, *schedule, epochs, list(modes)))


@check("fit_with_schedule", points=2, hint="Each epoch: the five moves of a training step, then scheduler.step().")
def test_schedule_trains_at_the_scheduled_rates(student):
    """makes one update per epoch at the rate the scheduler set, stepping the scheduler after the optimiser"""
    state, (X, y) = _net(), _data()
    mse = nn.MSELoss()
    for schedule in (STEP, DECAY):
        out = _run_schedule(student, state, X, y, schedule)
        _moved(state, out)
        _, _, want, rates = _schedule(state, X, y, mse, *schedule, 5)
        assert_close(
            out["state"],
            want,
            what="the model after five epochs",
            mistakes={
                "The rate never changed: call scheduler.step() once per epoch.": lambda: _schedule(state, X, y, mse, *schedule, 5, ticks=0)[2],
                "The scheduler stepped before the optimiser, so the first rate was never used: optimizer.step() goes first.": lambda: _schedule(
                    state, X, y, mse, *schedule, 5, early=True
                )[2],
                "The scheduler stepped twice per epoch: once is asked for.": lambda: _schedule(state, X, y, mse, *schedule, 5, ticks=2)[2],
                ADD_UP: lambda: _schedule(state, X, y, mse, *schedule, 5, forget=False)[2],
            },
        )
        assert_close(
            [float(rate) for rate in out["rates"]],
            rates,
            what="the learning rates that the schedule has reached at the end",
        )
    binary = _data(binary=True)
    out = _run_schedule(student, state, *binary, DECAY, "BCEWithLogitsLoss")
    loss_fn = nn.BCEWithLogitsLoss()
    assert_close(
        out["state"],
        _schedule(state, *binary, loss_fn, *DECAY, 5)[2],
        what="the model after five epochs",
        mistakes={SWAPPED: lambda: _schedule(state, *binary, loss_fn, *DECAY, 5, swap=True)[2]},
    )


@check("fit_with_schedule", points=2, hint='Read optimizer.param_groups[0]["lr"] before scheduler.step().')
def test_schedule_lists_the_rates_used(student):
    """lists the rate each epoch's update used, of the first parameter group, as Python floats"""
    state, (X, y) = _net(), _data()
    for schedule in (DECAY, STEP, HARMONIC):
        out = _run_schedule(student, state, X, y, schedule)
        rates = _series(out["history"], "lr", 5)
        _, want, _, last = _schedule(state, X, y, nn.MSELoss(), *schedule, 5)
        factor = schedule[0][-1] / schedule[0][0]
        assert_close(
            rates,
            want,
            what="lr",
            mistakes={
                "These are the rates of the next epoch: read the rate before scheduler.step() changes it.": lambda: [*want[1:], last[0]],
                "These are the rates of the last parameter group: the first one is asked for.": lambda: [rate * factor for rate in want],
                "This is the same rate again and again, the one the training began with: read it in every epoch.": lambda: [want[0]] * 5,
            },
        )


@check("fit_with_schedule", hint="Append loss.item() of the loss that backward() starts from.")
def test_schedule_lists_the_training_losses(student):
    """lists the training loss of each epoch, before its update, as Python floats"""
    state, (X, y) = _net(), _data()
    given = [X.clone(), y.clone()]
    out = _run_schedule(student, state, X, y, STEP)
    losses = _series(out["history"], "train_loss", 5)
    want, _, after, _ = _schedule(state, X, y, nn.MSELoss(), *STEP, 5)
    assert_close(
        losses,
        want,
        what="train_loss",
        mistakes={
            "These are the training losses after each update: keep the one you computed before it.": lambda: [
                *want[1:],
                _loss(after, X, y, nn.MSELoss()),
            ]
        },
    )
    _quiet(out, given)
    nothing = _run_schedule(student, state, X, y, STEP, epochs=0)
    _series(nothing["history"], "train_loss", 0)
    _series(nothing["history"], "lr", 0)


@check("fit_with_schedule", hint="Note the modes, call model.train(), and write the modes back at the end.")
def test_schedule_trains_in_train_mode(student):
    """trains in train mode and ends with every submodule in the mode it came in"""
    state, (X, y) = _net(norm=True), _data()
    want = _schedule(state, X, y, nn.MSELoss(), *DECAY, 3)[2]
    for modes in ([False] * 7, [True] * 7, [True, True, False, True, True, False, True]):
        out = _run_schedule(student, state, X, y, DECAY, epochs=3, modes=modes)
        assert_close(
            out["state"],
            want,
            what="the model after three epochs",
            mistakes={
                "The model trained in eval mode: call model.train() first.": lambda: _schedule(state, X, y, nn.MSELoss(), *DECAY, 3, training=False)[
                    2
                ]
            },
        )
        _restored(out, modes, "after fit_with_schedule, the model")
