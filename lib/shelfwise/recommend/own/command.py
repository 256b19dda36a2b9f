"""`shelfwise evaluate recommender`: from a file of ratings to a table of models and their lists."""

import time
from collections.abc import Callable, Sequence

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from rich.console import Console

from shelfwise.core.console import screen
from shelfwise.core.deep import REMEDY, has_keras
from shelfwise.core.errors import SettingsError
from shelfwise.core.frames import local_frame
from shelfwise.core.kept import cut
from shelfwise.core.own_file import free_folder
from shelfwise.core.own_run import asked_names, reported
from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings
from shelfwise.core.show import models_grid
from shelfwise.measures.pairs import number_ids
from shelfwise.recommend.models.every import MODELS
from shelfwise.recommend.models.explicit import BLEND, PARTS, RatingParams
from shelfwise.recommend.own.figures import auc, ranking_figures, rating_figures
from shelfwise.recommend.own.ratings import ITEM, TIME, USER, Split, held_out, is_relevant, read_ratings
from shelfwise.recommend.own.trial import HYBRID, Asked, Tried, rated, tried
from shelfwise.recommend.own.tuning import tuned
from shelfwise.recommend.vectors import PAIR, scores

RATINGS = "ratings"  # all models of ratings: they share what they learn
NAMES = (*MODELS, HYBRID, RATINGS)
NEEDS_TIME = ("item2vec", "session_knn", "lstm")
NEEDS_KERAS = ("lstm",)  # it is tried where it is named: it learns on the driver alone, and for longest
BUCKETS = 64
RATIO = 0.75
FIGURES = ("ndcg", "map", "precision", "recall", "hit_rate", "auc", "coverage", "novelty", "rmse", "mae", "seconds")


def evaluate(
    train: str,
    test: str | None,
    *,
    split: str | None,
    ratio: float | None,
    k: int,
    least: float | None,
    models: str | None,
    trials: int,
    seed: int,
    out: str | None,
    env: str,
    sets: Sequence[str],
) -> None:
    """What can be wrong in the options is found before Spark starts."""
    asked = Asked(k, _positive(least), _split(test, split, ratio), seed)
    chosen, folder = chosen_models(models), free_folder(out) if out else None
    settings = load_settings(env, sets)
    spark, console, began = start_session(settings), screen(), time.monotonic()
    with reported("evaluate recommender", settings):
        known, held = _parts(spark, train, test, ratio or RATIO, asked, console)
        names = _possible(known, chosen, named=models is not None, console=console)
        done, judged = _tried(known, held, names, asked, trials, console)
        _show(judged, known, asked, time.monotonic() - began, console)
        if folder:
            _write(folder, judged, done, known.unionByName(held), console)


def chosen_models(text: str | None) -> list[str]:
    names = asked_names("--models", "model", text or None, NAMES, [name for name in NAMES if name not in NEEDS_KERAS])
    if not names:
        raise SettingsError(f"--models: name some of {', '.join(NAMES)}, by commas.")
    if (lacking := set(names) & set(NEEDS_KERAS)) and not has_keras():
        raise SettingsError(f"--models: {', '.join(sorted(lacking))} needs Keras and JAX: {REMEDY}.")
    if HYBRID in names and not set(names) & set(MODELS):
        raise SettingsError(f"--models: name some; '{HYBRID}' mixes the others that are named.")
    return names


def _positive(least: float | None) -> float | None:
    if least is not None and not least > 0:
        raise SettingsError(f"--min-rating {least:g}: name a rating above 0; add a constant to ratings that are below.")
    return least


def _split(test: str | None, split: str | None, ratio: float | None) -> Split:
    if test is not None and ratio is not None:
        raise SettingsError("--ratio: it parts one file; with --test there is nothing to split. Leave one of them away.")
    if test is not None and split is not None:
        raise SettingsError("--split: it parts one file; with --test there is nothing to split. Leave one of them away.")
    if split is not None and split not in Split.__members__:
        raise SettingsError(f"--split {split}: it is random (of each item's ratings) or time (the last of all).")
    if test is None and split is None:
        raise SettingsError("Say what is held out: --test FILE, or --split random or --split time.")
    return Split(split or Split.random)


def _parts(
    spark: SparkSession, train: str, test: str | None, ratio: float, asked: Asked, console: Console
) -> tuple[DataFrame, DataFrame]:
    """What may be learnt from and what is held out, with numbers for users and items."""
    ratings = read_ratings(spark, train)
    if test is not None:
        parted = _together(ratings, read_ratings(spark, test), console)
    elif asked.split is Split.time and not _has_time(ratings):
        raise SettingsError(f"--split time: {train} has no column {TIME}; take --split random.")
    else:
        parted = held_out(ratings, asked.split, ratio, asked.seed)
    parted = cut(_numbered(parted))
    known, held = parted.where(~F.col("held")), parted.where(F.col("held"))
    _refuse_empty(known, held, asked)
    return known, held


def _together(known: DataFrame, held: DataFrame, console: Console) -> DataFrame:
    twice = held.join(known.select(USER, ITEM), [USER, ITEM], "left_semi").count()
    if twice:
        console.print(f"Held out, but known already, and passed over: {twice:,} ratings.", soft_wrap=True)
    fresh = held.join(known.select(USER, ITEM), [USER, ITEM], "left_anti")
    return known.withColumn("held", F.lit(False)).unionByName(fresh.withColumn("held", F.lit(True)))


def _numbered(ratings: DataFrame) -> DataFrame:
    customers = number_ids(ratings, USER, "customer_index", BUCKETS)
    return ratings.join(customers, USER, "inner").join(number_ids(ratings, ITEM, "item_index", BUCKETS), ITEM, "inner")


def _refuse_empty(known: DataFrame, held: DataFrame, asked: Asked) -> None:
    for frame, what in ((known, "to learn from"), (held, "held out")):
        if frame.where(is_relevant(asked.least)).isEmpty():
            why_so = " above 0" if asked.least is None else f" at or above --min-rating {asked.least:g}"
            raise SettingsError(f"There is no rating {what}{why_so}: ask for another --ratio, --min-rating or file.")


def _has_time(ratings: DataFrame) -> bool:
    return not ratings.where(F.col(TIME).isNotNull()).isEmpty()


def _possible(known: DataFrame, chosen: Sequence[str], *, named: bool, console: Console) -> list[str]:
    """Models that need to know when are left out where nobody does."""
    if _has_time(known):
        return list(chosen)
    lacking = [name for name in chosen if name in NEEDS_TIME]
    if lacking and named:
        raise SettingsError(f"--models: {', '.join(lacking)} needs a column {TIME}, to know what came before what.")
    if lacking:
        console.print(f"Without a column {TIME}, {', '.join(lacking)} is left out.", soft_wrap=True)
    return [name for name in chosen if name not in NEEDS_TIME]


def _tried(
    known: DataFrame, held: DataFrame, names: Sequence[str], asked: Asked, trials: int, console: Console
) -> tuple[Tried | None, DataFrame]:
    """The lists, and one row per model: FIGURES, null where one does not apply."""
    spark, done, parts = known.sparkSession, None, []

    def say(text: str) -> None:
        console.print(text, markup=False, soft_wrap=True)

    relevant = held.where(is_relevant(asked.least))
    if ranking := [name for name in names if name != RATINGS]:
        settings = tuned(known, [name for name in ranking if name in MODELS], asked, trials, say) if trials else {}
        done = tried(known, _listed(known, relevant, say), ranking, settings, asked, say)
        listed = ranking_figures(done.lists, relevant.select(*PAIR), known.select(*PAIR), asked.k)
        seconds = local_frame(spark, list(done.seconds.items()), "model string, seconds double")
        parts.append(listed.join(_separation(done, held, asked), "model", "left").join(seconds, "model", "left"))
    if RATINGS in names:
        parts.append(rating_figures(rated(known, held, asked, RatingParams())))
    every = parts[0]
    for part in parts[1:]:
        every = every.unionByName(part, allowMissingColumns=True)
    lacking = {name: F.lit(None).cast("double") for name in FIGURES if name not in every.columns}
    order = {name: place for place, name in enumerate((*MODELS, HYBRID, *PARTS, BLEND))}
    placed = F.element_at(F.create_map(*[F.lit(part) for pair in order.items() for part in pair]), F.col("model"))
    return done, cut(every.withColumns(lacking).select("model", *FIGURES).orderBy(placed))


def _listed(known: DataFrame, relevant: DataFrame, say: Callable[[str], None]) -> DataFrame:
    """Customers who get a list: all that are known or judged."""
    judged, learnt = [frame.select("customer_index").distinct() for frame in (relevant, known)]
    if new := judged.join(learnt, "customer_index", "left_anti").count():
        say(f"{new:,} of {judged.count():,} judged users are new: they are shown what is popular.")
    return cut(learnt.unionByName(judged).distinct())


def _separation(done: Tried, held: DataFrame, asked: Asked) -> DataFrame:
    """model, auc, where something held out is not relevant; the hybrid scores only what is offered, and has none."""
    spark = held.sparkSession
    if not done.vectors or held.where(~is_relevant(asked.least)).isEmpty():
        return local_frame(spark, [], "model string, auc double")
    labelled = held.select(*PAIR, is_relevant(asked.least).alias("relevant"))
    scored = None
    for name, vectors in done.vectors.items():
        found = labelled.join(scores(vectors, labelled.select(*PAIR)), PAIR, "left").fillna(0.0, ["score"])
        named = found.select(F.lit(name).alias("model"), "score", "relevant")
        scored = named if scored is None else scored.unionByName(named)
    assert scored is not None
    return auc(scored)


def _show(judged: DataFrame, known: DataFrame, asked: Asked, seconds: float, console: Console) -> None:
    """Bound: one row per model."""
    size = known.agg(F.count(F.lit(1)).alias("rows"), F.count_distinct(USER), F.count_distinct(ITEM)).first()
    assert size is not None
    title = f"{size[1]:,} users, {size[2]:,} items, {size[0]:,} ratings known, lists of {asked.k}, {seconds:.0f} s"
    models_grid(judged, title, _said, console)


def _said(name: str, value: float) -> str:
    return f"{value:,.1f}" if name == "seconds" else f"{value:.4f}"


def _write(folder: str, judged: DataFrame, done: Tried | None, ratings: DataFrame, console: Console) -> None:
    """The table last: where it is, the lists are whole."""
    if done is not None:
        users, items = ratings.select("customer_index", USER).distinct(), ratings.select("item_index", ITEM).distinct()
        named = done.lists.join(users, "customer_index", "inner").join(items, "item_index", "inner")
        named.select("model", USER, F.col("place").alias("rank"), ITEM).write.parquet(f"{folder}/lists")
    judged.coalesce(1).write.csv(f"{folder}/accuracy", header=True)
    console.print(f"{folder}: accuracy (CSV)" + (", lists (Parquet)" if done else ""), markup=False, soft_wrap=True)
