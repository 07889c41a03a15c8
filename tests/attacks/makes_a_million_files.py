"""Makes empty files, which take inodes and the time of whoever clears them away."""
EXPECT = {"double": ("error|timed_out", "it filled more than", "of CPU time")}


def double(x):
    for number in range(1_000_000):
        open(str(number), "w").close()
    raise RuntimeError("crossed: a million files made")
