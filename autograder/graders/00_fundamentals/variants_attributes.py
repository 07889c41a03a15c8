"""Right and wrong answers to 00_fundamentals/attributes, which the grader must tell apart."""

import copy
import math
import sys
from collections import OrderedDict
from types import MappingProxyType

import numpy as np
import torch

from autograder.checks import says

# ----------------------------------------------------------------------------------------------------------- describe


def _described(x, **other):
    return {"shape": x.shape, "ndim": x.ndim, "dtype": x.dtype, "device": str(x.device), "numel": x.numel(),
            "requires_grad": x.requires_grad, **other}


def right_describe_size(x):
    return {"shape": x.shape, "ndim": x.dim(), "dtype": x.dtype, "device": str(x.device), "numel": x.shape.numel(),
            "requires_grad": x.requires_grad}


def right_describe_other_ways(x):
    found = {}
    found["requires_grad"] = bool(x.requires_grad)
    found["numel"] = math.prod(x.size())
    found.update(device=x.device.type, dtype=x.dtype, ndim=len(x.shape), shape=tuple(n for n in x.size()))
    return found


def right_describe_ordered(x):
    return OrderedDict(_described(x, numel=x.nelement(), device=f"{x.device}"))


def right_describe_read_only(x):
    return MappingProxyType(_described(x))


def right_describe_loop(x):
    d = {name: getattr(x, name) for name in ("shape", "ndim", "dtype", "requires_grad")}
    d["device"], d["numel"] = str(x.device), torch.numel(x)
    return d


@says("torch.device")
def wrong_describe_device_object(x):
    return _described(x, device=x.device)


@says("dtype is a text")
def wrong_describe_dtype_text(x):
    return _described(x, dtype=str(x.dtype))


@says("tuple of ints")
def wrong_describe_shape_list(x):
    return _described(x, shape=list(x.shape))


def wrong_describe_shape_text(x):
    return _described(x, shape=str(tuple(x.shape)))


@says("x.size() is the shape")
def wrong_describe_numel_is_the_size(x):
    return _described(x, numel=x.size())


def wrong_describe_numel_without_brackets(x):
    return _described(x, numel=x.numel)


def wrong_describe_numel_is_the_length(x):
    return _described(x, numel=len(x))


def wrong_describe_numel_tensor(x):
    return _described(x, numel=torch.tensor(x.numel()))


def wrong_describe_numel_float(x):
    return _described(x, numel=float(x.numel()))


def wrong_describe_numel_of_the_storage(x):
    return _described(x, numel=max(1, x.numel()))


def wrong_describe_counts_nonzero(x):
    return _described(x, numel=int(torch.count_nonzero(x)) if not x.is_meta else x.numel())


def wrong_describe_never_requires_grad(x):
    return _described(x, requires_grad=False)


def wrong_describe_requires_grad_int(x):
    return _described(x, requires_grad=int(x.requires_grad))


def wrong_describe_leaf_for_requires_grad(x):
    return _described(x, requires_grad=x.is_leaf)


@says("not only leaves")
def wrong_describe_only_leaves_require_grad(x):
    return _described(x, requires_grad=x.requires_grad and x.is_leaf)


def wrong_describe_always_cpu(x):
    return _described(x, device="cpu")


def wrong_describe_always_float32(x):
    return _described(x, dtype=torch.float32)


def wrong_describe_ndim_is_two(x):
    return _described(x, ndim=2)


def wrong_describe_extra_key(x):
    return _described(x, is_leaf=x.is_leaf)


def wrong_describe_missing_key(x):
    found = _described(x)
    del found["ndim"]
    return found


def wrong_describe_other_names(x):
    found = _described(x)
    found["size"] = found.pop("shape")
    return found


def wrong_describe_tuple(x):
    return tuple(_described(x).values())


# ---------------------------------------------------------------------------------------------------------- to_number


def right_to_number_try(x):
    try:
        return x.item()
    except RuntimeError as error:
        raise ValueError("not one element") from error


def right_to_number_flat_list(x):
    values = x.flatten().tolist()
    if len(values) != 1:
        raise ValueError(f"{len(values)} elements")
    return values[0]


def right_to_number_unpack(x):
    (value,) = x.reshape(-1).tolist()
    return value


def right_to_number_numpy(x):
    return x.detach().numpy().item()


def right_to_number_own_error(x):
    class NotOneError(ValueError):
        pass

    if math.prod(x.shape) != 1:
        raise NotOneError
    return x.squeeze().item()


@says("RuntimeError was raised")
def wrong_to_number_runtime_error(x):
    return x.item()


@says("integer tensor")
def wrong_to_number_float(x):
    if x.numel() != 1:
        raise ValueError
    return float(x)


def wrong_to_number_int(x):
    if x.numel() != 1:
        raise ValueError
    return int(x)


@says("bool tensor")
def wrong_to_number_int_for_bool(x):
    if x.numel() != 1:
        raise ValueError
    return x.item() if x.is_floating_point() else int(x)


def wrong_to_number_ints_through_float(x):
    if x.numel() != 1:
        raise ValueError
    if x.dtype == torch.bool:
        return bool(x)
    return x.item() if x.is_floating_point() else int(float(x))


@says("went through float32")
def wrong_to_number_through_float32(x):
    if x.numel() != 1:
        raise ValueError
    return float(x.float()) if x.is_floating_point() else x.item()


def wrong_to_number_tolist(x):
    if x.numel() != 1:
        raise ValueError
    return x.tolist()


def wrong_to_number_first_of_many(x):
    if x.numel() == 0:
        raise ValueError
    return x.flatten()[0].item()


def wrong_to_number_none_for_empty(x):
    if x.numel() > 1:
        raise ValueError
    return x.item() if x.numel() else None


def wrong_to_number_only_more(x):
    if x.numel() > 1:
        raise ValueError
    return x.item()


def wrong_to_number_only_zero_dim(x):
    if x.ndim != 0:
        raise ValueError
    return x.item()


def wrong_to_number_only_one_bracket(x):
    if len(x.shape) > 1 or x.numel() != 1:
        raise ValueError
    return x.item()


def wrong_to_number_length(x):
    if x.ndim and len(x) != 1:
        raise ValueError
    return x.item()


def wrong_to_number_tensor(x):
    if x.numel() != 1:
        raise ValueError
    return x.squeeze()


def wrong_to_number_numpy_scalar(x):
    if x.numel() != 1:
        raise ValueError
    return x.detach().numpy().reshape(-1)[0]


def wrong_to_number_numpy_needs_detach(x):
    return x.numpy().item()


def wrong_to_number_rounds(x):
    if x.numel() != 1:
        raise ValueError
    return round(x.item(), 4) if x.is_floating_point() else x.item()


def wrong_to_number_zero_is_nothing(x):
    if x.numel() != 1 or not x.any():
        raise ValueError
    return x.item()


def wrong_to_number_asserts(x):
    assert x.numel() == 1
    return x.item()


# --------------------------------------------------------------------------------------------------------------- cast


def right_cast_clone(x, dtype):
    return x.clone().to(dtype)


def right_cast_clone_afterwards(x, dtype):
    return x.type(dtype).clone()


def right_cast_copy_into(x, dtype):
    y = torch.empty(x.shape, dtype=dtype, device=x.device)
    y.copy_(x)
    return y


def right_cast_torch_tensor(x, dtype):
    return torch.tensor(x, dtype=dtype)


def right_cast_deepcopy(x, dtype):
    return copy.deepcopy(x).to(dtype)


def right_cast_two_cases(x, dtype):
    return x.clone() if x.dtype is dtype else x.to(dtype)


def right_cast_contiguous(x, dtype):
    return x.to(dtype).clone(memory_format=torch.contiguous_format)


@says("shares memory")
def wrong_cast_to(x, dtype):
    return x.to(dtype)


@says("shares memory")
def wrong_cast_type(x, dtype):
    return x.type(dtype)


@says("shares memory")
def wrong_cast_detach(x, dtype):
    return x.detach().to(dtype)


@says("shares memory")
def wrong_cast_contiguous_is_no_copy(x, dtype):
    return x.to(dtype).contiguous()


@says("shares memory")
def wrong_cast_as_tensor(x, dtype):
    return torch.as_tensor(x, dtype=dtype)


@says("shares memory")
def wrong_cast_numpy(x, dtype):
    return torch.from_numpy(x.numpy()).to(dtype)


@says("shares memory")
def wrong_cast_view_of_all(x, dtype):
    return x.to(dtype)[...]


def wrong_cast_copies_float32_only(x, dtype):
    return x.clone() if dtype == torch.float32 else x.to(dtype)


@says("reinterprets")
def wrong_cast_reinterprets(x, dtype):
    return x.clone().view(dtype)


@says("rounded")
def wrong_cast_rounds(x, dtype):
    if x.is_floating_point() and not dtype.is_floating_point:
        x = x.round()
    return x.to(dtype, copy=True)


def wrong_cast_plus_zero(x, dtype):
    return x.to(dtype) + 0


def wrong_cast_always_float(x, dtype):
    return x.clone().float()


def wrong_cast_not_assigned(x, dtype):
    y = x.clone()
    y.to(dtype)
    return y


def wrong_cast_flattens(x, dtype):
    return torch.tensor(x.flatten().tolist()).to(dtype)


def wrong_cast_view_needs_contiguous(x, dtype):
    return x.view(-1).to(dtype, copy=True).view(x.shape)


@says("memory order")
def wrong_cast_memory_order(x, dtype):
    strides = torch.empty(x.shape).stride()
    return torch.as_strided(x, x.shape, strides).to(dtype, copy=True)


@says("Digits are lost")
def wrong_cast_through_float32(x, dtype):
    return x.float().to(dtype, copy=True)


def wrong_cast_squeezes(x, dtype):
    return x.to(dtype, copy=True).squeeze()


def wrong_cast_forgets_the_device(x, dtype):
    return torch.empty(x.shape, dtype=dtype).copy_(x)


def wrong_cast_changes_x(x, dtype):
    y = x.to(dtype, copy=True)
    x.zero_()
    return y


def wrong_cast_list(x, dtype):
    return x.to(dtype).tolist()


# ------------------------------------------------------------------------------------------------------------ mean_of


def right_mean_of_dtype_argument(x):
    return torch.mean(x, dtype=x.dtype if x.dtype.is_floating_point else torch.float32)


def right_mean_of_sum(x):
    return x.sum() / x.numel()


def right_mean_of_try(x):
    try:
        return x.mean()
    except RuntimeError:
        return x.to(torch.float32).mean()


def right_mean_of_list_of_dtypes(x):
    if x.dtype in (torch.float16, torch.bfloat16, torch.float32, torch.float64):
        return x.flatten().mean(0)
    return torch.mean(x.type(torch.float32))


def right_mean_of_back_to_the_dtype(x):
    m = x.double().mean()
    return m.to(x.dtype if torch.is_floating_point(x) else torch.float32)


@says("no mean")
def wrong_mean_of_mean(x):
    return x.mean()


@says("float64")
def wrong_mean_of_always_float32(x):
    return x.float().mean()


def wrong_mean_of_always_float64(x):
    return x.double().mean()


def wrong_mean_of_float64_for_integers(x):
    return x.mean() if x.is_floating_point() else x.double().mean()


def wrong_mean_of_int64_only(x):
    return x.float().mean() if x.dtype == torch.int64 else x.mean()


def wrong_mean_of_not_bool(x):
    whole = (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8)
    return x.float().mean() if x.dtype in whole else x.mean()


def wrong_mean_of_float64_is_the_only_other(x):
    return x.mean() if x.dtype == torch.float64 else x.float().mean()


@says("digits are lost")
def wrong_mean_of_loses_digits(x):
    m = x.float().mean()
    return m.to(x.dtype) if x.is_floating_point() else m


@says("stayed in integers")
def wrong_mean_of_integer_division(x):
    if x.is_floating_point():
        return x.mean()
    return (x.sum() // x.numel()).float()


def wrong_mean_of_back_to_int(x):
    if x.is_floating_point():
        return x.mean()
    return x.float().mean().to(x.dtype)


@says("each column")
def wrong_mean_of_columns(x):
    x = x if x.is_floating_point() else x.float()
    return x.mean(dim=0) if x.ndim else x


@says("not 0-dim")
def wrong_mean_of_list(x):
    x = x if x.is_floating_point() else x.float()
    return x.mean().reshape(1)


def wrong_mean_of_keepdim(x):
    x = x if x.is_floating_point() else x.float()
    return x.mean(dim=tuple(range(x.ndim)), keepdim=True)


@says("a tensor")
def wrong_mean_of_python_float(x):
    return float(x.double().mean())


@says("median")
def wrong_mean_of_median(x):
    return (x if x.is_floating_point() else x.float()).median()


@says("sum")
def wrong_mean_of_sum_only(x):
    return (x if x.is_floating_point() else x.float()).sum()


def wrong_mean_of_divides_by_rows(x):
    x = x if x.is_floating_point() else x.float()
    return x.sum() / (x.shape[0] if x.ndim else 1)


def wrong_mean_of_matrix_only(x):
    x = x if x.is_floating_point() else x.float()
    return x.mean(dim=(0, 1))


def wrong_mean_of_two_means(x):
    x = x if x.is_floating_point() else x.float()
    return x.mean(dim=0).mean(dim=0)


def wrong_mean_of_unbiased(x):
    x = x if x.is_floating_point() else x.float()
    return x.sum() / max(1, x.numel() - 1)


# --------------------------------------------------------------------------------------------------------- bytes_used


def right_bytes_used_nbytes(x):
    return x.nbytes


def right_bytes_used_itemsize(x):
    return x.dtype.itemsize * math.prod(x.shape)


def right_bytes_used_loop(x):
    total = x.element_size()
    for n in x.shape:
        total *= n
    return total


def right_bytes_used_numpy(x):
    return x.numpy().nbytes


def right_bytes_used_copied_storage(x):
    return x.clone(memory_format=torch.contiguous_format).untyped_storage().nbytes()


@says("number of elements")
def wrong_bytes_used_numel(x):
    return x.numel()


@says("4 bytes")
def wrong_bytes_used_always_four(x):
    return x.numel() * 4


def wrong_bytes_used_table(x):
    return x.numel() * {torch.float32: 4, torch.float64: 8, torch.int64: 8}.get(x.dtype, 4)


def wrong_bytes_used_bool_is_a_bit(x):
    return -(-x.numel() // 8) if x.dtype == torch.bool else x.nbytes


@says("bits")
def wrong_bytes_used_bits(x):
    return x.nbytes * 8


@says("whole memory")
def wrong_bytes_used_storage(x):
    return x.untyped_storage().nbytes()


def wrong_bytes_used_getsizeof(x):
    return sys.getsizeof(x)


def wrong_bytes_used_getsizeof_storage(x):
    return sys.getsizeof(x.untyped_storage())


def wrong_bytes_used_one_element(x):
    return x.element_size()


def wrong_bytes_used_length(x):
    return len(x) * x.element_size()


def wrong_bytes_used_at_least_one(x):
    return max(1, x.numel()) * x.element_size()


def wrong_bytes_used_matrix(x):
    rows, columns = x.shape
    return rows * columns * x.element_size()


def wrong_bytes_used_tensor(x):
    return torch.tensor(x.nbytes)


def wrong_bytes_used_float(x):
    return x.numel() * x.element_size() / 1


def wrong_bytes_used_numpy_int(x):
    return np.int64(x.nbytes)


def wrong_bytes_used_text(x):
    return f"{x.nbytes} bytes"


def wrong_bytes_used_strided_span(x):
    if x.numel() == 0:
        return 0
    return (1 + sum((n - 1) * s for n, s in zip(x.shape, x.stride(), strict=True))) * x.element_size()
