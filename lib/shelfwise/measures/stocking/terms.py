"""On what terms is an item bought, and what does a stock policy decide?

A unit left at a period's end costs `holding`; unmet demand costs `shortage`, once where it is lost, each period where it waits; an
order costs `fixed`. Stock is reviewed every `review` periods, so a unit too many is held for so long: the newsvendor's ratio is
missed / (missed + held), both of a review (Silver, Pyke & Thomas, *Inventory and Production Management*, ch. 9).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from shelfwise.measures.policies.laws import Floats


@dataclass(frozen=True)
class Terms:
    """`lead[i]` = P(an order arrives after i whole periods), the same for all items at hand."""

    lead: tuple[float, ...]
    review: int
    holding: float
    shortage: float
    fixed: float = 0.0
    backorders: bool = False

    @property
    def held(self) -> float:
        return self.holding * self.review

    @property
    def missed(self) -> float:
        return self.shortage * (self.review if self.backorders else 1)

    @property
    def ratio(self) -> float:
        return self.missed / (self.missed + self.held)

    @property
    def covers(self) -> tuple[tuple[float, int], ...]:
        """(probability, periods): an order has to last until the next one can arrive, lead time + review period from now."""
        return tuple((share, periods + self.review) for periods, share in enumerate(self.lead) if share > 0)

    @property
    def longest(self) -> int:
        """The longest lead time."""
        return self.covers[-1][1] - self.review


class Order(Protocol):
    """What a policy has decided for each item, once the position is known."""

    def units(self, position: Floats) -> Floats:
        """What to order at this position: stock and orders, less what is owed."""


@dataclass(frozen=True)
class Rule:
    """At a position of `at` or below order so many `lot`s that it reaches `up_to`; one entry per item."""

    at: Floats
    up_to: Floats
    lot: Floats

    def units(self, position: Floats) -> Floats:
        lots = np.ceil((self.up_to - position) / self.lot)
        return np.asarray(np.where(position <= self.at, np.maximum(lots, 0) * self.lot, 0.0))


Decide = Callable[[Floats, Terms], Order]  # from past demand, items x periods, the latest last


def order_up_to(levels: Floats) -> Rule:
    """Whatever is lacking. P(D <= k) of a count is read at k + 1/2, so the level is the nearest whole number."""
    whole = np.ceil(levels - 0.5)
    return Rule(whole, whole, np.ones(len(levels)))
