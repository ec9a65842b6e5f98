"""The tidy file: what was read, so that it is read again without a mend."""

import numpy as np
import pytest

from experiments.data.panel import DataError, read_panel
from experiments.data.tidy import write_tidy

DAYS = np.arange("2023-01-02", "2023-04-04", dtype="datetime64[D]")


def messy():
    """Semicolons, closed Sundays, a late launch, a gap, a return, a name with a comma."""
    lines = ["Datum;Filiale;Artikel;Menge"]
    for item in ("Brot, weiß", "Semmel"):
        for k, day in enumerate(DAYS):
            if k % 7 != 6 and k != 17 and not (item == "Semmel" and k < 20):
                lines.append(f"{day.item():%d.%m.%Y};Mitte;{item};{-2 if k == 30 else 5 + k % 7}")
    return "\n".join(lines)


def test_the_tidy_file_is_read_as_the_same_panel_and_needs_no_mending(read, tmp_path):
    panel = read(messy())
    write_tidy(panel, tmp_path / "tidy.csv")
    again = read_panel(tmp_path / "tidy.csv")
    assert {mend.what for mend in again.mends} <= {
        "weekdays on which a series never sells, taken as closed"
    }
    for name in ("stores", "items", "dates", "sales", "first", "stop", "closed"):
        np.testing.assert_array_equal(getattr(again, name), getattr(panel, name))
    assert panel.first.tolist() == [0, 21]  # day 20 is a Sunday


def test_the_file_that_is_read_is_not_written_over(read, tmp_path):
    panel = read(messy())
    path = tmp_path / "shop.csv"
    before = path.read_bytes()
    with pytest.raises(DataError, match="is the file that is read; give --tidy another name"):
        write_tidy(panel, path, source=path)
    assert path.read_bytes() == before


def test_a_tidy_file_that_cannot_be_written_whole_leaves_the_old_one(read, tmp_path, monkeypatch):
    panel = read(messy())
    path = tmp_path / "tidy.csv"
    path.write_text("old")
    monkeypatch.setattr("pandas.DataFrame.to_csv", lambda *_, **__: (_ for _ in ()).throw(OSError))
    with pytest.raises(OSError):  # noqa: PT011 (a full disk has any message)
        write_tidy(panel, path)
    assert [file.name for file in sorted(tmp_path.iterdir())] == ["shop.csv", "tidy.csv"]
    assert path.read_text() == "old"


def test_a_link_in_the_place_of_the_tidy_file_is_left_alone(read, tmp_path):
    (tmp_path / "tidy.csv").symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(OSError, match="a link is there"):
        write_tidy(read(messy()), tmp_path / "tidy.csv")
    assert not (tmp_path / "elsewhere.csv").exists()
