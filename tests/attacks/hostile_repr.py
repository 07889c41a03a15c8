"""Answers with an object whose every text, length and attribute is a trap for whoever looks at it."""
EXPECT = {"double": ("failed", "Hostile"), "descend": ("error", "(its text raised ZeroDivisionError)")}


class Hostile:
    def __repr__(self):
        raise SystemExit("crossed")

    __str__ = __len__ = __iter__ = __hash__ = __bool__ = __float__ = __int__ = __index__ = __repr__

    def __eq__(self, other):
        raise SystemExit("crossed")

    def __reduce__(self):
        raise SystemExit("crossed")


class HostileError(Exception):
    def __str__(self):
        return 1 / 0

    __repr__ = __str__


def double(x):
    return Hostile()


def descend(model, X, y, lr):
    raise HostileError
