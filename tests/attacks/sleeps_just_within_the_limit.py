"""Sleeps in every call for a little less than the wall limit, so that the grading of a class would take days."""
import time

EXPECT = {"descend": ("timed_out", "in all")}


def descend(model, X, y, lr):
    time.sleep(600)
