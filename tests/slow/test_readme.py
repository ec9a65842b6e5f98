"""The README's Python, line by line."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_the_python_of_the_readme_runs_as_it_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    namespace = {}
    exec(blocks[0], namespace)
    assert (tmp_path / "m.npz").exists()
    pytest.importorskip("torch")  # into which the second hands its weights
    exec(blocks[1], namespace)
