"""How much of what each item would have by itself is ordered, and what sets it?"""

from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.core.kept import keep
from shelfwise.inventory.columns import COLUMNS, FORECAST_WEEKS, cumulated_demand
from shelfwise.inventory.foreseen import forecast_week
from shelfwise.inventory.joint.blocks import OrderParams, order_blocks
from shelfwise.inventory.joint.bundles import bundled
from shelfwise.inventory.joint.picked import picked
from shelfwise.inventory.plan import in_position, with_forecast
from shelfwise.measures.newsvendor import expected_left_over, probability_up_to, stock_out_probability


def ordered_together(plan: DataFrame, forecast: DataFrame, supply: DataFrame, params: OrderParams) -> DataFrame:
    """Rows of `plan` of which something is ordered, with `units`, `binding` and what they bring.

    p_stock_out and expected_left_over are those after these units. `supply`: silver.supplier_terms, for shelf lives.
    """
    foreseen = with_forecast(plan.drop("expected_demand").withColumn("position", in_position()), forecast)
    lines = keep(with_shelf_life(foreseen, supply))
    bought = by_item(picked(bundled(order_blocks(lines, params), params), params))
    steps: list[dict[str, Column]] = [
        {"level": F.col("position") + F.col("units")},
        {
            "p_stock_out": stock_out_probability(F.col("near"), F.col("level"), COLUMNS),
            "expected_left_over": expected_left_over(F.col("near"), F.col("level"), COLUMNS),
            "p_left": probability_up_to(F.col("far"), F.col("level") - 0.5, COLUMNS),  # of a count: below the level
            "binding": _binding(),
        },
    ]
    return reduce(DataFrame.withColumns, steps, lines.join(bought, "item_id", "inner"))


def with_shelf_life(stocked: DataFrame, supply: DataFrame) -> DataFrame:
    """Adds `shelf`: demand until what is ordered now goes bad, null where forecasts don't see so far, or it keeps."""
    days = 7 * F.col("lead_weeks") + F.col("shelf_life_days")
    weeks = F.when(days < 7 * FORECAST_WEEKS, F.greatest(F.floor(days / 7), F.lit(1))).cast("int")
    lives = stocked.join(supply.select("item_id", "shelf_life_days"), "item_id", "left").withColumn("shelf_weeks", weeks)
    week = forecast_week(F.col("shelf_weeks"))
    return lives.withColumn("shelf", F.when(week.isNotNull(), cumulated_demand(week)))


def by_item(picked: DataFrame) -> DataFrame:
    """One row per item of which a block is bought."""
    bought = F.col("stopped_by").isNull()
    block = F.struct("block", "units", "mean", "worst")
    items = picked.groupBy("item_id").agg(
        F.sort_array(F.collect_list(F.when(bought, block))).alias("blocks"),
        F.max("stopped_by").alias("stopped_by"),
        F.max("refused").alias("refused"),
        F.bool_or(bought & ~F.col("planned")).alias("filled_up"),
    )
    return items.where(F.size("blocks") > 0).select(
        "item_id",
        *("stopped_by", "refused", "filled_up"),
        _total("units").cast("long").alias("units"),
        _total("mean").alias("expected_profit"),
        _total("worst").alias("worst_profit"),
        F.col("blocks.mean").alias("marginal_profit"),
    )


def _total(name: str) -> Column:
    """In order of the blocks, so that it is the same bit for bit."""
    return F.aggregate("blocks", F.lit(0.0), lambda sum, block: sum + block[name])


def _binding() -> Column:
    """The first that fits."""
    planned, pack = F.col("order_units"), F.col("case_pack")
    lacking = F.ceil(F.least("order_up_to", "half_sells")) - F.col("position")
    return (
        F.when(F.col("filled_up"), "supplier minimum")
        .when(F.col("units") < planned, F.coalesce("stopped_by", "refused"))
        .when(planned > F.ceil(lacking / pack) * pack, "smallest order")
        .when(planned != lacking, "case pack")
        .otherwise("demand")
    )
