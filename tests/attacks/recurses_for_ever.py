"""Recurses with the limit moved out of the way, until the C stack ends."""
import sys

EXPECT = {"double": ("error", "RecursionError", "segmentation fault", "MemoryError")}


def double(x):
    sys.setrecursionlimit(10**9)

    class Deep:
        def __getattr__(self, name):
            return getattr(self, name + "x")

    return Deep().x
