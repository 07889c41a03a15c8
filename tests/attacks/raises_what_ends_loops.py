"""Raises StopIteration, GeneratorExit and KeyboardInterrupt, at which a careless grader's loop would end content."""
EXPECT = {"double": ("error", "StopIteration"), "Scale": ("error", "KeyboardInterrupt"), "descend": ("error", "GeneratorExit")}


def double(x):
    raise StopIteration


def Scale():
    raise KeyboardInterrupt


def descend(model, X, y, lr):
    raise GeneratorExit
