"""How far does the shop depend on each supplier, and how long would it last without?

Time to survive against time to recover: Simchi-Levi, Schmidt & Wei (2014, *Harvard Business Review* 92): a supplier whose outage
lasts longer than the stock of its items is where a disruption costs sales.
"""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.risk import RISK_SUPPLIERS
from shelfwise.measures.exact import exact_sum
from shelfwise.risk.futures import WEEKS


def measure_suppliers(exposure: DataFrame, items: DataFrame, portfolio: DataFrame, *, as_of: date) -> DataFrame:
    """One row per supplier of something that is on sale; `items`: gold.risk_items, `portfolio`: gold.risk_portfolio."""
    money = {name: F.col(name).cast("double") for name in ("unit_price", "unit_cost")}
    both = (
        exposure.drop("as_of")
        .withColumns(money)
        .join(items.select("item_id", "planned_margin"), "item_id", "inner")
        .withColumns(_of_items())
    )
    dependence = both.groupBy("supplier_id").agg(
        F.count(F.lit(1)).alias("items"),
        *[exact_sum(F.col(name)).alias(name) for name in ("planned_margin", "inbound_value", "advance", "lost_in_outage")],
        F.try_divide(exact_sum(F.col("weighed_weeks")), exact_sum(F.col("weekly_margin"))).alias("survive_weeks"),
        *[_of_inbound(name).alias(name) for name in ("late_share", "short_share")],
        *[F.max(name).alias(name) for name in ("recover_weeks", "failure_per_year")],
        F.array_sort(F.array_distinct(F.flatten(F.collect_set("assumed")))).alias("assumed"),
    )
    whole = both.agg(exact_sum(F.col("planned_margin")).alias("of_all"))  # one row
    figures = portfolio.where("scope = 'supplier'").withColumnRenamed("name", "supplier_id").drop("as_of", "scope", "scenarios")
    told = dependence.crossJoin(F.broadcast(whole)).join(figures, "supplier_id", "inner")
    share = F.coalesce(F.try_divide("planned_margin", "of_all"), F.lit(0.0))
    return told.withColumns({"as_of": F.lit(as_of), "margin_share": share}).select(*RISK_SUPPLIERS.columns)


def _of_items() -> dict[str, Column]:
    pace = F.col("far_mean") / WEEKS
    margin = F.greatest(F.col("unit_price") - F.col("unit_cost"), F.lit(0.0))
    survives = F.coalesce(F.try_divide(F.col("on_hand"), pace), F.lit(0.0))
    return {
        "inbound_value": F.col("inbound") * F.col("unit_cost"),
        "weekly_margin": pace * margin,
        "weighed_weeks": pace * margin * F.least(survives, F.lit(float(WEEKS))),
        "lost_in_outage": pace * margin * F.greatest(F.least(F.col("recover_weeks"), F.lit(WEEKS)) - survives, F.lit(0.0)),
        "late_share": F.aggregate(
            F.slice("week_shares", F.col("lead_weeks") + 2, F.lit(WEEKS + 1)), F.lit(0.0), lambda sum, share: sum + share
        ),
    }


def _of_inbound(name: str) -> Column:
    return F.try_divide(exact_sum(F.col(name) * F.col("inbound")), exact_sum(F.col("inbound")))
