"""Hidden checks of 02_classification/nonlinearity."""

import math

import torch
from torch.nn import functional as F

from autograder.checks import StudentError, assert_close, check, expect, fail, info

LARGE = torch.tensor([-1000.0, -90.0, -1.5, 0.0, 1.5, 90.0, 1000.0])


def on_meta(call, *arguments):
    """The answer for arguments on the device without data must be there, too.

    Answers that read values (masks, NumPy, .item()) can't run there; they are judged by their values elsewhere.
    """
    try:
        got = call(*(argument.to("meta") for argument in arguments))
    except StudentError as error:
        text = error.message
        if error.kind != "raised" or any(part in text for part in ("same device", "expected device", "is on meta", "Your code here")):
            raise
        return
    if isinstance(got, torch.Tensor):
        expect(info(got).device.startswith("meta"),
               f"The input is on another device; the result came back on {info(got).device}. Create tensors on x.device.")


def keeps(call, reference, dtype, atol):
    x = torch.linspace(-3, 3, 12).reshape(3, 4).to(dtype)
    assert_close(call(x), reference(x.double()).to(dtype), atol=atol, what=f"the result for {str(dtype).removeprefix('torch.')}")


# --------------------------------------------------------------------------------------------------------------- relu

@check("relu", hint="Limit x from below at 0: clamp, maximum or where.")
def test_relu_cuts_off_negatives(student):
    """replaces negative elements by 0 and keeps the others, for any shape"""
    relu = student.without("relu").relu
    x = torch.randn(5, 6) * 2
    x[0, :3] = torch.tensor([0.0, -1000.0, 1000.0])
    assert_close(relu(x), F.relu(x), mistakes={
        "The sign was dropped: negative elements should become 0.": lambda: x.abs(),
        "Negative elements were scaled, not replaced by 0.": lambda: F.leaky_relu(x),
        "The positive elements became 0; the negative ones should.": lambda: x.clamp(max=0),
        "Positive elements became 1; they should stay as they are.": lambda: (x > 0).float(),
        "Values above a limit were cut off, too; relu has no upper limit.": lambda: x.clamp(0, 6),
        "Values above 1 were cut off; relu has no upper limit.": lambda: x.clamp(0, 1),
    })
    for shape, name in (((1,), "a single element"), ((0, 3), "an empty batch"), ((2, 3, 2), "a 3-D tensor")):
        x = torch.randn(shape) - 0.5
        assert_close(relu(x), F.relu(x), what=f"the result for {name}")
    x = torch.randn(4, 6).T[::2]
    assert_close(relu(x), F.relu(x), what="the result for a strided view")


@check("relu", hint="Which dtype do 0 and 0.0 turn the result into? clamp(min=0) keeps x's.")
def test_relu_keeps_dtype_and_device(student):
    """keeps dtype (float64, float16, int64) and device"""
    relu = student.without("relu").relu
    keeps(relu, F.relu, torch.float64, 1e-9)
    keeps(relu, F.relu, torch.float16, 1e-3)
    x = torch.tensor([-3, 0, 4, -1])
    assert_close(relu(x), F.relu(x), what="the result for int64")
    on_meta(relu, torch.zeros(2, 3))


# ------------------------------------------------------------------------------------------------------------ sigmoid

@check("sigmoid", hint="1 / (1 + exp(-x)), element by element.")
def test_sigmoid_squashes(student):
    """gives 1 / (1 + exp(-x)) for any shape"""
    sigmoid = student.without("sigmoid").sigmoid
    x = torch.randn(5, 6) * 3
    assert_close(sigmoid(x), x.sigmoid(), mistakes={
        "The sign is the wrong way round: 1 / (1 + exp(-x)) rises with x.": lambda: (-x).sigmoid(),
        "That is tanh; sigmoid runs from 0 to 1.": lambda: x.tanh(),
        "That is a softmax: sigmoid looks at each element by itself.": lambda: x.softmax(-1),
        "That is the straight-line imitation (hard sigmoid).": lambda: F.hardsigmoid(x),
        "The result was rounded to labels; probabilities were asked for.": lambda: x.sigmoid().round(),
    })
    for shape, name in (((1,), "a single element"), ((0, 3), "an empty batch"), ((2, 3, 2), "a 3-D tensor")):
        x = torch.randn(shape)
        assert_close(sigmoid(x), x.sigmoid(), what=f"the result for {name}")


@check("sigmoid", hint="exp overflows above 88; which form of the formula turns inf into 0 instead of nan?")
def test_sigmoid_survives_large_inputs(student):
    """is finite and right for inputs of ±1000"""
    sigmoid = student.without("sigmoid").sigmoid
    assert_close(sigmoid(LARGE), LARGE.sigmoid())


@check("sigmoid", hint="Let constants be Python numbers, so that x's dtype and device decide.")
def test_sigmoid_keeps_dtype_and_device(student):
    """keeps dtype (float64, float16) and device"""
    sigmoid = student.without("sigmoid").sigmoid
    keeps(sigmoid, torch.sigmoid, torch.float64, 1e-9)
    keeps(sigmoid, torch.sigmoid, torch.float16, 4e-3)
    on_meta(sigmoid, torch.zeros(2, 3))


# --------------------------------------------------------------------------------------------------------------- tanh

@check("tanh", hint="(exp(x) - exp(-x)) / (exp(x) + exp(-x)), element by element.")
def test_tanh_squashes(student):
    """gives (exp(x) - exp(-x)) / (exp(x) + exp(-x)) for any shape"""
    tanh = student.without("tanh").tanh
    x = torch.randn(5, 6)
    x[0, 0] = 0.0
    assert_close(tanh(x), x.tanh(), mistakes={
        "That is sigmoid, which runs from 0 to 1; tanh runs from -1 to 1.": lambda: x.sigmoid(),
        "tanh(x) is 2 * sigmoid(2 * x) - 1; one of the twos is missing.": lambda: 2 * x.sigmoid() - 1,
        "The sign is wrong: tanh rises with x.": lambda: -x.tanh(),
        "The sign was lost: tanh of a negative number is negative.": lambda: x.abs().tanh(),
        "tanh(0) is 0; yours is not.": lambda: torch.where(x == 0, 1.0, x.tanh()),
    })
    for shape, name in (((1,), "a single element"), ((0, 3), "an empty batch"), ((2, 3, 2), "a 3-D tensor")):
        x = torch.randn(shape)
        assert_close(tanh(x), x.tanh(), what=f"the result for {name}")


@check("tanh", hint="With exp(-2 * x.abs()) no exponent is positive; the sign comes back at the end.")
def test_tanh_survives_large_inputs(student):
    """is finite and right for inputs of ±1000"""
    tanh = student.without("tanh").tanh
    assert_close(tanh(LARGE), LARGE.tanh())


@check("tanh", hint="Let constants be Python numbers, so that x's dtype and device decide.")
def test_tanh_keeps_dtype_and_device(student):
    """keeps dtype (float64, float16) and device"""
    tanh = student.without("tanh").tanh
    keeps(tanh, torch.tanh, torch.float64, 1e-9)
    keeps(tanh, torch.tanh, torch.float16, 6e-3)
    on_meta(tanh, torch.zeros(2, 3))


# ------------------------------------------------------------------------------------------------------------ softmax

NO_SOFTMAX = ("softmax", "log_softmax", "softmin", "gumbel_softmax")


@check("softmax", hint="exp(x), divided by its own sum along the last dimension (keepdim=True).")
def test_softmax_makes_shares_of_each_row(student):
    """turns each row into shares that sum to 1 when no dim is given"""
    softmax = student.without(*NO_SOFTMAX).softmax
    x = torch.randn(4, 6) * 2
    assert_close(softmax(x), x.softmax(-1), mistakes={
        "Normalise over the classes, the last dimension; you normalised over the batch (dim 0).": lambda: x.softmax(0),
        "Normalise each row by itself; you divided by the sum of the whole tensor.":
            lambda: x.flatten().softmax(0).reshape(4, 6),
        "That is log_softmax: take exp of it.": lambda: x.log_softmax(-1),
        "The exponentials are not divided by their sum.": lambda: x.exp(),
        "That is a sigmoid: the shares of a row should sum to 1.": lambda: x.sigmoid(),
        "The shares need exponentials: dividing x by its sum is something else.": lambda: x / x.sum(-1, keepdim=True),
    })
    x = torch.randn(7)
    assert_close(softmax(x), x.softmax(-1), what="the result for a 1-D tensor")
    x = torch.randn(1, 5)
    assert_close(softmax(x), x.softmax(-1), what="the result for a batch of one",
                 mistakes={"Every share is 1: you normalised over the batch.": lambda: torch.ones(1, 5)})


@check("softmax", hint="Hand dim on to the maximum and to the sum, both with keepdim=True.")
def test_softmax_follows_dim(student):
    """normalises along the given dim, also of 3-D tensors and counted from the end"""
    softmax = student.without(*NO_SOFTMAX).softmax
    x = torch.randn(4, 4)
    assert_close(softmax(x, 0), x.softmax(0), what="the result for dim 0")
    assert_close(softmax(x, dim=1), x.softmax(1), what="the result for dim 1")
    x = torch.randn(3, 3, 3)
    for dim in (0, 1, -2, -1):
        assert_close(softmax(x, dim), x.softmax(dim), what=f"the result for dim {dim} of a 3-D tensor")


@check("softmax", points=2, hint="Subtract each slice's own largest value before exp.")
def test_softmax_survives_large_logits(student):
    """is finite and right for logits of ±1000, also when rows differ that much"""
    softmax = student.without(*NO_SOFTMAX).softmax
    x = torch.randn(5, 4)
    x[0] += 1000
    x[1] -= 1000
    x[2, 0], x[2, 3] = 1000.0, -1000.0
    x[3] = -1000.0
    assert_close(softmax(x, 1), x.softmax(1), rtol=1e-3, atol=1e-3, mistakes={
        "One largest value for the whole tensor is not enough: rows far below it become 0 / 0.":
            lambda: (x - x.max()).exp() / (x - x.max()).exp().sum(1, keepdim=True),
        "exp overflowed: subtract the row's largest value first.": lambda: x.exp() / x.exp().sum(1, keepdim=True),
        "The logits were clipped: equal shares came out where they differ.": lambda: x.clamp(-80, 80).softmax(1),
    })
    assert_close(softmax(x.T.contiguous(), 0), x.softmax(1).T, rtol=1e-3, atol=1e-3, what="the result along dim 0")


@check("softmax", hint="Reduce along dim only: x.max() of an empty tensor is an error, x.amax(dim=...) is not.")
def test_softmax_takes_an_empty_batch(student):
    """gives an empty result for an empty batch, and follows the device"""
    softmax = student.without(*NO_SOFTMAX).softmax
    assert_close(softmax(torch.zeros(0, 5), 1), torch.zeros(0, 5))
    x = torch.randn(3, 5)
    assert_close(softmax(x, -1), x.softmax(-1), what="the result for a batch of three")
    on_meta(softmax, torch.zeros(2, 3))


# ----------------------------------------------------------------------------------------------- binary_cross_entropy

NO_BCE = ("binary_cross_entropy*", "bce*")


def numbers(low, high, count):
    """Random numbers from low to high whose order and spread do not matter."""
    return low + (high - low) * torch.rand(count)


def both(count):
    """Labels in random order, half of them 1."""
    return (torch.arange(count) % 2)[torch.randperm(count)]


@check("binary_cross_entropy", points=2, hint="softplus(z) - z * t for each sample, then the mean.")
def test_bce_means_over_samples(student):
    """gives the mean binary cross-entropy of logits, as a 0-dim float32 tensor"""
    z, t = numbers(-3, 3, 9), both(9)
    loss = student.without(*NO_BCE).binary_cross_entropy(z, t.float())
    p = z.sigmoid()
    each = F.binary_cross_entropy_with_logits(z, t.float(), reduction="none")
    assert_close(loss, each.mean(), mistakes={
        "The losses were added up; take their mean.": lambda: each.sum(),
        "The losses of the samples came back; take their mean.": lambda: each,
        "The sigmoid was applied twice: the loss starts from logits.":
            lambda: F.binary_cross_entropy_with_logits(p, t.float()),
        "The sign is wrong: the loss is minus the mean of the logarithms.": lambda: -each.mean(),
        "The targets are the wrong way round.": lambda: F.binary_cross_entropy_with_logits(z, 1 - t.float()),
        "Samples of class 0 are left out: each target has its term, t and 1 - t.": lambda: -(t * p.log()).mean(),
        "Samples of class 1 are left out: each target has its term, t and 1 - t.": lambda: -((1 - t) * (1 - p).log()).mean(),
        "That is the squared error of the probabilities, not their cross-entropy.": lambda: (p - t).square().mean(),
        "The logarithm is to base 2; the natural one was asked for.": lambda: each.mean() / math.log(2),
    })


@check("binary_cross_entropy", points=2, hint="log1p(exp(-abs(z))) + z.clamp(min=0) is softplus without overflow.")
def test_bce_survives_large_logits(student):
    """is finite and right for logits of ±1000, whether they are right or wrong"""
    z = torch.tensor([1000.0, -1000.0, 1000.0, -1000.0, 0.3])
    for t, name in (([1, 0, 1, 0, 1], "sure and right"), ([0, 1, 0, 1, 0], "sure and wrong"), ([1, 1, 0, 0, 1], "half and half")):
        target = torch.tensor(t).float()
        want = F.binary_cross_entropy_with_logits(z, target)
        each = F.binary_cross_entropy_with_logits(z, target, reduction="none")
        got = student.without(*NO_BCE).binary_cross_entropy(z, target)
        if isinstance(got, torch.Tensor) and got.shape == () and torch.isfinite(got) and float(want - got) > 50:
            fail("The loss of a wrong logit of 1000 is 1000; yours is cut off: a clamped probability or logit hides it.")
        assert_close(got, want, rtol=1e-4, atol=1e-4, what=f"the loss for logits that are {name}",
                     mistakes={"The losses were added up; take their mean.": lambda: each.sum()})


@check("binary_cross_entropy", hint="Targets of 0 and 1 may be int64; the result is float32 all the same.")
def test_bce_takes_other_targets(student):
    """takes int64 targets, a single sample, and targets of one class only"""
    bce = student.without(*NO_BCE).binary_cross_entropy
    z, t = numbers(-3, 3, 6), both(6)
    assert_close(bce(z, t), F.binary_cross_entropy_with_logits(z, t.float()), what="the loss for int64 targets")
    for target in (0.0, 1.0):
        for count, name in ((1, "a single sample"), (6, "targets of one class")):
            z, t = numbers(-3, 3, count), torch.full((count,), target)
            assert_close(bce(z, t), F.binary_cross_entropy_with_logits(z, t), what=f"the loss for {name}")
    on_meta(bce, z, t)


# ------------------------------------------------------------------------------------------------------ cross_entropy

NO_CE = ("cross_entropy*", "nll_loss*")


@check("cross_entropy", points=2, hint="logsumexp of the row minus the logit at its label, then the mean over rows.")
def test_ce_means_over_rows(student):
    """gives the mean cross-entropy of logits and labels, as a 0-dim float32 tensor"""
    z = torch.randn(6, 4) * 2
    y = torch.tensor([0, 1, 2, 3, 3, 1])[torch.randperm(6)]
    log_p = z.log_softmax(1)
    each = -log_p[torch.arange(6), y]
    assert_close(student.without(*NO_CE).cross_entropy(z, y), each.mean(), mistakes={
        "The losses were added up; take their mean.": lambda: each.sum(),
        "The losses of the samples came back; take their mean.": lambda: each,
        "The softmax ran over the batch (dim 0); each row is one sample's classes.":
            lambda: -z.log_softmax(0)[torch.arange(6), y].mean(),
        "The softmax was applied twice: the loss starts from logits.": lambda: F.cross_entropy(z.softmax(1), y),
        "The sign is wrong: the loss is minus the mean of the logarithms.": lambda: -each.mean(),
        "The mean runs over all classes of all rows; only the true class of each row counts.":
            lambda: each.sum() / z.numel(),
        "The logarithm is missing: that is minus the mean probability.": lambda: -log_p.exp()[torch.arange(6), y].mean(),
        "The logarithm is missing: that is one minus the mean probability.":
            lambda: 1 - log_p.exp()[torch.arange(6), y].mean(),
        "z[:, labels] takes all the labels' columns from every row; each row needs its own label only.":
            lambda: (z.logsumexp(1, keepdim=True) - z[:, y]).mean(),
        "The largest logit was taken instead of the one at the label.": lambda: -log_p.amax(1).mean(),
        "The logarithm is to base 2; the natural one was asked for.": lambda: each.mean() / math.log(2),
    })


@check("cross_entropy", points=2, hint="Stay with logarithms: logsumexp or log_softmax, never log of a softmax.")
def test_ce_survives_large_logits(student):
    """is finite and right for logits of ±1000, whether they are right or wrong"""
    z = torch.randn(4, 3)
    z[0] = torch.tensor([1000.0, 0.0, -1000.0])
    z[1] -= 1000
    z[2] += 1000
    for first in (0, 2):
        y = torch.tensor([first, 1, 2, 0])
        want = F.cross_entropy(z, y)
        got = student.without(*NO_CE).cross_entropy(z, y)
        if isinstance(got, torch.Tensor) and got.shape == () and torch.isfinite(got) and float(want - got) > 50:
            fail("The loss of a wrong logit that is 2000 too large is 2000; yours is cut off: a clamped probability or "
                 "logit hides it.")
        assert_close(got, want, rtol=1e-4, atol=1e-4, what="the loss")


@check("cross_entropy", hint="One row index per label: torch.arange(len(labels)).")
def test_ce_takes_few_rows(student):
    """works for a single row, for labels that leave classes out, and for two classes"""
    ce = student.without(*NO_CE).cross_entropy
    z, y = torch.randn(1, 5), torch.tensor([3])
    assert_close(ce(z, y), F.cross_entropy(z, y), what="the loss of a single row")
    z, y = torch.randn(5, 6), torch.tensor([4, 4, 1, 4, 1])
    assert_close(ce(z, y), F.cross_entropy(z, y), what="the loss when classes are absent")
    z, y = torch.randn(3, 2), torch.tensor([1, 1, 1])
    assert_close(ce(z, y), F.cross_entropy(z, y), what="the loss for two classes")
