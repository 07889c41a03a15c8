"""Sends SIGKILL to a sibling worker and to another process of the same user."""
import os
import signal

EXPECT = {"double": ("error", "PermissionError", "ProcessLookupError")}


def double(x):
    for pid in (int("@SIBLING_PID@"), int("@VICTIM_PID@")):
        os.kill(pid, signal.SIGKILL)
    raise RuntimeError("crossed: killed")
