"""Reads all of the process's heap, freed memory too, for any text of the solutions, graders or the environment."""
import ctypes
import gc
import os
import re

EXPECT = dict.fromkeys(("double", "Scale", "descend"), ("error", "bytes of memory held nothing"))

WINDOW = 1 << 20
libc = ctypes.CDLL(None)
libc.write.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t)
libc.sbrk.restype = ctypes.c_void_p


def readable(address, pipe=os.pipe()):
    """Asks the kernel, which answers EFAULT instead of ending the process."""
    if libc.write(pipe[1], address, 1) != 1:
        return False
    os.read(pipe[0], 1)
    return True


def windows():
    """The heap below the break, and a window around every object there is."""
    top = libc.sbrk(0)
    while readable(top - 4096):
        top -= 4096
        yield top, 4096
    near = {address // WINDOW for thing in gc.get_objects() for address in (id(thing), id(getattr(thing, "__dict__", None)))}
    near |= {number + step for number in near for step in (-1, 1)}
    for number in sorted(near):
        for address in range(number * WINDOW, (number + 1) * WINDOW, 4096):
            if readable(address) and readable(address + 4095):
                yield address, 4096


def scan():
    count = 0
    for address, size in windows():
        count += size
        found = re.search(b"answer-key-[0-9a-z]+", ctypes.string_at(address, size))
        if found:
            raise RuntimeError(f"crossed: {found[0].decode()} is in this process's memory")
    raise RuntimeError(f"{count} bytes of memory held nothing")


scan()
