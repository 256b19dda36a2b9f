"""Which forecasts add up, from items to the whole shop, when each level has a forecast of its own?

Bottom-up: sums of the items'. Top-down: the whole shop's, split by what items sold lately (Gross & Sohl 1990). MinT with a
diagonal error covariance (Wickramasuriya, Athanasopoulos & Hyndman 2019): the coherent forecasts f that minimise
sum (f - base)^2 / variance over all nodes. On a tree that needs no matrix: upward, a node's own forecast b (variance w) is combined
with the sum S of its children's (variance V), m = (b/w + S/V) / (1/w + 1/V), v = 1 / (1/w + 1/V); downward, what a parent's final
forecast lies above S is shared by the children's variances, f = m + v (f_parent - S) / V. Items are not forecast below 0,
and what is forecast at 0 (dormant items) stays there; then sums are made anew.
"""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.core.kept import cut, keep
from shelfwise.demand.hierarchy.nodes import ALL, CATEGORY, DEPARTMENT, NODE, PATH, as_items, rolled_up
from shelfwise.measures.exact import exact_sum, on_grid

METHODS = ("bottom_up", "top_down", "mint")
LEAST_VARIANCE = 1e-4


def reconcile(items: DataFrame, bases: DataFrame, by: Sequence[str], carried: Sequence[str] = ()) -> DataFrame:
    """One row per node (items, too) and `by`: `base`, the forecast of each of METHODS, and `carried` of either frame.

    `items`: department, category, item_id, `by`, `mean`, `variance`, `share_of` (what top-down splits by); `bases`: level,
    department, category, `by`, `base`, `variance` for every node above them. Sums are exact: forecasts are multiples of 2^-24.
    """
    # greatest leaves nulls out: what is not known must not look certain
    variance = F.when(F.col("mean") > 0, F.greatest("variance", F.lit(LEAST_VARIANCE))).otherwise(LEAST_VARIANCE)
    known = items.withColumns({"base": on_grid(F.col("mean")), "mean": on_grid(F.col("mean")), "variance": variance})
    nodes = cut(bases)
    step, total = _steps(known, nodes, by)
    same = [*by, *PATH[:-1]]
    split = known.join(F.broadcast(step), same, "left").join(F.broadcast(total), list(by), "left")
    moved = F.col("mean") + F.col("variance") * F.col("step")
    found = keep(
        split.withColumns(
            {
                "bottom_up": F.col("mean"),
                "top_down": on_grid(F.coalesce(F.col("whole") * F.try_divide(F.col("share_of"), F.col("shares")), F.lit(0.0))),
                "mint": F.when(F.col("mean") <= 0, 0.0).when(F.col("step").isNotNull(), on_grid(F.greatest(F.lit(0.0), moved))),
            }
        )
    )
    own = nodes.select(*NODE[:-1], *by, "base", *carried)
    above = rolled_up(found, by, METHODS).join(F.broadcast(own), [*NODE[:-1], *by], "left")
    columns = [*NODE, *by, "base", *METHODS, *carried]
    return as_items(found).select(*columns).unionByName(above.select(*columns))


def _steps(items: DataFrame, bases: DataFrame, by: Sequence[str]) -> tuple[DataFrame, DataFrame]:
    """By category: `step`, what items add per unit of variance. By `by`: `whole`, the shop's base, and `shares`, to divide by."""
    shares = exact_sum(F.col("share_of")).alias("shares")
    # each is read by the level above and again on the way down
    categories = cut(_combined(items, bases, CATEGORY, [*by, "department", "category"], shares))
    departments = cut(_combined(categories, bases, DEPARTMENT, [*by, "department"], exact_sum(F.col("shares")).alias("shares")))
    everything = _combined(departments, bases, ALL, by, exact_sum(F.col("shares")).alias("shares"))
    top = everything.withColumn("step", _step(F.col("mean")))
    middle = _downward(departments, top, by)
    bottom = _downward(categories, middle, [*by, "department"])
    whole = everything.select(*by, F.col("base").alias("whole"), "shares")
    return bottom.select(*by, "department", "category", "step"), whole


def _combined(children: DataFrame, bases: DataFrame, level: str, key: Sequence[str], *more: Column) -> DataFrame:
    """One row per node of `level`: `below`, `below_variance` of its children's sum; `mean`, `variance` with its own forecast."""
    sums = {"below": exact_sum(F.col("mean")), "below_variance": exact_sum(F.col("variance"))}
    own = bases.where(F.col("level") == level).select(*key, "base", F.col("variance").alias("own_variance"))
    summed = children.groupBy(*key).agg(*[total.alias(name) for name, total in sums.items()], *more)
    joined = summed.join(F.broadcast(own), list(key), "left")
    # a node without a forecast of its own is what its children are
    precision = F.when(F.col("own_variance").isNotNull(), 1 / F.greatest("own_variance", F.lit(LEAST_VARIANCE))).otherwise(0.0)
    variance = 1 / (precision + 1 / F.col("below_variance"))
    both = F.coalesce(F.col("base"), F.lit(0.0)) * precision + F.col("below") / F.col("below_variance")
    return joined.withColumns({"mean": variance * both, "variance": variance})


def _downward(nodes: DataFrame, parents: DataFrame, key: Sequence[str]) -> DataFrame:
    above = parents.select(*key, F.col("step").alias("parent_step"))
    given = F.col("mean") + F.col("variance") * F.col("parent_step")
    return nodes.join(F.broadcast(above), list(key), "left").withColumn("step", _step(given))


def _step(final: Column) -> Column:
    return (final - F.col("below")) / F.col("below_variance")
