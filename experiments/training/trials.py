"""How the tuned recipe was chosen: one thing changed at a time, on data without their test part.

A trial cannot see the test, for the panel that it gets ends before it. What is left is cut as any
panel is, so that a trial is judged by the windows that the study calls its validation part.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from experiments.data.features import FIRST_TARGET
from experiments.data.panel import SalesPanel
from experiments.data.splits import first_of_test
from experiments.training.recipes import TUNED, Recipe

TRIALS: Mapping[str, Recipe] = {
    "tuned": TUNED,
    "30 epochs": replace(TUNED, epochs=30),
    "3 epochs": replace(TUNED, epochs=3),
    "learning rate 0.003": replace(TUNED, learning_rate=3e-3),
    "learning rate 0.03": replace(TUNED, learning_rate=3e-2),
    "constant learning rate": replace(TUNED, cosine=False),
    "batches of 64": replace(TUNED, batch_size=64),
    "batches of 512": replace(TUNED, batch_size=512),
    "8 dense units": replace(TUNED, dense_size=8),
    "32 dense units": replace(TUNED, dense_size=32),
    "dropout 0.1": replace(TUNED, dropout=0.1),
    "the paper's calendar": replace(TUNED, inputs=replace(TUNED.inputs, next_day=False)),
    "sales not by level": replace(TUNED, inputs=replace(TUNED.inputs, by_level=False)),
}

# For the default run, which is short: windows in all, by which a size comes near to what it can do.
BUDGETS: Mapping[str, Recipe] = {
    f"{windows:,} windows": replace(TUNED, batch_size=64, epochs=4, windows_per_epoch=windows // 4)
    for windows in (200_000, 400_000, 800_000, 1_600_000)
}


def without_test(panel: SalesPanel, split: str) -> SalesPanel:
    """The panel up to where its test part begins: fewer series, or fewer days.

    Its hash is one of its own, so that what is trained on it is never taken for a result.
    """
    n_series, n_days = panel.sales.shape
    if split == "stores":
        n_series = first_of_test(n_series)
    else:  # the parts are cut by the days to be forecast, which begin after the first window
        n_days = FIRST_TARGET + first_of_test(n_days - FIRST_TARGET)
    first, stop = (
        None if places is None else np.minimum(places[:n_series], n_days)
        for places in (panel.first, panel.stop)
    )
    return replace(
        panel,
        first=first,
        stop=stop,
        closed=None if panel.closed is None else panel.closed[:n_series],
        stores=panel.stores[:n_series],
        items=panel.items[:n_series],
        dates=panel.dates[:n_days],
        sales=np.ascontiguousarray(panel.sales[:n_series, :n_days]),
        sha256=hashlib.sha256(f"{panel.sha256} without its test by {split}".encode()).hexdigest(),
        mean=None if panel.mean is None else panel.mean[:n_series, :n_days],
    )
