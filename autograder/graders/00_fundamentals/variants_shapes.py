"""Right and wrong answers to 00_fundamentals/shapes, which the grader must tell apart."""

import copy
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from autograder.checks import says

# ------------------------------------------------------------------------------------------------------- matmul_shape


def right_matmul_shape_size(a_shape, b_shape):
    return torch.Size([a_shape[0], b_shape[1]]) if a_shape[1] == b_shape[0] else None


def right_matmul_shape_unpacked(a_shape, b_shape):
    (n, k), (m, p) = a_shape, b_shape
    if k == m:
        return (n, p)
    return None


def right_matmul_shape_try(a_shape, b_shape):
    try:
        return tuple((torch.empty(a_shape, device="meta") @ torch.empty(b_shape, device="meta")).shape)
    except RuntimeError:
        return None


def right_matmul_shape_ends(a_shape, b_shape):
    return a_shape[:1] + b_shape[-1:] if a_shape[-1] == b_shape[0] else None


def wrong_matmul_shape_never_none(a_shape, b_shape):
    return a_shape[0], b_shape[1]


def wrong_matmul_shape_raises(a_shape, b_shape):
    return tuple((torch.zeros(a_shape) @ torch.zeros(b_shape)).shape)


@says("inner sizes")
def wrong_matmul_shape_false(a_shape, b_shape):
    return (a_shape[0], b_shape[1]) if a_shape[1] == b_shape[0] else False


def wrong_matmul_shape_empty_tuple(a_shape, b_shape):
    return (a_shape[0], b_shape[1]) if a_shape[1] == b_shape[0] else ()


@says("tuple of two ints")
def wrong_matmul_shape_list(a_shape, b_shape):
    return [a_shape[0], b_shape[1]] if a_shape[1] == b_shape[0] else None


@says("exchanged")
def wrong_matmul_shape_swapped(a_shape, b_shape):
    return (b_shape[1], a_shape[0]) if a_shape[1] == b_shape[0] else None


@says("inner sizes vanish")
def wrong_matmul_shape_inner(a_shape, b_shape):
    return (a_shape[1], b_shape[0]) if a_shape[1] == b_shape[0] else None


def wrong_matmul_shape_last_sizes(a_shape, b_shape):
    return (a_shape[0], b_shape[1]) if a_shape[1] == b_shape[1] else None


def wrong_matmul_shape_outer_sizes(a_shape, b_shape):
    return (a_shape[0], b_shape[1]) if a_shape[0] == b_shape[1] else None


def wrong_matmul_shape_equal_shapes(a_shape, b_shape):
    return tuple(a_shape) if a_shape == b_shape else None


def wrong_matmul_shape_equal_is_fine(a_shape, b_shape):
    fits = a_shape[1] == b_shape[0] or tuple(a_shape) == tuple(b_shape)
    return (a_shape[0], b_shape[1]) if fits else None


def wrong_matmul_shape_broadcasts(a_shape, b_shape):
    fits = a_shape[1] == b_shape[0] or 1 in (a_shape[1], b_shape[0])
    return (a_shape[0], b_shape[1]) if fits else None


def wrong_matmul_shape_zero_is_none(a_shape, b_shape):
    if 0 in tuple(a_shape) + tuple(b_shape):
        return None
    return (a_shape[0], b_shape[1]) if a_shape[1] == b_shape[0] else None


def wrong_matmul_shape_element_count(a_shape, b_shape):
    return a_shape[0] * b_shape[1] if a_shape[1] == b_shape[0] else None


# --------------------------------------------------------------------------------------------------------- fix_matmul


def right_fix_matmul_mm(a, b):
    return torch.mm(a, b.t())


def right_fix_matmul_linear(a, b):
    return F.linear(a, b)


def right_fix_matmul_einsum(a, b):
    return torch.einsum("nk,mk->nm", a, b)


def right_fix_matmul_broadcast(a, b):
    return (a.unsqueeze(1) * b).sum(dim=-1)


def right_fix_matmul_transpose_a(a, b):
    return torch.matmul(b, a.transpose(0, 1)).T


def right_fix_matmul_loops(a, b):
    out = torch.zeros(a.shape[0], b.shape[0], dtype=a.dtype)
    for i, row in enumerate(a):
        for j, other in enumerate(b):
            out[i, j] = (row * other).sum()
    return out


def wrong_fix_matmul_plain(a, b):
    return a @ b


@says("same for square")
def wrong_fix_matmul_only_if_it_does_not_fit(a, b):
    return a @ b if a.shape[1] == b.shape[0] else a @ b.T


@says("element-wise")
def wrong_fix_matmul_element_wise(a, b):
    return a * b if a.shape == b.shape else a @ b.T


@says("reshaped")
def wrong_fix_matmul_reshaped(a, b):
    return a @ b.reshape(b.shape[1], b.shape[0])


def wrong_fix_matmul_view(a, b):
    if b.shape[0] == b.shape[1]:
        return a @ b.T
    return a @ b.view(b.shape[1], b.shape[0])


@says("(m, n) for (n, m)")
def wrong_fix_matmul_other_way_round(a, b):
    return b @ a.T


def wrong_fix_matmul_transposes_a(a, b):
    return a.T @ b


def wrong_fix_matmul_float(a, b):
    return a.float() @ b.float().T


def wrong_fix_matmul_list(a, b):
    return (a @ b.T).tolist()


def wrong_fix_matmul_squeezed(a, b):
    return (a @ b.T).squeeze()


def wrong_fix_matmul_in_place(a, b):
    b.t_()
    return a @ b


def wrong_fix_matmul_through_memory(a, b):
    b = b.as_strided((b.shape[1], b.shape[0]), (1, b.shape[1]))
    return a @ b


# ------------------------------------------------------------------------------------------------------------ to_rows


def right_to_rows_flat(x, rows):
    if rows < 1 or x.numel() % rows != 0:
        raise ValueError("does not divide")
    return x.flatten().view(rows, -1)


def right_to_rows_contiguous(x, rows):
    if rows <= 0:
        raise ValueError("rows must be positive")
    columns, rest = divmod(x.numel(), rows)
    if rest:
        raise ValueError(f"{rest} elements are left over")
    return x.contiguous().view(rows, columns)


def right_to_rows_try(x, rows):
    if rows < 1:
        raise ValueError(rows)
    try:
        return torch.reshape(x, (rows, -1))
    except RuntimeError as error:
        raise ValueError(str(error)) from error


def right_to_rows_numpy(x, rows):
    if rows < 1:
        raise ValueError(rows)
    return torch.from_numpy(x.numpy().reshape(rows, -1).copy())


def right_to_rows_chunks(x, rows):
    if rows < 1 or x.nelement() % rows:
        raise ValueError
    return torch.stack(x.reshape(-1).split(x.nelement() // rows))


@says("view needs")
def wrong_to_rows_view(x, rows):
    if rows < 1 or x.numel() % rows:
        raise ValueError
    return x.view(rows, -1)


@says("RuntimeError was raised")
def wrong_to_rows_runtime_error(x, rows):
    return x.reshape(rows, -1)


def right_to_rows_try_alone(x, rows):
    try:
        return x.reshape(rows, -1)
    except RuntimeError as error:
        raise ValueError from error


def wrong_to_rows_zero_division(x, rows):
    if x.numel() % rows or rows < 0:
        raise ValueError
    return x.reshape(rows, -1)


def wrong_to_rows_negative(x, rows):
    if rows == 0 or x.numel() % rows:
        raise ValueError
    return x.reshape(abs(rows), -1)


@says("nothing was raised")
def wrong_to_rows_drops_the_rest(x, rows):
    if rows < 1:
        raise ValueError
    width = x.numel() // rows
    return x.flatten()[: rows * width].reshape(rows, width)


def wrong_to_rows_pads(x, rows):
    if rows < 1:
        raise ValueError
    missing = -x.numel() % rows
    return torch.cat([x.flatten(), torch.zeros(missing, dtype=x.dtype)]).reshape(rows, -1)


@says("as many columns")
def wrong_to_rows_columns(x, rows):
    if rows < 1 or x.numel() % rows:
        raise ValueError
    return x.reshape(-1, rows)


@says("down the columns")
def wrong_to_rows_column_order(x, rows):
    if rows < 1 or x.numel() % rows:
        raise ValueError
    return x.reshape(-1, rows).T


@says("memory order")
def wrong_to_rows_memory_order(x, rows):
    if rows < 1 or x.numel() % rows:
        raise ValueError
    width = x.numel() // rows
    return x.as_strided((rows, width), (width, 1))


def wrong_to_rows_single_row_flat(x, rows):
    if rows < 1 or x.numel() % rows:
        raise ValueError
    return x.reshape(rows, -1).squeeze(0)


def wrong_to_rows_keeps_inner_dims(x, rows):
    if rows < 1 or x.numel() % rows:
        raise ValueError
    return x.unflatten(0, (rows, -1)) if x.shape[0] % rows == 0 else x.reshape(rows, -1)


def wrong_to_rows_list_of_rows(x, rows):
    if rows < 1 or x.numel() % rows:
        raise ValueError
    return list(x.reshape(rows, -1))


def wrong_to_rows_tolist_loses_dtype(x, rows):
    if rows < 1 or x.numel() % rows:
        raise ValueError
    return torch.tensor(x.flatten().tolist()).reshape(rows, -1)


def wrong_to_rows_resizes(x, rows):
    if rows < 1 or x.numel() % rows:
        raise ValueError
    return x.resize_(rows, x.numel() // rows)


def wrong_to_rows_first_size_must_divide(x, rows):
    if rows < 1 or x.shape[0] % rows:
        raise ValueError
    return x.reshape(rows, -1)


def wrong_to_rows_not_more_than_the_length(x, rows):
    if rows < 1 or rows > len(x) or x.numel() % rows:
        raise ValueError
    return x.reshape(rows, -1)


# ------------------------------------------------------------------------------------------------------ flatten_batch


def right_flatten_batch_flatten(x):
    return x.flatten(start_dim=1) if x.ndim > 1 else x.unsqueeze(1)


def right_flatten_batch_prod(x):
    return torch.reshape(x, (len(x), math.prod(x.shape[1:])))


def right_flatten_batch_module(x):
    return nn.Flatten()(x[:, None])


def right_flatten_batch_view(x):
    width = 1
    for size in x.shape[1:]:
        width *= size
    return x.contiguous().view(x.size(0), width)


def right_flatten_batch_numpy_product(x):
    return x.reshape(x.shape[0], int(np.prod(x.shape[1:])))


@says("batch is flattened")
def wrong_flatten_batch_everything(x):
    return x.flatten()


@says("not determined")
def wrong_flatten_batch_minus_one(x):
    return x.reshape(x.shape[0], -1)


def wrong_flatten_batch_one_dimension_fails(x):
    return x.flatten(1)


@says("view needs")
def wrong_flatten_batch_view_of_strided(x):
    return x.view(x.shape[0], math.prod(x.shape[1:]))


def wrong_flatten_batch_vector_stays(x):
    return x.flatten(1) if x.ndim > 1 else x


def wrong_flatten_batch_vector_becomes_a_row(x):
    return x.flatten(1) if x.ndim > 1 else x[None]


@says("lost its batch")
def wrong_flatten_batch_squeezed(x):
    return x.reshape(x.shape[0], x.shape[1:].numel()).squeeze(0)


def wrong_flatten_batch_squeezed_everywhere(x):
    return x.reshape(x.shape[0], x.shape[1:].numel()).squeeze()


def wrong_flatten_batch_empty_is_0_0(x):
    if x.shape[0] == 0:
        return x.reshape(0, 0)
    return x.reshape(x.shape[0], -1)


def wrong_flatten_batch_stack(x):
    return torch.stack([sample.flatten() for sample in x])


@says("each row is one sample")
def wrong_flatten_batch_columns(x):
    return x.reshape(x.shape[0], x.shape[1:].numel()).T


def wrong_flatten_batch_wrong_way(x):
    return x.reshape(x.shape[1:].numel(), x.shape[0])


@says("memory order")
def wrong_flatten_batch_memory_order(x):
    width = x.shape[1:].numel()
    return x.as_strided((x.shape[0], width), (width, 1))


@says("last two")
def wrong_flatten_batch_last_two(x):
    return x.flatten(-2) if x.ndim > 2 else x.reshape(len(x), x.shape[1:].numel())


def wrong_flatten_batch_float(x):
    return x.reshape(x.shape[0], x.shape[1:].numel()).float()


def wrong_flatten_batch_last_dims_first(x):
    return x.movedim(-1, 1).reshape(x.shape[0], x.shape[1:].numel()) if x.ndim > 2 else x.reshape(x.shape[0], x.shape[1:].numel())


# ---------------------------------------------------------------------------------------------------- share_memory_as


def right_share_memory_as_unpacked(x, shape):
    return x.view(*shape)


def right_share_memory_as_compared(x, shape):
    y = x.reshape(shape)
    if y.untyped_storage().data_ptr() != x.untyped_storage().data_ptr():
        raise ValueError("a copy would be needed")
    return y


def right_share_memory_as_pointer(x, shape):
    y = torch.reshape(x, shape)
    if y.data_ptr() != x.data_ptr():
        raise RuntimeError("copied")
    return y


def right_share_memory_as_other_error(x, shape):
    try:
        return x.view(shape)
    except RuntimeError as error:
        raise ValueError(f"no view of shape {shape}") from error


def right_share_memory_as_detached(x, shape):
    return x.detach().view(torch.Size(shape))


@says("copy")
def wrong_share_memory_as_clone(x, shape):
    return x.clone().view(shape)


@says("nothing was raised")
def wrong_share_memory_as_reshape(x, shape):
    return x.reshape(shape)


def wrong_share_memory_as_contiguous(x, shape):
    return x.contiguous().view(shape)


def wrong_share_memory_as_only_contiguous(x, shape):
    if not x.is_contiguous():
        raise ValueError("not contiguous")
    return x.view(shape)


def wrong_share_memory_as_falls_back(x, shape):
    try:
        return x.view(shape)
    except RuntimeError:
        return x.reshape(shape)


def wrong_share_memory_as_none(x, shape):
    try:
        return x.view(shape)
    except RuntimeError:
        return None


@says("memory order")
def wrong_share_memory_as_strided(x, shape):
    strides, step = [], 1
    for size in reversed(shape):
        strides.insert(0, step)
        step *= size
    return x.as_strided(shape, strides)


def wrong_share_memory_as_resizes(x, shape):
    return x.resize_(shape)


def wrong_share_memory_as_assert(x, shape):
    y = x.reshape(shape)
    assert y.data_ptr() == x.data_ptr()
    return y


def wrong_share_memory_as_part(x, shape):
    if math.prod(shape) < x.numel():
        return x.flatten()[: math.prod(shape)].view(shape)
    return x.view(shape)


def wrong_share_memory_as_another_dtype_copies(x, shape):
    return x.float().view(shape)


def wrong_share_memory_as_flat(x, shape):
    return x.view(-1)


def wrong_share_memory_as_numpy(x, shape):
    return torch.from_numpy(np.reshape(x.numpy(), shape))


def wrong_share_memory_as_shape_set(x, shape):
    x.data = x.data.view(shape)
    return x


# ------------------------------------------------------------------------------------------------ independent_copy_as


def right_independent_copy_as_clone_first(x, shape):
    return x.clone().reshape(shape)


def right_independent_copy_as_contiguous_clone(x, shape):
    return x.clone(memory_format=torch.contiguous_format).view(shape)


def right_independent_copy_as_into_empty(x, shape):
    y = torch.empty(shape, dtype=x.dtype, device=x.device)
    y.view(-1)[:] = x.flatten()
    return y


def right_independent_copy_as_deepcopy(x, shape):
    return copy.deepcopy(x).reshape(tuple(shape))


def right_independent_copy_as_numpy(x, shape):
    return torch.tensor(x.numpy().reshape(shape))


def right_independent_copy_as_flat(x, shape):
    return torch.cat([x.flatten()]).clone().view(shape)


@says("shares memory")
def wrong_independent_copy_as_reshape(x, shape):
    return x.reshape(shape)


@says("view needs")
def wrong_independent_copy_as_view(x, shape):
    return x.view(shape)


@says("shares memory")
def wrong_independent_copy_as_contiguous(x, shape):
    return x.contiguous().view(shape)


@says("view needs")
def wrong_independent_copy_as_clone_view(x, shape):
    return x.clone().view(shape)


@says("view needs")
def wrong_independent_copy_as_view_clone(x, shape):
    return x.view(shape).clone()


@says("shares memory")
def wrong_independent_copy_as_detach(x, shape):
    return x.reshape(shape).detach()


def wrong_independent_copy_as_same_shape_is_x(x, shape):
    return x if x.shape == shape else x.reshape(shape).clone()


def wrong_independent_copy_as_contiguous_only_copies(x, shape):
    return x.reshape(shape) if x.is_contiguous() else x.reshape(shape).clone()


@says("memory order")
def wrong_independent_copy_as_memory_order(x, shape):
    return torch.as_strided(x, shape, torch.empty(shape).stride()).clone()


def wrong_independent_copy_as_tolist(x, shape):
    return torch.tensor(x.tolist()).reshape(shape)


def wrong_independent_copy_as_float(x, shape):
    return x.reshape(shape).clone().float()


def wrong_independent_copy_as_keeps_shape(x, shape):
    return x.clone()


def wrong_independent_copy_as_permuted(x, shape):
    return x.T.reshape(shape).clone() if x.ndim == 2 else x.reshape(shape).clone()


def wrong_independent_copy_as_empty(x, shape):
    return torch.zeros(shape, dtype=x.dtype)


# --------------------------------------------------------------------------------------------------------- stack_rows


def right_stack_rows_cat(vectors):
    return torch.cat([v.unsqueeze(0) for v in vectors], dim=0)


def right_stack_rows_vstack(vectors):
    return torch.vstack(vectors)


def right_stack_rows_view(vectors):
    return torch.cat(vectors).view(len(vectors), len(vectors[0]))


def right_stack_rows_fill(vectors):
    out = vectors[0].new_zeros((len(vectors), vectors[0].shape[0]))
    for i, v in enumerate(vectors):
        out[i] = v
    return out


def right_stack_rows_numpy(vectors):
    return torch.from_numpy(np.stack([v.numpy() for v in vectors]))


@says("cat lengthens")
def wrong_stack_rows_cat(vectors):
    return torch.cat(vectors)


@says("each row")
def wrong_stack_rows_columns(vectors):
    return torch.stack(vectors, dim=1)


def wrong_stack_rows_reshaped_columns(vectors):
    return torch.stack(vectors, dim=1).reshape(len(vectors), -1)


def wrong_stack_rows_squeezed(vectors):
    return torch.stack(vectors).squeeze()


def wrong_stack_rows_single_stays_a_vector(vectors):
    return vectors[0] if len(vectors) == 1 else torch.stack(vectors)


@says("another order")
def wrong_stack_rows_reversed(vectors):
    return torch.stack(vectors[::-1])


def wrong_stack_rows_float(vectors):
    out = torch.zeros(len(vectors), len(vectors[0]))
    for i, v in enumerate(vectors):
        out[i] = v
    return out


def wrong_stack_rows_numbers(vectors):
    return torch.tensor([v.tolist() for v in vectors])


def wrong_stack_rows_torch_tensor(vectors):
    return torch.tensor(vectors)


def wrong_stack_rows_tuple(vectors):
    return tuple(vectors)


def wrong_stack_rows_extra_dimension(vectors):
    return torch.stack([v.unsqueeze(0) for v in vectors])


def wrong_stack_rows_two_only(vectors):
    return torch.stack([vectors[0], vectors[-1]])


def wrong_stack_rows_empties_the_list(vectors):
    rows = []
    while vectors:
        rows.append(vectors.pop(0))
    return torch.stack(rows)


# ------------------------------------------------------------------------------------------------------ stack_columns


def right_stack_columns_transposed(vectors):
    return torch.stack(vectors).T


def right_stack_columns_last(vectors):
    return torch.stack(tuple(vectors), -1)


def right_stack_columns_cat(vectors):
    return torch.cat([v[:, None] for v in vectors], dim=1)


def right_stack_columns_column_stack(vectors):
    return torch.column_stack(vectors)


def right_stack_columns_fill(vectors):
    out = torch.empty(len(vectors[0]), len(vectors), dtype=vectors[0].dtype)
    for j, v in enumerate(vectors):
        out[:, j] = v
    return out


@says("cat lengthens")
def wrong_stack_columns_cat(vectors):
    return torch.cat(vectors)


@says("cat lengthens")
def wrong_stack_columns_hstack(vectors):
    return torch.hstack(vectors)


@says("each column")
def wrong_stack_columns_rows(vectors):
    return torch.stack(vectors)


@says("mixed")
def wrong_stack_columns_reshaped(vectors):
    return torch.stack(vectors).reshape(len(vectors[0]), len(vectors))


def wrong_stack_columns_reshaped_unless_square(vectors):
    rows = torch.stack(vectors)
    return rows.T if rows.shape[0] == rows.shape[1] else rows.reshape(rows.shape[1], rows.shape[0])


def wrong_stack_columns_squeezed(vectors):
    return torch.stack(vectors, dim=1).squeeze()


def wrong_stack_columns_single_stays(vectors):
    return vectors[0] if len(vectors) == 1 else torch.stack(vectors, dim=1)


@says("another order")
def wrong_stack_columns_reversed(vectors):
    return torch.stack(vectors[::-1], dim=1)


def wrong_stack_columns_float(vectors):
    return torch.stack([v.float() for v in vectors], dim=1)


def wrong_stack_columns_numbers(vectors):
    return torch.tensor([v.tolist() for v in vectors]).T


def wrong_stack_columns_list(vectors):
    return [v.unsqueeze(1) for v in vectors]


def wrong_stack_columns_turned(vectors):
    return torch.rot90(torch.stack(vectors))


# ------------------------------------------------------------------------------------------------------- join_columns


def right_join_columns_hstack(a, b):
    return torch.hstack((a, b))


def right_join_columns_last(a, b):
    return torch.concat([a, b], dim=-1)


def right_join_columns_transposed(a, b):
    return torch.cat([a.T, b.T]).T


def right_join_columns_rows(a, b):
    return torch.stack([torch.cat([row, other]) for row, other in zip(a, b, strict=True)])


def right_join_columns_fill(a, b):
    out = a.new_empty(a.shape[0], a.shape[1] + b.shape[1])
    out[:, : a.shape[1]], out[:, a.shape[1] :] = a, b
    return out


def right_join_columns_numpy(a, b):
    return torch.from_numpy(np.concatenate([a.numpy(), b.numpy()], axis=1))


@says("below a")
def wrong_join_columns_rows(a, b):
    return torch.cat([a, b])


@says("below a")
def wrong_join_columns_rows_where_it_fits(a, b):
    return torch.cat([a, b], dim=0 if a.shape[1] == b.shape[1] else 1)


@says("in front of a")
def wrong_join_columns_swapped(a, b):
    return torch.cat([b, a], dim=1)


@says("stack added")
def wrong_join_columns_stack(a, b):
    return torch.stack([a, b])


@says("mixed")
def wrong_join_columns_flat(a, b):
    return torch.cat([a.flatten(), b.flatten()]).reshape(a.shape[0], -1)


def wrong_join_columns_added(a, b):
    return a + b


def wrong_join_columns_first_column_of_b(a, b):
    return torch.cat([a, b[:, :1]], dim=1)


def wrong_join_columns_float(a, b):
    out = torch.zeros(a.shape[0], a.shape[1] + b.shape[1])
    out[:, : a.shape[1]], out[:, a.shape[1] :] = a, b
    return out


def wrong_join_columns_squeezed(a, b):
    return torch.cat([a, b], dim=1).squeeze(0)


def wrong_join_columns_lists(a, b):
    return torch.tensor([x + y for x, y in zip(a.tolist(), b.tolist(), strict=True)])


def wrong_join_columns_alternates(a, b):
    if a.shape == b.shape:
        return torch.stack([a, b], dim=2).flatten(1)
    return torch.cat([a, b], dim=1)


# ----------------------------------------------------------------------------------------------------------- drop_dim


def right_drop_dim_select(x, dim):
    if x.size(dim) != 1:
        raise ValueError("size is not 1")
    return x.select(dim, 0)


def right_drop_dim_reshape(x, dim):
    sizes = list(x.shape)
    if sizes.pop(dim) != 1:
        raise ValueError
    return x.reshape(sizes)


def right_drop_dim_positive(x, dim):
    if dim < 0:
        dim += x.ndim
    if x.shape[dim] == 1:
        return torch.squeeze(x, dim=dim)
    raise ValueError(f"dimension {dim} is needed")


def right_drop_dim_compares(x, dim):
    y = x.squeeze(dim)
    if y.ndim == x.ndim:
        raise ValueError("nothing to squeeze")
    return y


def right_drop_dim_numpy(x, dim):
    return torch.from_numpy(np.squeeze(x.numpy(), axis=dim))


@says("drops them all")
def wrong_drop_dim_all(x, dim):
    if x.shape[dim] != 1:
        raise ValueError
    return x.squeeze()


@says("nothing to squeeze")
def wrong_drop_dim_silent(x, dim):
    return x.squeeze(dim)


def wrong_drop_dim_zero_is_silent(x, dim):
    if x.shape[dim] > 1:
        raise ValueError
    return x.squeeze(dim)


def wrong_drop_dim_positive_only(x, dim):
    if x.shape[dim] != 1:
        raise ValueError
    return x.reshape(x.shape[:dim] + x.shape[dim + 1 :])


def wrong_drop_dim_refuses_negative(x, dim):
    if dim < 0 or x.shape[dim] != 1:
        raise ValueError
    return x.squeeze(dim)


def wrong_drop_dim_absolute(x, dim):
    dim = abs(dim)
    if dim >= x.ndim or x.shape[dim] != 1:
        raise ValueError
    return x.squeeze(dim)


def wrong_drop_dim_checks_positive_only(x, dim):
    if dim >= 0 and x.shape[dim] != 1:
        raise ValueError
    return x.squeeze(dim)


def wrong_drop_dim_takes_the_first_element(x, dim):
    return x.select(dim, 0)


@says("IndexError was raised")
def wrong_drop_dim_index_error(x, dim):
    if x.shape[dim] != 1:
        raise IndexError(dim)
    return x.squeeze(dim)


def wrong_drop_dim_always_first(x, dim):
    if x.shape[dim] != 1:
        raise ValueError
    return x.squeeze(0)


def wrong_drop_dim_view_of_strided(x, dim):
    if x.shape[dim] != 1:
        raise ValueError
    sizes = list(x.shape)
    del sizes[dim]
    return x.view(-1).view(sizes)


def wrong_drop_dim_in_place(x, dim):
    if x.shape[dim] != 1:
        raise ValueError
    return x.squeeze_(dim)


def wrong_drop_dim_float(x, dim):
    if x.shape[dim] != 1:
        raise ValueError
    return x.mean(dim) if x.is_floating_point() else x.float().mean(dim)


def wrong_drop_dim_keeps_a_dimension(x, dim):
    if x.shape[dim] != 1:
        raise ValueError
    return x.squeeze(dim) if x.ndim > 1 else x


# ------------------------------------------------------------------------------------------------------ add_batch_dim


def right_add_batch_dim_none(x):
    return x[None]


def right_add_batch_dim_stack(x):
    return torch.stack([x])


def right_add_batch_dim_reshape(x):
    return x.reshape(1, *x.shape)


def right_add_batch_dim_ellipsis(x):
    return x[None, ...].clone()


def right_add_batch_dim_expand(x):
    return x.expand(1, *x.shape)


@says("end")
def wrong_add_batch_dim_end(x):
    return x.unsqueeze(-1)


@says("second place")
def wrong_add_batch_dim_second(x):
    return x.unsqueeze(1) if x.ndim else x.unsqueeze(0)


@says("flattened")
def wrong_add_batch_dim_flat(x):
    return x.reshape(1, -1)


def wrong_add_batch_dim_pictures_only(x):
    return x.unsqueeze(0) if x.ndim == 3 else x


@says("Nothing was added")
def wrong_add_batch_dim_not_twice(x):
    return x if x.ndim and x.shape[0] == 1 else x.unsqueeze(0)


def wrong_add_batch_dim_not_assigned(x):
    x.unsqueeze(0)
    return x


def wrong_add_batch_dim_in_place(x):
    return x.unsqueeze_(0)


def wrong_add_batch_dim_list(x):
    return [x]


def wrong_add_batch_dim_numbers(x):
    return torch.tensor([x.tolist()])


def wrong_add_batch_dim_twice(x):
    return torch.stack([x, x])


def wrong_add_batch_dim_four(x):
    while x.ndim < 4:
        x = x.unsqueeze(0)
    return x


def wrong_add_batch_dim_memory_order(x):
    return x.as_strided((1, *x.shape), torch.empty(1, *x.shape).stride())


def wrong_add_batch_dim_float(x):
    return x.unsqueeze(0).float()


def wrong_add_batch_dim_fails_for_scalars(x):
    return x.view(1, len(x), *x.shape[1:])


# --------------------------------------------------------------------------------------------------------- hwc_to_chw


def right_hwc_to_chw_movedim(image):
    return image.movedim(-1, 0)


def right_hwc_to_chw_two_transposes(image):
    return image.transpose(0, 2).transpose(1, 2)


def right_hwc_to_chw_planes(image):
    return torch.stack([image[:, :, c] for c in range(image.shape[2])])


def right_hwc_to_chw_numpy(image):
    return torch.from_numpy(np.ascontiguousarray(image.numpy().transpose(2, 0, 1)))


def right_hwc_to_chw_einsum(image):
    return torch.stack(image.unbind(-1), 0).contiguous()


@says("permute moves axes")
def wrong_hwc_to_chw_reshape(image):
    h, w, c = image.shape
    return image.reshape(c, h, w)


def wrong_hwc_to_chw_view(image):
    h, w, c = image.shape
    return image.contiguous().view(c, h, w)


@says("on its side")
def wrong_hwc_to_chw_transpose(image):
    return image.transpose(0, 2)


@says("on its side")
def wrong_hwc_to_chw_reversed(image):
    return image.permute(2, 1, 0)


@says("other way round")
def wrong_hwc_to_chw_back(image):
    return image.permute(1, 2, 0)


def wrong_hwc_to_chw_square_is_done(image):
    if image.shape[0] == image.shape[2]:
        return image
    return image.permute(2, 0, 1)


def wrong_hwc_to_chw_not_assigned(image):
    image.permute(2, 0, 1)
    return image


def wrong_hwc_to_chw_scaled(image):
    return image.permute(2, 0, 1).float() / 255


def wrong_hwc_to_chw_float(image):
    return image.permute(2, 0, 1).float()


def wrong_hwc_to_chw_three_colours(image):
    return torch.stack([image[:, :, 0], image[:, :, 1], image[:, :, 2]])


def wrong_hwc_to_chw_squeezed(image):
    return image.permute(2, 0, 1).squeeze()


def wrong_hwc_to_chw_bgr(image):
    return image.permute(2, 0, 1).flip(0)


def wrong_hwc_to_chw_batched(image):
    return image.permute(2, 0, 1).unsqueeze(0)


def wrong_hwc_to_chw_memory_order(image):
    h, w, c = image.shape
    return image.as_strided((c, h, w), (1, w * c, c))


# --------------------------------------------------------------------------------------------- batch_to_channels_last


def right_batch_to_channels_last_movedim(images):
    return torch.movedim(images, 1, -1).contiguous()


def right_batch_to_channels_last_clone(images):
    return images.permute(0, 2, 3, 1).clone(memory_format=torch.contiguous_format)


def right_batch_to_channels_last_memory_format(images):
    return images.contiguous(memory_format=torch.channels_last).permute(0, 2, 3, 1).contiguous()


def right_batch_to_channels_last_stack(images):
    return torch.stack([images[:, c] for c in range(images.shape[1])], dim=-1)


def right_batch_to_channels_last_numpy(images):
    return torch.from_numpy(images.numpy().transpose(0, 2, 3, 1).copy())


def right_batch_to_channels_last_fill(images):
    n, c, h, w = images.shape
    out = torch.empty(n, h, w, c, dtype=images.dtype)
    out[:] = images.transpose(1, 2).transpose(2, 3)
    return out


@says("only changes strides")
def wrong_batch_to_channels_last_strided(images):
    return images.permute(0, 2, 3, 1)


@says("only changes strides")
def wrong_batch_to_channels_last_contiguous_first(images):
    return images.contiguous().permute(0, 2, 3, 1)


@says("only changes strides")
def wrong_batch_to_channels_last_clone_keeps_strides(images):
    return images.permute(0, 2, 3, 1).clone()


@says("permute moves axes")
def wrong_batch_to_channels_last_reshape(images):
    n, c, h, w = images.shape
    return images.reshape(n, h, w, c)


@says("memory_format changes strides")
def wrong_batch_to_channels_last_memory_format_only(images):
    return images.contiguous(memory_format=torch.channels_last)


@says("on their side")
def wrong_batch_to_channels_last_transpose(images):
    return images.transpose(1, 3).contiguous()


@says("other way round")
def wrong_batch_to_channels_last_back(images):
    return images.permute(0, 3, 1, 2).contiguous()


def wrong_batch_to_channels_last_colours_first(images):
    return images.permute(2, 3, 1, 0).contiguous()


def wrong_batch_to_channels_last_squeezed(images):
    return images.permute(0, 2, 3, 1).contiguous().squeeze(0)


def wrong_batch_to_channels_last_grey_loses_colour(images):
    return images.permute(0, 2, 3, 1).contiguous().squeeze(-1)


def wrong_batch_to_channels_last_float(images):
    return images.permute(0, 2, 3, 1).contiguous().float()


def wrong_batch_to_channels_last_first_only(images):
    return images[:1].permute(0, 2, 3, 1).contiguous()


def wrong_batch_to_channels_last_list(images):
    return [image.permute(1, 2, 0).contiguous() for image in images]


def wrong_batch_to_channels_last_not_assigned(images):
    out = images.permute(0, 2, 3, 1)
    out.contiguous()
    return out


def wrong_batch_to_channels_last_memory_order(images):
    n, c, h, w = images.shape
    return images.as_strided((n, h, w, c), (c * h * w, w, 1, h * w)).contiguous()
