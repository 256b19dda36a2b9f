"""Which tastes does the shop find nothing for? How many customers of each taste bought in a category, or of a maker, lately.

A taste is a cluster of customers: k-means (k-means||; Bahmani et al. 2012, *Scalable k-means++*) of the recommender's factors, each
scaled to length 1: then the squared distance of two is 2 - 2 cosine, and what customers buy counts, not how much. Who has no
factor has no taste and is counted nowhere: who only looked, or bought nothing but what too few others did.
"""

from datetime import date, timedelta

from pydantic import Field
from pyspark.ml import PipelineModel
from pyspark.ml.clustering import KMeans, KMeansModel
from pyspark.ml.feature import Normalizer
from pyspark.ml.functions import array_to_vector
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.contracts.newcomers import EVERY, TASTE_REACH
from shelfwise.core.frames import local_frame
from shelfwise.core.job import Params
from shelfwise.core.kept import keep
from shelfwise.measures.pairs import purchases
from shelfwise.recommend.als import factors_of
from shelfwise.recommend.candidates import of_goods

PLACE = ("department", "category", "maker_id")
SCOPES = [["taste", "department", "category"], ["taste", "maker_id"], ["taste"]]
UNKNOWN = "UNKNOWN"


class TasteParams(Params):
    tastes: int = Field(8, ge=2)  # fewer where fewer customers differ
    recent_days: int = 91  # a quarter
    taught_by: int = Field(50_000, ge=1)  # customers, by hash, that the centres are learnt from: more would hardly move so few
    iterations: int = 20
    seed: int = 7


def taste_reach(model: PipelineModel, interactions: DataFrame, items: DataFrame, *, params: TasteParams, as_of: date) -> DataFrame:
    """One row per taste, and category or maker in which any of its customers bought lately; '*' for the others, and for all."""
    bought = bought_lately(interactions, items, as_of=as_of, recent_days=params.recent_days)
    told = bought.join(tastes(customer_factors(model, interactions), params), "customer_index", "inner")
    buyers, baskets = F.count_distinct("customer_index").alias("buyers"), F.sum("baskets").cast("double").alias("baskets")
    reached = told.groupingSets(SCOPES, "taste", *PLACE).agg(buyers, baskets)
    customers = F.max("buyers").over(Window.partitionBy("taste"))  # the row of all holds each of them
    return (
        reached.withColumns({name: F.coalesce(name, F.lit(EVERY)) for name in PLACE})
        .withColumns({"as_of": F.lit(as_of), "customers": customers})
        .select(*TASTE_REACH.columns)
    )


def bought_lately(interactions: DataFrame, items: DataFrame, *, as_of: date, recent_days: int) -> DataFrame:
    """customer_index, baskets, department, category, maker_id: goods that a customer bought again or first in these days."""
    lately = F.col("last_bought_on") > F.lit(as_of - timedelta(days=recent_days))
    goods = of_goods(purchases(interactions).where(lately), items)
    said = [F.coalesce(name, F.lit(UNKNOWN)).alias(name) for name in PLACE]  # some items that sold are not listed
    return goods.join(items.select("item_id", *PLACE), "item_id", "left").select("customer_index", "baskets", *said)


def customer_factors(model: PipelineModel, interactions: DataFrame) -> DataFrame:
    """id, features; none where nobody has met anything yet, on which no model can have been trained."""
    if interactions.isEmpty():
        return local_frame(interactions.sparkSession, [], "id int, features array<float>")
    return factors_of(model, interactions).userFactors


def tastes(customers: DataFrame, params: TasteParams) -> DataFrame:
    """customer_index, taste of each customer (id, features) whose features are not all 0; the largest taste is 0."""
    points = keep(_of_length_one(customers))
    if points.isEmpty():
        return points.select(F.col("id").alias("customer_index"), F.lit(0).alias("taste"))
    clusters = _learnt(points, params)
    nearest = keep(clusters.transform(points).select(F.col("id").alias("customer_index"), "cluster"))
    numbers = F.array(*[F.lit(number) for number in _numbers(clusters, nearest)])
    return nearest.select("customer_index", F.get(numbers, "cluster").alias("taste"))


def _of_length_one(customers: DataFrame) -> DataFrame:
    told = customers.where(F.exists("features", lambda feature: feature != 0))
    vectors = told.select("id", array_to_vector(F.col("features")).alias("factors"))
    return Normalizer(inputCol="factors", outputCol="point", p=2.0).transform(vectors).select("id", "point")


def _learnt(points: DataFrame, params: TasteParams) -> KMeansModel:
    """From one sorted partition: seeds are drawn, and sums made, partition by partition. Bound: `taught_by` customers."""
    chosen = points.orderBy(F.xxhash64("id"), "id").limit(params.taught_by).coalesce(1).sortWithinPartitions("id")
    means = KMeans(k=params.tastes, maxIter=params.iterations, seed=params.seed, featuresCol="point", predictionCol="cluster")
    # by row: the solver by blocks fails where fewer points differ than there are clusters to be
    return means.setSolver("row").fit(chosen)


def _numbers(clusters: KMeansModel, nearest: DataFrame) -> list[int]:
    """The taste of each cluster, by descending customers, then by centre. Pulls one row per cluster: `tastes` at most."""
    counted = nearest.groupBy("cluster").agg(F.count(F.lit(1)).alias("customers"))
    customers = {row["cluster"]: row["customers"] for row in counted.collect()}
    centres = [tuple(centre) for centre in clusters.clusterCenters()]
    order = sorted(range(len(centres)), key=lambda cluster: (-customers.get(cluster, 0), centres[cluster]))
    return [order.index(cluster) for cluster in range(len(centres))]
