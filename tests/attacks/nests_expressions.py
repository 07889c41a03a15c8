"""Source text that crashes compilers: a hundred thousand brackets."""
EXPECT = dict.fromkeys(("double", "Scale", "descend"), ("error", "SyntaxError", "MemoryError", "RecursionError", "too many nested"))
FILES = {"00_sample/basics.py": "x = " + "(" * 50 + "1" + ")" * 50 + "\ny = " + "-" * 0 + "[" * 0 + "1" + "\nz = " + "(" * 300 + ")" * 300 + "\n"}
