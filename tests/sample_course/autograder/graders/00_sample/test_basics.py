"""Hidden checks of 00_sample/basics."""

import torch
from autograder.checks import assert_close, check, expect, in_worker
from torch import nn


@check("double", points=1, hint="* makes a new tensor.")
def test_doubles(student):
    """gives twice the input"""
    x = torch.rand(3)
    assert_close(student.double(x), 2 * x, mistakes={"You added two; twice was asked for.": lambda: x + 2})


@check("double", points=1, hint="Which dtype does 2 * x have?")
def test_doubles_integers(student):
    """keeps integers integers"""
    assert_close(student.double(torch.tensor([1, 2])), torch.tensor([2, 4]))


@check("Scale", points=2, hint="nn.Parameter registers it.")
def test_scales(student):
    """holds one parameter and multiplies by it"""
    scale = student.Scale()
    state = scale.state_dict()
    expect(len(state) == 1, f"One parameter was due; {len(state)} are registered.")
    x = torch.rand(4)
    assert_close(scale(x), next(iter(state.values())) * x)
    assert_close(next(iter(state.values())), torch.ones(()))


@in_worker
class Line(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 1)

    def forward(self, x):
        return self.layer(x)


@in_worker
def steps(student, state, X, y, count):
    model = Line()
    model.load_state_dict(state)
    losses = [student.descend(model, X, y, 0.1) for _ in range(count)]
    return losses, model.state_dict()


@check("descend", points=3, hint="zero_grad, loss, backward, step.")
def test_descends(student):
    """steps like plain gradient descent, twice in a row"""
    model, X, y = Line(), torch.rand(8, 2), torch.rand(8, 1)
    losses, state = steps(student, model.state_dict(), X, y, 2)
    want = []
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(2):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(X), y)
        loss.backward()
        optimizer.step()
        want.append(loss.item())
    assert_close(dict(state), dict(model.state_dict()), what="the state after two steps")
    assert_close(losses, want, what="the list of losses")
