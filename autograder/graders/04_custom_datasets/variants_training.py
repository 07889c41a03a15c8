"""Right and wrong answers to 04_custom_datasets/training."""

import copy
import random
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.figure import Figure
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from autograder.checks import says

# ----------------------------------------------------------------------------------------------------------- diagnose


def right_diagnose_division(history):
    train = history["train_loss"]
    test = history["test_loss"]
    if len(train) == 0:
        raise ValueError("empty history")
    if train[-1] / train[0] > 0.7:
        return "underfitting"
    elif test[-1] / train[-1] > 1.3:
        return "overfitting"
    else:
        return "balanced"


def right_diagnose_index_error(history):
    try:
        first, last, test = history["train_loss"][0], history["train_loss"][-1], history["test_loss"][-1]
    except IndexError as error:
        raise ValueError("nothing to diagnose") from error
    if not last <= first * 0.7:
        return "underfitting"
    return ["balanced", "overfitting"][test > last * 1.3]


def right_diagnose_numpy(history):
    losses = np.array([history["train_loss"], history["test_loss"]])
    if losses.size == 0:
        raise ValueError
    cases = {"underfitting": losses[0, -1] > 0.7 * losses[0, 0], "overfitting": losses[1, -1] > 1.3 * losses[0, -1], "balanced": True}
    return next(name for name, holds in cases.items() if holds)


@says("ValueError was due")
def wrong_diagnose_index_error(history):
    train, test = history["train_loss"], history["test_loss"]
    if train[-1] > 0.7 * train[0]:
        return "underfitting"
    return "overfitting" if test[-1] > 1.3 * train[-1] else "balanced"


@says("ValueError was due")
def wrong_diagnose_empty_is_balanced(history):
    train, test = history["train_loss"], history["test_loss"]
    if not train:
        return "balanced"
    if train[-1] > 0.7 * train[0]:
        return "underfitting"
    return "overfitting" if test[-1] > 1.3 * train[-1] else "balanced"


@says("case of underfitting")
def wrong_diagnose_overfitting_first(history):
    train, test = history["train_loss"], history["test_loss"]
    if not train:
        raise ValueError
    if test[-1] > 1.3 * train[-1]:
        return "overfitting"
    return "underfitting" if train[-1] > 0.7 * train[0] else "balanced"


@says("case of balanced")
def wrong_diagnose_at_least_train(history):
    train, test = history["train_loss"], history["test_loss"]
    if not train:
        raise ValueError
    if train[-1] >= 0.7 * train[0]:
        return "underfitting"
    return "overfitting" if test[-1] > 1.3 * train[-1] else "balanced"


@says("case of balanced")
def wrong_diagnose_at_least_test(history):
    train, test = history["train_loss"], history["test_loss"]
    if not train:
        raise ValueError
    if train[-1] > 0.7 * train[0]:
        return "underfitting"
    return "overfitting" if test[-1] >= 1.3 * train[-1] else "balanced"


def wrong_diagnose_lowest_loss(history):
    train, test = history["train_loss"], history["test_loss"]
    if not train:
        raise ValueError
    if min(train) > 0.7 * train[0]:
        return "underfitting"
    return "overfitting" if test[-1] > 1.3 * min(train) else "balanced"


def wrong_diagnose_largest_loss(history):
    train, test = history["train_loss"], history["test_loss"]
    if not train:
        raise ValueError
    if train[-1] > 0.7 * max(train):
        return "underfitting"
    return "overfitting" if test[-1] > 1.3 * train[-1] else "balanced"


def wrong_diagnose_test_rises(history):
    train, test = history["train_loss"], history["test_loss"]
    if not train:
        raise ValueError
    if train[-1] > 0.7 * train[0]:
        return "underfitting"
    return "overfitting" if test[-1] > test[0] else "balanced"


def wrong_diagnose_test_against_first_train(history):
    train, test = history["train_loss"], history["test_loss"]
    if not train:
        raise ValueError
    if train[-1] > 0.7 * train[0]:
        return "underfitting"
    return "overfitting" if test[-1] > 1.3 * train[0] else "balanced"


def wrong_diagnose_underfitting_by_test(history):
    train, test = history["train_loss"], history["test_loss"]
    if not train:
        raise ValueError
    if test[-1] > 0.7 * test[0]:
        return "underfitting"
    return "overfitting" if test[-1] > 1.3 * train[-1] else "balanced"


@says("none of the three texts")
def wrong_diagnose_capital(history):
    train, test = history["train_loss"], history["test_loss"]
    if not train:
        raise ValueError
    if train[-1] > 0.7 * train[0]:
        return "Underfitting"
    return "Overfitting" if test[-1] > 1.3 * train[-1] else "Balanced"


def wrong_diagnose_always_overfitting(history):
    if not history["train_loss"]:
        raise ValueError
    return "overfitting"


# -------------------------------------------------------------------------------------------------------- plot_curves


def right_plot_curves_rows(history):
    figure = plt.figure(figsize=(5, 8))
    top, bottom = figure.add_subplot(2, 1, 1), figure.add_subplot(2, 1, 2)
    top.plot(history["train_accuracy"], "b.-", label="train")
    top.plot(history["test_accuracy"], "r.-", label="test")
    bottom.semilogy(history["train_loss"])
    bottom.semilogy(history["test_loss"])
    bottom.axvline(int(np.argmin(history["test_loss"])), linestyle=":")
    figure.tight_layout()
    return figure


def right_plot_curves_object(history):
    figure = Figure()
    for axes, name in zip(figure.subplots(1, 2), ("loss", "accuracy")):
        epochs = np.arange(len(history["train_" + name]))
        axes.plot(epochs, history["train_" + name], epochs, history["test_" + name])
        axes.legend(["train", "test"])
        axes.set_title(name)
    return figure


def right_plot_curves_pyplot(history):
    plt.figure()
    for place, name in enumerate(["loss", "accuracy"], 1):
        plt.subplot(1, 2, place)
        plt.plot(range(1, 1 + len(history[f"test_{name}"])), history[f"test_{name}"], label="test")
        plt.plot(range(1, 1 + len(history[f"train_{name}"])), history[f"train_{name}"], label="train")
        plt.title(name)
        plt.legend()
    return plt.gcf()


@says("share a panel")
def wrong_plot_curves_one_panel(history):
    figure, axes = plt.subplots()
    for name, values in history.items():
        axes.plot(values, label=name)
    return figure


@says("two losses are not in one panel")
def wrong_plot_curves_train_and_test_panels(history):
    figure, (left, right) = plt.subplots(1, 2)
    left.plot(history["train_loss"])
    left.plot(history["train_accuracy"])
    right.plot(history["test_loss"])
    right.plot(history["test_accuracy"])
    return figure


@says("No line of the figure shows test_loss")
def wrong_plot_curves_train_only(history):
    figure, (left, right) = plt.subplots(1, 2)
    left.plot(history["train_loss"])
    right.plot(history["train_accuracy"])
    return figure


@says("No line of the figure shows test_accuracy")
def wrong_plot_curves_no_test_accuracy(history):
    figure, (left, right) = plt.subplots(1, 2)
    left.plot(history["train_loss"])
    left.plot(history["test_loss"])
    right.plot(history["train_accuracy"])
    right.plot(history["train_accuracy"], label="test")
    return figure


@says("earlier call")
def wrong_plot_curves_same_figure(history):
    figure = plt.figure("curves")
    left, right = figure.axes or figure.subplots(1, 2)
    left.plot(history["train_loss"])
    left.plot(history["test_loss"])
    right.plot(history["train_accuracy"])
    right.plot(history["test_accuracy"])
    return figure


def wrong_plot_curves_cleared_figure(history):
    plt.figure("curves")
    plt.clf()
    for place, name in enumerate(["loss", "accuracy"], 1):
        plt.subplot(1, 2, place)
        plt.plot(history[f"train_{name}"])
        plt.plot(history[f"test_{name}"])
    return plt.gcf()


@says("Figure is due")
def wrong_plot_curves_axes(history):
    figure, (left, right) = plt.subplots(1, 2)
    for axes, name in ((left, "loss"), (right, "accuracy")):
        axes.plot(history[f"train_{name}"])
        axes.plot(history[f"test_{name}"])
    return left


def wrong_plot_curves_tuple(history):
    figure, panels = plt.subplots(1, 2)
    for axes, name in zip(panels, ("loss", "accuracy")):
        axes.plot(history[f"train_{name}"])
        axes.plot(history[f"test_{name}"])
    return figure, panels


@says("curve stands in both panels")
def wrong_plot_curves_loss_in_both(history):
    figure, panels = plt.subplots(1, 2)
    for axes, name in zip(panels, ("loss", "accuracy")):
        axes.plot(history[f"train_{name}"])
        axes.plot(history[f"test_{name}"])
    panels[1].plot(history["test_loss"])
    return figure


@says("share a panel")
def wrong_plot_curves_all_in_each(history):
    figure, panels = plt.subplots(1, 2)
    for axes in panels:
        axes.plot(history["train_loss"])
        axes.plot(history["test_loss"])
    panels[1].plot(history["train_accuracy"])
    panels[1].plot(history["test_accuracy"])
    return figure


def wrong_plot_curves_two_figures(history):
    for name in ("loss", "accuracy"):
        figure, axes = plt.subplots()
        axes.plot(history[f"train_{name}"])
        axes.plot(history[f"test_{name}"])
    return figure


def wrong_plot_curves_forgets_first_epoch(history):
    figure, panels = plt.subplots(1, 2)
    for axes, name in zip(panels, ("loss", "accuracy")):
        axes.plot(history[f"train_{name}"][1:])
        axes.plot(history[f"test_{name}"][1:])
    return figure


# ------------------------------------------------------------------------------------------------------ EarlyStopping


class right_EarlyStopping_deepcopy:
    def __init__(self, patience, min_delta=0.0):
        self.patience = patience
        self.min_delta = min_delta
        self.best_loss = None
        self.wait = 0

    def step(self, loss, model):
        if self.best_loss is None or loss < self.best_loss - self.min_delta:
            self.best_loss = loss
            self.state = copy.deepcopy(model.state_dict())
            self.wait = 0
            return False
        self.wait += 1
        return self.wait >= self.patience

    def restore(self, model):
        model.load_state_dict(self.state)


class right_EarlyStopping_epochs:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.epoch, self.best_epoch, self.best = -1, -1, float("inf")

    def step(self, loss, model):
        self.epoch += 1
        if self.best - loss > self.min_delta:
            self.best, self.best_epoch, self.model = loss, self.epoch, copy.deepcopy(model)
        return bool(self.epoch - self.best_epoch >= self.patience)

    def restore(self, model):
        with torch.no_grad():
            for p, q in zip(model.parameters(), self.model.parameters()):
                p.copy_(q)
            for p, q in zip(model.buffers(), self.model.buffers()):
                p.copy_(q)
        return model


class right_EarlyStopping_history:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta, self.best, self.bad = patience, min_delta, np.inf, []

    def step(self, loss, model):
        if loss + self.min_delta < self.best:
            self.best, self.bad = loss, []
            self.kept = {k: v.detach().cpu().clone() for k, v in model.state_dict().items()}
        else:
            self.bad.append(loss)
        return len(self.bad) >= self.patience

    def restore(self, model):
        return model.load_state_dict({k: v.clone() for k, v in self.kept.items()}, strict=True)


class _Stopping:
    """A right one, for the wrong ones to spoil."""

    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta, self.best, self.calls = patience, min_delta, float("inf"), 0

    def improved(self, loss):
        return loss < self.best - self.min_delta

    def keep(self, model):
        self.kept = copy.deepcopy(model.state_dict())

    def step(self, loss, model):
        if self.improved(loss):
            self.best, self.calls = loss, 0
            self.keep(model)
        else:
            self.calls += 1
        return self.calls >= self.patience

    def restore(self, model):
        model.load_state_dict(self.kept)


@says("shares memory with the model")
class wrong_EarlyStopping_alias(_Stopping):
    def keep(self, model):
        self.kept = model.state_dict()


@says("shares memory with the model")
class wrong_EarlyStopping_shallow(_Stopping):
    def keep(self, model):
        self.kept = dict(model.state_dict())


@says("shares memory with the model")
class wrong_EarlyStopping_copy_copy(_Stopping):
    def keep(self, model):
        self.kept = copy.copy(model.state_dict())


class wrong_EarlyStopping_keeps_model(_Stopping):
    def keep(self, model):
        self.kept = model

    def restore(self, model):
        model.load_state_dict(self.kept.state_dict())


@says("changed what was kept")
class wrong_EarlyStopping_restores_by_reference(_Stopping):
    def restore(self, model):
        for name, p in model.named_parameters():
            p.data = self.kept[name]


@says("does not know")
class wrong_EarlyStopping_new_parameters(_Stopping):
    def restore(self, model):
        model.load_state_dict(copy.deepcopy(self.kept), assign=True)


@says("step changed the model's weights")
class wrong_EarlyStopping_restores_when_it_stops(_Stopping):
    def step(self, loss, model):
        stop = super().step(loss, model)
        if stop:
            self.restore(model)
        return stop


@says("mode changed")
class wrong_EarlyStopping_restores_in_eval_mode(_Stopping):
    def restore(self, model):
        model.load_state_dict(self.kept)
        model.eval()


@says("last call's weights")
class wrong_EarlyStopping_keeps_last(_Stopping):
    def step(self, loss, model):
        self.keep(model)
        if self.improved(loss):
            self.best, self.calls = loss, 0
        else:
            self.calls += 1
        return self.calls >= self.patience


class wrong_EarlyStopping_restore_does_nothing(_Stopping):
    def restore(self, model):
        model = self.kept


class wrong_EarlyStopping_restore_rebinds(_Stopping):
    def restore(self, model):
        model = copy.deepcopy(model).load_state_dict(self.kept)


@says("one call too late")
class wrong_EarlyStopping_one_late(_Stopping):
    def step(self, loss, model):
        if self.improved(loss):
            self.best, self.calls = loss, 0
            self.keep(model)
        else:
            self.calls += 1
        return self.calls > self.patience


@says("one call too early")
class wrong_EarlyStopping_one_early(_Stopping):
    def __init__(self, patience, min_delta=0.0):
        super().__init__(max(1, patience - 1), min_delta)


@says("count goes on over an improvement")
class wrong_EarlyStopping_never_resets(_Stopping):
    def step(self, loss, model):
        if self.improved(loss):
            self.best = loss
            self.keep(model)
        else:
            self.calls += 1
        return self.calls >= self.patience


@says("compared with the one before")
class wrong_EarlyStopping_compares_with_last(_Stopping):
    def step(self, loss, model):
        if self.improved(loss):
            self.calls = 0
            self.keep(model)
        else:
            self.calls += 1
        self.best = loss
        return self.calls >= self.patience


@says("equal loss counts")
class wrong_EarlyStopping_at_most(_Stopping):
    def improved(self, loss):
        return loss <= self.best - self.min_delta


@says("min_delta is ignored")
class wrong_EarlyStopping_ignores_min_delta(_Stopping):
    def improved(self, loss):
        return loss < self.best


@says("wrong sign")
class wrong_EarlyStopping_adds_min_delta(_Stopping):
    def improved(self, loss):
        return loss < self.best + self.min_delta


@says("smaller is better")
class wrong_EarlyStopping_larger_is_better(_Stopping):
    def __init__(self, patience, min_delta=0.0):
        super().__init__(patience, min_delta)
        self.best = -float("inf")

    def improved(self, loss):
        return loss > self.best + self.min_delta


class wrong_EarlyStopping_zero_start(_Stopping):
    def __init__(self, patience, min_delta=0.0):
        super().__init__(patience, min_delta)
        self.best = 0.0

    def improved(self, loss):
        return self.best == 0.0 or loss < self.best - self.min_delta if loss >= 0 else False


class wrong_EarlyStopping_relative(_Stopping):
    def improved(self, loss):
        return loss < self.best * (1 - self.min_delta) if self.best < float("inf") else True


class wrong_EarlyStopping_no_answer(_Stopping):
    def step(self, loss, model):
        super(type(self), self).step(loss, model)


@says("True or False")
class wrong_EarlyStopping_counts_for_answer(_Stopping):
    def step(self, loss, model):
        super(type(self), self).step(loss, model)
        return self.calls


@says("changed the model")
class wrong_EarlyStopping_restores_at_once(_Stopping):
    def step(self, loss, model):
        stop = super(type(self), self).step(loss, model)
        with torch.no_grad():
            for p in model.parameters():
                p.mul_(0.5)
        return stop


# ----------------------------------------------------------------------------------------------------- train_pictures


def _read(root, mode="RGB"):
    names = sorted(p.name for p in Path(root).iterdir())
    files = [(p, i) for i, name in enumerate(names) for p in sorted(Path(root, name).iterdir())]
    X = torch.stack([torch.from_numpy(np.array(Image.open(p).convert(mode))).permute(2, 0, 1) for p, _ in files]).float() / 255
    return X, torch.tensor([i for _, i in files]), len(names)


class _Scale(nn.Module):
    def __init__(self, mean=0.5, std=0.25):
        super().__init__()
        self.mean, self.std = mean, std

    def forward(self, x):
        return (x - self.mean) / self.std


def _small(classes, scale=True, end=()):
    return nn.Sequential(*[_Scale()] * scale, nn.Conv2d(3, 8, 5, 2, 2), nn.ReLU(), nn.Conv2d(8, 16, 3, 2, 1), nn.ReLU(),
                         nn.Conv2d(16, 16, 3, 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(1024, classes), *end)


def _fit(model, X, y, seed, epochs=12, lr=0.003, augment=True, loss_fn=nn.CrossEntropyLoss(), parameters=None):
    g = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(parameters or model.parameters(), lr=lr)
    for _ in range(epochs):
        for i in torch.randperm(len(X), generator=g).split(20):
            x = X[i]
            if augment:
                x = torch.rot90(x, int(torch.randint(4, (), generator=g)), (2, 3))
                x = x.flip(3) if torch.rand(1, generator=g) < 0.5 else x
            loss = loss_fn(model(x), y[i])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model


def right_train_pictures_linear(train_root, seed):
    torch.manual_seed(seed)
    X, y, classes = _read(train_root)
    model = nn.Sequential(_Scale(), nn.Flatten(), nn.Linear(3 * 64 * 64, classes))
    return _fit(model, X, y, seed, epochs=25, lr=0.0003)


def right_train_pictures_batch_norm(train_root, seed):
    torch.manual_seed(seed)
    X, y, classes = _read(train_root)
    net = nn.Sequential(
        nn.BatchNorm2d(3), nn.Conv2d(3, 12, 4, stride=4), nn.BatchNorm2d(12), nn.ReLU(),
        nn.Conv2d(12, 24, 3, padding=1), nn.BatchNorm2d(24), nn.ReLU(),
        nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Dropout(0.2), nn.Linear(24 * 16, classes))
    optimizer = torch.optim.AdamW(net.parameters(), lr=0.004)
    loader = DataLoader(TensorDataset(X, y), batch_size=25, shuffle=True, generator=torch.Generator().manual_seed(seed))
    net.train()
    for _ in range(18):
        for x, t in loader:
            x = x.transpose(2, 3) if torch.rand(()) < 0.5 else x
            x = x.flip(2) if torch.rand(()) < 0.5 else x
            x = x.flip(3) if torch.rand(()) < 0.5 else x
            optimizer.zero_grad()
            F.cross_entropy(net(x), t, label_smoothing=0.05).backward()
            optimizer.step()
    return net.eval()


def right_train_pictures_tiny_vgg(train_root, seed):
    torch.manual_seed(seed)
    X, y, classes = _read(train_root)

    def block(a, b):
        return [nn.Conv2d(a, b, 3, padding=1), nn.ReLU(), nn.Conv2d(b, b, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]

    model = nn.Sequential(_Scale(), *block(3, 8), *block(8, 8), nn.Flatten(), nn.Linear(8 * 16 * 16, classes))
    return _fit(model, X, y, seed, epochs=12, lr=0.002)


def right_train_pictures_no_augmentation(train_root, seed):
    torch.manual_seed(seed)
    X, y, classes = _read(train_root)
    model = nn.Sequential(_Scale(X.mean().item(), X.std().item()), *list(_small(classes, False)))
    return _fit(model, X, y, seed, augment=False)


def right_train_pictures_colours(train_root, seed):
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    X, y, classes = _read(train_root)
    model = nn.Sequential(_Scale(), nn.AvgPool2d(4), nn.Flatten(), nn.Linear(768, 64), nn.ReLU(), nn.Linear(64, classes))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9, weight_decay=1e-3)
    for _ in range(60):
        order = np.random.permutation(len(X))
        for i in range(0, len(X), 32):
            x, t = X[order[i : i + 32]], y[order[i : i + 32]]
            if random.random() < 0.5:
                x = x.flip(-1)
            x = torch.rot90(x, random.randrange(4), (2, 3))
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x), t).backward()
            optimizer.step()
    return model


@says("guessing")
def wrong_train_pictures_untrained(train_root, seed):
    torch.manual_seed(seed)
    X, y, classes = _read(train_root)
    return _small(classes)


@says("guessing")
def wrong_train_pictures_fresh_copy(train_root, seed):
    torch.manual_seed(seed)
    X, y, classes = _read(train_root)
    _fit(_small(classes), X, y, seed, epochs=6)
    return _small(classes)


@says("guessing")
def wrong_train_pictures_other_models_parameters(train_root, seed):
    torch.manual_seed(seed)
    X, y, classes = _read(train_root)
    other = _small(classes)
    return _fit(_small(classes), X, y, seed, epochs=6, parameters=list(other.parameters()))


@says("guessing")
def wrong_train_pictures_shuffled_labels(train_root, seed):
    torch.manual_seed(seed)
    X, y, classes = _read(train_root)
    return _fit(_small(classes), X, y[torch.randperm(len(y))], seed)


@says("normalise inside")
def wrong_train_pictures_normalises_outside(train_root, seed):
    torch.manual_seed(seed)
    X, y, classes = _read(train_root)
    return _fit(_small(classes, scale=False), (X - 0.5) / 0.25, y, seed, epochs=15)


@says("0 to 255")
def wrong_train_pictures_unscaled(train_root, seed):
    torch.manual_seed(seed)
    X, y, classes = _read(train_root)
    model = nn.Sequential(_Scale(127.5, 64.0), *list(_small(classes, False)))
    return _fit(model, X * 255, y, seed, epochs=15)


@says("red and blue")
def wrong_train_pictures_bgr(train_root, seed):
    torch.manual_seed(seed)
    X, y, classes = _read(train_root)
    return _fit(_small(classes), X.flip(1), y, seed, epochs=15)


@says("sorted names of the folders")
def wrong_train_pictures_reversed_classes(train_root, seed):
    torch.manual_seed(seed)
    X, y, classes = _read(train_root)
    return _fit(_small(classes), X, classes - 1 - y, seed, epochs=15)


@says("sorted names of the folders")
def wrong_train_pictures_labels_off_by_one(train_root, seed):
    torch.manual_seed(seed)
    X, y, classes = _read(train_root)
    return _fit(_small(classes), X, (y + 1) % classes, seed, epochs=15)


@says("permute moves the axes")
def wrong_train_pictures_reshaped(train_root, seed):
    torch.manual_seed(seed)
    X, y, classes = _read(train_root)
    X = X.permute(0, 2, 3, 1).reshape(X.shape)
    return _fit(_small(classes), X, y, seed, epochs=15)


def wrong_train_pictures_grey(train_root, seed):
    torch.manual_seed(seed)
    X, y, classes = _read(train_root)
    return _fit(nn.Sequential(_Scale(), nn.AvgPool2d(64), nn.Flatten(), nn.Linear(3, classes)), X, y, seed, epochs=10, lr=0.003)


def wrong_train_pictures_one_step(train_root, seed):
    torch.manual_seed(seed)
    X, y, classes = _read(train_root)
    return _fit(_small(classes), X, y, seed, epochs=1, lr=0.0003)


def wrong_train_pictures_diverges(train_root, seed):
    torch.manual_seed(seed)
    X, y, classes = _read(train_root)
    return _fit(_small(classes), X, y, seed, epochs=4, lr=1.0)


@says("probabilities")
def wrong_train_pictures_probabilities(train_root, seed):
    torch.manual_seed(seed)
    X, y, classes = _read(train_root)
    model = _fit(_small(classes), X, y, seed, epochs=15)
    return nn.Sequential(model, nn.Softmax(dim=1))


@says("same seed gave another model")
def wrong_train_pictures_unseeded(train_root, seed):
    X, y, classes = _read(train_root)
    return _fit(_small(classes), X, y, seed, epochs=15)


@says("same seed gave another model")
def wrong_train_pictures_augmentation_unseeded(train_root, seed):
    torch.manual_seed(seed)
    X, y, classes = _read(train_root)
    model = _small(classes)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    for _ in range(15):
        for i in torch.randperm(len(X)).split(20):
            x = torch.rot90(X[i], random.randrange(4), (2, 3))
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x), y[i]).backward()
            optimizer.step()
    return model


@says("logits should have shape")
def wrong_train_pictures_four_classes(train_root, seed):
    torch.manual_seed(seed)
    X, y, classes = _read(train_root)
    return _fit(_small(4), X, y, seed, epochs=15)


@says("nn.Module is due")
def wrong_train_pictures_state_dict(train_root, seed):
    torch.manual_seed(seed)
    X, y, classes = _read(train_root)
    return _fit(_small(classes), X, y, seed, epochs=2).state_dict()


class _NotAlone(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, x):
        return self.net(x).squeeze()


@says("single picture")
def wrong_train_pictures_not_alone(train_root, seed):
    torch.manual_seed(seed)
    X, y, classes = _read(train_root)
    return _NotAlone(_fit(_small(classes), X, y, seed, epochs=15))
