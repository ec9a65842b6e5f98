"""What all tests share."""

import signal

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
