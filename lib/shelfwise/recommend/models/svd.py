"""The matrix of lowest rank that is nearest to who took what, all else read as 0: truncated SVD (PureSVD, Cremonesi et al. 2010).

X = U S V': a customer's vector is that customer's row of X times V, an item's is its row of V, the first eigenvectors of X'X.
X'X is added up on the executors; its eigenvectors are the driver's. (MLlib's RowMatrix.computeSVD keeps X'X away from the
driver, and runs a job for each step of its iteration.)
"""

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from scipy import linalg

from shelfwise.core.job import Params
from shelfwise.recommend.models.taken import gram, histories, known_well
from shelfwise.recommend.vectors import Vectors, gathered, products


class SvdParams(Params):
    rank: int = 16
    most_items: int = 5_000  # others are not in its lists; 5,000: some 1 GB of the driver, in NumPy


def svd(taken: DataFrame, params: SvdParams) -> Vectors:
    known = known_well(taken, params.most_items)
    numbers, sums = gram(known)
    rank = min(params.rank, len(numbers))
    _, right = linalg.eigh(sums, subset_by_index=(len(numbers) - rank, len(numbers) - 1), overwrite_a=True, check_finite=False)
    columns = {
        "id": np.repeat(numbers, rank).astype(np.int32),
        "index": np.tile(np.arange(rank, dtype=np.int32), len(numbers)),
        "value": right.ravel(),
    }
    entries = taken.sparkSession.createDataFrame(pa.table(columns))
    turned = products(Vectors(histories(known), gathered(entries, "index", "id", "value")))
    return Vectors(gathered(turned, "customer_index", "item_index", "score"), gathered(entries, "id", "index", "value"))
