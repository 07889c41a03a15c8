"""What a class run sends to each Dask worker: the course as an archive, and the plugin that keeps a grading server (see `serve`) on it.

The server is a process of its own: a Dask worker is full of threads and must not be forked. The worker unpacks the archive only if its hash is the
expected one. Nothing here raises on a worker: what went wrong is told when it is asked for, by `said` or as the answer to a request.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import zipfile
from collections.abc import Sequence
from typing import Any

from .client import PACKAGE_ROOT
from .course import Course, TopicRef


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


def grading_plugin(name: str, archive: bytes, arguments: Sequence[str]) -> Any:
    """The plugin of one run: a server beside each worker, for as long as the plugin is registered.

    A class inside a function travels by value: the worker has none of our modules, so it uses the standard library and Dask alone.
    """
    distributed: Any = importlib.import_module("distributed")
    digest = hashlib.sha256(archive).hexdigest()

    class Plugin(distributed.WorkerPlugin):  # type: ignore[misc]
        def __init__(self) -> None:
            self.name = name
            self.archive, self.digest, self.arguments = archive, digest, list(arguments)
            self.process: Any = None
            self.folder: Any = None
            self.said: Any = {}

        def setup(self, worker: Any) -> None:
            """Start the server, and do not wait for it: a node that is slow to load torch holds up nobody."""
            import threading

            self.lock, self.ended = threading.Lock(), False
            self.local = worker.local_directory
            threading.Thread(target=self.begin, name=self.name, daemon=True).start()

        async def teardown(self, worker: Any) -> None:
            import asyncio

            self.ended = True
            await asyncio.to_thread(self.stop)

        def begin(self) -> None:
            with self.lock:
                self.start()

        def start(self) -> None:
            """Unpack the course and start the server on it; `said` is what it says of itself, or what is wrong."""
            self.stop()
            try:
                self.unpack()
                self.launch()
                self.said = self.read()
            except Exception as error:
                self.said = {"error": str(error) or type(error).__name__}
            if self.ended:  # meanwhile
                self.stop()

        def unpack(self) -> None:
            import hashlib
            import io
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

        def launch(self) -> None:
            import os
            import subprocess
            import sys
            import tempfile

            course, package = os.path.join(self.folder, "course"), os.path.join(self.folder, "package")
            self.errors = tempfile.TemporaryFile(dir=self.folder)  # noqa: SIM115 - lives as long as the server
            self.process = subprocess.Popen(
                [sys.executable, "-m", "autograder", "--root", course, "serve", *self.arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.errors,
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": package},
                start_new_session=True,
            )

        def read(self) -> Any:
            import json

            line = self.process.stdout.readline()
            if line.endswith(b"\n"):
                return json.loads(line)
            self.process.wait()
            self.errors.seek(0)
            last = self.errors.read()[-1500:].decode("utf-8", "replace").strip().rpartition("\n")[2]
            raise RuntimeError(f"the grading server ended with code {self.process.returncode}: {last}")

        def stop(self) -> None:
            """End the server and remove its files."""
            import shutil

            process, self.process = self.process, None
            if process is not None:
                try:
                    process.stdin.close()
                except OSError:
                    pass  # what it never read
                try:
                    process.wait(3)
                except Exception:
                    process.kill()
                    process.wait()
                process.stdout.close()
                self.errors.close()
            folder, self.folder = self.folder, None
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)

        def grade(self, request: str) -> Any:
            """`result`; or `unfit`, why this worker can grade nothing; or `died`, why its server ended over this request: the next one starts it again."""
            with self.lock:
                if self.process is None or self.process.poll() is not None:
                    self.start()
                if "error" in self.said:
                    return {"unfit": self.said["error"]}
                try:
                    try:
                        self.process.stdin.write(request.encode() + b"\n")
                        self.process.stdin.flush()
                    except BrokenPipeError:
                        pass  # read tells why
                    answer = self.read()
                except Exception as error:
                    return {"died": str(error)}
            return answer if "result" in answer else {"died": answer["error"]}

    return Plugin()


__all__ = ["course_archive", "grading_plugin"]
