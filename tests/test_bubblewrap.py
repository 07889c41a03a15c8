"""Inside bubblewrap there is Python, a little scratch space, nothing else; a worker's walls go up in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

if sys.platform != "linux":
    pytest.skip("bubblewrap is a Linux program", allow_module_level=True)

from autograder import bubblewrap, surroundings, walls

ROOT = os.geteuid() == 0
MODULES = ("__init__", "bubblewrap", "kernel", "probes", "seccomp", "surroundings", "walls")

ZYGOTE = """if True:
    import json, os, shutil, sys, tempfile
    from pathlib import Path
    from autograder import surroundings, walls

    policy = walls.Policy.load(sys.stdin.buffer.read())
    scratch = tempfile.mkdtemp()
    read_end, write_end = os.pipe()
    worker = os.fork()
    if worker == 0:
        up = walls.enter(policy, scratch=scratch, keep_fds=(write_end,), number=3)
        held = walls.probe(policy, scratch=scratch, keep_fds=(write_end,))
        import colorsys  # for the first time, as the worker's own user
        os.makedirs("deep/er")
        Path("deep/er/file").write_text("x")
        os.write(write_end, json.dumps([up, held, os.getuid()]).encode())
        os._exit(0)
    os.close(write_end)
    with open(read_end) as pipe:
        up, held, uid = json.load(pipe)
    os.waitpid(worker, 0)
    shutil.rmtree(scratch)
    try:
        with open(os.path.join(tempfile.gettempdir(), "big"), "wb") as file:
            while True:
                file.write(bytes(1 << 24))
    except OSError as error:
        filled = error.errno
    def missing(path):
        try:
            os.stat(path)
        except FileNotFoundError:
            return True
    print(json.dumps({
        "up": up, "held": held, "uid": uid, "filled": filled, "environment": dict(os.environ),
        "processes": [name for name in os.listdir("/proc") if name.isdigit()],
        "interfaces": [line.split(":")[0].strip() for line in open("/proc/net/dev").readlines()[2:]],
        "missing": [path for path in sys.argv[1:] if missing(path)],
        "here": os.getcwd(),
    }))
"""


def command(script: str, *arguments: str, readable: tuple[str, ...]) -> list[str]:
    own = [str(surroundings.COURSE / "autograder" / f"{name}.py") for name in MODULES]
    argv = [sys.executable, "-c", script, *arguments]
    found = bubblewrap.bubblewrap_command(argv, readable=readable, fds=(), course_readable=own)
    if found is None:
        pytest.skip("bubblewrap is missing or not allowed here")
    return found


@pytest.fixture(scope="module")
def policy() -> walls.Policy:
    return walls.prepare(inside_bubblewrap=True)


@pytest.fixture(scope="module")
def seen(policy: walls.Policy, hidden: tuple[str, ...]) -> dict[str, Any]:
    line = command(ZYGOTE, *hidden, readable=policy.readable)
    done = subprocess.run(line, input=policy.dump(), capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.fixture(scope="module")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    secret = tmp_path_factory.mktemp("hidden") / "secret"
    secret.write_text("secret")
    course = surroundings.COURSE
    graders = str(course / "autograder" / "graders")
    return (str(secret), "/etc/passwd", "/home", "/dev/shm", "/usr/bin/id", str(course / "tests"),
            str(course / "solutions"), graders, f"/proc/{os.getpid()}/stat")  # fmt: skip


def test_all_walls_go_up_and_hold(seen: dict[str, Any], policy: walls.Policy) -> None:
    assert seen["up"] == seen["held"] == list(policy.wanted)
    if ROOT:
        assert "uid" in seen["held"]
        assert seen["uid"] == policy.uid_base + 3 if policy.uid_base is not None else False


def test_other_files_and_processes_are_absent(seen: dict[str, Any], hidden: tuple[str, ...]) -> None:
    assert seen["missing"] == list(hidden)
    assert len(seen["processes"]) <= 3


def test_there_is_no_network(seen: dict[str, Any]) -> None:
    assert seen["interfaces"] == ["lo"]


def test_scratch_space_is_bounded(seen: dict[str, Any]) -> None:
    assert seen["filled"] == 28  # ENOSPC


def test_environment_is_the_given_one(seen: dict[str, Any]) -> None:
    expected = surroundings.environment(bubblewrap.SCRATCH)
    extra = set(seen["environment"]) - set(expected)
    assert extra <= {"PWD", "LC_CTYPE"}  # set by bubblewrap and by Python themselves
    assert seen["here"] == str(surroundings.COURSE)


def test_everything_is_read_only(policy: walls.Policy) -> None:
    script = f"open({str(surroundings.COURSE / 'autograder' / 'walls.py')!r}, 'a')"
    done = subprocess.run(command(script, readable=policy.readable), capture_output=True, check=False)
    # As its owner one meets the mount, as another user the file's mode.
    assert b"Read-only file system" in done.stderr or b"Permission denied" in done.stderr


def test_it_ends_with_the_grader(policy: walls.Policy) -> None:
    """Killed, the grader takes along all that is inside."""
    line = command("import time; print('up', flush=True); time.sleep(60)", readable=policy.readable)
    script = "import subprocess, sys; subprocess.run(sys.argv[1:])"
    grader = subprocess.Popen([sys.executable, "-c", script, *line], stdout=subprocess.PIPE)
    with grader, grader.stdout as output:  # type: ignore[union-attr]
        assert output.readline() == b"up\n"
        grader.kill()
        assert output.read() == b""  # only once the last process that could write is gone


def test_absent_bubblewrap_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bubblewrap.bubblewrap_command(["x"], readable=(), fds=(), course_readable=()) is None


def test_forbidden_bubblewrap_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "bwrap"
    program.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bubblewrap.bubblewrap_command(["x"], readable=(), fds=(), course_readable=()) is None


def test_links_are_followed_step_by_step(tmp_path: Path) -> None:
    (tmp_path / "real" / "lib").mkdir(parents=True)
    (tmp_path / "real" / "lib" / "file").touch()
    (tmp_path / "relative").symlink_to("real")
    (tmp_path / "absolute").symlink_to(tmp_path / "relative")
    links: dict[str, str] = {}
    end = bubblewrap._follow(f"{tmp_path}/absolute/lib/../lib/file", links)
    assert end == f"{tmp_path}/real/lib/file"
    assert links == {f"{tmp_path}/absolute": f"{tmp_path}/relative", f"{tmp_path}/relative": "real"}
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OSError, match="too many links"):
        bubblewrap._follow(f"{tmp_path}/loop", {})
