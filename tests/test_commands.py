"""Every command can print to any terminal, and says so when it cannot print at all."""

import os
import subprocess
import sys

import pytest

COMMANDS = [
    *("tinylstm.gradcheck", "tinylstm.size"),
    *(f"experiments.{name}" for name in ("sweep", "report", "trace", "benchmark", "scaling")),
]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a disk that is always full")
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_when_it_cannot_print(name):
    command = [sys.executable, "-m", name, "--help"]
    # Unbuffered, argparse itself would be the one to fail, and would keep it to itself.
    environment = os.environ | {"PYTHONUNBUFFERED": ""}
    options = {"stderr": subprocess.PIPE, "text": True, "timeout": 60, "env": environment}
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stdout=full, **options)
    assert done.stderr == "cannot print: No space left on device\n"
    assert done.returncode == 1
