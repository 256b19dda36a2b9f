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

OF_ITEM = ("item_id", "department", "category", "maker_id")
DESCRIBED = ("item_id", "launch", "eve", "department", "category", "shelf", "maker_id", "private_label", "price")


def launches(panel: DataFrame, items: DataFrame, list_prices: DataFrame) -> DataFrame:
    """One row per item launched in the data's NEW_WEEKS th week or later: what it is, `unseen_weeks` before, `taken`.

    `taken` is null until its first eight weeks are known.
    """
    known = _lives(panel).join(_counted(items), "item_id", "full").join(_priced(list_prices), "item_id", "left")
    ends = panel.agg(F.min("week").alias("data_begin"), F.max("week").alias("last_week"))  # one row
    begun = list_prices.agg(_week(F.min("starts_on")).alias("prices_begin"))  # one row
    early = F.col("sold_first").isNull() | (F.col("priced_in") < F.col("sold_first"))
    dated = known.crossJoin(F.broadcast(ends)).crossJoin(F.broadcast(begun)).withColumns(
        {
            **{name: F.coalesce(name, f"counted_{name}") for name in OF_ITEM[1:]},
            "launch": F.least("priced_in", "sold_first"),
            "price": F.when(early, F.col("list_price")).otherwise(F.col("first_price")),
            "watched": F.greatest("data_begin", F.when(early, F.col("prices_begin"))),
        }
    )  # fmt: skip
    weeks = {"unseen_weeks": _weeks("launch", "watched"), "seen_weeks": _weeks("last_week", "launch") + 1}
    late = F.coalesce(_weeks("sold_first", "launch"), F.lit(0))
    selling = F.size(F.filter(F.coalesce("selling_ages", F.array().cast("array<int>")), lambda age: age + late < JUDGED_WEEKS))
    taken = F.when(F.col("seen_weeks") >= JUDGED_WEEKS, selling >= TAKEN_WEEKS)
    born = dated.withColumns(weeks).where((F.col("unseen_weeks") >= NEW_WEEKS) & (F.col("seen_weeks") > 0))
    described = born.join(_words(items), "item_id", "left")
    return described.withColumns({"taken": taken, "eve": F.date_sub("launch", 7)}).select(*DESCRIBED, "unseen_weeks", "taken")


def to_come(panel: DataFrame, items: DataFrame, list_prices: DataFrame, *, last_week: date) -> DataFrame:
    """One row per item that has never sold, and whose first list price is of one of the next 13 weeks."""
    coming = F.col("priced_in").between(F.lit(last_week + timedelta(weeks=1)), F.lit(last_week + timedelta(weeks=CURVE_WEEKS)))
    unsold = _priced(list_prices).where(coming).join(panel.select("item_id").distinct(), "item_id", "left_anti")
    goods = _counted(items).select("item_id", *[F.col(f"counted_{name}").alias(name) for name in OF_ITEM[1:]])
    described = unsold.join(goods, "item_id", "inner").join(_words(items), "item_id", "left")
    columns = {"launch": F.col("priced_in"), "price": F.col("list_price"), "eve": F.lit(last_week)}
    return described.withColumns(columns).select(*DESCRIBED)


def on_the_list(list_prices: DataFrame, *, last_week: date) -> DataFrame:
    """Ids of the items that had a list price by then, sold or not."""
    return _priced(list_prices).where(F.col("priced_in") <= F.lit(last_week)).select("item_id")


def by_week(launched: DataFrame, panel: DataFrame) -> DataFrame:
    """One row per launch and `launch_week` 1 to 13: its `week` and `units`; none sold is 0, what is not known yet null."""
    weeks = launched.withColumn("launch_week", F.explode(F.sequence(F.lit(1), F.lit(CURVE_WEEKS))))
    dated = weeks.withColumn("week", F.date_add("launch", 7 * (F.col("launch_week") - 1)))
    return with_units(dated, panel)


def _lives(panel: DataFrame) -> DataFrame:
    """One row per item that sold: when and for how much first, and in which of its first weeks."""
    selling = F.when((F.col("age_weeks") < JUDGED_WEEKS) & (F.col("sold_units") > 0), F.col("age_weeks").cast("int"))
    return panel.groupBy(*OF_ITEM).agg(
        F.min("week").alias("sold_first"),
        F.min_by("shelf_price", "week").alias("first_price"),
        F.collect_list(selling).alias("selling_ages"),
    )


def _priced(list_prices: DataFrame) -> DataFrame:
    """One row per item that has a list price: the week of the first, and the price."""
    first = F.min_by(F.col("price").cast("double"), F.struct("starts_on", "location_id"))
    return list_prices.groupBy("item_id").agg(_week(F.min("starts_on")).alias("priced_in"), first.alias("list_price"))


def _counted(items: DataFrame) -> DataFrame:
    return items.where(F.col("sold_by") == "each").select(
        "item_id", *[F.col(name).alias(f"counted_{name}") for name in OF_ITEM[1:]]
    )


def _week(day: Column) -> Column:
    return F.to_date(F.date_trunc("week", day))


def _weeks(end: str, begin: str) -> Column:
    return (F.datediff(end, begin) / 7).cast("int")


def _words(items: DataFrame) -> DataFrame:
    private: Column = F.coalesce(F.col("private_label").cast("double"), F.lit(-1.0))
    return items.select("item_id", shelf(), private.alias("private_label"))
