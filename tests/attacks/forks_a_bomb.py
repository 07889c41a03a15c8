"""Forks as fast as it can, in all the ways there are (at most 50 times, should it be let)."""
import ctypes
import os
import time

EXPECT = {"double": ("error", "held: 0 processes")}
CROSSES = ("seccomp",)


def double(x):
    libc = ctypes.CDLL(None)
    begun = 0
    for fork in (os.fork, libc.fork, libc.vfork if False else libc.fork, lambda: libc.syscall(56, 17, 0, 0, 0, 0)):
        for _ in range(12):
            try:
                child = fork()
            except OSError:
                break
            if child == 0:
                time.sleep(20)
                os._exit(0)
            begun += child > 0
    raise RuntimeError(f"crossed: {begun} processes" if begun else "held: 0 processes")
