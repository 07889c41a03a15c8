"""Closes every file descriptor, the channel's too, and goes on as if nothing were."""
import os

EXPECT = {"double": ("error", "ended in the middle of the call")}


def double(x):
    os.closerange(0, 64)
    return 2 * x
