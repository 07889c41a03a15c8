"""Brings sitecustomize.py, usercustomize.py and .pth files in its folder, for a Python that is started there."""
EXPECT = {"double": ("failed", "not the right values")}
PLANT = "import os; os.mkdir('@OUTSIDE@/planted-by-site')\n"
FILES = {"sitecustomize.py": PLANT, "usercustomize.py": PLANT, "evil.pth": PLANT, "00_sample/evil.pth": PLANT, "00_sample/__init__.py": PLANT}


def double(x):
    return 0 * x
