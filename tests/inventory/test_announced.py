"""What a list price announces is ordered in time, by the demand of its launch, once, and no sooner."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from shelfwise.contracts.gold.demand import LEVELS, quantile_name
from shelfwise.contracts.gold.inventory import INVENTORY_PLAN, PURCHASE_ORDERS, STOCK_POSITION
from shelfwise.core.conform import conform
from shelfwise.inventory.announced import with_unsold
from shelfwise.inventory.joint.blocks import OrderParams
from shelfwise.inventory.orders import draft_orders
from shelfwise.inventory.plan import PlanParams, plan_inventory
from shelfwise.inventory.stock_position import locate_stock
from tests.inventory.builders import (
    AS_OF,
    assumptions,
    by_item,
    forecast,
    items,
    launches,
    lead_times,
    placed,
    positions,
    profiles,
    receipts,
    stock,
    supply,
    weekly,
)
from tests.inventory.conftest import STEADY, STEADY_MEAN

# weeks from AS_OF, a Sunday, on: an order arrives after two, the next one after three
MONDAY = AS_OF + timedelta(days=1)
LAUNCH = {name: MONDAY + timedelta(weeks=ahead) for name, ahead in {"coming": 2, "delivered": 2, "later": 3, "far": 11}.items()}
LUCKY = [0, 0, 0, 1, 4, 10, 25, 60, 200]  # few launches sell what the mean rests on
LAST_WEEK = MONDAY - timedelta(weeks=2)


def weeks_of(item: str, launch: date, weeks=range(1, 14), announced_on=date(2017, 9, 1), first=STEADY):
    """Units from now on: the first week as STEADY asks, twice that with the second. Each later week adds nothing."""
    for place, week in enumerate(weeks):
        factor = min(place + 1, 2)
        asked = {quantile_name(p, cumulated=True): factor * float(units) for p, units in zip(LEVELS, first, strict=True)}
        told = {"item_id": item, "launch": launch, "launch_week": week, "week": launch + timedelta(weeks=week - 1)}
        yield told | {"price": Decimal(4), "announced_on": announced_on, "cum_mean": factor * STEADY_MEAN} | asked


@pytest.fixture(scope="module")
def to_come(spark):
    """`waiting` is on sale for two weeks and nobody has bought it; `on sale` is new and has its own forecast."""
    new = {"item_id": "on sale", "segment": "new", "launch": AS_OF - timedelta(days=20), "launch_week": 4}
    rows = [row for item, launch in LAUNCH.items() for row in weeks_of(item, launch)]
    return launches(spark, *rows, *weeks_of("waiting", LAST_WEEK, range(3, 14)), new)


def located(spark, to_come, counts=(), orders=(), received=(), sold=None, as_of=AS_OF):
    frame = locate_stock(
        weekly(spark, **(sold or {"sold out": [20.0, 1.0]})),
        stock(spark, *counts),
        items(spark),
        profiles(spark),
        receipts(spark, *received),
        placed(spark, *orders),
        lead_times(spark),
        supply(spark),
        to_come,
        assumptions(spark),
        as_of=as_of,
    )
    rows = by_item(conform(frame, STOCK_POSITION))
    return {name: (row["on_hand"], row["on_order"], row["replayed"]) for name, row in rows.items()}


COUNTS = [(name, "here", AS_OF, units, 6) for name, units in {"sold out": 0, "delivered": 24, "unknown": 3}.items()]


def order(number: int, item: str, units: int, ordered_on: date = AS_OF):
    return {"order_id": str(number), "item_id": item, "units_ordered": units, "ordered_on": ordered_on}


def test_what_a_shop_counts_and_orders_is_believed(spark, to_come):
    """`delivered` is counted. Of `coming` 30 were ordered and came, if only 12 of them, and 6 are open; `far`'s order is forgotten.

    A case of `later` came without an order, and its own is open. `unknown` has neither a sale nor a price.
    """
    long_ago = AS_OF - timedelta(days=181)
    orders = [order(1, "coming", 30), order(2, "coming", 6), order(3, "far", 6, long_ago), order(4, "later", 12)]
    received = [{"item_id": "coming", "order_id": "1", "units_received": 12}, {"item_id": "later", "units_received": 6}]
    told = located(spark, to_come, COUNTS, orders, received)
    assert told == {
        "sold out": (0, 6, False),
        "delivered": (24, 6, False),
        "coming": (12, 6, False),
        "later": (6, 12, False),
        "far": (0, 0, False),
        "waiting": (0, 0, False),
    }


@pytest.mark.parametrize("counts", [(), COUNTS], ids=["tells nothing", "counts only"])
def test_where_a_shop_tells_no_orders_what_the_plan_of_a_review_before_would_have_ordered_is_supposed(spark, to_come, counts):
    """Within a lead time of two weeks no launch lies, so nothing. `waiting` is on sale: the median of its weeks, 28, in cases."""
    told = located(spark, to_come, counts)
    assert {told[name] for name in ("coming", "later", "far")} == {(0, 0, True)}
    assert told["waiting"] == (30, 0, True)
    assert told["delivered"] == ((24, 6, False) if counts else (0, 0, True))


@pytest.mark.parametrize("counts", [(), COUNTS], ids=["tells nothing", "counts only"])
def test_receipts_are_believed_where_no_orders_are_told(spark, to_come, counts):
    """A case of `sudden`, which nobody knew of a review ago; of `waiting` a case of the five that are supposed."""
    sudden = launches(spark, *weeks_of("sudden", LAUNCH["coming"], announced_on=AS_OF))
    received = [{"item_id": name, "units_received": 6} for name in ("sudden", "waiting")]
    told = located(spark, to_come.unionByName(sudden), counts, received=received)
    assert told["sudden"] == told["waiting"] == (6, 0, False)


def test_what_is_supposed_stops_where_the_plan_does(spark):
    """Half of such launches sell no more than 8: two cases, and not the 33 that the critical ratio asks for."""
    lucky = launches(spark, *weeks_of("coming", LAUNCH["coming"], first=LUCKY))
    assert located(spark, lucky, as_of=AS_OF + timedelta(weeks=1))["coming"] == (0, 12, True)


def test_what_was_announced_of_late_is_still_to_come(spark):
    """On sale for two weeks, announced for ten days: it was ordered a week ago, and takes two."""
    late = launches(spark, *weeks_of("waiting", LAST_WEEK, range(3, 14), announced_on=AS_OF - timedelta(days=10)))
    assert located(spark, late)["waiting"] == (0, 30, True)


def test_a_week_later_the_order_of_the_week_before_is_supposed_unless_nobody_knew_of_the_launch(spark, to_come):
    """In the second week from then on `coming` asks for 27 units: five cases, ordered a week ago. `sudden` was announced since."""
    later = AS_OF + timedelta(weeks=1)
    sudden = launches(spark, *weeks_of("sudden", LAUNCH["coming"], announced_on=later - timedelta(days=6)))
    told = located(spark, to_come.unionByName(sudden), as_of=later)
    assert told["coming"] == (0, 30, True)
    assert told["sudden"] == (0, 0, True)


def test_an_item_that_sold_after_the_forecast_of_launches_has_one_position(spark, to_come):
    told = located(spark, to_come, sold={"coming": [3.0, 3.0]})
    assert told["coming"][2] and len(told) == 5


@pytest.fixture(scope="module", params=["lost", "waits"])
def plan(request, spark, to_come):
    """`sold out` is on sale: three weeks of it ask for what the first week of `coming` does, all for as much as its thirteen."""
    return planned(spark, to_come, request.param)


def planned(spark, to_come, unmet_demand="lost", known=(("sold out", 4.0, AS_OF),), as_of=AS_OF, lead=14):
    twice = [2 * units for units in STEADY]
    on_sale = [("sold out", 2, 0.0, [0.0] * 9), ("sold out", 3, STEADY_MEAN, STEADY), ("sold out", 13, 2 * STEADY_MEAN, twice)]
    there = {"delivered": (24, 6, False), "waiting": (0, 0, False), "sold out": (0, 0, False)}
    made = plan_inventory(
        positions(spark, *[(name, *there.get(name, (0, 0, True))) for name in (*LAUNCH, "waiting", "sold out")]),
        forecast(spark, *on_sale),
        items(spark, *[{"item_id": name} for name in (*LAUNCH, "waiting", "sold out")]),
        profiles(spark, *known),
        receipts(spark),
        lead_times(spark),
        supply(spark),
        to_come,
        assumptions(spark, ("*", "lead_time_days", lead)) if lead != 14 else assumptions(spark),
        params=PlanParams(unmet_demand=unmet_demand),
        as_of=as_of,
    )
    return conform(made, INVENTORY_PLAN).cache()


SAME = ("order_units", "order_up_to", "critical_ratio", "unit_cost", "unit_price", "p_stock_out", "expected_left_over")


def test_it_is_ordered_as_what_sells_the_same_once_the_next_order_would_be_late(plan):
    """`later` comes in the fourth week, before which the next order arrives; `delivered` has all that its first week asks for."""
    rows = by_item(plan)
    assert [rows["coming"][name] for name in SAME] == pytest.approx([rows["sold out"][name] for name in SAME])
    assert rows["coming"]["order_units"] >= 24
    assert {name: rows[name]["order_units"] for name in ("later", "far", "delivered")} == {"later": 0, "far": 0, "delivered": 0}
    on_sale = dict.fromkeys(("sold out", "waiting"))
    assert {name: row["launch"] for name, row in rows.items()} == LAUNCH | on_sale


def test_what_is_not_on_sale_yet_is_at_risk_but_not_stocked_out(plan):
    """All that `waiting` is asked for comes before an order could: what is lost by then is not ordered."""
    rows = by_item(plan)
    told = {name: (row["status"], row["action"]) for name, row in rows.items()}
    assert told["sold out"] == ("stocked_out", "replenish")
    assert told["waiting"] == ("stocked_out", "replenish" if rows["waiting"]["unmet_demand"] == "waits" else "none")
    assert told["coming"] == ("at_risk", "replenish")
    assert told["later"] == told["far"] == ("ok", "none")


def test_what_comes_late_is_judged_by_its_own_thirteen_weeks(spark, to_come):
    """Lead time 11 weeks: `far` is due now, though it sells for two of the 13 weeks that other forecasts see."""
    assert by_item(planned(spark, to_come, lead=77))["far"]["order_units"] >= 24


@pytest.fixture(scope="module")
def risky(spark):
    to_come = launches(spark, *weeks_of("coming", LAUNCH["coming"], first=LUCKY))
    return to_come, planned(spark, to_come)


def test_what_has_never_sold_is_ordered_up_to_the_median_of_what_is_foreseen(risky):
    """.9889 of first weeks ask for some 190; half of all launches for no more than 8 in both weeks: two cases of 6."""
    row = by_item(risky[1])["coming"]
    assert row["order_up_to"] > 150
    assert (row["order_units"], row["action"]) == (12, "replenish")
    assert (row["half_sells"], row["p_stock_out"] > 0.1) == (8, True)


def test_the_order_says_why_it_stops_there(spark, risky):
    to_come, plan = risky
    listed = items(spark, {"item_id": "coming"})
    drafts = draft_orders(
        plan, forecast(spark), listed, supply(spark), to_come, assumptions(spark), params=OrderParams(), as_of=AS_OF
    )
    rows = by_item(conform(drafts, PURCHASE_ORDERS))
    assert rows["coming"]["binding"] == "case pack"  # 8 are wanted, 12 ordered
    reasons = {name: row["reason"] for name, row in rows.items()}
    why = "and of more less than half would sell;"
    assert why in reasons["coming"]
    assert all(why not in reason for name, reason in reasons.items() if name != "coming")


def test_an_order_of_just_what_half_of_all_launches_sell_is_bound_by_demand(spark):
    """The median of both weeks is 12, two cases; the critical ratio asks for 190."""
    to_come = launches(spark, *weeks_of("coming", LAUNCH["coming"], first=[0, 0, 0, 1, 6, 10, 25, 60, 200]))
    listed = items(spark, {"item_id": "coming"})
    plan = planned(spark, to_come)
    drafts = draft_orders(
        plan, forecast(spark), listed, supply(spark), to_come, assumptions(spark), params=OrderParams(), as_of=AS_OF
    )
    row = by_item(drafts)["coming"]
    assert (row["units"], row["binding"]) == (12, "demand")


def test_nothing_is_marked_down_before_it_is_on_sale(spark, to_come):
    """500 where at most 54 are asked for, and marking down costs nothing."""
    full = plan_inventory(
        positions(spark, ("delivered", 500, 0, False)),
        forecast(spark),
        items(spark, {"item_id": "delivered"}),
        profiles(spark),
        receipts(spark),
        lead_times(spark),
        supply(spark),
        to_come,
        assumptions(spark),
        params=PlanParams(markdown=0.0),
        as_of=AS_OF,
    )
    row = by_item(conform(full, INVENTORY_PLAN))["delivered"]
    assert row["excess_units"] > 400 and row["clear_gain"] > 0
    assert (row["status"], row["action"]) == ("surplus", "none")


def test_in_its_launch_week_a_sale_does_not_lift_the_limit(spark):
    """Its demand is still that of its launch."""
    lucky = launches(spark, *weeks_of("coming", LAUNCH["coming"], first=LUCKY))
    wednesday = LAUNCH["coming"] + timedelta(days=2)
    row = by_item(planned(spark, lucky, known=(("coming", 4.0, LAUNCH["coming"]),), unmet_demand="waits", as_of=wednesday))[
        "coming"
    ]
    assert (row["order_units"], row["half_sells"]) == (12, 8)


def test_in_its_launch_week_an_item_that_sold_has_one_row_and_its_own_price(spark, to_come):
    """A Wednesday: `coming` is listed since Monday and sold on Tuesday at 9.00, but has no complete week yet."""
    wednesday = LAUNCH["coming"] + timedelta(days=2)
    sold = (("sold out", 4.0, AS_OF), ("coming", 9.0, LAUNCH["coming"] + timedelta(days=1)))
    rows = by_item(planned(spark, to_come, known=sold, as_of=wednesday))
    assert (rows["coming"]["launch"], rows["coming"]["status"], rows["coming"]["unit_price"]) == (
        None,
        "stocked_out",
        Decimal("9.00"),
    )
    assert rows["delivered"]["launch"] is None
    assert rows["later"]["launch"] == LAUNCH["later"]


def test_its_order_says_when_it_goes_on_sale(spark, plan, to_come):
    listed = items(spark, {"item_id": "coming"})
    drafts = draft_orders(
        plan, forecast(spark), listed, supply(spark), to_come, assumptions(spark), params=OrderParams(), as_of=AS_OF
    )
    drafted = by_item(conform(drafts, PURCHASE_ORDERS))
    assert drafted.keys() >= {"coming"} and not drafted.keys() & {"later", "far", "delivered"}
    reason = drafted["coming"]["reason"]
    assert reason.startswith("On sale from the week of 2017-11-13. Expect 14 units over the next 3 weeks (lead 2 + review 1);")
    assert "stock, lead time, cost, review period" in reason and " price" not in reason
    assert all(row["reason"].startswith("Expect ") for name, row in drafted.items() if name != "coming")


def test_nothing_is_asked_for_before_the_launch_and_no_more_after_the_last_week_that_is_foreseen(spark, to_come):
    """`short` is foreseen for two weeks only; `on sale` and `old` have forecasts of their own."""
    short = launches(spark, *weeks_of("short", LAUNCH["later"], range(1, 3)), *weeks_of("old", LAUNCH["later"]))
    told = with_unsold(forecast(spark, ("old", 1, 5.0, [5.0] * 9)), to_come.unionByName(short), as_of=AS_OF).toPandas()
    assert set(told["item_id"]) == {"old", "waiting", "short", *LAUNCH}
    assert len(told[told["item_id"] == "old"]) == 1

    def of(item, name):
        return told[told["item_id"] == item].sort_values("horizon")[name].tolist()

    assert of("later", "horizon") == list(range(1, 17))
    assert of("later", "cum_mean") == [0.0] * 3 + [STEADY_MEAN] + [2 * STEADY_MEAN] * 12
    assert of("short", "cum_q99") == [0.0] * 3 + [27.0] + [54.0] * 9
    assert of("waiting", "cum_mean") == [STEADY_MEAN] + [2 * STEADY_MEAN] * 12


def test_weeks_are_counted_from_the_last_complete_one(spark, to_come):
    """On the Wednesday after, its week is still the first to come."""

    def first_week(day):
        asked = with_unsold(forecast(spark), to_come, as_of=day).where("item_id = 'coming' AND cum_mean > 0")
        return asked.agg({"horizon": "min"}).first()[0]

    assert first_week(AS_OF) == first_week(AS_OF + timedelta(days=3)) == 3
