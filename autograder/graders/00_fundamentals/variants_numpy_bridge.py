"""Right and wrong answers to 00_fundamentals/numpy_bridge."""

import numpy as np
import torch

from autograder.checks import says

# ---------------------------------------------------------------------------------------------------------- from_array

def right_from_array_tensor(array):
    return torch.tensor(array, dtype=torch.float32)


def right_from_array_clone(array):
    return torch.from_numpy(array).clone().float()


def right_from_array_to_copy(array):
    return torch.from_numpy(array).to(torch.float32, copy=True)


def right_from_array_copy_first(array):
    return torch.as_tensor(array.copy()).type(torch.float32)


def right_from_array_np_array(array):
    return torch.from_numpy(np.array(array, dtype=np.float32))


def right_from_array_fill(array):
    out = torch.empty(array.shape)
    out.copy_(torch.from_numpy(array))
    return out


def right_from_array_capital(array):
    return torch.Tensor(array.astype(np.float64))


def right_from_array_tensor_float(array):
    return torch.tensor(array).float()


@says("the tensor changed with the array", "from_numpy shares memory")
def wrong_from_array_float(array):
    return torch.from_numpy(array).float()


@says("the tensor changed with the array")
def wrong_from_array_type(array):
    return torch.from_numpy(array).type(torch.float32)


@says("the tensor changed with the array")
def wrong_from_array_as_tensor(array):
    return torch.as_tensor(array, dtype=torch.float32)


@says("the tensor changed with the array")
def wrong_from_array_astype_no_copy(array):
    return torch.from_numpy(array.astype(np.float32, copy=False))


@says("the tensor changed with the array")
def wrong_from_array_contiguous(array):
    return torch.from_numpy(np.ascontiguousarray(array)).float()


@says("the tensor changed with the array")
def wrong_from_array_capital(array):
    return torch.Tensor(array)


def wrong_from_array_detach(array):
    return torch.from_numpy(array).float().detach()


@says("from_numpy keeps NumPy's dtype")
def wrong_from_array_keeps_dtype(array):
    return torch.tensor(array)


@says("from_numpy keeps NumPy's dtype")
def wrong_from_array_shares(array):
    return torch.from_numpy(array)


def wrong_from_array_double(array):
    return torch.tensor(array, dtype=torch.float64)


def wrong_from_array_integers_stay(array):
    return torch.tensor(array, dtype=torch.float32 if array.dtype.kind == "f" else None)


def wrong_from_array_flat(array):
    return torch.tensor([float(v) for v in array.ravel()])


def wrong_from_array_batched(array):
    return torch.tensor(array[None], dtype=torch.float32)


def wrong_from_array_through_ints(array):
    return torch.tensor(array.astype(np.int64), dtype=torch.float32)


def wrong_from_array_small_floats(array):
    return torch.tensor(array, dtype=torch.float16).float() * 1.001


def wrong_from_array_memory_order(array):
    return torch.tensor(array.ravel(order="K").reshape(array.shape), dtype=torch.float32)


def wrong_from_array_no_bool(array):
    return torch.tensor(np.negative(np.negative(array)), dtype=torch.float32)


# ---------------------------------------------------------------------------------------------------- share_with_array

def right_share_with_array_as_tensor(array):
    return torch.as_tensor(array)


def right_share_with_array_asarray(array):
    return torch.asarray(array)


def right_share_with_array_dlpack(array):
    return torch.from_dlpack(array)


def right_share_with_array_explicit(array):
    tensor = torch.from_numpy(array)
    assert tensor.numpy() is not array
    return tensor.view(tensor.shape)


@says("did not follow", "from_numpy shares")
def wrong_share_with_array_tensor(array):
    return torch.tensor(array)


@says("did not follow")
def wrong_share_with_array_clone(array):
    return torch.from_numpy(array).clone()


@says("did not follow")
def wrong_share_with_array_copy(array):
    return torch.from_numpy(array.copy())


def wrong_share_with_array_float(array):
    return torch.from_numpy(array).float()


def wrong_share_with_array_capital(array):
    return torch.Tensor(array)


@says("did not follow")
def wrong_share_with_array_astype(array):
    return torch.from_numpy(array.astype(array.dtype))


@says("did not follow")
def wrong_share_with_array_contiguous(array):
    return torch.from_numpy(array).contiguous()


@says("did not follow")
def wrong_share_with_array_ascontiguous(array):
    return torch.from_numpy(np.ascontiguousarray(array))


@says("did not follow")
def wrong_share_with_array_reshape(array):
    return torch.from_numpy(array.reshape(-1)).reshape(array.shape)


def wrong_share_with_array_to_same(array):
    return torch.from_numpy(array).to(torch.float64)


def wrong_share_with_array_flat(array):
    return torch.from_numpy(array.reshape(-1))


def wrong_share_with_array_floats_only(array):
    tensor = torch.from_numpy(array)
    return tensor if tensor.is_floating_point() else tensor.clone()


def wrong_share_with_array_memory_order(array):
    return torch.frombuffer(array if array.flags.c_contiguous else array.T.copy(),
                            dtype=torch.from_numpy(array).dtype).reshape(array.shape) if array.size else torch.from_numpy(array)


def wrong_share_with_array_returns_array(array):
    return array


# ------------------------------------------------------------------------------------------------------------ to_array

def right_to_array_cpu_first(x):
    return x.cpu().detach().numpy()


def right_to_array_force(x):
    return x.numpy(force=True)


def right_to_array_asarray(x):
    return np.asarray(x.detach().to("cpu"))


def right_to_array_copy(x):
    return x.detach().to(device=torch.device("cpu")).numpy().copy()


def right_to_array_conditional(x):
    if x.requires_grad:
        x = x.detach()
    if x.device.type != "cpu":
        x = x.cpu()
    return x.numpy()


def right_to_array_data(x):
    return x.data.cpu().numpy()


def right_to_array_list(x):
    kinds = {torch.float32: "float32", torch.float64: "float64", torch.float16: "float16", torch.bool: "bool"}
    name = kinds.get(x.dtype, str(x.dtype).split(".")[1])
    return np.array(x.tolist(), dtype=name).reshape(tuple(x.shape))


def right_to_array_copy_into(x):
    out = torch.empty(x.shape, dtype=x.dtype)
    out.copy_(x.detach())
    return out.numpy()


def right_to_array_clone(x):
    return x.clone().detach().cpu().numpy()


def right_to_array_no_grad_context(x):
    with torch.no_grad():
        return x.cpu().numpy()


def wrong_to_array_numpy(x):
    return x.numpy()


@says(".detach()")
def wrong_to_array_no_detach(x):
    return x.cpu().numpy()


@says(".cpu()")
def wrong_to_array_no_cpu(x):
    return x.detach().numpy()


@says(".cpu()")
def wrong_to_array_asarray_no_cpu(x):
    return np.asarray(x.detach())


def wrong_to_array_list(x):
    return x.detach().cpu().tolist()


def wrong_to_array_list_dtype(x):
    return np.array(x.tolist())


def wrong_to_array_float(x):
    return x.detach().cpu().float().numpy()


def wrong_to_array_float64(x):
    return x.detach().cpu().double().numpy()


def wrong_to_array_tensor(x):
    return x.detach().cpu()


@says("no longer requires grad")
def wrong_to_array_detach_in_place(x):
    if x.requires_grad:
        x.detach_()
    return x.cpu().numpy()


@says("no longer requires grad")
def wrong_to_array_requires_grad_off(x):
    if x.is_leaf:
        x.requires_grad_(False)
    return x.detach().cpu().numpy()


def wrong_to_array_flat(x):
    return x.detach().cpu().flatten().numpy()


def wrong_to_array_item(x):
    x = x.detach().cpu()
    return x.numpy() if x.dim() else x.numpy()[()]


def wrong_to_array_vector_for_scalar(x):
    return np.atleast_1d(x.detach().cpu().numpy())


def wrong_to_array_leaf_only(x):
    return (x.detach() if x.is_leaf else x).cpu().numpy()


def wrong_to_array_memory_order(x):
    y = x.detach().cpu()
    return y.t().contiguous().numpy().reshape(y.shape) if y.dim() == 2 else y.numpy()


def wrong_from_array_half(array):
    return torch.from_numpy(array.astype(np.float16)).float()


def wrong_from_array_signed_bytes(array):
    return torch.tensor(array.astype(np.int8) if array.dtype.itemsize == 1 else array, dtype=torch.float32)
