"""Ends its process inside a call, with the exit code of a success."""
import os

EXPECT = {"descend": ("error", "it ended with exit code 0")}


def descend(model, X, y, lr):
    os._exit(0)
