"""The warm process that workers are forked from. It sees no tests, no answers and no submissions.

It serves control sockets: `{"op": "spawn"}` with one end of a channel forks a worker and answers its pid and pidfd; `{"op": "reap"}` answers
how a worker ended; `{"op": "connect"}` adds a control socket (one per grader child). When a control socket closes, the workers spawned
through it are killed and their scratch folders removed; when the first one closes, the zygote ends, and with it every worker: so nothing is
left behind even if the grader is killed.
"""

from __future__ import annotations

import array
import contextlib
import gc
import os
import secrets
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
from dataclasses import dataclass, field
from typing import Any

import msgpack

from .surroundings import folder_size

DISK = 256 << 20
"""Bytes that a worker's scratch folder may take in all."""
THREADS = 512
"""Threads that a worker may run: the kernel's own limit counts all of a user's, and does not hold for root."""
WATCH_INTERVAL = 300
"""Milliseconds between two looks at the workers."""
ROOT_PREFIX = "pytorch-course-"
"""How the names of folders begin that hold workers' scratch folders."""

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)


def one_thread() -> None:
    """Must run before torch or NumPy is imported: with two threads results differ from run to run, and a fork may hang for ever."""
    for name in THREAD_VARIABLES:
        os.environ[name] = "1"
    os.environ["MPLBACKEND"] = "Agg"


def load_torch() -> None:
    """Import torch as all of this runs it: on one thread, without what never matters here. Enough for a grader whose workers come from elsewhere."""
    import torch

    from . import lean

    torch.set_num_threads(1)
    with contextlib.suppress(RuntimeError):  # a second call in one process is refused, and changes nothing
        torch.set_num_interop_threads(1)
    lean.make_lean()


def warm() -> None:
    """Import everything a topic uses and run the first optimiser, convolution and figure, so that no worker pays for their lazy imports."""
    load_torch()
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    import numpy as np
    import PIL.Image
    import torch
    import torch.fx.experimental.symbolic_shapes  # with SymPy: what runs on meta tensors asks for it
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    from . import figures, loaders, losses, worker  # noqa: F401 - imported here so that a fork finds them loaded

    PIL.Image.init()
    state, numpy_state = torch.get_rng_state(), np.random.get_state()
    net = nn.Sequential(
        nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(18, 2)
    )
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    loader = DataLoader(TensorDataset(torch.rand(4, 1, 8, 8), torch.tensor([0, 1, 0, 1])), batch_size=4)
    for images, labels in loader:
        torch.autograd.backward(nn.functional.cross_entropy(net(images), labels))
    optimizer.step()
    figure, axes = plt.subplots()
    axes.scatter([0, 1], [0, 1], label="x")
    axes.legend()
    figure.canvas.draw()
    plt.close("all")
    torch.set_rng_state(state)
    np.random.set_state(numpy_state)


def send_message(sock: socket.socket, message: dict[str, Any], fds: list[int] | None = None) -> None:
    """One msgpack map over a SOCK_SEQPACKET socket, with file descriptors beside it."""
    ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
    sock.sendmsg([msgpack.packb(message)], ancillary)


def receive_message(sock: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """The counterpart of `send_message`; None when the other side has closed."""
    try:
        data, ancillary, _, _ = sock.recvmsg(65536, socket.CMSG_SPACE(4 * 8))
    except ConnectionError:
        return None
    if not data:
        return None
    fds = array.array("i")
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(content[: len(content) - len(content) % fds.itemsize])
    return msgpack.unpackb(data), list(fds)


@dataclass
class Child:
    """A worker that the zygote has forked and not yet reaped."""

    pid: int
    owner: int
    scratch: str
    stopped: str = ""
    """Why the zygote itself ended it."""


@dataclass
class Zygote:
    """Serves control sockets until the first one closes."""

    policy: Any
    controls: list[socket.socket]
    root: str
    children: dict[int, Child] = field(default_factory=dict)
    cleaners: set[int] = field(default_factory=set)
    """Processes that remove what workers left in their folders: that may take minutes, in which others want workers."""
    spawned: int = field(default_factory=lambda: secrets.randbelow(1 << 16))
    """Numbers workers; from a start of its own, so that two zygotes of root rarely give two workers one user id."""

    def serve(self) -> None:
        """Until the first control socket closes, or SIGTERM says that the grader has ended."""
        stopped, wake = os.pipe()
        os.set_blocking(wake, False)
        # Nothing is broken off in the middle: the signal only makes the pipe readable, which ends the loop.
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGTERM, lambda number, frame: None)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        try:
            self._serve(stopped)
        finally:
            for child in list(self.children.values()):
                self._end(child)
            self._end_orphans(spared=set())  # those that clear up, too: two at one folder would leave some of it
            remove_folder(self.root)

    def _serve(self, stopped: int) -> None:
        first = self.controls[0]
        poll = select.poll()
        poll.register(first, select.POLLIN)
        poll.register(stopped, select.POLLIN)
        while first in self.controls:
            ready = poll.poll(WATCH_INTERVAL if self.children or self.cleaners else None)
            self._watch()
            for fd, _ in ready:
                if fd == stopped:
                    return
                control = next((c for c in self.controls if c.fileno() == fd), None)
                if control is None:
                    continue
                received = receive_message(control)
                if received is None:
                    poll.unregister(control)
                    self._drop(control)
                else:
                    self._answer(control, *received, poll)

    def _answer(self, control: socket.socket, message: dict[str, Any], fds: list[int], poll: select.poll) -> None:
        operation = message["op"]
        if operation == "connect":
            added = socket.socket(fileno=fds[0])
            self.controls.append(added)
            poll.register(added, select.POLLIN)
        elif operation == "spawn":
            try:
                self._spawn(control, fds[0], bool(message.get("probe")))
            except (
                OSError
            ) as error:  # no process or no folder to be had at the moment: that costs one submission, not all
                with contextlib.suppress(OSError):
                    send_message(control, {"failed": f"{error.strerror}: {error.filename or 'fork'}"})
        elif operation == "reap":
            child = self.children.get(message["pid"])
            status = self._end(child) if child is not None else -1
            with contextlib.suppress(OSError):
                send_message(control, {"status": status, "stopped": child.stopped if child is not None else ""})

    def _spawn(self, control: socket.socket, channel_fd: int, probe: bool) -> None:
        number = self.spawned
        self.spawned += 1
        try:
            scratch = tempfile.mkdtemp(prefix="", dir=self.root)
            pid = os.fork()
            if pid == 0:
                try:
                    become_worker(self.policy, scratch, channel_fd, number, probe)
                finally:
                    os._exit(70)  # never return into the zygote's loop
        finally:
            os.close(channel_fd)
        self.children[pid] = Child(pid, control.fileno(), scratch)
        pidfd = os.pidfd_open(pid)
        try:
            send_message(control, {"pid": pid, "scratch": scratch}, [pidfd])
        except OSError:
            self._end(self.children[pid])
        finally:
            os.close(pidfd)

    def _watch(self) -> None:
        """End a worker that takes more than its share of what the kernel does not limit: it limits each file, not their sum."""
        for child in self.children.values():
            if child.stopped:
                continue
            if folder_size(child.scratch, most=DISK) > DISK:
                child.stopped = f"it filled more than {DISK >> 20} MB of disk"
            elif threads_of(child.pid) > THREADS:
                child.stopped = f"it ran more than {THREADS} threads"
            if child.stopped:
                os.kill(child.pid, signal.SIGKILL)
        self.cleaners = {pid for pid in self.cleaners if not os.waitpid(pid, os.WNOHANG)[0]}

    def _end(self, child: Child) -> int:
        """Kill a worker if it still runs, reap it, remove its scratch folder; its wait status."""
        ended, status = os.waitpid(child.pid, os.WNOHANG)
        if not ended:
            # The worker closes its channel before it is gone: give a death of its own a moment to be the one that is reported.
            deadline = time.monotonic() + 0.2
            while not ended and time.monotonic() < deadline:
                time.sleep(0.002)
                ended, status = os.waitpid(child.pid, os.WNOHANG)
        if not ended:
            os.kill(child.pid, signal.SIGKILL)
            _, status = os.waitpid(child.pid, 0)
        del self.children[child.pid]
        # A group of its own: what the worker forked, where no wall forbids that, ends with it.
        with contextlib.suppress(OSError):
            os.killpg(child.pid, signal.SIGKILL)
        self._end_orphans(spared=set(self.children) | self.cleaners)
        self._clear(child.scratch)
        return status

    def _clear(self, scratch: str) -> None:
        """Remove a scratch folder; one that is not empty in a process of its own."""
        with contextlib.suppress(OSError):
            os.rmdir(scratch)
            return
        pid = os.fork()
        if pid:
            self.cleaners.add(pid)
            return
        try:
            for control in self.controls:
                control.close()
            remove_folder(scratch)
        finally:
            os._exit(0)

    def _end_orphans(self, spared: set[int]) -> None:
        """What a worker forked and left became this process's child (see `adopt_orphans`), whatever group it put itself in."""
        for _ in range(1000):  # each that ends may leave orphans of its own
            orphans = children_of_this_process() - spared
            if not orphans:
                return
            for pid in orphans:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)

    def _drop(self, control: socket.socket) -> None:
        for child in [c for c in self.children.values() if c.owner == control.fileno()]:
            self._end(child)
        self.controls.remove(control)
        control.close()


def threads_of(pid: int) -> int:
    """How many threads a process runs; 0 where /proc does not say."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return int(file.read().rpartition(")")[2].split()[17])
    except (OSError, IndexError):
        return 0


def children_of_this_process() -> set[int]:
    """Process ids of the children, ended ones too; none where /proc does not say."""
    try:
        with open(f"/proc/self/task/{os.getpid()}/children") as file:
            return {int(pid) for pid in file.read().split()}
    except OSError:
        return set()


def adopt_orphans() -> None:
    """PR_SET_CHILD_SUBREAPER: a process whose parent ends becomes this one's child, instead of the machine's first one's."""
    from . import kernel

    with contextlib.suppress(OSError):
        kernel.prctl(36, 1)


def remove_folder(folder: str) -> None:
    """Remove a scratch folder, whatever the worker made of it: nested deeper than recursion goes, or closed to its owner.

    A folder inside another is moved up before its turn comes, so that no path grows long.
    """
    mark, todo = secrets.token_hex(8), [folder]
    for number, path in enumerate(todo):  # which grows meanwhile
        here = path
        with contextlib.suppress(OSError):
            os.chmod(path, 0o700)  # a folder is moved by who may write in it
            inner = os.listdir(path)
            if path != folder:
                here = os.path.join(folder, f"{mark}-{number}")
                os.rename(path, here)
            for name in inner:
                below = os.path.join(here, name)
                if os.path.isdir(below) and not os.path.islink(below):
                    todo.append(below)
                else:
                    with contextlib.suppress(OSError):
                        os.unlink(below)
    with contextlib.suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)


def become_worker(policy: Any, scratch: str, channel_fd: int, number: int, probe: bool) -> None:
    """In the forked child: put up the walls, then serve the channel. Does not return."""
    from . import walls
    from .channel import Channel
    from .loaders import work_in_process
    from .worker import Printed, Worker

    try:
        os.setpgid(0, 0)
        null = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(null, standard)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        work_in_process()
        put_up = walls.enter(policy, scratch=scratch, keep_fds=(channel_fd,), number=number)
        if probe:
            put_up = walls.probe(policy, scratch=scratch, keep_fds=(channel_fd,))
        os.chdir(scratch)
        sys.stdout = sys.stderr = Printed()
        channel = Channel(channel_fd, channel_fd)
        channel.send(_ready(put_up))
        Worker(channel, walls.set_cpu_limit).serve()
    except BaseException as error:
        # The grader reads the reason; without walls no student's source has been read at this point.
        with contextlib.suppress(BaseException):
            Channel(channel_fd, channel_fd).send(_ready((), f"{type(error).__name__}: {error}"))
        os._exit(71)
    os._exit(0)


def _ready(put_up: tuple[str, ...], error: str | None = None) -> Any:
    from .channel import dumps

    return dumps({"walls": list(put_up), "failed": error})


def start(policy: Any) -> tuple[socket.socket, int, str]:
    """Fork the zygote off this warm process; its control socket, its pid and the folder that its workers' folders will be in.

    Call before any test or reference is read. Whoever reaps the zygote removes the folder, should it have been killed.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    root = os.path.join(tempfile.gettempdir(), f"{ROOT_PREFIX}{secrets.token_hex(8)}")
    gc.collect()
    gc.freeze()
    parent = os.getpid()
    pid = os.fork()
    if pid:
        gc.unfreeze()
        theirs.close()
        return ours, pid, root
    try:
        os.setpgid(0, 0)  # Ctrl-C in the terminal is the grader's to handle
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        ours.close()
        null = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(null, standard)
        os.closerange(3, theirs.fileno())
        os.closerange(theirs.fileno() + 1, 4096)
        adopt_orphans()
        serve(policy, theirs, root, parent)
    finally:
        os._exit(0)


def serve(policy: Any, control: socket.socket, root: str, parent: int | None = None) -> None:
    """Be the zygote until the grader ends.

    The closing of the control socket would be noticed late while a worker is being reaped, so `parent`'s end sends SIGTERM, too. Not SIGKILL:
    the scratch folders are still to be removed.
    """
    from . import kernel

    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # from here to where it is served
    if parent is not None:
        kernel.end_with_parent(signal.SIGTERM)
        if os.getppid() != parent:
            return
    os.mkdir(root, 0o711)
    os.chmod(root, 0o711)  # a worker with an uid of its own passes through to its folder, and sees no other
    Zygote(policy, [control], root).serve()


def main() -> None:
    """A zygote of its own, inside bubblewrap: gets its policy over the control socket whose descriptor is the argument."""
    from . import walls

    one_thread()
    control = socket.socket(fileno=int(sys.argv[1]))
    policy = walls.Policy.load(control.recv(1 << 20))
    warm()
    gc.collect()
    gc.freeze()
    adopt_orphans()
    serve(policy, control, os.path.join(tempfile.gettempdir(), f"{ROOT_PREFIX}{secrets.token_hex(8)}"))


if __name__ == "__main__":
    from autograder.zygote import main as run

    run()
