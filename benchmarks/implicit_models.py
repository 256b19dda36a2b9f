"""The ALS and the BPR of `implicit` as rivals, as vectors, so that they list by the same engine as all others.

`make rivals` installs it; no part of Shelfwise needs it. It learns on the driver: the pairs of one shop's year come there.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from scipy import sparse

from shelfwise.recommend.vectors import Vectors, of_factors


@dataclass(frozen=True)
class Squares:
    """implicit's AlternatingLeastSquares (Hu, Koren & Volinsky 2008): confidence 1 + alpha * strength, as MLlib has it."""

    rank: int
    regularisation: float
    alpha: float
    iterations: int = 15  # implicit's own number

    def __call__(self, taken: DataFrame, seed: int) -> Vectors:
        from implicit.als import AlternatingLeastSquares

        model = AlternatingLeastSquares(
            factors=self.rank, regularization=self.regularisation, alpha=1.0, iterations=self.iterations, random_state=seed
        )
        return fitted(model, taken, 1.0, self.alpha)


@dataclass(frozen=True)
class Pairwise:
    """implicit's BayesianPersonalizedRanking (Rendle et al. 2009); it learns from what was taken, not how often."""

    rank: int
    step: float
    regularisation: float
    iterations: int = 100

    def __call__(self, taken: DataFrame, seed: int) -> Vectors:
        from implicit.bpr import BayesianPersonalizedRanking

        model = BayesianPersonalizedRanking(
            factors=self.rank,
            learning_rate=self.step,
            regularization=self.regularisation,
            iterations=self.iterations,
            num_threads=1,  # threads that write over one another would not learn the same twice
            random_state=seed,
        )
        return fitted(model, taken, 1.0, 0.0)


def fitted(model: Any, taken: DataFrame, base: float, slope: float) -> Vectors:
    rows = taken.select("customer_index", "item_index", "strength").toPandas().sort_values(["customer_index", "item_index"])
    customers, row = np.unique(rows["customer_index"], return_inverse=True)
    items, column = np.unique(rows["item_index"], return_inverse=True)
    weights = (base + slope * rows["strength"]).to_numpy(np.float32)
    model.fit(sparse.csr_matrix((weights, (row, column)), shape=(len(customers), len(items))), show_progress=False)
    spark = taken.sparkSession
    return of_factors(frame(spark, customers, model.user_factors), frame(spark, items, model.item_factors))


def frame(spark: SparkSession, numbers: Any, factors: Any) -> DataFrame:
    """id, features."""
    values = pa.FixedSizeListArray.from_arrays(np.ascontiguousarray(factors, np.float32).ravel(), factors.shape[1])
    columns = {"id": pa.array(numbers.astype(np.int32)), "features": values.cast(pa.list_(pa.float32()))}
    return spark.createDataFrame(pa.table(columns))
