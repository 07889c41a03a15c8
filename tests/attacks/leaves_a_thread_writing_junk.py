"""Leaves a thread that writes junk into the channel while later exercises are graded."""
import gc
import os
import threading
import time

EXPECT = {}


def junk():
    worker = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Worker")
    while True:
        time.sleep(0.02)
        os.write(worker.channel.write_fd, b"junk" * 8)


def double(x):
    if not any(thread.name == "junk" for thread in threading.enumerate()):
        threading.Timer(0.05, junk).start() if x.is_floating_point() else threading.Thread(target=junk, name="junk", daemon=True).start()
    return 2 * x
