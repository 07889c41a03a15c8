"""Starts thousands of threads that never end."""
import threading
import time

EXPECT = {"double": ("error", "it ran more than 512 threads", "can't start new thread")}


def double(x):
    threading.stack_size(32768)
    for _ in range(20000):
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
    time.sleep(600)
