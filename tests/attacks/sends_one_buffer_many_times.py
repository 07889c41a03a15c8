"""Sends two thousand tensors that all lie on the same 64 MB: little to send, 128 GB to read."""
import gc
import os
import struct

import msgpack

EXPECT = {"double": ("error", "sent a bad answer")}


def double(x):
    worker = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Worker")
    size = 64 << 20
    meta = {"dtype": "uint8", "shape": [size], "device": "cpu", "cls": "Tensor", "grad": False, "leaf": True, "fn": False, "param": False, "stride": [1],
            "contiguous": True, "buffer": 0}
    header = msgpack.packb([["d", [["token", "x"], ["value", ["l", [["T", meta]] * 2000]]]], [size]])
    parts = memoryview(struct.pack("<4sIQ", b"ptc1", len(header), size) + header + bytes(size))
    while parts:
        parts = parts[os.write(worker.channel.write_fd, parts) :]
    return 2 * x
