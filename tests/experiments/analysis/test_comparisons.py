"""As good, better, worse or not settled, by the tests that fit the networks at hand."""

import math

import pytest

from experiments.analysis.comparisons import MARGIN, Comparison, Relation, compare, settle

AS_GOOD, BETTER, WORSE, UNSETTLED = Relation


def by_seed(*errors):
    return dict(enumerate(errors))


def relation(errors, others, **options):
    return settle([compare(errors, others, **options)])[0]


def test_networks_of_the_same_seeds_are_compared_pair_by_pair():
    """Differences of 1, 2 and 3% of 100: t = 2 / (1 / sqrt(3)), with two degrees of freedom."""
    found = compare(by_seed(101, 92, 113), by_seed(100, 90, 110))
    assert (found.mean, found.freedom) == (pytest.approx(2), 2)
    assert found.error == pytest.approx(1 / math.sqrt(3))
    assert found.p == pytest.approx(0.07418, abs=5e-6)
    assert (found.low, found.high) == pytest.approx((2 - 2.4841, 2 + 2.4841), abs=1e-4)


def test_the_order_of_the_seeds_does_not_matter():
    shuffled = {2: 113.0, 0: 101.0, 1: 92.0}
    assert compare(shuffled, by_seed(100, 90, 110)) == compare(
        by_seed(101, 92, 113), by_seed(100, 90, 110)
    )


def test_networks_of_other_seeds_are_compared_by_welchs_test():
    """Means 104 and 100, variances 1 / 3 and 16 / 4: 4.33 squared over (1 / 18 + 16 / 3)."""
    found = compare(by_seed(103, 104, 105), {7: 96.0, 8: 100.0, 9: 100.0, 10: 104.0})
    assert found.mean == pytest.approx(4)
    assert found.error == pytest.approx(math.sqrt(1 / 3 + 32 / 3 / 4))
    assert found.freedom == int((1 / 3 + 8 / 3) ** 2 / ((1 / 3) ** 2 / 2 + (8 / 3) ** 2 / 3))


def test_beside_a_fixed_error_the_spread_is_that_of_the_networks_alone():
    found = compare(by_seed(101, 102, 103), 100.0)
    assert (found.mean, found.freedom) == (pytest.approx(2), 2)
    assert found.error == pytest.approx(1 / math.sqrt(3))


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ((100.1, 100.2, 100.1), AS_GOOD),  # surely worse, and by nothing that matters
        ((99.9, 100.3, 100.2, 100.0), AS_GOOD),
        ((101.0, 101.1, 101.2), WORSE),
        ((99.0, 98.9, 98.8), BETTER),
        ((100.0, 101.0, 99.5), UNSETTLED),  # near, but nobody knows how near
        ((100.4, 100.8), UNSETTLED),
        ((107.0, 121.0), UNSETTLED),  # two networks settle little, and be it 14%
        ((100.0,), UNSETTLED),  # one network settles nothing
    ],
)
def test_what_is_settled_follows_from_margin_and_spread(errors, expected):
    assert relation(by_seed(*errors), 100.0) is expected


def test_the_margin_is_met_only_by_the_whole_90_percent_interval():
    """One degree of freedom: t of the two one-sided tests is 6.3138."""
    just = (MARGIN - 1e-6) / 6.3138
    assert Comparison(0.0, just, 1, 1.0).within_margin
    assert not Comparison(0.0, 1.001 * just, 1, 1.0).within_margin
    assert not Comparison(0.1, just, 1, 1.0).within_margin


def test_a_family_of_comparisons_is_corrected_by_holm():
    found = Comparison(2.0, 1.0, 10, 0.02)
    nothing = Comparison(0.0, 1.0, 10, 0.9)
    assert settle([found]) == [WORSE]
    assert settle([found, nothing, nothing]) == [UNSETTLED] * 3
    unknown = Comparison(2.0, math.nan, 1, math.nan)  # takes part in no test
    assert settle([found, unknown]) == [WORSE, UNSETTLED]


def test_skewed_errors_are_judged_by_their_signs_and_have_no_interval():
    collapsed = by_seed(*[130.0] * 7, 300.0)
    found = compare(collapsed, by_seed(*[100.0] * 8), skewed=True)
    assert (found.mean, found.p) == (pytest.approx(30), pytest.approx(2 / 2**8))
    assert math.isnan(found.error)
    assert settle([found]) == [WORSE]
    assert relation(by_seed(130, 130, 300), by_seed(100, 100, 100), skewed=True) is UNSETTLED


def test_skewed_networks_of_other_seeds_are_compared_by_ranks():
    """All seven above all five: one choice of C(12, 5) = 792 at each end."""
    errors = dict(enumerate([130.0, 131.0, 132.0, 133.0, 134.0, 135.0, 300.0]))
    others = {10 + seed: 100.0 + seed for seed in range(5)}
    found = compare(errors, others, skewed=True)
    assert (found.mean, found.p) == (pytest.approx(100 * (133 / 102 - 1)), pytest.approx(2 / 792))
    assert relation(errors, others, skewed=True) is WORSE


def test_skewed_errors_whose_pairs_and_medians_disagree_settle_nothing():
    """Eleven of twelve are worse than their partners, and yet the median is lower."""
    others = by_seed(*range(101, 113))
    errors = by_seed(*(value + 0.1 for value in range(101, 112)), 50.0)
    assert compare(errors, others, skewed=True).mean < 0
    assert relation(errors, others, skewed=True) is UNSETTLED


def test_there_is_nothing_to_compare_with_an_error_of_nothing():
    assert math.isnan(compare(by_seed(1.0, 2.0), 0.0).mean)
    assert relation(by_seed(1.0, 2.0), 0.0) is UNSETTLED


def test_equal_errors_are_as_good_and_unequal_ones_without_spread_are_certain():
    assert relation(by_seed(1.0, 1.0), by_seed(1.0, 1.0)) is AS_GOOD
    assert relation(by_seed(1.0, 1.0), by_seed(2.0, 2.0)) is BETTER


def test_the_power_is_told_as_the_smallest_difference_that_is_found():
    """2.83 standard errors where there are many degrees of freedom: 1.96 + 0.84, and a little."""
    assert Comparison(0.0, 0.1, 1000, 1.0).detectable == pytest.approx(0.2804, abs=2e-4)
