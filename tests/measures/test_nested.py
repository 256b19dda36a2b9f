"""The nested law of a shelf worked by hand, and what it promises at any size."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfwise.measures.nested import LEAST_BESIDE, MOST_CROWDING, attraction, kept_share, taken

CROWDING = st.floats(0, MOST_CROWDING)
POWERS = st.lists(st.floats(-3, 5), min_size=1, max_size=30)  # of ten, in units


def of(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


def test_an_attraction_of_three_shelves_halves_what_everything_sells():
    """E = 100, a = 300, c = .5: phi = 4, kept 4^-.5 = .5; the newcomer sells 300 x .5 = 150, the others lose 50."""
    assert kept_share(of(300), of(100), 0.5).tolist() == [0.5]
    assert attraction(of(150), of(100), 0.5).tolist() == pytest.approx([300])
    assert taken(of(150), of(100), 0.5).tolist() == pytest.approx([50])


def test_another_power_by_hand():
    """E = 10, a = 70, c = 2/3: phi = 8, kept 1/4; the newcomer sells 17.5, the others lose 7.5."""
    assert kept_share(of(70), of(10), 2 / 3).tolist() == pytest.approx([0.25])
    assert attraction(of(17.5), of(10), 2 / 3).tolist() == pytest.approx([70])
    assert taken(of(17.5), of(10), 2 / 3).tolist() == pytest.approx([7.5])


def test_a_newcomer_that_does_not_crowd_takes_nothing():
    assert attraction(of(5, 500), of(100, 1), 0.0).tolist() == pytest.approx([5, 500])
    assert kept_share(of(5, 500), of(100, 1), 0.0).tolist() == [1, 1]
    assert taken(of(5, 500), of(100, 1), 0.0).tolist() == [0, 0]


def test_who_sells_nothing_attracts_nobody_and_takes_nothing():
    assert attraction(of(0, 0), of(100, 0), of(0.5, 0.9)).tolist() == [0, 0]
    assert taken(of(0, 0), of(100, 0), of(0.5, 0.9)).tolist() == [0, 0]


def test_each_shelf_has_its_own_crowding():
    """As by hand above, both at once."""
    assert taken(of(150, 17.5), of(100, 10), of(0.5, 2 / 3)).tolist() == pytest.approx([50, 7.5])


@settings(deadline=None)
@given(POWERS, st.floats(-2, 5), CROWDING)
def test_attraction_is_that_of_which_sales_alone_come(powers, shelf, crowding):
    """n = a (1 + a / E)^-c, for sales of .001 to 100,000 on shelves of .01 to 100,000 units."""
    alone, beside = 10.0 ** of(*powers), 10.0**shelf
    found = attraction(alone, of(beside), crowding)
    np.testing.assert_allclose(found * (1 + found / beside) ** -crowding, alone, rtol=1e-9)
    assert (found >= alone * (1 - 1e-12)).all()


@settings(deadline=None)
@given(POWERS, st.floats(-2, 5), CROWDING)
def test_a_shelf_grows_as_the_power_of_its_attraction(powers, shelf, crowding):
    """What a newcomer sells and what is left to the others: E phi^-c + a phi^-c = (E + a)^(1 - c) E^c."""
    alone, beside = 10.0 ** of(*powers), 10.0**shelf
    joined = attraction(alone, of(beside), crowding)
    whole = beside - taken(alone, of(beside), crowding) + alone
    np.testing.assert_allclose(whole, (beside + joined) ** (1 - crowding) * beside**crowding, rtol=1e-9)


@settings(deadline=None)
@given(POWERS, st.floats(-2, 5), CROWDING, CROWDING)
def test_no_newcomer_takes_more_than_it_sells_or_than_there_is_and_crowding_takes_more(powers, shelf, one, other):
    alone, beside = 10.0 ** of(*powers), 10.0**shelf
    less, more = (taken(alone, of(beside), crowding) for crowding in sorted((one, other)))
    assert (less >= 0).all() and (more <= np.minimum(alone, beside) * (1 + 1e-9)).all()
    assert (less <= more * (1 + 1e-9) + 1e-9 * beside).all()


@pytest.mark.parametrize("crowding", [0.1, 0.5, 0.9])
def test_a_small_newcomer_takes_its_sales_times_crowding(crowding):
    """d lost / d n at 0 is c: 1 unit beside 10,000 takes c of it, but for a ten thousandth."""
    assert taken(of(1), of(10_000), crowding).tolist() == pytest.approx([crowding], rel=2e-4)


def test_two_newcomers_share_what_the_shelf_grows_by():
    """E = 100, c = .5, both alone 150, so a = 300 each: phi = 7; together 600 / 7^.5 = 226.8, not 300; the others keep 37.8."""
    joined = attraction(of(150, 150), of(100, 100), 0.5).sum()
    kept = kept_share(of(joined), of(100), 0.5)[0]
    assert joined * kept == pytest.approx(600 / 7**0.5)
    assert 100 * kept == pytest.approx(100 / 7**0.5)


def test_on_an_empty_shelf_a_newcomer_sells_what_it_sells_and_takes_nothing():
    """The shelf counts as LEAST_BESIDE units, of which nobody loses any; sales come back out of the attraction."""
    joined = attraction(of(30), of(0), 0.5)
    assert (joined * kept_share(joined, of(0), 0.5)).tolist() == pytest.approx([30])
    assert joined.tolist() == pytest.approx(attraction(of(30), of(LEAST_BESIDE), 0.5).tolist())
    assert taken(of(30), of(0), 0.9).tolist() == [0]


def test_crowding_beyond_the_most_counts_as_the_most():
    """At 1 an attraction would be infinite."""
    found = attraction(of(5), of(10), 1.0)
    assert np.isfinite(found).all()
    assert found.tolist() == attraction(of(5), of(10), MOST_CROWDING).tolist()
    assert kept_share(found, of(10), 1.0).tolist() == kept_share(found, of(10), MOST_CROWDING).tolist()
