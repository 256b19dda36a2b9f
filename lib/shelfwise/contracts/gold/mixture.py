"""Models of single items, and how much each model counts in the mixture."""

from shelfwise.contracts.features import AS_OF
from shelfwise.core.table import Table, optional, required

NAMES = {
    "auto_arima": "automatic ARIMA",
    "auto_ets": "automatic exponential smoothing",
    "theta": "dynamic optimised theta",
    "croston_sba": "Croston's method, Syntetos-Boylan approximation",
    "tsb": "Teunter, Syntetos & Babai's method",
    "median": "the median of these five",
}

CLASSICAL_FORECAST = Table(
    name="gold.classical_forecast",
    doc=(
        "What models that know only an item's own weeks forecast, of the items with the most revenue at an origin: the"
        " backtest's, and the last complete week at as_of. One row per as_of, item, origin and horizon."
    ),
    key=("as_of", "item_id", "origin", "horizon"),
    schema=AS_OF
    | {
        "item_id": required("string", "the item"),
        "origin": required("date", "last day (Sunday) known to the models"),
        "horizon": required("int", "weeks ahead, from 1"),
    }
    | {name: optional("double", f"mean forecast by {what}; null where it was not asked for") for name, what in NAMES.items()}
    | {
        "fell_back": required(
            "array<string>", "models that failed on the item or took too long; the last known week stands for them"
        ),
    },
    slice="as_of",
)

DEMAND_MIXTURE = Table(
    name="gold.demand_mixture",
    doc="How much each model counts in the mixture of them all. One row per as_of, segment, kind of item and model.",
    key=("as_of", "segment", "with_classical", "model"),
    schema=AS_OF
    | {
        "segment": required("string", "of the item"),
        "with_classical": required("boolean", "whether gold.classical_forecast has the item"),
        "model": required("string", "a column of gold.demand_backtest or gold.classical_forecast"),
        "weight": required("double", "not negative; a mixture's add up to 1"),
    },
    checks={"weights_are_shares": "weight BETWEEN 0 AND 1.000001"},
    slice="as_of",
)
