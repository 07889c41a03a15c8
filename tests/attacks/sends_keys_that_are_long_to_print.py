"""Sends a state whose only name is 40 MB of bytes, each of which takes four characters to show."""
EXPECT = {"double": ("failed", "should be a tensor"), "descend": ("failed", "exactly the keys", "a dict")}


def double(x):
    return {b"\xff" * 40_000_000: x}


def descend(model, X, y, lr):
    model.state_dict = lambda: {b"\xff" * 40_000_000: X}
    return 0.5
