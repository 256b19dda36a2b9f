"""How does what moves demand from outside the shop stand, and what was foretold of it, as known at each week's end?

A value holds from its day until the series' next one, and ahead of what is published as long as nothing else is. Of a day
that was published twice the later word counts, from the day on which it became known: a figure that is corrected afterwards
teaches no model what nobody knew. A series' unit means nothing to a model of many items: its values count by their ratio to its
last 13 weeks. Series that concern one category are taken together by the geometric mean of their ratios: one that doubles and
one that halves cancel. A series that is delivered for a category by name and for every category counts there as it is told of
that category.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.features import OUTSIDE_WEEK

Floats = NDArray[np.float64]
Published = tuple[Floats, Floats, Floats]

EVERY_CATEGORY = "*"
BEHIND, AHEAD = 13, 13  # weeks
RECENT = 4  # weeks of the trend; a series told for fewer says nothing yet
FOUND = "category string, week date, outside_trend double, outside_ahead array<double>, series array<string>"


def outside_weeks(outside_series: DataFrame, items: DataFrame, calendar: DataFrame, *, as_of: date) -> DataFrame:
    """One row per category that a series concerns and complete week by `as_of` at whose end it can be told."""
    shared = F.col("category") == EVERY_CATEGORY
    own = outside_series.where(~shared).withColumn("own", F.lit(True))
    categories = F.broadcast(items.select("category").distinct())  # categories of the shop
    every = outside_series.where(shared).drop("category").crossJoin(categories).withColumn("own", F.lit(False))
    concerned = own.unionByName(every)
    ended = calendar.where(F.col("week") <= F.lit(as_of - timedelta(days=6)))
    weeks = [row["week"] for row in ended.select("week").distinct().orderBy("week").collect()]  # bound: weeks of the history
    found = concerned.groupBy("category").applyInPandas(_told_by_end_of(weeks), FOUND)
    return found.withColumn("as_of", F.lit(as_of)).select(*OUTSIDE_WEEK.columns)


def _told_by_end_of(weeks: list[date]) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def told(published: pd.DataFrame) -> pd.DataFrame:
        named = published[published["own"] == published.groupby("series")["own"].transform("max")]
        known = {str(name): _arrays(rows) for name, rows in named.groupby("series", sort=True)}
        return pd.DataFrame(
            [(published["category"].iloc[0], *row) for week in weeks if (row := _at(week, known)) is not None],
            columns=[part.split()[0] for part in FOUND.split(", ")],
        )

    return told


def _arrays(rows: pd.DataFrame) -> Published:
    """Days from which values hold, days on which they became known (as numbers), and values; sorted by both."""
    ordered = rows.sort_values(["starts_on", "known_at"])
    starts, known = (pd.to_datetime(ordered[name]).to_numpy("datetime64[D]").astype(float) for name in ("starts_on", "known_at"))
    return starts, known, ordered["value"].to_numpy(float)


def _at(week: date, known: Mapping[str, Published]) -> tuple[date, float, list[float], list[str]] | None:
    """Geometric means over series; null where none can be told."""
    monday = float(np.datetime64(week, "D").astype(int))
    ratios = {name: found for name, one in known.items() if (found := ratios_at(monday, *one)) is not None}
    if not ratios:
        return None
    mean: Floats = np.exp(np.mean([np.log(found) for found in ratios.values()], axis=0))
    return week, float(mean[0]), mean[1:].tolist(), list(ratios)


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
