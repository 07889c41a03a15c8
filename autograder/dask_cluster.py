"""`--dask`: a class graded on a Dask cluster, with one grading server (see `serve`) beside each Dask worker.

The server is a process of its own, started by a worker plugin: a Dask worker is full of threads and must not be forked. The course files travel as one
archive, whose hash the worker checks before it unpacks them; of the submissions, topic files travel as text. Dask pickles between its own processes,
so only what we wrote goes that way, and the cluster's network must be trusted. Needs the optional packages of `pip install -e '.[cluster]'`.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import io
import json
import logging
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from .client import PACKAGE_ROOT
from .course import Course, TopicRef
from .engine import Submission
from .model import CourseError, EngineError

NAME = "pytorch-course-grader"
RETRIES = 3
"""How often a topic file is graded again, on another worker where there is one, when a worker or its server died."""

AHEAD = 2
"""Topic files that are sent for each thread of the cluster: one is graded, the next lies ready."""


def course_archive(course: Course, topics: Sequence[TopicRef]) -> bytes:
    """What a worker needs, as a zip: the package, graders and solutions of the topics' chapters, data sets where a grader reads them. The same bytes each time."""
    chapters = sorted({topic.chapter for topic in topics})
    files = {f"package/autograder/{path.name}": path for path in (PACKAGE_ROOT / "autograder").glob("*.py")}
    reads_data = False
    for chapter in chapters:
        for folder in ("solutions", "autograder/graders"):
            for path in (course.root / folder / chapter).iterdir():
                if path.is_file():
                    files[f"course/{folder}/{chapter}/{path.name}"] = path
                    reads_data |= folder != "solutions" and b"DATASETS" in path.read_bytes()
    if reads_data:
        data = PACKAGE_ROOT / "datasets"
        files |= {f"package/datasets/{p.relative_to(data).as_posix()}": p for p in data.rglob("*") if p.is_file()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in sorted(files.items()):
            info = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, path.read_bytes())
    return out.getvalue()


def grading_plugin(archive: bytes, arguments: Sequence[str]) -> Any:
    """The plugin that keeps a grading server beside a Dask worker.

    A class inside a function travels by value: the worker has none of our modules, so it uses the standard library and Dask alone.
    """
    distributed: Any = importlib.import_module("distributed")
    digest = hashlib.sha256(archive).hexdigest()

    class Plugin(distributed.WorkerPlugin):  # type: ignore[misc]
        name = NAME

        def __init__(self) -> None:
            self.archive, self.digest, self.arguments = archive, digest, list(arguments)
            self.process: Any = None

        async def setup(self, worker: Any) -> None:
            import asyncio
            import threading

            self.lock = threading.Lock()
            self.local = worker.local_directory
            await asyncio.to_thread(self.start)

        def teardown(self, worker: Any) -> None:
            import shutil

            process, self.process = self.process, None
            if process is not None:
                process.stdin.close()
                try:
                    process.wait(10)
                except Exception:
                    process.kill()
                    process.wait()
                process.stdout.close()
            shutil.rmtree(self.folder, ignore_errors=True)

        def start(self) -> None:
            """Unpack the course and start the server on it; `ready` is what the server says of itself."""
            import hashlib
            import io
            import os
            import subprocess
            import sys
            import tempfile
            import zipfile

            found = hashlib.sha256(self.archive).hexdigest()
            if found != self.digest:
                raise RuntimeError(
                    f"the course files arrived damaged: their hash is {found[:12]}…, not {self.digest[:12]}…"
                )
            self.folder = tempfile.mkdtemp(prefix="course-", dir=self.local)
            with zipfile.ZipFile(io.BytesIO(self.archive)) as course:
                course.extractall(self.folder)
            package = os.path.join(self.folder, "package")
            command = [
                sys.executable,
                "-m",
                "autograder",
                "--root",
                os.path.join(self.folder, "course"),
                "serve",
                *self.arguments,
            ]
            self.errors = tempfile.TemporaryFile(dir=self.local)  # noqa: SIM115 - lives as long as the server
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.errors,
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": package},
                start_new_session=True,
            )
            self.ready = self.read()

        def read(self) -> Any:
            import json

            line = self.process.stdout.readline()
            if not line:
                self.process.wait()
                self.process = None
                self.errors.seek(0)
                raise RuntimeError(
                    "the grading server ended: " + self.errors.read()[-1500:].decode("utf-8", "replace").strip()
                )
            found = json.loads(line)
            if "error" in found:
                raise RuntimeError(found["error"])
            return found

        def grade(self, request: str) -> Any:
            """The answer to one request; a server that has died is started again by the next one."""
            with self.lock:
                if self.process is None or self.process.poll() is not None:
                    self.start()
                try:
                    self.process.stdin.write(request.encode() + b"\n")
                    self.process.stdin.flush()
                except BrokenPipeError:
                    pass  # read tells why
                return self.read()["result"]

    return Plugin()


@dataclass
class DaskGrader:
    """A cluster whose workers each have a grading server."""

    client: Any
    walls: tuple[str, ...]
    torch: str
    points: dict[str, float]
    notes: tuple[str, ...] = ()
    _threads: int = 0
    _asked: dict[Any, int] = field(default_factory=dict)

    def reference(self, submission: Submission, seed: int) -> dict[str, Any]:
        try:
            found: dict[str, Any] = self._submit(submission, seed).result()
            return found
        except Exception as error:
            raise EngineError(f"the reference could not be graded on the cluster: {error}") from None

    def grade_all(self, submissions: Iterable[Submission], seed: int) -> Iterator[tuple[int, dict[str, Any]]]:
        distributed: Any = importlib.import_module("distributed")
        queue = enumerate(submissions)
        done = distributed.as_completed([])
        under_way: dict[Any, tuple[int, Submission]] = {}
        more = True
        while True:
            most = AHEAD * max(sum(self.client.nthreads().values()), 1)
            while more and len(under_way) < most:
                found = next(queue, None)
                if found is None:
                    more = False
                    break
                future = self._submit(found[1], seed)
                under_way[future.key] = found
                done.add(future)
            if not under_way:
                return
            future = next(done)
            position, submission = under_way.pop(future.key)
            if future.status == "finished":
                yield position, future.result()
            else:
                yield (
                    position,
                    self._broken(submission, str(future.exception() if future.status == "error" else future.status)),
                )
            future.release()

    def _submit(self, submission: Submission, seed: int) -> Any:
        def grade(request: str, name: str) -> Any:
            import importlib

            worker: Any = importlib.import_module("distributed").get_worker()
            return worker.plugins[name].grade(request)

        request = json.dumps({"grade": submission.to_json(), "seed": seed})
        return self.client.submit(grade, request, NAME, pure=False, retries=RETRIES)

    def _broken(self, submission: Submission, why: str) -> dict[str, Any]:
        """A result that says that the engine failed; it is not stored."""
        only = sorted(submission.only or ())
        message = f"engine error, not yours: {why[:300]}; grade again"
        checks = {
            i: [{"name": "engine", "status": "error", "points": 0.0, "max_points": self.points[i], "message": message}]
            for i in only
        }
        return {
            "exercises": [{"id": i, "status": "error", "seconds": 0.0, "checks": checks[i]} for i in only],
            "kinds": {},
            "cpu": 0.0,
        }


@contextlib.contextmanager
def cluster(address: str, course: Course, topics: Sequence[TopicRef], walls: str | None) -> Iterator[DaskGrader]:
    """The cluster at `address`, or one of N processes on this machine for `local:N`, ready to grade.

    Raises:
        CourseError: where it cannot be reached, or its workers cannot grade.
    """
    try:
        dask: Any = importlib.import_module("dask")
        distributed: Any = importlib.import_module("distributed")
    except ImportError:
        raise CourseError("--dask needs Dask: `.venv/bin/pip install -e '.[cluster]'` in the course's folder") from None
    logging.getLogger("distributed").setLevel(logging.ERROR)
    settings = {
        "distributed.worker.daemon": False,
        "distributed.scheduler.allowed-failures": RETRIES,
        "distributed.comm.timeouts.connect": "20s",
    }
    with dask.config.set(settings), contextlib.ExitStack() as stack:
        if address.startswith("local:"):
            if not address[6:].isdigit() or int(address[6:]) < 1:
                raise CourseError(f"--dask {address} says no number of processes: write local:4")
            here = distributed.LocalCluster(
                n_workers=int(address[6:]),
                threads_per_worker=1,
                processes=True,
                dashboard_address=None,
                silence_logs=logging.ERROR,
            )
            address = stack.enter_context(here).scheduler_address
        try:
            client = stack.enter_context(distributed.Client(address))
        except (OSError, TimeoutError, ValueError) as error:
            raise CourseError(f"--dask {address}: the scheduler cannot be reached ({error})") from None
        yield _ready(client, course, topics, walls)


def _ready(client: Any, course: Course, topics: Sequence[TopicRef], walls: str | None) -> DaskGrader:
    try:
        client.wait_for_workers(1, timeout=120)
    except TimeoutError:
        raise CourseError("--dask: no worker has come to the scheduler in two minutes; start some") from None
    arguments = [*(topic.key for topic in topics), "--others", *(["--walls", walls] if walls else [])]
    try:
        client.register_plugin(grading_plugin(course_archive(course, topics), arguments))

        def ready(name: str, dask_worker: Any) -> Any:
            return dask_worker.plugins[name].ready

        found = client.run(ready, NAME)
    except Exception as error:
        raise CourseError(f"--dask: the workers cannot grade: {error}") from None
    first = next(iter(found.values()))
    for key, what in (("walls", "stand behind the same walls"), ("torch", "have the same torch")):
        seen = {json.dumps(one[key]): worker for worker, one in found.items()}
        if len(seen) > 1:
            raise CourseError(
                f"--dask: the workers do not all {what}: "
                + "; ".join(f"{worker} {one}" for one, worker in seen.items())
            )
    return DaskGrader(client, tuple(first["walls"]), str(first["torch"]), dict(first["points"]))


__all__ = ["DaskGrader", "cluster", "course_archive", "grading_plugin"]
