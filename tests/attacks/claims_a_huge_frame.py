"""Sends the head of a frame that claims to be as long as a number can be."""
import gc
import os
import struct

EXPECT = {"double": ("error", "sent a bad answer")}


def double(x):
    worker = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Worker")
    os.write(worker.channel.write_fd, struct.pack("<4sIQ", b"ptc1", 2**32 - 1, 2**64 - 1))
    return 2 * x
