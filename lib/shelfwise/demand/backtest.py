"""How would the models have done, had they been asked earlier? Rolling origins (Tashman 2000).

At each origin the trees are trained on what had happened by then and asked for the 13 weeks after it, which by `as_of`
are all known. Baselines are read off the panel's row of the origin.
"""

from collections.abc import Sequence
from datetime import date
from functools import reduce

from pyspark.sql import Column, DataFrame, Window, WindowSpec
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import DEMAND_BACKTEST
from shelfwise.core.errors import JobError
from shelfwise.core.kept import keep
from shelfwise.demand import trees
from shelfwise.demand.mixture.weights import with_classical, with_mixture
from shelfwise.demand.origins import SEASON_WEEKS, OriginsParams, first_week, origins
from shelfwise.demand.rows import origin_rows, training_rows
from shelfwise.demand.segments import segment
from shelfwise.measures.exact import exact_mean


class BacktestParams(OriginsParams, trees.TreesParams):
    pass


def backtest(
    panel: DataFrame,
    promotions: DataFrame,
    calendar: DataFrame,
    tuning: DataFrame,
    classical: DataFrame,
    *,
    params: BacktestParams,
    as_of: date,
) -> DataFrame:
    """One row per item, origin and horizon 1 to 13."""
    chosen = origins(first_week(panel), as_of, params)
    _refuse_overlap(chosen, tuning, classical)
    settled = trees.tuned(params, tuning)
    judged = reduce(DataFrame.unionByName, [_at_origin(panel, promotions, calendar, day, settled, as_of) for day in chosen])
    mixed = with_mixture(keep(with_classical(judged, classical)))
    so_far = Window.partitionBy("item_id", "origin").orderBy("horizon")
    return mixed.withColumn("mixture_cum", F.sum("mixture").over(so_far)).select(*DEMAND_BACKTEST.columns)


def _at_origin(
    panel: DataFrame, promotions: DataFrame, calendar: DataFrame, origin: date, params: BacktestParams, as_of: date
) -> DataFrame:
    lessons = training_rows(panel, promotions, calendar, until=origin, rows=params.rows, seed=params.seed)
    model = trees.fit(lessons, trees.without_silent(params, panel, origin))
    asked = trees.score(model, origin_rows(panel, promotions, calendar, origin=origin))
    happened = panel.select("item_id", F.col("week").alias("target_week"), wanted().alias("actual"))
    scored = (
        asked.join(happened, ["item_id", "target_week"], "inner")
        .join(scales(panel, origin), "item_id", "left")
        .join(_last_year(panel), ["item_id", "target_week"], "left")
    )
    so_far = Window.partitionBy("item_id").orderBy("horizon")
    return scored.withColumns({"segment": segment(), "as_of": F.lit(as_of)}).select(
        "as_of",
        "item_id",
        "department",
        "category",
        F.lit(origin).alias("origin"),
        "horizon",
        "segment",
        "scale",
        "abs_scale",
        F.col("shelf_price").alias("price"),
        "actual",
        F.sum("actual").over(so_far).alias("actual_cum"),
        *[column.alias(name) for name, column in _means(params, so_far).items()],
        F.col("units").alias("last_week"),
        "mean_4",
        "mean_13",
        "seasonal_naive",
    )


def wanted() -> Column:
    """Of a row of the panel: counted stock tells what was wanted; what a gap was guessed to be judges nobody."""
    return F.when(F.col("demand_basis") == "gap", F.col("sold_units")).otherwise(F.col("units"))


def _refuse_overlap(chosen: Sequence[date], tuning: DataFrame, classical: DataFrame) -> None:
    """A few dates to the driver."""
    searched = tuning.agg(F.max("asked_until").alias("until")).first()
    if searched is not None and searched["until"] and searched["until"] > min(chosen):
        raise JobError(
            f"tune_demand searched on weeks up to {searched['until']}, and backtest_demand would judge by weeks from {min(chosen)}"
            " on: give both the same origins and weeks_between."
        )
    asked = {row["origin"] for row in classical.select("origin").distinct().collect()}
    if asked and (lacking := sorted(set(chosen) - asked)):
        raise JobError(
            f"gold.classical_forecast has nothing of {lacking[0]}: give forecast_classical and backtest_demand the same origins and"
            " weeks_between."
        )


def _means(params: BacktestParams, so_far: WindowSpec) -> dict[str, Column]:
    """Each model's weekly and cumulated means; null where it was not asked."""
    asked = {name: F.col(name) if name in params.models else F.lit(None).cast("double") for name in trees.MODELS}
    return asked | {f"{name}_cum": F.sum(column).over(so_far) for name, column in asked.items()}


def scales(panel: DataFrame, origin: date) -> DataFrame:
    """One row per item: root mean squared and mean absolute weekly change up to the origin.

    The scales of RMSSE (Makridakis et al. 2022) and of MASE (Hyndman & Koehler 2006).
    """
    known = panel.where((F.col("week") < F.lit(origin)) & F.col("lag_1").isNotNull())
    change = F.col("units") - F.col("lag_1")
    scales = {"scale": F.sqrt(exact_mean(change * change)), "abs_scale": exact_mean(F.abs(change))}
    return known.groupBy("item_id").agg(*[F.nullif(scale, F.lit(0.0)).alias(name) for name, scale in scales.items()])


def _last_year(panel: DataFrame) -> DataFrame:
    """One row per item and target week: the same week a year before, of items that then had two seasons behind them."""
    return panel.where(F.col("age_weeks") >= SEASON_WEEKS).select(
        "item_id", F.date_add("week", 7 * SEASON_WEEKS).alias("target_week"), F.col("units").alias("seasonal_naive")
    )
