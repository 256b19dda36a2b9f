"""Where did the shop's own data fail it, and how much revenue does that touch?

Refused rows are priced as if they were like the others: of sales lines by the mean revenue of a line, of other tables by the share
of the rows of their landing that was refused, of the revenue of the weeks until such a thing is found. A place with at least
`least_baskets` on a weekday (median) that sold nothing on one that is no holiday has lost a day's file rather than its customers:
with 15 baskets expected a day without any has a chance of e^-15. Lines would not do: they come by the basket. A place without a
sale for longer than such things take to be found is closed.
"""

from datetime import date, timedelta

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.contracts.gold.controls import RISK_INCIDENTS
from shelfwise.core.job import Params
from shelfwise.measures.assumed import assume_everywhere
from shelfwise.measures.exact import exact_sum

SALES, SHARE = "silver.sales_lines", "incident_loss_share"


class IncidentParams(Params):
    look_back_days: int = 364
    least_baskets: float = 15.0  # on the weekday, median: fewer may be none by chance
    found_after_days: int = 28  # until refused rows are noticed and mended


def price_incidents(
    ledger: DataFrame,
    sales: DataFrame,
    locations: DataFrame,
    calendar: DataFrame,
    assumptions: DataFrame,
    *,
    params: IncidentParams,
    as_of: date,
) -> DataFrame:
    """One row per landing of a table with refused rows, and per run of days on which a place sold nothing."""
    sold = sales.where((F.col("kind") == "sale") & (F.col("sold_on") > F.lit(as_of - timedelta(days=params.look_back_days))))
    daily = sold.groupBy("location_id", "sold_on").agg(
        F.count(F.lit(1)).alias("lines"),
        F.count_distinct("basket_id").alias("baskets"),
        F.sum("revenue").cast("double").alias("revenue"),
    )
    found = _refused(ledger, daily, params, as_of).unionByName(_silent(daily, locations, calendar, params, as_of))
    lost = F.col("touched_revenue") * F.col(SHARE)
    priced = assume_everywhere(found, assumptions, SHARE).withColumns(
        {"as_of": F.lit(as_of), "expected_loss": lost, "assumed": F.array(F.lit(SHARE))}
    )
    return priced.withColumn("reason", _reason()).select(*RISK_INCIDENTS.columns)


def _refused(ledger: DataFrame, daily: DataFrame, params: IncidentParams, as_of: date) -> DataFrame:
    lately = F.col("sold_on") > F.lit(as_of - timedelta(days=params.found_after_days))
    usual = daily.agg(  # one row
        (exact_sum(F.col("revenue")) / F.sum("lines")).alias("of_line"),
        F.coalesce(exact_sum(F.when(lately, F.col("revenue"))), F.lit(0.0)).alias("of_weeks"),
    )
    share = F.col("quarantined") / F.col("read")
    of_lines = F.col("quarantined") * F.coalesce("of_line", F.lit(0.0))
    revenue = F.when(F.col("table") == SALES, of_lines).otherwise(share * F.col("of_weeks"))
    latest = ledger.agg(F.max("admitted_at").alias("latest"))  # one row
    recent = F.col("admitted_at") > F.col("latest") - F.make_dt_interval(days=F.lit(params.found_after_days))
    landed = ledger.crossJoin(F.broadcast(latest)).where(recent & (F.col("quarantined") > 0))
    return landed.crossJoin(F.broadcast(usual)).select(
        F.lit("refused").alias("incident"),
        F.format_string("%s, landing %d", "table", "batch").alias("name"),
        F.lit(None).cast("date").alias("began_on"),
        F.lit(params.found_after_days).alias("days"),
        F.col("quarantined").alias("rows"),
        share.alias("share"),
        F.greatest(revenue, F.lit(0.0)).alias("touched_revenue"),
    )


def _silent(daily: DataFrame, locations: DataFrame, calendar: DataFrame, params: IncidentParams, as_of: date) -> DataFrame:
    """Runs of days without a sale, between a place's first sale and `as_of`, that are no holidays there."""
    lives = daily.groupBy("location_id").agg(F.min("sold_on").alias("first"))
    days = lives.select("location_id", F.explode(F.sequence("first", F.lit(as_of))).alias("sold_on"))
    free = calendar.where("holiday IS NOT NULL").select("country", F.col("day").alias("sold_on"), F.lit(True).alias("free"))
    weekday = F.weekday("sold_on").alias("weekday")
    told = days.join(daily, ["location_id", "sold_on"], "left").fillna(0, ["baskets", "revenue"]).select("*", weekday)
    usual = told.groupBy("location_id", "weekday").agg(
        F.median("baskets").alias("usual_baskets"), F.median("revenue").alias("usual_revenue")
    )
    silent = (
        told.where("baskets = 0")
        .join(usual.where(F.col("usual_baskets") >= params.least_baskets), ["location_id", "weekday"], "inner")
        .join(F.broadcast(locations.select("location_id", "country")), "location_id", "left")
        .join(F.broadcast(free), ["country", "sold_on"], "left")
        .where("free IS NULL")
    )
    turn = F.row_number().over(Window.partitionBy("location_id").orderBy("sold_on"))
    runs = silent.withColumn("run", F.date_sub("sold_on", turn)).groupBy("location_id", "run")
    gaps = runs.agg(
        F.min("sold_on").alias("began_on"),
        F.count(F.lit(1)).cast("int").alias("days"),
        exact_sum(F.col("usual_revenue")).alias("revenue"),
    )
    # what stays shut for longer is closed, and no gap
    return gaps.where(F.col("days") <= params.found_after_days).select(
        F.lit("no_sales").alias("incident"),
        F.format_string("location %s, from %s", "location_id", F.col("began_on").cast("string")).alias("name"),
        "began_on",
        "days",
        F.lit(0).cast("long").alias("rows"),
        F.lit(1.0).alias("share"),
        F.greatest("revenue", F.lit(0.0)).alias("touched_revenue"),
    )


def _reason() -> Column:
    rows = F.format_string("%s: %d rows (%.1f %% of what was read) were refused;", "name", "rows", 100 * F.col("share"))
    day = F.when(F.col("days") == 1, "day that is no holiday").otherwise("days that are no holidays")
    days = F.format_string("%s: nothing sold on %d %s;", "name", "days", day)
    said = F.when(F.col("incident") == "refused", rows).otherwise(days)
    return F.concat(
        said, F.format_string(" they touch %.2f of revenue, of which %.2f may be lost.", "touched_revenue", "expected_loss")
    )
