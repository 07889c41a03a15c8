"""Answers with a dictionary of two million keys, not-a-numbers among them, of which no two are equal."""
EXPECT = {"double": ("failed|timed_out|error", "more than 200000 values", "CPU time", "memory")}


def double(x):
    return {number if number % 2 else float("nan"): None for number in range(2_000_000)}
