"""Python without Numba, for the tests that need it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
NOTICE = "tinylstm: Numba cannot run (blocked by a test); NumPy computes, and more slowly\n"


def run_without_numba(folder, *arguments):
    """Run Python in a process where `import numba` fails; `folder` is for what makes it fail."""
    (folder / "numba.py").write_text("raise ImportError('blocked by a test')")
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"},
    )  # fmt: skip
