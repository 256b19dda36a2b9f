"""What could the ranker have known on earlier days, and what was bought in the weeks after?

The newest of the days is the one that lists are judged by: its outcome ends at `as_of`. A ranker that is judged learns from the
days before it, whose outcomes end by that day; the one that serves learns from all of them. Of the days before each has its own
share of the customers, drawn by hash: days teach more than customers do, and each customer teaches once.
"""

from datetime import date, timedelta
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.lessons import RECOMMENDER_LESSONS
from shelfwise.core.conform import empty
from shelfwise.recommend.ranker.rows import FEATURES, RowsParams, rows_at, shop_of, with_outcome
from shelfwise.recommend.vectors import PAIR


class LessonParams(RowsParams):
    lessons: int = 3  # days before the judged one; three taught more than one (nDCG@10 of new items .052 against .047)


def recommender_lessons(
    sales: DataFrame,
    items: DataFrame,
    interactions: DataFrame,
    promotions: DataFrame,
    events: DataFrame,
    *,
    params: LessonParams,
    as_of: date,
) -> DataFrame:
    """One row per day, candidate pair of a customer who came in the weeks after; days before the first purchase have none."""
    shop = shop_of(sales, items, interactions, promotions, events)
    days = [as_of - timedelta(days=params.days * (n + 1)) for n in range(params.lessons + 1)]
    first = shop.visits.agg(F.min("sold_on").alias("first")).first()  # one row
    began = first["first"] if first else None
    turn = F.pmod(F.xxhash64("customer_index"), F.lit(params.lessons))
    asked = {day: turn == n - 1 if n else None for n, day in enumerate(days) if began and began <= day}
    taught = [
        with_outcome(rows_at(shop, day, params, among=among), shop.visits, day, params.days).withColumn("day", F.lit(day))
        for day, among in asked.items()
    ]
    if not taught:
        return empty(sales.sparkSession, RECOMMENDER_LESSONS)
    rows = reduce(DataFrame.unionByName, taught).withColumn("as_of", F.lit(as_of))
    return rows.select("as_of", "day", *PAIR, "own", *FEATURES, "bought")
