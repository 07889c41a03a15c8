"""Ctrl-C, remembered: Python drops a KeyboardInterrupt that arrives inside a finaliser or a callback, and pytest makes an exit code of one."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType


@dataclass
class Interrupts:
    """Whether Ctrl-C has been pressed."""

    asked: bool = False


@contextlib.contextmanager
def remembered() -> Iterator[Interrupts]:
    """Note each SIGINT, beside raising KeyboardInterrupt for it as Python does. Where somebody else handles SIGINT, that stays so."""
    interrupts = Interrupts()
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    ):
        yield interrupts
        return

    def note(number: int, frame: FrameType | None) -> None:
        interrupts.asked = True
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, note)
    try:
        yield interrupts
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
