"""What will sell, and how well that was known before."""

import itertools

from shelfwise.contracts.features import AS_OF
from shelfwise.core.table import Field, Table, optional, required

LEVELS = (0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99)


def quantile_name(level: float, *, cumulated: bool = False) -> str:
    """q05 is the 5 % quantile of the week, cum_q05 that of all weeks up to it."""
    return f"{'cum_' if cumulated else ''}q{round(level * 100):02d}"


def quantiles(*, cumulated: bool) -> dict[str, Field]:
    what = "units from the first forecast week to this one" if cumulated else "units in this week"
    return {quantile_name(p, cumulated=cumulated): required("double", f"{p:.0%} quantile of {what}") for p in LEVELS}


FORECAST_CHECKS = {
    "mean_is_not_negative": "mean >= 0 AND cum_mean >= 0",
    "quantiles_do_not_cross": " AND ".join(
        f"{quantile_name(a)} <= {quantile_name(b)} AND {quantile_name(a, cumulated=True)} <= {quantile_name(b, cumulated=True)}"
        for a, b in itertools.pairwise(LEVELS)
    ),
}

DEMAND_BACKTEST = Table(
    name="gold.demand_backtest",
    doc=(
        "What each model, trained on what was known at an earlier week's end, forecast, beside what then sold."
        " One row per as_of, item, origin and horizon."
    ),
    key=("as_of", "item_id", "origin", "horizon"),
    schema=AS_OF
    | {
        "item_id": required("string", "the item"),
        "department": required("string", "of the item"),
        "category": required("string", "of the item"),
        "origin": required("date", "last day (Sunday) known to the models"),
        "horizon": required("int", "weeks ahead, from 1"),
        "segment": required("string", "steady, fast, smooth, intermittent, slow, new or dormant: see docs/methods.md"),
        "scale": optional("double", "root mean squared weekly change before the origin (RMSSE's); null where nothing ever changed"),
        "abs_scale": optional("double", "mean absolute weekly change before the origin (MASE's); null where nothing ever changed"),
        "price": required("double", "shelf price at the origin"),
        "actual": required("double", "units wanted in the week: by counted stock, else sold"),
        "actual_cum": required("double", "units wanted up to it since the origin"),
        "gbt": optional("double", "mean forecast of MLlib's boosted trees; null where it was not asked for"),
        "gbt_cum": optional("double", "cumulated"),
        "xgboost": optional("double", "mean forecast of XGBoost's; null where it was not asked for"),
        "xgboost_cum": optional("double", "cumulated"),
        "mixture": optional(
            "double",
            "mean forecast of all models, weighed by errors in weeks that had ended by the origin; alike where none had; null with"
            " a single origin",
        ),
        "mixture_cum": optional("double", "cumulated"),
        "last_week": required("double", "baseline: the last known week"),
        "mean_4": required("double", "baseline: mean of the last 4 weeks"),
        "mean_13": required("double", "baseline: mean of the last 13 weeks"),
        "seasonal_naive": optional("double", "baseline: the same week last year; null without two seasons"),
    },
    slice="as_of",
)

DEMAND_TUNING = Table(
    name="gold.demand_tuning",
    doc=(
        "Settings of XGBoost's trees, and groups of features left out, that were tried on weeks before the backtest's, and how they"
        " did; none where no search was asked for. One row per as_of and trial."
    ),
    key=("as_of", "trial"),
    schema=AS_OF
    | {
        "origins": required("array<date>", "last known days from which was asked, latest first"),
        "asked_until": required("date", "last day of the latest week that was asked for"),
        "trial": required("int", "0 is what tune_demand's own settings say"),
        "chosen": required("boolean", "true for the one by which models are trained: the lowest loss"),
        "loss": required("double", "mean over items and origins of mean squared error / scale squared: the lowest of the curve"),
        "trees": required("int", "where the curve is lowest"),
        "depth": required("int", "of a tree"),
        "step": required("double", "share of a tree's answer that is taken"),
        "subsample": required("double", "share of the rows that a tree sees"),
        "columns": required("double", "share of the features that a tree sees"),
        "min_weight_per_leaf": required("double", "in mean rows"),
        "penalty": required("double", "on the squares of the leaves' answers"),
        "variance_power": required("double", "of the Tweedie loss"),
        "without": required("array<string>", "groups of features that are not learnt from; those of gold.demand_drivers"),
        "curve": required("array<double>", "the loss after 1, 2, … trees: the validation curve"),
    },
    slice="as_of",
)

DEMAND_CHAMPION = Table(
    name="gold.demand_champion",
    doc=(
        "What each model's forecasts would have cost in stock, and which one serves a segment: the cheapest, or, of those within"
        " 1 % of it, the one with the lowest WRMSSE. One row per as_of, segment and model."
    ),
    key=("as_of", "segment", "model"),
    schema=AS_OF
    | {
        "segment": required("string", "of the item; '*' for all, which serves a segment that has no row"),
        "model": required("string", "gbt, xgboost, mixture, mean_4 or mean_13"),
        "champion": required("boolean", "true for the model that serves the segment; one per segment"),
        "series": required("long", "items x origins that were simulated"),
        "stock_cost": required("double", "mean cost per item and week: .2 a unit held, 1 a unit that found no stock"),
        "wrmsse": optional("double", "RMSSE weighed by revenue before the origin; null where no series has a scale"),
    },
    slice="as_of",
)

QUANTILE_CALIBRATION = Table(
    name="gold.quantile_calibration",
    doc=(
        "How forecast errors of the backtest spread, by which quantiles are set. "
        "One row per as_of, kind, segment, horizon and origin left out."
    ),
    key=("as_of", "cumulated", "segment", "horizon", "left_out"),
    schema=AS_OF
    | {
        "cumulated": required("boolean", "of demand cumulated to the horizon, else of the week"),
        "segment": required("string", "of the item; '*' for all, which serves a segment that has no row"),
        "horizon": required("int", "weeks ahead"),
        "left_out": required("date", "origin not used, so that it can be judged; 1900-01-01 where all are used"),
        "rows": required("long", "errors that the row rests on"),
        "dispersion": required("double", "negative binomial: variance = mean + dispersion x mean squared"),
        "base_rate": required("double", "mean units that sold where 0 was forecast (dormant items): their quantiles rest on it"),
        "pit": required("array<double>", "empirical CDF of the randomised PIT at 0, 1/200, …, 1"),
    },
    slice="as_of",
)

DEMAND_FORECAST = Table(
    name="gold.demand_forecast",
    doc="Demand of the next 13 weeks: each week's, and cumulated up to it. One row per as_of, item and horizon.",
    key=("as_of", "item_id", "horizon"),
    schema=AS_OF
    | {
        "item_id": required("string", "the item"),
        "horizon": required("int", "weeks ahead, 1 to 13"),
        "week": required("date", "Monday of the forecast week"),
        "segment": required("string", "steady, fast, smooth, intermittent, slow, new or dormant: see docs/methods.md"),
        "model": required("string", "the champion of the segment, whose mean it is"),
        "mean": required("double", "expected units in the week; 0 for an item dormant for 20 weeks, until it sells again"),
        "cum_mean": required("double", "expected units from the first forecast week to this one"),
    }
    | quantiles(cumulated=False)
    | quantiles(cumulated=True),
    checks=FORECAST_CHECKS,
    slice="as_of",
)

FORECAST_ACCURACY = Table(
    name="gold.forecast_accuracy",
    doc=(
        "How good forecasts were in the backtest. One row per as_of, level, model, origin, horizon and segment;"
        " '*' and 0 stand for all."
    ),
    key=("as_of", "level", "model", "origin", "horizon", "segment"),
    schema=AS_OF
    | {
        "level": required("string", "item x week, category x week, department x week, all x week, or item x cumulated weeks"),
        "model": required("string", "champion (each segment's, in use), gbt, xgboost, mixture, or a baseline"),
        "origin": required("string", "last known day; '*' for all"),
        "horizon": required("int", "weeks ahead; 0 for all"),
        "segment": required("string", "item segment; '*' for all"),
        "rows": required("long", "forecasts judged"),
        "mae": required("double", "mean absolute error, units"),
        "mse": required("double", "mean squared error, units squared"),
        "rmse": required("double", "its root, units"),
        "rmsse": optional(
            "double",
            "mean over series of root mean squared error / root mean squared weekly change; at one horizon each has one forecast",
        ),
        "wrmsse": optional("double", "the same, weighed by a week's revenue before the origin"),
        "wrmsse_of_levels": optional(
            "double", "mean of items', categories', departments' and the whole shop's, as in the M5 competition"
        ),
        "mase": optional("double", "mean over series of mean absolute error / mean absolute weekly change"),
        "wape": optional("double", "sum of absolute errors / sum of actuals"),
        "bias": optional("double", "sum of (forecast - actual) / sum of actuals"),
        "value_added": optional(
            "double", "share of the best simple forecast's RMSSE (WAPE above items) that the model takes away; below 0 it adds"
        ),
        "pinball": optional("double", "mean pinball loss over the nine levels, units; models with quantiles only"),
        "coverage_80": optional("double", "share of actuals inside the 80 % interval, by randomised PIT"),
        "coverage_90": optional("double", "share of actuals inside the 90 % interval, by randomised PIT"),
    },
    slice="as_of",
)

DEMAND_DRIVERS = Table(
    name="gold.demand_drivers",
    doc=(
        "What made a forecast what it is. The mean is baseline x effects x others, or their sum where effects"
        " are in units (below zero it counts as 0)."
        " One row per as_of, item, horizon and rank."
    ),
    key=("as_of", "item_id", "horizon", "rank"),
    schema=AS_OF
    | {
        "item_id": required("string", "the item"),
        "horizon": required("int", "weeks ahead"),
        "rank": required("int", "1 for the driver that moves the forecast most"),
        "driver": required("string", "features that a buyer sees as one thing: see demand.drivers"),
        "effect": required("double", "a factor or units; 1 and 0 say: no more than for the usual item of that level"),
        "effect_in": required("string", "factor: effects multiply; units: they add"),
        "baseline": required("double", "units that the usual item of that level would be forecast; 0 where one row says it all"),
        "others": required(
            "double", "effect of the drivers that are not shown, and of the other models where a mixture serves, together"
        ),
        "features": required("map<string,double>", "the driver's features as the trees saw them"),
        "sentence": required("string", "the driver and its effect for a buyer"),
    },
    checks={
        "effect_is_of_a_known_kind": "effect_in IN ('factor', 'units')",
        "factors_are_above_zero": "effect_in = 'units' OR effect > 0 AND others > 0",
    },
    slice="as_of",
)

DEMAND_DRIFT = Table(
    name="gold.demand_drift",
    doc=(
        "Whether what the models are asked about, or how they err, has moved since the backtest's earliest origin, and what was"
        " published on the last 13 weeks' days."
        " One row per as_of, kind and name."
    ),
    key=("as_of", "kind", "name"),
    schema=AS_OF
    | {
        "kind": required(
            "string", "feature, error, bias; served error, served bias, served tail of what was published; or all of them"
        ),
        "name": required("string", "of the feature or of the segment; '*' for all"),
        "value": optional(
            "double",
            "feature: population stability index; error: RMSSE at the latest origin / at earlier ones; bias: what it moved by;"
            " served error: WAPE of published forecasts / the backtest's; served bias: less the backtest's; served tail: share"
            " above the 95 % quantile;"
            " all: rows of that verdict; null where nothing ever changed",
        ),
        "watch_from": optional("double", "watch from here on, either way; null for all of them"),
        "retrain_from": optional("double", "retrain from here on"),
        "verdict": required("string", "ok, watch, retrain, or not counted: it moves by its nature, or there are too few items"),
        "reason": required("string", "what has moved, in a sentence"),
    },
    checks={"verdict_is_known": "verdict IN ('ok', 'watch', 'retrain', 'not counted')"},
    slice="as_of",
)
