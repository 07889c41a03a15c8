"""Answers with a list that holds one list twice, and so on: forty lines that would be a million million numbers."""
EXPECT = {"double": ("failed", "more than 200000 values")}


def double(x):
    laugh = [x, x]
    for _ in range(40):
        laugh = [laugh, laugh]
    return laugh
