"""Ways around a list of forbidden calls: io_uring, userfaultfd, files in memory, events of files and of the processor, handles of processes."""
import ctypes
import os
import platform

EXPECT = {"double": ("error", "held: 0 opened")}
CROSSES = ("seccomp",)

page = ctypes.create_string_buffer(4096)
CALLS = {  # number on x86-64, on aarch64, arguments
    "io_uring_setup": (425, 425, 8, page), "userfaultfd": (323, 282, 1), "memfd_create": (319, 279, b"x", 0), "memfd_secret": (447, 447, 0),
    "perf_event_open": (298, 241, page, 0, -1, -1, 0), "inotify_init1": (294, 26, 0), "fanotify_init": (300, 262, 0, 0),
    "pidfd_open": (434, 434, os.getppid(), 0), "bpf": (321, 280, 0, page, 120),
}


def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    column = ("x86_64", "aarch64").index(platform.machine())
    opened = [name for name, (*numbers, a, b, c, d, e) in
              ((name, (*call, 0, 0, 0, 0, 0)[:7]) for name, call in CALLS.items()) if libc.syscall(numbers[column], a, b, c, d, e) >= 0]
    raise RuntimeError(f"crossed: {opened}" if opened else "held: 0 opened")
