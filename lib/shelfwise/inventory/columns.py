"""The newsvendor's formulas on Spark columns: numpy's and these run the same code."""

from collections.abc import Callable

from pyspark.sql import Column
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import LEVELS, quantile_name
from shelfwise.measures.newsvendor import Arithmetic, demand_line

FORECAST_WEEKS = 13  # the forecast's reach
HALVINGS = 40  # of the range in which a whole number is looked for: up to 2^40


def _smallest(most: Column, enough: Callable[[Column], Column]) -> Column:
    def halved(bounds: Column, _: Column) -> Column:
        middle = F.floor((bounds["below"] + bounds["above"]) / 2).cast("double")
        fits = enough(middle)
        below, above = F.when(fits, bounds["below"]).otherwise(middle), F.when(fits, middle).otherwise(bounds["above"])
        return F.struct(below.alias("below"), above.alias("above"))

    start = F.struct(F.lit(-1.0).alias("below"), most.cast("double").alias("above"))
    return F.aggregate(F.sequence(F.lit(1), F.lit(HALVINGS)), start, halved, lambda bounds: bounds["above"])


# a higher-order function, not a written-out sum: a tenth of the expressions to analyse and compile
COLUMNS = Arithmetic(
    least=lambda a, b: F.least(F.lit(a), F.lit(b)),
    greatest=lambda a, b: F.greatest(F.lit(a), F.lit(b)),
    where=lambda condition, a, b: F.when(condition, F.lit(a)).otherwise(F.lit(b)),
    ceil=lambda a: F.ceil(a).cast("double"),
    total=lambda demand, part: F.aggregate(demand, F.lit(0.0), lambda sum, s: sum + part(s["p"], s["q"], s["a"], s["b"])),
    smallest=_smallest,
)


CUMULATED = tuple(quantile_name(level, cumulated=True) for level in LEVELS)


def cumulated_demand(week: Column) -> Column:
    """The segments of the line through the cumulated quantiles of a week's forecast, as an array of structs p, q, a, b."""
    segments = [F.struct(*map(_named, "pqab", segment)) for segment in demand_line(LEVELS, [week[name] for name in CUMULATED])]
    return F.array(*segments)


def mixed_demand(parts: Column) -> Column:
    """Demand up to the `week` of each part with its `share`: of a single part with share 1 that week's own line."""
    return F.flatten(
        F.transform(parts, lambda part: F.transform(cumulated_demand(part["week"]), lambda s: _scaled(s, part["share"])))
    )


def _scaled(segment: Column, share: Column) -> Column:
    p, q = (segment[name] * share for name in "pq")
    return F.struct(p.alias("p"), q.alias("q"), segment["a"].alias("a"), segment["b"].alias("b"))


def _named(name: str, value: float | Column) -> Column:
    return F.lit(value).alias(name)
