"""What has never sold and is, or will be, on the price list: when does it come, at what price, and what will be asked of it?

It is planned as every other item, by demand up to a week: none before its launch, from then on what gold.launch_forecast says. So
its first order is drafted as soon as the next one would come after the launch.
"""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.inventory.columns import COLUMNS, FORECAST_WEEKS, cumulated_demand
from shelfwise.inventory.foreseen import TOTALS, WEEK, forecast_week
from shelfwise.inventory.terms import LEAST_SOLD_SHARE
from shelfwise.measures.newsvendor import order_up_to, pays, whole_cases
from shelfwise.measures.weeks import last_sunday


def unsold(launches: DataFrame) -> DataFrame:
    """One row per item that has never sold, by the last complete week: `launch`, a Monday, `unit_price` and `announced_on`."""
    facts = {"launch": "launch", "price": "unit_price", "announced_on": "announced_on"}
    known = launches.where("cum_mean IS NOT NULL").groupBy("item_id")
    return known.agg(*[F.any_value(name).alias(alias) for name, alias in facts.items()])


def never_sold(launches: DataFrame, *, as_of: date) -> DataFrame:
    """item_id, `never_sold` (true), and `launch` of what is not on sale yet."""
    coming = F.when(F.col("launch") > F.lit(as_of), F.col("launch"))
    return unsold(launches).select("item_id", F.lit(True).alias("never_sold"), coming.alias("launch"))


def of_unsold(launches: DataFrame, *, as_of: date) -> DataFrame:
    """item_id, horizon from 1 to 13, of an announced item to the 13th week since its launch, and TOTALS."""
    ahead = (F.datediff("week", F.lit(last_sunday(as_of))) / 7).cast("int") + 1  # weeks begin on Mondays
    week = F.struct(ahead.alias("horizon"), *TOTALS)
    known = launches.where("cum_mean IS NOT NULL").groupBy("item_id").agg(F.array_sort(F.collect_list(week)).alias("known"))
    last = F.greatest(F.element_at("known", -1)["horizon"], F.lit(FORECAST_WEEKS))
    weeks = known.select("item_id", "known", F.explode(F.sequence(F.lit(1), last)).alias("horizon"))
    up_to = F.filter("known", lambda one: one["horizon"] <= F.col("horizon"))
    # nothing before the launch; after the last week that is foreseen no more than up to there
    told = weeks.withColumn("told", F.get(up_to, F.size(up_to) - 1))
    return told.select("item_id", "horizon", *[F.coalesce(F.col(f"told.{name}"), F.lit(0.0)).alias(name) for name in TOTALS])


def with_unsold(forecast: DataFrame, launches: DataFrame, *, as_of: date) -> DataFrame:
    """item_id, horizon and TOTALS of both."""
    own = forecast.select("item_id", *WEEK)
    return own.unionByName(of_unsold(launches, as_of=as_of).join(own.select("item_id"), "item_id", "left_anti"))


def with_list_prices(profiles: DataFrame, launches: DataFrame) -> DataFrame:
    """item_id, `unit_price` and `last_sold_on` of both: what has never sold is sold at its list price."""
    never = unsold(launches).join(profiles.select("item_id"), "item_id", "left_anti")
    priced = never.select("item_id", "unit_price", F.lit(None).cast("date").alias("last_sold_on"))
    return profiles.select("item_id", "unit_price", "last_sold_on").unionByName(priced)


def half_sells(weeks: Column) -> Column:
    """Units beyond which less than half of each would sell in all `weeks` that are foreseen: the median of their demand."""
    level: Column = order_up_to(cumulated_demand(F.array_max(weeks)), F.lit(LEAST_SOLD_SHARE), COLUMNS)
    return level


def ordered_before(as_of: date) -> Column:
    """Units that the plans up to a review before would have ordered: about what a replay of the policy over no sales comes to.

    Of an item before its launch for demand over the lead time, of one that waits for its first sale for that of the review as well,
    and none of what was not announced by then. Of columns of terms, of `unsold`, and `weeks`, those of of_unsold in an array.
    """
    known = F.col("announced_on") <= F.date_sub(F.lit(as_of), 7 * F.col("review_weeks"))
    sees = F.when(F.col("launch") > F.lit(as_of), F.col("lead_weeks")).otherwise(F.col("lead_weeks") + F.col("review_weeks"))
    week = forecast_week(F.least(sees, F.lit(FORECAST_WEEKS)))
    level = F.least(order_up_to(cumulated_demand(week), F.col("critical_ratio"), COLUMNS), half_sells(F.col("weeks")))
    bought = (F.col("case_pack").cast("double"), F.col("minimum_units").cast("double"), COLUMNS)
    units, smallest = whole_cases(level, *bought), whole_cases(F.lit(1.0), *bought)
    # what the smallest order does not earn none did
    pays_at_all = pays(cumulated_demand(F.array_max("weeks")), F.lit(0.0), smallest, F.lit(LEAST_SOLD_SHARE), COLUMNS)
    return F.when(known & pays_at_all, units).otherwise(0.0).cast("long")
