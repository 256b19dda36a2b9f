"""Which earlier launches is this one most like, and how did they go?

Similarity = exp(-distance); the distance counts what differs: 1.5 each for category, shelf and maker, .5 for private label, .7
per unit of |log price ratio| and 1 per unit of |log ratio of what established neighbours sell|. A launch is compared with the
department's POOL latest ones; the NEAREST of them are its analogues, and their mean curve weighs each by its similarity.
Forecasting by analogy: Green & Armstrong (2007), *International Journal of Forecasting* 23; the kernel mean: Nadaraya (1964).
"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.demand.launches.attributes import nearest_velocity
from shelfwise.measures.exact import exact_sum

POOL, NEAREST = 300, 20
PATH = {"category": 1.5, "shelf": 1.5, "maker_id": 1.5, "private_label": 0.5}
PRICE, VELOCITY = 0.7, 1.0
COMPARED = (*PATH, "log_price", "log_velocity")


def nearest_launches(asked: DataFrame, lessons: DataFrame) -> DataFrame:
    """One row per cut and asked item whose department had launches: `analogues`, the most similar first."""
    first = F.col("launch_week") == 1
    wanted = _described(asked.where(first)).select("cut", "department", "item_id", *COMPARED)
    latest = Window.partitionBy("cut", "department").orderBy(F.desc("launch"), "item_id")
    pool = _described(lessons.where(first)).withColumn("place", F.row_number().over(latest)).where(F.col("place") <= POOL)
    renamed = [F.col(name).alias(f"other_{name}") for name in ("item_id", *COMPARED)]
    pairs = wanted.join(pool.select("cut", "department", *renamed), ["cut", "department"], "inner")
    similar = pairs.select("cut", "item_id", "other_item_id", F.round(F.exp(-_distance()), 6).alias("similarity"))
    order = Window.partitionBy("cut", "item_id").orderBy(F.desc("similarity"), "other_item_id")
    chosen = similar.withColumn("place", F.row_number().over(order)).where(F.col("place") <= NEAREST)
    analogue = F.struct("place", F.struct(F.col("other_item_id").alias("item_id"), "similarity").alias("analogue"))
    return (
        chosen.groupBy("cut", "item_id")
        .agg(F.array_sort(F.collect_list(analogue)).alias("by_place"))
        .select("cut", "item_id", F.col("by_place.analogue").alias("analogues"))
    )


def analogue_curves(nearest: DataFrame, lessons: DataFrame) -> DataFrame:
    """One row per cut, item and week since launch that some of its analogues have reached: `analogue_mean`."""
    each = nearest.select("cut", F.col("item_id").alias("asked_id"), F.inline("analogues"))
    told = each.join(lessons.select("cut", "item_id", "launch_week", "units"), ["cut", "item_id"], "inner")
    # far from all of them, they still weigh by how much less far each is
    weight = F.greatest("similarity", F.lit(1e-3))
    mean = F.try_divide(exact_sum(weight * F.col("units")), exact_sum(weight))
    means = told.groupBy("cut", "asked_id", "launch_week").agg(mean.alias("analogue_mean"))
    return means.withColumnRenamed("asked_id", "item_id")


def _described(launched: DataFrame) -> DataFrame:
    return launched.withColumn("log_velocity", F.log(nearest_velocity() + 0.05))


def _distance() -> Column:
    far = PRICE * F.abs(F.col("log_price") - F.col("other_log_price"))
    far = far + VELOCITY * F.abs(F.col("log_velocity") - F.col("other_log_velocity"))
    for name, weight in PATH.items():
        far = far + F.when(F.col(name) == F.col(f"other_{name}"), 0.0).otherwise(weight)
    return far
