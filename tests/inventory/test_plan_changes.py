"""A plan beside the one of a week before, by hand."""

from datetime import timedelta

import pytest

from shelfwise.contracts.gold.inventory import INVENTORY_PLAN, PLAN_CHANGES
from shelfwise.core.conform import conform
from shelfwise.inventory.plan_changes import compare_plans
from tests.inventory.builders import AS_OF, by_item, rows_of

LAST_WEEK, LONG_AGO, TOMORROW = AS_OF - timedelta(days=7), AS_OF - timedelta(days=14), AS_OF + timedelta(days=1)
USUAL = {"lead_weeks": 2, "review_weeks": 1, "critical_ratio": 0.9, "case_pack": 1, "minimum_units": 0, "unmet_demand": "lost"}
USUAL |= {"on_hand": 3, "on_order": 0}
PLANS = [
    # day, item, level, order, expected demand, what else
    (LAST_WEEK, "more wanted", 10, 5, 8.0, {}),
    (AS_OF, "more wanted", 14, 2, 11.0, {"status": "ok"}),
    (LAST_WEEK, "later", 10, 0, 8.0, {"status": "at_risk"}),
    (AS_OF, "later", 13, 9, 11.0, {"lead_weeks": 3, "status": "ok"}),
    (LAST_WEEK, "sold out", 10, 0, 8.0, {"on_hand": 6}),
    (AS_OF, "sold out", 7, 7, 8.2, {"on_hand": 0}),
    (LAST_WEEK, "wider", 10, 0, 8.0, {}),
    (AS_OF, "wider", 11, 0, 8.1, {"critical_ratio": 0.901}),  # a cent more of price
    (LAST_WEEK, "slower", 10, 0, 8.0, {"week_shares": [0.0, 0.8, 0.2]}),
    (AS_OF, "slower", 12, 0, 9.0, {"week_shares": [0.0, 0.5, 0.5]}),
    (LAST_WEEK, "as before", 10, 1, 8.0, {}),
    (AS_OF, "as before", 10, 1, 9.0, {}),
    (LAST_WEEK, "gone", 99, 9, 8.0, {}),
    (AS_OF, "come", 99, 9, 8.0, {}),
    # announced, and on sale since: no plan of what was on sale has changed
    (LAST_WEEK, "coming", 0, 0, 0.0, {"launch": TOMORROW}),
    (AS_OF, "coming", 99, 9, 8.0, {"launch": TOMORROW}),
    (LAST_WEEK, "launched", 99, 9, 8.0, {"launch": AS_OF}),
    (AS_OF, "launched", 5, 9, 8.0, {}),
    (LONG_AGO, "as before", 99, 9, 8.0, {}),
    (TOMORROW, "as before", 99, 9, 8.0, {}),
]


def plans(spark, chosen=PLANS):
    rows = [
        {"as_of": day, "item_id": item, "order_up_to": level, "order_units": order, "expected_demand": wanted} | USUAL | more
        for day, item, level, order, wanted, more in chosen
    ]
    return rows_of(spark, INVENTORY_PLAN, rows)


@pytest.fixture(scope="module")
def changes(spark):
    return by_item(conform(compare_plans(plans(spark), as_of=AS_OF), PLAN_CHANGES))


def test_items_of_both_plans_are_compared_with_the_last_earlier_one(changes):
    assert set(changes) == {"more wanted", "later", "sold out", "wider", "slower", "as before", "*"}
    assert {row["previous_as_of"] for row in changes.values()} == {LAST_WEEK}


def test_what_moved_a_level(changes):
    assert {item: row["cause"] for item, row in changes.items()} == {
        "more wanted": "demand",
        "later": "terms",
        "sold out": "stock",
        "slower": "terms",
        "wider": "demand",
        "as before": "none",
        "*": None,
    }
    row = changes["later"]
    assert (row["level_change"], row["demand_change"], row["status_before"], row["status"]) == (3, 3.0, "at_risk", "ok")
    assert row["instability"] == pytest.approx(0.3)


def test_instability_of_the_plan_is_of_all_levels(changes):
    """4 + 3 + 3 + 1 + 2 + 0 of 60."""
    row = changes["*"]
    assert row["instability"] == pytest.approx(13 / 60)
    assert (row["level_change"], row["order_up_to"], row["order_units"], row["order_units_before"]) == (7, 67, 19, 6)


def test_a_first_plan_has_nothing_to_be_compared_with(spark):
    first = [row for row in PLANS if row[0] >= AS_OF]
    assert compare_plans(plans(spark, first), as_of=AS_OF).count() == 0
