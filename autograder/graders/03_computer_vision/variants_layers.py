"""Right and wrong answers for 03_computer_vision/layers."""

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from autograder.checks import says

# -------------------------------------------------------------------------------------------- conv_output_size


def right_conv_output_size_floor(size, kernel_size, stride=1, padding=0, dilation=1):
    effective = dilation * (kernel_size - 1) + 1
    if effective > size + 2 * padding:
        raise ValueError("the kernel is larger than the padded input")
    return math.floor((size + 2 * padding - effective) / stride + 1)


def right_conv_output_size_range(size, kernel_size, stride=1, padding=0, dilation=1):
    places = len(range(0, size + 2 * padding - dilation * (kernel_size - 1), stride))
    if not places:
        raise ValueError
    return places


def right_conv_output_size_ask_torch(size, kernel_size, stride=1, padding=0, dilation=1):
    layer = nn.Conv1d(1, 1, kernel_size, stride=stride, padding=padding, dilation=dilation, device="meta")
    try:
        return layer(torch.empty(1, 1, size, device="meta")).shape[-1]
    except RuntimeError as error:
        raise ValueError("does not fit") from error


def right_conv_output_size_while(size, kernel_size, stride=1, padding=0, dilation=1):
    start, count = -padding, 0
    while start + dilation * (kernel_size - 1) < size + padding:
        start, count = start + stride, count + 1
    if count == 0:
        raise ValueError("no place")
    return count


def right_conv_output_size_int_of_the_sum(size, kernel_size, stride=1, padding=0, dilation=1):
    n = int((size + 2 * padding - dilation * (kernel_size - 1) - 1) / stride + 1)
    if n <= 0:
        raise ValueError
    return n


@says("one place more")
def wrong_conv_output_size_no_plus_one(size, kernel_size, stride=1, padding=0, dilation=1):
    room = size + 2 * padding - dilation * (kernel_size - 1) - 1
    if room < 0:
        raise ValueError
    return room // stride


@says("both ends")
def wrong_conv_output_size_one_padding(size, kernel_size, stride=1, padding=0, dilation=1):
    room = size + padding - dilation * (kernel_size - 1) - 1
    if room < 0:
        raise ValueError
    return room // stride + 1


@says("dilation")
def wrong_conv_output_size_no_dilation(size, kernel_size, stride=1, padding=0, dilation=1):
    room = size + 2 * padding - kernel_size
    if room < 0:
        raise ValueError
    return room // stride + 1


@says("gaps")
def wrong_conv_output_size_dilation_times_kernel(size, kernel_size, stride=1, padding=0, dilation=1):
    room = size + 2 * padding - dilation * kernel_size
    if room < 0:
        raise ValueError
    return room // stride + 1


@says("round down")
def wrong_conv_output_size_ceil(size, kernel_size, stride=1, padding=0, dilation=1):
    room = size + 2 * padding - dilation * (kernel_size - 1) - 1
    if room < 0:
        raise ValueError
    return math.ceil(room / stride) + 1


@says("float")
def wrong_conv_output_size_float(size, kernel_size, stride=1, padding=0, dilation=1):
    room = size + 2 * padding - dilation * (kernel_size - 1) - 1
    if room < 0:
        raise ValueError
    return room / stride + 1


def wrong_conv_output_size_never_raises(size, kernel_size, stride=1, padding=0, dilation=1):
    return (size + 2 * padding - dilation * (kernel_size - 1) - 1) // stride + 1


def wrong_conv_output_size_rounds_to_zero(size, kernel_size, stride=1, padding=0, dilation=1):
    places = int((size + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1
    if places < 1:
        raise ValueError
    return places


def wrong_conv_output_size_raises_too_early(size, kernel_size, stride=1, padding=0, dilation=1):
    room = size + 2 * padding - dilation * (kernel_size - 1) - 1
    if room <= 0:
        raise ValueError
    return room // stride + 1


def wrong_conv_output_size_compares_the_bare_size(size, kernel_size, stride=1, padding=0, dilation=1):
    if kernel_size > size:
        raise ValueError
    return (size + 2 * padding - dilation * (kernel_size - 1) - 1) // stride + 1


def wrong_conv_output_size_ignores_dilation_when_checking(size, kernel_size, stride=1, padding=0, dilation=1):
    if kernel_size > size + 2 * padding:
        raise ValueError
    return (size + 2 * padding - dilation * (kernel_size - 1) - 1) // stride + 1


def wrong_conv_output_size_zero(size, kernel_size, stride=1, padding=0, dilation=1):
    return max((size + 2 * padding - dilation * (kernel_size - 1) - 1) // stride + 1, 0)


def wrong_conv_output_size_asserts(size, kernel_size, stride=1, padding=0, dilation=1):
    room = size + 2 * padding - dilation * (kernel_size - 1) - 1
    assert room >= 0
    return room // stride + 1


@says("stride first")
def wrong_conv_output_size_parentheses(size, kernel_size, stride=1, padding=0, dilation=1):
    room = size + 2 * padding - dilation * (kernel_size - 1) - 1
    if room < 0:
        raise ValueError
    return (room + 1) // stride


# ------------------------------------------------------------------------------------------------------ conv2d


def right_conv2d_shifted_slices(image, kernel, stride=1, padding=0):
    k = kernel.shape[0]
    frame = F.pad(image, (padding, padding, padding, padding))
    height, width = frame.shape[0] - k + 1, frame.shape[1] - k + 1
    out = 0
    for a in range(k):
        for b in range(k):
            out = out + kernel[a, b] * frame[a : a + height : stride, b : b + width : stride]
    return out


def right_conv2d_as_strided(image, kernel, stride=1, padding=0):
    frame = F.pad(image, [padding] * 4).contiguous()
    (h, w), k = frame.shape, len(kernel)
    windows = frame.as_strided(((h - k) // stride + 1, (w - k) // stride + 1, k, k), (w * stride, stride, w, 1))
    return torch.einsum("ijab,ab->ij", windows, kernel)


def right_conv2d_numpy_windows(image, kernel, stride=1, padding=0):
    a = np.pad(image.numpy(), padding)
    windows = np.lib.stride_tricks.sliding_window_view(a, kernel.shape)[::stride, ::stride]
    return torch.from_numpy((windows * kernel.numpy()).sum((2, 3)))


def right_conv2d_items(image, kernel, stride=1, padding=0):
    k = kernel.size(0)
    frame = torch.zeros(image.size(0) + 2 * padding, image.size(1) + 2 * padding, dtype=image.dtype, device=image.device)
    frame[padding : padding + image.size(0), padding : padding + image.size(1)] = image
    rows = []
    for i in range(0, frame.size(0) - k + 1, stride):
        row = []
        for j in range(0, frame.size(1) - k + 1, stride):
            row.append((frame[i : i + k, j : j + k] * kernel).sum())
        rows.append(torch.stack(row))
    return torch.stack(rows)


def right_conv2d_python_floats(image, kernel, stride=1, padding=0):
    k = len(kernel)
    frame = F.pad(image, (padding,) * 4)
    out = torch.zeros((frame.shape[0] - k) // stride + 1, (frame.shape[1] - k) // stride + 1).to(image)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            top, left = i * stride, j * stride
            out[i, j] = float(torch.sum(frame[top : top + k, left : left + k] * kernel))
    return out


def right_conv2d_index_grid(image, kernel, stride=1, padding=0):
    frame = F.pad(image, (padding,) * 4)
    k = kernel.shape[0]
    rows = torch.arange(0, frame.shape[0] - k + 1, stride)[:, None] + torch.arange(k)
    columns = torch.arange(0, frame.shape[1] - k + 1, stride)[:, None] + torch.arange(k)
    windows = frame[rows][:, :, columns]
    return (windows * kernel[None, :, None, :]).sum((1, 3))


def right_conv2d_matrix_product(image, kernel, stride=1, padding=0):
    k = kernel.shape[0]
    frame = torch.nn.ZeroPad2d(padding)(image[None])[0]
    h, w = (frame.shape[0] - k) // stride + 1, (frame.shape[1] - k) // stride + 1
    columns = [frame[i * stride : i * stride + k, j * stride : j * stride + k].reshape(-1) for i in range(h) for j in range(w)]
    return (torch.stack(columns) @ kernel.reshape(-1)).view(h, w)


def right_conv2d_fft(image, kernel, stride=1, padding=0):
    p = F.pad(image, (padding,) * 4)
    k = kernel.shape[0]
    H, W = p.shape
    work = p.double() if p.dtype != torch.float64 else p
    flipped = kernel.double().flip(0, 1)
    s = (H + k - 1, W + k - 1)
    full = torch.fft.irfft2(torch.fft.rfft2(work, s=s) * torch.fft.rfft2(flipped, s=s), s=s)
    return full[k - 1 : H, k - 1 : W][::stride, ::stride].to(image.dtype)


def right_conv2d_banded_matrices(image, kernel, stride=1, padding=0):
    # a banded matrix for each kernel row
    k = kernel.shape[0]
    p = F.pad(image, (padding,) * 4)
    H, W = p.shape
    oh, ow = (H - k) // stride + 1, (W - k) // stride + 1
    total = torch.zeros(oh, ow, dtype=image.dtype, device=image.device)
    for i in range(k):
        band = torch.zeros(W, ow, dtype=image.dtype, device=image.device)
        for c in range(ow):
            band[c * stride : c * stride + k, c] = kernel[i]
        total = total + p[i : i + (oh - 1) * stride + 1 : stride] @ band
    return total


@says("without it")
def wrong_conv2d_functional(image, kernel, stride=1, padding=0):
    return F.conv2d(image[None, None], kernel[None, None], stride=stride, padding=padding)[0, 0]


@says("without it")
def wrong_conv2d_module(image, kernel, stride=1, padding=0):
    layer = nn.Conv2d(1, 1, len(kernel), stride, padding, bias=False, dtype=image.dtype)
    with torch.no_grad():
        layer.weight.copy_(kernel)
        return layer(image[None, None])[0, 0]


@says("without it")
def wrong_conv2d_tensor_unfold(image, kernel, stride=1, padding=0):
    k = len(kernel)
    windows = F.pad(image, (padding,) * 4).unfold(0, k, stride).unfold(1, k, stride)
    return (windows * kernel).sum((2, 3))


@says("without it")
def wrong_conv2d_functional_unfold(image, kernel, stride=1, padding=0):
    k = len(kernel)
    columns = F.unfold(image[None, None], k, padding=padding, stride=stride)[0]
    height = (image.shape[0] + 2 * padding - k) // stride + 1
    return (kernel.reshape(1, -1) @ columns).view(height, -1)


@says("turned around")
def wrong_conv2d_flips(image, kernel, stride=1, padding=0):
    return _slices(F.pad(image, (padding,) * 4), kernel.flip(0, 1), stride)


@says("transposed")
def wrong_conv2d_transposes_kernel(image, kernel, stride=1, padding=0):
    return _slices(F.pad(image, (padding,) * 4), kernel.T, stride)


@says("mean")
def wrong_conv2d_mean(image, kernel, stride=1, padding=0):
    return _slices(F.pad(image, (padding,) * 4), kernel, stride) / kernel.numel()


@says("ignores the stride")
def wrong_conv2d_window_without_stride(image, kernel, stride=1, padding=0):
    frame, k = F.pad(image, (padding,) * 4), len(kernel)
    out = image.new_zeros((frame.shape[0] - k) // stride + 1, (frame.shape[1] - k) // stride + 1)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (frame[i : i + k, j : j + k] * kernel).sum()
    return out


def wrong_conv2d_ignores_stride(image, kernel, stride=1, padding=0):
    return _slices(F.pad(image, (padding,) * 4), kernel, 1)


@says("padding is ignored")
def wrong_conv2d_ignores_padding(image, kernel, stride=1, padding=0):
    if min(image.shape) < len(kernel):
        return image.new_zeros(1, 1)
    return _slices(image, kernel, stride)


def wrong_conv2d_pads_one_side(image, kernel, stride=1, padding=0):
    return _slices(F.pad(image, (0, 2 * padding, 0, 2 * padding)), kernel, stride)


@says("copies of the border")
def wrong_conv2d_replicates_border(image, kernel, stride=1, padding=0):
    return _slices(F.pad(image[None], (padding,) * 4, "replicate")[0], kernel, stride)


def wrong_conv2d_square_only(image, kernel, stride=1, padding=0):
    frame, k = F.pad(image, (padding,) * 4), len(kernel)
    n = (frame.shape[0] - k) // stride + 1
    out = image.new_zeros(n, n)
    for i in range(n):
        for j in range(n):
            out[i, j] = (frame[i * stride : i * stride + k, j * stride : j * stride + k] * kernel).sum()
    return out


def wrong_conv2d_kernel_of_3(image, kernel, stride=1, padding=0):
    frame = F.pad(image, (padding,) * 4)
    out = image.new_zeros((frame.shape[0] - 3) // stride + 1, (frame.shape[1] - 3) // stride + 1)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (frame[i * stride : i * stride + 3, j * stride : j * stride + 3] * kernel).sum()
    return out


def wrong_conv2d_misses_the_last_place(image, kernel, stride=1, padding=0):
    frame, k = F.pad(image, (padding,) * 4), len(kernel)
    rows = [[(frame[i : i + k, j : j + k] * kernel).sum() for j in range(0, frame.shape[1] - k, stride)]
            for i in range(0, frame.shape[0] - k, stride)]
    return torch.tensor(rows)


def wrong_conv2d_matmul(image, kernel, stride=1, padding=0):
    frame, k = F.pad(image, (padding,) * 4), len(kernel)
    out = image.new_zeros((frame.shape[0] - k) // stride + 1, (frame.shape[1] - k) // stride + 1)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (frame[i * stride : i * stride + k, j * stride : j * stride + k] @ kernel).sum()
    return out


def wrong_conv2d_default_dtype(image, kernel, stride=1, padding=0):
    frame, k = F.pad(image, (padding,) * 4), len(kernel)
    out = torch.zeros((frame.shape[0] - k) // stride + 1, (frame.shape[1] - k) // stride + 1, device=image.device)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (frame[i * stride : i * stride + k, j * stride : j * stride + k] * kernel).sum()
    return out


@says("device")
def wrong_conv2d_cpu_only(image, kernel, stride=1, padding=0):
    frame, k = F.pad(image, (padding,) * 4), len(kernel)
    out = torch.zeros((frame.shape[0] - k) // stride + 1, (frame.shape[1] - k) // stride + 1, dtype=image.dtype)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (frame[i * stride : i * stride + k, j * stride : j * stride + k] * kernel).sum()
    return out


def wrong_conv2d_contiguous_only(image, kernel, stride=1, padding=0):
    (h, w), k = image.shape, len(kernel)
    if padding:
        image = F.pad(image, (padding,) * 4)
        h, w = image.shape
    flat = image.view(-1)
    out = image.new_zeros((h - k) // stride + 1, (w - k) // stride + 1)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            start = i * stride * w + j * stride
            out[i, j] = sum((flat[start + a * w : start + a * w + k] * kernel[a]).sum() for a in range(k))
    return out


def wrong_conv2d_extra_dims(image, kernel, stride=1, padding=0):
    return _slices(F.pad(image, (padding,) * 4), kernel, stride)[None, None]


def wrong_conv2d_list(image, kernel, stride=1, padding=0):
    return _slices(F.pad(image, (padding,) * 4), kernel, stride).tolist()


def _slices(frame, kernel, stride):
    k = len(kernel)
    h, w = frame.shape[0] - k + 1, frame.shape[1] - k + 1
    return sum(kernel[a, b] * frame[a : a + h : stride, b : b + w : stride] for a in range(k) for b in range(k))


# -------------------------------------------------------------------------------------------------- max_pool2d


def right_max_pool2d_loops(image, size):
    out = image.new_empty(image.shape[0] // size, image.shape[1] // size)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = image[i * size : (i + 1) * size, j * size : (j + 1) * size].max()
    return out


def right_max_pool2d_unfold(image, size):
    return image.unfold(0, size, size).unfold(1, size, size).amax(dim=(2, 3))


def right_max_pool2d_shifted_maximum(image, size):
    rows, columns = image.shape[0] // size * size, image.shape[1] // size * size
    result = None
    for a in range(size):
        for b in range(size):
            part = image[a:rows:size, b:columns:size]
            result = part if result is None else torch.maximum(result, part)
    return result.clone()


def right_max_pool2d_max_twice(image, size):
    h, w = image.shape
    cut = image[: h - h % size, : w - w % size].contiguous()
    return cut.view(h // size, size, w // size, size).max(dim=3).values.max(dim=1)[0]


def right_max_pool2d_lists(image, size):
    values = image.tolist()
    rows = [[max(values[i + a][j + b] for a in range(size) for b in range(size))
             for j in range(0, image.shape[1] - size + 1, size)] for i in range(0, image.shape[0] - size + 1, size)]
    return torch.tensor(rows, dtype=image.dtype, device=image.device)


@says("without it")
def wrong_max_pool2d_functional(image, size):
    return F.max_pool2d(image[None, None], size)[0, 0]


@says("without it")
def wrong_max_pool2d_module(image, size):
    return nn.MaxPool2d(size)(image[None])[0]


@says("without it")
def wrong_max_pool2d_adaptive(image, size):
    rows, columns = image.shape[0] // size, image.shape[1] // size
    return F.adaptive_max_pool2d(image[None, : rows * size, : columns * size], (rows, columns))[0]


@says("mean")
def wrong_max_pool2d_mean(image, size):
    rows, columns = image.shape[0] // size, image.shape[1] // size
    return image[: rows * size, : columns * size].reshape(rows, size, columns, size).mean(dim=(1, 3))


@says("overlap")
def wrong_max_pool2d_stride_1(image, size):
    return image.unfold(0, size, 1).unfold(1, size, 1).amax(dim=(2, 3))


def wrong_max_pool2d_keeps_edges(image, size):
    h, w = image.shape
    return torch.stack([torch.stack([image[i : i + size, j : j + size].max() for j in range(0, w, size)])
                        for i in range(0, h, size)])


def wrong_max_pool2d_needs_whole_patches(image, size):
    h, w = image.shape
    return image.reshape(h // size, size, w // size, size).amax(dim=(1, 3))


@says("no square")
def wrong_max_pool2d_wrong_view(image, size):
    rows, columns = image.shape[0] // size, image.shape[1] // size
    return image[: rows * size, : columns * size].reshape(-1, size, size).amax(dim=(1, 2)).view(rows, columns)


def wrong_max_pool2d_wrong_split(image, size):
    rows, columns = image.shape[0] // size, image.shape[1] // size
    return image[: rows * size, : columns * size].reshape(size, rows, size, columns).amax(dim=(0, 2))


def wrong_max_pool2d_starts_at_zero(image, size):
    out = image.new_zeros(image.shape[0] // size, image.shape[1] // size)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            for value in image[i * size : (i + 1) * size, j * size : (j + 1) * size].flatten():
                out[i, j] = torch.maximum(out[i, j], value)
    return out


def wrong_max_pool2d_absolute(image, size):
    rows, columns = image.shape[0] // size, image.shape[1] // size
    return image[: rows * size, : columns * size].reshape(rows, size, columns, size).abs().amax(dim=(1, 3))


def wrong_max_pool2d_size_2(image, size):
    rows, columns = image.shape[0] // 2, image.shape[1] // 2
    return image[: rows * 2, : columns * 2].reshape(rows, 2, columns, 2).amax(dim=(1, 3))


def wrong_max_pool2d_square_only(image, size):
    n = image.shape[0] // size
    return image[: n * size, : n * size].reshape(n, size, n, size).amax(dim=(1, 3))


def wrong_max_pool2d_contiguous_only(image, size):
    rows, columns = image.shape[0] // size, image.shape[1] // size
    flat = image.view(-1)[: rows * size * image.shape[1]]
    return flat.view(rows, size, -1)[:, :, :].view(rows, size, image.shape[1])[:, :, : columns * size].reshape(
        rows, size, columns, size).amax(dim=(1, 3))


def wrong_max_pool2d_float32(image, size):
    rows, columns = image.shape[0] // size, image.shape[1] // size
    return image.float()[: rows * size, : columns * size].reshape(rows, size, columns, size).amax(dim=(1, 3))


@says("device")
def wrong_max_pool2d_cpu_only(image, size):
    out = torch.empty(image.shape[0] // size, image.shape[1] // size, dtype=image.dtype)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = image[i * size : (i + 1) * size, j * size : (j + 1) * size].max()
    return out


def wrong_max_pool2d_positions_too(image, size):
    rows, columns = image.shape[0] // size, image.shape[1] // size
    return image[: rows * size, : columns * size].reshape(rows, size, columns, size).amax(dim=1).max(dim=2)


def wrong_max_pool2d_in_place(image, size):
    image[image < image.mean()] = image.min()
    rows, columns = image.shape[0] // size, image.shape[1] // size
    return image[: rows * size, : columns * size].reshape(rows, size, columns, size).amax(dim=(1, 3))
