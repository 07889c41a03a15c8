"""Answers with an object that calls itself a tensor by __class__ and makes up shape, dtype and bytes as it is asked."""
import torch

EXPECT = {"double": ("failed", "cannot be graded")}


class Liar:
    __class__ = torch.Tensor
    dtype, shape, device, layout = torch.float32, (3,), "cpu", torch.strided
    requires_grad = is_leaf = is_meta = False
    grad = grad_fn = None

    def __getattr__(self, name):
        return lambda *args, **kwargs: True


def double(x):
    return Liar()
