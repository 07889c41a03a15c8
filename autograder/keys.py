"""Single keys from a terminal, without Enter: cbreak mode on POSIX, msvcrt on Windows. The terminal is put back whatever happens."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator

if sys.platform == "win32":
    import msvcrt
else:
    import termios
    import tty

ARROWS = {"[A": "p", "[D": "p", "[B": "n", "[C": "n", "OA": "p", "OD": "p", "OB": "n", "OC": "n"}
"""Escape sequences that count as the keys for the previous and the next exercise; all others count as nothing."""


@contextlib.contextmanager
def listening(pressed: Callable[[str], None], resumed: Callable[[], None]) -> Iterator[bool]:
    """Call `pressed` with each key, in a thread, until the block ends; whether there are keys: not where input or output is no terminal.

    `resumed` is called when the window has another size, or the program goes on after Ctrl-Z.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        yield False
        return
    if sys.platform == "win32":
        os.system("")  # makes an old console understand escape sequences
        threading.Thread(target=_read_windows, args=(pressed,), daemon=True).start()
        yield True
        return
    fd = sys.stdin.fileno()
    before = termios.tcgetattr(fd)

    def go_on(number: int, frame: object) -> None:
        if number == signal.SIGCONT:
            with contextlib.suppress(termios.error):
                tty.setcbreak(fd)
        resumed()

    try:
        tty.setcbreak(fd)
        handlers = {number: signal.signal(number, go_on) for number in (signal.SIGCONT, signal.SIGWINCH)}
        try:
            threading.Thread(target=_read_posix, args=(fd, pressed), daemon=True).start()
            yield True
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
    finally:
        with contextlib.suppress(termios.error):  # the terminal is gone
            termios.tcsetattr(fd, termios.TCSADRAIN, before)


def _read_posix(fd: int, pressed: Callable[[str], None]) -> None:
    while True:
        try:
            text = os.read(fd, 64).decode("utf-8", "ignore")
        except InterruptedError:
            continue
        except OSError:
            return
        if not text:
            return
        for key in keys_in(text):
            pressed(key)


def keys_in(text: str) -> Iterator[str]:
    """The keys in what a terminal sent at once."""
    if text.startswith("\x1b"):
        if text[1:3] in ARROWS:
            yield ARROWS[text[1:3]]
        return
    yield from text


def _read_windows(pressed: Callable[[str], None]) -> None:
    if sys.platform == "win32":
        while True:
            while not msvcrt.kbhit():
                time.sleep(0.05)
            key = msvcrt.getwch()
            if key in ("\x00", "\xe0"):  # an arrow or function key: a second code follows
                key = {"H": "p", "K": "p", "P": "n", "M": "n"}.get(msvcrt.getwch(), "")
            if key:
                pressed(key)
