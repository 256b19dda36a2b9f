"""Where to hold safety stock in a tree of stages, each of which promises a service time and always keeps it?

A stage waits for the longest promise `in` of those that serve it, works for `time` periods and promises `out` to those it serves:
it holds factor * sd * sqrt(in + time - out) units against demand over the periods that neither wait covers. Which promises
cost least is found by dynamic programming over the tree: stages are taken in an order in which each has one neighbour left, its
costs and those of what hangs on it being a function of what it promises that neighbour or what it is promised (Graves &
Willems, *Optimizing strategic safety stock placement in supply chains*, Manufacturing & Service Operations Management 2(1),
2000, with the erratum of 5(2), 2003; Snyder & Shen, *Fundamentals of Supply Chain Theory*, ch. 6).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from math import sqrt

import numpy as np

from shelfwise.measures.policies.laws import Floats, Ints


@dataclass(frozen=True)
class Stage:
    """`time` in whole periods; `holding` a unit a period; outside suppliers take `supply` periods; outside customers wait
    `promised` periods at most (None: there are none), their demand a period has the standard deviation `sd`."""

    time: int
    holding: float
    promised: int | None = None
    sd: float = 0.0
    supply: int = 0


@dataclass(frozen=True)
class Tree:
    """`links` go from the stage that serves to the one that is served; `factor` 1.64 covers demand of 95 in 100 periods."""

    stages: Mapping[str, Stage]
    links: Sequence[tuple[str, str]]
    factor: float

    def __post_init__(self) -> None:
        refuse_no_tree(self.stages, self.links)
        for name, stage in self.stages.items():
            if min(stage.time, stage.supply, stage.promised or 0) < 0 or min(stage.holding, stage.sd) < 0 or self.factor < 0:
                raise ValueError(f"{name}: no time, cost or deviation may be below zero.")
            if stage.promised is None and not self.below[name]:
                raise ValueError(f"{name} serves nobody: it needs the time that it promises to customers.")

    @cached_property
    def above(self) -> dict[str, list[str]]:
        """Those that serve each stage."""
        found: dict[str, list[str]] = {name: [] for name in self.stages}
        for above, below in self.links:
            found[below].append(above)
        return found

    @cached_property
    def below(self) -> dict[str, list[str]]:
        """Those that each stage serves."""
        found: dict[str, list[str]] = {name: [] for name in self.stages}
        for above, below in self.links:
            found[above].append(below)
        return found

    @cached_property
    def order(self) -> list[tuple[str, str | None]]:
        """Each stage with its one neighbour that comes later; the last has none."""
        left = {name: {*self.above[name], *self.below[name]} for name in self.stages}
        leaves = [name for name, near in left.items() if len(near) <= 1]
        found: list[tuple[str, str | None]] = []
        while leaves:
            name = leaves.pop()
            after = next(iter(left.pop(name)), None)
            found.append((name, after))
            if after is not None:
                left[after].remove(name)
                if len(left[after]) == 1:
                    leaves.append(after)
        return found

    @cached_property
    def sds(self) -> dict[str, float]:
        """Of all demand that reaches a stage, demands of different customers being independent."""
        variances: dict[str, float] = {}
        for name in TopologicalSorter(self.below).static_order():
            variances[name] = self.stages[name].sd ** 2 + sum(variances[below] for below in self.below[name])
        return {name: sqrt(variance) for name, variance in variances.items()}

    @cached_property
    def longest(self) -> dict[str, int]:
        """Periods until a stage has goods where nobody holds stock."""
        found: dict[str, int] = {}
        for name in TopologicalSorter(self.above).static_order():
            found[name] = self.stages[name].time + max([self.stages[name].supply, *(found[above] for above in self.above[name])])
        return found

    def stock(self, service: Mapping[str, int]) -> dict[str, float]:
        """Units of safety stock of each stage by what stages promise."""
        return {name: self.factor * self.sds[name] * sqrt(self._uncovered(name, service)) for name in self.stages}

    def cost(self, service: Mapping[str, int]) -> float:
        return sum(self.stages[name].holding * units for name, units in self.stock(service).items())

    def _uncovered(self, name: str, service: Mapping[str, int]) -> int:
        stage = self.stages[name]
        periods = max([stage.supply, *(service[above] for above in self.above[name])]) + stage.time - service[name]
        if periods < 0 or service[name] < 0 or (stage.promised is not None and service[name] > stage.promised):
            raise ValueError(f"{name} can't promise {service[name]} periods.")
        return periods


@dataclass(frozen=True)
class Placement:
    """By stage: the periods that it promises, and its safety stock; `cost` of holding that a period."""

    service: dict[str, int]
    units: dict[str, float]
    cost: float


def guaranteed_service(tree: Tree) -> Placement:
    """The promises that cost least."""
    best: dict[str, _Best] = {}
    for name, after in tree.order:
        costs = _stage_costs(tree, name, best)
        axis = 1 if after in tree.below[name] else 0
        best[name] = _Best(costs.min(axis=axis), costs.argmin(axis=axis))
    service = _promises(tree, best)
    return Placement(service, tree.stock(service), tree.cost(service))


def refuse_no_tree(stages: Mapping[str, Stage], links: Iterable[tuple[str, str]]) -> None:
    groups = {name: {name} for name in stages}
    for link in links:
        if not {*link} <= groups.keys() or groups[link[0]] is groups[link[1]]:
            raise ValueError(f"{link[0]} -> {link[1]}: links join known stages, and never close a ring.")
        joined = groups[link[0]] | groups[link[1]]
        groups.update(dict.fromkeys(joined, joined))
    if len({id(group) for group in groups.values()}) != 1:
        raise ValueError("All stages must hang together, and there must be one.")


@dataclass(frozen=True)
class _Best:
    """Least cost by what a stage promises its later neighbour, with its best wait; or by its wait for it, with its best promise."""

    costs: Floats
    other: Ints


def _stage_costs(tree: Tree, name: str, best: Mapping[str, _Best]) -> Floats:
    """By promise (0, …, longest) and by wait (0, …, longest - time), with what hangs on the stage and came earlier."""
    stage, longest = tree.stages[name], tree.longest[name]
    promise, wait = np.arange(longest + 1)[:, None], np.arange(longest - stage.time + 1)
    uncovered = wait + stage.time - promise
    total = stage.holding * tree.factor * tree.sds[name] * np.sqrt(np.maximum(uncovered, 0))
    most = longest if stage.promised is None else stage.promised
    total[(uncovered < 0) | (wait < stage.supply) | (promise > most)] = np.inf
    for above in tree.above[name]:
        if above in best:
            # the wait is for the longest promise: any shorter one will do
            least = np.minimum.accumulate(best[above].costs)
            total += np.pad(least, (0, len(wait) - len(least)), "edge")
    for below in tree.below[name]:
        if below in best:
            # who waits for others longer may still be served earlier by this one
            total += np.minimum.accumulate(best[below].costs[::-1])[::-1][: longest + 1, None]
    return np.asarray(total)


def _promises(tree: Tree, best: Mapping[str, _Best]) -> dict[str, int]:
    """Back from the last stage, whose wait and promise cost least of all."""
    promise: dict[str, int] = {}
    wait: dict[str, int] = {}
    for name, after in reversed(tree.order):
        costs, other = best[name].costs, best[name].other
        if after in tree.below[name]:
            promise[name] = int(costs[: wait[after] + 1].argmin())
            wait[name] = int(other[promise[name]])
        else:
            earliest = 0 if after is None else promise[after]
            wait[name] = earliest + int(costs[earliest:].argmin())
            promise[name] = int(other[wait[name]])
    return promise
