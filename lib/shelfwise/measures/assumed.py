"""What is assumed of an item where the shop's data say nothing?

Of the rows that fit an item the narrowest wins: item, then maker, category, department, and '*' for all.
"""

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

# of buying an item
NAMES = (
    *("lead_time_days", "review_days", "unit_cost_share", "holding_cost_share_per_year", "case_pack", "minimum_units"),
    *("expedite_days", "expedite_cost_share"),
)

NARROWEST_FIRST = ("item", "maker", "category", "department", "*")


def assume(items: DataFrame, assumptions: DataFrame, names: Sequence[str] = NAMES) -> DataFrame:
    """`items` (with item_id, maker_id, category, department) and a column per name; one without a row for '*' is an error.

    The assumptions are a file that people write: small enough to broadcast to every task.
    """
    by_scope = assumptions.groupBy("scope").agg(
        *[F.max(F.when(F.col("name") == name, F.col("value"))).alias(name) for name in names]
    )
    joined = reduce(lambda frame, level: _join_level(frame, by_scope, level, names), NARROWEST_FIRST, items)
    return joined.select(*items.columns, *[_narrowest(name).alias(name) for name in names])


def assume_everywhere(frame: DataFrame, assumptions: DataFrame, name: str) -> DataFrame:
    """`frame` and a column `name`: what is assumed of the whole shop; without a row for '*' an error."""
    everywhere = assumptions.where((F.col("scope") == "*") & (F.col("name") == name)).agg(F.max("value").alias("of_all"))  # one row
    joined = frame.crossJoin(F.broadcast(everywhere))
    return joined.select(*frame.columns, F.coalesce("of_all", _missing(name)).alias(name))


def _join_level(items: DataFrame, by_scope: DataFrame, level: str, names: Sequence[str]) -> DataFrame:
    named = [F.col(name).alias(_column(name, level)) for name in names]
    values = by_scope.select(F.col("scope").alias(_column("scope", level)), *named)
    fits = F.lit("*") if level == "*" else F.concat(F.lit(f"{level}:"), F.col(_id(level)))
    return items.join(F.broadcast(values), fits == F.col(_column("scope", level)), "left")


def _narrowest(name: str) -> Column:
    return F.coalesce(*[F.col(_column(name, level)) for level in NARROWEST_FIRST], _missing(name))


def _missing(name: str) -> Column:
    return F.raise_error(f"silver.assumptions has no row of scope '*' for {name}: add one to the assumptions file.").cast("double")


def _id(level: str) -> str:
    return f"{level}_id" if level in ("item", "maker") else level


def _column(name: str, level: str) -> str:
    return f"{name}_of_{'all' if level == '*' else level}"
