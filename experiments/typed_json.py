"""Frozen data classes to JSON and back; what is read is checked once, here, and then typed."""

import dataclasses
import functools
import types
import unicodedata
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

LARGEST = 2**63 - 1  # NumPy's and pandas' whole numbers end here

T = TypeVar("T")


class LayoutError(ValueError):
    """A value from JSON that is not what the data class announces; the message says where."""


def to_json(value: Any) -> Any:
    """A data class as dictionaries, lists, numbers and texts."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_json(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [to_json(each) for each in value]
    return value


def from_json(kind: type[T], value: Any) -> T:
    """A `kind`, a data class, from what `to_json` made of one.

    Its fields may be str, bool, int, float, None, other data classes, unions of these, and tuples.
    One that is None by default may be missing.
    Raises LayoutError if a field is missing, unknown or of another type, a whole number takes more
    than 64 bits or a text holds control characters; the data class itself may refuse values with
    another ValueError.
    """
    made: T = _read(kind, value, kind.__name__)
    return made


def _read(kind: Any, value: Any, where: str) -> Any:
    if get_origin(kind) in (Union, types.UnionType):
        return _read_union(get_args(kind), value, where)
    if get_origin(kind) is tuple:
        return _read_tuple(get_args(kind), value, where)
    if dataclasses.is_dataclass(kind):
        return _read_fields(kind, value, where)
    if kind is float and type(value) is int:
        value = float(value) if abs(value) <= LARGEST else None
    if type(value) is not kind or (kind is int and abs(value) > LARGEST):
        raise LayoutError(f"{where} is no {kind.__name__}")
    if kind is str and any(unicodedata.category(character) == "Cc" for character in value):
        raise LayoutError(f"{where} holds a control character")  # a terminal would obey it
    return value


def _read_fields(kind: Any, value: Any, where: str) -> Any:
    kinds = _kinds(kind)
    if not isinstance(value, dict) or not kinds.keys() - _may_lack(kind) <= value.keys() <= {
        *kinds
    }:
        raise LayoutError(f"{where} has other fields than {', '.join(sorted(kinds))}")
    return kind(**{name: _read(kinds[name], of, f"{where}.{name}") for name, of in value.items()})


@functools.cache
def _may_lack(kind: Any) -> set[str]:
    """The fields that are None unless something is said: older files are silent of newer ones."""
    return {field.name for field in dataclasses.fields(kind) if field.default is None}


@functools.cache
def _kinds(kind: Any) -> dict[str, Any]:
    """The fields of a data class and what they hold."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def _read_tuple(kinds: tuple[Any, ...], value: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise LayoutError(f"{where} is no list")
    if kinds[0] is float and {type(each) for each in value} == {float} and kinds[-1] is Ellipsis:
        return tuple(value)  # as below, but at once: there may be a hundred thousand
    if kinds[-1] is Ellipsis:
        kinds = kinds[:1] * len(value)
    if len(value) != len(kinds):
        raise LayoutError(f"{where} has other than {len(kinds)} values")
    pairs = zip(kinds, value, strict=True)
    return tuple(_read(kind, each, f"{where}[{k}]") for k, (kind, each) in enumerate(pairs))


def _read_union(kinds: tuple[Any, ...], value: Any, where: str) -> Any:
    for kind in kinds:
        try:
            return _read(kind, value, where)
        except LayoutError:
            continue
    raise LayoutError(f"{where} is none of {', '.join(kind.__name__ for kind in kinds)}")
