"""How far does a group's own share stand out from that of all groups, where some have few trials?

Beta-binomial: x of a group's n trials, its share ~ Beta(m s, (1 - m) s) of mean m, that of all groups together, and strength s, the
trials that the prior counts for. Then the share is Beta(m s + x, (1 - m) s + n - x), of mean (m s + x) / (s + n).

s by factorial moments (Skellam 1948, *Journal of the Royal Statistical Society* B 10): two trials of one group both hit with chance
E[share^2], two of different groups with m^2. So with N = sum n, X = sum x: same = sum x (x - 1) / n / sum (n - 1), other =
(X^2 - sum x^2) / (N^2 - sum n^2), g = (same - other) / (m (1 - m)) is the share of the variance that groups differ by, and
s = 1/g - 1. Groups of one trial say nothing of it, and don't blur it. m has half a trial of each outcome added (Jeffreys), so that
nothing is impossible because it has not been seen.
"""

from dataclasses import dataclass

import numpy as np
from pyspark.sql import Column
from pyspark.sql import functions as F
from scipy.special import betaincc, betaincinv, ndtr

from shelfwise.measures.exact import exact_sum
from shelfwise.measures.streams import Floats

LEAST_STRENGTH = 2.0  # of groups that have nothing in common, or of a single one: there is nobody to be drawn to
MOST_STRENGTH = 1_000.0  # of groups that differ by no more than chance: that much can't be proven by fewer trials


def prior_mean(part: Column, whole: Column) -> Column:
    """Of an aggregation over groups; null where there was no trial at all."""
    return F.when(F.sum(whole) > 0, (F.sum(part) + 0.5) / (F.sum(whole) + 1.0))


def prior_strength(part: Column, whole: Column) -> Column:
    """Of an aggregation over groups; null where there was no trial at all."""
    hits, trials, groups = F.sum(part).cast("double"), F.sum(whole).cast("double"), F.count_if(whole > 0)
    of_one = exact_sum(F.coalesce(F.try_divide(part * (part - 1), whole), F.lit(0.0)))
    same = F.try_divide(of_one, trials - groups)
    other = F.try_divide(hits * hits - F.sum(part * part), trials * trials - F.sum(whole * whole))
    mean = prior_mean(part, whole)
    differing = (same - other) / (mean * (1 - mean))
    strength = F.when(differing > 0, 1 / differing - 1).otherwise(MOST_STRENGTH)
    bounded = F.least(F.greatest(strength, F.lit(LEAST_STRENGTH)), F.lit(MOST_STRENGTH))
    return F.when(trials > 0, F.when(groups > 1, bounded).otherwise(LEAST_STRENGTH))


@dataclass(frozen=True)
class Shares:
    """Beta laws of groups' shares; NaN where nothing is known."""

    a: Floats
    b: Floats

    @property
    def mean(self) -> Floats:
        share: Floats = self.a / (self.a + self.b)
        return share

    @property
    def variance(self) -> Floats:
        spread: Floats = self.mean * (1 - self.mean) / (self.a + self.b + 1)
        return spread

    def quantile(self, level: float) -> Floats:
        return np.asarray(betaincinv(self.a, self.b, level))

    def above(self, bound: float) -> Floats:
        """P(share > bound)."""
        return np.asarray(betaincc(self.a, self.b, bound))

    def above_other(self, other: "Shares") -> Floats:
        """P(share > the other's), both taken for normal."""
        return np.asarray(ndtr((self.mean - other.mean) / np.sqrt(self.variance + other.variance)))


def drawn(part: Floats, whole: Floats, mean: Floats, strength: Floats) -> Shares:
    """After `part` of `whole` trials, from the prior."""
    return Shares(mean * strength + part, (1 - mean) * strength + whole - part)
