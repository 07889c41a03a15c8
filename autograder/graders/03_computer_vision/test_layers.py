"""Hidden checks of 03_computer_vision/layers."""

import torch
from torch.nn import functional as F

from autograder.calibrate import sibling
from autograder.checks import assert_close, assert_equal, check, expect, fail, in_worker, raises

PretendDevice = sibling(__file__, "pretend_device.py").PretendDevice

CONV = ("*conv*", "*unfold*", "im2col*")
POOL = ("*pool*",)
DEVICE = (
    "A tensor that you create lands on the CPU, not where image lives: image.new_zeros(...) makes one beside it "
    "(or give it device=image.device)."
)


# ------------------------------------------------------------------------------------ beside the student's code


@in_worker
def on_pretended_device(student, name, tensors, options):
    """Where the answer is when the tensors are on a GPU: "cuda", "cpu", None (unknown), or "mixed" when two devices met."""
    try:
        with PretendDevice():
            answer = getattr(student, name)(*[PretendDevice.put(tensor.clone(), "cuda") for tensor in tensors], *options)
            return PretendDevice.where(answer)
    except Exception as error:
        return "mixed" if "on the same device" in str(error) else None


# ------------------------------------------------------------------------------------------- on the grader's side


def _follows_the_device(student, name, tensors, *options):
    if on_pretended_device(student, name, list(tensors), list(options)) in ("cpu", "mixed"):
        fail(DEVICE)


# -------------------------------------------------------------------------------------------- conv_output_size


def _size(size, kernel_size, stride=1, padding=0, dilation=1):
    image = torch.empty(1, 1, size, 1, device="meta")
    weight = torch.empty(1, 1, kernel_size, 1, device="meta")
    return F.conv2d(image, weight, stride=(stride, 1), padding=(padding, 0), dilation=(dilation, 1)).shape[2]


def _slips(size, kernel_size, stride=1, padding=0, dilation=1):
    """What known slips make of a case, by what to say of them."""
    span = dilation * (kernel_size - 1) + 1
    room = size + 2 * padding - span
    return {
        "The place at the start is missing: room // stride counts the steps, and there is one place more than steps.":
            room // stride,
        "Divide the room by the stride first, then add 1.": (room + 1) // stride,
        "Round down: what is left behind the last whole step holds no window.": -(-room // stride) + 1,
        "Padding is added on both ends: 2 * padding.": (size + padding - span) // stride + 1,
        "With dilation the window spans dilation * (kernel_size - 1) + 1 pixels.":
            (size + 2 * padding - kernel_size) // stride + 1,
        "A window of k pixels spans k, not dilation * k: there are k - 1 gaps, and one pixel more.":
            (size + 2 * padding - dilation * kernel_size) // stride + 1,
    }


def _check_sizes(student, cases):
    """All cases at once, so that a slip is named only where it explains every answer."""
    try:
        got = [student.conv_output_size(**case) for case in cases]
    except ValueError:
        fail("ValueError was raised for a window that fits: it spans dilation * (kernel_size - 1) + 1 pixels (k - 1 gaps, and "
             "one pixel more), and there are size + 2 * padding.")
    if any(isinstance(size, float) for size in got):
        fail("The size is a float: / makes one, // of ints gives an int.")
    slips = [_slips(**case) for case in cases]
    assert_equal(got, [_size(**case) for case in cases], what="the sizes",
                 mistakes={why: [slip[why] for slip in slips] for why in slips[0]})


@check("conv_output_size", hint="How much room is left when the window stands at the first pixel?")
def test_counts_the_places(student):
    """counts the places of a window at stride 1, without padding"""
    unforeseen = int(torch.randint(30, 300, ()))
    _check_sizes(student, [{"size": s, "kernel_size": k} for s in (5, 6, 28, unforeseen) for k in (1, 2, 3, 5)])


@check("conv_output_size", hint="Room, divided by the stride, rounded down, plus one.")
def test_rounds_down_with_a_stride(student):
    """counts the places with strides that do and do not divide the room, a window larger than the stride or smaller"""
    _check_sizes(student, [{"size": s, "kernel_size": k, "stride": d}
                           for s in (7, 8, 28, int(torch.randint(30, 300, ()))) for k in (1, 2, 3) for d in (2, 3, 4, 9)])


@check("conv_output_size", hint="Padding adds pixels on both ends; dilation stretches the window.")
def test_counts_padding_and_dilation(student):
    """counts padding on both ends, and the span of a dilated window"""
    _check_sizes(student, [{"size": s, "kernel_size": k, "stride": d, "padding": p, "dilation": n}
                           for s in (9, 14) for k in (1, 2, 3) for d in (1, 2) for p in (0, 1, 3) for n in (1, 2, 4)
                           if s + 2 * p > n * (k - 1)])
    assert_equal(student.conv_output_size(6, 3, 2, 1), 3, what="the size")


@check("conv_output_size", points=2, hint="Is the room below zero? Mind how negative numbers are rounded.")
def test_refuses_what_does_not_fit(student):
    """raises ValueError exactly where the window does not fit even once"""
    tight = [{"size": 3, "kernel_size": 3}, {"size": 1, "kernel_size": 3, "padding": 1}, {"size": 5, "kernel_size": 3, "dilation": 2},
             {"size": 1, "kernel_size": 1, "stride": 4}, {"size": 3, "kernel_size": 3, "stride": 5}]
    _check_sizes(student, tight)
    for case in (
        {"size": 2, "kernel_size": 3}, {"size": 2, "kernel_size": 3, "stride": 2}, {"size": 2, "kernel_size": 5, "stride": 4},
        {"size": 3, "kernel_size": 6, "padding": 1}, {"size": 4, "kernel_size": 3, "dilation": 2}, {"size": 1, "kernel_size": 9, "stride": 3},
        {"size": 3, "kernel_size": 3, "dilation": 3, "padding": 1, "stride": 2},
    ):
        with raises(ValueError, "the window is larger than the padded side"):
            student.conv_output_size(**case)


# ------------------------------------------------------------------------------------------------------ conv2d


def _conv(image, kernel, stride=1, padding=0):
    return F.conv2d(image[None, None].double(), kernel[None, None].double(), stride=stride, padding=padding)[0, 0].to(image.dtype)


def _conv_mistakes(image, kernel, stride=1, padding=0):
    def shifted():
        """Windows at every pixel, the output cut to size: the stride left out of the window's place."""
        every = _conv(image, kernel, 1, padding)
        want = _conv(image, kernel, stride, padding)
        return every[: want.shape[0], : want.shape[1]]

    def one_sided():
        return _conv(F.pad(image, (0, padding, 0, padding)), kernel, stride)

    return {
        "The kernel was turned around: nn.Conv2d does not flip it (cross-correlation), so neither do you.":
            lambda: _conv(image, kernel.flip(0, 1), stride, padding),
        "The kernel was transposed: its rows go along the picture's rows.": lambda: _conv(image, kernel.T.contiguous(), stride, padding),
        "This is the mean over the window; the sum is asked for.": lambda: _conv(image, kernel, stride, padding) / kernel.numel(),
        "The window's place ignores the stride: output place i looks at pixels from i * stride on.": shifted,
        "The padding is ignored.": lambda: _conv(image, kernel, stride),
        "The stride is ignored.": lambda: _conv(image, kernel, 1, padding),
        "Padding was added at the bottom and right only: all four sides get it.": one_sided,
        "The frame of padding holds copies of the border; zeros are asked for.":
            lambda: _conv(F.pad(image[None], (padding,) * 4, "replicate")[0], kernel, stride),
    }


def _conv_case(student, shape, k, *options, **named):
    image, kernel = torch.randn(shape), torch.randn(k, k)
    got = student.without(*CONV).conv2d(image, kernel, *options, **named)
    all_options = dict(zip(("stride", "padding"), options)) | named
    assert_close(got, _conv(image, kernel, **all_options), rtol=1e-4, atol=1e-4, mistakes=_conv_mistakes(image, kernel, **all_options))


@check("conv2d", points=2, hint="Window times kernel, summed, at each place; rows and columns have their own count.")
def test_slides_the_kernel(student):
    """gives the sum of window times kernel at every place, for pictures that are not square too"""
    for shape, k in (((6, 6), 3), ((5, 9), 3), ((8, 4), 2), ((4, 7), 1), ((7, 5), 5), ((3, 3), 3)):
        _conv_case(student, shape, k)


@check("conv2d", hint="The window of output place i begins at pixel i * stride.")
def test_takes_steps_of_the_stride(student):
    """moves the kernel by the stride in both directions"""
    for shape, k, stride in (((7, 9), 3, 2), ((8, 6), 3, 2), ((10, 7), 2, 3), ((9, 9), 1, 4), ((5, 6), 3, 7)):
        _conv_case(student, shape, k, stride=stride)


@check("conv2d", points=2, hint="Write the picture into the middle of a larger tensor of zeros.")
def test_pads_with_zeros(student):
    """sets the picture into a frame of zeros on all four sides, with a stride too"""
    for shape, k, stride, padding in (((5, 7), 3, 1, 1), ((4, 6), 3, 2, 1), ((3, 5), 5, 1, 2), ((2, 2), 3, 2, 1), ((1, 4), 2, 3, 3)):
        _conv_case(student, shape, k, stride, padding)


@check("conv2d", hint="image.new_zeros(...) keeps dtype and device; slices work for any strides.")
def test_convolves_other_tensors(student):
    """keeps float64 and the device, and works for transposed pictures and kernels"""
    image, kernel = torch.randn(7, 5, dtype=torch.float64), torch.randn(3, 3, dtype=torch.float64)
    limited = student.without(*CONV)
    assert_close(limited.conv2d(image, kernel, 2, 1), _conv(image, kernel, 2, 1), mistakes=_conv_mistakes(image, kernel, 2, 1))
    image, kernel = torch.randn(9, 6).T, torch.randn(4, 3)[:3].T
    want = _conv(image.contiguous(), kernel.contiguous())
    assert_close(limited.conv2d(image, kernel), want, rtol=1e-4, atol=1e-4, mistakes=_conv_mistakes(image, kernel))
    image, kernel = torch.randn(5, 6), torch.randn(3, 3)
    _follows_the_device(student, "conv2d", (image, kernel), 1, 1)


# -------------------------------------------------------------------------------------------------- max_pool2d


def _pool(image, size, **options):
    return F.max_pool2d(image[None, None], size, **options)[0, 0]


def _cut(image, size):
    return image[: image.shape[0] // size * size, : image.shape[1] // size * size]


def _pool_mistakes(image, size):
    return {
        "This is the mean of each patch; the largest value is asked for.": lambda: F.avg_pool2d(image[None, None], size)[0, 0],
        "The patches overlap: they lie side by side, the stride is the size.": lambda: _pool(image, size, stride=1),
        "The incomplete patches at the edges are kept: drop rows and columns that fill no whole patch.":
            lambda: _pool(image, size, ceil_mode=True),
        "The pixels of a patch are no square: view(-1, size, size) cuts along the rows. Split H and W separately.":
            lambda: _cut(image, size).reshape(-1, size, size).amax((1, 2)).view(image.shape[0] // size, image.shape[1] // size),
        "These are patches of neighbours that are a patch apart: the view has (size, patches) where (patches, size) is due.":
            lambda: _cut(image, size).reshape(size, image.shape[0] // size, size, image.shape[1] // size).amax((0, 2)),
        "Nothing was negative in your result: start from the smallest value of the patch, not from 0.":
            lambda: _pool(image, size).clamp(min=0),
        "The largest absolute value was taken; the largest value is asked for.": lambda: _pool(image.abs(), size),
    }


def _pool_case(student, image, size):
    assert_close(student.without(*POOL).max_pool2d(image, size), _pool(image, size), mistakes=_pool_mistakes(image, size))


@check("max_pool2d", points=2, hint="(H, W) -> (H // size, size, W // size, size), then the largest over two of the four.")
def test_keeps_the_largest_of_each_patch(student):
    """keeps the largest value of each patch, of pictures that are not square and of several patch sizes"""
    for shape, size in (((4, 6), 2), ((9, 6), 3), ((4, 8), 4), ((3, 5), 1), ((5, 5), 5), ((2, 8), 2)):
        _pool_case(student, torch.randn(shape), size)


@check("max_pool2d", hint="H // size * size rows fill whole patches.")
def test_drops_incomplete_edges(student):
    """drops the rows and columns that fill no whole patch"""
    for shape, size in (((5, 7), 2), ((4, 5), 2), ((7, 6), 2), ((8, 10), 3), ((6, 11), 4)):
        _pool_case(student, torch.randn(shape), size)


@check("max_pool2d", hint="A patch may hold negative values alone.")
def test_pools_negative_values(student):
    """keeps the largest value where all of a patch is negative"""
    for shape, size in (((4, 4), 2), ((7, 6), 3)):
        _pool_case(student, -torch.rand(shape) - 0.5, size)


@check("max_pool2d", hint="reshape works for any strides; new tensors belong beside image.")
def test_pools_other_tensors(student):
    """keeps float64 and the device, and works for a transposed picture"""
    image = torch.randn(6, 5, dtype=torch.float64)
    _pool_case(student, image, 2)
    image = torch.randn(7, 4).T
    expect(not image.is_contiguous(), "grader: this picture should not be contiguous")
    _pool_case(student, image, 2)
    image = torch.randn(4, 6)
    _follows_the_device(student, "max_pool2d", (image,), 2)
