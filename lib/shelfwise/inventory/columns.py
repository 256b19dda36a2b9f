"""The newsvendor's formulas on Spark columns: numpy's and these run the same code."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import LEVELS, quantile_name
from shelfwise.measures.newsvendor import Arithmetic, demand_line

# a higher-order function, not a written-out sum: a tenth of the expressions to analyse and compile
COLUMNS = Arithmetic(
    least=lambda a, b: F.least(F.lit(a), F.lit(b)),
    greatest=lambda a, b: F.greatest(F.lit(a), F.lit(b)),
    where=lambda condition, a, b: F.when(condition, F.lit(a)).otherwise(F.lit(b)),
    ceil=lambda a: F.ceil(a).cast("double"),
    total=lambda demand, part: F.aggregate(demand, F.lit(0.0), lambda sum, s: sum + part(s["p"], s["q"], s["a"], s["b"])),
)


CUMULATED = tuple(quantile_name(level, cumulated=True) for level in LEVELS)


def cumulated_demand() -> Column:
    """The segments of the line through the cumulated quantiles of gold.demand_forecast, as an array of structs p, q, a, b."""
    segments = [F.struct(*map(_named, "pqab", segment)) for segment in demand_line(LEVELS, [F.col(name) for name in CUMULATED])]
    return F.array(*segments)


def _named(name: str, value: float | Column) -> Column:
    return F.lit(value).alias(name)
