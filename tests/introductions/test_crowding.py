"""What newcomers took from their shelves, planted by the nested law and found again."""

import math
from datetime import timedelta
from functools import reduce

import pytest
from pyspark.sql import DataFrame

from shelfwise.core.frames import local_frame
from shelfwise.introductions.crowding import crowding
from tests.introductions.builders import MONDAY, by, items_of, plan_of

WEEKS = 16  # two spans: before and now
PANEL = "item_id string, category string, week date, units double, age_weeks int"
MANY = 1e9  # units a week, so that Poisson's variance is none and all shelves weigh the same


def planted(spark, taken, *, units=100.0, season=lambda back: 1.0, category="SOUP"):
    """One shelf per entry of `taken`: c of the newcomer of the last 8 weeks, as attractive as what was there; None: none came."""
    rows, names = [], []
    for place, c in enumerate(taken):
        shelf = f"{category}{place}"
        names.append({"item_id": f"old {shelf}", "category": category, "subcategory": shelf})
        if c is not None:
            names.append({"item_id": f"new {shelf}", "category": category, "subcategory": shelf})
        for back in range(WEEKS):
            week, now = MONDAY - timedelta(weeks=back), units * season(back)
            kept = 2**-c if c is not None and back < 8 else 1.0
            rows.append((f"old {shelf}", category, week, now * kept, WEEKS - 1 - back))
            if c is not None and back < 8:
                rows.append((f"new {shelf}", category, week, now * kept, 7 - back))
    return local_frame(spark, rows, PANEL), items_of(spark, *names)


@pytest.fixture(scope="module")
def measured(spark):
    """Six categories of one shop."""
    season = {True: (3.0, 4.5), False: (1.0, 1.5)}  # the last span sells thrice as much, odd weeks half as much again
    shelves = {
        "PLAIN": planted(spark, [0.4, None, None, None], category="PLAIN"),
        "SEASON": planted(spark, [0.4, None, None], season=lambda back: season[back < 8][back % 2], category="SEASON"),
        "HELPED": planted(spark, [-0.5, None, None], category="HELPED"),
        "ALONE": planted(spark, [0.4], category="ALONE"),
        "FEW": planted(spark, [0.4, None, None], units=1.0, category="FEW"),
        "QUIET": planted(spark, [None, None], category="QUIET"),
    }
    panel, items = (reduce(DataFrame.unionByName, frames) for frames in zip(*shelves.values(), strict=True))
    return by(crowding(panel, items), "scope")


def test_planted_crowding_is_found(measured):
    """One shelf of four gets a newcomer as attractive as all others: phi = 2, and the older items keep 2^-.4 of their sales.

    y = -.4 log 2 and x = log 2 there, both 0 elsewhere, so that y = -.4 x exactly, whatever is taken off; no residual, and the
    least error."""
    found = measured["category:PLAIN"]
    assert (found["effect"], found["error"], found["cases"]) == ("crowding", 1e-3, 4)
    assert found["measured"] == pytest.approx(0.4, abs=1e-9)
    assert found["value"] == pytest.approx(0.4, abs=1e-4)


def test_a_season_of_the_whole_category_changes_nothing(measured):
    assert measured["category:SEASON"]["measured"] == pytest.approx(0.4, abs=1e-9)


def test_newcomers_that_seem_to_help_their_shelf_are_taken_to_leave_it_alone(measured):
    """c = -.5 was measured: the older items sell 2^.5 as much. Without residuals that would be gone by, were it not below 0."""
    assert measured["category:HELPED"]["measured"] == pytest.approx(-0.5, abs=1e-9)
    assert measured["category:HELPED"]["value"] == 0.0


def test_categories_that_say_nothing_have_no_row(measured):
    """One has a single shelf, that nothing compares with; one 4 units in a span's even weeks, less than 5; one no launch."""
    assert set(measured) == {"*", "category:PLAIN", "category:SEASON", "category:HELPED"}


def test_without_a_launch_nothing_is_told(spark):
    assert crowding(*planted(spark, [None, None])).isEmpty()


def test_what_is_gone_by_lies_between_what_was_measured_and_a_half_by_precision(spark):
    """Newcomers of c = .2 and .6 on two of four shelves, of the same weight 10; L = log 2.

    x: L, L, 0, 0, less L/2; y: -.2L, -.6L, 0, 0, less -.2L: 0, -.4L, .2L, .2L. a = 10 L^2 (0 - .2 - .1 - .1) = -4 L^2, b = 10 L^2:
    c = .4. a + c b by shelf: L^2, -L^2, 0, 0; error = sqrt(2) L^2 / 10 L^2, its square .02. The shop: .0625 / .0825 = 25/33 of .4
    and 8/33 of .5: 14/33. The category, of sd .15: .0225 / .0425 = 9/17 of .4, 8/17 of 14/33."""
    found = by(crowding(*planted(spark, [0.2, 0.6, None, None], units=MANY)), "scope")
    assert found["*"]["measured"] == pytest.approx(0.4, abs=1e-6)
    assert found["*"]["error"] == pytest.approx(math.sqrt(0.02), abs=1e-6)
    assert found["*"]["value"] == pytest.approx(14 / 33, abs=1e-6)
    assert found["category:SOUP"]["value"] == pytest.approx((9 * 0.4 + 8 * 14 / 33) / 17, abs=1e-6)


def test_the_plan_has_no_python_and_no_cross_product(spark):
    plan = plan_of(crowding(*planted(spark, [0.4, None])))
    assert "Python" not in plan
    assert "CartesianProduct" not in plan
