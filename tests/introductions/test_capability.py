"""What the shop can supply, before and after, by hand on four items and one that is chosen."""

from datetime import timedelta
from decimal import Decimal

import pytest

from shelfwise.contracts.gold.introductions import INTRODUCTIONS, SUPPLY_CAPABILITY
from shelfwise.contracts.gold.inventory import INVENTORY_PLAN
from shelfwise.contracts.silver import LIST_PRICES
from shelfwise.core.frames import local_frame
from shelfwise.introductions.capability import measure_supply_capability
from tests.introductions.builders import AS_OF, MONDAY, candidate, items_of, kept_rows, plan_of, rows_of, worth_of

PANEL = (
    "item_id string, week date, department string, category string, maker_id string, revenue double, sold_units double,"
    " age_weeks int"
)
WEEKS = 20
DAIRY = {"department": "DAIRY", "category": "MILK", "subcategory": "WHOLE", "maker_id": "m2"}
# item: where, the week of its first sale, revenue a week while it sells, and in which weeks it does
LIVES = {
    "soup": ({}, 0, 6.0, range(20)),
    "stew": ({"subcategory": "JARS", "maker_id": "m2"}, 8, 2.0, (8, 12, 19)),  # 2 of its first 8 weeks
    "milk": (DAIRY, 10, 4.0, range(10, 20)),
    "gone": ({}, 0, 9.0, range(12)),
}


def monday(week):
    return MONDAY - timedelta(weeks=WEEKS - 1 - week)


@pytest.fixture(scope="module")
def shop(spark):
    where = {name: {"department": "GROCERY", "category": "SOUP", "maker_id": "m1"} | of for name, (of, *_) in LIVES.items()}
    panel = [
        (
            name,
            monday(week),
            *[where[name][word] for word in ("department", "category", "maker_id")],
            revenue * sells,
            sells,
            week - first,
        )
        for name, (_, first, revenue, selling) in LIVES.items()
        for week in range(first, WEEKS)
        for sells in (float(week in selling),)
    ]
    stock = [("soup", 5, 30.0, "GROCERY"), ("stew", 0, 10.0, "GROCERY"), ("milk", 0, 60.0, "DAIRY")]
    plan = [dict(zip(("item_id", "on_hand", "expected_demand", "department"), one, strict=True)) for one in stock]
    # announced: not on sale yet
    plan.append({"item_id": "cocoa", "on_hand": 0, "expected_demand": 50.0, "department": "DAIRY", "launch": AS_OF})
    # soup's price is as old as the data; milk's, a Wednesday's, is of two weeks before it sold, stew's of the week itself
    prices = [("soup", monday(0)), ("milk", monday(8) + timedelta(days=2)), ("milk", monday(12)), ("stew", monday(8))]
    tea = {"department": "GROCERY", "category": "TEA", "maker_id": "m3", "p_failure": 0.25, "shelf": "TEA / BAGS"}
    worth = [candidate("tea", [9.0], units=39.0, price=Decimal(3), **tea), candidate("dropped", [9.0], department="GROCERY")]
    # the best order would sell 39, the smaller one that was taken sells 26
    decisions = [{"item_id": "tea", "decision": "test", "units": 26.0} | {name: tea[name] for name in ("department", "p_failure")}]
    decisions.append({"item_id": "dropped", "decision": "drop", "opening_units": 0, "department": "GROCERY"})
    return (
        local_frame(spark, panel, PANEL),
        items_of(spark, *[{"item_id": name} | of for name, (of, *_) in LIVES.items()]),
        rows_of(spark, INVENTORY_PLAN, *plan),
        rows_of(spark, LIST_PRICES, *[{"item_id": name, "starts_on": day} for name, day in prices]),
        rows_of(spark, INTRODUCTIONS, *decisions),
        worth_of(spark, *worth),
    )


@pytest.fixture(scope="module")
def measured(shop):
    rows = kept_rows(measure_supply_capability(*shop, as_of=AS_OF), SUPPLY_CAPABILITY)
    return {(row["department"], row["stage"]): row for row in rows}


def told(row, *names):
    return tuple(row[name] for name in names)


BREADTH = ("items", "categories", "makers", "depth")


def test_breadth_and_depth_before_and_after(measured):
    """Lately soup, stew and milk sold, gone did not: two shelves of grocery, one of dairy.

    Tea adds a shelf, a category and a maker."""
    assert set(measured) == {(department, stage) for department in ("*", "GROCERY", "DAIRY") for stage in ("before", "after")}
    assert told(measured["GROCERY", "before"], *BREADTH) == (2, 1, 2, 1.0)
    assert told(measured["GROCERY", "after"], *BREADTH) == (3, 2, 3, 1.0)
    assert told(measured["DAIRY", "before"], *BREADTH) == told(measured["DAIRY", "after"], *BREADTH) == (1, 1, 1, 1.0)
    assert told(measured["*", "before"], *BREADTH) == (3, 2, 2, 1.0)
    assert told(measured["*", "after"], *BREADTH) == (4, 3, 3, 1.0)


def test_revenue_and_its_concentration(measured):
    """A week: soup 6, stew 2 x 2 / 8 = .5, milk 4, and of tea 26 x 3 / 13 = 6 are expected.

    Makers before: 6 and 4.5 of 10.5; after: 6, 4.5 and 6 of 16.5."""
    before, after = measured["*", "before"], measured["*", "after"]
    assert (before["weekly_revenue"], after["weekly_revenue"]) == (10.5, 16.5)
    assert before["concentration"] == pytest.approx((36 + 20.25) / 10.5**2)
    assert after["concentration"] == pytest.approx((36 + 20.25 + 36) / 16.5**2)
    assert measured["DAIRY", "after"]["concentration"] == 1


def test_in_stock_is_weighed_by_demand(measured):
    """Only soup is there: 30 of 40 in grocery, 30 of 100 in all."""
    rates = {department: measured[department, "before"]["in_stock_rate"] for department in ("*", "GROCERY", "DAIRY")}
    assert rates == pytest.approx({"*": 0.3, "GROCERY": 0.75, "DAIRY": 0.0})


def test_success_of_launches_before_and_as_expected_of_those_chosen(measured):
    """Stew sold in 2 of its first 8 weeks, milk in all; tea will fail with .25."""
    rates = {key: row["success_rate"] for key, row in measured.items()}
    before = {("*", "before"): 0.5, ("GROCERY", "before"): 0.0, ("DAIRY", "before"): 1.0}
    assert rates == before | {("*", "after"): 0.75, ("GROCERY", "after"): 0.75, ("DAIRY", "after"): None}


def test_days_to_the_first_sale(measured):
    """Milk: two weeks from the week of its first price; stew: none; their median 7."""
    days = {department: measured[department, "before"]["days_to_first_sale"] for department in ("*", "GROCERY", "DAIRY")}
    assert days == {"*": 7.0, "GROCERY": 0.0, "DAIRY": 14.0}


def test_the_plan_has_no_python_and_no_cross_product(shop):
    plan = plan_of(measure_supply_capability(*shop, as_of=AS_OF))
    assert "Python" not in plan
    assert "CartesianProduct" not in plan
