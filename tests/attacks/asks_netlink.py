"""Asks the kernel by netlink and by raw and packet sockets."""
import socket

EXPECT = {"double": ("error", "held: 0 opened")}
CROSSES = ("seccomp",)


def double(x):
    opened = []
    for family, kind in ((socket.AF_NETLINK, socket.SOCK_RAW), (socket.AF_PACKET, socket.SOCK_RAW), (socket.AF_INET, socket.SOCK_RAW), (40, socket.SOCK_STREAM),
                         (38, socket.SOCK_SEQPACKET)):
        try:
            socket.socket(family, kind).close()
            opened.append(family)
        except PermissionError:
            pass
        except OSError as error:
            opened += [family] if error.errno not in (93, 94, 97) else []
    raise RuntimeError(f"crossed: {opened}" if opened else "held: 0 opened")
