"""How good were the forecasts of a panel of series, model by model?

sMAPE = mean 200 |y - f| / (|y| + |f|), 0 where both are 0; MASE and RMSSE: a series' mean absolute and root mean squared error over
its scale, averaged over series and origins; WRMSSE the same, series weighed by their volume before the origin (the last season, or
as many periods as are forecast, whichever is longer); OWA = (sMAPE / that of Naive2 + MASE / that of Naive2) / 2 (Makridakis,
Spiliotis & Assimakopoulos 2020, 2022); WAPE = sum |f - y| / sum |y|; bias = sum (f - y) / sum |y|; pinball loss over all quantiles.
"""

from collections.abc import Sequence
from functools import reduce
from operator import add

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import LEVELS, quantile_name
from shelfwise.core.own_panel import ID, PERIOD
from shelfwise.measures.exact import exact_mean, exact_sum

BENCHMARK = "naive2"
FACTS = (ID, "origin", "step", PERIOD, "y", "not_negative", "mase_scale", "rmsse_scale", "volume")


def long(rows: DataFrame, models: Sequence[str]) -> DataFrame:
    """One row per series, origin, step and model: `forecast`, `seconds`, `fell_back`."""
    per_model = [
        F.struct(
            F.lit(name).alias("model"),
            F.col(name).alias("forecast"),
            *[
                (F.col(f"{name}_{what}") if f"{name}_{what}" in rows.columns else F.lit(None).cast(kind)).alias(what)
                for what, kind in (("seconds", "double"), ("fell_back", "boolean"))
            ],
        )
        for name in models
    ]
    return rows.select(*FACTS, F.inline(F.array(*per_model)))


def figures(forecasts: DataFrame) -> DataFrame:
    """One row per model; `forecasts` has a row per series, origin 1 and earlier, step and model, with its quantiles."""
    by_series = (
        forecasts.withColumns(_errors())
        .groupBy("model", ID, "origin")
        .agg(
            *[exact_sum(F.col(name)).alias(name) for name in _errors()],
            F.count("forecast").alias("n"),
            F.count("q50").alias("n_quantiles"),
            F.max("volume").alias("volume"),
            F.sum("seconds").alias("seconds"),
            F.max(F.col("fell_back").cast("int")).alias("fell_back"),
        )
    )
    root = F.sqrt(F.col("squared") / F.col("n"))
    weight = F.when(root.isNotNull(), F.col("volume"))
    judged = by_series.groupBy("model").agg(
        F.try_divide(exact_sum(F.col("symmetric")), F.sum("n")).alias("smape"),
        exact_mean(F.col("scaled") / F.col("n")).alias("mase"),
        exact_mean(root).alias("rmsse"),
        F.try_divide(exact_sum(F.col("absolute")), exact_sum(F.col("size"))).alias("wape"),
        F.try_divide(exact_sum(root * weight), exact_sum(weight)).alias("wrmsse"),
        F.try_divide(exact_sum(F.col("signed")), exact_sum(F.col("size"))).alias("bias"),
        *[
            F.try_divide(exact_sum(F.col(name)), F.sum("n_quantiles")).alias(name)
            for name in ("pinball", "coverage_80", "coverage_90")
        ],
        F.sum("seconds").alias("seconds"),
        F.sum("fell_back").alias("fell_back"),
    )
    return (
        judged.crossJoin(F.broadcast(_benchmark(judged))).select("model", *_shown()).orderBy(F.col("owa").asc_nulls_last(), "model")
    )


def _errors() -> dict[str, Column]:
    y, f = F.col("y"), F.col("forecast")
    gap = f - y
    return {
        "absolute": F.abs(gap),
        "scaled": F.abs(gap) / F.col("mase_scale"),
        "squared": (gap / F.col("rmsse_scale")) ** 2,
        "signed": gap,
        "size": F.when(f.isNotNull(), F.abs(y)),
        "symmetric": F.when(gap == 0, 0.0).otherwise(200 * F.abs(gap) / (F.abs(y) + F.abs(f))),
        "pinball": reduce(add, [_pinball(y, level) for level in LEVELS]) / len(LEVELS),
        "coverage_80": y.between(F.col("q10"), F.col("q90")).cast("double"),
        "coverage_90": y.between(F.col("q05"), F.col("q95")).cast("double"),
    }


def _pinball(y: Column, level: float) -> Column:
    over = y - F.col(quantile_name(level))
    return F.greatest(level * over, (level - 1) * over)


def _benchmark(judged: DataFrame) -> DataFrame:
    """One row, of nulls where the benchmark was not asked for."""
    of = F.col("model") == BENCHMARK
    return judged.agg(*[F.max(F.when(of, F.col(name))).alias(f"{BENCHMARK}_{name}") for name in ("smape", "mase")])


def _shown() -> list[Column]:
    owa = (F.try_divide("smape", f"{BENCHMARK}_smape") + F.try_divide("mase", f"{BENCHMARK}_mase")) / 2
    names = ("rmsse", "wape", "wrmsse", "bias", "pinball", "coverage_80", "coverage_90", "seconds", "fell_back")
    return [F.col("smape"), F.col("mase"), owa.alias("owa"), *[F.col(name) for name in names]]
