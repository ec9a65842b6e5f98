"""Words and commands, as the shell of each system takes them."""

import sys
from pathlib import Path

import pytest

from experiments import words
from experiments.words import command, install, python, quoted


@pytest.fixture
def posix(monkeypatch):
    monkeypatch.setattr(words, "ON_WINDOWS", False)


@pytest.fixture
def windows(monkeypatch):
    monkeypatch.setattr(words, "ON_WINDOWS", True)


def test_commands_name_the_python_that_runs_if_it_lies_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "executable", str(tmp_path / ".venv" / "bin" / "python"))
    assert python() == str(Path(".venv/bin/python"))
    monkeypatch.setattr(sys, "executable", "/elsewhere/bin/python")
    assert python() == "python"


def test_an_argument_with_spaces_or_quotes_stays_one_argument(posix):
    assert quoted("my shop's sales.csv") == """'my shop'"'"'s sales.csv'"""
    assert quoted(12) == "12"


def test_on_windows_double_quotes_hold_an_argument_together(windows):
    assert quoted("my shop's sales.csv") == '"my shop\'s sales.csv"'
    assert quoted("runs\\models\\a.npz") == "runs\\models\\a.npz"


def test_a_command_goes_on_in_the_next_line_where_the_shell_does(posix):
    assert command(["python -m x", "--units 1"]) == "python -m x \\\n    --units 1"


def test_on_windows_a_command_is_one_line(windows):
    assert command(["python -m x", "--units 1"]) == "python -m x --units 1"


def test_an_extra_is_installed_from_the_checkout_and_a_package_by_its_name(monkeypatch, posix):
    monkeypatch.setattr(sys, "executable", "/elsewhere/bin/python")
    assert install("[report]") == "python -m pip install -e '.[report]'"
    assert install("jax optax") == "python -m pip install jax optax"
