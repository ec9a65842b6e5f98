"""The forecast of a whole shop."""

from concurrent.futures import Future
from dataclasses import replace

import numpy as np
import pytest

from experiments.forecasting import ensemble, forecasters, smoothing
from experiments.forecasting.backtest import look_back
from experiments.forecasting.baselines import baseline
from experiments.forecasting.forecasters import knows_the_year
from experiments.forecasting.result import HORIZONS, Plan
from experiments.forecasting.shop import forecast_shop, range_ends
from experiments.training.stored_model import ModelError
from tests.experiments.forecasting.shops import QUICK, make_shop
from tinylstm import LSTMRegressor

PLAN = Plan(days=21, units=2, seeds=2, workers=2)
CLOSED = np.zeros((6, 7), bool)
CLOSED[:, 6] = True
SUNDAYS = np.s_[:, [4, 11, 18]]  # of the days after day 239, a Tuesday
# The fourth is launched late, the fifth ended long ago, the sixth has had no week yet.
SHOP = make_shop(
    n_series=6,
    n_days=240,
    level=2,
    closed=CLOSED,
    first=np.array([0, 0, 0, 215, 0, 236]),
    stop=np.array([240, 240, 240, 240, 200, 240]),
)


class InThisProcess:
    """A pool of processes that is none: what is submitted runs at once."""

    def __init__(self, *_):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def submit(self, work, *arguments):
        future = Future()
        future.set_result(work(*arguments))
        return future


def quickly(patch):
    """Leave out what takes seconds: processes, which tests/slow has, and the import of AutoETS."""
    patch.setattr(smoothing, "is_installed", lambda: False)
    patch.setattr(ensemble, "process_pool", InThisProcess)
    patch.setattr(ensemble, "compile_in_a_process", lambda waiting: None)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    quickly(monkeypatch)


class Heard:
    """What was told."""

    def __init__(self):
        self.words, self.shares = [], []

    def __call__(self, words, share):
        self.words.append(words)
        self.shares.append(share)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("forecast")


@pytest.fixture(scope="module")
def found(folder):
    with pytest.MonkeyPatch.context() as patch:
        quickly(patch)
        heard = Heard()
        return forecast_shop(SHOP, PLAN, folder, heard, QUICK), heard


def test_every_series_that_goes_on_has_a_forecast_of_every_day(found):
    ahead = found[0].ahead
    assert ahead.series.tolist() == [0, 1, 2, 3]
    assert ahead.mean.shape == (4, 21)
    assert np.isfinite(ahead.mean).all()
    assert ahead.dates[0] == SHOP.dates[-1] + 1


def test_a_forecast_lies_within_its_ranges_and_a_closed_weekday_is_zero(found):
    ahead = found[0].ahead
    assert np.all((ahead.low95 <= ahead.low80) & (ahead.high80 <= ahead.high95))
    assert np.all((ahead.low95 <= np.ceil(ahead.mean)) & (np.floor(ahead.mean) <= ahead.high95))
    for array in (ahead.mean, ahead.low80, ahead.high80, ahead.low95, ahead.high95):
        assert not array[SUNDAYS].any()


def test_a_series_too_short_for_the_network_says_what_forecast_it(found):
    assert found[0].ahead.source[3] in {"average_28", "seasonal_table"}
    assert set(found[0].ahead.source[:3]) == {found[0].chosen}


def test_series_that_ended_or_hardly_began_are_left_out_with_the_reason(found):
    reasons = dict(found[0].left_out)
    assert list(reasons) == [4, 5]
    assert reasons[4] == f"it ended on {SHOP.dates[199]}"
    assert "less than a week" in reasons[5]


def test_the_backtest_has_every_forecaster_and_horizon(found):
    pairs = [(row.forecaster, row.horizon) for row in found[0].backtest]
    names = ("network", "seasonal_naive_7", "average_28", "seasonal_table")
    horizons = [horizon for horizon in HORIZONS if horizon != "29-90"]  # of 21 days
    assert pairs == [(name, horizon) for name in names for horizon in horizons]
    of_all = [row for row in found[0].backtest if row.horizon == "all"]
    best = min(of_all, key=lambda row: row.rmse)
    assert found[0].chosen == best.forecaster
    assert len(found[0].origins) == len(set(found[0].origins)) > 5


def test_the_progress_grows_to_the_whole(found):
    shares = [share for share in found[1].shares if share is not None]
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_the_same_call_trains_nothing_again_and_finds_the_same(found, folder, monkeypatch):
    def refuse(*_):
        raise AssertionError("it trains")

    monkeypatch.setattr(ensemble, "process_pool", refuse)
    again = forecast_shop(SHOP, PLAN, folder, Heard(), QUICK)
    assert np.array_equal(again.ahead.mean, found[0].ahead.mean)
    assert again.backtest == found[0].backtest


def test_a_damaged_network_is_set_aside_and_trained_again_to_the_same_bits(found, folder):
    model = next(folder.glob("models/*backtest*seed1*"))
    stored = model.read_bytes()
    model.write_bytes(stored[:-100])
    heard = Heard()
    again = forecast_shop(SHOP, PLAN, folder, heard, QUICK)
    assert model.read_bytes() == stored
    assert again.backtest == found[0].backtest
    assert any("set aside" in words for words in heard.words)


def test_a_given_network_is_used_and_nothing_is_trained(found, folder, tmp_path):
    path = next(folder.glob("models/*-all-*seed0*"))
    given = forecast_shop(SHOP, replace(PLAN, model=str(path)), tmp_path, Heard(), QUICK)
    assert given.n_params == found[0].n_params
    assert not list(tmp_path.glob("models/*"))
    assert {row.forecaster for row in given.backtest} >= {"network"}


def test_a_network_of_other_inputs_is_refused(tmp_path):
    LSTMRegressor(7, 2).save(tmp_path / "m.npz")
    with pytest.raises(ModelError, match="takes 7 inputs"):
        forecast_shop(SHOP, replace(PLAN, model=str(tmp_path / "m.npz")), tmp_path, Heard(), QUICK)


def test_networks_that_cannot_be_trained_are_counted_and_the_others_forecast(
    found, tmp_path, monkeypatch
):
    assert found[0].failed == 0
    monkeypatch.setattr(forecasters, "train_networks", lambda *arguments: {})
    without = forecast_shop(SHOP, PLAN, tmp_path, Heard(), QUICK)
    assert without.failed == 2 * PLAN.seeds
    assert without.chosen != "network"


def test_a_shop_of_two_months_is_forecast_without_a_network(tmp_path):
    shop = make_shop(n_days=65)
    short = forecast_shop(shop, replace(PLAN, days=90), tmp_path, Heard(), QUICK)
    assert short.n_params == 0
    assert short.chosen in {"average_28", "seasonal_table", "seasonal_naive_7"}
    assert np.isfinite(short.ahead.mean).all()
    assert (short.ahead.high95 >= short.ahead.low95).all()


def test_a_shop_of_three_weeks_gets_its_average(tmp_path):
    shop = make_shop(n_days=21)
    short = forecast_shop(shop, PLAN, tmp_path, Heard(), QUICK)
    assert (short.chosen, short.backtest, short.origins) == ("average_28", (), ())
    np.testing.assert_allclose(short.ahead.mean[:, :7], shop.sales.reshape(4, 3, 7).mean(axis=1))


def test_the_ranges_ahead_are_those_of_open_days_whether_or_not_the_file_knows_a_closed_weekday():
    closed = np.zeros((10, 7), bool)
    closed[:, 6] = True
    never = make_shop(n_series=10, n_days=300, closed=closed)
    never.sales[:, 6] = 40  # open on one Sunday, long ago
    origins, series, mean = range(200, 290, 9), np.arange(10), np.full((10, 28), 12.0)

    def ends(panel):
        past = look_back(panel, origins, 28)
        averages = [baseline("average_28", panel, origin, 28) for origin in origins]
        return range_ends(past, np.stack(averages), series, mean)

    np.testing.assert_array_equal(ends(replace(never, closed=None)), ends(never))


def test_months_are_told_once_all_twelve_have_been_targets():
    assert not knows_the_year(make_shop(n_days=364), 364)
    assert knows_the_year(make_shop(n_days=430), 430)
