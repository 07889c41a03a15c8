"""Reads and writes the memory of the zygote and a sibling by ptrace and process_vm_readv."""
import ctypes
import os

EXPECT = {"double": ("error", "held: 0 opened")}


def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    here = ctypes.create_string_buffer(8)
    vector = (ctypes.c_size_t * 2)(ctypes.addressof(here), 8)
    opened = []
    for pid in (int("@SIBLING_PID@"), int("@VICTIM_PID@"), os.getppid(), int("@GRADER_PID@")):
        for request in (16, 0x4206):  # PTRACE_ATTACH, PTRACE_SEIZE
            if libc.ptrace(request, pid, 0, 0) == 0:
                opened.append(pid)
        if libc.process_vm_readv(pid, vector, 1, vector, 1, 0) > 0 or libc.process_vm_writev(pid, vector, 1, vector, 1, 0) > 0:
            opened.append(pid)
        try:
            opened.append(os.open(f"/proc/{pid}/mem", os.O_RDWR))
        except OSError:
            pass
    raise RuntimeError(f"crossed: {opened}" if opened else "held: 0 opened")
