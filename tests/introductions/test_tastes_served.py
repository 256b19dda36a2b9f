"""Customers newly served, by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfwise.introductions.tastes import newly_served


def reach(*rows: tuple[int, int, int, int]) -> list[dict[str, int]]:
    """Taste, customers, those who bought of it, their baskets."""
    return [dict(zip(("taste", "customers", "buyers", "baskets"), row, strict=True)) for row in rows]


SHOP = reach((1, 100, 100, 600), (2, 50, 50, 400))  # shares of baskets .6 and .4


def by_taste(found: list) -> dict[int, float]:
    return {one["taste"]: one["customers"] for one in found}


def test_of_an_unknown_maker_the_category_decides():
    """27 of 30 baskets in the category are of taste 1: (27 + 3) and (3 + 2). The maker none: (3 + 0) / .6 and (2 + 0) / .4, 5 both.

    Of 35 units 30 and 5. Taste 1: 100 - 20 customers find nothing yet, 1 - exp(-30 / 100) = .25918 of them buy: 20.73; taste 2:
    50 - 2, 1 - exp(-5 / 50) = .09516: 4.57.
    """
    category = reach((1, 100, 20, 27), (2, 50, 2, 3))
    found = newly_served(35, SHOP, category, None)
    assert by_taste(found) == pytest.approx({1: 80 * (1 - np.exp(-0.3)), 2: 48 * (1 - np.exp(-0.1))})
    assert [one["taste"] for one in found] == [1, 2]


def test_the_makers_lift_moves_who_buys():
    """As above, but the maker sells 5 baskets to taste 1 and 38 to 2: (5 + 3) / .6 = 13.33, (38 + 2) / .4 = 100.

    30 x 13.33 = 400 and 5 x 100 = 500: of 45 units 20 and 25. 80 x (1 - exp(-.2)) = 14.5, 48 x (1 - exp(-.5)) = 18.9, comes first.
    """
    found = newly_served(45, SHOP, reach((1, 100, 20, 27), (2, 50, 2, 3)), reach((1, 100, 9, 5), (2, 50, 30, 38)))
    assert by_taste(found) == pytest.approx({1: 80 * (1 - np.exp(-0.2)), 2: 48 * (1 - np.exp(-0.5))})
    assert [one["taste"] for one in found] == [2, 1]


def test_a_new_category_of_a_new_maker_goes_to_tastes_as_their_baskets():
    """Shares .6 and .4 of 50 units: 30 and 20; nobody is served yet: 100 x (1 - exp(-.3)), 50 x (1 - exp(-.4))."""
    found = newly_served(50, SHOP, None, None)
    assert by_taste(found) == pytest.approx({1: 100 * (1 - np.exp(-0.3)), 2: 50 * (1 - np.exp(-0.4))})


def test_a_taste_that_knows_no_such_goods_is_counted_as_none():
    """Category known of taste 1 only: (30 + 3) and (0 + 2), the maker 5 both: of 35 units 33 and 2."""
    found = newly_served(35, SHOP, reach((1, 100, 20, 30)), None)
    assert by_taste(found) == pytest.approx({1: 80 * (1 - np.exp(-0.33)), 2: 50 * (1 - np.exp(-0.04))})


def test_whoever_buys_in_the_category_already_is_not_newly_served():
    found = newly_served(35, SHOP, reach((1, 100, 100, 300), (2, 50, 70, 100)), None)
    assert by_taste(found) == {1: 0, 2: 0}


def test_a_shop_without_tastes_tells_nothing():
    assert newly_served(35, None, None, None) == []
    assert newly_served(35, [], reach((1, 100, 20, 30)), None) == []


def test_nobody_is_served_by_what_does_not_sell_or_where_nobody_is():
    assert by_taste(newly_served(0, SHOP, None, None)) == {1: 0, 2: 0}
    assert by_taste(newly_served(9, reach((1, 0, 0, 0)), None, None)) == {1: 0}


COUNTS = st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(0, 2000))
TASTES = st.lists(COUNTS, min_size=1, max_size=6)


@settings(deadline=None)
@given(TASTES, TASTES, st.floats(0, 500), st.floats(0, 500))
def test_no_more_are_served_than_there_are_and_no_more_than_buy(shop, category, units, more):
    known = reach(*[(taste, *row) for taste, row in enumerate(shop)])
    sold = reach(*[(taste, *row) for taste, row in enumerate(category)])
    few, many = by_taste(newly_served(units, known, sold, None)), by_taste(newly_served(units + more, known, sold, None))
    assert all(0 <= few[row["taste"]] <= row["customers"] for row in known)
    assert sum(few.values()) <= units + 1e-9
    assert all(few[taste] <= many[taste] + 1e-9 for taste in few)
