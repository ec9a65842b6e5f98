"""The report as text."""

import dataclasses

import pytest

from experiments.analysis.claims import Claim, Kind, Verdict
from experiments.analysis.conclusions import conclusions
from experiments.pages.claim_words import claim_words
from experiments.pages.finding_words import finding_sentence
from experiments.pages.headline_words import headline_rest, headline_sentence
from experiments.pages.sentences import group_title
from experiments.pages.text import (
    COLUMNS,
    claim_table,
    group_table,
    law_sentence,
    reference_table,
    report_text,
)
from experiments.references.forecasts import Reference
from experiments.training.recipes import TUNED
from tests.records import BAKERY, FLOOR, ORACLE, QUICK, TREES, errors, group, overview, run


def test_a_size_is_a_line_with_its_error_and_the_papers_figure():
    header, row = group_table(group({16: [12.0, 14.0]})).splitlines()
    assert header.split()[:3] == ["units", "parameters", "KB"]
    assert row.split() == ["16", "1,825", "7.1", "13.00", "±", "1.41", "8.50", "60.0", "36", "23.6"]


def test_one_seed_shows_no_spread_and_a_size_that_the_paper_lacks_gets_a_dash():
    (row,) = group_table(group({3: [12.0]})).splitlines()[1:]
    assert "±" not in row
    assert row.endswith(" -")


@pytest.mark.parametrize(
    ("options", "compares"),
    [
        ({}, True),
        ({"recipe": QUICK}, True),
        ({"of": overview(data="simulated", data_sha256="0" * 64)}, True),
        ({"recipe": TUNED}, False),
        ({"of": overview(split="time")}, False),
        ({"of": overview(data="bakery.csv", data_sha256="0" * 64)}, False),
    ],
    ids=["paper", "quick", "simulated", "tuned", "time", "other data"],
)
def test_the_papers_figures_compare_with_its_recipe_split_and_data(options, compares):
    assert ("23.6" in group_table(group({16: [13.0]}, **options))) == compares


def test_each_size_is_compared_with_the_yardstick_by_its_rmse():
    sizes = {128: [12.0], 64: [12.2, 12.0, 12.2], 32: [12.1, 12.1, 12.2], 16: [23.0, 23.2, 23.2]}
    *_, middle, last, power = group_table(group(sizes)).splitlines()
    assert middle == "32 against 64 units: RMSE +0.00% [-3.25, +3.25], not settled"
    assert last == "16 against 64 units: RMSE +144.1% [+137.6, +150.6], worse"
    assert power == (
        "So many seeds find a difference of 4.3% to 8.6%, depending on the size, in 80% of cases."
    )
    assert "against" not in group_table(group({128: [12.0], 16: [12.0]}))


def test_networks_of_which_some_collapse_show_their_median():
    networks = group({16: [12.6, 30.0, 24.0]}, dropout_on=12.5)
    assert group_table(networks).splitlines()[1].split()[3:6] == ["median", "24.00", "19.50"]


def test_references_are_named_in_words():
    of = overview(FLOOR, ORACLE, TREES, Reference("another", errors(12.0, 7.5)))
    assert [" ".join(line.split()) for line in reference_table(of).splitlines()] == [
        "floor of RMSE: the law's mean MAPE 12.00 RMSE 7.50",
        "oracle: the law, the date and 60 days MAPE 12.20 RMSE 7.60",
        "LightGBM on 60 days and the date MAPE 12.40 RMSE 7.80",
        "another MAPE 12.00 RMSE 7.50",
    ]


def test_an_oracle_that_has_seen_the_test_days_is_called_that():
    assert reference_table(BAKERY).startswith("seasons fitted to all days, test included")


def test_the_best_possible_is_known_of_simulated_sales_and_of_such_as_follow_the_law():
    assert law_sentence(overview(is_simulated=True)).startswith("The floor is exact")
    assert law_sentence(overview()).startswith(
        "The data follow the law, independent Poisson counts"
    )
    assert " ".join(law_sentence(BAKERY).split()) == (
        "No best possible error is known for these sales: they are not independent counts around "
        "a product of store, item, year, month and weekday (variance/mean is 11.40, not 1)."
    )


def test_a_claim_is_a_line_and_what_was_found_another_under_it():
    claims = [
        Claim(Kind.SIZE, Verdict.HOLDS, (286_852, 77_956)),
        Claim(Kind.ERROR, Verdict.FAILS, (12.0, 11.9, 12.1, 3.0), 128, 23.6, in_abstract=True),
    ]
    found = dataclasses.replace(conclusions(run(group({16: [12.5]}))), claims=tuple(claims))
    header, *lines = claim_table(found).splitlines()
    assert header.split() == ["the", "paper", "claims", "abstract", "its", "figure", "verdict"]
    assert [" ".join(line.split()) for line in lines] == [
        "64 units take 73% less memory than 128 280 → 76 KB 280 → 76 KB holds",
        "280.1 → 76.1 KB, 73% less",
        "128 units have a MAPE of 23.6% 23.6% 12.5% does not hold",
        "12.00% (3 networks), one more from 11.90 to 12.10%",
    ]


def test_claims_that_were_not_tested_are_one_sentence():
    of_one_size = conclusions(run(group({16: [12.5]})))
    *_, last = claim_table(of_one_size).split("Not tested by this run: ")
    assert last.startswith("11 of the paper's 12 claims and figures.")
    assert "--recipe paper --full" in " ".join(last.split())


def test_without_the_papers_experiment_one_sentence_says_what_it_takes():
    said = claim_table(conclusions(run(group({16: [12.5]}, recipe=QUICK))))
    assert said.startswith("The claims of arXiv 2601.00525 are not judged here.")
    assert "--recipe paper --full" in said


def test_of_other_data_nothing_is_said_of_the_papers_claims():
    assert claim_table(conclusions(run(group({16: [12.5]}, of=BAKERY), of=BAKERY))) == ""


def test_the_report_has_everything_and_every_line_fits_the_terminal():
    wide = {units: [12 + units / 99, 13.0] for units in (128, 64, 48, 32, 16)}
    both = run(group(wide), group({16: [12.2]}, recipe=TUNED), of=overview(FLOOR, ORACLE, TREES))
    found, text = conclusions(both), report_text(both)
    assert all(len(line) <= COLUMNS for line in text.splitlines())
    said = " ".join(text.split())
    assert " ".join([headline_sentence(found.headline), *headline_rest(found.headline)]) in said
    assert all(finding_sentence(each) in said for each in found.findings)
    assert all(claim_words(claim).ours in said for claim in found.claims)
    assert all(f"{group_title(each)} units parameters KB" in said for each in both.groups)
    assert reference_table(both.overview) in text
    assert law_sentence(both.overview) in text
