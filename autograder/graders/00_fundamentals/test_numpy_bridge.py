"""Hidden checks of 00_fundamentals/numpy_bridge."""

import numpy as np
import torch

from autograder.checks import assert_close, assert_equal, check, expect, in_worker

DTYPES = ("float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8", "uint16", "uint32", "uint64", "bool")
TENSOR_DTYPES = (torch.float32, torch.float64, torch.float16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8,
                 torch.bool)


def drawn(shape, dtype="float64"):
    """Small numbers that every dtype can hold; negative and fractional ones where it can."""
    kind = np.dtype(dtype).kind
    values = torch.randint(1, 100, shape).double()
    if kind == "b":
        values = values % 2
    elif kind == "f":
        values = values / 8 - 3
    elif kind == "i":
        values = values - 30
    return np.array(values.tolist()).reshape(shape).astype(dtype)


def float32(array):
    return torch.tensor(array.tolist(), dtype=torch.float32).reshape(array.shape)


# ---------------------------------------------------------------------------------------------------------- from_array

@check("from_array", hint="Whatever comes in, float32 goes out.")
def test_converts_every_dtype(student):
    """gives the same numbers in float32 for floats, integers and bools of every size"""
    for dtype in DTYPES:
        array = drawn((3, 4), dtype)
        got = student.from_array(array)
        if isinstance(got, torch.Tensor) and got.dtype == torch.float64:
            expect(dtype != "float64", "The tensor is float64: from_numpy keeps NumPy's dtype, and a model wants float32. "
                                       "Add .type(torch.float32).")
        assert_close(got, float32(array), what=f"the tensor from {dtype}")
    for array in (np.array(torch.randn(9).mul(1000).tolist(), dtype="float32"), np.array(torch.randn(9, dtype=torch.float64).tolist())):
        assert_close(student.from_array(array), float32(array), rtol=1e-6, atol=1e-6, mistakes={
            "Digits are lost: the numbers went through a dtype with fewer of them than float32.":
                lambda array=array: float32(array.astype("float16")),
            "The fractions are gone.": lambda array=array: float32(array.astype("int64"))})
    for dtype in ("uint8", "uint16", "int32", "int64"):
        top = min(np.iinfo(dtype).max, 2**24)
        array = np.array(torch.randint(top // 2 + 1, top, (9,)).tolist(), dtype=dtype)
        assert_close(student.from_array(array), float32(array), rtol=1e-6, what=f"the tensor from large numbers in {dtype}")


@check("from_array", hint="The array's shape is the tensor's shape, however it lies in memory.")
def test_converts_any_shape(student):
    """keeps the shape: vectors, three dimensions, transposed and strided arrays, no elements"""
    for array in (drawn((5,)), drawn((2, 3, 4)), drawn((1, 1)), drawn((4, 3)).T, drawn((4, 6))[:, ::2], drawn((0,)),
                  drawn((3, 2), "float32").T, drawn((1,), "int64")):
        assert_close(student.from_array(array), float32(array))


@in_worker
def write_after_from_array(student, values, dtype, transposed):
    array = np.array(values, dtype=dtype)
    array = array.T if transposed else array
    tensor = student.from_array(array)
    array += 1
    seen = tensor.clone()
    tensor -= 5
    return seen, array.copy(), tensor


@check("from_array", points=2, hint="For which dtype do .float() and .type(torch.float32) give back the very same tensor?")
def test_copies(student):
    """does not share memory with the array: changing one in place leaves the other as it was"""
    for dtype in ("float32", "float64", "int64"):
        for transposed in (False, True):
            array = drawn((3, 4), dtype)
            want = float32(array.T if transposed else array)
            seen, after, tensor = write_after_from_array(student, array.tolist(), dtype, transposed)
            assert_close(seen, want, what=f"the tensor after `array += 1` ({dtype})", mistakes={
                "The tensor changed with the array: from_numpy shares memory, and .float() copies only where the dtype changes.":
                    want + 1,
            })
            expect(isinstance(after, np.ndarray) and np.array_equal(after, (array.T if transposed else array) + 1),
                   "The array changed with the tensor: they share memory.")
            assert_close(tensor, want - 5, what=f"the tensor after `tensor -= 5` ({dtype})")


# ---------------------------------------------------------------------------------------------------- share_with_array

@check("share_with_array", hint="from_numpy alone; no conversion before or after.")
def test_keeps_every_dtype(student):
    """gives the same numbers in the array's own dtype and shape"""
    for dtype in DTYPES:
        array = drawn((3, 4), dtype)
        assert_equal(student.share_with_array(array), torch.from_numpy(array.copy()), what=f"the tensor from {dtype}")
    for array in (drawn((5,)), drawn((2, 3, 2)), drawn((4, 3)).T, drawn((3, 8))[:, ::2], drawn((0, 3)), drawn((1,))):
        assert_equal(student.share_with_array(array), torch.from_numpy(array.copy()))


@in_worker
def share_then_write(student, values, dtype, layout):
    array = np.array(values, dtype=dtype)
    if layout == "transposed":
        array = array.T
    elif layout == "every second column":
        array = array[:, ::2]
    elif layout == "row":
        array = array[1]
    tensor = student.share_with_array(array)
    array += 3
    after_array = tensor.clone()
    tensor.mul_(2)
    return after_array, array.copy(), tensor


def laid_out(array, layout):
    return {"transposed": array.T, "every second column": array[:, ::2], "row": array[1]}.get(layout, array)


def assert_shared(student, dtype, layout):
    array = drawn((4, 6), dtype)
    want = laid_out(array, layout).copy()
    where = f"({dtype}, {layout})"
    after_array, after_tensor, tensor = share_then_write(student, array.tolist(), dtype, layout)
    assert_equal(after_array, torch.from_numpy(want + 3), what=f"the tensor after `array += 3` {where}", mistakes={
        "The array was changed in place and the tensor did not follow: somewhere the numbers were copied. torch.tensor, .float(), "
        ".clone(), .contiguous() and astype copy; from_numpy shares.": lambda: torch.from_numpy(want),
    })
    expect(isinstance(after_tensor, np.ndarray) and np.array_equal(after_tensor, (want + 3) * 2),
           "The tensor was changed in place and the array did not follow: they do not share memory.")
    assert_equal(tensor, torch.from_numpy((want + 3) * 2), what=f"the tensor after `tensor.mul_(2)` {where}")


@check("share_with_array", points=2, hint="Writing `array += 3` must show in the tensor, and `tensor.mul_(2)` in the array.")
def test_shares_memory(student):
    """shows in the tensor what is written to the array, and the other way round"""
    for dtype in ("float64", "float32", "int64", "uint8", "int16", "float16"):
        assert_shared(student, dtype, "as it is")


@check("share_with_array", hint="A tensor can have the array's strides: no .contiguous(), no np.ascontiguousarray.")
def test_shares_views(student):
    """shares memory with transposed and strided views as well"""
    for layout in ("transposed", "every second column", "row"):
        for dtype in ("float32", "int64"):
            assert_shared(student, dtype, layout)


# ------------------------------------------------------------------------------------------------------------ to_array

def as_array(x):
    kind = str(x.dtype).removeprefix("torch.")
    return np.array(x.tolist(), dtype=kind).reshape(tuple(x.shape))


@check("to_array", hint="numpy() keeps the dtype; nothing has to be converted.")
def test_gives_an_array(student):
    """gives a NumPy array of the same numbers, shape and dtype"""
    for dtype in TENSOR_DTYPES:
        x = torch.from_numpy(drawn((3, 4))).to(dtype) if dtype.is_floating_point else torch.randint(0, 2, (3, 4)).to(dtype)
        assert_equal(student.to_array(x), as_array(x), what=f"the array from {dtype}")
    for x in (torch.randn(5), torch.randn(2, 1, 3), torch.randn(4, 3).T, torch.randn(4, 6)[:, ::2], torch.zeros(0, 3)):
        assert_equal(student.to_array(x), as_array(x))
    got = student.to_array(torch.tensor(2.5))
    expect(isinstance(got, np.ndarray), "A 0-dim tensor should give a 0-dim NumPy array, not a number.")
    assert_equal(got, np.array(2.5, dtype=np.float32), what="the array from a 0-dim tensor")


@in_worker
def arrays_of_tracked(student, values):
    leaf = torch.tensor(values, requires_grad=True)
    result = leaf * 2
    arrays = student.to_array(leaf), student.to_array(result)
    return arrays, (leaf.requires_grad, result.requires_grad, leaf.detach(), leaf.is_leaf)


@check("to_array", hint="detach() in front of numpy(); requires_grad_(False) and detach_() would change the caller's tensor.")
def test_takes_tracked_tensors(student):
    """works for tensors that require grad, computed ones too, and leaves them requiring grad"""
    x = torch.randn(3, 2)
    (leaf, result), (leaf_tracked, result_tracked, after, is_leaf) = arrays_of_tracked(student, x.tolist())
    assert_equal(leaf, as_array(x), what="the array from a leaf that requires grad")
    assert_equal(result, as_array(x * 2), what="the array from a computed tensor")
    expect(leaf_tracked is True and is_leaf is True and result_tracked is True,
           "The tensor no longer requires grad afterwards: its caller lost the gradients. detach() gives a second tensor; use that.")
    assert_equal(after, x, what="the tensor afterwards")


@in_worker
class OnAccelerator(torch.Tensor):
    """A CPU tensor that behaves like one on a GPU: NumPy gets at its numbers only after .cpu() or .to("cpu")."""

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        owner = getattr(func, "__self__", None)
        if owner is torch.Tensor.device:
            return torch.device("cuda", 0)
        if owner is torch.Tensor.is_cuda or owner is torch.Tensor.is_cpu:
            return owner is torch.Tensor.is_cuda
        forced = kwargs.get("force") or any(a is True for a in args[1:])
        if func.__name__ in ("numpy", "__array__") and not forced:
            raise TypeError("can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first.")
        named = [*(args[1:] if func.__name__ == "to" else ()), kwargs.get("device"), kwargs.get("other")]
        to_cpu = func.__name__ == "cpu" or any(
            type(a) is torch.Tensor or (isinstance(a, (str, torch.device)) and str(a).startswith("cpu")) for a in named)
        with torch._C.DisableTorchFunctionSubclass():
            result = func(*args, **kwargs)
            if not isinstance(result, torch.Tensor) or any(result is a for a in args if type(a) is torch.Tensor):
                return result
            return result.as_subclass(torch.Tensor if to_cpu else cls)


@in_worker
def array_from_accelerator(student, values, tracked):
    x = torch.tensor(values, requires_grad=tracked).as_subclass(OnAccelerator)
    return student.to_array(x)


@check("to_array", points=2, hint="The numbers have to come to CPU memory before NumPy can read them.")
def test_takes_accelerator_tensors(student):
    """works for tensors on an accelerator, with and without gradients"""
    for values in (torch.randn(3, 2).tolist(), torch.randint(0, 9, (4,)).tolist()):
        for tracked in (False, True) if isinstance(values[0], list) else (False,):
            got = array_from_accelerator(student, values, tracked)
            assert_equal(got, as_array(torch.tensor(values)), what="the array from an accelerator")
