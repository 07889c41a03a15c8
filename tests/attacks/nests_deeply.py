"""Sends ten thousand lists inside one another, and a list that contains itself."""
import gc
import os
import struct

EXPECT = {"double": ("error", "sent a bad answer"), "descend": ("failed", "nested deeper")}


def double(x):
    worker = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Worker")
    header = b"\x92" * 10_000 + b"\xa1l\x90" * 10_000
    os.write(worker.channel.write_fd, struct.pack("<4sIQ", b"ptc1", len(header), 0) + header)
    return 2 * x


def descend(model, X, y, lr):
    answer = []
    answer.append(answer)
    return answer
