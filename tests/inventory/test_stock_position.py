"""Counted where the shop counts, replayed where it does not."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from shelfwise.contracts.gold.inventory import STOCK_POSITION
from shelfwise.core.conform import conform
from shelfwise.inventory.stock_position import LONGEST_REPLAY_WEEKS, locate_stock, replay_batch
from tests.inventory.builders import (
    AS_OF,
    assumptions,
    by_item,
    items,
    launches,
    lead_times,
    placed,
    profiles,
    receipts,
    stock,
    supply,
    weekly,
)

SOLD = {
    "counted": [3, 3],
    "steady": [4] * 5,
    "late": [3, 3],
    "dead": [20, *[0] * 20],
    "unlisted": [2],
}


@pytest.fixture(scope="module")
def located(spark):
    panel = weekly(spark, **SOLD)
    panel = panel.orderBy("units")  # whatever order the rows come in
    counts = stock(
        spark,
        ("counted", "here", date(2017, 10, 1), 50, 9),
        ("counted", "here", date(2017, 10, 28), 5, 0),
        ("counted", "there", date(2017, 10, 2), 7, 6),
        ("never sold", "here", date(2017, 10, 28), 5, 0),
    )
    listed = items(spark, *[{"item_id": name} for name in SOLD if name != "unlisted"])
    sold = profiles(spark, *[(name, 4.0, AS_OF) for name in SOLD])
    terms = assumptions(spark, *[("item:steady", name, 1) for name in ("case_pack", "minimum_units")], ("*", "x", 1))
    bought = (receipts(spark), placed(spark), lead_times(spark), supply(spark))
    frame = locate_stock(panel, counts, listed, sold, *bought, launches(spark), terms, as_of=AS_OF)
    return by_item(conform(frame, STOCK_POSITION))


def test_each_item_that_has_sold_has_one_position(located):
    assert set(located) == set(SOLD)
    assert {row["as_of"] for row in located.values()} == {AS_OF}


def test_counts_are_the_latest_of_each_location_summed(located):
    """5 here on the 28th and 7 there on the 2nd; ordered 0 and 6."""
    row = located["counted"]
    assert (row["on_hand"], row["on_order"], row["replayed"], row["fill_rate"]) == (12, 6, False, None)


def test_what_is_not_counted_is_replayed(located):
    """Five weeks of 4, launched with 12 (lead 2 + review 1): all gone after week 3. The first week's order arrives in week 4.

    Each order may leave .0111 (ratio .9889) of P(both) of three weeks and one, t = .646, n weeks' 4 n in n + 4 weeks. After week 1,
    of 4/5 a week (variance 3.2), to the 8 that are there 3 are lacking: .0209 x .0680^.354 = .0081, 2 leave .0127. Then 5 to 4 + 3
    (.0106; 4 leave .0170), 6 to 8 on order (.0071), and after week 4, which sells the 3 that come, 4 to 11 on order (.0088).
    Week 5: 0 + 5 - 4 = 1 on hand, 6 + 4 to come; 19 of 20 are served.
    """
    row = located["steady"]
    assert (row["on_hand"], row["on_order"], row["replayed"], row["fill_rate"]) == (1, 10, True, 0.95)


def test_a_dead_item_keeps_its_stock_and_has_no_fill_rate(located):
    row = located["dead"]
    assert row["on_hand"] > 0 and row["on_order"] == 0 and row["fill_rate"] is None


def test_an_item_that_the_shop_does_not_list_is_replayed_too(located):
    """One week of 2: launched with one case of 6."""
    assert (located["unlisted"]["on_hand"], located["unlisted"]["on_order"]) == (4, 0)


def batch_of(**units):
    frame = pd.DataFrame({"item_id": list(units), "units": [np.array(history, dtype=float) for history in units.values()]})
    return frame.assign(lead_weeks=2, review_weeks=1, critical_ratio=0.95, case_pack=6, minimum_units=6)


def test_histories_of_different_length_end_in_the_same_week():
    together = replay_batch(batch_of(long=[5] * 30, short=[5] * 4, one=[1]))
    for name, history in {"long": [5] * 30, "short": [5] * 4, "one": [1]}.items():
        alone = replay_batch(batch_of(**{name: history})).iloc[0]
        assert together.set_index("item_id").loc[name].to_dict() == alone.drop("item_id").to_dict()


def test_only_the_last_five_years_are_replayed(spark):
    """A launch with 1,000 before them would still lie on the shelf."""
    panel = weekly(spark, old=[1000, *[1] * LONGEST_REPLAY_WEEKS])
    terms = assumptions(spark)
    frame = locate_stock(
        panel,
        stock(spark),
        items(spark),
        profiles(spark, ("old", 4.0, AS_OF)),
        receipts(spark),
        placed(spark),
        lead_times(spark),
        supply(spark),
        launches(spark),
        terms,
        as_of=AS_OF,
    )
    assert by_item(frame)["old"]["on_hand"] < 100
