"""Is this file a table of ratings: user_id, item_id, rating and perhaps timestamp, one row per user and item?

What is held out of it?
"""

from enum import StrEnum

from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from shelfwise.core.arrivals import UNREADABLE
from shelfwise.core.errors import SourceError
from shelfwise.core.kept import keep
from shelfwise.core.own_file import joined, read_own, refuse, refuse_missing, unreadable

USER, ITEM, RATING, TIME = "user_id", "item_id", "rating", "timestamp"
KEY = (USER, ITEM)


class Split(StrEnum):
    random = "random"
    time = "time"


def read_ratings(spark: SparkSession, path: str) -> DataFrame:
    """user_id, item_id string, rating double, timestamp double (seconds; null where the file has none).

    SourceError, naming the file and some rows, for what is no such table.
    """
    try:
        return _checked(path, keep(read_own(spark, path)))
    except UNREADABLE as error:  # Spark reads late
        raise unreadable(path, error) from None


def held_out(ratings: DataFrame, split: Split, ratio: float, seed: int) -> DataFrame:
    """The ratings with `held`: false for what may be learnt from.

    random: of each item's ratings the share `ratio`, rounded, drawn by hash, is kept, so that every item is known; time:
    the rows up to the moment before which the share `ratio` of all lies.
    """
    if split is Split.time:
        until = ratings.agg(F.percentile_approx(TIME, ratio, 1_000_000).alias("until"))
        return ratings.crossJoin(F.broadcast(until)).withColumn("held", F.col(TIME) > F.col("until")).drop("until")  # one row
    place = F.row_number().over(Window.partitionBy(ITEM).orderBy(drawn(seed), USER))
    size = F.count(F.lit(1)).over(Window.partitionBy(ITEM))
    return ratings.withColumn("held", place > F.greatest(F.rint(size * ratio), F.lit(1.0)))


def is_relevant(least: float | None) -> Column:
    """What a customer liked: ratings from `least` on, else all above 0."""
    return F.col(RATING) > 0 if least is None else F.col(RATING) >= least


def drawn(seed: int) -> Column:
    """Of user, item and seed: equal wherever and whenever it is drawn."""
    return F.xxhash64(USER, ITEM, F.lit(seed))


def _checked(path: str, raw: DataFrame) -> DataFrame:
    refuse_missing(path, raw, (*KEY, RATING))
    if raw.isEmpty():
        raise SourceError(f"{path}: there is no row below the header.")
    ratings = keep(_typed(path, raw))
    twice = ratings.groupBy(*KEY).agg(F.count(F.lit(1)).alias("n")).where("n > 1")
    where = joined("user ", F.col(USER), ", item ", F.col(ITEM), ": ", F.col("n"), " rows")
    refuse(path, twice, where, "each user and item have one row: keep the last, or add them up")
    return ratings


def _typed(path: str, raw: DataFrame) -> DataFrame:
    """Text becomes numbers; the first rows that don't are named.

    A time may be a number (seconds) or a date with or without a time.
    """
    wanted = {name: F.col(name).cast("string") for name in KEY} | {RATING: F.expr(f"try_cast(`{RATING}` AS double)")}
    if TIME in raw.columns:
        text = F.col(TIME).cast("string")
        moment = F.expr(f"cast(try_cast(cast(`{TIME}` AS string) AS timestamp) AS double)")
        wanted[TIME] = _seconds(
            F.when(
                text.rlike(r"^\s*-?\d+(\.\d+)?([eE][+-]?\d+)?\s*$"), F.expr(f"try_cast(cast(`{TIME}` AS string) AS double)")
            ).otherwise(moment)
        )
    for name, column in wanted.items():
        bad = column.isNull() if name != RATING else column.isNull() | F.isnan(column) | (F.abs(column) == float("inf"))
        said = joined("user ", F.col(USER), ", item ", F.col(ITEM), ": ", F.col(name))
        kind = {RATING: "a number", TIME: "a number of seconds or a date (YYYY-MM-DD, with or without a time)"}.get(name, "a name")
        refuse(path, raw.where(bad), said, f"{name} must be {kind} in every row")
    if TIME not in wanted:
        wanted[TIME] = F.lit(None).cast("double")
    return raw.select(*[column.alias(name) for name, column in wanted.items()])


def _seconds(number: Column) -> Column:
    """Numbers that would lie three thousand years ahead are milli-, micro- or nanoseconds."""
    size = F.abs(number)
    return F.when(size >= 1e17, number / 1e9).when(size >= 1e14, number / 1e6).when(size >= 1e11, number / 1e3).otherwise(number)
