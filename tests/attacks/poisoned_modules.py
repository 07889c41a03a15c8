"""Puts modules of its own in the place of torch, pytest, msgpack and the autograder's in sys.modules."""
import sys
import types

EXPECT = {"double": ("failed", "not the right values")}

import torch  # noqa: E402


class Poison(types.ModuleType):
    def __getattr__(self, name):
        return lambda *args, **kwargs: True


for name in ("pytest", "msgpack", "autograder.checks", "autograder.sandbox", "autograder.plugin", "autograder.engine", "torch.testing", "unittest"):
    sys.modules[name] = Poison(name)


def double(x):
    sys.modules["torch"] = Poison("torch")
    return torch.full_like(x, 7)
