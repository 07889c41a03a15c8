"""The examples in the docstrings, which students see, hold for the reference."""

import doctest
import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOPICS = sorted(
    path.relative_to(ROOT / "solutions").with_suffix("").as_posix() for path in (ROOT / "solutions").glob("*/*.py")
)


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.filterwarnings("ignore")  # lessons show warnings on purpose
def test_examples_hold(topic, tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location(topic.replace("/", "_"), ROOT / "solutions" / f"{topic}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.chdir(tmp_path)  # what an example writes stays out of the course
    failed, tried = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert failed == 0
    assert tried > 0
