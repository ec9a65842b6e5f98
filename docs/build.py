"""The documentation site: the README, the guides, and every function by its docstring.

    python docs/build.py    writes docs/site/index.html, which needs no server

Pages of functions are pdoc's. What an attribute of a class holds is said in a comment behind it,
which pdoc does not read: here it becomes the attribute's text (`attributes.py`).
"""

import importlib
import pkgutil
import shutil
import warnings
from collections.abc import Iterator
from types import ModuleType

import numpy.typing
from attributes import texts
from guides import ROOT, write_pages
from pdoc import doc, doc_ast, render
from search_index import compiler

SITE = ROOT / "docs" / "site"
UNSEARCHED = "experiments.lessons."  # its checks and solutions have the answers


class ArrayLike:
    """In the place of NumPy's, which would be spelled out on five lines in each signature."""

    __module__ = "numpy.typing"


class DTypeLike(ArrayLike):
    """Likewise."""

    __module__ = "numpy.typing"


def main() -> None:
    """Write the site anew."""
    numpy.typing.ArrayLike, numpy.typing.DTypeLike = ArrayLike, DTypeLike  # before they are taken
    shutil.rmtree(SITE, ignore_errors=True)
    SITE.mkdir()
    warnings.filterwarnings("ignore", message=".*torch")  # named in types, but not needed here
    warnings.filterwarnings("ignore", message="The module specification")  # twice: in its package
    render.configure(docformat="google", template_directory=ROOT / "docs" / "templates")
    names = [*names_of("tinylstm"), *names_of("experiments")]
    modules = {name: doc.Module(importlib.import_module(name)) for name in names}
    for module in modules.values():
        tell_attributes(module)
    for name, module in modules.items():
        path = SITE / f"{name.replace('.', '/')}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render.html_module(module, modules), "utf-8")
    searched = {name: each for name, each in modules.items() if not name.startswith(UNSEARCHED)}
    doubles = {home for each in modules.values() for home in homes(each.obj)}
    render.precompile_index = compiler(doubles)
    (SITE / "search.js").write_text(render.search_index(searched), "utf-8")
    library = modules["tinylstm"]
    public = {name: summary(library.members[name]) for name in library.obj.__all__}
    write_pages(SITE, public, names)
    print(SITE / "index.html")


def names_of(package: str) -> list[str]:
    """The package and each module in it and in its folders."""
    root = importlib.import_module(package)
    found = pkgutil.walk_packages(root.__path__, f"{package}.")
    return [package, *(module.name for module in found)]


def homes(module: ModuleType) -> set[str]:
    """Where the public names of a module are defined that it has from others, as its own."""
    found = {name: getattr(module, name).__module__ for name in getattr(module, "__all__", [])}
    return {f"{home}.{name}" for name, home in found.items() if home != module.__name__}


def summary(member: doc.Doc) -> str:
    """The first sentence of a docstring."""
    return " ".join(member.docstring.partition("\n\n")[0].split())


def tell_attributes(module: doc.Module) -> None:
    """Give the attributes of the classes of a module the comments behind them as their texts."""
    for cls in classes(module):
        known = doc_ast.walk_tree(cls.obj).var_docstrings  # what pdoc will ask for its members
        known |= {name: text for name, text in texts(cls.obj).items() if text}
        if "_fields" in vars(cls.obj):  # Python has not much to say of how one is made
            cls.obj.__new__.__doc__ = ""


def classes(module: doc.Module) -> Iterator[doc.Class]:
    """The classes of a module, those that others define and it gives among them."""
    yield from (m for m in module.members.values() if isinstance(m, doc.Class))


if __name__ == "__main__":
    main()
