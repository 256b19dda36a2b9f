"""What the shop's own data missed, priced by hand."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from shelfwise.contracts.features import CALENDAR
from shelfwise.contracts.gold.controls import RISK_INCIDENTS
from shelfwise.contracts.silver import ASSUMPTIONS, LOCATIONS, SALES_LINES
from shelfwise.core.admission import LEDGER
from shelfwise.core.frames import local_frame
from shelfwise.risk.incidents import IncidentParams, price_incidents
from tests.introductions.builders import kept_rows, rows_of
from tests.risk.builders import AS_OF

TODAY = datetime(2020, 1, 1, tzinfo=UTC)
PARAMS = IncidentParams(look_back_days=84, least_baskets=3)


def sold(place, back, lines=3, baskets=3):
    """Lines of 2.00 each, in so many baskets, on the day that is so many before AS_OF."""
    day = AS_OF - timedelta(days=back)
    usual = {"location_id": place, "sold_on": day, "kind": "sale", "quantity": Decimal(1), "revenue": Decimal(2), "item_id": "a"}
    return [usual | {"line_id": f"{place}-{back}-{k}", "basket_id": f"{back}-{k % baskets}"} for k in range(lines)]


def ledger_row(table, batch, read, refused):
    return {"table": table, "batch": batch, "read": read, "quarantined": refused, "accepted": read - refused, "duplicates": 0}


def priced(spark, sales, ledger=(), holidays=()):
    told = [{"admitted_at": TODAY, "files": None, "added_columns": None} | row for row in ledger]
    free = [{"country": "US", "day": AS_OF - timedelta(days=back), "holiday": "Rest"} for back in holidays]
    usual = {"week": AS_OF, "weekday": 1, "share": 1.0}
    found = price_incidents(
        local_frame(spark, told, LEDGER.struct),
        rows_of(spark, SALES_LINES, *sales),
        rows_of(spark, LOCATIONS, *[{"location_id": name, "kind": "store", "country": "US"} for name in ("big", "small")]),
        rows_of(spark, CALENDAR, *[usual | row for row in free]),
        rows_of(spark, ASSUMPTIONS, {"scope": "*", "name": "incident_loss_share", "value": 0.05}),
        params=PARAMS,
        as_of=AS_OF,
    )
    return {(row["incident"], row["name"]): row for row in kept_rows(found, RISK_INCIDENTS)}


def test_days_without_a_sale_are_told_and_priced(spark):
    """`big` sells 6.00 a day for 60 days, but nothing 11 and 10 days ago: 12.00 touched, 5 % of it lost. 20 days ago was a holiday.
    `small` has one basket a day, of five lines: none on a day is no surprise."""
    big = [line for back in range(60) if back not in (10, 11, 20) for line in sold("big", back)]
    small = [line for back in range(60) if back != 5 for line in sold("small", back, lines=5, baskets=1)]
    found = priced(spark, big + small, holidays=(20,))
    began = AS_OF - timedelta(days=11)
    assert set(found) == {("no_sales", f"location big, from {began}")}
    (row,) = found.values()
    assert (row["began_on"], row["days"], row["rows"], row["share"]) == (began, 2, 0, 1)
    assert (row["touched_revenue"], row["expected_loss"]) == (pytest.approx(12.0), pytest.approx(0.6))
    assert row["reason"] == (
        f"location big, from {began}: nothing sold on 2 days that are no holidays; they touch 12.00 of revenue,"
        " of which 0.60 may be lost."
    )


def test_a_feed_that_stopped_is_an_incident(spark):
    found = priced(spark, [line for back in range(3, 60) for line in sold("big", back)])
    (row,) = found.values()
    assert (row["began_on"], row["days"]) == (AS_OF - timedelta(days=2), 3)


def test_refused_rows_are_priced_as_if_like_the_others(spark):
    """Lines bring 2.00: 10 refused touch 20.00. A quarter of a stock file refused touches a quarter of 28 days' 168.00."""
    sales = [line for back in range(60) for line in sold("big", back)]
    ledger = [
        ledger_row("silver.sales_lines", 1, 100, 10),
        ledger_row("silver.sales_lines", 2, 100, 0),
        ledger_row("silver.stock", 3, 40, 10),
    ]
    found = priced(spark, sales, ledger)
    assert {name for _, name in found} == {"silver.sales_lines, landing 1", "silver.stock, landing 3"}
    lines, stock = found["refused", "silver.sales_lines, landing 1"], found["refused", "silver.stock, landing 3"]
    assert (lines["touched_revenue"], lines["rows"], lines["share"]) == (pytest.approx(20.0), 10, 0.1)
    assert (stock["touched_revenue"], stock["expected_loss"]) == (pytest.approx(42.0), pytest.approx(2.1))
    assert stock["reason"].startswith("silver.stock, landing 3: 10 rows (25.0 % of what was read) were refused; they touch 42.00")


def test_a_landing_of_long_ago_is_told_no_more(spark):
    """28 days before the ledger's latest one: found and mended."""
    sales = [line for back in range(60) for line in sold("big", back)]
    ledger = [
        ledger_row("silver.sales_lines", 1, 100, 10) | {"admitted_at": TODAY - timedelta(days=28)},
        ledger_row("silver.sales_lines", 2, 100, 10) | {"admitted_at": TODAY - timedelta(days=27)},
        ledger_row("silver.sales_lines", 3, 100, 0),
    ]
    assert {name for _, name in priced(spark, sales, ledger)} == {"silver.sales_lines, landing 2"}


def test_a_place_that_is_closed_is_no_gap(spark):
    """29 days without a sale up to as_of, longer than a gap takes to be found; 28 are one."""
    assert priced(spark, [line for back in range(29, 83) for line in sold("big", back)]) == {}
    assert len(priced(spark, [line for back in range(28, 83) for line in sold("big", back)])) == 1


def test_a_shop_without_sales_has_no_prices_and_no_error(spark):
    found = priced(spark, [], [ledger_row("silver.items", 1, 10, 5)])
    assert found["refused", "silver.items, landing 1"]["touched_revenue"] == 0
