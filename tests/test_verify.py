"""verify sees every fault that it is there for: all of them put into one copy of the sample course, and each named."""

import shutil

import pytest

from .sample import SAMPLE, autograder

TOPIC = "00_sample/basics"


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    root = tmp_path_factory.mktemp("faulty") / "course"
    shutil.copytree(SAMPLE, root, ignore=shutil.ignore_patterns("submissions", "__pycache__"))
    solution = root / "solutions" / f"{TOPIC}.py"
    text = solution.read_text()
    text = text.replace(
        "self.factor = nn.Parameter(torch.ones(()))\n        # END",
        "self.factor = nn.Parameter(torch.zeros(()))\n        # END",
    )
    text = text.replace("    return loss.item()\n", "    return double(loss).item() / 2\n")
    solution.write_text(text)
    grader = root / "autograder" / "graders" / "00_sample" / "test_basics.py"
    grader.write_text(
        grader.read_text()
        + '\n\n@check("double", hint="none")\ndef test_always_passes(student):\n    """asserts nothing"""\n'
    )
    variants = grader.with_name("variants_basics.py")
    text = variants.read_text().replace('@says("added two")', '@says("no such words")')
    text = text[: text.index("class right_Scale_linear")] + text[text.index("class wrong_Scale_plain") :]
    text += "\n\ndef wrong_double_is_right(x):\n    return 2 * x\n\n\ndef right_double_is_wrong(x):\n    return 3 * x\n"
    variants.write_text(text)
    done = autograder("verify", root=root)
    assert done.returncode == 2, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "problem",
    [
        "exercises/00_sample/README.md is out of date; run `nox -s generate`",
        f"{TOPIC}/Scale: the reference earns 0 of 2",
        f"{TOPIC}/descend: its reference uses double, another exercise",
        f"{TOPIC}/double: the stub earns 1 points",
        f"{TOPIC}/double: `return None` earns 1 points (always_passes)",
        f"{TOPIC}/double: no wrong variant fails always_passes",
        f"{TOPIC}/double: wrong variant is_right earns full points",
        f"{TOPIC}/double: right variant is_wrong earns 1 of 3",
        f"{TOPIC}/double: wrong variant plus_two draws a message without 'no such words'",
        f"{TOPIC}/Scale: 0 right and 3 wrong variants; write at least 2 and 3",
    ],
)
def test_each_fault_is_named(output, problem):
    assert f"problem: {problem}" in output


def test_a_sound_course_has_no_problem():
    done = autograder("verify")
    assert done.returncode == 0
    assert "3 exercises verified: 0 problems." in done.stdout


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        (
            "variants_basics.py",
            "\n\ndef wrong_duoble_typo(x):\n    return x\n",
            "wrong_duoble_typo belongs to no exercise",
        ),
        ("test_basics.py", "\n\ndef test_unmarked(student):\n    pass\n", "test_unmarked has no @check"),
        (
            "test_basics.py",
            '\n\n@check("duoble")\ndef test_typo(student):\n    """x"""\n',
            "checks 'duoble', which solutions/00_sample/basics.py does not define",
        ),
        ("test_basics.py", "\n\nimport no_such_module_here\n", "no_such_module_here"),
    ],
)
def test_a_faulty_grader_file_is_named(tmp_path, name, text, words):
    shutil.copytree(SAMPLE, tmp_path / "course", ignore=shutil.ignore_patterns("submissions", "__pycache__"))
    path = tmp_path / "course" / "autograder" / "graders" / "00_sample" / name
    path.write_text(path.read_text() + text)
    done = autograder("verify", root=tmp_path / "course")
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr or "no_such_module_here" in words
