"""Lowers the recursion limit to where it stands and raises it beyond the C stack's end, so that whatever comes after it fails."""
import sys

EXPECT = {"double": ("error|failed", "Ended", "Raised", "cannot be graded")}


def double(x):
    depth, frame = 0, sys._getframe()
    while frame is not None:
        depth, frame = depth + 1, frame.f_back
    if x.is_floating_point():
        sys.setrecursionlimit(depth + 6)
        return [[[[[[x]]]]]]
    sys.setrecursionlimit(2**31 - 1)
    nest = x
    for _ in range(1_000_000):
        nest = (nest,)
    return nest
