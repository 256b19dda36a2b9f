"""What can be lost on an item, and what departments' forecasts missed together, by hand."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from shelfwise.contracts.gold.credit_risk import CREDIT_RISK
from shelfwise.contracts.gold.demand import DEMAND_FORECAST, LEVELS, quantile_name
from shelfwise.contracts.gold.hierarchy import HIERARCHY_BACKTEST
from shelfwise.contracts.gold.inventory import INVENTORY_PLAN, PURCHASE_ORDERS
from shelfwise.contracts.gold.risk import DEMAND_ERRORS, EXPOSURE
from shelfwise.contracts.silver import ASSUMPTIONS, ITEMS, SALES_LINES, STOCK
from shelfwise.contracts.supply import LEAD_TIMES
from shelfwise.risk.errors import demand_errors
from shelfwise.risk.exposure import ASSUMED, ExposureParams, measure_exposure
from tests.introductions.builders import kept_rows, rows_of
from tests.risk.builders import AS_OF

VALUES = {
    "holding_cost_share_per_year": 0.26,
    "clearing_loss_share": 0.5,
    "late_order_share": 0.1,
    "late_order_weeks": 1.0,
    "short_order_share": 0.02,
    "shrinkage_share_per_year": 0.08,
    "return_share": 0.01,
    "return_loss_share": 0.2,
    "outages_per_year": 0.15,
    "outage_weeks": 4.0,
    "supplier_failure_per_year": 0.02,
    "replace_weeks": 8.0,
    "advance_share": 0.1,
    "advance_loss_share": 0.45,
    "recalls_per_year": 0.002,
}
PLANNED = {"department": "GROCERY", "category": "SOUP", "supplier_id": "s1", "maker_id": "m1", "lead_weeks": 2, "review_weeks": 1}
PLANNED |= {"on_hand": 30, "on_order": 6, "unit_cost": Decimal(3), "unit_price": Decimal(5), "order_units": 12, "case_pack": 12}
PLANNED |= {"order_up_to": 13, "expected_demand": 5.2}
KNOWN = {"status": "ok", "action": "none", "unmet_demand": "lost", "p_stock_out": 0.1, "p_stock_out_now": 0.1}
NO_WEEKS = [0.0] * 12


def law(*units):
    return {quantile_name(level, cumulated=True): float(one) for level, one in zip(LEVELS, units, strict=True)}


SOON, WHOLE = law(0, 0, 1, 2, 4, 6, 8, 9, 13), law(5, 10, 15, 25, 50, 75, 90, 95, 99)


def exposures(spark, plan, sales=(), stock=(), lead_times=(), orders=(), more=(), credit=()):
    forecast = [
        {"item_id": one["item_id"], "horizon": horizon, "mean": 1.0, "cum_mean": 1.0} | told
        for one in plan
        for horizon, told in ((3, SOON), (13, WHOLE))
    ]
    assumed = [{"scope": "*", "name": name, "value": value} for name, value in VALUES.items()]
    found = measure_exposure(
        rows_of(spark, INVENTORY_PLAN, *[PLANNED | KNOWN | one for one in plan]),
        rows_of(spark, PURCHASE_ORDERS, *orders),
        rows_of(spark, DEMAND_FORECAST, *forecast),
        rows_of(spark, ITEMS, *[{"item_id": one["item_id"], "sold_by": "each", "description": "Soup"} for one in plan]),
        rows_of(spark, LEAD_TIMES, *lead_times),
        rows_of(spark, SALES_LINES, *[line | {"line_id": str(place)} for place, line in enumerate(sales)]),
        rows_of(spark, STOCK, *stock),
        rows_of(spark, CREDIT_RISK, *credit),
        rows_of(spark, ASSUMPTIONS, *assumed, *more),
        params=ExposureParams(),
        as_of=AS_OF,
    )
    return {row["item_id"]: row for row in kept_rows(found, EXPOSURE)}


def test_all_that_is_assumed_is_named(spark):
    """The line of 3 weeks ends at 13 + 4 x .01 / .04 = 14, its mean is .05 x .5 + .15 x 1.5 + .25 x 3 + .25 x 5 + .15 x 7
    + .05 x 8.5 + .04 x 11 + .01 x 13.5 = 4.3. Late in one of ten: week 3 instead of 2."""
    found = exposures(spark, [{"item_id": "soup"}], orders=[{"item_id": "soup", "units": 12, "binding": "demand"}])["soup"]
    assert set(VALUES) == set(ASSUMED)
    assert found["near"] == [0, 0, 0, 1, 2, 4, 6, 8, 9, 13, 14]
    assert (found["near_mean"], found["cover_weeks"]) == (pytest.approx(4.3), 3)
    assert (found["far"][0], found["far"][-1]) == (0, 100)
    assert (found["on_hand"], found["inbound"], found["advance"]) == (30, 18, pytest.approx(5.4))
    assert (found["case_pack"], found["safety_stock"]) == (12, pytest.approx(13 - 5.2))
    assert found["week_shares"] == [0, 0, pytest.approx(0.9), pytest.approx(0.1), *([0] * 10)]
    assert (found["holding"], found["clearing"]) == (pytest.approx(3 * 0.26 / 52), 1.5)
    assert (found["short_share"], found["shrinkage_share"], found["return_share"]) == (0.02, pytest.approx(0.02), 0.01)
    assert {"lead_time", "short_share", "shrinkage", "return_share", "outages"} <= set(found["assumed"])


def test_what_is_known_of_a_supplier_comes_before_what_is_assumed(spark):
    """s1 by a scorecard, its loss assumed; s2 by the prior, which is the assumption; s3 in default. A customer s1 is another. What
    may have stopped is part of a chance that is known, and of no assumed one."""
    told = {"lgd": 0.3, "pd_12m": 0.07, "basis": "scorecard", "bucket": "none", "stopped_chance": 0.01}
    credit = [
        told | {"kind": "supplier", "party_id": "s1", "assumed": ["lgd"]},
        told | {"kind": "customer", "party_id": "s1", "pd_12m": 0.9},
        told | {"kind": "supplier", "party_id": "s2", "assumed": ["pd"], "basis": "prior"},
        told | {"kind": "supplier", "party_id": "s3", "pd_12m": 1.0, "stopped_chance": 1.0, "basis": "default"},
    ]
    plan = [{"item_id": name, "supplier_id": f"s{place}"} for place, name in enumerate(("soup", "stew", "tea", "rice"), 1)]
    found = exposures(spark, plan, credit=credit)
    told_of = {name: (row["failure_per_year"], row["advance_loss_share"]) for name, row in found.items()}
    assert told_of == {"soup": (0.07, 0.45), "stew": (0.02, 0.3), "tea": (1, 0.3), "rice": (0.02, 0.45)}
    assert [found[name]["stopped_chance"] for name in ("soup", "stew", "tea", "rice")] == [0.01, 0, 1, 0]
    flags = {name: {"supplier_failure", "advance_loss"} & set(row["assumed"]) for name, row in found.items()}
    assert flags == {
        "soup": {"advance_loss"},
        "stew": {"supplier_failure"},
        "tea": set(),
        "rice": {"supplier_failure", "advance_loss"},
    }


def test_what_is_not_on_sale_yet_is_not_exposed(spark):
    coming = {"item_id": "tea", "launch": AS_OF + timedelta(days=8)}
    assert set(exposures(spark, [{"item_id": "soup"}, coming])) == {"soup"}


def test_receipts_tell_of_lateness_and_what_is_missing(spark):
    """5 % short and 2 % broken; weeks as the plan has them."""
    weeks = [0.0, 0.5, 0.5, 0.0, *([0.0] * 10)]
    told = {"supplier_id": "s1", "item_id": "soup", "basis": "receipts", "short_share": 0.05, "defective_share": 0.02}
    found = exposures(spark, [{"item_id": "soup", "week_shares": weeks}, {"item_id": "stew"}], lead_times=[told])
    assert (found["soup"]["week_shares"], found["soup"]["short_share"]) == (weeks, pytest.approx(0.07))
    assert not {"lead_time", "short_share"} & set(found["soup"]["assumed"])
    assert {"lead_time", "short_share"} <= set(found["stew"]["assumed"])


def sold(item, kind, quantity, on=AS_OF):
    day = {"sold_on": on, "sold_at": datetime(on.year, on.month, on.day)}
    return {
        "item_id": item,
        "kind": kind,
        "quantity": Decimal(quantity),
        "discount": Decimal(0),
        "coupon_discount": Decimal(0),
    } | day


def test_returns_are_drawn_towards_the_category(spark):
    """10 of 150 soup and none of 50 stew came back: shop and category .05; soup (10 + 2.5) / 200, stew 2.5 / 100. Charges, and what
    came back more than a year ago, don't count."""
    long_ago = date(2016, 1, 1)
    sales = [sold("soup", "sale", 150), sold("soup", "return", -10), sold("stew", "sale", 50), sold("stew", "charge", 7)]
    sales += [sold("soup", "return", -100, long_ago), sold("soup", "sale", 100, long_ago)]
    found = exposures(spark, [{"item_id": "soup"}, {"item_id": "stew"}], sales=sales)
    assert found["soup"]["return_share"] == pytest.approx(12.5 / 200)
    assert found["stew"]["return_share"] == pytest.approx(2.5 / 100)
    assert "return_share" not in found["stew"]["assumed"]


def test_shrinkage_counts_the_days_between_entries(spark):
    """100 in stock for 30 days, then 50 for 20: 4,000 unit-days, 4 broken: .001 a day, 9.1 % in 13 weeks."""
    first, then = AS_OF - timedelta(days=49), AS_OF - timedelta(days=19)
    ledger = [
        {"item_id": "soup", "counted_on": first, "opening": 104, "received": 0, "sold": 0, "damaged": 4, "on_hand": 100},
        {"item_id": "soup", "counted_on": then, "opening": 100, "received": 0, "sold": 50, "damaged": 0, "on_hand": 50},
    ]
    found = exposures(spark, [{"item_id": "soup"}], stock=ledger)["soup"]
    assert found["shrinkage_share"] == pytest.approx(0.091)
    assert "shrinkage" not in found["assumed"]


def test_narrower_assumptions_win(spark):
    found = exposures(spark, [{"item_id": "soup"}], more=[{"scope": "category:SOUP", "name": "outages_per_year", "value": 1.5}])
    assert found["soup"]["outages_per_year"] == 1.5


LATEST, EARLIER = date(2017, 7, 30), date(2017, 4, 30)


def backtest(*errors):
    """department, item, and actual - forecast of each of 13 weeks at the latest and the earlier origin; 100 were foreseen."""
    return [
        {"level": "item", "department": department, "item_id": item, "origin": origin, "horizon": week + 1}
        | {"bottom_up": 100.0, "actual": 100.0 + error}
        for department, item, *both in errors
        for origin, weekly in zip((LATEST, EARLIER), both, strict=True)
        for week, error in enumerate(weekly)
    ]


def test_errors_that_items_have_in_common(spark):
    """A: two items, both 20 too high in one half of the weeks and 20 too low in the other: 40^2 to 2 x 20^2, a half is common,
    factors 1 + .707 x .2. B: errors cancel at one origin. C: a single item: all its error may be its own, none is common."""
    half = [20.0] * 6 + [-20.0] * 6 + [0.0]
    rows = backtest(
        ("A", "a1", half, half), ("A", "a2", half, half), ("B", "b1", half, half), ("B", "b2", [-one for one in half], half)
    )
    rows += backtest(("C", "c1", half, half))
    found = {
        row["department"]: row
        for row in kept_rows(demand_errors(rows_of(spark, HIERARCHY_BACKTEST, *rows), as_of=AS_OF), DEMAND_ERRORS)
    }
    assert found["A"]["together"] == pytest.approx(0.5)
    assert found["C"]["together"] == 0
    assert np.array(found["A"]["factors"]) == pytest.approx(np.array([[1 + 0.5**0.5 * one / 100 for one in half]] * 2))
    assert np.array(found["C"]["factors"]) == pytest.approx(np.ones((2, 13)))
    # at B's latest origin errors cancel, at the earlier one they add up: 12 x 40^2 to 2 x 12 x 2 x 20^2
    assert found["B"]["together"] == 0


def test_a_bias_that_all_weeks_share_is_no_risk(spark):
    """Each week 25 too high at both origins: factors of 1."""
    rows = backtest(("A", "a1", [25.0] * 13, [25.0] * 13), ("A", "a2", [25.0] * 13, [25.0] * 13))
    (row,) = kept_rows(demand_errors(rows_of(spark, HIERARCHY_BACKTEST, *rows), as_of=AS_OF), DEMAND_ERRORS)
    assert np.array(row["factors"]) == pytest.approx(np.ones((2, 13)))


def test_the_latest_origin_comes_first(spark):
    rows = backtest(("A", "a1", [50.0] * 13, [0.0] * 13), ("A", "a2", [50.0] * 13, [0.0] * 13))
    (row,) = kept_rows(demand_errors(rows_of(spark, HIERARCHY_BACKTEST, *rows), as_of=AS_OF), DEMAND_ERRORS)
    assert row["factors"][0][0] > 1.1 > 0.9 > row["factors"][1][0]
    assert np.mean(row["factors"]) == pytest.approx(1)
