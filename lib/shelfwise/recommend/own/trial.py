"""Each model fitted to what may be learnt from, its lists, its seconds; the hybrid learnt from folds of it."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.core.arrivals import UNREADABLE, why
from shelfwise.core.errors import JobError, raise_if_stopped
from shelfwise.core.job import Params
from shelfwise.core.kept import cut
from shelfwise.measures.exact import exact_mean
from shelfwise.recommend.models import explicit, hybrid
from shelfwise.recommend.models.every import MODELS
from shelfwise.recommend.models.popular import PopularParams, popular
from shelfwise.recommend.own.figures import ranking_figures
from shelfwise.recommend.own.ratings import ITEM, TIME, Split, drawn, is_relevant
from shelfwise.recommend.vectors import PAIR, Vectors, best, full

HYBRID = "hybrid"
FOLDS = 4
LESSONS = 2  # folds from which the hybrid learns: a dozen weights need no more, and each costs a fit of every model


@dataclass(frozen=True)
class Asked:
    """What is to be tried: so many places, relevant from this rating on (None: all), split so, drawn by this seed."""

    k: int
    least: float | None
    split: Split
    seed: int


@dataclass(frozen=True)
class Tried:
    lists: DataFrame  # model, customer_index, item_index, place
    vectors: dict[str, Vectors]
    seconds: dict[str, float]


def taken(ratings: DataFrame, least: float | None) -> DataFrame:
    """What models learn from: ratings that are relevant, with strength: the rating over the mean of these."""
    good = ratings.where(is_relevant(least))
    mean = good.agg(exact_mean(F.col("rating")).alias("mean"))
    over = (F.col("rating") / F.col("mean")).cast("float").alias("strength")
    return good.crossJoin(F.broadcast(mean)).select(*PAIR, over, F.coalesce(TIME, F.lit(0.0)).alias("at"))  # one row


def tried(
    ratings: DataFrame,
    customers: DataFrame,
    names: Sequence[str],
    settings: Mapping[str, Params],
    asked: Asked,
    say: Callable[[str], None],
) -> Tried:
    """`ratings`: what may be learnt from; `customers`: customer_index of all who get a list.

    Lists that end early go on with what is popular. A model that can't be fitted is left out, and `say` is told why. Seconds are
    those of fitting and listing; those of the hybrid come on top of its parts'.
    """
    learnt_from, seen = _made(taken(ratings, asked.least)), _made(ratings.select(*PAIR))
    everybody = customers.select(F.col("customer_index").alias("id"), F.array(F.lit(1.0)).alias("features"))
    liked = popular(learnt_from, PopularParams())
    filling = _made(best(Vectors(full(everybody), liked.items, dense=True), seen, asked.k))
    vectors, lists, seconds = {}, {}, {}
    for name in [name for name in names if name != HYBRID]:
        began = time.monotonic()
        try:
            vectors[name] = _fitted(name, learnt_from, settings, asked)
            lists[name] = _made(_filled(best(vectors[name], seen, asked.k), filling, asked.k))
        except (*UNREADABLE, ValueError) as error:
            raise_if_stopped(error)
            vectors.pop(name, None)
            say(f"{name} is left out: {why(error)}")
        seconds[name] = time.monotonic() - began
    if not lists:
        raise JobError("evaluate recommender: no model could be fitted to these ratings.")
    if HYBRID in names:
        began = time.monotonic()
        lists[HYBRID] = _made(_filled(_mixture(ratings, learnt_from, seen, vectors, settings, asked, say), filling, asked.k))
        seconds[HYBRID] = time.monotonic() - began
    named = [frame.select(F.lit(name).alias("model"), *PAIR, "place") for name, frame in lists.items()]
    return Tried(reduce(DataFrame.unionByName, named), vectors, {name: seconds[name] for name in lists})


def folds(ratings: DataFrame, asked: Asked) -> list[tuple[DataFrame, DataFrame]]:
    """Pairs of what is learnt from and what is asked: of a random split as many as FOLDS, of a split in time the last quarter."""
    if asked.split is Split.time:
        until = ratings.agg(F.percentile_approx(TIME, 0.75, 1_000_000).alias("until"))
        dated = cut(ratings.crossJoin(F.broadcast(until)))  # one row
        return [(dated.where(F.col(TIME) <= F.col("until")), dated.where(F.col(TIME) > F.col("until")))]
    place = F.row_number().over(Window.partitionBy(ITEM).orderBy(drawn(asked.seed + 1), "user_id"))
    # items of one rating would else all be in one fold
    dealt = cut(ratings.withColumn("fold", F.pmod(place + F.xxhash64(ITEM), F.lit(FOLDS))))
    return [(dealt.where(F.col("fold") != fold), dealt.where(F.col("fold") == fold)) for fold in range(FOLDS)]


def _mixture(
    ratings: DataFrame,
    learnt_from: DataFrame,
    seen: DataFrame,
    vectors: dict[str, Vectors],
    settings: Mapping[str, Params],
    asked: Asked,
    say: Callable[[str], None],
) -> DataFrame:
    params = hybrid.HybridParams(offered=max(hybrid.HybridParams().offered, asked.k))
    lessons: list[DataFrame] = []
    names = list(vectors)
    for known, unseen in folds(ratings, asked)[:LESSONS]:
        inner, pairs = cut(taken(known, asked.least)), known.select(*PAIR)
        fitted = {name: _fitted(name, inner, settings, asked) for name in names}
        relevant = unseen.where(is_relevant(asked.least)).select(*PAIR)
        if not lessons:
            names = _worthy(fitted, inner, pairs, relevant, asked)
            weak = [name for name in fitted if name not in names]
            if weak:
                say(f"{HYBRID} leaves out {', '.join(weak)}: worse than popularity on ratings held back.")
        offered = hybrid.offers({name: fitted[name] for name in names}, inner, pairs, params)
        lessons.append(cut(offered.join(relevant.withColumn("relevant", F.lit(1.0)), PAIR, "left").fillna(0.0, ["relevant"])))
    learnt = hybrid.weights(reduce(DataFrame.unionByName, lessons), names, params)
    return hybrid.mixed(hybrid.offers({name: vectors[name] for name in names}, learnt_from, seen, params), learnt)


def _worthy(fitted: Mapping[str, Vectors], learnt_from: DataFrame, seen: DataFrame, held: DataFrame, asked: Asked) -> list[str]:
    """Models that rank what they have not seen no worse than popularity does; all, where none does.

    A model that offers what nobody takes harms the mixture, whatever its weight: nDCG@10 of MovieLens-100k .502 without, .496 with.
    """
    every = dict(fitted) | {"popularity": popular(learnt_from, PopularParams())}
    lists = [best(vectors, seen, asked.k).select(F.lit(name).alias("model"), *PAIR, "place") for name, vectors in every.items()]
    judged = ranking_figures(reduce(DataFrame.unionByName, lists), held, learnt_from, asked.k)
    ndcg = {row["model"]: row["ndcg"] for row in judged.collect()}  # a row per model
    least = ndcg.get("popularity", 0.0)
    return [name for name in fitted if ndcg.get(name, 0.0) >= least] or list(fitted)


def rated(ratings: DataFrame, held: DataFrame, asked: Asked, params: explicit.RatingParams) -> DataFrame:
    """model, rating, score of the held-out ratings, bounded by the lowest and highest known."""
    known, unseen = folds(ratings, asked)[0]
    lessons = cut(explicit.foretold(known, unseen.select(*PAIR, "rating"), params))
    told = explicit.blended(lessons, explicit.foretold(ratings, held.select(*PAIR, "rating"), params))
    names = [*explicit.PARTS, explicit.BLEND]
    long = told.select("rating", F.inline(F.array(*[F.struct(F.lit(n).alias("model"), F.col(n).alias("score")) for n in names])))
    ends = ratings.agg(F.min("rating").alias("lowest"), F.max("rating").alias("highest"))
    bounded = F.greatest(F.least("score", "highest"), "lowest").alias("score")
    return long.crossJoin(F.broadcast(ends)).select("model", "rating", bounded)  # one row


def _fitted(name: str, learnt_from: DataFrame, settings: Mapping[str, Params], asked: Asked) -> Vectors:
    params = settings.get(name, MODELS[name].params)
    if "seed" in type(params).model_fields:
        params = params.model_copy(update={"seed": asked.seed})
    vectors = MODELS[name].fit(learnt_from, params)
    # cut: each is read several times, and the plans of seven models in one would be longer than the driver's heap
    return Vectors(cut(vectors.customers), cut(vectors.items), vectors.dense)


def _made(frame: DataFrame) -> DataFrame:
    """Computed now, so that its seconds count where they belong."""
    made = cut(frame)
    made.count()
    return made


def _filled(lists: DataFrame, filling: DataFrame, k: int) -> DataFrame:
    turns = [frame.select(*PAIR, "place", F.lit(turn).alias("turn")) for turn, frame in enumerate((lists, filling))]
    first = Window.partitionBy(*PAIR).orderBy("turn")
    once = reduce(DataFrame.unionByName, turns).withColumn("nth", F.row_number().over(first)).where("nth = 1")
    order = Window.partitionBy("customer_index").orderBy("turn", "place")
    return once.select(*PAIR, F.row_number().over(order).alias("place")).where(F.col("place") <= k)
