"""Seasons, worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfwise.measures.seasonality import autocorrelations, is_seasonal, last_season, naive2, seasonal_factors


def swing(n: int) -> np.ndarray:
    return np.resize([5.0, 15.0], n)


def test_autocorrelations_of_four_numbers():
    """1 2 3 4 around 2.5: squares add up to 5; at lag 1 .75 - .25 + .75 = 1.25, at lag 2 -.75 - .75 = -1.5."""
    assert autocorrelations(np.array([1.0, 2.0, 3.0, 4.0]), 2) == pytest.approx([0.25, -0.3])


def test_a_swing_is_a_season_once_there_is_enough_of_it():
    """n values of 5, 15, ...: r1 = -(n - 1) / n, r2 = (n - 2) / n.

    n = 10: .8 against 1.645 sqrt((1 + 2 .81) / 10) = .842; n = 12: .833 against 1.645 sqrt((1 + 2 .840) / 12) = .777.
    """
    assert not is_seasonal(swing(10), 2)
    assert is_seasonal(swing(12), 2)


def test_a_season_of_four_is_told_by_the_fourth_autocorrelation_beside_the_three_before_it():
    """Three times 9, 1, 1, 1 (mean 3): r = -1/4, -5/18, -11/36, 2/3; 1.645 sqrt((1 + 2 .233) / 12) = .575 < .667.

    Sixteen of 5, 15, ...: r = -15/16, 14/16, -13/16, 12/16; .75 < 1.645 sqrt((1 + 2 2.305) / 16) = .974: two explain it.
    """
    assert is_seasonal(np.resize([9.0, 1.0, 1.0, 1.0], 12), 4)
    assert not is_seasonal(np.resize([9.0, 1.0, 1.0, 1.0], 11), 4)
    assert not is_seasonal(swing(16), 4)


@pytest.mark.parametrize(
    ("values", "season"),
    [(np.zeros(40), 4), (np.full(40, 3.0), 4), (np.resize([0.0, 9.0], 40), 2), (swing(40), 1), (swing(5), 2)],
    ids=["zeros", "constant", "with zeros", "no season asked for", "under three seasons"],
)
def test_what_can_not_be_seasonal(values, season):
    assert not is_seasonal(values, season)


def test_factors_are_shares_of_the_moving_average():
    """Around any value the average of a quarter, a half and a quarter of 5, 15, 5 is 10: half and one and a half of it."""
    assert seasonal_factors(swing(8), 2) == pytest.approx(np.resize([0.5, 1.5], 8))


def test_factors_of_an_even_season_weigh_both_ends_by_half():
    """(2 / 2 + 4 + 6 + 8 + 2 / 2) / 4 = 5 around any value."""
    assert seasonal_factors(np.resize([2.0, 4.0, 6.0, 8.0], 12), 4)[:4] == pytest.approx([0.4, 0.8, 1.2, 1.6])


def test_factors_of_an_odd_season_see_through_a_trend():
    """(10 + t) times .5, 1, 1.5: centred averages of three are not far from the line, and the factors from what was planted."""
    trend = 100.0 + np.arange(30)
    assert seasonal_factors(trend * np.resize([0.5, 1.0, 1.5], 30), 3)[:3] == pytest.approx([0.5, 1.0, 1.5], abs=0.01)


def test_naive2_carries_on_the_last_value_with_the_season_to_come():
    """The last of twelve is 15, 10 without its season; then 5, 15, 5."""
    assert naive2(swing(12), 3, 2) == pytest.approx([5.0, 15.0, 5.0])
    assert naive2(swing(11), 3, 2) == pytest.approx([15.0, 5.0, 15.0])


def test_naive2_of_a_series_without_season_is_naive():
    assert naive2(np.array([1.0, 5.0, 2.0]), 2, 2) == pytest.approx([2.0, 2.0])


def test_seasonal_naive_repeats_the_last_season():
    assert last_season(np.array([9.0, 1.0, 2.0, 3.0]), 5, 3) == pytest.approx([1.0, 2.0, 3.0, 1.0, 2.0])
    assert last_season(np.array([1.0, 2.0, 3.0]), 4, 3) == pytest.approx([1.0, 2.0, 3.0, 1.0])
    assert last_season(np.array([9.0, 1.0, 5.0]), 2, 4) == pytest.approx([5.0, 5.0])


@given(st.lists(st.floats(1, 1000), min_size=12, max_size=40), st.floats(0.01, 100))
def test_naive2_scales_with_its_series(values, factor):
    series = np.array(values)
    assert naive2(series * factor, 4, 4) == pytest.approx(naive2(series, 4, 4) * factor, rel=1e-6)
