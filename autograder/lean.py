"""Work that torch does for cases which never come up here, left out: a second of every start, and a good part of every optimiser's step.

What is replaced are no parts of torch's interface: the pinned version decides whether they are there, and without them all is as it was.
"""

from __future__ import annotations

import importlib
import sys
import types
from typing import Any

import torch

DYNAMO = "torch._dynamo"


def make_lean() -> None:
    """For this process and those forked from it."""
    _without_stack_traces()
    if DYNAMO not in sys.modules:
        torch._dynamo = sys.modules[DYNAMO] = Unused(DYNAMO)


def _without_stack_traces() -> None:
    """torch.manual_seed leaves a note for each kind of device that is not in use, with a formatted stack trace: nine tenths of its time."""
    for device in (torch.cuda, torch.xpu, torch.mtia):
        if hasattr(device, "traceback"):
            setattr(device, "traceback", types.SimpleNamespace(format_stack=list))  # noqa: B010 - no part of its interface


class Unused(types.ModuleType):
    """Stands for torch.compile's front end, of which seeds and optimisers import 800 modules to tell it what not to compile.

    Whoever asks for more than that, gets the real one.
    """

    @staticmethod
    def disable(function: Any = None, recursive: bool = True, **options: Any) -> Any:
        """Nothing compiles, so there is nothing to keep from it."""
        return function if callable(function) else _real().disable(function, recursive, **options)

    @staticmethod
    def graph_break(*about: Any, **more: Any) -> None:
        """Nor are there graphs."""

    def __getattr__(self, name: str) -> Any:
        # `inspect` and others ask every module where its file is; an import asks for the path, and means it.
        if name.startswith("__") and name != "__path__":
            raise AttributeError(name)
        return getattr(_real(), name)


def _real() -> types.ModuleType:
    """The module, imported now at the latest."""
    if isinstance(sys.modules.get(DYNAMO), Unused):
        del sys.modules[DYNAMO]
        vars(torch).pop("_dynamo", None)
    return importlib.import_module(DYNAMO)
