"""Raises a stub's own error from a class that lies about its bases, for a status that somebody may count as no failure."""
EXPECT = {"double": ("not_implemented", "Not written yet")}


class Unfinished(NotImplementedError, ValueError):
    pass


def double(x):
    raise Unfinished("Your code here")
