"""Opens a server of its own on loopback, for a later submission to ask for answers."""
import socket

EXPECT = {"double": ("error", "PermissionError")}


def double(x):
    with socket.socket(socket.AF_INET6) as server:
        server.bind(("::1", 0))
        server.listen()
    raise RuntimeError("crossed: listening")
