"""Factors of customers and items, so that their product says how likely it is that the one takes the other (implicit ALS).

Minimises sum c (p - x'y)^2 + regularisation, p = 1 where taken, c = 1 + alpha * strength (Hu, Koren & Volinsky 2008; Spark
weighs the regularisation by the number of rows). Non-negative factors may be read as tastes: none takes another one back.
"""

from pyspark.ml.recommendation import ALS, ALSModel
from pyspark.sql import DataFrame

from shelfwise.core.job import Params
from shelfwise.recommend.vectors import Vectors, of_factors


class FactorParams(Params):
    rank: int = 32
    regularisation: float = 0.1
    alpha: float = 1.0
    iterations: int = 8
    blocks: int = 4
    seed: int = 7


def factors(taken: DataFrame, params: FactorParams, *, nonnegative: bool = False) -> Vectors:
    return vectors_of(alternating(taken, params, nonnegative=nonnegative))


def nonnegative_factors(taken: DataFrame, params: FactorParams) -> Vectors:
    return factors(taken, params, nonnegative=True)


def alternating(taken: DataFrame, params: FactorParams, *, nonnegative: bool = False, implicit: bool = True) -> ALSModel:
    als = ALS(
        rank=params.rank,
        maxIter=params.iterations,
        regParam=params.regularisation,
        alpha=params.alpha,
        numUserBlocks=params.blocks,
        numItemBlocks=params.blocks,
        implicitPrefs=implicit,
        nonnegative=nonnegative,
        userCol="customer_index",
        itemCol="item_index",
        ratingCol="strength",
        coldStartStrategy="drop",
        seed=params.seed,
    )
    # a factor is a sum over ratings as they come: sorted, so that the order of reading can't move its last bit
    placed = taken.select("customer_index", "item_index", "strength").repartition(params.blocks, "customer_index")
    return als.fit(placed.sortWithinPartitions("customer_index", "item_index"))


def vectors_of(als: ALSModel) -> Vectors:
    return of_factors(als.userFactors, als.itemFactors)
