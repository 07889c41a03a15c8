"""Sends tokens that are no texts: an empty array, whose comparison is neither true nor false, and a tensor."""
import os
import sys

import numpy as np

EXPECT = {"double": ("error", "a reply to no call")}


def double(x):
    from autograder.channel import dumps

    frame = sys._getframe()
    while "reply" not in frame.f_locals:
        frame = frame.f_back
    for part in dumps({"token": np.empty((0,)) if x.is_floating_point() else x[:0], "value": 2 * x}):
        os.write(frame.f_locals["self"].channel.write_fd, part)
    os._exit(0)
