"""Words that messages, tables and pages share."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ON_WINDOWS = os.name == "nt"


def plural(n: int, noun: str) -> str:
    """The number with its noun; a noun that ends in s, such as series, stays as it is."""
    return f"{n:,} {noun}" if n == 1 or noun.endswith("s") else f"{n:,} {noun}s"


def quoted(argument: object) -> str:
    """An argument as the shell of this system takes it: spaces and quotes stay a part of it."""
    if ON_WINDOWS:
        return subprocess.list2cmdline([str(argument)])
    return shlex.quote(str(argument))


def command(parts: Iterable[str]) -> str:
    """A command, each part on a line of its own where the shell of this system goes on there."""
    return (" " if ON_WINDOWS else " \\\n    ").join(parts)


def python() -> str:
    """How the Python that runs is called from here, if it lies here, as in the README's .venv."""
    interpreter, here = Path(sys.executable), Path.cwd()
    return str(interpreter.relative_to(here)) if interpreter.is_relative_to(here) else "python"


def install(*packages: str) -> str:
    """The command that installs packages, or an extra such as "[report]", for that Python."""
    wanted = [f"-e {quoted(f'.{name}')}" if name[0] == "[" else name for name in packages]
    return " ".join([python(), "-m pip install", *wanted])
