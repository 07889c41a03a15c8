"""Leaves a thread that throws exceptions into the worker's main thread, between calls and inside those of later exercises."""
import ctypes
import threading
import time

EXPECT = {}


def throw(thread):
    while True:
        for kind in (KeyboardInterrupt, SystemExit, MemoryError):
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(kind))
        time.sleep(0.0002)


def double(x):
    if not x.is_floating_point():
        threading.Timer(0.02, throw, (threading.main_thread().ident,)).start()
    return 2 * x
