"""The losses of a training, noted while it runs, whoever wrote the loop. Runs in the worker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

MOST = 20_000
"""Losses that are kept."""


def record_losses(function: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[Any, list[float]]:
    """What `function(*args, **kwargs)` gives, and the number that each `backward()` in it started from."""
    losses: list[float] = []
    original = torch.Tensor.backward

    def backward(self: torch.Tensor, *given: Any, **options: Any) -> Any:
        if self.numel() == 1 and len(losses) < MOST:
            losses.append(float(self.detach()))
        return original(self, *given, **options)  # type: ignore[no-untyped-call]

    torch.Tensor.backward = backward  # type: ignore[method-assign]
    try:
        return function(*args, **kwargs), losses
    finally:
        torch.Tensor.backward = original  # type: ignore[method-assign]
