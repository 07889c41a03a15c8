"""Shared by all tests: torch on one thread, as in graders and workers, set before anything imports it; and Ctrl-C that works."""

import signal

from autograder.zygote import one_thread

one_thread()

# A shell's background job ignores Ctrl-C, and so would all that tests start and press Ctrl-C for.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

collect_ignore = ["sample_course", "attacks"]  # a course and its submissions, not tests of this one
