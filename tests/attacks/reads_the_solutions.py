"""Reads the reference solution from the course's folder and answers with it."""
EXPECT = {"double": ("error", "Graded code may only read and write in its own folder", "No such file")}
CROSSES = ("landlock",)


def double(x):
    names = {}
    with open("@COURSE@/solutions/00_sample/basics.py") as file:
        exec(file.read(), names)
    return names["double"](x)
