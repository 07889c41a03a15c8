"""Looks for the grader's secrets in os.environ, in C's environment and where the kernel first put it."""
import ctypes
import os

EXPECT = {"double": ("error", "held: no such variable")}
CROSSES = ("environment",)


def double(x):
    libc = ctypes.CDLL(None)
    libc.getenv.restype = ctypes.c_char_p
    block = ctypes.POINTER(ctypes.c_char_p).in_dll(libc, "environ")
    inside, n = [], 0
    while block[n]:
        inside.append(block[n])
        n += 1
    found = [os.environ.get("COURSE_TOKEN"), libc.getenv(b"COURSE_TOKEN"), *(line for line in inside if b"TOKEN" in line)]
    found += [value for name, value in os.environ.items() if "SECRET" in value or "/course" in value]
    if any(found):
        raise RuntimeError(f"crossed: {found}")
    raise RuntimeError("held: no such variable")
