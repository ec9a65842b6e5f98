"""What the attributes of a class hold: the comment behind each, or a property's docstring."""

import ast
import inspect
import textwrap

COMMENT = "  # "


def texts(cls: type) -> dict[str, str]:
    """The public attributes that a class itself defines, with their texts; "" where one has none.

    They are the names that get a value or a type in the body of the class, those that `__init__`
    gives to `self`, and the properties.
    """
    source = textwrap.dedent(inspect.getsource(cls))
    lines = source.splitlines()
    body = ast.parse(source).body[0].body
    found = {}
    constructor = [part for node in body if is_init(node) for part in ast.walk(node)]
    for node in [*body, *constructor]:
        if isinstance(node, ast.FunctionDef) and is_property(node):
            found[node.name] = ast.get_docstring(node) or ""
        for name in assigned(node):
            if not name.startswith("_"):
                # Once is enough: a constructor may assign a thing, and then another in its place.
                found[name] = found.get(name) or lines[node.lineno - 1].partition(COMMENT)[2]
    return found


def is_init(node: ast.AST) -> bool:
    """Whether this is the constructor."""
    return isinstance(node, ast.FunctionDef) and node.name == "__init__"


def is_property(node: ast.FunctionDef) -> bool:
    """Whether a method is a public property, and not what sets one."""
    names = [ast.unparse(decorator) for decorator in node.decorator_list]
    return names == ["property"] and not node.name.startswith("_")


def assigned(node: ast.AST) -> list[str]:
    """The names of attributes that a statement of a class, or of its constructor, assigns."""
    if isinstance(node, ast.AnnAssign):
        targets = [node.target]
    elif isinstance(node, ast.Assign):
        targets = node.targets
    else:
        return []
    if isinstance(targets[0], ast.Attribute):
        return [t.attr for t in targets if ast.unparse(t.value) == "self"]
    is_of_class = node.col_offset == 4  # within the constructor it is a local name
    return [t.id for t in targets if isinstance(t, ast.Name) and is_of_class]
