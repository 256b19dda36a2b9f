"""How has each party paid, as far as a day knows?

Of an invoice a day knows what happened by its evening: it was issued, it fell due, it was paid or settled. An invoice is so many
days late so far: until it was paid, else until that day. What is more than 90 days late is in default (Basel II, 2006, par. 452),
and the party stopped paying on the day on which the first such invoice was due: known 91 days later, and only then.
"""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.credit import KEY
from shelfwise.measures.exact import exact_sum

SEEN = [*KEY, "seen_on"]
# 1: larger values are riskier; -1: smaller ones; 0: the data may say
ATTRIBUTES = {"years_known": -1, "monthly_turnover": 0, "past_due_share": 1, "employees": 0}
BEHAVIOUR = {"mean_days_late": 1, "late_share": 1, "worst_days_late": 1, "months_known": 0, "turnover_trend": 0}
BEGINNING = 3  # months of the records in which who is billed may have been billed before
LATELY, USUAL = 3, 12  # months of turnover that are compared


def as_known(invoices: DataFrame, as_of: date) -> DataFrame:
    """Without what comes later: invoices that are issued, and payments and settlements that are made, after `as_of`."""
    past = {name: F.when(F.col(name) <= F.lit(as_of), F.col(name)).alias(name) for name in ("paid_on", "recovered_on")}
    recovered = F.when(F.col("recovered_on") <= F.lit(as_of), F.col("recovered")).alias("recovered")
    kept = ("number", "issued_on", "due_on", "amount")
    return invoices.where(F.col("issued_on") <= F.lit(as_of)).select(*KEY, *kept, past["paid_on"], recovered, past["recovered_on"])


def days_late(seen_on: Column) -> Column:
    """So far, of an invoice as known; 0 and below: not late."""
    return F.date_diff(F.least(F.coalesce("paid_on", seen_on), seen_on), F.col("due_on"))


def stops(known: DataFrame, as_of: date, days: int) -> DataFrame:
    """One row per party of which an invoice was ever more than so many days late: `stopped_on`, when the first of them was due."""
    missed = known.where(days_late(F.lit(as_of)) > days)
    return missed.groupBy(*KEY).agg(F.min("due_on").alias("stopped_on"))


def behaviour(known: DataFrame, seen: Column, look_back_months: int, grace_days: int) -> DataFrame:
    """One row per party and day of `seen` (an array of days, by invoice) from which an invoice of the last months is known."""
    each = known.withColumn("seen_on", F.explode(seen)).where(
        (F.col("issued_on") <= F.col("seen_on")) & (F.col("issued_on") > F.add_months("seen_on", -look_back_months))
    )
    late = F.greatest(days_late(F.col("seen_on")), F.lit(0))
    due = (F.col("paid_on") <= F.col("seen_on")) | (F.col("due_on") < F.col("seen_on"))
    amount = F.col("amount").cast("double")
    told = each.withColumns({"late": F.when(due, late), "month": F.floor(F.months_between("seen_on", "issued_on"))})
    sums = told.groupBy(*SEEN).agg(
        F.count("late").alias("invoices"),
        F.try_divide(F.sum("late"), F.count("late")).alias("mean_days_late"),
        F.try_divide(F.count_if(F.col("late") > grace_days), F.count("late")).alias("late_share"),
        F.max("late").cast("double").alias("worst_days_late"),
        exact_sum(F.when(F.col("month") < LATELY, amount).otherwise(0.0)).alias("lately"),
        exact_sum(F.when(F.col("month") < USUAL, amount).otherwise(0.0)).alias("usual"),
        F.max("month").alias("oldest"),
    )
    spans = F.least(F.col("oldest") + 1, F.lit(USUAL)) / LATELY
    trend = F.when(F.col("oldest") >= 2 * LATELY - 1, F.try_divide(F.col("lately") * spans, "usual"))
    return sums.select(*SEEN, "invoices", "mean_days_late", "late_share", "worst_days_late", trend.alias("turnover_trend"))


def with_features(seen: DataFrame, known: DataFrame, behaved: DataFrame, parties: DataFrame) -> DataFrame:
    """`seen` (party and day) and, as numbers, all that may tell of it; null where nothing is known.

    Who was billed when the records of its kind began may have been known for long: how many months is not known.
    """
    first = known.groupBy(*KEY).agg(F.min("issued_on").alias("first_on"))
    begin = first.groupBy("kind").agg(F.add_months(F.min("first_on"), BEGINNING).alias("begun_on"))  # two rows
    months = F.floor(F.months_between("seen_on", "first_on")).cast("double")
    joined = (F.col("first_on") > F.col("begun_on")) & (months >= 0)
    told = (
        seen.join(behaved, SEEN, "left")
        .join(first.join(F.broadcast(begin), "kind", "inner"), [*KEY], "left")
        .join(parties.select(*KEY, *ATTRIBUTES), [*KEY], "left")
        .withColumn("months_known", F.when(joined, months))
    )
    return told.select(*seen.columns, "invoices", *[F.col(name).cast("double").alias(name) for name in features()])


def features(of_both: bool = False) -> dict[str, int]:
    """By name, which way each points; `of_both`: and which kind a party is of."""
    kinds = {"is_supplier": 0} if of_both else {}
    return ATTRIBUTES | BEHAVIOUR | kinds


def month_starts(since: Column, until: Column) -> Column:
    """Evenings before the months begin, as an array: from that of `since` to that of `until`; empty where there is none."""
    first = F.trunc(since, "month")
    begins = F.sequence(first, F.greatest(first, F.trunc(until, "month")), F.expr("INTERVAL 1 MONTH"))
    return F.transform(F.filter(begins, lambda day: day <= until), lambda day: F.date_sub(day, 1))
