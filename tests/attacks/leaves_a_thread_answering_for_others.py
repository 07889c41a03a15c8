"""Leaves a thread that watches for the calls of later exercises and answers them, wrongly, before they can."""
import os
import sys
import threading
import time

EXPECT = {}


def answer():
    from autograder.channel import dumps

    while True:
        for frame in sys._current_frames().values():
            while frame is not None:
                reply = frame.f_locals.get("reply") if frame.f_code.co_name in ("_call", "_dispatch", "answer") else None
                if type(reply) is dict and "self" in frame.f_locals:
                    for part in dumps({"token": reply["token"], "value": 0}):
                        os.write(frame.f_locals["self"].channel.write_fd, part)
                    return
                frame = frame.f_back
        time.sleep(0)


def double(x):
    if not x.is_floating_point():
        threading.Timer(0.01, answer).start()
    return 2 * x
