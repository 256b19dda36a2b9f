"""What made a forecast what it is, in words that a buyer understands?

TreeSHAP (Lundberg et al. 2020, Nature Machine Intelligence 2) shares a prediction out among its features: baseline + sum of
contributions = the booster's margin. Features that a buyer sees as one thing are one driver, whose contribution is their sum.
Under the Tweedie loss the margin is a log, so contributions multiply: units = level * exp(baseline) * product of exp(contribution).
TreeSHAP's own baseline is the mean row that was learnt from, beside which most items are old. Here each driver counts from its mean
over the forecasts that are explained together, and the baseline takes these means up: a factor of 1 says no more than for the usual
item of that level. Under the squared loss contributions add: units = level * (baseline + their sum).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from shelfwise.demand.inputs import GROUPS
from shelfwise.demand.mixture.weights import MIXTURE
from shelfwise.demand.phrases import PHRASES, as_effect, of_whole
from shelfwise.measures.counts import LEAST_MEAN

Floats = NDArray[np.float64]

DRIVERS = {name: GROUPS[name] for name in PHRASES}  # in the order in which ties are told
COLUMNS = ("rank", "driver", "effect", "effect_in", "baseline", "others", "features", "sentence")
FACTOR, UNITS = "factor", "units"


def by_driver(contributions: Floats, names: Sequence[str]) -> Floats:
    """Rows x DRIVERS from rows x `names`, on the margin's scale."""
    places = [[place for place, name in enumerate(names) if name in own] for own in DRIVERS.values()]
    return np.column_stack([contributions[:, own].sum(axis=1) for own in places])


def drivers_of(rows: pd.DataFrame, shares: Floats, baseline: Floats, usual: Floats, *, multiplies: bool, most: int) -> pd.DataFrame:
    """The `most` drivers of each row, `rows`' index kept: COLUMNS. Ties come in the order of DRIVERS.

    `shares`: rows x DRIVERS, `usual`: their means, `baseline`: one a row, all on the margin's scale.
    """
    unusual = shares - usual
    order = np.argsort(-np.abs(unusual), axis=1, kind="stable")[:, :most]
    shown = np.take_along_axis(unusual, order, axis=1)
    others = unusual.sum(axis=1) - shown.sum(axis=1)
    level = rows["level"].to_numpy(float)
    mixed, mean = (rows["model"] == MIXTURE).to_numpy(), rows["mean"].to_numpy(float)

    def effect(margin: Floats) -> Floats:
        return np.exp(margin) if multiplies else (level * margin.T).T

    start = baseline + usual.sum()
    common = {"baseline": level * np.exp(start) if multiplies else level * start, "others": effect(others)}
    own = effect(baseline + shares.sum(axis=1)) * (level if multiplies else 1.0)
    # what the other models of a mixture make of it
    if multiplies:
        common["others"] = np.where(mixed, common["others"] * np.maximum(mean, LEAST_MEAN) / own, common["others"])
    else:
        common["others"] = np.where(mixed, common["others"] + mean - own, common["others"])
    common |= {"effect_in": FACTOR if multiplies else UNITS}
    effects, names = effect(shown), np.array(list(DRIVERS))[order]
    ranked = [rows.assign(**common, rank=k + 1, effect=effects[:, k], driver=names[:, k]) for k in range(order.shape[1])]
    return _described(pd.concat(ranked))[list(COLUMNS)]


def wholes(rows: pd.DataFrame) -> pd.DataFrame:
    """One driver each, the whole forecast: of means, of dormant items, and of trees that give no contributions: COLUMNS."""
    told = [of_whole(row) for row in rows.itertuples()]
    common: dict[str, Any] = {"rank": 1, "effect": rows["mean"].astype(float), "effect_in": UNITS, "baseline": 0.0, "others": 0.0}
    said = {"driver": [driver for driver, _ in told], "sentence": [sentence for _, sentence in told]}
    return rows.assign(**common, **said, features=_objects([{} for _ in told], rows))[list(COLUMNS)]


def _described(ranked: pd.DataFrame) -> pd.DataFrame:
    """Adds `features` and `sentence`."""
    told = [_told(row) for row in ranked.itertuples()]
    return ranked.assign(features=_objects([features for features, _ in told], ranked), sentence=[sentence for _, sentence in told])


def _told(row: Any) -> tuple[dict[str, float], str]:
    features = {name: float(getattr(row, name)) for name in DRIVERS[row.driver]}
    return features, f"{PHRASES[row.driver](row)}: {as_effect(row.effect, multiplies=row.effect_in == FACTOR)}"


def _objects(values: list[dict[str, float]], rows: pd.DataFrame) -> "pd.Series[Any]":
    return pd.Series(values, index=rows.index, dtype=object)
