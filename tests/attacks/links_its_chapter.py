"""Its chapter's folder is a symbolic link to the solutions' one."""
EXPECT = dict.fromkeys(("double", "Scale", "descend"), ("error", "is a link to a file outside the submission"))
LINKS = {"00_sample": "@COURSE@/solutions/00_sample"}
