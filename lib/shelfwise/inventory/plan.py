"""What does the forecast mean for the stock, and how much should be ordered now?

An order placed now is the last that can help until the next one arrives, lead time + review period from now: bring the
position up to the critical ratio's quantile of the demand until then that can still be met (newsvendor; see measures/newsvendor.py
and measures/met_demand.py), in whole cases. Where the lead time is known from receipts, that demand is a mixture over its weeks:
P(X <= y) = sum of P(L = w) P(X of w + review <= y).

* one case less where that costs less on expectation (a case for a deficit of one unit can wait for the next review);
* nothing where less than half of the order would sell in the 13 weeks that the forecast sees, even from an empty shelf;
* of what has never sold up to the median of all weeks that are foreseen, in whole cases: few launches sell what most of the
  critical ratio's quantile is for, and of each further unit less than half would sell.
"""

from collections.abc import Callable
from datetime import date
from functools import reduce
from typing import Literal

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.core.job import Params
from shelfwise.inventory.ageing import stock_ages
from shelfwise.inventory.announced import half_sells, never_sold, with_list_prices, with_unsold
from shelfwise.inventory.columns import (
    COLUMNS,
    FORECAST_WEEKS,
    cumulated_demand,
    cumulated_met_demand,
    mixed_demand,
    risen,
)
from shelfwise.inventory.expedite import expediting
from shelfwise.inventory.foreseen import WEEK, by_item, forecast_week
from shelfwise.inventory.terms import LEAST_SOLD_SHARE, buying_terms
from shelfwise.inventory.worth import action, worth
from shelfwise.measures.newsvendor import (
    expected_demand,
    expected_left_over,
    fewer_cases,
    order_up_to,
    order_up_to_mixed,
    pays,
    stock_out_probability,
    whole_cases,
)

LEAD = {
    "lead_days_low": "days_q05",
    "lead_days_high": "days_q95",
    "lead_receipts": "receipts",
    "supplier_receipts": "supplier_receipts",
}


class PlanParams(Params):
    """What becomes of unmet demand, what counts as at risk and as dead, and what clearing costs."""

    unmet_demand: Literal["lost", "waits"] = "lost"  # who finds an empty shelf buys elsewhere, or waits for the next receipt
    at_risk: float = 0.10  # a one in ten chance of an empty shelf before the next order could arrive is worth a look
    dead_weeks: int = 13  # a quarter without a sale: longer than any promotion cycle or holiday gap
    markdown: float = 0.3  # share of the price by which surplus sells at once: a usual first mark-down


def plan_inventory(
    position: DataFrame,
    forecast: DataFrame,
    items: DataFrame,
    profiles: DataFrame,
    receipts: DataFrame,
    lead_times: DataFrame,
    supply: DataFrame,
    launches: DataFrame,
    assumptions: DataFrame,
    *,
    params: PlanParams,
    as_of: date,
) -> DataFrame:
    """One row per item with a stock position. One without a forecast has no expected demand and so breaks the contract."""
    stocked = on_terms(position, items, profiles, receipts, lead_times, supply, launches, assumptions, as_of=as_of)
    return planned(stocked, with_unsold(forecast, launches, as_of=as_of), params, as_of)


def on_terms(
    position: DataFrame,
    items: DataFrame,
    profiles: DataFrame,
    receipts: DataFrame,
    lead_times: DataFrame,
    supply: DataFrame,
    launches: DataFrame,
    assumptions: DataFrame,
    *,
    as_of: date,
) -> DataFrame:
    """Positions with age_days, the terms on which each item is bought, and its `launch` where that is to come; one row per item."""
    priced = with_list_prices(profiles, launches)
    terms = buying_terms(position.select("item_id"), items, priced, receipts, lead_times, supply, assumptions)
    aged = position.drop("as_of").join(stock_ages(position.where(~F.col("replayed")), receipts, as_of), "item_id", "left")
    return aged.join(terms, "item_id", "left").join(never_sold(launches, as_of=as_of), "item_id", "left")


def planned(stocked: DataFrame, forecast: DataFrame, params: PlanParams, as_of: date) -> DataFrame:
    """`stocked`: see on_terms."""
    known = stocked.withColumns({"position": in_position(), "unmet_demand": F.lit(params.unmet_demand)})
    early = expediting(forecast_week(F.col("expedite_weeks")))
    steps = [
        *(*_decision(), *early, *worth(params.markdown)),
        {"status": stock_status(params, as_of)},
        {"action": action(params.at_risk)},
    ]
    decided = reduce(DataFrame.withColumns, steps, with_forecast(known, forecast))
    return decided.select(
        F.lit(as_of).alias("as_of"),
        *("item_id", "maker_id", "supplier_id", "department", "category", "on_hand", "on_order", "lead_weeks", "review_weeks"),
        *("unit_cost", "unit_price", "case_pack", "minimum_units", "critical_ratio"),
        *("expected_demand", "order_up_to", F.col("units").alias("order_units")),
        *("p_stock_out", "p_stock_out_now", "expected_left_over", "expected_short"),
        F.try_divide(F.col("position"), F.col("expected_demand") / (7 * F.col("horizon"))).alias("days_of_cover"),
        *("status", "action"),
        *("stock_value", "age_days", "excess_units", "clear_gain", "turnover", "gmroi", "expedite_units", "expedite_gain"),
        F.concat(_only("on_hand", F.col("replayed")), "assumed", _only("expedite_cost", F.col("action") == "expedite")).alias(
            "assumed"
        ),
        *(F.col(name).alias(alias) for alias, name in LEAD.items()),
        *("week_shares", "unmet_demand", "launch", "half_sells"),
    )


def _only(name: str, where: Column) -> Column:
    return F.when(where, F.array(F.lit(name))).otherwise(F.array().cast("array<string>"))


def in_position() -> Column:
    return (F.col("on_hand") + F.col("on_order")).cast("double")


def covered_weeks(lead_weeks: Column) -> Column:
    """Weeks until an order placed at the next review could arrive, as far as the forecast sees: more is planned as so many."""
    return F.least(lead_weeks + F.col("review_weeks"), F.lit(FORECAST_WEEKS))


def with_forecast(stocked: DataFrame, forecast: DataFrame) -> DataFrame:
    """`near`: demand until the next order arrives that `position` and an order can meet; `far`: demand over all
    weeks that are foreseen: 13, of what is not on sale yet to the 13th since its launch.

    The next order arrives `horizon` weeks from now, on the average.
    """
    seen = stocked.join(by_item(forecast), "item_id", "left").withColumns(
        {"parts": _parts(), "last": forecast_week(F.lit(FORECAST_WEEKS))}
    )
    return seen.withColumns(
        {
            "expected_demand": _mean_of_parts(lambda part: part["week"]["cum_mean"]),
            "horizon": _mean_of_parts(lambda part: part["horizon"]),
            "near": F.when(F.col("unmet_demand") == "lost", mixed_demand(F.col("parts"), _met)).otherwise(
                mixed_demand(F.col("parts"), lambda part: cumulated_demand(part["week"]))
            ),
            "far": cumulated_demand(F.array_max("weeks")),
            "cum_q99": F.array_max("weeks")["cum_q99"],
        }
    )


def _parts() -> Column:
    """Each number of weeks that demand may have to be covered, its `share` and the forecast up to then."""
    known = F.transform("week_shares", lambda share, weeks: _part(share, covered_weeks(weeks)))
    # what was agreed or assumed is taken for certain
    certain = F.array(_part(F.lit(1.0), covered_weeks(F.col("lead_weeks"))))
    return F.coalesce(F.filter(known, lambda part: part["share"] > 0), certain)


def _part(share: Column, horizon: Column) -> Column:
    review = F.least(F.col("review_weeks"), horizon)
    week, before = forecast_week(horizon), forecast_week(horizon - review)
    named = {"share": share, "horizon": horizon, "week": week, "before": before, "alike": _alike(risen(week, before))}
    return F.struct(*[value.alias(name) for name, value in named.items()])


def _alike(mean: Column) -> Column:
    """The forecast up to the week by which the demand expected is nearest to the `mean`; the first of equals."""
    gaps = F.transform("weeks", lambda week: F.struct(F.abs(week["cum_mean"] - mean).alias("gap"), *_as_known(week)))
    return F.array_min(gaps)


def _as_known(week: Column) -> list[Column]:
    return [week[name].alias(name) for name in WEEK]


def _met(part: Column) -> Column:
    return cumulated_met_demand(part["week"], part["before"], part["alike"], F.col("position"))


def _mean_of_parts(value: Callable[[Column], Column]) -> Column:
    return F.aggregate("parts", F.lit(0.0), lambda total, part: total + part["share"] * value(part))


def _decision() -> list[dict[str, Column]]:
    """Each step's columns use those of the steps before by name: written into one another they would be computed many times.

    No step gives a column a new meaning: inside a higher-order function Spark takes an alias of the same select for the column.
    """
    near, far, position = F.col("near"), F.col("far"), F.col("position")
    ratio, more, less, cases, units = (F.col(name) for name in ("critical_ratio", "more", "less", "cases", "units"))
    pack, minimum = F.col("case_pack").cast("double"), F.col("minimum_units").cast("double")
    # a single line has an inverse; that of a mixture is looked for
    single = F.size("parts") == 1
    level = F.when(single, order_up_to(near, ratio, COLUMNS)).otherwise(order_up_to_mixed(near, ratio, COLUMNS))
    return [
        {
            "order_up_to": level,
            "half_sells": F.when(F.col("never_sold"), half_sells(F.col("weeks"))),
        },
        {"more": whole_cases(F.least("order_up_to", "half_sells") - position, pack, minimum, COLUMNS)},
        {"less": fewer_cases(more, pack, minimum, COLUMNS)},
        {"cases": F.when(pays(near, position + less, more - less, ratio, COLUMNS), more).otherwise(less)},
        {"units": F.when(pays(far, F.lit(0.0), cases, F.lit(LEAST_SOLD_SHARE), COLUMNS), cases).otherwise(F.lit(0.0))},
        {
            "p_stock_out": stock_out_probability(near, position + units, COLUMNS),
            "p_stock_out_now": stock_out_probability(near, position, COLUMNS),
            "expected_left_over": expected_left_over(near, position + units, COLUMNS),
        },
        {"expected_short": F.greatest(expected_demand(near, COLUMNS) - position - units + F.col("expected_left_over"), F.lit(0.0))},
    ]


def stock_status(params: PlanParams, as_of: date) -> Column:
    """The first that fits. An empty counted shelf can't sell: only stock, or a replay, tells a dead item from a sold-out one.

    What is not on sale yet is not stocked out.
    """
    unsold = F.date_diff(F.lit(as_of), F.col("last_sold_on")) >= 7 * params.dead_weeks
    unwanted = (F.col("units") == 0) & (F.col("replayed") | (F.col("on_hand") > 0))
    return (
        F.when(unsold & unwanted, "dead")
        .when((F.col("on_hand") == 0) & F.col("launch").isNull(), "stocked_out")
        .when(F.col("position") > F.col("cum_q99"), "surplus")
        .when(F.col("p_stock_out_now") > params.at_risk, "at_risk")
        .otherwise("ok")
    )
