"""Sends the largest header there may be, full of empty maps, each of which costs its reader fifty times its size."""
import gc
import os
import struct

EXPECT = {"double": ("error", "sent a bad answer")}


def double(x):
    worker = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Worker")
    count = 16 * 2**20 - 5
    parts = memoryview(struct.pack("<4sIQ", b"ptc1", count + 5, 0) + b"\xdd" + struct.pack(">I", count) + b"\x80" * count)
    while parts:
        parts = parts[os.write(worker.channel.write_fd, parts) :]
    return 2 * x
