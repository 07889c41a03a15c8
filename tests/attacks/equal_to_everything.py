"""Answers with objects that are equal to whatever they are compared with."""
EXPECT = {
    "double": ("failed", "an object of class Equal"),
    "descend": ("failed", "losses"),
}


class Equal(float):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = float.__hash__
    __lt__ = __le__ = __gt__ = __ge__ = __eq__

    def __array__(self, *args, **kwargs):
        raise TypeError

    def __float__(self):
        return float("nan")


def double(x):
    class Equal:
        __eq__ = __lt__ = __gt__ = lambda self, other: True
        __bool__ = lambda self: True

    return Equal()


def descend(model, X, y, lr):
    import torch

    loss = torch.nn.functional.mse_loss(model(X), y)
    with torch.no_grad():
        for p, g in zip(model.parameters(), torch.autograd.grad(loss, list(model.parameters()))):
            p -= lr * g
    return Equal(0.0)
