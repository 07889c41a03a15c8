"""Takes zeroed bytes until there is no memory, catches the error, and answers rightly as if nothing had been."""
EXPECT = {}


def double(x):
    kept = []
    try:
        while True:
            kept.append(bytes(1 << 27))
    except MemoryError:
        pass
    return 2 * x
