"""Right and wrong answers to 01_workflow/prediction."""

import contextlib
import copy

import matplotlib.pyplot as plt
import numpy as np
import torch

from autograder.checks import says

# -------------------------------------------------------------------------------------------------------------- predict


def right_predict_no_grad(model, X):
    before = {name: module.training for name, module in model.named_modules()}
    try:
        model.eval()
        with torch.no_grad():
            y = model(X)
    finally:
        for name, module in model.named_modules():
            module.training = before[name]
    return y


@torch.inference_mode()
def right_predict_decorated(model, X):
    training = [m for m in model.modules() if m.training]
    model.train(False)
    try:
        return model.forward(X)
    finally:
        for m in training:
            m.training = True


@contextlib.contextmanager
def _evaluating(model):
    modes = [m.training for m in model.modules()]
    try:
        yield model.eval()
    finally:
        for m, mode in zip(model.modules(), modes):
            m.training = mode


def right_predict_context_manager(model, X):
    with _evaluating(model), torch.no_grad():
        return model(X)


def right_predict_copy(model, X):
    with torch.no_grad():
        return copy.deepcopy(model).eval()(X)


def right_predict_except(model, X):
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    error = None
    with torch.set_grad_enabled(False):
        try:
            y = model(X)
        except Exception as caught:
            error = caught
    for m, mode in modes:
        m.training = mode
    if error is not None:
        raise error
    return y.detach().clone()


def right_predict_functional(model, X):
    modes = [(m, m.training) for m in model.modules()]
    tensors = {name: t.detach() for name, t in [*model.named_parameters(), *model.named_buffers()]}
    try:
        model.eval()
        return torch.func.functional_call(model, tensors, (X.detach(),))
    finally:
        for m, mode in modes:
            m.training = mode


def _put_back(modes):
    for module, mode in modes:
        module.training = mode


@says("model.eval()")
def wrong_predict_no_eval(model, X):
    with torch.inference_mode():
        return model(X)


@says("model.eval()")
def wrong_predict_train_mode(model, X):
    modes = [(m, m.training) for m in model.modules()]
    model.train()
    try:
        with torch.inference_mode():
            return model(X)
    finally:
        _put_back(modes)


@says("model.eval()")
def wrong_predict_top_flag_off(model, X):
    mode = model.training
    model.training = False
    try:
        with torch.inference_mode():
            return model(X)
    finally:
        model.training = mode


def wrong_predict_batch_norm_forgotten(model, X):
    modes = [(m, m.training) for m in model.modules()]
    for m in model.modules():
        if isinstance(m, torch.nn.Dropout):
            m.eval()
    try:
        with torch.inference_mode():
            return model(X)
    finally:
        _put_back(modes)


@says("eval() does not stop")
def wrong_predict_eval_only(model, X):
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    try:
        return model(X)
    finally:
        _put_back(modes)


@says("too late")
def wrong_predict_detach(model, X):
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    try:
        return model(X).detach()
    finally:
        _put_back(modes)


def wrong_predict_requires_grad_again(model, X):
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    try:
        with torch.no_grad():
            y = model(X)
        return y.requires_grad_()
    finally:
        _put_back(modes)


def wrong_predict_detached_input_only(model, X):
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    try:
        return model(X.detach())
    finally:
        _put_back(modes)


@says("every one of model.modules()")
def wrong_predict_leaves_eval(model, X):
    model.eval()
    with torch.inference_mode():
        return model(X)


def wrong_predict_back_to_train(model, X):
    model.eval()
    try:
        with torch.inference_mode():
            return model(X)
    finally:
        model.train()


@says("every one of model.modules()")
def wrong_predict_top_flag_restored(model, X):
    mode = model.training
    model.eval()
    try:
        with torch.inference_mode():
            return model(X)
    finally:
        model.train(mode)


def wrong_predict_children_restored(model, X):
    modes = [(m, m.training) for m in (model, *model.children())]
    model.eval()
    try:
        with torch.inference_mode():
            return model(X)
    finally:
        _put_back(modes)


@says("finally")
def wrong_predict_no_finally(model, X):
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    with torch.inference_mode():
        y = model(X)
    _put_back(modes)
    return y


def wrong_predict_finally_top_only(model, X):
    modes = [(m, m.training) for m in model.modules()]
    mode = model.training
    model.eval()
    try:
        with torch.inference_mode():
            y = model(X)
    except Exception:
        model.train(mode)
        raise
    _put_back(modes)
    return y


def wrong_predict_recording_off(model, X):
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    torch.set_grad_enabled(False)
    try:
        return model(X)
    finally:
        _put_back(modes)


def wrong_predict_recording_off_after_error(model, X):
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    torch.set_grad_enabled(False)
    try:
        y = model(X)
        torch.set_grad_enabled(True)
        return y
    finally:
        _put_back(modes)


def wrong_predict_zero_grad(model, X):
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    model.zero_grad()
    try:
        with torch.inference_mode():
            return model(X)
    finally:
        _put_back(modes)


def wrong_predict_freezes(model, X):
    modes = [(m, m.training) for m in model.modules()]
    model.eval().requires_grad_(False)
    try:
        return model(X.detach())
    finally:
        _put_back(modes)


def wrong_predict_freezes_and_thaws(model, X):
    modes = [(m, m.training) for m in model.modules()]
    model.eval().requires_grad_(False)
    try:
        return model(X.detach())
    finally:
        _put_back(modes)
        model.requires_grad_(True)


def wrong_predict_seeds(model, X):
    torch.manual_seed(0)
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    try:
        with torch.inference_mode():
            return model(X)
    finally:
        _put_back(modes)


def wrong_predict_in_place(model, X):
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    try:
        with torch.inference_mode():
            y = model(X)
            X.clamp_(0, 1)
            return y
    finally:
        _put_back(modes)


def wrong_predict_first_column(model, X):
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    try:
        with torch.inference_mode():
            return model(X)[:, 0]
    finally:
        _put_back(modes)


def wrong_predict_squeezes(model, X):
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    try:
        with torch.inference_mode():
            return model(X).squeeze()
    finally:
        _put_back(modes)


def wrong_predict_array(model, X):
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    try:
        with torch.inference_mode():
            return model(X).numpy()
    finally:
        _put_back(modes)


def wrong_predict_labels(model, X):
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    try:
        with torch.inference_mode():
            return torch.sigmoid(model(X))
    finally:
        _put_back(modes)


def wrong_predict_forgets_return(model, X):
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    try:
        with torch.inference_mode():
            model(X)
    finally:
        _put_back(modes)


# ----------------------------------------------------------------------------------------------------- plot_predictions


def right_plot_predictions_pyplot(X_train, y_train, X_test, y_test, predictions=None):
    plt.figure(figsize=(10, 7))
    plt.scatter(X_train.detach(), y_train.detach(), c="b", s=4, label="Training data")
    plt.scatter(X_test.detach(), y_test.detach(), c="g", s=4, label="Testing data")
    if predictions is not None:
        plt.scatter(X_test.detach(), predictions.detach(), c="r", s=4, label="Predictions")
    plt.xlabel("X")
    plt.ylabel("y")
    plt.legend(prop={"size": 14})
    return plt.gca()


def right_plot_predictions_lists(X_train, y_train, X_test, y_test, predictions=None):
    fig = plt.figure()
    ax = fig.add_subplot(1, 1, 1)
    ax.scatter(X_test.flatten().tolist(), y_test.flatten().tolist(), label="test", marker="x")
    ax.scatter(X_train.flatten().tolist(), y_train.flatten().tolist(), label="train")
    if predictions is not None:
        ax.scatter(X_test.flatten().tolist(), predictions.flatten().tolist(), label="predicted")
    ax.set(xlabel="feature", ylabel="target", title="Data")
    ax.axhline(0, color="grey", linewidth=0.5)
    ax.legend()
    return ax


def right_plot_predictions_handles(X_train, y_train, X_test, y_test, predictions=None):
    def numbers(t):
        return t.detach().cpu().numpy().ravel()

    _, axes = plt.subplots(1, 1, squeeze=False)
    ax = axes[0, 0]
    marks = [ax.scatter(numbers(X_train), numbers(y_train)), ax.scatter(numbers(X_test), numbers(y_test))]
    names = ["train", "test"]
    if predictions is not None:
        marks.append(ax.scatter(numbers(X_test), numbers(predictions)))
        names.append("predictions")
    ax.legend(marks, names, loc="best")
    ax.set_xlabel("x")
    ax.set_ylabel("y")
    ax.grid(True)
    return ax


def right_plot_predictions_points(X_train, y_train, X_test, y_test, predictions=None):
    with torch.no_grad():
        fig, ax = plt.subplots()
        ax.plot(np.array(X_train.detach()), np.array(y_train.detach()), "b.", label="train")
        ax.plot(np.array(X_test.detach()), np.array(y_test.detach()), "g.", label="test")
        if predictions is not None:
            ax.plot(np.array(X_test.detach()), np.array(predictions.detach()), "r.", label="predictions")
    ax.set_xlabel("x")
    ax.set_ylabel("y")
    ax.legend()
    plt.close(fig)
    return ax


def _plot(X_train, y_train, X_test, y_test, predictions=None, *, slip=""):
    """A right plot, but for one slip."""
    if slip == "current axes":
        ax = plt.gca()
    elif slip == "figure one":
        plt.figure(1).clear()
        ax = plt.gca()
    elif slip == "named figure":
        ax = plt.figure("predictions").add_subplot()
    else:
        _, ax = plt.subplots()
    X_train, y_train, X_test, y_test = (t.detach() for t in (X_train, y_train, X_test, y_test))
    predictions = None if predictions is None else predictions.detach()
    if slip == "truth value":
        show = bool(predictions is not None and predictions)
    else:
        show = predictions is not None
    labels = {"train": "train", "test": "test", "predictions": "predictions"}
    if slip == "no labels":
        labels = dict.fromkeys(labels)
    if slip == "one label":
        labels = dict.fromkeys(labels, "data")
    if slip == "hidden labels":
        labels = {name: "_" + name for name in labels}
    if slip != "no train":
        ax.scatter(X_train, y_train, label=labels["train"])
    if slip == "one scatter":
        ax.scatter(torch.cat([X_train, X_test]), torch.cat([y_train, y_test]), label="data")
    elif slip == "axes exchanged":
        ax.scatter(y_test, X_test, label=labels["test"])
    elif slip == "line":
        order = X_test.flatten().argsort()
        ax.plot(X_test.flatten()[order], y_test.flatten()[order], label="test")
    elif slip != "no test":
        ax.scatter(X_test, y_test, label=labels["test"])
    if slip == "legend early":
        ax.legend()
    if show:
        at = y_test if slip == "against y" else X_test
        seen = y_test - predictions if slip == "errors" else y_test if slip == "targets" else predictions
        if slip == "prediction line":
            ax.plot(X_test.flatten(), predictions.flatten(), label="predictions")
        elif slip != "no predictions":
            ax.scatter(at, seen, label=labels["predictions"])
    elif slip == "empty scatter":
        ax.scatter([], [], label="predictions")
    if slip != "no x label":
        ax.set_xlabel(" " if slip == "blank label" else "x")
    if slip != "no y label":
        ax.set_ylabel("y")
    if slip not in ("no legend", "legend early"):
        ax.legend()
    return ax


@says("same figure")
def wrong_plot_predictions_current_axes(*args, **options):
    return _plot(*args, **options, slip="current axes")


@says("same figure")
def wrong_plot_predictions_figure_one(*args, **options):
    return _plot(*args, **options, slip="figure one")


@says("same figure")
def wrong_plot_predictions_named_figure(*args, **options):
    return _plot(*args, **options, slip="named figure")


def wrong_plot_predictions_clears_old_figures(*args, **options):
    for number in plt.get_fignums():
        plt.figure(number).clear()
    return _plot(*args, **options)


def wrong_plot_predictions_truth_value(*args, **options):
    return _plot(*args, **options, slip="truth value")


def wrong_plot_predictions_no_labels(*args, **options):
    return _plot(*args, **options, slip="no labels")


@says("label= of its own")
def wrong_plot_predictions_one_label(*args, **options):
    return _plot(*args, **options, slip="one label")


def wrong_plot_predictions_hidden_labels(*args, **options):
    return _plot(*args, **options, slip="hidden labels")


@says("legend")
def wrong_plot_predictions_no_legend(*args, **options):
    return _plot(*args, **options, slip="no legend")


def wrong_plot_predictions_legend_early(*args, **options):
    return _plot(*args, **options, slip="legend early")


@says("no label")
def wrong_plot_predictions_no_x_label(*args, **options):
    return _plot(*args, **options, slip="no x label")


def wrong_plot_predictions_no_y_label(*args, **options):
    return _plot(*args, **options, slip="no y label")


def wrong_plot_predictions_blank_label(*args, **options):
    return _plot(*args, **options, slip="blank label")


def wrong_plot_predictions_no_train(*args, **options):
    return _plot(*args, **options, slip="no train")


def wrong_plot_predictions_no_test(*args, **options):
    return _plot(*args, **options, slip="no test")


def wrong_plot_predictions_no_predictions(*args, **options):
    return _plot(*args, **options, slip="no predictions")


def wrong_plot_predictions_one_scatter_for_both(*args, **options):
    return _plot(*args, **options, slip="one scatter")


@says("exchanged")
def wrong_plot_predictions_axes_exchanged(*args, **options):
    return _plot(*args, **options, slip="axes exchanged")


@says("line that joins")
def wrong_plot_predictions_line(*args, **options):
    return _plot(*args, **options, slip="line")


@says("line that joins")
def wrong_plot_predictions_prediction_line(*args, **options):
    return _plot(*args, **options, slip="prediction line")


@says("belong to X_test")
def wrong_plot_predictions_against_targets(*args, **options):
    return _plot(*args, **options, slip="against y")


def wrong_plot_predictions_errors(*args, **options):
    return _plot(*args, **options, slip="errors")


def wrong_plot_predictions_targets_twice(*args, **options):
    return _plot(*args, **options, slip="targets")


def wrong_plot_predictions_empty_scatter(*args, **options):
    return _plot(*args, **options, slip="empty scatter")


def wrong_plot_predictions_figure(*args, **options):
    return _plot(*args, **options).figure


def wrong_plot_predictions_nothing(*args, **options):
    _plot(*args, **options)


def wrong_plot_predictions_pyplot(*args, **options):
    _plot(*args, **options)
    return plt


@says("detach()")
def wrong_plot_predictions_numpy_only(X_train, y_train, X_test, y_test, predictions=None):
    X_train, y_train, X_test, y_test = (torch.from_numpy(t.numpy()) for t in (X_train, y_train, X_test, y_test))
    return _plot(X_train, y_train, X_test, y_test, None if predictions is None else torch.from_numpy(predictions.numpy()))


def wrong_plot_predictions_undetached_predictions(X_train, y_train, X_test, y_test, predictions=None):
    return _plot(X_train, y_train, X_test, y_test, None if predictions is None else torch.from_numpy(predictions.numpy()))


def wrong_plot_predictions_detaches_in_place(X_train, y_train, X_test, y_test, predictions=None):
    for tensor in (X_train, y_train, X_test, y_test):
        tensor.detach_()
    return _plot(X_train, y_train, X_test, y_test, predictions)


def wrong_plot_predictions_columns_only(X_train, y_train, X_test, y_test, predictions=None):
    return _plot(X_train[:, 0], y_train[:, 0], X_test[:, 0], y_test[:, 0], None if predictions is None else predictions[:, 0])


def wrong_plot_predictions_sorts_targets(X_train, y_train, X_test, y_test, predictions=None):
    return _plot(X_train.sort(0).values, y_train.sort(0).values, X_test, y_test, predictions)


def wrong_plot_predictions_jitter(X_train, y_train, X_test, y_test, predictions=None):
    torch.rand(1)
    return _plot(X_train, y_train, X_test, y_test, predictions)


def wrong_plot_predictions_scales_in_place(X_train, y_train, X_test, y_test, predictions=None):
    ax = _plot(X_train.detach().clone(), y_train.detach().clone(), X_test, y_test, predictions)
    X_train.detach().div_(2)
    return ax


@says("kept it to itself")
def wrong_predict_swallows_the_error(model, X):
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    try:
        with torch.inference_mode():
            return model(X)
    except RuntimeError:
        return None
    finally:
        for m, t in modes:
            m.training = t
