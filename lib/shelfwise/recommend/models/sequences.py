"""Items that stand near one another in customers' histories (item2vec: Barkan & Koenigstein 2016, by MLlib's Word2Vec).

A history in order of time is a sentence. A customer's vector is the mean of the directions of the items taken last.
"""

from pyspark.ml.feature import Word2Vec
from pyspark.ml.functions import vector_to_array
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.core.job import Params
from shelfwise.measures.exact import fine_mean
from shelfwise.recommend.vectors import Vectors, of_factors


class SequenceParams(Params):
    rank: int = 48
    window: int = 10
    iterations: int = 10
    step: float = 0.05
    last: int = 20  # items that say where a customer is
    partitions: int = 1
    seed: int = 7


def item_sequences(taken: DataFrame, params: SequenceParams) -> Vectors:
    row = F.struct("at", "item_index")
    word = F.transform(F.sort_array(F.collect_list(row)), lambda item: item["item_index"].cast("string"))
    said = taken.groupBy("customer_index").agg(word.alias("sentence"))
    # the count of partitions belongs to the model, like a seed: each trains on its share, and the shares are averaged
    sentences = said.repartition(params.partitions, "customer_index").sortWithinPartitions("customer_index")
    model = Word2Vec(
        vectorSize=params.rank,
        windowSize=params.window,
        maxIter=params.iterations,
        stepSize=params.step,
        minCount=2,
        maxSentenceLength=1_000,
        numPartitions=params.partitions,
        seed=params.seed,
        inputCol="sentence",
        outputCol="vector",
    ).fit(sentences)
    raw = model.getVectors().select(F.col("word").cast("int").alias("id"), vector_to_array(F.col("vector")).alias("raw"))
    length = F.sqrt(F.aggregate("raw", F.lit(0.0), lambda total, value: total + value * value))
    items = raw.select("id", F.transform("raw", lambda value: value / length).alias("features"))
    return of_factors(_customers(taken, items, params), items)


def _customers(taken: DataFrame, items: DataFrame, params: SequenceParams) -> DataFrame:
    """Bound: `last` items of a customer."""
    order = Window.partitionBy("customer_index").orderBy(F.desc("at"), F.desc("item_index"))
    lately = taken.withColumn("back", F.row_number().over(order)).where(F.col("back") <= params.last)
    near = lately.join(items.withColumnRenamed("id", "item_index"), "item_index", "inner")
    means = [fine_mean(F.col("features")[n]) for n in range(params.rank)]
    return near.groupBy(F.col("customer_index").alias("id")).agg(F.array(*means).alias("features"))
