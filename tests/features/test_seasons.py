"""What the panel says of the weeks to come by the weeks a year before them, worked by hand."""

from datetime import date, timedelta

import numpy as np
import pytest
from pyspark.sql import functions as F

from shelfwise.core.frames import local_frame
from shelfwise.features.seasons import category_season, with_year_before
from tests.conftest import ITEMS, panel_of

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


def test_levels_are_those_of_the_week_a_year_before(spark, no_promotions, sales_of):
    """Units go up and down: means of 4, 13 and 26 weeks, of other weeks, or of the other category, would be others."""
    draws = np.random.default_rng(2)
    units = {name: draws.integers(1, 40, 90).astype(float) for name in ("a", "b", "c")}
    shelves = {"a": "BREAD", "b": "BREAD", "c": "TEA"}
    lines = [(name, MONDAY + timedelta(weeks=week), sold, 1.0) for name, each in units.items() for week, sold in enumerate(each)]
    items = local_frame(spark, [(name, "FOOD", shelf, "m1", "each") for name, shelf in shelves.items()], ITEMS)
    panel = panel_of(sales_of(*lines), items, no_promotions, as_of=MONDAY + timedelta(weeks=90, days=-1)).localCheckpoint()
    of_shelf = {"BREAD": units["a"] + units["b"], "TEA": units["c"]}
    for name, shelf in shelves.items():
        for week in (85, 89):
            category, row = of_shelf[shelf], told(panel, name, week)
            index = [category[week - 53 + h : week - 50 + h].sum() / (3 * level(category, week - 52)) for h in range(1, 14)]
            own = [units[name][week - 53 + h : week - 50 + h].sum() for h in range(1, 14)]
            assert row["category_season_ahead"] == pytest.approx(index)
            drawn = [(y + 10 * c) / (3 * level(units[name], week - 52) + 10) for y, c in zip(own, index, strict=True)]
            assert row["season_ahead"] == pytest.approx(drawn)


def level(units, week):
    means = [units[max(0, week - n + 1) : week + 1].mean() for n in (4, 13, 26)]
    return 0.3 * means[0] + 0.4 * means[1] + 0.3 * means[2]


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


def test_the_weeks_of_a_year_before_are_listed_once_for_all_that_is_made_of_them(panel):
    """Spark makes a list of a window anew for each place in which its expression stands."""
    weeks = panel.select("item_id", "week", "units", "age_weeks", "mean_4", "mean_13", "mean_26")
    shelves = panel.select("category", "week", "category_units", "category_mean_4", "category_mean_13")
    for made in (with_year_before(weeks), category_season(shelves)):
        assert made._jdf.queryExecution().optimizedPlan().toString().count("collect_list(") == 1
