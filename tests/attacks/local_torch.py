"""Brings its own torch.py, numpy.py and autograder package, beside the topic file and above it."""
EXPECT = {"double": ("failed", "not the right values")}
FILES = dict.fromkeys(
    ("torch.py", "numpy.py", "msgpack.py", "autograder/__init__.py", "autograder/checks.py", "00_sample/torch.py", "00_sample/autograder.py"),
    "import os; os.mkdir('@OUTSIDE@/planted-by-a-module')\n",
)


def double(x):
    import torch

    return torch.zeros_like(x)
