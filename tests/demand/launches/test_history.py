"""Which launches there were, and which are to come."""

from datetime import date, timedelta

import pandas as pd
import pytest

from shelfwise.contracts.silver import LIST_PRICES
from shelfwise.core.conform import empty
from shelfwise.core.frames import local_frame
from shelfwise.demand.launches.history import by_week, launches, to_come
from tests.demand.launches.conftest import AS_OF, MONDAY, PANEL, Item, items_frame, panel_rows

PRICES = "item_id string, location_id string, starts_on date, price decimal(14,2)"
LAST = MONDAY + timedelta(weeks=43)
# by item: the week of its first list price, that of its first sale
PRICED = {
    "old": (0, 0),
    "always": (0, 12),
    "late": (10, 13),
    "slow": (10, 15),
    "never": (12, None),
    "new": (40, 41),
    "next": (45, None),
}
UNPRICED = {"dated after": (20, 9), "unpriced": (None, 9)}


def listed(spark, prices):
    """`prices`: rows of PRICES with whole money, known two weeks before they hold, if they do not say when."""
    money = "CAST(price AS decimal(14,2)) AS price"
    rows = [(*row[:4], row[4] if len(row) > 4 else row[2] - timedelta(days=14)) for row in prices]
    frame = local_frame(spark, rows, f"{PRICES.replace('decimal(14,2)', 'int')}, known_at date")
    return frame.selectExpr("item_id", "location_id", "starts_on", money, "known_at")


@pytest.fixture(scope="module")
def priced(spark):
    """Launches and panel: each item sells one a week from its first sale on, at 2; it is listed for 3."""
    every = PRICED | UNPRICED
    sold = [Item(name, "BREAD", "m0", first) for name, (_, first) in every.items() if first is not None]
    panel = spark.createDataFrame(panel_rows(sold, lambda item, week: 1.0), PANEL).localCheckpoint()
    items = items_frame(spark, [Item(name, "BREAD", "m0", 0) for name in every])
    # a Wednesday: it counts for its week
    days = {name: MONDAY + timedelta(weeks=week, days=2) for name, (week, _) in every.items() if week is not None}
    prices = listed(spark, [(name, "*", day, 3) for name, day in days.items()])
    return launches(panel, items, prices).localCheckpoint(), panel


def test_what_is_priced_is_launched_with_its_first_price_and_what_never_sold_too(priced):
    """`always` was on the list when the prices begin: nobody knows since when. `next` is still to come."""
    found = {row["item_id"]: ((row["launch"] - MONDAY).days // 7, row["price"]) for row in priced[0].collect()}
    bought = {"late": (10, 3.0), "slow": (10, 3.0), "new": (40, 3.0)}
    assert found == bought | {"never": (12, 3.0), "dated after": (9, 2.0), "unpriced": (9, 2.0)}


def test_weeks_on_the_list_without_a_sale_count(priced):
    """Of the first eight weeks `late` sold in five, `slow` in three; by its first sale `slow` would have taken, too."""
    taken = {row["item_id"]: row["taken"] for row in priced[0].collect()}
    assert taken == {"late": True, "slow": False, "never": False, "new": None, "dated after": True, "unpriced": True}
    rows = by_week(*priced, AS_OF).collect()
    units = {(row["item_id"], row["launch_week"]): row["units"] for row in rows}
    assert [units["late", week] for week in (1, 2, 3, 4, 13)] == [0, 0, 0, 1, 1]
    assert {units["never", week] for week in range(1, 14)} == {0}
    assert [units["new", week] for week in (1, 2, 3, 4, 5)] == [0, 1, 1, 1, None]


def test_what_was_there_when_the_data_began_was_not_launched_and_four_selling_weeks_of_eight_are_taken(spark):
    """a sells from week 7, b from week 8 in every week, c from week 10 every third week (3 of 8), d from week 40: not known yet."""
    shown = [Item("a", "BREAD", "m0", 7), Item("b", "BREAD", "m0", 8), Item("c", "BREAD", "m0", 10), Item("d", "BREAD", "m0", 40)]
    rows = panel_rows(shown, lambda item, week: float(item.name != "c" or (week - 10) % 3 == 0))
    begun = panel_rows([Item("old", "BREAD", "m0", 0)], lambda item, week: 1.0)
    panel = spark.createDataFrame(pd.concat([rows, begun]), PANEL)
    found = {row["item_id"]: row for row in launches(panel, items_frame(spark, shown), empty(spark, LIST_PRICES)).collect()}
    assert {name: row["taken"] for name, row in found.items()} == {"b": True, "c": False, "d": None}
    assert found["b"]["launch"] == MONDAY + timedelta(weeks=8)
    assert (found["b"]["unseen_weeks"], found["b"]["shelf"]) == (8, "BREAD / LOAVES")
    weeks = {
        row["launch_week"]: row["units"]
        for row in by_week(launches(panel, items_frame(spark, shown), empty(spark, LIST_PRICES)), panel, AS_OF)
        .where("item_id = 'd'")
        .collect()
    }
    assert (len(weeks), weeks[4], weeks[5]) == (13, 1.0, None)


def test_announced_is_what_has_a_list_price_and_never_sold(spark):
    """Of the never sold: next week's price announces one; a price that has begun and none at all don't."""
    sold = [Item("sold", "BREAD", "m0", 0)]
    panel = spark.createDataFrame(panel_rows(sold, lambda item, week: 1.0), PANEL)
    others = [Item(name, "BREAD", "m0", 0) for name in ("coming", "lately", "long ago", "never listed")]
    items = items_frame(spark, sold + others)
    prices = [
        ("sold", "*", LAST + timedelta(weeks=1), 3),
        ("coming", "*", LAST + timedelta(days=9), 3),
        ("coming", "*", LAST + timedelta(days=30), 9, LAST - timedelta(days=90)),
        ("lately", "*", LAST - timedelta(weeks=2), 3),
        ("long ago", "*", date(2017, 1, 2), 3),
    ]
    found = {row["item_id"]: row for row in to_come(panel, items, listed(spark, prices), last_week=LAST).collect()}
    assert set(found) == {"coming"}
    assert (found["coming"]["launch"], found["coming"]["eve"], found["coming"]["price"]) == (LAST + timedelta(days=7), LAST, 3.0)
    # when its first price was known, and not a later one
    assert found["coming"]["announced_on"] == LAST - timedelta(days=5)
