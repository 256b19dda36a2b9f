"""When to launch, by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfwise.introductions.season import timed

RATIOS = st.lists(st.floats(0.2, 3), min_size=1, max_size=30)
CURVES = st.lists(st.floats(0, 50), min_size=1, max_size=13)


def test_a_category_without_a_season_launches_at_once():
    wait, curve = timed(np.array([4.0, 2.0]), None, 3, 8)
    assert wait == 0 and curve.tolist() == [4, 2]


def test_a_launch_waits_for_the_season_where_that_sells_more():
    """Weeks of 10, 8, 6 units, a category of .5, .5, 2, 2, 2. At once 5 + 4 + 12 = 21; in a week 5 + 16 = 21, in two weeks 20.

    With .4 in the second week: 20.2; 4 + 16 = 20; 20. With a season of 3 in the third and fourth: 27; 5 + 24 = 29; 30.
    """
    mean = np.array([10.0, 8.0, 6.0])
    waited = {season: timed(mean, list(season), 0, 2) for season in ((0.5, 0.5, 2, 2, 2), (0.5, 0.4, 2, 2, 2), (0.5, 0.5, 3, 3, 3))}
    assert [wait for wait, _ in waited.values()] == [0, 0, 2]
    assert [curve.tolist() for _, curve in waited.values()] == [[5, 4, 12], [5, pytest.approx(3.2), 12], [30, 0, 0]]


def test_waiting_no_longer_than_is_allowed():
    """As above: of one week at most 29 is the best."""
    wait, curve = timed(np.array([10.0, 8.0, 6.0]), [0.5, 0.5, 3, 3, 3], 0, 1)
    assert wait == 1 and curve.tolist() == [5, 24, 0]


def test_the_season_counts_from_the_week_of_the_launch():
    """Two weeks until the order has come: ratios 2, 3 of 1, 1, 2, 3; what is not foreseen is as the last week."""
    assert timed(np.array([10.0, 10.0]), [1, 1, 2, 3], 2, 0)[1].tolist() == [20, 30]
    assert timed(np.array([10.0, 10.0]), [1, 1, 2, 3], 3, 0)[1].tolist() == [30, 30]
    assert timed(np.array([10.0, 10.0]), [1, 1, 2, 3], 9, 0)[1].tolist() == [30, 30]


def test_seasons_alike_launch_at_once():
    """Waiting costs weeks, and nothing makes up for them; nor does it where nothing would sell."""
    assert timed(np.full(13, 5.0), np.ones(13), 2, 8)[0] == 0
    assert timed(np.zeros(13), np.ones(13), 2, 8)[0] == 0


@settings(deadline=None)
@given(CURVES, RATIOS, st.integers(0, 6), st.integers(0, 8))
def test_waiting_never_sells_less_and_costs_its_weeks(mean, ratios, first, most):
    curve = np.array(mean)
    wait, found = timed(curve, ratios, first, most)
    assert 0 <= wait <= most and len(found) == len(curve)
    assert found.sum() >= timed(curve, ratios, first, 0)[1].sum() - 1e-9
    assert (found[max(len(curve) - wait, 0) :] == 0).all()
    assert (found <= 3 * curve + 1e-9).all()
