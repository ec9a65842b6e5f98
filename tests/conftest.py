"""What all tests share."""

import importlib.util
import os
import signal

import pytest

# Of the extras, those that are not installed: what wants one is skipped, and says which.
MISSING = [
    name
    for name in ("matplotlib", "jinja2", "openpyxl", "distributed")
    if importlib.util.find_spec(name) is None
]

# Text is wrapped where the terminal ends, and the tests know that of no terminal.
os.environ.pop("COLUMNS", None)  # which each process of pytest-xdist has, and maybe a shell

# A process that is started in the background ignores Ctrl-C, and one under nohup a closed terminal;
# so would the commands under test.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_ignore_collect(collection_path, config):
    """Leave out the slow tests, unless they are asked for: python -m pytest tests/slow."""
    if collection_path.name == "slow" and not any("slow" in path for path in config.args):
        return True
    return None


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """A file of tests that imports a missing extra is skipped."""
    report = yield
    for name in MISSING:
        if report.failed and f"No module named '{name}'" in str(report.longrepr):
            report.outcome = "skipped"
            report.longrepr = (str(collector.path), 1, f"{name} is not installed")
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call():
    """A test that comes upon a missing extra is skipped."""
    try:
        return (yield)
    except ModuleNotFoundError as error:
        if error.name in MISSING:
            pytest.skip(f"{error.name} is not installed")
        raise
