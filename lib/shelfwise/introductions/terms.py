"""On what terms would a candidate be bought, and when could it be on the shelf?

What its supplier proposes comes before what is assumed; a supplier's measured lead times (those of its other items) before both.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.supply import OTHERS
from shelfwise.measures.assumed import assume

ASSUMED = (
    *("lead_time_days", "unit_cost_share", "holding_cost_share_per_year", "opening_case_pack", "opening_minimum_units"),
    *("listing_cost", "shelf_cost_per_week", "order_line_cost", "clearing_loss_share"),
)
OFFERED = ("supplier_id", "unit_cost", "case_pack", "minimum_units", "lead_time_days")
ALWAYS_ASSUMED = ("holding_cost", "listing_cost", "shelf_cost", "order_line_cost", "clearing_loss")


def candidate_terms(foreseen: DataFrame, candidates: DataFrame, lead_times: DataFrame, assumptions: DataFrame) -> DataFrame:
    """`foreseen` with supplier, cost, case, `lead_weeks` and `late_weeks`: P(so many weeks late), from 0."""
    offered = candidates.select(
        "item_id", "available_on", "description", *[F.col(name).alias(f"offered_{name}") for name in OFFERED]
    )
    described = foreseen.join(offered, "item_id", "left").withColumns(
        {"supplier_id": F.coalesce("offered_supplier_id", "maker_id"), "price": F.col("price").cast("double")}
    )
    measured = lead_times.where((F.col("item_id") == OTHERS) & (F.col("basis") == "receipts"))
    led = described.join(measured.select("supplier_id", "days_q50", "week_shares"), "supplier_id", "left")
    terms = assume(led, assumptions, ASSUMED)
    cost = F.coalesce(F.col("offered_unit_cost").cast("double"), F.col("price") * F.col("unit_cost_share"))
    weeks = F.ceil(F.coalesce("days_q50", "offered_lead_time_days", "lead_time_days") / 7).cast("int")
    columns = {
        "unit_cost": F.round(cost, 2),
        "pack": F.greatest(F.coalesce("offered_case_pack", "opening_case_pack"), F.lit(1)).cast("int"),
        "minimum": F.greatest(F.coalesce("offered_minimum_units", "opening_minimum_units"), F.lit(0)).cast("int"),
        "lead_weeks": weeks,
        "assumed": F.array_compact(F.array(*_assumed())),
    }
    late = {"late_weeks": _late(F.col("week_shares"), F.col("lead_weeks"))}
    return terms.withColumns(columns).withColumns(late).drop(*[f"offered_{name}" for name in OFFERED], "case_pack", "minimum_units")


def _late(shares: Column, lead_weeks: Column) -> Column:
    """P(no later than `lead_weeks`, a week later, …); certain where nothing was measured. `shares` begin with the day itself."""
    on_time = F.aggregate(F.slice(shares, 1, lead_weeks + 1), F.lit(0.0), lambda total, share: total + share)
    rest = F.slice(shares, lead_weeks + 2, F.greatest(F.size(shares) - lead_weeks - 1, F.lit(0)))
    return F.when(shares.isNull(), F.array(F.lit(1.0))).otherwise(F.concat(F.array(on_time), rest))


def _assumed() -> list[Column]:
    sometimes = {
        "unit_price": F.col("price_assumed"),
        "unit_cost": F.col("offered_unit_cost").isNull(),
        "lead_time_days": F.coalesce("days_q50", "offered_lead_time_days").isNull(),
        "case_pack": F.col("offered_case_pack").isNull(),
        "minimum_units": F.col("offered_minimum_units").isNull(),
    }
    return [*[F.when(missing, name) for name, missing in sometimes.items()], *[F.lit(name) for name in ALWAYS_ASSUMED]]
