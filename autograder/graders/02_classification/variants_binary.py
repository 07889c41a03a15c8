"""Right and wrong answers to 02_classification/binary."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from autograder.checks import says

# --------------------------------------------------------------------------------------------------- CircleClassifier


class right_CircleClassifier_attributes(nn.Module):
    def __init__(self, hidden_units=10):
        super().__init__()
        self.layer_1 = nn.Linear(in_features=2, out_features=hidden_units)
        self.layer_2 = nn.Linear(in_features=hidden_units, out_features=hidden_units)
        self.layer_3 = nn.Linear(in_features=hidden_units, out_features=1)
        self.relu = nn.ReLU()

    def forward(self, x):
        return self.layer_3(self.relu(self.layer_2(self.relu(self.layer_1(x))))).squeeze(dim=-1)


class right_CircleClassifier_list(nn.Module):
    def __init__(self, hidden_units=10):
        super().__init__()
        sizes = [2, hidden_units, hidden_units, 1]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:], strict=False))

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.tanh(layer(x))
        return self.layers[-1](x)[:, 0]


class right_CircleClassifier_sequential(nn.Sequential):
    def __init__(self, hidden_units=10):
        super().__init__(
            nn.Linear(2, hidden_units), nn.GELU(), nn.Linear(hidden_units, hidden_units), nn.GELU(),
            nn.Linear(hidden_units, 1), nn.Flatten(0))


class right_CircleClassifier_parameters(nn.Module):
    def __init__(self, hidden_units=10):
        super().__init__()
        self.w1 = nn.Parameter(torch.randn(2, hidden_units))
        self.b1 = nn.Parameter(torch.zeros(hidden_units))
        self.w2 = nn.Parameter(torch.randn(hidden_units, hidden_units) * 0.5)
        self.b2 = nn.Parameter(torch.zeros(hidden_units))
        self.w3 = nn.Parameter(torch.randn(hidden_units, 1) * 0.5)
        self.b3 = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        x = F.leaky_relu(x @ self.w1 + self.b1)
        x = F.leaky_relu(x @ self.w2 + self.b2)
        return (x @ self.w3 + self.b3).view(-1)


class _Base(nn.Module):
    def __init__(self, hidden_units=10, bend=nn.ReLU, out=nn.Identity):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(2, hidden_units), bend(), nn.Linear(hidden_units, hidden_units), bend(), nn.Linear(hidden_units, 1), out())

    def forward(self, x):
        return self.layers(x).squeeze(1)


@says("two linear layers are one")
class wrong_CircleClassifier_straight(_Base):
    def __init__(self, hidden_units=10):
        super().__init__(hidden_units, bend=nn.Identity)


@says("sigmoid is already inside")
class wrong_CircleClassifier_sigmoid(_Base):
    def __init__(self, hidden_units=10):
        super().__init__(hidden_units, out=nn.Sigmoid)


@says("able to be negative")
class wrong_CircleClassifier_relu_out(_Base):
    def __init__(self, hidden_units=10):
        super().__init__(hidden_units, out=nn.ReLU)


@says("no activation")
class wrong_CircleClassifier_tanh_out(_Base):
    def __init__(self, hidden_units=10):
        super().__init__(hidden_units, out=nn.Tanh)


@says("squeeze(1)")
class wrong_CircleClassifier_column(_Base):
    def forward(self, x):
        return self.layers(x)


@says("batch of one")
class wrong_CircleClassifier_squeezes_all(_Base):
    def forward(self, x):
        return self.layers(x).squeeze()


@says("squeeze")
class wrong_CircleClassifier_squeezes_rows(_Base):
    def forward(self, x):
        return self.layers(x).squeeze(0)


@says("hidden_units is not used")
class wrong_CircleClassifier_fixed_units(_Base):
    def __init__(self, hidden_units=10):
        super().__init__(10)


@says("two hidden layers")
class wrong_CircleClassifier_one_hidden_layer(nn.Module):
    def __init__(self, hidden_units=10):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, hidden_units), nn.ReLU(), nn.Linear(hidden_units, 1))

    def forward(self, x):
        return self.layers(x).squeeze(1)


class wrong_CircleClassifier_other_default(_Base):
    def __init__(self, hidden_units=16):
        super().__init__(hidden_units)


@says("nn.ModuleList")
class wrong_CircleClassifier_plain_list(nn.Module):
    def __init__(self, hidden_units=10):
        super().__init__()
        self.layers = [nn.Linear(2, hidden_units), nn.Linear(hidden_units, hidden_units), nn.Linear(hidden_units, 1)]

    def forward(self, x):
        return self.layers[2](self.layers[1](self.layers[0](x).relu()).relu()).squeeze(1)


@says("super().__init__()")
class wrong_CircleClassifier_no_super(nn.Module):
    def __init__(self, hidden_units=10):
        self.layer = nn.Linear(2, hidden_units)

    def forward(self, x):
        return self.layer(x)


@says("return")
class wrong_CircleClassifier_no_return(_Base):
    def forward(self, x):
        self.layers(x).squeeze(1)


@says("forward")
class wrong_CircleClassifier_misspelt(nn.Module):
    def __init__(self, hidden_units=10):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(2, hidden_units), nn.ReLU(), nn.Linear(hidden_units, hidden_units), nn.ReLU(), nn.Linear(hidden_units, 1))

    def foward(self, x):
        return self.layers(x).squeeze(1)


class wrong_CircleClassifier_labels(_Base):
    def forward(self, x):
        return (self.layers(x).squeeze(1) >= 0).float()


class wrong_CircleClassifier_detached(_Base):
    def forward(self, x):
        return self.layers[2:](self.layers[:2](x).detach()).squeeze(1)


class wrong_CircleClassifier_skips_a_layer(_Base):
    def forward(self, x):
        return self.layers[4](self.layers[1](self.layers[0](x))).squeeze(1)


# ------------------------------------------------------------------------------------------- logits_to_probabilities


def right_logits_to_probabilities_method(logits):
    return logits.sigmoid()


def right_logits_to_probabilities_layer(logits):
    return nn.Sigmoid()(logits)


def right_logits_to_probabilities_formula(logits):
    return 1 / (1 + torch.exp(-logits))


def right_logits_to_probabilities_softmax(logits):
    return torch.stack([torch.zeros_like(logits), logits]).softmax(dim=0)[1]


@says("over the samples")
def wrong_logits_to_probabilities_softmax(logits):
    return torch.softmax(logits, dim=0)


@says("labels")
def wrong_logits_to_probabilities_rounded(logits):
    return torch.round(torch.sigmoid(logits))


def wrong_logits_to_probabilities_overflow(logits):
    return torch.exp(logits) / (1 + torch.exp(logits))


@says("logits themselves")
def wrong_logits_to_probabilities_identity(logits):
    return logits


@says("clipped")
def wrong_logits_to_probabilities_clipped(logits):
    return logits.clamp(0, 1)


@says("class 0")
def wrong_logits_to_probabilities_other_class(logits):
    return 1 - torch.sigmoid(logits)


def wrong_logits_to_probabilities_squeezed(logits):
    return torch.sigmoid(logits).squeeze()


def wrong_logits_to_probabilities_list(logits):
    return torch.sigmoid(logits).tolist()


def wrong_logits_to_probabilities_double(logits):
    return torch.sigmoid(logits.double())


def wrong_logits_to_probabilities_twice(logits):
    return torch.sigmoid(torch.sigmoid(logits))


# --------------------------------------------------------------------------------------------------- logits_to_labels


def right_logits_to_labels_sign(logits):
    return (logits >= 0).to(torch.int64)


def right_logits_to_labels_where(logits):
    return torch.where(torch.sigmoid(logits) < 0.5, 0, 1)


def right_logits_to_labels_floor(logits):
    return torch.floor(torch.sigmoid(logits) + 0.5).long()


def right_logits_to_labels_heaviside(logits):
    return torch.heaviside(logits, torch.tensor(1.0)).type(torch.long)


@says("rounded the logits")
def wrong_logits_to_labels_rounds_logits(logits):
    return torch.round(logits).long()


@says("exactly 0.5")
def wrong_logits_to_labels_rounds_probabilities(logits):
    return torch.round(torch.sigmoid(logits)).long()


@says("exactly 0.5")
def wrong_logits_to_labels_strict(logits):
    return (torch.sigmoid(logits) > 0.5).long()


@says("compared with 0.5")
def wrong_logits_to_labels_half_logit(logits):
    return (logits >= 0.5).long()


@says("bool")
def wrong_logits_to_labels_bool(logits):
    return torch.sigmoid(logits) >= 0.5


@says("floats")
def wrong_logits_to_labels_float(logits):
    return (torch.sigmoid(logits) >= 0.5).float()


def wrong_logits_to_labels_int32(logits):
    return (torch.sigmoid(logits) >= 0.5).int()


@says("wrong way round")
def wrong_logits_to_labels_reversed(logits):
    return (torch.sigmoid(logits) < 0.5).long()


@says("-1 and 1")
def wrong_logits_to_labels_signs(logits):
    return torch.sign(logits).long()


def wrong_logits_to_labels_argmax(logits):
    return torch.sigmoid(logits).argmax(dim=-1)


def wrong_logits_to_labels_squeezed(logits):
    return (torch.sigmoid(logits) >= 0.5).long().squeeze()


def wrong_logits_to_labels_truncates(logits):
    return torch.sigmoid(logits).long()


# --------------------------------------------------------------------------------------------------------- train_step


def right_train_step_zero_first(model, X, y, loss_fn, optimizer):
    optimizer.zero_grad()
    model.train()
    logits = model(X)
    loss = loss_fn(logits, y.type_as(logits))
    loss.backward()
    with torch.no_grad():
        accuracy = (torch.sigmoid(logits).round() == y).sum().item() / len(y)
    optimizer.step()
    return loss.item(), accuracy


def right_train_step_counts_first(model, X, y, loss_fn, optimizer):
    model.train()
    target = y.to(torch.float32)
    logits = model(X)
    predictions = (logits.detach() > 0).long()
    right = sum(int(p == t) for p, t in zip(predictions, y, strict=True))
    loss = loss_fn(logits, target)
    model.zero_grad()
    loss.backward()
    optimizer.step()
    return float(loss), right / y.numel()


def right_train_step_grad_none(model, X, y, loss_fn, optimizer):
    model.train(True)
    for group in optimizer.param_groups:
        for p in group["params"]:
            p.grad = None
    logits = model.forward(X)
    loss = loss_fn(logits, y.double().float())
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    labels = torch.where(logits >= 0, 1, 0)
    return loss.detach().item(), torch.eq(labels, y).float().mean().item()


def right_train_step_numpy(model, X, y, loss_fn, optimizer):
    model.train()
    logits = model(X)
    loss = loss_fn(logits, y.float())
    optimizer.zero_grad(set_to_none=False)
    loss.backward()
    optimizer.step()
    accuracy = np.mean((logits.detach().numpy() >= 0) == (y.numpy() == 1))
    return loss.item(), float(accuracy)


def _step(model, X, y, loss_fn, optimizer, logits=None):
    model.train()
    logits = model(X) if logits is None else logits
    loss = loss_fn(logits, y.float())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss, logits


def _accuracy(logits, y):
    return ((logits >= 0) == (y == 1)).float().mean().item()


@says("sigmoid is already inside")
def wrong_train_step_sigmoid(model, X, y, loss_fn, optimizer):
    model.train()
    p = torch.sigmoid(model(X))
    loss = loss_fn(p, y.float())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item(), (p.round() == y).float().mean().item()


@says("gradients add up")
def wrong_train_step_no_zero_grad(model, X, y, loss_fn, optimizer):
    model.train()
    logits = model(X)
    loss = loss_fn(logits, y.float())
    loss.backward()
    optimizer.step()
    return loss.item(), _accuracy(logits, y)


@says("did not move")
def wrong_train_step_zero_before_step(model, X, y, loss_fn, optimizer):
    model.train()
    logits = model(X)
    loss = loss_fn(logits, y.float())
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item(), _accuracy(logits, y)


@says("did not move")
def wrong_train_step_no_step(model, X, y, loss_fn, optimizer):
    model.train()
    logits = model(X)
    loss = loss_fn(logits, y.float())
    optimizer.zero_grad()
    loss.backward()
    return loss.item(), _accuracy(logits, y)


@says(".float()")
def wrong_train_step_int_targets(model, X, y, loss_fn, optimizer):
    model.train()
    logits = model(X)
    loss = loss_fn(logits, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item(), _accuracy(logits, y)


@says("rounded the logits")
def wrong_train_step_rounds_logits(model, X, y, loss_fn, optimizer):
    loss, logits = _step(model, X, y, loss_fn, optimizer)
    return loss.item(), (logits.round() == y).float().mean().item()


@says("per cent")
def wrong_train_step_per_cent(model, X, y, loss_fn, optimizer):
    loss, logits = _step(model, X, y, loss_fn, optimizer)
    return loss.item(), 100 * _accuracy(logits, y)


@says("beyond 1")
def wrong_train_step_counts(model, X, y, loss_fn, optimizer):
    loss, logits = _step(model, X, y, loss_fn, optimizer)
    return loss.item(), float(((logits >= 0) == (y == 1)).sum())


@says("every prediction with every label")
def wrong_train_step_broadcasts(model, X, y, loss_fn, optimizer):
    loss, logits = _step(model, X, y, loss_fn, optimizer)
    return loss.item(), (((logits >= 0).long().unsqueeze(1)) == y).float().mean().item()


@says("every prediction with every label")
def wrong_train_step_broadcast_sum(model, X, y, loss_fn, optimizer):
    loss, logits = _step(model, X, y, loss_fn, optimizer)
    return loss.item(), (((logits >= 0).long().unsqueeze(1)) == y).sum().item() / len(y)


@says("same shape")
def wrong_train_step_column_targets(model, X, y, loss_fn, optimizer):
    model.train()
    logits = model(X)
    loss = loss_fn(logits, y.float().unsqueeze(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item(), _accuracy(logits, y)


@says("before the update")
def wrong_train_step_loss_after(model, X, y, loss_fn, optimizer):
    _, logits = _step(model, X, y, loss_fn, optimizer)
    return loss_fn(model(X), y.float()).item(), _accuracy(logits, y)


@says("before the update")
def wrong_train_step_accuracy_after(model, X, y, loss_fn, optimizer):
    loss, _ = _step(model, X, y, loss_fn, optimizer)
    return loss.item(), _accuracy(model(X), y)


@says("keep numbers")
def wrong_train_step_tensors(model, X, y, loss_fn, optimizer):
    loss, logits = _step(model, X, y, loss_fn, optimizer)
    return loss, ((logits >= 0) == (y == 1)).float().mean()


@says("keep numbers")
def wrong_train_step_tensor_accuracy(model, X, y, loss_fn, optimizer):
    loss, logits = _step(model, X, y, loss_fn, optimizer)
    return loss.item(), ((logits >= 0) == (y == 1)).float().mean()


def wrong_train_step_loss_only(model, X, y, loss_fn, optimizer):
    return _step(model, X, y, loss_fn, optimizer)[0].item()


def wrong_train_step_swapped(model, X, y, loss_fn, optimizer):
    loss, logits = _step(model, X, y, loss_fn, optimizer)
    return _accuracy(logits, y), loss.item()


@says("given loss function")
def wrong_train_step_own_loss(model, X, y, loss_fn, optimizer):
    loss, logits = _step(model, X, y, nn.BCEWithLogitsLoss(), optimizer)
    return loss.item(), _accuracy(logits, y)


def wrong_train_step_own_optimizer(model, X, y, loss_fn, optimizer):
    loss, logits = _step(model, X, y, loss_fn, torch.optim.SGD(model.parameters(), lr=0.5))
    return loss.item(), _accuracy(logits, y)


@says("eval mode")
def wrong_train_step_eval(model, X, y, loss_fn, optimizer):
    model.eval()
    logits = model(X)
    loss = loss_fn(logits, y.float())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    model.train()
    return loss.item(), _accuracy(logits, y)


@says("eval mode")
def wrong_train_step_no_train(model, X, y, loss_fn, optimizer):
    logits = model(X)
    loss, logits = loss_fn(logits, y.float()), logits
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item(), _accuracy(logits, y)


@says("left in train mode")
def wrong_train_step_leaves_eval(model, X, y, loss_fn, optimizer):
    loss, logits = _step(model, X, y, loss_fn, optimizer)
    model.eval()
    return loss.item(), _accuracy(logits, y)


def wrong_train_step_top_module_only(model, X, y, loss_fn, optimizer):
    model.training = True
    logits = model(X)
    loss = loss_fn(logits, y.float())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item(), _accuracy(logits, y)


@says("gradients")
def wrong_train_step_inference_mode(model, X, y, loss_fn, optimizer):
    model.train()
    with torch.inference_mode():
        logits = model(X)
        loss = loss_fn(logits, y.float())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item(), _accuracy(logits, y)


def wrong_train_step_two_steps(model, X, y, loss_fn, optimizer):
    loss, logits = _step(model, X, y, loss_fn, optimizer)
    _step(model, X, y, loss_fn, optimizer)
    return loss.item(), _accuracy(logits, y)


def wrong_train_step_squeezes(model, X, y, loss_fn, optimizer):
    model.train()
    logits = model(X).squeeze()
    loss = loss_fn(logits, y.float())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item(), _accuracy(logits, y)


@says("share of wrong labels")
def wrong_train_step_error_rate(model, X, y, loss_fn, optimizer):
    loss, logits = _step(model, X, y, loss_fn, optimizer)
    return loss.item(), 1 - _accuracy(logits, y)


@says("changed X or y")
def wrong_train_step_scales_the_input(model, X, y, loss_fn, optimizer):
    loss, logits = _step(model, X, y, loss_fn, optimizer)
    X.sub_(X.mean(0))
    return loss.item(), _accuracy(logits, y)


# -------------------------------------------------------------------------------------------------------- fit_circles


class _Net(nn.Module):
    def __init__(self, hidden=16, bend=nn.ReLU, out=nn.Identity, column=False):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(2, hidden), bend(), nn.Linear(hidden, hidden), bend(), nn.Linear(hidden, 1), out())
        self.column = column

    def forward(self, x):
        out = self.layers(x)
        return out if self.column else out.squeeze(1)


def _train(model, X, y, epochs, lr=0.01, optimizer=torch.optim.Adam, batch=None, generator=None, **options):
    optimizer = optimizer(model.parameters(), lr=lr, **options)
    loss_fn = nn.BCEWithLogitsLoss()
    for _ in range(epochs):
        parts = [slice(None)] if batch is None else torch.randperm(len(X), generator=generator).split(batch)
        for part in parts:
            loss = loss_fn(model(X[part]).reshape(-1), y[part].float())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model


def right_fit_circles_tanh(X, y, seed, epochs=300):
    torch.manual_seed(seed)
    return _train(_Net(20, nn.Tanh), X, y, epochs, lr=0.02)


def right_fit_circles_batches(X, y, seed, epochs=300):
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    return _train(_Net(16), X, y, epochs, batch=100, generator=generator)


def right_fit_circles_momentum(X, y, seed, epochs=300):
    torch.manual_seed(seed)
    return _train(_Net(32), X, y, epochs, lr=0.3, optimizer=torch.optim.SGD, momentum=0.9)


def right_fit_circles_wide_layer(X, y, seed, epochs=300):
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(2, 64), nn.ReLU(), nn.Linear(64, 1))
    return _train(model, X, y, epochs, lr=0.03).eval()


def right_fit_circles_two_logits(X, y, seed, epochs=300):
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(2, 24), nn.ReLU(), nn.Linear(24, 24), nn.ReLU(), nn.Linear(24, 2))
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    for _ in range(epochs):
        optimizer.zero_grad()
        F.cross_entropy(model(X), y).backward()
        optimizer.step()
    return model


@says("two linear layers are one")
def wrong_fit_circles_straight(X, y, seed, epochs=300):
    torch.manual_seed(seed)
    return _train(_Net(16, nn.Identity), X, y, epochs)


@says("sigmoid is already inside")
def wrong_fit_circles_sigmoid(X, y, seed, epochs=300):
    torch.manual_seed(seed)
    return _train(_Net(16, out=nn.Sigmoid), X, y, epochs)


@says("BCEWithLogitsLoss")
def wrong_fit_circles_bce_on_logits(X, y, seed, epochs=300):
    torch.manual_seed(seed)
    model = _Net(16)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(epochs):
        loss = nn.BCELoss()(model(X), y.float())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


@says(".float()")
def wrong_fit_circles_int_targets(X, y, seed, epochs=300):
    torch.manual_seed(seed)
    model = _Net(16)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(epochs):
        loss = nn.BCEWithLogitsLoss()(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


@says("same shape")
def wrong_fit_circles_column_against_row(X, y, seed, epochs=300):
    torch.manual_seed(seed)
    model = _Net(16, column=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(epochs):
        loss = nn.BCEWithLogitsLoss()(model(X), y.float())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


@says("able to be negative")
def wrong_fit_circles_relu_out(X, y, seed, epochs=300):
    torch.manual_seed(seed)
    return _train(_Net(16, out=nn.ReLU), X, y, epochs)


@says("ln 2")
def wrong_fit_circles_tiny_rate(X, y, seed, epochs=300):
    torch.manual_seed(seed)
    return _train(_Net(16), X, y, epochs, lr=1e-6, optimizer=torch.optim.SGD)


def wrong_fit_circles_slow_descent(X, y, seed, epochs=300):
    torch.manual_seed(seed)
    return _train(_Net(10), X, y, epochs, lr=0.01, optimizer=torch.optim.SGD)


def wrong_fit_circles_no_step(X, y, seed, epochs=300):
    torch.manual_seed(seed)
    model = _Net(16)
    for _ in range(epochs):
        loss = nn.BCEWithLogitsLoss()(model(X), y.float())
        loss.backward()
    return model


def wrong_fit_circles_other_model(X, y, seed, epochs=300):
    torch.manual_seed(seed)
    model = _Net(16)
    _train(_Net(16), X, y, epochs)
    return model


def wrong_fit_circles_labels_shuffled(X, y, seed, epochs=300):
    torch.manual_seed(seed)
    return _train(_Net(16), X, y[torch.randperm(len(y))], epochs)


def wrong_fit_circles_one_feature(X, y, seed, epochs=300):
    torch.manual_seed(seed)
    class _First(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = _Net(16)

        def forward(self, x):
            return self.net(x * torch.tensor([1.0, 0.0]))
    return _train(_First(), X, y, epochs)


def wrong_fit_circles_labels_reversed(X, y, seed, epochs=300):
    torch.manual_seed(seed)
    return _train(_Net(16), X, 1 - y, epochs)


def wrong_fit_circles_diverges(X, y, seed, epochs=300):
    torch.manual_seed(seed)
    return _train(_Net(16), X, y, epochs, lr=500.0, optimizer=torch.optim.SGD)


@says("different weights")
def wrong_fit_circles_unseeded(X, y, seed, epochs=300):
    return _train(_Net(16), X, y, epochs)


@says("different weights")
def wrong_fit_circles_seed_after_the_model(X, y, seed, epochs=300):
    model = _Net(16)
    torch.manual_seed(seed)
    return _train(model, X, y, epochs)


@says("seed is not used")
def wrong_fit_circles_fixed_seed(X, y, seed, epochs=300):
    torch.manual_seed(42)
    return _train(_Net(16), X, y, epochs)


@says("`epochs` is not used")
def wrong_fit_circles_ignores_epochs(X, y, seed, epochs=300):
    torch.manual_seed(seed)
    return _train(_Net(16), X, y, 300)


@says("different weights")
def wrong_fit_circles_unseeded_batches(X, y, seed, epochs=300):
    torch.manual_seed(seed)
    generator = torch.Generator()
    generator.seed()
    return _train(_Net(16), X, y, epochs, batch=100, generator=generator)


def wrong_fit_circles_probabilities(X, y, seed, epochs=300):
    torch.manual_seed(seed)
    model = _train(_Net(16), X, y, epochs)
    return model, model(X)


@says("changed X or y")
def wrong_fit_circles_centers_the_input(X, y, seed, epochs=300):
    torch.manual_seed(seed)
    X += 0.001
    return _train(_Net(16), X, y, epochs)


class right_CircleClassifier_from_matrices(nn.Module):
    def __init__(self, hidden_units=10):
        super().__init__()
        self.w1 = nn.Parameter(torch.randn(2, hidden_units))
        self.b1 = nn.Parameter(torch.zeros(hidden_units))
        self.w2 = nn.Parameter(torch.randn(hidden_units, hidden_units) / hidden_units**0.5)
        self.b2 = nn.Parameter(torch.zeros(hidden_units))
        self.w3 = nn.Parameter(torch.randn(hidden_units) / hidden_units**0.5)
        self.b3 = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        h = torch.relu(x @ self.w1 + self.b1)
        h = torch.relu(h @ self.w2 + self.b2)
        return h @ self.w3 + self.b3


class right_CircleClassifier_dropout(nn.Module):
    def __init__(self, hidden_units=10):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, hidden_units), nn.ReLU(), nn.Dropout(0.2),
                                 nn.Linear(hidden_units, hidden_units), nn.ReLU(), nn.Linear(hidden_units, 1))

    def forward(self, x):
        return self.net(x).squeeze(1)


class wrong_CircleClassifier_sigmoid_in_eval(nn.Module):
    def __init__(self, hidden_units=10):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, hidden_units), nn.ReLU(), nn.Linear(hidden_units, hidden_units), nn.ReLU(),
                                 nn.Linear(hidden_units, 1))

    def forward(self, x):
        z = self.net(x).squeeze(1)
        return z if self.training else torch.sigmoid(z)
