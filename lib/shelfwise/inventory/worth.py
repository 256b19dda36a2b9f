"""What is the stock worth, how fast does it turn, and what should be done about it?

Kept, what the next 13 weeks leave over sells at their pace: it waits 13 weeks and half of the time that it takes, at the cost of
holding it, and is lost at cost where nobody asks. Cleared, it loses the mark-down at once. What costs less is done. Turnover and
GMROI (gross margin return on inventory investment; Sweeney 1973, Journal of Retailing 49) are a year of the next 13 weeks' pace.
"""

from pyspark.sql import Column
from pyspark.sql import functions as F

from shelfwise.inventory.columns import COLUMNS, FORECAST_WEEKS
from shelfwise.measures.newsvendor import expected_left_over
from shelfwise.measures.weeks import WEEKS_PER_YEAR

QUARTERS = 4


def worth(markdown: float) -> list[dict[str, Column]]:
    """Steps that add stock_value, excess_units, turnover, gmroi and clear_gain to planned rows (inventory.plan)."""
    cost, price = F.col("unit_cost").cast("double"), F.col("unit_price").cast("double")
    value, sold = F.col("on_hand") * cost, F.col("last.cum_mean")
    excess = F.col("excess_units")
    waits = FORECAST_WEEKS + F.try_divide(excess, 2 * sold / FORECAST_WEEKS)
    kept = F.least(F.coalesce(waits * F.col("holding_cost_share_per_year") / WEEKS_PER_YEAR, F.lit(1.0)), F.lit(1.0))
    return [
        {
            "stock_value": F.col("on_hand") * F.col("unit_cost"),
            "excess_units": expected_left_over(F.col("far"), F.col("position"), COLUMNS),
            "turnover": F.try_divide(QUARTERS * sold * cost, value),
            "gmroi": F.try_divide(QUARTERS * sold * (price - cost), value),
        },
        {"clear_gain": excess * (kept * cost - markdown * price)},
    ]


def action(at_risk: float) -> Column:
    """The first that fits; less than a unit is nothing to expedite or to clear, and what is not on sale yet is not marked down.

    `at_risk`: a chance to sell out that is worth a warning.
    """
    return (
        F.when(F.col("status") == "dead", "stop")
        .when((F.col("units") > 0) & (F.col("expedite_units") >= 1) & (F.col("expedite_gain") > 0), "expedite")
        .when(F.col("units") > 0, "replenish")
        .when((F.col("excess_units") >= 1) & (F.col("clear_gain") > 0) & F.col("launch").isNull(), "clear")
        .when(F.col("p_stock_out_now") > at_risk, "warn")
        .otherwise("none")
    )
