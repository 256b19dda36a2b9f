"""What a set of candidates is worth, and whether it keeps to the limits: its state while it is made.

What is chosen are plans, a candidate with one of its opening orders each. A set holds one plan of a candidate at most: another that
is added takes its place.
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
    """Plans x scenarios, and the shelves that they would come to."""

    outcome: Floats  # profit alone
    demand: Floats  # units alone
    margin: Floats  # money per unit
    candidate: Ints  # whose plan it is
    shelf: Ints
    uses: Floats  # plans x LIMITS
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
        self.plans: dict[int, int] = {}

    @property
    def worth(self) -> float:
        return mean_and_worst(self.total, self.limits.aversion, self.limits.worst)

    def replaced(self, one: int) -> int | None:
        """The member that is a plan of the same candidate."""
        return self.plans.get(int(self.pool.candidate[one]))

    def with_one(self, one: int) -> Floats:
        """The total by scenario were it in."""
        shelf, pool = int(self.pool.shelf[one]), self.pool
        joined, earned = self.joined.get(shelf, _NONE), self.earned.get(shelf, _NONE)
        total: Floats = self.total - pool.shelf_money(shelf, joined, earned)
        if (old := self.replaced(one)) is not None:
            total = total - pool.other(old)
        return total + pool.shelf_money(shelf, *self._shelf_with(one)) + pool.other(one)

    def uses_with(self, one: int) -> Floats:
        """Of LIMITS, were it in."""
        old = self.replaced(one)
        more: Floats = self.pool.uses[one] - (0.0 if old is None else self.pool.uses[old])
        return self.used + more

    def _shelf_with(self, one: int) -> tuple[Floats, Floats]:
        """Attraction and margin that would have come to its shelf."""
        pool, shelf = self.pool, int(self.pool.shelf[one])
        joined, earned = self.joined.get(shelf, _NONE) + pool.attraction[one], self.earned.get(shelf, _NONE)
        earned = earned + pool.margin[one] * pool.attraction[one]
        if (old := self.replaced(one)) is not None:
            joined, earned = joined - pool.attraction[old], earned - pool.margin[old] * pool.attraction[old]
        return joined, earned

    def gain(self, one: int) -> float:
        return mean_and_worst(self.with_one(one), self.limits.aversion, self.limits.worst) - self.worth

    def binds(self, one: int) -> str | None:
        """The limit that it would break."""
        for name, limit, used in zip(LIMITS, bounds(self.limits), self.uses_with(one), strict=True):
            if used > limit + TOLERANCE:
                return name
        most = self.limits.most_risk
        return RISK if most is not None and -cvar(self.with_one(one), self.limits.worst) > most + TOLERANCE else None

    def add(self, one: int) -> None:
        """In the place of another plan of the same candidate, where one is in."""
        old, shelf = self.replaced(one), int(self.pool.shelf[one])
        self.total, self.used = self.with_one(one), self.uses_with(one)
        self.joined[shelf], self.earned[shelf] = self._shelf_with(one)
        self.plans[int(self.pool.candidate[one])] = one
        if old is None:
            self.members.append(one)
        else:
            self.members[self.members.index(old)] = one

    def copy(self) -> "Chosen":
        same = Chosen(self.pool, self.limits, list(self.members))
        same.used, same.total, same.joined, same.earned = self.used, self.total, dict(self.joined), dict(self.earned)
        same.plans = dict(self.plans)
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
