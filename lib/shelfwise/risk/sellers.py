"""How reliable is each seller and carrier, is that worse than what is tolerated, and what will it cost?

Each share is drawn towards that of all (measures.shares), so that three late ones of four parcels don't make the worst seller.
What its troubles cost in 13 weeks is what its parcels of the last 13 weeks brought, times the chance of each, times what is assumed
to be lost then: the margin of what is cancelled, something given for what is late, further orders of those who are put off. Where
revenue is not told of some parcels they are taken for as dear as the others, and `assumed` has `sales`.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

import numpy as np
import pandas as pd
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.sellers import RISK_SELLERS, TROUBLES
from shelfwise.contracts.silver import MONEY
from shelfwise.core.kept import keep
from shelfwise.measures.assumed import assume
from shelfwise.measures.shares import Shares, drawn, prior_mean, prior_strength
from shelfwise.risk.parcels import ParcelParams, count_parcels

TRIALS = {  # columns of parcels: of how many, how many
    "late": ("late", "kept"),
    "very_late": ("very_late", "overdue"),
    "cancelled": ("cancelled", "parcels"),
    "low_review": ("low_reviews", "reviews"),
}
PHRASES = {
    "late": ("parcels came late or have not come", "kept"),
    "very_late": ("parcels came weeks late or have not come", "overdue"),
    "cancelled": ("parcels were cancelled", "parcels"),
    "low_review": ("reviews give one or two stars", "reviews"),
}
ASSUMED = ("unit_cost_share", "late_delivery_cost_share", "bad_review_leave_share", "customer_further_orders")
ALWAYS = ("margin", "late_cost", "customers_leave", "further_orders")  # what no shop's data tell so far


class SellerParams(ParcelParams):
    tolerated_late: float = 0.10  # nine of ten in time is what a customer takes for reliable
    tolerated_very_late: float = 0.05  # one in twenty
    tolerated_cancelled: float = 0.025  # what large marketplaces ask of their sellers
    tolerated_low_review: float = 0.20  # one in five
    act: float = 0.90  # P(worse than tolerated) from which on something must be done
    watch: float = 0.70  # more likely than not by two to one
    worsening: float = 0.95  # P(worse than the quarter before) that is worth a look by itself


def measure_sellers(
    deliveries: DataFrame, reviews: DataFrame, assumptions: DataFrame, *, params: SellerParams, as_of: date
) -> DataFrame:
    """One row per seller and carrier that a parcel was promised by in the last year; none where no parcels are known."""
    counted = keep(count_parcels(deliveries, reviews, params=params, as_of=as_of))  # priors are of all, and meet each
    nowhere = dict.fromkeys(("item_id", "department", "category"), F.lit(None).cast("string"))
    known = assume(counted.withColumns(nowhere | {"maker_id": F.col("name")}), assumptions, ASSUMED).drop(*nowhere, "maker_id")
    with_priors = known.join(F.broadcast(_priors(counted)), "scope", "inner").withColumn("sales", _sales())
    tolerated = _tolerated(params)
    types = ", ".join(f"{name} {type}" for name, type in (with_priors.dtypes + [(name, "double") for name in _told()]))
    judged = with_priors.mapInPandas(_drawn_by(tolerated), types).withColumns(_losses()).withColumn("worst", _worst(tolerated))
    final = {"as_of": F.lit(as_of), "trouble": F.col("worst.trouble"), "level": _level(params), "reason": _reason(params)}
    total = F.col("loss_cancelled") + F.col("loss_late") + F.col("loss_reviews")
    return judged.withColumns(final | {"expected_loss": total, "assumed": _assumed()}).select(*RISK_SELLERS.columns)


def _tolerated(params: SellerParams) -> dict[str, float]:
    return {name: getattr(params, f"tolerated_{name}") for name in TROUBLES}


def _priors(counted: DataFrame) -> DataFrame:
    """One row per scope: of sellers the sellers', of carriers the carriers'."""
    laws = {"mean": prior_mean, "strength": prior_strength}
    return counted.groupBy("scope").agg(
        *[
            law(F.col(part), F.col(whole)).alias(f"{name}_{what}")
            for name, (part, whole) in TRIALS.items()
            for what, law in laws.items()
        ],
        (F.sum("sales").cast("double") / F.nullif(F.sum("priced"), F.lit(0))).alias("usual_price"),
    )


def _sales() -> Column:
    """A parcel whose revenue is not told brought what the sender's others did, or all of its scope where none of its own tells."""
    own = F.col("sales").cast("double") / F.nullif("priced", F.lit(0))
    untold = (F.col("lately") - F.col("priced")) * F.coalesce(own, "usual_price", F.lit(0.0))
    return (F.col("sales") + untold.cast(MONEY)).cast(MONEY)


def _told() -> list[str]:
    of_each = [name for trouble in TROUBLES for name in (f"{trouble}_share", f"{trouble}_q05", f"{trouble}_q95", f"p_{trouble}")]
    return [*of_each, "late_share_recent", "late_share_before", "p_worsening"]


def _drawn_by(tolerated: dict[str, float]) -> Callable[[Iterable[pd.DataFrame]], Iterator[pd.DataFrame]]:
    def by_batch(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for batch in batches:
            yield judged(batch, tolerated)

    return by_batch


def judged(rows: pd.DataFrame, tolerated: dict[str, float]) -> pd.DataFrame:
    """The rows with what their counts say of each trouble, and of its trend."""
    told: dict[str, np.ndarray] = {}
    for name, (part, whole) in TRIALS.items():
        shares = _shares(rows, name, part, whole)
        told |= {f"{name}_share": shares.mean, f"p_{name}": shares.above(tolerated[name])}
        told |= {f"{name}_q05": shares.quantile(0.05), f"{name}_q95": shares.quantile(0.95)}
    recent, before = (_shares(rows, "late", f"{when}_late", when) for when in ("recent", "before"))
    told |= {"late_share_recent": recent.mean, "late_share_before": before.mean, "p_worsening": recent.above_other(before)}
    return rows.assign(**told)[[*rows.columns, *_told()]]


def _shares(rows: pd.DataFrame, trouble: str, part: str, whole: str) -> Shares:
    columns = (part, whole, f"{trouble}_mean", f"{trouble}_strength")
    return drawn(*(rows[name].to_numpy(np.float64) for name in columns))


def _losses() -> dict[str, Column]:
    sales, margin = F.col("sales").cast("double"), 1 - F.col("unit_cost_share")
    cancelled, late, low = (F.coalesce(f"{name}_share", F.lit(0.0)) for name in ("cancelled", "late", "low_review"))
    reviewed = F.least(F.col("reviews") / F.col("parcels"), F.lit(1.0))
    leaving = F.col("bad_review_leave_share") * F.col("customer_further_orders")
    return {
        "loss_cancelled": sales * cancelled * margin,
        "loss_late": sales * (1 - cancelled) * late * F.col("late_delivery_cost_share"),
        "loss_reviews": sales * reviewed * low * leaving * margin,
    }


def _worst(tolerated: dict[str, float]) -> Column:
    """The trouble that is most likely worse than tolerated, with its numbers."""
    found = [
        F.struct(
            F.coalesce(f"p_{name}", F.lit(-1.0)).alias("chance"),
            F.lit(-place).alias("place"),
            F.lit(name).alias("trouble"),
            F.col(TRIALS[name][0]).alias("part"),
            F.col(whole).alias("whole"),
            F.lit(phrase).alias("phrase"),
            *[(100 * F.col(f"{name}_{what}")).alias(what) for what in ("share", "q05", "q95")],
            F.lit(100 * tolerated[name]).alias("tolerated"),
        )
        for place, (name, (phrase, whole)) in enumerate(PHRASES.items())
    ]
    return F.array_max(F.array(*found))


def _level(params: SellerParams) -> Column:
    chance = F.col("worst.chance")
    worsening = F.coalesce(F.col("p_worsening") >= params.worsening, F.lit(False))
    return F.when(chance >= params.act, "act").when((chance >= params.watch) | worsening, "watch").otherwise("ok")


def _reason(params: SellerParams) -> Column:
    """In a sentence; no chance is told as none or as certain."""
    percent = F.greatest(F.least(F.round(100 * F.col("worst.chance")), F.lit(99.0)), F.lit(1.0))
    numbers = [F.col(f"worst.{name}") for name in ("part", "whole", "phrase", "share", "q05", "q95", "tolerated")]
    sentence = F.format_string(
        "%d of %d %s; drawn towards the share of all that is %.1f %% (%.1f to %.1f %% with 90 %% certainty)."
        " %.1f %% are tolerated: it is worse than that with a chance of %.0f %%.",
        *numbers,
        percent,
    )
    rising = F.format_string(
        " Late ones went from %.1f to %.1f %% within two quarters.",
        100 * F.col("late_share_before"),
        100 * F.col("late_share_recent"),
    )
    return F.concat(sentence, F.when(F.col("p_worsening") >= params.worsening, rising).otherwise(""))


def _assumed() -> Column:
    some_day, untold = F.when(F.col("cancelled_some_day"), "cancelled_on"), F.when(F.col("priced") < F.col("lately"), "sales")
    return F.array_compact(F.array(*[F.lit(name) for name in ALWAYS], some_day, untold))
