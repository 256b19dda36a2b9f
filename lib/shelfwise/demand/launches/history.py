"""Which launches does history hold, and which are to come?

An item is launched in the week of its first list price; where nobody says a price, in that of its first sale. What was listed or
sold in the first weeks of the data, or of the prices, was not born then (left truncation). A launch that is priced counts from
the first day, weeks without a sale and items that never sold among them: counted from a first sale, launches look better than
they are. It has taken if it sold in TAKEN_WEEKS of its first JUDGED_WEEKS. Announced is what has a list price of a later week and
has never sold: a catalogue alone announces nothing.
"""

from datetime import date, timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.launches import CURVE_WEEKS, JUDGED_WEEKS, TAKEN_WEEKS
from shelfwise.demand.segments import NEW_WEEKS
from shelfwise.measures.shelves import shelf
from shelfwise.measures.sold import with_units

DESCRIBED = ("item_id", "launch", "eve", "department", "category", "shelf", "maker_id", "private_label", "price", "announced_on")


def launches(panel: DataFrame, items: DataFrame, list_prices: DataFrame) -> DataFrame:
    """One row per item launched in the data's NEW_WEEKS th week or later: what it is, `unseen_weeks` before, `taken`.

    `taken` is null until its first eight weeks are known.
    """
    prices = priced(list_prices)
    ends = panel.agg(F.min("week").alias("data_begin"), F.max("week").alias("last_week"))  # one row
    begun = prices.agg(F.min("priced_in").alias("prices_begin"))  # one row
    known = _lives(panel).join(prices, "item_id", "full").crossJoin(F.broadcast(ends)).crossJoin(F.broadcast(begun))
    early = F.col("sold_first").isNull() | (F.col("priced_in") < F.col("sold_first"))
    dated = known.withColumns(
        {
            "launch": F.least("priced_in", "sold_first"),
            "price": F.when(early, F.col("list_price")).otherwise(F.col("first_price")),
            "watched": F.greatest("data_begin", F.when(early, F.col("prices_begin"))),
        }
    )
    weeks = {"unseen_weeks": _weeks("launch", "watched"), "seen_weeks": _weeks("last_week", "launch") + 1}
    selling = F.size(F.filter("selling_ages", lambda age: age + _weeks("sold_first", "launch") < JUDGED_WEEKS))
    taken = F.when(F.col("seen_weeks") >= JUDGED_WEEKS, F.coalesce(selling >= TAKEN_WEEKS, F.lit(False)))
    born = dated.withColumns(weeks).where((F.col("unseen_weeks") >= NEW_WEEKS) & (F.col("seen_weeks") > 0))
    described = born.join(_counted(items), "item_id", "inner")
    return described.withColumns({"taken": taken, "eve": F.date_sub("launch", 7)}).select(*DESCRIBED, "unseen_weeks", "taken")


def to_come(panel: DataFrame, items: DataFrame, list_prices: DataFrame, *, last_week: date) -> DataFrame:
    """One row per item that has never sold, and whose first list price is of one of the next 13 weeks."""
    coming = F.col("priced_in").between(F.lit(last_week + timedelta(weeks=1)), F.lit(last_week + timedelta(weeks=CURVE_WEEKS)))
    unsold = priced(list_prices).where(coming).join(panel.select("item_id").distinct(), "item_id", "left_anti")
    columns = {"launch": F.col("priced_in"), "price": F.col("list_price"), "eve": F.lit(last_week)}
    return unsold.join(_counted(items), "item_id", "inner").withColumns(columns).select(*DESCRIBED)


def priced(list_prices: DataFrame) -> DataFrame:
    """One row per item that has a list price: `priced_in`, Monday of the first one's week, that `list_price`, `announced_on`."""
    week = F.to_date(F.date_trunc("week", F.min("starts_on"))).alias("priced_in")
    earliest = F.struct("starts_on", "location_id")
    first = F.min_by(F.col("price").cast("double"), earliest).alias("list_price")
    return list_prices.groupBy("item_id").agg(week, first, F.min_by("known_at", earliest).alias("announced_on"))


def by_week(launched: DataFrame, panel: DataFrame, as_of: date) -> DataFrame:
    """One row per launch and `launch_week` 1 to 13: its `week` and `units`; none sold is 0, what is not known yet null."""
    weeks = launched.withColumn("launch_week", F.explode(F.sequence(F.lit(1), F.lit(CURVE_WEEKS))))
    dated = weeks.withColumn("week", F.date_add("launch", 7 * (F.col("launch_week") - 1)))
    return with_units(dated, panel, as_of)


def _lives(panel: DataFrame) -> DataFrame:
    """One row per item that sold: when and for how much first, and in which of its first weeks."""
    selling = F.when((F.col("age_weeks") < JUDGED_WEEKS) & (F.col("sold_units") > 0), F.col("age_weeks").cast("int"))
    return panel.groupBy("item_id").agg(
        F.min("week").alias("sold_first"),
        F.min_by("shelf_price", "week").alias("first_price"),
        F.collect_list(selling).alias("selling_ages"),
    )


def _weeks(end: str, begin: str) -> Column:
    return (F.datediff(end, begin) / 7).cast("int")


def _counted(items: DataFrame) -> DataFrame:
    """What is sold by the each: what it is, as DESCRIBED."""
    private: Column = F.coalesce(F.col("private_label").cast("double"), F.lit(-1.0))
    goods = items.where(F.col("sold_by") == "each")
    return goods.select("item_id", "department", "category", shelf(), "maker_id", private.alias("private_label"))
