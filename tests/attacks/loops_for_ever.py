"""An endless loop in Python that swallows every exception it may be sent."""
EXPECT = {"double": ("timed_out", "of CPU time")}


def double(x):
    while True:
        try:
            while True:
                x = x + 0
        except BaseException:
            pass
