"""Replaces the worker's own methods: whatever is called, it says that a right-looking answer came back and nothing else happened."""
import autograder.worker as worker
import torch

EXPECT = {"double": ("failed", "not the right values"), "descend": ("failed", "the state after two steps")}


def run(self, message):
    if message["name"] == "steps":
        state, X, y, count = message["args"]
        return [0.5] * count, state
    return original(self, message)


original = worker.Worker._run
worker.Worker._run = run
worker.Worker._begin = lambda self, seed: None
worker.snapshot = lambda *args: None
worker.random_state = lambda: (0, 0, 0)


def double(x):
    return torch.empty_like(x)
