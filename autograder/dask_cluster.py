"""`--dask`: a class graded on a Dask cluster, by a grading server beside each Dask worker (see `dask_worker`).

Workers are asked what they are before they get work: those that are there when the run begins must all be able to grade, behind the same walls and with
the same torch; one that comes later and is not like them gets nothing. Of the submissions, topic files travel as text. Dask pickles between its own
processes, so only what we wrote goes that way, and the cluster's network must be trusted. Needs the packages of `pip install -e '.[cluster]'`.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import logging
import queue
import signal
import sys
import time
import warnings
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from .course import Course, TopicRef
from .dask_alike import INSTALL, Said, called, difference, must_grade, must_have_our_versions
from .dask_worker import course_archive, grading_plugin
from .model import ENGINE_ERROR, CourseError, EngineError
from .results import broke
from .submission import Submission

NAME = "pytorch-course-grader"
RETRIES = 3
"""How often a topic file is graded again, on another worker where there is one, when a worker or its server died."""

AHEAD = 2
"""Topic files that are sent for each thread of the cluster: one is graded, the next lies ready."""

CONNECT, FIRST_WORKER, START = 20, 120, 300
"""Seconds that the scheduler, the first worker and the workers' servers are waited for."""

LOOK = 1.0
"""Seconds between two looks at which workers there are."""

GOES_ON = "the same command goes on from here"


@dataclass
class Job:
    """A topic file that is to be graded, and where."""

    position: int
    submission: Submission
    tries: int = 0
    future: Any = None
    workers: frozenset[str] = frozenset()
    shunned: set[str] = field(default_factory=set)
    """Workers whose server died or failed over it."""


@dataclass
class DaskGrader:
    """A cluster whose workers each have a grading server."""

    client: Any
    plugin: str
    address: str
    notes: tuple[str, ...] = ()
    walls: tuple[str, ...] = ()
    torch: str = ""
    first: Said = field(default_factory=dict)
    """What the first worker says of itself: the others are like it."""
    fit: dict[str, int] = field(default_factory=dict)
    """Address of each worker that may grade -> its threads."""
    unfit: set[str] = field(default_factory=set)
    _looked: float = 0.0
    _waits: bool = False

    # ---------------------------------------------------------------------------------------------------------- workers

    def wait(self) -> None:
        """Wait for the first worker, and see that all are of our version."""
        with self._there():
            try:
                self.client.wait_for_workers(1, timeout=FIRST_WORKER)
            except TimeoutError:
                raise CourseError("--dask: no worker has come to the scheduler in two minutes; start some") from None
            must_have_our_versions(self.client.get_versions(check=False))

    def begin(self, plugin: Any) -> None:
        """Start a server beside each worker that is there, and wait until all have said what they are.

        Raises:
            CourseError: where one of them cannot grade, or they are not alike: names it, and what mends it.
        """
        problem = "it has no grading plugin"
        try:
            self.client.register_plugin(plugin)
        except Exception as error:  # of one of them, which may have gone meanwhile: those that are there are asked
            problem = str(error)
        said: dict[str, Said] = {}
        begun = time.monotonic()
        while True:
            threads = self._threads()
            found = self._ask([worker for worker in threads if worker not in said])
            said |= {worker: one for worker, one in found.items() if one}
            said = {worker: one for worker, one in said.items() if worker in threads}
            late = [worker for worker in threads if worker not in said]
            if said and not late:
                break
            waited = time.monotonic() - begun
            without = [worker for worker in late if worker in found and found[worker] is None]
            if (without and waited > CONNECT) or waited > START:
                worker = (without or late or ["(all have gone)"])[0]
                why = problem if without else f"its grading server has not started in {START // 60} minutes"
                raise CourseError(f"--dask: worker {worker} cannot grade: {why}; end it, then give the command again")
            time.sleep(0.1)
        must_grade(said.values())
        self.first = next(iter(said.values()))
        self.walls, self.torch = tuple(self.first["walls"]), str(self.first["torch"])
        self.fit = {worker: threads[worker] for worker in said}

    def _look(self) -> None:
        """Take note of workers that have come or gone."""
        if time.monotonic() - self._looked < LOOK:
            return
        threads = self._threads()
        self._looked = time.monotonic()
        self.fit = {worker: threads[worker] for worker in self.fit if worker in threads}
        new = [worker for worker in threads if worker not in self.fit and worker not in self.unfit]
        for worker, one in self._ask(new).items():
            if not one:
                continue  # not yet
            if "error" in one:
                self._refuse(worker, f"{called(one)} has come, but cannot grade: {one['error']}")
            elif apart := difference(self.first, one):
                self._refuse(worker, f"{called(one)} has come, but is not like the first one: {apart}")
            else:
                self.fit[worker] = threads[worker]
        if self.fit:
            self._waits = False
        elif threads and threads.keys() <= self.unfit:
            raise CourseError(f"--dask: no worker is left that can grade; start one, and {GOES_ON}")
        elif not self._waits:
            self._waits = True
            print(
                f"No worker is left: waiting for one to come to {self.address} (Ctrl-C stops; {GOES_ON}).",
                file=sys.stderr,
            )

    def _refuse(self, worker: str, why: str) -> None:
        self.unfit.add(worker)
        self.fit.pop(worker, None)
        print(f"{why}\nIt gets no work.", file=sys.stderr)

    def _threads(self) -> dict[str, int]:
        with self._there():
            return dict(self.client.nthreads())

    def _ask(self, workers: Sequence[str]) -> dict[str, Said | None]:
        """What the servers of these workers say: nothing yet; None where a worker has no plugin. Those that are gone are left out."""

        def said(name: str, dask_worker: Any) -> Any:
            import socket

            plugin = dask_worker.plugins.get(name)
            found = None if plugin is None else plugin.said
            who = {"worker": dask_worker.contact_address, "name": str(dask_worker.name), "host": socket.gethostname()}
            return found and {**found, **who}

        if not workers:
            return {}
        with self._there():
            found = self.client.run(said, self.plugin, workers=list(workers), on_error="return")
        return {worker: one for worker, one in found.items() if not isinstance(one, BaseException)}

    @contextlib.contextmanager
    def _there(self) -> Iterator[None]:
        """Whatever goes wrong in the body: where the scheduler has gone, that is the reason."""
        try:
            self._must_be_there()
            yield
        except CourseError:
            raise
        except Exception as error:
            self._must_be_there()
            raise CourseError(f"--dask: the scheduler at {self.address} does not answer: {error}; {GOES_ON}") from None

    def _must_be_there(self) -> None:
        if self.client.status != "running":
            raise CourseError(
                f"--dask: the scheduler at {self.address} has gone: start the cluster again; {GOES_ON}"
            ) from None

    # ---------------------------------------------------------------------------------------------------------- grading

    def reference(self, submission: Submission, seed: int) -> dict[str, Any]:
        _, result = next(self.grade_all([submission], seed))
        checks = [check for exercise in result["exercises"] for check in exercise["checks"]]
        if broken := next((check["message"] for check in checks if check["name"] == "engine"), None):
            raise EngineError(f"the reference could not be graded on the cluster: {broken}")
        return result

    def grade_all(self, submissions: Iterable[Submission], seed: int) -> Iterator[tuple[int, dict[str, Any]]]:
        ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
        coming = enumerate(submissions)
        waiting: deque[Job] = deque()
        jobs: dict[Any, Job] = {}
        more = True
        while True:
            self._look()
            for job in [job for job in jobs.values() if job.workers.isdisjoint(self.fit)]:  # all have gone
                del jobs[job.future.key]
                job.future.release()
                if job.tries <= RETRIES:
                    waiting.append(job)
                else:
                    yield job.position, self._broken(job.submission, "all workers ended over it")
            most = max(AHEAD * sum(self.fit.values()), 1)
            while more and len(jobs) + len(waiting) < most:
                found = next(coming, None)
                if found is None:
                    more = False
                else:
                    waiting.append(Job(*found))
            while waiting and self.fit and len(jobs) < most:
                job = waiting.popleft()
                self._send(job, seed, ended)
                jobs[job.future.key] = job
            if not jobs and not waiting:
                return
            with contextlib.suppress(queue.Empty):
                future = ended.get(timeout=LOOK)
                sent = jobs.pop(future.key, None)
                if sent is None:
                    continue
                result = self._result(sent)
                if result is None:
                    waiting.append(sent)
                else:
                    yield sent.position, result

    def _send(self, job: Job, seed: int, ended: queue.SimpleQueue[Any]) -> None:
        def grade(request: str, name: str) -> Any:
            import importlib

            worker: Any = importlib.import_module("distributed").get_worker()
            plugin = worker.plugins.get(name)
            answer = {"died": "its grading server was ended"} if plugin is None else plugin.grade(request)
            return {**answer, "worker": worker.contact_address}

        request = json.dumps({"grade": job.submission.to_json(), "seed": seed})
        job.workers, job.tries = frozenset(self.fit.keys() - job.shunned or self.fit), job.tries + 1
        with self._there():
            job.future = self.client.submit(grade, request, self.plugin, pure=False, workers=sorted(job.workers))
            job.future.add_done_callback(ended.put)

    def _result(self, job: Job) -> dict[str, Any] | None:
        """What has come of a job; None where it is to be sent again."""
        future, job.future = job.future, None
        why = "its worker was lost"
        try:
            if future.status == "finished":
                answer = future.result(timeout=CONNECT)
                worker = answer["worker"]
                if "result" in answer and (job.tries > RETRIES or not broke(answer["result"])):
                    return dict(answer["result"])
                why = answer.get("died") or answer.get("unfit") or "the engine failed"
                job.shunned.add(worker)
                if "unfit" in answer and worker in self.fit:
                    self._refuse(worker, f"worker {worker} cannot grade any more: {why}")
            elif future.status == "error":
                why = str(future.exception())
        except Exception as error:  # the worker that held the result has gone
            why = str(error)
        finally:
            future.release()
        self._must_be_there()
        return None if job.tries <= RETRIES else self._broken(job.submission, why)

    def _broken(self, submission: Submission, why: str) -> dict[str, Any]:
        """A result that says that the engine failed; it is not stored."""
        only = sorted(submission.only or ())
        message = ENGINE_ERROR.format(why[:300])
        checks = {
            i: [
                {
                    "name": "engine",
                    "status": "error",
                    "points": 0.0,
                    "max_points": self.first["points"][i],
                    "message": message,
                }
            ]
            for i in only
        }
        return {
            "exercises": [{"id": i, "status": "error", "seconds": 0.0, "checks": checks[i]} for i in only],
            "kinds": {},
            "cpu": 0.0,
        }


# ------------------------------------------------------------------------------------------------------------- cluster


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
        raise CourseError(f"--dask needs Dask: {INSTALL} in the course's folder") from None
    settings = {"distributed.comm.timeouts.connect": f"{CONNECT}s"}
    with _no_log(), dask.config.set(settings), contextlib.ExitStack() as stack:
        if address.startswith("local:"):
            if not address[6:].isdigit() or int(address[6:]) < 1:
                raise CourseError(f"--dask {address} says no number of processes: write local:4")
            with _children_ignore_interrupts():
                here = distributed.LocalCluster(
                    n_workers=int(address[6:]),
                    threads_per_worker=1,
                    processes=True,
                    dashboard_address="127.0.0.1:0",  # None would take port 8787
                    silence_logs=logging.CRITICAL,
                )
            address = stack.enter_context(here).scheduler_address
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what differs is told by us
                asyncio.run(_greet(distributed, address))
                client = stack.enter_context(distributed.Client(address))
        except (OSError, TimeoutError, ValueError, TypeError) as error:
            raise CourseError(
                f"--dask {address}: the scheduler cannot be reached ({str(error) or 'no answer'}): start it, or give the address that it says, tcp://HOST:PORT"
            ) from None
        grader = DaskGrader(client, f"{NAME} {client.id}", address)
        grader.wait()
        arguments = [*(topic.key for topic in topics), "--others", *(["--walls", walls] if walls else [])]
        _end_servers(client, of_dead_runs=True)
        stack.callback(_end_servers, client)
        grader.begin(grading_plugin(grader.plugin, course_archive(course, topics), arguments))
        yield grader


async def _greet(distributed: Any, address: str) -> None:
    """A client would wait for ever where something listens that is no scheduler and says nothing, such as a dashboard's port."""
    keys = distributed.Security().get_connection_args("client")
    comm = await asyncio.wait_for(distributed.comm.connect(address, timeout=CONNECT, **keys), CONNECT + LOOK)
    comm.abort()


@contextlib.contextmanager
def _children_ignore_interrupts() -> Iterator[None]:
    """Ctrl-C is for us alone: processes started here are ended by us, without a word."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def _no_log() -> Iterator[None]:
    """Dask logs what we say in a sentence, at length and more than once."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def _end_servers(client: Any, of_dead_runs: bool = False) -> None:
    """End this run's servers, or those of runs that were killed."""

    def plugins(prefix: str, dask_scheduler: Any) -> list[str]:
        names = [name for name in dask_scheduler.worker_plugins if name.startswith(prefix)]
        return [name for name in names if name.removeprefix(prefix) not in dask_scheduler.clients]

    if client.status != "running":
        return
    with contextlib.suppress(Exception):
        names = client.run_on_scheduler(plugins, f"{NAME} ") if of_dead_runs else [f"{NAME} {client.id}"]
        for name in names:
            client.unregister_worker_plugin(name)


__all__ = ["DaskGrader", "cluster"]
