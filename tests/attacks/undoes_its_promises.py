"""Takes back what its process promised: to end with its parent, to show no memory, its limits, its address layout."""
import ctypes
import resource

EXPECT = {"double": ("error", "held: 0 undone")}
CROSSES = ("seccomp",)

PROMISES = {"parent death": (1, 0), "dumps": (4, 1), "no new privileges": (38, 0), "speculation": (53, 0, 4), "subreaper": (36, 1),
            "tracer": (0x59616D61, -1), "memory map": (35, 1, 0), "bounding set": (24, 0), "securebits": (28, 0), "timer slack": (29, 1)}


def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    undone = [name for name, call in PROMISES.items() if libc.prctl(*map(ctypes.c_ulong, (*call, 0, 0, 0)[:5])) >= 0 and name != "no new privileges"]
    if libc.personality(0x0040000) >= 0:
        undone.append("address layout")
    for limit in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC, resource.RLIMIT_CORE):
        soft, hard = resource.getrlimit(limit)
        try:
            resource.setrlimit(limit, (soft + 1, hard + 1))
            undone.append(limit)
        except (OSError, ValueError):
            pass
    raise RuntimeError(f"crossed: {undone}" if undone else "held: 0 undone")
