"""The program as files, to be put into archives: for an autograder, for students, for a browser."""

import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
Files = Mapping[str, bytes]  # by their paths in an archive

DATA = ("tinylstm/py.typed", "experiments/results/results.csv")  # lesson 8 reads the record
TRANSLATIONS = "tinylstm/translate/*.c"
WRITTEN = (1980, 1, 1, 0, 0, 0)  # a time that every archive's files have: same files, same bytes


def program_files() -> dict[str, bytes]:
    """Both packages without the notebooks and without this folder."""
    paths = [ROOT / name for name in DATA] + sorted(ROOT.glob(TRANSLATIONS))
    for package in ("tinylstm", "experiments"):
        paths += sorted((ROOT / package).rglob("*.py"))
    files = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in paths}
    return {name: text for name, text in files.items() if not is_of_classroom(name)}


def is_of_classroom(name: str) -> bool:
    """Whether a file is one of this folder."""
    return name.startswith("experiments/classroom/")


def classroom_file(name: str) -> dict[str, bytes]:
    """One module of this folder, and what makes the folder a package."""
    folder = Path(__file__).parent
    return {
        f"experiments/classroom/{file}": (folder / file).read_bytes()
        for file in ("__init__.py", f"{name}.py")
    }


def requirements(*extras: str) -> list[str]:
    """What the library needs, and what some extras of `pyproject.toml` add to it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    further = [line for extra in extras for line in project["optional-dependencies"][extra]]
    return [*project["dependencies"], *further]


def write_zip(path: Path, files: Files) -> None:
    """Write an archive, the same bytes for the same files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, WRITTEN)
            info.external_attr = 0o100644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, files[name])
