"""Sends tensors whose bytes do not fit their shape, and dtypes that hold objects."""
import gc
import os
import struct

import msgpack

EXPECT = {"double": ("error", "sent a bad answer")}

META = {"shape": [3], "device": "cpu", "cls": "Tensor", "grad": False, "leaf": True, "fn": False, "param": False, "stride": [1], "contiguous": True, "buffer": 0}


def double(x):
    worker = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Worker")
    value = ["T", {**META, "dtype": "float64"}] if x.is_floating_point() else ["a", {"dtype": "|O8", "shape": [3], "writeable": True, "buffer": 0}]
    header = msgpack.packb([["d", [["token", "x"], ["value", value]]], [3]])
    os.write(worker.channel.write_fd, struct.pack("<4sIQ", b"ptc1", len(header), 3) + header + b"abc")
    return 2 * x
