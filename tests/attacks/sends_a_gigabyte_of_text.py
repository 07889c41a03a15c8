"""Raises an error with a gigabyte of text, and prints a tenth of that."""
EXPECT = {"double": ("error", "ValueError: xxxx"), "descend": ("error", "ValueError: yyyy")}


def double(x):
    raise ValueError("x" * 10**9)


def descend(model, X, y, lr):
    print("y" * 100_000_000)
    raise ValueError("yyyy")
