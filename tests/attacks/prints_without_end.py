"""Prints until it is stopped."""
import sys

EXPECT = {"double": ("timed_out", "of CPU time")}


def double(x):
    while True:
        print("x" * 10_000)
        sys.stderr.write("7 passed\n")
        sys.__stdout__.write("y" * 10_000)
