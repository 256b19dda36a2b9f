"""The newsvendor's formulas on Spark columns: numpy's and these run the same code."""

from collections.abc import Callable, Sequence
from typing import Any

from pyspark.sql import Column
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import LEVELS, quantile_name
from shelfwise.measures.met_demand import met_demand
from shelfwise.measures.newsvendor import DECIMALS, Arithmetic, demand_line

FORECAST_WEEKS = 13  # the forecast's reach
HALVINGS = 40  # of the range in which a whole number is looked for: up to 2^40


def _smallest(most: Column, enough: Callable[[Column], Column]) -> Column:
    def halved(bounds: Column, _: Column) -> Column:
        middle = F.floor((bounds["below"] + bounds["above"]) / 2).cast("double")
        fits = (middle >= 0) & enough(middle)
        below, above = F.when(fits, bounds["below"]).otherwise(middle), F.when(fits, middle).otherwise(bounds["above"])
        return F.struct(below.alias("below"), above.alias("above"))

    start = F.struct(F.lit(-1.0).alias("below"), most.cast("double").alias("above"))
    return F.aggregate(F.sequence(F.lit(1), F.lit(HALVINGS)), start, halved, lambda bounds: bounds["above"])


def _through(demands: Sequence[Column], up_to: Callable[[Column], Column]) -> Column:
    ends = F.concat(*[F.concat(F.array(F.get(demand, 0)["a"]), F.transform(demand, lambda s: s["b"])) for demand in demands])
    points = F.transform(F.array_sort(ends), lambda units: F.struct(up_to(units).alias("p"), F.round(units, DECIMALS).alias("a")))
    return _let([points], _joined)


def _joined(points: Column) -> Column:
    count = F.size(points) - 1
    pairs = F.slice(points, 1, count), F.slice(points, 2, count)
    return F.zip_with(*pairs, lambda left, right: _segment(left["p"], right["p"], left["a"], right["a"]))


def _let(values: Sequence[Column], use: Callable[..., Any]) -> Column:
    """An expression that stands in another twice is computed twice; a lambda's argument once."""
    names = [f"v{place}" for place in range(len(values))]
    bound = F.struct(*[value.alias(name) for name, value in zip(names, values, strict=True)])
    return F.get(F.transform(F.array(bound), lambda them: use(*[them[name] for name in names])), 0)


def _segment(*ends: float | Column) -> Column:
    return F.struct(*map(_named, "pqab", ends))


# a higher-order function, not a written-out sum: a tenth of the expressions to analyse and compile
COLUMNS = Arithmetic(
    least=lambda a, b: F.least(F.lit(a), F.lit(b)),
    greatest=lambda a, b: F.greatest(F.lit(a), F.lit(b)),
    where=lambda condition, a, b: F.when(condition, F.lit(a)).otherwise(F.lit(b)),
    ceil=lambda a: F.ceil(a).cast("double"),
    total=lambda demand, part: F.aggregate(demand, F.lit(0.0), lambda sum, s: sum + part(s["p"], s["q"], s["a"], s["b"])),
    smallest=_smallest,
    each=lambda demand, part: F.transform(demand, lambda s, place: _segment(*part(s["p"], s["q"], s["a"], s["b"], place))),
    through=_through,
    let=_let,
)


CUMULATED = tuple(quantile_name(level, cumulated=True) for level in LEVELS)


def cumulated_demand(week: Column) -> Column:
    """The segments of the line through the cumulated quantiles of a week's forecast, as an array of structs p, q, a, b."""
    segments = [_segment(*segment) for segment in demand_line(LEVELS, [week[name] for name in CUMULATED])]
    return F.array(*segments)


def cumulated_met_demand(week: Column, before: Column, alike: Column, position: Column) -> Column:
    """The same of what can still be met of it (measures.met_demand), with `position` on hand and on order.

    `before` is the forecast up to the last review period of the `week`'s, null where there is nothing before; the review period
    itself is spread as demand up to the week `alike` (see risen), around its own mean.
    """
    whole, start = cumulated_demand(week), cumulated_demand(alike)
    lead = F.when(before.isNull(), F.filter(whole, lambda _: F.lit(False))).otherwise(cumulated_demand(before))
    scale = F.coalesce(F.try_divide(risen(week, before), alike["cum_mean"]), F.lit(1.0))
    review = COLUMNS.each(start, lambda p, q, a, b, _: (p, q, a * scale, b * scale))
    return _let((whole, lead, review, position), lambda cover, lead, review, y: met_demand(cover, lead, review, y, COLUMNS))


def risen(week: Column, before: Column) -> Column:
    """Mean demand between two forecasts; of the weeks up to which about as much is expected, the law has about the same shape."""
    return week["cum_mean"] - F.coalesce(before["cum_mean"], F.lit(0.0))


def mixed_demand(parts: Column, law: Callable[[Column], Column]) -> Column:
    """What is `law` of each of the `parts` with its `share`: of a single part with share 1 that law itself."""

    def weighed(part: Column) -> Column:
        shared: Column = COLUMNS.each(law(part), lambda p, q, a, b, _: (p * part["share"], q * part["share"], a, b))
        return shared

    return F.flatten(F.transform(parts, weighed))


def _named(name: str, value: float | Column) -> Column:
    return F.lit(value).alias(name)
