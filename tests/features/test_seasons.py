"""What the panel says of the weeks to come by the weeks a year before them, worked by hand."""

from datetime import date, timedelta

import pytest
from pyspark.sql import functions as F

from tests.conftest import panel_of

MONDAY = date(2017, 1, 2)
LAST = 65


@pytest.fixture(scope="module")
def panel(sales_of, items_of, no_promotions):
    """a sells 2 a week, 8 in week 15; b 1 a week; c begins in week 60."""
    days = [MONDAY + timedelta(weeks=week) for week in range(LAST + 1)]
    lines = [("a", day, 8 if week == 15 else 2, 1.0) for week, day in enumerate(days)]
    lines += [("b", day, 1, 1.0) for day in days] + [("c", day, 5, 1.0) for day in days[60:]]
    return panel_of(sales_of(*lines), items_of("a", "b", "c"), no_promotions, as_of=days[-1] + timedelta(days=6)).localCheckpoint()


def told(panel, item, week):
    monday = MONDAY + timedelta(weeks=week)
    return panel.where((F.col("item_id") == item) & (F.col("week") == F.lit(monday))).first()


def test_weeks_to_come_stand_to_their_level_as_those_a_year_before_did(panel):
    """A year before week 65 is week 13, when a's level was 2 and b's 1. Around the next three weeks lie 12 of a and 3 of b:

    15 / 9 of the category; (12 + 10 x 15 / 9) / 16 and (3 + 10 x 15 / 9) / 13 of their own. Then 6 and 3 again.
    """
    category = [15 / 9] * 3 + [1.0] * 10
    for item, units, level in (("a", 12, 2), ("b", 3, 1)):
        row = told(panel, item, LAST)
        assert row["category_season_ahead"] == pytest.approx(category)
        own = (units + 10 * 15 / 9) / (3 * level + 10)
        assert row["season_ahead"] == pytest.approx([own] * 3 + [1.0] * 10)


def test_a_young_item_has_its_categorys_season(panel):
    row = told(panel, "c", LAST)
    assert row["season_ahead"] == pytest.approx(row["category_season_ahead"])


def test_nothing_is_told_before_a_year_and_a_quarter_are_known(panel):
    for item in ("a", "b", "c"):
        before = told(panel, item, 63)
        assert before["season_ahead"] is before["category_season_ahead"] is None
    assert told(panel, "a", 64)["season_ahead"] == pytest.approx([1.0, *[(12 + 10 * 15 / 9) / 16] * 3, *[1.0] * 9])


def test_what_sells_later_moves_no_earlier_weeks_season(sales_of, items_of, no_promotions, panel):
    days = [MONDAY + timedelta(weeks=week) for week in range(LAST + 1)]
    lines = [("a", day, 8 if week == 15 else 2, 1.0) for week, day in enumerate(days)]
    lines += [("b", day, 1, 1.0) for day in days] + [("c", day, 5, 1.0) for day in days[60:65]] + [("b", days[65], 900, 1.0)]
    spoilt = panel_of(sales_of(*lines), items_of("a", "b", "c"), no_promotions, as_of=days[-1] + timedelta(days=6))
    for item in ("a", "b", "c"):
        names = ("season_ahead", "category_season_ahead")
        assert [told(spoilt, item, 64)[name] for name in names] == [told(panel, item, 64)[name] for name in names]


def test_a_category_that_sold_nothing_a_year_before_has_no_season(sales_of, items_of, no_promotions):
    """It sold once, and again 40 weeks later: its level in week 27 is nothing."""
    days = [MONDAY + timedelta(weeks=week) for week in (0, *range(40, 80))]
    panel = panel_of(sales_of(*[("a", day, 3, 1.0) for day in days]), items_of("a"), no_promotions, as_of=days[-1])
    assert told(panel, "a", 78)["category_season_ahead"] is None
    assert told(panel, "a", 65)["category_season_ahead"] is not None
