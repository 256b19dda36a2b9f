"""Which mixture of the models would have done best? Weights that are not negative and add up to one, learnt from past errors.

Least squares under these bounds (Bates & Granger 1969; Granger & Ramanathan 1984): with weights adding up to one, the error of the
mixture is the mixture of the errors e, so w minimises w' E w, E = sum of e e' / scale^2 over series, origins and steps. E leans on
its mean diagonal, which draws the weights towards equal ones (Diebold & Pauly 1990).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from scipy.optimize import nnls

from shelfwise.demand.series.folds import ALL, fold
from shelfwise.measures.exact import exact_sum

COMBINATION = "combination"
RIDGE = 0.05  # share of E's mean diagonal
SURE = 1e3  # how much more adding up to one weighs than any error

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


def weights(errors: Floats) -> Floats:
    """Of models whose errors have the cross products `errors` (models x models); equal where none errs."""
    size = np.trace(errors) / len(errors)
    if size <= 0:
        return np.full(len(errors), 1 / len(errors))
    values, vectors = np.linalg.eigh(errors / size + RIDGE * np.eye(len(errors)))
    root = np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T
    found, _ = nnls(np.vstack([root, SURE * np.ones(len(errors))]), np.append(np.zeros(len(errors)), SURE))
    share: Floats = found / found.sum()
    return share


def _mixed(models: Sequence[str], shares: Floats) -> Column:
    mixture: Column = F.lit(0.0)
    for name, share in zip(models, shares, strict=True):
        mixture = mixture + F.col(name) * float(share)
    return mixture


def _products(rows: DataFrame, models: Sequence[str], apart: int) -> dict[int, Floats]:
    """Per fold, E; bound: folds x models^2 numbers come to the driver."""
    known = rows.where((F.col("origin") > 0) & F.col("rmsse_scale").isNotNull()).withColumn("fold", fold(apart))
    errors = {name: (F.col(name) - F.col("y")) / F.col("rmsse_scale") for name in models}
    pairs = [(i, j) for i in range(len(models)) for j in range(i, len(models))]
    sums = [exact_sum(errors[models[i]] * errors[models[j]]).alias(f"e_{i}_{j}") for i, j in pairs]
    found = {}
    for row in known.groupBy("fold").agg(*sums).collect():
        matrix = np.zeros((len(models), len(models)))
        for i, j in pairs:
            matrix[i, j] = matrix[j, i] = row[f"e_{i}_{j}"]
        found[int(row["fold"])] = matrix
    return found
