"""How the owner of a file says how it is read, and hears what was mended."""

import argparse
from pathlib import Path

import numpy as np
import pytest

from experiments import sweep, trace, tune
from experiments.commandline.sales_file import (
    add_reading_arguments,
    column_name,
    read_sales,
    reading_arguments,
    reading_of,
)
from experiments.data.panel import DataError, Reading

DAYS = np.arange("2023-01-02", "2023-04-03", dtype="datetime64[D]")


def parsed(*words):
    parser = argparse.ArgumentParser()
    add_reading_arguments(parser)
    return parser.parse_args(list(words))


def test_without_arguments_the_file_tells_how_it_is_read():
    assert reading_of(parsed()) == Reading()


def test_each_argument_is_a_part_of_the_reading():
    words = ["--columns", "date=Datum", "store=-", "--missing-days", "refuse", "--dates", "mdy"]
    words += ["--returns", "refuse", "--repeats", "add"]
    options = parsed(*words)
    assert reading_of(options) == Reading(
        {"date": "Datum", "store": "-"}, "refuse", "refuse", "mdy", "add"
    )
    assert reading_of(parsed(*reading_arguments(options))) == reading_of(options)


@pytest.mark.parametrize("text", ["Datum", "day=Datum", "date=", "date=-", "sales=-"])
def test_what_names_no_column_is_refused(text):
    with pytest.raises(argparse.ArgumentTypeError):
        column_name(text)


@pytest.mark.parametrize(
    "wrong",
    [{"missing_days": "one"}, {"dates": "ymd"}, {"columns": {"day": "x"}},
     {"columns": {"date": "-"}}],
)  # fmt: skip
def test_a_reading_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match=r"must be one of|columns are|cannot be read"):
        Reading(**wrong)


def test_what_was_mended_is_said_and_the_tidy_file_written(tmp_path, capsys):
    path = tmp_path / "shop.csv"
    rows = "".join(f"{day.item():%d.%m.%Y};{k}\n" for k, day in enumerate(DAYS) if k != 9)
    path.write_text(f"Datum;Menge\n{rows}")
    panel = read_sales(str(path), parsed("--tidy", str(tmp_path / "tidy.csv")))
    said = capsys.readouterr().err
    assert said.startswith("shop.csv was mended while it was read:\n")
    assert "        1  missing day counted as zero sales, as store 1 item 1 on 2023-01-11" in said
    tidy = (tmp_path / "tidy.csv").read_text().splitlines()
    assert (len(tidy), tidy[10]) == (1 + len(DAYS), "2023-01-11,1,1,0")
    assert panel.sales[0, 9] == 0


def test_a_file_read_in_another_way_is_other_data(tmp_path):
    path = tmp_path / "shop.csv"
    rows = "".join(f"{day},{k},{k + 1}\n" for k, day in enumerate(DAYS))
    path.write_text(f"date,sales,Menge\n{rows}")
    hashes = {read_sales(str(path), parsed(*words)).sha256 for words in ([], ["--columns",
              "sales=Menge"], ["--missing-days", "refuse"])}  # fmt: skip
    assert len(hashes) == 3


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (sweep, ["--out", "runs/x"]),
        (tune, ["--out", "runs/x"]),
        (trace, ["--model", "m.npz", "--store", "1", "--item", "1", "--date", "2017-06-01"]),
    ],
)
def test_an_empty_path_is_no_wish_for_simulated_sales(command, words, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(trace, "load_model", lambda *_: None)
    options = command.parse(["--data", "", *words])
    with pytest.raises(DataError, match="the path of the sales is empty"):
        getattr(command, command.__name__.rpartition(".")[2])(options)
    assert not list(Path(tmp_path).iterdir())
