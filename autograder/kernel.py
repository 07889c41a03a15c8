"""The few system calls that Python's standard library does not wrap, each with what it does here.

All of them go through the C library that this Python is already linked with: no program is run to find it, so
a worker can call them when its walls are half up. Nothing here touches another process.
"""

from __future__ import annotations

import ctypes
import os
import sys

LINUX = sys.platform == "linux"
if LINUX:
    _libc = ctypes.CDLL(None, use_errno=True)
    _libc.prctl.argtypes = (ctypes.c_int, *[ctypes.c_ulong] * 4)
    _libc.prctl.restype = ctypes.c_int

# prctl(2): operations on the calling process. The numbers are those of linux/prctl.h.
PR_SET_PDEATHSIG, PR_GET_PDEATHSIG = 1, 2
PR_GET_DUMPABLE, PR_SET_DUMPABLE = 3, 4
PR_GET_SECCOMP, PR_SET_SECCOMP = 21, 22
PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS = 38, 39
SECCOMP_MODE_FILTER = 2


def prctl(operation: int, argument: int = 0, second: int = 0) -> int:
    """prctl(2); raises OSError where the kernel refuses."""
    result = int(_libc.prctl(operation, argument, second, 0, 0))
    if result < 0:
        raise _error(f"prctl({operation})")
    return result


def end_with_parent(signal_number: int) -> None:
    """PR_SET_PDEATHSIG: the kernel sends this process a signal when its parent ends, however that happens."""
    prctl(PR_SET_PDEATHSIG, signal_number)


def parent_death_signal() -> int:
    """PR_GET_PDEATHSIG: the signal asked for above, 0 where none is."""
    number = ctypes.c_int(0)
    prctl(PR_GET_PDEATHSIG, ctypes.addressof(number))
    return number.value


def forbid_dumps() -> None:
    """PR_SET_DUMPABLE: no core file, no crash handler; no process of the same user looks into this one."""
    prctl(PR_SET_DUMPABLE, 0)


def dumpable() -> bool:
    """PR_GET_DUMPABLE."""
    return prctl(PR_GET_DUMPABLE) != 0


def forbid_new_privileges() -> None:
    """PR_SET_NO_NEW_PRIVS: setuid programs give nothing from here on; the kernel wants it before a filter."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)


def new_privileges_forbidden() -> bool:
    """PR_GET_NO_NEW_PRIVS."""
    return prctl(PR_GET_NO_NEW_PRIVS) == 1


def filters_available() -> bool:
    """PR_GET_SECCOMP: refused by a kernel that was built without system call filters."""
    try:
        return prctl(PR_GET_SECCOMP) >= 0
    except OSError:
        return False


class _Program(ctypes.Structure):
    """struct sock_fprog of linux/filter.h: a number of 8-byte instructions and where they are."""

    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def install_filter(instructions: bytes) -> None:
    """PR_SET_SECCOMP: every later system call of this thread, and of threads it starts, passes the filter."""
    program = _Program(len(instructions) // 8, instructions)
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(program))


class _CapabilityHeader(ctypes.Structure):
    """struct __user_cap_header_struct of linux/capability.h; pid 0 means the calling thread."""

    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


_CAPABILITY_VERSION_3 = 0x20080522
_CapabilitySets = ctypes.c_uint32 * 6  # effective, permitted, inheritable; low words, then high words


def drop_capabilities() -> None:
    """capset(2) with empty sets: what is left of root's powers; anyone may give up what they have."""
    header = _CapabilityHeader(_CAPABILITY_VERSION_3, 0)
    if _libc.capset(ctypes.byref(header), ctypes.byref(_CapabilitySets())) < 0:
        raise _error("capset")


def has_capabilities() -> bool:
    """capget(2): whether any capability is left to this process."""
    header, sets = _CapabilityHeader(_CAPABILITY_VERSION_3, 0), _CapabilitySets()
    if _libc.capget(ctypes.byref(header), ctypes.byref(sets)) < 0:
        raise _error("capget")
    return any(sets)


def wipe(start: int, length: int) -> None:
    """Overwrite own memory with zeros: where the kernel put the environment at the program's start."""
    ctypes.memset(start, 0, length)


def wipe_bytes(text: bytes) -> None:
    """Overwrite a bytes object in place; its owner must be about to drop it.

    Python shares bytes of length 0 and 1 between all their users, so these stay.
    """
    if len(text) > 1 and sys.implementation.name == "cpython":
        wipe(id(text) + bytes.__basicsize__ - 1, len(text))


def _error(call: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, f"{call}: {os.strerror(number)}")
