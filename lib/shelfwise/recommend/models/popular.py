"""What most customers take, and what they take of late.

Each purchase counts for 2^(-age / half-life); an endless half-life is plain popularity.
"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.core.job import Params
from shelfwise.measures.exact import exact_sum
from shelfwise.recommend.vectors import Vectors, of_factors


class PopularParams(Params):
    half_life: float | None = None  # in the unit of `at`; None: all count alike


def popular(taken: DataFrame, params: PopularParams) -> Vectors:
    """Everybody has the vector (1), an item that of its weighed customers."""
    weight = F.lit(1.0)
    if params.half_life is not None:
        newest = taken.agg(F.max("at").alias("newest"))
        taken = taken.crossJoin(F.broadcast(newest))  # one row
        weight = F.pow(F.lit(2.0), (F.col("at") - F.col("newest")) / params.half_life)
    customers = taken.select(F.col("customer_index").alias("id")).distinct().withColumn("features", F.array(F.lit(1.0)))
    items = taken.groupBy(F.col("item_index").alias("id")).agg(F.array(exact_sum(weight)).alias("features"))
    return of_factors(customers, items)
