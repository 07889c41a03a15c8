"""Leaves an object whose finaliser ends the process, and exit handlers that do: when the worker is done with it."""
import atexit
import os

EXPECT = {}


class Late:
    def __del__(self):
        os._exit(0)


atexit.register(os._exit, 0)
late = Late()
