"""`grade-class --dask`: which workers are refused and how, and what goes wrong in the middle. Workers are real processes on loopback; but for one test
their servers play a part (see `dask_class`). That a cluster gives the bytes of a local run is tested in test_classroom.py."""

import contextlib
import importlib.util
import json
import os
import re
import signal
import socket
import subprocess
import sys

import pytest

from autograder.levels import STRONG

from .browser import free_port, wait_for
from .class_course import outputs
from .sample import ROOT, SAMPLE, autograder

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="needs Dask: .venv/bin/pip install -e '.[cluster]'"
)


class Farm:
    """A scheduler and workers, each a process."""

    def __init__(self, folder):
        self.folder, self.processes, self.count = folder, [], 0
        self.address = f"tcp://127.0.0.1:{free_port()}"
        self.log = (folder / "log").open("w")
        host, _, port = self.address.removeprefix("tcp://").partition(":")
        self.scheduler = self.start("dask_scheduler", "--host", host, "--port", port, "--no-dashboard")

    def start(self, module, *arguments, **variables):
        # As on another machine: it knows nothing of the course, neither by its folder nor by its path.
        env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments]
        options = {"cwd": self.folder, "stdout": subprocess.DEVNULL, "stderr": self.log, "start_new_session": True}
        process = subprocess.Popen(command, env=env | variables, **options)
        self.processes.append(process)
        return process

    def worker(self, name, plays=None, **variables):
        """Start a worker that plays a part, and wait until the scheduler knows it."""
        options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--name", name, "--local-directory"]
        process = self.start(
            "dask_worker",
            self.address,
            *options,
            str(self.folder / name),
            PLAYS=json.dumps(plays or {}),
            **variables,
        )
        self.count += 1
        wait_for(lambda: (self.folder / "log").read_text().count("Register worker ") == self.count, 30, name)
        return process

    def servers(self, name="anna"):
        """Folders of the course that lie beside a worker."""
        return list(self.folder.glob(f"{name}/**/course-*"))

    def go(self):
        """Let runs with seed 1 go on (see `dask_class`)."""
        (self.folder / "go").touch()

    def end(self, processes=None):
        for process in reversed(self.processes if processes is None else processes):
            process.kill()
            process.wait()


@contextlib.contextmanager
def farm(folder):
    folder.mkdir()
    found = Farm(folder)
    try:
        yield found
    finally:
        found.end()
        found.log.close()


@pytest.fixture(scope="module")
def anna(tmp_path_factory):
    """A farm with one good worker, for all tests that add one more."""
    with farm(tmp_path_factory.mktemp("dask") / "farm") as found:
        found.worker("anna")
        yield found


@pytest.fixture
def added(anna):
    """Starts further workers, which end with the test."""
    before = len(anna.processes)
    yield anna.worker
    anna.end(anna.processes[before:])
    (anna.folder / "go").unlink(missing_ok=True)
    del anna.processes[before:]


def command_of(folder, address, seed=0, connect=20):
    """A class of 12 different files, graded by the farm."""
    for number in range(12):
        place = folder / "class" / f"student{number:02}/00_sample"
        place.mkdir(parents=True, exist_ok=True)
        (place / "basics.py").write_text(f"# {number}\n")
    command = [sys.executable, "-m", "tests.dask_class", connect, "--root", SAMPLE, "grade-class", folder / "class"]
    return [str(part) for part in [*command, "--dask", address, "--out", folder / "out", "--seed", seed]]


@pytest.fixture
def start():
    """Starts runs, which end with the test."""
    runs = []

    def run(*arguments, begins=True):
        runs.append(Run(*arguments))
        if begins:
            runs[-1].begins()
        return runs[-1]

    yield run
    for one in runs:
        one.process.kill()
        one.process.wait()


class Run:
    """A run that waits in its middle, until `go`; `said` is what it has said so far."""

    def __init__(self, folder, address):
        self.out, self.log = folder / "out", folder / "said"
        command = command_of(folder, address, seed=1)
        with self.log.open("w") as log:
            options = {"cwd": ROOT, "stdout": log, "stderr": log, "start_new_session": True}
            self.process = subprocess.Popen(command, **options)

    def begins(self):
        wait_for(lambda: self.stored() or self.process.poll() is not None, 30, "a first result")

    @property
    def said(self):
        return self.log.read_text()

    def stored(self):
        return len(list(self.out.glob("results/*/*.json")))

    def says(self, text):
        wait_for(lambda: text in self.said, 60, text)

    def ends(self, code=0):
        assert self.process.wait(60) == code, self.said
        assert "Traceback" not in self.said


def grade(*arguments, code=0, **options):
    """What the command says."""
    command = command_of(*arguments, **options)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def points(out):
    return [line.rpartition(",")[0] for line in (out / "scores.csv").read_text().splitlines()[1:]]


def alive(group):
    """Whether a process group has a process."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def nothing_is_written(out):
    return {path.name for path in out.rglob("*")} <= {"run.json", ".lock"}


@pytest.mark.parametrize(
    ("plays", "message"),
    [
        (
            {"walls": [*sorted(STRONG), "bubblewrap", "uid"]},
            r"the workers are not alike: worker tcp://\S+ \(anna on \S+ stands without bubblewrap, uid, worker tcp://\S+ \(bert on .*give --walls strong",
        ),
        (
            {"walls": sorted(STRONG - {"landlock"})},
            r"the workers are not alike: worker tcp://\S+ \(bert on \S+ stands without landlock, worker tcp://\S+ \(anna on .*`nox -s doctor` there",
        ),
        (
            {"torch": "2.12.1"},
            r"the workers are not alike: .*worker tcp://\S+ \(bert on \S+ has (torch )?2.12.1.*pip install -r requirements.txt",
        ),
        (
            {"error": "--walls strong is refused: these walls do not hold here: landlock"},
            r"worker tcp://\S+ \(bert on \S+ cannot grade: --walls strong is refused: .*\nMend that there \(`nox -s doctor` .*end this worker",
        ),
    ],
    ids=["full beside strong", "landlock", "torch", "no walls"],
)  # fmt: skip
def test_a_worker_that_is_not_like_the_others_is_refused_by_name(anna, added, tmp_path, plays, message):
    added("bert", plays)
    said = grade(tmp_path, anna.address, code=2)
    assert re.match("error: --dask: " + message, said), said
    assert nothing_is_written(tmp_path / "out")
    assert not anna.servers()


def test_a_worker_whose_walls_do_not_hold_is_refused_by_its_own_engine(tmp_path):
    with farm(tmp_path / "farm") as found:
        found.worker("bert", AUTOGRADER_PORTABLE="1")  # as on a system without fork and walls
        place = tmp_path / "class/ann/00_sample"
        place.mkdir(parents=True)
        (place / "basics.py").write_text("")
        done = autograder("grade-class", tmp_path / "class", "--out", tmp_path / "out", "--dask", found.address)
    assert done.returncode == 2
    assert "(bert on " in done.stderr
    assert "cannot grade: --walls strong is refused: these walls do not hold here: " in done.stderr
    assert nothing_is_written(tmp_path / "out")


def test_a_worker_with_another_dask_is_refused_by_name(anna, added, tmp_path):
    about = tmp_path / "path/cloudpickle-0.1.dist-info/METADATA"
    about.parent.mkdir(parents=True)
    about.write_text("Metadata-Version: 2.1\nName: cloudpickle\nVersion: 0.1\n")
    added("bert", PYTHONPATH=str(tmp_path / "path"))
    said = grade(tmp_path, anna.address, code=2)
    assert re.search(r"worker tcp://\S+ has cloudpickle 0.1, this machine has \d.*pip install -e", said)
    assert nothing_is_written(tmp_path / "out")


def test_a_worker_that_comes_later_and_is_not_like_the_first_gets_nothing(anna, added, start, tmp_path):
    run = start(tmp_path, anna.address)
    added("bert", {"error": "--walls strong is refused", "dies": True})
    added("carl", {"torch": "2.12.1", "dies": True})
    run.says("(bert on")
    run.says("(carl on")
    anna.go()
    run.ends()
    assert (
        len(re.findall(r"\(bert on \S+ has come, but cannot grade: --walls strong is refused\nIt gets no", run.said))
        == 1
    )
    assert (
        len(re.findall(r"\(carl on \S+ has come, but is not like the first one: .*2.12.1.*\nIt gets no", run.said)) == 1
    )
    assert len(points(run.out)) == 12


def test_a_worker_that_dies_while_its_server_starts_costs_nothing(anna, added, tmp_path):
    process = added("bert", {"kills": True})
    assert "error" not in grade(tmp_path, anna.address)
    assert process.wait(10) < 0
    assert len(points(tmp_path / "out")) == 12


def test_what_a_server_died_over_is_graded_by_another_worker(anna, added, tmp_path):
    added("bert", {"dies": True})
    assert "engine" not in grade(tmp_path, anna.address)
    assert len(points(tmp_path / "out")) == 12


def test_where_every_server_dies_the_reference_says_so(tmp_path):
    with farm(tmp_path / "farm") as found:
        found.worker("bert", {"dies": True})
        said = grade(tmp_path, found.address, code=2)
    assert "the grading server ended with code 1: it was told to" in said
    assert nothing_is_written(tmp_path / "out")


def test_a_scheduler_that_ends_in_the_middle_ends_the_run_which_another_one_goes_on_with(anna, added, start, tmp_path):
    with farm(tmp_path / "farm") as found:
        found.worker("bert")
        run = start(tmp_path, found.address)
        found.scheduler.kill()
        run.ends(code=2)
    assert f"the scheduler at {found.address} has gone: start the cluster again; the same command goes on" in run.said
    assert run.stored() == 1
    anna.go()
    grade(tmp_path, anna.address, seed=1)
    assert len(points(run.out)) == run.stored() == 12


def test_when_all_workers_have_gone_the_run_waits_for_another(start, tmp_path):
    with farm(tmp_path / "farm") as found:
        first = found.worker("bert")
        run = start(tmp_path, found.address)
        first.kill()
        run.says("No worker is left: waiting for one")
        found.go()
        found.worker("carl")
        run.ends()
    assert len(points(run.out)) == 12


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("tcp://127.0.0.1:{port}", "the scheduler cannot be reached"),
        ("tcp://no-such-host.invalid:8786", "the scheduler cannot be reached"),
        ("http://127.0.0.1:{port}", "the scheduler cannot be reached"),
        ("nonsense", "the scheduler cannot be reached"),
    ],
)
def test_an_address_that_nobody_listens_at(tmp_path, address, text):
    address = address.format(port=free_port())
    said = grade(tmp_path, address, code=2, connect=2)
    assert said.startswith(f"error: --dask {address}: {text}")
    assert len(said.splitlines()) == 1
    assert nothing_is_written(tmp_path / "out")


def test_an_address_where_something_else_listens(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        said = grade(tmp_path, f"tcp://127.0.0.1:{silent.getsockname()[1]}", code=2, connect=2)
    assert "the scheduler cannot be reached (no answer): start it" in said


def test_ctrl_c_reaches_processes_on_this_machine_through_us_alone(start, tmp_path):
    run = start(tmp_path, "local:1")
    os.killpg(run.process.pid, signal.SIGINT)  # as a terminal does
    run.ends(code=130)
    assert run.said.startswith("Stopped: 1 of 12 submissions are done; the same command goes on from here.")
    assert "KeyboardInterrupt" not in run.said
    wait_for(lambda: not alive(run.process.pid), 10, "the end of its processes")


def test_two_runs_share_a_cluster_and_leave_no_server_on_it(anna, added, start, tmp_path):
    runs = [start(tmp_path / name, anna.address, begins=name == "one") for name in ("one", "two")]
    wait_for(lambda: len(anna.servers()) == 2, 30, "two servers beside anna")
    anna.go()
    for run in runs:
        run.ends()
    assert outputs(runs[0].out) == outputs(runs[1].out)
    assert not anna.servers()


def test_the_servers_of_a_run_that_was_killed_end_with_the_next_run(anna, added, start, tmp_path):
    run = start(tmp_path, anna.address)
    run.process.kill()
    run.process.wait()
    left = anna.servers()
    assert len(left) == 1
    anna.go()
    grade(tmp_path, anna.address, seed=1)
    assert not left[0].exists()
    assert len(points(run.out)) == 12
