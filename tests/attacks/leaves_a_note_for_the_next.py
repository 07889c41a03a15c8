"""Leaves something for later submissions wherever a system keeps things beyond a process: keyrings, queues, shared memory, semaphores, attributes."""
import ctypes
import os
import platform

EXPECT = {"double": ("error", "held: 0 kept")}
CROSSES = ("seccomp",)

KEY = 0x5EC0
CREATE = 0o1666
# name: number on x86-64, on aarch64, arguments
CALLS = {
    "add_key": (248, 217, b"user", b"planted", b"x", 1, -4), "keyctl": (250, 219, 1, 0), "shmget": (29, 194, KEY, 4096, CREATE),
    "msgget": (68, 186, KEY, CREATE), "semget": (64, 190, KEY, 1, CREATE), "mq_open": (240, 180, b"planted", os.O_CREAT | os.O_RDWR, 0o666, 0),
    "setxattr": (188, 5, os.getcwd().encode(), b"user.planted", b"x", 1, 0),
}


def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    column = ("x86_64", "aarch64").index(platform.machine())
    kept = []
    for name, (*numbers, a, b, c, d, e) in ((name, (*call, 0, 0, 0, 0)[:7]) for name, call in CALLS.items()):
        found = libc.syscall(numbers[column], a, b, c, d, e)
        if found >= 0:
            kept.append(name)
            removers = {"shmget": ((31, 195), found, 0, 0), "msgget": ((71, 187), found, 0, 0), "semget": ((66, 191), found, 0, 0)}
            if name in removers:  # this is a test: not to be left where the wall is down
                (there, elsewhere), *arguments = removers[name]
                libc.syscall((there, elsewhere)[column], *arguments, 0)
    raise RuntimeError(f"crossed: {kept}" if kept else "held: 0 kept")
