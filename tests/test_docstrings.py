"""What the pages of functions rest on: examples that run, and a text for each attribute."""

import ast
import doctest
import importlib
import inspect
import pkgutil
import re
from functools import cache

import numpy as np
import pytest

import tinylstm
from docs.attributes import texts

# What users have no need to call: plumbing, and what the commands do with the bug zoo.
INTERNAL = re.compile(
    r"tinylstm\.(arguments|backends|commandline|gradcheck|initial|kernels|numpy_backend|sharing"
    r"|check\.subjects|check\.trials)\b"
)
MODULES = [
    module.name
    for module in pkgutil.walk_packages(tinylstm.__path__, "tinylstm.")
    if not module.ispkg and not INTERNAL.match(module.name)
]
PUBLIC = {getattr(tinylstm, name) for name in tinylstm.__all__}


def defined(module):
    """The names that a module defines itself, with what they stand for: not what it imports."""
    tree = ast.parse(inspect.getsource(module))
    names = {getattr(node, "name", "") for node in tree.body}
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            names |= {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return {name: value for name, value in vars(module).items() if name in names}


def public(module):
    """The functions and classes of a module that have no underscore before their names."""
    return {
        name: value
        for name, value in defined(module).items()
        if not name.startswith("_")
        and (inspect.isfunction(value) or inspect.isclass(value))
        and value.__module__ == module.__name__
    }


def is_method(part):
    """Whether what a class holds is a method or a property."""
    return inspect.isroutine(part) or isinstance(part, property)


@cache
def examples(name):
    """The examples of a module by the docstrings that they are in, "" for the module's own."""
    module = importlib.import_module(name)
    documented = {"": module, **public(module)}
    for owner, value in public(module).items():
        if inspect.isclass(value):
            methods = {key: part for key, part in vars(value).items() if is_method(part)}
            documented |= {f"{owner}.{key}": part for key, part in methods.items()}
    found = {}
    for key, value in documented.items():
        text = getattr(getattr(value, "__func__", value), "__doc__", None) or ""
        # An example knows NumPy and the names of its page; others it imports before our eyes.
        names = {"np": np, "__name__": "example", **defined(module)}
        test = doctest.DocTestParser().get_doctest(text, names, f"{name} {key}", None, None)
        if test.examples:
            found[key] = test
    return found


def without_example(module):
    """The public functions and classes that neither show an example nor stand in the module's."""
    found = examples(module.__name__)
    on_top = "".join(example.source for example in found[""].examples) if "" in found else ""
    # A named tuple is what a function gives, and stands in the example of that.
    return [
        name
        for name, value in public(module).items()
        if name not in found and f"{name}(" not in on_top and not hasattr(value, "_fields")
    ]


@pytest.mark.parametrize("name", MODULES)
def test_every_example_prints_what_it_says(name, tmp_path, monkeypatch):
    for number, test in enumerate(examples(name).values()):
        (tmp_path / str(number)).mkdir()
        monkeypatch.chdir(tmp_path / str(number))  # to write files in
        problems = []
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
        runner.run(test, out=problems.append)
        assert not problems, "".join(problems)


@pytest.mark.parametrize("name", MODULES)
def test_no_example_is_passed_over(name):
    source = inspect.getsource(importlib.import_module(name))
    found = sum(len(test.examples) for test in examples(name).values())
    assert found == len(re.findall(r"^ *>>> ", source, re.MULTILINE))


@pytest.mark.parametrize("name", MODULES)
def test_every_public_function_and_class_has_an_example(name):
    assert not without_example(importlib.import_module(name))


@pytest.mark.parametrize("name", MODULES)
def test_every_method_of_the_public_names_is_called_in_an_example_of_its_page(name):
    module = importlib.import_module(name)
    for cls in PUBLIC & set(public(module).values()):
        if inspect.isclass(cls):
            pages = {each.__module__ for each in cls.__mro__ if each.__module__ in MODULES}
            tests = [test for page in pages for test in examples(page).values()]
            shown = "".join(example.source for test in tests for example in test.examples)
            methods = [key for key, part in vars(cls).items() if inspect.isroutine(part)]
            assert not [key for key in methods if key[0] != "_" and f".{key}(" not in shown], cls


@pytest.mark.parametrize("name", MODULES)
def test_every_public_attribute_has_a_text(name):
    for cls in public(importlib.import_module(name)).values():
        if inspect.isclass(cls):
            assert not [key for key, text in texts(cls).items() if not text], cls


def test_an_attribute_without_a_text_is_found():
    class Page:
        width = 3  # in inches
        height = 4

        def __init__(self):
            self.margin = 1
            self.ink = "black"  # or another colour
            self._hidden = 0

        @property
        def area(self):
            """In square inches."""

    assert texts(Page) == {
        "width": "in inches",
        "height": "",
        "margin": "",
        "ink": "or another colour",
        "area": "In square inches.",
    }
