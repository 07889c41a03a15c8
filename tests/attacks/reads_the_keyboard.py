"""Waits for input: input(), sys.stdin and the descriptor itself."""
import os
import sys

EXPECT = {"double": ("error", "Graded code has no keyboard"), "descend": ("error", "held: nothing was read")}


def double(x):
    return float(input("the answer? ")) * x


def descend(model, X, y, lr):
    said = [os.read(0, 100), sys.__stdin__.read(100), sys.stdin.read(100)]
    raise RuntimeError(f"crossed: {said}" if any(said) else "held: nothing was read")
