"""Enters the kernel by doors beside the usual one: the 32-bit interrupt and the x32 table, each with a numbering of its own (x86-64)."""
import ctypes
import mmap
import platform

EXPECT = {"double": ("error", "held: 0 answered", "segmentation fault", "illegal instruction")}

SOCKET, X32 = 41, 0x40000000


def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    answered = []
    if platform.machine() == "x86_64":
        if libc.syscall(X32 | SOCKET, 1, 1, 0) >= 0:
            answered.append("x32")
        page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        # push rbx; mov eax, 359 (socket); mov ebx, 1; mov ecx, 1; xor edx, edx; int 0x80; pop rbx; ret
        page.write(bytes.fromhex("53 b867010000 bb01000000 b901000000 31d2 cd80 5b c3"))
        if ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))() >= 0:
            answered.append("int 0x80")
    raise RuntimeError(f"crossed: {answered}" if answered else "held: 0 answered")
