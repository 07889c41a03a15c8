"""Right and wrong answers to 02_classification/nonlinearity."""

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from autograder.checks import says

# --------------------------------------------------------------------------------------------------------------- relu


def right_relu_maximum(x):
    return torch.maximum(x, torch.zeros_like(x))


def right_relu_product(x):
    return x * (x > 0)


def right_relu_half_sum(x):
    return ((x + x.abs()) / 2).to(x.dtype)


def right_relu_masked_copy(x):
    out = x.clone()
    out[out < 0] = 0
    return out


def right_relu_numpy(x):
    return torch.from_numpy(np.maximum(x.numpy(), np.zeros((), x.numpy().dtype)))


@says("relu")
def wrong_relu_torch(x):
    return torch.relu(x)


@says("relu")
def wrong_relu_method(x):
    return x.relu()


@says("relu")
def wrong_relu_layer(x):
    return nn.ReLU()(x)


@says("relu")
def wrong_relu_functional(x):
    return F.relu(x)


@says("changed its input")
def wrong_relu_in_place(x):
    x[x < 0] = 0
    return x


@says("int64")
def wrong_relu_float_zero(x):
    return torch.where(x > 0, x, 0.0)


@says("device")
def wrong_relu_zeros_on_cpu(x):
    return torch.maximum(x, torch.zeros(x.shape, dtype=x.dtype))


def wrong_relu_float32(x):
    return x.float().clamp(min=0)


@says("sign was dropped")
def wrong_relu_abs(x):
    return x.abs()


@says("scaled")
def wrong_relu_leaky(x):
    return torch.where(x > 0, x, x * 0.01).to(x.dtype)


def wrong_relu_drops_negatives(x):
    return x[x > 0]


@says("upper limit")
def wrong_relu_six(x):
    return x.clamp(0, 6)


def wrong_relu_one_number(x):
    return max(0, x.max())


def wrong_relu_wrong_side(x):
    return x.clamp(max=0)


# ------------------------------------------------------------------------------------------------------------ sigmoid


def right_sigmoid_by_sign(x):
    e = torch.exp(-x.abs())
    return torch.where(x >= 0, 1 / (1 + e), e / (1 + e))


def right_sigmoid_tanh(x):
    return 0.5 * (1 + torch.tanh(x / 2))


def right_sigmoid_two_masks(x):
    out = torch.empty_like(x)
    out[x >= 0] = (1 + (-x[x >= 0]).exp()).reciprocal()
    out[x < 0] = x[x < 0].exp() / (1 + x[x < 0].exp())
    return out


def right_sigmoid_softmax(x):
    return torch.softmax(torch.stack([torch.zeros_like(x), x]), dim=0)[1]


def right_sigmoid_power(x):
    return (1 + math.e ** (-x)) ** -1


@says("sigmoid")
def wrong_sigmoid_torch(x):
    return torch.sigmoid(x)


@says("sigmoid")
def wrong_sigmoid_method(x):
    return x.sigmoid()


@says("sigmoid")
def wrong_sigmoid_layer(x):
    return nn.Sigmoid()(x)


@says("nan")
def wrong_sigmoid_overflows(x):
    return torch.exp(x) / (1 + torch.exp(x))


def wrong_sigmoid_clipped(x):
    return 1 / (1 + torch.exp(-x.clamp(-5, 5)))


@says("wrong way round")
def wrong_sigmoid_sign(x):
    return 1 / (1 + torch.exp(x))


@says("tanh")
def wrong_sigmoid_tanh(x):
    return torch.tanh(x)


def wrong_sigmoid_float32(x):
    return 1 / (1 + torch.exp(-x.float()))


def wrong_sigmoid_double(x):
    return 1 / (1 + torch.exp(-x.double()))


@says("rounded")
def wrong_sigmoid_labels(x):
    return (1 / (1 + torch.exp(-x))).round()


@says("device")
def wrong_sigmoid_ones_on_cpu(x):
    ones = torch.ones(x.shape, dtype=x.dtype)
    return ones / (ones + torch.exp(-x))


def wrong_sigmoid_list(x):
    return [1 / (1 + math.exp(-v)) for v in x.flatten().tolist()]


# --------------------------------------------------------------------------------------------------------------- tanh


def right_tanh_sigmoid(x):
    return 2 * torch.sigmoid(2 * x) - 1


def right_tanh_where(x):
    e = torch.exp(-2 * torch.abs(x))
    t = (1 - e) / (1 + e)
    return torch.where(x < 0, -t, t)


def right_tanh_one_minus(x):
    return 1 - 2 / (torch.exp(2 * x) + 1)


def right_tanh_expm1(x):
    m = torch.expm1(-2 * x.abs())
    return -m / (m + 2) * torch.sgn(x)


def right_tanh_clamped(x):
    a, b = torch.exp(x.clamp(-10, 10)), torch.exp(-x.clamp(-10, 10))
    if x.dtype == torch.float64:
        a, b = torch.exp(x.clamp(-300, 300)), torch.exp(-x.clamp(-300, 300))
    return (a - b) / (a + b)


@says("tanh")
def wrong_tanh_torch(x):
    return torch.tanh(x)


@says("tanh")
def wrong_tanh_layer(x):
    return nn.Tanh()(x)


@says("tanh")
def wrong_tanh_method(x):
    return x.tanh()


@says("nan")
def wrong_tanh_overflows(x):
    return (torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x))


@says("nan")
def wrong_tanh_one_sided(x):
    e = torch.exp(-2 * x)
    return (1 - e) / (1 + e)


@says("sign was lost")
def wrong_tanh_abs(x):
    e = torch.exp(-2 * x.abs())
    return (1 - e) / (1 + e)


@says("sigmoid")
def wrong_tanh_sigmoid(x):
    return torch.sigmoid(x)


@says("twos is missing")
def wrong_tanh_half(x):
    return 2 * torch.sigmoid(x) - 1


def wrong_tanh_float32(x):
    e = torch.exp(-2 * x.float().abs())
    return x.sign() * (1 - e) / (1 + e)


@says("device")
def wrong_tanh_device(x):
    two = torch.full(x.shape, 2, dtype=x.dtype)
    return 1 - two / (torch.exp(two * x) + 1)


def wrong_tanh_nan_to_num(x):
    return ((torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x))).nan_to_num(1.0)


# ------------------------------------------------------------------------------------------------------------ softmax


def right_softmax_logsumexp(x, dim=-1):
    return torch.exp(x - torch.logsumexp(x, dim, keepdim=True))


def right_softmax_max(x, dim=-1):
    shifted = x - x.max(dim=dim, keepdim=True).values
    weights = shifted.exp()
    return weights.div(weights.sum(dim, keepdim=True))


def right_softmax_numpy(x, dim=-1):
    a = x.numpy()
    e = np.exp(a - a.max(axis=dim, keepdims=True))
    return torch.from_numpy(e / e.sum(axis=dim, keepdims=True))


def right_softmax_moved(x, dim=-1):
    x = x.movedim(dim, -1)
    e = (x - x.amax(-1).unsqueeze(-1)).exp()
    return (e / e.sum(-1).unsqueeze(-1)).movedim(-1, dim)


def _softmax(x, dim=-1):
    e = (x - x.amax(dim, keepdim=True)).exp()
    return e / e.sum(dim, keepdim=True)


@says("softmax")
def wrong_softmax_torch(x, dim=-1):
    return torch.softmax(x, dim)


@says("softmax")
def wrong_softmax_functional(x, dim=-1):
    return F.softmax(x, dim=dim)


@says("softmax")
def wrong_softmax_log(x, dim=-1):
    return x.log_softmax(dim).exp()


@says("softmax")
def wrong_softmax_layer(x, dim=-1):
    return nn.Softmax(dim)(x)


@says("overflowed")
def wrong_softmax_naive(x, dim=-1):
    return x.exp() / x.exp().sum(dim, keepdim=True)


@says("whole tensor")
def wrong_softmax_global_shift(x, dim=-1):
    if x.numel() == 0:
        return x
    e = (x - x.max()).exp()
    return e / e.sum(dim, keepdim=True)


@says("clipped")
def wrong_softmax_clamped(x, dim=-1):
    return _softmax(x.clamp(-80, 80), dim)


def wrong_softmax_epsilon(x, dim=-1):
    e = (x - x.max()).exp() if x.numel() else x
    return e / (e.sum(dim, keepdim=True) + 1e-9)


@says("batch")
def wrong_softmax_over_the_batch(x, dim=0):
    return _softmax(x, dim) if x.numel() else x


@says("for dim 0")
def wrong_softmax_ignores_dim(x, dim=-1):
    return _softmax(x, -1)


def wrong_softmax_dim_one_only(x, dim=1):
    return _softmax(x, 1)


@says("whole tensor")
def wrong_softmax_one_sum(x, dim=-1):
    if x.numel() == 0:
        return x
    e = (x - x.max()).exp()
    return e / e.sum()


def wrong_softmax_empty(x, dim=-1):
    top = x.max()
    return _softmax(x - top.item() * 0, dim)


def wrong_softmax_no_keepdim(x, dim=-1):
    e = (x - x.amax(dim, keepdim=True)).exp()
    return e / e.sum(dim)


@says("changed its input")
def wrong_softmax_in_place(x, dim=-1):
    x -= x.amax(dim, keepdim=True)
    return x.exp() / x.exp().sum(dim, keepdim=True)


@says("log_softmax")
def wrong_softmax_logarithm(x, dim=-1):
    return x - x.logsumexp(dim, keepdim=True)


# ----------------------------------------------------------------------------------------------- binary_cross_entropy


def right_binary_cross_entropy_softplus(logits, targets):
    return (F.softplus(logits) - logits * targets).mean()


def right_binary_cross_entropy_logsigmoid(logits, targets):
    targets = targets.float()
    return -(targets * F.logsigmoid(logits) + (1 - targets) * F.logsigmoid(-logits)).mean()


def right_binary_cross_entropy_signs(logits, targets):
    return F.softplus(torch.where(targets == 1, -logits, logits)).mean()


def right_binary_cross_entropy_logaddexp(logits, targets):
    total = torch.logaddexp(torch.zeros_like(logits), logits) - logits * targets.to(logits.dtype)
    return total.sum() / total.numel()


def right_binary_cross_entropy_two_classes(logits, targets):
    two = torch.stack([torch.zeros_like(logits), logits], dim=1)
    return F.cross_entropy(two, targets.long())


def right_binary_cross_entropy_numpy(logits, targets):
    z, t = logits.numpy(), targets.numpy()
    return torch.tensor((np.logaddexp(0, z) - z * t).mean(), dtype=torch.float32)


def _bce(logits, targets):
    return F.softplus(logits) - logits * targets


@says("binary_cross_entropy")
def wrong_binary_cross_entropy_torch(logits, targets):
    return F.binary_cross_entropy_with_logits(logits, targets.float())


@says("binary_cross_entropy")
def wrong_binary_cross_entropy_module(logits, targets):
    return nn.BCEWithLogitsLoss()(logits, targets.float())


@says("binary_cross_entropy")
def wrong_binary_cross_entropy_from_probabilities(logits, targets):
    return nn.BCELoss()(torch.sigmoid(logits), targets.float())


def wrong_binary_cross_entropy_naive(logits, targets):
    p = torch.sigmoid(logits)
    return -(targets * p.log() + (1 - targets) * (1 - p).log()).mean()


@says("cut off")
def wrong_binary_cross_entropy_clamped(logits, targets):
    p = torch.sigmoid(logits).clamp(1e-7, 1 - 1e-7)
    return -(targets * p.log() + (1 - targets) * (1 - p).log()).mean()


@says("cut off")
def wrong_binary_cross_entropy_epsilon(logits, targets):
    p = torch.sigmoid(logits)
    return -(targets * (p + 1e-12).log() + (1 - targets) * (1 - p + 1e-12).log()).mean()


def wrong_binary_cross_entropy_overflow(logits, targets):
    return (torch.log(1 + torch.exp(logits)) - logits * targets).mean()


def wrong_binary_cross_entropy_one_side(logits, targets):
    return (torch.log1p(torch.exp(-logits)) + logits * (1 - targets)).mean()


@says("added up")
def wrong_binary_cross_entropy_sum(logits, targets):
    return _bce(logits, targets).sum()


@says("of the samples")
def wrong_binary_cross_entropy_each(logits, targets):
    return _bce(logits, targets)


@says("sigmoid was applied twice")
def wrong_binary_cross_entropy_two_sigmoids(logits, targets):
    return _bce(torch.sigmoid(logits), targets).mean()


@says("sign is wrong")
def wrong_binary_cross_entropy_sign(logits, targets):
    return -_bce(logits, targets).mean()


@says("class 0 are left out")
def wrong_binary_cross_entropy_half(logits, targets):
    return -(targets * F.logsigmoid(logits)).mean()


@says("wrong way round")
def wrong_binary_cross_entropy_targets_swapped(logits, targets):
    return _bce(logits, 1 - targets).mean()


@says("int64")
def wrong_binary_cross_entropy_float_targets_only(logits, targets):
    if targets.dtype != logits.dtype:
        raise TypeError(f"targets are {targets.dtype}, not float32 (int64 is refused)")
    return _bce(logits, targets).mean()


def wrong_binary_cross_entropy_number(logits, targets):
    return _bce(logits, targets).mean().item()


def wrong_binary_cross_entropy_int_result(logits, targets):
    return _bce(logits, targets).to(targets.dtype).mean(dtype=torch.float32)


def wrong_binary_cross_entropy_shape(logits, targets):
    return _bce(logits, targets).mean(dim=0, keepdim=True)


def wrong_binary_cross_entropy_balanced(logits, targets):
    each = _bce(logits, targets)
    return (each[targets == 1].mean() + each[targets == 0].mean()) / 2


# ------------------------------------------------------------------------------------------------------ cross_entropy


def right_cross_entropy_log_softmax(logits, labels):
    return -logits.log_softmax(dim=1).gather(1, labels.unsqueeze(1)).mean()


def right_cross_entropy_one_hot(logits, labels):
    hot = F.one_hot(labels, logits.shape[1])
    return -(hot * torch.log_softmax(logits, dim=-1)).sum(dim=1).mean()


def right_cross_entropy_by_hand(logits, labels):
    shifted = logits - logits.amax(dim=1, keepdim=True)
    log_sum = shifted.exp().sum(dim=1).log()
    return (log_sum - shifted[range(len(labels)), labels]).mean()


def right_cross_entropy_loop(logits, labels):
    total = 0
    for row, label in zip(logits, labels, strict=True):
        total = total + torch.logsumexp(row, dim=0) - row[label]
    return total / len(labels)


def right_cross_entropy_mask(logits, labels):
    picked = logits[labels[:, None] == torch.arange(logits.shape[1])]
    return torch.mean(torch.logsumexp(logits, 1) - picked)


def _each(logits, labels):
    return logits.logsumexp(1) - logits[torch.arange(len(labels)), labels]


@says("cross_entropy")
def wrong_cross_entropy_torch(logits, labels):
    return F.cross_entropy(logits, labels)


@says("cross_entropy")
def wrong_cross_entropy_module(logits, labels):
    return nn.CrossEntropyLoss()(logits, labels)


@says("nll_loss")
def wrong_cross_entropy_nll(logits, labels):
    return F.nll_loss(logits.log_softmax(1), labels)


@says("inf")
def wrong_cross_entropy_log_of_softmax(logits, labels):
    return -logits.softmax(1).log()[torch.arange(len(labels)), labels].mean()


@says("cut off")
def wrong_cross_entropy_epsilon(logits, labels):
    return -(logits.softmax(1) + 1e-9).log()[torch.arange(len(labels)), labels].mean()


def wrong_cross_entropy_naive(logits, labels):
    return (logits.exp().sum(1).log() - logits[torch.arange(len(labels)), labels]).mean()


def wrong_cross_entropy_one_largest(logits, labels):
    z = logits - logits.max()
    return (z.exp().sum(1).log() - z[torch.arange(len(labels)), labels]).mean()


@says("added up")
def wrong_cross_entropy_sum(logits, labels):
    return _each(logits, labels).sum()


@says("of the samples")
def wrong_cross_entropy_each(logits, labels):
    return _each(logits, labels)


@says("over the batch")
def wrong_cross_entropy_over_the_batch(logits, labels):
    return -logits.log_softmax(0)[torch.arange(len(labels)), labels].mean()


@says("applied twice")
def wrong_cross_entropy_two_softmaxes(logits, labels):
    return _each(logits.softmax(1), labels).mean()


@says("all classes")
def wrong_cross_entropy_mean_over_all(logits, labels):
    return _each(logits, labels).sum() / logits.numel()


@says("all the labels' columns")
def wrong_cross_entropy_all_pairs(logits, labels):
    return -logits.log_softmax(1)[:, labels].mean()


@says("logarithm is missing")
def wrong_cross_entropy_no_logarithm(logits, labels):
    return 1 - logits.softmax(1)[torch.arange(len(labels)), labels].mean()


@says("largest logit")
def wrong_cross_entropy_argmax(logits, labels):
    return -logits.log_softmax(1).max(dim=1).values.mean()


@says("sign is wrong")
def wrong_cross_entropy_sign(logits, labels):
    return -_each(logits, labels).mean()


def wrong_cross_entropy_number(logits, labels):
    return float(_each(logits, labels).mean())


def wrong_cross_entropy_per_class(logits, labels):
    each = _each(logits, labels)
    return torch.stack([each[labels == c].mean() for c in range(logits.shape[1])]).mean()


def wrong_cross_entropy_squeezes(logits, labels):
    picked = logits.gather(1, labels[:, None]).squeeze()
    if picked.ndim == 0:
        return logits.logsumexp(1) - picked
    return (logits.logsumexp(1) - picked).mean()
