"""Answers with what it was given: the very tensor, so that a grader that compares in place compares it with itself."""
EXPECT = {
    "double": ("failed", "not the right values"),
    "descend": ("failed", "the state after two steps"),
}


def double(x):
    return x


def descend(model, X, y, lr):
    return X
