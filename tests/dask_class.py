"""`grade-class --dask` with servers that play a part instead of grading: torch is not loaded, and a worker says of itself what a test wants.

    python -m tests.dask_class CONNECT ARGUMENT ...    the command, with CONNECT seconds for finding the scheduler

What a worker's server plays stands in the worker's environment as PLAYS, a JSON object: `walls`, `torch`, `error` (what it says of itself), `kills`
(the worker, while it starts), `dies` (over each request). It gives every exercise full points. With `--seed 1` it does so at once for the reference and
one submission, and waits for a file `go` in the farm's folder with the others.
"""

from __future__ import annotations

import io
import sys
import zipfile

from autograder import cli, dask_cluster
from autograder.levels import STRONG

IDS = [f"00_sample/basics/{name}" for name in ("double", "Scale", "descend")]

SERVER = f"""
import json, os, signal, sys, time

worker = os.getppid()
plays = json.loads(os.environ.get("PLAYS", "{{}}"))


def say(message):
    print(json.dumps(message), flush=True)


if plays.get("kills"):
    os.kill(os.getppid(), signal.SIGKILL)
if "error" in plays:
    say({{"error": plays["error"]}})
    sys.exit(2)
points = dict.fromkeys({IDS!r}, 1.0)
say({{"ready": True, "points": points, "walls": plays.get("walls", {sorted(STRONG)!r}), "torch": plays.get("torch", "2.13.0")}})
for number, line in enumerate(sys.stdin):
    request = json.loads(line)
    if plays.get("dies"):
        sys.exit("it was told to")
    while request["seed"] == 1 and number >= 2 and not os.path.exists("../../../../go"):
        time.sleep(0.05)
        if os.getppid() != worker:
            sys.exit()
    check = {{"name": "c", "status": "passed", "points": 1.0, "max_points": 1.0, "message": ""}}
    exercises = [{{"id": i, "status": "passed", "seconds": 0.0, "checks": [check]}} for i in sorted(request["grade"]["only"])]
    say({{"result": {{"exercises": exercises, "kinds": {{}}, "cpu": 0.0}}}})
"""


def archive_of_the_play(*_: object) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("package/autograder/__init__.py", "")
        archive.writestr("package/autograder/__main__.py", SERVER)
    return out.getvalue()


if __name__ == "__main__":
    dask_cluster.course_archive = archive_of_the_play
    dask_cluster.CONNECT = int(sys.argv[1])
    sys.exit(cli.main(sys.argv[2:]))
