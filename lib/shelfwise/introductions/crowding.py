"""How much of a newcomer's sales do the other items of its shelf lose? Estimated from the launches that the shop has seen.

By the nested law (measures.nested), log units of a shelf's older items move by -c times log(units of the whole shelf / units of the
older ones). From one span of SPAN weeks to the next, y is the change of the first and x that of the second; both less the mean
of the category's shelves in the same spans, so that seasons and trends that they share drop out (difference in differences).
Units of the older items stand in y and in x, and their chance moves would look like crowding: so x is taken of even weeks where y
is of odd ones and the other way round, each the other's instrument (split-sample instrument: Angrist & Krueger 1995, *JBES* 13).
    c = -sum w (x_even y_odd + x_odd y_even) / 2 / sum w x_even x_odd,    w = 1 / (1 / units then + 1 / units now + .1)
Its error is the sandwich over shelves and spans. A category's c leans on the shop's, the shop's on one half.
"""

from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.window import WindowSpec

from shelfwise.core.kept import keep
from shelfwise.introductions.leaning import leaning
from shelfwise.measures.exact import FINER, exact_sum, on_grid
from shelfwise.measures.shelves import shelf

SPAN = 8  # weeks
LEAST_UNITS = 5.0  # of older items in the even and in the odd weeks of a span: below it a logarithm says nothing
SPREAD = 0.1  # variance of log units that spans have beyond Poisson's
CATEGORY_SD = 0.15  # by which categories are taken to differ from the shop
UNTOLD, UNTOLD_SD = 0.5, 0.25  # what is taken of a shop without launches
LEAST, MOST = 0.0, 0.95
PARITIES = ("even", "odd")
SUMS = {"a": ("a",), "b": ("b",), "aa": ("a", "a"), "ab": ("a", "b"), "bb": ("b", "b")}


def crowding(panel: DataFrame, items: DataFrame) -> DataFrame:
    """One row for '*' and one per category with launches: effect, scope, value, measured, error, cases."""
    cases = _products(_demeaned(_changes(_spans(panel, items))))
    sums = [_sum(reduce(Column.__mul__, map(F.col, factors))).alias(name) for name, factors in SUMS.items()]
    by_category = keep(cases.groupBy("category").agg(*sums, F.count(F.lit(1)).alias("cases")))
    whole = by_category.agg(F.sum("cases").alias("cases"), *[_sum(F.col(name)).alias(name) for name in SUMS]).where("b > 0")
    shop = _estimated(whole, F.lit("*"), F.lit(UNTOLD), UNTOLD_SD)
    beside_shop = by_category.where("b > 0").crossJoin(F.broadcast(shop.select(F.col("value").alias("shop"))))
    categories = _estimated(beside_shop, F.concat(F.lit("category:"), "category"), F.col("shop"), CATEGORY_SD)
    return shop.unionByName(categories)


def _spans(panel: DataFrame, items: DataFrame) -> DataFrame:
    """One row per shelf and span (0 the latest): units of all its items, of those launched before it, and before the one before."""
    ends = panel.agg(F.max("week").alias("last"), F.min("week").alias("begin"))  # one row
    dated = panel.select("item_id", "category", "week", "units", "age_weeks").crossJoin(F.broadcast(ends))
    back = (F.datediff("last", "week") / 7).cast("int")
    launched = F.date_sub("week", 7 * F.col("age_weeks"))
    # what was on sale when the data begin was not launched then
    launch_span = F.when(launched <= F.col("begin"), 10_000).otherwise(((F.datediff("last", launched) / 7) / SPAN).cast("int"))
    columns = {"span": (back / SPAN).cast("int"), "launch_span": launch_span, "parity": back % 2}
    whole = (F.datediff("last", "begin") / 7 + 1) / SPAN
    counted = dated.withColumns(columns).where(F.col("span") < F.floor(whole))
    placed = counted.join(items.select("item_id", shelf()), "item_id", "inner")
    units, later = F.col("units"), F.col("launch_span") - F.col("span")
    return placed.groupBy("category", "shelf", "span").agg(
        *[
            exact_sum(F.when((F.col("parity") == parity) & older, units).otherwise(0.0)).alias(f"{name}_{PARITIES[parity]}")
            for parity in (0, 1)
            for name, older in {"all": F.lit(True), "before": later > 0, "long_before": later > 1}.items()
        ]
    )


def _changes(spans: DataFrame) -> DataFrame:
    """One row per shelf and span with enough units then and before: y and x of even and odd weeks, and the weight."""
    names = [f"{name}_{parity}" for name in ("all", "before") for parity in PARITIES]
    earlier = spans.select("shelf", (F.col("span") - 1).alias("span"), *[F.col(name).alias(f"then_{name}") for name in names])
    both = spans.join(earlier, ["shelf", "span"], "inner")
    older = [F.col(f"{name}_{parity}") for name in ("long_before", "then_before") for parity in PARITIES]
    known = both.where(reduce(lambda a, b: a & b, [units >= LEAST_UNITS for units in older]))
    columns = {}
    for parity in PARITIES:
        now, then = F.col(f"long_before_{parity}"), F.col(f"then_before_{parity}")
        columns[f"y_{parity}"] = F.log(now / then)
        columns[f"x_{parity}"] = F.log(F.col(f"all_{parity}") / now) - F.log(F.col(f"then_all_{parity}") / then)
    totals = [sum((F.col(f"{name}_{parity}") for parity in PARITIES), F.lit(0.0)) for name in ("long_before", "then_before")]
    weight = 1 / (1 / totals[0] + 1 / totals[1] + SPREAD)
    return known.withColumns(columns | {"weight": weight}).select("category", "shelf", "span", "weight", *columns)


def _demeaned(changes: DataFrame) -> DataFrame:
    """Less the weighed mean of the category's shelves in the span; a category with one shelf has nothing to compare with."""
    together = Window.partitionBy("category", "span")
    compared = changes.withColumn("shelves", F.count(F.lit(1)).over(together)).where("shelves > 1")
    names = [f"{axis}_{parity}" for axis in ("x", "y") for parity in PARITIES]
    return compared.withColumns({name: F.col(name) - _mean(F.col(name), together) for name in names})


def _mean(values: Column, together: WindowSpec) -> Column:
    weight = F.col("weight")
    return F.sum(on_grid(weight * values * FINER)).over(together) / F.sum(on_grid(weight * FINER)).over(together)


def _sum(values: Column) -> Column:
    """Of small numbers, the same in whatever order they come."""
    return exact_sum(values * FINER) / FINER


def _products(changes: DataFrame) -> DataFrame:
    half = (F.col("x_even") * F.col("y_odd") + F.col("x_odd") * F.col("y_even")) / 2
    return changes.select(
        "category", (F.col("weight") * half).alias("a"), (F.col("weight") * F.col("x_even") * F.col("x_odd")).alias("b")
    )


def _estimated(sums: DataFrame, scope: Column, prior: Column, sd: float) -> DataFrame:
    """The estimate c = -a / b, its sandwich error, and what comes of it and the prior by precision."""
    c = -F.col("a") / F.col("b")
    squares = F.greatest(F.col("aa") + 2 * c * F.col("ab") + c * c * F.col("bb"), F.lit(0.0))
    measured = sums.select("*", c.alias("measured"), (F.sqrt(squares) / F.col("b")).alias("own_error"), prior.alias("prior"))
    # a single case has no residual, and tells nothing of its error
    error = F.when(F.col("cases") > 1, F.greatest("own_error", F.lit(1e-3))).otherwise(F.lit(10.0))
    value = F.least(F.greatest(leaning(F.col("measured"), error, F.col("prior"), sd), F.lit(LEAST)), F.lit(MOST))
    return measured.select(
        F.lit("crowding").alias("effect"), scope.alias("scope"), value.alias("value"), "measured", error.alias("error"), "cases"
    )
