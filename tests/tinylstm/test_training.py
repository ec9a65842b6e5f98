"""The training loop: which windows it shows, in which order, and what it reports."""

import sys
from collections import Counter
from itertools import chain

import numpy as np
import pytest

from tinylstm import Adam, LSTMRegressor, Windows, fit
from tinylstm.training import DivergedError

LOSSES = np.random.default_rng(0).uniform(1, 9, 10)  # of the ten windows of `Recorder`


class Recorder:
    """Stands in for a model: notes the windows that it is shown and learns nothing."""

    def __init__(self, losses=LOSSES):
        self.params = {"a": np.zeros(1)}
        self.grads = {"a": np.ones(1)}
        self.losses = losses
        self.batches = []

    def loss_and_grad(self, x, y):
        np.testing.assert_array_equal(np.asarray(x)[:, 0, 0], y)  # each window with its own target
        self.batches.append(y.tolist())
        return float(np.mean(self.losses[y]))


def record(epochs=1, batch_size=3, model=None, n=10, **options):
    """Fit a recorder on windows that are numbered, and return it with the history."""
    model = model or Recorder()
    history = fit(
        model, np.arange(n).reshape(n, 1, 1), np.arange(n), epochs, batch_size,
        progress=False, **options,
    )  # fmt: skip
    return model, history


def orders(model, batches_per_epoch):
    """The numbers of the windows, in a list per epoch."""
    starts = range(0, len(model.batches), batches_per_epoch)
    return [[*chain(*model.batches[start : start + batches_per_epoch])] for start in starts]


def toy(n=128):
    """Windows of which the target is easy to learn: the last value."""
    x = np.random.default_rng(5).uniform(-1, 1, (n, 4, 2)).astype(np.float32)
    return x, x[:, -1, 0]


def trained(rng=None, epochs=2, backend="numba", **options):
    model = LSTMRegressor(2, 6, dropout=0.2, seed=1, backend=backend)
    windows, y = toy()
    history = fit(model, windows, y, epochs, 16, rng=rng, progress=False, **options)
    return {name: array.tobytes() for name, array in model.params.items()}, history.loss


# Learning


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_the_loss_falls_where_there_is_something_to_learn(backend):
    model = LSTMRegressor(2, 8, dropout=0, seed=0, backend=backend)
    windows, y = toy()
    before = np.mean((model.predict(windows) - y) ** 2)
    history = fit(model, windows, y, 8, 16, Adam(model.params, lr=0.02), progress=False)
    assert history.loss[-1] < history.loss[0] / 3
    assert np.mean((model.predict(windows) - y) ** 2) < before / 5


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_equal_seeds_give_equal_bits(backend):
    one, same = (trained(np.random.default_rng(7), backend=backend) for _ in range(2))
    assert one == same


def test_another_seed_gives_other_bits():
    one, other = (trained(np.random.default_rng(seed))[0] for seed in (7, 8))
    assert one != other


def test_the_default_seed_is_zero():
    assert trained() == trained(np.random.default_rng(0))


def test_windows_and_their_array_give_the_same_bits():
    rows = np.random.default_rng(3).standard_normal((40, 2)).astype(np.float32)
    windows = Windows(rows, np.arange(30), steps=5)
    results = []
    for x in (windows, np.asarray(windows)):
        model = LSTMRegressor(2, 4)
        fit(model, x, rows[5:35, 0], epochs=2, batch_size=7, progress=False)
        results.append([array.tobytes() for array in model.params.values()])
    assert results[0] == results[1]


def test_the_optimizer_takes_a_step_per_batch():
    model = Recorder()
    record(epochs=2, batch_size=3, model=model)
    assert model.params["a"] == pytest.approx(-8 * 1e-3)  # of Adam's default rate


def test_an_optimizer_that_is_given_is_used():
    model = Recorder()
    record(model=model, batch_size=5, optimizer=Adam(model.params, lr=0.5))
    assert model.params["a"] == pytest.approx(-2 * 0.5)


# The order of the windows


@pytest.mark.parametrize("batch_size", [3, 5, 99])
def test_every_window_is_shown_once_per_epoch(batch_size):
    model, _ = record(epochs=3, batch_size=batch_size)
    epochs = orders(model, -(-10 // batch_size))
    assert [sorted(epoch) for epoch in epochs] == 3 * [list(range(10))]


def test_every_epoch_has_an_order_of_its_own():
    model, _ = record(epochs=3)
    epochs = orders(model, 4)
    assert len({tuple(order) for order in [*epochs, range(10)]}) == 4


def test_windows_per_epoch_takes_that_many_drawn_anew():
    model, _ = record(epochs=50, batch_size=3, windows_per_epoch=4)
    assert [len(batch) for batch in model.batches] == 50 * [3, 1]
    epochs = orders(model, 2)
    assert all(len(set(epoch)) == 4 for epoch in epochs)
    assert len({tuple(sorted(epoch)) for epoch in epochs}) > 25
    drawn = Counter(chain(*epochs))
    assert all(8 <= drawn[window] <= 32 for window in range(10))  # 20 ± 3.5 standard deviations


def test_more_windows_per_epoch_than_there_are_means_all():
    model, _ = record(windows_per_epoch=1000)
    assert sorted(orders(model, 4)[0]) == list(range(10))


# The history


def test_the_history_has_a_loss_and_a_time_per_epoch():
    _, history = record(epochs=3)
    assert len(history.loss) == len(history.seconds) == 3
    assert all(seconds > 0 for seconds in history.seconds)


def test_the_loss_of_an_epoch_is_the_mean_over_its_windows():
    _, history = record(epochs=2, batch_size=3)
    assert history.loss == pytest.approx(2 * [LOSSES.mean()])


def test_the_loss_of_an_epoch_counts_only_the_windows_it_took():
    model, history = record(batch_size=3, windows_per_epoch=4)
    assert history.loss == [pytest.approx(LOSSES[orders(model, 2)[0]].mean())]


def test_on_epoch_is_called_after_each_epoch_with_the_history_so_far():
    calls = []
    _, history = record(epochs=3, on_epoch=lambda epoch, h: calls.append((epoch, list(h.loss))))
    assert calls == [(epoch, history.loss[:epoch]) for epoch in (1, 2, 3)]


def test_an_exception_in_on_epoch_stops_the_training():
    def stop(epoch, history):
        raise KeyboardInterrupt

    model = Recorder()
    with pytest.raises(KeyboardInterrupt):
        record(epochs=3, model=model, on_epoch=stop)
    assert len(model.batches) == 4


# What is refused


class Diverging(Recorder):
    """Has a loss that is no number in its sixth batch: the second step of the second epoch."""

    def __init__(self, value):
        super().__init__()
        self.value = value

    def loss_and_grad(self, x, y):
        loss = super().loss_and_grad(x, y)
        return self.value if len(self.batches) == 6 else loss


@pytest.mark.parametrize("value", [float("nan"), float("-inf")])
def test_a_loss_that_is_not_finite_stops_the_training_before_it_spoils_the_weights(value):
    model = Diverging(value)
    with pytest.raises(DivergedError, match=rf"became {value} in epoch 2, step 2"):
        record(epochs=3, model=model)
    assert model.params["a"] == pytest.approx(-5 * 1e-3)


def test_no_windows_are_refused():
    with pytest.raises(ValueError, match="at least 1"):
        record(n=0)


# Progress


def windows_and_targets():
    return np.arange(10).reshape(10, 1, 1), np.arange(10)


def test_progress_is_a_bar_where_tqdm_is_installed(capsys):
    pytest.importorskip("tqdm")
    fit(Recorder(), *windows_and_targets(), epochs=2, batch_size=3)
    printed = capsys.readouterr()
    assert printed.out == ""
    for epoch in ("epoch 1/2", "epoch 2/2", "4/4"):
        assert epoch in printed.err


def test_progress_is_a_line_per_epoch_without_tqdm(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    model = Recorder()
    fit(model, *windows_and_targets(), epochs=2, batch_size=3)
    first, second = capsys.readouterr().out.splitlines()
    assert "epoch 1/2" in first
    assert "epoch 2/2" in second
    assert len(model.batches) == 8


def test_no_progress_prints_nothing(capsys):
    record(epochs=2)
    assert capsys.readouterr() == ("", "")


def test_a_schedule_sets_the_learning_rate_before_each_step():
    model = LSTMRegressor(1, 2, seed=0)
    adam = Adam(model.params)
    asked, used = [], []
    step = adam.step
    adam.step = lambda grads: (used.append(adam.lr), step(grads))

    def schedule(done):
        asked.append(done)
        return 0.1 - 0.1 * done

    x = np.ones((10, 3, 1), np.float32)
    fit(model, x, np.ones(10), epochs=2, batch_size=5, optimizer=adam, schedule=schedule)
    assert asked == [0, 0.25, 0.5, 0.75]
    assert used == [0.1 - 0.1 * done for done in asked]


def test_weights_follow_their_windows_through_the_shuffle():
    """Windows of weight zero have targets that would spoil everything."""
    x = np.random.default_rng(0).random((40, 3, 1)).astype(np.float32)
    y, weights = np.ones(40, np.float32), np.ones(40, np.float32)
    y[::2], weights[::2] = 1e6, 0
    model = LSTMRegressor(1, 4, dropout=0, seed=0)
    history = fit(model, x, y, epochs=60, batch_size=8, weights=weights, progress=False)
    assert history.loss[-1] < 0.1


@pytest.mark.parametrize(
    ("odd", "told"),
    [
        ({"optimizer": "adam"}, "optimizer must be an Adam, not str"),
        ({"validation": (1, 2)}, "validation must be a tuple of windows, targets and weights"),
        ({"schedule": 0.1}, "schedule must be a function, not float"),
    ],
)
def test_an_argument_of_another_kind_is_refused_before_any_work(odd, told):
    x, y = np.zeros((4, 3, 2), np.float32), np.zeros(4, np.float32)
    with pytest.raises(ValueError, match=told):
        fit(LSTMRegressor(2, 3), x, y, 1, progress=False, **odd)


def test_a_loss_that_is_not_finite_before_the_first_step_is_laid_to_the_data():
    x = np.full((4, 5, 1), np.nan)
    with pytest.raises(DivergedError, match="before anything was learnt: look for NaN or huge"):
        fit(LSTMRegressor(1, 2), x, np.ones(4), epochs=1, progress=False)
