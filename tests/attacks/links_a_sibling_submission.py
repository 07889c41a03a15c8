"""Makes hard links to another submission's file in its own folder, or moves the file there."""
import os

EXPECT = {"descend": ("error", "held")}


def descend(model, X, y, lr):
    for way in (os.link, os.rename, os.symlink):
        try:
            way("@SIBLING@/00_sample/basics.py", "mine")
            raise RuntimeError(f"crossed: {open('mine').read()}")
        except OSError:
            pass
    raise RuntimeError("held")
