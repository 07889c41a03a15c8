"""Every wall holds what it is for; with that wall alone taken down something gets through."""

from __future__ import annotations

import contextlib
import ctypes
import dataclasses
import fcntl
import json
import mmap
import os
import resource
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

if sys.platform != "linux":
    pytest.skip("there are walls on Linux only", allow_module_level=True)

from autograder import kernel, seccomp, surroundings, walls
from autograder.probes import PROBES

ROOT = os.geteuid() == 0
OTHER_USER = 54321
"""Stands for an unprivileged user where the tests run as root."""

libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Place:
    """What an attack finds around it."""

    scratch: str
    outside: str
    """A folder that anyone may read and write; `secret` in it is a file that anyone may, too."""
    readable: str
    """A folder that the policy lets workers read; `private` in it is root's, `foreign` another user's."""
    sibling: int
    secret_fd: int
    environment: tuple[int, int]
    policy: walls.Policy
    report: int
    """The one descriptor that the worker keeps."""


Attack = Callable[[Place], object]
Change = Callable[[walls.Policy], walls.Policy]


def nothing(policy: walls.Policy) -> walls.Policy:
    """No wall at all."""
    return dataclasses.replace(policy, wanted=())


def run(
    attack: Attack,
    *,
    unprivileged: bool = False,
    without: frozenset[str] = frozenset(),
    change: Change = lambda policy: policy,
) -> Any:
    """What the attack answers from inside a worker; the name of the error that it met; or the worker's end.

    "sibling killed" comes instead where that happened, whatever the attack says.
    """
    base = tempfile.mkdtemp(prefix="walls-", dir="/tmp")
    os.chmod(base, 0o711)
    if unprivileged:
        os.chown(base, OTHER_USER, OTHER_USER)
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            kernel.end_with_parent(signal.SIGKILL)
            signal.alarm(60)  # so that a fault in these tests is no hang
            os.close(read_end)
            answer = _in_zygote(attack, base, unprivileged, without, change)
            os.write(write_end, json.dumps(answer).encode())
        except BaseException:
            os.write(write_end, json.dumps({"fault": traceback.format_exc()}).encode())
        finally:
            os._exit(0)
    os.close(write_end)
    with open(read_end, "rb") as pipe:
        said = pipe.read()
    status = os.waitpid(pid, 0)[1]
    shutil.rmtree(base)
    assert said, f"the zygote ended with {status}"
    answer = json.loads(said)
    assert not (isinstance(answer, dict) and "fault" in answer), answer["fault"]
    return answer


def _in_zygote(attack: Attack, base: str, unprivileged: bool, without: frozenset[str], change: Change) -> Any:
    """Build what an attack may find, fork the worker with its walls, wait for its end."""
    os.environ["SECRET_TOKEN"] = "hunter2"
    read_end, write_end = os.pipe()
    place = _build(base, unprivileged, without, change, write_end)
    sibling = place.sibling
    try:
        worker = os.fork()
        if worker == 0:
            _in_worker(attack, place)
        os.close(write_end)
        with open(read_end, "rb") as pipe:
            said = pipe.read()
        status = os.waitpid(worker, 0)[1]
        if _dies(sibling, seconds=5 if said == b"true" and attack in KILLS else 0):
            return "sibling killed"
        if os.WIFSIGNALED(status):
            return signal.Signals(os.WTERMSIG(status)).name
        return json.loads(said)
    finally:
        with contextlib.suppress(OSError):
            os.kill(sibling, signal.SIGKILL)


def _dies(child: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not os.waitpid(child, os.WNOHANG)[0]:
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.005)
    return True


def _build(base: str, unprivileged: bool, without: frozenset[str], change: Change, report: int) -> Place:
    readable = os.path.join(base, "readable")
    os.mkdir(readable)
    for name, owner in (("private", None), ("foreign", OTHER_USER + 1)):
        Path(readable, name).write_text("secret")
        os.chmod(Path(readable, name), 0o600)
        if ROOT and owner is not None:
            os.chown(Path(readable, name), owner, owner)
    if unprivileged:
        surroundings.take_uid(OTHER_USER)
        kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # as it would be in a process started by that user
    scratch, outside = os.path.join(base, "scratch"), os.path.join(base, "outside")
    os.mkdir(scratch)
    os.mkdir(outside)
    os.chmod(outside, 0o777)
    secret = Path(outside, "secret")
    secret.write_text("secret")
    os.chmod(secret, 0o666)
    sibling = os.fork()
    if sibling == 0:
        kernel.end_with_parent(signal.SIGKILL)
        os.close(report)
        while True:
            signal.pause()
    secret_fd = os.open(secret, os.O_RDONLY)
    os.dup2(secret_fd, 0)
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    # All that a test needs is imported already: an own user needs no way to Python's files here.
    policy = walls.prepare(without=without, inside_bubblewrap=True)
    surroundings.can_read = lambda paths: True
    policy = change(dataclasses.replace(policy, readable=(*policy.readable, readable)))
    environment = int(fields[47]), int(fields[48])
    return Place(scratch, outside, readable, sibling, secret_fd, environment, policy, report)


def _in_worker(attack: Attack, place: Place) -> None:
    signal.alarm(60)
    try:
        up = walls.enter(place.policy, scratch=place.scratch, keep_fds=(place.report,), number=7)
        assert up == place.policy.wanted
        answer = attack(place)
    except OSError as error:
        answer = type(error).__name__
    except walls.WallError as error:
        answer = f"WallError: {error}"
    except BaseException:
        answer = {"fault": traceback.format_exc()}
    with contextlib.suppress(OSError):
        os.write(place.report, json.dumps(answer).encode())
    os._exit(0)


def _number(name: str) -> int:
    import pyseccomp

    return int(pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name))


def _call(name: str, *arguments: object) -> bool:
    """A system call by its name, past the C library's own checks."""
    if libc.syscall(_number(name), *arguments) < 0:
        raise OSError(ctypes.get_errno(), name)
    return True


def reads_a_file(place: Place) -> bool:
    return Path(place.outside, "secret").read_text() == "secret"


def reads_through_a_link(place: Place) -> bool:
    os.symlink(os.path.join(place.outside, "secret"), "link")
    return Path("link").read_text() == "secret"


def reads_the_password_file(place: Place) -> bool:
    return "root" in Path("/etc/passwd").read_text()


def reads_the_graders_source(place: Place) -> bool:
    return bool(Path(walls.__file__).read_text())


def reads_about_the_zygote(place: Place) -> bool:
    return bool(Path(f"/proc/{os.getppid()}/cmdline").read_bytes())


def lists_a_folder(place: Place) -> bool:
    return bool(os.listdir(place.outside))


def writes_a_file(place: Place) -> bool:
    return Path(place.outside, "secret").write_text("x") == 1


def makes_a_file(place: Place) -> bool:
    return Path(place.outside, "new").write_text("x") == 1


def removes_a_file(place: Place) -> bool:
    os.remove(Path(place.outside, "secret"))
    return True


def moves_a_file_in(place: Place) -> bool:
    os.rename(Path(place.outside, "secret"), "mine")
    return True


def links_a_file_in(place: Place) -> bool:
    os.symlink("x", Path(place.outside, "link"))
    return True


def writes_shared_memory(place: Place) -> bool:
    with open("/dev/shm/walls-test", "w"):
        os.remove("/dev/shm/walls-test")
    return True


def runs_a_program(place: Place) -> bool:
    os.execv("/bin/true", ["true"])
    return True


def connects_by_tcp(place: Place) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", 9)) != 1


def forks(place: Place) -> bool:
    child = os.fork()
    if child == 0:
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def clones(place: Place) -> bool:
    child = libc.syscall(_number("clone"), signal.SIGCHLD, 0, 0, 0, 0)
    if child == 0:
        os._exit(0)
    return bool(child > 0)


def spawns(place: Place) -> bool:
    subprocess.run(["/nonexistent"], check=False)
    return True


def opens_a_udp_socket(place: Place) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM):
        return True


def opens_a_socket_pair(place: Place) -> bool:
    for end in socket.socketpair():
        end.close()
    return True


def opens_netlink(place: Place) -> bool:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW):
        return True


def changes_the_mode(place: Place) -> bool:
    os.chmod(place.scratch, 0o777)
    return True


def changes_the_time(place: Place) -> bool:
    os.utime(place.scratch, (1, 1))
    return True


def changes_the_mode_outside(place: Place) -> bool:
    os.chmod(Path(place.outside, "secret"), 0)
    return True


def signals_the_zygote(place: Place) -> bool:
    os.kill(os.getppid(), 0)
    return True


def kills_the_sibling(place: Place) -> bool:
    os.kill(place.sibling, signal.SIGKILL)
    return True


def kills_all(place: Place) -> bool:
    os.kill(-1, 0)
    return True


def signals_its_group(place: Place) -> bool:
    os.kill(0, 0)
    return True


def kills_by_input(place: Place) -> bool:
    """A file can send any signal to any process of its owner when there is something to read."""
    read_end, write_end = os.pipe()
    fcntl.fcntl(read_end, fcntl.F_SETOWN, place.sibling)
    fcntl.fcntl(read_end, 10, signal.SIGKILL)  # F_SETSIG
    fcntl.fcntl(read_end, fcntl.F_SETFL, os.O_ASYNC)
    os.write(write_end, b"x")
    return True


def owns_by_high_bits(place: Place) -> bool:
    read_end, _ = os.pipe()
    return _call("fcntl", read_end, ctypes.c_ulong(1 << 32 | fcntl.F_SETOWN), place.sibling)


def owns_by_ioctl(place: Place) -> bool:
    read_end, _ = os.pipe()
    return _call("ioctl", read_end, 0x8901, ctypes.byref(ctypes.c_int(place.sibling)))  # FIOSETOWN


def opens_a_process(place: Place) -> bool:
    return os.pidfd_open(os.getppid()) > 0


def limits_the_sibling(place: Place) -> bool:
    resource.prlimit(place.sibling, resource.RLIMIT_CPU, (1, 1))
    return True


def moves_the_sibling(place: Place) -> bool:
    os.sched_setaffinity(place.sibling, os.sched_getaffinity(0))
    return True


def is_traced(place: Place) -> bool:
    return _call("ptrace", 0, 0, 0, 0)


def traces_the_sibling(place: Place) -> bool:
    return _call("ptrace", 16, place.sibling, 0, 0)


def reads_the_siblings_memory(place: Place) -> bool:
    """The sibling is a fork, so what is at an address here is at that address there."""
    here, there = ctypes.create_string_buffer(8), ctypes.create_string_buffer(b"in both")
    vectors = [(ctypes.c_size_t * 2)(ctypes.addressof(buffer), 8) for buffer in (here, there)]
    return _call("process_vm_readv", place.sibling, vectors[0], 1, vectors[1], 1, 0)


def makes_a_memory_file(place: Place) -> bool:
    return os.memfd_create("x") > 0


def makes_shared_memory(place: Place) -> bool:
    return _call("shmget", 0, 4096, 0o1600)


def adds_a_key(place: Place) -> bool:
    return _call("add_key", b"user", b"walls", b"x", 1, -1)


def makes_a_namespace(place: Place) -> bool:
    return _call("unshare", 0x10000000)


def mounts(place: Place) -> bool:
    return _call("mount", b"none", place.scratch.encode(), b"tmpfs", 0, 0)


def watches_files(place: Place) -> bool:
    return _call("inotify_init1", 0)


def changes_its_personality(place: Place) -> bool:
    return _call("personality", 0x0040000)  # ADDR_NO_RANDOMIZE


def outlives_its_parent(place: Place) -> bool:
    kernel.end_with_parent(0)
    return True


def becomes_dumpable(place: Place) -> bool:
    return kernel.prctl(kernel.PR_SET_DUMPABLE, 1) == 0


def leaves_its_group(place: Place) -> bool:
    os.setpgid(0, os.getpgid(os.getppid()))
    return True


def uses_io_uring(place: Place) -> bool:
    return _call("io_uring_setup", 1, ctypes.create_string_buffer(120))


def uses_bpf(place: Place) -> bool:
    return _call("bpf", 0, ctypes.create_string_buffer(120), 120)


def empties_a_library(place: Place) -> bool:
    """Where Landlock is older than its right to truncate, being allowed to read was enough."""
    os.close(os.open(os.path.join(place.scratch, "own"), os.O_RDONLY | os.O_TRUNC | os.O_CREAT))
    return True


def takes_memory(place: Place) -> bool:
    mmap.mmap(-1, place.policy.memory + (64 << 20))
    return True


def writes_a_big_file(place: Place) -> bool:
    with open("big", "wb") as file:
        file.seek(place.policy.file_size)
        file.write(b"x")
        file.flush()
    return True


def opens_many_files(place: Place) -> bool:
    files = [os.open(".", os.O_RDONLY) for _ in range(place.policy.open_files)]
    return bool(files)


def raises_its_limits(place: Place) -> bool:
    try:
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except ValueError:  # Python's word for EPERM here
        return False
    return True


def reads_an_inherited_file(place: Place) -> bool:
    return os.pread(place.secret_fd, 6, 0) == b"secret"


def reads_the_input(place: Place) -> bool:
    return os.pread(0, 6, 0) == b"secret"


def reads_a_variable(place: Place) -> bool:
    return "SECRET_TOKEN" in os.environ


def reads_a_variable_from_c(place: Place) -> bool:
    libc.getenv.restype = ctypes.c_char_p
    return libc.getenv(b"SECRET_TOKEN") is not None


def reads_the_first_environment(place: Place) -> bool:
    start, end = place.environment
    return any(ctypes.string_at(start, end - start))


def reads_what_only_root_may(place: Place) -> bool:
    return Path(place.readable, "private").read_text() == "secret"


def reads_what_another_user_owns(place: Place) -> bool:
    return Path(place.readable, "foreign").read_text() == "secret"


# For each wall: what it alone keeps out, and what others keep out with it.
ALONE: dict[str, list[Attack]] = {
    "fds": [reads_an_inherited_file, reads_the_input],
    "environment": [reads_a_variable, reads_a_variable_from_c, reads_the_first_environment],
    "rlimits": [takes_memory, writes_a_big_file, opens_many_files],
    "landlock": [
        reads_a_file, reads_through_a_link, reads_the_password_file, reads_the_graders_source,
        reads_about_the_zygote, lists_a_folder, writes_a_file, makes_a_file, removes_a_file, moves_a_file_in,
        links_a_file_in, writes_shared_memory,
    ],
    "seccomp": [
        forks, clones, opens_a_udp_socket, opens_a_socket_pair, opens_netlink, changes_the_mode,
        changes_the_time, opens_a_process, is_traced, makes_a_memory_file, makes_shared_memory, watches_files,
        changes_its_personality, outlives_its_parent, becomes_dumpable, owns_by_high_bits,
    ],
}  # fmt: skip
TOGETHER: list[Attack] = [
    runs_a_program, connects_by_tcp, spawns, changes_the_mode_outside, signals_the_zygote, kills_the_sibling,
    kills_all, signals_its_group, kills_by_input, limits_the_sibling, moves_the_sibling, traces_the_sibling,
    reads_the_siblings_memory, adds_a_key, makes_a_namespace, mounts, leaves_its_group, uses_io_uring,
    uses_bpf, empties_a_library, raises_its_limits, owns_by_ioctl,
]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """Once, in the process that all workers are forked from."""
    walls.prepare()


KILLS = (kills_the_sibling, kills_by_input)
PAIRS = [(wall, attack) for wall, attacks in ALONE.items() for attack in attacks]


@pytest.fixture(params=[False, True][: 1 + ROOT], ids=lambda other: "other user" if other else "this user")
def unprivileged(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def crossed(answer: object) -> bool:
    return answer is True or answer == "sibling killed"


@pytest.mark.parametrize("attack", [*(attack for _, attack in PAIRS), *TOGETHER], ids=lambda it: it.__name__)
def test_attack_is_held(attack: Attack, unprivileged: bool) -> None:
    answer = run(attack, unprivileged=unprivileged)
    assert not crossed(answer), answer
    assert answer is False or answer in ("PermissionError", "OSError", "ChildProcessError"), answer


@pytest.mark.parametrize(
    ("wall", "attack"),
    PAIRS,
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_attack_crosses_where_its_wall_is_down(wall: str, attack: Attack, unprivileged: bool) -> None:
    assert crossed(run(attack, unprivileged=unprivileged, without=frozenset({wall})))


def test_sibling_is_killed_where_no_wall_stands(unprivileged: bool) -> None:
    """What both Landlock and seccomp forbid is a true attack."""
    for attack in KILLS:
        assert run(attack, unprivileged=unprivileged, change=nothing) == "sibling killed"


@pytest.mark.skipif(not ROOT, reason="only root can give workers a user of their own")
def test_own_user_cannot_read_roots_files() -> None:
    assert run(reads_what_only_root_may) == "PermissionError"
    assert run(reads_what_only_root_may, without=frozenset({"uid"})) is True


@pytest.mark.skipif(not ROOT, reason="only root has capabilities to drop")
def test_root_without_capabilities_is_a_user_like_others() -> None:
    assert run(reads_what_another_user_owns, without=frozenset({"uid"})) == "PermissionError"
    assert run(reads_what_another_user_owns, without=frozenset({"uid", "capabilities"})) is True


@pytest.mark.skipif(not ROOT, reason="only root can make a program setuid")
def test_setuid_programs_give_nothing() -> None:
    folder = tempfile.mkdtemp(dir="/tmp")
    try:
        os.chmod(folder, 0o755)
        program = shutil.copy("/usr/bin/id", folder)
        os.chmod(program, 0o4755)

        def becomes_root(place: Place) -> bool:
            return subprocess.check_output([program, "-u"]) == b"0\n"

        def only_this(policy: walls.Policy) -> walls.Policy:
            return dataclasses.replace(policy, wanted=("no_new_privs",))

        if not run(becomes_root, unprivileged=True, change=nothing):
            pytest.skip("/tmp is mounted nosuid")
        assert run(becomes_root, unprivileged=True, change=only_this) is False
    finally:
        shutil.rmtree(folder)


def test_filter_needs_no_new_privileges(unprivileged: bool) -> None:
    answer = run(reads_a_file, unprivileged=unprivileged, without=frozenset({"no_new_privs"}))
    assert answer.startswith("WallError: landlock: ")


@pytest.mark.parametrize("up", [True, False])
def test_memory_of_a_worker_is_closed_to_its_user(up: bool) -> None:
    """Without the wall any process of the same user reads it, a crash handler too."""
    answer = run(_is_read_by_a_stranger(up), unprivileged=ROOT, change=nothing)
    assert answer == ("PermissionError" if up else "read")


def _is_read_by_a_stranger(up: bool) -> Attack:
    def attack(place: Place) -> str:
        read_end, write_end = os.pipe()
        victim = os.fork()
        if victim == 0:
            policy = dataclasses.replace(place.policy, wanted=("no_core",) if up else ())
            walls.enter(policy, scratch=place.scratch, keep_fds=(), number=0)
            os.write(write_end, b"x")
            signal.pause()
        os.read(read_end, 1)
        try:
            os.close(os.open(f"/proc/{victim}/mem", os.O_RDONLY))
            return "read"
        except PermissionError:
            return "PermissionError"
        finally:
            os.kill(victim, signal.SIGKILL)
            os.waitpid(victim, 0)

    return attack


@pytest.mark.parametrize("main_thread_ends", [False, True])
@pytest.mark.parametrize("wall", [True, False])
def test_worker_ends_with_its_zygote(wall: bool, main_thread_ends: bool, unprivileged: bool) -> None:
    """A worker that nobody waits for any more; also where its first thread is gone and another goes on."""
    without = frozenset() if wall else frozenset({"parent_death"})
    scratch = tempfile.mkdtemp(dir="/tmp")
    read_end, write_end = os.pipe()  # the worker holds the writing end as long as it lives
    ready_read, ready_write = os.pipe()
    zygote = os.fork()
    if zygote == 0:
        try:
            os.close(read_end)
            if unprivileged:
                os.chown(scratch, OTHER_USER, OTHER_USER)
                surroundings.take_uid(OTHER_USER)
            surroundings.can_read = lambda paths: True
            policy = walls.prepare(without=without, inside_bubblewrap=True)
            worker = os.fork()
            if worker == 0:
                walls.enter(policy, scratch=scratch, keep_fds=(write_end, ready_write), number=1)

                def go_on() -> None:
                    os.write(ready_write, str(os.getpid()).encode())
                    time.sleep(20)
                    os._exit(0)

                if main_thread_ends:
                    threading.Thread(target=go_on).start()
                    libc.syscall(_number("exit"), 0)  # this thread alone
                go_on()
            signal.pause()
        finally:
            os._exit(1)
    os.close(write_end)
    os.close(ready_write)
    worker = int(os.read(ready_read, 20))
    os.close(ready_read)
    os.kill(zygote, signal.SIGKILL)
    os.waitpid(zygote, 0)
    ended = bool(select.select([read_end], [], [], 10 if wall else 0.3)[0])
    if not ended:
        os.kill(worker, signal.SIGKILL)
    os.close(read_end)
    os.rmdir(scratch)
    assert ended == wall


def test_threads_are_limited(unprivileged: bool) -> None:
    def starts_threads(place: Place) -> int:
        threading.stack_size(1 << 16)
        forever = threading.Event()
        for started in range(200):
            try:
                threading.Thread(target=forever.wait, daemon=True).start()
            except RuntimeError:
                return started
        return 200

    def few(policy: walls.Policy) -> walls.Policy:
        return dataclasses.replace(policy, processes=50)

    if not ROOT and surroundings.tasks_of_this_user() > 40:
        pytest.skip("this user runs more than that")
    assert run(starts_threads, unprivileged=unprivileged, change=few) < 50
    assert run(starts_threads, unprivileged=unprivileged, change=few, without=frozenset({"rlimits"})) == 200


def test_cpu_limit_ends_a_loop() -> None:
    def spins(place: Place) -> None:
        walls.set_cpu_limit(1)
        while True:
            pass

    assert run(spins) == "SIGXCPU"


def test_honest_code_does_not_notice() -> None:
    """Threads, files of all kinds, copies, a data base, a signal to oneself."""

    def works(place: Place) -> bool:
        assert os.getcwd() == place.scratch == tempfile.gettempdir() == os.path.expanduser("~")
        seen: list[int] = []
        threads = [threading.Thread(target=seen.append, args=(i,)) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(seen) == list(range(8))
        Path("a").write_text("text")
        shutil.copy("a", "b")
        shutil.copy2("a", "c")
        os.replace("c", "d")
        Path("a").touch()
        shutil.copytree(".", "tree/deep")
        with tempfile.TemporaryDirectory() as folder, open(Path(folder, "x"), "w+b") as file:
            file.write(b"x" * 4096)
            file.truncate(10)
            os.fsync(file.fileno())
            with mmap.mmap(file.fileno(), 10) as view:
                view[0] = 65
        with tempfile.TemporaryFile() as file:
            file.write(b"x")
        data = sqlite3.connect("data")
        data.execute("create table t (a)")
        data.commit()
        data.close()
        caught: list[int] = []
        signal.signal(signal.SIGUSR1, lambda number, frame: caught.append(number))
        os.kill(os.getpid(), signal.SIGUSR1)
        signal.raise_signal(signal.SIGUSR1)
        assert caught == [signal.SIGUSR1] * 2
        import colorsys  # from the standard library, for the first time

        assert colorsys.rgb_to_hsv(0, 0, 0) == (0, 0, 0)
        with open(os.devnull, "w") as null:
            null.write("x")
        assert not os.isatty(0)
        return True

    assert run(works, without=frozenset({"uid"})) is True
    if ROOT and not surroundings.uid_can_work(60000):
        return  # the late import would not be found, which is why there is no such wall then
    assert run(works) is True


@pytest.mark.parametrize("wall", sorted(PROBES))
def test_probe_sees_a_wall_that_is_down(wall: str, unprivileged: bool) -> None:
    if wall in ("uid", "capabilities") and (unprivileged or not ROOT):
        pytest.skip("only root has them")
    # Becoming another user drops capabilities and forbids dumps all by itself; the last two need the third.
    without = {
        "uid": {"uid", "capabilities", "no_core"},
        "capabilities": {"uid", "capabilities"},
        "no_core": {"uid", "no_core"},
        "no_new_privs": {"no_new_privs", "landlock", "seccomp"},
    }.get(wall, {wall})

    def probe(place: Place) -> list[str]:
        believed = dataclasses.replace(place.policy, wanted=(*place.policy.wanted, wall))
        return list(walls.probe(believed, scratch=place.scratch, keep_fds=(place.report,)))

    held = set(run(probe, unprivileged=unprivileged, without=frozenset(without)))
    assert held == set(run(lambda place: place.policy.wanted, unprivileged=unprivileged)) - without


def test_probe_finds_every_wall_up(unprivileged: bool) -> None:
    def probe(place: Place) -> bool:
        held = walls.probe(place.policy, scratch=place.scratch, keep_fds=(place.report,))
        return held == place.policy.wanted

    assert run(probe, unprivileged=unprivileged) is True


def test_size_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_bytes(b"x" * 100_000)
    (tmp_path / "link").symlink_to("/")
    assert 100_000 < surroundings.folder_size(str(tmp_path), most=1 << 30) < 200_000
    for number in range(10):
        (tmp_path / str(number)).touch()
    assert surroundings.folder_size(str(tmp_path), most=20_000) > 20_000
    assert surroundings.folder_size(str(tmp_path / "gone"), most=1) == 0


def test_unknown_wall_is_an_error() -> None:
    with pytest.raises(ValueError, match="moat"):
        walls.prepare(without=frozenset({"moat"}))


def test_every_wall_has_a_probe_and_advice() -> None:
    assert set(PROBES) == set(walls.WALLS)
    lines = walls.missing_advice([*walls.WALLS, "bubblewrap"])
    assert all(line.startswith(name) for name, line in zip([*walls.WALLS, "bubblewrap"], lines, strict=True))
    assert all("\n" not in line for line in lines)


def test_policy_survives_being_sent() -> None:
    policy = walls.prepare()
    assert walls.Policy.load(policy.dump()) == policy


def test_wall_that_fails_stops_the_worker() -> None:
    answer = run(reads_a_file, change=lambda p: dataclasses.replace(p, seccomp=b""))
    assert answer == "WallError: seccomp: WallError: there is no compiled filter"


def test_filter_is_in_place_before_anything_else_can_run() -> None:
    assert walls.WALLS[-1] == "seccomp"
    assert len(seccomp.compile_filter()) % 8 == 0


def test_no_wall_wanted_needs_nothing_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "COURSE", Path("/usr/lib/course"))
    assert walls.prepare(without=frozenset(walls.WALLS)) == walls.Policy()


def test_other_systems_have_no_walls() -> None:
    """Neither the modules that only Linux has nor those that Windows lacks are asked for."""
    script = """if True:
        import ctypes, mmap, os, platform, shutil, site, socket, subprocess, sys, sysconfig, tempfile
        sys.platform = "win32"
        for name in ("landlockpy", "pyseccomp", "resource", "pwd", "fcntl"):
            sys.modules[name] = None
        from autograder import walls
        assert walls.prepare() == walls.Policy()
        assert walls.enter(walls.Policy(), scratch=sys.argv[1], keep_fds=(), number=0) == ()
        assert walls.probe(walls.Policy(), scratch=".", keep_fds=()) == ()
        walls.set_cpu_limit(1)
        assert os.path.samefile(".", sys.argv[1])
    """
    folder = str(Path(walls.__file__).parent.parent)
    subprocess.run([sys.executable, "-c", script, tempfile.gettempdir()], cwd=folder, check=True)


def test_course_inside_a_readable_place_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "COURSE", Path("/usr/lib/course"))
    with pytest.raises(walls.WallError, match="move it elsewhere"):
        walls.prepare()


@pytest.fixture(autouse=True)
def no_children_left() -> Iterator[None]:
    yield
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
