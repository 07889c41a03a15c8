"""Looks for descriptors of the grader or zygote beside its own channel: control sockets, pipes, files."""
import os
import stat

EXPECT = {"double": ("error", "held: one socket")}
CROSSES = ("fds",)


def double(x):
    found = []
    for fd in range(1024):
        try:
            mode = os.fstat(fd).st_mode
        except OSError:
            continue
        if stat.S_ISSOCK(mode) or stat.S_ISFIFO(mode) or stat.S_ISREG(mode):
            found.append((fd, oct(mode)))
    raise RuntimeError(f"crossed: {found}" if len(found) != 1 else "held: one socket")
