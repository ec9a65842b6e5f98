"""The API documentation, made by pdoc from the docstrings, as pages that need no server.

    python docs/build.py    writes docs/api/index.html

What a field of a class holds is said in a comment behind it, which pdoc does not read: here it is
put below the class.
"""

import importlib
import inspect
import pkgutil
import re
import warnings
from pathlib import Path
from types import ModuleType

import pdoc

HERE = Path(__file__).parent
FIELD = re.compile(r"^    (\w+): [^#]*  # (.+)$", re.MULTILINE)


def main() -> None:
    """Write a page for each module of the library and of the study."""
    modules = [*modules_of("tinylstm"), *modules_of("experiments")]
    for module in modules:
        tell_fields(module)
    warnings.filterwarnings("ignore", message=".*torch")  # named in types, but not needed here
    warnings.filterwarnings("ignore", message="The module specification")  # twice: in its package
    pdoc.render.configure(docformat="google")
    pdoc.pdoc(*(module.__name__ for module in modules), output_directory=HERE / "api")
    print(HERE / "api" / "index.html")


def modules_of(package: str) -> list[ModuleType]:
    """The package and each module in it and in its folders, imported."""
    root = importlib.import_module(package)
    found = pkgutil.walk_packages(root.__path__, f"{package}.")
    return [root, *(importlib.import_module(module.name) for module in found)]


def tell_fields(module: ModuleType) -> None:
    """Add to the docstring of each class of the module the comments behind its fields."""
    for cls in vars(module).values():
        if not inspect.isclass(cls) or cls.__module__ != module.__name__:
            continue
        if hasattr(cls, "_fields"):  # a named tuple, of which Python itself has little to say
            cls.__new__.__doc__ = ""
            for name in cls._fields:
                getattr(cls, name).__doc__ = ""
        fields = FIELD.findall(inspect.getsource(cls))
        if fields:
            width = max(len(name) for name, _ in fields)
            lines = [f"{name:<{width}}  {comment}" for name, comment in fields]
            cls.__doc__ = "\n".join([inspect.getdoc(cls) or "", "", "```text", *lines, "```"])


if __name__ == "__main__":
    main()
