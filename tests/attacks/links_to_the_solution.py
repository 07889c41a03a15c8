"""Is no file but a symbolic link to the reference solution."""
EXPECT = dict.fromkeys(("double", "Scale", "descend"), ("error", "is a link to a file outside the submission"))
LINKS = {"00_sample/basics.py": "@COURSE@/solutions/00_sample/basics.py"}
