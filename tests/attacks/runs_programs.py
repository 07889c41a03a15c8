"""Runs a shell by subprocess, os.system, os.posix_spawn and exec."""
import os
import subprocess

EXPECT = {"descend": ("error", "held: none ran")}


def descend(model, X, y, lr):
    command = ["/bin/sh", "-c", "echo x > @OUTSIDE@/planted-by-a-shell"]
    for attempt in (
        lambda: subprocess.run(command, check=True),
        lambda: os.posix_spawn(command[0], command, {}),
        lambda: os.system(command[2]) == 0 or (_ for _ in ()).throw(OSError()),
        lambda: os.execv(command[0], command),
    ):
        try:
            raise RuntimeError(f"crossed: {attempt()}")
        except OSError:
            pass
    raise RuntimeError("held: none ran")
