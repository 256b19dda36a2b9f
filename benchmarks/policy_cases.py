"""Cases of each policy, drawn alike for us and for stockpyl; sizes are those of a shop's items, by the week or by the year."""

from typing import Any

import numpy as np

from shelfwise.measures.policies import guaranteed

Random = np.random.Generator


def drawn_rates(rng: Random) -> tuple[float, ...]:
    """Of a year: demand, an order, holding, waiting."""
    return rng.uniform(100, 5000), rng.uniform(1, 500), rng.uniform(0.1, 20), rng.uniform(1, 60)


def drawn_offers(rng: Random) -> tuple[Any, ...]:
    least = [0, *np.sort(rng.choice(np.arange(50, 2000), 2, replace=False)).tolist()]
    return rng.uniform(100, 5000), rng.uniform(1, 500), rng.uniform(0.05, 0.4), least, np.sort(rng.uniform(1, 9, 3))[::-1].tolist()


def drawn_normal(rng: Random) -> tuple[float, ...]:
    mean = rng.uniform(5, 500)
    return mean, mean * rng.uniform(0.05, 0.4), rng.uniform(0.05, 5), rng.uniform(0.5, 60), int(rng.integers(1, 9))


def drawn_poisson(rng: Random) -> tuple[float, ...]:
    return rng.uniform(0.5, 80), rng.uniform(0.05, 5), rng.uniform(0.5, 60)


def drawn_law(rng: Random) -> tuple[Any, ...]:
    weights = rng.uniform(0, 1, int(rng.integers(2, 60)))
    return (weights / weights.sum()).tolist(), rng.uniform(0.05, 5), rng.uniform(0.5, 60)


def drawn_lead(rng: Random) -> tuple[float, ...]:
    """Of a year: demand, its deviation; an order, holding, shortage; lead time in years."""
    rate = rng.uniform(50, 2000)
    return rate, rate * rng.uniform(0.1, 0.5), rng.uniform(5, 200), rng.uniform(0.2, 5), rng.uniform(5, 60), rng.uniform(0.02, 0.3)


def drawn_small_lead(rng: Random) -> tuple[float, ...]:
    """As above, without a deviation."""
    return rng.uniform(5, 60), rng.uniform(1, 40), rng.uniform(0.5, 5), rng.uniform(5, 60), rng.uniform(0.1, 0.6)


def drawn_periods(rng: Random) -> tuple[list[float], ...]:
    """Demand, an order, holding: steady, since stockpyl charges each period of a lot as that in which the lot was ordered."""
    count = int(rng.integers(6, 25))
    return rng.integers(0, 200, count).tolist(), rng.uniform(20, 500, count).tolist(), [rng.uniform(0.1, 3)] * count


def drawn_fixed(rng: Random) -> tuple[float, ...]:
    return rng.uniform(1, 25), rng.uniform(5, 80), rng.uniform(0.5, 3), rng.uniform(4, 40)


def drawn_chain(rng: Random) -> tuple[Any, ...]:
    """Holding costs and lead times from the customer up, shortage, mean demand."""
    stages = int(rng.integers(1, 5))
    return rng.uniform(0.1, 3, stages).tolist(), rng.uniform(0.5, 2, stages).tolist(), rng.uniform(5, 60), rng.uniform(2, 12)


def drawn_tree(rng: Random) -> guaranteed.Tree:
    count = int(rng.integers(2, 9))
    pairs = [(str(rng.integers(0, j)), str(j)) for j in range(1, count)]
    links = [pair if rng.random() < 0.5 else pair[::-1] for pair in pairs]
    last = {str(j) for j in range(count)} - {above for above, _ in links}
    stages = {
        str(j): guaranteed.Stage(
            int(rng.integers(1, 9)),
            rng.uniform(0.1, 9),
            int(rng.integers(0, 4)) if str(j) in last else None,
            rng.uniform(1, 20) if str(j) in last else 0,
            int(rng.integers(0, 4)),
        )
        for j in range(count)
    }
    return guaranteed.Tree(stages, links, factor=1.64)


def halved(tree: guaranteed.Tree) -> dict[str, int]:
    """Promises to price: of half the time that a stage could take, or of what its customers wait."""
    longest = {name: most // 2 for name, most in tree.longest.items()}
    customers = {name: stage.promised for name, stage in tree.stages.items() if stage.promised is not None}
    return {name: min(half, customers.get(name, half)) for name, half in longest.items()}
