"""Asks whether hidden files exist, without opening them."""
import os

EXPECT = {"double": ("error", "held: no such names")}
ONLY = ("bubblewrap",)  # neither Landlock nor seccomp hides names; bubblewrap does
CROSSES = ("bubblewrap",)


def double(x):
    found = [path for path in ("@COURSE@/solutions/00_sample/basics.py", "@SIBLING@/00_sample/basics.py", "@OUTSIDE@/secret") if os.path.exists(path)]
    raise RuntimeError(f"crossed: {found}" if found else "held: no such names")
