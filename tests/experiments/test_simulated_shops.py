"""python -m experiments.simulated_shops: a place that cannot be written to is told at once."""

import pytest

from experiments import simulated_shops


def test_a_table_that_cannot_be_written_is_refused_before_a_shop_is_forecast(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(simulated_shops, "try_shop", lambda *_: pytest.fail("it forecasts"))
    (tmp_path / "file").touch()
    assert simulated_shops.main(["--out", str(tmp_path / "file" / "shops.csv")]) == 2
    assert f"{tmp_path / 'file'} is a file, where a folder is wanted" in capsys.readouterr().err
