"""How well do scorecards tell who stops paying, where they have not seen it?

By parties: each fifth of them (by a hash of its id) is judged by a scorecard made from the others. By months: the last third is
judged by one made from months before, of which it was known by then who had stopped. Cuts are those of all, which say nothing of
defaults.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import reduce

import numpy as np
import pandas as pd
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.credit_risk import BOTH, CREDIT_ACCURACY
from shelfwise.core.frames import local_frame
from shelfwise.core.kept import keep
from shelfwise.measures.scored import Verdict, judged
from shelfwise.risk.credit.card import count_logits, counts_of, cuts_of, fit, kinds_to_fit, logit_of, of_kind
from shelfwise.risk.credit.panel import FOLDS, PanelParams, payment_panel
from shelfwise.risk.credit.prior import monthly, priors_of
from shelfwise.risk.credit.standing import features

EARLY, BETWEEN, LATE = "early", "between", "late"


def judge_scorecards(
    parties: DataFrame, invoices: DataFrame, assumptions: DataFrame, *, params: PanelParams, as_of: date
) -> DataFrame:
    """One row per scorecard's kind and split; none where there is no scorecard, or too few defaults to judge it by."""
    panel = keep(payment_panel(parties, invoices, params, as_of))
    priors = priors_of(assumptions)
    rows = [row for kind in kinds_to_fit(panel, params) for row in _judged(panel, kind, priors, params)]
    found = local_frame(panel.sparkSession, [row | {"as_of": as_of} for row in rows], CREDIT_ACCURACY.struct)
    return found.select(*CREDIT_ACCURACY.columns)


def _judged(panel: DataFrame, kind: str, priors: dict[str, float], params: PanelParams) -> Iterator[dict[str, object]]:
    rows = keep(of_kind(panel, kind).withColumn("part", _part(of_kind(panel, kind), params)))
    cuts = cuts_of(rows, features(of_both=kind == BOTH), params.bins)
    counts = counts_of(rows, cuts, F.col("part"))
    prior = monthly(float(np.mean(list(priors.values()))) if kind == BOTH else priors[kind])
    made = [_scored(rows, kind, cuts, counts, "fold", fold) for fold in range(FOLDS)]
    for split, frames in (("parties", made), ("months", [_scored(rows, kind, cuts, counts, "part", LATE)])):
        kept = [frame for frame in frames if frame is not None]
        if kept and len(kept) == len(frames):
            told = count_logits(reduce(DataFrame.unionByName, kept))
            if 0 < told["defaults"].sum() < told["observations"].sum():
                yield {"kind": kind, "split": split} | _row(told, prior)


def _scored(
    rows: DataFrame, kind: str, cuts: dict[str, np.ndarray], counts: pd.DataFrame, by: str, held: int | str
) -> DataFrame | None:
    """The held-out rows with the logit that a scorecard made from the others gives them."""
    others = F.col("part") == EARLY if by == "part" else F.col("fold") != held
    card = fit(rows.where(others), kind, cuts, counts[counts["part"] == EARLY if by == "part" else counts["fold"] != held])
    if card is None:
        return None
    return rows.where(F.col(by) == held).select(logit_of(card).alias("logit"), "stopped")


def _row(told: pd.DataFrame, prior: float) -> dict[str, object]:
    verdict: Verdict = judged(*[told[name].to_numpy() for name in ("logit", "observations", "defaults")])
    share = verdict.defaults / verdict.observations
    return {
        "observations": verdict.observations,
        "defaults": verdict.defaults,
        "auc": verdict.auc,
        "ks": verdict.ks,
        "brier": verdict.brier,
        "prior_brier": share * (1 - prior) ** 2 + (1 - share) * prior**2,
        "calibration_slope": verdict.slope,
        "calibration_intercept": verdict.intercept,
        "mean_chance": verdict.mean_chance,
        "observed_share": share,
        "prior_chance": prior,
    }


def _part(rows: DataFrame, params: PanelParams) -> Column:
    """Early months are those of which it was known, when the late ones began, who had stopped. On the driver: two days."""
    (ends,) = rows.agg(F.min("seen_on").alias("first"), F.max("seen_on").alias("last")).collect()
    late = ends["last"] - (ends["last"] - ends["first"]) / 3
    # a month's last day, and the days until it is known
    early = late - timedelta(days=31 + params.default_days + 1)
    return F.when(F.col("seen_on") >= F.lit(late), LATE).when(F.col("seen_on") <= F.lit(early), EARLY).otherwise(BETWEEN)
