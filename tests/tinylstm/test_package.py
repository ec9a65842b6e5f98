"""The package as a whole: its public names, and what it does and does not import."""

import ast
import subprocess
import sys
from pathlib import Path

import tinylstm

ROOT = Path(__file__).parents[2]
MODULES = sorted(p for p in (ROOT / "tinylstm").rglob("*.py") if p.stem != "__init__")
# Packages that a function imports when it is called, and not before.
ON_REQUEST = {"trace": {"pandas"}, "interop": {"torch"}, "onnx": {"onnx"}}


def python(*arguments):
    """Run Python in a process of its own, every warning an error; what it prints."""
    command = [sys.executable, "-W", "error", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_public_names_are_those_of_the_design():
    design = "LSTM Dense Dropout LSTMRegressor Adam Windows fit gradient_check model_size"
    assert set(design.split()) <= set(tinylstm.__all__)


def test_a_star_import_in_a_fresh_process_gets_every_public_name():
    code = "from tinylstm import *; print(*sorted(name for name in dir() if name[0] != '_'))"
    assert python("-c", code).split() == sorted(tinylstm.__all__)


def test_importing_any_of_it_imports_neither_pandas_nor_frameworks_nor_the_study():
    modules = ", ".join(".".join(path.relative_to(ROOT).with_suffix("").parts) for path in MODULES)
    code = f"import sys, tinylstm, {modules}; print(*sys.modules)"
    imported = {name.split(".")[0] for name in python("-c", code).split()}
    assert "numpy" in imported
    assert not imported & {
        *("pandas", "matplotlib", "jinja2", "tqdm", "distributed", "torch", "keras", "tensorflow"),
        *("experiments", "tests"),
    }


def test_a_module_mentions_no_package_but_numpy_numba_the_bar_and_those_it_is_asked_for():
    allowed = {"tinylstm", "numpy", "numba", "llvmlite", "tqdm"}  # numba brings llvmlite along
    others = {}
    for path in MODULES:
        imported = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module.split(".")[0])
        if foreign := imported - sys.stdlib_module_names - allowed:
            others[path.stem] = foreign
    assert others == ON_REQUEST


def test_the_commands_run_without_a_warning():
    assert "85" in python("-m", "tinylstm.size", "--units", "1")
    assert "dense2.b" in python("-m", "tinylstm.gradcheck", "--hidden", "2", "--backend", "numpy")
