"""Errors as students raise them: the message shows their own line, the shapes of the tensors on it, the cause in plain words, and torch's own text."""

import pytest

from autograder.checks import CheckSpec, student_error
from autograder.messages import LINE, LINES, verdict
from autograder.model import Shapes
from autograder.sandbox import Call
from autograder.worker import Worker

SOURCE = """
import numpy as np
import torch
from torch import nn

TABLE = torch.zeros(5, 3)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(4, 3))
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
        self.parts = [nn.Linear(2, 2), nn.Linear(3, 1)]

    def forward(self, x):
        return x @ self.weight

    def deep(self, x):
        return self.layers(x)

    def listed(self, x):
        return self.parts[1](x)


class NoSuper(nn.Module):
    def __init__(self):
        self.layer = nn.Linear(1, 1)


def product(a, b):
    return a @ b


def transposed(a, b):
    return a.T @ b.T


def nested(a, b):
    c = a * 2
    return product(c, b)


def comprehension(xs, w):
    return [x @ w for x in xs]


def with_lambda(a, b):
    f = lambda v: v + b
    return f(a)


def from_list(batch):
    return batch[0] + batch[1]["image"]


def stacked(xs):
    return torch.stack(xs)


def many_lines(a, b):
    return torch.cat(
        [a, b],
        dim=1,
    )


def branch(a, b):
    if (a == b).all():
        return a
    for row in a + b[:, :1] @ b:
        return row


def table(a):
    return TABLE + a


def numbers(model, x):
    return model(x)


def loss(logits, labels):
    return nn.CrossEntropyLoss()(logits, labels)


def to_numpy(x):
    return (x * 1).numpy()


def devices(x):
    return x + torch.ones(2)


def no_tensor(n):
    return [1, 2][n]


def endless(x):
    return endless(x) + 1


def nothing(x):
    y = x.add_
    return None.shape


def hostile(x):
    class Odd:
        def __getattr__(self, name):
            raise SystemExit("never called for a message")
    odd = Odd()
    return (odd.x if False else x) @ odd_one(x)


def odd_one(x):
    return x.reshape(7, 7)


def long_line(first_tensor_with_a_long_name, second_tensor_with_a_long_name):
    return LONG_LINE


def viewed(x):
    return x.view(6)


def misfit(x):
    return product(x)


def own_error(x):
    raise ValueError("x must be flat, got " + str(tuple(x.shape)))
""".replace("LONG_LINE", " + ".join(["first_tensor_with_a_long_name @ second_tensor_with_a_long_name"] * 5))


@pytest.fixture(scope="module")
def worker():
    found = Worker(None, lambda seconds: None)
    found._load("exercises/a/b.py", SOURCE, [])
    return found


def message_of(worker, run):
    """The message, and the shapes to draw, of what `run(the student's names)` raises."""
    names = type("Names", (), {name: staticmethod(value) for name, value in vars(worker.module).items()})
    try:
        run(names)
    except BaseException as error:
        said = worker.describe_error(error)
    raised = student_error(
        said["kind"],
        said["types"],
        said["message"],
        said["frames"],
        [(n, w, s and tuple(s)) for n, w, s in said["at"] or []],
    )
    spec = CheckSpec("double", 1.0, "", 5, None, False)
    found = verdict(raised, spec, "works", Call("double(x)"), "exercises/a/b.py", frozenset({"double"}))
    rows = {line[:9].rstrip(): line[10:] for line in found.message.splitlines()}
    return rows, found


def rand(*shape):
    import torch

    return torch.rand(*shape)


def whole(*shape):
    import torch

    return torch.zeros(*shape, dtype=torch.int64)


def meta(*shape):
    import torch

    return torch.rand(*shape, device="meta")


def tracked(*shape):
    return rand(*shape).requires_grad_()


TABLE = [
    # what raises, the code at it, what "Tensors" names, a part of the cause, a part of torch's own text
    ("inner sizes", lambda s: s.product(rand(3, 2), rand(3, 2)), "return a @ b",
     ["a (3, 2) float32", "b (3, 2) float32"], "inner sizes 2 and 3", "mat1 and mat2 shapes cannot be multiplied"),
    ("attributes of tensors", lambda s: s.transposed(rand(3, 2), rand(3, 4)), "return a.T @ b.T",
     ["a (3, 2)", "a.T (2, 3)", "b.T (4, 3)"], "inner sizes 3 and 4", "cannot be multiplied"),
    ("attributes of the model", lambda s: s.Net()(rand(2, 3)), "return x @ self.weight",
     ["x (2, 3) float32", "self.weight (4, 3) float32"], "inner sizes 3 and 4", "cannot be multiplied"),
    ("a layer inside Sequential", lambda s: s.Net().deep(rand(2, 1, 14, 14)), "return self.layers(x)",
     ["x (2, 1, 14, 14)", "the input of Linear(in_features=784, out_features=10, bias=True) (2, 196)"], "in_features=196", "(2x196 and 784x10)"),
    ("a layer in a list", lambda s: s.Net().listed(rand(5, 2)), "return self.parts[1](x)",
     ["self.parts[1] Linear(in_features=3, out_features=1, bias=True)", "x (5, 2)"], "in_features=2", "cannot be multiplied"),
    ("one function calls another", lambda s: s.nested(rand(3, 2), rand(3, 2)), "return a @ b  (called from line 41)",
     ["a (3, 2)", "b (3, 2)"], "inner sizes", "cannot be multiplied"),
    ("a comprehension", lambda s: s.comprehension([rand(2, 3)], rand(2, 3)), "return [x @ w for x in xs]",
     ["x (2, 3)", "w (2, 3)"], "inner sizes 3 and 2", "cannot be multiplied"),
    ("a lambda", lambda s: s.with_lambda(rand(3), rand(4)), "f = lambda v: v + b", ["v (3,)", "b (4,)"], "do not broadcast", "must match the size"),
    ("elements of lists and dicts", lambda s: s.from_list([rand(3), {"image": rand(4)}]), 'return batch[0] + batch[1]["image"]',
     ["batch[0] (3,)", "batch[1]['image'] (4,)"], "do not broadcast", "must match the size"),
    ("a list of tensors", lambda s: s.stacked([rand(3), rand(4)]), "return torch.stack(xs)",
     ["xs list of 2: (3,) float32, (4,) float32"], "equal sizes", "stack expects each tensor"),
    ("a statement of several lines", lambda s: s.many_lines(rand(2, 3), rand(3, 3)), "return torch.cat( [a, b], dim=1, )",
     ["a (2, 3)", "b (3, 3)"], "all the others must be equal", "Sizes of tensors must match"),
    ("the head of a loop", lambda s: s.branch(rand(2, 3), rand(2, 3) + 1), "for row in a + b[:, :1] @ b:",
     ["a (2, 3)", "b[:, :1] (2, 1)", "b (2, 3)"], "inner sizes 1 and 2", "cannot be multiplied"),
    ("a global tensor", lambda s: s.table(rand(4)), "return TABLE + a", ["TABLE (5, 3)", "a (4,)"], "do not broadcast", "must match"),
    ("dtypes", lambda s: s.product(rand(2, 2), whole(2, 2)), "return a @ b",
     ["a (2, 2) float32", "b (2, 2) int64"], "Wrong dtype", "same dtype, but got: float != long"),
    ("class ids", lambda s: s.loss(rand(4, 3), rand(4)), "return nn.CrossEntropyLoss()(logits, labels)",
     ["logits (4, 3) float32", "labels (4,) float32"], "int64", "Long"),
    ("devices", lambda s: s.devices(meta(2)), "return x + torch.ones(2)", ["x (2,) float32 on meta"], "Wrong device", "device"),
    ("a graph", lambda s: s.to_numpy(tracked(2)), "return (x * 1).numpy()", ["x (2,) float32 requires grad"], ".detach()", "Can't call numpy()"),
    ("no tensor there", lambda s: s.no_tensor(5), "return [1, 2][n]", None, "from 0 to len - 1", "list index out of range"),
    ("no end", lambda s: s.endless(rand(2)), "return endless(x) + 1", ["x (2,)"], "calls itself without an end", "recursion"),
    ("None", lambda s: s.nothing(rand(2)), "return None.shape", None, "Something is None", "'NoneType' object has no attribute"),
    ("attributes that run code", lambda s: s.hostile(rand(2, 2)), "return x.reshape(7, 7)",
     ["x (2, 2)"], "4 elements does not fit", "is invalid for input of size 4"),
    ("a long line", lambda s: s.long_line(rand(2, 3), rand(2, 3)), "return first_tensor_with_a_long_name @",
     ["first_tensor_with_a_long_name (2, 3)", "second_tensor_with_a_long_name (2, 3)"], "inner sizes", "cannot be multiplied"),
    ("the student's own error", lambda s: s.own_error(rand(2, 2)), "raise ValueError(", ["x (2, 2)"], "Your own line raises this", "x must be flat, got (2, 2)"),
    ("a call that does not fit", lambda s: s.misfit(rand(2)), "return product(x)", ["x (2,)"], "The call on this line", "missing 1 required positional argument"),
    ("a view", lambda s: s.viewed(rand(3, 2).T), "return x.view(6)", ["x (2, 3) float32 not contiguous"], "use reshape", "view size is not compatible"),
    ("no super", lambda s: s.NoSuper(), "self.layer = nn.Linear(1, 1)", None, "first line of __init__", "before Module.__init__() call"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("raising", "code", "tensors", "cause", "own"), [row[1:] for row in TABLE], ids=[r[0] for r in TABLE]
)
def test_an_error_shows_its_line_and_shapes(worker, raising, code, tensors, cause, own):
    rows, found = message_of(worker, raising)
    number = int(rows["At"].partition("exercises/a/b.py line ")[2].partition(":")[0])
    assert f": {code}" in rows["At"]
    assert SOURCE.splitlines()[number - 1].strip()[:12] in rows["At"], "the line's number is not that of the code"
    for tensor in tensors or []:
        assert tensor in rows["Tensors"]
    assert tensors or "Tensors" not in rows
    assert cause in rows["Why"]
    assert own in rows["Raised"]
    assert len(found.message.splitlines()) <= LINES
    assert all(len(line) <= LINE + 10 for line in found.message.splitlines())


def test_shape_errors_carry_the_shapes_to_draw(worker):
    _, found = message_of(worker, lambda s: s.product(rand(3, 2), rand(3, 2)))
    assert found.shapes == Shapes((("a", (3, 2)), ("b", (3, 2))))
    _, found = message_of(worker, lambda s: s.product(rand(2, 2), whole(2, 2)))
    assert found.shapes is None, "dtypes are no shapes"
