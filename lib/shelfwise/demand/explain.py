"""Why is a forecast what it is? Its main drivers by TreeSHAP where XGBoost serves it, or trees most of it, else one sentence.

The library's own contributions, asked of the booster itself: its Spark column would carry all of them for each row, to be taken
apart again by expressions. They take a millisecond a row, so beyond the first horizon small forecasts go without.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyspark.ml import PipelineModel
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import DEMAND_DRIVERS
from shelfwise.core.job import Params
from shelfwise.core.kept import keep
from shelfwise.demand.drivers import COLUMNS, DRIVERS, by_driver, drivers_of, wholes
from shelfwise.demand.frames import typed
from shelfwise.demand.inputs import FEATURES
from shelfwise.demand.mixture.weights import MIXTURE
from shelfwise.demand.rows import origin_rows
from shelfwise.demand.trees import MODELS as TREES
from shelfwise.measures.exact import exact_mean
from shelfwise.measures.weeks import last_sunday

Floats = NDArray[np.float64]

FACTS = ("units", "level", "mean_4", "mean_promoted", "mean_unpromoted")  # what sentences say beside the features
LEADS = 0.5  # share of a mixture that trees have, who learn from the same features: below, XGBoost's reasons are not the forecast's
LOG_LINK = "reg:tweedie"
SHARES, BASE = [f"share_{place}" for place in range(len(DRIVERS))], "base"  # by driver, on the margin's scale


@dataclass(frozen=True)
class Trees:
    """XGBoost's as bytes, a few MB for every worker; None where it was not asked for."""

    raw: bytes | None
    multiplies: bool  # of contributions: the loss has a log link


class ExplainParams(Params):
    horizons: tuple[int, ...] = (1, 4, 13)
    drivers: int = 3  # the largest of each forecast
    least_mean: float = 1.0  # beyond the first horizon XGBoost's forecasts of fewer units a week are not explained; 0: all are


def explain(
    model: PipelineModel,
    panel: DataFrame,
    promotions: DataFrame,
    calendar: DataFrame,
    forecast: DataFrame,
    mixture: DataFrame,
    *,
    params: ExplainParams,
    as_of: date,
) -> DataFrame:
    """Up to `params.drivers` rows per item and horizon of `params.horizons`; one where a mean or MLlib's trees serve it."""
    trees = _trees(model)
    leads = (F.col("model") == MIXTURE) & F.col("segment").isin(*_led_by_trees(mixture))
    # dormant items are expected to sell nothing, whoever serves them
    by_booster = F.lit(trees.raw is not None) & ((F.col("model") == "xgboost") | leads) & (F.col("segment") != "dormant")
    worth = (F.col("horizon") == min(params.horizons, default=0)) | (F.col("mean") >= params.least_mean) | ~by_booster
    wanted = forecast.where(F.col("horizon").isin(*params.horizons) & worth).select(
        "item_id", "horizon", "segment", "model", "mean", by_booster.alias("by_booster")
    )
    known = origin_rows(panel, promotions, calendar, origin=last_sunday(as_of), horizons=params.horizons)
    asked = known.join(wanted, ["item_id", "horizon"], "inner")
    kept = asked.select(*dict.fromkeys(["item_id", "horizon", "segment", "model", "mean", "by_booster", *FACTS, *FEATURES]))
    shared = keep(kept.mapInPandas(_shared_out(trees.raw), typed(kept) + "".join(f", {name} double" for name in (*SHARES, BASE))))
    schema = ", ".join(f"{name} {DEMAND_DRIVERS.schema[name].type}" for name in ("item_id", "horizon", *COLUMNS))
    told = shared.mapInPandas(_told(_usual(shared), trees.multiplies, params.drivers), schema)
    return told.withColumn("as_of", F.lit(as_of)).select(*DEMAND_DRIVERS.columns)


def _led_by_trees(mixture: DataFrame) -> list[str]:
    """Segments in whose mixtures trees count LEADS or more, of whatever items; a few to the driver."""
    trees = mixture.where(F.col("model").isin(*TREES)).groupBy("segment", "with_classical").agg(F.sum("weight").alias("weight"))
    least = trees.groupBy("segment").agg(F.min("weight").alias("weight"))
    return [row["segment"] for row in least.where(F.col("weight") >= LEADS).collect()]


def _trees(model: PipelineModel) -> Trees:
    pipelines: list[Any] = model.stages
    stages = (stage for pipeline in pipelines for stage in pipeline.stages)
    booster = next((stage.get_booster() for stage in stages if hasattr(stage, "get_booster")), None)
    if booster is None:
        return Trees(None, False)
    objective = json.loads(booster.save_config())["learner"]["objective"]["name"]
    return Trees(bytes(booster.save_raw("ubj")), objective == LOG_LINK)


def _shared_out(raw: bytes | None) -> Callable[[Iterable[pd.DataFrame]], Iterator[pd.DataFrame]]:
    """Adds SHARES and BASE; null where the booster does not serve."""

    def shared_out(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        share_out = contributions(raw) if raw else None
        for rows in batches:
            asked = rows[rows["by_booster"]]
            shares = np.empty((0, len(DRIVERS) + 1))
            if share_out and len(asked):
                found, names = share_out(asked)
                shares = np.column_stack([by_driver(found, names), found[:, -1]])
            yield rows.join(pd.DataFrame(shares, columns=[*SHARES, BASE], index=asked.index[: len(shares)]))

    return shared_out


def contributions(raw: bytes) -> Callable[[pd.DataFrame], tuple[Floats, list[str]]]:
    """A booster's TreeSHAP: rows x (features, and the baseline) on the margin's scale, and the features' names."""
    import xgboost

    booster = xgboost.Booster({"nthread": 1}, model_file=bytearray(raw))  # a task is one slot
    names = list(booster.feature_names or FEATURES)

    def share_out(rows: pd.DataFrame) -> tuple[Floats, list[str]]:
        asked = xgboost.DMatrix(rows[names].to_numpy(np.float32), feature_names=names)
        return booster.predict(asked, pred_contribs=True).astype(float), names

    return share_out


def _usual(shared: DataFrame) -> dict[Any, Floats]:
    """By horizon, the mean share of each driver: a few rows to the driver."""
    means = shared.groupBy("horizon").agg(*[exact_mean(F.col(name)).alias(name) for name in SHARES]).collect()
    return {row["horizon"]: np.array([row[name] or 0.0 for name in SHARES], dtype=float) for row in means}


def _told(usual: Mapping[Any, Floats], multiplies: bool, most: int) -> Callable[[Iterable[pd.DataFrame]], Iterator[pd.DataFrame]]:
    def told(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for rows in batches:
            place, shared, whole = rows[["item_id", "horizon"]], rows[rows[BASE].notna()], rows[rows[BASE].isna()]
            if len(whole):
                yield place.join(wholes(whole), how="inner")
            for horizon, part in shared.groupby("horizon"):
                shares, base = part[SHARES].to_numpy(float), part[BASE].to_numpy(float)
                yield place.join(drivers_of(part, shares, base, usual[horizon], multiplies=multiplies, most=most), how="inner")

    return told
