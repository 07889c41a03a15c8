"""Declares an encoding in which its comments are code."""
EXPECT = dict.fromkeys(("double", "Scale", "descend"), ("error", "UTF-8", "SyntaxError"))
FILES = {"00_sample/basics.py": "# -*- coding: utf-7 -*-\n# +AAo-import os+ADs- os.mkdir('@OUTSIDE@/planted')\n\udcff = 1\n"}
