"""What does the forecast mean for the stock, and how much should be ordered now?

An order placed now is the last that can help until the next one arrives, lead time + review period from now: bring the
position up to the critical ratio's quantile of demand until then (newsvendor; see measures/newsvendor.py), in whole cases:

* one case less where that costs less on expectation (a case for a deficit of one unit can wait for the next review);
* nothing where less than half of the order would sell in the 13 weeks that the forecast sees.
"""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.core.job import Params
from shelfwise.inventory.columns import COLUMNS, cumulated_demand
from shelfwise.inventory.terms import LEAST_SOLD_SHARE, buying_terms
from shelfwise.measures.newsvendor import (
    expected_left_over,
    fewer_cases,
    order_up_to,
    pays,
    stock_out_probability,
    whole_cases,
)

FORECAST_WEEKS = 13  # the forecast's reach: a longer lead time + review period is planned as 13 weeks


class PlanParams(Params):
    """What counts as at risk and as dead."""

    at_risk: float = 0.10  # a one in ten chance of an empty shelf before the next order could arrive is worth a look
    dead_weeks: int = 13  # a quarter without a sale: longer than any promotion cycle or holiday gap


def plan_inventory(
    position: DataFrame,
    forecast: DataFrame,
    items: DataFrame,
    profiles: DataFrame,
    receipts: DataFrame,
    assumptions: DataFrame,
    *,
    params: PlanParams,
    as_of: date,
) -> DataFrame:
    """One row per item with a stock position. One without a forecast has no expected demand and so breaks the contract."""
    terms = buying_terms(position.select("item_id"), items, profiles, receipts, assumptions)
    stocked = position.drop("as_of").join(terms, "item_id", "left").withColumn("horizon", covered_weeks())
    expected = _with_forecast(stocked, forecast)
    ordered = expected.withColumns(_levels()).withColumns(_cases()).withColumns(_order())
    return ordered.withColumns(_outcome()).select(
        F.lit(as_of).alias("as_of"),
        *("item_id", "maker_id", "department", "category", "on_hand", "on_order", "lead_weeks", "review_weeks"),
        *("unit_cost", "unit_price", "case_pack", "minimum_units", "critical_ratio"),
        *("expected_demand", "order_up_to", "order_units", "p_stock_out", "p_stock_out_now", "expected_left_over"),
        F.try_divide(F.col("position"), F.col("expected_demand") / (7 * F.col("horizon"))).alias("days_of_cover"),
        _status(params, as_of).alias("status"),
        F.when(F.col("replayed"), F.array_insert("assumed", 1, F.lit("on_hand"))).otherwise(F.col("assumed")).alias("assumed"),
    )


def covered_weeks() -> Column:
    """Weeks until an order placed at the next review could arrive, as far as the forecast sees."""
    return F.least(F.col("lead_weeks") + F.col("review_weeks"), F.lit(FORECAST_WEEKS))


def _with_forecast(stocked: DataFrame, forecast: DataFrame) -> DataFrame:
    """`near`: demand until the next order arrives; `far`: over all 13 weeks."""
    near = forecast.select("item_id", "horizon", F.col("cum_mean").alias("expected_demand"), cumulated_demand().alias("near"))
    far = forecast.where(F.col("horizon") == FORECAST_WEEKS).select(
        "item_id", F.col("cum_q99").alias("most_in_sight"), cumulated_demand().alias("far")
    )
    return stocked.join(near, ["item_id", "horizon"], "left").join(far, "item_id", "left")


def _levels() -> dict[str, Column]:
    return {
        "position": (F.col("on_hand") + F.col("on_order")).cast("double"),
        "level": order_up_to(F.col("near"), F.col("critical_ratio"), COLUMNS),
    }


def _cases() -> dict[str, Column]:
    pack, minimum = F.col("case_pack").cast("double"), F.col("minimum_units").cast("double")
    more = whole_cases(F.col("level") - F.col("position"), pack, minimum, COLUMNS)
    return {"more": more, "less": fewer_cases(more, pack, minimum, COLUMNS)}


def _order() -> dict[str, Column]:
    position, more, less = F.col("position"), F.col("more"), F.col("less")
    last_case = pays(F.col("near"), position + less, more - less, F.col("critical_ratio"), COLUMNS)
    units = F.when(last_case, more).otherwise(less)
    sells = pays(F.col("far"), position, units, F.lit(LEAST_SOLD_SHARE), COLUMNS)
    return {"units": F.when(sells, units).otherwise(F.lit(0.0))}


def _outcome() -> dict[str, Column]:
    demand, after = F.col("near"), F.col("position") + F.col("units")
    return {
        "order_up_to": F.col("level").cast("long"),
        "order_units": F.col("units").cast("long"),
        "p_stock_out": stock_out_probability(demand, after, COLUMNS),
        "p_stock_out_now": stock_out_probability(demand, F.col("position"), COLUMNS),
        "expected_left_over": expected_left_over(demand, after, COLUMNS),
    }


def _status(params: PlanParams, as_of: date) -> Column:
    """The first that fits. An empty counted shelf can't sell: only stock, or a replay, tells a dead item from a sold-out one."""
    unsold = F.date_diff(F.lit(as_of), F.col("last_sold_on")) >= 7 * params.dead_weeks
    return (
        F.when(unsold & (F.col("replayed") | (F.col("on_hand") > 0)), "dead")
        .when(F.col("on_hand") == 0, "stocked_out")
        .when(F.col("position") > F.col("most_in_sight"), "surplus")
        .when(F.col("p_stock_out_now") > params.at_risk, "at_risk")
        .otherwise("ok")
    )
