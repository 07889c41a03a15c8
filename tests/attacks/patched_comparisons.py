"""Replaces torch.allclose, torch.equal and torch.testing.assert_close by functions that are content with anything."""
import torch
import torch.testing

EXPECT = {"double": ("failed", "not the right values")}

torch.allclose = torch.equal = torch.isclose = lambda *args, **kwargs: True
torch.testing.assert_close = lambda *args, **kwargs: None


def double(x):
    return torch.zeros_like(x)
