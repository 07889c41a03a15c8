"""Writes files of the largest allowed size until the disk is full or somebody stops it."""
EXPECT = {"double": ("error", "it filled more than", "No space left")}


def double(x):
    block = bytes(1 << 20)
    for number in range(40):
        with open(f"file{number}", "wb") as file:
            for _ in range(60):
                file.write(block)
    raise RuntimeError("crossed: 2400 MB written")
