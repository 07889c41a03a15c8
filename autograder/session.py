"""A session of `watch`: the files, what is to be graded, what came of it, which exercise is shown. The terminal is not its business.

What is to be graded is never noted down, it follows: an exercise that was begun and whose code is not the code that was graded last. So saves may
come as fast as they like.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .course import Course, reset
from .edits import Edits, Look, outside
from .grading import Answered, Grading
from .model import CourseError, ExerciseResult
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
from .source import Exercise

PATIENCE = 0.15
"""Seconds before it is said that something is being graded: most are done sooner, and saying it costs time too."""


@dataclass
class Session:
    """The exercises that `selectors` select. `call` is handed, in a thread, the engine's answers for `heard`."""

    course: Course
    selectors: list[str]
    call: Callable[[Any], None]
    ids: list[str] = field(default_factory=list)
    today: dict[str, Task] = field(default_factory=dict)
    exercises: dict[str, Exercise] = field(default_factory=dict)
    current: str = ""
    """The exercise that is shown."""

    digests: dict[str, str] = field(default_factory=dict)
    """Of the code that was graded last, by exercise."""
    results: dict[str, ExerciseResult] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)
    fresh: list[str] = field(default_factory=list)
    """Graded since there was last nothing left to grade."""
    forced: set[str] = field(default_factory=set)
    hints_open: dict[str, int] = field(default_factory=dict)
    """How many hints are shown, by exercise."""
    page_wanted: bool = False
    page: Path | None = None
    """The report page, once it is written."""

    above: list[tuple[str, str]] = field(default_factory=list)
    """Lines with their styles on what has just passed."""
    notes: list[str] = field(default_factory=list)
    """Said until the next save or key."""
    standing: list[str] = field(default_factory=list)
    """Said until the end."""
    dirty: bool = True
    """Whether there is something to show that was not shown yet."""

    def __post_init__(self) -> None:
        self.store: Store = opened(self.course, lambda text: self.stand(f"{text}."))
        self.grading = Grading(self.call)
        self.edits = Edits(self.course, [])
        self.read_course()
        self.course_seen, self.program_seen = self.course_outside(), _program_outside()
        self.progress_seen = outside(self.store.path)

    @property
    def topic(self) -> str:
        return self.current.rpartition("/")[0]

    # ------------------------------------------------------------------------------------------------------- the course

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

    def begin(self) -> None:
        """Read the files and start the engine, which takes a while."""
        self.edits.look()
        self.grading.start(self.course, self.edits.topics)

    def course_outside(self) -> object:
        """What graders and solutions look like without reading them."""
        wanted = set(self.edits.topics)
        chosen = [topic for topic in self.course.topics if topic.key in wanted]
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

    def look(self) -> bool:
        """Take what was saved, and go where the student has been writing; whether anything was."""
        self.look_at_progress()
        found = self.edits.look()
        for i in found.reset:
            self.back_to_stub(i)
        if not found.touched:
            return False
        self.dirty = True
        self.notes.clear()
        self.above.clear()
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
        return True

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

    # ------------------------------------------------------------------------------------------------------ the grading

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

    def heard(self, content: Any) -> None:
        """One of the engine's answers."""
        before = self.grading.running
        answered = self.grading.take(content)
        self.notes += self.grading.notes
        self.dirty = self.dirty or bool(self.grading.notes) or before is not self.grading.running
        self.grading.notes.clear()
        if answered is not None:
            self.take_results(answered)

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
            self.page = answered.request.page
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

    def start_afresh(self) -> None:
        """Put the stub of the exercise shown back."""
        try:
            said = [f"{line}." for line in reset(self.course, self.current)]
        except (CourseError, OSError) as error:
            said = [str(error)]
        self.look()
        self.notes[:] = said

    def grade_now(self) -> None:
        """Grade the exercise shown, whatever was graded before."""
        self.grading.try_again()
        self.look()
        self.notes.clear()
        answer = self.edits.given.get(self.current)
        if answer is not None and answer.attempted:
            self.forced.add(self.current)
        elif not self.edits.problem(self.topic):
            self.notes.append("Nothing is written yet in this exercise: edit the file and save it.")

    def step(self, by: int) -> None:
        """Show the exercise that stands `by` further."""
        self.above.clear()
        self.show(self.ids[(self.ids.index(self.current) + by) % len(self.ids)])

    def hint(self) -> None:
        """Show one hint more of the exercise shown, and note how far."""
        seen = max(self.store.entries.get(self.current, Entry()).hints, self.hints_open.get(self.current, 0))
        level = min(seen + 1, len(self.exercises[self.current].hints))
        self.hints_open[self.current] = level
        remember(self.store, self.current, hints=level)
        self.progress_seen = outside(self.store.path)

    # ----------------------------------------------------------------------------------------------------- what is said

    def current_result(self) -> ExerciseResult | None:
        """The result of the exercise shown, where it is one of the text as it is now."""
        answer = self.edits.given.get(self.current)
        if answer is None or self.edits.problem(self.topic) or self.digests.get(self.current) != answer.digest:
            return None
        return self.results.get(self.current)

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


def _program_outside() -> object:
    return tuple(outside(path) for path in sorted(Path(__file__).parent.glob("*.py")))
