"""Ends its process while the file is loaded, with the exit code of a success."""
import os

EXPECT = dict.fromkeys(("double", "Scale", "descend"), ("error", "it ended with exit code 0"))

os._exit(0)
