"""Raises errors whose texts, causes and notes have no end: a __str__ that loops, a cause that is its own cause, a hundred thousand frames."""
import types

EXPECT = {"double": ("timed_out|error", "CPU time", "Raised"), "descend": ("error|timed_out", "Raised", "CPU time")}


class Endless(Exception):
    def __str__(self):
        while True:
            pass


def double(x):
    error = Endless()
    error.__cause__ = error.__context__ = error
    error.__notes__ = [error] * 1000
    raise error


def descend(model, X, y, lr):
    try:
        raise ValueError("deep")
    except ValueError as error:
        trace = error.__traceback__
        for _ in range(100_000):
            trace = types.TracebackType(trace, trace.tb_frame, trace.tb_lasti, trace.tb_lineno)
        raise error.with_traceback(trace) from None
