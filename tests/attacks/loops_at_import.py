"""Never finishes loading."""
EXPECT = dict.fromkeys(("double", "Scale", "descend"), ("timed_out", "of CPU time"))

while True:
    pass
