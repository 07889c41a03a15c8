"""Answers with handles: to objects that never were, with a made-up module that claims the right state."""
import autograder.channel

EXPECT = {"double": ("failed", "an object of class Tensor"), "descend": ("failed", "losses")}


class Odd:
    pass


original = autograder.channel.Encoder._other


def other(self, value, depth):
    if type(value) is not Odd:
        return original(self, value, depth)
    module = self.encode({"training": True, "tree": [], "parameters": {}, "state_dict": {"factor": 1.0}}, depth)
    return ["h", 2**31, "Tensor", ["Module", "Tensor", "float"], module]


autograder.channel.Encoder._other = other


def double(x):
    return Odd()


def descend(model, X, y, lr):
    import torch

    loss = torch.nn.functional.mse_loss(model(X), y)
    with torch.no_grad():
        for p, g in zip(model.parameters(), torch.autograd.grad(loss, list(model.parameters()))):
            p -= lr * g
    return Odd()
