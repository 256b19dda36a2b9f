"""What a policy promises is what a replay of very many periods finds."""

import numpy as np
import pytest
from scipy import stats

from shelfwise.measures.policies.base_stock import base_stock
from shelfwise.measures.policies.laws import normed, of_periods, poisson
from shelfwise.measures.policies.min_max import MinMax, Review, min_max
from shelfwise.measures.policies.service import of_level, of_min_max
from shelfwise.measures.stocking.account import replayed
from shelfwise.measures.stocking.terms import Rule, Terms

LEAD, ITEMS, PERIODS, START = 2, 1_000, 1_060, 60
TERMS = Terms((0.0, 0.0, 1.0), 1, 0.2, 1.0, 10.0, backorders=True)
LAWS = {
    "poisson": (poisson(4.0), lambda draws, size: draws.poisson(4.0, size)),
    "negative binomial": (
        normed(stats.nbinom.pmf(np.arange(200), 2, 1 / 3)),
        lambda draws, size: draws.negative_binomial(2, 1 / 3, size),
    ),
}


def found(rule, draw):
    """Fill rate and cycle service of 1,000 items over 1,000 periods; the first 60 are left for the start to be forgotten."""
    demand = draw(np.random.default_rng(5), (ITEMS, PERIODS)).astype(float)
    leads = np.full(demand.shape, LEAD)
    account = replayed(demand, leads, lambda past, terms: Rule(*(np.full(ITEMS, float(v)) for v in rule)), TERMS, 2)
    short, waiting = account.short[:, START:], account.waiting[:, START:]
    return 1 - short.sum() / demand[:, START:].sum(), (waiting == 0).mean()


@pytest.mark.parametrize("law", LAWS)
def test_a_base_stock_serves_what_it_promises(law):
    demand, draw = LAWS[law]
    level = int(base_stock(of_periods(demand, LEAD + 1), 0.2, 1.0).units)
    promised = of_level(demand, LEAD, level)
    assert found((level, level, 1), draw) == pytest.approx((promised.fill_rate, promised.cycle_service), abs=0.003)


@pytest.mark.parametrize("law", LAWS)
def test_a_min_max_serves_what_it_promises(law):
    demand, draw = LAWS[law]
    review = Review(demand, of_periods(demand, LEAD + 1), 10.0, 0.2, 1.0)
    best = min_max(review)
    promised = of_min_max(review, LEAD, best)
    assert found((best.at, best.up_to, 1), draw) == pytest.approx((promised.fill_rate, promised.cycle_service), abs=0.003)


def test_a_level_by_hand():
    """0 or 2 by halves, lead 1, level 2: two periods are 0, 2, 4 by 1/4, 1/2, 1/4: 3/4 are met; of a mean of 1, 2 / 4 is short."""
    promised = of_level(normed([1, 0, 1]), 1, 2)
    assert (promised.cycle_service, promised.fill_rate) == (0.75, 0.5)


def test_a_min_max_of_one_step_is_a_level():
    demand = normed([1, 2, 1])
    review = Review(demand, of_periods(demand, 2), 0.0, 1.0, 1.0)
    assert of_min_max(review, 1, MinMax(2, 3, 0.0)) == of_level(demand, 1, 3)


def test_who_owes_at_every_position_serves_nobody():
    promised = of_level(normed([0, 1]), 1, -1)
    assert (promised.cycle_service, promised.fill_rate) == (0.0, 0.0)
