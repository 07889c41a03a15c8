"""`nox -s watch`: grades what a save has changed, shows the first message, and goes on to the next exercise when one passes.

This process has the terminal and the files; grading is done by a warm engine beside it. Keys, saves and the engine's answers come in threads and
meet in one queue.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import queue
import signal
import sys
import time
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import keys, screen
from .course import Course
from .edits import EMPTY
from .hints import last_hint
from .listing import rows
from .model import FULL_POINTS, INTERRUPTED
from .saves import Saves
from .session import PATIENCE, Session

TICK = 0.5
"""Seconds between two frames while something is graded."""

Events = queue.SimpleQueue[tuple[str, Any]]


class Quit(Exception):
    """The student wants to end."""


class Watch:
    """A session at a terminal."""

    def __init__(self, course: Course, selectors: list[str], events: Events) -> None:
        self.events = events
        self.session = Session(course, selectors, lambda message: events.put(("engine", message)))
        self.saves = Saves(course.root / "exercises", lambda: events.put(("saved", None)))
        self.with_keys = False
        self.view = "exercise"
        self.question = ""
        self.drawn = 0.0

    def run(self) -> None:
        """Until the student quits."""
        session = self.session
        if self.saves.reason:
            session.stand(f"Saves are looked for every second: {self.saves.reason}. The key g grades at once.")
        session.begin()
        self.draw()
        looked = time.monotonic()
        while True:
            session.grade()
            if self.is_time_to_draw():
                self.draw()
            due = looked + (EMPTY if session.edits.emptied else self.saves.interval)
            wait = min(due - time.monotonic(), PATIENCE if session.grading.running else 60)
            with contextlib.suppress(queue.Empty):
                self.handle(*self.events.get(timeout=max(wait, 0.01)))
            if time.monotonic() >= due:
                looked = time.monotonic()
                if self.look():
                    self.saves.found_without_event()
                session.look_at_course()
                self.judge_saves()

    def handle(self, kind: str, content: Any) -> None:
        """One event."""
        if kind == "key":
            self.pressed(content)
        elif kind == "saved":
            self.look()
        elif kind == "engine":
            self.session.heard(content)
            if self.session.page is not None:
                self.open_page(self.session.page)
                self.session.page = None
        else:  # another size, or the program goes on after Ctrl-Z
            self.session.dirty = True

    def look(self) -> bool:
        """Take what was saved; whether anything was."""
        found = self.session.look()
        if found:
            self.question, self.view = "", "exercise"
        return found

    def judge_saves(self) -> None:
        before = self.saves.reason
        self.saves.judge()
        if self.saves.reason and not before:
            self.session.stand(
                f"From now on saves are looked for every second: {self.saves.reason}. The key g grades at once."
            )

    def close(self) -> None:
        """Leave nothing behind."""
        self.saves.close()
        self.session.grading.end()

    # ----------------------------------------------------------------------------------------------------------- the keys

    def pressed(self, key: str) -> None:
        """Do what a key stands for."""
        session = self.session
        session.dirty = True
        if key in ("q", "\x04"):  # Ctrl-D too
            raise Quit
        if self.question:
            self.question = ""
            if key in ("y", "Y"):
                session.start_afresh()
            return
        if self.view != "exercise":
            self.view = "exercise"
            return
        if any(key == name for name, _, _ in screen.KEYS):
            session.notes.clear()
        if key in ("n", "p"):
            session.step(1 if key == "n" else -1)
        elif key in ("l", "?"):
            self.view = "list" if key == "l" else "help"
        elif key == "h":
            session.hint()
        elif key == "r":
            self.question = f"Start {session.current} afresh? Your text is kept in exercises/.kept/. (y/n) "
        elif key == "g":
            session.grade_now()
        elif key == "o":
            session.page_wanted = True

    def open_page(self, path: Path) -> None:
        """Show the report page, where there is a browser with a window of its own."""
        shown, is_open = path.relative_to(self.session.course.root).as_posix(), False
        if sys.platform in ("win32", "darwin") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
            with contextlib.suppress(Exception):  # whatever a browser's start may raise
                is_open = webbrowser.open(path.as_uri())
        self.session.notes.append(f"The report is in {shown}{'' if is_open else ': open it in a browser'}.")

    # --------------------------------------------------------------------------------------------------------- the screen

    def is_time_to_draw(self) -> bool:
        """A screen shows what is going on; elsewhere only what is done is printed, one frame after the other."""
        session = self.session
        request = session.grading.running
        if request is None:
            return session.dirty and (screen.is_screen() or session.grading.given_up or not session.wanted())
        if not screen.is_screen() or time.monotonic() < request.started + PATIENCE:
            return False
        return session.dirty or time.monotonic() > self.drawn + TICK

    def draw(self) -> None:
        """Show the session as it is."""
        session = self.session
        session.dirty, self.drawn = False, time.monotonic()
        listed = rows(session.course, session.store, session.today, session.edits.given, session.ids)
        exercise, answer = session.exercises[session.current], session.edits.given.get(session.current)
        problem = session.edits.problem(session.topic)
        level = session.hints_open.get(session.current, 0)
        line = f":{answer.line}" if answer and answer.line and not problem else ""
        screen.draw(
            screen.Frame(
                row=next(row for row in listed if row.id == session.current),
                title=exercise.title,
                place=f"exercises/{session.topic}.py{line}",
                rows=listed,
                above=session.above,
                problem=problem,
                result=session.current_result(),
                printed=session.printed.get(session.current, ""),
                hints=exercise.hints[:level],
                hint_end=last_hint(session.course, session.current) if level == len(exercise.hints) else "",
                status=session.status(),
                question=self.question,
                view=self.view,
                keys=self.with_keys,
                notes=[*session.notes, *session.standing],
            )
        )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "selectors", nargs="*", metavar="SELECTOR", help="prefix of an exercise id, such as 01_workflow (default: all)"
    )


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    """SIGTERM and SIGHUP end the program as q does: the terminal is put back and no process is left."""

    def end(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    numbers = [signal.SIGTERM, *([signal.SIGHUP] if sys.platform != "win32" else [])]
    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def main(arguments: argparse.Namespace) -> int:
    """The command; 0 after q, 130 after Ctrl-C."""
    events: Events = queue.SimpleQueue()
    watch = Watch(Course.at(arguments.root), list(arguments.selectors), events)
    try:
        with (
            _ended_by_signals(),
            keys.listening(lambda key: events.put(("key", key)), lambda: events.put(("redraw", None))) as listening,
        ):
            watch.with_keys = listening
            try:
                watch.run()
            except Quit:
                return FULL_POINTS
            except KeyboardInterrupt:
                return INTERRUPTED
    finally:
        if sys.stdout.isatty():
            print()
        watch.close()
    return FULL_POINTS
