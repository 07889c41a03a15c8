"""Grades the attacks of tests/attacks and writes down what came of each; see test_attacks.py, which reads that.

    python -m tests.attacking SETTING.json

It is a program of its own because the engine runs pytest, which does not run inside itself. An attack is a topic file for the sample course whose
first line says what it tries. It defines only the exercises that it attacks; right answers to the others are put behind it, so that harm to them
shows. Its constants are for this file alone:

    EXPECT    exercise -> (status, sentence in the report, another that will do, ...); all others must pass
    EARNS     exercise -> points, where a failing exercise rightly earns some
    FILES     path in the submission -> content; LINKS: path -> target of a symbolic link
    CROSSES   walls: with such a wall alone taken down the attack succeeds
    ONLY      levels of walls at which it can be asked not to succeed

In its text @NAME@ stands for what the attack could not know: see `Watch.names`.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import io
import json
import os
import re
import resource
import secrets
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from .sample import SAMPLE, SUBMISSIONS

ATTACKS = Path(__file__).resolve().parent / "attacks"
EXERCISES = {"double": 2.0, "Scale": 2.0, "descend": 3.0}
TOPIC = "00_sample/basics"
CROSSED = re.compile(r"(Error|Exit): crossed")
"""Attacks raise this where they got what they tried for. A report may quote the line that would: that does not count."""


@dataclass(frozen=True)
class Attack:
    """One file of tests/attacks, its constants read without running it."""

    name: str
    doc: str
    text: str
    constants: dict[str, Any]

    def expected(self, exercise: str) -> tuple[list[str], tuple[str, ...]]:
        status, *texts = self.constants["EXPECT"].get(exercise, ("passed",))
        return status.split("|"), tuple(texts)

    def points(self, exercise: str) -> float:
        if exercise not in self.constants["EXPECT"]:
            return EXERCISES[exercise]
        return float(self.constants.get("EARNS", {}).get(exercise, 0.0))

    def complete(self) -> str:
        """The attack with right answers to the exercises that it leaves alone behind it."""
        defined = {getattr(node, "name", None) for node in ast.parse(self.text).body}
        defined |= {
            target.id
            for node in ast.parse(self.text).body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        right = (SUBMISSIONS / "right" / f"{TOPIC}.py").read_text(encoding="utf-8")
        parts = [
            ast.get_source_segment(right, node)
            for node in ast.parse(right).body
            if isinstance(node, ast.Import | ast.ImportFrom) or getattr(node, "name", None) in set(EXERCISES) - defined
        ]
        return self.text + "\n\n" + "\n\n\n".join(part for part in parts if part) + "\n"


def read_attacks() -> list[Attack]:
    attacks = []
    for path in sorted(ATTACKS.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        constants: dict[str, Any] = {}
        for node in ast.parse(text).body:
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.targets[0], ast.Name)
                and node.targets[0].id in ("EXPECT", "EARNS", "FILES", "LINKS", "CROSSES", "ONLY", "CONFTEST", "PLANT")
            ):
                # Constants may be built by dict.fromkeys, + and *: nothing else is at hand.
                constants[node.targets[0].id] = eval(
                    compile(ast.Expression(node.value), path.name, "eval"),
                    {"__builtins__": {}, "dict": dict, **constants},
                )
        attacks.append(Attack(path.stem, ast.get_docstring(ast.parse(text)) or "", text, constants))
    return attacks


# -------------------------------------------------------------------------------------------------------------- ground


@dataclass(frozen=True)
class Ground:
    """A folder with a course to be kept secret, places to be left alone, and texts that no report may hold."""

    folder: Path

    @property
    def canary(self) -> str:
        """Kept in a file: a program that grades is to have it in its memory no earlier than it reads graders and solutions."""
        return (self.folder / "canary").read_text()

    @property
    def course(self) -> Path:
        return self.folder / "course"

    @property
    def outside(self) -> Path:
        return self.folder / "outside"

    @property
    def sibling(self) -> Path:
        return self.folder / "submissions" / "sibling"

    @property
    def readable(self) -> Path:
        return self.folder / "readable"


def build(folder: Path, other: int | None = None) -> Ground:
    """Lay the ground; `other` is a user to whom a file belongs that root could only read by its powers."""
    ground = Ground(folder)
    (folder / "canary").write_text("answer-key-" + secrets.token_hex(8))
    shutil.copytree(SAMPLE, ground.course, ignore=shutil.ignore_patterns("__pycache__"))
    for path in [*ground.course.rglob("basics.py"), *ground.course.rglob("*_basics.py")]:
        text = path.read_text(encoding="utf-8").replace("@check(", "@check(seconds=1, exercise=")
        path.write_text(text.replace("import torch\n", f"import torch\n\n# {ground.canary}\n", 1), encoding="utf-8")
    shutil.copytree(SUBMISSIONS / "right", ground.sibling)
    (ground.sibling / f"{TOPIC}.py").write_text(
        f"# {ground.canary}\n" + (SUBMISSIONS / "right" / f"{TOPIC}.py").read_text(encoding="utf-8"), encoding="utf-8"
    )
    for place in (ground.outside, ground.readable):
        place.mkdir()
    ground.outside.chmod(0o777)
    for path, mode in (
        (ground.outside / "secret", 0o666),
        (ground.readable / "private", 0o600),
        (ground.readable / "foreign", 0o600),
    ):
        path.write_text(ground.canary)
        path.chmod(mode)
    if other is not None:
        os.chown(ground.readable / "foreign", other, other)
    elif os.geteuid():
        (ground.readable / "foreign").unlink()
    home = folder / "home"
    cache = Path.home() / ".cache" / "matplotlib"  # making it anew takes seconds
    if cache.is_dir():
        shutil.copytree(cache, home / ".cache" / "matplotlib")
    home.mkdir(exist_ok=True)
    return ground


# --------------------------------------------------------------------------------------------------------------- watch


@dataclass
class Watch:
    """What the attacks try to reach, and whether they did: listeners, a process, a worker with a secret, files."""

    ground: Ground
    spawner: Any
    abstract: str = field(default_factory=lambda: "attacks-" + secrets.token_hex(4))

    def __post_init__(self) -> None:
        self.tcp, self.udp = socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.unix, self.hidden = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        self.unix.bind(str(self.ground.outside / "socket"))
        (self.ground.outside / "socket").chmod(0o666)
        self.hidden.bind("\0" + self.abstract)
        for listener in (self.unix, self.hidden):
            listener.listen()
        self.victim = subprocess.Popen(["sleep", "1000"])
        self.sibling = self._start_sibling()
        self.files = self._files()
        self.processes = descendants(os.getpid())

    def _start_sibling(self) -> Any:
        from autograder.channel import dumps

        process = self.spawner.connect().spawn()
        source = f"KEY = {self.ground.canary!r}\nwith open('secret', 'w') as file:\n    file.write(KEY)\n"
        process.channel.send(
            dumps(
                {
                    "op": "load",
                    "name": "sibling.py",
                    "source": source,
                    "blocked": [],
                    "begin": 0,
                    "token": "x",
                    "cpu": 9,
                }
            )
        )
        reply = process.channel.receive(time.monotonic() + 60)
        assert reply["token"] == "x", reply
        assert "error" not in reply, reply
        return process

    def names(self) -> dict[str, str]:
        """What each @NAME@ in an attack stands for."""
        return {
            "COURSE": str(self.ground.course),
            "OUTSIDE": str(self.ground.outside),
            "SIBLING": str(self.ground.sibling),
            "READABLE": str(self.ground.readable),
            "SIBLING_SCRATCH": self.sibling.scratch,
            "SIBLING_PID": str(self.sibling.pid),
            "VICTIM_PID": str(self.victim.pid),
            "GRADER_PID": str(os.getpid()),
            "TCP_PORT": str(self.tcp.getsockname()[1]),
            "UDP_PORT": str(self.udp.getsockname()[1]),
            "ABSTRACT": self.abstract,
        }

    def fill(self, text: str) -> str:
        for name, value in self.names().items():
            text = text.replace(f"@{name}@", value)
        return text

    def _files(self) -> dict[str, str]:
        found = {}
        for path in sorted(
            [*self.ground.outside.iterdir(), *self.ground.sibling.rglob("*"), *self.ground.course.rglob("*")]
        ):
            if "__pycache__" not in path.parts:  # written by the engine's own pytest
                content = path.read_text(errors="replace") if path.is_file() else ""
                found[str(path)] = (
                    f"{path.lstat().st_mode:o} {path.lstat().st_mtime_ns if path.is_file() else 0} {content}"
                )
        for place in ("/tmp", "/var/tmp", "/dev/shm", "/run"):
            with contextlib.suppress(OSError):
                found |= {os.path.join(place, name): "" for name in os.listdir(place) if "planted" in name}
        return found

    def seen(self) -> list[str]:
        """What an attack reached; put back as it was."""
        seen = []
        for name in ("tcp", "udp", "unix", "hidden"):
            listener = getattr(self, name)
            while select.select([listener], [], [], 0)[0]:
                said = listener.recv(100) if name == "udp" else listener.accept()[0].recv(100)
                seen.append(f"{name} socket heard {said!r}")
        if self.victim.poll() is not None:
            seen.append(f"a process was killed: {self.victim.returncode}")
            self.victim = subprocess.Popen(["sleep", "1000"])
            self.processes = descendants(os.getpid())
        if select.select([self.sibling.pidfd], [], [], 0)[0]:
            seen.append("the sibling worker ended")
            self.sibling.end()
            self.sibling = self._start_sibling()
            self.processes = descendants(os.getpid())
        files = self._files()
        seen += [
            f"{path} changed"
            for path in sorted(set(files) | set(self.files))
            if files.get(path) != self.files.get(path)
        ]
        self.files = files
        return seen

    def left(self) -> list[str]:
        """Processes and folders that are there and were not before, given a moment to go."""
        deadline = time.monotonic() + 60
        while True:
            left = [f"process {pid}" for pid in descendants(os.getpid()) - self.processes]
            root = Path(self.sibling.scratch).parent
            if root.is_dir():  # not inside bubblewrap
                left += [f"folder {path}" for path in root.iterdir() if str(path) != self.sibling.scratch]
            if not left or time.monotonic() > deadline:
                return left
            time.sleep(0.02)

    def close(self) -> None:
        self.sibling.end()
        self.victim.kill()
        self.victim.wait()
        for listener in (self.tcp, self.udp, self.unix, self.hidden):
            listener.close()
        (self.ground.outside / "socket").unlink(missing_ok=True)


def descendants(pid: int) -> set[int]:
    """Processes below `pid`."""
    found: set[int] = set()
    todo = [pid]
    while todo:
        parent = todo.pop()
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"/proc/{parent}/task"):
                children = {int(child) for child in Path(f"/proc/{parent}/task/{thread}/children").read_text().split()}
                todo += children - found
                found |= children
    return found


# -------------------------------------------------------------------------------------------------------------- grading


def grade(engine: Any, watch: Watch, attack: Attack) -> dict[str, Any]:
    """Grade one attack as a submission in a folder; all that is to be asserted of it."""
    from autograder import report as reports
    from autograder.submission import read_submission

    folder = watch.ground.folder / "submissions" / attack.name
    files = {f"{TOPIC}.py": attack.complete(), **attack.constants.get("FILES", {})}
    links = attack.constants.get("LINKS", {})
    for path, content in files.items():
        if not any(path == link or path.startswith(f"{link}/") for link in links):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(watch.fill(content).encode("utf-8", "surrogateescape"))
    for path, target in links.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).symlink_to(watch.fill(target))
    began = time.monotonic()
    submission = read_submission(engine.course, folder, attack.name, [TOPIC], "exercises")
    graded = engine.grade(submission, secrets.randbits(48))
    report = graded.report.to_json()
    screen = io.StringIO()
    with contextlib.redirect_stdout(screen):
        reports.show(graded)
    reports.write_json(watch.ground.folder / "report.json", graded.report)
    reports.write_junit(watch.ground.folder / "report.xml", graded.report)
    ElementTree.parse(watch.ground.folder / "report.xml")
    written = json.loads((watch.ground.folder / "report.json").read_text(encoding="utf-8"))
    text = json.dumps([report, graded.printed, graded.kinds, screen.getvalue()], ensure_ascii=False)
    messages = [check["message"] for exercise in written["exercises"] for check in exercise["checks"]]
    found = {
        "exercises": {
            exercise["id"].rpartition("/")[2]: {
                "status": exercise["status"],
                "points": exercise["points"],
                "text": "\n".join(check["message"] for check in exercise["checks"]),
            }
            for exercise in report["exercises"]
        },
        "walls": report["walls"],
        "leaked": watch.ground.canary in text,
        "crossed": bool(CROSSED.search(text)),
        "engine_error": "engine error" in text,
        "raw_control": [
            line
            for line in [*messages, *report["notes"], *screen.getvalue().splitlines()]
            if not line.replace("\n", "").isprintable()
        ],
        "longest": max(
            [*map(len, messages), *map(len, graded.printed.values()), *(len(kind) for kind in graded.kinds.values())]
        ),
        "seen": watch.seen(),
        "left": watch.left(),
        "seconds": round(time.monotonic() - began, 2),
    }
    shutil.rmtree(folder)
    return found


def succeeded(attack: Attack, found: dict[str, Any]) -> list[str]:
    """In what ways an attack got what it tried for."""
    ways = [name for name in ("leaked", "crossed") if found[name]]
    more = [name for name, exercise in found["exercises"].items() if exercise["points"] > attack.points(name)]
    return [*ways, *(f"points for {name}" for name in more), *found["seen"], *found["left"]]


def outlives_the_zygote(engine: Any) -> dict[str, Any]:
    """Whether a busy worker lives on when the zygote is killed, its grader still holding the channel; and where its folder is."""
    from autograder.channel import dumps

    process = engine.spawner.connect().spawn()
    zygote = int(Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[1])
    process.channel.send(
        dumps(
            {
                "op": "load",
                "name": "x.py",
                "source": "while True: pass",
                "blocked": [],
                "begin": 0,
                "token": "x",
                "cpu": 60,
            }
        )
    )
    time.sleep(0.2)
    os.kill(zygote, signal.SIGKILL)
    ended, _, _ = select.select([process.pidfd], [], [], 5)
    if not ended:
        signal.pidfd_send_signal(process.pidfd, signal.SIGKILL)
    return {"outlived": not ended, "folder": str(Path(process.scratch).parent)}


def waits_for_no_reader(engine: Any) -> str:
    """How sending ends where the worker has stopped and reads nothing."""
    import torch

    from autograder.channel import ChannelError, dumps

    process = engine.spawner.connect().spawn()
    signal.pidfd_send_signal(process.pidfd, signal.SIGSTOP)
    try:
        process.channel.send(dumps(torch.zeros(1 << 22)), time.monotonic() + 0.5)
    except ChannelError as error:
        return type(error).__name__
    finally:
        process.end()
    return "sent"


def main() -> None:
    from autograder import clock, engine, sandbox, zygote
    from autograder.course import Course
    from autograder.model import CourseError, EngineError

    zygote.one_thread()
    setting = json.loads(Path(sys.argv[1]).read_text())
    ground = Ground(Path(setting["ground"]))
    # So that what is ended by the clock is ended soon; the limits themselves are the engine's.
    sandbox.LOAD_SECONDS, clock.PATIENCE = 2, 2
    course = Course.at(ground.course)

    def use(names: list[str], wall: str, results: dict[str, Any], running: Any) -> int:
        results["walls"] = running.walls
        if names == ["zygote"]:
            results.update(outlives_the_zygote(running))
            return 0
        watch = Watch(ground, running.spawner)
        try:
            results["no_reader"] = waits_for_no_reader(running)
            for attack in read_attacks():  # not before the zygote is there: it would have them in its memory
                needed = set(attack.constants.get("ONLY", ())) - {wall}
                if attack.name in names and needed <= set(running.walls):
                    results[attack.name] = grade(running, watch, attack)
        finally:
            watch.close()
        # Of grader children: zygote and workers are not reaped yet.
        results["memory"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        return 0

    found: dict[str, Any] = {}
    for key, names in setting["runs"].items():
        level, _, wall = key.partition(" without ")
        results: dict[str, Any] = {}
        found[key] = results
        try:
            engine.run(
                course,
                course.topics,
                engine.Options(level, others=True, without=frozenset({wall} if wall else ())),
                functools.partial(use, names, wall, results),
            )
        except (CourseError, EngineError) as error:
            results["refused"] = str(error)
        if "folder" in results:  # the zygote could not remove it any more
            results["left"] = os.path.exists(results["folder"])
    Path(setting["out"]).write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
