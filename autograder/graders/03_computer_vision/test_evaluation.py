"""Hidden checks of 03_computer_vision/evaluation."""

import torch
from torch import nn

from autograder.calibrate import sibling
from autograder.checks import assert_close, assert_equal, check, expect, fail, in_worker

PretendDevice = sibling(__file__, "pretend_device.py").PretendDevice

NO_EVAL = "Dropout and batch norm worked as in training while you predicted: call model.eval() first."
STILL_A_GRAPH = (
    "A graph was built while you predicted. eval() does not stop the recording of gradients: wrap the loop in torch.inference_mode()."
)
MODES = (
    "The modes were not put back: note module.training of every one of model.modules() first, and write each back at the end."
)
DEVICE = "A batch on the CPU met a model on another device. Move the pictures, and keep the result: X = X.to(device)."
BACK = "The result stays on the model's device: bring it to the CPU with .cpu(), batch by batch."
NAMES = ("Mug", "Fork", "Bowl", "Plate", "Knife")


# ------------------------------------------------------------------------------------ beside the student's code


@in_worker
class Net(nn.Module):
    """A small classifier of 2x5x5 pictures into 4 classes; notes at each call its modes and whether it records."""

    calls = []

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 3, 3, stride=2)
        self.norm = nn.BatchNorm2d(3)
        self.head = nn.Sequential(nn.Tanh(), nn.Flatten(), nn.Linear(12, 4))

    def forward(self, x):
        out = self.head(self.norm(self.conv(x)))
        type(self).calls.append((self.training, self.norm.training, out.requires_grad))
        return out


@in_worker
def run_predict_all(student, state, data, batch_size, seed, modes=None):
    model = Net()
    model.load_state_dict(state)
    for module, mode in zip(model.modules(), modes or [True] * 99):
        module.training = mode
    Net.calls.clear()
    generator = torch.Generator().manual_seed(seed or 0)
    loader = DataLoader(TensorDataset(*data), batch_size, shuffle=seed is not None, generator=generator)
    given, before = [t.clone() for t in data], torch.get_rng_state()
    answer = student.predict_all(model, loader, torch.device("cpu") if seed is None else "cpu")
    return {
        "answer": answer, "modes": [m.training for m in model.modules()], "calls": list(Net.calls),
        "state": {key: value.clone() for key, value in model.state_dict().items()}, "recording": torch.is_grad_enabled(),
        "same_data": all(torch.equal(a, b) for a, b in zip(given, data)), "drew": not torch.equal(before, torch.get_rng_state()),
    }


@in_worker
def tag_on_the_cpu(batch):
    from torch.utils.data import default_collate

    return [PretendDevice.put(tensor, "cpu") for tensor in default_collate(batch)]


@in_worker
def predict_on_pretended_device(student, state, data):
    """Where probabilities and labels end up when the model is on a GPU; "mixed" where two devices met."""
    try:
        with PretendDevice():
            model = Net()
            model.load_state_dict(state)
            for tensor in (*model.parameters(), *model.buffers()):
                PretendDevice.put(tensor, "cuda")
            loader = DataLoader(TensorDataset(*data), 4, collate_fn=tag_on_the_cpu)
            answer = student.predict_all(model, loader, torch.device("cuda"))
            return [PretendDevice.where(tensor) for tensor in answer]
    except Exception as error:
        return "mixed" if "on the same device" in str(error) else "unknown"


@in_worker
def draw(student, images, labels, predictions, names, twice):
    """What is in a figure; with `twice`, whether it is another one than that of an earlier call."""
    from matplotlib.figure import FigureBase

    given = [t.clone() for t in (images, labels, predictions)]
    states = torch.get_rng_state()
    first = student.plot_predictions(images[:2], labels[:2], predictions[:2], list(names)) if twice else None
    figure = student.plot_predictions(images, labels, predictions, list(names))
    if not isinstance(figure, FigureBase):
        return {"problem": type(figure).__name__}
    titles = []
    for axes in figure.axes:
        texts = [axes.title, axes._left_title, axes._right_title]
        shown = [text for text in texts if text.get_text().strip()]
        titles.append((" ".join(text.get_text() for text in shown), shown[0].get_color() if shown else None))
    import matplotlib.colors

    return {
        "drawn": describe_figure(figure), "new": figure is not first,
        "titles": [(text, None if color is None else matplotlib.colors.to_rgba(color)) for text, color in titles],
        "same": all(torch.equal(a, b) for a, b in zip(given, (images, labels, predictions))),
        "drew": not torch.equal(states, torch.get_rng_state()), "boxes": [list(axes.get_position().bounds) for axes in figure.axes],
    }


# ------------------------------------------------------------------------------------------------- predict_all


def _state():
    state = Net().state_dict()
    for name, value in state.items():
        if name.endswith("running_var"):
            value.uniform_(1.5, 3)
        elif value.is_floating_point():
            value.uniform_(-0.9, 0.9)
    return {name: value.clone() for name, value in state.items()}


def _logits(state, X, training=False, batch=None):
    model = Net()
    model.load_state_dict(state)
    model.train(training)
    with torch.no_grad():
        return torch.cat([model(x) for x in X.split(batch or len(X))])


def _data(n=11):
    return torch.randn(n, 2, 5, 5) * 2, torch.arange(n) % 4


def _pair(answer):
    expect(isinstance(answer, (tuple, list)) and len(answer) == 2, "a pair was due: (probabilities, labels).")
    for value, name in zip(answer, ("probabilities", "labels")):
        if isinstance(value, (list, tuple)):
            fail(f"{name} came batch by batch, as a {type(value).__name__}: join the batches with torch.cat.")
    return answer


def _order_of(data, seed, batch_size):
    """Indices in the order in which a loader of that seed gives them."""
    generator = torch.Generator().manual_seed(seed or 0)
    loader = torch.utils.data.DataLoader(range(len(data[1])), batch_size, shuffle=seed is not None, generator=generator)
    return torch.cat(list(loader))


def _check_probabilities(got, state, data, batch=4, order=None):
    X = data[0] if order is None else data[0][order]
    logits = _logits(state, X)
    last = len(X) - len(X) % batch if len(X) % batch else 0
    in_order = lambda: _logits(state, data[0]).softmax(1)  # noqa: E731
    assert_close(got, logits.softmax(1), what="probabilities", rtol=1e-4, atol=1e-5, mistakes={
        "These are logits: softmax makes probabilities of them.": logits,
        "The softmax went over the batch (dim 0): normalise over the classes, dim=1, so that each row sums to 1.":
            lambda: torch.cat([part.softmax(0) for part in logits.split(batch)]),
        "The softmax went over all pictures (dim 0): normalise over the classes, dim=1, so that each row sums to 1.": logits.softmax(0),
        "The softmax was taken twice.": logits.softmax(1).softmax(1),
        "A sigmoid gives each class a probability of its own; for one class out of several it is the softmax.": logits.sigmoid(),
        "These are logarithms of probabilities.": logits.log_softmax(1),
        NO_EVAL: lambda: _logits(state, X, training=True, batch=batch).softmax(1),
        "Only the last batch was kept: append each to a list and join them with torch.cat at the end.": lambda: logits[last:].softmax(1),
        "These are class ids; the probabilities of all classes are asked for.": logits.argmax(1),
        "Only the highest probability of each picture was kept; all classes are asked for.": logits.softmax(1).max(1).values,
        "The predictions come in the data set's order, not in the loader's: take them as the loop brings them.": in_order,
    })


def _check_labels(got, labels, order=None):
    want = labels if order is None else labels[order]
    if isinstance(got, torch.Tensor) and got.dtype == want.dtype and got.shape == want.shape and not torch.equal(got, want):
        if torch.equal(got.sort().values, want.sort().values):
            fail("The labels come in another order than the predictions: take both from the same round through the loader.")
    assert_equal(got, want, what="labels")


@check("predict_all", points=2, hint="softmax(dim=1) on each batch's logits; torch.cat at the end.")
def test_predicts_every_picture(student):
    """gives softmax probabilities (N, C) and labels (N,) of all batches, the smaller last one too"""
    state, data = _state(), _data()
    for batch_size in (4, 11, 1, 32):
        out = run_predict_all(student, state, list(data), batch_size, None)
        probabilities, labels = _pair(out["answer"])
        _check_probabilities(probabilities, state, data, batch_size)
        _check_labels(labels, data[1])


@check("predict_all", hint="One round through the loader gives predictions and labels.")
def test_keeps_the_loaders_order(student):
    """keeps the loader's order, also of one that shuffles: each label beside its picture's prediction"""
    state, data = _state(), _data(17)
    order = _order_of(data, 9, 5)
    out = run_predict_all(student, state, list(data), 5, 9)
    probabilities, labels = _pair(out["answer"])
    _check_probabilities(probabilities, state, data, 5, order)
    _check_labels(labels, data[1], order)


@check("predict_all", hint="Two switches: model.eval() and torch.inference_mode().")
def test_predicts_without_a_trace(student):
    """works in eval mode without a graph, and changes neither model nor data"""
    state, data = _state(), _data()
    out = run_predict_all(student, state, list(data), 4, None)
    if any(whole or norm for whole, norm, _ in out["calls"]):
        fail(NO_EVAL)
    if any(records for *_, records in out["calls"]):
        fail(STILL_A_GRAPH)
    _check_probabilities(_pair(out["answer"])[0], state, data)
    expect(out["recording"], "gradient recording is still off after the call: use `with`, which switches it on again.")
    assert_equal(out["state"], state, what="the model's parameters and buffers")
    expect(out["same_data"], "the data you were given was changed.")
    shuffled = run_predict_all(student, state, list(data), 4, 2)
    expect(not shuffled["drew"], "the global random state was changed; predict_all has no seed, so leave it alone.")


@check("predict_all", hint="model.training is the flag of the outermost module only.")
def test_predict_all_puts_the_modes_back(student):
    """puts the mode of every submodule back"""
    state, data = _state(), _data()
    for modes in ([True] * 7, [False] * 7, [True, True, False, True, False, True, True]):
        out = run_predict_all(student, state, list(data), 4, None, modes)
        _check_probabilities(_pair(out["answer"])[0], state, data)
        expect(out["modes"] == modes, MODES)


@check("predict_all", hint="Two moves: the pictures to the device, the predictions back to the CPU.")
def test_predict_all_moves_there_and_back(student):
    """moves the pictures to the device, and gives probabilities and labels on the CPU"""
    state, data = _state(), _data()
    _check_probabilities(_pair(run_predict_all(student, state, list(data), 4, None)["answer"])[0], state, data)
    answer = predict_on_pretended_device(student, state, list(data))
    if answer == "mixed":
        fail(DEVICE)
    if isinstance(answer, list) and "cuda" in answer:
        fail(BACK)


# ----------------------------------------------------------------------------------------------- most_confused


def _counts(n):
    """A confusion matrix with a heavy diagonal and no two equal counts."""
    counts = torch.randperm(n * n).view(n, n) + 1
    return counts + torch.diag(torch.full((n,), 3 * n * n))


def _largest_off(matrix):
    off = [(int(matrix[i, j]), -i, -j) for i in range(len(matrix)) for j in range(len(matrix)) if i != j]
    _, i, j = max(off)
    return -i, -j


def _check_pair(got, matrix, more=None):
    expect(isinstance(got, (tuple, list)), f"a pair (true, predicted) was due; {type(got).__name__} came.")
    if any(isinstance(value, torch.Tensor) for value in got):
        fail("The pair holds tensors: .item() makes Python ints of them.")
    i, j = _largest_off(matrix)
    c = len(matrix)
    flat = int(matrix.argmax())
    assert_equal(tuple(got), (i, j), what="the pair", mistakes={
        **(more or {}),
        "This pair stands on the diagonal: these are right predictions. Put something smaller there first.": divmod(flat, c),
        "Row and column are exchanged: (true, predicted) is (row, column).": (j, i),
    })


@check("most_confused", hint="clone(), then something below every count on the diagonal.")
def test_finds_the_largest_mistake(student):
    """gives (true, predicted) of the largest count off the diagonal, wherever it is"""
    for n in (2, 3, 5, 10):
        matrix = _counts(n)
        _check_pair(student.most_confused(matrix), matrix)
    for at in ((0, 3), (3, 0), (2, 3)):
        matrix = torch.diag(torch.tensor([9, 9, 9, 9])) + 1
        matrix[at] = 40  # larger than the diagonal
        symmetric = (matrix + matrix.T).fill_diagonal_(0)
        _check_pair(student.most_confused(matrix), matrix, {
            "This is the first pair of the two classes, not the largest count: the matrix is not symmetric.": divmod(int(symmetric.argmax()), 4)})


@check("most_confused", hint="argmax of the matrix read flat gives the first of equal ones.")
def test_takes_the_first_of_equal_ones(student):
    """takes the first in reading order of several equal counts"""
    for places in (((0, 2), (1, 0), (2, 1)), ((1, 0), (1, 2)), ((2, 0), (2, 1)), ((0, 1), (1, 0))):
        matrix = torch.diag(torch.randint(20, 40, (3,)))
        for place in places:
            matrix[place] = 7
        last = places[-1]
        _check_pair(student.most_confused(matrix), matrix, {"This is the last of several equal counts; the first in reading order is asked for.": last})


@check("most_confused", hint="With 0 on the diagonal, a diagonal place may win.")
def test_looks_off_the_diagonal_alone(student):
    """never gives a diagonal place, also where every count off it is 0"""
    matrix = torch.diag(torch.tensor([3, 1, 9, 4]) + torch.randint(1, 4, ()))
    _check_pair(student.most_confused(matrix), matrix, {
        "This place is on the diagonal: with 0 there it ties with the others. Put something below every count there, such as -1.": (0, 0)})
    matrix = torch.zeros(3, 3, dtype=torch.int64)
    matrix[2, 1] = 1
    _check_pair(student.most_confused(matrix), matrix)


@check("most_confused", hint="Work for a matrix that is not contiguous, too.")
def test_reads_a_transposed_matrix(student):
    """works for a matrix that is not contiguous, and leaves it as it was"""
    matrix = _counts(4).T
    expect(not matrix.is_contiguous(), "grader: this matrix should not be contiguous")
    _check_pair(student.most_confused(matrix), matrix)


# -------------------------------------------------------------------------------------------------- most_wrong


def _sure(n, c=4):
    """n rows of probabilities; the highest ones all differ, and lie in no order."""
    top = torch.linspace(0.4, 0.95, n)[torch.randperm(n)]
    predicted = torch.randint(0, c, (n,))
    rest = torch.rand(n, c) + 0.5
    rest[torch.arange(n), predicted] = 0
    p = rest / rest.sum(1, keepdim=True) * (1 - top).unsqueeze(1)
    p[torch.arange(n), predicted] = top
    return p, predicted


def _case(n=12, wrong=7):
    p, predicted = _sure(n)
    labels = predicted.clone()
    at = torch.randperm(n)[:wrong]
    labels[at] = (labels[at] + torch.randint(1, 4, (wrong,))) % 4
    return p, labels


def _wrong_first(p, labels):
    wrong = [i for i in range(len(labels)) if int(p[i].argmax()) != int(labels[i])]
    return torch.tensor(sorted(wrong, key=lambda i: -float(p[i].max())), dtype=torch.int64)


def _check_wrong(got, p, labels, k):
    want = _wrong_first(p, labels)[:k]
    everything = p.max(1).values.argsort(descending=True)
    true_class = p[torch.arange(len(labels)), labels]
    wrong = p.argmax(1) != labels
    within = p.max(1).values[wrong].argsort(descending=True)[:k]
    assert_equal(got, want, what="the indices", mistakes={
        "Right predictions are among them: keep only those where the predicted class is not the label.": everything[:k],
        "These are positions among the wrong ones: use them to index the wrong ones' positions in the whole set.": within,
        "The least sure mistakes come first: sort in descending order.": _wrong_first(p, labels).flip(0)[:k],
        "These are the most sure mistakes, but in the data set's order: the surest comes first.": want.sort().values,
        "These are all mistakes in the data set's order: the surest come first.": wrong.nonzero().squeeze(1)[:k],
        "Sorted by the true class's probability; the highest predicted probability is asked for.":
            lambda: torch.tensor(sorted(wrong.nonzero().squeeze(1).tolist(), key=lambda i: float(true_class[i])))[:k],
        "These are the probabilities; the indices are asked for.": p.max(1).values[want],
        "All mistakes came back; only k are asked for.": _wrong_first(p, labels),
    })


@check("most_wrong", points=2, hint="Pick the wrong ones first, sort them by how sure the model was, slice.")
def test_gives_the_surest_mistakes(student):
    """gives the indices of the k surest mistakes, the surest first"""
    for n, wrong, k in ((12, 7, 3), (12, 7, 1), (20, 19, 10), (9, 4, 4)):
        p, labels = _case(n, wrong)
        _check_wrong(student.most_wrong(p, labels, k), p, labels, k)


@check("most_wrong", points=2, hint="A slice [:k] takes what there is; topk wants all k.")
def test_gives_fewer_where_there_are_fewer(student):
    """gives fewer than k where fewer are wrong, and an empty int64 tensor where none is"""
    for wrong in (3, 1, 0):
        p, labels = _case(10, wrong)
        for k in (5, 25):
            _check_wrong(student.most_wrong(p, labels, k), p, labels, k)
    p, labels = _case(10, 4)
    got = student.most_wrong(p, labels, 0)
    expect(isinstance(got, torch.Tensor) and tuple(got.shape) == (0,), "k = 0: an empty tensor of shape (0,) was due.")


@check("most_wrong", hint="A sample that was predicted rightly is not wrong, however little its label's probability.")
def test_judges_by_the_predicted_class(student):
    """takes the class with the highest probability as the prediction, in float64 too"""
    p = torch.tensor([[0.30, 0.25, 0.25, 0.20], [0.10, 0.40, 0.30, 0.20], [0.05, 0.05, 0.45, 0.45 - 1e-3], [0.90, 0.04, 0.03, 0.03]])
    p, labels = p[:, torch.randperm(4)], torch.zeros(4, dtype=torch.int64)
    labels[:] = p.argmax(1)
    labels[2] = (labels[2] + 1) % 4
    labels[0] = (labels[0] + 2) % 4
    for values in (p, p.double()):
        _check_wrong(student.most_wrong(values, labels, 3), values, labels, 3)
    p, labels = _case(15, 8)
    _check_wrong(student.most_wrong(p.T.contiguous().T, labels, 6), p, labels, 6)


# -------------------------------------------------------------------------------------------- plot_predictions


def _drawing(student, n, wrong, shape=(6, 7), twice=False):
    images = torch.rand(n, 1, *shape)
    labels = torch.arange(n) % 5
    predictions = labels.clone()
    for i in wrong:
        predictions[i] = (labels[i] + 1 + i % 3) % 5
    out = draw(student, images, labels, predictions, NAMES, twice)
    problem = out.get("problem")
    expect(problem is None, f"a matplotlib Figure was due; {problem} came." + (" Return the figure, not the axes." if problem in ("Axes", "ndarray") else ""))
    used = [i for i, axes in enumerate(out["drawn"]["axes"]) if axes["images"] and axes["visible"]]
    shown = [out["drawn"]["axes"][i]["images"][0]["data"] for i in used]
    expect(len(shown) == n, f"{n} pictures were given, each for an axes of its own; {len(shown)} axes hold a picture.")
    return images, labels, predictions, out, used, shown


def _stretched(values):
    values = torch.as_tensor(values).double().squeeze()
    return (values - values.min()) / (values.max() - values.min()).clamp(min=1e-12)


def _check_pictures(images, shown):
    found = []
    for data in shown:
        data = torch.as_tensor(data)
        expect(data.ndim == 2 or data.shape[-1] in (1, 3, 4), "a picture is shown that is neither (H, W) nor (H, W, 3).")
        flat = data if data.ndim == 2 else data[..., 0]
        expect(flat.shape == images.shape[2:], f"a picture of {tuple(images.shape[2:])} pixels is shown with {tuple(flat.shape)}: "
               "rows go down, columns to the right.")
        near = [i for i in range(len(images)) if torch.allclose(_stretched(flat), _stretched(images[i, 0]), atol=0.02)]
        expect(near, "an axes shows something else than one of the pictures, as it was given.")
        found.append(near[0])
    if found != list(range(len(images))):
        fail("The pictures are shown in another order than they were given, or one of them several times.")


def _reddish(color):
    return color is not None and color[0] > 0.5 and color[0] > 1.8 * max(color[1], color[2])


def _check_titles(labels, predictions, out, used):
    for i, at in enumerate(used):
        text, color = out["titles"][at]
        expect(text, "a picture has no title: set_title with the names of prediction and truth.")
        for what, c in (("predicted class", predictions[i]), ("true class", labels[i])):
            if NAMES[c] not in text:
                fail(f"A title does not name the {what} (by its name in class_names).")
        expect(not [n for n in NAMES if n in text and n not in (NAMES[labels[i]], NAMES[predictions[i]])],
               "A title names a class that is neither predicted nor true.")


def _check_colors(labels, predictions, out, used):
    for i, at in enumerate(used):
        _, color = out["titles"][at]
        wrong = bool(labels[i] != predictions[i])
        if wrong and not _reddish(color):
            fail("The title of a wrong prediction is not red: set_title(..., color=\"red\").")
        if not wrong and _reddish(color):
            fail("The title of a right prediction is red; only wrong ones are.")


@check("plot_predictions", points=2, seconds=10, hint="axes.imshow(image[0], cmap=\"gray\") for each of axes.flat.")
def test_shows_every_picture(student):
    """shows each picture once, in order, in axes of a new Figure"""
    for n in (4, 10):
        images, labels, predictions, out, used, shown = _drawing(student, n, (0, n - 1), twice=True)
        _check_pictures(images, shown)
        expect(out["new"], "two calls gave the same figure: make a new one each time (plt.subplots or plt.figure).")
        expect(out["same"], "the tensors you were given were changed.")
        expect(not out["drew"], "drawing moved the global random state.")
        boxes = {tuple(round(v, 3) for v in out["boxes"][at][:2]) for at in used}
        expect(len(boxes) == n, "pictures lie on top of each other: give each its own place in a grid.")


@check("plot_predictions", seconds=10, hint="squeeze=False keeps the array of axes 2-D; a grid may have places left over.")
def test_shows_any_number_of_pictures(student):
    """works for a single picture, and for numbers that fill no whole grid"""
    for n in (1, 2, 3, 5, 7):
        images, labels, predictions, out, used, shown = _drawing(student, n, (0,), shape=(5, 8))
        _check_pictures(images, shown)
        _check_titles(labels, predictions, out, used)


@check("plot_predictions", points=2, seconds=10, hint="class_names[prediction] and class_names[label] in set_title.")
def test_titles_name_prediction_and_truth(student):
    """titles each picture with the names of its predicted and its true class"""
    images, labels, predictions, out, used, shown = _drawing(student, 8, (1, 2, 5, 7))
    _check_pictures(images, shown)
    _check_titles(labels, predictions, out, used)


@check("plot_predictions", seconds=10, hint="set_title has a parameter color.")
def test_wrong_ones_are_red(student):
    """colours the titles of wrong predictions red, and of no others"""
    for wrong in ((1, 2), (), (0, 1, 2, 3)):
        images, labels, predictions, out, used, _ = _drawing(student, 4, wrong)
        _check_titles(labels, predictions, out, used)
        _check_colors(labels, predictions, out, used)
