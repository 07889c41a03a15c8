"""Fills the disk in folders that it may write to but that nobody may list, where the one who adds up its files cannot look."""
import os
import time

EXPECT = {"double": ("error", "more than 256 MB of disk", "held: no such folder")}


def double(x):
    os.umask(0o477)
    try:
        os.mkdir("unlisted")
        listable = True
        try:
            os.listdir("unlisted")
        except PermissionError:
            listable = False
    except PermissionError:
        raise RuntimeError("held: no such folder") from None
    block = b"x" * (1 << 20)
    for number in range(12):
        with open(f"unlisted/{number}", "wb") as file:
            for _ in range(60):
                file.write(block)
        time.sleep(0.4)
    raise RuntimeError(f"crossed: 720 MB are written, to be listed: {listable}")
