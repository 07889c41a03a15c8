"""Right and wrong answers to 01_workflow/autograd."""

import copy

import numpy as np
import torch
from torch import nn

from autograder.checks import says

# ----------------------------------------------------------------------------------------------------------- derivative


def right_derivative_backward(f, x):
    t = torch.tensor(x, requires_grad=True)
    y = f(t)
    if y.grad_fn is None:
        return 0.0
    y.backward()
    return 0.0 if t.grad is None else float(t.grad)


def right_derivative_func_grad(f, x):
    return torch.func.grad(f)(torch.tensor(x)).item()


def right_derivative_trick(f, x):
    t = torch.tensor([x], requires_grad=True)
    (f(t) + 0 * t).sum().backward()
    return t.grad[0].item()


def right_derivative_jacobian(f, x):
    return torch.autograd.functional.jacobian(f, torch.tensor(float(x))).reshape(()).item()


def right_derivative_try(f, x):
    t = nn.Parameter(torch.tensor(x))
    try:
        return torch.autograd.grad(f(t), [t])[0].item()
    except RuntimeError:
        return 0.0


def right_derivative_float64(f, x):
    t = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    y = f(t)
    if not y.requires_grad:
        return 0.0
    grad = torch.autograd.grad(y, t, allow_unused=True)[0]
    return np.float64(0 if grad is None else grad.item())


@says("does not depend on its argument")
def wrong_derivative_plain_backward(f, x):
    t = torch.tensor(x, requires_grad=True)
    f(t).backward()
    return t.grad.item()


@says("allow_unused")
def wrong_derivative_unused_raises(f, x):
    t = torch.tensor(x, requires_grad=True)
    y = f(t)
    if not y.requires_grad:
        return 0.0
    return torch.autograd.grad(y, t)[0].item()


def wrong_derivative_grad_none(f, x):
    t = torch.tensor(x, requires_grad=True)
    y = f(t)
    if not y.requires_grad:
        return 0.0
    y.backward()
    return t.grad and t.grad.item()


@says("0.0")
def wrong_derivative_none_for_zero(f, x):
    t = torch.tensor(x, requires_grad=True)
    y = f(t)
    if not y.requires_grad:
        return None
    grad = torch.autograd.grad(y, t, allow_unused=True)[0]
    return None if grad is None else grad.item()


def wrong_derivative_zero_as_int(f, x):
    t = torch.tensor(x, requires_grad=True)
    y = f(t)
    if not y.requires_grad:
        return 0
    grad = torch.autograd.grad(y, t, allow_unused=True)[0]
    return 0 if grad is None else grad.item()


@says("lose digits")
def wrong_derivative_difference(f, x):
    t, h = torch.tensor(x), 1e-3
    with torch.no_grad():
        return ((f(t + h) - f(t)) / h).item()


def wrong_derivative_central_difference(f, x):
    t, h = torch.tensor(x), 1e-2
    with torch.no_grad():
        return ((f(t + h) - f(t - h)) / (2 * h)).item()


@says(".item()")
def wrong_derivative_tensor(f, x):
    t = torch.tensor(x, requires_grad=True)
    y = f(t)
    if not y.requires_grad:
        return torch.tensor(0.0)
    grad = torch.autograd.grad(y, t, allow_unused=True)[0]
    return torch.tensor(0.0) if grad is None else grad


def wrong_derivative_value(f, x):
    return f(torch.tensor(x)).item()


def _slope(f, x):
    t = torch.tensor(x, requires_grad=True)
    y = f(t)
    if not y.requires_grad:
        return 0.0
    grad = torch.autograd.grad(y, t, allow_unused=True)[0]
    return 0.0 if grad is None else grad.item()


def wrong_derivative_absolute(f, x):
    return abs(_slope(f, x))


def wrong_derivative_rounded(f, x):
    return round(_slope(f, x), 2)


def wrong_derivative_rounded_argument(f, x):
    return _slope(f, float(round(x)))


def wrong_derivative_all_leaves(f, x):
    t = torch.tensor(x, requires_grad=True)
    y = f(t)
    if not y.requires_grad:
        return 0.0
    y.backward()
    if t.grad is None:
        return 1.0
    return t.grad.item()


_shared = torch.tensor(0.0, requires_grad=True)


@says(".grad collects")
def wrong_derivative_one_leaf_for_all(f, x):
    with torch.no_grad():
        _shared.fill_(x)
    y = f(_shared)
    if not y.requires_grad:
        return 0.0
    y.backward()
    return 0.0 if _shared.grad is None else _shared.grad.item()


# ------------------------------------------------------------------------------------------------------- line_gradients


def right_line_gradients_backward(weight, bias, X, y):
    w, b = weight.clone().requires_grad_(True), bias.clone().requires_grad_(True)
    torch.nn.functional.mse_loss(w * X + b, y).backward()
    return w.grad, b.grad


def right_line_gradients_by_hand(weight, bias, X, y):
    error = weight * X + bias - y
    dw = 2 * torch.mean(error * X)
    db = 2 * torch.mean(error)
    return dw.reshape(weight.shape), db.reshape(bias.shape)


def right_line_gradients_func(weight, bias, X, y):
    def loss(w, b):
        return (y - (w * X + b)).pow(2).mean()

    return torch.func.grad(loss, argnums=(0, 1))(weight, bias)


def right_line_gradients_parameters(weight, bias, X, y):
    w, b = (torch.nn.Parameter(t.detach().clone()) for t in (weight, bias))
    loss = torch.square(X * w + b - y).sum() / X.numel()
    loss.backward()
    return w.grad.clone(), b.grad.clone()


def right_line_gradients_restores(weight, bias, X, y):
    w, b = weight.detach(), bias.detach()
    w.requires_grad_()
    b.requires_grad_()
    return torch.autograd.grad(((w * X + b - y) ** 2).mean(), [w, b], create_graph=True)


def wrong_line_gradients_tracks_arguments(weight, bias, X, y):
    weight.requires_grad_()
    bias.requires_grad_()
    return torch.autograd.grad(((weight * X + bias - y) ** 2).mean(), (weight, bias))


def wrong_line_gradients_backward_on_arguments(weight, bias, X, y):
    weight.requires_grad_()
    bias.requires_grad_()
    ((weight * X + bias - y) ** 2).mean().backward()
    return weight.grad, bias.grad


def wrong_line_gradients_leaves_grad(weight, bias, X, y):
    weight.requires_grad_()
    bias.requires_grad_()
    ((weight * X + bias - y) ** 2).mean().backward()
    weight.requires_grad_(False)
    bias.requires_grad_(False)
    return weight.grad.clone(), bias.grad.clone()


def wrong_line_gradients_leaves_tracking(weight, bias, X, y):
    weight.requires_grad_()
    bias.requires_grad_()
    ((weight * X + bias - y) ** 2).mean().backward()
    grads = weight.grad, bias.grad
    weight.grad = bias.grad = None
    return grads


def wrong_line_gradients_tracks_x(weight, bias, X, y):
    X.requires_grad_()
    w, b = weight.clone().requires_grad_(), bias.clone().requires_grad_()
    return torch.autograd.grad(((w * X + b - y) ** 2).mean(), (w, b))


@says("sum of the squared errors")
def wrong_line_gradients_sum(weight, bias, X, y):
    w, b = weight.clone().requires_grad_(), bias.clone().requires_grad_()
    return torch.autograd.grad(((w * X + b - y) ** 2).sum(), (w, b))


@says("2 that comes from the square")
def wrong_line_gradients_without_two(weight, bias, X, y):
    error = weight * X + bias - y
    return (error * X).mean().reshape(weight.shape), error.mean().reshape(bias.shape)


@says("absolute error")
def wrong_line_gradients_l1(weight, bias, X, y):
    w, b = weight.clone().requires_grad_(), bias.clone().requires_grad_()
    return torch.autograd.grad((w * X + b - y).abs().mean(), (w, b))


@says("uphill")
def wrong_line_gradients_descent_direction(weight, bias, X, y):
    w, b = weight.clone().requires_grad_(), bias.clone().requires_grad_()
    dw, db = torch.autograd.grad(((w * X + b - y) ** 2).mean(), (w, b))
    return -dw, -db


@says("wrong order")
def wrong_line_gradients_swapped(weight, bias, X, y):
    w, b = weight.clone().requires_grad_(), bias.clone().requires_grad_()
    return torch.autograd.grad(((w * X + b - y) ** 2).mean(), (b, w))


@says("shape of the tensor it belongs to")
def wrong_line_gradients_scalars(weight, bias, X, y):
    error = weight * X + bias - y
    return 2 * (error * X).mean(), 2 * error.mean()


@says("shape of the tensor it belongs to")
def wrong_line_gradients_vectors(weight, bias, X, y):
    error = weight * X + bias - y
    return (2 * (error * X).mean()).reshape(1), (2 * error.mean()).reshape(1)


def wrong_line_gradients_float32(weight, bias, X, y):
    w, b = weight.float().clone().requires_grad_(), bias.float().clone().requires_grad_()
    return torch.autograd.grad(((w * X.float() + b - y.float()) ** 2).mean(), (w, b))


def wrong_line_gradients_numbers(weight, bias, X, y):
    error = weight * X + bias - y
    return 2 * (error * X).mean().item(), 2 * error.mean().item()


def wrong_line_gradients_no_bias(weight, bias, X, y):
    w = weight.clone().requires_grad_()
    b = bias.clone().requires_grad_()
    ((w * X - y) ** 2).mean().backward()
    return w.grad, torch.zeros_like(b)


def wrong_line_gradients_weight_only(weight, bias, X, y):
    w = weight.clone().requires_grad_()
    return torch.autograd.grad(((w * X + bias - y) ** 2).mean(), w)[0]


def wrong_line_gradients_per_sample(weight, bias, X, y):
    error = weight * X + bias - y
    return 2 * error * X, 2 * error


def wrong_line_gradients_updates(weight, bias, X, y):
    w, b = weight.clone().requires_grad_(), bias.clone().requires_grad_()
    grads = torch.autograd.grad(((w * X + b - y) ** 2).mean(), (w, b))
    weight -= 0.01 * grads[0]
    bias -= 0.01 * grads[1]
    return grads


# -------------------------------------------------------------------------------------------------------- gradient_step


def right_gradient_step_sgd(parameters, loss, lr):
    optimizer = torch.optim.SGD(parameters, lr=lr)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()


def right_gradient_step_autograd_grad(parameters, loss, lr):
    parameters = list(parameters)
    grads = torch.autograd.grad(loss, parameters, allow_unused=True)
    with torch.no_grad():
        for parameter, grad in zip(parameters, grads):
            if grad is not None:
                parameter.sub_(lr * grad)
            parameter.grad = None


def right_gradient_step_data(parameters, loss, lr):
    parameters = [*parameters]
    for p in parameters:
        if p.grad is not None:
            p.grad.zero_()
    loss.backward()
    for p in parameters:
        if p.grad is not None:
            p.data -= lr * p.grad
            p.grad.zero_()


def right_gradient_step_copy(parameters, loss, lr):
    parameters = tuple(parameters)
    for p in parameters:
        p.grad = torch.zeros_like(p)
    torch.autograd.backward(loss)
    with torch.inference_mode(False), torch.no_grad():
        for p in parameters:
            p.copy_(p - lr * p.grad)
    for p in parameters:
        p.grad = None


def right_gradient_step_returns_them(parameters, loss, lr):
    parameters = list(parameters)
    for p in parameters:
        p.grad = None
    loss.backward(retain_graph=True)
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p.add_(p.grad, alpha=-lr)
            p.grad = None
    return parameters


def _step(parameters, loss, lr, *, slip=""):
    """A right step, but for one slip."""
    parameters = list(parameters)
    if slip != "no zero before":
        for p in parameters:
            p.grad = None
    loss.backward()
    if slip == "zero between":
        for p in parameters:
            p.grad = None
    with torch.no_grad():
        for p in parameters:
            if p.grad is None:
                continue
            if slip == "rebinds":
                p = p - lr * p.grad
            elif slip == "uphill":
                p += lr * p.grad
            elif slip == "no rate":
                p -= p.grad
            elif slip == "twice":
                p -= lr * p.grad
                p -= lr * p.grad
            elif slip == "normalised":
                p -= lr * p.grad / p.grad.norm()
            elif slip == "clipped":
                p -= lr * p.grad.clamp(-1, 1)
            else:
                p -= lr * p.grad
    if slip == "no zero after":
        return
    for p in parameters:
        p.grad = None
        if slip == "freezes":
            p.requires_grad_(False)


@says("in place")
def wrong_gradient_step_rebinds(parameters, loss, lr):
    _step(parameters, loss, lr, slip="rebinds")


def wrong_gradient_step_replaces_in_the_list(parameters, loss, lr):
    for p in parameters:
        p.grad = None
    loss.backward()
    for i, p in enumerate(parameters):
        if p.grad is not None:
            parameters[i] = (p - lr * p.grad).detach().requires_grad_()


def wrong_gradient_step_returns_new_ones(parameters, loss, lr):
    parameters = list(parameters)
    grads = torch.autograd.grad(loss, parameters, allow_unused=True)
    return [p if g is None else (p - lr * g).detach().requires_grad_() for p, g in zip(parameters, grads)]


@says("add up")
def wrong_gradient_step_no_zero_before(parameters, loss, lr):
    _step(parameters, loss, lr, slip="no zero before")


def wrong_gradient_step_no_zero_after(parameters, loss, lr):
    _step(parameters, loss, lr, slip="no zero after")


@says("did not move")
def wrong_gradient_step_zero_between(parameters, loss, lr):
    _step(parameters, loss, lr, slip="zero between")


@says("uphill")
def wrong_gradient_step_uphill(parameters, loss, lr):
    _step(parameters, loss, lr, slip="uphill")


@says("learning rate")
def wrong_gradient_step_no_rate(parameters, loss, lr):
    _step(parameters, loss, lr, slip="no rate")


@says("twice")
def wrong_gradient_step_twice(parameters, loss, lr):
    _step(parameters, loss, lr, slip="twice")


def wrong_gradient_step_normalised(parameters, loss, lr):
    _step(parameters, loss, lr, slip="normalised")


def wrong_gradient_step_clipped(parameters, loss, lr):
    _step(parameters, loss, lr, slip="clipped")


def wrong_gradient_step_freezes(parameters, loss, lr):
    _step(parameters, loss, lr, slip="freezes")


def wrong_gradient_step_no_shield(parameters, loss, lr):
    parameters = list(parameters)
    for p in parameters:
        p.grad = None
    loss.backward()
    for p in parameters:
        if p.grad is not None:
            p -= lr * p.grad
            p.grad = None


@says("list(parameters)")
def wrong_gradient_step_walks_twice(parameters, loss, lr):
    for p in parameters:
        p.grad = None
    loss.backward()
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p -= lr * p.grad
                p.grad = None


def wrong_gradient_step_clears_too_late(parameters, loss, lr):
    loss.backward()
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p -= lr * p.grad
            p.grad = None


def wrong_gradient_step_unused_raises(parameters, loss, lr):
    parameters = list(parameters)
    for p in parameters:
        p.grad = None
    loss.backward()
    with torch.no_grad():
        for p in parameters:
            p -= lr * p.grad
            p.grad = None


def wrong_gradient_step_lists_only(parameters, loss, lr):
    for i in range(len(parameters)):
        parameters[i].grad = None
    loss.backward()
    with torch.no_grad():
        for i in range(len(parameters)):
            if parameters[i].grad is not None:
                parameters[i] -= lr * parameters[i].grad
                parameters[i].grad = None


def wrong_gradient_step_first_only(parameters, loss, lr):
    _step(list(parameters)[:1], loss, lr)


def wrong_gradient_step_switches_recording_off(parameters, loss, lr):
    parameters = list(parameters)
    for p in parameters:
        p.grad = None
    loss.backward()
    torch.set_grad_enabled(False)
    for p in parameters:
        if p.grad is not None:
            p -= lr * p.grad
            p.grad = None


def wrong_gradient_step_stale_unused(parameters, loss, lr):
    parameters = list(parameters)
    grads = torch.autograd.grad(loss, parameters, allow_unused=True)
    with torch.no_grad():
        for p, g in zip(parameters, grads):
            if g is not None:
                p -= lr * g
                p.grad = None


def wrong_gradient_step_momentum(parameters, loss, lr):
    parameters = list(parameters)
    optimizer = torch.optim.SGD(parameters, lr=lr, weight_decay=0.1)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()


def wrong_gradient_step_adam(parameters, loss, lr):
    optimizer = torch.optim.Adam(parameters, lr=lr)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()


# ------------------------------------------------------------------------------------------------------- untracked_copy


def right_untracked_copy_clone_detach(x):
    return x.clone().detach()


def right_untracked_copy_no_grad(x):
    with torch.no_grad():
        return x.clone()


def right_untracked_copy_empty_like(x):
    y = torch.empty_like(x, requires_grad=False)
    y.copy_(x.detach())
    return y


def right_untracked_copy_deepcopy(x):
    return copy.deepcopy(x.detach())


def right_untracked_copy_to(x):
    return x.detach().to(x.dtype, copy=True)


def right_untracked_copy_data(x):
    return x.data.clone()


def right_untracked_copy_inference_mode(x):
    with torch.inference_mode():
        return x.clone()


@says("keeps the history")
def wrong_untracked_copy_clone(x):
    return x.clone()


@says("shares x's memory")
def wrong_untracked_copy_detach(x):
    return x.detach()


def wrong_untracked_copy_data_only(x):
    return x.data


def wrong_untracked_copy_same(x):
    return x


def wrong_untracked_copy_detaches_x(x):
    return x.detach_().clone()


def wrong_untracked_copy_untracks_x(x):
    return (x.requires_grad_(False) if x.is_leaf else x.detach()).clone()


def wrong_untracked_copy_leaf(x):
    y = x.detach().clone()
    return y.requires_grad_(x.requires_grad)


def wrong_untracked_copy_only_if_tracked(x):
    return x.detach().clone() if x.requires_grad else x


def wrong_untracked_copy_list(x):
    return torch.tensor(x.tolist())


def wrong_untracked_copy_numpy(x):
    return torch.from_numpy(x.detach().numpy().copy())


def wrong_untracked_copy_numpy_shared(x):
    return torch.from_numpy(x.detach().cpu().numpy())


def wrong_untracked_copy_array(x):
    return x.detach().numpy().copy()


def wrong_untracked_copy_float(x):
    return x.detach().clone().float()


def wrong_untracked_copy_flat(x):
    return x.detach().clone().flatten()


def wrong_untracked_copy_cpu(x):
    return x.detach().clone().cpu()


def wrong_untracked_copy_zeros(x):
    return torch.zeros_like(x)


def wrong_untracked_copy_float_tracked_only(x):
    return torch.tensor(x.detach().tolist(), dtype=x.dtype)


def wrong_untracked_copy_clears_grad(x):
    y = x.detach().clone()
    if x.is_leaf:
        x.grad = None
    return y


def right_line_gradients_as_a_list(weight, bias, X, y):
    w, b = torch.nn.Parameter(weight.clone()), torch.nn.Parameter(bias.clone())
    torch.nn.MSELoss()(X * w + b, y).backward()
    return [w.grad.detach(), b.grad.detach()]
