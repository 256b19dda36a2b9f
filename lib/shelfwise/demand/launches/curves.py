"""How do launches of a category, a department, the shop go on the whole? Their mean units by week since launch.

All frames here have a `cut`: what a source may learn from, so that many hold-outs are worked off in one plan.
"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.measures.exact import exact_mean

LEAST_LEVEL = 0.02


def with_curves(asked: DataFrame, lessons: DataFrame) -> DataFrame:
    """Adds `category_curve`, `department_curve`, `prior_level` and `level` (the shop's curve, the attribute model's unit).

    Inner: a cut without any lesson has nothing to say. A week that the category's launches have not reached is the department's.
    """
    by_category = _means(lessons, "of_category", "department", "category")
    by_department = _means(lessons, "of_department", "department")
    known = (
        asked.join(by_category, ["cut", "launch_week", "department", "category"], "left")
        .join(by_department, ["cut", "launch_week", "department"], "left")
        .join(F.broadcast(shop_curve(lessons)), ["cut", "launch_week"], "inner")
    )
    department = F.coalesce("of_department", "level")
    lowest = F.when(F.col("of_category").isNotNull(), "category").when(F.col("of_department").isNotNull(), "department")
    columns = {
        "department_curve": department,
        "category_curve": F.coalesce("of_category", department),
        "prior_level": lowest.otherwise("shop"),
    }
    return known.withColumns(columns).drop("of_category", "of_department")


def shop_curve(lessons: DataFrame) -> DataFrame:
    """One row per cut and week since launch: `level`."""
    means = _means(lessons, "mean_units")
    return means.select("cut", "launch_week", F.greatest("mean_units", F.lit(LEAST_LEVEL)).alias("level"))


def _means(lessons: DataFrame, name: str, *by: str) -> DataFrame:
    return lessons.groupBy("cut", "launch_week", *by).agg(exact_mean(F.col("units")).alias(name))
