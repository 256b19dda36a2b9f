"""What does each further case of an item bring, on the average and where demand disappoints?

An order is taken apart into blocks: the smallest order, then case by case. What a block brings until the next order can arrive is
margin x units sold - holding x units left - cost x units that outlive their shelf life, each as the difference that the block makes
to expected left-over; it falls from block to block, since left-over is convex. Risk: the mean over the worst share of demands
(conditional value at risk) in the place of the mean over all, weighed by the aversion to it (the newsvendor of Gotoh & Takano 2007,
EJOR 179, and Chen, Xu & Zhang 2009, Operations Research 57). What one item loses in its worst demands is added to what others
lose in theirs: as if all disappointed at once, which is the most that can happen.

The cost of holding is the one that the plan's critical ratio implies, so that without limits and aversion the plan's own orders
come out.
"""

from collections.abc import Iterable, Mapping
from functools import reduce

from pydantic import Field
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.core.job import Params
from shelfwise.inventory.columns import COLUMNS
from shelfwise.inventory.terms import LEAST_SOLD_SHARE
from shelfwise.measures.newsvendor import expected_left_over, low_demand, pays, whole_cases, worst_left_over

SLACK = 1e-4  # money and units: sums of prices are off by less


class OrderParams(Params):
    """None: no limit. Money and units are those of one day's orders together."""

    budget: float | None = Field(None, ge=0)
    room_units: float | None = Field(None, ge=0)  # what the warehouse can still take
    supplier_minimum: float = Field(0.0, ge=0)  # smallest order that a supplier takes, money
    supplier_minimums: Mapping[str, float] = Field(default_factory=dict)  # of suppliers that differ
    risk_aversion: float | None = Field(None, ge=0, le=1)  # 0: the mean only, 1: the worst outcomes only; None: the assumed one
    worst_share: float = Field(0.05, gt=0, le=1)  # of outcomes that count as the worst
    most_blocks: int = Field(50, ge=2)  # of an item's order; of a longer one several cases are one block
    most_spare: int = Field(5, ge=0)  # blocks beyond an item's plan that may fill up its supplier's order

    def has_minimums(self) -> bool:
        return max(self.supplier_minimum, *self.supplier_minimums.values(), 0.0) > 0


def order_blocks(plan: DataFrame, params: OrderParams) -> DataFrame:
    """One row per item and block: item_id, supplier_id, block (from 1), units, cost, value (money, weighed for risk), `mean` and
    `worst` profit (of goods sold below cost the mean), `planned`, `wanted`: planned and not refused, `refused`: why a block of the
    item was, risk or shelf life.

    `plan`: gold.inventory_plan with `position` (on hand and on order), `near`, demand until the next order can arrive (of so many
    `parts`), `far`, over the forecast's reach, and `shelf`, until the order's shelf life ends (null: it keeps), and the
    `risk_aversion` assumed of it. An item that the plan does not order has blocks only where its supplier's order may have to be
    filled up.
    """
    counted = reduce(DataFrame.withColumns, _counts(params), plan).where(F.col("count") > 0)
    blocks = counted.withColumn("block", F.explode(F.sequence(F.lit(1), "count")))
    valued = reduce(DataFrame.withColumns, _values(params), blocks)
    spare = pays(F.col("far"), F.col("start"), F.col("units"), F.lit(LEAST_SOLD_SHARE), COLUMNS)
    return valued.where(F.col("planned") | spare).select(
        *("item_id", "supplier_id", "block", "units", "cost", "value", "mean", "worst", "planned", "wanted"),
        F.max(_refusal()).over(Window.partitionBy("item_id")).alias("refused"),
    )


def smallest_supplier_order(params: OrderParams) -> Column:
    """Money, of the row's supplier."""
    differing = [F.lit(part) for pair in params.supplier_minimums.items() for part in pair]
    named = F.element_at(F.create_map(*differing), F.col("supplier_id")) if differing else F.lit(None)
    return F.coalesce(named.cast("double"), F.lit(params.supplier_minimum))


def _counts(params: OrderParams) -> list[dict[str, Column]]:
    pack = F.col("case_pack").cast("double")
    first = whole_cases(F.lit(1.0), pack, F.col("minimum_units").cast("double"), COLUMNS)
    beyond = F.greatest(F.col("order_units") - F.col("first"), F.lit(0.0))
    planned = F.when(F.col("order_units") > 0, 1 + F.ceil(beyond / F.col("pack"))).otherwise(0)
    spare = F.when(smallest_supplier_order(params) > 0, params.most_spare).otherwise(0)
    # of an item, before it has a row for each block
    lows = {
        "near_low": low_demand(F.col("near"), params.worst_share, F.size("parts") == 1, COLUMNS),
        "shelf_low": low_demand(F.col("shelf"), params.worst_share, F.lit(True), COLUMNS),
    }
    return [
        {"first": first},
        {"pack": pack * F.greatest(F.ceil(beyond / (pack * params.most_blocks)), F.lit(1))},
        {"planned_blocks": planned.cast("int")},
        {"count": F.col("planned_blocks") + spare, **lows},
    ]


def _values(params: OrderParams) -> list[dict[str, Column]]:
    near, shelf, start, units = (F.col(name) for name in ("near", "shelf", "start", "units"))
    ends, share = (start, start + units), params.worst_share
    left, spoilt = (_rise(expected_left_over(line, y, COLUMNS) for y in ends) for line in (near, shelf))
    left_worst = _rise(worst_left_over(near, y, F.col("near_low"), share, COLUMNS) for y in ends)
    spoilt_worst = _rise(worst_left_over(shelf, y, F.col("shelf_low"), share, COLUMNS) for y in ends)
    nothing, weight = F.lit(0.0), F.col("risk_aversion") if params.risk_aversion is None else F.lit(params.risk_aversion)
    return [
        _sizes(),
        {
            "cost": units * F.col("unit_cost").cast("double"),
            "left": left,
            "left_worst": left_worst,
            "spoilt": F.coalesce(spoilt, nothing),
            "spoilt_worst": F.coalesce(spoilt_worst, nothing),
        },
        {"mean": _profit("left", "spoilt")},
        {"worst": F.least("mean", _profit("left_worst", "spoilt_worst"))},
        {"value": (1 - weight) * F.col("mean") + weight * F.col("worst")},
        # what the plan orders of goods that earn nothing is ordered for the customers' sake
        {"wanted": F.col("planned") & ((F.col("value") > 0) | (F.col("margin") <= 0))},
    ]


def _sizes() -> dict[str, Column]:
    """Where a block begins and how large it is, and what a unit earns and costs to hold."""
    block, ratio = F.col("block"), F.col("critical_ratio")
    margin = (F.col("unit_price") - F.col("unit_cost")).cast("double")
    return {
        "start": F.col("position") + _units_before(block),
        "units": _units_before(block + 1) - _units_before(block),
        "planned": block <= F.col("planned_blocks"),
        "margin": margin,
        "holding": F.greatest(margin, F.lit(0.0)) * (1 - ratio) / ratio,
    }


def _units_before(block: Column) -> Column:
    """The smallest order, then whole blocks; the planned ones end with the plan's order, whose last may be smaller."""
    so_far = F.when(block <= 1, 0.0).otherwise(F.col("first") + F.col("pack") * (block - 2))
    spare = F.col("pack") * (block - 1 - F.col("planned_blocks"))
    ordered = F.col("order_units").cast("double")
    return F.when((block <= F.col("planned_blocks")) | (ordered <= 0), so_far).otherwise(ordered + spare)


def _rise(ends: Iterable[Column]) -> Column:
    at_start, at_end = ends
    return at_end - at_start


def _refusal() -> Column:
    return F.when(F.col("planned") & ~F.col("wanted"), F.when(F.col("mean") <= 0, "shelf life").otherwise("risk"))


def _profit(left: str, spoilt: str) -> Column:
    """What is spoilt can't be sold later; what is left until the next order waits, at the cost of holding it."""
    sold = F.col("units") - F.greatest(left, spoilt)
    return F.col("margin") * sold - F.col("holding") * F.col(left) - F.col("cost") / F.col("units") * F.col(spoilt)
