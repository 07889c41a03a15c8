"""Right and wrong answers to 00_fundamentals/operations."""

from collections import namedtuple

import numpy as np
import torch

from autograder.checks import says

# ------------------------------------------------------------------------------------------------------------ products

def right_products_functions(a, b):
    return torch.mul(a, b), torch.mm(a, b)


_Products = namedtuple("_Products", "elementwise matrix")


def right_products_namedtuple(a, b):
    return _Products(a.mul(b), a.matmul(b))


def right_products_einsum(a, b):
    return torch.einsum("ij,ij->ij", a, b), torch.einsum("ik,kj->ij", a, b)


def right_products_broadcast(a, b):
    return a * b, (a[:, :, None] * b[None]).sum(dim=1)


def right_products_numpy(a, b):
    a, b = a.numpy(), b.numpy()
    return torch.from_numpy(a * b), torch.from_numpy(a @ b)


@says("both results are the element-wise product")
def wrong_products_twice_elementwise(a, b):
    return a * b, torch.mul(a, b)


@says("both results are the matrix product")
def wrong_products_twice_matrix(a, b):
    return a @ b, a @ b


@says("wrong order")
def wrong_products_swapped(a, b):
    return a @ b, a * b


@says("transpose of b")
def wrong_products_transposed(a, b):
    return a * b, a @ b.T


@says("b by a")
def wrong_products_b_first(a, b):
    return a * b, b @ a


def wrong_products_float32(a, b):
    a, b = a.float(), b.float()
    return a * b, a @ b


def wrong_products_view(a, b):
    n = len(a)
    return (a.view(-1) * b.view(-1)).view(n, n), a @ b


def wrong_products_stacked(a, b):
    return torch.stack((a * b, a @ b))


def wrong_products_only_elementwise(a, b):
    return a * b


def wrong_products_squeezed(a, b):
    return (a * b).squeeze(), (a @ b).squeeze()


def wrong_products_in_place(a, b):
    matrix = a @ b
    return a.mul_(b), matrix


# ----------------------------------------------------------------------------------------------------------------- dot

def right_dot_functions(a, b):
    return torch.sum(torch.mul(a, b))


def right_dot_loop(a, b):
    total = torch.zeros((), dtype=a.dtype)
    for p, q in zip(a, b, strict=True):
        total = total + p * q
    return total


def right_dot_builtin_sum(a, b):
    return sum(a * b)


def right_dot_numpy(a, b):
    return torch.tensor((a.numpy() * b.numpy()).sum())


def right_dot_float_start(a, b):
    total = 0.0
    for i in range(len(a)):
        total = total + a[i] * b[i]
    return torch.as_tensor(total)


def wrong_dot_operator(a, b):
    return a @ b


def wrong_dot_torch_dot(a, b):
    return torch.dot(a, b)


def wrong_dot_matmul(a, b):
    return a.matmul(b)


def wrong_dot_einsum(a, b):
    return torch.einsum("i,i->", a, b)


def wrong_dot_mv(a, b):
    return torch.mv(a[None], b)[0]


def wrong_dot_mm(a, b):
    return torch.mm(a[None], b[:, None])[0, 0]


def wrong_dot_inner(a, b):
    return torch.inner(a, b)


def wrong_dot_vdot(a, b):
    return torch.vdot(a, b)


def wrong_dot_tensordot(a, b):
    return torch.tensordot(a, b, 1)


def wrong_dot_numpy_dot(a, b):
    return torch.tensor(np.dot(a.numpy(), b.numpy()))


def wrong_dot_numpy_inner(a, b):
    return torch.tensor(np.inner(a.numpy(), b.numpy()))


def wrong_dot_linear(a, b):
    return torch.nn.functional.linear(a[None], b[None])[0, 0]


def wrong_dot_bmm(a, b):
    return torch.bmm(a[None, None], b[None, :, None])[0, 0, 0]


def wrong_dot_vecdot(a, b):
    return torch.linalg.vecdot(a, b)


@says("Python number")
def wrong_dot_item(a, b):
    return (a * b).sum().item()


@says("not summed")
def wrong_dot_unsummed(a, b):
    return a * b


@says("keeps a dimension")
def wrong_dot_keepdim(a, b):
    return (a * b).sum(dim=0, keepdim=True)


@says("all pairs")
def wrong_dot_all_pairs(a, b):
    return (a[:, None] * b).sum()


@says("mean of the products")
def wrong_dot_mean(a, b):
    return (a * b).float().mean()


def wrong_dot_float32(a, b):
    return torch.tensor(sum(p * q for p, q in zip(a.tolist(), b.tolist(), strict=True)), dtype=torch.float32)


def wrong_dot_first_element(a, b):
    total = a[0] * b[0]
    for i in range(1, len(a)):
        total = total + a[i] * b[i]
    return total


def wrong_dot_in_place(a, b):
    a *= b
    return a.sum()


def wrong_dot_truncated(a, b):
    return (a * b).sum().int().to(a.dtype)


# ----------------------------------------------------------------------------------------------------------- summarize

def right_summarize_float_calls(x):
    return {"min": float(x.min()), "max": float(x.max()), "mean": float(x.float().mean()), "sum": float(x.sum())}


def right_summarize_tolist(x):
    values = [float(v) for v in x.flatten().tolist()]
    return {"min": min(values), "max": max(values), "mean": sum(values) / len(values), "sum": sum(values)}


def right_summarize_numpy(x):
    values = x.double().numpy()
    return {"sum": values.sum(), "mean": values.mean(), "max": values.max(), "min": values.min()}


def right_summarize_names(x):
    x = x.to(torch.float64)
    return {name: getattr(x, name)().item() for name in ("min", "max", "mean", "sum")}


def right_summarize_aminmax(x):
    low, high = torch.aminmax(x.reshape(-1).float())
    y = x.float()
    return {"min": low.item(), "max": high.item(), "mean": y.mean().item(), "sum": y.sum().item()}


@says("have no mean", "float()")
def wrong_summarize_no_conversion(x):
    return {"min": x.min().item() * 1.0, "max": x.max().item() * 1.0, "mean": x.mean().item(), "sum": float(x.sum())}


@says("a Python float was asked for")
def wrong_summarize_tensors(x):
    x = x.double()
    return {"min": x.min(), "max": x.max(), "mean": x.mean(), "sum": x.sum()}


@says("of type int")
def wrong_summarize_ints(x):
    return {"min": x.min().item(), "max": x.max().item(), "mean": x.float().mean().item(), "sum": x.sum().item()}


def wrong_summarize_float32_scalars(x):
    x = x.float().numpy()
    return {"min": x.min(), "max": x.max(), "mean": x.mean(), "sum": x.sum()}


@says("no key")
def wrong_summarize_no_sum(x):
    x = x.double()
    return {"min": x.min().item(), "max": x.max().item(), "mean": x.mean().item()}


def wrong_summarize_list(x):
    x = x.double()
    return [x.min().item(), x.max().item(), x.mean().item(), x.sum().item()]


@says("lost its fraction")
def wrong_summarize_integer_mean(x):
    mean = x.mean() if x.is_floating_point() else x.sum() // x.numel()
    return {"min": float(x.min()), "max": float(x.max()), "mean": float(mean), "sum": float(x.sum())}


def wrong_summarize_swapped(x):
    x = x.double()
    return {"min": x.max().item(), "max": x.min().item(), "mean": x.mean().item(), "sum": x.sum().item()}


def wrong_summarize_overflow(x):
    total = x.sum(dtype=x.dtype)
    return {"min": float(x.min()), "max": float(x.max()), "mean": float(x.float().mean()), "sum": float(total)}


def wrong_summarize_no_bool(x):
    y = x if x.is_floating_point() else x.float()
    return {"min": float((x - 0 * x).min()), "max": float((-x).max()) if x.dtype == torch.bool else float(x.max()),
            "mean": float(y.mean()), "sum": float(y.sum())}


def wrong_summarize_absolute(x):
    x = x.double()
    return {"min": x.abs().min().item(), "max": x.abs().max().item(), "mean": x.mean().item(), "sum": x.sum().item()}


def wrong_summarize_columns(x):
    x = x.double()
    x = x.sum(dim=0) if x.dim() > 1 else x
    return {"min": x.min().item(), "max": x.max().item(), "mean": x.mean().item(), "sum": x.sum().item()}


def wrong_summarize_rounded(x):
    x = x.double()
    return {k: round(getattr(x, k)().item(), 2) for k in ("min", "max", "mean", "sum")}


def wrong_summarize_view(x):
    x = x.view(-1).double()
    return {k: getattr(x, k)().item() for k in ("min", "max", "mean", "sum")}


def wrong_summarize_rows_only(x):
    values = [float(v) for v in x]
    return {"min": min(values), "max": max(values), "mean": sum(values) / len(values), "sum": sum(values)}


def wrong_summarize_median(x):
    x = x.double()
    return {"min": x.min().item(), "max": x.max().item(), "mean": x.median().item(), "sum": x.sum().item()}


# --------------------------------------------------------------------------------------------------- extreme_positions

def right_extreme_positions_int(x):
    return int(torch.argmin(x)), int(torch.argmax(x))


def right_extreme_positions_list(x):
    values = x.flatten().tolist()
    return values.index(min(values)), values.index(max(values))


def right_extreme_positions_sort(x):
    order = x.reshape(-1).argsort().tolist()
    return order[0], order[-1]


def right_extreme_positions_numpy(x):
    return int(x.numpy().argmin()), int(x.numpy().argmax())


def right_extreme_positions_nonzero(x):
    flat = x.reshape(-1)
    return (flat == flat.min()).nonzero()[0].item(), (flat == flat.max()).nonzero()[0].item()


@says("Tensors came back")
def wrong_extreme_positions_tensors(x):
    return x.argmin(), x.argmax()


@says("elements themselves")
def wrong_extreme_positions_values(x):
    return x.min().item(), x.max().item()


@says("swapped")
def wrong_extreme_positions_swapped(x):
    return x.argmax().item(), x.argmin().item()


def wrong_extreme_positions_coordinates(x):
    low, high = x.argmin().item(), x.argmax().item()
    width = x.shape[-1]
    return (low // width, low % width), (high // width, high % width)


@says("positions in memory")
def wrong_extreme_positions_memory(x):
    flat = torch.as_strided(x, (x.numel(),), (1,))
    return flat.argmin().item(), flat.argmax().item()


def wrong_extreme_positions_view(x):
    flat = x.view(-1)
    return flat.argmin().item(), flat.argmax().item()


@says("absolute value")
def wrong_extreme_positions_absolute(x):
    return x.argmin().item(), x.abs().argmax().item()


def wrong_extreme_positions_last_dim(x):
    return x.min(dim=-1).indices.flatten()[0].item(), x.max(dim=-1).indices.flatten()[0].item()


def wrong_extreme_positions_one_based(x):
    return x.argmin().item() + 1, x.argmax().item() + 1


def wrong_extreme_positions_tensor_pair(x):
    return torch.tensor([x.argmin(), x.argmax()])


def wrong_extreme_positions_one_dim_only(x):
    values = [float(v) for v in x]
    return values.index(min(values)), values.index(max(values))


def wrong_extreme_positions_numpy_ints(x):
    return x.numpy().argmin(), x.numpy().argmax()


def wrong_extreme_positions_floats(x):
    return float(x.argmin()), float(x.argmax())


# ---------------------------------------------------------------------------------------------------------- row_argmax

def right_row_argmax_last_dim(x):
    return torch.argmax(x, dim=-1)


def right_row_argmax_max(x):
    return x.max(dim=1)[1]


def right_row_argmax_topk(x):
    return x.topk(1, dim=1).indices.squeeze(1)


def right_row_argmax_loop(x):
    return torch.tensor([int(row.argmax()) for row in x], dtype=torch.int64)


def right_row_argmax_stack(x):
    return torch.stack([row.argmax() for row in x])


def right_row_argmax_numpy(x):
    return torch.from_numpy(x.numpy().argmax(axis=1))


def right_row_argmax_sort(x):
    return x.argsort(dim=1, descending=True)[:, 0]


@says("reads the tensor flat")
def wrong_row_argmax_no_dim(x):
    return x.argmax()


@says("dim=0 folds the rows")
def wrong_row_argmax_dim_0(x):
    return x.argmax(dim=0)


@says("largest elements")
def wrong_row_argmax_values(x):
    return x.max(dim=1).values


@says("the shape is a column")
def wrong_row_argmax_keepdim(x):
    return x.argmax(dim=1, keepdim=True)


@says("smallest")
def wrong_row_argmax_argmin(x):
    return x.argmin(dim=1)


@says("a batch of one lost its dimension")
def wrong_row_argmax_squeeze(x):
    return x.topk(1, dim=1).indices.squeeze()


@says("dtype is not")
def wrong_row_argmax_int32(x):
    return x.argmax(dim=1).int()


@says("dtype is not")
def wrong_row_argmax_float(x):
    return torch.Tensor([int(row.argmax()) for row in x])


def wrong_row_argmax_list(x):
    return x.argmax(dim=1).tolist()


def wrong_row_argmax_absolute(x):
    return x.abs().argmax(dim=1)


def wrong_row_argmax_threshold(x):
    best, place = torch.zeros(len(x)), torch.zeros(len(x), dtype=torch.int64)
    for j in range(x.shape[1]):
        better = x[:, j] > best
        best, place = torch.where(better, x[:, j].float(), best), torch.where(better, j, place)
    return place


def wrong_row_argmax_view(x):
    n, c = x.shape
    return x.view(n * c).view(n, c).argmax(dim=1)


def wrong_row_argmax_named_pair(x):
    return x.max(dim=1)


# ------------------------------------------------------------------------------------------------- standardize_columns

def right_standardize_columns_minmax(x):
    constant = x.max(dim=0).values == x.min(dim=0).values
    z = (x - x.mean(dim=0, keepdim=True)) / x.std(dim=0, keepdim=True)
    z[:, constant] = 0
    return z


def right_standardize_columns_fill(x):
    z = (x - x.mean(0)) / x.std(0)
    return z.masked_fill((x == x[0]).all(0), 0.0)


def right_standardize_columns_loop(x):
    z = torch.zeros_like(x)
    for j in range(x.shape[1]):
        column = x[:, j]
        if len(column.unique()) > 1:
            z[:, j] = (column - column.mean()) / column.std()
    return z


def right_standardize_columns_numpy(x):
    a = x.numpy()
    z = np.zeros_like(a)
    vary = a.max(axis=0) != a.min(axis=0)
    z[:, vary] = (a[:, vary] - a[:, vary].mean(axis=0)) / a[:, vary].std(axis=0, ddof=1)
    return torch.from_numpy(z)


def right_standardize_columns_shifted(x):
    d = x - x[0]
    d = d - d.mean(0)
    std = x.std(0) if len(x) > 1 else torch.ones_like(x[0])
    return d / torch.where((x == x[0]).all(0), torch.ones_like(std), std)


def right_standardize_columns_std_mean(x):
    if x.shape[0] == 1:
        return x - x
    s, m = torch.std_mean(x, dim=0)
    return torch.where(torch.all(x[1:] == x[:-1], dim=0), torch.zeros_like(x), x.sub(m).div(s))


@says("n in the denominator")
def wrong_standardize_columns_population(x):
    z = (x - x.mean(0)) / x.std(0, correction=0)
    return torch.where((x == x[0]).all(0), torch.zeros_like(x), z)


@says("whole matrix")
def wrong_standardize_columns_whole(x):
    return (x - x.mean()) / x.std()


@says("rows are standardised")
def wrong_standardize_columns_rows(x):
    z = (x - x.mean(1, keepdim=True)) / x.std(1, keepdim=True)
    return torch.where((x == x[0]).all(0), torch.zeros_like(x), z)


@says("nan")
def wrong_standardize_columns_plain(x):
    return (x - x.mean(0)) / x.std(0)


@says("rounding noise")
def wrong_standardize_columns_eps(x):
    if len(x) == 1:
        return torch.zeros_like(x)
    return (x - x.mean(0)) / (x.std(0) + 1e-8)


@says("very small spread")
def wrong_standardize_columns_threshold(x):
    if len(x) == 1:
        return torch.zeros_like(x)
    s = x.std(0)
    return torch.where((s < 1e-7) | (x == x[0]).all(0), torch.zeros_like(x), (x - x.mean(0)) / s)


@says("very small spread")
def wrong_standardize_columns_relative_threshold(x):
    if len(x) == 1:
        return torch.zeros_like(x)
    s = x.std(0)
    constant = (s <= 1e-5 * x.abs().amax(0)) | (x == x[0]).all(0)
    return torch.where(constant, torch.zeros_like(x), (x - x.mean(0)) / s)


@says("very small spread")
def wrong_standardize_columns_close(x):
    constant = torch.isclose(x, x[0]).all(0)
    return torch.where(constant, torch.zeros_like(x), (x - x.mean(0)) / x.std(0))


@says("rounding noise")
def wrong_standardize_columns_std_zero_to_one(x):
    if len(x) == 1:
        return torch.zeros_like(x)
    s = x.std(0)
    return (x - x.mean(0)) / torch.where(s == 0, torch.ones_like(s), s)


@says("rounding noise")
def wrong_standardize_columns_std_zero_to_zeros(x):
    if len(x) == 1:
        return torch.zeros_like(x)
    s = x.std(0)
    return torch.where(s == 0, torch.zeros_like(x), (x - x.mean(0)) / s)


@says("inf")
def wrong_standardize_columns_nan_only(x):
    z = (x - x.mean(0)) / x.std(0)
    return torch.where(z.isnan(), torch.zeros_like(z), z)


@says("nan")
def wrong_standardize_columns_single_row(x):
    s = x.std(0)
    constant = (x == x[0]).all(0) if len(x) > 1 else torch.zeros(x.shape[1], dtype=torch.bool)
    return torch.where(constant, torch.zeros_like(x), (x - x.mean(0)) / s)


@says("not scaled")
def wrong_standardize_columns_centre_only(x):
    return torch.where((x == x[0]).all(0), torch.zeros_like(x), x - x.mean(0))


@says("variance")
def wrong_standardize_columns_variance(x):
    return torch.where((x == x[0]).all(0), torch.zeros_like(x), (x - x.mean(0)) / x.var(0))


@says("squeezed into 0 to 1")
def wrong_standardize_columns_minmax_scaling(x):
    low, high = x.amin(0), x.amax(0)
    return torch.where(low == high, torch.zeros_like(x), (x - low) / (high - low))


def wrong_standardize_columns_float32(x):
    x = x.float()
    return torch.where((x == x[0]).all(0), torch.zeros_like(x), (x - x.mean(0)) / x.std(0))


def wrong_standardize_columns_first_and_last(x):
    if len(x) == 1:
        return torch.zeros_like(x)
    return torch.where(x[0] == x[-1], torch.zeros_like(x), (x - x.mean(dim=0)) / x.std(dim=0))


def wrong_standardize_columns_in_place(x):
    constant = (x == x[0]).all(0)
    x -= x.mean(0)
    x /= x.std(0)
    x[:, constant] = 0
    return x


def wrong_standardize_columns_drops_constant(x):
    keep = ~(x == x[0]).all(0)
    return (x[:, keep] - x[:, keep].mean(0)) / x[:, keep].std(0)


# ------------------------------------------------------------------------------------------------------------ add_bias

def right_add_bias_unsqueeze(x, bias):
    if bias.shape[0] != x.size(1):
        raise ValueError("length")
    return torch.add(x, bias.unsqueeze(0))


def right_add_bias_expand(x, bias):
    if bias.numel() != x.shape[-1]:
        raise ValueError("length")
    return x + bias.expand_as(x)


def right_add_bias_loop(x, bias):
    n, c = x.shape
    if tuple(bias.shape) != (c,):
        raise ValueError("length")
    out = x.clone()
    for i in range(n):
        out[i] += bias
    return out


def right_add_bias_catch(x, bias):
    try:
        return x + bias.expand(x.shape[0], -1).reshape(x.shape)
    except RuntimeError as error:
        raise ValueError("length") from error


class _WrongLength(ValueError):
    pass


def right_add_bias_subclass_of_value_error(x, bias):
    if len(bias) - x.shape[1]:
        raise _WrongLength(len(bias))
    y = x.clone()
    y += bias
    return y


def wrong_add_bias_unchecked(x, bias):
    return x + bias


def wrong_add_bias_translates_error(x, bias):
    try:
        return x + bias
    except RuntimeError as error:
        raise ValueError("length") from error


def wrong_add_bias_accepts_one(x, bias):
    if len(bias) not in (1, x.shape[1]):
        raise ValueError("length")
    return x + bias


def wrong_add_bias_compares_rows(x, bias):
    if len(bias) != x.shape[0]:
        raise ValueError("length")
    return x + bias[:, None]


@says("down the columns")
def wrong_add_bias_columns_when_square(x, bias):
    if len(bias) != x.shape[1]:
        raise ValueError("length")
    return x + bias[:, None] if len(bias) == len(x) else x + bias


def wrong_add_bias_rows_allowed(x, bias):
    if len(bias) == x.shape[1]:
        return x + bias
    if len(bias) == x.shape[0]:
        return x + bias[:, None]
    raise ValueError("length")


def wrong_add_bias_assert(x, bias):
    assert len(bias) == x.shape[1]
    return x + bias


def wrong_add_bias_type_error(x, bias):
    if len(bias) != x.shape[1]:
        raise TypeError("length")
    return x + bias


def wrong_add_bias_in_place(x, bias):
    if len(bias) != x.shape[1]:
        raise ValueError("length")
    x += bias
    return x


def wrong_add_bias_truncates(x, bias):
    if len(bias) < x.shape[1]:
        raise ValueError("length")
    return x + bias[:x.shape[1]]


def wrong_add_bias_only_longer(x, bias):
    if len(bias) > x.shape[1]:
        raise ValueError("length")
    return x + bias


def wrong_add_bias_column_matrix_stretched(x, bias):
    if x.shape[1] != 1 and len(bias) != x.shape[1]:
        raise ValueError("length")
    return x + bias


def wrong_add_bias_returns_none(x, bias):
    if len(bias) != x.shape[1]:
        return None
    return x + bias


def wrong_add_bias_multiplies(x, bias):
    if len(bias) != x.shape[1]:
        raise ValueError("length")
    return x * bias


def wrong_add_bias_squeezed(x, bias):
    if len(bias) != x.shape[1]:
        raise ValueError("length")
    return (x + bias).squeeze()


def wrong_add_bias_float32(x, bias):
    if len(bias) != x.shape[1]:
        raise ValueError("length")
    return x.float() + bias.float()


# -------------------------------------------------------------------------------------------------- pairwise_distances

def right_pairwise_distances_unsqueeze(a, b):
    return ((a.unsqueeze(1) - b.unsqueeze(0)) ** 2).sum(-1) ** 0.5


def right_pairwise_distances_norm(a, b):
    return torch.linalg.vector_norm(a[:, None, :] - b[None, :, :], dim=2)


def right_pairwise_distances_old_norm(a, b):
    return (a[:, None] - b).norm(dim=-1)


def right_pairwise_distances_functional(a, b):
    return torch.nn.functional.pairwise_distance(a[:, None], b[None])


def right_pairwise_distances_repeat(a, b):
    n, m = len(a), len(b)
    differences = a.repeat_interleave(m, dim=0) - b.repeat(n, 1)
    return differences.pow(2).sum(1).sqrt().reshape(n, m)


def right_pairwise_distances_features(a, b):
    total = torch.zeros(len(a), len(b), dtype=a.dtype)
    for k in range(a.shape[1]):
        total += (a[:, k, None] - b[:, k]) ** 2
    return total.sqrt()


def right_pairwise_distances_gram(a, b):
    squares = (a ** 2).sum(1)[:, None] + (b ** 2).sum(1) - 2 * a @ b.T
    return squares.clamp(min=0).sqrt()


def right_pairwise_distances_numpy(a, b):
    a, b = a.numpy(), b.numpy()
    return torch.from_numpy(np.sqrt(((a[:, None] - b[None]) ** 2).sum(axis=-1)))


def right_pairwise_distances_transposed(a, b):
    return (b[:, None] - a).pow(2).sum(2).sqrt().T


def right_pairwise_distances_view(a, b):
    n, d = a.shape
    return (a.view(n, 1, d) - b.view(1, len(b), d)).square().sum(-1).sqrt()


def right_pairwise_distances_expand(a, b):
    n, m = len(a), len(b)
    left = a.unsqueeze(1).expand(n, m, a.shape[1])
    return torch.sqrt(torch.sum(torch.square(left - b), dim=2))


def wrong_pairwise_distances_cdist(a, b):
    return torch.cdist(a, b)


@says("loop over the rows")
def wrong_pairwise_distances_rows(a, b):
    out = torch.zeros(len(a), len(b), dtype=a.dtype)
    for i in range(len(a)):
        for j in range(len(b)):
            out[i, j] = (a[i] - b[j]).square().sum().sqrt()
    return out


@says("loop over the rows")
def wrong_pairwise_distances_rows_of_b(a, b):
    if not len(b):
        return torch.zeros(len(a), 0)
    return torch.stack([(a - q).square().sum(1).sqrt() for q in b], dim=1)


@says("loop over the rows")
def wrong_pairwise_distances_rows_of_a(a, b):
    out = torch.empty(len(a), len(b), dtype=a.dtype)
    for i, p in enumerate(a):
        out[i] = (p - b).norm(dim=1)
    return out


@says("loop over the rows")
def wrong_pairwise_distances_numpy_loop(a, b):
    p, q = a.numpy(), b.numpy()
    return torch.tensor([[float(np.sqrt(((u - v) ** 2).sum())) for v in q] for u in p], dtype=a.dtype).reshape(len(p), len(q))


@says("squared distances")
def wrong_pairwise_distances_squared(a, b):
    return (a[:, None] - b).square().sum(-1)


@says("absolute differences")
def wrong_pairwise_distances_manhattan(a, b):
    return (a[:, None] - b).abs().sum(-1)


@says("swapped")
def wrong_pairwise_distances_swapped(a, b):
    return (b[:, None] - a).square().sum(-1).sqrt()


@says("nan")
def wrong_pairwise_distances_unclamped(a, b):
    return ((a ** 2).sum(1)[:, None] + (b ** 2).sum(1) - 2 * a @ b.T).sqrt()


@says("averaged")
def wrong_pairwise_distances_mean(a, b):
    return (a[:, None] - b).square().mean(-1).sqrt()


def wrong_pairwise_distances_same_rows(a, b):
    return (a - b).square().sum(-1).sqrt()


def wrong_pairwise_distances_squeezed(a, b):
    return (a[:, None] - b).square().sum(-1).sqrt().squeeze()


def wrong_pairwise_distances_wrong_axis(a, b):
    return (a[:, None] - b).square().sum(0).sqrt()


def wrong_pairwise_distances_eps(a, b):
    return ((a[:, None] - b).square().sum(-1) + 1e-2).sqrt()


def wrong_pairwise_distances_float32(a, b):
    return (a[:, None].float() - b.float()).square().sum(-1).sqrt()


def wrong_pairwise_distances_empty(a, b):
    if not len(a) or not len(b):
        return torch.zeros(0)
    return (a[:, None] - b).square().sum(-1).sqrt()


def wrong_pairwise_distances_view(a, b):
    d = a.shape[1]
    return (a.view(-1).view(len(a), 1, d) - b).square().sum(-1).sqrt()


def right_products_as_a_list(a, b):
    return [a.mul(b), a.mm(b)]
