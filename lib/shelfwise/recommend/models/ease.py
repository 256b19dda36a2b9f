"""Which weights of all items foretell each item best? EASE^R: ridge regression of every item on all others.

With G = X'X of the customers x items matrix, and P = (G + penalty I)^-1: B = I - P / diag(P), a zero diagonal (Steck 2019). G
is added up on the executors, block by block; its inverse is the driver's: at most `most_items` squared numbers.
"""

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from scipy import linalg

from shelfwise.core.job import Params
from shelfwise.recommend.models.taken import histories, known_well, takers
from shelfwise.recommend.vectors import Vectors, products


class EaseParams(Params):
    penalty: float = 300.0
    most_items: int = 5_000  # 5,000: 200 MB on the driver, 10 s; others are not in its lists
    weights: int = 1_000  # of an item, the largest; the rest is next to nothing


def ease(taken: DataFrame, params: EaseParams) -> Vectors:
    known = known_well(taken, params.most_items)
    numbers, gram = _gram(known)
    inverse = linalg.inv(gram + params.penalty * np.eye(len(gram)), overwrite_a=True, check_finite=False)
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    items = known.sparkSession.createDataFrame(
        _columns(numbers, weights, params.weights), "id int, indices array<int>, values array<float>"
    )
    return Vectors(histories(known), items)


def _gram(known: DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The items' numbers and the products of their columns. Bound: most_items squared entries come to the driver."""
    columns = takers(known)
    pairs = products(Vectors(columns, columns)).toPandas()
    numbers = np.unique(pairs["customer_index"].to_numpy())
    gram = np.zeros((len(numbers), len(numbers)))
    gram[np.searchsorted(numbers, pairs["customer_index"]), np.searchsorted(numbers, pairs["item_index"])] = pairs["score"]
    return numbers, gram


def _columns(numbers: np.ndarray, weights: np.ndarray, most: int) -> pd.DataFrame:
    """One row per item: which items speak for it, and how much."""
    rows = []
    for column, number in enumerate(numbers):
        values = weights[:, column]
        largest = np.sort(np.argpartition(-np.abs(values), min(most, len(values) - 1))[:most])
        rows.append((number, numbers[largest].astype(np.int32), values[largest].astype(np.float32)))
    return pd.DataFrame(rows, columns=["id", "indices", "values"])
