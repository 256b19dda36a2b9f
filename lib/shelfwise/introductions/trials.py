"""Does a newcomer bring the shop more than its own sales: other purchases of its buyers, and customers who were not there?

Halo. A trial is the first time that a customer buys an item. Trials of newcomers (items in their first SPAN weeks) are held against
trials of established items of the same department in the same week: both customers came, and both were ready for something new to
them. What they spent on other shelves in the SPAN weeks after less in the SPAN weeks before, the mean difference between the
two, over what the newcomers' buyers spent on the newcomer.
Won. First baskets of customers whom the shop had not seen that hold a newcomer, beyond as many as the newcomers' share of all
baskets of the week gives, per unit of newcomers sold. Both lean on nothing (0).
"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.contracts.newcomers import EVERY
from shelfwise.core.kept import keep
from shelfwise.introductions.leaning import leaning
from shelfwise.measures.draws import hashed_uniform
from shelfwise.measures.exact import exact_mean, exact_sum

SPAN = 8
UNSEEN_WEEKS = 13  # of the data, before a customer or an item that appears counts as new
HALO_SD, WON_SD = 0.10, 0.02
MOST_TRIALS = 50_000  # of either kind, drawn by hash


def halo(bought: DataFrame, seed: int) -> DataFrame:
    """`bought` as in launch_effects. One row for '*', one per department: effect, scope, value, measured, error, cases."""
    trials = _trials(bought)
    told = _sampled(trials, seed).join(_spent(bought), "customer_id", "inner")
    spent = told.join(_spent(bought, "shelf").withColumnRenamed("spent", "spent_there"), ["customer_id", "shelf"], "inner")
    change = (
        _between("spent", 1, SPAN)
        - _between("spent", -SPAN, -1)
        - _between("spent_there", 1, SPAN)
        + _between("spent_there", -SPAN, -1)
    )
    cells = spent.select("department", "week_number", "is_new", "own_spend", change.alias("change"))
    by_cell = cells.groupBy("department", "week_number").agg(*_moments("new", F.col("is_new")), *_moments("old", ~F.col("is_new")))
    known = keep(by_cell.where("n_new > 0 AND n_old > 0"))
    gap, parts = F.col("mean_new") - F.col("mean_old"), 1 / F.col("n_new") + 1 / F.col("n_old")
    # one variance for all: most cells hold too few trials to tell their own; a gap is one more look at it, as if it were chance
    squares = F.col("squares_new") + F.col("squares_old") + gap * gap / parts
    variance = exact_sum(squares) / F.sum(F.col("n_new") + F.col("n_old") - 1)
    varied = known.crossJoin(F.broadcast(known.agg(variance.alias("variance"))))
    noise = F.col("n_new") * F.col("n_new") * F.col("variance") * parts
    sums = {"gap": F.col("n_new") * gap, "noise": noise, "own": F.col("own_new"), "cases": F.col("n_new")}
    by_department = keep(varied.groupBy("department").agg(*[exact_sum(column).alias(name) for name, column in sums.items()]))
    shop = _estimated(
        by_department.agg(*[exact_sum(F.col(name)).alias(name) for name in sums]), "halo", F.lit(EVERY), F.lit(0.0), HALO_SD
    )
    beside_shop = by_department.crossJoin(F.broadcast(shop.select(F.col("value").alias("shop"))))
    return shop.unionByName(_estimated(beside_shop, "halo", F.concat(F.lit("department:"), "department"), F.col("shop"), HALO_SD))


def won(bought: DataFrame) -> DataFrame:
    """The row for '*'."""
    first = Window.partitionBy("customer_id")
    baskets = bought.groupBy("customer_id", "basket_id").agg(
        F.min("week_number").alias("week_number"),
        F.max("is_newcomer").alias("with_new"),
        exact_sum(F.when(F.col("is_newcomer"), F.col("units")).otherwise(0.0)).alias("new_units"),
        F.min("sold_at").alias("at"),
    )
    ordered = baskets.withColumn("is_first", F.col("at") == F.min("at").over(first)).where(F.col("week_number") >= UNSEEN_WEEKS)
    one = F.lit(1.0)
    weekly = ordered.groupBy("week_number").agg(
        F.sum(F.when(F.col("is_first") & F.col("with_new"), one).otherwise(0.0)).alias("first_new"),
        F.sum(F.when(F.col("is_first"), one).otherwise(0.0)).alias("firsts"),
        F.avg(F.col("with_new").cast("double")).alias("share"),
        exact_sum(F.col("new_units")).alias("units"),
    )
    sums = {
        "gap": F.col("first_new") - F.col("firsts") * F.col("share"),
        "noise": F.col("first_new") + 1,
        "own": F.col("units"),
        "cases": F.col("firsts").cast("long"),
    }
    whole = weekly.agg(*[exact_sum(column).alias(name) for name, column in sums.items()])
    return _estimated(whole, "won", F.lit(EVERY), F.lit(0.0), WON_SD)


def _trials(bought: DataFrame) -> DataFrame:
    """One row per customer and item whose first purchase has SPAN known weeks on either side; what was spent on it in the later."""
    ends = bought.agg(F.max("week_number").alias("last"))  # one row
    each = bought.groupBy("customer_id", "item_id", "shelf", "department").agg(
        F.min("week_number").alias("week_number"),
        F.min_by("is_newcomer", "week_number").alias("is_new"),
        F.array_sort(F.collect_list(F.struct("week_number", "revenue"))).alias("spent"),
    )
    within = F.filter("spent", lambda one: one["week_number"] <= F.col("week_number") + SPAN)
    own = F.aggregate(within, F.lit(0.0), lambda total, one: total + one["revenue"])
    known = F.col("week_number").between(F.lit(UNSEEN_WEEKS), F.col("last") - SPAN)
    return each.crossJoin(F.broadcast(ends)).where(known).withColumn("own_spend", own).drop("spent", "last")


def _sampled(trials: DataFrame, seed: int) -> DataFrame:
    kinds = trials.groupBy("is_new").agg(F.count(F.lit(1)).alias("trials"))  # two rows
    draw = hashed_uniform("customer_id", "item_id", F.lit(seed))
    return trials.join(F.broadcast(kinds), "is_new", "inner").where(draw < F.lit(MOST_TRIALS) / F.col("trials"))


def _spent(bought: DataFrame, *more: str) -> DataFrame:
    """Money by week, an array of structs, per customer (and shelf)."""
    weekly = bought.groupBy("customer_id", *more, "week_number").agg(exact_sum(F.col("revenue")).alias("money"))
    money = F.array_sort(F.collect_list(F.struct(F.col("week_number").alias("week"), "money")))
    return weekly.groupBy("customer_id", *more).agg(money.alias("spent"))


def _between(spent: str, begin: int, end: int) -> Column:
    """Money spent from `begin` to `end` weeks after the trial."""
    week = F.col("week_number")
    within = F.filter(spent, lambda one: one["week"].between(week + begin, week + end))
    return F.aggregate(within, F.lit(0.0), lambda total, one: total + one["money"])


def _moments(name: str, where: Column) -> list[Column]:
    change = F.when(where, F.col("change"))
    count, mean = F.count(change), exact_mean(change)
    return [
        count.alias(f"n_{name}"),
        mean.alias(f"mean_{name}"),
        (exact_sum(change * change) - count * mean * mean).alias(f"squares_{name}"),
        exact_sum(F.when(where, F.col("own_spend")).otherwise(0.0)).alias(f"own_{name}"),
    ]


def _estimated(sums: DataFrame, effect: str, scope: Column, prior: Column, sd: float) -> DataFrame:
    told = sums.where("own > 0").select(
        (F.col("gap") / F.col("own")).alias("measured"),
        (F.sqrt("noise") / F.col("own")).alias("error"),
        F.col("cases").cast("long").alias("cases"),
        prior.alias("prior"),
        scope.alias("scope"),
    )
    value = leaning(F.col("measured"), F.col("error"), F.col("prior"), sd)
    # a newcomer may drive nobody away in this account: what it takes from its shelf is crowding's
    return told.select(
        F.lit(effect).alias("effect"), "scope", F.greatest(value, F.lit(0.0)).alias("value"), "measured", "error", "cases"
    )
