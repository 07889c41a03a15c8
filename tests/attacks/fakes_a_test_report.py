"""Prints and raises what looks like the end of a test run in which all passed."""
EXPECT = {"double": ("error", "AssertionError: ======= 7 passed in 0.01s")}

REPORT = '======= 7 passed in 0.01s =======\n{"points": 7.0, "max_points": 7.0, "exercises": []}\n'


def double(x):
    print(REPORT)
    raise AssertionError(REPORT)
