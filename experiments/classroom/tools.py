"""The tools that make packages of ours: otter-grader and JupyterLite."""

import subprocess
import sys
from pathlib import Path


class ToolError(Exception):
    """Otter or JupyterLite is not there, or does not do its part."""


def run_tool(name: str, folder: Path, module: str, *arguments: str) -> None:
    """Run `python -m module` in a folder. Raises ToolError, with its last words, if it fails."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        reason = (done.stderr or done.stdout).strip().rpartition("\n")[2]
        raise ToolError(f"{name} failed: {reason}")
