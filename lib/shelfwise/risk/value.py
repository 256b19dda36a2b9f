"""What does the plan earn on an item in 13 weeks, if this and that befalls it?

Before its inbound order arrives an item sells from what is on hand, then from both; from the week on in which the next order can
come (cover) `fill_rate` of what its stock does not meet is replenished, unless nothing can be delivered. Demand is even within each
of the two spans. Of what is left after 13 weeks the cheaper counts: to clear it, or to hold it until it has sold at the pace that
is expected then: what the weeks sold moves it as they move a gamma-Poisson level (measures.evidence).
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


def items_of(rows: pd.DataFrame) -> Items:
    return Items(*(rows[name].to_numpy(np.float64)[:, None] for name in PARTS))


def planned(items: Items) -> World:
    """Demand as foreseen, everything on time and in full, at today's prices."""
    arrival = np.minimum(items.lead_weeks, items.cover_weeks)
    return World(items.near_mean, items.far_mean, items.inbound, arrival, items.unit_price, np.zeros_like(arrival))


def outcome(items: Items, world: World, fill_rate: float) -> Outcome:
    """In the world, by item and scenario."""
    later = np.maximum(world.far - world.near, 0.0)
    span = np.maximum(WEEKS - items.cover_weeks, TINY)
    soon = np.clip(world.arrival / np.maximum(items.cover_weeks, TINY), 0.0, 1.0)
    beyond = np.clip((world.arrival - items.cover_weeks) / span, 0.0, 1.0)
    before = world.near * soon + later * beyond
    between = world.near * (1 - soon)
    after = later * (1 - beyond)
    first = np.minimum(before, items.on_hand)
    stock = items.on_hand - first + world.inbound * (world.arrival < WEEKS)
    second = np.minimum(between, stock)
    third = np.minimum(after, stock - second)
    # what is shut from cover on and what waits for the inbound order are the same weeks
    open_share = 1 - np.clip((world.closed - beyond) / np.maximum(1 - beyond, TINY), 0.0, 1.0)
    replenished = (after - third) * fill_rate * open_share
    sold = first + second + third + replenished
    left = stock - second - third
    pace = np.maximum(items.far_mean / WEEKS * multiplier(world.far, items.far_mean, LEVEL_SHAPE), TINY)
    kept = left * np.minimum(items.clearing, items.holding * left / pace / 2)
    stock_weeks = WEEKS * (items.on_hand + world.inbound + left) / 2
    profit = (world.price - items.unit_cost) * sold - items.holding * stock_weeks - kept
    return Outcome(profit, sold, world.near + later - sold, replenished, left, kept)


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
