"""What did an item's account cost, and how well was it served, over the periods that count?

Those from the first in which every order of the replay can have arrived, to the item's last. Fill rate: units served at once over
units asked for (type 2, Silver, Pyke & Thomas, ch. 7). Cycle service: the share of review periods at no end of which anyone was
turned away or waiting (type 1).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shelfwise.measures.policies.laws import Floats, Ints
from shelfwise.measures.stocking.account import Account
from shelfwise.measures.stocking.terms import Terms


@dataclass(frozen=True)
class Costs:
    """One entry per item. Costs are in all, `stock` the sum of units at the periods' ends; `cycles` whole review periods."""

    periods: Ints
    holding: Floats
    shortage: Floats
    ordering: Floats
    demand: Floats
    short: Floats
    stock: Floats
    orders: Ints
    cycles: Ints
    cycles_met: Ints

    @property
    def cost(self) -> Floats:
        return self.holding + self.shortage + self.ordering


def costs(account: Account, terms: Terms, memory: int, lengths: Ints) -> Costs:
    """`lengths`: periods of each item; what lies beyond is no demand but padding."""
    first, period = memory + terms.longest, np.arange(account.closing.shape[1])

    def total(units: NDArray[Any], ends: Ints = lengths) -> Floats:
        inside = (period >= first) & (period < ends[:, None])
        return np.asarray(np.where(inside, units, 0).sum(axis=1), dtype=np.float64)

    missed = account.waiting if terms.backorders else account.short
    # at its last period's end an item is not ordered: a longer one beside it goes on
    orders = total(account.ordered > 0, lengths - 1).astype(np.int64)
    met, cycles = _cycles(missed[:, first:] > 0, terms.review, lengths - first)
    return Costs(
        periods=lengths - first,
        holding=terms.holding * total(account.closing),
        shortage=terms.shortage * total(missed),
        ordering=np.asarray(terms.fixed * orders, dtype=np.float64),
        demand=total(account.served + account.short),
        short=total(account.short),
        stock=total(account.closing),
        orders=orders,
        cycles=cycles,
        cycles_met=met,
    )


def _cycles(missed: NDArray[np.bool_], review: int, periods: Ints) -> tuple[Ints, Ints]:
    """Cycles without a miss, and all: whole ones only."""
    whole = periods // review
    blocks = missed[:, : missed.shape[1] // review * review].reshape(len(missed), -1, review).any(axis=2)
    within = np.arange(blocks.shape[1]) < whole[:, None]
    return (~blocks & within).sum(axis=1), whole
