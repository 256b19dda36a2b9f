"""What has become so large that somebody must look at it, and since when?

The score of a part is what it loses in the worst twentieth of the shop's futures (its Euler share of the CVaR), as a share of what
the whole shop earns by the plan. A level begins where the score reaches its threshold and ends only below `leave` times that:
scores move a little from day to day, and an alert that comes and goes is one that nobody reads (hysteresis: Schmitt 1938, *Journal
of Scientific Instruments* 15).
"""

from collections.abc import Mapping
from datetime import date, timedelta

from pydantic import Field, field_validator
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.controls import LEVELS, RISK_ALERTS
from shelfwise.core.job import Params
from shelfwise.measures.exact import exact_sum

PART = ["scope", "name"]
BEGINS = {  # watch, act: shares of what the shop earns by the plan
    "total": (0.40, 0.60),
    "type": (0.30, 0.50),
    "kind": (0.15, 0.30),
    "department": (0.05, 0.10),
    "category": (0.02, 0.04),
    "supplier": (0.02, 0.04),
    "item": (0.003, 0.006),
    "customer": (0.003, 0.006),
}
MOST = 10.0  # score: also that of any loss of a shop that earns nothing by the plan


class AlertParams(Params):
    begins: Mapping[str, tuple[float, float]] = Field(BEGINS)
    leave: float = Field(0.8, gt=0, le=1)
    look_back_days: int = 182  # what was measured before counts no more

    @field_validator("begins")
    @classmethod
    def in_order(cls, begins: Mapping[str, tuple[float, float]]) -> Mapping[str, tuple[float, float]]:
        for scope, (watch, act) in begins.items():
            if scope not in BEGINS or not 0 < watch < act:
                raise ValueError(f"of {scope}: known scopes are {', '.join(BEGINS)}, and 0 < watch < act")
        return begins


def raise_alerts(portfolio: DataFrame, items: DataFrame, parties: DataFrame, *, params: AlertParams, as_of: date) -> DataFrame:
    """One row per part with a level, or that had one when last measured. All tables with all their days."""
    since = F.lit(as_of - timedelta(days=params.look_back_days))
    recent, of_items, owing = (one.where(F.col("as_of").between(since, F.lit(as_of))) for one in (portfolio, items, parties))
    planned = of_items.groupBy("as_of").agg(exact_sum(F.col("planned_margin")).alias("planned"))
    parts = recent.select("as_of", *PART, "cvar_95_share")
    for scope, name, frame in (("item", "item_id", of_items), ("customer", "customer_id", owing)):
        parts = parts.unionByName(frame.select("as_of", F.lit(scope).alias("scope"), F.col(name).alias("name"), "cvar_95_share"))
    scored = parts.join(F.broadcast(planned), "as_of", "inner").select("as_of", *PART, _score().alias("score"))
    histories = scored.groupBy(*PART).agg(F.array_sort(F.collect_list(F.struct("as_of", "score"))).alias("history"))
    now = histories.withColumn("last", F.element_at("history", -1)).where(F.col("last.as_of") == F.lit(as_of))
    folded = now.withColumn("begins", _begins(params)).withColumn("state", _folded(params.leave))
    told = folded.where((F.col("state.level") > 0) | (F.col("state.before") > 0)).withColumns(_columns(params, as_of))
    return told.withColumn("reason", _reason()).select(*RISK_ALERTS.columns)


def _score() -> Column:
    nothing_earned = F.when(F.col("cvar_95_share") > 0, MOST).otherwise(0.0)
    return F.when(F.col("planned") > 0, F.least(F.col("cvar_95_share") / F.col("planned"), F.lit(MOST))).otherwise(nothing_earned)


def _begins(params: AlertParams) -> Column:
    known = BEGINS | dict(params.begins)
    pairs = [part for scope, ends in known.items() for part in (F.lit(scope), F.array(*[F.lit(end) for end in ends]))]
    return F.create_map(*pairs)[F.col("scope")]


def _folded(leave: float) -> Column:
    """level, since and the level before, day by day; levels are counted from 0."""

    def after(state: Column, one: Column) -> Column:
        reached = _above(one["score"], 1.0)
        level = F.greatest(reached, F.least(state["level"], _above(one["score"], leave)))
        since = F.when(level == state["level"], state["since"]).otherwise(one["as_of"])
        return F.struct(level.alias("level"), since.alias("since"), state["level"].alias("before"))

    start = F.struct(F.lit(0).alias("level"), F.element_at("history", 1)["as_of"].alias("since"), F.lit(0).alias("before"))
    return F.aggregate("history", start, after)


def _above(score: Column, factor: float) -> Column:
    return F.size(F.filter("begins", lambda end: score >= end * factor))


def _columns(params: AlertParams, as_of: date) -> dict[str, Column]:
    level = F.col("state.level")
    enters = F.element_at("begins", F.greatest(level, F.lit(1)))
    return {
        "as_of": F.lit(as_of),
        "score": F.col("last.score"),
        "level": F.element_at(F.array(*[F.lit(name) for name in LEVELS]), level + 1),
        "before": F.element_at(F.array(*[F.lit(name) for name in LEVELS]), F.col("state.before") + 1),
        "since": F.col("state.since"),
        "enters_from": enters,
        "leaves_below": enters * params.leave,
    }


def _reason() -> Column:
    return F.format_string(
        "%s: the shop's worst futures take %.1f %% of what it earns by the plan here; %s since %s"
        " (from %.1f %% on, until below %.1f %%%s).",
        F.when(F.col("scope") == "total", "The whole shop").otherwise(F.concat_ws(" ", "scope", "name")),
        100 * F.col("score"),
        "level",
        F.col("since").cast("string"),
        100 * F.col("enters_from"),
        100 * F.col("leaves_below"),
        F.when(F.col("level") == "ok", " of watch").otherwise(""),
    )
