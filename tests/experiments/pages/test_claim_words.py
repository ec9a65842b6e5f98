"""The paper's claims in words."""

from experiments.analysis.claims import Kind, Verdict, judge
from experiments.pages.claim_words import claim_words
from tests.records import WITHOUT_DROPOUT, group, run


def test_what_was_found_of_each_claim_is_told_in_numbers():
    sizes = {units: [12.5, 12.5] for units in (128, 64, 48, 32)}
    networks = group({**sizes, 16: [23.5, 23.7]}, dropout_on=12.6)
    twins = group({16: [12.6, 12.8]}, recipe=WITHOUT_DROPOUT)
    rows = [claim_words(claim) for claim in judge(run(networks, twins))]
    told = {row.claim: row.ours for row in rows}
    assert (
        told["the data: 913,000 daily sales, 10 stores of 50 items"] == "913,000 rows, 500 series"
    )
    assert told["16 units are too few: the error doubles"] == (
        "median 23.60% as the paper forecasts; 12.60% with dropout left on; 12.70% trained without "
        "dropout"
    )
    assert told["one prediction takes as long at every size"] == (
        "36 µs at 16 units, 148 µs at 128; of many windows 2.1 and 13 µs each"
    )
    assert told["64 units are 47% more accurate than 128"] == (
        "RMSE +0.0%, one more pair from +0.0 to +0.0; MAPE +0.0%, one more from +0.0 to +0.0"
    )
    larger = told["larger models do not always give better results"]
    assert larger.startswith(
        "recipe paper, against 128 units, 64: RMSE +0.00% [+0.00, +0.00], MAPE +0.00% ["
    )
    assert larger.endswith("16: RMSE +138.8%, MAPE +88.8%, not settled")  # two signs settle nothing


def test_a_claim_of_an_error_names_where_the_paper_says_it():
    rows = [claim_words(c) for c in judge(run(group({128: [12.5]}))) if c.kind is Kind.ERROR]
    assert (rows[0].claim, rows[0].abstract, rows[0].figure) == (
        *("128 units have a MAPE of 23.6%", "23.6%", "12.5%"),
    )
    assert (rows[2].claim, rows[2].abstract, rows[2].figure) == (
        *("128 units have a MAPE of 12.5%", "-", "12.5%"),
    )
    assert (rows[2].ours, rows[2].verdict) == ("12.50%, one network", Verdict.UNTESTED)
