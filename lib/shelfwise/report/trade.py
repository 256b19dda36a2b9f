"""How is the shop doing, week by week?"""

from dataclasses import dataclass
from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.report.pull import Rows, pull
from shelfwise.report.words import counted, mean, number, share

MOST_WEEKS = 60
LATELY, BEFORE = 4, 13  # weeks compared


@dataclass(frozen=True)
class Figure:
    """One key figure of gold.kpis by week. `unit` stands on the axis."""

    name: str
    title: str
    unit: str
    is_share: bool = False


FIGURES = (
    Figure("revenue", "Revenue", "revenue a week"),
    Figure("baskets", "Baskets", "baskets a week"),
    Figure("discount_share", "Discounts", "share of value before discounts", is_share=True),
    Figure("repeat_share", "Returning customers", "share of a day's known customers", is_share=True),
    Figure("items", "Breadth", "different items sold a day"),
    Figure("new_item_share", "New items", "share of revenue", is_share=True),
)


def weekly_figures(kpis: DataFrame, *, as_of: date) -> Rows:
    """One row per complete week of the whole shop, oldest first; at most 60 rows of seven numbers."""
    whole = kpis.where("department = '*' AND category = '*'").withColumn("week", F.to_date(F.date_trunc("week", "day")))
    first_day = whole.agg(F.min("day").alias("first_day"))
    complete = (F.col("week") >= F.col("first_day")) & (F.date_add("week", 6) <= F.lit(as_of))
    weekly = whole.crossJoin(F.broadcast(first_day)).where(complete).groupBy("week").agg(*_weekly())
    return pull(weekly.orderBy(F.desc("week")), MOST_WEEKS)[::-1]


def _weekly() -> list[Column]:
    revenue, given = F.col("revenue").cast("double"), F.col("discount").cast("double")
    return [
        F.sum(revenue).alias("revenue"),
        F.sum("baskets").alias("baskets"),
        F.try_divide(F.sum(given), F.sum(revenue + given)).alias("discount_share"),
        _weighted("repeat_share", F.col("customers")).alias("repeat_share"),
        F.mean("items").alias("items"),
        _weighted("new_item_share", revenue).alias("new_item_share"),
    ]


def _weighted(name: str, weight: Column) -> Column:
    """A mean of daily shares by what they are shares of; days where it is not known are left out."""
    return F.try_divide(F.sum(F.col(name) * weight), F.sum(F.when(F.col(name).isNotNull(), weight)))


def headline(weeks: Rows) -> str:
    """The last 4 weeks' revenue and baskets."""
    lately = weeks[-LATELY:]
    if not lately:
        return "There is no whole week of sales yet"
    revenue, baskets = (mean(week[name] for week in lately) for name in ("revenue", "baskets"))
    return f"{number(baskets)} baskets and a revenue of {number(revenue)} a week over the last {counted(len(lately), 'week')}"


def finding(figure: Figure, weeks: Rows) -> str:
    """The last 4 weeks against the 13 before them, in one line."""
    values = [week[figure.name] for week in weeks]
    lately, before = mean(values[-LATELY:]), mean(values[-LATELY - BEFORE : -LATELY])
    if lately is None:
        return f"{figure.title}: not known yet"
    text = f"{figure.title}: {share(lately, 1) if figure.is_share else number(lately)}"
    if before is None:
        return text
    if figure.is_share:
        points = 100 * (lately - before)
        return f"{text}, {_direction(points, 'points', 1)}"
    return f"{text}, {_direction(100 * (lately / before - 1), '%', 0)}" if before else text


def _direction(change: float, unit: str, decimals: int) -> str:
    size = number(abs(change), decimals)
    return "unchanged" if float(size.replace(",", "")) == 0 else f"{'up' if change > 0 else 'down'} {size} {unit}"
