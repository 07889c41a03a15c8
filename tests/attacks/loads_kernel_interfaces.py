"""Ways around a list of forbidden calls: io_uring, bpf, userfaultfd, keyrings, memfd, SysV shared memory, message queues."""
import ctypes

EXPECT = {"double": ("error", "held: 0 opened")}
CROSSES = ("seccomp",)

CALLS = {
    "x86_64": {"io_uring_setup": 425, "bpf": 321, "userfaultfd": 323, "add_key": 248, "keyctl": 250, "memfd_create": 319, "shmget": 29, "msgget": 68,
               "semget": 64, "mq_open": 240, "perf_event_open": 298, "inotify_init1": 294, "fanotify_init": 300, "pidfd_getfd": 438, "mount_setattr": 442},
    "aarch64": {"io_uring_setup": 425, "bpf": 280, "userfaultfd": 282, "add_key": 217, "keyctl": 219, "memfd_create": 279, "shmget": 194, "msgget": 186,
                "semget": 190, "mq_open": 180, "perf_event_open": 241, "inotify_init1": 26, "fanotify_init": 262, "pidfd_getfd": 438, "mount_setattr": 442},
}


def double(x):
    import platform

    libc = ctypes.CDLL(None, use_errno=True)
    page = ctypes.create_string_buffer(4096)
    opened = [name for name, number in CALLS[platform.machine()].items() if libc.syscall(number, page, page, 1, 0, 0) >= 0]
    raise RuntimeError(f"crossed: {opened}" if opened else "held: 0 opened")
