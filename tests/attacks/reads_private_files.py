"""Reads files in readable folders that their owners, the grader's user and another one, closed to others."""
EXPECT = {"double": ("error", "held: 0 read")}
ONLY = ("uid",)  # without a user of its own a worker is the grader's user, whose files it may read there
CROSSES = ("uid",)


def double(x):
    found = []
    for name in ("private", "foreign"):
        try:
            found.append(open(f"@READABLE@/{name}").read())
        except OSError:
            pass
    raise RuntimeError(f"crossed: {found}" if found else "held: 0 read")
