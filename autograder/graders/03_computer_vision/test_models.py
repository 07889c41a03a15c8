"""Hidden checks of 03_computer_vision/models."""

import itertools
import re

import torch
from torch import nn
from torch.nn import functional as F

from autograder.checks import assert_close, check, expect, fail, in_worker, info

BATCH_FLATTENED = (
    "The batch was flattened together with the pictures: keep dimension 0, with nn.Flatten() or flatten(1)."
)
NOT_FLATTENED = "The pictures were not flattened: nn.Flatten() (or flatten(1)) belongs before the linear layer."
SOFTMAX = "The rows are probabilities: a softmax is inside. Return raw logits; CrossEntropyLoss does the rest."
LOG_SOFTMAX = "A log_softmax is inside. Return raw logits; CrossEntropyLoss does the rest."


# ------------------------------------------------------------------------------------ beside the student's code


@in_worker
def build(student, name, args, options, pictures):
    """The model's answers in train and in eval mode, one picture at a time, and what it holds."""
    model = getattr(student, name)(*args, **options)
    if not isinstance(model, nn.Module):
        return {"problem": type(model).__name__}
    outputs = [model(x) for x in pictures]
    model.eval()
    again = [model(x) for x in pictures]
    single = model(pictures[0][:1])
    state = {key: value.detach().clone() for key, value in model.state_dict().items()}
    frozen = [name for name, parameter in model.named_parameters() if not parameter.requires_grad]
    names = [name for name, _ in model.named_parameters()]
    return {"outputs": outputs, "again": again, "single": single, "state": state, "names": names, "frozen": frozen}


@in_worker
class Twisted(nn.Module):
    """Layers called in another order than they are defined in, one of them twice, one never; batch norm and dropout."""

    def __init__(self):
        super().__init__()
        self.unused = nn.Linear(2, 2)
        self.head = nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.Linear(5 * 3 * 2, 4))
        self.act = nn.ReLU(inplace=True)
        self.body = nn.ModuleDict({"second": nn.Conv2d(3, 5, 3, padding=1), "first": nn.Conv2d(2, 3, 3, stride=2, padding=1)})
        self.norm = nn.BatchNorm2d(3)

    def forward(self, x):
        x = self.act(self.norm(self.body["first"](x)))
        return self.head(self.act(self.body["second"](x)))


@in_worker
def make_model(kind):
    if kind == "twisted":
        return Twisted()
    if kind == "leaf":
        return nn.Linear(4, 3)
    return nn.Sequential(nn.Conv2d(2, 4, 3), nn.Sequential(nn.ReLU(), nn.Sequential(nn.MaxPool2d(2))), nn.Flatten(), nn.Linear(24, 7))


@in_worker
def look(student, kind, x, modes=None):
    """feature_shapes of a model in the given modes; a foreign hook counts the forward passes."""
    model = make_model(kind)
    for module, mode in zip(model.modules(), modes or [True] * 99):
        module.training = mode
    passes = []
    foreign = [module.register_forward_hook(lambda m, i, o: passes.append((id(m), m.training)))
               for module in model.modules()]
    before = {key: value.clone() for key, value in model.state_dict().items()}
    given, draws = x.clone(), torch.get_rng_state()
    answer = student.feature_shapes(model, x)
    kept = len(passes)
    tables = [len(module._forward_hooks) + len(module._forward_pre_hooks) for module in model.modules()]
    everywhere = len(torch.nn.modules.module._global_forward_hooks)
    modes_after = [module.training for module in model.modules()]
    trained = [mode for _, mode in passes[:kept]]
    size = len(answer) if isinstance(answer, list) else None
    torch.nn.Module.eval(model)
    with torch.no_grad():
        model(x)
    after = {key: value.clone() for key, value in model.state_dict().items()}
    return {
        "answer": answer, "modes": modes_after, "hooks": tables, "global": everywhere, "foreign": len(foreign), "passes": kept,
        "trained": trained, "before": before, "after": after, "x": (given, x), "drew": not torch.equal(draws, torch.get_rng_state()),
        "grew": isinstance(answer, list) and len(answer) != size, "heard": len(passes) - kept,
    }


# ------------------------------------------------------------------------------------------- on the grader's side


def _built(student, name, args, options, pictures):
    try:
        out = build(student, name, list(args), options, pictures)
    except RuntimeError as error:
        _explain_product(str(error), pictures)
        raise
    problem = out.get("problem")
    expect(problem is None, f"{name} should make an nn.Module; it made {problem}. Derive the class from nn.Module.")
    for outputs in (out["outputs"], out["again"]):
        for got in outputs:
            expect(isinstance(got, torch.Tensor), "forward should return a tensor: is there a return in it?")
    expect(isinstance(out["single"], torch.Tensor), "forward should return a tensor: is there a return in it?")
    expect(out["names"], "The model has no registered parameters: keep layers as attributes or in nn.Sequential, not in a plain list.")
    expect(not out["frozen"], "A parameter does not require grad: leave that to torch, or the model cannot learn it.")
    for got, again in zip(out["outputs"], out["again"], strict=True):
        expect(got.shape != again.shape or torch.allclose(got, again, rtol=1e-4, atol=1e-4, equal_nan=True),
               "The model answers otherwise in train mode than in eval mode: a dropout or a normalisation is inside. The task has neither.")
    expect(info(out["outputs"][0]).has_grad_fn, "The output carries no graph: record gradients in forward, or the model cannot learn.")
    return out


def _explain_product(text, pictures):
    """Fails with the cause where a linear layer met a feature map of another size."""
    found = re.search(r"\((\d+)x(\d+) and (\d+)x(\d+)\)", text)
    if not found:
        return
    rows, columns, wanted = (int(found[i]) for i in (1, 2, 3))
    batch = len(pictures[0])
    if rows == 1 and batch > 1:
        fail(BATCH_FLATTENED)
    if rows == batch:
        fail(f"The linear layer was built for in_features={wanted}, but the flattened feature map has {columns} numbers: compute "
             "in_features from the arguments (each pooling of 2 halves height and width, rounding down).")
    fail(NOT_FLATTENED)


def _check_logits(got, want, what, mistakes):
    if got.shape != want.shape:
        if got.ndim == 1 or got.shape[:1] != want.shape[:1]:
            fail(f"{what} should have shape {tuple(want.shape)}, one row per picture; the shape is {tuple(got.shape)}. "
                 "Does the flattening keep dimension 0 (nn.Flatten() or flatten(1)), also for one picture?")
    if got.shape == want.shape and got.dtype == want.dtype and not torch.allclose(got, want, atol=1e-4, rtol=1e-4):
        sums = got.double().exp().sum(1)
        if torch.allclose(got.double().sum(1), torch.ones(len(got), dtype=torch.float64), atol=1e-4) and bool((got >= 0).all()):
            fail(SOFTMAX)
        if torch.allclose(sums, torch.ones_like(sums), atol=1e-4):
            fail(LOG_SOFTMAX)
    assert_close(got, want, what=what, rtol=1e-4, atol=1e-4, mistakes=mistakes)


# ---------------------------------------------------------------------------------------------- LinearBaseline


def _two_layers(state, n, h, c):
    """The two weight matrices and biases, told apart by their shapes."""
    tensors = list(state.values())
    shapes = [tuple(t.shape) for t in tensors]
    for shape in ((h, n), (h,), (c, h), (c,)):
        if shapes.count(shape) != 1:
            shown = ", ".join(map(str, shapes))
            fail(f"Two linear layers, {n} -> {h} -> {c}, have parameters of shapes ({h}, {n}), ({h},), ({c}, {h}) and ({c},); "
                 f"this model's shapes are {shown}.")
    expect(len(shapes) == 4, f"Two linear layers have four parameters; this model has {len(shapes)}: something else is in it.")
    return [tensors[shapes.index(shape)] for shape in ((h, n), (h,), (c, h), (c,))]


def _linear_case(student, pictures, options, n, h, c):
    out = _built(student, "LinearBaseline", (), options, pictures)
    w, b, v, d = _two_layers(out["state"], n, h, c)
    for x, *answers in zip(pictures, out["outputs"], out["again"]):
        hidden = F.linear(x.flatten(1), w, b)
        mistakes = {
            f"A non-linearity ({squash.__name__}) stands between the layers; a linear baseline has none.": F.linear(squash(hidden), v, d)
            for squash in (torch.relu, torch.tanh, torch.sigmoid, F.gelu, F.leaky_relu, F.elu)
        }
        behind = "A non-linearity stands behind the last layer; logits must be able to be negative."
        for got in answers:
            _check_logits(got, F.linear(hidden, v, d), "the output", mistakes | {behind: F.linear(hidden, v, d).relu()})
    first = F.linear(F.linear(pictures[0][:1].flatten(1), w, b), v, d)
    _check_logits(out["single"], first, "the output for one picture", {})


@check("LinearBaseline", points=2, hint="nn.Flatten(), then nn.Linear twice.")
def test_is_two_linear_layers(student):
    """is two linear layers over the flattened pictures, with nothing in between and nothing behind"""
    pictures = [torch.randn(5, 1, 4, 6) * 2, torch.randn(1, 1, 4, 6) * 2]
    _linear_case(student, pictures, {"in_features": 24, "hidden_units": 7, "num_classes": 3}, 24, 7, 3)


@check("LinearBaseline", hint="Give the parameters their values in the signature, as in the stub.")
def test_baseline_has_the_defaults(student):
    """takes 784 features, 32 hidden units and 10 classes unless told otherwise"""
    _linear_case(student, [torch.randn(3, 1, 28, 28)], {}, 784, 32, 10)


@check("LinearBaseline", hint="Flatten everything but dimension 0.")
def test_baseline_flattens_any_picture(student):
    """flattens pictures of several channels, and batches of any size"""
    pictures = [torch.randn(4, 3, 2, 5), torch.randn(2, 3, 2, 5), torch.randn(30, 3, 2, 5)]
    _linear_case(student, pictures, {"in_features": 30, "hidden_units": 4, "num_classes": 2}, 30, 4, 2)


# ----------------------------------------------------------------------------------------------------- TinyVGG


def _vgg(x, convs, head, *, act=F.relu, pool=F.max_pool2d, last_act=True):
    for i, (w, b) in enumerate(convs):
        x = F.conv2d(x, w, b, padding=1)
        if last_act or i % 2 == 0:
            x = act(x)
        if i % 2:
            x = pool(x, 2)
    return F.linear(x.flatten(1), *head)


def _vgg_layers(state, channels, h, c, size):
    """Candidate orders of the four convolutions (the last three look alike), and the linear layer, told apart by shapes."""
    features = h * (size // 4) ** 2
    tensors = list(state.values())
    shapes = [tuple(t.shape) for t in tensors]
    wanted = [(h, channels, 3, 3)] + [(h, h, 3, 3)] * 3 + [(h,)] * 4 + [(c, features), (c,)]
    if sorted(shapes) != sorted(wanted):
        four = [s for s in shapes if len(s) == 4]
        if len(four) != 4:
            why = f"Two blocks of two convolutions have four weights of four dimensions; this model has {len(four)}."
        elif any(s[2:] != (3, 3) for s in four):
            why = f"All kernels are 3x3; this model has kernels of {sorted({s[2:] for s in four})}."
        elif sorted(four) != sorted(wanted[:4]):
            why = f"in_channels go into the first convolution, hidden_units out of every one: weights of {wanted[0]} and three of {wanted[1]}; here {four}."
        elif (c, features) not in shapes:
            flat = [s for s in shapes if len(s) == 2]
            why = (f"One linear layer of shape ({c}, {features}) was due: image_size {size} leaves hidden_units x {size // 4} x {size // 4} numbers; "
                   f"here {flat}.")
        else:
            why = "Each of the four convolutions and the linear layer has a bias, and nothing else has parameters (no normalisation)."
        fail(why)
    weights, biases, heads = [], [], {}
    for t in tensors:
        if t.ndim == 4:
            weights.append(t)
        elif tuple(t.shape) == (h,):
            biases.append(t)
        else:
            heads[t.ndim] = t
    pairs = list(zip(weights, biases))
    first = [p for p in pairs if p[0].shape[1] == channels]
    others = [p for p in pairs if p[0].shape[1] != channels]
    return [[*first, *order] for order in itertools.permutations(others)], (heads[2], heads[1])


def _vgg_case(student, channels, h, c, size, explicit=True):
    pictures = [torch.randn(3, channels, size, size) * 2, torch.randn(1, channels, size, size) * 2]
    options = {"image_size": size} if explicit else {}
    out = _built(student, "TinyVGG", (channels, h, c), options, pictures)
    orders, head = _vgg_layers(out["state"], channels, h, c, size)
    answer = out["outputs"][0]
    fitting = [order for order in orders if answer.shape == (3, c) and torch.allclose(answer, _vgg(pictures[0], order, head), atol=1e-4, rtol=1e-4)]
    order = (fitting or orders)[0]
    for x, *answers in zip(pictures, out["outputs"], out["again"]):
        want = _vgg(x, order, head)
        for got in answers:
            _check_logits(got, want, "the output", {
                "The convolutions lack their ReLUs (or have another non-linearity).": _vgg(x, order, head, act=lambda t: t),
                "A ReLU is missing between the second convolution of a block and its pooling.": _vgg(x, order, head, last_act=False),
                "The pooling takes means; max pooling is asked for.": _vgg(x, order, head, pool=F.avg_pool2d),
                "A non-linearity stands behind the last layer; logits must be able to be negative.": want.relu(),
                "This is not ReLU but leaky ReLU.": _vgg(x, order, head, act=F.leaky_relu),
                "This is not ReLU but GELU.": _vgg(x, order, head, act=F.gelu),
                "This is not ReLU but tanh.": _vgg(x, order, head, act=torch.tanh),
            })
    _check_logits(out["single"], _vgg(pictures[0][:1], order, head), "the output for one picture", {})


@check("TinyVGG", points=3, hint="Convolution, ReLU, convolution, ReLU, pool; twice; flatten; linear.")
def test_is_two_blocks_and_a_linear_layer(student):
    """is two blocks of conv-ReLU-conv-ReLU-pool and one linear layer, and gives logits"""
    _vgg_case(student, 1, 5, 3, 28)


@check("TinyVGG", hint="image_size has a default in the signature.")
def test_vgg_expects_28_pixels(student):
    """expects pictures of 28 x 28 unless told otherwise, of any number of channels"""
    _vgg_case(student, 3, 4, 6, 28, explicit=False)


@check("TinyVGG", points=2, hint="Each pooling halves and rounds down: 29 -> 14 -> 7.")
def test_vgg_takes_other_sizes(student):
    """takes pictures of any size from 4 up, odd ones too"""
    for size in (32, 29, 30, 4, 7, 10):
        _vgg_case(student, 2, 3, 4, size)


# ---------------------------------------------------------------------------------------------- feature_shapes

TWISTED = [(2, 3, 3, 2), (2, 3, 3, 2), (2, 3, 3, 2), (2, 5, 3, 2), (2, 5, 3, 2), (2, 30), (2, 30), (2, 4)]
NESTED = [(3, 4, 4, 6), (3, 4, 4, 6), (3, 4, 2, 3), (3, 24), (3, 7)]


def _shapes(student, kind, x, modes=None, want=None):
    out = look(student, kind, x, modes)
    answer = out["answer"]
    expect(isinstance(answer, list), f"a list of shapes was due; {type(answer).__name__} came." if not isinstance(answer, tuple)
           else "a list of shapes was due; a tuple came.")
    expect(all(isinstance(shape, tuple) and all(type(n) is int for n in shape) for shape in answer),
           "each shape should be a tuple of ints: tuple(output.shape).")
    if out["grew"]:
        fail("Your hooks are still there: the list grew when the model was called again. Remove each handle.")
    got = [tuple(shape) for shape in answer]
    if got == want:
        return out
    without_batch = [shape[1:] for shape in want]
    if got == without_batch:
        fail("The batch dimension is missing: output shapes as they are.")
    if len(got) > len(want) and set(got) == set(want):
        fail("There are more shapes than calls of leaf modules: containers (modules with children) don't count, and the model runs once.")
    if sorted(got) == sorted(want):
        fail("The shapes are right, but not in the order of the calls: let a hook append them as the layers are called.")
    if len(got) < len(want):
        fail("Calls are missing: every call of every leaf module counts, however deep it is nested and however often it is called.")
    fail("These are not the shapes of the leaf modules' outputs, in the order of the calls.")


@check("feature_shapes", points=2, hint="Leaves have no children: not list(module.children()).")
def test_lists_every_leaf(student):
    """lists the output shape of every leaf module, nested ones and a model that is a leaf itself"""
    n, rows = torch.randint(4, 20, (2,)).tolist()
    _shapes(student, "nested", torch.randn(3, 2, 6, 8), want=NESTED)
    _shapes(student, "nested", torch.randn(n, 2, 6, 8), want=[(n, *shape[1:]) for shape in NESTED])
    _shapes(student, "leaf", torch.randn(rows, 4), want=[(rows, 3)])


@check("feature_shapes", hint="A hook runs when its module is called: append there.")
def test_lists_in_the_order_of_the_calls(student):
    """follows the order of the calls: a layer that is called twice appears twice, one that is not called does not"""
    _shapes(student, "twisted", torch.randn(2, 2, 6, 3), want=TWISTED)


@check("feature_shapes", points=2, hint="register_forward_hook returns a handle; handle.remove() takes the hook away.")
def test_leaves_no_hooks(student):
    """leaves none of its hooks behind, and takes away nobody else's"""
    out = _shapes(student, "nested", torch.randn(3, 2, 6, 8), want=NESTED)
    if any(n > 1 for n in out["hooks"]) or out["global"]:
        fail("Your hooks are still there after the call: keep the handle of each and call handle.remove().")
    if any(n < 1 for n in out["hooks"]) or out["heard"] != len(out["hooks"]):
        fail("A hook that was there before is gone: remove your own handles only, don't clear the tables.")


@check("feature_shapes", points=2, hint="model.eval() before the forward pass; afterwards module.training = mode for each.")
def test_looks_in_eval_mode(student):
    """runs the model in eval mode and puts the mode of every submodule back"""
    x = torch.randn(2, 2, 6, 3)
    for modes in ([True] * 11, [False] * 11, [True, True, False, False, True, False, True, True, False, True, False]):
        out = _shapes(student, "twisted", x, modes, want=TWISTED)
        if any(out["trained"]):
            fail("The model ran in train mode: batch norm's averages move and dropout draws. Call model.eval() first.")
        if out["modes"] != modes:
            fail("The modes were not put back: note module.training of every one of model.modules(), and write each back. "
                 "model.train() switches all of them on.")
        for key, value in out["before"].items():
            expect(torch.equal(out["after"][key], value), "Looking changed the model's parameters or buffers.")
        expect(not out["drew"], "Looking moved the global random state: dropout was on.")
        expect(torch.equal(*out["x"]), "x was changed.")
