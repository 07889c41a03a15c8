"""Hidden checks of 01_workflow/autograd."""

import math
import random

import torch
from torch import nn

from autograder.checks import assert_close, assert_equal, check, expect, fail, in_worker, info

ADD_UP = "Gradients add up: this step used what was in .grad before as well as its own gradient. Clear .grad before loss.backward()."

# ----------------------------------------------------------------------------------------------------------- derivative


@in_worker
def run_derivative(student, name, xs, w):
    """f'(x) for each x of one of these functions; w is a tracked tensor that f also uses."""
    w = torch.tensor(w, requires_grad=True)

    def cubic(t):
        return t**3 - 2 * t**2 + t

    def wave(t):
        return torch.sin(3 * t) * torch.exp(-t)

    def twice(t):
        return t * torch.tanh(t) + t / (1 + t**2)

    def steep(t):
        return 1000 * t**2

    def constant_factor(t):
        return t * 2.5

    def kinked(t):
        return torch.where(t > 0, 3 * t, -5 * t)

    def with_weight(t):
        return w**2 * t + w

    def fixed(t):
        return torch.tensor(4.0)

    def of_its_value(t):
        return t.detach() ** 2

    def weight_only(t):
        return 3 * w

    def cancelled(t):
        return 0 * t + w

    f = locals()[name]
    return [student.derivative(f, x) for x in xs]


SLOPES = {
    "cubic": lambda x, w: 3 * x**2 - 4 * x + 1,
    "wave": lambda x, w: math.exp(-x) * (3 * math.cos(3 * x) - math.sin(3 * x)),
    "twice": lambda x, w: math.tanh(x) + x / math.cosh(x) ** 2 + (1 - x**2) / (1 + x**2) ** 2,
    "steep": lambda x, w: 2000 * x,
    "constant_factor": lambda x, w: 2.5,
    "kinked": lambda x, w: 3.0 if x > 0 else -5.0,
    "with_weight": lambda x, w: w**2,
}


def _slopes(student, name, xs):
    w = float(torch.rand(()) + 0.5)
    try:
        got = run_derivative(student, name, xs, w)
    except RuntimeError as error:
        if name in SLOPES or ("require grad" not in str(error) and "not have been used" not in str(error)):
            raise
        fail(
            "f does not depend on its argument here, so there is no record for backward to walk, and torch raises an error. "
            "Its slope is 0.0: look at requires_grad of f's answer, and use allow_unused=True."
        )
    for slope in got:
        if isinstance(slope, torch.Tensor):
            fail("The slope came back as a tensor; a Python float was asked for: .item().")
        expect(
            isinstance(slope, float),
            f"expected a Python float, got {type(slope).__name__}"
            + ("; where f ignores its argument, .grad stays None, and the slope is 0.0" if slope is None else ""),
        )
    return [float(slope) for slope in got], w


@check("derivative", hint="torch.tensor(x, requires_grad=True), f of it, and backward() or torch.autograd.grad.")
def test_derivative_is_exact(student):
    """gives the slope as a Python float, exact to float32"""
    xs = [0.5, -1.25, 2.0, 0.3, -0.7]
    for name in ("cubic", "wave", "twice", "constant_factor", "kinked"):
        got, w = _slopes(student, name, xs)
        want = [SLOPES[name](x, w) for x in xs]
        close = all(math.isclose(a, b, rel_tol=0.02, abs_tol=0.02) for a, b in zip(got, want))
        assert_close(
            got,
            want,
            rtol=2e-5,
            atol=2e-5,
            what="the slopes",
            mistakes={
                "The slopes are near, but not exact: differences between two values of f lose digits; let autograd do it.": lambda: (
                    got if close else None
                ),
                "Each slope has those before it added: .grad collects, so begin each call with a fresh tensor.": lambda: [
                    sum(want[: i + 1]) for i in range(len(want))
                ],
                "The sign is lost: where f falls, its slope is negative.": lambda: [abs(slope) for slope in want],
            },
        )


@check("derivative", hint="Only the record of f is needed; a step h that you choose is too large somewhere.")
def test_derivative_is_exact_for_large_values(student):
    """stays exact where f is large and steep"""
    xs = [412.25, -300.5]
    got, w = _slopes(student, "steep", xs)
    assert_close(got, [SLOPES["steep"](x, w) for x in xs], rtol=2e-5, what="the slopes")


@check("derivative", hint="Ask for the slope with respect to x alone.")
def test_derivative_with_other_tracked_tensors(student):
    """is right where f also uses another tensor that requires grad"""
    xs = [0.75, -2.0, 1.5]
    got, w = _slopes(student, "with_weight", xs)
    assert_close(got, [w**2] * 3, rtol=2e-5, atol=2e-5, what="the slopes")


@check("derivative", points=2, hint="Three cases: nothing recorded, x not in the record, x in it.")
def test_derivative_is_zero_where_f_ignores_x(student):
    """gives 0.0 where f does not depend on its argument, tracked tensors in it or not"""
    for name in ("fixed", "of_its_value", "weight_only", "cancelled"):
        got, _ = _slopes(student, name, [1.5, -2.0])
        assert_close(got, [0.0, 0.0], what="the slopes")
    got, _ = _slopes(student, "constant_factor", [0.25])
    assert_close(got, [2.5], what="the slope of a function that does depend on x")


# ------------------------------------------------------------------------------------------------------- line_gradients


def _line_problem(shape=(), dtype=torch.float32, column=True):
    weight, bias = torch.randn(shape, dtype=dtype), torch.randn(shape, dtype=dtype)
    X = torch.rand(9, dtype=dtype) + 0.25
    y = 2 * X + torch.rand(9, dtype=dtype)
    return (weight, bias, X.unsqueeze(1), y.unsqueeze(1)) if column else (weight, bias, X, y)


def _gradients(weight, bias, X, y):
    error = weight * X + bias - y
    return (2 * (error * X).mean()).reshape(weight.shape), (2 * error.mean()).reshape(bias.shape)


def _gradient_mistakes(weight, bias, X, y):
    dw, db = _gradients(weight, bias, X, y)
    error = weight * X + bias - y
    return {
        "These are gradients of the sum of the squared errors; the mean was asked for.": (dw * len(X), db * len(X)),
        "The 2 that comes from the square is missing.": (dw / 2, db / 2),
        "These are gradients of the mean absolute error; the squared one was asked for.": lambda: (
            (error.sign() * X).mean().reshape(weight.shape),
            error.sign().mean().reshape(bias.shape),
        ),
        "The signs are turned round: the gradient points uphill.": (-dw, -db),
        "The two are in the wrong order: weight's gradient comes first.": (db, dw),
        "A gradient has the shape of the tensor it belongs to.": (dw.reshape(()), db.reshape(())),
        "A gradient has the shape of the tensor it belongs to: () here.": (dw.reshape(1), db.reshape(1)),
    }


@check("line_gradients", points=2, hint="error = ((w * X + b - y) ** 2).mean(), then torch.autograd.grad.")
def test_line_gradients_are_those_of_the_squared_error(student):
    """gives the gradients of the mean squared error with respect to weight, then bias"""
    for column in (True, False):
        problem = _line_problem(column=column)
        got = student.line_gradients(*problem)
        assert_close(got, _gradients(*problem), what="the gradients", mistakes=_gradient_mistakes(*problem))


@check("line_gradients", hint="Autograd gives each gradient the shape and dtype of its tensor; so should you.")
def test_line_gradients_have_shape_and_dtype_of_their_tensors(student):
    """gives each gradient in the shape and dtype of its tensor"""
    for shape, dtype in (((1,), torch.float32), ((), torch.float64), ((1,), torch.float64)):
        problem = _line_problem(shape, dtype)
        got = student.line_gradients(*problem)
        assert_close(got, _gradients(*problem), what="the gradients", mistakes=_gradient_mistakes(*problem))


@in_worker
def gradients_and_arguments(student, weight, bias, X, y):
    first = student.line_gradients(weight, bias, X, y)
    second = student.line_gradients(weight, bias, X, y)
    arguments = (weight, bias, X, y)
    return {
        "first": first,
        "second": second,
        "tracked": [t.requires_grad for t in arguments],
        "filled": [t.grad is not None for t in arguments],
        "values": arguments,
    }


@check("line_gradients", hint="Track copies: weight.detach().clone().requires_grad_().")
def test_line_gradients_leave_the_arguments_alone(student):
    """leaves its arguments untracked, without .grad and unchanged, also when called twice"""
    problem = _line_problem((1,))
    given = [value.clone() for value in problem]
    out = gradients_and_arguments(student, *problem)
    want = _gradients(*problem)
    assert_close(out["first"], want, what="the gradients")
    expect(
        not any(out["tracked"]),
        "an argument requires grad after the call: requires_grad_() changes the tensor itself, so track a copy",
    )
    expect(not any(out["filled"]), "an argument has a .grad after the call: track a copy of it")
    assert_equal(list(out["values"]), given, what="the arguments after the call")
    assert_close(
        out["second"],
        want,
        what="the gradients of a second call",
        mistakes={
            "The second call gave the sum of both: .grad collects, so track fresh copies each time.": lambda: tuple(2 * value for value in want)
        },
    )


# -------------------------------------------------------------------------------------------------------- gradient_step


@in_worker
def run_gradient_step(student, values, old_grads, kind, lr, steps):
    """Steps on a loss that uses all parameters but the last; what became of them."""
    parameters = [value.clone().requires_grad_() for value in values]
    if kind == "module":
        parameters = [nn.Parameter(value.clone()) for value in values]
    for parameter, grad in zip(parameters, old_grads or []):
        parameter.grad = grad.clone()
    own = list(parameters)
    before = random.getstate(), torch.get_rng_state().numpy().tobytes()
    for _ in range(steps):
        loss = sum((i + 1) * (p * p + p).sum() for i, p in enumerate(own[:-1]))
        if kind == "list":
            student.gradient_step(parameters, loss, lr)
        elif kind == "tuple":
            student.gradient_step(tuple(parameters), loss, lr)
        elif kind == "generator":
            student.gradient_step((p for p in parameters), loss, lr)
        else:
            student.gradient_step(nn.ParameterList(parameters).parameters(), loss, lr)
    return {
        "values": [p.detach().clone() for p in own],
        "leaves": [p.is_leaf and p.requires_grad for p in own],
        "clean": [p.grad is None or not bool(p.grad.any()) for p in own],
        "same": len(parameters) == len(own) and all(p is q for p, q in zip(parameters, own)),
        "recording": torch.is_grad_enabled(),
        "drew": before != (random.getstate(), torch.get_rng_state().numpy().tobytes()),
    }


def _leaves(dtype=torch.float32):
    return [torch.randn(shape, dtype=dtype) + 2 for shape in ((), (3,), (2, 3), (1,), (2,))]


def _stepped(values, lr, steps=1, old=None):
    """The parameters after the grader's own steps; the loss does not depend on the last. `old` adds stale gradients."""
    values = [value.clone() for value in values]
    for _ in range(steps):
        grads = [(i + 1) * (2 * value + 1) for i, value in enumerate(values[:-1])] + [torch.zeros_like(values[-1])]
        if old:
            grads = old = [a + b for a, b in zip(grads, old)]
        values = [value - lr * grad for value, grad in zip(values, grads)]
    return values


def _run_step(student, values, kind="list", lr=0.1, steps=1, old=None):
    out = run_gradient_step(student, values, old, kind, lr, steps)
    if all(torch.equal(a, b) for a, b in zip(out["values"], values)):
        fail(
            "The parameters did not move. p = p - lr * p.grad makes a new tensor and leaves p as it was: change p in place, under torch.no_grad()."
            if kind in ("list", "tuple")
            else "The parameters did not move: an iterable that can be walked through once was used up. Begin with list(parameters)."
        )
    return out


@check("gradient_step", points=2, hint="loss.backward(), then p -= lr * p.grad under torch.no_grad().")
def test_step_goes_downhill(student):
    """moves each parameter in place by -lr times its gradient, and leaves alone what the loss does not depend on"""
    for dtype, lr in ((torch.float32, 0.1), (torch.float64, 0.03125)):
        values = _leaves(dtype)
        out = _run_step(student, values, lr=lr)
        assert_close(
            out["values"],
            _stepped(values, lr),
            what="the parameters",
            mistakes={
                "This is a step uphill: subtract the gradient.": lambda: _stepped(values, -lr),
                "The learning rate is not used: the step is lr * gradient.": lambda: _stepped(values, 1.0),
                "The step was made twice.": lambda: _stepped(values, 2 * lr),
            },
        )
    expect(out["same"], "the list of parameters holds other tensors now: change the tensors in place, not the list")


@check("gradient_step", hint="Set p.grad = None (or zero_()) for every parameter before loss.backward().")
def test_step_forgets_old_gradients(student):
    """uses the gradient of this loss alone, whatever .grad held before"""
    values = _leaves()
    old = [torch.rand_like(value) + 0.5 for value in values]
    out = _run_step(student, values, old=old)
    assert_close(
        out["values"],
        _stepped(values, 0.1),
        what="the parameters",
        mistakes={
            ADD_UP: lambda: _stepped(values, 0.1, old=old),
            "A parameter that the loss does not depend on was moved by an old .grad: clear all of them before backward().": lambda: [
                *_stepped(values, 0.1)[:-1],
                values[-1] - 0.1 * old[-1],
            ],
        },
    )


@check("gradient_step", hint="Clear .grad again after the step; never detach the parameters.")
def test_step_leaves_clean_leaves(student):
    """leaves leaves that require grad, their .grad None or zero, ready for the next step"""
    values = _leaves()
    old = [torch.rand_like(value) + 0.5 for value in values]
    out = _run_step(student, values, old=old, steps=2)
    assert_close(
        out["values"],
        _stepped(values, 0.1, steps=2),
        what="the parameters after two steps",
        mistakes={ADD_UP: lambda: _stepped(values, 0.1, steps=2, old=[torch.zeros_like(value) for value in values])},
    )
    expect(all(out["leaves"]), "after the step a parameter is no leaf that requires grad any more")
    expect(all(out["clean"]), "after the step a .grad is still filled; clear all of them, also those that the loss did not use")
    expect(out["recording"], "gradient recording is still off after the call: use `with torch.no_grad():`")
    expect(not out["drew"], "the global random state was changed; a step draws nothing")


@check("gradient_step", hint="parameters = list(parameters) first; then you can walk through it as often as you like.")
def test_step_takes_any_iterable(student):
    """takes any iterable of parameters: a tuple, a generator, model.parameters()"""
    for kind in ("tuple", "generator", "module"):
        values = _leaves()
        out = _run_step(student, values, kind=kind, steps=1 if kind == "generator" else 2)
        want = _stepped(values, 0.1, steps=1 if kind == "generator" else 2)
        assert_close(
            out["values"],
            want,
            what=f"the parameters, given as a {kind}",
            mistakes={ADD_UP: lambda: _stepped(values, 0.1, steps=2, old=[torch.zeros_like(value) for value in values])},
        )
        expect(all(out["leaves"]), "after the step a parameter is no leaf that requires grad any more")
        expect(all(out["clean"]), "after the step a .grad is still filled; walk through the iterable once, with list()")


# ------------------------------------------------------------------------------------------------------- untracked_copy


@check("untracked_copy", hint="detach() drops the history; clone() gives new memory.")
def test_copy_has_values_without_history(student):
    """gives the same values, shape and dtype, with requires_grad False"""
    cases = (
        torch.randn(3, 4, requires_grad=True),
        torch.nn.Parameter(torch.randn(4)),
        torch.randn(2, 5, dtype=torch.float64).T,
        torch.randint(-9, 9, (2, 3)),
        torch.rand(5) > 0.5,
        torch.rand(2, 2).bfloat16(),
        torch.tensor(float(torch.rand(()))),
        torch.rand(0, 3),
    )
    for x in cases:
        got = student.untracked_copy(x)
        assert_equal(got, x.detach(), what="the copy")
        expect(
            not info(got).requires_grad,
            "the copy still requires grad: clone() alone keeps the history; detach() drops it",
        )


@in_worker
def copy_and_write(student, values, kind):
    """A copy of a leaf, of a result, or of a plain tensor; the copy after x was overwritten, and x's own gradient."""
    leaf = values.clone().requires_grad_(kind != "plain")
    x = leaf * 2 if kind == "result" else leaf
    if kind == "leaf":
        leaf.grad = torch.ones_like(leaf)
    y = student.untracked_copy(x)
    if not isinstance(y, torch.Tensor):
        return {"copy": y}
    seen = y.detach().clone()
    state = (x.requires_grad, x.is_leaf, x.grad_fn is not None, x.grad is not None if kind == "leaf" else True)
    tracked = y.requires_grad or y.grad_fn is not None
    grad = torch.autograd.grad(x.sum(), leaf)[0] if kind != "plain" and x.requires_grad else None
    x.detach().add_(1)
    return {"copy": seen, "after": y.detach().clone(), "tracked": tracked, "state": state, "grad": grad}


@check("untracked_copy", points=2, hint="x.detach() still looks at x's memory: clone() it as well.")
def test_copy_is_on_its_own(student):
    """shares neither history nor memory with x, tracked or not, and leaves x as it was"""
    for kind, state, scale in (
        ("result", (True, False, True, True), 2),
        ("leaf", (True, True, False, True), 1),
        ("plain", (False, True, False, True), 1),
    ):
        values = torch.randn(3, 2)
        out = copy_and_write(student, values, kind)
        assert_equal(out["copy"], scale * values, what="the copy")
        expect(not out["tracked"], "the copy still has a history: clone() alone keeps it; detach() drops it")
        assert_equal(
            out["after"],
            scale * values,
            what="the copy, after x was overwritten",
            mistakes={"The copy changed when x was overwritten: detach() shares x's memory; clone() gives its own.": lambda: scale * values + 1},
        )
        expect(out["state"] == state, "x itself was changed: it should still be tracked as before (detach_() and requires_grad_() act in place)")
        if kind != "plain":
            assert_equal(out["grad"], torch.full_like(values, scale), what="x's own gradient after the copy")


@check("untracked_copy", hint="Stay with torch: detach() and clone() work on every device.")
def test_copy_follows_the_device(student):
    """keeps the device of x"""
    x = torch.empty(2, 3, device="meta", requires_grad=True)
    got = student.untracked_copy(x)
    assert_close(got, torch.empty(2, 3, device="meta"), what="the copy of a tensor on another device")
    expect(not info(got).requires_grad, "the copy still requires grad: detach() drops the history")
    x = torch.randn(4)
    assert_equal(student.untracked_copy(x), x, what="the copy")
