"""What of torch is left out changes no number, and is there for who asks for it."""

from __future__ import annotations

import subprocess
import sys

from tests.sample import ROOT

TRAIN = """
import hashlib, sys
from autograder import lean, zygote
zygote.one_thread()
if sys.argv[1] == "whole":
    lean.make_lean = lambda: None
zygote.warm()
import torch
from torch import nn

digest = hashlib.sha256()
torch.manual_seed(3)
X, y = torch.randn(64, 1, 8, 8), torch.randint(3, (64,))
for kind, options in ((torch.optim.SGD, {"lr": 0.1, "momentum": 0.9}), (torch.optim.Adam, {"lr": 0.01}), (torch.optim.AdamW, {"lr": 0.01, "foreach": True})):
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Dropout(0.3), nn.Flatten(), nn.Linear(144, 3))
    optimizer = kind(model.parameters(), **options)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 2)
    for _ in range(5):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(X), y)
        loss.backward()
        optimizer.step()
        schedule.step()
    for tensor in model.state_dict().values():
        digest.update(tensor.numpy().tobytes())
    digest.update(repr(sorted(optimizer.state_dict()["param_groups"][0])).encode())
print(digest.hexdigest(), isinstance(torch._dynamo, lean.Unused))
"""

ASK = """
import inspect
from autograder import lean, zygote
zygote.one_thread()
zygote.warm()
import torch

assert isinstance(torch._dynamo, lean.Unused)
kept = torch.compiler.disable(lambda x: x + 1)
assert isinstance(torch._dynamo, lean.Unused)
assert kept(torch.ones(1)).item() == 2
inspect.getmodule(inspect.currentframe(), "a file of no module")
assert torch.jit.trace(torch.nn.Linear(2, 1), torch.ones(1, 2))(torch.ones(1, 2)).shape == (1, 1)
assert isinstance(torch._dynamo, lean.Unused), "who looks through all modules asks for none of them"
compiled = torch.compile(lambda x: torch.sin(x) * 2, backend="eager")
assert torch.equal(compiled(torch.ones(3)), torch.sin(torch.ones(3)) * 2)
assert not isinstance(torch._dynamo, lean.Unused)
import torch._dynamo.config
from torch._dynamo import optimize
torch.use_deterministic_algorithms(True)
model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
model(torch.ones(1, 2)).sum().backward()
optimizer.step()
print("asked")
"""


def run(script: str, *arguments: str) -> list[str]:
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.split()


def test_training_gives_the_same_bytes() -> None:
    (lean, left_out), (whole, kept) = run(TRAIN, "lean"), run(TRAIN, "whole")
    assert (left_out, kept) == ("True", "False")
    assert lean == whole


def test_who_asks_for_the_compiler_gets_it() -> None:
    assert run(ASK) == ["asked"]
