"""Hidden checks of 05_transfer_learning/backbone."""

import random

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from autograder.checks import assert_close, assert_equal, check, expect, fail, in_worker, raises

REPORT = (
    "You return the report of load_state_dict, which names the keys that were missing and unexpected. The task wants the "
    "names that were copied and those that were not."
)
STRICT = (
    "load_state_dict(strict=False) forgives names that differ, but not a name that fits with another shape: leave such "
    "entries out before you load."
)
BUFFERS = (
    "The buffers (batch norm's running statistics) were left out: state_dict() lists parameters and buffers, "
    "named_parameters() only the former."
)
ALIAS = (
    "The model and the given state_dict share memory: training the model changes the dictionary as well. Copy the values: "
    "own.copy_(value), or value.clone()."
)
STATISTICS = (
    "requires_grad=False is not enough for batch norm: its running statistics are buffers, which every forward pass in "
    "train mode changes without any optimiser."
)
UNDONE = (
    "model.train() woke the batch-norm layers up again: eval() alone lasts only until the next epoch. Make these layers "
    "stay in eval mode by themselves."
)
NORMALISES = (
    "The running statistics are kept, but in train mode batch norm still normalises with the batch at hand: the layer "
    "itself has to be in eval mode during the forward pass."
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
def make_small():
    """Linear and batch norm under names that do not sort in the order of registration."""
    model = nn.Sequential()
    model.add_module("stem", nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4)))
    model.add_module("body", nn.Linear(4, 4))
    model.add_module("head", nn.Linear(4, 2))
    return model


@in_worker
def load(student, own, given):
    model = make_small()
    model.load_state_dict(own)
    model.train()
    model.stem[1].eval()
    model.body.weight.requires_grad_(False)
    parameters = list(model.parameters())
    modes, before = [m.training for m in model.modules()], random_states()
    kept = dict(given)
    answer = student.load_matching(model, given)
    out = {
        "report": type(answer).__name__ == "_IncompatibleKeys", "answer": answer, "state": copy_of(model.state_dict()),
        "modes": modes == [m.training for m in model.modules()], "drew": before != random_states(),
        "flags": [p.requires_grad for p in model.parameters()] == [name != "body.weight" for name, _ in model.named_parameters()],
        "names": list(given) == list(kept) and all(given[name] is kept[name] for name in kept),
    }
    with torch.no_grad():
        for value in [*model.parameters(), *model.buffers(), *parameters]:
            value.add_(1)
    out["given"] = copy_of(given)
    return out


@in_worker
class Deep(nn.Module):
    """A backbone with batch norm of three kinds, nested; maps (N, 2, 6, 6) to (N, 5)."""

    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(2, 3, 3, padding=1), nn.Sequential(nn.BatchNorm2d(3), nn.ReLU()))
        self.parts = nn.ModuleDict({"a": nn.ModuleList([nn.BatchNorm3d(3), nn.Linear(108, 5)])})
        self.norm = nn.BatchNorm1d(5, momentum=None)

    def forward(self, x):
        x = self.first(x)
        x = self.parts["a"][0](x.unsqueeze(2)).flatten(1)
        return self.norm(torch.tanh(self.parts["a"][1](x)))


@in_worker
def make_whole():
    """The backbone under a head that has a batch norm of its own."""
    return nn.Sequential(Deep(), nn.BatchNorm1d(5), nn.Linear(5, 2))


@in_worker
def freeze_and_run(student, state, x):
    """What a frozen backbone gives in its three modes, and its state after each pass."""
    model = Deep()
    model.load_state_dict(state)
    answer = student.freeze(model)
    grads = [p.requires_grad for p in model.parameters()]
    names = [name for name, _ in model.named_parameters()]
    out = {"answer": answer, "grads": grads, "names": names, "frozen": copy_of(model.state_dict())}
    runs = []
    for prepare in (lambda: None, model.train, model.eval, model.train):
        prepare()
        runs.append((model(x).detach(), copy_of(model.state_dict())))
    out["runs"] = runs
    return out


@in_worker
def freeze_and_train(student, state, batches, lr):
    """Freeze the backbone of a whole model, then train that model as a loop does."""
    model = make_whole()
    model.load_state_dict(state)
    other = nn.BatchNorm2d(2)
    student.freeze(model[0])
    trained = [p for p in model.parameters() if p.requires_grad]
    if not trained:
        return {"nothing": True}
    optimizer = torch.optim.SGD(trained, lr=lr)
    for X, y in batches:
        model.train()
        optimizer.zero_grad()
        F.cross_entropy(model(X), y).backward()
        optimizer.step()
        model.eval()
    other.train()(batches[0][0])
    return {
        "state": copy_of(model.state_dict()), "answer": model(batches[0][0]).detach(), "other": other.running_mean.clone(),
        "head_grads": [p.requires_grad for p in model[1:].parameters()],
    }


@in_worker
def make_norms():
    return nn.Sequential(nn.BatchNorm1d(4), nn.BatchNorm1d(4, affine=False), nn.InstanceNorm1d(4, affine=True))


@in_worker
def freeze_twice(student, state, x):
    norms = make_norms()
    norms.load_state_dict(state)
    student.freeze(norms)
    student.freeze(norms)
    outer = nn.Sequential(norms, nn.Identity())
    outer.train()
    y = outer(x)
    return {"y": y.detach(), "graph": y.requires_grad, "state": copy_of(norms.state_dict())}


@in_worker
class Branches(nn.Module):
    """Linear layers at several depths; the one registered last is `neck.b.1.0`, which runs first and is called no head."""

    def __init__(self, bias=True):
        super().__init__()
        self.fc = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 4))
        self.head = nn.Linear(4, 3)
        last = nn.Sequential(nn.Linear(6, 6, bias=bias), nn.Tanh())
        self.neck = nn.ModuleDict({"a": nn.Linear(6, 6), "b": nn.ModuleList([nn.Tanh(), last])})
        self.tail = nn.Sequential(nn.Conv1d(1, 1, 1), nn.Dropout(0.5))

    def forward(self, x):
        return self.head(self.fc(self.neck["b"][1](self.neck["a"](x))))


@in_worker
def make_headed(kind):
    if kind == "branches":
        return Branches()
    if kind == "no bias":
        return Branches(bias=False)
    if kind == "flat":
        return nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 4))
    if kind == "deep":
        last = nn.Sequential(nn.Linear(5, 4), nn.Softplus())
        return nn.Sequential(nn.Sequential(nn.Linear(6, 5), nn.Sequential(nn.Tanh(), last)), nn.Dropout(0.5))
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.Bilinear(2, 2, 2), nn.Sequential(nn.ReLU()))


@in_worker
def head_of(kind, state, frozen, device):
    model = make_headed(kind)
    if state is not None:
        model.load_state_dict(state)
    model.eval()
    if kind == "branches":
        model.tail.train()
    if frozen:
        model.requires_grad_(False)
    return model.to(device)


@in_worker
def replace(student, kind, state, num_classes, name, x, frozen, device):
    """`name` is where the head is."""
    model = head_of(kind, state, frozen, device)
    modules = dict(model.named_modules(remove_duplicate=False))
    parameters = dict(model.named_parameters(remove_duplicate=False))
    modes = {key: module.training for key, module in modules.items()}
    answer = student.replace_head(model, num_classes)
    if not isinstance(answer, nn.Module):
        return {"answer": answer}
    now = dict(answer.named_modules())
    head = now.get(name)
    rest = {key: p for key, p in answer.named_parameters() if not key.startswith(name + ".")}
    out = {
        "same": answer is model, "linear": isinstance(head, nn.Linear),
        "names": [key for key, _ in answer.named_modules(remove_duplicate=False)] == list(modules),
        "others": [key for key, module in modules.items() if key != name and now.get(key) is not module],
        "moved": [key for key, p in rest.items() if key in parameters and parameters[key] is not p],
        "flags": [key for key, p in rest.items() if p.requires_grad == frozen],
        "modes": [key for key, mode in modes.items() if key != name and now.get(key) is not None and now[key].training != mode],
        "state": dict(answer.state_dict()), "sizes": [getattr(head, "in_features", None), getattr(head, "out_features", None)],
        "grads": [p.requires_grad for p in head.parameters()] if isinstance(head, nn.Module) else [],
        "devices": [p.device.type for p in answer.parameters()],
    }
    if x is not None:
        try:
            with torch.no_grad():
                out["y"] = answer.eval()(x)
        except RuntimeError:
            out["y"] = None
    return out


# ------------------------------------------------------------------------------------------- on the grader's side


def _scramble(model):
    """Its state, with every number drawn; running statistics unlike those of any batch."""
    state = model.state_dict()
    for name, value in state.items():
        if name.endswith("running_var"):
            value.uniform_(2, 4)
        elif name.endswith("num_batches_tracked"):
            value.fill_(7)
        else:
            value.uniform_(-1, 1)
    return {name: value.clone() for name, value in state.items()}


def _load(student, own, given):
    try:
        out = load(student, own, given)
    except (RuntimeError, AttributeError) as error:
        if "_IncompatibleKeys" in str(error):
            fail("load_state_dict changes the model in place and returns a report: do not assign its result to model.")
        if "Missing key(s)" in str(error) or "Unexpected key(s)" in str(error):
            fail("load_state_dict wants every name to agree; here only some do. Choose those that fit before you load.")
        if "size mismatch" in str(error):
            fail(STRICT)
        raise
    expect(not out["report"], REPORT)
    answer = out["answer"]
    expect(
        isinstance(answer, tuple | list) and len(answer) == 2 and all(isinstance(part, list) for part in answer),
        "expected two lists of names: those copied, and those that were not",
    )
    return out


def _loaded(out, own, given, loaded):
    """Fails unless exactly the entries `loaded` of `given` are in the model and both lists are right."""
    want = {name: given[name].to(value.dtype) if name in loaded else value for name, value in own.items()}
    skipped = sorted(set(given) - set(loaded))
    state = out["state"]
    expect(list(state) == list(own), "the names of the model's parameters and buffers changed")
    for name, value in own.items():
        expect(
            state[name].shape == value.shape and state[name].dtype == value.dtype,
            f"{name} should keep the model's shape and dtype: copy the values into the tensor that is there",
        )
    wrong = [name for name in own if not torch.equal(state[name], want[name])]
    if wrong and all("running" in name or "batches" in name for name in wrong) and set(wrong) <= set(loaded):
        fail(BUFFERS)
    if wrong and all(torch.equal(state[name], own[name]) for name in loaded):
        fail("Nothing was copied into the model.")
    for name in wrong:
        if name in loaded:
            fail("An entry whose name and shape match was not copied into the model.")
        if name in given:
            fail("An entry of another shape was written into the model: a name counts only together with its shape.")
        fail("A tensor of the model that the state_dict does not name was changed: it should keep its value.")
    got = [list(part) for part in out["answer"]]
    expect(got != [skipped, sorted(loaded)] or skipped == sorted(loaded), "the two lists are swapped: the names copied come first")
    if [sorted(map(str, part)) for part in got] == [sorted(loaded), skipped]:
        expect(got == [sorted(loaded), skipped], "each list of names should be sorted")
    expect(got[0] == sorted(loaded), "the first list should hold the names that were copied, each once, and no others")
    expect(got[1] == skipped, "the second list should hold the names of the state_dict that were not copied, and no others")


def _as_it_was(out):
    expect(not out["drew"], "the global random state was changed; there is nothing to draw here")
    expect(out["modes"], "the model's modes were changed: loading is no reason to switch to eval or train mode")
    expect(out["flags"], "requires_grad of the model's parameters was changed: copy values only")


# ------------------------------------------------------------------------------------------------ load_matching


@check("load_matching", points=2, hint="Compare names and shapes with model.state_dict(), which lists buffers too.")
def test_copies_what_fits(student):
    """copies the entries whose name and shape match, buffers too, and reports both kinds of names"""
    own, given = _scramble(make_small.function()), _scramble(make_small.function())
    given["head.weight"], given["head.bias"] = torch.rand(7, 4), torch.rand(7)
    given["classifier.weight"] = torch.rand(2, 4)
    given["stem.1.num_batches_tracked"] = torch.tensor(99)
    del given["body.bias"]
    loaded = [name for name in given if not name.startswith(("head", "classifier"))]
    out = _load(student, own, given)
    _loaded(out, own, given, loaded)
    _as_it_was(out)


@check("load_matching", hint="Ask for equal shapes: neither copy_'s broadcasting nor an equal number of elements is a match.")
def test_shapes_must_be_equal(student):
    """skips a name that fits with a shape that does not, also where the values could be squeezed in"""
    own = _scramble(make_small.function())
    given = {
        "stem.0.weight": torch.rand(3, 4), "stem.0.bias": torch.rand(1), "stem.1.bias": torch.rand(()), "head.weight": torch.rand(4),
        "body.weight": torch.rand(4, 4), "head.bias": torch.rand(1, 2), "body.bias": torch.rand(5), "stem.1.num_batches_tracked": torch.tensor([3]),
    }
    _loaded(_load(student, own, given), own, given, ["body.weight"])


@check("load_matching", hint="sorted() for both lists; think of a dictionary of which nothing fits, and of an empty one.")
def test_all_or_nothing(student):
    """gives sorted lists where everything fits, where nothing does, and for an empty state_dict"""
    own = _scramble(make_small.function())
    given = _scramble(make_small.function())
    given = {name: given[name] for name in sorted(given, reverse=True)}
    _loaded(_load(student, own, given), own, given, list(given))
    renamed = {f"module.{name}": value for name, value in given.items()}
    _loaded(_load(student, own, renamed), own, renamed, [])
    _loaded(_load(student, own, {}), own, {}, [])


@check("load_matching", hint="copy_ converts to the dtype of the tensor it writes into.")
def test_converts_dtypes(student):
    """copies values of another dtype, in the model's own dtype"""
    own = _scramble(make_small.function())
    given = {"body.weight": torch.rand(4, 4, dtype=torch.float64), "head.bias": torch.rand(2).half(), "stem.0.bias": torch.rand(4)}
    _loaded(_load(student, own, given), own, given, list(given))


@check("load_matching", hint="Copy values into the model's tensors; do not put the dictionary's tensors in their place.")
def test_leaves_the_dictionary_alone(student):
    """leaves the state_dict as it was, also when the model is trained on later"""
    own, given = _scramble(make_small.function()), _scramble(make_small.function())
    given["extra"], given["head.bias"] = torch.rand(3), torch.rand(9)
    out = _load(student, own, given)
    _loaded(out, own, given, [name for name in given if name not in ("extra", "head.bias")])
    expect(out["names"], "the state_dict you were given has other entries now: leave it as it is")
    expect(all(torch.equal(out["given"][name], value) for name, value in given.items()), ALIAS)
    _as_it_was(out)


# ------------------------------------------------------------------------------------------------------- freeze


def _frozen(out):
    expect(out["answer"] is None, "freeze changes the module in place and returns nothing")
    awake = [name for name, flag in zip(out["names"], out["grads"], strict=True) if flag]
    if awake and len(awake) == len(out["grads"]):
        fail("All parameters still require grad: module.requires_grad_(False), with the underscore, switches each of them.")
    if awake and all("norm" in name or name.startswith(("first.1", "parts.a.0")) for name in awake):
        fail("The weights and biases of batch norm still require grad: they are parameters like any other.")
    expect(not awake, "some parameters still require grad: module.parameters() reaches those of nested modules, too")


def _eval_output(state, x):
    model = Deep()
    model.load_state_dict(state)
    with torch.no_grad():
        return model.eval()(x)


def _statistics(state):
    return {name: value for name, value in state.items() if "running" in name or "batches" in name}


def _same_state(got, want, why):
    for name, value in want.items():
        found = got.get(name)
        expect(
            isinstance(found, torch.Tensor),
            f"{name} is gone from the state_dict: batch norm should keep its statistics, not lose them",
        )
        expect(found.shape == value.shape and torch.equal(found, value), why)


@check("freeze", hint="requires_grad_(False) on every parameter; batch norm's buffers need something else.")
def test_no_parameter_requires_grad(student):
    """leaves no parameter that requires grad, at any depth, and changes no value"""
    state, x = _scramble(Deep()), torch.rand(6, 2, 6, 6)
    out = freeze_and_run(student, state, x)
    _frozen(out)
    _same_state(out["frozen"], state, "freeze itself should change no weight and no statistic")


@check("freeze", points=2, hint="Look for every nn.modules.batchnorm._BatchNorm in module.modules(); eval() alone does not last.")
def test_batch_norm_keeps_its_statistics(student):
    """keeps batch norm's running statistics and normalises with them, also after model.train()"""
    state, x = _scramble(Deep()), torch.rand(6, 2, 6, 6)
    out = freeze_and_run(student, state, x)
    _frozen(out)
    want, statistics = _eval_output(state, x), _statistics(state)
    for number, (y, after) in enumerate(out["runs"]):
        moved = [name for name, value in statistics.items() if name in after and not torch.equal(after[name], value)]
        normal = y.shape == want.shape and torch.allclose(y, want, rtol=1e-4, atol=1e-5)
        if moved and number > 0 and normal is False and torch.allclose(out["runs"][0][0], want, rtol=1e-4, atol=1e-5):
            fail(UNDONE)
        if moved and all("batches" in name for name in moved):
            fail("num_batches_tracked still counts: batch norm runs in train mode, whatever its momentum; it has to be in eval mode.")
        if moved and len({name.rpartition(".")[0] for name in moved}) < 3:
            fail("Some batch-norm layers still change: there are 1d, 2d and 3d ones, at any depth of the module.")
        expect(not moved, STATISTICS)
        if not normal and number in (1, 3) and torch.allclose(out["runs"][2][0], want, rtol=1e-4, atol=1e-5):
            fail(NORMALISES)
        expect(normal, "batch norm should normalise with the running statistics it had when it was frozen")
        _same_state(after, statistics, STATISTICS)


@check("freeze", points=2, hint="Train a small model with a frozen part by hand, with model.train() in every epoch.")
def test_survives_training(student):
    """leaves the frozen part as it was while the rest of the model trains"""
    state = _scramble(make_whole.function())
    batches = [(torch.rand(6, 2, 6, 6), torch.arange(6) % 2) for _ in range(3)]
    out = freeze_and_train(student, state, batches, 0.3)
    expect("nothing" not in out, "nothing is left to train: only the module that was given should be frozen")
    expect(all(out["head_grads"]), "a parameter outside the module was frozen, too")
    body, head = Deep(), nn.Sequential(nn.BatchNorm1d(5), nn.Linear(5, 2))
    body.load_state_dict({name[2:]: value for name, value in state.items() if name.startswith("0.")})
    head.load_state_dict({f"{int(name[0]) - 1}{name[1:]}": value for name, value in state.items() if not name.startswith("0.")})
    sgd = torch.optim.SGD(head.parameters(), lr=0.3)
    for X, y in batches:
        head.train()
        with torch.no_grad():
            features = body.eval()(X)
        sgd.zero_grad()
        F.cross_entropy(head(features), y).backward()
        sgd.step()
    got = out["state"]
    frozen = {name: value for name, value in state.items() if name.startswith("0.")}
    _same_state(got, _statistics(frozen), f"The statistics of the frozen part moved during training. {STATISTICS}")
    _same_state(got, frozen, "the frozen part's weights moved during training")
    other = nn.BatchNorm2d(2)
    other.train()(batches[0][0])
    trained = {f"{int(name[0]) + 1}{name[1:]}": value for name, value in head.state_dict().items()}
    for name, value in _statistics(trained).items():
        expect(
            torch.allclose(got[name].float(), value.float(), rtol=1e-3, atol=1e-4),
            "batch norm outside the frozen module no longer learns its statistics as it should: freeze only what was given",
        )
    for name, value in trained.items():
        same = torch.allclose(got[name].float(), value.float(), rtol=1e-3, atol=1e-4)
        expect(same, "the rest of the model does not train as it should on the frozen part's features")
    assert_close(out["other"], other.running_mean, what="the running mean of another batch norm")
    with torch.no_grad():
        assert_close(out["answer"], head.eval()(body(batches[0][0])), rtol=1e-3, atol=1e-4, what="the trained model's output")


@check("freeze", hint="A batch norm with affine=False has statistics, but no weight and no bias.")
def test_freezes_layers_without_weights(student):
    """freezes batch norm without weights too, also where the module is frozen twice"""
    norms = make_norms.function()
    state, x = _scramble(norms), torch.rand(5, 4, 3)
    out = freeze_twice(student, state, x)
    norms.load_state_dict(state)
    with torch.no_grad():
        want, by_batch = norms.eval()(x), norms.train()(x)
    _same_state(out["state"], state, STATISTICS)
    assert_close(out["y"], want, mistakes={NORMALISES: by_batch})
    expect(not out["graph"], "some parameters still require grad")


# ------------------------------------------------------------------------------------------------- replace_head


def _replace(student, kind, num_classes, name, *, x=None, frozen=False, device="cpu"):
    """The answer, its state before, and the checks that hold wherever the head is."""
    state = _scramble(make_headed.function(kind)) if device == "cpu" else None
    out = replace(student, kind, state, num_classes, name, x, frozen, device)
    expect("same" in out, "the model itself should be returned")
    expect(out["same"], "the very model that was given should be returned, not a copy or another one")
    return out, state


def _replaced(out, state, name, in_features, num_classes, bias):
    """Fails unless exactly the layer `name` is new and of the right size."""
    now = out["state"]
    weight, old = now.get(f"{name}.weight"), state[f"{name}.weight"]
    changed = [key for key, value in state.items() if not key.startswith(f"{name}.") and not (key in now and torch.equal(now[key], value))]
    untouched = isinstance(weight, torch.Tensor) and torch.equal(weight, old)
    if untouched and not changed and not (set(now) - set(state)):
        fail("The model is as it was: assign the new layer to its parent, as in setattr(parent, name, layer).")
    if untouched or changed:
        fail(
            "Another layer was replaced, or one too many: the head is the last nn.Linear in the order of named_modules(), "
            "whatever its name and however deep it is."
        )
    expect(out["linear"] and out["names"], "the new layer should be one nn.Linear in the old one's place, under its name")
    expect(isinstance(weight, torch.Tensor), "the new layer has no weight")
    expect(weight.shape[1:] == (in_features,), f"the new layer takes {tuple(weight.shape[1:])} features; the old one took {in_features}")
    expect(weight.shape[0] == num_classes, f"the new layer has {weight.shape[0]} outputs; {num_classes} classes were asked for")
    expect((f"{name}.bias" in now) == bias, "the new layer should have a bias exactly where the old one had one")
    expect(out["sizes"] == [in_features, num_classes], "the new layer's in_features and out_features do not say what its weight is")
    rows = {tuple(row) for row in old.tolist()}
    expect(not any(tuple(row) in rows for row in weight.tolist()), "weights of the old head are in the new one: draw fresh ones with nn.Linear(...)")


@check("replace_head", hint="A new nn.Linear(old.in_features, num_classes) in the place of the old one.")
def test_replaces_the_head(student):
    """gives the model a head with num_classes outputs on the same features"""
    x = torch.rand(7, 6)
    out, state = _replace(student, "flat", 3, "2", x=x)
    _replaced(out, state, "2", 5, 3, True)
    now = out["state"]
    features = torch.relu(F.linear(x, state["0.weight"], state["0.bias"]))
    assert_close(out["y"], F.linear(features, now["2.weight"], now["2.bias"]), what="the new model's output")


@check("replace_head", points=2, hint="The name in named_modules() is a path with dots: find the parent with model.get_submodule(path).")
def test_finds_the_last_linear_layer_anywhere(student):
    """finds the last linear layer of named_modules(), wherever it is nested"""
    x = torch.rand(7, 6)
    out, state = _replace(student, "deep", 3, "0.1.1.0", x=x)
    _replaced(out, state, "0.1.1.0", 5, 3, True)
    now = out["state"]
    features = torch.tanh(F.linear(x, state["0.0.weight"], state["0.0.bias"]))
    assert_close(out["y"], F.softplus(F.linear(features, now["0.1.1.0.weight"], now["0.1.1.0.bias"])), what="the new model's output")
    out, state = _replace(student, "branches", 1, "neck.b.1.0")
    _replaced(out, state, "neck.b.1.0", 6, 1, True)


@check("replace_head", hint="Look at old.bias, which is None where there is none.")
def test_keeps_the_bias_setting(student):
    """gives the new head no bias where the old one had none"""
    x = torch.rand(7, 6)
    out, state = _replace(student, "no bias", 6, "neck.b.1.0", x=x)
    _replaced(out, state, "neck.b.1.0", 6, 6, False)
    model = make_headed.function("no bias")
    model.load_state_dict(out["state"])
    with torch.no_grad():
        assert_close(out["y"], model.eval()(x), what="the new model's output")


@check("replace_head", hint="Change one attribute of one module; leave all the others, and their requires_grad, alone.")
def test_keeps_everything_else(student):
    """leaves every other layer the same object, frozen where it was frozen; the new head requires grad"""
    out, state = _replace(student, "branches", 6, "neck.b.1.0", frozen=True)
    _replaced(out, state, "neck.b.1.0", 6, 6, True)
    expect(out["grads"] and all(out["grads"]), "the new head does not require grad: it is frozen, and training would change nothing")
    expect(not out["flags"], "requires_grad of another layer was changed: what was frozen stays frozen")
    expect(not out["others"] and not out["moved"], "another layer is a new object: replace the head in place, without copying the model")
    expect(not out["modes"], "the mode of another layer was changed: replacing a head is no reason to call train() or eval()")


@check("replace_head", hint="Collect the linear layers first; raise ValueError where there are none.")
def test_refuses_a_model_without_linear_layer(student):
    """raises ValueError where there is no linear layer"""
    out, state = _replace(student, "flat", 2, "2")
    _replaced(out, state, "2", 5, 2, True)
    with raises(ValueError, "a model without any nn.Linear"):
        replace(student, "none", None, 3, "", None, False, "cpu")


@check("replace_head", hint="nn.Linear(..., device=old.weight.device), or .to(...) afterwards.")
def test_follows_the_device(student):
    """builds the new head on the old one's device"""
    out, _ = _replace(student, "deep", 3, "0.1.1.0", device="meta")
    weight = out["state"].get("0.1.1.0.weight")
    expect(isinstance(weight, torch.Tensor) and weight.shape == (3, 5), "the last linear layer was not replaced by one of the right size")
    expect(set(out["devices"]) == {"meta"}, "the new head lies on another device than the rest of the model: build it where the old one was")
    assert_equal(sorted(out["state"]), sorted(make_headed.function("deep").state_dict()), what="the names in the model's state_dict")
