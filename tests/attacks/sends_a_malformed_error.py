"""Sends an error whose parts are all of another kind than they should be."""
import os
import sys

EXPECT = {"double": ("error", "sent a bad answer", "Raised", "Ended")}


def double(x):
    from autograder.channel import dumps

    frame = sys._getframe()
    while "reply" not in frame.f_locals:
        frame = frame.f_back
    error = {"kind": ["raised"], "types": {"a": 1}, "message": {"b": [x]}, "frames": [[-5, "a", "b"], 7, None], "at": [[], None, 5, "xy"]}
    reply = {"token": frame.f_locals["reply"]["token"], "error": error, "printed": 7, "warned": {}, "called": {}, "drew": 7, "changed": 7}
    for part in dumps(reply):
        os.write(frame.f_locals["self"].channel.write_fd, part)
    os._exit(0)
