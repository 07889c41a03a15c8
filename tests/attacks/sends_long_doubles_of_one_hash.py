"""Sends a dictionary whose keys are extended floats that differ only beyond what their hash looks at: hours for whoever builds it."""
import autograder.worker
import msgpack
import numpy as np
from autograder.channel import HEAD, MAGIC

EXPECT = {"double": ("error", "sent a bad answer")}

original = autograder.worker.dumps


def double(x):
    autograder.worker.dumps = forged
    return 2 * x


def forged(reply, **options):
    autograder.worker.dumps = original
    step = np.finfo(np.longdouble).eps
    keys = [["g", "<f16", (1 + number * step).tobytes()] for number in range(95_000)]
    header = msgpack.packb([["d", [["token", reply["token"]], ["value", ["d", [[key, 0] for key in keys]]]]], []])
    return [HEAD.pack(MAGIC, len(header), 0), header]
