"""A policy's account by hand, and what holds for any."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from shelfwise.measures.stocking.account import opening_stock, replayed
from shelfwise.measures.stocking.costs import costs
from shelfwise.measures.stocking.every import POLICIES
from shelfwise.measures.stocking.leads import lead_times
from shelfwise.measures.stocking.levels import newsvendor_empirical, newsvendor_negative_binomial, newsvendor_poisson
from shelfwise.measures.stocking.terms import Rule, Terms

MEMORY = 8


def terms(lead=(0.0, 1.0), review=1, holding=0.2, shortage=1.0, fixed=0.0, backorders=False):
    return Terms(tuple(lead), review, holding, shortage, fixed, backorders)


def always(at, up_to, lot=1.0):
    return lambda past, _: Rule(*(np.full(len(past), float(value)) for value in (at, up_to, lot)))


def row(*units):
    return np.array([units], dtype=float)


SIX = row(2, 4, 6, 1, 9, 0)


def test_six_periods_by_hand():
    """Two periods of past: opening 3 * (1 + 1) = 6; level 8, lead 1.

    2nd: order 8 - 6 = 2, there in the 4th. 3rd: 6 of 6 served; order 8 - (0 + 2) = 6, there in the 5th. 4th: 2 - 1 = 1 left; order
    8 - (1 + 6) = 1. 5th: 1 + 6 = 7 of 9 served, 2 lost; order 8 - (0 + 1) = 7. 6th: 1 arrives and is left; no order at the end.
    """
    account = replayed(SIX, np.ones((1, 6), dtype=int), always(8, 8), terms(), 2)
    assert account.ordered.tolist() == [[0, 2, 6, 1, 7, 0]]
    assert account.received.tolist() == [[0, 0, 0, 2, 6, 1]]
    assert account.served.tolist() == [[0, 0, 6, 1, 7, 0]]
    assert account.short.tolist() == [[0, 0, 0, 0, 2, 0]]
    assert account.closing.tolist() == [[0, 6, 0, 1, 0, 1]]


def test_six_periods_cost_by_hand():
    """The first order can be there in the 4th: 4th to 6th hold 1 + 0 + 1, lose 2; orders of the 4th and 5th; 2 of 3 cycles met."""
    found = costs(replayed(SIX, np.ones((1, 6), dtype=int), always(8, 8), terms(), 2), terms(fixed=3.0), 2, np.array([6]))
    assert (found.periods[0], found.holding[0], found.shortage[0], found.ordering[0]) == (3, 0.4, 2.0, 6.0)
    assert (found.demand[0], found.short[0], found.stock[0], found.orders[0]) == (10, 2, 2, 2)
    assert (found.cycles[0], found.cycles_met[0]) == (3, 2)
    assert found.cost[0] == pytest.approx(8.4)


def test_who_waits_is_served_first():
    """As above until the 5th: 2 wait, so the order is 8 - (-2 + 1) = 9. In the 6th 1 arrives, 1 still waits: 2 + 1 are charged."""
    waiting = terms(backorders=True)
    account = replayed(SIX, np.ones((1, 6), dtype=int), always(8, 8), waiting, 2)
    assert account.waiting.tolist() == [[0, 0, 0, 0, 2, 1]]
    assert account.ordered.tolist() == [[0, 2, 6, 1, 9, 0]]
    found = costs(account, waiting, 2, np.array([6]))
    assert (found.shortage[0], found.short[0], found.cycles_met[0]) == (3.0, 2, 1)


def test_a_review_of_two_decides_every_other_period():
    """Lead 0, level 9: opening 3 * 2 = 6, order 3, there in the 3rd: 9 - 6 = 3, 3 - 1 = 2; order 7, 9 of 9 served.

    Half a cycle doesn't count: of three periods two.
    """
    by_two = terms(lead=(1.0,), review=2)
    account = replayed(SIX, np.zeros((1, 6), dtype=int), always(9, 9), by_two, 2)
    assert account.ordered.tolist() == [[0, 3, 0, 7, 0, 0]]
    assert account.closing.tolist() == [[0, 6, 3, 2, 0, 0]]
    found = costs(account, by_two, 2, np.array([5]))
    assert (found.periods[0], found.cycles[0], found.cycles_met[0]) == (3, 1, 1)


def test_orders_may_overtake_one_another():
    """Ordered in the 2nd with 3 periods and in the 3rd with none: 4 come in the 4th, 2 in the 6th."""
    leads = np.array([[0, 3, 0, 0, 0, 0]])
    account = replayed(row(2, 4, 4, 0, 0, 0), leads, always(8, 8), terms(lead=(0.5, 0.5)), 2)
    assert account.ordered.tolist() == [[0, 2, 4, 0, 0, 0]]
    assert account.received.tolist() == [[0, 0, 0, 4, 0, 2]]


def test_lots_lift_the_position_above_the_point():
    """At 5 of lots of 4: 6 stays, 5 takes one (9 > 5), 1 two (9), -3 three (9); a level of 5 takes what lacks."""
    position = np.array([6.0, 5.0, 1.0, -3.0])
    same = np.ones(4)
    assert Rule(5 * same, 6 * same, 4 * same).units(position).tolist() == [0, 4, 8, 12]
    assert Rule(5 * same, 5 * same, same).units(position).tolist() == [0, 0, 4, 8]


def test_a_longer_item_beside_it_changes_nothing():
    """Padded with zeros: no cost, no cycle, no order beyond the item's own end, nor at it."""
    six = row(2, 4, 6, 1, 9, 3)
    alone = replayed(six, np.ones((1, 6), dtype=int), always(8, 8), terms(), 2)
    padded = replayed(np.pad(six, ((0, 0), (0, 4))), np.ones((1, 10), dtype=int), always(8, 8), terms(), 2)
    assert padded.ordered[0, 5] > 0
    ends = [vars(costs(account, terms(fixed=3.0), 2, np.array([6]))) for account in (alone, padded)]
    assert ends[0] == ends[1]


@st.composite
def panels(draw):
    shape = (draw(st.integers(1, 6)), draw(st.integers(MEMORY + 4, 24)))
    demand = draw(hnp.arrays(float, shape, elements=st.integers(0, 9).map(float)))
    lead = draw(st.sampled_from([(1.0,), (0.0, 1.0), (0.25, 0.5, 0.25), (0.0, 0.5, 0.5)]))
    made = terms(lead, draw(st.integers(1, 2)), fixed=draw(st.sampled_from([0.0, 4.0])), backorders=draw(st.booleans()))
    return demand, made, lead_times([str(n) for n in range(shape[0])], shape[1], made, draw(st.integers(0, 9)))


@settings(max_examples=40, deadline=None)
@given(panels(), st.sampled_from(sorted(POLICIES)))
def test_every_unit_is_accounted_for(panel, name):
    """Net stock: opening + received - demand (what was served of it, where it is lost) = closing; what was ordered comes."""
    demand, made, leads = panel
    account = replayed(demand, leads, POLICIES[name], made, MEMORY)
    net = (account.closing - account.waiting)[:, MEMORY - 1 :]
    gone = demand if made.backorders else account.served
    assert (net[:, :-1] + (account.received - gone)[:, MEMORY:] == net[:, 1:]).all()
    assert (account.served + account.short)[:, MEMORY:].tolist() == demand[:, MEMORY:].tolist()
    assert (account.closing >= 0).all() and (account.waiting * account.closing == 0).all()
    assert (account.ordered >= 0).all() and (account.ordered == np.rint(account.ordered)).all()
    due = np.arange(demand.shape[1]) + 1 + leads < demand.shape[1]
    assert (account.ordered * due).sum() == account.received.sum()
    assert (account.closing[:, MEMORY - 1] == opening_stock(demand[:, :MEMORY], made)).all()


@settings(max_examples=40, deadline=None)
@given(panels(), st.sampled_from(sorted(POLICIES)), st.data())
def test_no_decision_sees_what_comes_after_it(panel, name, data):
    """Rubbish planted after a period leaves all that happened and was ordered by its end as it was."""
    demand, made, leads = panel
    last = data.draw(st.integers(MEMORY - 1, demand.shape[1] - 2))
    other = demand.copy()
    other[:, last + 1 :] = 977 - 31 * np.arange(demand.shape[1] - last - 1) % 50
    honest, planted = (vars(replayed(units, leads, POLICIES[name], made, MEMORY)) for units in (demand, other))
    for flow in honest:
        assert (honest[flow][:, : last + 1] == planted[flow][:, : last + 1]).all(), flow


@settings(max_examples=40, deadline=None)
@given(panels(), st.sampled_from([newsvendor_poisson, newsvendor_negative_binomial, newsvendor_empirical]))
def test_dearer_stock_is_never_more_stock(panel, decide):
    """Where demand waits a position is never above that of a lower holding cost, so neither is what is on hand."""
    demand, _, _ = panel
    cheap, dear = (terms(holding=holding, backorders=True) for holding in (0.2, 0.6))
    leads = np.ones(demand.shape, dtype=int)
    held = [replayed(demand, leads, decide, made, MEMORY).closing for made in (cheap, dear)]
    assert (held[1] <= held[0]).all()


@settings(max_examples=40, deadline=None)
@given(panels())
def test_twice_the_demand_is_twice_the_orders(panel):
    """Of a quantile of sums that were seen; demand in steps of the memory, so that the opening stock is whole."""
    demand, made, leads = panel
    single, double = (replayed(MEMORY * k * demand, leads, newsvendor_empirical, made, MEMORY).ordered for k in (1, 2))
    assert (double == 2 * single).all()
