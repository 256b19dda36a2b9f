"""All 24 cases of Zheng & Federgruen 1991, table 1, and brute force."""

from itertools import pairwise

import numpy as np
import pytest

from shelfwise.measures.policies.laws import normed, of_periods, poisson
from shelfwise.measures.policies.min_max import Review, min_max

MEANS = [*range(10, 80, 5), 21, 22, 23, 24, 51, 52, 59, 61, 63, 64]
AT = [6, 10, 14, 19, 23, 28, 33, 37, 42, 47, 52, 56, 62, 67, 15, 16, 17, 18, 43, 44, 51, 52, 54, 55]
UP_TO = [40, 49, 62, 56, 66, 77, 87, 97, 108, 118, 129, 75, 81, 86, 65, 68, 52, 54, 110, 112, 126, 131, 73, 74]
COST = [
    35.022, 42.698, 49.173, 54.262, 57.819, 61.215, 64.512, 67.776, 70.975, 74.149, 77.306, 78.518, 79.037, 79.554,
    50.406, 51.632, 52.757, 53.518, 71.611, 72.246, 76.679, 77.929, 78.287, 78.402,
]  # fmt: skip


def review_of(law, fixed, holding, shortage, cover=None):
    return Review(law, law if cover is None else cover, fixed, holding, shortage)


@pytest.mark.parametrize(("mean", "at", "up_to", "cost"), list(zip(MEANS, AT, UP_TO, COST, strict=True)))
def test_policies_of_zheng_and_federgruen(mean, at, up_to, cost):
    """Orders cost 64, a unit held 1, a unit owed 9; to three digits as printed, by cost where another pair costs as little."""
    review = review_of(poisson(mean), 64, 1, 9)
    found = min_max(review)
    assert found.cost == pytest.approx(cost, abs=5.1e-4)
    assert review.cost(at, up_to) == pytest.approx(cost, abs=5.1e-4)
    assert (found.at, found.up_to) == (at, up_to)


def test_example_4_7_of_snyder_and_shen_and_another_pair_there():
    review = review_of(poisson(6), 5, 1, 4)
    found = min_max(review)
    assert (found.at, found.up_to, found.cost) == (4, 10, pytest.approx(8.034111561471644))
    assert review.cost(6, 18) == pytest.approx(10.193798671644046)


def test_problem_4_31_of_snyder_and_shen_and_another_pair_there():
    review = review_of(poisson(4), 150, 40, 125)
    found = min_max(review)
    assert (found.at, found.up_to, found.cost) == (2, 7, pytest.approx(223.5748295669688))
    assert review.cost(4, 10) == pytest.approx(262.2755613772775)


def test_no_pair_is_cheaper_for_any_small_law():
    rng = np.random.default_rng(11)
    for _ in range(25):
        law = normed(rng.integers(0, 5, rng.integers(2, 7)) + 0.1)
        fixed, holding, shortage = rng.uniform(0, 30), rng.uniform(0.2, 3), rng.uniform(0.5, 20)
        review = review_of(law, fixed, holding, shortage, of_periods(law, int(rng.integers(1, 4))))
        least = min(review.cost(at, up_to) for at in range(-30, 25) for up_to in range(at + 1, 60))
        assert min_max(review).cost == pytest.approx(least, rel=1e-9)


def test_a_policy_costs_what_it_costs_on_the_way():
    """By hand: 1 unit a review, surely; s = 0, S = 2: reviews begin at 2, then 1; G(2) = 1, G(1) = 0; (10 + 1) / 2."""
    review = review_of(normed([0, 1]), 10, 1, 5)
    assert review.cost(0, 2) == pytest.approx(5.5)


def test_dearer_orders_are_larger_and_dearer_shortage_orders_earlier():
    orders = [min_max(review_of(poisson(4), fixed, 1, 9)) for fixed in (1, 8, 64)]
    assert all(a.up_to - a.at < b.up_to - b.at for a, b in pairwise(orders))
    points = [min_max(review_of(poisson(4), 8, 1, shortage)).at for shortage in (2, 9, 99)]
    assert points == sorted(set(points))


def test_double_demand_and_time_cost_no_more_than_double():
    assert min_max(review_of(poisson(20), 64, 1, 9)).cost < 2 * min_max(review_of(poisson(10), 64, 1, 9)).cost


@pytest.mark.parametrize(("law", "fixed"), [(normed([1]), 5), (poisson(2), -1)])
def test_what_never_sells_or_pays_for_orders_is_refused(law, fixed):
    with pytest.raises(ValueError, match="something must be sold"):
        review_of(law, fixed, 1, 9)
