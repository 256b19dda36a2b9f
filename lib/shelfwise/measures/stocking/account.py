"""What did a policy order, hold and miss, period by period?

In each period goods arrive, then demand is served from what is there, then stock is counted; at a review an order is placed, which
arrives at the start of the period after its lead time. With net = on hand - waiting: opening + received - demand = closing, where
unmet demand waits; where it is lost, opening + received - served = closing. Orders may overtake one another.
"""

from dataclasses import dataclass

import numpy as np

from shelfwise.measures.policies.laws import Floats, Ints
from shelfwise.measures.stocking.terms import Decide, Terms


@dataclass(frozen=True)
class Account:
    """Units by item and period. `served` at once from stock, `short` what was not, `closing` on hand and `waiting` at the end."""

    received: Floats
    served: Floats
    short: Floats
    closing: Floats
    waiting: Floats
    ordered: Floats


def replayed(demand: Floats, leads: Ints, decide: Decide, terms: Terms, memory: int) -> Account:
    """`demand` and `leads` (of an order placed at that period's end) are items x periods.

    The first `memory` periods are past: the first order is placed at their end, and each decision looks back so many. No order is
    placed at the last period's end.
    """
    items, periods = demand.shape
    account = Account(*(np.zeros((items, periods)) for _ in range(6)))
    arriving, each = np.zeros((items, periods + int(leads.max(initial=0)) + 1)), np.arange(items)
    net, under_way = opening_stock(demand[:, :memory], terms), np.zeros(items)
    account.closing[:, memory - 1] = net
    for t in range(memory - 1, periods):
        if t >= memory:
            net = _lived_through(account, t, net, arriving[:, t], demand[:, t], terms)
            under_way = under_way - arriving[:, t]
        if (t + 1 - memory) % terms.review == 0 and t < periods - 1:
            ordered = decide(demand[:, t + 1 - memory : t + 1], terms).units(net + under_way)
            account.ordered[:, t] = ordered
            arriving[each, t + 1 + leads[:, t]] += ordered
            under_way = under_way + ordered
    return account


def opening_stock(past: Floats, terms: Terms) -> Floats:
    """What the past sold on the average in the longest lead time + a review period, in whole units: the same for every policy."""
    return np.asarray(np.ceil(past.mean(axis=1) * (terms.longest + terms.review) - 1e-9))


def _lived_through(account: Account, t: int, net: Floats, received: Floats, demand: Floats, terms: Terms) -> Floats:
    available = net + received
    served = np.minimum(demand, np.maximum(available, 0))
    left = available - (demand if terms.backorders else served)
    account.received[:, t], account.served[:, t], account.short[:, t] = received, served, demand - served
    account.closing[:, t], account.waiting[:, t] = np.maximum(left, 0), np.maximum(-left, 0)
    return left
