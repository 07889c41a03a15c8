"""What travels, comes back as it was; what should not travel is refused on the side that can be trusted."""

import math
import os
import pathlib
import random
import time
from collections import namedtuple
from typing import Any

import msgpack
import numpy as np
import pytest
import torch

from autograder.channel import (
    HEAD,
    LIMITS,
    MAGIC,
    Channel,
    ChannelClosed,
    ChannelError,
    ChannelTimeout,
    Unsendable,
    dumps,
    info,
    loads,
)


def frame(value: Any, **options: Any) -> tuple[bytes, memoryview]:
    parts = dumps(value, **options)
    return bytes(parts[1]), memoryview(b"".join(bytes(part) for part in parts[2:]))


def there_and_back(value: Any, *, to_worker: bool = False) -> Any:
    return loads(*frame(value, strided=to_worker), revive=to_worker)


@pytest.mark.parametrize(
    "value",
    [
        None, True, 0, -1, 2**63, -(2**200), 1.5, math.inf, "text", "", b"bytes", 1 + 2j, [1, [2, []]], (1, "a"), {"a": 1, 2: (3,)}, {1, 2}, torch.Size([2, 3]),
        torch.float32, torch.device("cpu"), pathlib.Path("a/b"), np.float64(0.1), np.int32(7), np.bool_(True),
    ],
)  # fmt: skip
@pytest.mark.parametrize("to_worker", [False, True])
def test_plain_values_come_back_equal_and_of_their_type(value, to_worker):
    got = there_and_back(value, to_worker=to_worker)
    assert got == value
    assert type(got) is type(value) or isinstance(value, pathlib.Path)


def test_nan_comes_back():
    assert math.isnan(there_and_back(math.nan))


@pytest.mark.parametrize(
    "dtype",
    [
        torch.float32,
        torch.float64,
        torch.bfloat16,
        torch.float16,
        torch.int8,
        torch.int64,
        torch.bool,
        torch.uint8,
        torch.complex64,
    ],
)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 3), (2, 3, 4)])
def test_tensors_of_every_dtype_and_shape(dtype, shape):
    value = torch.zeros(shape, dtype=dtype) + 1
    got = there_and_back(value.to(dtype))
    assert got.dtype == dtype
    assert got.shape == value.shape
    assert torch.equal(got, value.to(dtype))


@pytest.mark.parametrize(
    "view",
    [
        lambda x: x.T,
        lambda x: x[:, 1],
        lambda x: x[::2],
        lambda x: x[:1, 2],
        lambda x: x.expand(3, 4, 6),
        lambda x: x[0, 0].expand(5),
    ],
)
def test_strides_travel_to_the_worker(view):
    value = view(torch.rand(4, 6))
    got = there_and_back(value, to_worker=True)
    assert got.stride() == value.stride() or value.is_contiguous()
    assert torch.equal(got, value)


def test_a_strided_answer_arrives_contiguous_with_its_strides_told():
    value = torch.rand(4, 6).T
    got = there_and_back(value)
    assert got.is_contiguous()
    assert torch.equal(got, value)
    assert info(got).stride == (1, 6)
    assert not info(got).is_contiguous


def test_gradients_are_told_not_kept():
    x = torch.ones(2, requires_grad=True)
    (x * 3).sum().backward()
    got = there_and_back([x, x * 2, torch.nn.Parameter(torch.ones(1))])
    assert not got[0].requires_grad
    assert info(got[0]).requires_grad
    assert torch.equal(info(got[0]).grad, torch.tensor([3.0, 3.0]))
    assert info(got[1]).has_grad_fn
    assert not info(got[1]).is_leaf
    assert info(got[2]).is_parameter


def test_requires_grad_is_real_in_the_worker():
    got = there_and_back(torch.ones(2, requires_grad=True), to_worker=True)
    assert got.requires_grad
    assert got.is_leaf


def test_meta_tensors_need_no_bytes():
    got = there_and_back(torch.empty(10**6, 10**6, device="meta"))
    assert got.is_meta
    assert got.shape == (10**6, 10**6)


def test_the_same_tensor_twice_stays_one():
    x = torch.ones(2)
    got = there_and_back([x, {"again": x}])
    assert got[0] is got[1]["again"]


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3),
        np.arange(6)[::-2],
        np.zeros((0, 2)),
        np.array(3),
        np.array(["a", "bc"]),
        np.arange(4, dtype=">i4"),
        np.asfortranarray(np.arange(6).reshape(2, 3)),
    ],
)
def test_arrays_keep_values_and_to_the_worker_strides(array):
    assert np.array_equal(there_and_back(array), array)
    got = there_and_back(array, to_worker=True)
    assert np.array_equal(got, array)
    assert got.strides == array.strides
    assert got.dtype == array.dtype


def test_subclasses_of_plain_types_travel_as_the_plain_type():
    Point = namedtuple("Point", "x y")
    assert there_and_back(Point(1, 2)) == (1, 2)
    assert there_and_back(torch.rand(3).max(0)) is not None


def recursive() -> list[Any]:
    found: list[Any] = []
    found.append(found)
    return found


@pytest.mark.parametrize(
    "value",
    [
        object(),
        lambda: 1,
        recursive(),
        torch.rand(2, 2).to_sparse(),
        np.array([object()]),
        1 << 10_000,
        "x" * (LIMITS.text + 1),
        [0] * (LIMITS.nodes + 1),
    ],
)
def test_what_cannot_travel_says_so(value):
    with pytest.raises(Unsendable):
        dumps(value)


def packed(value: Any, lengths: Any = ()) -> bytes:
    return msgpack.packb([value, list(lengths)])


TENSOR = {
    "dtype": "float32",
    "shape": [2],
    "device": "cpu",
    "cls": "Tensor",
    "grad": False,
    "leaf": True,
    "fn": False,
    "param": False,
    "stride": [1],
    "contiguous": True,
    "buffer": 0,
}


@pytest.mark.parametrize(
    ("header", "body"),
    [
        (b"\xc1", b""),
        (b"", b""),
        (msgpack.packb(5), b""),
        (packed(["l", 5]), b""),
        (packed(["?", 5]), b""),
        (packed([]), b""),
        (packed({b"a": 1}), b""),
        (packed(b"bare bytes"), b""),
        (packed(msgpack.ExtType(5, b"x")), b""),
        (packed(["T", TENSOR], [4]), bytes(4)),  # two floats need eight bytes
        (packed(["T", {**TENSOR, "shape": [2**40, 2**40]}], [8]), bytes(8)),
        (packed(["T", {**TENSOR, "shape": [0, 2**62], "stride": [1, 1]}], [0]), b""),
        (packed(["T", {**TENSOR, "shape": [-2]}], [8]), bytes(8)),
        (packed(["T", {**TENSOR, "shape": [2.0]}], [8]), bytes(8)),
        (packed(["T", {**TENSOR, "dtype": "qint8"}], [8]), bytes(8)),
        (packed(["T", {**TENSOR, "dtype": 7}], [8]), bytes(8)),
        (packed(["T", {**TENSOR, "buffer": 3}], [8]), bytes(8)),
        (packed(["T", {**TENSOR, "span": 2, "stride": [10**9]}], [8]), bytes(8)),
        (packed(["T", {}], [8]), bytes(8)),
        (packed(["T", {**TENSOR, "g": 5}], [8]), bytes(8)),
        (packed(["a", {"dtype": "|O8", "shape": [1], "buffer": 0, "writeable": True}], [8]), bytes(8)),
        (
            packed(
                ["a", {"dtype": "<f8", "shape": [1], "buffer": 0, "strides": [10**6], "offset": 0, "writeable": True}],
                [8],
            ),
            bytes(8),
        ),
        (packed(["g", "|O", b"12345678"]), b""),
        (packed(["r", 0]), b""),
        (packed(["h", 0, "x", [], None]), b""),
        (packed(["d", [[["l", []], 1]]]), b""),  # an unhashable key
        (packed(1, [10]), bytes(4)),
        (packed(1, [-4]), bytes(4)),
        (packed(["i", "zz"]), b""),
        (packed(["v", "no such device"]), b""),
    ],
)
def test_a_hostile_frame_is_a_channel_error_and_nothing_else(header, body):
    with pytest.raises(ChannelError):
        loads(header, memoryview(body))


def test_deep_nesting_is_refused():
    value: Any = 1
    for _ in range(200):
        value = ["l", [value]]
    with pytest.raises(ChannelError):
        loads(packed(value), memoryview(b""))
    for _ in range(200):
        value = {"a": value}
    with pytest.raises(ChannelError):
        loads(packed(value), memoryview(b""))
    deep = b"\x92" + b"\x91" * 100_000 + b"\xc0" + b"\x90"
    with pytest.raises(ChannelError):
        loads(deep, memoryview(b""))


@pytest.mark.parametrize("inner", [None, {}, ["l", []]], ids=["plain", "maps", "lists"])
@pytest.mark.parametrize("names", [True, False])
def test_a_value_holds_so_many_values_and_no_more(inner, names):
    def nest(count):
        if names:
            return {str(number): inner for number in range(count // 2 - 1)}
        half = [inner] * (count // 2 - 2)
        return ["l", [["l", half], ["l", half]]]

    loads(packed(nest(LIMITS.nodes)), memoryview(b""))
    with pytest.raises(ChannelError, match="too many values"):
        loads(packed(nest(LIMITS.nodes + 4)), memoryview(b""))
    with pytest.raises(Unsendable, match="more than 200000 values"):
        dumps(dict.fromkeys(map(str, range(LIMITS.nodes))) if names else [None] * LIMITS.nodes)


def test_random_bytes_never_do_more_than_raise_channel_error():
    source = random.Random(0)
    whole = b"".join(frame([torch.rand(3), {"a": (1, 2.5, "x")}, np.arange(4)])[:1])
    body = frame([torch.rand(3), {"a": (1, 2.5, "x")}, np.arange(4)])[1]
    for _ in range(3000):
        damaged = bytearray(whole)
        for _ in range(source.randint(1, 4)):
            damaged[source.randrange(len(damaged))] = source.randrange(256)
        try:
            loads(bytes(damaged), body)
        except ChannelError:
            pass


@pytest.fixture
def pair():
    import socket

    a, b = socket.socketpair()
    channels = Channel(a.detach(), 0), Channel(b.detach(), 0)
    for channel in channels:
        channel.write_fd = channel.read_fd
    yield channels
    for channel in channels:
        channel.close()


def test_frames_cross_a_socket(pair):
    ours, theirs = pair
    ours.send(dumps({"x": torch.arange(5)}))
    assert torch.equal(theirs.receive(time.monotonic() + 10)["x"], torch.arange(5))


def test_silence_ends_at_the_deadline(pair):
    with pytest.raises(ChannelTimeout):
        pair[0].receive(time.monotonic() + 0.05)


def test_slow_bytes_do_not_move_the_deadline(pair):
    ours, theirs = pair
    os.write(theirs.write_fd, HEAD.pack(MAGIC, 1000, 0)[:3])
    with pytest.raises(ChannelTimeout):
        ours.receive(time.monotonic() + 0.05)


@pytest.mark.parametrize(
    "head", [b"x" * HEAD.size, HEAD.pack(MAGIC, LIMITS.header + 1, 0), HEAD.pack(MAGIC, 1, LIMITS.body + 1)]
)
def test_a_false_head_is_refused_before_anything_is_read(pair, head):
    os.write(pair[1].write_fd, head)
    with pytest.raises(ChannelError):
        pair[0].receive(time.monotonic() + 10)


def test_a_closed_channel_says_so(pair):
    pair[1].close()
    with pytest.raises(ChannelClosed):
        pair[0].receive(time.monotonic() + 10)
