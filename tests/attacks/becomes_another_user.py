"""Takes back root's powers: user ids, capabilities, namespaces, mounts, chroot."""
import ctypes
import os

EXPECT = {"double": ("error", "held: 0 gained")}
CROSSES = ("seccomp",)


def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    gained = []
    for attempt in (lambda: os.setuid(0), lambda: os.setresuid(1, 1, 1), lambda: os.chroot("."), lambda: os.setgroups([0]), lambda: os.nice(-5)):
        try:
            attempt()
            gained.append(attempt.__code__.co_names)
        except OSError:
            pass
    for name, *arguments in (("unshare", 0x10000000), ("unshare", 0x20000), ("mount", b"none", b".", b"tmpfs", 0, 0), ("personality", 0x40000)):
        if getattr(libc, name)(*arguments) >= 0:
            gained.append(name)
    raise RuntimeError(f"crossed: {gained}" if gained else "held: 0 gained")
