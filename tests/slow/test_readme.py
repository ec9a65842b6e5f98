"""The Python of the README and of the guide to teaching, line by line."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def python_of(document):
    """The blocks of Python in a document."""
    return re.findall(r"```python\n(.*?)```", (ROOT / document).read_text("utf-8"), re.DOTALL)


def numbers(text):
    return [float(number) for number in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", text)]


def test_the_python_of_the_readme_and_of_the_guide_to_teaching_runs_as_it_stands(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    namespace = {}
    exec(python_of("README.md")[0], namespace)
    printed = numbers(capsys.readouterr().out)
    told = " ".join(re.findall(r"^# (.*)$", python_of("README.md")[0], re.MULTILINE))
    assert printed == pytest.approx(numbers(told), abs=0.02)
    assert (tmp_path / "m.npz").exists()
    inside, with_torch = python_of("docs/teaching.md")  # of the README's model
    exec(inside, namespace)
    pytest.importorskip("torch")
    exec(with_torch, namespace)
