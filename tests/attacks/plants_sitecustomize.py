"""Writes sitecustomize.py, usercustomize.py and a .pth file where the next Python would run them."""
import os
import site
import sys
import sysconfig

EXPECT = {"double": ("error", "held: 0 planted")}


def double(x):
    places = [sysconfig.get_path("purelib"), sysconfig.get_path("stdlib"), site.getusersitepackages(), os.path.expanduser("~"), "@COURSE@", *sys.path]
    planted = []
    for place in places:
        for name in ("sitecustomize.py", "usercustomize.py", "evil.pth"):
            try:
                with open(os.path.join(place, name), "x") as file:
                    file.write("import os; os.mkdir('@OUTSIDE@/planted-by-site')\n")
                if not os.path.abspath(place).startswith(os.environ["HOME"]):
                    planted.append(place)
            except OSError:
                pass
    raise RuntimeError(f"crossed: {planted}" if planted else "held: 0 planted")
