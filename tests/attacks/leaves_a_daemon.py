"""Forks twice into a session of its own, ignoring SIGTERM, to outlive the grading."""
import os
import signal
import time

EXPECT = {"double": ("error", "PermissionError")}
CROSSES = ("seccomp",)


def double(x):
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        os.closerange(0, 64)
        time.sleep(60)
        os._exit(0)
    raise RuntimeError("crossed: a daemon runs")
