"""Sends msgpack extension types and timestamps, which some readers hand to pickle."""
import gc
import os
import pickle
import struct

import msgpack

EXPECT = {"double": ("error", "sent a bad answer")}


class Plant:
    def __reduce__(self):
        return os.mkdir, ("@OUTSIDE@/planted-by-an-extension",)


def double(x):
    worker = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Worker")
    extension = msgpack.ExtType(1, pickle.dumps(Plant())) if x.is_floating_point() else msgpack.Timestamp(1, 0)
    header = msgpack.packb([["d", [["value", extension]]], []])
    os.write(worker.channel.write_fd, struct.pack("<4sIQ", b"ptc1", len(header), 0) + header)
    return 2 * x
