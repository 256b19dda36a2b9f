"""Which week is a day in, and how far is the next public holiday?

Public holidays come from the `holidays` package, by country; a country it does not know has none.
"""

from datetime import date, timedelta

import holidays
import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.features import CALENDAR

WEEKS_AHEAD = 14
NO_HOLIDAY_DAYS = 366


def shop_calendar(sales: DataFrame, locations: DataFrame, *, as_of: date) -> DataFrame:
    """One row per country that has sold by `as_of`, and day from the first sale to 14 weeks after `as_of`."""
    until = F.lit(as_of + timedelta(weeks=WEEKS_AHEAD))
    first_day = sales.agg(F.min("sold_on").alias("first_day"))
    days = first_day.select(F.explode(F.sequence("first_day", until)).alias("day"))
    lines = sales.where(F.col("kind") == "sale").groupBy("location_id").agg(F.count(F.lit(1)).alias("lines"))
    sold = lines.join(locations, "location_id", "inner").groupBy("country").agg(F.sum("lines").alias("lines"))
    countries = sold.crossJoin(sold.agg(F.sum("lines").alias("all"))).select(
        "country", (F.col("lines") / F.col("all")).alias("share")
    )
    schema = "country string, share double, day date, holiday string, days_to_holiday int"
    return (
        days.crossJoin(F.broadcast(countries))  # both sides are small: days of the history, countries of the shop
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


def with_holidays(days: pd.DataFrame) -> pd.DataFrame:
    """One country's days with `holiday` (its name or None) and `days_to_holiday` (0 on one, 366 where none is known)."""
    country = str(days["country"].iloc[0])
    ordered = pd.to_datetime(days["day"]).sort_values().reset_index(drop=True)
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
            "share": days["share"].iloc[0],
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
