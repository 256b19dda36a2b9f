"""What will items without a history sell? The prior mean curve of the sources, moved by what they have sold so far.

Of items in their first eight weeks, and of those that a list price announces. The sources learn from all launches up to `as_of`;
their shares, the weight of evidence and the spread are what the backtest's hold-out 'any' has taught (launches.beliefs). What
items that have never sold will sell up to each week, which their first orders rest on, has the law of launches.laws.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import LEVELS, quantile_name
from shelfwise.contracts.gold.launches import LAUNCH_FORECAST
from shelfwise.demand.launches.attributes import with_plans, with_siblings
from shelfwise.demand.launches.backtest import HOLDOUTS, NO_FOLD, a_cut, lessons_of
from shelfwise.demand.launches.beliefs import Beliefs, Floats, Launches, by_item
from shelfwise.demand.launches.history import by_week, launches, to_come
from shelfwise.demand.launches.laws import Known, taught, totals
from shelfwise.demand.launches.sources import SOURCES, SourceParams, told
from shelfwise.demand.segments import NEW_WEEKS
from shelfwise.measures import evidence
from shelfwise.measures.weeks import last_sunday

ANY = HOLDOUTS[-1]
LEAST_LAUNCHES = 50  # fewer teach no beliefs
PER_WEEK = ("launch_week", "week", *SOURCES, "prior_level")
QUANTILES = [quantile_name(level) for level in LEVELS]
TOTALS = ["cum_mean", *[quantile_name(level, cumulated=True) for level in LEVELS]]
NEAREST_TYPE = "array<struct<item_id:string,similarity:double>>"
TOLD = {
    "item_id": "string",
    "launch": "date",
    "segment": "string",
    "price": "double",
    "announced_on": "date",
    "nearest": NEAREST_TYPE,
    "known_weeks": "int",
    "sold": "double",
    "launch_week": "int",
    "week": "date",
    "prior_level": "string",
    **dict.fromkeys(("prior_mean", "evidence_weight", "mean", *QUANTILES, *TOTALS), "double"),
}


def forecast(
    panel: DataFrame,
    items: DataFrame,
    list_prices: DataFrame,
    promotions: DataFrame,
    calendar: DataFrame,
    backtest: DataFrame,
    *,
    params: SourceParams,
    as_of: date,
) -> DataFrame:
    """One row per item and coming week up to the 13th since its launch."""
    sunday = last_sunday(as_of)
    listed = to_come(panel, items, list_prices, last_week=sunday - timedelta(days=6))
    both = launches(panel, items, list_prices).unionByName(listed, allowMissingColumns=True)
    is_new = F.col("launch") > F.lit(sunday - timedelta(weeks=NEW_WEEKS))
    until = F.when(is_new, F.lit(sunday)).otherwise(F.date_add("eve", 6))
    known = with_siblings(both, panel, items).withColumn("known_until", until)
    rows = with_plans(by_week(known, panel, as_of), promotions, calendar).withColumn("each", a_cut(ANY, sunday))
    cut = rows.select("*", "each.*", F.lit(NO_FOLD).alias("own_fold")).drop("each")
    # what is asked for is no lesson, though its eighth week may just have ended: its own sales count as evidence, once
    answered = told(cut.where(is_new), lessons_of(cut.where(~is_new), params), params)
    columns = ", ".join(f"{name} {kind}" for name, kind in TOLD.items())
    moved = _by_item(answered, sunday).mapInPandas(_moved_by(taught(judged(backtest))), columns)
    price = F.col("price").cast(LAUNCH_FORECAST.schema["price"].type)
    return moved.withColumns({"as_of": F.lit(as_of), "price": price, "analogues": F.col("nearest")}).select(
        *LAUNCH_FORECAST.columns
    )


def _by_item(answered: DataFrame, sunday: date) -> DataFrame:
    """One row per item, with arrays over its weeks since launch."""
    last_week = F.lit(sunday - timedelta(days=6))
    seen = F.least(F.greatest((F.datediff(last_week, "launch") / 7 + 1).cast("int"), F.lit(0)), F.lit(NEW_WEEKS))
    curves = answered.groupBy("item_id", "launch").agg(
        F.array_sort(F.collect_list(F.struct(*PER_WEEK))).alias("weeks"),
        F.coalesce(F.any_value("nearest"), F.array().cast(NEAREST_TYPE)).alias("nearest"),
        F.coalesce(F.sum("units"), F.lit(0.0)).alias("sold"),
        *[F.any_value(name).alias(name) for name in ("price", "announced_on")],
    )
    return curves.select(
        *("item_id", "launch", "nearest", "sold", "price", "announced_on"),
        F.when(F.col("launch") > last_week, "announced").otherwise("new").alias("segment"),
        seen.alias("known_weeks"),
        *[F.col(f"weeks.{name}").alias(name) for name in PER_WEEK],
    )


def coming_weeks(rows: pd.DataFrame, known: Known) -> pd.DataFrame:
    """One row per item and week after its known ones; `rows` has one per item, with arrays over the same weeks since launch."""
    beliefs = known.beliefs
    prior = beliefs.prior(np.stack([np.stack(rows[name].to_list()).astype(float) for name in SOURCES]))
    shape, sold = beliefs.shape(prior), rows["sold"].to_numpy(float)
    seen = rows["known_weeks"].to_numpy(int)
    foreseen = np.where(np.arange(prior.shape[1]) < seen[:, None], prior, 0.0).sum(axis=1)
    mean = prior * evidence.multiplier(sold, foreseen, shape)[:, None]
    weight = evidence.evidence_weight(foreseen, shape)
    summed = pd.Series(_totals(rows, prior, known), index=rows.index)
    per_week = rows.assign(prior_mean=list(prior), mean=list(mean), shape=shape, evidence_weight=weight, totals=summed)
    long = per_week.explode(["launch_week", "week", "prior_level", "prior_mean", "mean", "totals"], ignore_index=True)
    coming = long[long["launch_week"].astype(int) > long["known_weeks"]].astype({"prior_mean": float, "mean": float})
    parts = [_with_quantiles(coming[coming["known_weeks"] == n], beliefs, n) for n in sorted(set(seen.tolist()))]
    return pd.concat(parts, ignore_index=True)


def _totals(rows: pd.DataFrame, prior: Floats, known: Known) -> list[list[Floats]]:
    """Per item, weeks x TOTALS; unknown of what has begun to sell, which has its own forecast."""
    seen, unsold = rows["known_weeks"].to_numpy(int), (rows["sold"] == 0).to_numpy()
    found = np.full((*prior.shape, len(TOTALS)), np.nan)
    for weeks in set(seen[unsold].tolist()):
        asked = unsold & (seen == weeks)
        found[asked] = totals(prior[asked], weeks, known)
    return [list(weeks) for weeks in found]


def _with_quantiles(rows: pd.DataFrame, beliefs: Beliefs, known_weeks: int) -> pd.DataFrame:
    mean, sold, shape = (rows[name].to_numpy(float) for name in ("mean", "sold", "shape"))
    grid = np.column_stack([beliefs.quantiles(mean, sold, shape, known_weeks), np.stack(rows["totals"].to_list())])
    return rows.join(pd.DataFrame(grid, columns=[*QUANTILES, *TOTALS], index=rows.index))


def _moved_by(known: Known) -> Callable[[Iterable[pd.DataFrame]], Iterator[pd.DataFrame]]:
    def moved(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for rows in batches:
            if len(rows):
                yield coming_weeks(rows, known)[list(TOLD)]

    return moved


def judged(backtest: DataFrame) -> Launches | None:
    """Those of the hold-out 'any'; none if they are too few to teach. Bound: the backtest's `launches` x `origins` x 8 rows."""
    rows = backtest.where(F.col("holdout") == ANY.name).select("item_id", "launch_week", "actual", *SOURCES).toPandas()
    return by_item(rows.sort_values(["item_id", "launch_week"])) if rows["item_id"].nunique() >= LEAST_LAUNCHES else None
