"""The rows that a demand model learns from and is asked about: an item at the end of one week, and a week ahead of it.

Direct forecasting: one row asks for the units of one week, `horizon` weeks after the origin, so that nothing that is
forecast becomes an input. All features are what was known at the origin: the panel's row of that week, the calendar,
and those promotions of the target week whose plan was known by then. Units enter relative to the item's own `level`, so
that one model serves items that sell one a month and a hundred a week.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.demand.inputs import EVERY_HORIZON, FAR_DAYS, HORIZONS, LEAST_LEVEL, OLD, UNKNOWN
from shelfwise.demand.plans import by_item, with_plans
from shelfwise.demand.segments import NEW_WEEKS, is_dormant
from shelfwise.measures.draws import hashed_uniform
from shelfwise.measures.exact import exact_sum
from shelfwise.measures.sold import recent_level
from shelfwise.measures.versions import plans_known_by

# what the panel says of each of the next 13 weeks, and what is said where it says nothing
FORETOLD = {
    "outside_then": ("outside_ahead", 1.0),
    "category_season": ("category_season_ahead", UNKNOWN),
    "own_season": ("season_ahead", UNKNOWN),
}


def origin_rows(
    panel: DataFrame, promotions: DataFrame, calendar: DataFrame, *, origin: date, horizons: Sequence[int] = EVERY_HORIZON
) -> DataFrame:
    """One row per item of the panel at `origin` (a Sunday) and horizon."""
    promotions = plans_known_by(promotions, origin)
    ahead = F.explode(F.array(*[F.lit(horizon) for horizon in horizons]))
    at_origin = with_known_age(panel).where(F.col("week") == F.lit(origin - timedelta(days=6)))
    # what the horizon does not move comes before the thirteenfold; after it, the JVM compiled one huge method for half a minute
    return _with_target_features(_with_origin_features(at_origin, promotions).withColumn("horizon", ahead), promotions, calendar)


def training_rows(panel: DataFrame, promotions: DataFrame, calendar: DataFrame, *, until: date, rows: int, seed: int) -> DataFrame:
    """A seeded sample of (item, origin, horizon) whose target week ended by `until`, with `target` and `weight`; no dormant items.

    Each item-week is asked for one horizon, drawn by hash. Rows are drawn with a probability that grows with the square root
    of the level and weighted by its inverse, so that the few items that sell are not drowned by the many that don't.
    """
    promotions = plans_known_by(promotions, until)
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
    return _with_target_features(
        _with_origin_features(asked.drop("outcome_item", "outcome_week"), promotions), promotions, calendar
    )


def _with_origin_features(rows: DataFrame, promotions: DataFrame) -> DataFrame:
    """Adds `origin`, `level`, the item's `plans` and what no horizon moves to rows of the panel that have `known_age`."""
    told = rows.withColumns({"origin": F.date_add("week", 6), "level": level()}).withColumns(_relative())
    return told.join(by_item(promotions), "item_id", "left")


def _with_target_features(rows: DataFrame, promotions: DataFrame, calendar: DataFrame) -> DataFrame:
    """Adds `target_week` and the features of the week that is asked for to rows that have `horizon` and the origin's features."""
    weeks = week_facts(calendar)
    then = {name: F.coalesce(F.element_at(ahead, F.col("horizon")), F.lit(unknown)) for name, (ahead, unknown) in FORETOLD.items()}
    told = rows.withColumns({"target_week": _target_week(), **then}).drop(*[ahead for ahead, _ in FORETOLD.values()])
    planned = with_plans(told, promotions)
    return planned.join(F.broadcast(weeks.withColumnRenamed("week", "target_week")), "target_week", "left").join(
        F.broadcast(weeks.select("week", F.col("month_start").alias("month_start_at_origin"))), "week", "left"
    )


def level() -> Column:
    """Units a week that the item sells by its recent history."""
    return F.lit(LEAST_LEVEL) + recent_level("mean_4", "mean_13", "mean_26")


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
    """One row per week: does a month start in it (people are paid), on how many of its days, and of the week before's, do customers

    have a holiday, and how many days after its Monday is the next one? Countries are weighed by what they
    had bought 14 weeks before."""
    wait = F.col("share") * F.least("days_to_holiday", F.lit(FAR_DAYS))
    facts = calendar.groupBy("week").agg(
        F.max(F.when(F.dayofmonth("day") <= 3, 1.0).otherwise(0.0)).alias("month_start"),
        exact_sum(F.when(F.col("holiday").isNotNull(), F.col("share")).otherwise(0.0)).alias("holidays"),
        exact_sum(F.when(F.col("weekday") == 1, wait).otherwise(0.0)).alias("days_to_holiday"),
    )
    before = facts.select(F.date_add("week", 7).alias("week"), F.col("holidays").alias("holidays_before"))
    return facts.join(before, "week", "left").fillna(0.0, ["holidays_before"])


def _relative() -> dict[str, Column]:
    units = {"units": "units", "lag_1": "lag_1", "lag_2": "lag_2", "lag_3": "lag_3"} | {
        f"mean_{n}": f"mean_{n}" for n in (4, 13, 26)
    }
    to_level = {f"{name}_to_level": F.coalesce(F.col(column) / F.col("level"), F.lit(UNKNOWN)) for name, column in units.items()}
    return to_level | {
        "log_level": F.log("level"),
        "sd_13_to_level": F.col("sd_13") / F.col("level"),
        "promoted_now": F.greatest("display_share", "mailer_share"),
        "size_cv2": size_cv2(),
        "weeks_since_promotion": F.coalesce("weeks_since_promotion", F.lit(OLD)),
        **{
            f"{level}_trend": F.coalesce(F.try_divide(f"{level}_mean_4", f"{level}_mean_13"), F.lit(1.0))
            for level in ("category", "maker", "department", "shop")
        },
        "outside_trend": F.coalesce("outside_trend", F.lit(1.0)),
        "promotion_uplift": F.coalesce(
            F.try_divide(F.col("mean_promoted") + LEAST_LEVEL, F.col("mean_unpromoted") + LEAST_LEVEL), F.lit(UNKNOWN)
        ),
    }


def size_cv2() -> Column:
    """Squared coefficient of variation of the units of the last 13 weeks that sold any; UNKNOWN under two of them.

    With the mean interval between them, ADI, it classes demand as smooth, erratic, intermittent or lumpy (Syntetos, Boylan &
    Croston 2005, JORS 56); ADI is 1 / selling_share_13, and so no other feature to a tree.
    """
    weeks = F.least(F.col("age_weeks") + 1, F.lit(13))
    units, selling = F.col("mean_13") * weeks, F.rint(F.col("selling_share_13") * weeks)
    squares = F.col("sd_13") * F.col("sd_13") * (weeks - 1) + units * units / weeks
    # rounded: equal sizes make a zero, which is not exact
    return F.when(selling >= 2, F.abs(F.round(squares * selling / (units * units) - 1, 6))).otherwise(UNKNOWN)
