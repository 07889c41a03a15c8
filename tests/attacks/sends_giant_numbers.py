"""Sends line numbers, names and messages of an error that are numbers of five thousand digits, which Python refuses to print."""
import os
import sys

EXPECT = {"double": ("error", "sent a bad answer", "Raised")}


def double(x):
    from autograder.channel import dumps

    frame = sys._getframe()
    while "reply" not in frame.f_locals:
        frame = frame.f_back
    giant = 2**16000
    import autograder.channel

    autograder.channel.Encoder._long = lambda self, value: ["i", hex(value)]
    error = {"kind": "raised", "types": [giant] if x.is_floating_point() else ["ValueError"], "message": "x", "frames": [[giant, "double", "x"]], "at": [[giant, giant]]}
    for part in dumps({"token": frame.f_locals["reply"]["token"], "error": error, "called": [giant, giant, []], "printed": giant, "warned": [giant]}):
        os.write(frame.f_locals["self"].channel.write_fd, part)
    os._exit(0)
