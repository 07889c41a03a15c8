"""Writes into folders that anyone may write to: one beside the course, /tmp, /var/tmp, /dev/shm; and into Python's libraries."""
import os
import sysconfig

EXPECT = {"double": ("error", "held: 0 written")}


def double(x):
    places = ("@OUTSIDE@", "@COURSE@", "@SIBLING@", "/tmp", "/var/tmp", "/dev/shm", "/run", "..", sysconfig.get_path("purelib"), os.path.expanduser("~/.."))
    written = []
    for place in places:
        try:
            with open(os.path.join(place, "planted-by-an-attack"), "w") as file:
                file.write("x")
            written.append(place)
        except OSError:
            pass
    raise RuntimeError(f"crossed: {written}" if written else "held: 0 written")
