"""Writes a pickle into the channel that creates a file where it is loaded."""
import gc
import os
import pickle

EXPECT = {"double": ("error", "sent a bad answer")}


class Plant:
    def __reduce__(self):
        return os.mkdir, ("@OUTSIDE@/planted-by-a-pickle",)


def double(x):
    worker = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Worker")
    os.write(worker.channel.write_fd, pickle.dumps(Plant()) * 3)
    return 2 * x
