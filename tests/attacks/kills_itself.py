"""Ends by SIGKILL, as if the grader had ended it, in the hope of a result that nobody is to blame for."""
import os
import signal

EXPECT = {"double": ("error", "it was killed")}


def double(x):
    os.kill(os.getpid(), signal.SIGKILL)
