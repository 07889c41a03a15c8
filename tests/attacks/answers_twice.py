"""Sends its right answer twice; the second one lies ready when the next call asks."""
import os
import sys

EXPECT = {"double": ("error", "a reply to no call")}
EARNS = {"double": 1.0}  # the first answer was right, and came first


def double(x):
    from autograder.channel import dumps

    frame = sys._getframe()
    while "reply" not in frame.f_locals:
        frame = frame.f_back
    for part in dumps({"token": frame.f_locals["reply"]["token"], "value": 2 * x}):
        os.write(frame.f_locals["self"].channel.write_fd, part)
    return 2 * x
