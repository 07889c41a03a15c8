"""Keeps the token of its first call and answers the second one with it."""
import os
import sys

EXPECT = {"double": ("error", "a reply to no call")}
EARNS = {"double": 1.0}

tokens = []


def double(x):
    from autograder.channel import dumps

    frame = sys._getframe()
    while "reply" not in frame.f_locals:
        frame = frame.f_back
    tokens.append(frame.f_locals["reply"]["token"])
    if len(tokens) > 1:
        for part in dumps({"token": tokens[0], "value": 2 * x}):
            os.write(frame.f_locals["self"].channel.write_fd, part)
    return 2 * x
