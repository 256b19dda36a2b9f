"""What can be lost on each item, in units, money and chances?

What the shop measured (receipts, counted stock, returns) comes before what is assumed; `assumed` names what rests on an assumption.
Shares of few units are drawn towards their category's, and these towards the shop's: (x + m p) / (n + m), p what is above and m the
units that it counts for (Gelman et al., *Bayesian Data Analysis*, ch. 2).
"""

from datetime import date, timedelta

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import LEVELS, quantile_name
from shelfwise.contracts.gold.risk import EXPOSURE
from shelfwise.contracts.supply import OTHERS
from shelfwise.core.job import Params
from shelfwise.measures.assumed import assume
from shelfwise.measures.newsvendor import demand_line, expected_demand
from shelfwise.measures.weeks import WEEKS_PER_YEAR
from shelfwise.risk.futures import WEEKS

ASSUMED = (
    *("holding_cost_share_per_year", "clearing_loss_share", "late_order_share", "late_order_weeks", "short_order_share"),
    *("shrinkage_share_per_year", "return_share", "return_loss_share", "outages_per_year", "outage_weeks"),
    *("supplier_failure_per_year", "replace_weeks", "advance_share", "advance_loss_share", "recalls_per_year"),
)
PLANNED = (
    *("item_id", "department", "category", "supplier_id", "maker_id", "on_hand", "on_order", "case_pack"),
    *("lead_weeks", "week_shares"),
)
ALWAYS = (  # what no shop's data tell so far
    *("holding_cost", "clearing_loss", "return_loss", "outages", "recovery", "replacement", "advance", "recalls"),
)


class ExposureParams(Params):
    look_back_days: int = 364  # whole weeks of a year: returns and what is broken have seasons
    prior_units: float = 50.0  # sold, for which the category's share of returns counts
    prior_unit_days: float = 2_000.0  # in stock, for which the department's rate of shrinkage counts


def measure_exposure(
    plan: DataFrame,
    orders: DataFrame,
    forecast: DataFrame,
    items: DataFrame,
    lead_times: DataFrame,
    sales: DataFrame,
    stock: DataFrame,
    credit: DataFrame,
    assumptions: DataFrame,
    *,
    params: ExposureParams,
    as_of: date,
) -> DataFrame:
    """One row per planned item that is on sale and has a forecast of its own: what waits for its first sale has none.

    `credit`: gold.credit_risk, whose chances count where they rest on what was seen, and not on an assumption.
    """
    selling = plan.where("launch IS NULL").withColumn(
        "cover_weeks", F.least(F.col("lead_weeks") + F.col("review_weeks"), F.lit(WEEKS))
    )
    safety = F.greatest(F.col("order_up_to") - F.col("expected_demand"), F.lit(0.0)).alias("safety_stock")
    kept = selling.select(*PLANNED, "cover_weeks", "unit_price", "unit_cost", safety)
    drafted = orders.groupBy("item_id").agg(F.sum("units").alias("drafted"))
    joined = (
        assume(kept, assumptions, ASSUMED)
        .join(_laws(forecast, "far").where(F.col("horizon") == WEEKS).drop("horizon"), "item_id", "inner")
        .join(_laws(forecast, "near").withColumnRenamed("horizon", "cover_weeks"), ["item_id", "cover_weeks"], "inner")
        .join(drafted, "item_id", "left")
        .join(items.select("item_id", "description"), "item_id", "left")
        .join(_measured(lead_times), ["supplier_id", "item_id"], "left")
        .join(_returns(sales, kept, params, as_of), "item_id", "left")
        .join(_shrinkage(stock, kept, params, as_of), "item_id", "left")
        .join(_suppliers(credit), "supplier_id", "left")
    )
    return joined.withColumns(_columns()).select(F.lit(as_of).alias("as_of"), *EXPOSURE.columns[1:])


def _columns() -> dict[str, Column]:
    drafted = F.coalesce("drafted", F.lit(0)).cast("double")
    inbound, cost = F.col("on_order") + drafted, F.col("unit_cost").cast("double")
    return {
        "assumed": _assumed_names(),
        "on_hand": F.col("on_hand").cast("double"),
        "drafted": drafted,
        "inbound": inbound,
        "week_shares": F.coalesce("week_shares", _assumed_weeks()),
        "short_share": F.coalesce("not_taken", "short_order_share"),
        "shrinkage_share": F.coalesce("spoilt", F.col("shrinkage_share_per_year") * WEEKS / WEEKS_PER_YEAR),
        "return_share": F.coalesce("sent_back", "return_share"),
        "holding": cost * F.col("holding_cost_share_per_year") / WEEKS_PER_YEAR,
        "clearing": cost * F.col("clearing_loss_share"),
        "recover_weeks": F.col("outage_weeks"),
        "failure_per_year": F.coalesce("own_failure", "supplier_failure_per_year"),
        "stopped_chance": F.coalesce("own_stopped", F.lit(0.0)),
        "advance_loss_share": F.coalesce("own_loss", "advance_loss_share"),
        "advance": inbound * cost * F.col("advance_share"),
    }


def _assumed_weeks() -> Column:
    """On time, but for a share of the orders that is some weeks late."""
    on_time = F.least(F.col("lead_weeks"), F.lit(WEEKS))
    late = F.least(F.col("lead_weeks") + F.col("late_order_weeks"), F.lit(WEEKS))
    shares = ((on_time, 1 - F.col("late_order_share")), (late, F.col("late_order_share")))
    return F.transform(
        F.sequence(F.lit(0), F.lit(WEEKS)),
        lambda week: sum((F.when(week == when, share).otherwise(0.0) for when, share in shares), F.lit(0.0)),
    )


def _assumed_names() -> Column:
    sometimes = {"lead_time": "week_shares", "short_share": "not_taken", "shrinkage": "spoilt", "return_share": "sent_back"}
    sometimes |= {"supplier_failure": "own_failure", "advance_loss": "own_loss"}
    missing = [F.when(F.col(column).isNull(), name) for name, column in sometimes.items()]
    return F.array_compact(F.array(*missing, *[F.lit(name) for name in ALWAYS]))


def _laws(forecast: DataFrame, name: str) -> DataFrame:
    """item_id, horizon, the line through the quantiles of what is wanted up to it, and that line's mean."""
    segments = demand_line(LEVELS, [F.col(quantile_name(level, cumulated=True)) for level in LEVELS])
    line = F.array(segments[0][2], *[high for *_, high in segments])
    return forecast.select("item_id", "horizon", line.alias(name), expected_demand(segments).alias(f"{name}_mean"))


def _measured(lead_times: DataFrame) -> DataFrame:
    """What of an order does not come, or can't be taken, by receipts."""
    known = lead_times.where((F.col("basis") == "receipts") & (F.col("item_id") != OTHERS))
    missing = F.least(F.coalesce("short_share", F.lit(0.0)) + F.coalesce("defective_share", F.lit(0.0)), F.lit(1.0))
    told = F.when(F.col("short_share").isNotNull(), missing)
    return known.select("supplier_id", "item_id", told.alias("not_taken"))


def _suppliers(credit: DataFrame) -> DataFrame:
    """supplier_id, own_failure, own_stopped (a part of it), own_loss: null where they are assumed."""
    seen = ~F.array_contains("assumed", "pd")
    told = {
        "own_failure": F.when(seen, F.col("pd_12m")),
        "own_stopped": F.when(seen, F.col("stopped_chance")),
        "own_loss": F.when(~F.array_contains("assumed", "lgd"), F.col("lgd")),
    }
    known = credit.where("kind = 'supplier'")
    return known.select(F.col("party_id").alias("supplier_id"), *[value.alias(name) for name, value in told.items()])


def _returns(sales: DataFrame, items: DataFrame, params: ExposureParams, as_of: date) -> DataFrame:
    """item_id, sent_back: share of what is sold; no row where nothing ever came back to the shop."""
    since = as_of - timedelta(days=params.look_back_days)
    lately = sales.where((F.col("sold_on") > F.lit(since)) & F.col("kind").isin("sale", "return"))
    units = F.col("quantity").cast("double")
    moved = lately.groupBy("item_id").agg(
        F.sum(F.when(F.col("kind") == "return", -units).otherwise(0.0)).alias("part"),
        F.sum(F.when(F.col("kind") == "sale", units).otherwise(0.0)).alias("whole"),
    )
    return _drawn(moved, items, ["department", "category"], params.prior_units, "sent_back")


def _shrinkage(stock: DataFrame, items: DataFrame, params: ExposureParams, as_of: date) -> DataFrame:
    """item_id, spoilt: share of the stock in 13 weeks; no row where no ledger tells what is broken."""
    since = as_of - timedelta(days=params.look_back_days)
    told = stock.where((F.col("counted_on") > F.lit(since)) & F.col("damaged").isNotNull())
    # a ledger has the days on which something moved: what was there in the evening is there until the next one
    following = F.lead("counted_on", 1).over(Window.partitionBy("item_id", "location_id").orderBy("counted_on"))
    days = F.date_diff(F.coalesce(following, F.lit(as_of + timedelta(days=1))), F.col("counted_on"))
    kept = told.withColumn("unit_days", F.col("on_hand") * days)
    moved = kept.groupBy("item_id").agg(F.sum("damaged").alias("part"), F.sum("unit_days").alias("whole"))
    rates = _drawn(moved, items, ["department"], params.prior_unit_days, "daily")
    return rates.select("item_id", F.least(F.col("daily") * 7 * WEEKS, F.lit(1.0)).alias("spoilt"))


def _drawn(moved: DataFrame, items: DataFrame, group: list[str], prior: float, name: str) -> DataFrame:
    """part / whole of each of the items, drawn towards the group's, and that towards all; no row where all parts are 0."""
    known = items.select("item_id", *group).join(moved, "item_id", "left").fillna(0.0, ["part", "whole"])
    above = known.groupBy(*group).agg(*[F.sum(what).alias(f"group_{what}") for what in ("part", "whole")])
    everything = known.agg(*[F.sum(what).alias(f"all_{what}") for what in ("part", "whole")]).where("all_part > 0")
    of_all = F.col("all_part") / F.col("all_whole")
    of_group = (F.col("group_part") + prior * of_all) / (F.col("group_whole") + prior)
    share = F.least((F.col("part") + prior * of_group) / (F.col("whole") + prior), F.lit(1.0))
    return known.join(above, group, "inner").crossJoin(F.broadcast(everything)).select("item_id", share.alias(name))
