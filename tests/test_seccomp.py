"""The compiled filter, run here instruction by instruction: what the kernel will answer to every call."""

from __future__ import annotations

import errno
import os
import platform
import struct
import sys

import pytest

if sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"):
    pytest.skip("there are filters on Linux x86-64 and aarch64 only", allow_module_level=True)

import pyseccomp

from autograder import seccomp

ALLOW, EPERM, ENOSYS = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
MACHINE = pyseccomp.Arch.X86_64 if platform.machine() == "x86_64" else pyseccomp.Arch.AARCH64
PID = 4242
HIGH = 1 << 32
"""A bit that the kernel ignores where it reads an int."""


@pytest.fixture(scope="module")
def instructions() -> bytes:
    return seccomp.for_process(seccomp.compile_filter(), PID)


def number(name: str) -> int:
    return int(pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name))


def answer(instructions: bytes, call: int, *arguments: int, machine: int = MACHINE) -> int:
    """Interpret the classic BPF instructions that a filter may consist of."""
    data = struct.pack("<iIQ6Q", call, machine, 0, *arguments, *[0] * (6 - len(arguments)))
    accumulator = at = 0
    while True:
        code, if_true, if_false, constant = struct.unpack_from("<HBBI", instructions, 8 * at)
        at += 1
        if code == 0x20:  # load a word
            (accumulator,) = struct.unpack_from("<I", data, constant)
        elif code == 0x54:  # and
            accumulator &= constant
        elif code == 0x05:  # jump
            at += constant
        elif code in (0x15, 0x25, 0x35):  # jump if equal, greater, greater or equal
            equal, greater = accumulator == constant, accumulator > constant
            holds = {0x15: equal, 0x25: greater, 0x35: equal or greater}[code]
            at += if_true if holds else if_false
        elif code == 0x06:  # return
            return int(constant)
        else:
            raise AssertionError(f"unknown instruction {code:#x}")


def test_every_call_is_answered_by_its_list(instructions: bytes) -> None:
    allowed = {number(name) for name in seccomp.ALLOWED}
    refused = {number(name) for name in seccomp.REFUSED}
    conditional = {number(name) for name in seccomp.CONDITIONAL}
    for call in range(512):
        expected = ALLOW if call in allowed else EPERM if call in refused else ENOSYS
        if call not in conditional:
            assert answer(instructions, call) == expected, call


def test_lists_do_not_overlap_and_name_real_calls() -> None:
    names = [*seccomp.ALLOWED, *seccomp.REFUSED, *seccomp.CONDITIONAL]
    assert len(names) == len(set(names))
    machines = (pyseccomp.Arch.X86_64, pyseccomp.Arch.AARCH64)
    unknown = {name for name in names if all(pyseccomp.resolve_syscall(m, name) == -1 for m in machines)}
    newer_than_some_libraries = {"futex_wait", "futex_wake", "futex_requeue", "fchmodat2"}
    assert unknown <= newer_than_some_libraries


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("clone", (0x3D0F00,), ALLOW),  # what pthread_create asks for
        ("clone", (17,), EPERM),  # SIGCHLD: a process
        ("clone", (0x4111,), EPERM),  # CLONE_VFORK | CLONE_VM | SIGCHLD
        ("clone", (0x3D0F00 | 0x10000000,), EPERM),  # with a user namespace
        ("clone", (HIGH | 17,), EPERM),
        ("clone3", (), ENOSYS),
        ("kill", (PID, 9), ALLOW),
        ("kill", (PID + 1, 9), EPERM),
        ("kill", (0, 9), EPERM),
        ("kill", (0xFFFFFFFF, 9), EPERM),
        ("kill", (0xFFFFFFFFFFFFFFFF, 9), EPERM),
        ("tgkill", (PID, PID + 7, 6), ALLOW),
        ("tgkill", (PID + 1, PID, 6), EPERM),
        ("rt_sigqueueinfo", (1, 9), EPERM),
        ("prlimit64", (0, 7), ALLOW),
        ("prlimit64", (PID, 7), ALLOW),
        ("prlimit64", (PID + 1, 7), EPERM),
        ("fcntl", (3, 1), ALLOW),
        ("fcntl", (3, 8), EPERM),  # F_SETOWN
        ("fcntl", (3, HIGH | 8), EPERM),
        ("fcntl", (3, 10), EPERM),  # F_SETSIG
        ("fcntl", (3, 15), EPERM),  # F_SETOWN_EX
        ("fcntl", (3, 1024), EPERM),  # F_SETLEASE
        ("fcntl", (3, 1026), EPERM),  # F_NOTIFY
        ("ioctl", (0, 0x5401), ALLOW),
        ("ioctl", (0, 0x5412), EPERM),  # TIOCSTI
        ("ioctl", (0, HIGH | 0x5412), EPERM),
        ("ioctl", (0, 0x8901), EPERM),  # FIOSETOWN
        ("ioctl", (0, 0x8902), EPERM),  # SIOCSPGRP
        ("prctl", (15,), ALLOW),
        *[("prctl", (operation,), EPERM) for operation in (1, 4, 8, 22, 23, 24, 35, 38, 0x59616D61)],
        ("openat", (0, 0, os.O_RDONLY), ALLOW),
        ("openat", (0, 0, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC), ALLOW),
        ("openat", (0, 0, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), ALLOW),
        ("openat", (0, 0, os.O_RDWR | os.O_TRUNC), ALLOW),
        ("openat", (0, 0, os.O_RDONLY | os.O_TRUNC), EPERM),
        ("openat", (0, 0, HIGH | os.O_RDONLY | os.O_TRUNC), EPERM),
        ("openat", (0, 0, 3 | os.O_TRUNC), EPERM),
    ],
)
def test_answer_depends_on_an_argument(
    instructions: bytes, name: str, arguments: tuple[int, ...], expected: int
) -> None:
    assert answer(instructions, number(name), *arguments) == expected


def test_other_numberings_of_the_same_kernel_are_refused(instructions: bytes) -> None:
    """32-bit calls number fork 2, which is open on x86-64; x32 calls carry a high bit."""
    others = (pyseccomp.Arch.X86, pyseccomp.Arch.ARM, 0)
    assert all(answer(instructions, call, machine=other) == EPERM for other in others for call in range(512))
    assert all(answer(instructions, 0x40000000 | call) == EPERM for call in range(600))
    assert all(answer(instructions, call) == EPERM for call in (512, 1000, -1))


def test_process_id_is_in_place(instructions: bytes) -> None:
    placeholder = seccomp.OWN_PROCESS.to_bytes(4, "little")
    assert placeholder in seccomp.compile_filter()
    assert placeholder not in instructions


def test_placeholder_outside_a_constant_is_an_error() -> None:
    placeholder = seccomp.OWN_PROCESS.to_bytes(4, "little")
    with pytest.raises(seccomp.FilterError, match="placeholder"):
        seccomp.for_process(placeholder + bytes(4), PID)


def test_missing_library_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    seccomp.compile_filter.cache_clear()
    monkeypatch.setitem(sys.modules, "pyseccomp", None)
    try:
        with pytest.raises(seccomp.FilterError, match="libseccomp is missing"):
            seccomp.compile_filter()
    finally:
        seccomp.compile_filter.cache_clear()


def test_other_machines_have_no_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    seccomp.compile_filter.cache_clear()
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    try:
        with pytest.raises(seccomp.FilterError, match="x86_64 and aarch64"):
            seccomp.compile_filter()
    finally:
        seccomp.compile_filter.cache_clear()
