"""Sleeps, which takes no CPU time, for longer than anybody would wait."""
import time

EXPECT = {"double": ("timed_out", "no answer, and no computing")}


def double(x):
    time.sleep(6000)
