"""Writes a frame by hand that claims points, a verdict and the right token, before its wrong answer."""
import os
import sys

import torch

EXPECT = {"double": ("failed", "not the right values")}


def double(x):
    from autograder.channel import dumps

    frame = sys._getframe()
    while "reply" not in frame.f_locals:
        frame = frame.f_back
    forged = {"token": frame.f_locals["reply"]["token"], "value": torch.zeros_like(x), "status": "passed", "points": 7.0, "max_points": 7.0,
              "verdict": True, "passed": True, "error": None, "checks": [{"name": "doubles", "status": "passed", "points": 1.0}]}
    for part in dumps(forged):
        os.write(frame.f_locals["self"].channel.write_fd, part)
    return 2 * x
