"""The warm engine of `watch`: a process of its own that grades what it is sent, a JSON line in, JSON lines out; and the other end of it.

So the front end needs no torch, answers keys while something is graded, and outlives an engine that died. A request is
`{"id", "only": [exercise ids], "files": {topic: text}}`, with `"page": PATH` where the report page is wanted too. Answers carry its id: one
`check` after the other, then `report`, `abandoned` (a newer request had come) or `error`. The process ends when its input does.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .client import PACKAGE_ROOT
from .course import Course, TopicRef
from .model import CourseError
from .zygote import one_thread

if TYPE_CHECKING:
    from .engine import Engine, Progress

# ------------------------------------------------------------------------------------------------------------ front end


class Warm:
    """Starts the process; `heard` is called, in a thread, with each of its answers, and last of all with `{"ended": what it said}`."""

    def __init__(self, root: Path, topics: Sequence[str], heard: Callable[[dict[str, Any]], None]) -> None:
        self._errors = tempfile.TemporaryFile(mode="w+", encoding="utf-8", errors="replace")  # noqa: SIM115 - lives as long as the process
        path = os.pathsep.join([str(PACKAGE_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        # A session of its own: Ctrl-C at the terminal is the front end's to handle.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "autograder.warm", str(root), *topics],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,
        )
        self._heard = heard
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with contextlib.suppress(ValueError, OSError):  # closed in mid-line
            for line in self._process.stdout:
                self._heard(json.loads(line))
        said = ""
        with contextlib.suppress(ValueError, OSError):
            self._errors.seek(0)
            said = self._errors.read()[-2000:].strip()
        self._heard({"ended": said})

    def ask(self, request: dict[str, Any]) -> None:
        """Send a request; a grading that is under way is abandoned for it."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # it has ended: `heard` learns that
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()

    def close(self) -> None:
        """End the process, and with it all that it started."""
        with contextlib.suppress(OSError):
            assert self._process.stdin is not None
            self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()


# ------------------------------------------------------------------------------------------------------ the process itself


class _Requests:
    """Lines from standard input, the newest of those that wait."""

    def __init__(self) -> None:
        self._rest = b""

    def newest(self) -> dict[str, Any] | None:
        """Wait for a request; None when the input has ended."""
        while b"\n" not in self._rest:
            chunk = os.read(0, 1 << 16)
            if not chunk:
                return None
            self._rest += chunk
        *lines, self._rest = self._rest.split(b"\n")
        found: dict[str, Any] = json.loads(lines[-1])
        return found


def main(arguments: Sequence[str]) -> int:
    """Serve the topics `arguments[1:]` of the course at `arguments[0]` until the input ends."""
    one_thread()
    from . import engine

    out = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)  # whatever prints by mistake does not disturb the answers

    def say(**message: Any) -> None:
        print(json.dumps(message), file=out, flush=True)

    try:
        course = Course.at(Path(arguments[0]))
        topics = [topic for topic in course.topics if topic.key in arguments[1:]]
        return engine.run(course, topics, engine.Options("best"), lambda running: _serve(running, topics, say))
    except CourseError as error:
        say(failed=str(error))
        return 2
    except BrokenPipeError:  # the front end is gone
        return 1


def _serve(running: Engine, topics: Sequence[TopicRef], say: Callable[..., None]) -> int:
    checks: dict[str, int] = {}
    for check in running.checks:
        checks[check.exercise] = checks.get(check.exercise, 0) + 1
    say(ready=True, checks=checks, walls=list(running.walls), notes=list(running.notes))
    requests = _Requests()
    while (request := requests.newest()) is not None:
        try:
            _answer(running, request, say)
        except CourseError as error:
            say(id=request["id"], error=str(error))
    return 0


def _answer(running: Engine, request: dict[str, Any], say: Callable[..., None]) -> None:
    from .engine import can_fork
    from .submission import SourceFile, Submission

    files = {key: SourceFile(f"exercises/{key}.py", text) for key, text in request["files"].items()}
    submission = Submission("exercises", files, frozenset(request["only"]))

    def on_check(done: Progress) -> None:
        say(id=request["id"], check=done.exercise)

    graded = running.grade(submission, secrets.randbits(48), on_check, until=0 if can_fork() else None)
    if graded.partial:
        say(id=request["id"], abandoned=True)
        return
    if request.get("page"):
        from .html import write_report

        write_report(Path(request["page"]), running, submission, graded)
    say(id=request["id"], report=graded.report.to_json(), printed=graded.printed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
