"""Which weights of all items foretell each item best? EASE^R: ridge regression of every item on all others.

With G = X'X of the customers x items matrix, and P = (G + penalty I)^-1: B = I - P / diag(P), a zero diagonal (Steck 2019). G
is added up on the executors, block by block; its inverse is the driver's: at most `most_items` squared numbers.
"""

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from scipy import linalg

from shelfwise.core.job import Params
from shelfwise.recommend.models.taken import gram, histories, known_well
from shelfwise.recommend.vectors import Vectors


class EaseParams(Params):
    penalty: float = 300.0
    most_items: int = 5_000  # others are not in its lists; 5,000: some 1 GB of the driver, in NumPy, for some 10 s
    weights: int = 1_000  # of an item, the largest; the rest is next to nothing


def ease(taken: DataFrame, params: EaseParams) -> Vectors:
    known = known_well(taken, params.most_items)
    numbers, sums = gram(known)
    sums.flat[:: len(sums) + 1] += params.penalty
    weights = linalg.inv(sums, overwrite_a=True, check_finite=False)
    weights /= -np.diag(weights).copy()
    np.fill_diagonal(weights, 0.0)
    return Vectors(histories(known), known.sparkSession.createDataFrame(_columns(numbers, weights, params.weights)))


def _columns(numbers: np.ndarray, weights: np.ndarray, most: int) -> pa.Table:
    """One row per item: which items speak for it, and how much."""
    largest = [np.sort(np.argpartition(-np.abs(column), min(most, len(column) - 1))[:most]) for column in weights.T]
    indices = pa.array([numbers[some].astype(np.int32) for some in largest], pa.list_(pa.int32()))
    values = [column[some].astype(np.float32) for column, some in zip(weights.T, largest, strict=True)]
    ids = pa.array(numbers.astype(np.int32))
    return pa.table({"id": ids, "indices": indices, "values": pa.array(values, pa.list_(pa.float32()))})
