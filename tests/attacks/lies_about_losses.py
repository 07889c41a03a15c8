"""Returns a history of losses that falls as it should, without training."""
EXPECT = {"descend": ("failed", "the state after two steps")}

losses = iter([0.4, 0.3, 0.2, 0.1] * 10)


def descend(model, X, y, lr):
    return next(losses)
