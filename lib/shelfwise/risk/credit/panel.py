"""In which months did which parties stop paying, and what was known of them before?

A discrete-time hazard (Shumway 2001, *Journal of Business* 74; Allison 1982): each month of each party that had not stopped
before, from its first month with an invoice due to its last, is one observation. So a party that is known for half a year counts
for it, one that has not stopped yet is censored and no lie, and a year of invoices is enough. Of a chance h for a month, the
year's is 1 - (1 - h)^12. Months whose last day lies less than 91 days back are not judged: who stopped in them is not known yet.
"""

from datetime import date, timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.credit import KEY
from shelfwise.core.job import Params
from shelfwise.risk.credit.standing import SEEN, as_known, behaviour, features, month_starts, stops, with_features

FOLDS = 5


class PanelParams(Params):
    default_days: int = 90  # past due, more than so many: Basel's definition
    look_back_months: int = 24  # of payments that tell of a party
    grace_days: int = 7  # an invoice paid within them is not called late
    least_defaults: int = 20  # parties that stopped: below it a kind has no scorecard of its own
    bins: int = 20  # of about equal numbers, before they are merged


def payment_panel(parties: DataFrame, invoices: DataFrame, params: PanelParams, as_of: date) -> DataFrame:
    """One row per party and judged month: `seen_on` (the evening before it), `stopped`, `fold` (of the party), and its features."""
    known = as_known(invoices, as_of)
    last = judged_until(params, as_of)
    months = observed_months(known, params, as_of)
    # an invoice tells of the months after its issue
    later = month_starts(F.add_months("issued_on", 1), F.least(F.add_months("issued_on", params.look_back_months), F.lit(last)))
    behaved = behaviour(known.where(F.col("issued_on") <= F.lit(last)), later, params.look_back_months, params.grace_days)
    told = with_features(months, known, behaved, parties)
    is_supplier = (F.col("kind") == "supplier").cast("double").alias("is_supplier")
    fold = F.pmod(F.xxhash64(*KEY), F.lit(FOLDS)).cast("int").alias("fold")
    return told.select(*SEEN, "stopped", fold, *features(), is_supplier)


def observed_months(known: DataFrame, params: PanelParams, as_of: date) -> DataFrame:
    """One row per party and judged month in which it was billed, or before and after it was: until it stopped."""
    last = F.lit(judged_until(params, as_of))
    due = known.where(F.col("due_on") <= last).groupBy(*KEY).agg(F.min("due_on").alias("since"), F.max("due_on").alias("until"))
    ended = due.join(stops(known, as_of, params.default_days), [*KEY], "left")
    until = F.least(F.coalesce("stopped_on", "until"), "until")
    months = ended.withColumn("seen_on", F.explode(month_starts(F.col("since"), until)))
    return months.select(*SEEN, F.coalesce(_within_month("stopped_on"), F.lit(False)).alias("stopped"))


def judged_until(params: PanelParams, as_of: date) -> date:
    """The last day of the last month of which it is known who stopped paying in it."""
    known = as_of - timedelta(days=params.default_days + 1)
    following = known + timedelta(days=1)
    return known if following.day == 1 else known.replace(day=1) - timedelta(days=1)


def _within_month(day: str) -> Column:
    return F.trunc(day, "month") == F.date_add("seen_on", 1)
