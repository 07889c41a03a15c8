"""Reads the hidden tests, their compiled form and the variants beside them."""
import glob

EXPECT = {"double": ("error", "held: 0 files")}
CROSSES = ("landlock",)


def double(x):
    found = []
    names = ["test_basics.py", "variants_basics.py", *(f"__pycache__/test_basics.cpython-3{n}-pytest-9.2.pyc" for n in (11, 12, 13))]
    for name in [*(f"@COURSE@/autograder/graders/00_sample/{name}" for name in names), *glob.glob("@COURSE@/**/*.py*", recursive=True)]:
        try:
            found.append(open(name, "rb").read())
        except OSError:
            pass
    raise RuntimeError(f"crossed: {found}" if found else "held: 0 files")
