"""Item x location weeks: only steady pairs, every week."""

from datetime import date, timedelta

from shelfwise.features.locations import LocationParams, item_location_weeks
from tests.recommend.builders import items, sales

FIRST = date(2017, 1, 2)  # a Monday
TWO = LocationParams(selling_weeks=2)


def line(item, week, quantity=1, place="s1", day=0, **more):
    sold_on = FIRST + timedelta(weeks=week, days=day)
    return {"customer_id": "c", "item_id": item, "location_id": place, "quantity": quantity, "sold_on": sold_on} | more


def weeks_of(spark, lines, params, as_of, **item):
    described = items(spark, {"item_id": "i"} | item, {"item_id": "j"})
    rows = item_location_weeks(sales(spark, *lines), described, params=params, as_of=as_of).collect()
    return {(row["item_id"], row["location_id"], (row["week"] - FIRST).days // 7): row for row in rows}


def test_only_pairs_that_sold_in_enough_different_weeks_are_there(spark):
    """i at s1 sells in 26 weeks, at s2 in 25 and twice in the last of them; the default asks for 26."""
    steady = [line("i", week) for week in range(26)]
    thin = [line("i", week, place="s2") for week in range(25)] + [line("i", 24, place="s2", day=3)]
    found = weeks_of(spark, steady + thin, LocationParams(), FIRST + timedelta(weeks=26, days=-1))
    assert {place for _, place, _ in found} == {"s1"}
    assert len(found) == 26


def test_a_week_without_a_sale_is_a_zero_and_means_start_at_the_first_sale(spark):
    """Units 4, 0, 2, 0: means 4, 2, 2, 1.5; a fifth week of 8 leaves out the first: (0 + 2 + 0 + 8) / 4 = 2.5; of all, 14/5."""
    found = weeks_of(spark, [line("i", 1, 4), line("i", 3, 2), line("i", 5, 8)], TWO, FIRST + timedelta(weeks=6, days=-1))
    rows = [found["i", "s1", week] for week in range(1, 6)]
    assert [row["units"] for row in rows] == [4, 0, 2, 0, 8]
    assert [row["mean_4"] for row in rows] == [4, 2, 2, 1.5, 2.5]
    assert rows[-1]["mean_13"] == 2.8
    assert len(found) == 5


def test_a_week_that_is_not_over_is_not_there(spark):
    """Wednesday of week 3: weeks 0 to 2 are complete, and week 3's sale is no second selling week of j."""
    lines = [line("i", 0), line("i", 2), line("j", 0), line("j", 3)]
    found = weeks_of(spark, lines, TWO, FIRST + timedelta(weeks=3, days=2))
    assert sorted(found) == [("i", "s1", 0), ("i", "s1", 1), ("i", "s1", 2)]


def test_the_shop_s_first_week_is_left_out_unless_it_is_whole(spark):
    """The shop's first sale is on Tuesday of week 0; weeks 1 to 3 remain."""
    lines = [line("i", 0, day=1), *(line("i", week) for week in (1, 2, 3))]
    found = weeks_of(spark, lines, TWO, FIRST + timedelta(weeks=4, days=-1))
    assert sorted(week for _, _, week in found) == [1, 2, 3]


def test_measured_goods_and_returns_are_no_units(spark):
    returned = [line("j", week, -1, kind="return") for week in range(3)]
    poured = [line("i", 0, 500), line("i", 1, 700)]
    assert weeks_of(spark, [*poured, *returned], TWO, FIRST + timedelta(weeks=4), sold_by="measure") == {}
