"""Stored size, against the table of the paper and the closed formula."""

import numpy as np
import pytest

from tinylstm import LSTMRegressor, model_size, size
from tinylstm.parameters import count_parameters

# Hidden units: parameters, KB of 1024 bytes (arXiv 2601.00525, and the formula).
TABLE = {
    128: (71_713, 280.1), 64: (19_489, 76.1), 48: (11_553, 45.1), 32: (5_665, 22.1),
    16: (1_825, 7.1), 8: (673, 2.6), 4: (289, 1.1), 2: (145, 0.6), 1: (85, 0.3),
}  # fmt: skip


def test_parameters_and_kb_are_those_of_the_table():
    sizes = {units: model_size(LSTMRegressor(7, units)) for units in TABLE}
    assert {units: (size.n_params, round(size.kb, 1)) for units, size in sizes.items()} == TABLE


def test_the_formula_counts_the_arrays():
    assert LSTMRegressor(3, 5, 2).n_params == count_parameters(5, 3, 2)


def test_size_is_that_of_float32_whatever_type_the_model_computes_in():
    assert model_size(LSTMRegressor(7, 4).astype(float)).bytes == 4 * 289


def test_the_command_prints_the_table_and_the_formula_with_its_numbers(capsys):
    size.main([])
    lines = capsys.readouterr().out.splitlines()
    for units, (n_params, kb) in TABLE.items():
        row = next(line for line in lines if line.split()[0] == str(units))
        assert row.split()[2] == f"{kb}"
        formula, total = row.split(maxsplit=3)[3].split("=")
        assert f"*({units}+7+1)" in formula
        assert (eval(formula), total) == (n_params, f" {n_params:,}")


@pytest.mark.parametrize("units", ["0", "many"])
def test_the_command_refuses_sizes_that_are_none(units, capsys):
    with pytest.raises(SystemExit, match="2"):
        size.main(["--units", units])
    assert f"{units!r} is not a whole number of at least 1; see" in capsys.readouterr().err


def test_with_bits_the_command_counts_the_whole_packed_file(capsys):
    size.main(["--units", "4", "2", "--bits", "8"])
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert rows[1:3] == [["4", "289", "316", "406"], ["2", "145", "172", "230"]]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["--bits", "9"], "from 2 to 8"), (["--bits", "8", "--units", "256"], "at most 255 units")],
)
def test_the_command_refuses_a_packed_file_that_is_none(arguments, words, capsys):
    with pytest.raises(SystemExit, match="2"):
        size.main(arguments)
    assert words in capsys.readouterr().err


def test_the_command_refuses_sizes_that_no_machine_holds(capsys):
    with pytest.raises(SystemExit, match="2"):
        size.main(["--units", "9" * 20])
    assert "is more than 16,384" in capsys.readouterr().err


def test_a_large_size_is_counted_at_once(monkeypatch, capsys):
    monkeypatch.setattr(np.linalg, "qr", None)  # a matrix for which nobody asked
    assert size.main(["--units", "500"]) == 0
    assert f"= {count_parameters(500):,}" in capsys.readouterr().out
