"""How likely is it that a party defaults within twelve months, and what would be lost?

    PD = s + (1 - s) (1 - (1 - h)^12)          EL = PD x LGD x EAD

h is the chance that it stops paying within a month: by its kind's scorecard, else by the one of both kinds, else the assumed chance
drawn to what was seen, flagged. s is the chance that it has stopped already, by the days that its oldest open invoice (neither paid
nor settled) is past due (risk.credit.prior); 1 beyond 90, and until it pays again something that fell due later. EAD is what a
customer owes. (Basel II, 2006, pars. 211, 452.)
"""

from datetime import date
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.credit import KEY
from shelfwise.contracts.gold.credit_risk import BOTH, CREDIT_RISK
from shelfwise.core.kept import keep
from shelfwise.risk.credit.card import Card, by_bin, cards_of, logit_of, points_of
from shelfwise.risk.credit.panel import PanelParams, observed_months
from shelfwise.risk.credit.prior import (
    LOSSES,
    by_kind,
    drawn_chances,
    losses_given_default,
    priors_of,
    stop_counts,
    stopped_chance,
    yearly,
)
from shelfwise.risk.credit.reasons import reason
from shelfwise.risk.credit.standing import as_known, behaviour, days_late, stops, with_features

MONTH = 30  # days of a bucket


class ScoreParams(PanelParams):
    prior_years: float = 100.0  # of a party, for which the assumed chance of default counts
    prior_workouts: float = 20.0  # settled defaults, for which the assumed loss counts


def score_parties(
    parties: DataFrame,
    invoices: DataFrame,
    scorecard: DataFrame,
    assumptions: DataFrame,
    *,
    params: ScoreParams,
    as_of: date,
) -> DataFrame:
    """One row per party that is known, or was billed."""
    known = keep(as_known(invoices, as_of))
    chances, losses = priors_of(assumptions), priors_of(assumptions, LOSSES)
    described = _described(parties, known, params, as_of).join(_owed(known, as_of), [*KEY], "left")
    standing = described.join(_failed(known, params.default_days, as_of), [*KEY], "left").fillna(False, ["failed"])
    whole = standing.fillna(0, ["days_past_due", "open_amount", "overdue_amount", "invoices"])
    told = _beside_its_kind(whole, known, chances, losses, params, as_of).withColumns(
        {
            "drawn": F.coalesce("drawn", by_kind(chances)),
            "lgd": F.coalesce("drawn_loss", by_kind(losses)),
            "stopped_chance": stopped_chance(params.default_days),
        }
        | _by_cards(cards_of(scorecard))
    )
    return _judged(told, params).select(F.lit(as_of).alias("as_of"), *CREDIT_RISK.columns[1:])


def _described(parties: DataFrame, known: DataFrame, params: ScoreParams, as_of: date) -> DataFrame:
    """All that a scorecard asks of each party, as of the day."""
    today, is_supplier = F.lit(as_of), (F.col("kind") == "supplier").cast("double")
    everyone = parties.select(*KEY).unionByName(known.select(*KEY)).distinct().withColumn("seen_on", today)
    behaved = behaviour(known, F.array(today), params.look_back_months, params.grace_days)
    return with_features(everyone, known, behaved, parties).withColumn("is_supplier", is_supplier)


def _beside_its_kind(
    rows: DataFrame, known: DataFrame, chances: dict[str, float], losses: dict[str, float], params: ScoreParams, as_of: date
) -> DataFrame:
    """And what was seen of others: a few rows by kind, at most 90 by kind and day."""
    stopped = stops(known, as_of, params.default_days)
    rolls = stop_counts(known, stopped, F.lit(as_of), params.default_days)
    drawn = drawn_chances(observed_months(known, params, as_of), chances, params.prior_years)
    lost = losses_given_default(known, stopped, losses, params.prior_workouts)
    return (
        rows.join(F.broadcast(rolls), ["kind", "days_past_due"], "left")
        .join(F.broadcast(drawn), "kind", "left")
        .join(F.broadcast(lost), "kind", "left")
    )


def _judged(told: DataFrame, params: ScoreParams) -> DataFrame:
    in_default = (F.col("days_past_due") > params.default_days) | F.col("failed")
    by_card = F.col("carded").isNotNull()
    basis = F.when(in_default, "default").when(by_card, "scorecard").otherwise("prior")
    fails = F.coalesce("carded", "drawn")
    pd = F.when(in_default, 1.0).otherwise(F.col("stopped_chance") + (1 - F.col("stopped_chance")) * fails)
    few = F.coalesce("workouts", F.lit(0)) < params.prior_workouts
    flags = F.array(F.when(basis == "prior", "pd"), F.when(few, "lgd"))
    named = told.withColumns({"basis": basis, "pd_12m": pd, "assumed": F.array_compact(flags), "bucket": _bucket()})
    ead = F.when(F.col("kind") == "customer", F.col("open_amount"))
    whole = named.withColumns({"ead": ead, "expected_loss": F.col("pd_12m") * F.col("lgd") * ead})
    scored = whole.withColumn("score", F.when(F.col("basis") == "scorecard", F.col("score")))
    return scored.withColumn("reason", reason())


def _failed(known: DataFrame, days: int, as_of: date) -> DataFrame:
    """One row per party: whether it ever stopped, and has paid none of what fell due since. A settlement is no payment."""
    missed = F.max(F.when(days_late(F.lit(as_of)) > days, F.col("due_on")))
    paid = F.max(F.when(F.col("paid_on").isNotNull(), F.col("due_on")))
    failed = missed.isNotNull() & (paid.isNull() | (paid < missed))
    return known.groupBy(*KEY).agg(failed.alias("failed"))


def _owed(known: DataFrame, as_of: date) -> DataFrame:
    """What was neither paid nor settled."""
    past = F.date_diff(F.lit(as_of), F.col("due_on"))
    unsettled = known.where(F.col("paid_on").isNull() & F.col("recovered_on").isNull())
    open = unsettled.withColumn("past", F.greatest(past, F.lit(0)))
    return open.groupBy(*KEY).agg(
        F.max("past").alias("days_past_due"),
        F.sum("amount").cast("double").alias("open_amount"),
        F.sum(F.when(F.col("past") > 0, F.col("amount")).otherwise(0)).cast("double").alias("overdue_amount"),
    )


def _by_cards(cards: dict[str, Card]) -> dict[str, Column]:
    """`carded`: the year's chance; `score`; `against`, the feature whose bin costs it most points. Null without."""
    none = {"carded": F.lit(None).cast("double"), "score": F.lit(None).cast("int"), "against": F.lit(None).cast("string")}
    ordered = sorted(cards.values(), key=lambda card: card.kind != BOTH)  # a kind's own comes last, and wins
    return reduce(
        lambda found, card: {name: _of_kind(card, new, found[name]) for name, new in _scored(card).items()}, ordered, none
    )


def _of_kind(card: Card, value: Column, otherwise: Column) -> Column:
    return value if card.kind == BOTH else F.when(F.col("kind") == card.kind, value).otherwise(otherwise)


def _scored(card: Card) -> dict[str, Column]:
    points = points_of(card)
    used = [name for name, weight in card.coefficients.items() if weight < 0]
    each = {name: by_bin(name, card.bins[name], points[name]) for name in used}
    lost = [F.struct((of - max(points[name])).alias("lost"), F.lit(name).alias("feature")) for name, of in each.items()]
    return {
        "carded": yearly(1 / (1 + F.exp(-logit_of(card)))),
        "score": sum(each.values(), F.lit(0)).cast("int"),
        "against": F.array_min(F.array(*lost))["feature"] if lost else F.lit(None).cast("string"),
    }


def _bucket() -> Column:
    days = F.col("days_past_due")
    return (
        F.when(days <= 0, "none")
        .when(days <= MONTH, "1-30")
        .when(days <= 2 * MONTH, "31-60")
        .when(days <= 3 * MONTH, "61-90")
        .otherwise("over 90")
    )
