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


def change_in_place():
    y = torch.ones(2, requires_grad=True).exp()
    y.add_(1)
    y.sum().backward()


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
        (lambda: torch.rand(0, 3).reshape(0, -1), "compute the size yourself"),
        (lambda: X[7], "positions run from 0 to 3"),
        (lambda: torch.rand(0)[0], "is empty"),
        (lambda: X[0, 0, 0], "More indices than dimensions"),
        (lambda: X[torch.tensor([True, False])], "A mask of shape (2)"),
        (lambda: X[torch.tensor([0.5])], "Positions are whole numbers"),
        (lambda: nn.CrossEntropyLoss()(torch.rand(2, 3), torch.tensor([0, 3])), "labels run from 0 to C - 1"),
        (lambda: nn.CrossEntropyLoss()(torch.rand(2, 3), torch.tensor([0, 1, 2])), "2 predictions met 3 labels"),
        (lambda: torch.stack([1.0]), "take a list of tensors"),
        (lambda: torch.cat([torch.tensor(1.0)] * 2), "torch.stack gives it one"),
        (lambda: torch.stack([]), "list of tensors is empty"),
        (lambda: torch.cat([X, torch.rand(4)]), "here are 2 and 1"),
        (lambda: torch.tensor([1, 2], requires_grad=True), "whole numbers have no gradient"),
        (change_in_place, "changed in place"),
        (lambda: (torch.ones(2, requires_grad=True) * 2).backward(), "starts from one number"),
        (lambda: torch.ones(3).expand(2, 4), "only size 1 is stretched"),
        (lambda: X.permute(0, 1, 2), "each dimension of the tensor once"),
        (lambda: np.ones(2) + np.ones(3), "(2,) and (3,) do not broadcast"),
        (lambda: np.ones((2, 3)) @ np.ones((2, 3)), "inner sizes 3 and 2"),
        (lambda: torch.dot(X, X), "for matrices it is @"),
        (lambda: torch.bmm(X, X), "for two matrices it is @"),
        (lambda: torch.mv(X, torch.rand(3)), "takes a vector of 2, not of 3"),
        (lambda: torch.einsum("ij,jk->ik", X, X), "j is 2 in one tensor and 4 in another"),
        (lambda: torch.tensor([[1, 2], [3]]), "a tensor is a full table"),
        (lambda: torch.tensor(["a"]), "not texts"),
        (lambda: nn.Linear(2, 1)([1, 2]), "Something of type list went in"),
        (lambda: torch.randn(2.5), "Sizes are whole numbers"),
        (lambda: torch.linspace(0, 1), "no form of this call for (int, int)"),
        (lambda: nn.MaxPool2d(2)(torch.rand(1, 3, 1, 1)), "smaller than the window"),
        (lambda: nn.Conv2d(3, 4, 5)(torch.rand(1, 3, 2, 2)), "smaller than the window"),
        (lambda: nn.BatchNorm2d(3)(torch.rand(2, 4, 5, 5)), "made for 3 channels and got 4"),
        (lambda: X.gather(1, torch.tensor([0, 1, 0, 1])), "unsqueeze(1) the labels"),
        (lambda: len(torch.tensor(1.0)), "A single number has no rows"),
        (lambda: torch.optim.SGD(nn.Linear(1, 1), 0.1), "model.parameters()"),
        (lambda: torch.optim.SGD([1.0], 0.1), "model.parameters()"),
        (lambda: nn.MSELoss(X, X), "nn.MSELoss()(a, b)"),
        (lambda: X.mean.item(), "without its brackets"),
        (lambda: X(0), "square ones"),
        (lambda: [X].shape, "This is a Python list"),
        (lambda: X.lenght, "Tensors have no .lenght"),
        (lambda: nn.Linear(1, 1).wieght, "Linear has no .wieght"),
        (lambda: {"a": 1}["b"], "no key 'b'"),
        (lambda: list("a")[3], "from 0 to len - 1"),
        (lambda: int(1 / 0), "divided by zero"),
        (lambda: int(float("nan")), "nan came up"),
        (lambda: range(2 / 1), "/ always gives a float"),
        (lambda: "a" + 1, "meets a number"),
        (lambda: None > 1, "Something is None"),
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
