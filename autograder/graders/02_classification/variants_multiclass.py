"""Right and wrong answers to 02_classification/multiclass."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

from autograder.checks import says

# --------------------------------------------------------------------------------------------------------- Classifier


class right_Classifier_attributes(nn.Module):
    def __init__(self, in_features, num_classes, hidden_units=32):
        super().__init__()
        self.hidden = nn.Linear(in_features, hidden_units)
        self.out = nn.Linear(hidden_units, num_classes)

    def forward(self, x):
        return self.out(torch.relu(self.hidden(x)))


class right_Classifier_three_layers(nn.Module):
    def __init__(self, in_features, num_classes, hidden_units=32):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(in_features, hidden_units), nn.Tanh(),
            nn.Linear(hidden_units, hidden_units), nn.Tanh(),
            nn.Linear(hidden_units, num_classes))

    def forward(self, x):
        return self.net(x)


class right_Classifier_sequential(nn.Sequential):
    def __init__(self, in_features, num_classes, hidden_units=32):
        super().__init__(nn.Linear(in_features, hidden_units), nn.GELU(), nn.Linear(hidden_units, num_classes))


class right_Classifier_parameters(nn.Module):
    def __init__(self, in_features, num_classes, hidden_units=32):
        super().__init__()
        self.W1 = nn.Parameter(torch.randn(in_features, hidden_units) * 0.3)
        self.b1 = nn.Parameter(torch.zeros(hidden_units))
        self.W2 = nn.Parameter(torch.randn(hidden_units, num_classes) * 0.3)

    def forward(self, x):
        return torch.sigmoid(x @ self.W1 + self.b1) @ self.W2


class _Base(nn.Module):
    def __init__(self, in_features, num_classes, hidden_units=32, bend=nn.ReLU, out=nn.Identity):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(in_features, hidden_units), bend(), nn.Linear(hidden_units, num_classes), out())

    def forward(self, x):
        return self.layers(x)


@says("softmax is inside")
class wrong_Classifier_softmax(_Base):
    def __init__(self, in_features, num_classes, hidden_units=32):
        super().__init__(in_features, num_classes, hidden_units, out=lambda: nn.Softmax(dim=1))


@says("log_softmax")
class wrong_Classifier_log_softmax(_Base):
    def __init__(self, in_features, num_classes, hidden_units=32):
        super().__init__(in_features, num_classes, hidden_units, out=lambda: nn.LogSoftmax(dim=1))


@says("able to be negative")
class wrong_Classifier_relu_out(_Base):
    def __init__(self, in_features, num_classes, hidden_units=32):
        super().__init__(in_features, num_classes, hidden_units, out=nn.ReLU)


@says("no sigmoid")
class wrong_Classifier_sigmoid_out(_Base):
    def __init__(self, in_features, num_classes, hidden_units=32):
        super().__init__(in_features, num_classes, hidden_units, out=nn.Sigmoid)


class wrong_Classifier_tanh_out(_Base):
    def __init__(self, in_features, num_classes, hidden_units=32):
        super().__init__(in_features, num_classes, hidden_units, out=nn.Tanh)


@says("two linear layers are one")
class wrong_Classifier_straight(_Base):
    def __init__(self, in_features, num_classes, hidden_units=32):
        super().__init__(in_features, num_classes, hidden_units, bend=nn.Identity)


@says("no hidden layer")
class wrong_Classifier_one_layer(nn.Module):
    def __init__(self, in_features, num_classes, hidden_units=32):
        super().__init__()
        self.layer = nn.Linear(in_features, num_classes)

    def forward(self, x):
        return self.layer(x)


@says("hidden_units is not used")
class wrong_Classifier_fixed_units(_Base):
    def __init__(self, in_features, num_classes, hidden_units=32):
        super().__init__(in_features, num_classes, 32)


class wrong_Classifier_other_default(_Base):
    def __init__(self, in_features, num_classes, hidden_units=16):
        super().__init__(in_features, num_classes, hidden_units)


class wrong_Classifier_three_classes(_Base):
    def __init__(self, in_features, num_classes, hidden_units=32):
        super().__init__(in_features, 3, hidden_units)


class wrong_Classifier_two_features(_Base):
    def __init__(self, in_features, num_classes, hidden_units=32):
        super().__init__(2, num_classes, hidden_units)


class wrong_Classifier_squeezes(_Base):
    def forward(self, x):
        return self.layers(x).squeeze()


class wrong_Classifier_labels(_Base):
    def forward(self, x):
        return self.layers(x).argmax(dim=1)


@says("nn.ModuleList")
class wrong_Classifier_plain_list(nn.Module):
    def __init__(self, in_features, num_classes, hidden_units=32):
        super().__init__()
        self.layers = [nn.Linear(in_features, hidden_units), nn.Linear(hidden_units, num_classes)]

    def forward(self, x):
        return self.layers[1](self.layers[0](x).relu())


@says("return")
class wrong_Classifier_no_return(_Base):
    def forward(self, x):
        self.layers(x)


@says("super().__init__()")
class wrong_Classifier_no_super(nn.Module):
    def __init__(self, in_features, num_classes, hidden_units=32):
        self.layer = nn.Linear(in_features, hidden_units)

    def forward(self, x):
        return self.layer(x)


class wrong_Classifier_mixes_samples(_Base):
    def forward(self, x):
        out = self.layers(x)
        return out - out.mean(dim=0) if len(x) else out


# ------------------------------------------------------------------------------ predict_probabilities, predict_classes


def right_predict_probabilities_no_grad(model, X):
    before = {name: module.training for name, module in model.named_modules()}
    model.eval()
    with torch.no_grad():
        probabilities = F.softmax(model(X), dim=-1)
    for name, module in model.named_modules():
        module.training = before[name]
    return probabilities


@torch.inference_mode()
def right_predict_probabilities_decorated(model, X):
    modes = [m.training for m in model.modules()]
    try:
        z = model.eval()(X)
        return torch.exp(z - z.logsumexp(dim=1, keepdim=True))
    finally:
        for m, mode in zip(model.modules(), modes, strict=True):
            m.training = mode


def right_predict_probabilities_row_by_row(model, X):
    import copy

    still = copy.deepcopy(model).eval()
    with torch.inference_mode():
        rows = [torch.softmax(still(x.unsqueeze(0)), 1) for x in X]
    return torch.cat(rows)


def _predict(model, X, last, modes=True, train=False, switch=True, graph=False):
    before = [(m, m.training) for m in model.modules()]
    if switch:
        model.eval()
    if graph:
        out = last(model(X))
    else:
        with torch.no_grad():
            out = last(model(X))
    if modes:
        for m, mode in before:
            m.training = mode
    elif train:
        model.train()
    return out


@says("over the batch")
def wrong_predict_probabilities_over_the_batch(model, X):
    return _predict(model, X, lambda z: z.softmax(dim=0))


@says("logits")
def wrong_predict_probabilities_logits(model, X):
    return _predict(model, X, lambda z: z)


@says("same answer twice")
def wrong_predict_probabilities_shuffled(model, X):
    g = torch.Generator().manual_seed(0)
    return _predict(model, X[torch.randperm(len(X), generator=g)], lambda z: z.softmax(1))


@says("sigmoid")
def wrong_predict_probabilities_sigmoid(model, X):
    return _predict(model, X, torch.sigmoid)


@says("log_softmax")
def wrong_predict_probabilities_logarithms(model, X):
    return _predict(model, X, lambda z: z.log_softmax(1))


@says("model.eval()")
def wrong_predict_probabilities_no_eval(model, X):
    return _predict(model, X, lambda z: z.softmax(1), switch=False)


@says("graph was built")
def wrong_predict_probabilities_graph(model, X):
    return _predict(model, X, lambda z: z.softmax(1), graph=True)


@says("graph was built")
def wrong_predict_probabilities_detached_late(model, X):
    return _predict(model, X, lambda z: z.softmax(1).detach(), graph=True)


@says("left in eval mode")
def wrong_predict_probabilities_stays_in_eval(model, X):
    return _predict(model, X, lambda z: z.softmax(1), modes=False)


@says("left in train mode")
def wrong_predict_probabilities_always_train(model, X):
    return _predict(model, X, lambda z: z.softmax(1), modes=False, train=True)


@says("woke a layer")
def wrong_predict_probabilities_top_mode_only(model, X):
    before = model.training
    out = _predict(model, X, lambda z: z.softmax(1))
    model.train(before)
    return out


@says("nan")
def wrong_predict_probabilities_overflow(model, X):
    return _predict(model, X, lambda z: z.exp() / z.exp().sum(1, keepdim=True))


def wrong_predict_probabilities_squeezed(model, X):
    return _predict(model, X, lambda z: z.softmax(1).squeeze())


@says("largest probability")
def wrong_predict_probabilities_largest(model, X):
    return _predict(model, X, lambda z: z.softmax(1).max(dim=1).values)


def wrong_predict_probabilities_numpy(model, X):
    return _predict(model, X, lambda z: z.softmax(1).numpy())


@says("twice")
def wrong_predict_probabilities_twice(model, X):
    return _predict(model, X, lambda z: z.softmax(1).softmax(1))


def right_predict_classes_max(model, X):
    before = [(m, m.training) for m in model.modules()]
    model.eval()
    with torch.no_grad():
        labels = torch.max(model(X), dim=1).indices
    for m, mode in before:
        m.training = mode
    return labels


def right_predict_classes_probabilities(model, X):
    modes = {m: m.training for m in model.modules()}
    model.eval()
    with torch.inference_mode():
        p = torch.softmax(model(X), dim=1)
        labels = torch.argmax(p, dim=-1)
    for m in modes:
        m.training = modes[m]
    return labels


def right_predict_classes_sorted(model, X):
    modes = list(map(lambda m: m.training, model.modules()))
    for m in model.modules():
        m.training = False
    with torch.set_grad_enabled(False):
        labels = model(X).topk(1).indices.squeeze(1)
    for m, mode in zip(model.modules(), modes, strict=True):
        m.training = mode
    return labels


@says("one number for the whole batch")
def wrong_predict_classes_no_dim(model, X):
    return _predict(model, X, lambda z: z.argmax())


@says("dim 0")
def wrong_predict_classes_dim_0(model, X):
    return _predict(model, X, lambda z: z.argmax(dim=0))


@says("dim 0")
def wrong_predict_classes_softmax_over_the_batch(model, X):
    return _predict(model, X, lambda z: z.softmax(0).argmax(1))


@says("model.eval()")
def wrong_predict_classes_no_eval(model, X):
    return _predict(model, X, lambda z: z.argmax(1), switch=False)


@says("graph was built")
def wrong_predict_classes_graph(model, X):
    return _predict(model, X, lambda z: z.argmax(1), graph=True)


@says("left in eval mode")
def wrong_predict_classes_stays_in_eval(model, X):
    return _predict(model, X, lambda z: z.argmax(1), modes=False)


@says("left in train mode")
def wrong_predict_classes_always_train(model, X):
    return _predict(model, X, lambda z: z.argmax(1), modes=False, train=True)


@says("woke a layer")
def wrong_predict_classes_top_mode_only(model, X):
    before = model.training
    out = _predict(model, X, lambda z: z.argmax(1))
    model.train(before)
    return out


def wrong_predict_classes_float(model, X):
    return _predict(model, X, lambda z: z.argmax(1).float())


def wrong_predict_classes_int32(model, X):
    return _predict(model, X, lambda z: z.argmax(1).int())


def wrong_predict_classes_squeezed(model, X):
    return _predict(model, X, lambda z: z.argmax(1).squeeze())


def wrong_predict_classes_column(model, X):
    return _predict(model, X, lambda z: z.argmax(1, keepdim=True))


def wrong_predict_classes_list(model, X):
    return _predict(model, X, lambda z: z.argmax(1).tolist())


@says("same answer twice")
def wrong_predict_classes_shuffled(model, X):
    g = torch.Generator().manual_seed(0)
    return _predict(model, X[torch.randperm(len(X), generator=g)], lambda z: z.argmax(1))


@says("smallest")
def wrong_predict_classes_argmin(model, X):
    return _predict(model, X, lambda z: z.argmin(1))


def wrong_predict_classes_threshold(model, X):
    return _predict(model, X, lambda z: (z[:, 0] < 0).long())


def wrong_predict_classes_one_based(model, X):
    return _predict(model, X, lambda z: z.argmax(1) + 1)


# ----------------------------------------------------------------------------------------------------- fit_classifier


def right_fit_classifier_loader(model, X, y, epochs, lr, batch_size, seed):
    modes = [m.training for m in model.modules()]
    generator = torch.Generator()
    generator.manual_seed(seed)
    loader = DataLoader(TensorDataset(X, y), batch_size=batch_size, shuffle=True, generator=generator)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    loss_fn = nn.CrossEntropyLoss()
    history = []
    for _ in range(epochs):
        model.train()
        total, count = 0.0, 0
        for X_batch, y_batch in loader:
            optimizer.zero_grad()
            loss = loss_fn(model(X_batch), y_batch)
            loss.backward()
            optimizer.step()
            total += loss.item() * y_batch.shape[0]
            count += y_batch.shape[0]
        history.append(total / count)
    for m, mode in zip(model.modules(), modes, strict=True):
        m.training = mode
    return history


def right_fit_classifier_sum_reduction(model, X, y, epochs, lr, batch_size, seed):
    torch.manual_seed(seed)
    modes = {name: m.training for name, m in model.named_modules()}
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    result = []
    for _ in range(epochs):
        model.train()
        order = torch.randperm(X.size(0))
        losses = torch.zeros(0)
        for start in range(0, X.size(0), batch_size):
            rows = order[start:start + batch_size]
            each = F.cross_entropy(model(X[rows]), y[rows], reduction="none")
            model.zero_grad()
            each.mean().backward()
            optimizer.step()
            losses = torch.cat([losses, each.detach()])
        result.append(float(losses.mean()))
    for name, m in model.named_modules():
        m.training = modes[name]
    return result


def right_fit_classifier_numpy_order(model, X, y, epochs, lr, batch_size, seed):
    rng = np.random.default_rng(seed)
    before = [(m, m.training) for m in model.modules()]
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        order = torch.from_numpy(rng.permutation(len(y)))
        numbers, weights = [], []
        for rows in order.split(batch_size):
            loss = nn.functional.nll_loss(model(X[rows]).log_softmax(dim=1), y[rows])
            optimizer.zero_grad(set_to_none=False)
            loss.backward()
            optimizer.step()
            numbers.append(loss.item())
            weights.append(len(rows))
        losses.append(float(np.average(numbers, weights=weights)))
    for m, mode in before:
        m.training = mode
    return losses


def right_fit_classifier_rmsprop(model, X, y, epochs, lr, batch_size, seed):
    before = [(m, m.training) for m in model.modules()]
    g = torch.Generator().manual_seed(seed)
    opt = torch.optim.RMSprop(model.parameters(), lr=lr)
    out = []
    for _ in range(epochs):
        model.train()
        total = 0.0
        for rows in torch.utils.data.BatchSampler(
                torch.utils.data.RandomSampler(range(len(X)), generator=g), batch_size, drop_last=False):
            loss = nn.CrossEntropyLoss(reduction="sum")(model(X[rows]), y[rows])
            opt.zero_grad()
            (loss / len(rows)).backward()
            opt.step()
            total += loss.item()
        out.append(total / len(X))
    for m, mode in before:
        m.training = mode
    return out


def _fit(model, X, y, epochs, lr, batch_size, seed, weigh=True, reseed=False, shuffle=True, drop=False, zero=True, step=True,
         mode="train", back=True, squash=None, shared=True, generator=True, optimizer=torch.optim.Adam, erase=False):
    before = [(m, m.training) for m in model.modules()]
    g = torch.Generator()
    g.manual_seed(seed) if generator else g.seed()
    opt = optimizer(model.parameters(), lr=lr)
    losses = []
    model.train(mode == "train")
    for _ in range(epochs):
        if reseed:
            g.manual_seed(seed)
        order = torch.randperm(len(X), generator=g) if shuffle else torch.arange(len(X))
        other = order if shared else torch.randperm(len(X), generator=g)
        total, count, means = 0.0, 0, []
        for start in range(0, len(X), batch_size):
            rows, own = order[start:start + batch_size], other[start:start + batch_size]
            if drop and len(rows) < batch_size:
                continue
            z = model(X[rows])
            loss = F.cross_entropy(squash(z) if squash else z, y[own])
            if zero:
                opt.zero_grad()
            loss.backward()
            if erase:
                opt.zero_grad(set_to_none=False)
            if step:
                opt.step()
            total += loss.item() * len(rows)
            count += len(rows)
            means.append(loss.item())
        losses.append(total / max(count, 1) if weigh else sum(means) / len(means))
    if back:
        for m, was in before:
            m.training = was
    return losses


@says("weigh each batch")
def wrong_fit_classifier_mean_of_means(model, X, y, epochs, lr, batch_size, seed):
    return _fit(model, X, y, epochs, lr, batch_size, seed, weigh=False)


@says("every epoch")
def wrong_fit_classifier_reseeds(model, X, y, epochs, lr, batch_size, seed):
    return _fit(model, X, y, epochs, lr, batch_size, seed, reseed=True)


@says("order of X")
def wrong_fit_classifier_no_shuffle(model, X, y, epochs, lr, batch_size, seed):
    return _fit(model, X, y, epochs, lr, batch_size, seed, shuffle=False)


@says("dropped")
def wrong_fit_classifier_drops_the_last(model, X, y, epochs, lr, batch_size, seed):
    return _fit(model, X, y, epochs, lr, batch_size, seed, drop=True)


@says("one step was made per epoch")
def wrong_fit_classifier_full_batch(model, X, y, epochs, lr, batch_size, seed):
    return _fit(model, X, y, epochs, lr, len(X), seed)


@says("gradients add up")
def wrong_fit_classifier_no_zero_grad(model, X, y, epochs, lr, batch_size, seed):
    return _fit(model, X, y, epochs, lr, batch_size, seed, zero=False)


@says("did not move")
def wrong_fit_classifier_no_step(model, X, y, epochs, lr, batch_size, seed):
    return _fit(model, X, y, epochs, lr, batch_size, seed, step=False)


@says("erased before the step")
def wrong_fit_classifier_erases(model, X, y, epochs, lr, batch_size, seed):
    return _fit(model, X, y, epochs, lr, batch_size, seed, erase=True)


@says("eval mode while it was trained")
def wrong_fit_classifier_eval(model, X, y, epochs, lr, batch_size, seed):
    return _fit(model, X, y, epochs, lr, batch_size, seed, mode="eval")


@says("not put back")
def wrong_fit_classifier_leaves_train(model, X, y, epochs, lr, batch_size, seed):
    return _fit(model, X, y, epochs, lr, batch_size, seed, back=False)


@says("not put back")
def wrong_fit_classifier_leaves_eval(model, X, y, epochs, lr, batch_size, seed):
    losses = _fit(model, X, y, epochs, lr, batch_size, seed)
    model.eval()
    return losses


@says("softmax")
def wrong_fit_classifier_softmax(model, X, y, epochs, lr, batch_size, seed):
    return _fit(model, X, y, epochs, lr, batch_size, seed, squash=lambda z: z.softmax(1))


@says("same rows")
def wrong_fit_classifier_labels_apart(model, X, y, epochs, lr, batch_size, seed):
    return _fit(model, X, y, epochs, lr, batch_size, seed, shared=False)


@says("different weights")
def wrong_fit_classifier_unseeded(model, X, y, epochs, lr, batch_size, seed):
    return _fit(model, X, y, epochs, lr, batch_size, seed, generator=False)


@says("different weights")
def wrong_fit_classifier_global_shuffle(model, X, y, epochs, lr, batch_size, seed):
    return _fit(model, X, y, epochs, lr, batch_size, int(torch.randint(1 << 30, ())))


@says("does not fix the order")
def wrong_fit_classifier_fixed_seed(model, X, y, epochs, lr, batch_size, seed):
    return _fit(model, X, y, epochs, lr, batch_size, 42)


def wrong_fit_classifier_fixed_rate(model, X, y, epochs, lr, batch_size, seed):
    return _fit(model, X, y, epochs, 0.01, batch_size, seed)


@says("tensors")
def wrong_fit_classifier_tensors(model, X, y, epochs, lr, batch_size, seed):
    return [torch.tensor(v) for v in _fit(model, X, y, epochs, lr, batch_size, seed)]


@says("one loss per epoch")
def wrong_fit_classifier_loss_per_batch(model, X, y, epochs, lr, batch_size, seed):
    return [v for v in _fit(model, X, y, epochs, lr, batch_size, seed) for _ in range(0, len(X), batch_size)]


def wrong_fit_classifier_last_loss(model, X, y, epochs, lr, batch_size, seed):
    return _fit(model, X, y, epochs, lr, batch_size, seed)[-1]


def wrong_fit_classifier_returns_the_model(model, X, y, epochs, lr, batch_size, seed):
    _fit(model, X, y, epochs, lr, batch_size, seed)
    return model


def wrong_fit_classifier_fixed_batch_size(model, X, y, epochs, lr, batch_size, seed):
    return _fit(model, X, y, epochs, lr, 32, seed)


@says("weights did not move")
def wrong_fit_classifier_trains_a_copy(model, X, y, epochs, lr, batch_size, seed):
    import copy

    return _fit(copy.deepcopy(model), X, y, epochs, lr, batch_size, seed)


@says("changed X or y")
def wrong_fit_classifier_shuffles_in_place(model, X, y, epochs, lr, batch_size, seed):
    losses = _fit(model, X, y, epochs, lr, batch_size, seed)
    order = torch.randperm(len(X), generator=torch.Generator().manual_seed(seed))
    X.copy_(X[order])
    y.copy_(y[order])
    return losses


@says("dtype")
def wrong_fit_classifier_float_labels(model, X, y, epochs, lr, batch_size, seed):
    return _fit(model, X, y.float(), epochs, lr, batch_size, seed)


@says("newly shuffled", "not the batches")
def wrong_fit_classifier_shuffles_the_batches(model, X, y, epochs, lr, batch_size, seed):
    before = [(m, m.training) for m in model.modules()]
    model.train()
    g = torch.Generator().manual_seed(seed)
    parts = torch.randperm(len(X), generator=g).split(batch_size)
    opt = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for i in torch.randperm(len(parts), generator=g).tolist():
            loss = F.cross_entropy(model(X[parts[i]]), y[parts[i]])
            opt.zero_grad()
            loss.backward()
            opt.step()
            total += loss.item() * len(parts[i])
        losses.append(total / len(X))
    for m, was in before:
        m.training = was
    return losses


def wrong_fit_classifier_with_replacement(model, X, y, epochs, lr, batch_size, seed):
    before = [(m, m.training) for m in model.modules()]
    model.train()
    g = torch.Generator().manual_seed(seed)
    opt = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for rows in torch.randint(len(X), (len(X),), generator=g).split(batch_size):
            loss = F.cross_entropy(model(X[rows]), y[rows])
            opt.zero_grad()
            loss.backward()
            opt.step()
            total += loss.item() * len(rows)
        losses.append(total / len(X))
    for m, was in before:
        m.training = was
    return losses


# -------------------------------------------------------------------------------------------------------- fit_spirals


def _net(hidden=32, bend=nn.ReLU, depth=2, *more):
    layers, size = [], 2
    for _ in range(depth):
        layers += [nn.Linear(size, hidden), bend()]
        size = hidden
    return nn.Sequential(*layers, nn.Linear(size, 3), *more)


def _train(model, X, y, epochs=300, lr=0.01, optimizer=torch.optim.Adam, batch=None, generator=None, **options):
    optimizer = optimizer(model.parameters(), lr=lr, **options)
    for _ in range(epochs):
        for rows in [slice(None)] if batch is None else torch.randperm(len(X), generator=generator).split(batch):
            optimizer.zero_grad()
            F.cross_entropy(model(X[rows]), y[rows]).backward()
            optimizer.step()
    return model


def right_fit_spirals_tanh(X, y, seed):
    torch.manual_seed(seed)
    return _train(_net(32, nn.Tanh), X, y, lr=0.02)


def right_fit_spirals_batches(X, y, seed):
    torch.manual_seed(seed)
    return _train(_net(), X, y, epochs=40, batch=32, generator=torch.Generator().manual_seed(seed)).eval()


def right_fit_spirals_wide(X, y, seed):
    torch.manual_seed(seed)
    return _train(_net(100, nn.ReLU, 1), X, y, epochs=500, lr=0.02)


def right_fit_spirals_momentum(X, y, seed):
    torch.manual_seed(seed)
    return _train(_net(64), X, y, epochs=80, lr=0.03, optimizer=torch.optim.SGD, momentum=0.9, batch=50)


def right_fit_spirals_small_rate(X, y, seed):
    torch.manual_seed(seed)
    return _train(_net(64), X, y, epochs=400, lr=0.003)


def right_fit_spirals_one_hot(X, y, seed):
    torch.manual_seed(seed)
    model = _net(48, nn.LeakyReLU)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    target = F.one_hot(y, 3).float()
    for _ in range(300):
        loss = -(target * model(X).log_softmax(dim=1)).sum(dim=1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


@says("two linear layers are one")
def wrong_fit_spirals_straight(X, y, seed):
    torch.manual_seed(seed)
    return _train(_net(32, nn.Identity), X, y)


@says("raw logits")
def wrong_fit_spirals_softmax(X, y, seed):
    torch.manual_seed(seed)
    return _train(_net(32, nn.ReLU, 2, nn.Softmax(dim=1)), X, y)


@says("ln 3")
def wrong_fit_spirals_tiny_rate(X, y, seed):
    torch.manual_seed(seed)
    return _train(_net(), X, y, lr=1e-5, optimizer=torch.optim.SGD)


def wrong_fit_spirals_few_steps(X, y, seed):
    torch.manual_seed(seed)
    return _train(_net(), X, y, epochs=20)


def wrong_fit_spirals_two_units(X, y, seed):
    torch.manual_seed(seed)
    return _train(_net(2), X, y)


def wrong_fit_spirals_wrong_model(X, y, seed):
    torch.manual_seed(seed)
    model = _net()
    _train(_net(), X, y)
    return model


def wrong_fit_spirals_labels_apart(X, y, seed):
    torch.manual_seed(seed)
    return _train(_net(), X[torch.randperm(len(X))], y)


def wrong_fit_spirals_two_classes(X, y, seed):
    torch.manual_seed(seed)
    return _train(_net(), X, y.clamp(max=1))


def wrong_fit_spirals_diverges(X, y, seed):
    torch.manual_seed(seed)
    return _train(_net(64), X, y, lr=1e5, optimizer=torch.optim.SGD, momentum=0.9)


@says("different weights")
def wrong_fit_spirals_unseeded(X, y, seed):
    return _train(_net(), X, y)


@says("different weights")
def wrong_fit_spirals_seed_after_the_model(X, y, seed):
    model = _net()
    torch.manual_seed(seed)
    return _train(model, X, y)


@says("seed is not used")
def wrong_fit_spirals_fixed_seed(X, y, seed):
    torch.manual_seed(0)
    return _train(_net(), X, y)


def wrong_fit_spirals_one_logit(X, y, seed):
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 1), nn.Flatten(0))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(100):
        optimizer.zero_grad()
        F.mse_loss(model(X), y.float()).backward()
        optimizer.step()
    return model


def wrong_fit_spirals_returns_losses(X, y, seed):
    torch.manual_seed(seed)
    model = _train(_net(), X, y)
    return [F.cross_entropy(model(X), y).item()]


@says("changed X or y")
def wrong_fit_spirals_scales_in_place(X, y, seed):
    torch.manual_seed(seed)
    X *= 1.01
    return _train(_net(), X, y)


class right_Classifier_dropout(nn.Module):
    def __init__(self, in_features, num_classes, hidden_units=32):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(in_features, hidden_units), nn.ReLU(), nn.Dropout(0.3),
                                 nn.Linear(hidden_units, num_classes))

    def forward(self, x):
        return self.net(x)


class right_Classifier_batch_norm(nn.Module):
    def __init__(self, in_features, num_classes, hidden_units=32):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(in_features, hidden_units), nn.BatchNorm1d(hidden_units), nn.ReLU(),
                                 nn.Linear(hidden_units, num_classes))

    def forward(self, x):
        return self.net(x)


@says("raw logits")
class wrong_Classifier_softmax_in_eval(nn.Module):
    def __init__(self, in_features, num_classes, hidden_units=32):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(in_features, hidden_units), nn.ReLU(), nn.Linear(hidden_units, num_classes))

    def forward(self, x):
        z = self.net(x)
        return z if self.training else z.softmax(1)


def wrong_predict_classes_overflowing_softmax(model, X):
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    with torch.inference_mode():
        e = model(X).exp()
    for m, t in modes:
        m.training = t
    return (e / e.sum(1, keepdim=True)).argmax(1)
