"""Which orders should a buyer release, and why?

What the plan orders of each item by itself, as far as money, room, suppliers, shelf lives and the aversion to risk allow
(inventory.joint).
"""

from datetime import date
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.inventory.announced import with_unsold
from shelfwise.inventory.columns import FORECAST_WEEKS
from shelfwise.inventory.joint.blocks import OrderParams
from shelfwise.inventory.joint.chosen import ordered_together
from shelfwise.inventory.plan import covered_weeks
from shelfwise.measures.assumed import assume

WORDS = {
    "on_hand": "stock",
    "lead_time_days": "lead time",
    "unit_cost": "cost",
    "unit_price": "price",
    "review_days": "review period",
    "holding_cost": "holding cost",
    "case_pack": "case size",
    "minimum_units": "smallest order",
    "expedite_cost": "cost of expediting",
    "risk_aversion": "aversion to risk",
}


# what stopped an order short of its plan, or made it larger
TOLD = {
    "budget": ", where the budget stops short of %d",
    "room": ", where the warehouse's room stops short of %d",
    "risk": ", where the risk of more is not worth it (%d by the mean alone)",
    "shelf life": ", where more would spoil (%d if it kept)",
    "supplier minimum": ", which fill up the supplier's smallest order (%d without)",
}


def draft_orders(
    plan: DataFrame,
    forecast: DataFrame,
    items: DataFrame,
    supply: DataFrame,
    launches: DataFrame,
    assumptions: DataFrame,
    *,
    params: OrderParams,
    as_of: date,
) -> DataFrame:
    """One row per item to order; the same as_of and item always give the same order_id."""
    averse = assume(plan, assumptions, ("risk_aversion",)).withColumn("assumed", _with_aversion(params))
    ordered = ordered_together(averse, with_unsold(forecast, launches, as_of=as_of), supply, params)
    described = ordered.join(items.select("item_id", "description", "subcategory"), "item_id", "left")
    cases = (F.col("units") / F.col("case_pack")).cast("long")
    return described.select(
        F.lit(as_of).alias("as_of"),
        F.concat(F.lit("PO-"), F.substring(F.sha2(F.concat_ws("|", F.lit(as_of), "item_id"), 256), 1, 12)).alias("order_id"),
        "supplier_id",
        "item_id",
        F.coalesce("description", "subcategory", "item_id").alias("description"),
        "units",
        cases.alias("cases"),
        (F.col("units") * F.col("unit_cost")).alias("cost"),
        F.date_add(F.lit(as_of), 7 * F.col("lead_weeks")).alias("needed_by"),
        F.col("order_units").alias("planned_units"),
        *("binding", "expected_profit", "worst_profit", "marginal_profit", "p_left"),
        *("p_stock_out", "p_stock_out_now", "expected_left_over"),
        _reason(cases).alias("reason"),
        "assumed",
    )


def _with_aversion(params: OrderParams) -> Column:
    weighs = F.lit(params.risk_aversion is None) & (F.col("risk_aversion") > 0)
    return F.when(weighs, F.array_append("assumed", F.lit("risk_aversion"))).otherwise(F.col("assumed"))


def _reason(cases: Column) -> Column:
    return F.format_string(
        "%sExpect %s units over the next %s; %s%d suffice in %s of cases; %d on hand and %d on order leave %s of running out,"
        " so %d units (%s of %d) bring it to %s%s; %s assumed.",
        F.when(
            F.col("launch").isNotNull(), F.format_string("On sale from the week of %s. ", F.col("launch").cast("string"))
        ).otherwise(""),
        _rounded(F.col("expected_demand")),
        _weeks(),
        F.when(F.col("unmet_demand") == "lost", "for what of them can still be met ").otherwise(""),
        F.col("order_up_to"),
        _percent(F.col("critical_ratio")),
        *(F.col(name) for name in ("on_hand", "on_order")),
        F.concat(F.lit("a risk of "), _percent(F.col("p_stock_out_now"))),
        F.col("units"),
        F.concat_ws(" ", cases, F.when(cases == 1, "case").otherwise("cases")),
        F.col("case_pack"),
        _percent(F.col("p_stock_out")),
        _told(),
        F.concat(_listed(F.transform("assumed", _word)), F.when(F.size("assumed") == 1, " is").otherwise(" are")),
    )


def _told() -> Column:
    words = [(F.col("binding") == name, F.format_string(text, F.col("order_units"))) for name, text in TOLD.items()]
    words.append((F.col("half_sells") < F.col("order_up_to"), F.lit(", and of more less than half would sell")))
    return reduce(lambda said, pair: said.when(*pair), words, F.when(F.lit(False), "")).otherwise("")


def _weeks() -> Column:
    lead, review = F.col("lead_weeks"), F.col("review_weeks")
    certain = F.format_string("%s (lead %d + review %d%s)", _counted(covered_weeks(lead), "week"), lead, review, _sight(lead))
    low, high = (F.ceil(F.col(name) / 7).cast("int") for name in ("lead_days_low", "lead_days_high"))
    known = F.format_string(
        "%s (lead time %s, %s; review %s%s)",
        _range(covered_weeks(low), covered_weeks(high), "week"),
        _range(F.col("lead_days_low"), F.col("lead_days_high"), "day"),
        _receipts(),
        _counted(review, "week"),
        _sight(high),
    )
    return F.when(F.col("lead_days_low").isNull(), certain).otherwise(known)


def _sight(lead: Column) -> Column:
    return F.when(lead + F.col("review_weeks") > FORECAST_WEEKS, f", of which forecasts see {FORECAST_WEEKS}").otherwise("")


def _receipts() -> Column:
    own, all = F.col("lead_receipts"), F.col("supplier_receipts")
    return F.when(own > 0, _counted(own, "receipt")).otherwise(F.concat(_counted(all, "receipt"), F.lit(" of its supplier")))


def _range(low: Column, high: Column, word: str) -> Column:
    return F.concat(F.when(low < high, F.concat(low, F.lit(" to "))).otherwise(""), _counted(high, word))


def _counted(count: Column, word: str) -> Column:
    return F.concat_ws(" ", count, _plural(count, word))


def _plural(count: Column, word: str) -> Column:
    return F.when(count == 1, word).otherwise(f"{word}s")


def _rounded(units: Column) -> Column:
    """Slow items need the decimal that fast ones don't."""
    return F.when(units < 10, F.format_string("%.1f", units)).otherwise(F.format_string("%.0f", units))


def _percent(share: Column) -> Column:
    """Never 0 % or 100 %: a forecast is not that sure."""
    whole = F.concat(F.round(100 * share).cast("int"), F.lit(" %"))
    return F.when(share < 0.01, "under 1 %").when(share > 0.99, "over 99 %").otherwise(whole)


def _word(name: Column) -> Column:
    return reduce(lambda words, pair: words.when(name == pair[0], pair[1]), WORDS.items(), F.when(F.lit(False), "")).otherwise(name)


def _listed(words: Column) -> Column:
    """a, b and c"""
    most = F.array_join(F.slice(words, 1, F.size(words) - 1), ", ")
    return F.when(F.size(words) > 1, F.concat(most, F.lit(" and "), F.element_at(words, -1))).otherwise(F.array_join(words, ""))
