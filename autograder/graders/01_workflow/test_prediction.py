"""Hidden checks of 01_workflow/prediction."""

import random

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn

from autograder.checks import assert_close, assert_equal, check, expect, fail, in_worker, info
from autograder.figures import describe_figure

NO_EVAL = "Dropout or batch norm worked as in training while you predicted: call model.eval() first."
STILL_A_GRAPH = (
    "A graph was built while you predicted. eval() does not stop the recording of gradients, and detaching the result comes "
    "too late: call the model inside torch.inference_mode()."
)

# ------------------------------------------------------------------------------------------------------------- predict


@in_worker
class Net(nn.Module):
    """Linear, batch norm, dropout, linear; notes at each call whether it records. Raises where it is told to."""

    records = []

    def __init__(self, broken=False):
        super().__init__()
        self.broken = broken
        self.first = nn.Linear(3, 4)
        self.inner = nn.Sequential(nn.BatchNorm1d(4), nn.Dropout(0.5))
        self.last = nn.Linear(4, 2)

    def forward(self, x):
        hidden = self.inner(self.first(x))
        if self.broken:
            raise RuntimeError("this model is broken")
        out = self.last(hidden)
        type(self).records.append(out.requires_grad or hidden.requires_grad)
        return out


@in_worker
def random_states():
    numpy_state = np.random.get_state()
    return random.getstate(), numpy_state[1].tobytes(), numpy_state[2], torch.get_rng_state().numpy().tobytes()


@in_worker
def run_predict(student, state, X, modes, grads=None, broken=False, tracked=False):
    model = Net(broken)
    model.load_state_dict(state)
    for module, mode in zip(model.modules(), modes):
        module.training = mode
    for parameter, grad in zip(model.parameters(), grads or []):
        parameter.grad = grad.clone()
    model.last.bias.requires_grad_(False)
    X.requires_grad_(tracked)
    Net.records.clear()
    before, raised, answer = random_states(), False, None
    try:
        answer = student.predict(model, X)
    except RuntimeError as error:
        if "this model is broken" not in str(error):
            raise
        raised = True
    return {
        "answer": answer,
        "raised": raised,
        "drew": before != random_states(),
        "recorded": any(Net.records),
        "modes": [module.training for module in model.modules()],
        "recording": torch.is_grad_enabled(),
        "state": {name: value.clone() for name, value in model.state_dict().items()},
        "grads": [parameter.grad for parameter in model.parameters()],
        "tracked": [parameter.requires_grad for parameter in model.parameters()],
        "X": X.detach().clone(),
    }


MODES = (True,) * 6


def _state():
    state = Net().state_dict()
    for name, value in state.items():
        if name.endswith("running_var"):
            value.uniform_(1.5, 3)
        elif value.is_floating_point():
            value.uniform_(-1, 1)
    return {name: value.clone() for name, value in state.items()}


def _answer(state, X, dropout=False, norm=False):
    model = Net().eval()
    model.load_state_dict(state)
    model.inner[0].train(norm)
    model.inner[1].train(dropout)
    with torch.no_grad():
        return model(X)


@check("predict", points=2, hint="model.eval() before the forward pass.")
def test_predict_answers_in_eval_mode(student):
    """gives the model's output in eval mode, for a batch of any size"""
    state = _state()
    for n, modes in ((8, MODES), (8, (False,) * 6), (1, MODES), (0, MODES)):
        X = torch.randn(n, 3)
        try:
            got = run_predict(student, state, X, list(modes))["answer"]
        except ValueError as error:
            if "more than 1 value per channel" in str(error):
                fail(NO_EVAL)
            raise
        want = _answer(state, X)
        if (
            isinstance(got, torch.Tensor)
            and n == 8
            and (got.shape, got.dtype) == (want.shape, want.dtype)
            and not torch.allclose(got, want, atol=1e-4)
        ):
            again = run_predict(student, state, X, list(modes))["answer"]
            if not torch.equal(got, again) or torch.allclose(got, _answer(state, X, norm=True), atol=1e-4):
                fail(NO_EVAL)
        lost = {"A dimension is lost: leave the shape as the model gives it.": want.squeeze()}
        assert_close(got, want, what="the prediction", mistakes=lost if n == 1 else None)


@check("predict", hint="Two switches: model.eval() and, around the call, torch.inference_mode().")
def test_predict_builds_no_graph(student):
    """builds no graph, and returns a tensor without history"""
    state, X = _state(), torch.randn(6, 3)
    for tracked in (False, True):
        out = run_predict(student, state, X, list(MODES), tracked=tracked)
        got = out["answer"]
        expect(isinstance(got, torch.Tensor), f"expected a tensor, got {type(got).__name__}")
        if info(got).requires_grad or out["recorded"]:
            fail(STILL_A_GRAPH)
        assert_close(got, _answer(state, X), what="the prediction")
        expect(out["recording"], "gradient recording is still off after the call: use `with`, which switches it on again")


@check("predict", hint="model.training is the flag of the outermost module only; each module has its own.")
def test_predict_puts_the_modes_back(student):
    """puts the mode of every submodule back"""
    state, X = _state(), torch.randn(6, 3)
    for modes in (MODES, (False,) * 6, (True, True, False, False, True, True), (False, False, True, True, False, False)):
        out = run_predict(student, state, X, list(modes))
        assert_close(out["answer"], _answer(state, X), what="the prediction")
        expect(
            out["modes"] == list(modes),
            "after predict, the model is not in the mode it came in: note module.training of every one of model.modules() "
            "before you switch, and write each back at the end",
        )


@check("predict", hint="try: … finally: … runs the restoring lines also when an error passes through.")
def test_predict_puts_the_modes_back_after_an_error(student):
    """puts the mode of every submodule back also when forward raises"""
    state, X = _state(), torch.randn(6, 3)
    assert_close(run_predict(student, state, X, list(MODES))["answer"], _answer(state, X), what="the prediction")
    for modes in (MODES, (True, True, False, False, True, True)):
        out = run_predict(student, state, X, list(modes), broken=True)
        expect(
            out["modes"] == list(modes),
            "forward raised an error, and the model stayed in eval mode: put the modes back in a finally block",
        )
        expect(out["recording"], "forward raised an error, and gradient recording stayed off: use `with torch.inference_mode():`")
        expect(out["raised"], "forward raised an error, and predict kept it to itself: let it pass, with finally and without except")


@check("predict", hint="A prediction reads: no zero_grad, no seed, nothing in place.")
def test_predict_changes_nothing(student):
    """leaves parameters, .grad, buffers, X and the random state as they were"""
    state, X = _state(), torch.randn(6, 3)
    given = X.clone()
    grads = [torch.rand_like(value) for name, value in state.items() if "running" not in name and "batches" not in name]
    out = run_predict(student, state, X, list(MODES), grads)
    assert_close(out["answer"], _answer(state, given), what="the prediction")
    assert_equal(out["state"], state, what="the model's parameters and buffers")
    expect(all(grad is not None for grad in out["grads"]), "predict erased .grad; leave it alone")
    assert_equal(out["grads"], grads, what=".grad of the parameters")
    expect(out["tracked"] == [True] * 5 + [False], "a parameter was frozen or unfrozen; leave requires_grad alone")
    assert_equal(out["X"], given, what="X after the call")
    expect(not out["drew"], "the global random state was changed; a prediction draws nothing")


# --------------------------------------------------------------------------------------------------- plot_predictions


@in_worker
def draw(student, data, keyword, tracked):
    """Call plot_predictions with each set of data in turn; what the Axes show after all calls."""
    plt.close("all")
    calls, drawn, before = [], [], random_states()
    for given in data:
        *points, predictions = [None if value is None else value.clone().requires_grad_(tracked) for value in given]
        if tracked and predictions is not None:
            predictions = predictions * 1.0
        calls.append([*points, predictions])
        if predictions is None:
            drawn.append(student.plot_predictions(*points))
        elif keyword:
            drawn.append(student.plot_predictions(*points, predictions=predictions))
        else:
            drawn.append(student.plot_predictions(*points, predictions))
    for ax in drawn:
        if not isinstance(ax, plt.Axes):
            return {"other": type(ax).__name__}
        if ax.figure is None or ax not in ax.figure.axes:
            return {"gone": True}
    found = []
    for ax in drawn:
        shown = describe_figure(ax)["axes"][ax.figure.axes.index(ax)]
        marks = [
            line.get_xydata()
            for line in ax.get_lines()
            if line.get_linestyle() in ("None", " ", "") and str(line.get_marker()) not in ("None", " ", "")
        ]
        joined = [line.get_xydata() for line in ax.get_lines() if line.get_linestyle() not in ("None", " ", "")]
        outside = [text.get_text() for legend in ax.figure.legends for text in legend.get_texts()]
        found.append(
            {
                "points": [np.array(scatter["xy"], dtype=float).reshape(-1, 2) for scatter in shown["scatters"]]
                + [np.array(xy, dtype=float).reshape(-1, 2) for xy in marks],
                "joined": len(joined),
                "legend": (shown["legend"] or []) + outside,
                "labels": (shown["xlabel"], shown["ylabel"]),
            }
        )
    figures = [id(ax.figure) for ax in drawn]
    flags = [[None if v is None else (v.requires_grad, v.detach()) for v in values] for values in calls]
    return {"axes": found, "figures": figures, "inputs": flags, "drew": before != random_states()}


def _problem(column=True, predictions=True, train=7, test=4):
    values = [torch.randn(n) for n in (train, train, test, test)] + [torch.randn(test) if predictions else None]
    return [value.unsqueeze(1) if column and value is not None else value for value in values]


def _points(x, y):
    return np.stack([x.flatten().numpy(), y.flatten().numpy()], axis=1).astype(float)


def _same_points(a, b):
    a, b = (points[np.lexsort(points.T)] for points in (a, b))
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-5, atol=1e-6))


def _judge(axes, values):
    """Fails where the Axes do not show exactly the training data, the test data and (if given) the predictions."""
    X_train, y_train, X_test, y_test, predictions = values
    wanted = {"training data": _points(X_train, y_train), "test data": _points(X_test, y_test)}
    if predictions is not None:
        wanted["predictions"] = _points(X_test, predictions)
    left = list(axes["points"])
    for name, points in wanted.items():
        match = next((i for i, found in enumerate(left) if _same_points(found, points)), None)
        if match is not None:
            del left[match]
            continue
        if any(_same_points(found, points[:, ::-1]) for found in left):
            fail(f"The {name} are drawn with the axes exchanged: X to the right, y upwards.")
        if name == "predictions" and any(_same_points(found, _points(y_test, predictions)) for found in left):
            fail("The predictions are drawn against y_test; they belong to X_test.")
        if axes["joined"]:
            fail(f"There is no scatter of the {name}, but a line that joins points: use scatter.")
        fail(f"There is no scatter that shows the {name}, each point once.")
    expect(not left, f"there are {len(left)} scatters too many: one for each group was asked for")
    x, y = axes["labels"]
    expect(x.strip() and y.strip(), "an axis has no label: set_xlabel and set_ylabel")
    texts = {text.strip() for text in axes["legend"] if text.strip()}
    expect(axes["legend"], "there is no legend, or it is empty: give each scatter a label= and call legend() after drawing")
    expect(len(texts) >= len(wanted), "the legend does not name each scatter: give each one a label= of its own")


def _draw(student, *data, keyword=True, tracked=False):
    out = draw(student, list(data), keyword, tracked)
    if "other" in out:
        fail(f"expected the matplotlib Axes that were drawn into, got {out['other']}.")
    if "gone" in out:
        fail("Two calls drew into the same figure, and the later one wiped the earlier: begin each call with plt.subplots().")
    return out


@check("plot_predictions", points=2, hint="One scatter for each group, with a label, then legend(), set_xlabel, set_ylabel.")
def test_plot_shows_three_groups(student):
    """shows training data, test data and predictions (at X_test) as one scatter each, with labels and a legend"""
    for column in (True, False):
        values = _problem(column)
        _judge(_draw(student, values)["axes"][0], values)
    values = _problem(test=1)
    values[-1] = torch.zeros(1, 1)
    _judge(_draw(student, values, keyword=False)["axes"][0], values)


@check("plot_predictions", hint="predictions is None where nothing was passed: draw two scatters then.")
def test_plot_without_predictions(student):
    """shows only training and test data where no predictions are given"""
    values = _problem(predictions=False)
    _judge(_draw(student, values)["axes"][0], values)


@check("plot_predictions", hint="plt.subplots() makes a new figure; plt.gca() takes the one that is there.")
def test_plot_has_its_own_figure(student):
    """draws each call into a new figure, and leaves earlier ones alone"""
    data = [_problem(), _problem(predictions=False), _problem(False)]
    out = _draw(student, *data)
    expect(
        len(set(out["figures"])) == 3,
        "two calls drew into the same figure: begin each call with plt.subplots()",
    )
    for axes, values in zip(out["axes"], data):
        _judge(axes, values)


@check("plot_predictions", hint="matplotlib wants arrays: x.detach().cpu().numpy().")
def test_plot_takes_tensors_that_require_grad(student):
    """takes tensors that require grad, and leaves them and the random state as they were"""
    values = _problem()
    try:
        out = _draw(student, values, tracked=True)
    except RuntimeError as error:
        if "requires grad" in str(error):
            fail("A tensor that requires grad can't become a NumPy array, which matplotlib needs: detach() it first.")
        raise
    _judge(out["axes"][0], values)
    after = out["inputs"][0]
    expect(all(flag for flag, _ in after), "an input no longer requires grad: detach_() and requires_grad_() act in place, detach() does not")
    assert_equal([value for _, value in after], values, what="the inputs after the call")
    expect(not out["drew"], "the global random state was changed; a plot draws no random numbers")
