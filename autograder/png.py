"""Pixels as PNG, written by ourselves: what comes from a worker is numbers, never the bytes of a picture file."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np
import numpy.typing as npt

MOST_PIXELS = 2_000_000


def encode(pixels: npt.NDArray[np.uint8]) -> bytes:
    """A PNG file of (H, W) grey or (H, W, 3) RGB bytes.

    Raises:
        ValueError: for another shape or dtype, an empty picture, or more than two million pixels.
    """
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3) or (pixels.ndim == 3 and pixels.shape[2] != 3):
        raise ValueError(f"no picture: {pixels.dtype} of shape {pixels.shape}")
    height, width = pixels.shape[:2]
    if not 0 < height * width <= MOST_PIXELS:
        raise ValueError(f"a picture of {width} by {height} pixels")
    rows = np.ascontiguousarray(pixels).reshape(height, -1)
    up = rows.copy()
    up[1:] -= rows[:-1]  # filter 2: each byte less the one above it, modulo 256
    filtered = np.concatenate([np.full((height, 1), 2, np.uint8), up], axis=1)
    header = struct.pack(">IIBBBBB", width, height, 8, 0 if pixels.ndim == 2 else 2, 0, 0, 0)
    data = zlib.compress(filtered.tobytes(), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def data_uri(pixels: npt.NDArray[np.uint8]) -> str:
    """The picture as an address that holds it."""
    return f"data:image/png;base64,{base64.b64encode(encode(pixels)).decode()}"
