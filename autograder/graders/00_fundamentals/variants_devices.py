"""Right and wrong answers to 00_fundamentals/devices."""

import functools

import numpy as np
import torch
from torch import Tensor

from autograder.checks import says

# --------------------------------------------------------------------------------------------------------- pick_device

def right_pick_device_expression():
    name = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    return torch.device(name)


def right_pick_device_index():
    if torch.cuda.is_available():
        return torch.device("cuda", 0)
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def right_pick_device_table():
    for name, available in (("cuda", torch.cuda.is_available), ("mps", torch.backends.mps.is_available)):
        if available():
            return torch.device(name)
    return torch.device("cpu")


def right_pick_device_careful():
    mps = getattr(torch.backends, "mps", None)
    if torch.cuda.is_available() and torch.cuda.device_count() > 0:
        return torch.device("cuda:0")
    if mps is not None and mps.is_available() and mps.is_built():
        return torch.device("mps:0")
    return torch.device("cpu")


@says("string")
def wrong_pick_device_string():
    return "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"


@says("no accelerator")
def wrong_pick_device_hard_coded():
    return torch.device("cuda")


@says("with CUDA")
def wrong_pick_device_cpu():
    return torch.device("cpu")


@says("with MPS")
def wrong_pick_device_no_mps():
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


@says("no accelerator")
def wrong_pick_device_built_is_not_available():
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_built() else "cpu")


@says("both CUDA and MPS")
def wrong_pick_device_mps_first():
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


_AT_IMPORT = torch.device("cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu")


def wrong_pick_device_at_import():
    return _AT_IMPORT


def wrong_pick_device_default_arguments(cuda=torch.cuda.is_available(), mps=torch.backends.mps.is_available()):  # noqa: B008
    return torch.device("cuda" if cuda else "mps" if mps else "cpu")


@functools.cache
def _cached():
    return torch.device("cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu")


def wrong_pick_device_cached():
    return _cached()


def wrong_pick_device_no_cuda():
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def wrong_pick_device_mps_means_cuda():
    available = torch.cuda.is_available() or torch.backends.mps.is_available()
    return torch.device("cuda" if available else "cpu")


def wrong_pick_device_returns_flag():
    return torch.cuda.is_available()


def wrong_pick_device_calls_forgotten():
    if torch.cuda.is_available:
        return torch.device("cuda")
    return torch.device("cpu")


def wrong_pick_device_gpu_name():
    return torch.device("gpu" if torch.cuda.is_available() else "cpu")


def wrong_pick_device_tensor():
    return torch.zeros(1).to("cpu").device


# -------------------------------------------------------------------------------------------------------- on_device_of

def right_on_device_of_keyword(x, reference):
    return x.to(device=reference.device)


def right_on_device_of_conditional(x, reference):
    return x if x.device == reference.device else x.to(reference.device)


def right_on_device_of_like_with_dtype(x, reference):
    return x.to(reference.device, x.dtype, copy=True)


def right_on_device_of_copy_into(x, reference):
    return torch.empty_like(x, device=reference.device).copy_(x)


def right_on_device_of_as_tensor(x, reference):
    return torch.as_tensor(x, device=reference.device)


def right_on_device_of_new_empty(x, reference):
    return reference.new_empty(x.shape, dtype=x.dtype).copy_(x)


@says("not moved in place")
def wrong_on_device_of_not_assigned(x, reference):
    x.to(reference.device)
    return x


@says("took on the reference's dtype")
def wrong_on_device_of_to_reference(x, reference):
    return x.to(reference)


@says("took on the reference's dtype")
def wrong_on_device_of_type_as(x, reference):
    return x.to(reference.device).type_as(reference)


@says('"cuda" is written into the code')
def wrong_on_device_of_cuda(x, reference):
    return x.to("cuda")


def wrong_on_device_of_cuda_method(x, reference):
    return x.cuda()


def wrong_on_device_of_other_way(x, reference):
    return reference.to(x.device)


def wrong_on_device_of_reference(x, reference):
    return reference


def wrong_on_device_of_cpu(x, reference):
    return x.cpu()


def wrong_on_device_of_meta(x, reference):
    return x.to("meta")


def wrong_on_device_of_picked(x, reference):
    return x.to("cuda" if torch.cuda.is_available() else "cpu")


def wrong_on_device_of_zeros(x, reference):
    return torch.zeros_like(x, device=reference.device)


def wrong_on_device_of_none(x, reference):
    x = x.to(reference.device)


def wrong_on_device_of_data(x, reference):
    x.data = x.data.to(reference.device)
    return x


def wrong_on_device_of_float(x, reference):
    return torch.empty(x.shape, device=reference.device).copy_(x)


def wrong_on_device_of_expanded(x, reference):
    return x.to(reference.device).expand(reference.shape) if x.dim() == 0 else x.to(reference.device)


def wrong_on_device_of_tuple(x, reference):
    return x.to(reference.device), reference


def wrong_on_device_of_through_list(x, reference):
    return torch.tensor(x.tolist(), device=reference.device)


# ----------------------------------------------------------------------------------------------------------- move_tree

def right_move_tree_separate(batch, device):
    if torch.is_tensor(batch):
        return batch.to(device=device)
    if isinstance(batch, list):
        return [right_move_tree_separate(item, device) for item in batch]
    if isinstance(batch, tuple):
        return tuple([right_move_tree_separate(item, device) for item in batch])
    if isinstance(batch, dict):
        return dict(zip(batch, map(lambda value: right_move_tree_separate(value, device), batch.values()), strict=True))  # noqa: C417
    return batch


def right_move_tree_inner(batch, device):
    device = torch.device(device)

    def move(thing):
        match thing:
            case Tensor():
                return thing.to(device)
            case dict():
                return {key: move(value) for key, value in thing.items()}
            case list():
                return list(map(move, thing))
            case tuple():
                return tuple(map(move, thing))
            case _:
                return thing

    return move(batch)


def right_move_tree_pytree(batch, device):
    from torch.utils import _pytree

    return _pytree.tree_map_only(Tensor, lambda t: t.to(device), batch)


def right_move_tree_exact_types(batch, device):
    kind = type(batch)
    if kind is dict:
        moved = {}
        for key in batch:
            moved[key] = right_move_tree_exact_types(batch[key], device)
        return moved
    if kind is list or kind is tuple:
        moved = []
        for item in batch:
            moved.append(right_move_tree_exact_types(item, device))
        return kind(moved)
    return batch.to(device) if isinstance(batch, Tensor) else batch


def right_move_tree_duck(batch, device):
    if hasattr(batch, "to"):
        return batch.to(device)
    if isinstance(batch, dict):
        return batch.__class__((k, right_move_tree_duck(v, device)) for k, v in batch.items())
    if isinstance(batch, (tuple, list)):
        return batch.__class__(right_move_tree_duck(v, device) for v in batch)
    return batch


def _copy_containers(tree):
    if isinstance(tree, dict):
        return {key: _copy_containers(value) for key, value in tree.items()}
    return type(tree)(_copy_containers(item) for item in tree) if isinstance(tree, (list, tuple)) else tree


def right_move_tree_copy_then_write(batch, device):
    return _write_moved(_copy_containers(batch), device)


def wrong_move_tree_to(batch, device):
    return batch.to(device)


@says("not moved in place")
def wrong_move_tree_not_assigned(batch, device):
    if isinstance(batch, Tensor):
        batch.to(device)
    elif isinstance(batch, dict):
        for value in batch.values():
            wrong_move_tree_not_assigned(value, device)
    elif isinstance(batch, (list, tuple)):
        for item in batch:
            wrong_move_tree_not_assigned(item, device)
    return batch


@says("changed its input")
def wrong_move_tree_in_place(batch, device):
    if isinstance(batch, Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        for key in batch:
            batch[key] = wrong_move_tree_in_place(batch[key], device)
        return batch
    if isinstance(batch, list):
        for i in range(len(batch)):
            batch[i] = wrong_move_tree_in_place(batch[i], device)
        return batch
    if isinstance(batch, tuple):
        return tuple(wrong_move_tree_in_place(item, device) for item in batch)
    return batch


def _write_moved(tree, device):
    if isinstance(tree, Tensor):
        return tree.to(device)
    if isinstance(tree, tuple):
        return tuple(_write_moved(item, device) for item in tree)
    for key in tree if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ():
        tree[key] = _write_moved(tree[key], device)
    return tree


@says("its containers were written to")
def wrong_move_tree_outer_copied(batch, device):
    if isinstance(batch, Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return {key: _write_moved(value, device) for key, value in batch.items()}
    if isinstance(batch, (list, tuple)):
        return type(batch)(_write_moved(item, device) for item in batch)
    return batch


@says("should be a tuple")
def wrong_move_tree_tuples_to_lists(batch, device):
    if isinstance(batch, Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return {key: wrong_move_tree_tuples_to_lists(value, device) for key, value in batch.items()}
    if isinstance(batch, (list, tuple)):
        return [wrong_move_tree_tuples_to_lists(item, device) for item in batch]
    return batch


@says("should be a list")
def wrong_move_tree_lists_to_tuples(batch, device):
    if isinstance(batch, Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return {key: wrong_move_tree_lists_to_tuples(value, device) for key, value in batch.items()}
    if isinstance(batch, (list, tuple)):
        return tuple(wrong_move_tree_lists_to_tuples(item, device) for item in batch)
    return batch


@says("at every depth")
def wrong_move_tree_one_level(batch, device):
    def move(value):
        return value.to(device) if isinstance(value, Tensor) else value

    if isinstance(batch, dict):
        return {key: move(value) for key, value in batch.items()}
    if isinstance(batch, (list, tuple)):
        return type(batch)(move(item) for item in batch)
    return move(batch)


def wrong_move_tree_no_tuple(batch, device):
    if isinstance(batch, Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return {key: wrong_move_tree_no_tuple(value, device) for key, value in batch.items()}
    if isinstance(batch, list):
        return [wrong_move_tree_no_tuple(item, device) for item in batch]
    return batch


def wrong_move_tree_no_list(batch, device):
    if isinstance(batch, Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return {key: wrong_move_tree_no_list(value, device) for key, value in batch.items()}
    if isinstance(batch, tuple):
        return tuple(wrong_move_tree_no_list(item, device) for item in batch)
    return batch


def wrong_move_tree_no_dict(batch, device):
    if isinstance(batch, Tensor):
        return batch.to(device)
    if isinstance(batch, (list, tuple)):
        return type(batch)(wrong_move_tree_no_dict(item, device) for item in batch)
    return batch


def wrong_move_tree_others_fail(batch, device):
    if isinstance(batch, dict):
        return {key: wrong_move_tree_others_fail(value, device) for key, value in batch.items()}
    if isinstance(batch, (list, tuple)):
        return type(batch)(wrong_move_tree_others_fail(item, device) for item in batch)
    return batch.to(device)


def wrong_move_tree_others_dropped(batch, device):
    if isinstance(batch, Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return {key: wrong_move_tree_others_dropped(value, device) for key, value in batch.items()}
    if isinstance(batch, (list, tuple)):
        return type(batch)(wrong_move_tree_others_dropped(item, device) for item in batch)
    return None


@says("became a tensor")
def wrong_move_tree_numbers_to_tensors(batch, device):
    if isinstance(batch, dict):
        return {key: wrong_move_tree_numbers_to_tensors(value, device) for key, value in batch.items()}
    if isinstance(batch, (list, tuple)):
        return type(batch)(wrong_move_tree_numbers_to_tensors(item, device) for item in batch)
    return torch.as_tensor(batch, device=device) if isinstance(batch, (Tensor, int, float)) else batch


@says("became a tensor")
def wrong_move_tree_arrays_to_tensors(batch, device):
    if isinstance(batch, np.ndarray):
        batch = torch.from_numpy(batch)
    if isinstance(batch, Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return {key: wrong_move_tree_arrays_to_tensors(value, device) for key, value in batch.items()}
    if isinstance(batch, (list, tuple)):
        return type(batch)(wrong_move_tree_arrays_to_tensors(item, device) for item in batch)
    return batch


def wrong_move_tree_texts_split(batch, device):
    if isinstance(batch, Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return {key: wrong_move_tree_texts_split(value, device) for key, value in batch.items()}
    if isinstance(batch, tuple):
        return tuple(wrong_move_tree_texts_split(item, device) for item in batch)
    if hasattr(batch, "__iter__") and not isinstance(batch, np.ndarray):
        return [item if isinstance(item, str) and len(item) < 2 else wrong_move_tree_texts_split(item, device) for item in batch]
    return batch


def wrong_move_tree_empty_is_none(batch, device):
    if isinstance(batch, Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return {key: wrong_move_tree_empty_is_none(value, device) for key, value in batch.items()} or None
    if isinstance(batch, (list, tuple)):
        return type(batch)(wrong_move_tree_empty_is_none(item, device) for item in batch) or None
    return batch


def wrong_move_tree_first_decides(batch, device):
    if isinstance(batch, Tensor):
        return batch.to(device)
    if isinstance(batch, (list, tuple)) and batch and not isinstance(batch[0], (Tensor, dict, list, tuple)):
        return batch
    if isinstance(batch, dict):
        return {key: wrong_move_tree_first_decides(value, device) for key, value in batch.items()}
    if isinstance(batch, (list, tuple)):
        return type(batch)(wrong_move_tree_first_decides(item, device) for item in batch)
    return batch


def wrong_move_tree_text_keys(batch, device):
    if isinstance(batch, Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return {str(key): wrong_move_tree_text_keys(value, device) for key, value in batch.items()}
    if isinstance(batch, (list, tuple)):
        return type(batch)(wrong_move_tree_text_keys(item, device) for item in batch)
    return batch


def wrong_move_tree_float(batch, device):
    if isinstance(batch, Tensor):
        return batch.to(device, torch.float32)
    if isinstance(batch, dict):
        return {key: wrong_move_tree_float(value, device) for key, value in batch.items()}
    if isinstance(batch, (list, tuple)):
        return type(batch)(wrong_move_tree_float(item, device) for item in batch)
    return batch


def wrong_move_tree_cuda(batch, device):
    if isinstance(batch, Tensor):
        return batch.to("cuda" if torch.cuda.is_available() else "cpu")
    if isinstance(batch, dict):
        return {key: wrong_move_tree_cuda(value, device) for key, value in batch.items()}
    if isinstance(batch, (list, tuple)):
        return type(batch)(wrong_move_tree_cuda(item, device) for item in batch)
    return batch


def wrong_move_tree_generator(batch, device):
    if isinstance(batch, Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return {key: wrong_move_tree_generator(value, device) for key, value in batch.items()}
    if isinstance(batch, list):
        return [wrong_move_tree_generator(item, device) for item in batch]
    if isinstance(batch, tuple):
        return (wrong_move_tree_generator(item, device) for item in batch)
    return batch


def wrong_move_tree_default_device(batch, device):
    if isinstance(batch, Tensor):
        return torch.empty(batch.shape, dtype=batch.dtype, device=device)
    if isinstance(batch, dict):
        return {key: wrong_move_tree_default_device(value, device) for key, value in batch.items()}
    if isinstance(batch, (list, tuple)):
        return type(batch)(wrong_move_tree_default_device(item, device) for item in batch)
    return batch


def wrong_move_tree_two_levels(batch, device):
    def move(value, depth):
        if isinstance(value, Tensor):
            return value.to(device)
        if depth and isinstance(value, dict):
            return {key: move(item, depth - 1) for key, item in value.items()}
        if depth and isinstance(value, (list, tuple)):
            return type(value)(move(item, depth - 1) for item in value)
        return value

    return move(batch, 3)


def wrong_move_tree_device_name_only(batch, device):
    if isinstance(batch, Tensor):
        return batch.to(torch.device(device.replace("gpu", "cuda")))
    if isinstance(batch, dict):
        return {key: wrong_move_tree_device_name_only(value, device) for key, value in batch.items()}
    if isinstance(batch, (list, tuple)):
        return type(batch)(wrong_move_tree_device_name_only(item, device) for item in batch)
    return batch


def wrong_move_tree_shallow_pairs(batch, device):
    if isinstance(batch, (list, tuple)) and len(batch) == 2:
        return type(batch)(wrong_move_tree_shallow_pairs(item, device) for item in batch)
    if isinstance(batch, dict):
        return {key: wrong_move_tree_shallow_pairs(value, device) for key, value in batch.items()}
    return batch.to(device) if isinstance(batch, Tensor) else batch
