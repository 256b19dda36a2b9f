"""How does what moves demand from outside the shop stand, and what was foretold of it, as known at each week's end?

A value holds from its day until the series' next one, and ahead of what is published as long as nothing else is. Of a day
that was published twice the later word counts, from the day on which it became known: a figure that is corrected afterwards
teaches no model what nobody knew. A series' unit means nothing to a model of many items: its values count by their ratio to its
last 13 weeks. Series that concern one category are taken together by the geometric mean of their ratios: one that doubles and
one that halves cancel. A series that is delivered for a category by name and for every category counts there as it is told of
that category, once it is.
"""

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.features import OUTSIDE_WEEK
from shelfwise.core.kept import keep

Floats = NDArray[np.float64]

EVERY_CATEGORY = "*"
BEHIND, AHEAD = 13, 13  # weeks
RECENT = 4  # weeks of the trend; a series told for fewer says nothing yet
FOUND = "series string, category string, week date, ratios array<double>"


def outside_weeks(outside_series: DataFrame, items: DataFrame, calendar: DataFrame, *, as_of: date) -> DataFrame:
    """One row per category that a series concerns and complete week by `as_of` at whose end it can be told."""
    ended = calendar.where(F.col("week") <= F.lit(as_of - timedelta(days=6)))
    weeks = [row["week"] for row in ended.select("week").distinct().orderBy("week").collect()]  # bound: weeks of the history
    told = keep(outside_series.groupBy("series", "category").applyInPandas(_told_by_end_of(weeks), FOUND))
    shared = F.col("category") == EVERY_CATEGORY
    categories = F.broadcast(items.select("category").distinct())  # categories of the shop
    everywhere = told.where(shared).drop("category").crossJoin(categories).withColumn("own", F.lit(False))
    own = told.where(~shared).withColumn("own", F.lit(True))
    by_series = own.unionByName(everywhere).groupBy("category", "week", "series").agg(F.max_by("ratios", "own").alias("ratios"))
    together = by_series.groupBy("category", "week").agg(F.array_sort(F.collect_list(F.struct("series", "ratios"))).alias("each"))
    means = F.transform(F.sequence(F.lit(1), F.lit(1 + AHEAD)), _geometric_mean)
    found = together.withColumn("means", means)
    return found.select(
        F.lit(as_of).alias("as_of"),
        "category",
        "week",
        F.element_at("means", 1).alias("outside_trend"),
        F.slice("means", 2, AHEAD).alias("outside_ahead"),
        F.col("each.series").alias("series"),
    ).select(*OUTSIDE_WEEK.columns)


def _geometric_mean(place: Column) -> Column:
    logs = F.transform("each", lambda one: F.log(F.element_at(one["ratios"], place)))
    return F.exp(F.aggregate(logs, F.lit(0.0), lambda so_far, log: so_far + log) / F.size("each"))


def _told_by_end_of(weeks: list[date]) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def told(published: pd.DataFrame) -> pd.DataFrame:
        ordered = published.sort_values(["starts_on", "known_at"])
        starts, known = (
            pd.to_datetime(ordered[name]).to_numpy("datetime64[D]").astype(float) for name in ("starts_on", "known_at")
        )
        values, mondays = ordered["value"].to_numpy(float), np.array(weeks, "datetime64[D]").astype(float)
        found = [(week, ratios_at(monday, starts, known, values)) for week, monday in zip(weeks, mondays, strict=True)]
        name, category = ordered[["series", "category"]].iloc[0]
        rows = [(name, category, week, ratios) for week, ratios in found if ratios is not None]
        return pd.DataFrame(rows, columns=["series", "category", "week", "ratios"])

    return told


def ratios_at(monday: float, starts: Floats, known: Floats, values: Floats) -> Floats | None:
    """The mean of the last 4 weeks, then each of the next 13, to the mean of the last 13, as known at the end of the week.

    Days are numbers, `starts` ascending and, within a day, `known` too. None where fewer than 4 weeks are told.
    """
    there = known <= monday + 6
    starts, values = starts[there], values[there]
    last = np.flatnonzero(np.diff(starts, append=np.inf) > 0)  # of a day the word that came last
    starts, values = starts[last], values[last]
    days = monday - 7 * (BEHIND - 1) + np.arange(7 * (BEHIND + AHEAD))
    place = np.searchsorted(starts, days, side="right") - 1
    held = np.where(place >= 0, np.append(values, np.nan)[place], np.nan).reshape(-1, 7)
    # a week in which the series begins is told by the days that it has
    told: NDArray[np.bool_] = np.any(np.isfinite(held), axis=1)
    if told[:BEHIND].sum() < RECENT:
        return None
    weekly = np.array([np.nanmean(one) for one in held[told]])
    past, ahead = weekly[:-AHEAD], weekly[-AHEAD:]
    ratios: Floats = np.append(past[-RECENT:].mean(), ahead) / past.mean()
    return ratios
