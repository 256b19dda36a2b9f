"""Have launches of late sold more or less than was foreseen, and where?

Level of a category = (R level_all + y) / (R + M): y units sold, M planned, of launches in their first 13 weeks; level_all the same
of the whole shop around 1. R units of plan are what a category has to bring before half of it is believed (measures.evidence).
"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.measures.exact import exact_sum

FEEDBACK_UNITS = 200.0
LEAST, MOST = 0.5, 2.0


def levels(cohorts: DataFrame) -> tuple[DataFrame, DataFrame]:
    """One row with `level_all`; and one per category with launches: its `sold` and `planned`."""
    latest = cohorts.groupBy("item_id", "category").agg(F.max("cum_planned").alias("planned"), F.max("cum_units").alias("sold"))
    total = latest.agg(
        F.coalesce(exact_sum(F.col("sold")), F.lit(0.0)).alias("y"), F.coalesce(exact_sum(F.col("planned")), F.lit(0.0)).alias("m")
    )
    everywhere = total.select(((FEEDBACK_UNITS + F.col("y")) / (FEEDBACK_UNITS + F.col("m"))).alias("level_all"))
    return everywhere, latest.groupBy("category").agg(
        exact_sum(F.col("sold")).alias("sold"), exact_sum(F.col("planned")).alias("planned")
    )


def with_feedback(candidates: DataFrame, cohorts: DataFrame) -> DataFrame:
    """Adds `learnt`, by which the forecast of the category's candidates is multiplied."""
    everywhere, categories = levels(cohorts)
    joined = candidates.join(F.broadcast(categories), "category", "left").crossJoin(F.broadcast(everywhere))
    sold, planned = F.coalesce("sold", F.lit(0.0)), F.coalesce("planned", F.lit(0.0))
    level = (FEEDBACK_UNITS * F.col("level_all") + sold) / (FEEDBACK_UNITS + planned)
    return joined.withColumn("learnt", F.least(F.greatest(level, F.lit(LEAST)), F.lit(MOST))).drop("sold", "planned", "level_all")
