"""Raises exceptions named after those by which grader and pytest skip, pass and stop a test."""
EXPECT = {"double": ("error", "Raised    Skipped"), "Scale": ("error", "Raised    EngineError"), "descend": ("error", "Raised    CheckFailed")}


def double(x):
    raise type("Skipped", (BaseException,), {"__module__": "_pytest.outcomes"})("passed")


def Scale():
    raise type("EngineError", (BaseException,), {})("passed")


def descend(model, X, y, lr):
    raise type("CheckFailed", (AssertionError,), {"why": ""})("passed")
