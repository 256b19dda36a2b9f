"""What would each item have sold, had it been there all week? Sales are demand only while there is something to sell.

Where stock is counted: shelf by shelf and day by day, a day that ends with an empty shelf counts by its expectation
(`measures.censored`). Where it is not: a steady seller that sells nothing for weeks was likely not there. With k weeks without
a sale after n earlier ones (at most 26, at least 13) of mean m and variance v,

    P(k zeros) = max((1 + m / r)^-r, (zeros + 1) / (n + 2))^k,   r = m^2 / (v - m)          (v <= m: exp(-m) in place of the first)

and below `false_alarm` the weeks count as m each, or as the mean of the 8 weeks before the gap if that is less, for `longest_gap`
weeks: what stays away longer has been taken off the list. Slower sellers than `least_units` a week are not asked.
A row uses its own week and earlier ones only, so the first weeks of a gap stay zeros until it is long enough to tell.
"""

from datetime import date, timedelta

import numpy as np
import pandas as pd
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.contracts.features import LATENT_DEMAND
from shelfwise.core.job import Params
from shelfwise.features.locations import last_complete_week
from shelfwise.features.panel import weekly_sales
from shelfwise.measures.censored import Bools, Floats, daily_rates, expected_demand

HISTORY_WEEKS, LEAST_HISTORY_WEEKS = 26, 13
LATELY_WEEKS = 8  # an item that had been fading before its gap is missed for no more than it then sold
# a shelf that has been empty for longer belongs to an item that the location no longer lists
LONGEST_EMPTY_DAYS = 91
WEEK = 7
COUNTED = "item_id string, week date, units double, open_share double"


class LatentParams(Params):
    false_alarm: float = 0.05  # probability of a gap as long that is demand's own chance
    least_units: float = 5.0  # a week: of slower sellers more of the found gaps were chance than were gaps
    longest_gap: int = 8  # weeks
    buckets: int = 64  # items that are counted are worked off in so many parts: an executor holds shelves x days of one


def latent_demand(sales: DataFrame, items: DataFrame, stock: DataFrame, *, params: LatentParams, as_of: date) -> DataFrame:
    """One row per item sold by the each and complete week from its first sale to `as_of`."""
    last = last_complete_week(as_of)
    sold = weekly_sales(sales, items)
    weeks = _item_grid(sold, last).join(sold.select("item_id", "week", "sold_units"), ["item_id", "week"], "left")
    panel = weeks.select("item_id", "week", F.coalesce("sold_units", F.lit(0.0)).alias("sold"))
    counted = _counted_demand(sales, stock, params.buckets, last)
    return (
        _with_gaps(panel, params)
        .join(counted, ["item_id", "week"], "left")
        .withColumn("basis", F.when(F.col("open_share").isNotNull(), "stock").when(_is_gap(params), "gap").otherwise("sales"))
        .withColumns(_estimate(as_of))
        .select(*LATENT_DEMAND.columns)
    )


def _item_grid(sold: DataFrame, last: date) -> DataFrame:
    """One row per item and week from its first sale to `last`."""
    lives = sold.groupBy("item_id").agg(F.min("week").alias("launch")).where(F.col("launch") <= F.lit(last))
    weeks = F.sequence("launch", F.lit(last), F.expr("INTERVAL 7 DAYS"))
    return lives.select("item_id", F.explode(weeks).alias("week"))


def _estimate(as_of: date) -> dict[str, Column]:
    by_basis = F.when(F.col("basis") == "stock", F.col("counted_units")).when(F.col("basis") == "gap", F.col("usual"))
    units = F.coalesce(by_basis, F.col("sold"))
    return {
        "as_of": F.lit(as_of),
        "units": units,
        "uncertain": units != F.col("sold"),
        "gap_probability": F.when((F.col("basis") != "stock") & (F.col("sold") == 0), F.col("gap_probability")),
    }


def _is_gap(params: LatentParams) -> Column:
    return (F.col("gap_probability") < params.false_alarm) & (F.col("gap_weeks") <= params.longest_gap)


def _with_gaps(panel: DataFrame, params: LatentParams) -> DataFrame:
    """Adds `gap_weeks` without a sale so far, what was `usual` a week before them, and the gap's probability."""
    by_week = Window.partitionBy("item_id").orderBy("week")
    recent, lately = (by_week.rowsBetween(1 - weeks, 0) for weeks in (HISTORY_WEEKS, LATELY_WEEKS))
    so_far = by_week.rowsBetween(Window.unboundedPreceding, 0)
    history = F.struct(
        F.count(F.lit(1)).over(recent).alias("weeks"),
        F.mean("sold").over(recent).alias("mean"),
        F.mean("sold").over(lately).alias("lately"),
        F.var_samp("sold").over(recent).alias("variance"),
        F.count_if(F.col("sold") == 0).over(recent).alias("zeros"),
        F.col("week").alias("week"),
    )
    seen = panel.withColumn("history", F.when(F.col("sold") > 0, history))
    before = seen.withColumn("before", F.last("history", ignorenulls=True).over(so_far))
    gap = (F.datediff("week", "before.week") / WEEK).cast("int")
    known = before.withColumns({"gap_weeks": gap, "usual": F.least("before.mean", "before.lately")})
    steady = (F.col("before.weeks") >= LEAST_HISTORY_WEEKS) & (F.col("usual") >= params.least_units)
    probability = F.when(steady, F.pow(_chance_of_a_zero("before"), "gap_weeks"))
    return known.withColumn("gap_probability", F.when(F.col("gap_weeks") > 0, probability)).drop("history", "before")


def _chance_of_a_zero(history: str) -> Column:
    mean, variance = F.col(f"{history}.mean"), F.col(f"{history}.variance")
    size = F.try_divide(mean * mean, variance - mean)
    model = F.when(variance > mean * 1.001, F.exp(-size * F.log1p(mean / size))).otherwise(F.exp(-mean))
    return F.greatest(model, (F.col(f"{history}.zeros") + 1) / (F.col(f"{history}.weeks") + 2))


def _counted_demand(sales: DataFrame, stock: DataFrame, buckets: int, last: date) -> DataFrame:
    """One row per counted item and week: `counted_units`, and the share of its shelves' time that ended with stock."""
    until = F.lit(last + timedelta(days=WEEK - 1))
    shelf = ["item_id", "location_id", "day"]
    counts = stock.select("item_id", "location_id", F.col("counted_on").alias("day"), "on_hand").where(F.col("day") <= until)
    sold = (
        sales.where((F.col("kind") == "sale") & (F.col("sold_on") <= until))
        .join(counts.select("item_id").distinct(), "item_id", "left_semi")
        .groupBy("item_id", "location_id", F.col("sold_on").alias("day"))
        .agg(F.sum("quantity").cast("double").alias("sold"))
    )
    days = counts.join(sold, shelf, "full").select(
        F.pmod(F.xxhash64("item_id"), F.lit(buckets)).alias("bucket"),
        "item_id",
        "location_id",
        F.datediff("day", F.lit(last)).alias("day"),
        F.coalesce("sold", F.lit(0.0)).alias("sold"),
        F.col("on_hand").cast("double").alias("on_hand"),
    )
    estimated = days.groupBy("bucket").applyInPandas(lambda part: shelf_demand(part, last), COUNTED)
    return estimated.withColumnRenamed("units", "counted_units")


def shelf_demand(days: pd.DataFrame, last: date) -> pd.DataFrame:
    """One row per item and week in which a shelf listed it.

    `days` has a row per item_id, location_id and `day` (days after `last`, a Monday; 6 is the last) with a count or a sale: `sold`
    and `on_hand` at its end (NaN: not counted that day).
    """
    weeks = int(-(days["day"].min() // WEEK)) + 1
    shelf, names = pd.factorize(pd.MultiIndex.from_frame(days[["item_id", "location_id"]]), sort=True)
    item, ids = pd.factorize(names.get_level_values(0))
    at = (shelf, days["day"].to_numpy() + WEEK * (weeks - 1))
    shape = (len(names), weeks * WEEK)
    sold, on_hand, known = np.zeros(shape), np.full(shape, np.nan), np.zeros(shape, dtype=np.bool_)
    sold[at], on_hand[at], known[at] = days["sold"], days["on_hand"], True
    cut, listed = _cut_and_listed(sold, on_hand, known)
    split = (len(names), weeks, WEEK)
    sold, cut, listed = sold.reshape(split), cut.reshape(split), listed.reshape(split)
    rates = daily_rates(sold, cut, listed, item)
    demand = sold * listed
    shelf, week, _ = counts = np.nonzero(cut & listed)
    demand[counts] = expected_demand(rates[shelf, week], sold[counts])
    return _by_item(demand, listed, cut, rates, item, ids, last)


def _cut_and_listed(sold: Floats, on_hand: Floats, known: Bools) -> tuple[Bools, Bools]:
    """On which days was the shelf empty at the end, and on which did the location list the item at all?"""
    counted = ~np.isnan(on_hand)
    days = np.arange(sold.shape[1])
    latest = np.maximum.accumulate(np.where(counted, days, -1), axis=1)
    held = np.where(latest >= 0, np.take_along_axis(np.nan_to_num(on_hand), np.maximum(latest, 0), axis=1), 1.0)
    # what sold after a count of nothing has been delivered since
    cut = (held <= 0) & (counted | (sold == 0))
    last_open = np.maximum.accumulate(np.where(~cut, days, -1), axis=1)
    listed = np.maximum.accumulate(known, axis=1) & (days - last_open <= LONGEST_EMPTY_DAYS)
    return cut, listed


def _by_item(demand: Floats, listed: Bools, cut: Bools, rates: Floats, item: np.ndarray, ids: pd.Index, last: date) -> pd.DataFrame:
    shape = (len(ids), rates.shape[1])
    units, time, open_time, days = np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(shape)
    weight = np.maximum(rates, 1e-9)  # a shelf that never sold weighs next to nothing
    np.add.at(units, item, demand.sum(axis=2))
    np.add.at(time, item, weight * listed.sum(axis=2))
    np.add.at(open_time, item, weight * (listed & ~cut).sum(axis=2))
    np.add.at(days, item, listed.sum(axis=2))
    row, week = np.nonzero(days)
    mondays = np.datetime64(last) + (week - shape[1] + 1) * np.timedelta64(WEEK, "D")
    share = np.clip(open_time[row, week] / time[row, week], 0.0, 1.0)
    return pd.DataFrame({"item_id": ids[row], "week": mondays, "units": units[row, week], "open_share": share})
