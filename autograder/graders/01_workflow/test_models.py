"""Hidden checks of 01_workflow/models."""

import torch
from torch import nn

from autograder.checks import StudentError, assert_close, assert_equal, check, expect, fail, in_worker

# ------------------------------------------------------------------------------------------------- the two line models


@in_worker
def build(student, name, seed):
    """A fresh model after torch.manual_seed(seed), and how its tensors and layers are kept."""
    torch.manual_seed(seed)
    model = getattr(student, name)()
    if not isinstance(model, nn.Module):
        return {"other": type(model).__name__}
    names = [key for key, _ in model.named_parameters()]
    kept = [value for key, value in vars(model).items() if not key.startswith("_")]
    plain = [value for value in kept + list(model.buffers()) if isinstance(value, torch.Tensor)]
    boxes = [list(value.values()) if isinstance(value, dict) else value for value in kept if isinstance(value, (list, tuple, dict))]
    boxed = [item for box in boxes for item in box if isinstance(item, (nn.Module, torch.Tensor))]
    layer = getattr(model, "linear_layer", None)
    return {"model": model, "names": names, "plain": bool(plain), "boxed": bool(boxed), "linear": isinstance(layer, nn.Linear)}


@in_worker
def answer(student, name, state, inputs, weights):
    """The answers of a model with the given state, the gradients of a weighted sum of the first one, and the inputs afterwards."""
    model = getattr(student, name)()
    model.load_state_dict(state)
    outputs = [model(x) for x in inputs]
    grads = None
    if isinstance(outputs[0], torch.Tensor) and outputs[0].requires_grad:
        grads = torch.autograd.grad((outputs[0] * weights).sum(), list(model.parameters()), allow_unused=True)
    return {"outputs": outputs, "inputs": inputs, "grads": grads}


@in_worker
def elsewhere(student, name, state, x):
    """The answer of the model, moved to x's device and dtype."""
    model = getattr(student, name)()
    model.load_state_dict(state)
    return model.to(device=x.device, dtype=x.dtype)(x)


def _built(student, name, names):
    """A model with parameters of these names, or the reason why there are none."""
    out = _explained(lambda: build(student, name, int(torch.randint(2**31, ()))))
    expect("other" not in out, f"{name}() is no nn.Module: keep the base class")
    if set(out["names"]) != set(names):
        if out["boxed"] and not out["names"]:
            fail(
                "Layers or parameters in a Python list are not registered, so there is nothing to train: "
                "make each an attribute of its own (or use nn.ModuleList)."
            )
        if out["plain"] and len(out["names"]) < len(names):
            fail("A plain tensor is not registered, and requires_grad is not enough: wrap it in nn.Parameter, so that parameters() lists it.")
        shown = ", ".join(str(key)[:40] for key in out["names"][:6]) or "none"
        fail(f"expected exactly the parameters {', '.join(names)}; the model has {shown}.")
    expect(out["names"] == names, f"the parameters should be created in the order {', '.join(names)}")
    return out


def _explained(run):
    """The answer of a scenario; the errors of a module that is not put together right get their own words."""
    try:
        return run()
    except StudentError as error:
        if "Module.__init__() call" in error.message or "has no attribute '_" in error.message:
            fail("super().__init__() has to be the first line of __init__: it makes the places where parameters are registered.")
        if 'required "forward" function' in error.message:
            fail("The model has no method named forward: it must be spelt so, and stand inside the class.")
        raise


def _answers(student, name, state, inputs, weights):
    out = _explained(lambda: answer(student, name, state, inputs, weights))
    for y in out["outputs"]:
        if y is None:
            fail("forward computed something, but did not return it: end it with return.")
    return out


LINE = ["weights", "bias"]
LAYER = ["linear_layer.weight", "linear_layer.bias"]


@check("LinearRegression", points=2, hint="self.weights = nn.Parameter(torch.randn(1)), then self.bias, after super().__init__().")
def test_line_registers_two_parameters(student):
    """registers two parameters, weights and bias, of shape (1,) and float32"""
    model = _built(student, "LinearRegression", LINE)["model"]
    for name in LINE:
        value = model.parameters[name]
        expect(value.shape == (1,), f"{name} should have shape (1,), as torch.randn(1) has; it has {tuple(value.shape)}",
               shapes=(value.shape, (1,)))
        expect(value.dtype == torch.float32, f"{name} should be float32, not {value.dtype}")
    expect(list(model.state_dict()) == LINE, "the model keeps more than its two parameters")


@check("LinearRegression", hint="torch.randn(1) twice, weights first; no seed of your own.")
def test_line_draws_weights_then_bias(student):
    """draws weights, then bias, each with torch.randn(1): 0.3367 and 0.1288 after torch.manual_seed(42)"""
    for seed in (42, int(torch.randint(2**31, ()))):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            first, second = torch.randn(1), torch.randn(1)
            torch.manual_seed(seed)
            uniform = torch.rand(1), torch.rand(1)
            torch.manual_seed(42)
            fixed = torch.randn(1), torch.randn(1)
        out = _explained(lambda seed=seed: build(student, "LinearRegression", seed))
        expect("model" in out, "LinearRegression() is no nn.Module: keep the base class")
        assert_equal(
            out["model"].state_dict(),
            {"weights": first, "bias": second},
            what="the starting values",
            mistakes={
                "bias is drawn before weights: the order of the lines in __init__ is part of the result.": {"weights": second, "bias": first},
                "These are torch.rand's numbers, uniform from 0 to 1; torch.randn was asked for.": {"weights": uniform[0], "bias": uniform[1]},
                "weights and bias are the same draw: each has its own torch.randn(1).": {"weights": first, "bias": first},
                "The model seeds itself, so that every model begins alike: leave the seed to whoever builds it.": {
                    "weights": fixed[0],
                    "bias": fixed[1],
                },
            },
        )


@check("LinearRegression", points=2, hint="The formula of the lesson, written with the two parameters that __init__ made.")
def test_line_computes_weights_times_x_plus_bias(student):
    """gives weights * x + bias of its present parameters, in x's shape, for any shape of x"""
    state = {"weights": torch.randn(1), "bias": torch.randn(1)}
    inputs = [torch.randn(5, 1), torch.randn(4), torch.randn(2, 3), torch.randn(1, 1), torch.rand(0, 1)]
    given = [x.clone() for x in inputs]
    out = _answers(student, "LinearRegression", state, inputs, torch.rand(5, 1))
    for x, y in zip(given, out["outputs"]):
        assert_close(
            y,
            state["weights"] * x + state["bias"],
            what="the model's answer",
            mistakes={
                "The bias is missing.": state["weights"] * x,
                "weights and bias have changed places.": state["bias"] * x + state["weights"],
            },
        )
    assert_equal(list(out["inputs"]), given, what="x after the call")


@check("LinearRegression", hint="Use self.weights itself in forward: no .item(), no .data, no copy made in __init__.")
def test_line_is_tracked(student):
    """lets gradients flow to both parameters, and follows the model to another device or dtype"""
    state, x, k = {"weights": torch.randn(1), "bias": torch.randn(1)}, torch.randn(5, 1), torch.rand(5, 1)
    grads = _answers(student, "LinearRegression", state, [x], k)["grads"]
    if grads is None or any(grad is None for grad in grads):
        fail("No gradient reaches the parameters: forward must compute with self.weights and self.bias themselves.")
    assert_close(tuple(grads), ((k * x).sum().reshape(1), k.sum().reshape(1)), what="the gradients of weights and bias")
    for far in (torch.empty(3, 1, device="meta"), torch.rand(3, 1, dtype=torch.float64)):
        y = _explained(lambda far=far: elsewhere(student, "LinearRegression", state, far))
        want = far if far.is_meta else state["weights"].double() * far + state["bias"].double()
        assert_close(y, want, what="the answer after model.to(...)")


@check("LinearLayerRegression", points=2, hint="One nn.Linear with one input and one output, under the name linear_layer.")
def test_layer_has_one_linear_layer(student):
    """has one nn.Linear(1, 1) named linear_layer and no other parameters"""
    out = _built(student, "LinearLayerRegression", LAYER)
    model = out["model"]
    expect(out["linear"], "linear_layer should be an nn.Linear")
    expect(model.parameters[LAYER[0]].shape == (1, 1), "linear_layer should have one input and one output: nn.Linear(1, 1)")
    expect(model.parameters[LAYER[1]].shape == (1,), "linear_layer's bias should have shape (1,)")
    expect(list(model.state_dict()) == LAYER, "the model keeps more than its layer's parameters")


@check("LinearLayerRegression", hint="Leave the layer as nn.Linear makes it.")
def test_layer_keeps_its_default_start(student):
    """starts with nn.Linear's default initialisation"""
    for seed in (42, int(torch.randint(2**31, ()))):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            layer = nn.Linear(1, 1)
        out = _explained(lambda seed=seed: build(student, "LinearLayerRegression", seed))
        expect("model" in out, "LinearLayerRegression() is no nn.Module: keep the base class")
        want = {"linear_layer.weight": layer.weight.detach(), "linear_layer.bias": layer.bias.detach()}
        assert_equal(out["model"].state_dict(), want, what="the starting values")


@check("LinearLayerRegression", points=2, hint="Let the layer compute: call it on x, and give back its answer as it is.")
def test_layer_answers_with_its_layer(student):
    """gives the layer's output for (N, 1), tracked, on any device"""
    state = {"linear_layer.weight": torch.rand(1, 1) + 0.5, "linear_layer.bias": torch.randn(1)}
    inputs = [torch.tensor([[-9.0], [-8.0], [0.5], [8.0], [9.0]]) + torch.rand(5, 1), torch.randn(1, 1), torch.rand(0, 1)]
    given, k = [x.clone() for x in inputs], torch.rand(5, 1)
    out = _answers(student, "LinearLayerRegression", state, inputs, k)
    for x, y in zip(given, out["outputs"]):
        line = x * state[LAYER[0]] + state[LAYER[1]]
        assert_close(
            y,
            line,
            what="the model's answer",
            mistakes={
                "The negative answers are cut off: a regression has no activation at its end.": line.relu(),
                "(N, 1) went in, and a vector (N,) came out: leave the shape as the layer gives it.": line.squeeze(1),
            },
        )
    assert_equal(list(out["inputs"]), given, what="x after the call")
    grads = out["grads"]
    if grads is None or any(grad is None for grad in grads):
        fail("No gradient reaches the layer's parameters: call self.linear_layer itself, outside no_grad.")
    assert_close(tuple(grads), ((k * given[0]).sum().reshape(1, 1), k.sum().reshape(1)), what="the gradients")
    far = torch.empty(3, 1, device="meta")
    y = _explained(lambda: elsewhere(student, "LinearLayerRegression", state, far))
    assert_close(y, far, what="the answer on another device")


# -------------------------------------------------------------------------------------------- counting and describing


def width():
    """A number of units that nobody can have learnt by heart."""
    return int(torch.randint(5, 40, ()))


@in_worker
def sample_model(kind, n):
    if kind == "nested":
        model = nn.Sequential(nn.Linear(3, n), nn.Sequential(nn.BatchNorm1d(n), nn.ReLU()), nn.Linear(n, 2, bias=False))
    elif kind == "frozen":
        model = nn.Sequential(nn.Linear(4, n), nn.Linear(n, 7))
        model[0].requires_grad_(False)
        model[1].bias.requires_grad_(False)
    elif kind == "tied":
        model = nn.Sequential(nn.Linear(n, n), nn.Tanh(), nn.Linear(n, n), nn.Linear(n, n))
        model[2].weight = model[0].weight
        model[3].weight = model[0].weight
    elif kind == "shared layer":
        layer = nn.Linear(n, n)
        model = nn.ModuleDict({"b": layer, "a": nn.ModuleList([nn.Linear(n, 2), layer])})
    elif kind == "twins":
        model = nn.Sequential(nn.Linear(n, n), nn.Linear(n, n))
        model[1].load_state_dict(model[0].state_dict())
    elif kind == "scalar":
        model = nn.ParameterDict([("z", nn.Parameter(torch.tensor(1.0))), ("a", nn.Parameter(torch.rand(2, 1, n)))])
    elif kind == "empty":
        model = nn.Sequential(nn.ReLU(), nn.Flatten())
    else:
        model = nn.BatchNorm1d(n, affine=False)
    return model


@in_worker
def state_of(model):
    flags = [(name, parameter.requires_grad) for name, parameter in model.named_parameters()]
    return flags, [module.training for module in model.modules()]


BUFFERS = "Running statistics are buffers, not parameters: go through model.parameters()."


@in_worker
def count_in(student, kind, n, args, options):
    model = sample_model(kind, n)
    model.eval()
    before = state_of(model)
    return {"answer": student.count_parameters(model, *args, **options), "kept": before == state_of(model)}


def _count(student, kind, n, want, *args, mistakes=None, **options):
    out = count_in(student, kind, n, args, options)
    assert_equal(out["answer"], want, what="the number of parameters", mistakes=mistakes)
    expect(out["kept"], "counting changed the model: leave requires_grad and the mode as they are")


@check("count_parameters", hint="A parameter tells by numel() how many elements it has.")
def test_count_adds_up_elements(student):
    """adds up the elements of all parameters, as an int; buffers do not count"""
    n = width()
    _count(
        student,
        "nested",
        n,
        8 * n,
        mistakes={
            "You counted parameters, not their elements: numel().": 5,
            BUFFERS: 10 * n + 1,
            "You counted only weights of two dimensions: biases are parameters, too.": 5 * n,
        },
    )
    _count(student, "scalar", n, 1 + 2 * n)
    _count(student, "empty", n, 0)
    _count(student, "buffers", n, 0)


@check("count_parameters", points=2, hint="A parameter is trainable where p.requires_grad.")
def test_count_knows_frozen_parameters(student):
    """leaves frozen parameters out unless trainable_only is False"""
    n = width()
    trained, frozen = 7 * n, 5 * n + 7
    turned = {"The flag is turned round: by default, frozen parameters are left out.": frozen}
    both = {"Frozen parameters were counted, too.": trained + frozen, **turned}
    _count(student, "frozen", n, trained, mistakes=both)
    _count(student, "frozen", n, trained, True)
    _count(
        student,
        "frozen",
        n,
        trained + frozen,
        trainable_only=False,
        mistakes={
            "Frozen parameters were left out although trainable_only is False.": trained,
            "These are only the frozen ones; trainable_only=False asks for all.": frozen,
        },
    )
    _count(student, "frozen", n, trained + frozen, False)
    _count(student, "nested", n, 8 * n, trainable_only=False, mistakes={BUFFERS: 10 * n + 1})


@check("count_parameters", hint="model.parameters() lists a shared parameter once; state_dict() lists it every time.")
def test_count_counts_shared_parameters_once(student):
    """counts a shared parameter once"""
    once = "A shared parameter was counted each time it is used: model.parameters() lists it once."
    twins = "Two parameters of equal values are still two: compare objects, not values."
    for flag in (True, False):
        n = width()
        _count(student, "tied", n, n * n + 3 * n, trainable_only=flag, mistakes={once: 3 * (n * n + n)})
        _count(student, "shared layer", n, n * n + 3 * n + 2, trainable_only=flag, mistakes={once: 2 * (n * n + n) + 2 * n + 2})
        _count(student, "twins", n, 2 * (n * n + n), trainable_only=flag, mistakes={twins: n * n + n})


@in_worker
def shapes_in_model(student, kind, n):
    model = sample_model(kind, n)
    before = state_of(model)
    return {"answer": student.parameter_shapes(model), "kept": before == state_of(model)}


def _shapes(student, kind, n, want):
    out = shapes_in_model(student, kind, n)
    got = out["answer"]
    expect(isinstance(got, dict), f"expected a dict, got {type(got).__name__}")
    missing, extra = [name for name in want if name not in got], [name for name in got if name not in want]
    if any("running" in str(name) or "batches" in str(name) for name in extra):
        fail("Running statistics are buffers, not parameters: go through model.named_parameters().")
    expect(not missing, "some parameters are missing")
    expect(not extra, "there are names that named_parameters() does not list; it lists a shared parameter once")
    for shape in got.values():
        if isinstance(shape, torch.Tensor):
            fail("The values are the parameters themselves; their shapes were asked for.")
        expect(
            isinstance(shape, tuple) and all(isinstance(size, int) and not isinstance(size, bool) for size in shape),
            f"each shape should be a tuple of ints, not {type(shape).__name__}",
        )
    expect({name: tuple(shape) for name, shape in got.items()} == want, "a shape is not the parameter's")
    expect(list(got) == list(want), "the names are not in the order of named_parameters()")
    expect(out["kept"], "the model was changed: leave requires_grad and the mode as they are")


@check("parameter_shapes", points=2, hint="named_parameters() gives each name with its parameter, in the order asked for.")
def test_shapes_by_name(student):
    """gives the shape of each parameter by its full name, in the order of named_parameters()"""
    n = width()
    _shapes(student, "nested", n, {"0.weight": (n, 3), "0.bias": (n,), "1.0.weight": (n,), "1.0.bias": (n,), "2.weight": (2, n)})
    _shapes(student, "scalar", n, {"z": (), "a": (2, 1, n)})


@check("parameter_shapes", hint="named_parameters() decides what is in: frozen ones are, buffers are not.")
def test_shapes_of_frozen_and_shared_parameters(student):
    """lists frozen parameters, shared ones once, and no buffers"""
    n = width()
    _shapes(student, "frozen", n, {"0.weight": (n, 4), "0.bias": (n,), "1.weight": (7, n), "1.bias": (7,)})
    _shapes(student, "tied", n, {"0.weight": (n, n), "0.bias": (n,), "2.bias": (n,), "3.bias": (n,)})
    _shapes(student, "shared layer", n, {"b.weight": (n, n), "b.bias": (n,), "a.0.weight": (2, n), "a.0.bias": (2,)})
    _shapes(student, "buffers", n, {})
