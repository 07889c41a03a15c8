"""`nox -s watch`: grades what a save has changed, shows the first message, and goes on to the next exercise when one passes.

This process has the terminal and the files; grading is done by a warm engine beside it (`warm.py`). What is to be graded is never noted down, it
follows: an exercise that was begun and whose code is not the code that was graded last. So saves may come as fast as they like.
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
from hashlib import sha256
from pathlib import Path
from typing import Any

from . import keys, screen
from .answers import Answer, answers
from .course import Course, reset
from .engine import SourceFile, read_source
from .hints import last_hint
from .listing import rows
from .model import FULL_POINTS, INTERRUPTED, CourseError, ExerciseResult, Report
from .progress import Entry, Store, Task, changed_lines, next_unfinished, opened, record, remember, tasks, unfinished
from .saves import Saves
from .source import Exercise
from .warm import Warm

TICK = 0.5
"""Seconds between two frames while something is graded."""
PATIENCE = 0.15
"""Seconds before a frame says that something is being graded: most are done sooner, and a frame costs time too."""
EMPTY = 0.5
"""Seconds for which an empty file is taken for one that is just being written."""


@dataclass(frozen=True)
class Request:
    """What the engine was asked for: exercises, and the digest of the code that was sent for each."""

    number: int
    digests: dict[str, str]
    page: Path | None = None
    started: float = field(default_factory=time.monotonic)


class Quit(Exception):
    """The student wants to end."""


@dataclass
class Watch:
    """The state of a session."""

    course: Course
    selectors: list[str]
    events: queue.SimpleQueue[tuple[str, Any]]
    ids: list[str] = field(default_factory=list)
    today: dict[str, Task] = field(default_factory=dict)
    exercises: dict[str, Exercise] = field(default_factory=dict)
    store: Store = field(init=False)
    current: str = ""
    view: str = "exercise"
    question: str = ""
    with_keys: bool = False

    texts: dict[str, SourceFile] = field(default_factory=dict)
    given: dict[str, Answer] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    """Topics whose file is no Python just now."""
    seen: dict[str, object] = field(default_factory=dict)
    """Topic -> what its file looked like from outside at the last look."""
    empty_since: dict[str, float] = field(default_factory=dict)
    course_seen: object = None
    progress_seen: object = None
    program_seen: object = None

    graded: dict[str, str] = field(default_factory=dict)
    results: dict[str, ExerciseResult] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)
    since_idle: list[str] = field(default_factory=list)
    """Graded since nothing was left to grade."""
    forced: set[str] = field(default_factory=set)
    hints_open: dict[str, int] = field(default_factory=dict)
    hint_end: str = ""

    engine: Warm | None = None
    generation: object = None
    engine_number: int = 0
    ready: bool = False
    failures: int = 0
    checks: dict[str, int] = field(default_factory=dict)
    running: Request | None = None
    sent: dict[int, Request] = field(default_factory=dict)
    checked: int = 0
    page_wanted: bool = False

    above: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """Said until the next save or key."""
    standing: list[str] = field(default_factory=list)
    """Said until the end."""
    dirty: bool = True
    drawn: float = 0.0

    def __post_init__(self) -> None:
        self.store = opened(self.course, self.say)
        self.saves = Saves(self.course.root / "exercises", lambda: self.events.put(("saved", None)))
        self.read_course()

    # ------------------------------------------------------------------------------------------------------ the course

    def read_course(self) -> None:
        """Take the course as it is on disk now."""
        self.course = Course.at(self.course.root)
        self.ids = self.course.select(self.selectors)
        self.today = tasks(self.course)
        self.exercises = {f"{t.key}/{e.name}": e for t in self.course.topics for e in t.read().exercises}
        self.notes += [f"{line}." for line in changed_lines(self.course, self.store, self.today, self.ids)[:3]]
        self.graded = {i: e.answer for i, e in self.store.entries.items() if i in self.ids} | {
            i: digest for i, digest in self.graded.items() if i in self.ids
        }
        self.seen.clear()
        if self.current not in self.ids:
            self.current = next_unfinished(self.store, self.today, None, self.ids) or self.ids[0]

    @property
    def topics(self) -> list[str]:
        return list(dict.fromkeys(i.rpartition("/")[0] for i in self.ids))

    def look_at_course(self) -> None:
        """Graders and solutions that have changed are read anew; the program itself cannot be."""
        chosen = [topic for topic in self.course.topics if topic.key in self.topics]
        now = tuple(_outside(path) for topic in chosen for path in (topic.grader, topic.solution))
        if self.course_seen is not None and now != self.course_seen:
            self.end_engine()
            self.failures = 0
            try:
                self.read_course()
                self.notes.append("The course has changed on disk: its graders are read anew.")
            except CourseError as error:
                self.notes.append(f"The course has changed on disk and cannot be read just now: {error}")
            self.dirty = True
        self.course_seen = now
        program = tuple(_outside(path) for path in sorted(Path(__file__).parent.glob("*.py")))
        if self.program_seen is not None and program != self.program_seen:
            self.stand("This program itself has been updated: press q and start `nox -s watch` again.")
        self.program_seen = program

    # -------------------------------------------------------------------------------------------------------- the files

    def look(self, *, event: bool = False, first: bool = False) -> None:
        """Read the files that look another than before, and go where the student has been writing."""
        touched: list[str] = []
        changed: list[str] = []
        for key in self.topics:
            path = self.course.root / "exercises" / f"{key}.py"
            now = _outside(path)
            if now == self.seen.get(key):
                continue
            file = read_source(self.course.root / "exercises", key, "exercises")
            if (
                file.text == ""
                and not first
                and time.monotonic() < self.empty_since.setdefault(key, time.monotonic()) + EMPTY
            ):
                continue  # an editor that empties a file before it writes it
            self.empty_since.pop(key, None)
            self.seen[key] = now
            touched.append(key)
            changed += self.take(key, file)
        self.look_at_progress()
        if first or not touched:
            return
        if not event:
            self.saves.found_without_event()
        self.dirty = True
        self.notes.clear()
        self.above.clear()
        self.question = ""
        self.view = "exercise"
        if self.running is not None and (changed or self.running.page):
            self.running = None  # what was saved last comes first; what is left undone still follows
        if not changed:
            name = ", ".join(f"exercises/{key}.py" for key in touched)
            if not any(self.texts[key].problem or key in self.broken for key in touched):
                self.notes.append(f"{name} was saved; no exercise's code has changed in it (g grades all the same).")
        self.go_where_written(touched, changed)

    def look_at_progress(self) -> None:
        """Take over what `grade` beside us has noted."""
        now = _outside(self.store.path)
        if now == self.progress_seen:
            return
        self.progress_seen = now
        before = dict(self.store.entries)
        self.store.load()
        for i in self.ids:
            entry, answer = self.store.entries.get(i, Entry()), self.given.get(i)
            if entry.graded != before.get(i, Entry()).graded and answer is not None and entry.answer == answer.digest:
                self.graded[i] = answer.digest
                self.results.pop(i, None)
                self.dirty = True

    def take(self, key: str, file: SourceFile) -> list[str]:
        """Take a topic file's new text; the exercises that were begun and are another than before."""
        before = {i: self.given.get(i) for i in self.ids_of(key)}
        self.texts[key] = file
        self.broken.discard(key)
        if file.text is None:
            return []
        try:
            found = {f"{key}/{name}": a for name, a in answers(self.course.topic(key).read(), file.text).items()}
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            self.broken.add(key)
            digest = f"broken:{sha256(file.text.encode('utf-8', 'replace')).hexdigest()[:16]}"
            line = getattr(error, "lineno", None)
            found = {i: Answer(line, True, digest) for i in self.ids_of(key)}
        self.given |= {i: a for i, a in found.items() if i in self.exercises}
        changed = []
        for i in self.ids_of(key):
            old, new = before[i], self.given[i]
            if old is not None and old.digest == new.digest:
                continue
            if key not in self.broken and not new.attempted:
                self.results.pop(i, None)
                if self.store.entries.get(i, Entry()).status not in ("", "not_implemented"):
                    self.back_to_stub(i)
            elif self.graded.get(i) != new.digest:
                changed.append(i)
        return changed

    def back_to_stub(self, exercise: str) -> None:
        """An exercise that was reset is to do again."""
        self.graded.pop(exercise, None)
        remember(self.store, exercise, status="not_implemented", points=0.0, answer=self.given[exercise].digest)

    def go_where_written(self, touched: list[str], changed: list[str]) -> None:
        """Show the exercise that was written at: the one shown already, where that is among them."""
        if self.current in changed or (not changed and self.topic in touched):
            return
        unreadable = [
            i for key in touched if self.texts[key].text is None or key in self.broken for i in self.ids_of(key)
        ]
        for those in (changed, unreadable):
            if those and not set(self.ids_of(self.topic)) & set(those):
                self.show(next((i for i in those if unfinished(self.store, self.today, i)), those[0]))
                return
        own = [i for i in changed if i.rpartition("/")[0] == self.topic]
        if own and self.topic not in self.broken:
            self.show(next((i for i in own if unfinished(self.store, self.today, i)), own[0]))

    def ids_of(self, key: str) -> list[str]:
        return [i for i in self.ids if i.rpartition("/")[0] == key]

    @property
    def topic(self) -> str:
        return self.current.rpartition("/")[0]

    def show(self, exercise: str) -> None:
        """Make it the exercise that is shown."""
        if exercise != self.current:
            self.current, self.hint_end = exercise, ""
        self.dirty = True

    # ------------------------------------------------------------------------------------------------------- the grading

    def wanted(self) -> list[str]:
        """What waits to be graded, in the order in which it should be."""
        found = [i for i in self.ids if self.wants(i)]
        return sorted(found, key=lambda i: (i != self.current, i.rpartition("/")[0] != self.topic))

    def wants(self, exercise: str) -> bool:
        answer = self.given.get(exercise)
        key = exercise.rpartition("/")[0]
        if answer is None or self.texts[key].text is None:
            return False
        if exercise in self.forced:
            return True
        if key in self.broken and exercise != self.current:
            return False  # one message says what is wrong with the file
        if not answer.attempted:
            return False
        without_message = exercise == self.current and exercise not in self.results
        return self.graded.get(exercise) != answer.digest or (
            without_message and unfinished(self.store, self.today, exercise)
        )

    def grade(self) -> None:
        """Ask the engine for what is wanted most, where it has nothing to do."""
        wanted = self.wanted()
        if self.running is not None or not (wanted or self.page_wanted):
            return
        if self.engine is None:
            self.start_engine()
        if not self.ready:
            return
        if wanted:
            first = wanted[0].rpartition("/")[0]
            chosen = [i for i in wanted if i.rpartition("/")[0] == first]
            if chosen[0] == self.current and len(chosen) > 1:
                chosen = chosen[:1]  # the exercise shown first: its message should not wait for the others
            page = None
        else:
            chosen, page = list(self.ids), self.course.root / "report.html"
            self.page_wanted = False
        keys = dict.fromkeys(i.rpartition("/")[0] for i in chosen)
        self.engine_number += 1
        request = Request(self.engine_number, {i: self.given[i].digest for i in chosen if i in self.given}, page)
        self.running = request
        self.sent[request.number] = request
        self.checked = 0
        assert self.engine is not None
        self.engine.ask(
            {
                "id": request.number,
                "only": chosen,
                "files": {key: self.texts[key].text for key in keys},
                **({"page": str(page)} if page else {}),
            }
        )

    def start_engine(self) -> None:
        if self.failures >= 2:
            return
        self.ready = False
        generation = object()
        self.generation = generation
        self.engine = Warm(
            self.course.root, self.topics, lambda message: self.events.put(("engine", (generation, message)))
        )

    def end_engine(self) -> None:
        engine, self.engine, self.running, self.ready = self.engine, None, None, False
        self.generation = None
        if engine is not None:
            engine.close()

    def heard(self, message: dict[str, Any]) -> None:
        """An answer of the engine's."""
        if "ready" in message:
            self.ready, self.checks = True, message["checks"]
            for note in message["notes"]:
                self.stand(note)
        elif "ended" in message or "failed" in message:
            self.engine_ended(message)
        elif "check" in message:
            if self.running and message["id"] == self.running.number:
                self.checked += 1
        elif "report" in message:
            self.take_report(message)
        elif "error" in message:
            self.notes.append(message["error"])
            self.forget(message["id"])
        elif "abandoned" in message:
            self.forget(message["id"])

    def engine_ended(self, message: dict[str, Any]) -> None:
        self.end_engine()
        self.failures += 1
        why = message.get("failed") or message.get("ended") or "it was killed"
        self.notes.append(f"The grading process ended: {why.splitlines()[-1][:300]}")
        if self.failures >= 2:
            self.notes.append("Press g to try again; `nox -s doctor` looks for the cause.")
        self.dirty = True

    def forget(self, number: int) -> Request | None:
        if self.running and self.running.number == number:
            self.running = None
            self.dirty = True
        return self.sent.pop(number, None)

    def take_report(self, message: dict[str, Any]) -> None:
        request = self.forget(message["id"])
        if request is None:
            return
        self.failures = 0
        done: list[ExerciseResult] = []
        for result in Report.from_json(message["report"]).exercises:
            answer = self.given.get(result.id)
            if answer is None or request.digests.get(result.id) != answer.digest:
                continue  # the file was saved again meanwhile: this is an answer to an older text
            done.append(result)
            if request.page is None or result.id in self.results or answer.attempted:
                self.results[result.id] = result
                self.printed[result.id] = message["printed"].get(result.id, "")
            self.graded[result.id] = answer.digest
            self.forced.discard(result.id)
        record(self.store, self.today, done, self.given)
        self.progress_seen = _outside(self.store.path)
        if request.page is not None:
            self.open_page(request.page)
            return
        self.since_idle += [result.id for result in done]
        self.go_on()

    def go_on(self) -> None:
        """After a grading: stay where something is to mend, else show what fails, else the next exercise."""
        status = {i: self.results[i].status for i in self.since_idle if i in self.results}
        if status.get(self.current, "passed") != "passed":
            if not self.wanted():
                self.since_idle.clear()
            return
        if self.wanted():
            return
        for i, s in status.items():
            line = (f"✓ {i} passed: {self.results[i].points:g} points.", "bold green")
            if s == "passed" and line not in self.above:
                self.above.append(line)
        del self.above[:-4]
        failing = [i for i in self.ids if status.get(i, "passed") != "passed"]
        self.since_idle.clear()
        if failing:
            self.show(failing[0])
        elif status.get(self.current) == "passed":
            following = next_unfinished(self.store, self.today, self.current, self.ids)
            if following is None:
                self.above.append((f"All {len(self.ids)} exercises of this selection have passed.", "bold green"))
            else:
                self.show(following)

    # ----------------------------------------------------------------------------------------------------------- the keys

    def pressed(self, key: str) -> None:
        """Do what a key stands for."""
        self.dirty = True
        if key in ("q", "\x04"):
            raise Quit
        if self.question:
            self.question = ""
            if key in ("y", "Y"):
                self.reset()
            return
        if self.view != "exercise":
            self.view = "exercise"
            return
        self.notes.clear()
        if key in ("n", "p"):
            self.above.clear()
            self.show(self.ids[(self.ids.index(self.current) + (1 if key == "n" else -1)) % len(self.ids)])
        elif key in ("l", "?"):
            self.view = "list" if key == "l" else "help"
        elif key == "h":
            self.hint()
        elif key == "r":
            self.question = f"Start {self.current} afresh? Your text is kept in exercises/.kept/. (y/n) "
        elif key == "g":
            self.failures = 0
            self.look()
            if self.given.get(self.current, Answer(None, False, "")).attempted:
                self.forced.add(self.current)
            elif not self.texts[self.topic].problem:
                self.notes.append("Nothing is written yet in this exercise: edit the file and save it.")
        elif key == "o":
            self.page_wanted = True

    def hint(self) -> None:
        """One hint more, and note how far."""
        hints = self.exercises[self.current].hints
        seen = max(self.store.entries.get(self.current, Entry()).hints, self.hints_open.get(self.current, 0))
        level = min(seen + 1, len(hints))
        self.hint_end = last_hint(self.course, self.current) if level == len(hints) else ""
        self.hints_open[self.current] = level
        remember(self.store, self.current, hints=level)

    def reset(self) -> None:
        try:
            self.notes += [f"{line}." for line in reset(self.course, self.current)]
        except (CourseError, OSError) as error:
            self.notes.append(str(error))
        notes = list(self.notes)
        self.look(event=True)
        self.notes = notes

    def open_page(self, path: Path) -> None:
        """Show the report page, where there is a browser with a window of its own."""
        shown = path.relative_to(self.course.root).as_posix()
        windowed = sys.platform in ("win32", "darwin") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        opened_it = False
        if windowed:
            with contextlib.suppress(Exception):  # whatever a browser's start may raise
                opened_it = webbrowser.open(path.as_uri())
        self.notes.append(f"The report is in {shown}{'' if opened_it else ': open it in a browser'}.")

    # --------------------------------------------------------------------------------------------------------- the screen

    def say(self, text: str) -> None:
        """What the progress file has to say."""
        self.stand(f"{text}.")

    def stand(self, text: str) -> None:
        if text not in self.standing:
            self.standing.append(text)
            self.dirty = True

    def status(self) -> str:
        """What is going on, in words; empty for nothing."""
        if self.running is not None:
            if time.monotonic() < self.running.started + PATIENCE:
                return ""
            total = sum(self.checks.get(i, 0) for i in self.running.digests)
            names = list(self.running.digests)
            what = names[0].rpartition("/")[2] if len(names) == 1 else f"{len(names)} exercises"
            if self.running.page:
                what = "all exercises for the report"
            return f"grading {what}: {min(self.checked + 1, total)} of {total} checks ..."
        if (self.wanted() or self.page_wanted) and not self.ready and self.failures < 2:
            return "starting: PyTorch is loaded once ..."
        return ""

    def draw(self) -> None:
        self.dirty, self.drawn = False, time.monotonic()
        listed = rows(self.course, self.store, self.today, self.given, self.ids)
        row = next(row for row in listed if row.id == self.current)
        exercise, answer, file = self.exercises[self.current], self.given.get(self.current), self.texts.get(self.topic)
        problem = file.problem or "" if file else ""
        result = None if problem else self.results.get(self.current)
        if result is not None and answer is not None and self.graded.get(self.current) != answer.digest:
            result = None  # of an older text
        line = f":{answer.line}" if answer and answer.line and not problem else ""
        screen.draw(
            screen.Frame(
                row=row,
                title=exercise.title,
                place=f"exercises/{self.topic}.py{line}",
                rows=listed,
                above=self.above,
                problem=problem,
                result=result,
                printed=self.printed.get(self.current, ""),
                hints=exercise.hints[: self.hints_open.get(self.current, 0)],
                hint_end=self.hint_end,
                status=self.status(),
                question=self.question,
                view=self.view,
                keys=self.with_keys,
                extra=[*self.notes, *self.standing],
            )
        )

    # ----------------------------------------------------------------------------------------------------------- the loop

    def run(self) -> None:
        """Until the student quits."""
        if self.saves.reason:
            self.stand(f"Saves are looked for every second: {self.saves.reason}. The key g grades at once.")
        self.look(first=True)
        self.look_at_course()
        self.draw()
        self.start_engine()
        looked = time.monotonic()
        while True:
            self.grade()
            busy = self.running is not None or (not self.ready and self.engine is not None)
            if self.is_time_to_draw():
                self.draw()
            due = looked + (EMPTY if self.empty_since else self.saves.interval)
            wait = min(due - time.monotonic(), PATIENCE if busy else 60)
            with contextlib.suppress(queue.Empty):
                self.handle(*self.events.get(timeout=max(wait, 0.01)))
            if time.monotonic() >= due:
                looked = time.monotonic()
                self.look()
                self.look_at_course()
                self.judge_saves()

    def is_time_to_draw(self) -> bool:
        """A screen shows what is going on; elsewhere only what is done is printed, line after line."""
        if self.running is None:
            return self.dirty and (screen.is_screen() or not (self.wanted() and self.failures < 2))
        if not screen.is_screen() or time.monotonic() < self.running.started + PATIENCE:
            return False
        return self.dirty or time.monotonic() > self.drawn + TICK

    def handle(self, kind: str, content: Any) -> None:
        if kind == "key":
            self.pressed(content)
        elif kind == "saved":
            self.look(event=True)
        elif kind == "engine":
            generation, message = content
            if generation is self.generation:
                self.heard(message)
        else:
            self.dirty = True

    def judge_saves(self) -> None:
        before = self.saves.reason
        self.saves.judge()
        if self.saves.reason and not before:
            self.stand(f"From now on saves are looked for every second: {self.saves.reason}. The key g grades at once.")

    def close(self) -> None:
        self.saves.close()
        self.end_engine()


def _outside(path: Path) -> object:
    """What a file looks like without reading it."""
    try:
        found = path.stat()
        return found.st_mtime_ns, found.st_size, found.st_ino, found.st_mode
    except OSError as error:
        return error.errno


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
    course = Course.at(arguments.root)
    course.select(arguments.selectors)
    events: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
    watch = Watch(course, list(arguments.selectors), events)
    code = FULL_POINTS
    try:
        with (
            _ended_by_signals(),
            keys.listening(lambda key: events.put(("key", key)), lambda: events.put(("redraw", None))) as listening,
        ):
            watch.with_keys = listening
            try:
                watch.run()
            except Quit:
                pass
            except KeyboardInterrupt:
                code = INTERRUPTED
    finally:
        watch.close()
        if sys.stdout.isatty():
            print()
    return code
