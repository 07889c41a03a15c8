"""Answers rightly and hangs afterwards, so that the next exercise's call finds nobody who listens."""
import gc
import time

EXPECT = {}


def double(x):
    worker = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Worker")
    if "send" not in vars(worker.channel):
        send = worker.channel.send
        worker.channel.send = lambda parts: (send(parts), time.sleep(600))
    return 2 * x
