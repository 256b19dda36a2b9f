"""What would today's plan be, and bring, if terms or demand were others?

The plan is made again with the levers moved, and nothing is written. Money and service of both plans are expectations until the
next order can arrive, by each plan's own idea of demand: with other demand they answer what would be ordered for it. Lost is all
that finds no stock until then, also what no order could have met any more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.inventory.foreseen import TOTALS
from shelfwise.inventory.plan import PlanParams, planned
from shelfwise.inventory.terms import held_ratio
from shelfwise.measures.weeks import WEEKS_PER_YEAR

# of plans' sums: what people read
LINES = (
    "order lines",
    "ordered, units",
    "ordered, money",
    "left over, money",
    "lost sales, units",
    "lost sales, margin",
    "fill rate",
    "mean risk to sell out",
    "cleared, units",
)
SHARES = ("fill rate", "mean risk to sell out")


@dataclass(frozen=True)
class Levers:
    """None, 0 and 1: as it is. `service_level` replaces each item's critical ratio, whatever holding costs."""

    service_level: float | None = None
    more_lead_weeks: int = 0
    holding_factor: float = 1.0
    demand_factor: float = 1.0

    def moved(self) -> bool:
        return self != Levers()


def replanned(stocked: DataFrame, forecast: DataFrame, levers: Levers, params: PlanParams, as_of: date) -> DataFrame:
    """The plan with the levers moved; `stocked`: positions on terms (inventory.plan.on_terms)."""
    holding = F.col("holding_cost_share_per_year") * levers.holding_factor
    dearer = {"holding_cost_share_per_year": holding, "lead_weeks": F.col("lead_weeks") + levers.more_lead_weeks, **_later(levers)}
    ratio = held_ratio() if levers.service_level is None else F.lit(levers.service_level)
    demand = {name: F.col(name) * levers.demand_factor for name in TOTALS}
    moved = stocked.withColumns(dearer).withColumn("critical_ratio", ratio)
    return planned(moved, forecast.withColumns(demand), params, as_of)


def swept(stocked: DataFrame, forecast: DataFrame, levels: Sequence[float], params: PlanParams, as_of: date) -> DataFrame:
    """The plan at each of these service levels, which its critical_ratio tells; one row per level and item."""
    each = F.explode(F.array(*[F.lit(level) for level in levels]))
    return planned(stocked.withColumn("critical_ratio", each), forecast, params, as_of)


def sums(plan: DataFrame, *by: str) -> DataFrame:
    """The figures of LINES: one row, or one per value of these columns."""
    cost, price = F.col("unit_cost").cast("double"), F.col("unit_price").cast("double")
    sold = F.col("on_hand") + F.col("on_order") + F.col("order_units") - F.col("expected_left_over")
    lost = F.greatest(F.col("expected_demand") - sold, F.lit(0.0))
    figures: Iterable[Column] = (
        F.count_if(F.col("order_units") > 0).cast("double"),
        F.sum("order_units").cast("double"),
        F.sum(F.col("order_units") * cost),
        F.sum(F.col("expected_left_over") * cost),
        F.sum(lost),
        F.sum(lost * F.greatest(price - cost, F.lit(0.0))),
        1 - F.try_divide(F.sum(lost), F.sum("expected_demand")),
        F.avg(F.when(F.col("launch").isNull() | (F.col("expected_demand") > 0), F.col("p_stock_out"))),  # who can ask for it
        F.sum(F.when(F.col("action") == "clear", F.col("excess_units")).otherwise(0.0)),
    )
    return plan.groupBy(*by).agg(*[figure.alias(line) for line, figure in zip(LINES, figures, strict=True)])


def holding(plan: DataFrame, stocked: DataFrame, *by: str) -> DataFrame:
    """`holding`: what it costs to hold what is left over for one review period, as critical ratios price it; rows as of sums."""
    kept = plan.join(stocked.select("item_id", "holding_cost_share_per_year"), "item_id")
    years = F.col("holding_cost_share_per_year") * F.col("review_weeks") / WEEKS_PER_YEAR
    cost = F.col("expected_left_over") * F.col("unit_cost").cast("double") * years
    return kept.groupBy(*by).agg(F.sum(cost).alias("holding"))


def told(line: str, values: Sequence[float | None]) -> list[str]:
    """Both plans' value and the difference, for people."""
    now, then = (value or 0.0 for value in values)
    if line in SHARES:
        return [f"{now:.1%}", f"{then:.1%}", f"{100 * (then - now):+.1f} points"]
    return [f"{now:,.0f}", f"{then:,.0f}", f"{then - now:+,.0f}"]


def _later(levers: Levers) -> dict[str, Column]:
    """What is known of the lead time moves on as a whole; what would come after the last week counts as that one."""
    if levers.more_lead_weeks == 0:
        return {}
    more, last = levers.more_lead_weeks, F.size("week_shares") - levers.more_lead_weeks
    beyond = F.aggregate(F.slice("week_shares", last, more + 1), F.lit(0.0), lambda total, share: total + share)
    shifted = F.concat(F.array_repeat(F.lit(0.0), more), F.slice("week_shares", 1, last - 1), F.array(beyond))
    days = {name: F.col(name) + 7 * more for name in ("days_q05", "days_q95")}
    return {"week_shares": F.when(F.col("week_shares").isNotNull(), shifted), **days}
