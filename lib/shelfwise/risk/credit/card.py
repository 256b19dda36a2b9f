"""What does each bin of each feature count for in the chance that a party stops paying within a month?

logit h = intercept + sum of coefficient x weight of evidence (risk.credit.evidence), by MLlib's logistic regression, no coefficient
above 0: evidence against a party never counts for it, whatever the others say (Siddiqi 2006, ch. 6). A ridge as strong as one
observation keeps coefficients of few defaults small, and then all are drawn together as far as a fit flatters itself, each bin but
one of a feature in use being a free number (measures.scored.shrinkage). Points: 600 at odds of 50 to 1 within a year, 20 more
double them.

Cuts lie at percentiles of values of three significant digits: people can read them, and their count has a bound.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from pyspark.ml.classification import LogisticRegression
from pyspark.ml.feature import VectorAssembler
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.credit import PARTY_KINDS
from shelfwise.contracts.gold.credit_risk import BOTH, CREDIT_SCORECARD
from shelfwise.core.frames import local_frame
from shelfwise.core.kept import keep
from shelfwise.measures.scored import shrinkage
from shelfwise.risk.credit.evidence import Bins, Floats, evidence, points
from shelfwise.risk.credit.panel import PanelParams, payment_panel
from shelfwise.risk.credit.standing import features

DIGITS = 3  # of values, where cuts may lie
PARTITIONS = 4  # MLlib adds up by partition: a fixed count keeps coefficients equal on any cluster
PLACES = 6  # of coefficients: beyond them sums in another order could differ
LOGIT_PLACES = 3
STEPS, NEAR = 200, 1e-10
HALF_ODDS, POINTS, ODDS = 20.0, 600.0, 50.0 * 12  # to 1 within a month
COUNTED = ["part", "fold", "feature", "bin"]


@dataclass(frozen=True)
class Card:
    kind: str
    bins: dict[str, Bins]
    coefficients: dict[str, float]  # of the features that are used
    intercept: float


def fit_scorecards(parties: DataFrame, invoices: DataFrame, *, params: PanelParams, as_of: date) -> DataFrame:
    """One row per bin of each feature of each scorecard; none of a kind that has too few defaults, or nothing that tells them."""
    panel = keep(payment_panel(parties, invoices, params, as_of))
    cards = [card for kind in kinds_to_fit(panel, params) if (card := fitted(panel, kind, params))]
    rows = [{"as_of": as_of} | row for card in cards for row in told(card)]
    found = local_frame(panel.sparkSession, rows, CREDIT_SCORECARD.struct)
    return found.select(*CREDIT_SCORECARD.columns)


def kinds_to_fit(panel: DataFrame, params: PanelParams) -> list[str]:
    """Each kind with enough defaults, and both together where one has not and they have. On the driver: two numbers."""
    counts = {row["kind"]: row["defaults"] for row in panel.groupBy("kind").agg(F.count_if("stopped").alias("defaults")).collect()}
    alone = [kind for kind in PARTY_KINDS if counts.get(kind, 0) >= params.least_defaults]
    together = len(alone) < len(counts) and sum(counts.values()) >= params.least_defaults
    return [*alone, *([BOTH] if together else [])]


def fitted(panel: DataFrame, kind: str, params: PanelParams) -> Card | None:
    """None where nothing tells defaults from the rest."""
    rows = of_kind(panel, kind)
    names = features(of_both=kind == BOTH)
    cuts = cuts_of(rows, names, params.bins)
    return fit(rows, kind, cuts, counts_of(rows, cuts))


def of_kind(panel: DataFrame, kind: str) -> DataFrame:
    return panel if kind == BOTH else panel.where(F.col("kind") == kind)


def cuts_of(rows: DataFrame, names: Sequence[str] | dict[str, int], bins: int) -> dict[str, Floats]:
    """Percentiles of each feature, without doubles and the largest. On the driver: so many numbers of each feature."""
    levels = [place / bins for place in range(1, bins)]
    asked = [F.percentile(_rounded(name), F.array(*[F.lit(level) for level in levels])).alias(name) for name in names]
    tops = [F.max(_rounded(name)).alias(f"{name} top") for name in names]
    (found,) = rows.agg(*asked, *tops).collect()
    kept = {name: np.unique(np.asarray(found[name] or [], dtype=np.float64)) for name in names}
    return {name: cuts[cuts < (found[f"{name} top"] or 0.0)] for name, cuts in kept.items()}


def counts_of(rows: DataFrame, cuts: dict[str, Floats], part: Column | None = None) -> pd.DataFrame:
    """Observations and defaults by part of the months, fold, feature and bin.

    On the driver: 20 bins of at most ten features, in five folds and three parts.
    """
    places = F.map_from_arrays(F.array(*[F.lit(name) for name in cuts]), F.array(*[_place(name, of) for name, of in cuts.items()]))
    parted = rows.select("fold", "stopped", (F.lit("all") if part is None else part).alias("part"), F.explode(places))
    counts = parted.withColumnsRenamed({"key": "feature", "value": "bin"}).groupBy(*COUNTED)
    return counts.agg(F.count(F.lit(1)).alias("observations"), F.count_if("stopped").alias("defaults")).toPandas()


def fit(rows: DataFrame, kind: str, cuts: dict[str, Floats], counts: pd.DataFrame) -> Card | None:
    """`counts`: of the same `rows`."""
    ways = features(of_both=True)
    bins = {name: evidence(of, *_by_bin(counts, name, len(of)), ways[name]) for name, of in cuts.items()}
    used = [name for name, of in bins.items() if of.counts]
    if not used:
        return None
    woes = rows.select(F.col("stopped").cast("double").alias("label"), *[woe_of(name, bins[name]).alias(name) for name in used])
    placed = keep(woes.repartition(PARTITIONS, F.xxhash64(*used)).sortWithinPartitions(*used, "label"))
    found = weighed(placed, used, float(counts[counts["feature"] == used[0]]["observations"].sum()))
    return drawn_together(rows, Card(kind, bins, *found)) if found else None


def weighed(woes: DataFrame, used: Sequence[str], observations: float) -> tuple[dict[str, float], float] | None:
    """Coefficients and intercept. A feature with one above 0 is left out, the largest first; None where none is left.

    Not by MLlib's bounds on coefficients: their solver asks LAPACK, and with OpenBLAS's the JVM died of it.
    """
    gathered = VectorAssembler(inputCols=list(used), outputCol="woe").transform(woes).select("woe", "label")
    regression = LogisticRegression(featuresCol="woe", labelCol="label", regParam=1 / observations, maxIter=STEPS, tol=NEAR)
    model = regression.fit(gathered)
    weights = dict(zip(used, model.coefficients.toArray().tolist(), strict=True))
    worst = max(weights, key=lambda name: weights[name])
    if weights[worst] <= 0:
        return weights, model.intercept
    rest = [name for name in used if name != worst]
    return weighed(woes, rest, observations) if rest else None


def drawn_together(rows: DataFrame, card: Card) -> Card | None:
    """None where nothing is left of what it says of the `rows` that it was fitted to."""
    logits = count_logits(rows.select(logit_of(card).alias("logit"), "stopped"))
    free = sum(int((card.bins[name].observations > 0).sum()) - 1 for name, weight in card.coefficients.items() if weight < 0)
    told, observations, defaults = (logits[name].to_numpy() for name in ("logit", "observations", "defaults"))
    factor, level = shrinkage(told, observations, defaults, free)
    if factor == 0:
        return None
    weights = {name: round(factor * weight, PLACES) for name, weight in card.coefficients.items()}
    return Card(card.kind, card.bins, weights, round(level + factor * card.intercept, PLACES))


def count_logits(scored: DataFrame) -> pd.DataFrame:
    """Observations and defaults by logit. On the driver: three decimals of logits between -20 and 20."""
    counts = scored.groupBy(F.round("logit", LOGIT_PLACES).alias("logit"))
    sums = counts.agg(F.count(F.lit(1)).alias("observations"), F.count_if("stopped").alias("defaults"))
    return sums.toPandas().sort_values("logit").astype(float)


def logit_of(card: Card) -> Column:
    """Of the chance that a party stops within a month."""
    parts = [weight * woe_of(name, card.bins[name]) for name, weight in card.coefficients.items()]
    return sum(parts, F.lit(card.intercept))


def woe_of(name: str, bins: Bins) -> Column:
    return by_bin(name, bins, [float(woe) for woe in bins.woe])


def by_bin(name: str, bins: Bins, values: Sequence[float]) -> Column:
    """The bin's value of a feature; `values`: at place 0 of what is not known."""
    return F.get(F.array(*[F.lit(value) for value in values]), _place(name, np.asarray(bins.cuts)))


def told(card: Card) -> list[dict[str, object]]:
    """The rows of gold.credit_scorecard but for as_of."""
    of_each = points_of(card)
    return [
        {
            "kind": card.kind,
            "feature": name,
            "bin": place,
            "lower": bins.cuts[place - 2] if place > 1 else None,
            "upper": bins.cuts[place - 1] if 0 < place <= len(bins.cuts) else None,
            "observations": int(bins.observations[place]),
            "defaults": int(bins.defaults[place]),
            "woe": float(bins.woe[place]),
            "iv": bins.value,
            "coefficient": card.coefficients.get(name, 0.0),
            "intercept": card.intercept,
            "points": of_each[name][place],
        }
        for name, bins in card.bins.items()
        for place in range(len(bins.woe))
    ]


def points_of(card: Card) -> dict[str, list[int]]:
    """By feature and bin: score = 600 + 20 / ln 2 (-logit - ln 600), the constants in equal parts on features that are used."""
    used = max(sum(weight < 0 for weight in card.coefficients.values()), 1)
    level = (card.intercept + np.log(ODDS) - POINTS * np.log(2) / HALF_ODDS) / used
    weights = {name: card.coefficients.get(name, 0.0) for name in card.bins}
    return {
        name: points(card.bins[name].woe, weight, level if weight < 0 else 0.0, half_odds=HALF_ODDS).tolist()
        for name, weight in weights.items()
    }


def cards_of(scorecard: DataFrame) -> dict[str, Card]:
    """By kind, from gold.credit_scorecard, on the driver. Bound: three kinds, ten features, 21 bins."""
    rows = scorecard.drop("as_of").toPandas().sort_values(["kind", "feature", "bin"])
    found = {}
    for kind, of_kind in rows.groupby("kind"):
        weights = of_kind.drop_duplicates("feature").set_index("feature")["coefficient"]
        bins = {str(name): _bins(of) for name, of in of_kind.groupby("feature")}
        used = {str(name): float(weight) for name, weight in weights.items() if weight < 0}
        found[str(kind)] = Card(str(kind), bins, used, float(of_kind["intercept"].iloc[0]))
    return found


def _bins(rows: pd.DataFrame) -> Bins:
    observations, defaults, woe = (rows[name].to_numpy(np.float64) for name in ("observations", "defaults", "woe"))
    cuts = rows["upper"][rows["bin"] > 0].iloc[:-1]
    counts = bool(rows["coefficient"].iloc[0] < 0)
    return Bins(tuple(cuts.astype(float)), observations, defaults, woe, float(rows["iv"].iloc[0]), counts)


def _by_bin(counts: pd.DataFrame, name: str, cuts: int) -> tuple[Floats, Floats]:
    sums = counts[counts["feature"] == name].groupby("bin")[["observations", "defaults"]].sum()
    filled = sums.reindex(range(cuts + 2), fill_value=0).astype(np.float64)
    return filled["observations"].to_numpy(), filled["defaults"].to_numpy()


def _place(name: str, cuts: Floats) -> Column:
    """0: not known; 1: up to the first cut, …"""
    below = F.filter(F.array(*[F.lit(float(cut)) for cut in cuts]).cast("array<double>"), lambda cut: cut < F.col(name))
    return F.when(F.col(name).isNull(), 0).otherwise(F.size(below) + 1)


def _rounded(name: str) -> Column:
    value = F.col(name)
    scale = F.pow(F.lit(10.0), DIGITS - 1 - F.floor(F.log10(F.abs(value))))
    return F.when(value == 0, 0.0).otherwise(F.rint(value * scale) / scale)
