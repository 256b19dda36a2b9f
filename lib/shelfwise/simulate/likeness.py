"""How like a real shop is a planted one? A few marginals of each, and their ratios.

Lines have customer_id, basket_id, item_id, sold_on, quantity, revenue, discount (list price = revenue + discount); promoted has
item_id and week (its Monday). Lines without a positive quantity are left out. Weekly figures count complete weeks (Monday to
Sunday) from an item's first one with a sale to the last of all, so an item that has ceased to sell goes on counting.

Gini = 2 sum(rank * units) / (n * sum(units)) - (n + 1) / n, ranks from the least sold (Gini 1912).
Lift = sum over items of mean units when promoted / the same when not, of items that have both kinds of weeks.
"""

from collections.abc import Mapping
from functools import reduce
from typing import NamedTuple

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

ALIKE, NEAR = 1.25, 2.0  # largest ratio, either way
TOPS = (1, 10, 50)  # per cent of items
# In order of printing, each with what makes it differ by construction, if anything does.
FIGURES = {
    "lines per basket, mean": "",
    "lines per basket, median": "",
    "lines per basket, p90": "",
    "units per line": "Units are wanted one by one, each of any item; a household takes several of one.",
    "units of the top 1 % of items": "With fewer items a hundredth of them is fewer bestsellers.",
    "units of the top 10 % of items": "",
    "units of the top 50 % of items": "",
    "Gini of items' units": "",
    "days between a customer's basket days, mean": "",
    "days between a customer's basket days, median": "",
    "days between a customer's basket days, p90": "",
    "baskets per customer and week": "Here customers join late and leave; there a household was chosen because it stayed.",
    "customer-item pairs bought again": "",
    "item-weeks without a sale": "The same number of households buy among far fewer items, so that an item rests less often.",
    "item-weeks, variance / mean": "It grows with units per item, and the same units are spread over far fewer items.",
    "item-weeks, variance within items / mean": "Units come one by one; there a few households' bulk purchases make a week.",
    "promoted item-weeks": "Promotions are drawn without regard to popularity; there most stores promote mainly bestsellers.",
    "units sold in promoted item-weeks": "Promotions are drawn without regard to popularity; there bestsellers have most of them.",
    "promotion lift": "Promoted shelves run empty, since the planted shop orders by past sales.",
    "discount share of list value": "Only promotions cut prices; there half of all lines have a loyalty price, mostly without one.",
}


class Likeness(NamedTuple):
    """One figure of two shops; `why` is empty where it is alike, or where nothing in the making explains it."""

    figure: str
    ours: float
    theirs: float
    ratio: float
    verdict: str
    why: str


def marginals(lines: DataFrame, promoted: DataFrame) -> DataFrame:
    """One row per figure of FIGURES: `figure`, `value` (null where nothing is to be counted).

    Bound: items' totals are sorted by one task, one row per distinct total.
    """
    sold = lines.where("quantity > 0").withColumn("units", F.col("quantity").cast("double"))
    weekly = _weekly_units(sold)
    lives = _lives(weekly)
    parts = (
        _baskets(sold),
        _popularity(sold),
        _pauses(sold),
        _visits(sold),
        _repeats(sold),
        _weeks(lives),
        _promotions(lives, weekly, promoted),
        _discounts(sold),
    )
    return reduce(DataFrame.unionByName, [_as_rows(part) for part in parts])


def compare(ours: Mapping[str, float], theirs: Mapping[str, float]) -> list[Likeness]:
    """One row per figure that both have, in the order of FIGURES."""
    return [_likeness(figure, ours[figure], theirs[figure]) for figure in FIGURES if figure in ours and figure in theirs]


def _likeness(figure: str, ours: float, theirs: float) -> Likeness:
    ratio = ours / theirs if theirs else (1.0 if ours == 0 else float("inf"))
    verdict = "alike" if _within(ratio, ALIKE) else "near" if _within(ratio, NEAR) else "differs"
    return Likeness(figure, ours, theirs, ratio, verdict, "" if verdict == "alike" else FIGURES[figure])


def _within(ratio: float, times: float) -> bool:
    return 1 / times <= ratio <= times


def _as_rows(figures: DataFrame) -> DataFrame:
    """A row of figures as rows of (figure, value)."""
    doubles = figures.select(*[F.col(name).cast("double").alias(name) for name in figures.columns])
    return doubles.unpivot([], [*doubles.columns], "figure", "value")


def _baskets(sold: DataFrame) -> DataFrame:
    lines = sold.groupBy("basket_id", "item_id").agg(F.sum("units").alias("units"))
    baskets = lines.groupBy("basket_id").agg(F.count("*").alias("lines"), F.sum("units").alias("units"))
    return baskets.agg(*_spread("lines", "lines per basket"), (F.sum("units") / F.sum("lines")).alias("units per line"))


def _spread(column: str, figure: str) -> list[Column]:
    each = {"mean": F.mean(column), "median": F.percentile(column, 0.5), "p90": F.percentile(column, 0.9)}
    return [value.alias(f"{figure}, {name}") for name, value in each.items()]


def _popularity(sold: DataFrame) -> DataFrame:
    """From counts of items by units sold: ties need no order."""
    totals = sold.groupBy("item_id").agg(F.sum("units").alias("units")).groupBy("units").agg(F.count("*").alias("items"))
    ahead = Window.partitionBy(F.lit(0)).orderBy(F.desc("units")).rowsBetween(Window.unboundedPreceding, -1)
    whole = totals.agg(F.sum("items").alias("n"), F.sum(F.col("units") * F.col("items")).alias("all"))
    curve = totals.withColumn("ahead", F.coalesce(F.sum("items").over(ahead), F.lit(0))).crossJoin(F.broadcast(whole))
    ranks = F.col("items") * (F.col("n") - F.col("ahead")) - F.col("items") * (F.col("items") - 1) / 2
    n, units = F.max("n"), F.max("all")
    gini = 2 * F.sum(ranks * F.col("units")) / (n * units) - (n + 1) / n
    tops = [(F.sum(_units_of_top(top)) / units).alias(f"units of the top {top} % of items") for top in TOPS]
    return curve.agg(*tops, gini.alias("Gini of items' units"))


def _units_of_top(percent: int) -> Column:
    top = F.ceil(F.col("n") * percent / 100)
    return F.col("units") * F.greatest(F.lit(0), F.least(F.col("items"), top - F.col("ahead")))


def _pauses(sold: DataFrame) -> DataFrame:
    days = sold.select("customer_id", "sold_on").distinct()
    before = F.lag("sold_on").over(Window.partitionBy("customer_id").orderBy("sold_on"))
    return days.select(F.datediff("sold_on", before).alias("days")).agg(*_spread("days", "days between a customer's basket days"))


def _visits(sold: DataFrame) -> DataFrame:
    weeks = (F.datediff(F.max("sold_on"), F.min("sold_on")) + 1) / 7
    visits = F.count_distinct("basket_id") / F.count_distinct("customer_id") / weeks
    return sold.agg(visits.alias("baskets per customer and week"))


def _repeats(sold: DataFrame) -> DataFrame:
    pairs = sold.groupBy("customer_id", "item_id").agg(F.count_distinct("basket_id").alias("baskets"))
    return pairs.agg(F.mean((F.col("baskets") >= 2).cast("double")).alias("customer-item pairs bought again"))


def _weekly_units(sold: DataFrame) -> DataFrame:
    """One row per item and complete week with a sale."""
    span = sold.agg(F.min("sold_on").alias("first_day"), F.max("sold_on").alias("last_day"))
    dated = sold.withColumn("week", F.to_date(F.date_trunc("week", "sold_on"))).crossJoin(F.broadcast(span))
    complete = dated.where((F.col("week") >= F.col("first_day")) & (F.date_add("week", 6) <= F.col("last_day")))
    return complete.groupBy("item_id", "week").agg(F.sum("units").alias("units"))


def _lives(weekly: DataFrame) -> DataFrame:
    """One row per item: its first week, the last of all, and its units, their squares and its weeks, sold or not."""
    last = weekly.agg(F.max("week").alias("last"))
    each = weekly.groupBy("item_id").agg(
        F.min("week").alias("first"),
        F.count("*").alias("selling_weeks"),
        F.sum("units").alias("units"),
        F.sum(F.col("units") * F.col("units")).alias("squares"),
    )
    return each.crossJoin(F.broadcast(last)).withColumn("weeks", F.datediff("last", "first") / 7 + 1)


def _weeks(lives: DataFrame) -> DataFrame:
    weeks, units = F.sum("weeks"), F.sum("units")
    within = F.sum(F.col("squares") - F.col("units") * F.col("units") / F.col("weeks"))
    return lives.agg(
        (1 - F.sum("selling_weeks") / weeks).alias("item-weeks without a sale"),
        (F.sum("squares") / units - units / weeks).alias("item-weeks, variance / mean"),
        (within / units).alias("item-weeks, variance within items / mean"),
    )


def _promotions(lives: DataFrame, weekly: DataFrame, promoted: DataFrame) -> DataFrame:
    plan = promoted.select("item_id", "week").distinct().join(weekly, ["item_id", "week"], "left")
    own = (
        plan.join(lives.select("item_id", "first", "last"), "item_id", "inner")
        .where(F.col("week").between(F.col("first"), F.col("last")))
        .groupBy("item_id")
        .agg(F.count("*").alias("promoted_weeks"), F.coalesce(F.sum("units"), F.lit(0.0)).alias("promoted_units"))
    )
    items = lives.join(own, "item_id", "left")
    comparable = F.col("weeks") > F.col("promoted_weeks")
    when = F.sum(F.when(comparable, F.col("promoted_units") / F.col("promoted_weeks")))
    else_ = F.sum(F.when(comparable, (F.col("units") - F.col("promoted_units")) / (F.col("weeks") - F.col("promoted_weeks"))))
    return items.agg(
        (F.coalesce(F.sum("promoted_weeks"), F.lit(0)) / F.sum("weeks")).alias("promoted item-weeks"),
        (F.coalesce(F.sum("promoted_units"), F.lit(0)) / F.sum("units")).alias("units sold in promoted item-weeks"),
        F.try_divide(when, else_).alias("promotion lift"),
    )


def _discounts(sold: DataFrame) -> DataFrame:
    return sold.agg(F.try_divide(F.sum("discount"), F.sum("revenue") + F.sum("discount")).alias("discount share of list value"))
