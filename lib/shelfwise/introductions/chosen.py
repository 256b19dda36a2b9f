"""What a set of candidates is worth, and whether it keeps to the limits: its state while it is made.

Worth over scenarios: (1 - aversion) x mean + aversion x CVaR of the sum of what it brings. Within a shelf newcomers share by the
nested law (measures.nested), so that the sum of a shelf comes from two numbers by scenario, attraction and margin that came;
across shelves they add up. What else a candidate brings and costs is taken to be as if it came alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from shelfwise.core.job import Params
from shelfwise.introductions.money import cvar, mean_and_worst
from shelfwise.measures.evidence import Floats
from shelfwise.measures.nested import attraction, kept_share

Ints = NDArray[np.int64]

LIMITS = ("budget", "space", "places")
RISK = "risk"
TOLERANCE = 1e-9


class Limits(Params):
    """None: no limit."""

    budget: float | None = 2000.0  # money for opening orders
    space: float | None = None  # units of opening orders
    places: int | None = 200  # new items that can be shown and looked after at a time
    supplier_minimum: float = 0.0  # smallest opening order of a supplier from whom nothing is bought yet, money
    most_risk: float | None = None  # mean loss of the worst scenarios, money, of the whole set
    aversion: float = 0.2  # 0: the mean counts, 1: the worst scenarios
    worst: float = 0.05  # share of scenarios that count as the worst


@dataclass(frozen=True)
class Pool:
    """Candidates x scenarios, and the shelves that they would come to."""

    outcome: Floats  # profit alone
    demand: Floats  # units alone
    margin: Floats  # money per unit
    shelf: Ints
    uses: Floats  # candidates x LIMITS
    supplier: Ints
    is_new_supplier: NDArray[np.bool_]
    beside: Floats  # by shelf: units of the items there
    beside_margin: Floats  # by shelf
    crowding: Floats  # by shelf
    attraction: Floats = field(init=False)

    def __post_init__(self) -> None:
        found = attraction(self.demand, self.beside[self.shelf][:, None], self.crowding[self.shelf][:, None])
        object.__setattr__(self, "attraction", found)

    def __len__(self) -> int:
        return len(self.outcome)

    def shelf_money(self, shelf: int, joined: Floats, earned: Floats) -> Floats:
        """Margin of the whole shelf less what it was, by scenario."""
        beside, own = self.beside[shelf], self.beside_margin[shelf]
        kept = kept_share(joined, beside, self.crowding[shelf])
        money: Floats = kept * (own * beside + earned) - own * beside
        return money

    def other(self, one: int) -> Floats:
        """What its outcome alone has beside the shelf's margin."""
        alone = self.shelf_money(int(self.shelf[one]), self.attraction[one], self.margin[one] * self.attraction[one])
        rest: Floats = self.outcome[one] - alone
        return rest


@dataclass
class Chosen:
    """A set in the making."""

    pool: Pool
    limits: Limits
    members: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        count = self.pool.outcome.shape[1]
        self.used = np.zeros(len(LIMITS))
        self.total = np.zeros(count)
        self.joined: dict[int, Floats] = {}
        self.earned: dict[int, Floats] = {}

    @property
    def worth(self) -> float:
        return mean_and_worst(self.total, self.limits.aversion, self.limits.worst)

    def with_one(self, one: int) -> Floats:
        """The total by scenario were it in."""
        shelf, pool = int(self.pool.shelf[one]), self.pool
        joined, earned = self.joined.get(shelf, _NONE), self.earned.get(shelf, _NONE)
        more = joined + pool.attraction[one], earned + pool.margin[one] * pool.attraction[one]
        total: Floats = self.total + pool.shelf_money(shelf, *more) - pool.shelf_money(shelf, joined, earned) + pool.other(one)
        return total

    def gain(self, one: int) -> float:
        return mean_and_worst(self.with_one(one), self.limits.aversion, self.limits.worst) - self.worth

    def binds(self, one: int) -> str | None:
        """The limit that it would break."""
        for name, limit, used in zip(LIMITS, bounds(self.limits), self.used + self.pool.uses[one], strict=True):
            if used > limit + TOLERANCE:
                return name
        most = self.limits.most_risk
        return RISK if most is not None and -cvar(self.with_one(one), self.limits.worst) > most + TOLERANCE else None

    def add(self, one: int) -> None:
        self.total = self.with_one(one)
        shelf, pool = int(self.pool.shelf[one]), self.pool
        self.joined[shelf] = self.joined.get(shelf, _NONE) + pool.attraction[one]
        self.earned[shelf] = self.earned.get(shelf, _NONE) + pool.margin[one] * pool.attraction[one]
        self.used = self.used + pool.uses[one]
        self.members.append(one)

    def copy(self) -> "Chosen":
        same = Chosen(self.pool, self.limits, list(self.members))
        same.used, same.total, same.joined, same.earned = self.used, self.total, dict(self.joined), dict(self.earned)
        return same

    def without(self, one: int) -> "Chosen":
        return of(self.pool, self.limits, [member for member in self.members if member != one])


_NONE: Floats = np.zeros(1)


def of(pool: Pool, limits: Limits, members: Iterable[int]) -> Chosen:
    """That set, whether or not it keeps to the limits."""
    found = Chosen(pool, limits)
    for one in members:
        found.add(one)
    return found


def bounds(limits: Limits) -> Floats:
    return np.array([np.inf if bound is None else float(bound) for bound in (limits.budget, limits.space, limits.places)])
