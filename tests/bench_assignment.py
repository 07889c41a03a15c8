"""One assignment of six exercises in four forms, from one source: for this course's engine, for nbgrader, for Otter, and as plain calls.

Each exercise has its solution, the inputs, the calls on them, the asserts (what nbgrader's test cells and Otter's test files run), and the check that
our grader runs on the same inputs. None looks more closely than another.
"""

from __future__ import annotations

import json
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

IMPORTS = "import torch\nfrom torch import Tensor, nn"
TOPIC = "00_six/six"


@dataclass(frozen=True)
class Task:
    """One exercise in all its forms; `worker` is the function that runs beside the answer in our grader, where one is needed."""

    name: str
    solution: str
    inputs: str
    calls: str
    asserts: str
    check: str
    worker: str = ""


TASKS = (
    Task(
        "align_matmul",
        '''
def align_matmul(a: Tensor, b: Tensor) -> Tensor:
    """Multiply `a` (n, k) by `b` (k, m) or its transpose, giving (n, m)."""
    # BEGIN SOLUTION
    # HINT Compare sizes.
    # HINT b.T has them the other way round.
    # HINT return a @ (b if they agree else b.T)
    return a @ (b if a.shape[1] == b.shape[0] else b.T)
    # END SOLUTION
''',
        "torch.manual_seed(1)\na, b = torch.rand(64, 32), torch.rand(32, 48)",
        "one, two = align_matmul(a, b), align_matmul(a, b.T)",
        "assert torch.allclose(one, a @ b)\nassert torch.allclose(two, a @ b)",
        "assert_close(student.align_matmul(a, b), a @ b)\nassert_close(student.align_matmul(a, b.T), a @ b)",
    ),
    Task(
        "softmax",
        '''
def softmax(x: Tensor, dim: int) -> Tensor:
    """Softmax of `x` along `dim`, safe for large numbers; the shape stays."""
    # BEGIN SOLUTION
    # HINT Subtract the largest.
    # HINT keepdim=True.
    # HINT e / e.sum(dim, keepdim=True)
    e = (x - x.amax(dim, keepdim=True)).exp()
    return e / e.sum(dim, keepdim=True)
    # END SOLUTION
''',
        "torch.manual_seed(2)\nx = torch.randn(200, 50) * 100",
        "rows, columns = softmax(x, 1), softmax(x, 0)",
        "assert torch.allclose(rows, x.softmax(1), atol=1e-6)\nassert torch.allclose(columns, x.softmax(0), atol=1e-6)",
        "assert_close(student.softmax(x, 1), x.softmax(1))\nassert_close(student.softmax(x, 0), x.softmax(0))",
    ),
    Task(
        "Line",
        '''
class Line(nn.Module):
    """y = weight * x + bias, both learnable and of shape (1,)."""

    def __init__(self) -> None:
        # BEGIN SOLUTION
        # HINT nn.Parameter.
        # HINT super().__init__() first.
        # HINT Two of torch.randn(1).
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.randn(1)), nn.Parameter(torch.randn(1))
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """(n, 1) -> (n, 1)"""
        # BEGIN SOLUTION
        return self.weight * x + self.bias
        # END SOLUTION
''',
        "torch.manual_seed(3)\nx = torch.rand(100, 1)",
        "line = Line()\nstate, y = line.state_dict(), line(x)",
        'assert len(state) == 2\nassert torch.allclose(y, state["weight"] * x + state["bias"])',
        'line = student.Line()\nstate = line.state_dict()\nexpect(len(state) == 2, "Two parameters were due.")\n'
        'assert_close(line(x), state["weight"] * x + state["bias"])',
    ),
    Task(
        "train_step",
        '''
def train_step(model: nn.Module, X: Tensor, y: Tensor, lr: float) -> float:
    """One step of gradient descent on the mean squared error; the loss before it as a Python float."""
    # BEGIN SOLUTION
    # HINT zero_grad, loss, backward, step.
    # HINT torch.optim.SGD.
    # HINT Return loss.item().
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(X), y)
    loss.backward()
    optimizer.step()
    return loss.item()
    # END SOLUTION
''',
        "torch.manual_seed(4)\nmodel, X, y = nn.Linear(8, 1), torch.rand(64, 8), torch.rand(64, 1)",
        "losses = [train_step(model, X, y, 0.1) for _ in range(20)]",
        "assert all(isinstance(loss, float) for loss in losses)\nassert losses[-1] < losses[0]\n"
        "assert abs(nn.functional.mse_loss(model(X), y).item() - losses[-1]) < 0.01",
        "losses, state = steps(student, model.state_dict(), X, y)\nmodel.load_state_dict(state)\n"
        'expect(losses[-1] < losses[0], "The loss does not fall.")\n'
        'expect(abs(nn.functional.mse_loss(model(X), y).item() - losses[-1]) < 0.01, "The model is not the one that was trained.")',
        "def steps(student, state, X, y):\n    model = nn.Linear(8, 1)\n    model.load_state_dict(state)\n"
        "    return [student.train_step(model, X, y, 0.1) for _ in range(20)], model.state_dict()",
    ),
    Task(
        "accuracy",
        '''
def accuracy(model: nn.Module, X: Tensor, y: Tensor) -> float:
    """Share of rows of `X` (n, features) whose largest logit is at `y` (n,), without dropout and gradients."""
    # BEGIN SOLUTION
    # HINT model.eval().
    # HINT torch.inference_mode().
    # HINT argmax(1) == y
    model.eval()
    with torch.inference_mode():
        return (model(X).argmax(1) == y).float().mean().item()
    # END SOLUTION
''',
        "torch.manual_seed(5)\nmodel = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Dropout(0.5), nn.Linear(32, 4))\n"
        "X, y = torch.randn(500, 20), torch.randint(4, (500,))",
        "share = accuracy(model, X, y)",
        "assert isinstance(share, float)\nassert abs(share - (model.eval()(X).argmax(1) == y).float().mean().item()) < 1e-6",
        "share = measure(student, model.state_dict(), X, y)\n"
        "assert_close(share, (model.eval()(X).argmax(1) == y).float().mean().item())",
        "def measure(student, state, X, y):\n    model = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Dropout(0.5), nn.Linear(32, 4))\n"
        "    model.load_state_dict(state)\n    return student.accuracy(model, X, y)",
    ),
    Task(
        "fit",
        '''
def fit(model: nn.Module, X: Tensor, y: Tensor, epochs: int, lr: float) -> list[float]:
    """Train on all of `X` (n, 2) and `y` (n,) with Adam and cross-entropy; the loss of each epoch."""
    # BEGIN SOLUTION
    # HINT A loop over epochs.
    # HINT nn.functional.cross_entropy.
    # HINT losses.append(loss.item())
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(X), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
    # END SOLUTION
''',
        "torch.manual_seed(6)\nX = torch.randn(400, 2)\ny = (X[:, 0] * X[:, 1] > 0).long()\n"
        "model = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 2))",
        "losses = fit(model, X, y, 60, 0.05)",
        "assert len(losses) == 60\nassert losses[-1] < losses[0] / 2\nassert (model(X).argmax(1) == y).float().mean() > 0.9",
        "losses, state = train(student, model.state_dict(), X, y)\nmodel.load_state_dict(state)\n"
        'expect(len(losses) == 60, "One loss for each epoch.")\nexpect(losses[-1] < losses[0] / 2, "The loss does not fall.")\n'
        'expect((model(X).argmax(1) == y).float().mean() > 0.9, "The model has not learned.")',
        "def train(student, state, X, y):\n    model = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 2))\n"
        "    model.load_state_dict(state)\n    losses = student.fit(model, X, y, 60, 0.05)\n    return losses, model.state_dict()",
    ),
)


def answers() -> str:
    """The topic file as a student hands it in."""
    return IMPORTS + "\n\n" + "\n\n".join(task.solution.strip() for task in TASKS) + "\n"


def calls() -> str:
    """What all of them make the answers do."""
    return "\n".join(f"{task.inputs}\n{task.calls}" for task in TASKS)


def write_course(folder: Path) -> None:
    """For our engine."""
    cells = [f'# %% difficulty="easy" minutes=5\n{task.solution.strip()}\n' for task in TASKS]
    text = f"# %% [markdown]\n# # Six\n# Six exercises.\n\n# %%\n{IMPORTS}\n\n" + "\n\n".join(cells)
    grader = (
        "import torch\nfrom torch import nn\nfrom autograder.checks import assert_close, check, expect, in_worker\n"
    )
    for task in TASKS:
        body = textwrap.indent(f"{task.inputs}\n{task.check}", "    ")
        grader += f"\n\n@in_worker\n{task.worker}\n" if task.worker else ""
        grader += f'\n\n@check("{task.name}", points=1, hint="Read the task again.")\ndef test_{task.name}(student):\n    """does what the task says"""\n{body}\n'
    for path, content in (
        (folder / f"solutions/{TOPIC}.py", text),
        (folder / "autograder/graders/00_six/test_six.py", grader),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def cell(kind: str, source: str, **metadata: Any) -> dict[str, Any]:
    code: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "id": f"c{abs(hash(source)) % 10**8}", "metadata": metadata, "source": source, **code}


def notebook(cells: list[dict[str, Any]]) -> str:
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


def nbgrader_notebook() -> str:
    """For nbgrader: an answer cell and a tests cell with asserts for each exercise."""

    def about(name: str, **flags: Any) -> dict[str, Any]:
        common = {
            "grade_id": name,
            "schema_version": 3,
            "grade": False,
            "solution": False,
            "locked": False,
            "task": False,
        }
        return {"nbgrader": {**common, **flags}}

    cells = [cell("code", IMPORTS, **about("imports", locked=True))]
    for task in TASKS:
        cells.append(cell("code", task.solution.strip(), **about(task.name, solution=True)))
        tests = f"{task.inputs}\n{task.calls}\n{task.asserts}"
        cells.append(cell("code", tests, **about(f"{task.name}_test", grade=True, locked=True, points=1)))
    return notebook(cells)


def otter_notebook() -> str:
    """For Otter: imports and answers."""
    return notebook([cell("code", IMPORTS), *(cell("code", task.solution.strip()) for task in TASKS)])


def write_otter_tests(folder: Path) -> None:
    """For Otter: a test file for each exercise."""
    folder.mkdir(parents=True)
    for task in TASKS:
        body = textwrap.indent(f"{IMPORTS}\n{task.inputs}\n{task.calls}\n{task.asserts}", "    ")
        text = f'from otter.test_files import test_case\n\nOK_FORMAT = False\n\nname = "{task.name}"\npoints = 1\n\n\n'
        text += f"@test_case(points=None, hidden=False)\ndef test_{task.name}({task.name}):\n{body}\n"
        (folder / f"{task.name}.py").write_text(text, encoding="utf-8")


def write_submissions(folder: Path, count: int) -> None:
    """For our engine: the same answers, each file with its student's name, so that none is taken for another."""
    for number in range(count):
        path = folder / f"student{number:04}" / f"{TOPIC}.py"
        path.parent.mkdir(parents=True)
        path.write_text(f"# student{number:04}\n{answers()}", encoding="utf-8")
