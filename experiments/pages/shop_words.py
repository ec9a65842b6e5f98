"""What a forecast of a shop says in sentences: whether the network is worth it, by how much.

For the owner of a shop. An error is told as pieces off of every 100 sold, which is WAPE: the sum of
all misses over the sum of all sales, in percent. Who does better goes by squared misses, the RMSE
that `forecasting.backtest.best` chooses by; where WAPE says otherwise, that is told.
"""

import math
from collections.abc import Iterator

import numpy as np

from experiments.analysis.comparisons import MARGIN
from experiments.forecasting import smoothing
from experiments.forecasting.baselines import AVERAGE, NAIVE, TABLE
from experiments.forecasting.result import GROUPS, HORIZONS, NETWORK, BacktestRow, ShopForecast
from experiments.words import plural

SENTENCE_NAMES = {
    NETWORK: "the network",
    NAIVE: "last week’s sales repeated",
    TABLE: "a table of weekdays and months",
    AVERAGE: "the average of the last four weeks",
    smoothing.NAME: "AutoETS",
}
SHORT_NAMES = {
    NETWORK: "network",
    NAIVE: "last week",
    TABLE: "table of seasons",
    AVERAGE: "four-week average",
    smoothing.NAME: "AutoETS",
}
HARDLY = 2.0  # percent less of the error, below which nobody would notice the difference
FEW_DAYS = 100  # of all series, below which the ranges of a test hold more or less by chance
SHOWN_ORIGINS = 4  # days that a sentence lists


def headline(found: ShopForecast) -> str:
    """Whether the network is worth it in this shop, in one sentence."""
    rows = overall(found)
    if found.chosen not in rows:
        why = "the history is too short to test that on past days"
        if any(row.n for row in found.backtest):
            why = "on the past days of the test nothing was sold"
        return f"This forecast is made by {name_of(found.chosen)}; {why}."
    if NETWORK not in rows:
        why = (
            "No network could be trained" if found.failed else "No network can learn from so little"
        )
        return (
            f"{why}: {name_of(found.chosen)} makes this forecast. "
            f"Of every 100 pieces sold it was off by {rows[found.chosen].wape:.1f}."
        )
    network, chosen, rival = rows[NETWORK], rows[found.chosen], best_rival(found)
    if rival is None:
        return f"Of every 100 pieces sold, the network’s forecasts were off by {network.wape:.1f}."
    if found.chosen != NETWORK:
        return _not_worth_it(chosen, network)
    return _worth_it(network, rival)


def _not_worth_it(chosen: BacktestRow, network: BacktestRow) -> str:
    percent = percent_less(chosen.rmse, network.rmse)
    better = "better" if percent >= HARDLY else "a little better"
    if percent < MARGIN:
        better = "as well"
    verdict, name = "The network is not worth it here", name_of(chosen.forecaster)
    if not is_off_by_less(chosen, network):
        return f"{verdict}: by squared misses, {name} does {better}."
    return (
        f"{verdict}: {name} does {better}. Of every 100 pieces sold it was off by "
        f"{chosen.wape:.1f}, the network by {network.wape:.1f}."
    )


def _worth_it(network: BacktestRow, rival: BacktestRow) -> str:
    hardly = "" if percent_less(network.rmse, rival.rmse) >= HARDLY else "hardly "
    verdict, name = f"The network is {hardly}worth it here", name_of(rival.forecaster)
    if not is_off_by_less(network, rival):
        return f"{verdict}: its squared misses are {hardly}smaller than those of {name}."
    return (
        f"{verdict}: of every 100 pieces sold it was off by {network.wape:.1f}, {name} by "
        f"{rival.wape:.1f}."
    )


def headline_rest(found: ShopForecast) -> Iterator[str]:
    """By how much, how far the ranges hold, and what was tested."""
    rows = overall(found)
    if found.chosen not in rows:
        return
    chosen = rows[found.chosen]
    against = ""
    if NAIVE in rows and found.chosen != NAIVE:
        against = f"is off by {difference_words(chosen, rows[NAIVE])}"
    if found.chosen == NETWORK or NETWORK not in rows:
        if against:
            yield f"{capital(name_of(found.chosen))} {against}."
    else:
        so = f"So {name_of(found.chosen)} makes this forecast"
        yield f"{so}; it {against}." if against else f"{so}."
    least = min(rows.values(), key=lambda row: row.wape)
    if is_off_by_less(least, chosen):
        yield (
            f"Of every 100 pieces sold {name_of(found.chosen)} was off by {chosen.wape:.1f}, "
            f"{name_of(least.forecaster)} by {least.wape:.1f}: such a sum of misses can favour "
            "forecasts that are too low, so the choice goes by squared misses, which do not."
        )
    if not math.isnan(chosen.cover80) and not math.isnan(chosen.cover95):
        yield (
            f"Of 100 days tested, {chosen.cover80:.0f} lay within the range for 80 in 100, and "
            f"{chosen.cover95:.0f} within that for 95."
        )
    if chosen.n < FEW_DAYS:
        yield f"Only {plural(chosen.n, 'day')} could be compared: too few to tell much."
    if found.plan.model is not None and NETWORK in rows:
        yield (
            "The network is a stored one: if it learnt from the days of the test, its errors here "
            "are too low."
        )


def difference_words(row: BacktestRow, last_week: BacktestRow) -> str:
    """By how many percent less it is off than last week's sales."""
    percent = percent_less(row.wape, last_week.wape)
    by = f"{abs(percent):.0f}% {'less' if percent > 0 else 'more'}"
    if abs(percent) < HARDLY:
        by = f"only {by}" if abs(percent) >= 0.5 else "no less and no more"
    return f"{by} than {name_of(NAIVE)}"


def backtest_sentence(found: ShopForecast) -> str:
    """What the backtest did."""
    if not found.origins:
        return ""
    days = ", ".join(found.origins[:SHOWN_ORIGINS])
    if len(found.origins) > SHOWN_ORIGINS:
        days = f"from {found.origins[0]} to {found.origins[-1]}"
    return (
        f"Tested on {plural(len(found.origins), 'past day')} ({days}): each forecaster was given "
        "the sales up to that day and nothing later, and had to forecast the days after it."
    )


def left_out_sentences(found: ShopForecast) -> list[str]:
    """A line for each series without a forecast, and why."""
    return [f"{series_name(found, k)}: {why}" for k, why in found.left_out]


def series_name(found: ShopForecast, k: int) -> str:
    """Store and item of a series, for a sentence."""
    return f"store {found.panel.stores[k]}, item {found.panel.items[k]}"


def overall(found: ShopForecast) -> dict[str, BacktestRow]:
    """The errors over all horizons of each forecaster that has any."""
    return {
        row.forecaster: row
        for row in found.backtest
        if row.horizon == "all" and not math.isnan(row.wape)
    }


def best_rival(found: ShopForecast) -> BacktestRow | None:
    """The forecaster with the least RMSE beside the network; None if there is no other."""
    rivals = [row for name, row in overall(found).items() if name != NETWORK]
    return min(rivals, key=lambda row: row.rmse, default=None)


def is_off_by_less(row: BacktestRow, other: BacktestRow) -> bool:
    """Whether the first has the smaller WAPE, as it is written."""
    return round(row.wape, 1) < round(other.wape, 1)


def percent_less(error: float, other: float) -> float:
    """How many percent less the first is; negative where it is more."""
    return 100 * (1 - error / other) if other else 0.0


def days_ahead(horizon: str, found: ShopForecast) -> str:
    """A horizon up to the days that were asked for and tested: of 60 days, 29-90 is 29-60."""
    if horizon == HORIZONS[-1]:
        return horizon
    first, end = GROUPS[HORIZONS.index(horizon)]
    tested = (found.panel.dates[-1] - np.datetime64(found.origins[0])).astype(int)
    furthest = min(len(found.ahead.dates), tested)
    if furthest < end or end == GROUPS[-1][1]:  # the last group has all days further ahead, too
        end = furthest
    return f"{first}-{end}" if end > first else str(first)


def name_of(forecaster: str) -> str:
    """A forecaster, for the middle of a sentence."""
    return SENTENCE_NAMES.get(forecaster, forecaster)


def short_name(forecaster: str) -> str:
    """A forecaster, for the head of a column."""
    return SHORT_NAMES.get(forecaster, forecaster)


def capital(text: str) -> str:
    """The text as it begins a sentence."""
    return text[:1].upper() + text[1:]
