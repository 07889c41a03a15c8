"""Uses the grading package itself, which its process has loaded: to read topics, collect checks and connect to whoever starts workers."""
import contextlib
import sys
from pathlib import Path

EXPECT = {"double": ("error", "held: no answer")}


def double(x):
    with contextlib.suppress(Exception):
        from autograder.course import Course

        raise SystemExit(f"crossed: {Course.at(Path('@COURSE@')).topics}")
    for name, module in list(sys.modules.items()):
        if name.startswith("autograder"):
            for held, value in list(vars(module).items()):
                if type(value).__name__ in ("Engine", "Standing", "Course", "Topic", "GraderPlugin"):
                    raise SystemExit(f"crossed: {name}.{held}")
                if held == "_read" and value.cache_info().currsize:
                    raise SystemExit("crossed: solutions were read before this process was forked")
    raise RuntimeError("held: no answer")
