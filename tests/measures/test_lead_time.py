"""Laws of lead times worked by hand, and the planted ones recovered."""

import numpy as np
import pytest
from scipy import stats

from shelfwise.measures import lead_time
from shelfwise.measures.lead_time import EARLIEST, LATEST, PLACES
from shelfwise.simulate.spec import Spec
from shelfwise.simulate.suppliers import LATE_DAYS, suppliers

LEVELS = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99)
AGREED = -EARLIEST  # the place of the agreed day


def at(**days: float) -> np.ndarray:
    """One row of places, by days against the agreed one: at(d0=.2, d3=.1)."""
    row = np.zeros((1, PLACES))
    for name, value in days.items():
        row[0, AGREED + int(name[1:])] = value
    return row


def counted(groups, *orders):
    """`orders`: group, days against the agreed one, arrived, how many."""
    group, days, arrived, number = (np.array(column) for column in zip(*orders, strict=True))
    return lead_time.counted(groups, group, days - EARLIEST, arrived, number)


def test_an_open_order_was_waited_for_and_never_came():
    """Three came on day 0, one on day 2, two are open since day 1: six, then three, then one were waited for."""
    came, waited = counted(1, (0, 0, True, 3), (0, 2, True, 1), (0, 1, False, 2))
    assert came[0, AGREED : AGREED + 4].tolist() == [3, 0, 1, 0]
    assert waited[0, AGREED - 1 : AGREED + 4].tolist() == [6, 6, 3, 1, 0]


def test_open_orders_make_the_law_longer():
    """Hazards 3/6, 0/3, 1/1: half on day 0, half on day 2. Of the four that came alone it would be a quarter."""
    came, waited = counted(1, (0, 0, True, 3), (0, 2, True, 1), (0, 1, False, 2))
    law = lead_time.law_of_days(lead_time.pooled_hazard(came, waited), np.array([5]))
    assert law[0, 5:8].tolist() == [0.5, 0, 0.5]


def test_what_has_been_waited_for_longest_counts_as_coming_that_day():
    """Two on day 0, two open since day 3: h = .5, then all the rest."""
    hazard = lead_time.pooled_hazard(*counted(1, (0, 0, True, 2), (0, 3, False, 2)))
    assert hazard[0, AGREED : AGREED + 4].tolist() == [0.5, 0, 0, 1]


def test_hazards_are_shrunk_as_if_the_parents_orders_were_added():
    """One of three came, the parent's half counts for four: (1 + 4 * .5) / (3 + 4) = 3/7; nothing waited for: the parent's."""
    shrunken = lead_time.shrunken_hazard(np.array([1.0, 0.0]), np.array([3.0, 0.0]), np.array([0.5, 0.2]), 4.0)
    assert shrunken.tolist() == pytest.approx([3 / 7, 0.2])


def test_the_weight_of_the_parent_by_moments():
    """Groups with 3 and 1 of 4, p = 1/2: excess 2 * (1/4 - 1/4 * 1/2) = 1/4; room 2 * 1/4 * 1/2 * 3 = 3/4; rho = 1/3, c = 2."""
    came, waited = np.array([[3.0], [1.0]]), np.array([[4.0], [4.0]])
    excess, room = lead_time.moments(came, waited, np.array([[4.0]] * 2), np.array([[8.0]] * 2))
    assert (excess.sum(), room.sum()) == pytest.approx((0.25, 0.75))
    assert lead_time.weight(excess.sum(), room.sum()) == pytest.approx(2)


def test_an_only_child_says_nothing_of_how_children_differ():
    """Its parent then counts for ten orders; groups that agree too well for 999, groups that have nothing in common for one."""
    came, waited = np.array([[3.0]]), np.array([[4.0]])
    excess, room = lead_time.moments(came, waited, came, waited)
    assert (excess.sum(), room.sum()) == (0, 0)
    assert lead_time.weight(0.0, 0.0) == pytest.approx(10)
    assert lead_time.weight(-1.0, 4.0) == pytest.approx(999)
    assert lead_time.weight(3.9, 4.0) == pytest.approx(1)


def test_a_planted_spread_of_hazards_is_recovered():
    """Hazards ~ Beta(6, 14), so c = 20, of groups of 2 to 40 orders."""
    rng = np.random.default_rng(7)
    waited = rng.integers(2, 40, 4_000)[:, None].astype(float)
    came = rng.binomial(waited.astype(int), rng.beta(6, 14, waited.shape)).astype(float)
    parents = np.broadcast_to(came.sum(), came.shape), np.broadcast_to(waited.sum(), waited.shape)
    excess, room = lead_time.moments(came, waited, *parents)
    assert lead_time.weight(excess.sum(), room.sum()) == pytest.approx(20, rel=0.1)


def test_a_law_is_what_hazards_leave_day_by_day():
    """.5, then .4 of the other half, the rest on the last day with a hazard: .5, .2, .3 at 3, 4 and 6 days."""
    law = lead_time.law_of_days(at(d0=0.5, d1=0.4, d3=0.1), np.array([3]))
    assert law[0, 3:7].tolist() == pytest.approx([0.5, 0.2, 0, 0.3])
    assert law.sum() == pytest.approx(1)


def test_no_order_comes_before_it_was_placed():
    """Five days early of three agreed ones is the day of the order."""
    hazard = np.zeros((1, PLACES))
    hazard[0, [AGREED - 5, AGREED]] = 0.25, 1
    assert lead_time.law_of_days(hazard, np.array([3]))[0, :4].tolist() == [0.25, 0, 0, 0.75]


def test_without_any_hazard_the_agreed_day_is_certain():
    law = lead_time.law_of_days(np.zeros((2, PLACES)), np.array([3, 0]))
    assert law[:, :4].tolist() == [[0, 0, 0, 1], [1, 0, 0, 0]]


def test_what_is_told_of_a_law():
    """2 days with .2, 7 with .5, 8 with .3: mean 6.3, variance .8 + 24.5 + 19.2 - 39.69 = 4.81."""
    law = np.zeros((1, 9))
    law[0, [2, 7, 8]] = 0.2, 0.5, 0.3
    mean, variance = lead_time.mean_and_variance(law)
    assert (mean[0], variance[0]) == pytest.approx((6.3, 4.81))
    assert [lead_time.quantile(law, level)[0] for level in (0.1, 0.2, 0.21, 0.7, 0.71)] == [2, 2, 7, 7, 8]
    assert [lead_time.after(law, np.array([days]))[0] for days in (1, 2, 7, 8)] == pytest.approx([1, 0.8, 0.3, 0])


def test_days_count_for_the_week_that_they_end_in():
    """Day 0 alone is no week; 1 and 7 are the first, 8 the second; 15 and 40 count for the last of two."""
    law = np.zeros((1, 41))
    law[0, [0, 1, 7, 8, 15, 40]] = 0.1, 0.2, 0.3, 0.15, 0.05, 0.2
    assert lead_time.by_week(law, 3)[0].tolist() == pytest.approx([0.1, 0.5, 0.15, 0.25])
    assert lead_time.by_week(law, 2)[0].tolist() == pytest.approx([0.1, 0.5, 0.4])


def planted(seed: int, agreed_is_known: bool = True):
    """Fitted and true laws of 24 planted suppliers with 2 to 60 orders, some of which are still open; their orders' plain means."""
    spec, rng = Spec(days=364, customers=1, items=320, suppliers=24, locations=2, seed=seed), np.random.default_rng(seed)
    laws, group = suppliers(spec), np.repeat(np.arange(24), rng.choice([2, 5, 10, 20, 60], 24))
    number = np.arange(len(group))
    age, lead = rng.integers(1, 120, len(group)), laws.lead_days(spec, group, 0, number, 1_000 * seed + number)
    agreed = laws.usual_days if agreed_is_known else np.full(24, 9)
    place = np.clip(np.minimum(lead, age) - agreed[group], EARLIEST, LATEST) - EARLIEST
    of_all = lead_time.counted(1, 0 * group, place, lead <= age, 1 + 0 * group)
    of_each = lead_time.counted(24, group, place, lead <= age, 1 + 0 * group)
    excess, room = lead_time.moments(*of_each, *(np.repeat(array, 24, axis=0) for array in of_all))
    weight = lead_time.weight(excess.sum(), room.sum())
    hazard = lead_time.shrunken_hazard(*of_each, lead_time.pooled_hazard(*of_all), weight)
    came = lead <= age
    plain = np.bincount(group[came], lead[came], 24) / np.maximum(np.bincount(group[came], minlength=24), 1)
    return lead_time.law_of_days(hazard, agreed), true_laws(laws), plain


def true_laws(laws) -> np.ndarray:
    """1 + Poisson(mean - 1), and with probability `late` 1 + Poisson(LATE_DAYS - 1) more: rows of P(days)."""
    days = np.arange(100)
    usual = stats.poisson.pmf(days - 1, (laws.mean_days - 1)[:, None])
    more = stats.poisson.pmf(days - 1, LATE_DAYS - 1)
    late = np.array([np.convolve(row, more)[:100] for row in usual])
    return (1 - laws.late)[:, None] * usual + laws.late[:, None] * late


@pytest.mark.parametrize(("agreed_is_known", "off"), [(True, 0.02), (False, 0.03)])
def test_quantiles_hold_the_share_of_the_planted_laws_that_they_name(agreed_is_known, off):
    """P(lead < quantile) <= level <= P(lead <= quantile), as days are whole, of 480 suppliers to within 2 or 3 points."""
    below, up_to = np.zeros(len(LEVELS)), np.zeros(len(LEVELS))
    for seed in range(20):
        fitted, true, _ = planted(seed, agreed_is_known)
        sums = np.concatenate([np.zeros((24, 1)), np.cumsum(true, axis=1)], axis=1)
        for number, level in enumerate(LEVELS):
            day = np.minimum(lead_time.quantile(fitted, level), 99)
            below[number] += sums[np.arange(24), day].mean() / 20
            up_to[number] += sums[np.arange(24), day + 1].mean() / 20
    assert (below < np.array(LEVELS) + off).all() and (up_to > np.array(LEVELS) - off).all()


def test_shrunken_means_are_nearer_to_the_planted_ones_than_plain_means():
    errors = np.zeros(2)
    for seed in range(20):
        fitted, true, plain = planted(seed)
        truth = true @ np.arange(100)
        mean, _ = lead_time.mean_and_variance(fitted)
        errors += ((mean - truth) ** 2).mean(), ((plain - truth) ** 2).mean()
    assert errors[0] < 0.25 * errors[1]
