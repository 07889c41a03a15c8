"""What travels between the grader and a worker: frames of a msgpack header and raw buffers; plain data, never pickle.

A frame is 16 bytes (magic, header length, body length), a msgpack header `[value, buffer lengths]`, and the buffers end
to end. Numbers, texts and dicts with texts for keys are msgpack's own; all else is a tagged list, e.g. `["T", {...}]` for a tensor.

Both sides encode. The grader decodes with `revive=False`: strictly, within `Limits`, into fresh contiguous tensors that carry no graph;
what they were in the worker (grad, strides, device) stands beside them in `info()`. The worker decodes with `revive=True`, which
rebuilds strides, devices and requires_grad as the grader had them.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import select
import struct
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgpack
import numpy as np
import torch

MAGIC = b"ptc1"
HEAD = struct.Struct("<4sIQ")
GRACE = 5.0
"""Seconds beyond its deadline in which what has arrived is still read."""


class ChannelError(Exception):
    """The other side closed, or sent what the format or its limits do not allow."""


class ChannelClosed(ChannelError):
    """The other side closed the channel."""


class ChannelTimeout(ChannelError):
    """The other side did not answer in time."""


class Unsendable(Exception):
    """A value that cannot travel; the message says why."""


@dataclass(frozen=True)
class Limits:
    """What the decoder accepts."""

    header: int = 16 * 2**20
    body: int = 256 * 2**20
    depth: int = 50
    nodes: int = 200_000
    elements: int = 2**28
    text: int = 2**20
    parts: int = 2_000_000
    """Lists, maps and what is in them, before they are decoded: each takes far more memory than it took bytes to send."""
    odd_keys: int = 1000
    """Keys and set members whose hash their sender can choose: thousands of one hash would take hours to tell apart."""


LIMITS = Limits()

DTYPES: dict[str, torch.dtype] = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        torch.float32,
        torch.float64,
        torch.float16,
        torch.bfloat16,
        torch.int8,
        torch.int16,
        torch.int32,
        torch.int64,
        torch.uint8,
        torch.uint16,
        torch.uint32,
        torch.uint64,
        torch.bool,
        torch.complex64,
        torch.complex128,
    )
}
DTYPE_NAMES = {dtype: name for name, dtype in DTYPES.items()}
ARRAY_KINDS = "biufcSU"
PLAIN = frozenset({type(None), bool, int, float, str})
"""What msgpack has types for. Most values are of these: lists take them over without a call for each."""
AS_IT_IS = frozenset({type(None), bool, float})
"""Those of them without limits of their own."""


class TensorInfo(NamedTuple):
    """What a decoded tensor was in the worker. As said by the worker: it may explain a failure."""

    cls: str = "Tensor"
    device: str = "cpu"
    requires_grad: bool = False
    is_leaf: bool = True
    has_grad_fn: bool = False
    is_parameter: bool = False
    stride: tuple[int, ...] = ()
    is_contiguous: bool = True
    grad: torch.Tensor | None = None


@dataclass(frozen=True)
class HandleInfo:
    """An object that stays in the worker: its class, base classes and, for a module, what it holds."""

    number: int
    cls: str
    bases: tuple[str, ...]
    module: dict[str, Any] | None = None


def info(tensor: torch.Tensor) -> TensorInfo:
    """What `tensor`, an answer of the worker, was there: requires_grad, leaf, device, strides, .grad."""
    found = getattr(tensor, "_worker_info", None)
    return found if isinstance(found, TensorInfo) else TensorInfo(stride=tuple(tensor.stride()))


# ----------------------------------------------------------------------------------------------------------- encode

AS_BEFORE = contextlib.nullcontext()


@dataclass
class Encoder:
    """Turns a value into header parts and buffers. `handle` names objects that stay behind (worker side)."""

    handle: Callable[[Any], list[Any] | None] | None = None
    strided: bool = False
    buffers: list[memoryview | bytes] = field(default_factory=list)
    seen: dict[int, int] = field(default_factory=dict)
    keep: list[Any] = field(default_factory=list)
    nodes: int = 0
    size: int = 0

    def encode(self, value: Any, depth: int = 0) -> Any:
        self._count(1, depth)
        return self._encode(value, depth)

    def _count(self, more: int, depth: int) -> None:
        self.nodes += more
        if depth > LIMITS.depth and more:
            raise Unsendable(f"nested deeper than {LIMITS.depth} levels, or contains itself")
        if self.nodes > LIMITS.nodes:
            raise Unsendable(f"more than {LIMITS.nodes} values")

    def _encode(self, value: Any, depth: int) -> Any:
        """The value, counted by the caller."""
        kind = type(value)
        if kind in AS_IT_IS:
            return value
        if kind is int:
            return value if -(2**63) <= value < 2**63 else self._long(value)
        if kind is str:
            if len(value) > LIMITS.text:
                raise Unsendable(f"a text of {len(value)} characters")
            return value
        if kind is list:
            return ["l", self._items(value, depth + 1)]
        if kind is tuple:
            return ["u", self._items(value, depth + 1)]
        if kind is dict:
            return self._mapping(value, depth)
        if isinstance(value, torch.Tensor):
            return self._tensor(value, depth)
        return self._other(value, depth)

    def _long(self, value: int) -> list[Any]:
        if value.bit_length() > 8192:
            raise Unsendable("an integer of more than 8192 bits")
        return ["i", hex(value)]

    def _items(self, values: Collection[Any], depth: int) -> list[Any]:
        self._count(len(values), depth)
        return [item if type(item) in AS_IT_IS else self._encode(item, depth) for item in values]

    def _mapping(self, value: Mapping[Any, Any], depth: int) -> Any:
        depth += 1
        self._count(2 * len(value), depth)
        if all(type(key) is str and len(key) <= LIMITS.text for key in value):
            return {k: v if type(v) in AS_IT_IS else self._encode(v, depth) for k, v in value.items()}
        return ["d", [[self._encode(k, depth), self._encode(v, depth)] for k, v in value.items()]]

    def _other(self, value: Any, depth: int) -> Any:
        if isinstance(value, np.generic):
            if value.dtype.kind not in ARRAY_KINDS:
                raise Unsendable(f"a NumPy scalar of dtype {value.dtype}")
            return ["g", value.dtype.str, value.tobytes()]
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, torch.Size):
            return ["z", [int(n) for n in value]]
        if isinstance(value, torch.dtype):
            return ["y", str(value).removeprefix("torch.")]
        if isinstance(value, torch.device):
            return ["v", str(value)]
        if isinstance(value, bytes | bytearray):
            return ["b", self._buffer(bytes(value))]
        if isinstance(value, complex):
            return ["c", float(value.real), float(value.imag)]
        if isinstance(value, pathlib.PurePath):
            return ["p", str(value)]
        if isinstance(value, set | frozenset):
            return ["s", self._items(value, depth + 1)]
        # Subclasses of plain types travel as the plain type: a named tuple is a tuple, an IntEnum an int.
        for plain, tag in ((tuple, "u"), (list, "l")):
            if isinstance(value, plain):
                return [tag, self._items(plain(value), depth + 1)]
        if isinstance(value, dict):
            return self._mapping(dict(value), depth)
        for scalar in (int, float, str):
            if isinstance(value, scalar):
                return self.encode(scalar(value), depth + 1)
        if isinstance(value, Mapping):
            return self._mapping(dict(value), depth)
        if self.handle is not None:
            found = self.handle(value)
            if found is not None:
                return [*found[:-1], self.encode(found[-1], depth + 1)]
        raise Unsendable(f"a {type(value).__name__} cannot travel")

    def _buffer(self, data: bytes | memoryview) -> int:
        self.size += len(data) if isinstance(data, bytes) else data.nbytes
        if self.size > LIMITS.body:
            raise Unsendable(f"more than {LIMITS.body >> 20} MB")
        self.buffers.append(data)
        return len(self.buffers) - 1

    def _array(self, value: np.ndarray[Any, Any]) -> list[Any]:
        if value.dtype.kind not in ARRAY_KINDS:
            raise Unsendable(f"a NumPy array of dtype {value.dtype}")
        meta: dict[str, Any] = {
            "dtype": value.dtype.str,
            "shape": list(value.shape),
            "writeable": bool(value.flags.writeable),
        }
        plain = np.asarray(value)
        if self.strided and plain.size and not plain.flags.c_contiguous:
            low, high = np.lib.array_utils.byte_bounds(plain)
            start = plain.__array_interface__["data"][0]
            import ctypes

            meta["buffer"] = self._buffer(ctypes.string_at(low, high - low))
            meta["offset"], meta["strides"] = start - low, list(plain.strides)
        else:
            meta["buffer"] = self._buffer(np.ascontiguousarray(plain).tobytes())
        return ["a", meta]

    def _tensor(self, value: torch.Tensor, depth: int) -> list[Any]:
        if id(value) in self.seen:
            return ["r", self.seen[id(value)]]
        self.seen[id(value)] = len(self.seen)
        self.keep.append(value)
        inference = value.is_inference()
        switch = inference != torch.is_inference_mode_enabled()
        with torch._C.DisableTorchFunctionSubclass(), torch.inference_mode(inference) if switch else AS_BEFORE:
            plain = value.detach()
            if type(plain) is not torch.Tensor:
                plain = plain.as_subclass(torch.Tensor)
            name = DTYPE_NAMES.get(plain.dtype)
            if plain.layout is not torch.strided or name is None:
                raise Unsendable(f"a tensor of layout {plain.layout} and dtype {plain.dtype}")
            if plain.numel() > LIMITS.elements and not plain.is_meta:
                raise Unsendable(f"a tensor of {plain.numel()} elements")
            meta: dict[str, Any] = {
                "dtype": name,
                "shape": list(plain.shape),
                "device": str(plain.device),
                "cls": str(type(value).__name__)[:80],
                "grad": bool(value.requires_grad),
                "leaf": bool(value.is_leaf),
                "fn": value.grad_fn is not None,
                "param": isinstance(value, torch.nn.Parameter),
                "stride": list(plain.stride()),
                "contiguous": plain.is_contiguous(),
            }
            if value.is_leaf and value.grad is not None:
                meta["g"] = self.encode(value.grad, depth + 1)
            if not plain.is_meta:
                plain = plain.cpu().resolve_conj().resolve_neg()
                if self.strided and plain.numel() and not plain.is_contiguous():
                    span = 1 + sum((n - 1) * s for n, s in zip(plain.shape, plain.stride(), strict=True))
                    plain = plain.as_strided((span,), (1,))
                    meta["span"] = span
                flat = plain.contiguous().reshape(-1)
                if flat.numel() == 1:  # counts as contiguous whatever its stride, but cannot be viewed as bytes
                    flat = flat.as_strided((1,), (1,))
                meta["buffer"] = self._buffer(flat.view(torch.uint8).numpy().data.cast("B") if flat.numel() else b"")
        return ["T", meta]


def dumps(
    value: Any, *, handle: Callable[[Any], list[Any] | None] | None = None, strided: bool = False
) -> list[bytes | memoryview]:
    """The parts of a frame, to be written one after the other."""
    encoder = Encoder(handle, strided)
    body = encoder.encode(value)
    lengths = [part.nbytes if isinstance(part, memoryview) else len(part) for part in encoder.buffers]
    header = msgpack.packb([body, lengths], unicode_errors="backslashreplace")
    return [HEAD.pack(MAGIC, len(header), sum(lengths)), header, *encoder.buffers]


# ----------------------------------------------------------------------------------------------------------- decode


@dataclass
class Decoder:
    """Rebuilds a value; every length, name and nesting is checked before it is used."""

    body: memoryview
    offsets: list[tuple[int, int]]
    revive: bool = False
    handle: Callable[[HandleInfo], Any] | None = None
    tensors: list[torch.Tensor] = field(default_factory=list)
    nodes: int = 0
    used: int = 0
    odd_keys: int = 0

    def decode(self, value: Any, depth: int = 0) -> Any:
        self._count(1, depth)
        return self._decode(value, depth)

    def _count(self, more: int, depth: int) -> None:
        self.nodes += more
        if (depth > LIMITS.depth and more) or self.nodes > LIMITS.nodes:
            raise ChannelError("nested too deep or too many values")

    def _decode(self, value: Any, depth: int) -> Any:
        """The value, counted by the caller."""
        kind = type(value)
        if kind in PLAIN:
            return value
        if kind is dict:
            self._count(2 * len(value), depth + 1)
            return {_name(k): v if type(v) in PLAIN else self._decode(v, depth + 1) for k, v in value.items()}
        if kind is not list:
            raise ChannelError(f"a bare {kind.__name__}")
        if not value or not isinstance(value[0], str):
            raise ChannelError("a value without a tag")
        tag, rest = value[0], value[1:]
        try:
            return self._tagged(tag, rest, depth)
        except ChannelError:
            raise
        except (
            TypeError,
            ValueError,
            KeyError,
            IndexError,
            OverflowError,
            AttributeError,
            RuntimeError,
            MemoryError,
        ) as error:
            raise ChannelError(f"a malformed value of kind {tag[:8]!r} ({type(error).__name__})") from None

    def _tagged(self, tag: str, rest: list[Any], depth: int) -> Any:
        if tag == "d":
            pairs = _list(rest[0])
            self._count(2 * len(pairs), depth + 1)
            result: dict[Any, Any] = {}
            for pair in pairs:
                key, item = _list(pair)
                result[self._key(key, depth)] = item if type(item) in PLAIN else self._decode(item, depth + 1)
            return result
        if tag == "l":
            return self._items(rest[0], depth + 1)
        if tag == "u":
            return tuple(self._items(rest[0], depth + 1))
        if tag == "s":
            members = _list(rest[0])
            self._count(len(members), depth + 1)
            return {self._key(item, depth) for item in members}
        if tag == "T":
            return self._tensor(_dict(rest[0]), depth)
        if tag == "r":
            return self.tensors[_number(rest[0], len(self.tensors) - 1)]
        if tag == "a":
            return self._array(_dict(rest[0]))
        if tag == "g":
            dtype = _array_dtype(rest[0])
            return np.frombuffer(_bytes(rest[1]), dtype=dtype, count=1)[0]
        if tag == "i":
            return int(_text(rest[0], 4096), 16)
        if tag == "c":
            return complex(float(rest[0]), float(rest[1]))
        if tag == "b":
            return bytes(self._part(rest[0]))
        if tag == "z":
            return torch.Size([_number(n, 2**62) for n in _list(rest[0])])
        if tag == "y":
            return DTYPES[_text(rest[0], 20)] if rest[0] in DTYPES else _refuse("an unknown dtype")
        if tag == "v":
            return torch.device(_text(rest[0], 20))
        if tag == "p":
            return pathlib.Path(_text(rest[0], 4096))
        if tag == "h" and self.handle is not None:
            return self.handle(self._handle_info(rest, depth))
        raise ChannelError(f"an unknown tag {tag[:8]!r}")

    def _items(self, values: Any, depth: int) -> list[Any]:
        found = _list(values)
        self._count(len(found), depth)
        return [item if type(item) in PLAIN else self._decode(item, depth) for item in found]

    def _key(self, value: Any, depth: int) -> Any:
        key = self._decode(value, depth + 1)
        plain = isinstance(key, str | bytes | float | np.generic | None) or (
            isinstance(key, int) and key.bit_length() < 64
        )
        if not plain or isinstance(key, np.complexfloating | np.longdouble):
            self.odd_keys += 1
            if self.odd_keys > LIMITS.odd_keys:
                raise ChannelError("too many keys that are neither texts nor numbers of 64 bits")
        return key

    def _handle_info(self, rest: list[Any], depth: int) -> HandleInfo:
        number, cls, bases, module = rest
        return HandleInfo(
            number=_number(number, 2**31),
            cls=_text(cls, 200),
            bases=tuple(_text(base, 200) for base in _list(bases)[:50]),
            module=None if module is None else _dict(self.decode(module, depth + 1)),
        )

    def _part(self, index: Any) -> memoryview:
        start, end = self.offsets[_number(index, len(self.offsets) - 1)]
        self.used += end - start
        if self.used > len(self.body):
            raise ChannelError("a buffer that is used twice")
        return self.body[start:end]

    def _size(self, shape: tuple[int, ...]) -> int:
        if len(shape) > 64:
            raise ChannelError("more than 64 dimensions")
        count = 1
        for n in shape:
            count *= n
        # A product of that size would overflow torch's own arithmetic even where one dimension is 0.
        bound = 1
        for n in shape:
            bound *= max(n, 1)
        if bound > 2**48:
            raise ChannelError("a shape too large to be real")
        return count

    def _tensor(self, meta: dict[str, Any], depth: int) -> torch.Tensor:
        dtype = DTYPES.get(_text(meta["dtype"], 20)) or _refuse("an unknown dtype")
        shape = tuple(_number(n, 2**62) for n in _list(meta["shape"]))
        stride = tuple(_number(n, 2**62) for n in _list(meta["stride"]))
        device = _text(meta["device"], 20)
        count = self._size(shape)
        if len(stride) != len(shape):
            raise ChannelError("as many strides as dimensions")
        slot = len(self.tensors)
        self.tensors.append(torch.empty(0))
        if device == "meta":
            result = torch.empty(shape, dtype=dtype, device="meta")
            if self.revive:
                result = torch.empty_strided(shape, stride, dtype=dtype, device="meta")
        else:
            part = self._part(meta["buffer"])
            stored = _number(meta["span"], 2**40) if "span" in meta else count
            if len(part) != stored * dtype.itemsize:
                raise ChannelError("a tensor whose bytes do not fill its shape")
            # A slice of the frame may be misaligned for its dtype: each tensor gets bytes of its own.
            flat = torch.frombuffer(bytearray(part), dtype=dtype) if len(part) else torch.empty(0, dtype=dtype)
            if "span" in meta:
                if not self.revive:
                    raise ChannelError("a strided tensor from a worker")
                result = flat.as_strided(shape, stride)
            else:
                result = flat.reshape(shape)
        self.tensors[slot] = result
        grad = self.decode(meta["g"], depth + 1) if "g" in meta else None
        if grad is not None and not isinstance(grad, torch.Tensor):
            raise ChannelError("a .grad that is no tensor")
        if self.revive:
            result.requires_grad_(bool(meta["grad"])) if meta["grad"] else None
            if grad is not None:
                result.grad = grad
        else:
            result._worker_info = TensorInfo(  # type: ignore[attr-defined]
                cls=_text(meta["cls"], 80),
                device=device,
                requires_grad=bool(meta["grad"]),
                is_leaf=bool(meta["leaf"]),
                has_grad_fn=bool(meta["fn"]),
                is_parameter=bool(meta["param"]),
                stride=stride,
                is_contiguous=bool(meta["contiguous"]),
                grad=grad,
            )
        return result

    def _array(self, meta: dict[str, Any]) -> np.ndarray[Any, Any]:
        dtype = _array_dtype(meta["dtype"])
        shape = tuple(_number(n, 2**62) for n in _list(meta["shape"]))
        part = self._part(meta["buffer"])
        result: np.ndarray[Any, Any]
        if "strides" in meta:
            if not self.revive:
                raise ChannelError("a strided array from a worker")
            result = np.ndarray(shape, dtype, bytearray(part), int(meta["offset"]), tuple(meta["strides"]))
        else:
            if len(part) != self._size(shape) * dtype.itemsize or (dtype.itemsize == 0 and 0 not in shape):
                raise ChannelError("an array whose bytes do not fill its shape")
            result = np.frombuffer(bytearray(part), dtype=dtype).reshape(shape) if len(part) else np.empty(shape, dtype)
        if self.revive and not meta["writeable"]:
            result.flags.writeable = False
        return result


def _refuse(what: str) -> Any:
    raise ChannelError(what)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else _refuse("a list was due")


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else _refuse("a map was due")


def _name(value: Any) -> str:
    return value if type(value) is str else _refuse("a key that is no text")


def _text(value: Any, longest: int) -> str:
    return value[:longest] if isinstance(value, str) else _refuse("a text was due")


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else _refuse("bytes were due")


def _number(value: Any, largest: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= largest:
        raise ChannelError("a number outside its bounds")
    return value


def _array_dtype(value: Any) -> np.dtype[Any]:
    text = _text(value, 20)
    if len(text) < 3 or text[0] not in "<>|=" or text[1] not in ARRAY_KINDS or not text[2:].isdigit():
        raise ChannelError("an unknown NumPy dtype")
    return np.dtype(text)


def loads(
    header: bytes, body: memoryview, *, revive: bool = False, handle: Callable[[HandleInfo], Any] | None = None
) -> Any:
    """The value of a frame. Raises ChannelError for anything that the format or its limits do not allow."""
    parts = 0

    def counted(items: Any) -> Any:
        nonlocal parts
        parts += 1 + len(items)
        if parts > LIMITS.parts:
            raise ChannelError("too many values")
        return items

    # A value and a container take a byte at least: most headers are too short to hold too many of them.
    hook = counted if 3 * len(header) > LIMITS.parts else None
    try:
        unpacked = msgpack.unpackb(
            header,
            raw=False,
            strict_map_key=True,
            unicode_errors="replace",
            ext_hook=_no_extension,
            list_hook=hook,
            object_hook=hook,
            max_array_len=min(LIMITS.nodes, len(header)),
            max_map_len=min(LIMITS.nodes, len(header)),
        )
        value, lengths = unpacked
    except (ValueError, TypeError, msgpack.exceptions.UnpackException, RecursionError, MemoryError) as error:
        raise ChannelError(f"a frame that is no msgpack ({type(error).__name__})") from None
    offsets, start = [], 0
    for claimed in _list(lengths):
        length = _number(claimed, LIMITS.body)
        offsets.append((start, start + length))
        start += length
    if start != len(body):
        raise ChannelError("buffers that do not fill the frame")
    return Decoder(body, offsets, revive, handle).decode(value)


def _no_extension(code: int, data: bytes) -> Any:
    raise ChannelError("a msgpack extension")


# -------------------------------------------------------------------------------------------------------- transport


JOINED = 1 << 16
"""Bytes up to which the parts of a frame are sent in one piece: each write wakes the other side up."""


def _pieces(parts: Iterable[bytes | memoryview]) -> Iterator[memoryview]:
    """The bytes of `parts`, small ones joined."""
    parts = list(parts)
    if sum(part.nbytes if isinstance(part, memoryview) else len(part) for part in parts) <= JOINED:
        yield memoryview(b"".join(parts))
        return
    small = bytearray()
    for part in parts:
        view = memoryview(part).cast("B") if len(part) else memoryview(b"")
        if len(small) + view.nbytes <= JOINED:
            small += view
            continue
        yield memoryview(bytes(small))
        small = bytearray()
        if view.nbytes <= JOINED:
            small += view
        else:
            yield view
    yield memoryview(bytes(small))


class Channel:
    """A stream of frames over two file descriptors (or one, twice), with deadlines. Not for Windows pipes: see portable.py."""

    def __init__(self, read_fd: int, write_fd: int) -> None:
        self.read_fd, self.write_fd = read_fd, write_fd
        self.more: Callable[[], float] | None = None
        """At a deadline, how many seconds longer the other side may take; 0 for none."""
        self._ahead = bytearray()
        """What was read beyond the last frame."""
        self._polls: dict[tuple[int, int], Any] = {}
        """By descriptor and event: what waits for it."""

    def close(self) -> None:
        for fd in {self.read_fd, self.write_fd}:
            try:
                os.close(fd)
            except OSError:
                pass

    def send(self, parts: Iterable[bytes | memoryview], deadline: float | None = None) -> None:
        """Write a frame; ChannelTimeout at `deadline` (time.monotonic), ChannelClosed when nobody reads."""
        for view in _pieces(parts):
            sent = 0
            while sent < view.nbytes:
                if deadline is not None and view.nbytes > JOINED:
                    self._wait(self.write_fd, select.POLLOUT, deadline)
                try:
                    sent += os.write(self.write_fd, view[sent : sent + (1 << 20)])
                except BlockingIOError:
                    self._wait(self.write_fd, select.POLLOUT, deadline or time.monotonic() + 60)
                except OSError as error:
                    raise ChannelClosed(str(error)) from None

    def receive(
        self, deadline: float | None = None, *, revive: bool = False, handle: Callable[[HandleInfo], Any] | None = None
    ) -> Any:
        """Read and decode a frame."""
        return loads(*self.frame(deadline), revive=revive, handle=handle)

    def frame(self, deadline: float | None) -> tuple[bytes, memoryview]:
        """Header and body of the next frame."""
        self._fill(HEAD.size, deadline)
        magic, header_length, body_length = HEAD.unpack_from(self._ahead)
        if magic != MAGIC or header_length > LIMITS.header or body_length > LIMITS.body:
            raise ChannelError("a frame that does not begin as frames do")
        end = HEAD.size + header_length + body_length
        self._fill(end, deadline)
        data, self._ahead = self._ahead, self._ahead[end:]
        frame = memoryview(data)[:end]
        return bytes(frame[HEAD.size : HEAD.size + header_length]), frame[HEAD.size + header_length :]

    def _fill(self, count: int, deadline: float | None) -> None:
        # Grown as bytes arrive: a length that the other side only claims costs no memory. A frame mostly comes in one read.
        data = self._ahead
        while len(data) < count:
            if deadline is not None:
                self._wait(self.read_fd, select.POLLIN, deadline)
            try:
                chunk = os.read(self.read_fd, min(max(count - len(data), JOINED), 1 << 20))
            except BlockingIOError:
                self._wait(self.read_fd, select.POLLIN, deadline or time.monotonic() + 60)
                continue
            except OSError as error:
                raise ChannelClosed(str(error)) from None
            if not chunk:
                raise ChannelClosed("closed")
            data += chunk

    def _wait(self, fd: int, event: int, deadline: float) -> None:
        poll = self._polls.get((fd, event))
        if poll is None:
            poll = self._polls[fd, event] = select.poll()
            poll.register(fd, event)
        while True:
            left = deadline - time.monotonic()
            # What lies ready is taken a little late, too: it is this process that was late then. Not for ever: it may come byte by byte.
            if left > -GRACE and poll.poll(max(left, 0) * 1000):
                return
            more = self.more() if self.more is not None else 0.0
            if more <= 0:
                raise ChannelTimeout("no answer in time")
            deadline = time.monotonic() + more
