"""Writes one file beyond the limit of a file's size."""
EXPECT = {"double": ("error", "File too large", "it wrote too large a file")}
CROSSES = ("rlimits",)


def double(x):
    with open("big", "wb") as file:
        file.truncate(1 << 30)
        file.seek(1 << 30)
        file.write(b"x")
    raise RuntimeError("crossed: 1 GB in one file")
