"""What is known of a launch on its eve?

How fast the shop's established items sell that are like it: those of the same maker and shelf (subcategory), of the maker
elsewhere in the category and elsewhere in the shop, of other makers on the shelf and in the category, of other categories of the
department. The circles are disjoint, so that a maker or a category that nobody knows is a circle without items, and nothing of it
hides in another. Beside them the item's price to theirs, the category's level and trend, what is planned for the week asked for,
and the calendar.
"""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.core.kept import keep
from shelfwise.demand.inputs import UNKNOWN
from shelfwise.demand.plans import notice, share
from shelfwise.demand.rows import week_facts
from shelfwise.demand.segments import NEW_WEEKS
from shelfwise.measures.exact import exact_sum
from shelfwise.measures.shelves import shelf
from shelfwise.measures.versions import PLAN, version_known_by

LIVE_WEEKS = 13  # established: on sale for eight weeks and sold within these
# sums are taken over groups of items; a circle is what is left of some when others are taken off
GROUPS: dict[str, tuple[str, ...]] = {
    "department": ("department",),
    "category": ("category",),
    "shelf": ("shelf",),
    "maker": ("maker_id",),
    "maker_department": ("maker_id", "department"),
    "maker_category": ("maker_id", "category"),
    "maker_shelf": ("maker_id", "shelf"),
}
CIRCLES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "maker_on_shelf": (("maker_shelf",), ()),
    "maker_in_category": (("maker_category",), ("maker_shelf",)),
    "maker_elsewhere": (("maker",), ("maker_category",)),
    "others_on_shelf": (("shelf",), ("maker_shelf",)),
    "others_in_category": (("category", "maker_shelf"), ("shelf", "maker_category")),
    "others_in_department": (("department", "maker_category"), ("category", "maker_department")),
}
NEAREST_FIRST = ("maker_on_shelf", "others_on_shelf", "maker_in_category", "others_in_category", "others_in_department")
KINDS = ("velocity", "siblings", "price_to")


def _of(*circles: str) -> tuple[str, ...]:
    return tuple(f"{kind}_{circle}" for circle in circles for kind in KINDS)


LEVELS = ("category_level", "category_trend")
PLANNED = ("planned_display", "planned_mailer", "planned_cut", "planned_coupon")
FEATURES = (*_of(*CIRCLES), *LEVELS, "log_price", "private_label", "launch_week", *PLANNED, "month_start", "holidays")
# what nobody knows of a new maker, and of a new category
OF_THE_MAKER = _of("maker_on_shelf", "maker_in_category", "maker_elsewhere")
OF_THE_CATEGORY = (*_of("maker_on_shelf", "maker_in_category", "others_on_shelf", "others_in_category"), *LEVELS)


def with_siblings(launched: DataFrame, panel: DataFrame, items: DataFrame) -> DataFrame:
    """Adds what the shop's established items tell on the `eve` (Monday of the last known week) to one row per launch."""
    shelves = items.select("item_id", shelf())
    established = (F.col("age_weeks") >= NEW_WEEKS) & (F.col("weeks_since_sale") < LIVE_WEEKS)
    eves = F.broadcast(launched.select(F.col("eve").alias("week")).distinct())  # weeks
    live = panel.where(established).join(eves, "week", "left_semi").join(shelves, "item_id", "left")
    finest = ["week", "department", "category", "shelf", "maker_id"]
    sums = keep(live.groupBy(*finest).agg(*[exact_sum(total).alias(name) for name, total in _totals().items()]))
    known = launched
    for group, by in GROUPS.items():
        renamed = {name: f"{group}_{name}" for name in _totals()}
        grouped = sums.groupBy(*by, F.col("week").alias("eve")).agg(*[exact_sum(F.col(a)).alias(b) for a, b in renamed.items()])
        known = known.join(grouped, [*by, "eve"], "left").fillna(0.0, list(renamed.values()))
    levels = panel.select("category", F.col("week").alias("eve"), "category_mean_4", "category_mean_13").distinct()
    totals = [f"{group}_{name}" for group in GROUPS for name in _totals()]
    return (
        known.join(levels, ["category", "eve"], "left").withColumns(_figures()).drop(*totals, "category_mean_4", "category_mean_13")
    )


def with_plans(rows: DataFrame, promotions: DataFrame, calendar: DataFrame) -> DataFrame:
    """Adds plans of the row's `week` that were known by its `known_until`, and the week's calendar."""
    plan = promotions.select("item_id", "week", F.struct(*PLAN).alias("plan"))
    joined = rows.join(plan, ["item_id", "week"], "left").crossJoin(F.broadcast(notice(promotions)))  # one row
    until = joined.withColumn("plan", version_known_by(F.col("plan"), F.col("known_until")))
    planned = F.col("plan").isNotNull()
    promoted = planned & (share(F.col("plan")) > 0)  # a coupon alone, known long before, says nothing of displays
    tells = promoted | (F.datediff("week", "known_until") <= F.col("notice_days"))

    def of(told: Column, where: Column) -> Column:
        return F.when(where, told).when(tells, 0.0).otherwise(UNKNOWN)

    columns = {
        "planned_display": of(F.col("plan.display_share"), promoted),
        "planned_mailer": of(F.col("plan.mailer_share"), promoted),
        "planned_cut": of(F.coalesce("plan.price_cut", F.lit(0.0)), promoted),
        "planned_coupon": of(F.col("plan.coupon").cast("double"), planned),
    }
    dated = until.withColumns(columns).join(F.broadcast(week_facts(calendar)), "week", "left")
    facts = {name: F.coalesce(name, F.lit(UNKNOWN)) for name in ("month_start", "holidays")}
    return dated.withColumns(facts).drop("plan", "notice_days")


def without(rows: DataFrame, hidden: Sequence[str], *, where: Column | None = None) -> DataFrame:
    """`rows` as they would look, `where` given, were the `hidden` features not known."""
    unknown = F.lit(UNKNOWN)
    masked = {name: unknown if where is None else F.when(where, unknown).otherwise(F.col(name)) for name in hidden}
    return rows.withColumns(masked) if masked else rows


def nearest_velocity() -> Column:
    """Mean weekly units of the established items in the nearest circle that has any."""
    velocities = [F.when(F.col(f"siblings_{circle}") > 0, F.col(f"velocity_{circle}")) for circle in NEAREST_FIRST]
    return F.coalesce(*velocities, F.lit(1.0))


def _totals() -> dict[str, Column]:
    return {"units": F.col("mean_13"), "prices": F.col("shelf_price"), "items": F.lit(1.0)}


def _figures() -> dict[str, Column]:
    figures = {
        "log_price": F.log(F.greatest("price", F.lit(0.01))),
        "category_level": F.coalesce("category_mean_13", F.lit(UNKNOWN)),
        "category_trend": F.coalesce(F.try_divide("category_mean_4", "category_mean_13"), F.lit(UNKNOWN)),
    }
    for circle, (added, taken) in CIRCLES.items():
        units, prices, items = (_left(name, added, taken) for name in _totals())
        some = F.rint(items) > 0
        figures[f"siblings_{circle}"] = F.rint(items)
        # rounded: what is left of a difference of sums is not exact
        figures[f"velocity_{circle}"] = F.when(some, F.greatest(F.round(units / items, 6), F.lit(0.0))).otherwise(UNKNOWN)
        ratio = F.try_divide(F.col("price"), F.round(prices / items, 6))
        figures[f"price_to_{circle}"] = F.when(some, F.coalesce(ratio, F.lit(UNKNOWN))).otherwise(UNKNOWN)
    return figures


def _left(name: str, added: Sequence[str], taken: Sequence[str]) -> Column:
    left: Column = F.lit(0.0)
    for group in added:
        left = left + F.col(f"{group}_{name}")
    for group in taken:
        left = left - F.col(f"{group}_{name}")
    return left
