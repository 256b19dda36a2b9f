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
    weighed = faded(taken, params.half_life)
    customers = taken.select(F.col("customer_index").alias("id")).distinct().withColumn("features", F.array(F.lit(1.0)))
    items = weighed.groupBy(F.col("item_index").alias("id")).agg(F.array(exact_sum(F.col("weight"))).alias("features"))
    return of_factors(customers, items)


def faded(taken: DataFrame, half_life: float | None) -> DataFrame:
    """`taken` with the `weight` of each purchase."""
    if half_life is None:
        return taken.withColumn("weight", F.lit(1.0))
    newest = taken.agg(F.max("at").alias("newest"))
    weight = F.pow(F.lit(2.0), (F.col("at") - F.col("newest")) / half_life)
    return taken.crossJoin(F.broadcast(newest)).withColumn("weight", weight).drop("newest")  # one row
