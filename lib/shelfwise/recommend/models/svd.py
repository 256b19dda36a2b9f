"""The matrix of lowest rank that is nearest to who took what, all else read as 0: truncated SVD (PureSVD, Cremonesi et al. 2010).

X = U S V': a customer's vector is that customer's row of X times V, an item's is its row of V. MLlib multiplies X'X on the
executors; V, items x rank, comes to the driver.
"""

import numpy as np
import pandas as pd
from pyspark.mllib.linalg import Vectors as Rows
from pyspark.mllib.linalg.distributed import RowMatrix
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.core.job import Params
from shelfwise.recommend.models.taken import histories
from shelfwise.recommend.vectors import Vectors, gathered, products


class SvdParams(Params):
    rank: int = 16


def svd(taken: DataFrame, params: SvdParams) -> Vectors:
    rows, width = histories(taken), _width(taken)
    matrix = RowMatrix(
        rows.select("indices", "values").rdd.map(lambda row: Rows.sparse(width, row.indices, row.values)), numCols=width
    )
    right = matrix.computeSVD(min(params.rank, width - 1, rows.count() - 1) or 1).V.toArray()
    sold = np.flatnonzero(np.abs(right).sum(axis=1))
    rank = right.shape[1]
    factors = pd.DataFrame(
        {
            "id": np.repeat(sold, rank).astype(np.int32),
            "index": np.tile(np.arange(rank, dtype=np.int32), len(sold)),
            "value": right[sold].ravel(),
        }
    )
    entries = taken.sparkSession.createDataFrame(factors, "id int, index int, value double")
    turned = products(Vectors(rows, gathered(entries, "index", "id", "value")))
    return Vectors(gathered(turned, "customer_index", "item_index", "score"), gathered(entries, "id", "index", "value"))


def _width(taken: DataFrame) -> int:
    largest = taken.agg(F.max("item_index").alias("largest")).first()
    return int(largest["largest"]) + 1 if largest else 1
