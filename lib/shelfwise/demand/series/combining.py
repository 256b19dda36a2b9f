"""Which mixture of the models would have done best? Weights as in measures.mixing, from errors in scales of their series."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.demand.inputs import MOST_SCALES
from shelfwise.demand.mixture.products import error_products
from shelfwise.demand.series.folds import ALL, fold
from shelfwise.measures.mixing import weights

COMBINATION = "combination"

Floats = NDArray[np.float64]


def with_combination(rows: DataFrame, models: Sequence[str], apart: int) -> DataFrame:
    """Adds `combination` to rows of wide forecasts: weights have not seen their fold; null where there is nothing to learn from."""
    products = _products(rows, models, apart)
    folds = sorted(products)
    total = sum(products.values(), np.zeros((len(models), len(models))))
    learnt = {ALL: total} | {k: total - products[k] for k in folds}
    mixture: Column = F.lit(None).cast("double")
    for k, errors in learnt.items():
        if k == ALL or len(folds) > 1:
            mixture = F.when(F.col("fold") == k, _mixed(models, weights(errors))).otherwise(mixture)
    return rows.withColumn("fold", fold(apart)).withColumn(COMBINATION, mixture).drop("fold")


def _mixed(models: Sequence[str], shares: Floats) -> Column:
    mixture: Column = F.lit(0.0)
    for name, share in zip(models, shares, strict=True):
        mixture = mixture + F.col(name) * float(share)
    return mixture


def _products(rows: DataFrame, models: Sequence[str], apart: int) -> dict[int, Floats]:
    """Per fold, E."""
    known = rows.where((F.col("origin") > 0) & F.col("rmsse_scale").isNotNull()).withColumn("fold", fold(apart))
    found = error_products(
        known, models, ["fold"], actual=F.col("y"), scale=F.col("rmsse_scale"), most=MOST_SCALES * F.col("rmsse_scale")
    )
    return {int(k): errors for (k,), errors in found.items()}
