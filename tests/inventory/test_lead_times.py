"""Lead times from receipts and open orders, worked by hand."""

from datetime import date, timedelta

import pytest

from shelfwise.contracts.supply import LEAD_TIMES
from shelfwise.core.conform import conform
from shelfwise.inventory.lead_times import LeadTimeParams, lead_times
from tests.inventory.builders import AS_OF, assumptions, items, placed, receipts, supply

START = date(2017, 8, 1)
FIRST = {"item_id": "a", "maker_id": "brand", "location_id": "w", "ordered_on": START, "received_on": START}  # at launch


def came(order: int, days: int, **more):
    """A receipt of item a: order placed on the given day of the data, received so many days later."""
    day = START + timedelta(days=order)
    return FIRST | {"receipt_id": f"r{order}-{days}", "ordered_on": day, "received_on": day + timedelta(days=days)} | more


def told(rows):
    found = {(row["supplier_id"], row["item_id"]): row for row in rows.collect()}
    assert len(found) == rows.count()
    return found


@pytest.fixture(scope="module")
def frame(spark):
    delivered = receipts(
        spark,
        FIRST | {"receipt_id": "first", "units_ordered": 20, "units_received": 20, "units_defective": 0},
        came(10, 5, units_received=7, units_defective=0),
        came(11, 6, units_defective=0),
        came(12, 6, units_defective=0),
        came(20, 9, order_id="in two parts", units_received=5, units_defective=3),
        came(20, 30, order_id="in two parts", units_ordered=0, units_received=2),
    )
    waiting = placed(
        spark,
        {"order_id": "open", "item_id": "a", "maker_id": "brand", "ordered_on": AS_OF - timedelta(days=8)},
        {"order_id": "in two parts", "item_id": "a", "maker_id": "brand", "ordered_on": START + timedelta(days=20)},
        {"order_id": "not named by its receipt", "item_id": "a", "maker_id": "brand", "ordered_on": START + timedelta(days=10)},
        {"order_id": "forgotten", "item_id": "a", "location_id": "v", "ordered_on": AS_OF - timedelta(days=181)},
        {"order_id": "open elsewhere", "item_id": "silent", "maker_id": "mute", "ordered_on": AS_OF - timedelta(days=3)},
    )
    listed = items(spark, {"item_id": "a", "maker_id": "brand"}, {"item_id": "b", "maker_id": "brand"}, {"item_id": "c"})
    agreed = supply(
        spark,
        {"item_id": "a", "supplier_id": "s", "lead_time_days": 7},
        {"item_id": "b", "supplier_id": "s", "lead_time_days": 10},
        {"item_id": "c", "supplier_id": "t", "lead_time_days": 22},
        {"item_id": "d", "supplier_id": "t"},
        {"item_id": "e", "supplier_id": "t", "lead_time_days": 1000},
    )
    made = lead_times(delivered, waiting, listed, agreed, assumptions(spark), params=LeadTimeParams(), as_of=AS_OF)
    return conform(made, LEAD_TIMES).cache()


@pytest.fixture(scope="module")
def known(frame):
    return told(frame)


def test_there_is_a_row_for_what_was_ordered_or_agreed_and_for_the_suppliers_other_items(frame, known):
    of_s, of_t = {("s", "a"), ("s", "b"), ("s", "*")}, {("t", "c"), ("t", "d"), ("t", "e")}
    assert set(known) == of_s | of_t | {("mute", "silent"), ("mute", "*")}
    kept = " AND ".join(f"({rule})" for rule in LEAD_TIMES.rules().values())
    assert frame.where(f"NOT ({kept})").count() == 0


def test_a_law_from_receipts_and_an_open_order(known):
    """5, 6, 6 and 9 days (the first part counts), one open since 8. h = 1/5, 2/4, 1/1: .2, .4 and .4 at 5, 6 and 9 days.

    Mean 7; variance 5 + 14.4 + 32.4 - 49 = 2.8. Seven days were agreed: .4 are late, in the second week. An only item is its own
    supplier, category and all: shrinking moves nothing. The launch's order of 0 days, and one forgotten for 181, don't count; one
    whose receipt doesn't name it is not open.
    """
    row = known["s", "a"]
    assert (row["receipts"], row["open_orders"], row["supplier_receipts"], row["agreed_days"]) == (4, 1, 4, 7)
    assert (row["mean_days"], row["variance_days"], row["late_share"]) == pytest.approx((7, 2.8, 0.4))
    assert [row[f"days_q{level}"] for level in ("05", "10", "25", "50", "75", "90", "95", "99")] == [5, 5, 6, 6, 9, 9, 9, 9]
    assert row["week_shares"] == pytest.approx([0, 0.6, 0.4, *[0] * 11])
    assert (row["basis"], row["assumed"]) == ("receipts", False)


def test_units_filled_short_and_defective(known):
    """Of 20 + 10 + 10 + 10 + 10 ordered 20 + 7 + 10 + 10 + 7 came whole, 3 were defective, 3 did not come."""
    row = known["s", "a"]
    assert (row["filled_share"], row["defective_share"], row["short_share"]) == pytest.approx((0.9, 0.05, 0.05))
    assert known["s", "b"]["filled_share"] is None
    assert known["s", "*"]["filled_share"] == pytest.approx(0.9)


def test_an_item_never_received_has_its_suppliers_law_around_its_own_agreed_day(known):
    """Ten days agreed instead of seven: 8, 9 and 12."""
    row = known["s", "b"]
    assert (row["receipts"], row["open_orders"], row["supplier_receipts"], row["basis"]) == (0, 0, 4, "receipts")
    assert (row["mean_days"], row["days_q05"], row["days_q50"], row["days_q95"]) == (pytest.approx(10), 8, 9, 12)


def test_a_suppliers_other_items_are_expected_around_its_usual_day(known):
    row = known["s", "*"]
    assert (row["receipts"], row["open_orders"], row["agreed_days"], row["late_share"]) == (4, 1, None, None)
    assert (row["mean_days"], row["days_q50"]) == (pytest.approx(7), 6)


def test_what_was_agreed_is_certain_until_something_comes(known):
    """22 days end in the fourth week; what was agreed for more than a year is planned as 364 days."""
    row = known["t", "c"]
    assert (row["mean_days"], row["variance_days"], row["days_q05"], row["days_q99"]) == (22, 0, 22, 22)
    assert row["week_shares"] == [0, 0, 0, 0, 1, *[0] * 9]
    assert (row["basis"], row["assumed"], row["late_share"], row["receipts"]) == ("terms", False, None, 0)
    assert (known["t", "e"]["agreed_days"], known["t", "e"]["days_q50"], known["t", "e"]["week_shares"][13]) == (1000, 364, 1)


def test_what_is_neither_delivered_nor_agreed_is_assumed(known):
    """Two weeks; an order that is open does not make a law yet."""
    for row in (known["t", "d"], known["mute", "silent"]):
        assert (row["mean_days"], row["basis"], row["assumed"], row["supplier_receipts"]) == (14, "assumption", True, 0)
    assert known["mute", "silent"]["open_orders"] == 1


def test_items_are_shrunk_towards_their_supplier_and_more_orders_are_shrunk_less(spark):
    """Two suppliers with laws of their own: around 4 days and around 20, 40 orders each of three items; of a fourth item one order.

    Items of a supplier hardly differ, so the fourth's single order of 40 days moves its mean little.
    """
    rows = [
        {"item_id": f"{maker}{n % 3}", "maker_id": maker, "ordered_on": START - timedelta(days=n), "days": usual + n % 4}
        for maker, usual in (("quick", 3), ("slow", 19))
        for n in range(120)
    ]
    rows.append({"item_id": "quick odd", "maker_id": "quick", "ordered_on": START, "days": 40})
    dated = [row | {"received_on": row["ordered_on"] + timedelta(days=row.pop("days"))} for row in rows]
    listed = items(spark, *[{"item_id": name, "maker_id": name[:-1]} for name in ("quick0", "slow0")])
    params = LeadTimeParams(first_orders=True)
    made = told(
        lead_times(receipts(spark, *dated), placed(spark), listed, supply(spark), assumptions(spark), params=params, as_of=AS_OF)
    )
    means = {item: row["mean_days"] for (_, item), row in made.items()}
    assert means["quick0"] == pytest.approx(4.5, abs=0.6) and means["slow0"] == pytest.approx(20.5, abs=0.6)
    assert 4.5 < means["quick odd"] < 12
    assert made["quick", "quick0"]["receipts"] == 40 and made["quick", "quick0"]["supplier_receipts"] == 121
