"""Experiments: arms drawn apart, days kept to, and an effect on those treated alone."""

from itertools import pairwise

import numpy as np
import pytest

from shelfwise.simulate import shopping
from shelfwise.simulate.experiments import EXPERIMENTS, appetite, days_of, treated
from shelfwise.simulate.shopping import FROM_SLOT, shop
from shelfwise.simulate.spec import Spec

SPEC = Spec(days=87, customers=1500, items=120, suppliers=12, locations=3)  # the last week has three days
IDS = np.arange(SPEC.customers)


def test_a_treated_customer_wants_the_effect_more_and_nobody_else_anything(monkeypatch):
    """The same shop without tests: the same visits, so a treated visit's wants differ by (1 + effect) on average.

    Sums over customers of (wants with - (1 + effect) * wants without) average 0; their own squares give the standard error.
    """
    tested = shop(SPEC, IDS)[0]
    with monkeypatch.context() as patch:
        patch.setattr(shopping, "appetite", lambda spec, customers, days: np.ones(np.broadcast(customers, days).shape))
        untested = shop(SPEC, IDS)[0]
    assert untested["day"].nunique() == SPEC.days
    counts = [
        np.histogram2d(
            rows["customer"], rows["day"], bins=(SPEC.customers, SPEC.days), range=((0, SPEC.customers), (0, SPEC.days))
        )[0]
        for rows in (tested[tested["number"] < FROM_SLOT], untested[untested["number"] < FROM_SLOT])
    ]
    elsewhere = np.ones((SPEC.customers, SPEC.days), dtype=bool)
    for one in EXPERIMENTS:
        arm, (first, end) = treated(SPEC, one, IDS) == 1, days_of(SPEC, one)
        here, there = (count[arm, first:end].sum(axis=1) for count in counts)
        away = here - (1 + one.effect) * there
        assert abs(away.sum()) <= 4 * np.sqrt((away**2).sum())
        assert 4 * np.sqrt((away**2).sum()) < 0.012 * there.sum()
        elsewhere[np.ix_(arm, np.arange(first, end))] = False
    assert (counts[0] == counts[1])[elsewhere].all()


def test_half_of_the_customers_are_treated_and_arms_are_drawn_apart():
    many = np.arange(20_000)
    arms = [treated(SPEC, one, many) for one in EXPERIMENTS]
    for arm in arms:
        assert arm.mean() == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(20_000))
    assert np.abs(np.corrcoef(arms) - np.eye(3)).max() < 4 / np.sqrt(20_000)


def test_experiments_run_on_their_days_only():
    """87 days: the first from int(26.1) = 26 to int(39.15) = 39, exclusive; treated customers want 1.08 times the units."""
    assert days_of(SPEC, EXPERIMENTS[0]) == (26, 39)
    one = int(np.flatnonzero(treated(SPEC, EXPERIMENTS[0], IDS))[0])
    other = int(np.flatnonzero(treated(SPEC, EXPERIMENTS[0], IDS) == 0)[0])
    assert appetite(SPEC, np.array(4 * [one]), np.array([25, 26, 38, 39])) == pytest.approx([1, 1.08, 1.08, 1])
    assert appetite(SPEC, np.array(4 * [other]), np.array([25, 26, 38, 39])) == pytest.approx([1, 1, 1, 1])
    spans = sorted(days_of(SPEC, each) for each in EXPERIMENTS)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
