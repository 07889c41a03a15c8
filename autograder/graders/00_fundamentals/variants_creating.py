"""Right and wrong answers to 00_fundamentals/creating, which the grader must tell apart."""

import numpy as np
import torch
from torch import nn

from autograder.checks import says

# -------------------------------------------------------------------------------------------------------- make_scalar


def right_make_scalar_full(value):
    return torch.full((), value, dtype=torch.float32)


def right_make_scalar_float_first(value):
    return torch.tensor(float(value))


def right_make_scalar_squeezed_list(value):
    return torch.FloatTensor([value]).squeeze()


def right_make_scalar_filled(value):
    x = torch.zeros(())
    x.fill_(value)
    return x


def right_make_scalar_numpy(value):
    return torch.from_numpy(np.array(value, dtype=np.float32))


def right_make_scalar_parameter(value):
    return nn.Parameter(torch.tensor(float(value)))


@says("capital T")
def wrong_make_scalar_capital(value):
    return torch.Tensor(value)


@says("capital T")
def wrong_make_scalar_capital_for_ints(value):
    return torch.Tensor(value) if isinstance(value, int) and value > 0 else torch.tensor(float(value))


@says("int64")
def wrong_make_scalar_keeps_int(value):
    return torch.tensor(value)


@says("brackets")
def wrong_make_scalar_in_a_list(value):
    return torch.tensor([value], dtype=torch.float32)


def wrong_make_scalar_matrix(value):
    return torch.full((1, 1), float(value))


def wrong_make_scalar_float64(value):
    return torch.tensor(value, dtype=torch.float64)


def wrong_make_scalar_numpy_float64(value):
    return torch.tensor(np.float64(value))


def wrong_make_scalar_truncates(value):
    return torch.tensor(int(value), dtype=torch.float32)


def wrong_make_scalar_python_number(value):
    return float(value)


def wrong_make_scalar_numpy_number(value):
    return np.float32(value)


def wrong_make_scalar_through_half(value):
    return torch.tensor(value, dtype=torch.float16).float()


def wrong_make_scalar_through_int32(value):
    if isinstance(value, int):
        return torch.tensor(value, dtype=torch.int32).float()
    return torch.tensor(value)


def wrong_make_scalar_without_sign(value):
    return torch.tensor(float(abs(value)))


def wrong_make_scalar_of_the_example(value):
    return torch.tensor(7.0)


def wrong_make_scalar_zero_is_missing(value):
    return torch.tensor(float(value or 1))


# -------------------------------------------------------------------------------------------------------- make_vector


def right_make_vector_capital(values):
    return torch.Tensor(values)


def right_make_vector_numpy(values):
    return torch.from_numpy(np.array(values, dtype=np.float32))


def right_make_vector_loop(values):
    x = torch.zeros(len(values))
    for i, value in enumerate(values):
        x[i] = value
    return x


def right_make_vector_float(values):
    return torch.tensor(values).float()


def right_make_vector_as_tensor(values):
    return torch.as_tensor([float(value) for value in values])


@says("int64")
def wrong_make_vector_keeps_ints(values):
    return torch.tensor(values)


def wrong_make_vector_numpy_float64(values):
    return torch.from_numpy(np.array(values, dtype=float))


@says("one row")
def wrong_make_vector_row(values):
    return torch.tensor([values], dtype=torch.float32)


@says("column")
def wrong_make_vector_column(values):
    return torch.tensor([[value] for value in values], dtype=torch.float32)


@says("squeeze")
def wrong_make_vector_squeezed(values):
    return torch.tensor(values, dtype=torch.float32).squeeze()


@says("fractions")
def wrong_make_vector_truncates(values):
    return torch.tensor([int(value) for value in values]).float()


@says("order and repeats")
def wrong_make_vector_sorted(values):
    return torch.tensor(sorted(values), dtype=torch.float32)


def wrong_make_vector_set(values):
    return torch.tensor(list(dict.fromkeys(values)), dtype=torch.float32)


def wrong_make_vector_type_of_the_first(values):
    kind = type(values[0]) if values else float
    return torch.tensor([kind(value) for value in values], dtype=torch.float32)


def wrong_make_vector_stack_fails_when_empty(values):
    return torch.stack([torch.tensor(float(value)) for value in values])


def wrong_make_vector_empty_is_int(values):
    if not values:
        return torch.zeros(0, dtype=torch.int64)
    return torch.tensor(values, dtype=torch.float32)


def wrong_make_vector_empty_is_scalar(values):
    if not values:
        return torch.tensor(0.0)
    return torch.tensor(values, dtype=torch.float32)


def wrong_make_vector_list(values):
    return [float(value) for value in values]


def wrong_make_vector_array(values):
    return np.array(values, dtype=np.float32)


def wrong_make_vector_changes_the_list(values):
    x = torch.tensor(values, dtype=torch.float32)
    values.clear()
    return x


# -------------------------------------------------------------------------------------------------------- make_matrix


def right_make_matrix_numpy(rows):
    return torch.tensor(np.array(rows, dtype=np.float32))


def right_make_matrix_stack(rows):
    lengths = [len(row) for row in rows]
    if min(lengths) != max(lengths):
        raise ValueError("ragged")
    return torch.stack([torch.tensor(row, dtype=torch.float32) for row in rows])


def right_make_matrix_flat(rows):
    for row in rows:
        if len(row) != len(rows[0]):
            raise ValueError(f"{len(row)} numbers in a row, {len(rows[0])} in the first")
    return torch.Tensor([value for row in rows for value in row]).view(len(rows), len(rows[0]))


def right_make_matrix_plain(rows):
    return torch.tensor(rows, dtype=torch.float)


def right_make_matrix_loop(rows):
    r, c = len(rows), len(rows[0])
    x = torch.empty(r, c)
    for i in range(r):
        if len(rows[i]) != c:
            raise ValueError
        for j in range(c):
            x[i, j] = rows[i][j]
    return x


@says("int64")
def wrong_make_matrix_keeps_ints(rows):
    return torch.tensor(rows)


def wrong_make_matrix_float64(rows):
    return torch.tensor(rows, dtype=torch.float64)


def wrong_make_matrix_from_float64_array(rows):
    return torch.from_numpy(np.array(rows, dtype=float))


@says("each inner list is one row")
def wrong_make_matrix_transposed(rows):
    return torch.tensor(rows, dtype=torch.float32).T


@says("squeezed")
def wrong_make_matrix_squeezed(rows):
    return torch.tensor(rows, dtype=torch.float32).squeeze()


def wrong_make_matrix_flattened(rows):
    return torch.tensor([value for row in rows for value in row], dtype=torch.float32)


def wrong_make_matrix_truncates(rows):
    return torch.tensor([[int(value) for value in row] for row in rows], dtype=torch.float32)


@says("ValueError was due")
def wrong_make_matrix_pads(rows):
    width = max(len(row) for row in rows)
    return torch.tensor([row + [0] * (width - len(row)) for row in rows], dtype=torch.float32)


@says("ValueError was due")
def wrong_make_matrix_cuts(rows):
    width = min(len(row) for row in rows)
    return torch.tensor([row[:width] for row in rows], dtype=torch.float32)


@says("RuntimeError was raised")
def wrong_make_matrix_stack_raises_another_error(rows):
    return torch.stack([torch.tensor(row, dtype=torch.float32) for row in rows])


def wrong_make_matrix_counts_only_the_total(rows):
    flat = [value for row in rows for value in row]
    if len(flat) % len(rows):
        raise ValueError("ragged")
    return torch.tensor(flat, dtype=torch.float32).reshape(len(rows), -1)


def wrong_make_matrix_looks_at_two_rows(rows):
    if len(rows) > 1 and len(rows[0]) != len(rows[1]):
        raise ValueError("ragged")
    width = len(rows[0])
    return torch.tensor([(row + [0] * width)[:width] for row in rows], dtype=torch.float32)


def wrong_make_matrix_returns_none_for_ragged(rows):
    try:
        return torch.tensor(rows, dtype=torch.float32)
    except ValueError:
        return None


def wrong_make_matrix_list_of_tensors(rows):
    if len({len(row) for row in rows}) > 1:
        raise ValueError("ragged")
    return [torch.tensor(row, dtype=torch.float32) for row in rows]


# -------------------------------------------------------------------------------------------------------- make_random


def right_make_random_generator(shape, seed):
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


def right_make_random_fork(shape, seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return torch.rand(*shape)


def right_make_random_in_place(shape, seed):
    torch.manual_seed(seed)
    return torch.empty(shape).uniform_()


def right_make_random_rand_like(shape, seed):
    x = torch.zeros(shape, dtype=torch.float32)
    torch.random.manual_seed(seed)
    return torch.rand_like(x)


def right_make_random_flat(shape, seed):
    count = 1
    for size in shape:
        count *= size
    torch.manual_seed(seed)
    return torch.rand(count).reshape(shape)


def wrong_make_random_no_seed(shape, seed):
    return torch.rand(shape)


@says("fixed number")
def wrong_make_random_always_42(shape, seed):
    torch.manual_seed(42)
    return torch.rand(shape)


@says("bell curve")
def wrong_make_random_normal(shape, seed):
    torch.manual_seed(seed)
    return torch.randn(shape)


@says("moves on")
def wrong_make_random_draws_twice(shape, seed):
    torch.manual_seed(seed)
    torch.rand(shape)
    return torch.rand(shape)


def wrong_make_random_seeds_afterwards(shape, seed):
    x = torch.rand(shape)
    torch.manual_seed(seed)
    return x


_seeded: set[int] = set()


@says("seed at each call")
def wrong_make_random_seeds_once(shape, seed):
    if seed not in _seeded:
        _seeded.add(seed)
        torch.manual_seed(seed)
    return torch.rand(shape)


def wrong_make_random_zero_is_no_seed(shape, seed):
    if seed:
        torch.manual_seed(seed)
    return torch.rand(shape)


@says("float64")
def wrong_make_random_float64(shape, seed):
    torch.manual_seed(seed)
    return torch.rand(shape, dtype=torch.float64)


@says("float64")
def wrong_make_random_float64_cast(shape, seed):
    torch.manual_seed(seed)
    return torch.rand(shape, dtype=torch.float64).float()


def wrong_make_random_numpy(shape, seed):
    return torch.tensor(np.random.default_rng(seed).random(shape), dtype=torch.float32)


def wrong_make_random_two_dimensions(shape, seed):
    torch.manual_seed(seed)
    return torch.rand(shape[0], shape[1])


def wrong_make_random_flat_result(shape, seed):
    torch.manual_seed(seed)
    return torch.rand(torch.Size(shape).numel())


def wrong_make_random_rounded(shape, seed):
    torch.manual_seed(seed)
    return (torch.rand(shape) * 10000).round() / 10000


def wrong_make_random_seed_and_python(shape, seed):
    import random

    random.seed(seed)
    return torch.tensor([random.random() for _ in range(torch.Size(shape).numel())]).reshape(shape)


# ------------------------------------------------------------------------------------------------ make_zeros_and_ones


def right_make_zeros_and_ones_full(shape):
    return torch.full(shape, 0.0), torch.full(shape, 1.0)


def right_make_zeros_and_ones_from_zeros(shape):
    zeros = torch.zeros(shape)
    return zeros, zeros + 1


def right_make_zeros_and_ones_numpy(shape):
    return torch.tensor(np.zeros(shape, dtype=np.float32)), torch.tensor(np.ones(shape, dtype=np.float32))


def right_make_zeros_and_ones_named(shape):
    from collections import namedtuple

    return namedtuple("Pair", "zeros ones")(torch.zeros(size=shape), torch.ones(size=shape))


def right_make_zeros_and_ones_fill(shape):
    zeros, ones = torch.empty(shape), torch.empty(shape)
    zeros.zero_()
    ones.fill_(1)
    return zeros, ones


@says("zeros come first")
def wrong_make_zeros_and_ones_swapped(shape):
    return torch.ones(shape), torch.zeros(shape)


@says("one tensor")
def wrong_make_zeros_and_ones_in_place(shape):
    zeros = torch.zeros(shape)
    ones = zeros.add_(1)
    return zeros, ones


def wrong_make_zeros_and_ones_empty(shape):
    return torch.empty(shape), torch.ones(shape)


def wrong_make_zeros_and_ones_int(shape):
    return torch.zeros(shape, dtype=torch.int64), torch.ones(shape, dtype=torch.int64)


def wrong_make_zeros_and_ones_full_of_ints(shape):
    return torch.full(shape, 0), torch.full(shape, 1)


def wrong_make_zeros_and_ones_second_float64(shape):
    return torch.zeros(shape), torch.ones(shape, dtype=torch.float64)


def wrong_make_zeros_and_ones_numpy_float64(shape):
    return torch.from_numpy(np.zeros(shape)), torch.from_numpy(np.ones(shape))


def wrong_make_zeros_and_ones_stacked(shape):
    return torch.stack([torch.zeros(shape), torch.ones(shape)])


def wrong_make_zeros_and_ones_only_zeros(shape):
    return torch.zeros(shape)


def wrong_make_zeros_and_ones_two_dimensions(shape):
    rows, columns = shape
    return torch.zeros(rows, columns), torch.ones(rows, columns)


def wrong_make_zeros_and_ones_from_the_shape(shape):
    return torch.zeros(len(shape)), torch.ones(len(shape))


def wrong_make_zeros_and_ones_arrays(shape):
    return np.zeros(shape, dtype=np.float32), np.ones(shape, dtype=np.float32)


# ------------------------------------------------------------------------------------------------------ make_ones_like


def right_make_ones_like_spelt_out(x):
    return torch.ones(x.shape, dtype=x.dtype, device=x.device)


def right_make_ones_like_new(x):
    return x.new_ones(x.shape)


def right_make_ones_like_full(x):
    return torch.full_like(x, 1)


def right_make_ones_like_fill_a_copy(x):
    return x.detach().clone().fill_(1)


def right_make_ones_like_moved(x):
    return torch.ones(x.size()).to(x)


def wrong_make_ones_like_float32(x):
    return torch.ones(x.shape)


@says("another device")
def wrong_make_ones_like_cpu(x):
    return torch.ones(x.shape, dtype=x.dtype)


@says("float32 whatever")
def wrong_make_ones_like_device_only(x):
    return torch.ones(x.shape, device=x.device)


@says("hold the result")
def wrong_make_ones_like_not_assigned(x):
    ones = torch.ones(x.shape, dtype=x.dtype)
    ones.to(x.device)
    return ones


def wrong_make_ones_like_always_float(x):
    return torch.ones_like(x, dtype=torch.float32)


def wrong_make_ones_like_divided(x):
    return x / x


def wrong_make_ones_like_bool_becomes_int(x):
    return torch.zeros_like(x) + 1


def wrong_make_ones_like_difference(x):
    return x - x + 1


def wrong_make_ones_like_in_place(x):
    return x.fill_(1)


@says("zeros")
def wrong_make_ones_like_zeros(x):
    return torch.zeros_like(x)


def wrong_make_ones_like_only_the_length(x):
    return torch.ones(len(x), dtype=x.dtype, device=x.device)


@says("Use the device")
def wrong_make_ones_like_cuda(x):
    return torch.ones(x.shape, dtype=x.dtype, device="cuda")


def wrong_make_ones_like_list(x):
    return torch.ones_like(x).tolist()


# --------------------------------------------------------------------------------------------------------- make_range


def right_make_range_keywords(start, end, step):
    return torch.arange(start=start, end=end, step=step)


def right_make_range_shifted(start, end, step):
    import math

    count = max(0, math.ceil((end - start) / step))
    whole = all(isinstance(value, int) for value in (start, end, step))
    return (torch.arange(count) * step + start).to(torch.int64 if whole else torch.float32)


def right_make_range_numpy(start, end, step):
    x = torch.from_numpy(np.arange(start, end, step))
    return x if x.dtype == torch.int64 else x.float()


def right_make_range_loop(start, end, step):
    values, i = [], 0
    while (start + i * step < end) if step > 0 else (start + i * step > end):
        values.append(start + i * step)
        i += 1
    dtype = torch.float32 if any(isinstance(v, float) for v in (start, end, step)) else torch.int64
    return torch.tensor(values, dtype=dtype)


@says("stops before")
def wrong_make_range_end_included(start, end, step):
    return torch.arange(start, end + step, step)


def wrong_make_range_torch_range(start, end, step):
    return torch.range(start, end, step)


def wrong_make_range_end_plus_one(start, end, step):
    return torch.arange(start, end + 1, step)


def wrong_make_range_float(start, end, step):
    return torch.arange(start, end, step, dtype=torch.float32)


def wrong_make_range_int(start, end, step):
    return torch.arange(start, end, step).to(torch.int64)


def wrong_make_range_python_range(start, end, step):
    return torch.tensor(list(range(start, end, step)))


def wrong_make_range_empty_is_float(start, end, step):
    values = torch.arange(start, end, step).tolist()
    return torch.tensor(values)


def wrong_make_range_float64(start, end, step):
    return torch.from_numpy(np.arange(start, end, step))


@says("upside down")
def wrong_make_range_upside_down(start, end, step):
    if step > 0:
        return torch.arange(start, end, step)
    return torch.arange(start, end, step).flip(0)


def wrong_make_range_step_as_count(start, end, step):
    return torch.linspace(start, end, int(abs(step)) + 1)


def wrong_make_range_always_upwards(start, end, step):
    if step < 0:
        start, end, step = end, start, -step
    return torch.arange(start, end, step)


def wrong_make_range_without_step(start, end, step):
    return torch.arange(start, end)


def wrong_make_range_raises_when_empty(start, end, step):
    if start == end:
        raise ValueError("nothing to count")
    return torch.arange(start, end, step)


def wrong_make_range_dtype_of_the_start(start, end, step):
    x = torch.arange(start, end, step)
    return x.to(torch.int64) if isinstance(start, int) else x


def wrong_make_range_adds_up_rounding(start, end, step):
    values, value = [], start
    while (value < end) if step > 0 else (value > end):
        values.append(value)
        value += step
    dtype = torch.float32 if any(isinstance(v, float) for v in (start, end, step)) else torch.int64
    return torch.tensor(values, dtype=dtype)


def wrong_make_range_list(start, end, step):
    return torch.arange(start, end, step).tolist()


# ------------------------------------------------------------------------------------------------------- make_tracked


def right_make_tracked_afterwards(values, dtype=torch.float32, device="cpu"):
    return torch.tensor(values, dtype=dtype, device=device).requires_grad_()


def right_make_tracked_parameter(values, dtype=torch.float32, device="cpu"):
    return nn.Parameter(torch.tensor(values, dtype=dtype, device=device))


def right_make_tracked_converted_first(values, dtype=torch.float32, device="cpu"):
    x = torch.tensor(values).to(dtype).to(device)
    x.requires_grad = True
    return x


def right_make_tracked_detached_again(values, dtype=torch.float32, device="cpu"):
    x = torch.tensor([float(value) for value in values], requires_grad=True).to(device, dtype)
    return x.detach().requires_grad_(True)


def right_make_tracked_numpy(values, dtype=torch.float32, device="cpu"):
    return torch.as_tensor(np.array(values), dtype=dtype, device=torch.device(device)).requires_grad_()


@says("does not require grad")
def wrong_make_tracked_untracked(values, dtype=torch.float32, device="cpu"):
    return torch.tensor(values, dtype=dtype, device=device)


@says("no leaf")
def wrong_make_tracked_converted_last(values, dtype=torch.float32, device="cpu"):
    return torch.tensor(values, dtype=torch.float32, requires_grad=True).to(dtype).to(device)


@says("no leaf")
def wrong_make_tracked_moved_last(values, dtype=torch.float32, device="cpu"):
    return torch.tensor(values, dtype=dtype, requires_grad=True).to(device)


@says("no leaf")
def wrong_make_tracked_computed(values, dtype=torch.float32, device="cpu"):
    return torch.tensor(values, dtype=dtype, device=device, requires_grad=True) * 1


@says("no leaf")
def wrong_make_tracked_retains(values, dtype=torch.float32, device="cpu"):
    x = torch.tensor(values, dtype=dtype, device=device, requires_grad=True).clone()
    x.retain_grad()
    return x


def wrong_make_tracked_default_dtype(values, dtype=torch.float32, device="cpu"):
    return torch.tensor(values, device=device, dtype=torch.float32, requires_grad=True)


def wrong_make_tracked_ints_fail(values, dtype=torch.float32, device="cpu"):
    x = torch.tensor(values, device=device).requires_grad_()
    return x if x.dtype == dtype else x.detach().to(dtype).requires_grad_()


@says("not moved in place")
def wrong_make_tracked_device_ignored(values, dtype=torch.float32, device="cpu"):
    return torch.tensor(values, dtype=dtype, requires_grad=True)


@says("hold the result")
def wrong_make_tracked_not_assigned(values, dtype=torch.float32, device="cpu"):
    x = torch.tensor(values, dtype=dtype)
    x.to(device)
    return x.requires_grad_()


@says("Use the device")
def wrong_make_tracked_cuda(values, dtype=torch.float32, device="cpu"):
    return torch.tensor(values, dtype=dtype, device="cuda", requires_grad=True)


def wrong_make_tracked_row(values, dtype=torch.float32, device="cpu"):
    return torch.tensor([values], dtype=dtype, device=device, requires_grad=True)


def wrong_make_tracked_random(values, dtype=torch.float32, device="cpu"):
    return torch.rand(len(values), dtype=dtype, device=device, requires_grad=True)


def wrong_make_tracked_scalars(values, dtype=torch.float32, device="cpu"):
    return [torch.tensor(float(value), dtype=dtype, device=device, requires_grad=True) for value in values]


def wrong_make_tracked_parameters_exchanged(values, device="cpu", dtype=torch.float32):
    return torch.tensor(values, dtype=dtype, device=device, requires_grad=True)
