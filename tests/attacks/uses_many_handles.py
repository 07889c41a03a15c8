"""Answers with more objects than anybody would look at."""
EXPECT = {"double": ("failed", "values"), "descend": ("failed", "characters")}


def double(x):
    return [object() for _ in range(300_000)]


def descend(model, X, y, lr):
    return "x" * (2 << 20)
