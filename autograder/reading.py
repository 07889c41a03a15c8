"""From a submission's files to the topic files that are graded: which file is which topic, a notebook's cells as a file, what was odd.

What students wrote is parsed here (notebooks as JSON, cells and answers as Python), which hostile text can make very slow, or crash; so it is
done in a child with limits for each submission, forked from a small process that knows neither torch nor graders.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .cells import DEFINES, CodeCell, compose
from .children import limit_memory
from .course import Course
from .filetree import Refused, Tree, ZipTree, files_below
from .gather import Source
from .kernel import end_with_parent
from .model import CourseError
from .notebooks import CHECK_SUFFIX
from .rebuild import notebook_from
from .serve import given_cells
from .similar import Print, fingerprints
from .source import MAX_SOURCE, stub_of
from .submission import SourceFile, source_of

MAX_NOTEBOOK = 64 << 20
MAX_ARCHIVE = 64 << 20
"""Bytes of an archive inside a submission beyond which it is not looked into."""

SECONDS = 20
"""CPU seconds that reading one submission may take."""
MEMORY = 3 << 30

NOT_HANDED_IN = frozenset(
    {"solutions", "source", "release", "autograded", "feedback", "venv", "env", "autograder", "tests"}
)
"""Folders in which no answers are looked for: a student may hand in the whole course folder."""

SHADOWS = ("torch.py", "numpy.py", "conftest.py", "sitecustomize.py", "matplotlib.py")


@dataclass(frozen=True)
class Read:
    """A submission as it is graded."""

    files: dict[str, SourceFile]
    """Topic -> its file."""
    lines: dict[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    """For a topic that came as a notebook: cell and line of each line of the file."""
    parts: dict[str, dict[str, SourceFile]] = field(default_factory=dict)
    """For a notebook whose file does not load as a whole: exercise -> the file with what it alone needs."""
    part_lines: dict[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    prints: dict[str, Print] = field(default_factory=dict)
    """Exercise id -> fingerprint of its answer."""
    notes: tuple[str, ...] = ()


def read(course: Course, wanted: Mapping[str, Sequence[str]], source: Source, *, parts: bool = False) -> Read:
    """Read a submission for the topics and exercises `wanted`; `parts` composes notebooks for each exercise, too."""
    notes: list[str] = []
    try:
        tree, paths = _files(source, notes)
    except CourseError as error:
        problem = str(error)
        return Read({key: SourceFile(f"exercises/{key}.py", None, problem) for key in wanted}, notes=(problem,))
    places = _placed(course, wanted, tree, paths, notes)
    files: dict[str, SourceFile] = {}
    lines: dict[str, tuple[tuple[int, int], ...]] = {}
    parted: dict[str, dict[str, SourceFile]] = {}
    part_lines: dict[str, tuple[tuple[int, int], ...]] = {}
    prints: dict[str, Print] = {}
    for key, names in wanted.items():
        place = places.get(key)
        shown = f"exercises/{key}.py"
        if place is None:
            files[key] = SourceFile(shown, None, f"{shown} is missing; `nox -s reset -- {key}` writes its stubs anew")
            continue
        try:
            data = tree.read(paths[place], MAX_NOTEBOOK if place.endswith(".ipynb") else MAX_SOURCE)
        except Refused as refused:
            files[key] = SourceFile(shown, None, f"{shown} {refused}")
            continue
        if not place.endswith(".ipynb"):
            files[key] = source_of(data, shown)
        elif len(data) > MAX_NOTEBOOK:
            why = f"{place} has more than the {MAX_NOTEBOOK >> 20} MB that are read: clear its outputs"
            files[key] = SourceFile(shown, None, why)
        else:
            shown = place.rpartition("/")[2]
            cells = _code_cells(data, shown, names, notes)
            given = given_cells(course.topic(key))
            composed = compose(cells, names, given, shown)
            files[key] = SourceFile(shown, composed.text, problems=composed.problems)
            lines[key] = composed.lines
            notes += composed.notes
            for name in names if parts else ():
                part = compose(cells, [name], given, shown)
                parted.setdefault(key, {})[name] = SourceFile(shown, part.text, problems=part.problems)
                part_lines[f"{key}/{name}"] = part.lines
        text = files[key].text
        if text is not None:
            prints |= {f"{key}/{name}": one for name, one in fingerprints(text, names).items()}
    return Read(files, lines, parted, part_lines, prints, tuple(dict.fromkeys(notes))[:50])


def _files(source: Source, notes: list[str]) -> tuple[_Mounted, dict[str, str]]:
    """The submission's files: name as it was handed in -> path to read."""
    tree = _Mounted(source.tree)
    if source.files:
        paths = dict(source.files)
    elif source.archive:
        paths = tree.mount(source.archive)
    else:
        start = f"{source.folder}/" if source.folder else ""
        paths = {path.removeprefix(start): path for path in files_below(source.tree, source.folder)}
    for name in [name for name in paths if name.endswith(".zip")][:4]:
        with contextlib.suppress(CourseError):
            inner = tree.mount(paths[name])
            above = name.rpartition("/")[0]
            for below, path in inner.items():
                paths.setdefault(f"{above}/{below}" if above else below, path)
            notes.append(f"{name} was looked into")
    return tree, paths


class _Mounted:
    """A tree, and the archives in it; a path of the form `n:path` lies in the n-th of them."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.inner: list[ZipTree] = []

    def mount(self, path: str) -> dict[str, str]:
        """Look into an archive: its files, and the paths to read them by."""
        shown = path.rpartition("/")[2]
        try:
            data = self.tree.read(path, MAX_ARCHIVE)
        except Refused as refused:
            raise CourseError(str(refused), shown) from None
        if len(data) > MAX_ARCHIVE:
            raise CourseError(f"is larger than the {MAX_ARCHIVE >> 20} MB that are read", shown)
        archive = ZipTree(data, shown)
        self.inner.append(archive)
        return {name: f"{len(self.inner) - 1}:{name}" for name in files_below(archive, "")}

    def read(self, path: str, most: int) -> bytes:
        number, colon, name = path.partition(":")
        if colon and number.isdigit() and int(number) < len(self.inner):
            return self.inner[int(number)].read(name, most)
        return self.tree.read(path, most)


def _placed(
    course: Course, wanted: Mapping[str, Sequence[str]], tree: _Mounted, paths: dict[str, str], notes: list[str]
) -> dict[str, str]:
    """Topic -> the name of its file. By its place first; a file that lies elsewhere is known by the exercises that it defines."""
    answers = [
        name for name in paths if name.endswith((".py", ".ipynb")) and NOT_HANDED_IN.isdisjoint(name.split("/")[:-1])
    ]
    known = {f"{topic.key}{end}" for topic in course.topics for end in (".py", ".ipynb")}
    bases: dict[str, int] = {}
    for name in answers:
        parts = name.split("/")
        if "/".join(parts[-2:]) in known:
            base = "/".join(parts[:-2])
            bases[base] = bases.get(base, 0) + 1
    order = sorted(bases, key=lambda base: (-bases[base], base.count("/"), base))
    found: dict[str, str] = {}
    for key in wanted:
        for base in order:
            start = f"{base}/" if base else ""
            here = [f"{start}{key}{end}" for end in (".py", ".ipynb") if f"{start}{key}{end}" in paths]
            if here:
                found[key] = _one_of(course, key, here, tree, paths, notes)
                break
    if len(order) > 1:
        notes.append(f"chapters lie in several folders; {order[0] or 'the outermost'} was read first")
    taken = set(found.values())
    loose = [name for name in answers if name not in taken and "/".join(name.split("/")[-2:]) not in known][:100]
    missing = {key: set(names) for key, names in wanted.items() if key not in found}
    for key, name in _by_content(missing, loose, tree, paths).items():
        found[key] = name
        if name.rpartition("/")[2].rpartition(".")[0] != key.rpartition("/")[2]:
            notes.append(f"{name} was graded as {key}: it defines that topic's exercises")
    notes += _stray(course, order[0] if order else "", paths, set(found.values()))
    return found


def _one_of(course: Course, key: str, here: list[str], tree: _Mounted, paths: dict[str, str], notes: list[str]) -> str:
    """A file and a notebook of the same topic: the file, unless it is the untouched stub."""
    if len(here) == 1:
        return here[0]
    try:
        untouched = tree.read(paths[here[0]], MAX_SOURCE).split() == stub_of(course.topic(key).read()).encode().split()
    except Refused:
        untouched = True
    chosen, other = (here[1], here[0]) if untouched else (here[0], here[1])
    notes.append(f"{key} was handed in twice: {chosen} was graded, {other} was not")
    return chosen


def _by_content(
    missing: Mapping[str, set[str]], loose: Sequence[str], tree: _Mounted, paths: dict[str, str]
) -> dict[str, str]:
    """Topic -> the file that defines most of its exercises."""
    scores: list[tuple[float, str, str]] = []
    for name in loose if missing else ():
        try:
            text = tree.read(paths[name], MAX_SOURCE).decode("utf-8", "replace")
        except Refused:
            continue
        if name.endswith(".ipynb"):
            text = text.replace("\\n", "\n").replace('"', "\n")
        defined = set(DEFINES.findall(text))
        stem = name.rpartition("/")[2].lower()
        for key, names in missing.items():
            if count := len(names & defined):
                scores.append((count + (0.5 if key.rpartition("/")[2] in stem else 0), key, name))
            elif stem in (f"{key.rpartition('/')[2]}.py", f"{key.rpartition('/')[2]}.ipynb"):
                scores.append((0.1 / len(missing), key, name))
    found: dict[str, str] = {}
    for _, key, name in sorted(scores, key=lambda score: (-score[0], score[1], score[2])):
        if key not in found and name not in found.values():
            found[key] = name
    return found


def _stray(course: Course, base: str, paths: dict[str, str], used: set[str]) -> list[str]:
    """A note for each thing in the chapters that was not used: a mis-named file is the commonest reason for lost points."""
    start = f"{base}/" if base else ""
    topics = {f"{topic.key}{end}" for topic in course.topics for end in (".py", ".ipynb")}
    notes = []
    for name in sorted(paths):
        inside = name.removeprefix(start)
        parts = inside.split("/")
        if not name.startswith(start) or name in used:
            continue
        odd = len(parts) > 1 and parts[0] in course.chapters and f"{parts[0]}/{parts[1]}" not in topics
        if (odd and parts[1] not in ("README.md", "timestamp.txt")) or inside in SHADOWS:
            notes.append(f"exercises/{'/'.join(parts[:2])} is not part of the course and was not used"[:300])
    return list(dict.fromkeys(notes))[:50]


def _code_cells(data: bytes, shown: str, exercises: Sequence[str], notes: list[str]) -> list[CodeCell]:
    cells, odd = notebook_from(data, shown)
    notes += odd
    defined = {name for cell in cells if cell.kind == "code" for name in DEFINES.findall(cell.source)}
    for cell in cells:
        lost = cell.kind != "code" and cell.label in exercises and cell.label not in defined
        if lost and cell.label in DEFINES.findall(cell.source):
            notes.append(f"cell {cell.number} ({cell.label}) had become a {cell.kind} cell; it was read as code")
            cell.kind = "code"
    return [
        CodeCell(cell.number, cell.source)
        for cell in cells
        if cell.kind == "code"
        and not ((cell.label or "").endswith(CHECK_SUFFIX) and set(exercises).isdisjoint(DEFINES.findall(cell.source)))
    ]


# -------------------------------------------------------------------------------------------------- in a process of its own


def to_json(found: Read) -> dict[str, Any]:
    return dataclasses.asdict(found)


def from_json(data: dict[str, Any]) -> Read:
    """The inverse of `to_json`."""

    def files(found: dict[str, Any]) -> dict[str, SourceFile]:
        return {key: SourceFile(**file) for key, file in found.items()}

    def lines(found: dict[str, Any]) -> dict[str, tuple[tuple[int, int], ...]]:
        return {key: tuple((int(cell), int(line)) for cell, line in pairs) for key, pairs in found.items()}

    return Read(
        files(data["files"]),
        lines(data["lines"]),
        {key: files(found) for key, found in data["parts"].items()},
        lines(data["part_lines"]),
        {key: Print(one["size"], one["whole"], tuple(one["grams"])) for key, one in data["prints"].items()},
        tuple(data["notes"]),
    )


@dataclass
class Request:
    """A submission that is to be read: its number, the topics, whether notebooks are wanted in parts."""

    number: int
    topics: tuple[str, ...]
    parts: bool = False


class Reader:
    """The small process that reading children are forked from. Start it before torch is loaded."""

    def __init__(self, course: Course, wanted: Mapping[str, Sequence[str]], sources: Sequence[Source]) -> None:
        self.course, self.wanted, self.sources = course, wanted, sources
        self.control: socket.socket | None = None
        self.pid = 0
        if sys.platform != "linux":
            return
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                self.control.close()
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                end_with_parent(signal.SIGKILL)
                if os.getppid() == parent:
                    self._serve(theirs)
            finally:
                os._exit(0)
        theirs.close()

    def close(self) -> None:
        if self.control is not None:
            self.control.close()
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.control = None

    def _serve(self, control: socket.socket) -> None:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are reaped by the kernel
        for topic in self.course.topics:
            if topic.key in self.wanted:
                topic.read()  # once, for all children
        while True:
            data, fds, _, _ = socket.recv_fds(control, 1 << 16, 1)
            if not data:
                return
            pid = os.fork()
            if pid == 0:
                try:
                    limit_this_process()
                    found = self._read(Request(**json.loads(data)))
                    with os.fdopen(fds[0], "w", encoding="utf-8", errors="replace") as out:
                        json.dump(to_json(found), out)
                finally:
                    os._exit(0)
            os.close(fds[0])

    def _read(self, request: Request) -> Read:
        wanted = {key: self.wanted[key] for key in request.topics}
        tree = self.sources[request.number].tree
        if isinstance(tree, ZipTree) and self.control is not None:
            tree.reopen()
        return read(self.course, wanted, self.sources[request.number], parts=request.parts)

    def read_all(self, requests: Iterable[Request], ahead: int) -> Iterator[tuple[Request, Read]]:
        """Read submissions, `ahead` of them at a time; in the order in which they are done, so that one that is slow to read holds up nothing."""
        if self.control is None:
            for request in requests:
                yield request, self._read(request)
            return
        queue = iter(requests)
        again: list[Request] = []
        running: dict[int, tuple[Request, list[bytes], float]] = {}
        broken: dict[int, list[Read]] = {}
        selector = selectors.DefaultSelector()
        try:
            while True:
                while len(running) < ahead:
                    asked = again.pop() if again else next(queue, None)
                    if asked is None:
                        break
                    read_fd, write_fd = os.pipe()
                    socket.send_fds(self.control, [json.dumps(dataclasses.asdict(asked)).encode()], [write_fd])
                    os.close(write_fd)
                    running[read_fd] = (asked, [], time.monotonic() + 10 * SECONDS)
                    selector.register(read_fd, selectors.EVENT_READ)
                if not running:
                    return
                done = []
                for key, _ in selector.select(5):
                    chunk = os.read(key.fd, 1 << 20)
                    running[key.fd][1].append(chunk)
                    if not chunk:
                        done.append(key.fd)
                done += [fd for fd, (_, _, end) in running.items() if time.monotonic() > end and fd not in done]
                for fd in done:
                    request, chunks, _ = running.pop(fd)
                    selector.unregister(fd)
                    os.close(fd)
                    found = _parsed(chunks)
                    if found is None and len(request.topics) > 1:
                        # Something in it overwhelmed the reader: find out which topic, and read the others.
                        again += [dataclasses.replace(request, topics=(key,)) for key in request.topics]
                        broken[request.number] = []
                        continue
                    found = found or _unreadable(request)
                    if request.number in broken:
                        broken[request.number].append(found)
                        if len(broken[request.number]) < len(self.wanted):
                            continue
                        found = _merged(broken.pop(request.number))
                        request = dataclasses.replace(request, topics=tuple(self.wanted))
                    yield request, found
        finally:
            for fd in running:
                os.close(fd)
            selector.close()


def limit_this_process() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    limit_memory(MEMORY)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def _parsed(chunks: Sequence[bytes]) -> Read | None:
    try:
        return from_json(json.loads(b"".join(chunks)))
    except ValueError:
        return None


def _unreadable(request: Request) -> Read:
    key = request.topics[0]
    shown = f"exercises/{key}.py"
    why = f"{shown} could not be read: it overwhelms Python's parser; remove what is no ordinary code"
    return Read({key: SourceFile(shown, None, why)}, notes=(why,))


def _merged(parts: Sequence[Read]) -> Read:
    return Read(
        {key: file for part in parts for key, file in part.files.items()},
        {key: lines for part in parts for key, lines in part.lines.items()},
        {key: files for part in parts for key, files in part.parts.items()},
        {key: lines for part in parts for key, lines in part.part_lines.items()},
        {key: one for part in parts for key, one in part.prints.items()},
        tuple(dict.fromkeys(note for part in parts for note in part.notes)),
    )
