"""torch's own errors, raised here for real, draw the cause in plain words: a torch release that words them anew fails these tests."""

import warnings

import numpy as np
import pytest
import torch
from torch import nn

from autograder.explain import explain, explain_warning

X, Y = torch.rand(4, 2), torch.rand(4, 1)


def two_backwards():
    loss = (torch.ones(1, requires_grad=True) ** 2).sum()
    loss.backward()
    loss.backward()


def change_leaf():
    torch.ones(1, requires_grad=True).add_(1)


class NoSuper(nn.Module):
    def __init__(self):
        self.layer = nn.Linear(1, 1)


class NoForward(nn.Module):
    def forwrad(self, x):
        return x


@pytest.mark.parametrize(
    ("raising", "words"),
    [
        (lambda: torch.rand(3, 2) @ torch.rand(3, 2), "inner sizes 2 and 3"),
        (lambda: 0.1 * torch.rand(2, requires_grad=True).grad, "is None: the .grad of a tensor"),
        (lambda: torch.rand(2, 3).T.view(6), "use reshape"),
        (lambda: torch.rand(6).reshape(4, 2), "6 elements does not fit shape (4, 2)"),
        (lambda: torch.tensor([1, 2]).mean(), "have no mean"),
        (lambda: nn.Linear(2, 1)(torch.tensor([[1, 2]])), "Wrong dtype"),
        (lambda: nn.Linear(2, 1)(torch.from_numpy(np.ones((1, 2)))), "NumPy makes float64"),
        (lambda: nn.CrossEntropyLoss()(torch.rand(4, 3), torch.rand(4)), "class ids are names"),
        (lambda: nn.BCEWithLogitsLoss()(torch.rand(4), torch.tensor([0, 1, 0, 1])), "probabilities"),
        (lambda: nn.BCELoss()(torch.tensor([2.0]), torch.tensor([1.0])), "BCEWithLogitsLoss"),
        (lambda: nn.BCEWithLogitsLoss()(Y, torch.rand(4)), "same shape"),
        (lambda: torch.ones(1, requires_grad=True).numpy(), ".detach()"),
        (lambda: torch.rand(1, device="cuda"), "Use the device you are given"),
        (lambda: torch.rand(2, device="meta") + torch.rand(2), "Wrong device"),
        (lambda: torch.rand(1, device="meta").item(), "without data"),
        (lambda: torch.rand(1).backward(), "gradients were not recorded"),
        (two_backwards, "compute the loss anew"),
        (change_leaf, "torch.no_grad()"),
        (lambda: torch.optim.SGD([], lr=0.1), "no registered parameters"),
        (NoSuper, "super().__init__()"),
        (lambda: NoForward()(X), "spelt forward"),
        (lambda: X.item(), "exactly one element"),
        (lambda: bool(X), "reduce it first"),
        (lambda: X.sum(dim=5), "count from -2 to 1"),
        (lambda: torch.rand(3) + torch.rand(4), "sizes 3 and 4 do not broadcast"),
        (lambda: torch.stack([torch.rand(2), torch.rand(3)]), "resize or pad"),
        (lambda: torch.cat([torch.rand(2, 2), torch.rand(3, 3)]), "all the others must be equal"),
        (lambda: nn.Conv2d(3, 8, 3)(torch.rand(1, 28, 28, 3)), "expects 3 channels and got 28"),
        (lambda: nn.Conv2d(3, 8, 3)(torch.rand(28, 28)), "unsqueeze(0)"),
        (lambda: nn.BatchNorm1d(2)(torch.rand(1, 2)), "model.eval()"),
        (lambda: nn.Conv2d(1, 1, 3)(torch.zeros(1, 1, 8, 8, dtype=torch.uint8)), ".float() / 255"),
        (lambda: nn.Linear(2, 1).load_state_dict("model.pt"), "not a path"),
        (lambda: nn.Linear(2, 1).load_state_dict(nn.Linear(3, 1).state_dict()), "do not match this model"),
        (lambda: nn.Linear(2, 1).load_state_dict(nn.Linear(2, 1).state_dict()).eval(), "in place"),
        (lambda: nn.Linear(2, 1).weight.grad.zero_(), "backward fills it"),
        (lambda: undefined_name, "used before it is defined"),  # noqa: F821 - the error is the point
        (lambda: __import__("no_such_package_here"), "not among the course's"),
        (lambda: torch.zeros(10**14), "memory"),
        (lambda: (lambda a: a)(1, 2), "parameters must stay"),
    ],
)
def test_a_true_error_is_explained(raising, words):
    with pytest.raises(Exception) as caught:  # noqa: PT011 - any of torch's
        raising()
    said = explain(type(caught.value).__name__, str(caught.value))
    assert said is not None, f"{type(caught.value).__name__}: {caught.value}"
    assert words in said


def test_pickled_models_are_explained(tmp_path):
    torch.save(nn.Linear(1, 1), tmp_path / "model.pt")
    with pytest.raises(Exception) as caught:  # noqa: PT011 - torch's own UnpicklingError
        torch.load(tmp_path / "model.pt", weights_only=True)
    assert "state_dict()" in (explain(type(caught.value).__name__, str(caught.value)) or "")


def test_the_broadcast_warning_is_explained():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        nn.MSELoss()(Y, torch.rand(4))
    assert "every prediction was compared with every target" in (explain_warning(str(caught[0].message)) or "")


def test_an_unknown_error_has_no_explanation():
    assert explain("ValueError", "something of the student's own") is None
