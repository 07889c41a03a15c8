"""Connects to a Unix socket with a path, as the one of a container's daemon is."""
import socket

EXPECT = {"double": ("error", "PermissionError")}
CROSSES = ("seccomp",)


def double(x):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect("@OUTSIDE@/socket")
        connection.sendall(b"crossed")
    raise RuntimeError("crossed: sent to a Unix socket")
