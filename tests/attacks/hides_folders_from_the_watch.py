"""Fills the disk in a folder that it may write to but that nobody may list, where the one who adds up its files cannot look."""
import os
import time

EXPECT = {"double": ("error", "held: no such mask")}


def double(x):
    try:
        os.umask(0o477)
    except OSError:
        raise RuntimeError("held: no such mask") from None
    os.mkdir("unlisted")
    block = b"x" * (60 << 20)
    for number in range(6):
        with open(f"unlisted/{number}", "wb") as file:
            file.write(block)
        time.sleep(0.3)
    raise RuntimeError("crossed: 360 MB are written")
