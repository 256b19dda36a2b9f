"""Which items score highest for each customer, when a score is the product of two vectors?

Every model of this room is fitted to the same shape: a vector for each customer and one for each item. Factors of a matrix are
such vectors; so is a history beside the weights that an item gives to other items (item-kNN, EASE), and so are the likenesses
to other customers beside what these bought (user-kNN). Customers and items are cut into blocks; each cell of customer block x
item block gives its own k best, and the best of these are the customer's. No vector has to pass through the driver.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from scipy import sparse

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
Indices = npt.NDArray[np.intp]
# what a product becomes before the best are taken: scores, and the sizes of the customers (rows) and items (columns)
Rescale = Callable[[Floats, Floats, Floats], Floats]

PAIR = ["customer_index", "item_index"]
CELL = ["customer_block", "item_block"]
SCORED = "customer_index int, item_index int, score double"
DENSE = (512, 16_384)  # customers and items of a cell where vectors are short and full
SPARSE = (2_048, 2_048)  # where they are long and mostly empty
GROUP = 32  # columns of which one speaks for all while the best of a row are sought
CROWDED = 0.1  # share of entries from which a matrix is multiplied as a full one


@dataclass(frozen=True)
class Vectors:
    """Frames of id int, indices array<int> (ascending; null: all of 0, 1, 2, …), values array<float>; size float is optional."""

    customers: DataFrame
    items: DataFrame
    dense: bool = False


def best(vectors: Vectors, seen: DataFrame | None, k: int, rescale: Rescale | None = None) -> DataFrame:
    """customer_index, item_index, score, place: the k best for each customer, ties by number of the item.

    `seen`: customer_index, item_index of pairs that may not be shown. Where vectors are sparse, a score of 0 says that
    nothing is known of the pair: it is not shown either.
    """
    drop_zeros = not vectors.dense

    def tops(cells: pd.DataFrame) -> pd.DataFrame:
        return pd.concat([_top(cell, k, drop_zeros, rescale) for cell in cells.itertuples()], ignore_index=True)

    scored = _cells(vectors, seen).groupBy(*CELL).applyInPandas(tops, SCORED)
    order = Window.partitionBy("customer_index").orderBy(F.desc("score"), "item_index")
    return scored.withColumn("place", F.row_number().over(order)).where(F.col("place") <= k)


def scores(vectors: Vectors, pairs: DataFrame) -> DataFrame:
    """customer_index, item_index, score of each of `pairs` whose customer and item have a vector."""
    cells = _cells(vectors, pairs).where(F.col("listed").isNotNull())
    return cells.groupBy(*CELL).applyInPandas(_asked, SCORED)


def products(vectors: Vectors) -> DataFrame:
    """customer_index, item_index, score of all pairs whose product is not 0."""
    return _cells(vectors, None).groupBy(*CELL).applyInPandas(_not_zero, SCORED)


def of_factors(customers: DataFrame, items: DataFrame) -> Vectors:
    """Both as id, features: an array without gaps."""
    return Vectors(full(customers), full(items), dense=True)


def full(factors: DataFrame, id: str = "id", features: str = "features") -> DataFrame:
    """Factors (an array without gaps) as vectors."""
    nothing = F.lit(None).cast("array<int>").alias("indices")
    return factors.select(F.col(id).cast("int").alias("id"), nothing, F.col(features).cast("array<float>").alias("values"))


def gathered(entries: DataFrame, id: str, index: str, value: str) -> DataFrame:
    """A frame of entries, one row per id and index, as sparse vectors."""
    pair = F.struct(F.col(index).cast("int").alias("index"), F.col(value).cast("float").alias("value"))
    rows = entries.groupBy(F.col(id).cast("int").alias("id")).agg(F.sort_array(F.collect_list(pair)).alias("rows"))
    return rows.select("id", F.col("rows.index").alias("indices"), F.col("rows.value").alias("values"))


def _cells(vectors: Vectors, listed: DataFrame | None) -> DataFrame:
    """One row per cell, with the `listed` pairs that lie in it."""
    per_customer, per_item = DENSE if vectors.dense else SPARSE
    customers, items = _blocks(vectors.customers, "customer", per_customer), _blocks(vectors.items, "item", per_item)
    crossed = customers.crossJoin(items)
    if listed is None:
        return crossed.withColumn("listed", F.lit(None).cast("array<bigint>"))
    return crossed.join(_by_cell(listed, per_customer, per_item), CELL, "left")


def _blocks(frame: DataFrame, side: str, size: int) -> DataFrame:
    """One row per block: sorted ids, and their vectors one after another."""
    sized = frame if "size" in frame.columns else frame.withColumn("size", F.lit(None).cast("float"))
    rows = F.sort_array(F.collect_list(F.struct("id", "indices", "values", "size"))).alias("rows")
    blocks = sized.groupBy(_block(F.col("id"), size).alias(f"{side}_block")).agg(rows)
    return blocks.select(
        f"{side}_block",
        F.col("rows.id").alias(f"{side}_ids"),
        F.transform("rows", lambda row: F.size(row["values"])).alias(f"{side}_lengths"),
        F.flatten("rows.indices").alias(f"{side}_indices"),  # null where one is null
        F.flatten("rows.values").alias(f"{side}_values"),
        F.col("rows.size").alias(f"{side}_sizes"),
    )


def _by_cell(pairs: DataFrame, per_customer: int, per_item: int) -> DataFrame:
    customer, item = F.col("customer_index"), F.col("item_index")
    cell = _block(customer, per_customer).alias("customer_block"), _block(item, per_item).alias("item_block")
    # both numbers in one, which NumPy takes as it comes, where a struct is an object in each list; no number is below 0
    pair = F.shiftleft(customer.cast("bigint"), 32).bitwiseOR(item.cast("bigint"))
    return pairs.groupBy(*cell).agg(F.collect_list(pair).alias("listed"))


def _block(number: Column, size: int) -> Column:
    return F.floor(number / size).cast("int")


def _top(cell: Any, k: int, drop_zeros: bool, rescale: Rescale | None) -> pd.DataFrame:
    """The k best items of a cell for each of its customers."""
    customers, items, scored = np.asarray(cell.customer_ids), np.asarray(cell.item_ids), product(cell)
    if rescale is not None:
        scored = rescale(scored, np.asarray(cell.customer_sizes, np.float32), np.asarray(cell.item_sizes, np.float32))
    if drop_zeros:
        scored[scored == 0] = -np.inf
    listed_row, listed_column, inside = _listed(cell, customers, items)
    scored[listed_row[inside], listed_column[inside]] = -np.inf
    chosen_row, chosen_column = likeliest(scored, min(k, len(items)))
    score, item = scored[chosen_row, chosen_column], items[chosen_column]
    order = np.lexsort((item, -score, chosen_row))
    place = np.arange(len(order)) - np.searchsorted(chosen_row, chosen_row)  # rows ascend, before and after
    first = order[place < k]
    return _rows(customers[chosen_row[first]], item[first], score[first])


def likeliest(scored: Floats, k: int) -> tuple[Indices, Indices]:
    """Rows (ascending) and columns of all that is finite and may be among a row's k best, ties with the k-th included.

    A row is cut into groups of which only the best are compared: k of these are at least the k-th of them, so that it is at most
    the row's own k-th, and with many groups hardly below it. A whole row would take three times as long.
    """
    columns = scored.shape[1]
    in_group = max(1, min(GROUP, columns // (8 * k)))
    groups = columns // in_group
    leaders = scored[:, : groups * in_group].reshape(len(scored), in_group, groups).max(axis=1)
    least = np.maximum(np.partition(leaders, -k, axis=1)[:, -k], np.finfo(np.float32).min)
    # by the flat index: a tenth of the time that an index of two dimensions takes
    row, column = np.divmod(np.flatnonzero(scored >= least[:, None]), columns)
    finite = np.isfinite(scored[row, column])
    return row[finite], column[finite]


def _asked(cells: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for cell in cells.itertuples():
        customers, items = np.asarray(cell.customer_ids), np.asarray(cell.item_ids)
        row, column, inside = _listed(cell, customers, items)
        row, column = row[inside], column[inside]
        parts.append(_rows(customers[row], items[column], product(cell)[row, column]))
    return pd.concat(parts, ignore_index=True)


def _not_zero(cells: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for cell in cells.itertuples():
        scored = product(cell)
        row, column = np.nonzero(scored)
        parts.append(_rows(np.asarray(cell.customer_ids)[row], np.asarray(cell.item_ids)[column], scored[row, column]))
    return pd.concat(parts, ignore_index=True)


def _rows(customers: Ints, items: Ints, values: Floats) -> pd.DataFrame:
    return pd.DataFrame({"customer_index": customers, "item_index": items, "score": values.astype(float)})


def product(cell: Any) -> Floats:
    """Customers x items of a cell; an index that only one side has adds nothing."""
    if cell.customer_indices is None and cell.item_indices is None:
        shape = len(cell.customer_ids), len(cell.item_ids)
        factors = np.asarray(cell.customer_values, np.float32).reshape(shape[0], -1)
        return factors @ np.asarray(cell.item_values, np.float32).reshape(shape[1], -1).T
    inner = np.unique(np.asarray(cell.item_indices, np.int32))
    left, right = _matrix(cell, "customer", inner), _matrix(cell, "item", inner)
    # of an item's hundred thousand customers few are filled, of its weights many
    crowded = right.nnz > CROWDED * right.shape[0] * right.shape[1]
    scored: Floats = left @ right.T.toarray() if crowded else (left @ right.T).toarray()
    return scored


def _matrix(cell: Any, side: str, inner: Ints) -> sparse.csr_array:
    lengths, indices = np.asarray(getattr(cell, f"{side}_lengths")), np.asarray(getattr(cell, f"{side}_indices"), np.int32)
    rows, values = np.repeat(np.arange(len(lengths)), lengths), np.asarray(getattr(cell, f"{side}_values"), np.float32)
    place = np.searchsorted(inner, indices)
    known = (place < len(inner)) & (inner[np.minimum(place, len(inner) - 1)] == indices)
    return sparse.csr_array((values[known], (rows[known], place[known])), shape=(len(lengths), len(inner)))


def _listed(cell: Any, customers: Ints, items: Ints) -> tuple[Ints, Ints, npt.NDArray[np.bool_]]:
    """Rows and columns of the listed pairs, and which of them are in the cell. Ids are sorted; others are passed over."""
    if cell.listed is None:
        nothing = np.zeros(0, np.int32)
        return nothing, nothing, nothing.astype(bool)
    listed = np.asarray(cell.listed)
    wanted_customers, wanted_items = listed >> 32, listed & 0xFFFFFFFF
    row, column = np.searchsorted(customers, wanted_customers), np.searchsorted(items, wanted_items)
    row_at, column_at = np.minimum(row, len(customers) - 1), np.minimum(column, len(items) - 1)
    return row_at, column_at, (customers[row_at] == wanted_customers) & (items[column_at] == wanted_items)
