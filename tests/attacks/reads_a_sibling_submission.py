"""Copies the answer of another submission, by its path, through a symbolic link, and by walking the folder."""
import os

EXPECT = {"descend": ("error", "held")}
CROSSES = ("landlock",)


def descend(model, X, y, lr):
    os.symlink("@SIBLING@", "link")
    for path in ("@SIBLING@/00_sample/basics.py", "link/00_sample/basics.py", "/proc/self/root@SIBLING@/00_sample/basics.py"):
        try:
            raise RuntimeError(f"crossed: {open(path).read()}")
        except OSError:
            pass
    try:
        raise RuntimeError(f"crossed: {os.listdir('@SIBLING@')}")
    except OSError as error:
        raise RuntimeError(f"held: {error}") from None
