"""What a release would hand out: the wheel, the source archive, the README of an index."""

import importlib.util
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import tinylstm

pytest.importorskip("build")
ROOT = Path(__file__).parents[2]
DATA = ["tinylstm/py.typed", "tinylstm/kernels/README.md"]
NO_SOURCES = (".git", ".venv", ".nox", ".*_cache", "__pycache__", "build", "dist", "runs", "site")


@pytest.fixture(scope="module")
def archives(tmp_path_factory):
    """The folder of the wheel and the source archive, built with what is installed here."""
    out = tmp_path_factory.mktemp("archives")
    tree = tmp_path_factory.mktemp("source") / "tree"  # a build leaves files where it is made
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*NO_SOURCES))
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(tree)]
    subprocess.run(command, check=True, capture_output=True)
    return out


@pytest.fixture(scope="module")
def wheel(archives):
    (path,) = archives.glob("*.whl")
    return path


def test_the_wheel_holds_the_library_alone(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert wheel.name == f"tinylstm-{tinylstm.__version__}-py3-none-any.whl"
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"tinylstm"}
    sources = [path.relative_to(ROOT).as_posix() for path in (ROOT / "tinylstm").rglob("*.py")]
    assert {*sources, *DATA} <= set(names)


def test_a_user_s_own_folder_experiments_lives_beside_the_wheel(wheel, tmp_path):
    (tmp_path / "experiments").mkdir()
    (tmp_path / "experiments" / "mine.py").write_text("MINE = 'my own'\n", "utf-8")
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    libraries = Path(importlib.util.find_spec("numpy").origin).parents[1]
    code = f"""
import sys
sys.path[1:1] = {[str(tmp_path / "installed"), str(libraries)]}
from experiments.mine import MINE
import tinylstm
print(MINE, tinylstm.__file__)
print("pandas" in sys.modules)
"""
    alone = [sys.executable, "-S", "-E", "-c", code]  # nothing else is installed
    ran = subprocess.run(alone, cwd=tmp_path, capture_output=True, text=True)
    assert ran.stdout.startswith(f"my own {tmp_path / 'installed'}"), ran.stderr
    assert ran.stdout.endswith("False\n")  # pandas is for tables, and none was asked for


def test_the_source_archive_has_what_tests_it_and_repeats_the_study(archives):
    (path,) = archives.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = [file for folder in ("tests", "docs", "experiments") for file in files(ROOT / folder)]
    wanted += ["README.md", "CHANGELOG.md", "CITATION.cff", "SECURITY.md", "LICENSE", ".ci/run"]
    assert not set(wanted) - names
    assert not [name for name in names if name.endswith(".pyc") or name.startswith("docs/site")]


def files(folder):
    """Those of a folder that are no product of a run."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    names = (path.relative_to(ROOT).as_posix() for path in found)
    made = ("docs/site/", "docs/api/", "tests/.")
    return [n for n in names if not n.startswith(made) and "/__pycache__/" not in n]


@pytest.fixture(scope="module")
def for_an_index():
    spec = importlib.util.spec_from_file_location("setup_of_tinylstm", ROOT / "setup.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.for_an_index


@pytest.mark.parametrize(
    ("repository", "shown"),
    [
        (
            "https://x.org/t",
            "![a](https://x.org/t/raw/HEAD/b.png) [c](https://x.org/t/blob/HEAD/d)",
        ),
        (None, " c"),
    ],
)
def test_an_index_shows_links_into_the_repository_or_none(for_an_index, repository, shown):
    elsewhere = "[paper](https://arxiv.org/abs/2601.00525)"
    readme = f"![a](b.png) [c](d) {elsewhere}"
    assert for_an_index(readme, repository) == f"{shown} {elsewhere}"
