"""Is what has moved a reason to train again? Marks for the stability index and for errors, and each verdict in a sentence.

Index: under .10 no change, from .25 a change to act upon (Siddiqi 2006). Errors: our own marks. What moves by its nature is
listed and not counted: it moves as much between weeks for which nothing has to be learnt again.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from shelfwise.core.job import Params
from shelfwise.measures.stability import stability_parts

Floats = NDArray[np.float64]
OK, WATCH, RETRAIN, NOT_COUNTED = "ok", "watch", "retrain", "not counted"
EVERYTHING = "*"

_CALENDAR, _PLAN = "it moves with the calendar", "it moves with each week's promotions"
_SHARED = "all items of a category, a maker or the shop have the same value, so that one week's tells little"
BY_NATURE: Mapping[str, str] = {
    "month_start": _CALENDAR,
    "month_start_at_origin": _CALENDAR,
    "holidays": _CALENDAR,
    "days_to_holiday": _CALENDAR,
    "holidays_before": _CALENDAR,
    "age_weeks": "it grows with every week",
    "horizon": "it is asked for",
    "plan_known": _PLAN,
    "planned_display": _PLAN,
    "planned_mailer": _PLAN,
    "planned_cut": _PLAN,
    "planned_coupon": _PLAN,
    "rate_under_plan": _PLAN,
    "promoted_now": _PLAN,
    "planned_before": _PLAN,
    "planned_after": _PLAN,
    "weeks_since_promotion": _PLAN,
    "mates_planned": _PLAN,
    "category_trend": _SHARED,
    "maker_trend": _SHARED,
    "department_trend": _SHARED,
    "shop_trend": _SHARED,
    "outside_trend": _SHARED,
    "outside_then": _SHARED,
    "category_season": _CALENDAR,
    "own_season": _CALENDAR,
}


class Marks(Params):
    watch_index: float = 0.10
    retrain_index: float = 0.25
    watch_error: float = 1.10  # RMSSE at the latest origin / at earlier ones
    retrain_error: float = 1.25
    watch_bias: float = 0.10  # by how much the bias has moved, either way
    retrain_bias: float = 0.20
    least_items: int = 500  # fewer differ by chance: two samples of 500 have an index of .04
    least_series: int = 100  # of errors
    watch_above: float = 0.07  # share of published weeks above their 95 % quantile
    retrain_above: float = 0.10
    least_weeks: int = 4  # of published forecasts: fewer may all have been unusual ones


def moved_feature(name: str, sizes: Floats, edges: Floats, since: date, per_item: int, marks: Marks) -> pd.DataFrame:
    """One row. `sizes`: rows then and now (2 x bins), `per_item` of them of one item; bins as of measures.stability.bin_of."""
    parts = stability_parts(sizes[0], sizes[1])
    value = float(parts.sum())
    place = int(parts.argmax())
    then, now = sizes[:, place] / sizes.sum(axis=1)
    said = f"{100 * now:.0f} % of the rows {_range(place, edges)}, {100 * then:.0f} % on {since}: a stability index of {value:.2f}"
    few = f"fewer than {marks.least_items} items" if sizes.sum(axis=1).min() < per_item * marks.least_items else ""
    return _row("feature", name, value, (marks.watch_index, marks.retrain_index), said, few or BY_NATURE.get(name, ""))


def moved_errors(rows: pd.DataFrame, marks: Marks) -> pd.DataFrame:
    """RMSSE and bias of one segment: two rows. `rows`: one per origin of gold.forecast_accuracy; none where there is one origin."""
    ordered = rows.sort_values("origin")
    latest, earlier = ordered.iloc[-1], ordered.iloc[:-1]
    if earlier.empty:
        return pd.DataFrame(columns=["kind", "name", "value", "watch_from", "retrain_from", "verdict", "reason"])
    segment, weight = latest["segment"], earlier["rows"].to_numpy(float)
    rmsse, bias = (float(np.average(earlier[name].astype(float), weights=weight)) for name in ("rmsse", "bias"))
    ratio, shift = latest["rmsse"] / rmsse, latest["bias"] - bias
    few = f"fewer than {marks.least_series} series" if latest["rows"] < 13 * marks.least_series else ""
    whose = "all items" if segment == EVERYTHING else f"{segment} items"
    error = f"RMSSE of {whose} {latest['rmsse']:.3f} at the latest origin, {latest['origin']}, {rmsse:.3f} at earlier ones"
    leans = tuple(f"{100 * lean:+.1f} %" for lean in (latest["bias"], bias))
    lean = f"Bias of {whose} {leans[0]} at the latest origin, {latest['origin']}, {leans[1]} at earlier ones"
    judged = [
        _row("error", segment, ratio, (marks.watch_error, marks.retrain_error), error, few),
        _row("bias", segment, shift, (marks.watch_bias, marks.retrain_bias), lean, few),
    ]
    return pd.concat(judged)


def served_moved(rows: pd.DataFrame, marks: Marks) -> pd.DataFrame:
    """Error, bias and upper tail of what was published: three rows per segment of demand.served.served_errors."""
    return pd.concat([_served(row, marks) for row in rows.itertuples()])


def _served(row: Any, marks: Marks) -> pd.DataFrame:
    whose = "all items" if row.segment == EVERYTHING else f"{row.segment} items"
    since = f"published since {row.since}"
    few = f"fewer than {marks.least_items} items" if row.items < marks.least_items else ""
    few = f"fewer than {marks.least_weeks} weeks are over" if row.weeks < marks.least_weeks else few
    ratio = row.wape / row.expected_wape if row.expected_wape > 0 else np.nan
    error = (
        f"Forecasts of {whose} {since} were {100 * row.wape:.0f} % of demand off, {100 * row.expected_wape:.0f} % in the backtest"
    )
    lean = f"Bias of forecasts of {whose} {since} {100 * row.bias:+.1f} %, {100 * row.expected_bias:+.1f} % in the backtest"
    tail = f"Of {whose} in weeks {since} {100 * row.above:.1f} % sold more than their 95 % quantile"
    judged = [
        _row("served error", row.segment, ratio, (marks.watch_error, marks.retrain_error), error, few),
        _row("served bias", row.segment, row.bias - row.expected_bias, (marks.watch_bias, marks.retrain_bias), lean, few),
        _row("served tail", row.segment, row.above, (marks.watch_above, marks.retrain_above), tail, few),
    ]
    return pd.concat(judged)


def overall(judged: pd.DataFrame) -> pd.DataFrame:
    """One row: the gravest verdict, and of what; `value`: how many rows have it."""
    told = judged[judged["verdict"] != NOT_COUNTED]
    gravest = next((verdict for verdict in (RETRAIN, WATCH, OK) if (told["verdict"] == verdict).any()), NOT_COUNTED)
    those = judged[judged["verdict"] == gravest].sort_values(["kind", "name"])
    names = those["name"].replace({EVERYTHING: "all items"})
    named = ", ".join(f"{name} ({kind})" for name, kind in zip(names, those["kind"], strict=True))
    said = {
        RETRAIN: f"Run backtest, choice of champions and training again: moved too far are {named}",
        WATCH: f"No need yet, but keep an eye on {named}",
        OK: f"All is well: none of {len(told)} features and errors has moved",
        NOT_COUNTED: "It can't be told: there are too few items, or there is one origin only",
    }[gravest]
    return _rows(kind="all", name=EVERYTHING, value=float(len(those)), watch=None, retrain=None, verdict=gravest, reason=said)


def _row(kind: str, name: str, value: float, marks: tuple[float, float], said: str, uncounted: str) -> pd.DataFrame:
    """`value` is not known where nothing ever changed; that is no reason to train."""
    watch, retrain = marks
    size = abs(value) if np.isfinite(value) else 0.0
    verdict = NOT_COUNTED if uncounted else RETRAIN if size >= retrain else WATCH if size >= watch else OK
    reason = f"{said}; not counted: {uncounted}" if uncounted else said
    return _rows(kind=kind, name=name, value=value, watch=watch, retrain=retrain, verdict=verdict, reason=reason)


def _rows(*, watch: float | None, retrain: float | None, **fields: Any) -> pd.DataFrame:
    return pd.DataFrame([fields | {"watch_from": watch, "retrain_from": retrain}]).astype(
        {"watch_from": float, "retrain_from": float}
    )


def _range(place: int, edges: Floats) -> str:
    if place > len(edges):
        return "are not known"
    if place == 0:
        return f"are at most {edges[0]:.3g}" if len(edges) else "are known"
    above = f"are above {edges[place - 1]:.3g}"
    return above if place == len(edges) else f"{above} and at most {edges[place]:.3g}"
