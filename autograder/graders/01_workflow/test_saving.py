"""Hidden checks of 01_workflow/saving."""

import io
import os
import random
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

from autograder.checks import assert_close, assert_equal, check, expect, fail, in_worker

WHOLE_MODEL = (
    "The file can't be opened with weights_only=True: it holds a pickled object, not plain data. Save model.state_dict(), not the model itself."
)
UNTRAINED = "The file does not hold this model's weights. Was another model saved, built anew and still untrained?"

# ------------------------------------------------------------------------------------------------ beside the student


@in_worker
class Net(nn.Module):
    """Linear, batch norm, linear: parameters and buffers, in nested modules."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
        self.head = nn.Linear(4, 1)

    def forward(self, x):
        return self.head(torch.tanh(self.body(x)))


@in_worker
def net_of(state, modes=None):
    # As in a file of its own, the class can be found by its name: torch.save(model) works, as it does for students.
    sys.modules.setdefault(Net.__module__, type(sys)(Net.__module__)).Net = Net
    model = Net()
    model.load_state_dict(state)
    for module, mode in zip(model.modules(), modes or []):
        module.training = mode
    return model


@in_worker
def snapshot_of(model):
    """What no saving or failed loading may change."""
    return {
        "state": {name: value.detach().clone() for name, value in model.state_dict().items()},
        "modes": [module.training for module in model.modules()],
        "tracked": [parameter.requires_grad for parameter in model.parameters()],
    }


@in_worker
def random_states():
    numpy_state = np.random.get_state()
    return random.getstate(), numpy_state[1].tobytes(), numpy_state[2], torch.get_rng_state().numpy().tobytes()


@in_worker
def read_back(path):
    """What torch.load makes of a file: its contents, or why not."""
    if not os.path.isfile(path):
        return {"missing": True}
    try:
        content = torch.load(path, weights_only=True)
    except Exception as error:
        return {"refused": type(error).__name__}
    return {"content": content}


@in_worker
def run_save_model(student, state, path, as_path, modes, twice=False):
    model = net_of(state, modes)
    target = Path(path) if as_path else path
    if twice:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(b"an older file")
    before, drew = snapshot_of(model), random_states()
    student.save_model(model, target)
    return {**read_back(path), "before": before, "after": snapshot_of(model), "drew": drew != random_states()}


@in_worker
def run_load_model(student, state, data, as_path, modes):
    """Load a file of these bytes into a model of this state."""
    with open("given.pt", "wb") as file:
        file.write(data)
    model = net_of(state, modes)
    drew = random_states()
    answer = student.load_model(model, Path("given.pt") if as_path else "given.pt")
    return {
        "same": answer is model,
        "cls": type(answer).__name__,
        "after": snapshot_of(model),
        "drew": drew != random_states(),
        "kept": Path("given.pt").read_bytes() == data,
        "answer": snapshot_of(answer) if isinstance(answer, nn.Module) else None,
    }


@in_worker
def load_wrong_file(student, state, data, modes):
    """The state of the model after a load that must fail; the type of what was raised."""
    with open("given.pt", "wb") as file:
        file.write(data)
    model = net_of(state, modes)
    before, raised = snapshot_of(model), ""
    try:
        student.load_model(model, "given.pt")
    except NotImplementedError:
        raise
    except (ValueError, RuntimeError):
        raised = "right"
    except Exception as error:
        raised = type(error).__name__
    return {"before": before, "after": snapshot_of(model), "raised": raised}


@in_worker
def step(model, optimizer, X, y):
    model.train()
    optimizer.zero_grad()
    nn.functional.mse_loss(model(X), y).backward()
    optimizer.step()


@in_worker
def optimizer_of(model, name, options):
    return getattr(torch.optim, name)(model.parameters(), **options)


@in_worker
def run_save_checkpoint(student, state, batches, name, options, path, as_path, modes, epoch):
    model = net_of(state)
    optimizer = optimizer_of(model, name, options)
    for X, y in batches:
        step(model, optimizer, X, y)
    for module, mode in zip(model.modules(), modes):
        module.training = mode
    before, drew = snapshot_of(model), random_states()
    student.save_checkpoint(Path(path) if as_path else path, model, optimizer, epoch)
    kept = optimizer.param_groups[0]["params"][0] is next(model.parameters())
    return {
        **read_back(path),
        "before": before,
        "after": snapshot_of(model),
        "drew": drew != random_states(),
        "kept": kept,
    }


@in_worker
def run_load_checkpoint(student, state, batches, name, options, other, modes, epoch, as_path):
    """Train, save, train on; and the same with a fresh model and optimiser that read the checkpoint."""
    half = len(batches) // 2
    model = net_of(state)
    optimizer = optimizer_of(model, name, options)
    for X, y in batches[:half]:
        step(model, optimizer, X, y)
    checkpoint = {"epoch": epoch, "model_state_dict": model.state_dict(), "optimizer_state_dict": optimizer.state_dict()}
    torch.save(checkpoint, "checkpoint.pt")
    saved = snapshot_of(model)["state"]
    for X, y in batches[half:]:
        step(model, optimizer, X, y)
    whole = snapshot_of(model)["state"]

    model = Net()
    for module, mode in zip(model.modules(), modes):
        module.training = mode
    optimizer = optimizer_of(model, name, other)
    drew = random_states()
    answer = student.load_checkpoint(Path("checkpoint.pt") if as_path else "checkpoint.pt", model, optimizer)
    drew = drew != random_states()
    loaded = snapshot_of(model)
    for X, y in batches[half:]:
        step(model, optimizer, X, y)
    return {
        "answer": answer,
        "saved": saved,
        "loaded": loaded,
        "whole": whole,
        "resumed": snapshot_of(model)["state"],
        "drew": drew,
    }


# -------------------------------------------------------------------------------------------------- on the grader's side

ALL, NONE, MIXED = [True] * 5, [False] * 5, [True, True, True, False, True]


def _state():
    """A state_dict of Net with every number drawn."""
    state = Net().state_dict()
    for name, value in state.items():
        if name.endswith("running_var"):
            value.uniform_(1.5, 3)
        elif value.is_floating_point():
            value.uniform_(-1, 1)
        else:
            value.fill_(17)
    return {name: value.clone() for name, value in state.items()}


def _file(content, tag=None):
    """The bytes of torch.save(content); `tag` pretends that it was saved from that device."""
    buffer, original = io.BytesIO(), torch.serialization.location_tag
    if tag:
        torch.serialization.location_tag = lambda storage: tag
    try:
        torch.save(content, buffer)
    finally:
        torch.serialization.location_tag = original
    return buffer.getvalue()


def _on_disk(run):
    """The answer of a scenario that saves; what goes wrong with folders and paths gets its own words."""
    try:
        return run()
    except RuntimeError as error:
        if "Parent directory" in str(error):
            fail("A folder on the way to the file does not exist: create it, with all its parents, before you save.")
        raise
    except FileExistsError:
        fail("A folder that exists already is no error: mkdir takes exist_ok=True.")
    except AttributeError as error:
        if "'str' object" in str(error):
            fail("The path may be text, which has no .parent: wrap it in Path(path) first.")
        raise


def _content(out, path):
    """What a saved file holds; fails where there is none that opens."""
    expect("missing" not in out, f"no file was written at the path that was given ({path})")
    if "refused" in out:
        fail(WHOLE_MODEL)
    return out["content"]


def _untouched(out):
    expect(out["after"]["modes"] == out["before"]["modes"], "saving changed the mode of the model: leave it as it is")
    assert_equal(out["after"]["state"], out["before"]["state"], what="the model's state after saving")
    expect(out["after"]["tracked"] == out["before"]["tracked"], "saving changed requires_grad of a parameter")
    expect(not out["drew"], "the global random state was changed; saving draws nothing")


def _is_state(content, state, what):
    """Fails unless `content` is the state_dict `state`, with the reason."""
    expect(isinstance(content, dict), f"{what} should be a state_dict, not {type(content).__name__}")
    missing = [name for name in state if name not in content]
    if missing and all("running" in name or "batches" in name for name in missing):
        fail("The buffers (batch norm's running statistics) are missing: a state_dict holds them, named_parameters() does not.")
    if missing and not any(name in content for name in state):
        fail(f"{what} does not hold the state_dict itself, but something around it: its keys should be the names of the weights.")
    expect(set(content) == set(state), f"{what} does not have exactly the keys of the model's state_dict")
    for name, value in state.items():
        expect(isinstance(content[name], torch.Tensor), f"{what}: the entries should be tensors")
        expect(content[name].shape == value.shape, f"{what}: an entry has another shape than the weight it belongs to")
        expect(content[name].dtype == value.dtype, f"{what}: an entry has another dtype than the weight it belongs to")
    if not all(torch.allclose(content[name].double(), value.double(), rtol=1e-5, atol=1e-6) for name, value in state.items()):
        fail(UNTRAINED)


# --------------------------------------------------------------------------------------------------------- save_model


@check("save_model", points=2, hint="torch.save writes any object: give it what model.state_dict() gives, not the model.")
def test_save_holds_the_state_dict(student):
    """saves the state_dict, and nothing else, in a file that opens with weights_only=True"""
    state = _state()
    out = _on_disk(lambda: run_save_model(student, state, "model.pt", False, ALL))
    content = _content(out, "model.pt")
    _is_state(content, state, "the file")
    assert_equal(dict(content), state, what="the file's contents")


@check("save_model", hint="Path(path).parent.mkdir(parents=True, exist_ok=True) comes first.")
def test_save_makes_folders(student):
    """creates missing folders, for text and Path alike, and replaces an older file"""
    state = _state()
    for path, as_path, twice in (
        ("runs/june/first.pt", True, False),
        ("other/deep/er/model.pth", False, False),
        ("runs/june/second.pt", False, True),
        ("alone", True, False),
        ("again.pt", False, True),
    ):
        out = _on_disk(lambda path=path, as_path=as_path, twice=twice: run_save_model(student, state, path, as_path, ALL, twice))
        _is_state(_content(out, path), state, "the file")


@check("save_model", hint="Saving reads the model: no eval(), no cpu(), no half().")
def test_save_leaves_the_model(student):
    """leaves the model as it is, the mode of every submodule included"""
    for modes in (ALL, NONE, MIXED):
        state = _state()
        out = _on_disk(lambda state=state, modes=modes: run_save_model(student, state, "kept/model.pt", True, modes))
        _is_state(_content(out, "kept/model.pt"), state, "the file")
        _untouched(out)


# --------------------------------------------------------------------------------------------------------- load_model


def _load(student, state, data, as_path=False, modes=ALL):
    try:
        out = run_load_model(student, state, data, as_path, list(modes))
    except TypeError as error:
        if "state_dict to be dict-like" in str(error):
            fail("load_state_dict takes the dictionary that torch.load returns, not a path: load the file first.")
        raise
    except AttributeError as error:
        if "IncompatibleKeys" in str(error):
            fail("load_state_dict changes the model in place and returns a report, not the model: do not assign its result.")
        raise
    except RuntimeError as error:
        if "deserialize object on" in str(error) or "CUDA device" in str(error):
            fail('The file was saved from a device that this machine does not have: torch.load(path, map_location="cpu").')
        raise
    if out["cls"] == "_IncompatibleKeys":
        fail("load_state_dict changes the model in place and returns a report, not the model: return the model.")
    return out


def _filled(out, want):
    expect(out["answer"] is not None, f"expected the model, got an object of class {out['cls']}")
    if not _same(out["after"]["state"], want) and _same(out["answer"]["state"], want):
        fail("You filled another model and returned that: the given model itself is to be filled.")
    if not out["same"]:
        fail("The returned model is not the one that was given: fill it in place and return it.")
    assert_equal(out["after"]["state"], want, what="the model's state after loading")


def _same(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


@check("load_model", points=2, hint="torch.load, model.load_state_dict, return model.eval().")
def test_load_fills_the_given_model(student):
    """fills the given model, parameters and buffers, and returns it in eval mode"""
    for as_path, modes in ((False, ALL), (True, NONE), (False, MIXED)):
        old, new = _state(), _state()
        out = _load(student, old, _file(new), as_path, modes)
        _filled(out, new)
        expect(not any(out["after"]["modes"]), "the model, every submodule included, should come back in eval mode: model.eval()")
        expect(all(out["after"]["tracked"]), "loading changed requires_grad of a parameter")
        expect(out["kept"], "the file was changed by loading")
        expect(not out["drew"], "the global random state was changed; loading draws nothing")


@check("load_model", hint='map_location="cpu" in torch.load; load_state_dict copies from there to wherever the model is.')
def test_load_from_another_device(student):
    """loads a file on the CPU that was saved from another device"""
    old, new = _state(), _state()
    out = _load(student, old, _file(new, tag="cuda:7"))
    _filled(out, new)


def _wrong_files(state):
    """Files that do not match the model, and what is wrong with each."""
    last = "head.bias"
    missing = {name: value for name, value in state.items() if name != last}
    extra = {**state, "head.scale": torch.rand(1)}
    renamed = {("output" + name[4:] if name.startswith("head") else name): value for name, value in state.items()}
    reshaped = {**state, "head.weight": torch.rand(1, 5)}
    turned = {**state, "body.0.weight": torch.rand(3, 4)}
    single = {**state, "body.0.bias": torch.rand(1)}
    return {
        "The file misses one of the model's weights": missing,
        "The file has a weight that the model does not have": extra,
        "The file calls a layer by another name": renamed,
        "A weight in the file has another shape": reshaped,
        "A weight in the file is transposed": turned,
        "A bias in the file has one element instead of several": single,
    }


def _refuse(student, modes, unchanged):
    old, new = _state(), _state()
    for wrong, content in _wrong_files(new).items():
        out = load_wrong_file(student, old, _file(content), list(modes))
        if not out["raised"]:
            fail(f"{wrong}: ValueError or RuntimeError was due, but nothing was raised. strict=False hides such a file.")
        expect(out["raised"] == "right", f"{wrong}: ValueError or RuntimeError was due, not {out['raised']}.")
        if unchanged:
            if not _same(out["after"]["state"], old):
                fail(
                    f"{wrong}: an error was raised, but the model is half overwritten. load_state_dict copies what fits before it "
                    "raises: compare names and shapes first. (A backup of model.state_dict() is an alias of the live weights: it would "
                    "need copy.deepcopy.)"
                )
            expect(out["after"]["modes"] == out["before"]["modes"], f"{wrong}: an error was raised, but the mode had been changed already.")
            expect(all(out["after"]["tracked"]), f"{wrong}: requires_grad was changed.")
    _filled(_load(student, old, _file(new)), new)


@check("load_model", hint="Compare state.keys() and each shape with model.state_dict(); never strict=False.")
def test_load_refuses_files_that_do_not_match(student):
    """raises ValueError or RuntimeError where names or shapes in the file do not match the model's"""
    _refuse(student, ALL, unchanged=False)


@check("load_model", points=2, hint="First compare, then load: nothing may be written before you know that all of it fits.")
def test_load_changes_nothing_when_it_fails(student):
    """changes nothing in the model, weights, buffers and modes, where the file does not match"""
    _refuse(student, MIXED, unchanged=True)


# ------------------------------------------------------------------------------------------------------ checkpoints

MOMENTUM = ("SGD", {"lr": 0.05, "momentum": 0.9}, {"lr": 0.01, "momentum": 0.5})
ADAM = ("Adam", {"lr": 0.02}, {"lr": 0.001})
PLAIN = ("SGD", {"lr": 0.1}, {"lr": 0.1})


def _batches(n=6):
    return [(torch.randn(8, 3), torch.randn(8, 1)) for _ in range(n)]


def _trained(state, batches, name, options, optimizer_state=None):
    """State of model and optimiser after the grader's own training."""
    model = Net()
    model.load_state_dict(state)
    optimizer = getattr(torch.optim, name)(model.parameters(), **options)
    if optimizer_state is not None:
        optimizer.load_state_dict(optimizer_state)
    for X, y in batches:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(X), y).backward()
        optimizer.step()
    return {key: value.clone() for key, value in model.state_dict().items()}, optimizer.state_dict()


def _save(student, name, options, path="checkpoint.pt", as_path=False, modes=ALL, epoch=3):
    state, batches = _state(), _batches(3)
    out = _on_disk(lambda: run_save_checkpoint(student, state, batches, name, options, path, as_path, list(modes), epoch))
    content = _content(out, path)
    expect(isinstance(content, dict), f"the file should hold a dict, not {type(content).__name__}")
    for key in ("epoch", "model_state_dict", "optimizer_state_dict"):
        expect(key in content, f"the dict in the file has no key {key!r}")
    want, memory = _trained(state, batches, name, options)
    return out, content, want, memory


@check("save_checkpoint", points=2, hint='{"epoch": …, "model_state_dict": …, "optimizer_state_dict": …}')
def test_checkpoint_holds_three_states(student):
    """saves epoch, model_state_dict and optimizer_state_dict in a file that opens with weights_only=True"""
    for (name, options, _), epoch in ((MOMENTUM, 3), (ADAM, 0), (PLAIN, 12)):
        _, content, want, memory = _save(student, name, options, epoch=epoch)
        assert_equal(content["epoch"], epoch, what="the epoch in the file")
        _is_state(content["model_state_dict"], want, "model_state_dict")
        saved = content["optimizer_state_dict"]
        expect(
            isinstance(saved, dict) and set(saved) == {"state", "param_groups"},
            "optimizer_state_dict should be what optimizer.state_dict() gives",
        )
        assert_close(
            saved["state"],
            memory["state"],
            what="the optimiser's state",
            rtol=1e-4,
            atol=1e-5,
            mistakes={"The optimiser's memory (momentum, averages) is missing: save optimizer.state_dict().": {}},
        )
        groups = saved["param_groups"]
        expect(isinstance(groups, list) and len(groups) == 1 and isinstance(groups[0], dict), "the optimiser's groups are missing")
        assert_close(groups[0].get("lr"), options["lr"], what="the learning rate in the file")
        assert_equal(groups[0].get("params"), memory["param_groups"][0]["params"], what="the parameters' numbers in the file")


@check("save_checkpoint", hint="Path(path).parent.mkdir(parents=True, exist_ok=True) comes first.")
def test_checkpoint_makes_folders(student):
    """creates missing folders, for text and Path alike"""
    for path, as_path in (("runs/a/checkpoint.pt", True), ("runs/b/c/checkpoint.pt", False), ("runs/a/second.pt", True), ("here.pt", False)):
        _, content, want, _ = _save(student, *MOMENTUM[:2], path=path, as_path=as_path, epoch=8)
        assert_equal(content["epoch"], 8, what="the epoch in the file")
        assert_close(content["model_state_dict"], want, what="model_state_dict", rtol=1e-4, atol=1e-5)


@check("save_checkpoint", hint="Saving reads: no eval(), no zero_grad, no step.")
def test_checkpoint_leaves_the_model(student):
    """leaves the model, its mode and the random state as they are"""
    for modes in (ALL, NONE, MIXED):
        out, content, want, _ = _save(student, *ADAM[:2], modes=modes)
        assert_close(content["model_state_dict"], want, what="model_state_dict", rtol=1e-4, atol=1e-5)
        _untouched(out)
        expect(out["kept"], "saving took the model's parameters away from the optimiser: .to() and the like do not belong here")


def _resume(student, kind, modes=ALL, epoch=3, as_path=False):
    """A run of both trainings, after the checks that hold for every one; the grader's own uninterrupted result."""
    name, options, other = kind
    state, batches = _state(), _batches()
    out = run_load_checkpoint(student, state, batches, name, options, other, list(modes), epoch, as_path)
    half, memory = _trained(state, batches[:3], name, options)
    whole, _ = _trained(half, batches[3:], name, options, memory)
    return out, half, whole, batches, kind


@check("load_checkpoint", points=2, hint="model.load_state_dict and return the epoch as it was saved.")
def test_resume_restores_the_model_and_the_epoch(student):
    """restores parameters and buffers, and returns the saved epoch as an int"""
    for epoch, as_path in ((3, False), (0, True), (41, False)):
        out, half, *_ = _resume(student, PLAIN, epoch=epoch, as_path=as_path)
        assert_close(out["loaded"]["state"], half, what="the model's state after loading", rtol=1e-4, atol=1e-5)
        assert_equal(out["loaded"]["state"], out["saved"], what="the model's state after loading")
        assert_equal(
            out["answer"], epoch, what="the epoch", mistakes={"This is the epoch after the saved one: return what the file says.": epoch + 1}
        )


@check("load_checkpoint", points=2, hint='optimizer.load_state_dict(checkpoint["optimizer_state_dict"])')
def test_resume_equals_uninterrupted_training(student):
    """makes training go on exactly as if it had never stopped, with momentum and with Adam"""
    for kind in (MOMENTUM, ADAM):
        out, half, whole, batches, (name, options, other) = _resume(student, kind)
        fresh = (
            "The model was restored, but not its optimiser: momentum, averages and learning rate begin anew. "
            "optimizer.load_state_dict brings them back."
        )
        assert_close(
            out["resumed"],
            whole,
            what="the model after the resumed training",
            rtol=1e-3,
            atol=1e-4,
            mistakes={
                fresh: lambda: _trained(half, batches[3:], name, other)[0],
                "The optimiser's settings were restored, but not its memory (momentum, averages).": lambda: _trained(
                    half, batches[3:], name, options
                )[0],
            },
        )
        assert_equal(out["resumed"], out["whole"], what="the model after the resumed training")


@check("load_checkpoint", hint="Leave train() and eval() to the training loop.")
def test_resume_leaves_the_mode(student):
    """leaves the mode of every submodule and the random state alone"""
    for modes in (ALL, NONE, MIXED):
        out, half, *_ = _resume(student, MOMENTUM, modes=modes)
        assert_close(out["loaded"]["state"], half, what="the model's state after loading", rtol=1e-4, atol=1e-5)
        expect(out["loaded"]["modes"] == list(modes), "loading a checkpoint changed the mode of the model: leave it as it is")
        expect(all(out["loaded"]["tracked"]), "loading changed requires_grad of a parameter")
        expect(not out["drew"], "the global random state was changed; loading draws nothing")
