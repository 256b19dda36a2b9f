"""How far groups' shares stand out, by hand and against binomial sums."""

import numpy as np
import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from shelfwise.core.frames import local_frame
from shelfwise.measures.shares import LEAST_STRENGTH, MOST_STRENGTH, Shares, drawn, prior_mean, prior_strength


def fitted(spark: SparkSession, *groups: tuple[int, int]) -> tuple[float, float]:
    frame = local_frame(spark, list(groups), "part long, whole long")
    part, whole = F.col("part"), F.col("whole")
    row = frame.agg(prior_mean(part, whole), prior_strength(part, whole)).first()
    assert row is not None
    return row[0], row[1]


def test_the_strength_by_hand(spark: SparkSession) -> None:
    """1 and 3 of ten: both hits of one group (0 + 6 / 10) / 18 = .0333, of two (16 - 10) / (400 - 200) = .03; m = 4.5 / 21, so
    g = .0033 / .1684 = .0198."""
    mean, strength = fitted(spark, (1, 10), (3, 10))
    assert mean == pytest.approx(4.5 / 21)
    assert strength == pytest.approx(mean * (1 - mean) * 300 - 1)
    assert strength == pytest.approx(49.51, abs=0.01)


def test_groups_of_one_trial_say_nothing_of_how_groups_differ(spark: SparkSession) -> None:
    """Thirty hits and thirty misses of groups of one: what differs is told by the two of ten, 3 and 7."""
    ones = [(1, 1)] * 30 + [(0, 1)] * 30
    mean, strength = fitted(spark, (3, 10), (7, 10), *ones)
    other = (40**2 - (9 + 49 + 30)) / (80**2 - (200 + 60))
    assert mean == 0.5
    assert strength == pytest.approx(0.25 / ((6 + 42) / 10 / 18 - other) - 1)
    assert fitted(spark, *ones)[1] == MOST_STRENGTH


def test_groups_that_are_alike_count_as_one_and_a_single_one_stands_alone(spark: SparkSession) -> None:
    assert fitted(spark, (2, 10), (2, 10), (0, 0))[1] == MOST_STRENGTH
    assert fitted(spark, (2, 10), (0, 0))[1] == LEAST_STRENGTH
    assert fitted(spark, (0, 10), (10, 10))[1] == LEAST_STRENGTH


def test_without_a_trial_nothing_is_known(spark: SparkSession) -> None:
    assert fitted(spark, (0, 0)) == (None, None)


def test_the_strength_of_many_groups_is_found_again(spark: SparkSession) -> None:
    """400 groups of 5 to 200 trials, shares of Beta(2, 18): mean .1, strength 20."""
    draws = np.random.default_rng(3)
    wholes = draws.integers(5, 200, 400)
    parts = draws.binomial(wholes, draws.beta(2, 18, 400))
    mean, strength = fitted(spark, *[(int(part), int(whole)) for part, whole in zip(parts, wholes, strict=True)])
    assert mean == pytest.approx(0.1, abs=0.01)
    assert 15 < strength < 27


def shares(part: float, whole: float) -> Shares:
    return drawn(*(np.array([value]) for value in (part, whole, 0.1, 10.0)))


def test_a_share_is_drawn_and_its_chances_are_binomial_sums() -> None:
    """Mean .1 of strength 10, and 3 of 5: Beta(4, 11). P(above .5) = P(at most 3 of 14 coins) = (1 + 14 + 91 + 364) / 2^14."""
    found = shares(3, 5)
    assert found.mean[0] == pytest.approx(4 / 15)
    assert found.above(0.5)[0] == pytest.approx(470 / 2**14)
    assert found.above(found.quantile(0.05)[0])[0] == pytest.approx(0.95)
    assert found.above_other(found)[0] == 0.5
    assert found.above_other(shares(0, 5))[0] > 0.9


def test_what_is_not_known_stays_so() -> None:
    nothing = drawn(*(np.array([value]) for value in (0.0, 0.0, np.nan, np.nan)))
    assert np.isnan([nothing.mean[0], nothing.quantile(0.5)[0], nothing.above(0.1)[0]]).all()
