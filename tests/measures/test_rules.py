"""Rules of ordering by hand."""

import numpy as np
import pytest
from scipy import stats

from shelfwise.measures.replay import Policy, lacking
from shelfwise.measures.rules import RULES, all_demand, mean_z, weeks_of_cover


def policy(lead=1, review=1, ratio=0.9):
    return Policy(*(np.array([value]) for value in (lead, review, ratio, 1, 0)))


def at(value):
    return np.array([value], dtype=float)


def test_all_demand_is_the_quantile_over_lead_time_and_review():
    """1 a week, nearly Poisson: of two weeks .9 is 4; 3 in position lack one. What can be met of it is less: 2 from nothing."""
    assert all_demand(at(1), at(1), at(0), policy()) == 4
    assert all_demand(at(1), at(1), at(3), policy()) == 1
    assert all_demand(at(1), at(1), at(9), policy()) == 0
    assert lacking(at(1), at(1), at(0), policy()) == 2


def test_the_textbooks_safety_stock():
    """4 x 2 + 1 x sqrt(8) = 10.83 at z = 1: 11, so 8 beside 3."""
    assert mean_z(at(4), at(4), at(3), policy(ratio=stats.norm.cdf(1))) == 8


def test_two_weeks_of_cover_beyond():
    """4 a week for 1 + 1 + 2 weeks, less 3."""
    assert weeks_of_cover(at(4), at(99), at(3), policy()) == 13


@pytest.mark.parametrize("rule", sorted(RULES))
def test_no_demand_and_enough_stock_order_nothing(rule):
    assert RULES[rule](at(0), at(0), at(0), policy()) == 0
    assert RULES[rule](at(2), at(5), at(900), policy()) == 0
