"""Stops its own process by SIGSTOP, so that neither CPU time passes nor an answer comes."""
import os
import signal

EXPECT = {"double": ("timed_out", "no answer, and no computing")}


def double(x):
    os.kill(os.getpid(), signal.SIGSTOP)
    return 2 * x
