"""Gives its own module another class, whose names are made up as they are asked for, and hides the real ones."""
import sys
import types

EXPECT = {"double": ("failed|error", "should be a tensor", "not the right values")}


class Liar(types.ModuleType):
    def __getattribute__(self, name):
        return {"double": lambda x: Liar("everything")} if name == "__dict__" else super().__getattribute__(name)

    def __getattr__(self, name):
        return Liar(name)

    def __call__(self, *args, **kwargs):
        return self


def double(x):
    sys.modules["student"].__class__ = Liar
    return sys.modules["student"].anything(x)
