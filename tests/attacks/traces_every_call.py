"""Sets trace, profile and audit hooks that change or refuse what the worker and later exercises do."""
import sys
import threading

EXPECT = {"double": ("error|failed", "Raised", "Ended", "cannot be graded")}
EARNS = {"double": 1.0}


def hook(frame, event, argument):
    if frame.f_code.co_name in ("encode", "_dispatch", "_begin", "descend", "forward", "answer"):
        for name in list(frame.f_locals):
            if name in ("value", "x", "loss", "seed"):
                frame.f_locals[name] = None
        if event in ("call", "line"):
            raise ValueError("refused")
    return hook


def double(x):
    result = 2 * x
    if not x.is_floating_point():
        sys.addaudithook(lambda event, arguments: exec("raise ValueError(event)") if event in ("compile", "open", "object.__getattr__") else None)
        sys.setprofile(hook)
        sys.settrace(hook)
        threading.setprofile(hook)
    return result
