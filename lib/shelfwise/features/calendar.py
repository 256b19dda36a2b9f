"""Which week is a day in, and how far is the next public holiday?

Public holidays come from the `holidays` package, by country; a country it does not know has none.
"""

from datetime import date, timedelta

import holidays
import numpy as np
import pandas as pd
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.contracts.features import CALENDAR
from shelfwise.core.kept import keep

WEEKS_AHEAD = 14
NO_HOLIDAY_DAYS = 366


def shop_calendar(sales: DataFrame, locations: DataFrame, *, as_of: date) -> DataFrame:
    """One row per day from the first sale to 14 weeks after `as_of`, and country that had sold 14 weeks before it."""
    until = F.lit(as_of + timedelta(weeks=WEEKS_AHEAD))
    first_day = sales.agg(F.min("sold_on").alias("first_day"))
    days = first_day.select(F.explode(F.sequence("first_day", until)).alias("day"))
    schema = "country string, share double, day date, holiday string, days_to_holiday int"
    return (
        _with_shares(days, sales, locations, as_of)
        .groupBy("country")
        .applyInPandas(with_holidays, schema)
        .select(
            F.lit(as_of).alias("as_of"),
            "country",
            "share",
            "day",
            F.to_date(F.date_trunc("week", "day")).alias("week"),
            (F.weekday("day") + 1).cast("int").alias("weekday"),
            "holiday",
            "days_to_holiday",
        )
        .select(*CALENDAR.columns)
    )


def _with_shares(days: DataFrame, sales: DataFrame, locations: DataFrame, as_of: date) -> DataFrame:
    """One row per day and country that has sold by then: `share`.

    What is foretold of a day, at most 13 weeks ahead, is not to know what will have sold by then: shares are of 14 weeks before it.
    """
    lines = sales.where(F.col("kind") == "sale").groupBy("location_id", "sold_on").agg(F.count(F.lit(1)).alias("lines"))
    placed = lines.join(locations, "location_id", "inner").groupBy("country", F.col("sold_on").alias("weighed_on"))
    sold = keep(placed.agg(F.sum("lines").alias("lines")))  # days of the history x countries of the shop
    every = days.withColumnRenamed("day", "weighed_on").crossJoin(F.broadcast(sold.select("country").distinct()))
    so_far = F.sum("lines").over(Window.partitionBy("country").orderBy("weighed_on"))
    known = every.join(sold, ["country", "weighed_on"], "left").select("country", "weighed_on", so_far.alias("lines"))
    first_week = sold.agg(F.date_add(F.min("weighed_on"), 6).alias("first_week"))
    weighed_on = F.least(F.greatest(F.date_sub("day", 7 * WEEKS_AHEAD), "first_week"), F.lit(as_of))
    dated = days.crossJoin(F.broadcast(first_week)).select("day", weighed_on.alias("weighed_on"))  # one row
    share = F.col("lines") / F.sum("lines").over(Window.partitionBy("day"))
    return dated.join(known.where(F.col("lines") > 0), "weighed_on", "inner").select("country", share.alias("share"), "day")


def with_holidays(days: pd.DataFrame) -> pd.DataFrame:
    """One country's days with `holiday` (its name or None) and `days_to_holiday` (0 on one, 366 where none is known)."""
    country = str(days["country"].iloc[0])
    days = days.sort_values("day")
    ordered = pd.to_datetime(days["day"]).reset_index(drop=True)
    names = _names(country, range(ordered.iloc[0].year, ordered.iloc[-1].year + 2))
    on = np.array(sorted(names), dtype="datetime64[D]")
    today = ordered.to_numpy().astype("datetime64[D]")
    following = np.searchsorted(on, today)
    known = following < len(on)
    wait = np.full(len(today), NO_HOLIDAY_DAYS)
    wait[known] = (on[following[known]] - today[known]).astype(int)
    return pd.DataFrame(
        {
            "country": country,
            "share": days["share"].to_numpy(),
            "day": ordered.dt.date,
            "holiday": [names.get(day) for day in ordered.dt.date],
            "days_to_holiday": np.minimum(wait, NO_HOLIDAY_DAYS),
        }
    )


def _names(country: str, years: range) -> dict[date, str]:
    try:
        return dict(holidays.country_holidays(country, years=years))
    except NotImplementedError:
        return {}
