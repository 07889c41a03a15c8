"""Puts escape sequences, new lines and direction marks where names go: of classes, of modules' parts and parameters, of keys, of frames."""
import torch

EXPECT = {"double": ("failed", "an object of class"), "Scale": ("failed|error", "One parameter", "module was due", "should be"), "descend": ("error", "Raised")}

EVIL = "\x1b[2J\x1b]0;owned\x07\r\nPASSED \u202e\u2066 100/100 \x9b31m"


def double(x):
    return type(EVIL, (), {})()


class Scale(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self._parameters[EVIL] = torch.nn.Parameter(torch.ones(()))
        self._parameters[EVIL + "2"] = torch.nn.Parameter(torch.ones(()))
        self._modules[EVIL] = torch.nn.Linear(1, 1)


def descend(model, X, y, lr):
    def inner():
        raise type(EVIL, (ValueError,), {})(EVIL)

    inner.__code__ = inner.__code__.replace(co_name=EVIL, co_filename=EVIL)
    inner()
