"""Fills its folder with links to folders of others, for whoever clears up after it to follow."""
import os

EXPECT = {"double": ("error", "held: links lie in wait")}
TARGETS = ("@OUTSIDE@", "@SIBLING@", "@COURSE@", "/", "..", "@SIBLING_SCRATCH@")


def double(x):
    for number, target in enumerate(TARGETS):
        os.makedirs(f"deep/{number}", exist_ok=True)
        for place in (f"top-{number}", f"deep/{number}/link"):
            if not os.path.lexists(place):
                os.symlink(target, place)
    os.chmod = os.unlink = os.rmdir = None
    raise RuntimeError("held: links lie in wait")
