"""How do the models' errors go together? What weights of a mixture are found from (measures.mixing)."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.measures.exact import exact_sum

Floats = NDArray[np.float64]


def error_products(
    rows: DataFrame, models: Sequence[str], by: Sequence[str], *, actual: Column, scale: Column, most: Column
) -> dict[tuple[Any, ...], Floats]:
    """By group, E = sum of e e' / scale^2, each e within -`most` and `most` where that is known; NaN where a model was never asked.

    Bound: groups x models^2 numbers to the driver.
    """
    errors = {name: _within(rows[name] - actual, most) / scale for name in models}
    pairs = [(i, j) for i in range(len(models)) for j in range(i, len(models))]
    sums = [exact_sum(errors[models[i]] * errors[models[j]]).alias(f"e_{i}_{j}") for i, j in pairs]
    found = {}
    for row in rows.groupBy(*by).agg(*sums).collect():
        matrix = np.full((len(models), len(models)), np.nan)
        for i, j in pairs:
            if row[f"e_{i}_{j}"] is not None:
                matrix[i, j] = matrix[j, i] = row[f"e_{i}_{j}"]
        found[tuple(row[name] for name in by)] = matrix
    return found


def _within(error: Column, most: Column) -> Column:
    """Null stays null; the least and the greatest of Spark leave nulls out."""
    return F.when(error.isNotNull(), F.greatest(F.least(error, most), -most))
