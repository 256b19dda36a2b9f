"""What does the plan earn on an item in 13 weeks, if this and that befalls it?

Before its inbound order arrives an item sells from what is on hand, then from both; from the week on in which the next order can
come (cover) its stock is kept at the safety stock, in whole cases, and `fill_rate` of what is wanted beyond is replenished. While
nothing can be delivered the safety stock sells. What does not pay for holding its cases is not bought again. Demand is even within
each of the two spans.

Of the L units beyond the safety stock that are left after 13 weeks K are held until they have sold at the pace p that is expected
then, the others are cleared:

    kept = h K^2 / (2 p) - c K + clearing (L - K)

h is what a unit in stock costs a week and c what it spares: while it lasts no case has to be held, h (Q - 1) / 2 a week, or, where
none would be, its sale is one that the shop would not make otherwise. That is the value of a level relative to an empty shelf under
the policy that orders a case of Q when it is empty (Howard 1960, *Dynamic Programming and Markov Processes*, ch. 4). What the weeks
sold moves p as they move a gamma-Poisson level (measures.evidence).
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from shelfwise.measures.evidence import multiplier
from shelfwise.measures.streams import Floats
from shelfwise.risk.futures import WEEKS

PARTS = (
    "on_hand",
    "inbound",
    "unit_price",
    "unit_cost",
    "holding",
    "clearing",
    "cover_weeks",
    "lead_weeks",
    "near_mean",
    "far_mean",
    "case_pack",
    "safety_stock",
)
TINY = 1e-9
LEVEL_SHAPE = np.array(1.0)  # gamma shape of an item's own level: of a slow item, a quarter without a sale says little


@dataclass(frozen=True)
class Items:
    """Columns of gold.risk_exposure: arrays of items x 1."""

    on_hand: Floats
    inbound: Floats
    unit_price: Floats
    unit_cost: Floats
    holding: Floats
    clearing: Floats
    cover_weeks: Floats
    lead_weeks: Floats
    near_mean: Floats
    far_mean: Floats
    case_pack: Floats
    safety_stock: Floats

    @property
    def pace(self) -> Floats:
        """Units a week."""
        return np.maximum(self.far_mean / WEEKS, TINY)


@dataclass(frozen=True)
class World:
    """What befalls them: arrays that broadcast to items x scenarios."""

    near: Floats  # units wanted until the next order can come
    far: Floats  # units wanted in all 13 weeks
    inbound: Floats  # units that arrive
    arrival: Floats  # week in which they do
    price: Floats
    closed: Floats  # share of the weeks after cover in which nothing can be replenished


@dataclass(frozen=True)
class Outcome:
    profit: Floats
    sold: Floats
    unmet: Floats
    replenished: Floats
    left: Floats
    kept: Floats  # money that what is left will cost after the 13 weeks
    stock: Floats  # mean units on the shelf


def items_of(rows: pd.DataFrame) -> Items:
    return Items(*(rows[name].to_numpy(np.float64)[:, None] for name in PARTS))


def planned(items: Items) -> World:
    """Demand as foreseen, everything on time and in full, at today's prices."""
    arrival = np.minimum(items.lead_weeks, items.cover_weeks)
    return World(items.near_mean, items.far_mean, items.inbound, arrival, items.unit_price, np.zeros_like(arrival))


def outcome(items: Items, world: World, fill_rate: float) -> Outcome:
    """In the world, by item and scenario."""
    spans = _spans(items, world)
    safety = items.safety_stock * (keeps := worth_a_case(items))
    first = np.minimum(spans.before, items.on_hand)
    stock = items.on_hand - first + world.inbound * (world.arrival < WEEKS)
    at_cover = stock - np.minimum(spans.between, stock)
    own = np.minimum(spans.after, np.maximum(at_cover - safety, 0.0))
    short = spans.after - own
    replenished = short * fill_rate * spans.open_share * keeps
    filled_up = np.maximum(safety - at_cover, 0.0) * spans.open_share
    reserve = at_cover - own + filled_up
    used = np.minimum(reserve, short * (1 - spans.open_share))
    again = np.maximum(safety - reserve + used, 0.0) * (spans.open_share > 0)
    bought = replenished + filled_up + again
    cases = np.ceil(bought / items.case_pack - TINY)
    rest = cases * items.case_pack - bought
    left = reserve - used + again + rest
    second = stock - at_cover + own
    sold = first + second + used + replenished
    cycle = _in_cases(bought, cases, rest, items.case_pack)
    held = _lasting(second, spans.wanted) * (stock - second / 2)
    held = held + (short * reserve + replenished * cycle) / np.maximum(spans.wanted, TINY)
    weeks = np.minimum(world.arrival, WEEKS)
    stock_weeks = weeks * _lasting(first, spans.before) * (items.on_hand - first / 2) + (WEEKS - weeks) * held
    kept = kept_cost(items, world, np.maximum(left - safety, 0.0))
    profit = (world.price - items.unit_cost) * sold - items.holding * stock_weeks - kept
    return Outcome(profit, sold, spans.before + spans.wanted - sold, replenished, left, kept, stock_weeks / WEEKS)


@dataclass(frozen=True)
class Spans:
    """Units wanted `before` the inbound order comes, from then until cover (`between`), and `after` both."""

    before: Floats
    between: Floats
    after: Floats
    open_share: Floats  # of the weeks of `after`, in which something can be delivered

    @property
    def wanted(self) -> Floats:
        return self.between + self.after


def _spans(items: Items, world: World) -> Spans:
    later = np.maximum(world.far - world.near, 0.0)
    soon = np.clip(world.arrival / np.maximum(items.cover_weeks, TINY), 0.0, 1.0)
    beyond = np.clip((world.arrival - items.cover_weeks) / np.maximum(WEEKS - items.cover_weeks, TINY), 0.0, 1.0)
    # what is shut from cover on and what waits for the inbound order are the same weeks
    open_share = 1 - np.clip((world.closed - beyond) / np.maximum(1 - beyond, TINY), 0.0, 1.0)
    return Spans(world.near * soon + later * beyond, world.near * (1 - soon), later * (1 - beyond), open_share)


def _lasting(sold: Floats, wanted: Floats) -> Floats:
    """Share of the time until the shelf is empty; all of it where nothing is wanted."""
    return np.where(wanted > 0, sold / np.maximum(wanted, TINY), 1.0)


def _in_cases(units: Floats, cases: Floats, rest: Floats, case: Floats) -> Floats:
    """Mean units held while these sell: of whole cases (Q - 1) / 2, of the last one what it is sold from and to."""
    last = case - rest
    held = (units - last) * (case - 1) / 2 + last * (case - 1 + rest) / 2
    return np.where(cases > 0, held, 0.0) / np.maximum(units, TINY)


def worth_a_case(items: Items) -> Floats:
    """1 where the margin of the foreseen pace pays for holding cases, else 0."""
    return (_worth(items, items.unit_price) * items.pace >= items.holding * (items.case_pack - 1) / 2).astype(np.float64)


def kept_cost(items: Items, world: World, left: Floats) -> Floats:
    """Money that what is left will cost after the 13 weeks, more than an empty shelf would; below zero it spares some."""
    pace = np.maximum(items.pace * multiplier(world.far, items.far_mean, LEVEL_SHAPE), TINY)
    held = np.minimum(left, worth_holding(items, pace, world.price))
    spared = _spared(items, pace, world.price)
    kept: Floats = items.holding * held**2 / (2 * pace) - spared * held + items.clearing * (left - held)
    return kept


def worth_holding(items: Items, pace: Floats, price: Floats) -> Floats:
    """Units: what is beyond costs more until it has sold than clearing it does."""
    bound = (items.clearing + _spared(items, pace, price)) * pace
    return np.where(items.holding > 0, bound / np.maximum(items.holding, TINY), np.inf)


def _spared(items: Items, pace: Floats, price: Floats) -> Floats:
    return np.minimum(items.holding * (items.case_pack - 1) / (2 * pace), _worth(items, price))


def _worth(items: Items, price: Floats) -> Floats:
    """A unit's sale; what is sold below its cost is so on purpose, and is replenished in any case."""
    return np.where(price >= items.unit_cost, price - items.unit_cost, np.inf)


def blocked(items: Items, world: World, start: Floats, weeks: Floats) -> World:
    """Nothing is delivered for some `weeks` from `start` on; 0 weeks: nothing happens."""
    end = start + weeks
    held = (weeks > 0) & (world.arrival >= start) & (world.arrival < end)
    closed = np.minimum(world.closed + shut_share(items, start, end), 1.0)
    return replace(world, arrival=np.where(held, end, world.arrival), closed=closed)


def shut_share(items: Items, start: Floats, end: Floats) -> Floats:
    """Of the weeks after cover, those from `start` to `end`."""
    span = np.maximum(WEEKS - items.cover_weeks, TINY)
    share: Floats = np.clip((np.minimum(end, WEEKS) - np.maximum(start, items.cover_weeks)) / span, 0.0, 1.0)
    return share
