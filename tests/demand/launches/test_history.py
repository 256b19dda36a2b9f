"""Which launches there were, and which are to come."""

from datetime import date, timedelta

import pandas as pd

from shelfwise.core.frames import local_frame
from shelfwise.demand.launches.history import by_week, launches, to_come
from tests.demand.launches.conftest import MONDAY, PANEL, Item, items_frame, panel_rows

PRICES = "item_id string, location_id string, starts_on date, price decimal(14,2)"
LAST = MONDAY + timedelta(weeks=43)


def test_what_was_there_when_the_data_began_was_not_launched_and_four_selling_weeks_of_eight_are_taken(spark):
    """a sells from week 7, b from week 8 in every week, c from week 10 every third week (3 of 8), d from week 40: not known yet."""
    shown = [Item("a", "BREAD", "m0", 7), Item("b", "BREAD", "m0", 8), Item("c", "BREAD", "m0", 10), Item("d", "BREAD", "m0", 40)]
    rows = panel_rows(shown, lambda item, week: float(item.name != "c" or (week - 10) % 3 == 0))
    begun = panel_rows([Item("old", "BREAD", "m0", 0)], lambda item, week: 1.0)
    panel = spark.createDataFrame(pd.concat([rows, begun]), PANEL)
    found = {row["item_id"]: row for row in launches(panel, items_frame(spark, shown)).collect()}
    assert {name: row["taken"] for name, row in found.items()} == {"b": True, "c": False, "d": None}
    assert found["b"]["launch"] == MONDAY + timedelta(weeks=8)
    assert (found["b"]["unseen_weeks"], found["b"]["shelf"]) == (8, "BREAD / LOAVES")
    weeks = {
        row["launch_week"]: row["units"]
        for row in by_week(launches(panel, items_frame(spark, shown)), panel).where("item_id = 'd'").collect()
    }
    assert (len(weeks), weeks[4], weeks[5]) == (13, 1.0, None)


def test_announced_is_what_has_a_list_price_and_never_sold(spark):
    """Of the never sold: next week's price announces one, an old price and none at all don't."""
    sold = [Item("sold", "BREAD", "m0", 0)]
    panel = spark.createDataFrame(panel_rows(sold, lambda item, week: 1.0), PANEL)
    others = [Item(name, "BREAD", "m0", 0) for name in ("coming", "lately", "long ago", "never listed")]
    items = items_frame(spark, sold + others)
    prices = [
        ("sold", "*", LAST + timedelta(weeks=1), 3),
        ("coming", "*", LAST + timedelta(days=9), 3),
        ("coming", "*", LAST + timedelta(days=30), 9),
        ("lately", "*", LAST - timedelta(weeks=2), 3),
        ("long ago", "*", date(2017, 1, 2), 3),
    ]
    listed = local_frame(spark, prices, PRICES.replace("decimal(14,2)", "int")).selectExpr(
        "item_id", "location_id", "starts_on", "CAST(price AS decimal(14,2)) AS price"
    )
    found = {row["item_id"]: row for row in to_come(panel, items, listed, last_week=LAST).collect()}
    assert set(found) == {"coming", "lately"}
    assert (found["coming"]["launch"], found["coming"]["eve"], found["coming"]["price"]) == (LAST + timedelta(days=7), LAST, 3.0)
    assert found["lately"]["eve"] == LAST - timedelta(weeks=3)
