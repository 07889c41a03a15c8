"""Leaves by sys.exit(0) while the file is loaded, hoping that the grader leaves with it."""
import sys

EXPECT = dict.fromkeys(("double", "Scale", "descend"), ("error", "SystemExit: 0, while"))

sys.exit(0)
