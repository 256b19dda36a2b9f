"""Suppliers: lead times, lateness, short deliveries and defects come as often as their laws say."""

from dataclasses import fields, replace

import numpy as np
import pytest

from shelfwise.simulate.spec import Spec
from shelfwise.simulate.suppliers import Suppliers, suppliers

SPEC = Spec(days=364, customers=1, items=4000, suppliers=4000, locations=3)
ITEMS = np.arange(20_000)
ONE = np.zeros(len(ITEMS), dtype=np.int64)


def lone(**laws: float) -> Suppliers:
    """One supplier that is never late, short or defective, but for what is given."""
    exact = {"mean_days": 5.0, "late": 0.0, "short": 0.0, "defects": 0.0, "review_day": 0}
    return Suppliers(**{name: np.array([value]) for name, value in (exact | laws).items()})


def test_lead_days_are_one_and_a_poisson_number():
    """Mean 5 is 1 + Poisson(4): variance 4, one in e^4 = 54.6 the next day."""
    days = lone().lead_days(SPEC, ONE, 0, ITEMS, 7)
    assert days.min() == 1
    assert days.mean() == pytest.approx(5, abs=4 * np.sqrt(4 / len(days)))
    assert (days == 1).mean() == pytest.approx(np.exp(-4), abs=4 * np.sqrt(np.exp(-4) / len(days)))


def test_late_deliveries_take_six_days_more():
    """1 + Poisson(5), mean 6, for a tenth: mean 5.6 in all; with mean_days 1 days over 1 are late ones, one day at least."""
    who = lone(late=0.1)
    days = who.lead_days(SPEC, ONE, 0, ITEMS, 7)
    variance = 4 + 0.1 * (5 + 36) - 0.36
    assert who.true_mean_days[0] == pytest.approx(5.6)
    assert days.mean() == pytest.approx(5.6, abs=4 * np.sqrt(variance / len(days)))
    quick = lone(mean_days=1.0, late=0.1).lead_days(SPEC, ONE, 0, ITEMS, 7)
    assert (quick > 1).mean() == pytest.approx(0.1, abs=4 * np.sqrt(0.09 / len(days)))


def test_of_units_ordered_some_do_not_come_and_some_of_those_are_defective():
    """24 ordered, a twentieth short: 22.8 come; of those 3 % defective: .684."""
    come, bad = lone(short=0.05, defects=0.03).delivered(SPEC, ONE, 0, ITEMS, 7, np.full(len(ITEMS), 24))
    assert come.mean() == pytest.approx(22.8, abs=4 * np.sqrt(24 * 0.05 * 0.95 / len(come)))
    assert bad.sum() / come.sum() == pytest.approx(0.03, abs=4 * np.sqrt(0.03 / come.sum()))
    assert (bad <= come).all()
    assert come.max() == 24


def test_places_items_and_days_are_drawn_apart():
    base = lone().lead_days(SPEC, ONE, 0, ITEMS, 7)
    for other in (lone().lead_days(SPEC, ONE, 1, ITEMS, 7), lone().lead_days(SPEC, ONE, 0, ITEMS, 14), np.roll(base, 1)):
        assert abs(np.corrcoef(base, other)[0, 1]) < 4 / np.sqrt(len(base))


def test_what_was_agreed_is_the_mean_rounded_up():
    assert replace(lone(), mean_days=np.array([3.0, 3.01, 14.9])).usual_days.tolist() == [3, 4, 15]


def test_laws_lie_within_their_bounds_and_apart():
    """Means of 3 to 15 days, 2 to 20 % late, up to 5 % short, up to 3 % defective, any weekday."""
    who = suppliers(SPEC)
    for name, low, high in (("mean_days", 3, 15), ("late", 0.02, 0.20), ("short", 0, 0.05), ("defects", 0, 0.03)):
        values = getattr(who, name)
        assert low < values.min() < low + 0.01 * (high - low)
        assert high - 0.01 * (high - low) < values.max() < high
    assert set(who.review_day) == set(range(7))
    drawn = np.array([getattr(who, field.name) for field in fields(who)])
    assert np.abs(np.corrcoef(drawn) - np.eye(len(drawn))).max() < 4 / np.sqrt(SPEC.suppliers)
