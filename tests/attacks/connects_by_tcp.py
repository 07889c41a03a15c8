"""Sends the hidden inputs to a TCP server on loopback, and serves one itself."""
import socket

EXPECT = {"double": ("error", "PermissionError")}


def double(x):
    with socket.create_connection(("127.0.0.1", int("@TCP_PORT@")), timeout=2) as connection:
        connection.sendall(b"crossed")
    raise RuntimeError("crossed: sent by TCP")
