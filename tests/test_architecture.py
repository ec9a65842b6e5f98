"""The house: imports run down its floors and never in a circle, and no file outgrows one idea.

python -m tests.test_architecture    prints who imports whom, the lowest floor first
"""

import ast
import graphlib
from importlib.util import resolve_name
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST = 300  # lines of a file; more are two ideas

# The folders and modules of each package by floors, the lowest first: one imports from lower floors
# only, and never from its neighbours. "network" is what lies in tinylstm/ beside those named here;
# there no module may import in a circle, and that is order enough.
FLOORS = {
    "tinylstm": (
        *("arguments reference", "windows", "kernels", "network", "check inspect translate"),
        "gradcheck export __init__",
    ),
    "experiments": (
        *("words typed_json limits", "data", "references", "training", "forecasting analysis"),
        *("pages", "bench"),
        *(
            "commandline lessons",
            "sweep study tune compress forecast held_out simulated_shops trace playground report "
            "benchmark scaling demo classroom __init__",
        ),
    ),
}
FLOOR = {
    package: {name: floor for floor, names in enumerate(floors) for name in names.split()}
    for package, floors in FLOORS.items()
}

Graph = dict[str, set[str]]


def read_trees(root: Path) -> dict[str, ast.Module]:
    """The syntax tree of each module of both packages, by its full name."""
    files = [file for package in FLOORS for file in sorted((root / package).rglob("*.py"))]
    names = [".".join(file.relative_to(root).with_suffix("").parts) for file in files]
    return {
        name.removesuffix(".__init__"): ast.parse(file.read_text("utf-8"))
        for name, file in zip(names, files, strict=True)
    }


def imports(trees: dict[str, ast.Module]) -> Graph:
    """What each module imports of the two packages, anywhere in it: in functions, for types."""
    graph: Graph = {module: set() for module in trees}
    for module, tree in trees.items():
        is_package = any(other.startswith(f"{module}.") for other in trees)
        folder = module if is_package else module.rpartition(".")[0]
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                targets = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                source = resolve_name("." * node.level + (node.module or ""), folder)
                names = [f"{source}.{alias.name}" for alias in node.names]
                targets = [name if name in trees else source for name in names]
            else:
                continue
            graph[module] |= {target for target in targets if target in trees} - {module}
    return graph


def place(module: str) -> tuple[str, str]:
    """The package of a module, and the folder in it or, of a module on its own, the name."""
    package, *parts = module.split(".")
    name = parts[0] if parts else "__init__"
    if package == "tinylstm" and name not in FLOOR[package]:
        name = "network"
    return package, name


def arrows(graph: Graph) -> Graph:
    """What each folder imports of its own package."""
    between: Graph = {}
    for module, targets in graph.items():
        package, name = place(module)
        of_folder = between.setdefault(f"{package} {name}", set())
        of_folder |= {
            n for p, n in map(place, targets) if (p, n) != (package, name) and p == package
        }
    return between


def faults(graph: Graph) -> list[str]:
    """Each arrow that does not run down, between folders or packages, and a circle of modules."""
    found = []
    for module, targets in graph.items():
        package, name = place(module)
        for target in sorted(targets):
            other, target_name = place(target)
            if other == package:
                floors = FLOOR[package]
                is_down = name == target_name or floors[target_name] < floors[name]
            else:
                is_down = package == "experiments"
            if not is_down:
                found.append(f"{module} imports {target}")
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        found.append(f"a circle: {' -> '.join(error.args[1])}")
    return found


def picture(graph: Graph) -> str:
    """A line per folder, the lowest floor first, with what it imports."""
    between = arrows(graph)
    lines = []
    for package, floors in FLOOR.items():
        lines.append(f"{package}/, from the ground up, and what each imports")
        for name in (name for name in floors if f"{package} {name}" in between):
            targets = sorted(between[f"{package} {name}"], key=lambda name: (floors[name], name))
            lines.append(f"  {name:<12} {' '.join(targets)}".rstrip())
    return "\n".join(lines)


@pytest.fixture(scope="module")
def trees():
    return read_trees(ROOT)


def test_imports_run_down_and_never_in_a_circle(trees):
    graph = imports(trees)
    print(f"\n{picture(graph)}")
    assert not faults(graph)


def test_everything_in_the_study_has_its_floor(trees):
    places = {name for package, name in map(place, trees) if package == "experiments"}
    assert places <= FLOOR["experiments"].keys()


def test_no_module_makes_up_its_names_when_asked(trees):
    names = {(m, getattr(node, "name", "")) for m, tree in trees.items() for node in tree.body}
    assert ("tinylstm.kernels.threads", "run") in names
    assert not [module for module, name in names if name == "__getattr__"]


def test_every_command_ends_by_run_command_which_knows_any_terminal(trees):
    ends = {
        module: ast.unparse(tree).partition("\nif __name__ == ")[2]
        for module, tree in trees.items()
    }
    commands = {module: end for module, end in ends.items() if end}
    assert len(commands) >= 7
    assert set(commands.values()) == {"'__main__':\n    run_command(main)"}


def test_no_file_is_longer_than_one_idea():
    files = [file for folder in (*FLOORS, "docs") for file in (ROOT / folder).rglob("*.py")]
    lengths = {str(f.relative_to(ROOT)): len(f.read_text("utf-8").splitlines()) for f in files}
    assert "tinylstm/reference.py" in lengths
    assert not {file: lines for file, lines in lengths.items() if lines > LONGEST}


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({"tinylstm/model.py": "import experiments.words"}, "model imports experiments.words"),
        ({"tinylstm/kernels/lstm.py": "from tinylstm import model"}, "lstm imports tinylstm.model"),
        ({"tinylstm/model.py": "from . import gradcheck"}, "model imports tinylstm.gradcheck"),
        (
            {"experiments/data/csv.py": "def f():\n    from experiments.pages import page"},
            "csv imports experiments.pages.page",
        ),
        ({"experiments/trace.py": "import experiments.sweep"}, "trace imports experiments.sweep"),
        (
            {
                "tinylstm/model.py": "from tinylstm import b",
                "tinylstm/b.py": "import tinylstm.model",
            },
            "a circle: tinylstm.",
        ),
        ({"experiments/sweep.py": "from experiments.data.csv import x"}, None),
        ({"experiments/pages/page.py": "from experiments.data import csv"}, None),
    ],
)
def test_an_arrow_that_runs_up_is_found(tmp_path, files, fault):
    usual = ("tinylstm/gradcheck", "tinylstm/model", "experiments/words", "experiments/sweep")
    empty = (*usual, "experiments/data/csv", "experiments/pages/page")
    for path, text in {**{f"{name}.py": "" for name in empty}, **files}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    found = "; ".join(faults(imports(read_trees(tmp_path))))
    assert fault in found if fault else not found


if __name__ == "__main__":
    print(picture(imports(read_trees(ROOT))))
