"""Brings conftest.py, pytest.ini, pyproject.toml and a plugin that would turn every failure into a pass."""
EXPECT = {"double": ("failed", "not the right values")}
CONFTEST = """
import os, pytest
os.mkdir('@OUTSIDE@/planted-by-conftest')
@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    report.outcome = "passed"
    return report
"""
FILES = {
    "conftest.py": CONFTEST, "00_sample/conftest.py": CONFTEST, "00_sample/test_basics.py": "def test_doubles(): pass\n",
    "pytest.ini": "[pytest]\naddopts = -p evil\n", "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '-p evil'\n", "evil.py": CONFTEST,
}


def double(x):
    return 0 * x
