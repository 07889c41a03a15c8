"""Sends shapes with nan, infinity, negative and overflowing numbers, truth values and texts."""
import gc
import os
import struct

import msgpack

EXPECT = {"double": ("error", "sent a bad answer")}

META = {"dtype": "float32", "device": "cpu", "cls": "Tensor", "grad": False, "leaf": True, "fn": False, "param": False, "contiguous": True, "buffer": 0}


def double(x):
    worker = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Worker")
    sizes = [float("nan"), float("inf"), -1, 2**63, True, "3", 2**62, [3]]
    size = sizes[int(x.sum() * 1000) % len(sizes)]
    header = msgpack.packb([["d", [["token", "x"], ["value", ["T", {**META, "shape": [size, 4], "stride": [size, 1]}]]]], [0]])
    os.write(worker.channel.write_fd, struct.pack("<4sIQ", b"ptc1", len(header), 0) + header)
    return 2 * x
