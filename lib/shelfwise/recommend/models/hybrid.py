"""What do all models together say? A logistic regression on their scores, learnt from pairs that they had not seen.

Each model offers its best items; all models score what any of them offers. Scores are compared within a customer: less their
mean, over their standard deviation. Trees (rank:ndcg and logistic loss, 2 to 6 levels, XGBoost) on the same rows were no better
than the line on MovieLens-100k: nDCG@10 .489 to .501, the line .502; its weights can be read.
"""

from collections.abc import Mapping, Sequence
from functools import reduce

from pyspark.ml.classification import LogisticRegression
from pyspark.ml.feature import VectorAssembler
from pyspark.sql import Column, DataFrame, Window, WindowSpec
from pyspark.sql import functions as F

from shelfwise.core.job import Params
from shelfwise.core.kept import cut
from shelfwise.recommend.vectors import PAIR, Vectors, best, scores

SIZES = ("customer_size", "item_size")
PARTITIONS = 8  # sums of a fit are made partition by partition


class HybridParams(Params):
    offered: int = 100  # by each model
    penalty: float = 1e-5


def offers(models: Mapping[str, Vectors], taken: DataFrame, seen: DataFrame, params: HybridParams) -> DataFrame:
    """One row per customer and item that any model offers: each model's standard score, and how much both sides are known.

    A model that knows nothing of a pair says 0, before scores are compared.
    """
    offered = reduce(DataFrame.unionByName, [best(vectors, seen, params.offered).select(*PAIR) for vectors in models.values()])
    pairs = cut(offered.distinct())
    rows = pairs
    for name, vectors in models.items():
        rows = rows.join(cut(scores(vectors, pairs)).withColumnRenamed("score", name), PAIR, "left")
    # in order, so that sums come out the same, bit for bit
    of_customer = (
        Window.partitionBy("customer_index").orderBy("item_index").rowsBetween(Window.unboundedPreceding, Window.unboundedFollowing)
    )
    known = cut(rows).select(*PAIR, *[F.coalesce(name, F.lit(0.0)).alias(name) for name in models])
    compared = known.select(*PAIR, *[_standard(name, of_customer).alias(name) for name in models])
    sized = compared.join(_sizes(taken, "customer"), "customer_index", "left").join(_sizes(taken, "item"), "item_index", "left")
    return sized.fillna(0.0, list(SIZES))


def weights(lessons: DataFrame, names: Sequence[str], params: HybridParams) -> dict[str, float]:
    """By model; `lessons`: offers with `relevant` (0.0 or 1.0). Where none is relevant, all models are trusted alike."""
    if lessons.where(F.col("relevant") > 0).isEmpty():
        return dict.fromkeys(names, 1.0)
    placed = lessons.repartition(PARTITIONS, "customer_index").sortWithinPartitions(*PAIR)
    assembler = VectorAssembler(inputCols=[*names, *SIZES], outputCol="said")
    regression = LogisticRegression(featuresCol="said", labelCol="relevant", regParam=params.penalty, maxIter=50)
    model = regression.fit(assembler.transform(placed).select("said", "relevant"))
    return dict(zip([*names, *SIZES], map(float, model.coefficients), strict=True))


def mixed(offered: DataFrame, learnt: Mapping[str, float]) -> DataFrame:
    """customer_index, item_index, score, place: all that is offered, best first."""
    score = reduce(Column.__add__, [F.lit(weight) * F.col(name) for name, weight in learnt.items()])
    order = Window.partitionBy("customer_index").orderBy(F.desc("score"), "item_index")
    return offered.select(*PAIR, score.alias("score")).withColumn("place", F.row_number().over(order))


def _standard(name: str, of_customer: WindowSpec) -> Column:
    deviation = F.stddev_pop(name).over(of_customer)
    return F.when(deviation > 0, (F.col(name) - F.mean(name).over(of_customer)) / deviation).otherwise(0.0)


def _sizes(taken: DataFrame, side: str) -> DataFrame:
    return taken.groupBy(f"{side}_index").agg(F.log1p(F.count(F.lit(1)).cast("double")).alias(f"{side}_size"))
