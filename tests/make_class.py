"""Makes a class: submissions that are right, wrong, hanging, crashing, hostile or untouched, in given shares; the same from the same seed.

    python -m tests.make_class FOLDER --count 1000 [--root COURSE] [--seed 1] [--hanging 0.05] [SELECTOR ...]

Each answer is the reference, a right or wrong one from the variants files beside the graders, or a stub. Hanging and crashing ones put a loop or a
crash into one exercise; hostile ones try a few things that tests/attacks try. Each file names its student, so that no two files are equal.
"""

from __future__ import annotations

import argparse
import ast
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.classroom import take_words_anywhere
from autograder.course import Course, TopicRef
from autograder.source import stub_of
from autograder.verify import Variant, read_variants, with_variant
from tests.sample import ROOT

HANG = ("while True:\n        pass", "import time\n    time.sleep(1000)")
CRASH = (
    "import os\n    os._exit(3)",
    "import os, signal\n    os.kill(os.getpid(), signal.SIGSEGV)",
    "return (lambda f: f(f))(lambda f: f(f))",
)
HOSTILE = (
    "import glob\n    raise RuntimeError(str(glob.glob('/**/graders/**/test_*.py', recursive=True))[:200])",
    "import socket\n    socket.create_connection(('127.0.0.1', 22), 1)",
    "import os\n    [os.fork() for _ in range(3)]",
    "raise ValueError('</script><script>alert(1)</script><img src=x onerror=alert(1)>')",
    "print('\\x1b[2J' * 100000)\n    open('/tmp/was-here', 'w').write('x')",
)


@dataclass(frozen=True)
class Shares:
    """How many of a class are of each kind; the rest answer mostly right."""

    wrong: float = 0.35
    hanging: float = 0.03
    crashing: float = 0.03
    hostile: float = 0.04
    untouched: float = 0.05


@dataclass(frozen=True)
class Answers:
    """What a topic's students may write."""

    topic: TopicRef
    solution: str
    stub: str
    shared: str
    variants: tuple[Variant, ...]

    @classmethod
    def of(cls, topic: TopicRef) -> Answers:
        parsed = topic.read()
        shared, variants = read_variants(topic, parsed)
        return cls(topic, topic.solution.read_text(encoding="utf-8"), stub_of(parsed), shared, tuple(variants))

    @property
    def functions(self) -> list[str]:
        """Exercises that are functions: a body can be put in their place."""
        tree = ast.parse(self.solution)
        return [
            n.name
            for n in tree.body
            if isinstance(n, ast.FunctionDef) and n.name in {e.name for e in self.topic.read().exercises}
        ]

    def write(self, kind: str, draw: random.Random) -> str:
        """A file of one kind."""
        if kind == "untouched":
            return self.stub
        text = self.solution
        right = draw.random() if kind == "wrong" else 0.95
        for exercise in self.topic.read().exercises:
            wanted = draw.random() < right
            if wanted and draw.random() < 0.6:
                continue  # the reference's own
            own = [v for v in self.variants if v.exercise == exercise.name and v.right is wanted]
            if own:
                text = with_variant(text, self.shared, draw.choice(own))
        if kind in ("hanging", "crashing", "hostile") and self.functions:
            body = draw.choice({"hanging": HANG, "crashing": CRASH, "hostile": HOSTILE}[kind])
            text += f"\n\ndef {draw.choice(self.functions)}(*args, **kwargs):\n    {body}\n"
        return text


def kinds_of(count: int, shares: Shares, draw: random.Random) -> list[str]:
    """A kind for each of `count` submissions, in the given shares as exactly as whole numbers allow."""
    kinds: list[str] = []
    for kind, share in vars(shares).items():
        kinds += [kind] * round(share * count)
    kinds = [*kinds, *["right"] * (count - len(kinds))][:count]
    draw.shuffle(kinds)
    return kinds


def make_class(
    folder: Path, course: Course, topics: Sequence[TopicRef], count: int, *, seed: int = 1, shares: Shares | None = None
) -> list[str]:
    """Write the class; the kind of each submission. A hanging, crashing or hostile one is so in one topic."""
    draw = random.Random(seed)
    answers = [Answers.of(topic) for topic in topics]
    kinds = kinds_of(count, shares or Shares(), draw)
    for number, kind in enumerate(kinds):
        name = f"student{number:04}"
        bad = draw.choice(answers)
        for one in answers:
            text = one.write(kind if kind in ("wrong", "untouched") or one is bad else "right", draw)
            path = folder / name / f"{one.topic.key}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text if kind == "untouched" else f"# {name}\n{text}", encoding="utf-8")
    return kinds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("selectors", nargs="*")
    parser.add_argument("--root", type=Path, default=ROOT)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    for name, share in vars(Shares()).items():
        parser.add_argument(f"--{name}", type=float, default=share, metavar="SHARE")
    take_words_anywhere(parser)
    given = parser.parse_args()
    course = Course.at(given.root)
    ids = course.select(given.selectors)
    topics = [topic for topic in course.topics if any(one.rpartition("/")[0] == topic.key for one in ids)]
    shares = Shares(**{name: getattr(given, name) for name in vars(Shares())})
    kinds = make_class(given.folder, course, topics, given.count, seed=given.seed, shares=shares)
    print(f"{given.folder}: {', '.join(f'{kinds.count(kind)} {kind}' for kind in sorted(set(kinds)))}")


if __name__ == "__main__":
    main()
