"""Sends the longest frame that is allowed byte by byte, so fast that there is always something to read, with its time limit moved away."""
import gc
import os
import resource
import signal
import struct

EXPECT = {"double": ("timed_out", "no answer")}


def double(x):
    worker = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Worker")
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    os.write(worker.channel.write_fd, struct.pack("<4sIQ", b"ptc1", 16 * 2**20, 256 * 2**20))
    while True:
        os.write(worker.channel.write_fd, b"\x90")
