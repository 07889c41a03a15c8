"""Connects to an abstract Unix socket, which has no path that a file system could protect."""
import socket

EXPECT = {"double": ("error", "PermissionError")}


def double(x):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(b"\0@ABSTRACT@")
        connection.sendall(b"crossed")
    raise RuntimeError("crossed: sent to an abstract socket")
