"""Is a link to itself, through another one."""
EXPECT = dict.fromkeys(("double", "Scale", "descend"), ("error", "basics.py is missing", "cannot be read"))
LINKS = {"00_sample/basics.py": "other.py", "00_sample/other.py": "basics.py"}
