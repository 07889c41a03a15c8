"""Sends the hidden inputs to a UDP socket on loopback."""
import socket

EXPECT = {"double": ("error", "PermissionError")}
CROSSES = ("seccomp",)


def double(x):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"crossed", ("127.0.0.1", int("@UDP_PORT@")))
    raise RuntimeError("crossed: sent by UDP")
