"""What a worker tells beside a call's value: printed text, warnings, changed arguments, moved random states."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from autograder.channel import loads
from autograder.worker import Worker, random_state, seed_all

SOURCE = """
import random
import sys
import warnings
import numpy as np
import torch
from torch import nn

def prints():
    print("one")
    print("two", file=sys.stderr)

def warns(how):
    for _ in range(3):
        warnings.warn(how, stacklevel=1)
    return nn.MSELoss()(torch.rand(3), torch.rand(3, 1)).shape

def raises():
    print("before")
    warnings.warn("soon", stacklevel=1)
    raise ValueError("now")

def changes(x, y, z=None):
    x.add_(1)
    if z is not None:
        z[0] = 5

def draws(kind):
    {"random": random.random, "numpy": np.random.rand, "torch": lambda: torch.rand(1), "none": int}[kind]()
"""


@pytest.fixture
def ask() -> Any:
    worker = Worker(None, lambda seconds: None)  # type: ignore[arg-type]

    def send(message: dict[str, Any]) -> dict[str, Any]:
        head, header, *parts = worker.answer({"token": "t", "cpu": 5, "begin": None, **message})
        assert head
        answer: dict[str, Any] = loads(bytes(header), memoryview(b"".join(parts)), handle=lambda found: found)
        return answer

    def call(name: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
        rest = {"args": list(args), "kwargs": kwargs, "watch": True, "without": []}
        return send({"op": "call", "target": None, "name": name, **rest})

    send({"op": "load", "name": "student.py", "source": SOURCE, "blocked": [], "begin": 3})
    return call


def test_printed_text_is_that_of_the_call(ask: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("prints")["printed"] == "one\ntwo\n"
    assert ask("draws", "none")["printed"] == ""
    print("mine")
    assert capsys.readouterr().out == "mine\n", "the outputs are as before"


def test_warnings_are_those_of_the_call_each_time(ask: Any) -> None:
    for _ in range(2):
        warned = ask("warns", "look")["warned"]
        assert warned[:3] == ["UserWarning: look"] * 3
        assert "Using a target size (torch.Size([3, 1]))" in warned[3]
    assert ask("draws", "none")["warned"] == []


def test_an_error_takes_neither_away(ask: Any) -> None:
    found = ask("raises")
    assert found["error"]["message"] == "now"
    assert (found["printed"], found["warned"]) == ("before\n", ["UserWarning: soon"])


def test_changed_arguments_are_named(ask: Any) -> None:
    assert ask("changes", torch.zeros(2), torch.zeros(2))["changed"] == [0]
    assert ask("changes", torch.zeros(2, dtype=torch.bfloat16), 1, z=torch.zeros(1))["changed"] == [0, "z"]
    assert ask("draws", "none")["changed"] == []


@pytest.mark.parametrize("kind", ["random", "numpy", "torch"])
def test_a_moved_random_state_is_named_whatever_was_called_before(ask: Any, kind: str) -> None:
    for drawn in ("none", kind, kind, "none"):
        assert ask("draws", drawn)["drew"] == ([kind] if drawn == kind else [])


def test_seeds_set_all_three_states() -> None:
    seed_all(5)
    first = random_state()
    torch.rand(1)
    assert random_state() != first
    seed_all(5)
    assert random_state() == first
    seed_all(6)
    assert all(old != new for old, new in zip(first, random_state(), strict=True))
    seed_all(5)
    drawn = torch.rand(3)
    torch.manual_seed(5)
    assert torch.equal(drawn, torch.rand(3)), "as torch.manual_seed does"
