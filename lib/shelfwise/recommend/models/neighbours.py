"""Items that the same customers take, and customers who take the same items.

The likeness of two items (customers) with c customers (items) in common, of n and m, is c / (n m)^power, times c / (c +
shrinkage), so that a chance meeting counts for little; .5 is the cosine. Only the nearest count (Deshpande & Karypis 2004; the
plain sum over a customer's history is SAR, as in Microsoft Recommenders). A score is the sum over the customer's items of their
likenesses to the item, or over the nearest customers of their likenesses, where they took it.
"""

from functools import partial

import numpy as np
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.core.job import Params
from shelfwise.recommend.models.taken import flat, histories, takers
from shelfwise.recommend.vectors import Floats, Rescale, Vectors, best, gathered


class NeighbourParams(Params):
    nearest: int = 100
    shrinkage: float = 10.0
    power: float = 0.5


def item_neighbours(taken: DataFrame, params: NeighbourParams) -> Vectors:
    near = _nearest(takers(flat(taken)), params)
    return Vectors(histories(taken), gathered(near, "id", "other", "likeness"))


def customer_neighbours(taken: DataFrame, params: NeighbourParams) -> Vectors:
    near = _nearest(histories(flat(taken)), params)
    return Vectors(gathered(near, "id", "other", "likeness"), takers(taken))


def nearest_others(sized: DataFrame, nearest: int, rescale: Rescale, among: DataFrame | None = None) -> DataFrame:
    """One row per id of the vectors and each of its `nearest` others (of `among`, where given): id, other, likeness."""
    itself = sized.select(F.col("id").alias("customer_index"), F.col("id").alias("item_index"))
    near = best(Vectors(sized, sized if among is None else among), itself, nearest, rescale=rescale)
    return near.select(F.col("customer_index").alias("id"), F.col("item_index").alias("other"), F.col("score").alias("likeness"))


def _nearest(vectors: DataFrame, params: NeighbourParams) -> DataFrame:
    alike = partial(likeness, shrinkage=params.shrinkage, power=params.power)
    return nearest_others(vectors.withColumn("size", F.size("indices").cast("float")), params.nearest, alike)


def likeness(common: Floats, left: Floats, right: Floats, shrinkage: float, power: float) -> Floats:
    """Of all rows to all columns, of sizes `left` and `right`."""
    shrunk = common * common / np.maximum(common + np.float32(shrinkage), np.float32(1e-9))
    scaled: Floats = shrunk / np.power(left[:, None] * right[None, :], np.float32(power))
    return scaled
