"""Claims the longest frame that is allowed, sends it byte by byte, and never ends: each byte in time, the whole never."""
import gc
import os
import struct
import time

EXPECT = {"double": ("timed_out", "no answer")}


def double(x):
    worker = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Worker")
    os.write(worker.channel.write_fd, struct.pack("<4sIQ", b"ptc1", 16 * 2**20, 256 * 2**20))
    while True:
        os.write(worker.channel.write_fd, b"\x90")
        time.sleep(0.05)
