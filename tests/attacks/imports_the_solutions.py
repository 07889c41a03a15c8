"""Puts the solutions' folder on sys.path and imports the topic from there."""
import sys

EXPECT = {"double": ("error", "No module named 'basics'")}
CROSSES = ("landlock",)


def double(x):
    sys.path.insert(0, "@COURSE@/solutions/00_sample")
    import basics

    return basics.double(x)
