"""Replaces clocks, sleep and limits of its process, to compute beyond its time."""
import resource
import time

EXPECT = {"double": ("timed_out", "no answer")}

time.process_time = time.monotonic = time.perf_counter = lambda: 0.0
resource.setrlimit = lambda *args: None


def double(x):
    while True:
        time.sleep(0)
