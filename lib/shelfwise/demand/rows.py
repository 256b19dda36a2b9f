"""The rows that a demand model learns from and is asked about: an item at the end of one week, and a week ahead of it.

Direct forecasting: one row asks for the units of one week, `horizon` weeks after the origin, so that nothing that is
forecast becomes an input. All features are what was known at the origin: the panel's row of that week, the calendar,
and those promotions of the target week whose plan was known by then. Units enter relative to the item's own `level`, so
that one model serves items that sell one a month and a hundred a week.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.core.errors import JobError
from shelfwise.demand.segments import NEW_WEEKS, is_dormant
from shelfwise.measures.draws import hashed_uniform
from shelfwise.measures.exact import exact_sum

HORIZONS = 13
EVERY_HORIZON = tuple(range(1, HORIZONS + 1))
# keeps the level of an item that has stopped selling above zero
LEAST_LEVEL = 0.02
UNKNOWN = -1.0
OLD = 52  # weeks: older than that makes no difference

# what a buyer sees as one thing; the order of the features belongs to a model, like a seed
GROUPS: Mapping[str, Sequence[str]] = {
    "recent sales": (
        "log_level",
        "units_to_level",
        "lag_1_to_level",
        "lag_2_to_level",
        "lag_3_to_level",
        "mean_4_to_level",
        "mean_13_to_level",
        "mean_26_to_level",
    ),
    "how often it sells": ("sd_13_to_level", "selling_share_13", "weeks_since_sale"),
    "age": ("known_age", "age_weeks"),
    "promotions so far": ("promoted_share_26", "promoted_now"),
    # how well it sells with and without a promotion counts for nothing but the plan
    "planned promotion": (
        "plan_known",
        "planned_display",
        "planned_mailer",
        "planned_coupon",
        "rate_under_plan",
        "promotion_uplift",
    ),
    "price": ("price_to_own", "price_to_category", "discount_share"),
    "category and maker": ("category_trend", "maker_trend"),
    "weeks ahead": ("horizon",),
    "season": ("month_start", "month_start_at_origin", "holidays"),
}
FEATURES = tuple(name for group in GROUPS.values() for name in group)


def origin_rows(
    panel: DataFrame, promotions: DataFrame, calendar: DataFrame, *, origin: date, horizons: Sequence[int] = EVERY_HORIZON
) -> DataFrame:
    """One row per item of the panel at `origin` (a Sunday) and horizon."""
    ahead = F.explode(F.array(*[F.lit(horizon) for horizon in horizons]))
    at_origin = with_known_age(panel).where(F.col("week") == F.lit(origin - timedelta(days=6)))
    # what the horizon does not move comes before the thirteenfold; after it, the JVM compiled one huge method for half a minute
    return _with_target_features(_with_origin_features(at_origin).withColumn("horizon", ahead), promotions, calendar)


def training_rows(panel: DataFrame, promotions: DataFrame, calendar: DataFrame, *, until: date, rows: int, seed: int) -> DataFrame:
    """A seeded sample of (item, origin, horizon) whose target week ended by `until`, with `target` and `weight`; no dormant items.

    Each item-week is asked for one horizon, drawn by hash. Rows are drawn with a probability that grows with the square root
    of the level and weighted by its inverse, so that the few items that sell are not drowned by the many that don't.
    """
    known = with_known_age(panel).where(F.col("week") <= F.lit(until - timedelta(days=6)))
    awake = known.where(~is_dormant())
    drawn = F.pmod(F.xxhash64("item_id", "week", F.lit(seed)), F.lit(HORIZONS)).cast("int") + 1
    pairs = awake.withColumn("horizon", drawn)
    outcome = known.select("item_id", F.col("week").alias("target_week"), F.col("units").alias("target"))
    asked = _sampled(pairs, rows=rows, seed=seed).join(
        outcome.withColumnRenamed("target_week", "outcome_week").withColumnRenamed("item_id", "outcome_item"),
        (F.col("item_id") == F.col("outcome_item")) & (_target_week() == F.col("outcome_week")),
        "inner",
    )
    return _with_target_features(_with_origin_features(asked.drop("outcome_item", "outcome_week")), promotions, calendar)


def features_without(groups: Iterable[str]) -> tuple[str, ...]:
    """FEATURES less those of `groups`, in their order."""
    left_out = set(groups)
    if unknown := sorted(left_out - set(GROUPS)):
        raise JobError(f"There is no group of features '{unknown[0]}': without takes {', '.join(GROUPS)}.")
    if left_out == set(GROUPS):
        raise JobError("Nothing to learn from: without names every group of features. Leave one of them in.")
    return tuple(name for group, names in GROUPS.items() if group not in left_out for name in names)


def _with_origin_features(rows: DataFrame) -> DataFrame:
    """Adds `origin`, `level` and the features that no horizon moves to rows of the panel that have `known_age`."""
    return rows.withColumns({"origin": F.date_add("week", 6), "level": level()}).withColumns(_relative())


def _with_target_features(rows: DataFrame, promotions: DataFrame, calendar: DataFrame) -> DataFrame:
    """Adds `target_week` and the features of the week that is asked for to rows that have `horizon` and the origin's features."""
    dated = rows.withColumn("target_week", _target_week())
    plan = promotions.select(
        F.col("item_id").alias("plan_item"),
        F.col("week").alias("plan_week"),
        F.col("display_share").alias("plan_display"),
        F.col("mailer_share").alias("plan_mailer"),
        F.col("coupon").alias("plan_coupon"),
        F.col("known_at").alias("plan_known_at"),
    )
    same = (F.col("item_id") == F.col("plan_item")) & (F.col("target_week") == F.col("plan_week"))
    planned = dated.join(plan, same & (F.col("plan_known_at") <= F.col("origin")), "left").drop("plan_item", "plan_week")
    weeks = week_facts(calendar)
    return (
        planned.join(F.broadcast(weeks.withColumnRenamed("week", "target_week")), "target_week", "left")
        .join(F.broadcast(weeks.select("week", F.col("month_start").alias("month_start_at_origin"))), "week", "left")
        .join(F.broadcast(notice(promotions)), how="cross")
        # a week without a promotion on record is a week without one only where its plan would be known by now
        .withColumn("plan_known", F.when(F.datediff("target_week", "origin") <= F.col("notice_days"), 1.0).otherwise(0.0))
        .withColumns(_of_the_plan())
    )


def level() -> Column:
    """Units a week that the item sells by its recent history."""
    return F.lit(LEAST_LEVEL) + 0.3 * F.col("mean_4") + 0.4 * F.col("mean_13") + 0.3 * F.col("mean_26")


def with_known_age(panel: DataFrame) -> DataFrame:
    """Adds `known_age`: weeks since the first sale, OLD where that fell into the data's first weeks and so says nothing.

    In the data's own beginning all items look new: without this, trees learn there how new items go on selling, and expect
    half as much again of the truly new ones. `age_weeks` stays beside it: it says how long a history the means rest on.
    """
    begun = panel.agg(F.min("week").alias("data_begin"))
    launch = F.date_sub("week", 7 * F.col("age_weeks"))
    always_there = F.datediff(launch, "data_begin") < 7 * NEW_WEEKS
    age = F.when(always_there, OLD).otherwise(F.least("age_weeks", F.lit(OLD)))
    return panel.crossJoin(F.broadcast(begun)).withColumn("known_age", age).drop("data_begin")  # one row


def _target_week() -> Column:
    return F.date_add("week", 7 * F.col("horizon"))


def _sampled(pairs: DataFrame, *, rows: int, seed: int) -> DataFrame:
    """About `rows` of them; `weight` is the inverse of the probability to be drawn, times 1 / level for the loss."""
    chance = F.sqrt(level())
    total = pairs.agg(exact_sum(chance).alias("total_chance"))
    probability = F.least(F.lit(1.0), F.lit(float(rows)) * chance / F.col("total_chance"))
    draw = hashed_uniform("week", "item_id", F.lit(seed + 1))
    return (
        pairs.join(F.broadcast(total), how="cross")
        .withColumn("probability", probability)
        .where(draw < F.col("probability"))
        .withColumn("weight", level() / F.col("probability"))
        .drop("probability", "total_chance")
    )


def week_facts(calendar: DataFrame) -> DataFrame:
    """One row per week: does a month start in it (people are paid), and on how many of its days do customers have a holiday,

    countries weighed by what they buy: up to `as_of`, for the backtest's earlier origins too."""
    return calendar.groupBy("week").agg(
        F.max(F.when(F.dayofmonth("day") <= 3, 1.0).otherwise(0.0)).alias("month_start"),
        exact_sum(F.when(F.col("holiday").isNotNull(), F.col("share")).otherwise(0.0)).alias("holidays"),
    )


def notice(promotions: DataFrame) -> DataFrame:
    """One row: days between a plan's becoming known and its week, at the usual notice; null where nothing is ever planned."""
    return promotions.agg(F.median(F.datediff("week", "known_at")).alias("notice_days"))


def _relative() -> dict[str, Column]:
    units = {"units": "units", "lag_1": "lag_1", "lag_2": "lag_2", "lag_3": "lag_3"} | {
        f"mean_{n}": f"mean_{n}" for n in (4, 13, 26)
    }
    to_level = {f"{name}_to_level": F.coalesce(F.col(column) / F.col("level"), F.lit(UNKNOWN)) for name, column in units.items()}
    return to_level | {
        "log_level": F.log("level"),
        "sd_13_to_level": F.col("sd_13") / F.col("level"),
        "promoted_now": F.greatest("display_share", "mailer_share"),
        "category_trend": F.coalesce(F.try_divide("category_mean_4", "category_mean_13"), F.lit(1.0)),
        "maker_trend": F.coalesce(F.try_divide("maker_mean_4", "maker_mean_13"), F.lit(1.0)),
        "promotion_uplift": F.coalesce(
            F.try_divide(F.col("mean_promoted") + LEAST_LEVEL, F.col("mean_unpromoted") + LEAST_LEVEL), F.lit(UNKNOWN)
        ),
    }


def _of_the_plan() -> dict[str, Column]:
    known = F.col("plan_known") > 0
    promoted = F.greatest(F.coalesce("plan_display", F.lit(0.0)), F.coalesce("plan_mailer", F.lit(0.0))) > 0
    rate = F.when(promoted, F.col("mean_promoted")).when(known, F.col("mean_unpromoted"))
    return {
        "planned_display": _planned("plan_display", known),
        "planned_mailer": _planned("plan_mailer", known),
        "planned_coupon": F.coalesce(F.col("plan_coupon").cast("double"), F.lit(0.0)),
        "rate_under_plan": F.coalesce(rate / F.col("level"), F.lit(UNKNOWN)),
    }


def _planned(column: str, known: Column) -> Column:
    return F.coalesce(F.col(column), F.when(known, 0.0).otherwise(UNKNOWN))
