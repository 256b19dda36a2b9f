"""Which brands and categories come in with the candidates that were chosen, and what are those worth together?

Profits of a group's candidates, each alone beside the present assortment, are added up scenario by scenario, since all share
them (introductions.scenarios): what is luck of one item evens out within a brand, what moves the market does not. What newcomers
take from one another is not taken off: it is told of the whole set (gold.introduction_sets).
"""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.brands import INTRODUCTION_GROUPS
from shelfwise.contracts.silver import MONEY
from shelfwise.introductions.choice import HELD
from shelfwise.measures.exact import exact_mean, exact_sum

CHOSEN = ("list", "test")
COUNTED = {"listed": "list", "tested": "test", "waiting": "wait", "dropped": "drop"}
WORST = 0.05  # share of scenarios that count as the worst
NAMED = 3
KEY = ["kind", "name"]
FUTURES = ("profit", "profit_q05", "profit_q95", "cvar")


def group_introductions(introductions: DataFrame, worth: DataFrame, *, as_of: date) -> DataFrame:
    """One row per brand, and per category, of `introductions`."""
    members = _members(introductions, worth)
    whole = _counts(members).join(_futures(members), KEY, "left")
    known = {name: F.coalesce(name, F.lit(0.0)) for name in FUTURES}
    decided = whole.withColumns(known | {"as_of": F.lit(as_of), "decision": _decision()})
    return decided.withColumn("reason", _reason()).select(*INTRODUCTION_GROUPS.columns)


def _members(introductions: DataFrame, worth: DataFrame) -> DataFrame:
    """Each candidate twice, of its brand and of its category; `outcome` by scenario of those chosen, as ordered."""
    best = F.struct("opening_units", "outcome")
    smaller = F.transform(
        "smaller", lambda one: F.struct(one["opening_units"].alias("opening_units"), one["outcome"].alias("outcome"))
    )
    plans = worth.select("item_id", F.concat(F.array(best), smaller).alias("plans"))
    chosen = F.col("decision").isin(*CHOSEN)
    taken = F.get(F.filter("plans", lambda one: one["opening_units"] == F.col("opening_units")), 0)["outcome"]
    sells_maker, sells_category = (F.col("known").isin("maker and category", what) for what in ("maker", "category"))
    nothing = F.lit(None).cast("string")
    groups = F.array(
        F.struct(F.lit("brand").alias("kind"), F.col("maker_id").alias("name"), nothing.alias("of"), sells_maker.alias("sold")),
        F.struct(
            F.lit("category").alias("kind"),
            F.col("category").alias("name"),
            F.col("department").alias("of"),
            sells_category.alias("sold"),
        ),
    )
    told = (
        "item_id",
        "description",
        "decision",
        "rank",
        "gain",
        "binding",
        "launch_week",
        "opening_units",
        "opening_cost",
        "units",
    )
    joined = introductions.join(plans, "item_id", "left")
    return joined.select(*told, F.when(chosen, taken).alias("outcome"), F.inline(groups))


def _counts(members: DataFrame) -> DataFrame:
    chosen = F.col("decision").isin(*CHOSEN)
    place = F.struct("rank", (-F.col("gain")).alias("less"), "item_id", "description", "gain")
    picked, others = (F.array_sort(F.collect_list(F.when(which, place))) for which in (chosen, ~chosen))
    waiting = F.min(F.when(F.col("decision") == "wait", F.struct((-F.col("gain")).alias("less"), "item_id", "binding")))
    counts = {name: F.count_if(F.col("decision") == decision) for name, decision in COUNTED.items()}
    summed = members.groupBy(*KEY).agg(
        F.min("of").alias("department"),
        (~F.bool_or("sold")).alias("is_new"),
        F.count(F.lit(1)).alias("candidates"),
        *[count.alias(name) for name, count in counts.items()],
        F.slice(F.when(F.size(picked) > 0, picked).otherwise(others), 1, NAMED).alias("first"),
        waiting.alias("held"),
        F.min("launch_week").alias("launch_week"),
        F.sum("opening_units").alias("opening_units"),
        F.sum("opening_cost").cast(MONEY).alias("opening_cost"),
        F.coalesce(exact_sum(F.when(chosen, F.col("units"))), F.lit(0.0)).alias("units"),
        F.coalesce(F.max(F.when(~chosen, F.col("gain"))), F.lit(0.0)).alias("best_gain"),
    )
    named = F.transform("first", lambda one: F.struct(one["item_id"].alias("item_id"), one["description"].alias("description")))
    return summed.withColumn("first_items", named)


def _futures(members: DataFrame) -> DataFrame:
    """FUTURES and `p_failure` of each group's chosen candidates together."""
    each = members.where(F.col("outcome").isNotNull()).select(*KEY, F.posexplode("outcome").alias("scenario", "money"))
    together = each.groupBy(*KEY, "scenario").agg(exact_sum(F.col("money").cast("double")).alias("money"))
    money = F.sort_array(F.collect_list("money"))
    sums = together.groupBy(*KEY).agg(
        exact_mean(F.col("money")).alias("profit"),
        F.percentile("money", F.array(F.lit(0.05), F.lit(0.95))).alias("ends"),
        F.avg((F.col("money") < 0).cast("double")).alias("p_failure"),
        money.alias("futures"),
    )
    worst = F.greatest(F.round(F.size("futures") * WORST).cast("int"), F.lit(1))
    mean_of_worst = F.aggregate(F.slice("futures", F.lit(1), worst), F.lit(0.0), lambda total, one: total + one) / worst
    ends = {"profit_q05": F.get("ends", 0), "profit_q95": F.get("ends", 1)}
    return sums.withColumns(ends | {"cvar": mean_of_worst}).select(*KEY, *FUTURES, "p_failure")


def _decision() -> Column:
    return (
        F.when(F.col("listed") > 0, "list").when(F.col("tested") > 0, "test").when(F.col("waiting") > 0, "wait").otherwise("drop")
    )


def _reason() -> Column:
    named = F.array_join("first.item_id", ", ")
    of_all = F.concat_ws(" ", F.col("candidates"), F.when(F.col("candidates") == 1, "candidate").otherwise("candidates"))
    chosen = F.format_string(
        "%d of %s, %d as a test, first %s; opening orders of %.2f; expected profit of 13 weeks, before what newcomers take from one"
        " another, %.2f (%.2f to %.2f), P(failure) %.0f %%",
        F.col("listed") + F.col("tested"),
        of_all,
        F.col("tested"),
        named,
        F.col("opening_cost").cast("double"),
        *[F.col(name) for name in FUTURES[:3]],
        100 * F.col("p_failure"),
    )
    limit = F.create_map(*[F.lit(part) for pair in HELD.items() for part in pair])[F.col("held.binding")]
    waits = F.format_string(
        "Wait: %d of %s would pay; %s would add %.2f, but %s", *("waiting", of_all, "held.item_id"), -F.col("held.less"), limit
    )
    nearest = F.get("first", 0)["item_id"]
    none = F.format_string("Drop: none of %s would add anything; the nearest, %s, %.2f", of_all, nearest, "best_gain")
    return (
        F.when(F.col("decision") == "list", F.concat(F.lit("List: "), chosen))
        .when(F.col("decision") == "test", F.concat(F.lit("Test: "), chosen))
        .when(F.col("decision") == "wait", waits)
        .otherwise(none)
    )
