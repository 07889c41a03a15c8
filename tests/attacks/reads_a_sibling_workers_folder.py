"""Reads and writes the scratch folder of another worker that is alive."""
import os

EXPECT = {"descend": ("error", "held")}
CROSSES = ("landlock",)


def descend(model, X, y, lr):
    for attempt in (
        lambda: open("@SIBLING_SCRATCH@/secret").read(),
        lambda: os.listdir("@SIBLING_SCRATCH@"),
        lambda: os.listdir(".."),
        lambda: open("@SIBLING_SCRATCH@/planted", "w").write("x"),
        lambda: os.remove("@SIBLING_SCRATCH@/secret"),
    ):
        try:
            raise RuntimeError(f"crossed: {attempt()}")
        except OSError:
            pass
    raise RuntimeError("held")
