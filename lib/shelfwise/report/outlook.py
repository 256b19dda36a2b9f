"""What is forecast, and what happened then?

Quantiles do not add up over items: the bands of categories and of the whole are those of gold.demand_hierarchy.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.report.pull import Rows, pull
from shelfwise.report.words import counted, number, segment_place, share

SHOWN_HISTORY_WEEKS = 26
SHOWN_ITEMS, SHOWN_CATEGORIES = 4, 6
HORIZONS, MOST_WEEKS, MOST_DRIVERS = 13, 600, 9  # bounds of the pulls
MOST_SEGMENTS = 12
STEADY = ("steady", "fast", "smooth", "intermittent")  # shown before slow, new and dormant items
BAND = ("week", "mean", "q05", "q10", "q90", "q95")


@dataclass(frozen=True)
class Span:
    """Mondays of the first and last complete week with sales on record."""

    first: date
    last: date


NO_SPAN = Span(date(2100, 1, 4), date(1900, 1, 1))  # no sale, no week


@dataclass(frozen=True)
class Series:
    """Units by week: sold up to as_of, forecast for later weeks, and sold in these, as far as it is known."""

    title: str
    about: str
    sold: list[tuple[date, float]]
    forecast: Rows
    later: list[tuple[date, float]]
    why: Rows = field(default_factory=list)  # what made the forecast of the first week that is explained: `horizon`, `sentence`

    def passed(self) -> list[tuple[dict[str, Any], float]]:
        """The forecast weeks of which the sales are known, with the units sold."""
        later = dict(self.later)
        return [(row, later[row["week"]]) for row in self.forecast if row["week"] in later]


@dataclass(frozen=True)
class Outlook:
    """The forecasts that are shown. `unforeseen`: share of later units of items that had never sold by as_of."""

    whole: Series
    categories: list[Series]
    items: list[Series]
    unforeseen: float | None


def outlook(
    sales: DataFrame,
    items: DataFrame,
    forecast: DataFrame,
    hierarchy: DataFrame,
    profiles: DataFrame,
    drivers: DataFrame,
    *,
    as_of: date,
) -> Outlook:
    """`sales` with what happened after `as_of`, which is shown and used for nothing else."""
    span = _span(sales)
    place = items.select("item_id", _path(), "category", "description")
    known = forecast.join(place, "item_id", "left").join(profiles.select("item_id", "revenue"), "item_id", "left").cache()
    weekly = _weekly_units(sales, items, span).join(place.select("item_id", "path"), "item_id", "left").cache()
    try:
        own = weekly.join(known.select("item_id").distinct(), "item_id", "left_semi")
        whole = _whole_series(own, hierarchy, span, as_of)
        shown = _category_series(own, known, hierarchy, span, as_of)
        single = _with_reasons(_item_series(own, known, span, as_of), drivers)
        return Outlook(whole, shown, list(single.values()), _unforeseen(weekly, own, as_of))
    finally:
        known.unpersist()
        weekly.unpersist()


def whole_finding(found: Outlook) -> str:
    """How the sum of all means did, or that it can't be told yet."""
    rows, known = found.whole.forecast, found.whole.passed()
    if not rows:
        return "There is no forecast yet"
    if not known:
        return f"{number(sum(row['mean'] for row in rows))} units are expected in the next {counted(len(rows), 'week')}"
    expected, sold = sum(row["mean"] for row, _ in known), sum(units for _, units in known)
    gap = (expected - sold) / sold if sold else 0.0
    miss = f"{share(abs(gap), 1)} too {'high' if gap > 0 else 'low'}" if abs(gap) >= 0.0005 else "right"
    weeks = "week" if len(known) == 1 else f"{len(known)} weeks"
    return f"The forecast for the {weeks} since was {miss}: {number(expected)} units expected, {number(sold)} sold"


def items_finding(found: Outlook) -> str:
    """How often the shown items stayed inside their bands."""
    known = [(row, units) for series in found.items for row, units in series.passed()]
    if not known:
        return "What single items will sell, and how sure that is"
    inside = sum(row["q05"] <= units <= row["q95"] for row, units in known)
    return f"In {inside} of {len(known)} weeks since, these items stayed inside their 90 % band"


def _span(sales: DataFrame) -> Span:
    """One row: the sales' first and last day."""
    (row,) = pull(sales.agg(F.min("sold_on").alias("first"), F.max("sold_on").alias("last")), 1)
    if row["first"] is None:
        return NO_SPAN
    first, last = row["first"] + timedelta(days=-row["first"].weekday() % 7), row["last"] - timedelta(days=6)
    return Span(first, last - timedelta(days=last.weekday()))


def _weekly_units(sales: DataFrame, items: DataFrame, span: Span) -> DataFrame:
    """One row per item sold by the each and complete week in which it sold."""
    each = items.where("sold_by = 'each'").select("item_id")
    week = F.to_date(F.date_trunc("week", "sold_on")).alias("week")
    sold = sales.where("kind = 'sale'").join(each, "item_id", "left_semi").groupBy("item_id", week)
    complete = F.col("week").between(F.lit(span.first), F.lit(span.last))
    return sold.agg(F.sum("quantity").cast("double").alias("units")).where(complete)


def _whole_series(weekly: DataFrame, hierarchy: DataFrame, span: Span, as_of: date) -> Series:
    """13 rows of the forecast and 600 sums."""
    expected = pull(hierarchy.where("level = 'all'").select(*BAND).orderBy("week"), HORIZONS)
    sold = pull(weekly.groupBy("week").agg(F.sum("units").alias("units")).orderBy(F.desc("week")), MOST_WEEKS)
    return _series("All items", "sold by the each", expected, sold, span, as_of)


def _category_series(weekly: DataFrame, forecast: DataFrame, hierarchy: DataFrame, span: Span, as_of: date) -> list[Series]:
    """The six categories with the highest revenue: at most 6 x 13 rows of the forecast and 6 x 600 sums."""
    revenue = forecast.where("horizon = 1").groupBy("path", "category").agg(F.sum("revenue").alias("revenue"))
    top = pull(revenue.orderBy(F.desc_nulls_last("revenue"), "path"), SHOWN_CATEGORIES)
    own = F.col("path").isin([row["path"] for row in top])
    bands = hierarchy.where("level = 'category'").select(_path(), *BAND).where(own)
    units = weekly.where(own).groupBy("path", "week").agg(F.sum("units").alias("units"))
    expected = _by(pull(bands.orderBy("week"), SHOWN_CATEGORIES * HORIZONS), "path")
    sold = _by(pull(units.orderBy(F.desc("week")), SHOWN_CATEGORIES * MOST_WEEKS), "path")
    shown = [(row["category"], row["path"]) for row in top if row["path"] in expected]
    return [_series(title, "", expected[path], sold.get(path, []), span, as_of) for title, path in shown]


def _item_series(weekly: DataFrame, forecast: DataFrame, span: Span, as_of: date) -> dict[str, Series]:
    """By item, four of them: at most 4 x 13 rows of the forecast and 4 x 600 weeks."""
    chosen = _chosen_items(forecast)
    own = F.col("item_id").isin([item["item_id"] for item in chosen])
    bands = forecast.where(own).select("item_id", "week", "mean", "q05", "q10", "q90", "q95").orderBy("week")
    expected = _by(pull(bands, SHOWN_ITEMS * HORIZONS), "item_id")
    sold = _by(
        pull(weekly.where(own).select("item_id", "week", "units").orderBy(F.desc("week")), SHOWN_ITEMS * MOST_WEEKS), "item_id"
    )
    return {
        item["item_id"]: _series(
            item["description"] or item["item_id"],
            f"item {item['item_id']}, {item['segment']} seller",
            expected[item["item_id"]],
            sold.get(item["item_id"], []),
            span,
            as_of,
        )
        for item in chosen
    }


def _with_reasons(series: dict[str, Series], drivers: DataFrame) -> dict[str, Series]:
    """At most 4 x 13 x 9 sentences."""
    own = drivers.where(F.col("item_id").isin(list(series))).select("item_id", "horizon", "rank", "sentence")
    told = _by(pull(own.orderBy("item_id", "horizon", "rank"), SHOWN_ITEMS * HORIZONS * MOST_DRIVERS), "item_id")
    first = {item: [row for row in rows if row["horizon"] == rows[0]["horizon"]] for item, rows in told.items()}
    return {item: replace(one, why=first.get(item, [])) for item, one in series.items()}


def _chosen_items(forecast: DataFrame) -> Rows:
    """Of two of each segment by revenue (24 rows at most) four: the first of each steady segment, then the second."""
    by_revenue = Window.partitionBy("segment").orderBy(F.desc_nulls_last("revenue"), "item_id")
    ranked = forecast.where("horizon = 1").withColumn("turn", F.row_number().over(by_revenue)).where("turn <= 2")
    candidates = pull(ranked.select("item_id", "description", "segment", "turn"), 2 * MOST_SEGMENTS)
    candidates.sort(key=lambda item: (item["segment"] not in STEADY, item["turn"], segment_place(item["segment"])))
    return candidates[:SHOWN_ITEMS]


def _series(title: str, about: str, expected: Rows, sold: Rows, span: Span, as_of: date) -> Series:
    """A week without a sale is a zero from the first sale on."""
    units = {row["week"]: row["units"] for row in sold}
    start = max([min(units, default=span.last), _monday(as_of) - timedelta(weeks=SHOWN_HISTORY_WEEKS)])
    weeks = [start + timedelta(weeks=k) for k in range((span.last - start).days // 7 + 1)]
    filled = [(week, units.get(week, 0.0)) for week in weeks]
    closed = as_of - timedelta(days=6)
    return Series(title, about, [p for p in filled if p[0] <= closed], expected, [p for p in filled if p[0] > closed])


def _unforeseen(weekly: DataFrame, own: DataFrame, as_of: date) -> float | None:
    """Two sums: units after as_of, and those of items that were forecast."""
    later = F.col("week") > F.lit(as_of - timedelta(days=6))
    every, foreseen = (pull(frame.where(later).agg(F.sum("units").alias("units")), 1)[0]["units"] for frame in (weekly, own))
    return 1 - (foreseen or 0.0) / every if every else None


def _by(rows: Rows, name: str) -> dict[Any, Rows]:
    grouped: dict[Any, Rows] = {}
    for row in rows:
        grouped.setdefault(row[name], []).append(row)
    return grouped


def _path() -> Column:
    """One name of a category within its department."""
    return F.concat_ws("/", "department", "category").alias("path")


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
