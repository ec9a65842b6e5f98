"""The recipe of the paper is the paper's."""

from experiments.training.recipes import PAPER, PAPER_MAPE


def test_the_papers_hyper_parameters():
    assert (PAPER.dense_size, PAPER.dropout) == (16, 0.2)
    assert (PAPER.learning_rate, PAPER.betas, PAPER.eps) == (1e-3, (0.9, 0.999), 1e-7)
    assert (PAPER.batch_size, PAPER.epochs, PAPER.windows_per_epoch) == (64, 30, None)
    assert PAPER.leaky_scaler


def test_the_papers_errors_by_size():
    assert PAPER_MAPE == {128: 12.5, 64: 12.4, 48: 12.8, 32: 12.3, 16: 23.6}
