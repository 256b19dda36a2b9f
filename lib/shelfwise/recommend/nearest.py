"""Which k items score highest for each customer, when a score is the product of two vectors of factors?

Customers and items are cut into blocks; each cell of customer block x item block gives its own k best, and the best of these
are the customer's. No factor passes through the driver; a cell holds at most 512 x 32 + 16,384 x 32 numbers at rank 32.
Popularity is the model with one factor: 1 for each customer, the number of buyers for each item.
"""

from typing import Any

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

CUSTOMERS_PER_BLOCK = 512
ITEMS_PER_BLOCK = 16_384
CELL = ["customer_block", "item_block"]
SCORED = "customer_index int, item_index int, score double"


def best_items(customers: DataFrame, items: DataFrame, seen: DataFrame, k: int) -> DataFrame:
    """customer_index, item_index, score, place: the k best for each customer, ties by number of the item.

    `customers` and `items`: id int, features array<float>; `seen`: customer_index, item_index of pairs that may not be shown.
    """
    crossed = _blocks(customers, "customer", CUSTOMERS_PER_BLOCK).crossJoin(_blocks(items, "item", ITEMS_PER_BLOCK))
    cells = crossed.join(_seen_by_cell(seen), CELL, "left").withColumn("k", F.lit(k))
    # one cell per call: a batch of many cells would not fit
    scored = cells.groupBy(*CELL).applyInPandas(top_of_cells, SCORED)
    order = Window.partitionBy("customer_index").orderBy(F.desc("score"), "item_index")
    return scored.withColumn("place", F.row_number().over(order)).where(F.col("place") <= k)


def popularity_factors(pairs: DataFrame, live: DataFrame) -> tuple[DataFrame, DataFrame]:
    """The one-factor model of popularity: customers and items as `best_items` wants them."""
    one = F.array(F.lit(1.0).cast("float")).alias("features")
    return pairs.select(F.col("customer_index").alias("id")).distinct().select("id", one), popular_items(live)


def popular_items(live: DataFrame) -> DataFrame:
    return live.select(F.col("item_index").alias("id"), F.array(F.col("buyers").cast("float")).alias("features"))


def no_pairs(live: DataFrame) -> DataFrame:
    """`seen`, where anything may be shown."""
    return live.select(F.lit(0).alias("customer_index"), "item_index").where(F.lit(False))


def top_of_cells(cells: pd.DataFrame) -> pd.DataFrame:
    """The k best items of each cell (a row) for each of its customers."""
    columns = ["customer_index", "item_index", "score"]
    return pd.concat([_top_of_cell(cell) for cell in cells.itertuples()], ignore_index=True)[columns]


def _top_of_cell(cell: Any) -> pd.DataFrame:
    customer_ids, item_ids = np.asarray(cell.customer_ids), np.asarray(cell.item_ids)
    scores = np.asarray(cell.customer_factors, dtype=np.float32).reshape(len(customer_ids), -1) @ (
        np.asarray(cell.item_factors, dtype=np.float32).reshape(len(item_ids), -1).T
    )
    _hide(scores, cell, customer_ids, item_ids)
    k = min(int(cell.k), len(item_ids))
    least = np.partition(scores, -k, axis=1)[:, -k]
    # every tie with the k-th is looked at, so that the choice among them depends on numbers alone
    row, column = np.nonzero((scores >= least[:, None]) & np.isfinite(scores))
    best = scores[row, column].astype(float)
    chosen = pd.DataFrame({"customer_index": customer_ids[row], "item_index": item_ids[column], "score": best})
    ordered = chosen.sort_values(["customer_index", "score", "item_index"], ascending=[True, False, True])
    return ordered.groupby("customer_index").head(k)


def _hide(scores: np.ndarray, cell: Any, customer_ids: np.ndarray, item_ids: np.ndarray) -> None:
    """Pairs already bought score minus infinity, in place. Ids are sorted; an item that is no candidate is passed over."""
    if cell.seen_customers is None:
        return
    row, column = np.searchsorted(customer_ids, cell.seen_customers), np.searchsorted(item_ids, cell.seen_items)
    inside = (row < len(customer_ids)) & (column < len(item_ids))
    row, column, customers, items = row[inside], column[inside], cell.seen_customers[inside], cell.seen_items[inside]
    known = (customer_ids[row] == customers) & (item_ids[column] == items)
    scores[row[known], column[known]] = -np.inf


def _blocks(factors: DataFrame, side: str, size: int) -> DataFrame:
    """One row per block: sorted ids, and their factors one after another."""
    block = F.floor(F.col("id") / size).cast("int").alias(f"{side}_block")
    blocks = factors.groupBy(block).agg(F.sort_array(F.collect_list(F.struct("id", "features"))).alias("rows"))
    return blocks.select(
        f"{side}_block",
        F.col("rows.id").alias(f"{side}_ids"),
        F.flatten("rows.features").alias(f"{side}_factors"),
    )


def _seen_by_cell(seen: DataFrame) -> DataFrame:
    customer_block = F.floor(F.col("customer_index") / CUSTOMERS_PER_BLOCK).cast("int").alias("customer_block")
    item_block = F.floor(F.col("item_index") / ITEMS_PER_BLOCK).cast("int").alias("item_block")
    cells = seen.groupBy(customer_block, item_block).agg(F.collect_list(F.struct("customer_index", "item_index")).alias("rows"))
    return cells.select(*CELL, F.col("rows.customer_index").alias("seen_customers"), F.col("rows.item_index").alias("seen_items"))
