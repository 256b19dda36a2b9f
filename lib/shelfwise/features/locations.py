"""Where does an item sell steadily enough to look at it location by location?

Only pairs of item and location that sold in at least 26 different weeks: the rest is too thin for anything but zeros.
Weeks are complete ones (Monday to Sunday), from the first sale there to `as_of`; a week without a sale is a zero.
"""

from datetime import date, timedelta

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.window import WindowSpec

from shelfwise.contracts.features import ITEM_LOCATION_WEEK
from shelfwise.core.job import Params

PAIR = ["item_id", "location_id"]


class LocationParams(Params):
    selling_weeks: int = 26  # half a year of weeks with a sale


def item_location_weeks(sales: DataFrame, items: DataFrame, *, params: LocationParams, as_of: date) -> DataFrame:
    """One row per steady pair of item and location and week from its first sale there."""
    last = last_complete_week(as_of)
    weekly = _weekly_units(sales, items).where(F.col("week") <= F.lit(last))
    grid = _steady_pairs(weekly, params.selling_weeks).select(
        *PAIR, F.explode(F.sequence("first", F.lit(last), F.expr("INTERVAL 7 DAYS"))).alias("week")
    )
    return (
        grid.join(weekly, [*PAIR, "week"], "left")
        .withColumns({"as_of": F.lit(as_of), "units": F.coalesce("units", F.lit(0.0))})
        .withColumns({f"mean_{n}": F.mean("units").over(_last_weeks(n)) for n in (4, 13)})
        .select(*ITEM_LOCATION_WEEK.columns)
    )


def last_complete_week(as_of: date) -> date:
    """Monday of the last week whose Sunday is not after `as_of`."""
    return as_of - timedelta(days=(as_of.weekday() + 1) % 7 + 6)


def _weekly_units(sales: DataFrame, items: DataFrame) -> DataFrame:
    counted = items.where(F.col("sold_by") == "each").select("item_id")
    weekly = (
        sales.where(F.col("kind") == "sale")
        .join(counted, "item_id", "left_semi")
        .groupBy(*PAIR, F.to_date(F.date_trunc("week", "sold_on")).alias("week"))
        .agg(F.sum("quantity").cast("double").alias("units"))
    )
    first_day = sales.agg(F.min("sold_on").alias("first_day"))  # the shop's first week is seldom a whole one
    return weekly.crossJoin(F.broadcast(first_day)).where(F.col("week") >= F.col("first_day")).drop("first_day")


def _steady_pairs(weekly: DataFrame, selling_weeks: int) -> DataFrame:
    lives = weekly.groupBy(*PAIR).agg(F.min("week").alias("first"), F.count(F.lit(1)).alias("weeks"))
    return lives.where(F.col("weeks") >= selling_weeks)


def _last_weeks(n: int) -> WindowSpec:
    # without a tie-break: item, location and week are unique in the grid
    return Window.partitionBy(*PAIR).orderBy("week").rowsBetween(1 - n, 0)
