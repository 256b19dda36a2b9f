"""What is the chance of a default where no scorecard tells, and what is lost in one?

Beta-binomial: D of M months of parties ended in a default, and the assumed chance h for a month counts for m of them: (D + m h) /
(M + m) (Gelman et al., *Bayesian Data Analysis*, ch. 2). So too the loss: the mean over n settled defaults, party by party, and the
assumed one for so many more. Of an invoice that is d days past due: the share of those, unpaid so long, that were not paid within
90 days; it begins with half a case that was not and as many others as make it (d / 90)^2, so that it rises with d.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.credit import KEY, PARTY_KINDS
from shelfwise.core.errors import JobError
from shelfwise.measures.exact import fine_mean
from shelfwise.risk.credit.standing import days_late

MONTHS = 12
CHANCES = dict(zip(PARTY_KINDS, ("supplier_failure_per_year", "customer_failure_per_year"), strict=True))
LOSSES = dict(zip(PARTY_KINDS, ("advance_loss_share", "receivable_loss_share"), strict=True))
HALF = 0.5


def priors_of(assumptions: DataFrame, names: dict[str, str] = CHANCES) -> dict[str, float]:
    """What is assumed everywhere, by kind of party. On the driver: two numbers."""
    rows = assumptions.where((F.col("scope") == "*") & F.col("name").isin(*names.values())).select("name", "value").collect()
    told = {row["name"]: row["value"] for row in rows}
    if missing := sorted(set(names.values()) - set(told)):
        raise JobError(f"silver.assumptions has no row of scope '*' for {missing[0]}: add one to the assumptions file.")
    return {kind: told[name] for kind, name in names.items()}


def monthly(yearly: float) -> float:
    return float(1 - (1 - yearly) ** (1 / MONTHS))


def yearly(monthly: Column) -> Column:
    return 1 - (1 - monthly) ** MONTHS


def by_kind(values: dict[str, float]) -> Column:
    return F.element_at(F.create_map(*[F.lit(part) for pair in values.items() for part in pair]), F.col("kind"))


def drawn_chances(panel: DataFrame, priors: dict[str, float], prior_years: float) -> DataFrame:
    """One row per kind that was seen: months at risk, defaults, and the year's chance."""
    seen = panel.groupBy("kind").agg(F.count(F.lit(1)).alias("months"), F.count_if("stopped").alias("defaults"))
    weight = F.lit(prior_years * MONTHS)
    chance = (F.col("defaults") + weight * by_kind({kind: monthly(one) for kind, one in priors.items()})) / (
        F.col("months") + weight
    )
    return seen.select("kind", "months", "defaults", yearly(chance).alias("drawn"))


def losses_given_default(known: DataFrame, stops: DataFrame, priors: dict[str, float], prior_workouts: float) -> DataFrame:
    """One row per kind with a settled default: `workouts`, parties of which one is, and the loss."""
    settled = known.join(stops, [*KEY], "inner").where(F.col("recovered_on").isNotNull() & (F.col("due_on") >= F.col("stopped_on")))
    owed = settled.groupBy(*KEY).agg(F.sum("amount").alias("owed"), F.sum("recovered").alias("recovered"))
    lost = F.greatest(F.lit(0.0), F.least(F.lit(1.0), 1 - F.col("recovered").cast("double") / F.col("owed").cast("double")))
    of_kind = owed.groupBy("kind").agg(F.count(F.lit(1)).alias("workouts"), fine_mean(lost).alias("mean_loss"))
    weight = F.lit(prior_workouts)
    drawn = (F.col("workouts") * F.col("mean_loss") + weight * by_kind(priors)) / (F.col("workouts") + weight)
    return of_kind.select("kind", "workouts", drawn.alias("drawn_loss"))


def stop_counts(known: DataFrame, stops: DataFrame, seen_on: Column, days: int) -> DataFrame:
    """One row per kind and day past due, 1 to `days`, that an invoice has seen: `reached` it unpaid, and `gone` beyond `days`.

    Of invoices up to a party's first that went, and due long enough ago to know.
    """
    told = known.join(stops, [*KEY], "left").where(F.coalesce(F.col("due_on") <= F.col("stopped_on"), F.lit(True)))
    whole = told.where(F.date_diff(seen_on, F.col("due_on")) > days)
    late = whole.select("kind", F.least(days_late(seen_on), F.lit(days + 1)).alias("late")).where(F.col("late") > 1)
    counts = late.groupBy("kind", "late").agg(F.count(F.lit(1)).alias("invoices"))
    open_on = counts.withColumn("days_past_due", F.explode(F.sequence(F.lit(1), F.col("late") - 1)))
    gone = F.sum(F.when(F.col("late") > days, F.col("invoices")).otherwise(0))
    return open_on.groupBy("kind", "days_past_due").agg(gone.alias("gone"), F.sum("invoices").alias("reached"))


def stopped_chance(days: int) -> Column:
    """By stop_counts and the days past due d; (d / days)^2 where none was ever so late."""
    nothing_known = F.pow(days / F.greatest(F.col("days_past_due"), F.lit(1)), 2)
    share = (F.coalesce("gone", F.lit(0)) + HALF) / (F.coalesce("reached", F.lit(0)) + HALF * nothing_known)
    return F.when(F.col("days_past_due") > days, 1.0).when(F.col("days_past_due") > 0, share).otherwise(0.0)
