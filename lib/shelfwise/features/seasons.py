"""What did the weeks a year before those to come sell, to what was usual a year before now?

A category's index of the h-th week to come: its units in the three weeks around the one 52 weeks before, to three weeks of its
level (measures.sold.recent_level) 52 weeks before. An item's own is drawn towards it by DOUBT units: (y + DOUBT c) / (3 level +
DOUBT), y its units in those weeks, c the category's index: gamma-Poisson, as in measures.evidence. Three weeks, since a year has
a day more than 52 of them, and what falls into one week falls into the next a year later.
"""

from pyspark.sql import Column, DataFrame, Window, WindowSpec
from pyspark.sql import functions as F

from shelfwise.measures.sold import recent_level

YEAR, AHEAD, AROUND = 52, 13, 3  # weeks
LEAST_AGE = YEAR + 12  # weeks: a level of a year before rests on a quarter
DOUBT = 10.0  # units

OWN = ("year_units", "year_level")


def with_year_before(own: DataFrame) -> DataFrame:
    """Adds OWN to items' weeks that have their means and `age_weeks`: what `season_ahead` is made of."""
    by_item = Window.partitionBy("item_id").orderBy("week")
    old = F.col("age_weeks") >= LEAST_AGE
    level = F.lag(recent_level("mean_4", "mean_13", "mean_26"), YEAR).over(by_item)
    return own.withColumns({"year_units": F.when(old, year_units("units", by_item)), "year_level": F.when(old, level)})


def category_season(weekly: DataFrame) -> DataFrame:
    """Adds `category_season_ahead` to categories' weeks that have `category_units`: null in the first LEAST_AGE weeks."""
    by_category = Window.partitionBy("category").orderBy("week")
    means = [F.mean("category_units").over(by_category.rowsBetween(1 - n, 0)) for n in (4, 13, 26)]
    levels = weekly.withColumns({"year_level": recent_level(*means), "place": F.row_number().over(by_category)})
    then = levels.withColumn("year_level", F.lag("year_level", YEAR).over(by_category))
    ahead = F.transform(year_units("category_units", by_category), lambda units: units / (AROUND * F.col("year_level")))
    known = (F.col("place") > LEAST_AGE) & (F.col("year_level") > 0)
    return then.withColumn("category_season_ahead", F.when(known, ahead)).drop("year_level", "place")


def season_ahead() -> Column:
    """Of an item's week that has OWN and `category_season_ahead`; the category's where the item is too young for its own."""
    weight = AROUND * F.coalesce("year_level", F.lit(0.0)) + DOUBT
    units = F.coalesce("year_units", F.array_repeat(F.lit(0.0), AHEAD))
    return F.zip_with(units, "category_season_ahead", lambda own, category: (own + DOUBT * category) / weight)


def year_units(units: str, by_week: WindowSpec) -> Column:
    """Units in the weeks around each of the AHEAD weeks to come, YEAR weeks before it."""
    weeks = F.collect_list(units).over(by_week.rowsBetween(-YEAR, AHEAD + AROUND - 2 - YEAR))
    sums = [sum((F.get(weeks, F.lit(k + place)) for place in range(1, AROUND)), F.get(weeks, F.lit(k))) for k in range(AHEAD)]
    return F.array(*sums)
