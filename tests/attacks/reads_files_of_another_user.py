"""Reads a file in a readable folder that belongs to another user, by root's powers."""
EXPECT = {"double": ("error", "PermissionError", "FileNotFoundError")}
CROSSES = ("capabilities",)


def double(x):
    raise RuntimeError(f"crossed: {open('@READABLE@/foreign').read()}")
