"""Small cases, each with every policy tried: does ours ever cost more than the best of them?"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np

from shelfwise.measures.policies.guaranteed import Stage, Tree, guaranteed_service
from shelfwise.measures.policies.laws import Law, normed, of_periods
from shelfwise.measures.policies.lot_sizing import Costs, capacitated, wagner_whitin
from shelfwise.measures.policies.min_max import Review, min_max
from shelfwise.measures.policies.reorder import best_reorder, reorder_cost
from shelfwise.measures.policies.serial import Chain, serial

Random = np.random.Generator


@dataclass(frozen=True)
class Game:
    """`drawn` gives our cost in a case, and that of the best policy of all that were tried."""

    count: int
    drawn: Callable[[Random], tuple[float, float]]


def played(game: Game, rng: Random) -> int:
    """Cases in which ours costs more, by more than rounding."""
    pairs = [game.drawn(rng) for _ in range(game.count)]
    return sum(ours > best * (1 + 1e-9) + 1e-9 for ours, best in pairs)


def _law(rng: Random, most: int = 6) -> Law:
    return normed(rng.integers(0, 5, int(rng.integers(2, most + 1))) + 0.1)


def min_max_game(rng: Random) -> tuple[float, float]:
    law = _law(rng)
    review = Review(law, of_periods(law, int(rng.integers(1, 4))), rng.uniform(0, 20), rng.uniform(0.3, 3), rng.uniform(0.5, 15))
    tried = (review.cost(at, up_to) for at in range(-12, 15) for up_to in range(at + 1, at + 30))
    return min_max(review).cost, min(tried)


def reorder_game(rng: Random) -> tuple[float, float]:
    lead, costs = _law(rng, 8), (rng.uniform(0.2, 5), rng.uniform(0, 20), rng.uniform(0.3, 3), rng.uniform(0.5, 15))
    tried = (reorder_cost(lead, *costs, at, quantity) for at in range(-20, 10) for quantity in range(1, 36))
    return best_reorder(lead, *costs).cost, min(tried)


def _paid(units: tuple[int, ...], demand: list[int], costs: Costs) -> float:
    """Infinite where demand is not met in time."""
    held, total = 0, 0.0
    for t, x in enumerate(units):
        held += x - demand[t]
        if held < 0:
            return float("inf")
        total += (costs.fixed[t] if x else 0) + costs.unit[t] * x + costs.holding[t] * held
    return total


def _costs(rng: Random, periods: int) -> Costs:
    return Costs(rng.uniform(0, 9, periods).tolist(), rng.uniform(0, 3, periods).tolist(), rng.uniform(0.01, 2, periods).tolist())


def capacitated_game(rng: Random) -> tuple[float, float]:
    most, costs = rng.integers(2, 7, 4).tolist(), _costs(rng, 4)
    demand = [int(rng.integers(0, limit)) for limit in most]  # so that it can be met
    tried = (_paid(units, demand, costs) for units in product(*(range(limit + 1) for limit in most)))
    return capacitated(demand, most, costs).cost, min(tried)


def wagner_whitin_game(rng: Random) -> tuple[float, float]:
    demand, costs = rng.integers(0, 4, 4).tolist(), _costs(rng, 4)
    tried = (_paid(units, demand, costs) for units in product(range(sum(demand) + 1), repeat=4))
    return wagner_whitin(demand, costs).cost, min(tried)


def serial_game(rng: Random) -> tuple[float, float]:
    chain = Chain(rng.uniform(0.1, 3, 2).tolist(), [_law(rng, 4), _law(rng, 4)], rng.uniform(0.5, 20))
    return serial(chain).cost, min(_walked(chain, *levels) for levels in product(range(5), range(8)))


def _walked(chain: Chain, first: int, second: int) -> float:
    """A chain of two stages, by each demand of each lead time."""
    total = 0.0
    for (d, p), (e, q) in product(enumerate(chain.leads[0]), enumerate(chain.leads[1])):
        above = second - e
        below = min(first, above) - d
        owed = (chain.shortage + sum(chain.holding)) * max(-below, 0)
        total += p * q * (chain.holding[0] * below + chain.holding[1] * above + owed)
    return total


def guaranteed_game(rng: Random) -> tuple[float, float]:
    count = int(rng.integers(2, 5))
    links = [pair if rng.random() < 0.5 else pair[::-1] for pair in ((str(rng.integers(0, j)), str(j)) for j in range(1, count))]
    stages = {
        str(j): Stage(
            int(rng.integers(0, 3)), rng.uniform(0.1, 5), int(rng.integers(0, 3)), rng.uniform(0, 4), int(rng.integers(0, 2))
        )
        for j in range(count)
    }
    tree = Tree(stages, links, factor=1.64)
    limits = [min(tree.longest[name], stage.promised or 0) for name, stage in stages.items()]
    return guaranteed_service(tree).cost, min(_promised(tree, promises) for promises in product(*(range(x + 1) for x in limits)))


def _promised(tree: Tree, promises: tuple[int, ...]) -> float:
    """Infinite where a promise can't be kept."""
    service = dict(zip(tree.stages, promises, strict=True))
    total = 0.0
    for name, stage in tree.stages.items():
        uncovered = max([stage.supply, *(service[above] for above in tree.above[name])]) + stage.time - service[name]
        if uncovered < 0:
            return float("inf")
        total += stage.holding * tree.factor * tree.sds[name] * uncovered**0.5
    return total


GAMES = {
    "min_max": Game(75, min_max_game),
    "best_reorder": Game(75, reorder_game),
    "capacitated": Game(100, capacitated_game),
    "wagner_whitin": Game(50, wagner_whitin_game),
    "serial": Game(100, serial_game),
    "guaranteed_service": Game(100, guaranteed_game),
}
