"""Is a link to /dev/zero, which never ends."""
EXPECT = dict.fromkeys(("double", "Scale", "descend"), ("error", "is a link to a file outside the submission"))
LINKS = {"00_sample/basics.py": "/dev/zero"}
