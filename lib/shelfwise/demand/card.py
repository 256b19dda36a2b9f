"""What should somebody know of the registered trees before they use them? A model card (Mitchell et al. 2019)."""

from collections.abc import Mapping
from datetime import date

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.demand.inputs import HORIZONS, features_without
from shelfwise.demand.spread import ANY_SEGMENT
from shelfwise.demand.trees import TreesParams

TITLES = {"gbt": "MLlib's boosted trees (squared loss)", "xgboost": "XGBoost"}
LIMITS = (
    "Weeks with a holiday that the history has not seen before are forecast as other weeks.",
    "An item unsold for 20 weeks is forecast at 0 until it sells again.",
    "Units are what would have sold: where stock is not counted, gaps of steady sellers are guessed (features.latent_demand).",
    f"No week after the {HORIZONS}th is forecast.",
)


def card(params: TreesParams, skill: Mapping[str, float], champions: DataFrame, *, as_of: date) -> str:
    """Markdown. Bound: segments x models rows of `champions` come to the driver."""
    served = champions.where(F.col("champion")).select("segment", "model", "stock_cost", "series").toPandas()
    return "\n".join([*_what(params, as_of), *_judged(skill), *_serves(served), "", "## Limits", *[f"- {one}" for one in LIMITS]])


def _what(params: TreesParams, as_of: date) -> list[str]:
    kinds = ", ".join(TITLES[name] for name in params.models)
    without = f", none of: {', '.join(params.without)}" if params.without else ""
    return [
        f"# Demand of items, {HORIZONS} weeks ahead",
        f"Mean units of an item in each of the next {HORIZONS} weeks, for a shop's orders and plans.",
        f"{kinds}, one column each, learnt as of {as_of} from some {params.rows:,} rows with"
        f" {len(features_without(params.without))} features (demand.inputs{without}), seed {params.seed}.",
    ]


def _judged(skill: Mapping[str, float]) -> list[str]:
    lines = [f"- {name.replace('_', ' ')}: {value:.4f}" for name, value in sorted(skill.items())]
    return ["", "## Judged in the backtest (champions, mean over items and origins)", *lines]


def _serves(served: pd.DataFrame) -> list[str]:
    ordered = served.assign(last=served["segment"] == ANY_SEGMENT).sort_values(["last", "segment"])
    rows = zip(*[ordered[name].to_list() for name in ("segment", "model", "stock_cost", "series")], strict=True)
    table = [
        f"| {'any other' if segment == ANY_SEGMENT else segment} | {model} | {cost:.3f} | {series:,} |"
        for segment, model, cost, series in rows
    ]
    head = ["| segment | served by | stock cost a week | series |", "| --- | --- | ---: | ---: |"]
    return ["", "## Serves", *head, *table]
