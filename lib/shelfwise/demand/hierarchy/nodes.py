"""What lies above an item? Its category within its department, the department, and all; '*' stands for all below."""

from collections.abc import Callable, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.measures.exact import exact_sum

ALL, DEPARTMENT, CATEGORY, ITEM = LEVELS = ("all", "department", "category", "item")
# categories of one name in two departments are two nodes
PATH = ("department", "category", "item_id")
NODE = ("level", *PATH)


def rolled_up(
    items: DataFrame, by: Sequence[str], values: Sequence[str], total: Callable[[Column], Column] = exact_sum
) -> DataFrame:
    """One row per node above the items and `by`: the `total` of each of `values`."""
    totals = [total(F.col(name)).alias(name) for name in values]
    # categories first: the threefold of the other levels is then small
    categories = items.groupBy(*by, *PATH[:-1]).agg(*totals)
    sets = [[F.col(name) for name in (*by, *PATH[:depth])] for depth in range(len(PATH))]
    above = [F.grouping(name).alias(f"above_{name}") for name in PATH[:-1]]
    sums = categories.groupingSets(sets, *by, *PATH[:-1]).agg(*totals, *above)
    level = F.when(F.col("above_category") == 0, CATEGORY).when(F.col("above_department") == 0, DEPARTMENT).otherwise(ALL)
    return sums.select(level.alias("level"), *_named(), *by, *values)


def as_items(rows: DataFrame) -> DataFrame:
    return rows.withColumn("level", F.lit(ITEM))


def _named() -> list[Column]:
    parents = [F.when(F.col(f"above_{name}") == 0, F.col(name)).otherwise("*").alias(name) for name in PATH[:-1]]
    return [*parents, F.lit("*").alias("item_id")]
