"""Sends a small header of nested arrays that each claim a million places: memory for the asking."""
import gc
import os
import struct

EXPECT = {"double": ("error", "sent a bad answer")}


def double(x):
    worker = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Worker")
    header = b"\xdd\x00\xf0\x00\x00" * 900
    header += b"\x80" * (16 * 2**20 - len(header))
    parts = memoryview(struct.pack("<4sIQ", b"ptc1", len(header), 0) + header)
    while parts:
        parts = parts[os.write(worker.channel.write_fd, parts) :]
    return 2 * x
