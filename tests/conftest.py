"""Shared by all tests: torch on one thread, as in graders and workers, set before anything imports it."""

from autograder.zygote import one_thread

one_thread()

collect_ignore = ["sample_course", "attacks"]  # a course and its submissions, not tests of this one
