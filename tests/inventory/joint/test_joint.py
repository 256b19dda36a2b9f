"""Orders of all items together: what limits take away, suppliers add, and risk refuses.

Most shelves here are the same: demand until the next order is uniform from 0 to 10, so that left-over of y units is y^2 / 20. A
unit earns 4, and a critical ratio of .8 says that one left over costs 1. The blocks of 2 from an empty shelf raise left-over by .2,
.6, 1 and 1.4: at 8 less 5 of these they bring 7, 5, 3 and 1. In the worst 5 % of demands (uniform from 0 to .5) the first leaves
1.75 units and each other one 2: 8 less 5 x 1.75 = -.75, and -2.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from scipy.optimize import LinearConstraint, milp

from shelfwise.contracts.gold.demand import LEVELS
from shelfwise.contracts.gold.inventory import INVENTORY_PLAN
from shelfwise.core.frames import local_frame
from shelfwise.inventory.joint.blocks import OrderParams
from shelfwise.inventory.joint.bundles import bundled
from shelfwise.inventory.joint.chosen import ordered_together
from shelfwise.inventory.joint.picked import picked
from tests.inventory.builders import AS_OF, by_item, forecast, rows_of, supply

SHELF = {
    "as_of": AS_OF,
    "supplier_id": "s",
    "on_hand": 0,
    "on_order": 0,
    "lead_weeks": 2,
    "review_weeks": 1,
    "unit_cost": Decimal(6),
    "unit_price": Decimal(10),
    "case_pack": 2,
    "minimum_units": 0,
    "critical_ratio": 0.8,
    "order_up_to": 8,
    "order_units": 8,
    "unmet_demand": "waits",
    "assumed": ["holding_cost"],
}
CHEAP = {"unit_cost": Decimal(3), "unit_price": Decimal(7)}
BLOCKS = "item_id string, supplier_id string, block int, units double, cost double, value double, planned boolean, wanted boolean"


def ordered(
    spark: SparkSession,
    shelves: Mapping[str, Mapping[str, Any]],
    shelf_lives: Mapping[str, int] | None = None,
    *,
    assumed_aversion: float = 0.0,
    **params: Any,
) -> dict[str, Any]:
    """By item, with demand uniform from 0 to 10 until week 3 and from 0 to 40 until week 13."""
    plan = rows_of(spark, INVENTORY_PLAN, [{**SHELF, "item_id": item, **row} for item, row in shelves.items()])
    plan = plan.withColumn("risk_aversion", F.lit(assumed_aversion))
    tops = {1: 2.5, 2: 5, 3: 10, 13: 40}
    uniform = [(item, weeks, top / 2, [top * p for p in LEVELS]) for item in shelves for weeks, top in tops.items()]
    terms = supply(spark, *[{"item_id": item, "shelf_life_days": days} for item, days in (shelf_lives or {}).items()])
    return by_item(ordered_together(plan, forecast(spark, *uniform), terms, OrderParams(**params)))


def units(orders: Mapping[str, Any]) -> dict[str, int]:
    return {item: row["units"] for item, row in orders.items()}


@pytest.fixture(scope="module")
def alone(spark):
    """Shelves that no limit sets against one another, ordered at once."""
    shelves = {
        "usual": {},
        "lost": {"unmet_demand": "lost", "order_up_to": 4, "order_units": 4},
        "stocked": {"on_hand": 1, "on_order": 3, "order_units": 4},
        "packed": {"minimum_units": 5, "order_up_to": 5, "order_units": 6},
        "minimum": {"minimum_units": 5, "order_up_to": 4, "order_units": 6},
        "spoiling": {"lead_weeks": 1, "review_weeks": 2},
        "lasting": {"lead_weeks": 1, "review_weeks": 2},
    }
    return ordered(spark, shelves, {"spoiling": 8, "lasting": 7 * 12})


def test_without_limits_the_plan_is_ordered(alone):
    """Seven, five, three and one; in the worst twentieth -.75 and three times -2. Of 8 units some are left after 13 weeks where
    these want less than 8: 7.5 of 40, a count being read half a unit above."""
    row = alone["usual"]
    assert row["marginal_profit"] == pytest.approx([7, 5, 3, 1])
    assert (row["units"], row["expected_profit"], row["worst_profit"]) == (8, pytest.approx(16), pytest.approx(-6.75))
    assert row["p_left"] == pytest.approx(7.5 / 40)
    assert row["binding"] == "demand"


def test_where_nobody_waits_an_empty_shelf_is_filled_for_the_review_period_only(alone):
    """Two weeks ask for up to 5, the one after them for up to 5: with nothing in position only that is met. Left over is
    then y^2 / 10: blocks of 2 raise it by .4 and 1.2, and bring 8 less 5 times that."""
    row = alone["lost"]
    assert row["marginal_profit"] == pytest.approx([6, 2], abs=1e-4)
    assert row["p_stock_out"] == pytest.approx(0.1, abs=1e-5)  # 4.5 of 5
    assert (row["units"], row["binding"]) == (4, "demand")


def test_stock_counts_before_the_order(alone):
    """With 4 on hand or coming the same shelf lacks the last two blocks."""
    assert alone["stocked"]["marginal_profit"] == pytest.approx([3, 1])


def test_a_smallest_order_is_one_block(alone):
    """Six at once bring 7 + 5 + 3."""
    assert alone["packed"]["marginal_profit"] == pytest.approx([15])
    assert alone["packed"]["binding"] == "case pack"
    assert alone["minimum"]["binding"] == "smallest order"


def test_a_budget_goes_where_it_brings_most(spark):
    """A block of `a` costs 12, of `cheap` 6: by profit per money cheap 7/6, 5/6, a 7/12, cheap 3/6, a 5/12. Four cost 30."""
    orders = ordered(spark, {"a": {}, "cheap": CHEAP}, budget=30)
    assert units(orders) == {"a": 2, "cheap": 6}
    assert {row["binding"] for row in orders.values()} == {"budget"}
    assert units(ordered(spark, {"a": {}, "cheap": CHEAP}, budget=29.99)) == {"a": 2, "cheap": 4}
    assert ordered(spark, {"a": {}, "cheap": CHEAP}, budget=0) == {}
    assert units(ordered(spark, {"a": {}, "cheap": CHEAP}, budget=72)) == {"a": 8, "cheap": 8}


def test_room_goes_where_a_unit_brings_most(spark):
    """A unit of `dear` earns 8, and one left over costs 2: its blocks bring 14, 10, 6, 2, those of `a` 7, 5, 3, 1: 14, 10 and 7."""
    dear = {"unit_price": Decimal(14)}
    orders = ordered(spark, {"a": {}, "dear": dear}, room_units=6)
    assert units(orders) == {"a": 2, "dear": 4}
    assert {row["binding"] for row in orders.values()} == {"room"}


def test_aversion_to_risk_refuses_the_last_blocks(spark):
    """Half mean, half worst: (7 - .75) / 2 = 3.125, 1.5, .5 and (1 - 2) / 2 = -.5."""
    row = ordered(spark, {"a": {}}, risk_aversion=0.5)["a"]
    assert (row["units"], row["binding"]) == (6, "risk")
    assert row["marginal_profit"] == pytest.approx([7, 5, 3])
    assert ordered(spark, {"a": {}}, risk_aversion=1.0) == {}


def test_aversion_is_the_assumed_one_where_none_is_set(spark):
    """As above, by an assumption; what is set comes first, also 0."""
    assert units(ordered(spark, {"a": {}}, assumed_aversion=0.5)) == {"a": 6}
    assert units(ordered(spark, {"a": {}}, assumed_aversion=0.5, risk_aversion=0.0)) == {"a": 8}


def test_what_would_spoil_is_not_ordered(alone):
    """Goods go bad at the end of week 2, until which from 0 to 5 are wanted: of the blocks .4, 1.2, 1.9 (y - 2.5 from 5 on, else
    y^2 / 10) and 2 units spoil, at 6 each. 4 x (2 - .4) - .2 - 2.4 = 3.8, and 4 x .8 - .6 - 7.2 < 0."""
    row = alone["spoiling"]
    assert (row["units"], row["binding"]) == (2, "shelf life")
    assert row["expected_profit"] == pytest.approx(3.8)
    assert alone["lasting"]["units"] == 8


def test_goods_that_earn_nothing_are_ordered_as_planned_but_last(spark):
    leader = {"unit_price": Decimal(5), "critical_ratio": 0.5, "order_up_to": 4, "order_units": 4}
    assert units(ordered(spark, {"a": {}, "leader": leader})) == {"a": 8, "leader": 4}
    assert units(ordered(spark, {"a": {}, "leader": leader}, budget=48)) == {"a": 8}


def test_a_suppliers_smallest_order_is_filled_up(spark):
    """8 units of `a` cost 48, 4 of `b` 24: 72. For 80 one block more is needed: the next one of `b` (3) brings more than that of
    `a` (left-over rises from 3.2 to 5: 8 - 5 x 1.8 = -1)."""
    shelves = {"a": {}, "b": {"order_up_to": 4, "order_units": 4}}
    orders = ordered(spark, shelves, supplier_minimum=80)
    assert units(orders) == {"a": 8, "b": 6}
    assert (orders["a"]["binding"], orders["b"]["binding"]) == ("demand", "supplier minimum")
    assert units(ordered(spark, shelves, supplier_minimum=72)) == {"a": 8, "b": 4}


def test_a_supplier_who_wants_too_much_gets_no_order(spark):
    """Of `b` 4 blocks are planned and 5 more may be had: 9 x 12 = 108; of supplier `t` nothing is asked beyond the plan."""
    shelves = {"b": {}, "other": {"supplier_id": "t"}}
    assert units(ordered(spark, shelves, supplier_minimums={"s": 109})) == {"other": 8}
    never = {"b": {"order_units": 0, "order_up_to": 0}}
    assert ordered(spark, never, supplier_minimum=12) == {}


def test_a_budget_below_a_suppliers_minimum_buys_nothing_there(spark):
    assert units(ordered(spark, {"a": {}}, supplier_minimum=36, budget=35)) == {}
    assert units(ordered(spark, {"a": {}}, supplier_minimum=36, budget=36)) == {"a": 6}


def test_cents_are_no_reason_to_buy_less(spark):
    """Two blocks at 2 x 9.99 for 39.96, and a supplier's smallest order of just that."""
    fine = {"a": {"unit_cost": Decimal("9.99"), "unit_price": Decimal("13.99"), "order_up_to": 4, "order_units": 4}}
    assert units(ordered(spark, fine, budget=39.96)) == {"a": 4}
    assert units(ordered(spark, fine, supplier_minimum=39.96, budget=39.96)) == {"a": 4}
    assert units(ordered(spark, fine, budget=39.95)) == {"a": 2}


def test_goods_that_earn_nothing_are_bought_from_their_smallest_order_on(spark):
    """Blocks of 6, 2 and 2, the later ones with the smaller loss: 12 of money are too little for the first, so none is bought."""
    leader = {"unit_price": Decimal(5), "critical_ratio": 0.5, "minimum_units": 6, "order_up_to": 10, "order_units": 10}
    assert ordered(spark, {"leader": leader}, budget=12) == {}
    assert units(ordered(spark, {"leader": leader}, budget=48)) == {"leader": 8}
    assert units(ordered(spark, {"leader": leader}, supplier_minimum=12)) == {"leader": 10}


def test_free_goods_come_first(spark):
    free = {"unit_cost": Decimal(0), "unit_price": Decimal(4)}
    assert units(ordered(spark, {"a": {}, "free": free}, budget=12)) == {"a": 2, "free": 8}


def test_a_long_order_has_few_blocks(spark):
    """8 units in at most two blocks after the first: 2, then 4 (5 + 3) and 2."""
    row = ordered(spark, {"a": {}}, most_blocks=2)["a"]
    assert (row["units"], row["marginal_profit"]) == (8, pytest.approx([7, 8, 1]))


@pytest.mark.parametrize("wrong", [{"worst_share": 0}, {"risk_aversion": 30}, {"budget": -1}, {"most_spare": -1}])
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        OrderParams(**wrong)


def test_the_budget_is_used_up_also_where_all_bring_the_same(spark, monkeypatch):
    """200 blocks with hardly different scores, of which the driver looks at no more than 5 one by one."""
    monkeypatch.setattr("shelfwise.inventory.joint.picked.LAST", 5)
    rows = [(f"i{n:03}", "s", 1, 1.0, 1.0, 1.0 + n * 1e-7, True, True) for n in range(200)]
    params = OrderParams(budget=150)
    bought = picked(bundled(local_frame(spark, rows, BLOCKS), params), params).where("stopped_by IS NULL")
    assert {row["item_id"] for row in bought.collect()} >= {f"i{n:03}" for n in range(60, 200)}
    assert bought.count() <= 150


def drawn(spark: SparkSession, seed: int) -> tuple[DataFrame, Any]:
    """60 items with up to 6 blocks that bring less and less; as a frame, and as arrays."""
    generator, rows = np.random.default_rng(seed), []
    for item in range(60):
        cost, size = generator.uniform(5, 50), generator.uniform(1, 9)
        for block, value in enumerate(sorted(generator.uniform(1, 30, generator.integers(1, 7)), reverse=True)):
            rows.append((f"i{item:02}", "s", block + 1, size, cost, float(value), True, True))
    return local_frame(spark, rows, BLOCKS), rows


@pytest.mark.parametrize("limits", [{"budget": 1500.0}, {"room_units": 250.0}, {"budget": 1500.0, "room_units": 250.0}])
def test_what_is_picked_is_nearly_the_best_of_all(spark, limits):
    """Held against the exact answer (mixed integers, HiGHS); within the limits to the last unit of them."""
    params, (frame, rows) = OrderParams(**limits), drawn(spark, 5)
    bought = picked(bundled(frame, params), params).where("stopped_by IS NULL").collect()
    money, room = limits.get("budget", np.inf), limits.get("room_units", np.inf)
    assert sum(row["cost"] for row in bought) <= money
    assert sum(row["units"] for row in bought) <= room
    size, cost, value = (np.array([row[place] for row in rows]) for place in (3, 4, 5))
    exact = milp(-value, constraints=LinearConstraint(np.array([cost, size]), ub=[money, room]), integrality=1, bounds=(0, 1))
    assert sum(row["value"] for row in bought) >= 0.99 * -exact.fun
    blocks: dict[str, list[int]] = {}
    for row in bought:
        blocks.setdefault(row["item_id"], []).append(row["block"])
    assert all(sorted(own) == list(range(1, len(own) + 1)) for own in blocks.values())


def test_more_money_never_brings_less_and_order_of_rows_does_not_matter(spark):
    frame, _ = drawn(spark, 6)
    worth = []
    for budget in (200.0, 800.0, 3200.0):
        params = OrderParams(budget=budget)
        chosen = [
            {
                (row["item_id"], row["block"], row["value"])
                for row in picked(bundled(rows, params), params).where("stopped_by IS NULL").collect()
            }
            for rows in (frame, frame.repartition(7, "cost"))
        ]
        assert chosen[0] == chosen[1]
        worth.append(sum(value for *_, value in chosen[0]))
    assert worth == sorted(worth)
    assert worth[0] > 0
