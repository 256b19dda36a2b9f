"""Why is a party thought to default so often? One sentence with the numbers that decide it."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from shelfwise.risk.credit.standing import features

# what a feature's value says, and how it is written
WORDS = {
    "years_known": ("known for %.1f years", 1.0),
    "monthly_turnover": ("billed %.0f a month", 1.0),
    "past_due_share": ("%.1f %% of what it owes elsewhere paid late", 100.0),
    "employees": ("%.0f employees", 1.0),
    "mean_days_late": ("paid %.1f days late on the average", 1.0),
    "late_share": ("%.0f %% of its invoices late by more than a week", 100.0),
    "worst_days_late": ("once %.0f days late", 1.0),
    "months_known": ("billed for %.0f months", 1.0),
    "turnover_trend": ("billed %.2f times its usual month lately", 1.0),
    "is_supplier": ("of its kind", 1.0),
}


def reason() -> Column:
    """Of columns of gold.credit_risk, features, `against`, and the kind's `months` and `defaults`."""
    owes = F.when(
        F.col("days_past_due") > 0,
        F.format_string("%.2f open, %.2f of it past due, for %d days: ", "open_amount", "overdue_amount", "days_past_due"),
    ).otherwise(F.format_string("%.2f open, nothing past due: ", "open_amount"))
    by_card = F.format_string(
        "%.1f %% within a year by the scorecard (%d points), most against it: %s",
        F.col("pd_12m") * 100,
        F.coalesce("score", F.lit(0)),
        F.coalesce(_said("against"), F.lit("nothing")),
    )
    by_prior = F.format_string(
        "%.1f %% within a year; no scorecard: the assumed chance, drawn to what its kind showed, %d in default in %.1f years",
        F.col("pd_12m") * 100,
        F.coalesce("defaults", F.lit(0)),
        F.coalesce("months", F.lit(0)) / 12,
    )
    chance = (
        F.when(F.col("basis") == "default", F.lit("in default")).when(F.col("basis") == "scorecard", by_card).otherwise(by_prior)
    )
    loss = F.format_string("%.0f %% of what it owes then would be lost", F.col("lgd") * 100)
    return F.concat(_paid(), owes, chance, F.lit("; "), loss, F.lit("."))


def _paid() -> Column:
    told = F.format_string("%d invoices, %.1f days late on the average. ", "invoices", "mean_days_late")
    return F.when(F.col("mean_days_late").isNotNull(), told).otherwise(F.lit("No invoice was due yet. "))


def _said(feature: str) -> Column:
    known = [
        (name, F.format_string(words, F.col(name) * scale)) for name, (words, scale) in WORDS.items() if name in features(True)
    ]
    missing = F.concat(F.lit("no "), F.replace(F.col(feature), F.lit("_"), F.lit(" ")), F.lit(" is known"))
    told = F.lit(None).cast("string")
    for name, text in known:
        told = F.when((F.col(feature) == name) & F.col(name).isNotNull(), text).otherwise(told)
    return F.when(F.col(feature).isNotNull(), F.coalesce(told, missing))
