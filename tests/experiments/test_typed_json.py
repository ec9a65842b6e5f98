"""Data classes to JSON and back, and every way in which JSON may be something else."""

from dataclasses import dataclass

import pytest

from experiments.typed_json import LayoutError, from_json, to_json


@dataclass(frozen=True)
class Inner:
    x: int


@dataclass(frozen=True)
class Outer:
    name: str
    share: float
    pair: tuple[float, float]
    inner: tuple[Inner, ...]
    label: int | str
    bytes: int | None = None


VALUE = Outer("a", 0.5, (1.0, 2.0), (Inner(1), Inner(2)), "b")
JSON = {
    **{"name": "a", "share": 0.5, "pair": [1.0, 2.0], "inner": [{"x": 1}, {"x": 2}]},
    **{"label": "b", "bytes": None},
}


def test_a_value_becomes_plain_json_and_is_the_same_afterwards():
    assert to_json(VALUE) == JSON
    assert from_json(Outer, JSON) == VALUE


def test_a_field_that_is_none_by_default_may_be_missing():
    """As in a file that was written before there was one."""
    older = {name: value for name, value in JSON.items() if name != "bytes"}
    assert from_json(Outer, older) == VALUE


def test_a_whole_number_will_do_for_a_float():
    assert type(from_json(Outer, JSON | {"share": 1}).share) is float


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"name": 1}, "Outer.name is no str"),
        ({"share": "x"}, "Outer.share is no float"),
        ({"share": 10**400}, "Outer.share is no float"),
        ({"pair": [1.0]}, "Outer.pair has other than 2 values"),
        ({"pair": 3}, "Outer.pair is no list"),
        ({"inner": [{"x": 1}, {"x": True}]}, r"Outer.inner\[1\].x is no int"),
        ({"inner": [{"x": 2**63}]}, r"Outer.inner\[0\].x is no int"),
        ({"inner": [{"y": 1}]}, r"Outer.inner\[0\] has other fields than x"),
        ({"label": 1.5}, "Outer.label is none of int, str"),
        ({"more": 1}, "Outer has other fields than bytes, inner"),
    ],
    ids=str,
)
def test_another_layout_is_refused_with_its_place(change, where):
    with pytest.raises(LayoutError, match=where):
        from_json(Outer, JSON | change)


@pytest.mark.parametrize("value", [None, [], 1, {}])
def test_no_object_is_no_data_class(value):
    with pytest.raises(LayoutError, match="Outer has other fields"):
        from_json(Outer, value)
