"""The search of the documentation site: what it finds, and how little its file holds."""

import json

from docs.search_index import compiler

FIT = {
    "fullname": "tinylstm.training.fit",
    "modulename": "tinylstm.training",
    "qualname": "fit",
    "kind": "function",
    "funcdef": "def",
    "signature": "<span>(model, windows, epochs=3)</span>",
    "doc": "<p>Train a model.</p>\n\n<p>Raises ValueError without windows.</p>",
}
RATE = {
    "fullname": "tinylstm.layers.Dropout.rate",
    "modulename": "tinylstm.layers",
    "qualname": "Dropout.rate",
    "kind": "variable",
    "annotation": ": float",
    "default_value": "0.5",
}


def found(documents, doubles=()):
    return json.loads(compiler(doubles)(documents, None))


def test_a_name_is_found_with_its_first_paragraph():
    (fit,) = found([FIT])
    assert (fit["fullname"], fit["doc"]) == (FIT["fullname"], "<p>Train a model.</p>")


def test_a_name_of_which_nothing_is_said_has_no_paragraph():
    (rate,) = found([RATE | {"doc": ""}])
    assert rate["doc"] == ""


def test_arguments_and_types_are_on_the_page_and_not_in_the_index():
    fit, rate = found([FIT, RATE])
    assert fit["signature"] == "()"
    assert not {"annotation", "default_value"} & rate.keys()


def test_what_the_library_gives_by_a_shorter_name_is_not_found_twice():
    public = RATE | {"fullname": "tinylstm.Dropout.rate", "modulename": "tinylstm"}
    names = [each["fullname"] for each in found([public, RATE], ["tinylstm.layers.Dropout"])]
    assert names == ["tinylstm.Dropout.rate"]


def test_a_name_that_only_begins_like_a_double_is_found():
    other = RATE | {"fullname": "tinylstm.layers.DropoutMask", "qualname": "DropoutMask"}
    assert len(found([other], ["tinylstm.layers.Dropout"])) == 1
