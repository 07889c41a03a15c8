"""`nox -s watch`: grades what a save has changed, shows the first message, and goes on to the next exercise when one passes.

This process has the terminal and the files; grading is done by a warm engine beside it. What is to be graded is never noted down, it follows: an
exercise that was begun and whose code is not the code that was graded last. So saves may come as fast as they like.
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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import keys, screen
from .course import Course, reset
from .edits import EMPTY, Edits, Look, outside
from .grading import Answered, Grading
from .hints import last_hint
from .listing import rows
from .model import FULL_POINTS, INTERRUPTED, CourseError, ExerciseResult
from .progress import (
    Entry,
    Store,
    Task,
    changed_lines,
    next_unfinished,
    opened,
    record,
    remember,
    tasks,
    unfinished,
    where_left,
)
from .saves import Saves
from .source import Exercise

TICK = 0.5
"""Seconds between two frames while something is graded."""
PATIENCE = 0.15
"""Seconds before a frame says that something is being graded: most are done sooner, and a frame costs time too."""

Events = queue.SimpleQueue[tuple[str, Any]]


class Quit(Exception):
    """The student wants to end."""


@dataclass
class Watch:
    """A session."""

    course: Course
    selectors: list[str]
    events: Events
    with_keys: bool = False
    ids: list[str] = field(default_factory=list)
    today: dict[str, Task] = field(default_factory=dict)
    exercises: dict[str, Exercise] = field(default_factory=dict)
    current: str = ""
    """The exercise that is shown."""
    view: str = "exercise"
    question: str = ""

    digests: dict[str, str] = field(default_factory=dict)
    """Of the code that was graded last, by exercise."""
    results: dict[str, ExerciseResult] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)
    fresh: list[str] = field(default_factory=list)
    """Graded since there was last nothing left to grade."""
    forced: set[str] = field(default_factory=set)
    page_wanted: bool = False
    hints_open: dict[str, int] = field(default_factory=dict)

    above: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """Said until the next save or key."""
    standing: list[str] = field(default_factory=list)
    """Said until the end."""
    dirty: bool = True
    drawn: float = 0.0

    def __post_init__(self) -> None:
        self.store: Store = opened(self.course, lambda text: self.stand(f"{text}."))
        self.saves = Saves(self.course.root / "exercises", lambda: self.events.put(("saved", None)))
        self.grading = Grading(lambda message: self.events.put(("engine", message)))
        self.edits = Edits(self.course, [])
        self.read_course()
        self.course_seen, self.program_seen = self.course_outside(), _program_outside()
        self.progress_seen = outside(self.store.path)

    @property
    def topic(self) -> str:
        return self.current.rpartition("/")[0]

    # ------------------------------------------------------------------------------------------------------ the course

    def read_course(self) -> None:
        """Take the course as it is on disk now."""
        self.course = Course.at(self.course.root)
        self.ids = self.course.select(self.selectors)
        self.today = tasks(self.course)
        self.exercises = {f"{t.key}/{e.name}": e for t in self.course.topics for e in t.read().exercises}
        self.edits.take_course(self.course, self.ids)
        self.notes += [f"{line}." for line in changed_lines(self.course, self.store, self.today, self.ids)[:3]]
        self.digests = {i: e.answer for i, e in self.store.entries.items() if i in self.exercises} | self.digests
        if self.current not in self.ids:
            self.current = where_left(self.store, self.today, self.ids)

    def course_outside(self) -> object:
        chosen = [topic for topic in self.course.topics if topic.key in self.edits.topics]
        return tuple(outside(path) for topic in chosen for path in (topic.grader, topic.solution))

    def look_at_course(self) -> None:
        """Graders and solutions that have changed are read anew; the program itself cannot be."""
        now = self.course_outside()
        if now != self.course_seen:
            self.course_seen = now
            self.grading.end()
            self.grading.try_again()
            self.dirty = True
            try:
                self.read_course()
                self.edits.look()
                self.notes.append("The course has changed on disk: its graders are read anew.")
            except CourseError as error:
                self.notes.append(f"The course has changed on disk and cannot be read just now: {error}")
        if _program_outside() != self.program_seen:
            self.stand("This program itself has been updated: press q, then start `nox -s watch` again.")

    def look_at_progress(self) -> None:
        """Take over what a `grade` beside us has noted."""
        now = outside(self.store.path)
        if now == self.progress_seen:
            return
        self.progress_seen = now
        before = dict(self.store.entries)
        self.store.load()
        for i, entry in self.store.entries.items():
            answer = self.edits.given.get(i)
            if entry.graded != before.get(i, Entry()).graded and answer is not None and entry.answer == answer.digest:
                self.digests[i] = answer.digest
                self.results.pop(i, None)
                self.dirty = True

    # -------------------------------------------------------------------------------------------------------- the files

    def look(self, *, event: bool = False) -> None:
        """Take what was saved, and go where the student has been writing."""
        self.look_at_progress()
        found = self.edits.look()
        for i in found.reset:
            self.back_to_stub(i)
        if not found.touched:
            return
        if not event:
            self.saves.found_without_event()
        self.dirty = True
        self.notes.clear()
        self.above.clear()
        self.question, self.view = "", "exercise"
        changed = [i for i in found.changed if self.digests.get(i) != self.edits.given[i].digest]
        if changed or (self.grading.running and self.grading.running.page):
            self.grading.leave()  # what was saved last comes first; what is left undone still follows
        if changed:
            self.grading.try_again()
        unclear = [topic for topic in found.touched if self.edits.problem(topic) or topic in self.edits.broken]
        if not changed and not unclear and not found.reset:
            what = f"exercises/{found.touched[0]}.py" if len(found.touched) == 1 else f"{len(found.touched)} files"
            self.notes.append(f"Saved: {what}; no exercise's code is another than before (g grades all the same).")
        self.go_where_written(found, changed, unclear)

    def go_where_written(self, found: Look, changed: list[str], unclear: list[str]) -> None:
        """Show the exercise that was written at; the one shown already, where it is among them."""
        if self.current in changed or (self.topic in found.touched and (not changed or self.topic in unclear)):
            return
        there = [i for i in changed if i.rpartition("/")[0] == self.topic] or changed
        there = there or [i for topic in unclear for i in self.edits.ids_of(topic)]
        if there:
            self.show(next((i for i in there if unfinished(self.store, self.today, i)), there[0]))

    def back_to_stub(self, exercise: str) -> None:
        """An exercise that is a stub again is to do again."""
        self.results.pop(exercise, None)
        self.digests.pop(exercise, None)
        if self.store.entries.get(exercise, Entry()).status not in ("", "not_implemented"):
            digest = self.edits.given[exercise].digest
            remember(self.store, exercise, status="not_implemented", points=0.0, answer=digest)
            self.progress_seen = outside(self.store.path)

    def show(self, exercise: str) -> None:
        """Make it the exercise that is shown."""
        self.current = exercise
        self.dirty = True

    # ------------------------------------------------------------------------------------------------------- the grading

    def wanted(self) -> list[str]:
        """What waits to be graded: the exercise shown first, then the others of its file."""
        found = [i for i in self.ids if self.wants(i)]
        return sorted(found, key=lambda i: (i != self.current, i.rpartition("/")[0] != self.topic))

    def wants(self, exercise: str) -> bool:
        if not self.edits.readable(exercise):
            return False
        if exercise in self.forced:
            return True
        answer = self.edits.given[exercise]
        if not answer.attempted:
            return False
        if exercise.rpartition("/")[0] in self.edits.broken and exercise != self.current:
            return False  # one message says what is wrong with the file
        if self.digests.get(exercise) != answer.digest:
            return True
        without_message = exercise == self.current and exercise not in self.results
        return without_message and unfinished(self.store, self.today, exercise)

    def grade(self) -> None:
        """Ask the engine for what is wanted most, where it has nothing else to do."""
        wanted = self.wanted()
        if self.grading.running is not None or not (wanted or self.page_wanted):
            return
        self.grading.start(self.course, self.edits.topics)
        if not self.grading.ready:
            return
        page = None
        if wanted and wanted[0] == self.current:
            chosen = wanted[:1]  # its message should not wait for the others
        elif wanted:
            chosen = [i for i in wanted if i.rpartition("/")[0] == wanted[0].rpartition("/")[0]]
        else:
            chosen, page, self.page_wanted = self.ids, self.course.root / "report.html", False
        texts = {i.rpartition("/")[0]: self.edits.texts[i.rpartition("/")[0]].text or "" for i in chosen}
        given = self.edits.given
        self.grading.ask({i: given[i].digest for i in chosen if i in given}, chosen, texts, page)

    def take_results(self, answered: Answered) -> None:
        """Note the results that are those of the text as it is now."""
        sent, given = answered.request.digests, self.edits.given
        done = [r for r in answered.results if r.id in given and sent.get(r.id) == given[r.id].digest]
        for result in done:
            self.digests[result.id] = given[result.id].digest
            self.forced.discard(result.id)
            if given[result.id].attempted:
                self.results[result.id] = result
                self.printed[result.id] = answered.printed.get(result.id, "")
        record(self.store, self.today, done, given)
        self.progress_seen = outside(self.store.path)
        self.dirty = True
        if answered.request.page is not None:
            self.open_page(answered.request.page)
        else:
            self.fresh += [result.id for result in done]
            self.go_on()

    def go_on(self) -> None:
        """After a grading: stay where something is to mend; else show what fails; else the next exercise."""
        status = {i: self.results[i].status for i in self.fresh if i in self.results}
        waiting = self.wanted()
        if waiting and status.get(self.current, "passed") == "passed":
            return
        if not waiting:
            self.fresh.clear()
        if status.get(self.current, "passed") != "passed":
            return
        passed = [i for i, found in status.items() if found == "passed"]
        self.above += [(f"✓ {i} passed: {self.results[i].points:g} points.", "bold green") for i in passed[-3:]]
        failing = [i for i in self.ids if status.get(i, "passed") != "passed"]
        if failing:
            self.show(failing[0])
        elif self.current in passed:
            following = next_unfinished(self.store, self.today, self.current, self.ids)
            if following is None:
                self.above.append((f"All {len(self.ids)} exercises of this selection have passed.", "bold green"))
                if further := next_unfinished(self.store, self.today, self.current, list(self.today)):
                    topic = further.rpartition("/")[0]
                    self.above.append((f"The course goes on with {topic}: q, then nox -s watch -- {topic}", "green"))
            else:
                self.show(following)

    # ----------------------------------------------------------------------------------------------------------- the keys

    def pressed(self, key: str) -> None:
        """Do what a key stands for."""
        self.dirty = True
        if key in ("q", "\x04"):  # Ctrl-D too
            raise Quit
        if self.question:
            self.question = ""
            if key in ("y", "Y"):
                self.start_afresh()
        elif self.view != "exercise":
            self.view = "exercise"
        elif key in ACTIONS:
            self.notes.clear()
            ACTIONS[key](self)

    def step(self, by: int) -> None:
        self.above.clear()
        self.show(self.ids[(self.ids.index(self.current) + by) % len(self.ids)])

    def look_up(self, view: str) -> None:
        self.view = view

    def hint(self) -> None:
        """One hint more, and note how far."""
        seen = max(self.store.entries.get(self.current, Entry()).hints, self.hints_open.get(self.current, 0))
        level = min(seen + 1, len(self.exercises[self.current].hints))
        self.hints_open[self.current] = level
        remember(self.store, self.current, hints=level)
        self.progress_seen = outside(self.store.path)

    def ask_to_reset(self) -> None:
        self.question = f"Start {self.current} afresh? Your text is kept in exercises/.kept/. (y/n) "

    def start_afresh(self) -> None:
        try:
            said = [f"{line}." for line in reset(self.course, self.current)]
        except (CourseError, OSError) as error:
            said = [str(error)]
        self.look(event=True)
        self.notes[:] = said

    def grade_now(self) -> None:
        self.grading.try_again()
        self.look(event=True)
        self.notes.clear()
        answer = self.edits.given.get(self.current)
        if answer is not None and answer.attempted:
            self.forced.add(self.current)
        elif not self.edits.problem(self.topic):
            self.notes.append("Nothing is written yet in this exercise: edit the file and save it.")

    def want_page(self) -> None:
        self.page_wanted = True

    def open_page(self, path: Path) -> None:
        """Show the report page, where there is a browser with a window of its own."""
        shown, is_open = path.relative_to(self.course.root).as_posix(), False
        if sys.platform in ("win32", "darwin") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
            with contextlib.suppress(Exception):  # whatever a browser's start may raise
                is_open = webbrowser.open(path.as_uri())
        self.notes.append(f"The report is in {shown}{'' if is_open else ': open it in a browser'}.")

    # --------------------------------------------------------------------------------------------------------- the screen

    def stand(self, text: str) -> None:
        """Say something until the end, once."""
        if text not in self.standing:
            self.standing.append(text)
            self.dirty = True

    def status(self) -> str:
        """What is going on, in words; empty for nothing."""
        request = self.grading.running
        if request is not None:
            if time.monotonic() < request.started + PATIENCE:
                return ""
            names, total = list(request.digests), self.grading.checks_of(request)
            what = names[0].rpartition("/")[2] if len(names) == 1 else f"{len(names)} exercises"
            what = "all exercises for the report" if request.page else what
            return f"grading {what}: check {min(self.grading.checked + 1, total)} of {total} ..."
        if (self.wanted() or self.page_wanted) and not self.grading.ready and not self.grading.given_up:
            return "starting: PyTorch is loaded once ..."
        return ""

    def is_time_to_draw(self) -> bool:
        """A screen shows what is going on; elsewhere only what is done is printed, one frame after the other."""
        request = self.grading.running
        if request is None:
            return self.dirty and (screen.is_screen() or self.grading.given_up or not self.wanted())
        if not screen.is_screen() or time.monotonic() < request.started + PATIENCE:
            return False
        return self.dirty or time.monotonic() > self.drawn + TICK

    def draw(self) -> None:
        self.dirty, self.drawn = False, time.monotonic()
        listed = rows(self.course, self.store, self.today, self.edits.given, self.ids)
        exercise, answer = self.exercises[self.current], self.edits.given.get(self.current)
        problem, result = self.edits.problem(self.topic), self.results.get(self.current)
        if problem or answer is None or self.digests.get(self.current) != answer.digest:
            result = None  # of an older text
        level = self.hints_open.get(self.current, 0)
        line = f":{answer.line}" if answer and answer.line and not problem else ""
        screen.draw(
            screen.Frame(
                row=next(row for row in listed if row.id == self.current),
                title=exercise.title,
                place=f"exercises/{self.topic}.py{line}",
                rows=listed,
                above=self.above,
                problem=problem,
                result=result,
                printed=self.printed.get(self.current, ""),
                hints=exercise.hints[:level],
                hint_end=last_hint(self.course, self.current) if level == len(exercise.hints) else "",
                status=self.status(),
                question=self.question,
                view=self.view,
                keys=self.with_keys,
                notes=[*self.notes, *self.standing],
            )
        )

    # ----------------------------------------------------------------------------------------------------------- the loop

    def run(self) -> None:
        """Until the student quits."""
        if self.saves.reason:
            self.stand(f"Saves are looked for every second: {self.saves.reason}. The key g grades at once.")
        self.edits.look()
        self.draw()
        self.grading.start(self.course, self.edits.topics)
        looked = time.monotonic()
        while True:
            self.grade()
            if self.is_time_to_draw():
                self.draw()
            due = looked + (EMPTY if self.edits.emptied else self.saves.interval)
            wait = min(due - time.monotonic(), PATIENCE if self.grading.running else 60)
            with contextlib.suppress(queue.Empty):
                self.handle(*self.events.get(timeout=max(wait, 0.01)))
            if time.monotonic() >= due:
                looked = time.monotonic()
                self.look()
                self.look_at_course()
                self.judge_saves()

    def handle(self, kind: str, content: Any) -> None:
        if kind == "key":
            self.pressed(content)
        elif kind == "saved":
            self.look(event=True)
        elif kind == "engine":
            before = self.grading.running
            answered = self.grading.take(content)
            self.notes += self.grading.notes
            self.dirty = self.dirty or bool(self.grading.notes) or before is not self.grading.running
            self.grading.notes.clear()
            if answered is not None:
                self.take_results(answered)
        else:  # another size, or the program goes on after Ctrl-Z
            self.dirty = True

    def judge_saves(self) -> None:
        before = self.saves.reason
        self.saves.judge()
        if self.saves.reason and not before:
            self.stand(f"From now on saves are looked for every second: {self.saves.reason}. The key g grades at once.")

    def close(self) -> None:
        """Leave nothing behind."""
        self.saves.close()
        self.grading.end()


ACTIONS = {
    "h": Watch.hint,
    "n": lambda watch: watch.step(1),
    "p": lambda watch: watch.step(-1),
    "l": lambda watch: watch.look_up("list"),
    "?": lambda watch: watch.look_up("help"),
    "r": Watch.ask_to_reset,
    "g": Watch.grade_now,
    "o": Watch.want_page,
}


def _program_outside() -> object:
    return tuple(outside(path) for path in sorted(Path(__file__).parent.glob("*.py")))


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
