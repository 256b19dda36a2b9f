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
    level = F.lag(recent_level("mean_4", "mean_13", "mean_26"), YEAR).over(by_item)
    old = F.col("age_weeks") >= LEAST_AGE
    then = own.withColumns({"year_weeks": _a_year_before("units", by_item), "year_level": F.when(old, level)})
    return then.withColumn("year_units", F.when(old, _around("year_weeks"))).drop("year_weeks")


def category_season(weekly: DataFrame) -> DataFrame:
    """Adds `category_season_ahead` to categories' weeks that have `category_units` and its means.

    Null in the first LEAST_AGE weeks, and where nothing sold a year before.
    """
    by_category = Window.partitionBy("category").orderBy("week")
    half_year = F.mean("category_units").over(by_category.rowsBetween(-25, 0))
    known = weekly.withColumns(
        {
            "level": recent_level("category_mean_4", "category_mean_13", half_year),
            "year_weeks": _a_year_before("category_units", by_category),
            "place": F.row_number().over(by_category),
        }
    )
    then = known.withColumn("year_level", F.lag("level", YEAR).over(by_category))
    ahead = F.transform(_around("year_weeks"), lambda units: units / (AROUND * F.col("year_level")))
    told = (F.col("place") > LEAST_AGE) & (F.col("year_level") > 0)
    return then.withColumn("category_season_ahead", F.when(told, ahead)).drop("level", "year_weeks", "place", "year_level")


def season_ahead() -> Column:
    """Of an item's week that has OWN and `category_season_ahead`; the category's where the item is too young for its own."""
    weight = AROUND * F.coalesce("year_level", F.lit(0.0)) + DOUBT
    units = F.coalesce("year_units", F.array_repeat(F.lit(0.0), AHEAD))
    return F.zip_with(units, "category_season_ahead", lambda own, category: (own + DOUBT * category) / weight)


def _a_year_before(units: str, by_week: WindowSpec) -> Column:
    """A column of its own: written into another expression, Spark would make the list anew for each use."""
    return F.collect_list(units).over(by_week.rowsBetween(-YEAR, AHEAD + AROUND - 2 - YEAR))


def _around(weeks: str) -> Column:
    """Units in the AROUND weeks around each of the AHEAD weeks to come, YEAR weeks before it."""
    parts = [[F.get(weeks, F.lit(ahead + place)) for place in range(AROUND)] for ahead in range(AHEAD)]
    return F.array(*[sum(rest, first) for first, *rest in parts])
