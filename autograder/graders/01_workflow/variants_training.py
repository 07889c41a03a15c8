"""Right and wrong answers to 01_workflow/training."""

import copy
import itertools
from collections import namedtuple

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from autograder.checks import says


class _Line(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.randn(1))
        self.bias = nn.Parameter(torch.randn(1))

    def forward(self, x):
        return self.weights * x + self.bias


def _modes(model):
    return [(module, module.training) for module in model.modules()]


def _put_back(modes):
    for module, mode in modes:
        module.training = mode


# ------------------------------------------------------------------------------------------------ make_training_tools


def right_make_training_tools_list(model, lr=0.01):
    return nn.L1Loss(reduction="mean"), torch.optim.SGD(list(model.parameters()), lr)


def right_make_training_tools_groups(model, lr=0.01):
    groups = [{"params": [p]} for _, p in model.named_parameters()]
    optimizer = torch.optim.SGD(groups, lr=lr, momentum=0, weight_decay=0)
    loss = torch.nn.L1Loss()
    return loss, optimizer


class _MyL1(nn.L1Loss):
    pass


_Tools = namedtuple("_Tools", "loss_fn optimizer")


def right_make_training_tools_subclass(model, lr=0.01):
    return _Tools(_MyL1(), torch.optim.SGD(params=model.parameters(), lr=lr))


@says("own this model's parameters")
def wrong_make_training_tools_copied_model(model, lr=0.01):
    return nn.L1Loss(), torch.optim.SGD(copy.deepcopy(model).parameters(), lr=lr)


@says("own this model's parameters")
def wrong_make_training_tools_cloned_parameters(model, lr=0.01):
    return nn.L1Loss(), torch.optim.SGD([p.detach().clone().requires_grad_() for p in model.parameters()], lr=lr)


@says("squared error")
def wrong_make_training_tools_mse(model, lr=0.01):
    return nn.MSELoss(), torch.optim.SGD(model.parameters(), lr=lr)


def wrong_make_training_tools_smooth_l1(model, lr=0.01):
    return nn.SmoothL1Loss(beta=1e-6), torch.optim.SGD(model.parameters(), lr=lr)


@says("sums")
def wrong_make_training_tools_sum(model, lr=0.01):
    return nn.L1Loss(reduction="sum"), torch.optim.SGD(model.parameters(), lr=lr)


def wrong_make_training_tools_adam(model, lr=0.01):
    return nn.L1Loss(), torch.optim.Adam(model.parameters(), lr=lr)


@says("lr it was given")
def wrong_make_training_tools_fixed_rate(model, lr=0.01):
    return nn.L1Loss(), torch.optim.SGD(model.parameters(), lr=0.01)


def wrong_make_training_tools_default_rate(model, lr=0.001):
    return nn.L1Loss(), torch.optim.SGD(model.parameters(), lr=lr)


def wrong_make_training_tools_momentum(model, lr=0.01):
    return nn.L1Loss(), torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)


def wrong_make_training_tools_weight_decay(model, lr=0.01):
    return nn.L1Loss(), torch.optim.SGD(model.parameters(), lr=lr, weight_decay=0.01)


@says("only some")
def wrong_make_training_tools_trainable_only(model, lr=0.01):
    return nn.L1Loss(), torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=lr)


@says("only some")
def wrong_make_training_tools_first_parameter(model, lr=0.01):
    return nn.L1Loss(), torch.optim.SGD([next(model.parameters())], lr=lr)


def wrong_make_training_tools_thaws(model, lr=0.01):
    return nn.L1Loss(), torch.optim.SGD([p.requires_grad_() for p in model.parameters()], lr=lr)


@says("comes first")
def wrong_make_training_tools_swapped(model, lr=0.01):
    return torch.optim.SGD(model.parameters(), lr=lr), nn.L1Loss()


@says("got a class")
def wrong_make_training_tools_class(model, lr=0.01):
    return nn.L1Loss, torch.optim.SGD(model.parameters(), lr=lr)


def wrong_make_training_tools_function(model, lr=0.01):
    return F.l1_loss, torch.optim.SGD(model.parameters(), lr=lr)


def wrong_make_training_tools_optimizer_only(model, lr=0.01):
    return torch.optim.SGD(model.parameters(), lr=lr)


def wrong_make_training_tools_dict(model, lr=0.01):
    return {"loss_fn": nn.L1Loss(), "optimizer": torch.optim.SGD(model.parameters(), lr=lr)}


# ---------------------------------------------------------------------------------------------------------- train_step


def right_train_step_zero_first(model, X, y, loss_fn, optimizer):
    optimizer.zero_grad()
    model.train()
    pred = model(X)
    loss = loss_fn(pred, y)
    loss.backward()
    optimizer.step()
    return loss.detach().item()


def right_train_step_zero_before_and_after(model, X, y, loss_fn, optimizer):
    model.train(True)
    optimizer.zero_grad(set_to_none=False)
    loss = loss_fn(model.forward(X), y)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return float(loss)


def right_train_step_model_zero_grad(model, X, y, loss_fn, optimizer):
    model.train()
    loss = loss_fn(model(X), y)
    model.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    return loss.item()


def right_train_step_keeps_zeros(model, X, y, loss_fn, optimizer):
    model.zero_grad(set_to_none=False)
    for module in model.modules():
        module.train()
    loss = loss_fn(model(X), y)
    torch.autograd.backward(loss)
    optimizer.step()
    return loss.detach().cpu().numpy().item()


def right_train_step_grad_none(model, X, y, loss_fn, optimizer):
    model.train()
    for parameter in model.parameters():
        parameter.grad = None
    with torch.enable_grad():
        loss = loss_fn(model(X), y)
    value = loss.item()
    loss.backward()
    optimizer.step()
    return value


def right_train_step_autograd_grad(model, X, y, loss_fn, optimizer):
    model.train()
    parameters = [p for p in model.parameters() if p.requires_grad]
    loss = loss_fn(model(X), y)
    for parameter, grad in zip(parameters, torch.autograd.grad(loss, parameters)):
        parameter.grad = grad
    optimizer.step()
    return loss.tolist()


def right_train_step_closure(model, X, y, loss_fn, optimizer):
    def closure():
        optimizer.zero_grad()
        loss = loss_fn(model(X), y)
        loss.backward()
        return loss

    model.train()
    return optimizer.step(closure).item()


def right_train_step_numpy_float(model, X, y, loss_fn, optimizer):
    model.train()
    loss = loss_fn(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return np.float64(loss.item())


def right_train_step_reshapes_alike(model, X, y, loss_fn, optimizer):
    model.train()
    optimizer.zero_grad()
    loss = loss_fn(model(X).squeeze(dim=1), y.squeeze(dim=1))
    loss.backward()
    optimizer.step()
    return loss.data.item()


@says("add up")
def wrong_train_step_no_zero_grad(model, X, y, loss_fn, optimizer):
    model.train()
    loss = loss_fn(model(X), y)
    loss.backward()
    optimizer.step()
    return loss.item()


@says("add up")
def wrong_train_step_zero_grad_only_after(model, X, y, loss_fn, optimizer):
    model.train()
    loss = loss_fn(model(X), y)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()


@says("erased the gradients before using them")
def wrong_train_step_zero_between(model, X, y, loss_fn, optimizer):
    model.train()
    loss = loss_fn(model(X), y)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()


@says("erased the gradients before using them")
def wrong_train_step_zeros_between(model, X, y, loss_fn, optimizer):
    model.train()
    loss = loss_fn(model(X), y)
    loss.backward()
    model.zero_grad(set_to_none=False)
    optimizer.step()
    return loss.item()


@says("which backward() fills")
def wrong_train_step_step_before_backward(model, X, y, loss_fn, optimizer):
    model.train()
    loss = loss_fn(model(X), y)
    optimizer.zero_grad()
    optimizer.step()
    loss.backward()
    return loss.item()


@says("nobody updated the weights")
def wrong_train_step_no_step(model, X, y, loss_fn, optimizer):
    model.train()
    loss = loss_fn(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    return loss.item()


@says("nobody updated the weights")
def wrong_train_step_no_backward(model, X, y, loss_fn, optimizer):
    model.train()
    loss = loss_fn(model(X), y)
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()


@says("nobody updated the weights")
def wrong_train_step_only_the_loss(model, X, y, loss_fn, optimizer):
    model.train()
    return loss_fn(model(X), y).item()


@says("inference_mode", "while training")
def wrong_train_step_inference_mode(model, X, y, loss_fn, optimizer):
    model.train()
    with torch.inference_mode():
        loss = loss_fn(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


@says("while training")
def wrong_train_step_no_grad(model, X, y, loss_fn, optimizer):
    model.train()
    with torch.no_grad():
        pred = model(X)
    loss = loss_fn(pred, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


@says("detached")
def wrong_train_step_detached_prediction(model, X, y, loss_fn, optimizer):
    model.train()
    loss = loss_fn(model(X).detach(), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def wrong_train_step_forward_twice(model, X, y, loss_fn, optimizer):
    model.train()
    before = loss_fn(model(X), y).item()
    loss = loss_fn(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return before


def wrong_train_step_clips(model, X, y, loss_fn, optimizer):
    model.train()
    loss = loss_fn(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 0.1)
    optimizer.step()
    return loss.item()


@says("prediction first")
def wrong_train_step_swapped_arguments(model, X, y, loss_fn, optimizer):
    model.train()
    loss = loss_fn(y, model(X))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


@says("broadcast")
def wrong_train_step_squeezed_prediction(model, X, y, loss_fn, optimizer):
    model.train()
    loss = loss_fn(model(X).squeeze(), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


@says("loss.item()")
def wrong_train_step_returns_tensor(model, X, y, loss_fn, optimizer):
    model.train()
    loss = loss_fn(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss


@says("loss.item()")
def wrong_train_step_returns_detached(model, X, y, loss_fn, optimizer):
    model.train()
    loss = loss_fn(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach()


def wrong_train_step_returns_array(model, X, y, loss_fn, optimizer):
    model.train()
    loss = loss_fn(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach().numpy()


def wrong_train_step_returns_none(model, X, y, loss_fn, optimizer):
    model.train()
    loss = loss_fn(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def wrong_train_step_rounded(model, X, y, loss_fn, optimizer):
    model.train()
    loss = loss_fn(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return round(loss.item(), 3)


@says("after the update")
def wrong_train_step_loss_after(model, X, y, loss_fn, optimizer):
    model.train()
    loss = loss_fn(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        return loss_fn(model(X), y).item()


@says("sum over the batch")
def wrong_train_step_sum(model, X, y, loss_fn, optimizer):
    model.train()
    loss = loss_fn(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item() * len(X)


@says("eval mode")
def wrong_train_step_no_train(model, X, y, loss_fn, optimizer):
    loss = loss_fn(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


@says("eval mode")
def wrong_train_step_trusts_the_top_flag(model, X, y, loss_fn, optimizer):
    if not model.training:
        model.train()
    loss = loss_fn(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


@says("eval mode")
def wrong_train_step_train_afterwards(model, X, y, loss_fn, optimizer):
    loss = loss_fn(model(X), y)
    model.train()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def wrong_train_step_flag_only(model, X, y, loss_fn, optimizer):
    model.training = True
    loss = loss_fn(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def wrong_train_step_leaves_eval(model, X, y, loss_fn, optimizer):
    model.train()
    loss = loss_fn(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    model.eval()
    return loss.item()


def wrong_train_step_puts_mode_back(model, X, y, loss_fn, optimizer):
    modes = _modes(model)
    model.train()
    loss = loss_fn(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    _put_back(modes)
    return loss.item()


def wrong_train_step_own_loss(model, X, y, loss_fn, optimizer):
    model.train()
    loss = nn.L1Loss()(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def wrong_train_step_own_mse(model, X, y, loss_fn, optimizer):
    model.train()
    loss = F.mse_loss(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


@says("use the optimiser you were given")
def wrong_train_step_own_sgd(model, X, y, loss_fn, optimizer):
    optimizer = torch.optim.SGD(model.parameters(), lr=optimizer.param_groups[0]["lr"])
    model.train()
    loss = loss_fn(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


@says("twice")
def wrong_train_step_two_updates(model, X, y, loss_fn, optimizer):
    model.train()
    for _ in range(2):
        loss = loss_fn(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


def wrong_train_step_double_step(model, X, y, loss_fn, optimizer):
    model.train()
    loss = loss_fn(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    optimizer.step()
    return loss.item()


def wrong_train_step_trains_a_copy(model, X, y, loss_fn, optimizer):
    model.train()
    net = copy.deepcopy(model)
    loss = loss_fn(net(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def wrong_train_step_seeds(model, X, y, loss_fn, optimizer):
    torch.manual_seed(42)
    model.train()
    loss = loss_fn(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def wrong_train_step_draws(model, X, y, loss_fn, optimizer):
    order = torch.randperm(len(X))
    model.train()
    loss = loss_fn(model(X[order]), y[order])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def wrong_train_step_standardises_in_place(model, X, y, loss_fn, optimizer):
    model.train()
    loss = loss_fn(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    X -= X.mean(0)
    return loss.item()


# ----------------------------------------------------------------------------------------------------------- test_step


def right_test_step_no_grad(model, X, y, loss_fn):
    before = {name: module.training for name, module in model.named_modules()}
    model.eval()
    with torch.no_grad():
        loss = float(loss_fn(model(X), y))
    for name, module in model.named_modules():
        module.training = before[name]
    return loss


def right_test_step_finally(model, X, y, loss_fn):
    training = [m for m in model.modules() if m.training]
    try:
        model.train(False)
        with torch.inference_mode():
            return loss_fn(model.forward(X), y).item()
    finally:
        for module in training:
            module.training = True


def right_test_step_copy(model, X, y, loss_fn):
    twin = copy.deepcopy(model).eval()
    with torch.no_grad():
        return loss_fn(twin(X), y).item()


@torch.no_grad()
def right_test_step_decorated(model, X, y, loss_fn):
    modes = _modes(model)
    model.eval()
    pred = model(X)
    loss = loss_fn(pred, y)
    _put_back(modes)
    return loss.numpy().item()


def right_test_step_set_grad_enabled(model, X, y, loss_fn):
    modes = [module.training for module in model.modules()]
    for module in model.modules():
        module.training = False
    with torch.set_grad_enabled(False):
        loss = loss_fn(model(X), y)
    for module, mode in zip(model.modules(), modes):
        module.training = mode
    return loss.item()


@says("model.eval()")
def wrong_test_step_no_eval(model, X, y, loss_fn):
    with torch.inference_mode():
        return loss_fn(model(X), y).item()


@says("model.eval()")
def wrong_test_step_train_mode(model, X, y, loss_fn):
    model.train()
    with torch.inference_mode():
        return loss_fn(model(X), y).item()


def wrong_test_step_flag_only(model, X, y, loss_fn):
    mode = model.training
    model.training = False
    with torch.inference_mode():
        loss = loss_fn(model(X), y)
    model.training = mode
    return loss.item()


@says("eval() does not stop")
def wrong_test_step_eval_only(model, X, y, loss_fn):
    modes = _modes(model)
    model.eval()
    loss = loss_fn(model(X), y)
    _put_back(modes)
    return loss.item()


@says("eval() does not stop")
def wrong_test_step_detach(model, X, y, loss_fn):
    modes = _modes(model)
    model.eval()
    loss = loss_fn(model(X).detach(), y)
    _put_back(modes)
    return loss.item()


def wrong_test_step_graph_off_for_loss_only(model, X, y, loss_fn):
    modes = _modes(model)
    model.eval()
    pred = model(X)
    with torch.inference_mode():
        loss = loss_fn(pred, y)
    _put_back(modes)
    return loss.item()


def wrong_test_step_switches_recording_off(model, X, y, loss_fn):
    modes = _modes(model)
    model.eval()
    torch.set_grad_enabled(False)
    loss = loss_fn(model(X), y)
    _put_back(modes)
    return loss.item()


def wrong_test_step_leaves_eval(model, X, y, loss_fn):
    model.eval()
    with torch.inference_mode():
        return loss_fn(model(X), y).item()


def wrong_test_step_always_back_to_train(model, X, y, loss_fn):
    model.eval()
    with torch.inference_mode():
        loss = loss_fn(model(X), y)
    model.train()
    return loss.item()


@says("every one of model.modules()")
def wrong_test_step_top_flag_only(model, X, y, loss_fn):
    mode = model.training
    model.eval()
    with torch.inference_mode():
        loss = loss_fn(model(X), y)
    model.train(mode)
    return loss.item()


def wrong_test_step_children_only(model, X, y, loss_fn):
    modes = [(child, child.training) for child in model.children()]
    model.eval()
    with torch.inference_mode():
        loss = loss_fn(model(X), y)
    _put_back(modes)
    return loss.item()


@says("loss.item()")
def wrong_test_step_tensor(model, X, y, loss_fn):
    modes = _modes(model)
    model.eval()
    with torch.inference_mode():
        loss = loss_fn(model(X), y)
    _put_back(modes)
    return loss


def wrong_test_step_text(model, X, y, loss_fn):
    modes = _modes(model)
    model.eval()
    with torch.inference_mode():
        loss = loss_fn(model(X), y)
    _put_back(modes)
    return f"{loss.item():.4f}"


@says("prediction first")
def wrong_test_step_swapped_arguments(model, X, y, loss_fn):
    modes = _modes(model)
    model.eval()
    with torch.inference_mode():
        loss = loss_fn(y, model(X))
    _put_back(modes)
    return loss.item()


@says("broadcast")
def wrong_test_step_squeezed_prediction(model, X, y, loss_fn):
    modes = _modes(model)
    model.eval()
    with torch.inference_mode():
        loss = loss_fn(model(X).squeeze(), y)
    _put_back(modes)
    return loss.item()


def wrong_test_step_own_loss(model, X, y, loss_fn):
    modes = _modes(model)
    model.eval()
    with torch.inference_mode():
        loss = nn.MSELoss()(model(X), y)
    _put_back(modes)
    return loss.item()


def wrong_test_step_zero_grad(model, X, y, loss_fn):
    modes = _modes(model)
    model.eval()
    model.zero_grad()
    with torch.inference_mode():
        loss = loss_fn(model(X), y)
    _put_back(modes)
    return loss.item()


def wrong_test_step_freezes(model, X, y, loss_fn):
    modes = _modes(model)
    model.eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    loss = loss_fn(model(X), y)
    _put_back(modes)
    return loss.item()


def wrong_test_step_freezes_and_thaws(model, X, y, loss_fn):
    modes = _modes(model)
    model.eval().requires_grad_(False)
    loss = loss_fn(model(X), y)
    model.requires_grad_(True)
    _put_back(modes)
    return loss.item()


def wrong_test_step_trains_first(model, X, y, loss_fn):
    modes = _modes(model)
    model.eval()
    with torch.inference_mode():
        loss = loss_fn(model(X), y)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.grad is not None:
                parameter -= 0.01 * parameter.grad
    _put_back(modes)
    return loss.item()


def wrong_test_step_resets_statistics(model, X, y, loss_fn):
    modes = _modes(model)
    model.eval()
    with torch.inference_mode():
        loss = loss_fn(model(X), y)
    for module in model.modules():
        if hasattr(module, "reset_running_stats"):
            module.reset_running_stats()
    _put_back(modes)
    return loss.item()


def wrong_test_step_seeds(model, X, y, loss_fn):
    torch.manual_seed(0)
    modes = _modes(model)
    model.eval()
    with torch.inference_mode():
        loss = loss_fn(model(X), y)
    _put_back(modes)
    return loss.item()


# ----------------------------------------------------------------------------------------------------------------- fit


def right_fit_zero_first(model, X_train, y_train, X_test, y_test, loss_fn, optimizer, epochs):
    modes = _modes(model)
    train_loss, test_loss = [], []
    for epoch in range(epochs):
        model.train()
        optimizer.zero_grad()
        loss = loss_fn(model(X_train), y_train)
        loss.backward()
        optimizer.step()
        train_loss.append(float(loss))
        model.eval()
        with torch.no_grad():
            test_loss.append(float(loss_fn(model(X_test), y_test)))
    _put_back(modes)
    return dict(train_loss=train_loss, test_loss=test_loss)


def right_fit_zero_after_step(model, X_train, y_train, X_test, y_test, loss_fn, optimizer, epochs):
    modes = _modes(model)
    history = {"epoch": [], "train_loss": [], "test_loss": []}
    for epoch in range(epochs):
        model.train()
        loss = loss_fn(model.forward(X_train), y_train)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        model.eval()
        with torch.inference_mode():
            test_loss = loss_fn(model.forward(X_test), y_test)
        history["epoch"].append(epoch)
        history["train_loss"].append(loss.item())
        history["test_loss"].append(test_loss.item())
    _put_back(modes)
    return history


def right_fit_model_zero_grad(model, X_train, y_train, X_test, y_test, loss_fn, optimizer, epochs):
    modes = {name: module.training for name, module in model.named_modules()}
    losses = []
    for _ in range(epochs):
        model.train()
        loss = loss_fn(model(X_train), y_train)
        model.zero_grad(set_to_none=False)
        loss.backward()
        optimizer.step()
        with torch.inference_mode():
            losses.append((loss.item(), loss_fn(model.eval()(X_test), y_test).item()))
    for name, module in model.named_modules():
        module.training = modes[name]
    return {"train_loss": [a for a, _ in losses], "test_loss": [b for _, b in losses]}


def right_fit_helpers(model, X_train, y_train, X_test, y_test, loss_fn, optimizer, epochs):
    def learn():
        model.train()
        optimizer.zero_grad()
        loss = loss_fn(model(X_train), y_train)
        loss.backward()
        optimizer.step()
        return loss.item()

    @torch.no_grad()
    def evaluate():
        return loss_fn(copy.deepcopy(model).eval()(X_test), y_test).item()

    modes = _modes(model)
    history = {"train_loss": [], "test_loss": []}
    for _ in range(epochs):
        history["train_loss"].append(learn())
        history["test_loss"].append(evaluate())
    _put_back(modes)
    return history


def _fit(model, X, y, X_test, y_test, loss_fn, optimizer, epochs, *, slip=""):
    """A right fit, but for one slip."""
    modes = _modes(model)
    mode = model.training
    history = {"train_loss": [], "test_loss": []}
    if slip == "train once":
        model.train()
    for _ in range(epochs):
        if slip == "seed in loop":
            torch.manual_seed(42)
        if slip not in ("train once", "never train"):
            model.train()
        if slip == "never train":
            model.eval()
        if slip == "test first":
            model.eval()
            with torch.inference_mode():
                history["test_loss"].append(loss_fn(model(X_test), y_test).item())
            model.train()
        pred = model(X).squeeze() if slip == "squeeze" else model(X)
        loss = loss_fn(y, pred) if slip == "swapped" else loss_fn(pred, y)
        if slip == "step before backward":
            optimizer.zero_grad()
            optimizer.step()
            loss.backward()
        elif slip == "lagging":
            optimizer.step()
            optimizer.zero_grad()
            loss.backward()
        elif slip == "zero between":
            loss.backward()
            optimizer.zero_grad()
            optimizer.step()
        elif slip == "no step":
            optimizer.zero_grad()
            loss.backward()
        elif slip == "no backward":
            optimizer.zero_grad()
            optimizer.step()
        else:
            if slip != "no zero":
                optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        if slip == "loss after":
            loss = loss_fn(model(X), y)
        history["train_loss"].append(loss if slip == "tensors" else loss.item())
        if slip == "test first":
            continue
        if slip != "no eval":
            model.eval()
        X_seen, y_seen = (X, y) if slip == "train data" else (X_test, y_test)
        if slip == "graph":
            history["test_loss"].append(loss_fn(model(X_seen), y_seen).item())
        else:
            with torch.inference_mode():
                pred = model(X_seen)
                test = loss_fn(y_seen, pred) if slip == "test swapped" else loss_fn(pred, y_seen)
            history["test_loss"].append(test if slip == "test tensors" else test.item())
    if slip == "ends in eval":
        model.eval()
    elif slip == "ends in train":
        model.train()
    elif slip == "top flag":
        model.train(mode)
    else:
        _put_back(modes)
    return history


@says("add up")
def wrong_fit_no_zero_grad(*args, **options):
    return _fit(*args, **options, slip="no zero")


@says("erased the gradients before using them")
def wrong_fit_zero_between(*args, **options):
    return _fit(*args, **options, slip="zero between")


@says("which backward() fills")
def wrong_fit_step_before_backward(*args, **options):
    return _fit(*args, **options, slip="step before backward")


def wrong_fit_lags_one_step(*args, **options):
    return _fit(*args, **options, slip="lagging")


@says("nobody updated the weights")
def wrong_fit_no_step(*args, **options):
    return _fit(*args, **options, slip="no step")


@says("nobody updated the weights")
def wrong_fit_no_backward(*args, **options):
    return _fit(*args, **options, slip="no backward")


@says("prediction first")
def wrong_fit_swapped_arguments(*args, **options):
    return _fit(*args, **options, slip="swapped")


@says("prediction first")
def wrong_fit_test_arguments_swapped(*args, **options):
    return _fit(*args, **options, slip="test swapped")


@says("every prediction")
def wrong_fit_squeezed_prediction(*args, **options):
    return _fit(*args, **options, slip="squeeze")


@says("while training")
def wrong_fit_all_in_inference_mode(*args, **options):
    with torch.inference_mode():
        return _fit(*args, **options)


@says("second epoch on", "model.train()")
def wrong_fit_train_once(*args, **options):
    return _fit(*args, **options, slip="train once")


@says("trained in eval mode")
def wrong_fit_never_train(*args, **options):
    return _fit(*args, **options, slip="never train")


@says("model.eval()")
def wrong_fit_no_eval(*args, **options):
    return _fit(*args, **options, slip="no eval")


@says("eval() does not stop")
def wrong_fit_test_builds_a_graph(*args, **options):
    return _fit(*args, **options, slip="graph")


@says("measured on the training set")
def wrong_fit_tests_on_training_data(*args, **options):
    return _fit(*args, **options, slip="train data")


@says("before each update")
def wrong_fit_test_before_update(*args, **options):
    return _fit(*args, **options, slip="test first")


@says("loss.item()")
def wrong_fit_keeps_tensors(*args, **options):
    return _fit(*args, **options, slip="tensors")


@says("loss.item()")
def wrong_fit_keeps_test_tensors(*args, **options):
    return _fit(*args, **options, slip="test tensors")


@says("loss.item()")
def wrong_fit_running_total_of_tensors(model, X_train, y_train, X_test, y_test, loss_fn, optimizer, epochs):
    modes = _modes(model)
    total, tests = 0, []
    for _ in range(epochs):
        model.train()
        loss = loss_fn(model(X_train), y_train)
        total += loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        model.eval()
        with torch.inference_mode():
            tests.append(loss_fn(model(X_test), y_test).item())
    _put_back(modes)
    return {"train_loss": total, "test_loss": tests}


@says("running totals")
def wrong_fit_running_totals(*args, **options):
    history = _fit(*args, **options)
    history["train_loss"] = list(itertools.accumulate(history["train_loss"]))
    return history


@says("after each update")
def wrong_fit_loss_after_update(*args, **options):
    return _fit(*args, **options, slip="loss after")


@says("inside the loop")
def wrong_fit_seeds_in_the_loop(*args, **options):
    return _fit(*args, **options, slip="seed in loop")


def wrong_fit_seeds_once(*args, **options):
    torch.manual_seed(42)
    return _fit(*args, **options)


def wrong_fit_ends_in_eval(*args, **options):
    return _fit(*args, **options, slip="ends in eval")


def wrong_fit_ends_in_train(*args, **options):
    return _fit(*args, **options, slip="ends in train")


def wrong_fit_puts_top_flag_back(*args, **options):
    return _fit(*args, **options, slip="top flag")


def wrong_fit_one_epoch_too_few(model, X, y, X_test, y_test, loss_fn, optimizer, epochs):
    return _fit(model, X, y, X_test, y_test, loss_fn, optimizer, max(epochs - 1, 0))


def wrong_fit_one_epoch_too_many(model, X, y, X_test, y_test, loss_fn, optimizer, epochs):
    history = _fit(model, X, y, X_test, y_test, loss_fn, optimizer, epochs + 1)
    return {name: values[:epochs] for name, values in history.items()}


def wrong_fit_at_least_one_epoch(model, X, y, X_test, y_test, loss_fn, optimizer, epochs):
    return _fit(model, X, y, X_test, y_test, loss_fn, optimizer, max(epochs, 1))


def wrong_fit_last_loss_only(*args, **options):
    return {name: values[-1] if values else 0.0 for name, values in _fit(*args, **options).items()}


def wrong_fit_pair(*args, **options):
    history = _fit(*args, **options)
    return history["train_loss"], history["test_loss"]


def wrong_fit_other_names(*args, **options):
    history = _fit(*args, **options)
    return {"train": history["train_loss"], "test": history["test_loss"]}


def wrong_fit_mini_batches(model, X, y, X_test, y_test, loss_fn, optimizer, epochs):
    modes = _modes(model)
    history = {"train_loss": [], "test_loss": []}
    for _ in range(epochs):
        model.train()
        losses = []
        for part, target in zip(X.split(4), y.split(4)):
            loss = loss_fn(model(part), target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        model.eval()
        with torch.inference_mode():
            history["test_loss"].append(loss_fn(model(X_test), y_test).item())
        history["train_loss"].append(sum(losses) / len(losses))
    _put_back(modes)
    return history


def wrong_fit_own_tools(model, X, y, X_test, y_test, loss_fn, optimizer, epochs):
    return _fit(model, X, y, X_test, y_test, nn.L1Loss(), torch.optim.SGD(model.parameters(), lr=0.01), epochs)


def wrong_fit_trains_on_test_too(model, X, y, X_test, y_test, loss_fn, optimizer, epochs):
    return _fit(model, torch.cat([X, X_test]), torch.cat([y, y_test]), X_test, y_test, loss_fn, optimizer, epochs)


def wrong_fit_centres_the_data(model, X, y, X_test, y_test, loss_fn, optimizer, epochs):
    history = _fit(model, X, y, X_test, y_test, loss_fn, optimizer, epochs)
    X_test -= X_test.mean(0)
    return history


# ------------------------------------------------------------------------------------------------------------ fit_line


def _line_data():
    X = torch.arange(0.0, 1.0, 0.02).unsqueeze(dim=1)
    return X, 0.7 * X + 0.3


def right_fit_line_zero_first(seed=42, epochs=200, lr=0.01):
    torch.manual_seed(seed)
    model = _Line()
    X, y = _line_data()
    n = int(0.8 * len(X))
    loss_fn, optimizer = nn.L1Loss(), torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(epochs):
        model.train()
        optimizer.zero_grad()
        loss = loss_fn(model(X[:n]), y[:n])
        loss.backward()
        optimizer.step()
    return model


def right_fit_line_zero_after_step_swapped_l1(seed=42, epochs=200, lr=0.01):
    torch.manual_seed(seed)
    X, y = _line_data()
    model = _Line()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(epochs):
        nn.L1Loss()(y[:40], model.forward(X[:40])).backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=False)
    return model.eval()


def right_fit_line_by_hand(seed=42, epochs=200, lr=0.01):
    class LinearRegression(nn.Module):
        def __init__(self):
            super().__init__()
            self.weights = nn.Parameter(torch.randn(1, requires_grad=True, dtype=torch.float))
            self.bias = nn.Parameter(torch.randn(1))

        def forward(self, x):
            return x * self.weights + self.bias

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = LinearRegression()
    x = torch.linspace(0, 0.98, 50).reshape(-1, 1)[:40]
    y = 0.3 + x * 0.7
    for _ in range(epochs):
        model.zero_grad()
        (model(x) - y).abs().mean().backward()
        with torch.no_grad():
            for p in model.parameters():
                p -= lr * p.grad
    return model


def right_fit_line_matmul(seed=42, epochs=200, lr=0.01):
    class MatrixLine(nn.Module):
        def __init__(self):
            super().__init__()
            self.weights = nn.Parameter(torch.randn(1, 1))
            self.bias = nn.Parameter(torch.randn(1))

        def forward(self, x):
            return x @ self.weights.T + self.bias

    torch.manual_seed(seed)
    model = MatrixLine()
    X, y = _line_data()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    loss_fn = nn.L1Loss()
    for epoch in range(1, epochs + 1):
        loss = loss_fn(model(X[:40]), y[:40])
        model.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.inference_mode():
            loss_fn(model(X[40:]), y[40:])
    return model


def _trained_line(seed, epochs, lr, *, rows=40, loss_fn=None, make=torch.optim.SGD, slip=""):
    if slip == "seed once":
        if not getattr(_trained_line, "seeded", False):
            torch.manual_seed(seed)
        _trained_line.seeded = True
    elif slip != "seed late":
        torch.manual_seed(seed)
    model = _Line()
    if slip == "seed late":
        torch.manual_seed(seed)
    X, y = _line_data()
    owner = _Line() if slip == "other optimiser" else model
    optimizer = make(owner.parameters(), lr=lr)
    for _ in range(epochs):
        loss = (loss_fn or nn.L1Loss())(model(X[:rows]), y[:rows])
        if slip != "no zero":
            optimizer.zero_grad()
        if slip == "step first":
            optimizer.step()
        loss.backward()
        if slip == "zero between":
            optimizer.zero_grad()
        if slip not in ("no step", "step first"):
            optimizer.step()
    if slip == "fresh model":
        torch.manual_seed(seed)
        return _Line()
    return model


@says("re-seed")
def wrong_fit_line_seeds_the_first_time_only(seed=42, epochs=200, lr=0.01):
    return _trained_line(seed, epochs, lr, slip="seed once")


@says("seed before you build")
def wrong_fit_line_seeds_after_the_model(seed=42, epochs=200, lr=0.01):
    return _trained_line(seed, epochs, lr, slip="seed late")


@says("seed before you build")
def wrong_fit_line_never_seeds(seed=42, epochs=200, lr=0.01):
    model = _Line()
    X, y = _line_data()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(epochs):
        optimizer.zero_grad()
        nn.L1Loss()(model(X[:40]), y[:40]).backward()
        optimizer.step()
    return model


@says("two different seeds")
def wrong_fit_line_always_42(seed=42, epochs=200, lr=0.01):
    return _trained_line(42, epochs, lr)


def wrong_fit_line_default_seed(seed=0, epochs=200, lr=0.01):
    return _trained_line(seed, epochs, lr)


@says("own this model's parameters")
def wrong_fit_line_optimiser_of_another_model(seed=42, epochs=200, lr=0.01):
    return _trained_line(seed, epochs, lr, slip="other optimiser")


@says("untrained")
def wrong_fit_line_returns_a_fresh_model(seed=42, epochs=200, lr=0.01):
    return _trained_line(seed, epochs, lr, slip="fresh model")


@says("add up")
def wrong_fit_line_no_zero_grad(seed=42, epochs=200, lr=0.01):
    return _trained_line(seed, epochs, lr, slip="no zero")


@says("missing or erased")
def wrong_fit_line_zero_between(seed=42, epochs=200, lr=0.01):
    return _trained_line(seed, epochs, lr, slip="zero between")


@says("missing or erased")
def wrong_fit_line_step_before_backward(seed=42, epochs=200, lr=0.01):
    return _trained_line(seed, epochs, lr, slip="step first")


@says("untrained")
def wrong_fit_line_no_step(seed=42, epochs=200, lr=0.01):
    return _trained_line(seed, epochs, lr, slip="no step")


@says("all 50 points")
def wrong_fit_line_all_points(seed=42, epochs=200, lr=0.01):
    return _trained_line(seed, epochs, lr, rows=50)


@says("squared error")
def wrong_fit_line_mse(seed=42, epochs=200, lr=0.01):
    return _trained_line(seed, epochs, lr, loss_fn=nn.MSELoss())


@says("plain SGD")
def wrong_fit_line_adam(seed=42, epochs=200, lr=0.01):
    return _trained_line(seed, epochs, lr, make=torch.optim.Adam)


def wrong_fit_line_momentum(seed=42, epochs=200, lr=0.01):
    return _trained_line(seed, epochs, lr, make=lambda parameters, lr: torch.optim.SGD(parameters, lr=lr, momentum=0.9))


def wrong_fit_line_fixed_rate(seed=42, epochs=200, lr=0.01):
    return _trained_line(seed, epochs, 0.01)


def wrong_fit_line_fixed_epochs(seed=42, epochs=200, lr=0.01):
    return _trained_line(seed, 200, lr)


def wrong_fit_line_hundred_epochs(seed=42, epochs=100, lr=0.01):
    return _trained_line(seed, epochs, lr)


def wrong_fit_line_one_epoch_more(seed=42, epochs=200, lr=0.01):
    return _trained_line(seed, epochs + 1, lr)


def wrong_fit_line_one_epoch_fewer(seed=42, epochs=200, lr=0.01):
    return _trained_line(seed, max(epochs - 1, 0), lr)


def wrong_fit_line_answer_written_in(seed=42, epochs=200, lr=0.01):
    model = _Line()
    with torch.no_grad():
        model.weights.fill_(0.6990)
        model.bias.fill_(0.3093)
    return model


def wrong_fit_line_true_line(seed=42, epochs=200, lr=0.01):
    model = _Line()
    with torch.no_grad():
        model.weights.fill_(0.7)
        model.bias.fill_(0.3)
    return model


def wrong_fit_line_shuffled_split(seed=42, epochs=200, lr=0.01):
    torch.manual_seed(seed)
    model = _Line()
    X, y = _line_data()
    rows = torch.randperm(50)[:40]
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(epochs):
        optimizer.zero_grad()
        nn.L1Loss()(model(X[rows]), y[rows]).backward()
        optimizer.step()
    return model


def wrong_fit_line_state_dict(seed=42, epochs=200, lr=0.01):
    return _trained_line(seed, epochs, lr).state_dict()


def wrong_fit_line_linear_layer(seed=42, epochs=200, lr=0.01):
    torch.manual_seed(seed)
    model = nn.Linear(1, 1)
    X, y = _line_data()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(epochs):
        optimizer.zero_grad()
        nn.L1Loss()(model(X[:40]), y[:40]).backward()
        optimizer.step()
    return model


def wrong_fit_line_forward_without_bias(seed=42, epochs=200, lr=0.01):
    model = _trained_line(seed, epochs, lr)
    model.forward = lambda x: model.weights * x
    return model


# --------------------------------------------------------------------------------------------------- fit_with_schedule


def right_fit_with_schedule_last_lr(model, X, y, loss_fn, optimizer, scheduler, epochs):
    modes = _modes(model)
    train_loss, lrs = [], []
    for _ in range(epochs):
        model.train()
        optimizer.zero_grad()
        loss = loss_fn(model(X), y)
        loss.backward()
        optimizer.step()
        train_loss.append(loss.item())
        lrs.append(scheduler.get_last_lr()[0])
        scheduler.step()
    _put_back(modes)
    return {"lr": lrs, "train_loss": train_loss}


def right_fit_with_schedule_zero_after(model, X, y, loss_fn, optimizer, scheduler, epochs):
    modes = [m.training for m in model.modules()]
    model.train()
    history = {"train_loss": [], "lr": [], "epochs": epochs}
    for _ in range(epochs):
        history["lr"] += [float(optimizer.param_groups[0]["lr"])]
        loss = loss_fn(model(X), y)
        loss.backward()
        optimizer.step()
        scheduler.step()
        optimizer.zero_grad(set_to_none=False)
        history["train_loss"] += [float(loss)]
    for module, mode in zip(model.modules(), modes):
        module.training = mode
    return history


def right_fit_with_schedule_comprehension(model, X, y, loss_fn, optimizer, scheduler, epochs):
    def epoch():
        model.train()
        rate = optimizer.param_groups[0]["lr"]
        loss = loss_fn(model(X), y)
        model.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
        return loss.item(), rate

    modes = _modes(model)
    try:
        rows = [epoch() for _ in range(epochs)]
    finally:
        _put_back(modes)
    return {"train_loss": [row[0] for row in rows], "lr": [row[1] for row in rows]}


def _scheduled(model, X, y, loss_fn, optimizer, scheduler, epochs, *, slip=""):
    """A right fit_with_schedule, but for one slip."""
    modes = _modes(model)
    mode = model.training
    first = optimizer.param_groups[0]["lr"]
    history = {"train_loss": [], "lr": []}
    if slip != "no train":
        model.train()
    if slip == "eval":
        model.eval()
    for _ in range(epochs):
        loss = loss_fn(y, model(X)) if slip == "swapped" else loss_fn(model(X), y)
        if slip != "no zero":
            optimizer.zero_grad()
        loss.backward()
        if slip == "zero between":
            optimizer.zero_grad()
        if slip == "scheduler first":
            scheduler.step()
        rate = optimizer.param_groups[-1 if slip == "last group" else 0]["lr"]
        if slip != "no step":
            optimizer.step()
        if slip == "loss after":
            loss = loss_fn(model(X), y)
        if slip not in ("scheduler first", "no scheduler"):
            scheduler.step()
        if slip == "twice":
            scheduler.step()
        if slip == "rate after":
            rate = optimizer.param_groups[0]["lr"]
        if slip == "last lr after":
            rate = scheduler.get_last_lr()[0]
        if slip == "all rates":
            rate = [group["lr"] for group in optimizer.param_groups]
        if slip == "first rate":
            rate = first
        history["lr"].append(torch.tensor(rate) if slip == "rate tensors" else rate)
        history["train_loss"].append(loss if slip == "tensors" else loss.item())
    if slip == "ends in train":
        return history
    if slip == "ends in eval":
        model.eval()
    elif slip == "top flag":
        model.train(mode)
    else:
        _put_back(modes)
    return history


@says("never changed")
def wrong_fit_with_schedule_no_scheduler(*args, **options):
    return _scheduled(*args, **options, slip="no scheduler")


@says("before the optimiser")
def wrong_fit_with_schedule_scheduler_first(*args, **options):
    return _scheduled(*args, **options, slip="scheduler first")


@says("twice per epoch")
def wrong_fit_with_schedule_steps_twice(*args, **options):
    return _scheduled(*args, **options, slip="twice")


@says("next epoch")
def wrong_fit_with_schedule_rate_after(*args, **options):
    return _scheduled(*args, **options, slip="rate after")


@says("next epoch")
def wrong_fit_with_schedule_last_lr_after(*args, **options):
    return _scheduled(*args, **options, slip="last lr after")


@says("last parameter group")
def wrong_fit_with_schedule_last_group(*args, **options):
    return _scheduled(*args, **options, slip="last group")


def wrong_fit_with_schedule_all_groups(*args, **options):
    return _scheduled(*args, **options, slip="all rates")


def wrong_fit_with_schedule_first_rate(*args, **options):
    return _scheduled(*args, **options, slip="first rate")


def wrong_fit_with_schedule_get_lr(model, X, y, loss_fn, optimizer, scheduler, epochs):
    modes = _modes(model)
    model.train()
    history = {"train_loss": [], "lr": []}
    for _ in range(epochs):
        loss = loss_fn(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history["train_loss"].append(loss.item())
        history["lr"].append(scheduler.get_lr()[0])
        scheduler.step()
    _put_back(modes)
    return history


def wrong_fit_with_schedule_rate_tensors(*args, **options):
    return _scheduled(*args, **options, slip="rate tensors")


@says("loss.item()")
def wrong_fit_with_schedule_loss_tensors(*args, **options):
    return _scheduled(*args, **options, slip="tensors")


@says("after each update")
def wrong_fit_with_schedule_loss_after(*args, **options):
    return _scheduled(*args, **options, slip="loss after")


@says("add up")
def wrong_fit_with_schedule_no_zero_grad(*args, **options):
    return _scheduled(*args, **options, slip="no zero")


@says("erased the gradients before using them")
def wrong_fit_with_schedule_zero_between(*args, **options):
    return _scheduled(*args, **options, slip="zero between")


@says("nobody updated the weights")
def wrong_fit_with_schedule_no_step(*args, **options):
    return _scheduled(*args, **options, slip="no step")


@says("prediction first")
def wrong_fit_with_schedule_swapped_arguments(*args, **options):
    return _scheduled(*args, **options, slip="swapped")


@says("trained in eval mode")
def wrong_fit_with_schedule_no_train(*args, **options):
    return _scheduled(*args, **options, slip="no train")


def wrong_fit_with_schedule_eval(*args, **options):
    return _scheduled(*args, **options, slip="eval")


def wrong_fit_with_schedule_ends_in_train(*args, **options):
    return _scheduled(*args, **options, slip="ends in train")


def wrong_fit_with_schedule_ends_in_eval(*args, **options):
    return _scheduled(*args, **options, slip="ends in eval")


def wrong_fit_with_schedule_top_flag(*args, **options):
    return _scheduled(*args, **options, slip="top flag")


def wrong_fit_with_schedule_own_scheduler(model, X, y, loss_fn, optimizer, scheduler, epochs):
    mine = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.5)
    return _scheduled(model, X, y, loss_fn, optimizer, mine, epochs)


def wrong_fit_with_schedule_one_epoch_fewer(model, X, y, loss_fn, optimizer, scheduler, epochs):
    return _scheduled(model, X, y, loss_fn, optimizer, scheduler, max(epochs - 1, 0))


def wrong_fit_with_schedule_at_least_one_epoch(model, X, y, loss_fn, optimizer, scheduler, epochs):
    return _scheduled(model, X, y, loss_fn, optimizer, scheduler, max(epochs, 1))


def wrong_fit_with_schedule_no_tick_after_the_last(model, X, y, loss_fn, optimizer, scheduler, epochs):
    modes = _modes(model)
    model.train()
    history = {"train_loss": [], "lr": []}
    for epoch in range(epochs):
        loss = loss_fn(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history["train_loss"].append(loss.item())
        history["lr"].append(optimizer.param_groups[0]["lr"])
        if epoch < epochs - 1:
            scheduler.step()
    _put_back(modes)
    return history


def wrong_fit_with_schedule_seeds(*args, **options):
    torch.manual_seed(42)
    return _scheduled(*args, **options)


@says("mode")
def wrong_test_step_children_but_not_theirs(model, X, y, loss_fn):
    saved = {m: m.training for m in [model, *model.children()]}
    model.eval()
    with torch.inference_mode():
        loss = loss_fn(model(X), y).item()
    for m, t in saved.items():
        m.train(t)
    return loss
