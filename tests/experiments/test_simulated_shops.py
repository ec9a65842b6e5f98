"""python -m experiments.simulated_shops: its table, and a place that cannot be written to."""

from dataclasses import fields

import pytest

from experiments import simulated_shops
from experiments.forecasting.simulated_shops import Row


def test_a_table_that_cannot_be_written_is_refused_before_a_shop_is_forecast(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(simulated_shops, "try_shop", lambda *_: pytest.fail("it forecasts"))
    (tmp_path / "file").touch()
    assert simulated_shops.main(["--out", str(tmp_path / "file" / "shops.csv")]) == 2
    assert f"{tmp_path / 'file'} is a file, where a folder is wanted" in capsys.readouterr().err


def test_errors_of_shops_that_sell_little_keep_their_digits(tmp_path, monkeypatch):
    numbers = dict.fromkeys([field.name for field in fields(Row)], 0.0123456)
    row = Row(**{**numbers, "kind": "launches", "seed": 0, "chosen": "network", "n": 12345})
    monkeypatch.setattr(simulated_shops, "try_shop", lambda *_: row)
    assert simulated_shops.main(["--out", str(tmp_path / "shops.csv"), "--seeds", "1"]) == 0
    first = (tmp_path / "shops.csv").read_text().splitlines()[1]
    assert first == "launches,0,network,12345" + ",0.01235" * 10
