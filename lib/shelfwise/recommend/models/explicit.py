"""Which rating will a customer give an item? Biases, and what the residuals of others say.

Bias: mean + b_customer + b_item, each the shrunken mean of what the other leaves over, in turns (Koren, Bell & Volinsky 2009).
ALS of the residuals adds a product of factors. Neighbours add a weighed mean of the customer's own residuals of alike items, or
of alike customers' residuals of the item: sum s r / (sum s + doubt), s = max(cosine of residuals, 0)^sharpness, where only
common ratings are in the dividend and all are in the divisor, so that few in common count for little. The blend is a linear
regression on what the others foretold of ratings that they had not seen.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from pyspark.ml.feature import VectorAssembler
from pyspark.ml.regression import LinearRegression
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.core.job import Params
from shelfwise.core.kept import cut
from shelfwise.measures.exact import exact_mean, exact_sum
from shelfwise.recommend.models.factors import FactorParams, alternating, vectors_of
from shelfwise.recommend.models.neighbours import nearest_others
from shelfwise.recommend.models.taken import flat, histories, takers
from shelfwise.recommend.vectors import PAIR, Floats, Vectors, gathered, scores

BIASES, FACTORS, ITEMS, CUSTOMERS = "biases", "als_ratings", "item_knn_ratings", "user_knn_ratings"
BLEND = "rating_blend"
PARTITIONS = 8  # sums of a fit are made partition by partition
PARTS = (BIASES, FACTORS, ITEMS, CUSTOMERS)


class RatingParams(Params):
    shrinkage: float = 5.0  # ratings that a bias of 0 is worth
    sweeps: int = 3
    factors: FactorParams = FactorParams(rank=60, regularisation=0.13, iterations=10)
    nearest: int = 500
    item_sharpness: float = 1.5
    customer_sharpness: float = 1.0
    doubt: float = 0.1


@dataclass(frozen=True)
class Learnt:
    """What is known of ratings: their mean, each one's bias, and `residuals` as taken (strength)."""

    mean: DataFrame
    customers: DataFrame
    items: DataFrame
    residuals: DataFrame


def learnt(known: DataFrame, params: RatingParams) -> Learnt:
    """`known`: customer_index, item_index, rating."""
    mean = cut(known.agg(exact_mean(F.col("rating")).alias("mean")))
    left = cut(known.crossJoin(F.broadcast(mean)).withColumn("left", F.col("rating") - F.col("mean")))  # one row
    customers = left.select("customer_index").distinct().withColumn("of_customer", F.lit(0.0))
    for _ in range(params.sweeps):
        items = cut(_shrunk(left.join(customers, "customer_index", "inner"), "item", "of_customer", params))
        customers = cut(_shrunk(left.join(items, "item_index", "inner"), "customer", "of_item", params))
    both = left.join(customers, "customer_index", "inner").join(items, "item_index", "inner")
    residual = (F.col("left") - F.col("of_customer") - F.col("of_item")).cast("float").alias("strength")
    return Learnt(mean, customers, items, cut(both.select(*PAIR, residual)))


def foretold(known: DataFrame, asked: DataFrame, params: RatingParams) -> DataFrame:
    """`asked` (customer_index, item_index, …) with a column per model of PARTS; whoever is unknown has no bias and no residual."""
    taught = learnt(known, params)
    based = (
        asked.join(taught.customers, "customer_index", "left")
        .join(taught.items, "item_index", "left")
        .crossJoin(
            F.broadcast(taught.mean)  # one row
        )
    )
    base = F.col("mean") + F.coalesce("of_customer", F.lit(0.0)) + F.coalesce("of_item", F.lit(0.0))
    told = cut(based.select(*asked.columns, base.alias(BIASES)))
    pairs = cut(asked.select(*PAIR).distinct())
    parts = {FACTORS: scores(vectors_of(alternating(taught.residuals, params.factors, implicit=False)), pairs)}
    parts[ITEMS] = _by_items(taught.residuals, pairs, params)
    parts[CUSTOMERS] = _by_customers(taught.residuals, pairs, params)
    for name, scored in parts.items():
        said = cut(scored).select(*PAIR, F.col("score").alias(f"{name}_adds"))
        told = told.join(said, PAIR, "left")
    added = {name: F.col(BIASES) + F.coalesce(f"{name}_adds", F.lit(0.0)) for name in parts}
    return told.select(*asked.columns, BIASES, *[column.alias(name) for name, column in added.items()])


def blended(lessons: DataFrame, told: DataFrame) -> DataFrame:
    """`told` with the blend, learnt from `lessons`: rating and PARTS of ratings that these had not seen."""
    assembler = VectorAssembler(inputCols=list(PARTS), outputCol="parts")
    regression = LinearRegression(featuresCol="parts", labelCol="rating", regParam=1e-4, solver="normal")
    placed = lessons.repartition(PARTITIONS, "customer_index").sortWithinPartitions(*PAIR)
    model = regression.fit(assembler.transform(placed))
    weighed = [F.lit(float(weight)) * F.col(name) for name, weight in zip(PARTS, model.coefficients, strict=True)]
    return told.withColumn(BLEND, sum(weighed, F.lit(float(model.intercept))))


def _shrunk(left: DataFrame, side: str, other: str, params: RatingParams) -> DataFrame:
    over: Column = F.col("left") - F.col(other)
    bias = exact_sum(over) / (F.count(F.lit(1)) + params.shrinkage)
    return left.groupBy(f"{side}_index").agg(bias.alias(f"of_{side}"))


def _by_items(residuals: DataFrame, pairs: DataFrame, params: RatingParams) -> DataFrame:
    near = _nearest(takers(residuals), params.nearest, params.item_sharpness)
    weights = gathered(near, "id", "other", "likeness")
    said = scores(Vectors(histories(residuals), weights), pairs)
    trust = scores(Vectors(histories(flat(residuals)), weights), pairs)
    return _mean(said, trust, params.doubt)


def _by_customers(residuals: DataFrame, pairs: DataFrame, params: RatingParams) -> DataFrame:
    near = _nearest(histories(residuals), params.nearest, params.customer_sharpness)
    weights = gathered(near, "id", "other", "likeness")
    said = scores(Vectors(weights, takers(residuals)), pairs)
    trust = scores(Vectors(weights, takers(flat(residuals))), pairs)
    return _mean(said, trust, params.doubt)


def _mean(said: DataFrame, trust: DataFrame, doubt: float) -> DataFrame:
    both = said.join(trust.withColumnRenamed("score", "trust"), PAIR, "inner")
    return both.select(*PAIR, (F.col("score") / (F.col("trust") + doubt)).alias("score"))


def _nearest(vectors: DataFrame, nearest: int, sharpness: float) -> DataFrame:
    length = F.sqrt(F.aggregate("values", F.lit(0.0), lambda total, value: total + value.cast("double") ** 2))
    return nearest_others(vectors.withColumn("size", length.cast("float")), nearest, partial(_cosine, sharpness=sharpness))


def _cosine(product: Floats, left: Floats, right: Floats, sharpness: float) -> Floats:
    lengths = np.maximum(left[:, None] * right[None, :], np.float32(1e-9))
    alike: Floats = np.maximum(product / lengths, np.float32(0)) ** np.float32(sharpness)
    return alike
