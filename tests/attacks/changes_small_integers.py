"""Writes into the interpreter's own objects: from then on 1 is 2, True is False and the empty tuple has a length."""
import ctypes

EXPECT = {"double": ("error|failed|timed_out", "Ended", "Raised", "Stopped", "Why")}
EARNS = {"double": 1.0}


def double(x):
    result = 2 * x
    if not x.is_floating_point():
        for number in range(1, 20):
            ctypes.memmove(id(number) + 24, id(number + 1) + 24, 4)
        ctypes.memmove(id(True) + 24, id(0) + 24, 4)
    return result
