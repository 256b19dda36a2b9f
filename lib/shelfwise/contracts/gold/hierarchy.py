"""What will sell at every level, in numbers that add up."""

from shelfwise.contracts.features import AS_OF
from shelfwise.contracts.gold.demand import FORECAST_CHECKS, quantiles
from shelfwise.core.table import Table, optional, required

_NODE = {
    "level": required("string", "all, department, category or item"),
    "department": required("string", "of the node; '*' above departments"),
    "category": required("string", "of the node; '*' above categories"),
    "item_id": required("string", "the item; '*' above items"),
}

HIERARCHY_BACKTEST = Table(
    name="gold.hierarchy_backtest",
    doc=(
        "What items, categories, departments and the whole shop were forecast in the backtest, each alone (base) and made to add"
        " up, beside what then sold. One row per as_of, node, origin and horizon."
    ),
    key=("as_of", "level", "department", "category", "item_id", "origin", "horizon"),
    schema=AS_OF
    | _NODE
    | {
        "origin": required("date", "last day (Sunday) known to the models"),
        "horizon": required("int", "weeks ahead, from 1"),
        "actual": required("double", "units wanted in the week, of items that had sold by the origin"),
        "scale": optional("double", "root mean squared weekly change before the origin (RMSSE's); null where none"),
        "weight": required("double", "a week's revenue before the origin: the weight in WRMSSE"),
        "base": optional(
            "double",
            "the node's own forecast: an item's champion; theta of all units above, launches to come included; these don't add up",
        ),
        "bottom_up": required("double", "sum of the items' champions"),
        "top_down": required("double", "the whole shop's, split by what sold in the 13 weeks before the origin"),
        "mint": required("double", "all levels' forecasts weighed by the variance of their errors (MinT, diagonal)"),
    },
    slice="as_of",
)

HIERARCHY_ACCURACY = Table(
    name="gold.hierarchy_accuracy",
    doc="How good each way of adding up was in the backtest. One row per as_of, level and method; '*' is the mean of all levels.",
    key=("as_of", "level", "method"),
    schema=AS_OF
    | {
        "level": required("string", "all, department, category, item, or '*'"),
        "method": required("string", "base (does not add up), bottom_up, top_down or mint"),
        "chosen": required(
            "boolean", "true for the method of gold.demand_hierarchy: the lowest WRMSSE over all levels that adds up"
        ),
        "series": required("long", "nodes x origins"),
        "wape": optional("double", "sum of absolute errors / sum of actuals"),
        "bias": optional("double", "sum of (forecast - actual) / sum of actuals"),
        "rmsse": optional("double", "mean over series of root mean squared error / root mean squared weekly change"),
        "wrmsse": optional("double", "the same, weighed by revenue"),
        "coverage_80": optional(
            "double", "share of weeks inside the 80 % interval, by randomised PIT; the chosen method, above items"
        ),
        "coverage_90": optional("double", "share of weeks inside the 90 % interval"),
    },
    slice="as_of",
)

DEMAND_HIERARCHY = Table(
    name="gold.demand_hierarchy",
    doc=(
        "Demand of the next 13 weeks of items, categories, departments and the whole shop: means add up, quantiles are each"
        " level's. One row per as_of, node and horizon."
    ),
    key=("as_of", "level", "department", "category", "item_id", "horizon"),
    schema=AS_OF
    | _NODE
    | {
        "horizon": required("int", "weeks ahead, 1 to 13"),
        "week": required("date", "Monday of the forecast week"),
        "method": required("string", "bottom_up, top_down or mint: see gold.hierarchy_accuracy"),
        "base": optional("double", "the node's own forecast before it was made to add up"),
        "mean": required("double", "expected units in the week; a parent's is the sum of its children's"),
        "cum_mean": required("double", "expected units from the first forecast week to this one"),
    }
    | quantiles(cumulated=False)
    | quantiles(cumulated=True),
    checks=FORECAST_CHECKS,
    slice="as_of",
)
