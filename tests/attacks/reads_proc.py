"""Reads command lines, environments, memory and open files of the grader, the zygote and itself from /proc."""
import os

EXPECT = {"double": ("error", "held: 0 files")}
CROSSES = ("landlock",)


def double(x):
    found = []
    for process in ("self", os.getpid(), os.getppid(), "@GRADER_PID@", "@SIBLING_PID@", 1):
        for name in ("environ", "cmdline", "maps", "mem", "stat", "status", "fd/0", "cwd/requirements.txt", "root/etc/passwd"):
            try:
                with open(f"/proc/{process}/{name}", "rb") as file:
                    found += [text for text in [file.read(4096)] if text]
            except OSError:
                pass
    for name in ("/proc/version", "/proc/net/tcp", "/proc/net/unix", "/etc/passwd", "/etc/hostname"):
        try:
            found.append(open(name, "rb").read())
        except OSError:
            pass
    raise RuntimeError(f"crossed: {found}" if found else "held: 0 files")
