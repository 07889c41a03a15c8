"""Overwrites, empties, renames, removes and changes the mode of a file of others that anyone may write."""
import os

EXPECT = {"double": ("error", "held: 0 changed")}
CROSSES = ("landlock",)


def double(x):
    path = "@OUTSIDE@/secret"
    changed = []
    for attempt in (
        lambda: open(path, "r+").write("x"),
        lambda: os.truncate(path, 0),
        lambda: os.close(os.open(path, os.O_RDONLY | os.O_TRUNC)),
        lambda: os.chmod(path, 0),
        lambda: os.utime(path, (1, 1)),
        lambda: os.setxattr(path, "user.x", b"x"),
        lambda: os.rename(path, path + "2"),
        lambda: os.remove(path),
        lambda: os.mkdir("@OUTSIDE@/planted"),
        lambda: os.symlink("x", "@OUTSIDE@/planted-link"),
        lambda: os.mkfifo("@OUTSIDE@/planted-pipe"),
    ):
        try:
            attempt()
            changed.append(attempt.__code__.co_names[-1])
        except OSError:
            pass
    raise RuntimeError(f"crossed: {changed}" if changed else "held: 0 changed")
