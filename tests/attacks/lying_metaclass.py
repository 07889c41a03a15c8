"""Answers with an instance of a class that claims to be float, int and Tensor at once."""
import torch

EXPECT = {"double": ("failed", "Returned")}


class Meta(type):
    __mro__ = property(lambda cls: (float, torch.Tensor, object))
    __name__ = property(lambda cls: "Tensor")
    __instancecheck__ = __subclasscheck__ = lambda cls, other: True
    __eq__ = lambda cls, other: True
    __hash__ = type.__hash__


class Liar(metaclass=Meta):
    pass


def double(x):
    return Liar()
