"""The one table that models learn from: customer_index int, item_index int, strength (above 0), and `at` where the time is known.

One row per customer and item.
"""

import numpy as np
import numpy.typing as npt
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.recommend.vectors import Ints, Vectors, gathered, products

Doubles = npt.NDArray[np.float64]


def histories(taken: DataFrame) -> DataFrame:
    """Each customer's items with their strengths, as vectors."""
    return gathered(taken, "customer_index", "item_index", "strength")


def takers(taken: DataFrame) -> DataFrame:
    """Each item's customers with the strengths, as vectors."""
    return gathered(taken, "item_index", "customer_index", "strength")


def flat(taken: DataFrame) -> DataFrame:
    """All strengths 1."""
    return taken.withColumn("strength", F.lit(1.0).cast("float"))


def known_well(taken: DataFrame, most_items: int) -> DataFrame:
    """The rows of the `most_items` items with the most customers, ties by number of the item."""
    counted = taken.groupBy("item_index").agg(F.count(F.lit(1)).alias("customers"))
    kept = counted.orderBy(F.desc("customers"), "item_index").limit(most_items).select("item_index")
    return taken.join(kept, "item_index", "left_semi")


def bought_enough(pairs: DataFrame, min_customers: int) -> DataFrame:
    """The rows of items with at least so many customers; where no item has so many, of those with the most."""
    counted = pairs.groupBy("item_index").agg(F.count(F.lit(1)).alias("customers"))
    enough = counted.agg(F.least(F.lit(min_customers), F.max("customers")).alias("enough"))
    kept = counted.crossJoin(F.broadcast(enough)).where(F.col("customers") >= F.col("enough"))  # one row
    return pairs.join(kept, "item_index", "left_semi")


def gram(known: DataFrame) -> tuple[Ints, Doubles]:
    """The items' numbers, and X'X of them: added up on the executors. Bound: its entries, items squared, come to the driver."""
    columns = takers(known)
    pairs = products(Vectors(columns, columns)).toArrow()
    one, other = pairs["customer_index"].to_numpy(), pairs["item_index"].to_numpy()
    numbers = np.unique(one)
    sums = np.zeros((len(numbers), len(numbers)))
    sums[np.searchsorted(numbers, one), np.searchsorted(numbers, other)] = pairs["score"].to_numpy()
    return numbers, sums
