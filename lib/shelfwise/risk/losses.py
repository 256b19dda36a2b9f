"""What is lost on each item in each scenario, by kind?

Troubles befall the plan one after the other, in the order of contracts.gold.risk.KINDS: the loss of a kind is what the plan earns
before it less what it earns after, so that kinds add up to the whole; what two of them do together counts for the later one. Of the
first step, demand, what stock can't serve is told apart as stock_out.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from shelfwise.contracts.gold.risk import PROBABILITIES
from shelfwise.measures.streams import Floats, Ints
from shelfwise.risk.futures import WEEKS, Futures, chance, failing, known_as
from shelfwise.risk.value import Items, Outcome, World, blocked, items_of, outcome, planned, shut_share

ENDS = np.array(PROBABILITIES)


@dataclass(frozen=True)
class Chunk:
    """Some rows of gold.risk_exposure with their department's `factors`, and whom draws are for."""

    rows: pd.DataFrame
    items: Items
    own: Ints
    supplier: Ints
    category: Ints

    def column(self, name: str) -> Floats:
        return self.rows[name].to_numpy(np.float64)[:, None]


def chunk_of(rows: pd.DataFrame) -> Chunk:
    named = [f"item {one}" for one in rows["item_id"]], [f"supplier {one}" for one in rows["supplier_id"]]
    categories = [f"category {of} / {one}" for of, one in zip(rows["department"], rows["category"], strict=True)]
    words = [np.array([known_as(name) for name in names], dtype=np.int64) for names in (*named, categories)]
    return Chunk(rows, items_of(rows), *words)


def losses(chunk: Chunk, futures: Futures) -> dict[str, Floats]:
    """Money by kind, items x scenarios."""
    fill, items = futures.params.fill_rate, chunk.items
    calm = planned(items)
    world = wanted(chunk, futures, calm)
    found, (before, after) = {}, (outcome(items, calm, fill), outcome(items, world, fill))
    margin = items.unit_price - items.unit_cost
    found["stock_out"] = margin * (after.unmet - before.unmet)
    found["demand"] = before.profit - after.profit - found["stock_out"]
    for kind, befall in STEPS.items():
        world, before = befall(chunk, futures, world), after
        after = outcome(items, world, fill)
        found[kind] = before.profit - after.profit
        if kind == "price":
            found["cost"] = dearer(chunk, futures, after)
    found["failure"] = found["failure"] + lost_advance(chunk, futures)
    found["receivables"] = np.zeros((1, 1))  # no item's: risk.receivables
    return found | recalled(chunk, futures, after) | spoilt_and_sent_back(chunk, futures, world, after)


def wanted(chunk: Chunk, futures: Futures, calm: World) -> World:
    chances = futures.uniform("demand", chunk.own)
    near, far = (_quantile(_stacked(chunk.rows[name]), chances) for name in ("near", "far"))
    cover = chunk.rows["cover_weeks"].to_numpy(np.int64)
    moved = np.empty((2, *chances.shape))
    for department, group in chunk.rows.reset_index(drop=True).groupby("department"):
        factor = futures.demand_factor(str(department), _stacked(group["factors"].iloc[0]))
        moved[0, group.index], moved[1, group.index] = factor[:, cover[group.index] - 1].T, factor[:, -1]
    return replace(calm, near=near * moved[0], far=np.maximum(far * moved[1], near * moved[0]))


def _quantile(lines: Floats, chances: Floats) -> Floats:
    """Units at each chance, by the line through a law's quantiles; items x scenarios."""
    segment = np.searchsorted(ENDS, chances, side="right") - 1
    low, high = (np.take_along_axis(lines, segment + step, axis=1) for step in (0, 1))
    share = (chances - ENDS[segment]) / np.diff(ENDS)[segment]
    units: Floats = low + share * (high - low)
    return units


def _repriced(chunk: Chunk, futures: Futures, world: World) -> World:
    known, places = np.unique(chunk.category, return_inverse=True)
    calm, war = (moved[places] for moved in futures.rival_log_prices(known))
    drawn = np.exp(futures.params.rival_elasticity * (calm + war))
    followed = np.exp(futures.params.follow * war)
    return replace(world, near=world.near * drawn, far=world.far * drawn, price=world.price * followed)


def dearer(chunk: Chunk, futures: Futures, after: Outcome) -> Floats:
    sd = futures.params.cost_sd
    rise = np.expm1(sd * _by_group(partial(futures.normal, "cost"), chunk.supplier) - sd**2 / 2)
    lost: Floats = after.replenished * chunk.items.unit_cost * rise * (1 - futures.params.passed_on)
    return lost


def _late(chunk: Chunk, futures: Futures, world: World) -> World:
    """By the law of lead times; no later than the next order, which then brings as much."""
    shares = np.cumsum(_stacked(chunk.rows["week_shares"]), axis=1)
    chances = futures.shared("late", chunk.own, chunk.supplier) * shares[:, -1:]
    weeks = np.zeros_like(chances)
    for ends in shares.T[:-1]:
        weeks += chances > ends[:, None]
    extra = (futures.stress.slower - 1) * chunk.items.lead_weeks
    cover = chunk.items.cover_weeks
    closed = np.maximum(world.closed, shut_share(chunk.items, cover, cover + extra))
    return replace(world, arrival=np.minimum(weeks, cover) + extra, closed=closed)


def _short(chunk: Chunk, futures: Futures, world: World) -> World:
    """One order in so many lacks something: evenly any part of it, so that the mean share is the known one."""
    share = chunk.column("short_share")
    often = np.minimum(2 * share, 1.0)
    chances = futures.shared("short", chunk.own, chunk.supplier)
    part = np.where(chances < often, chances / np.maximum(often, 1e-9), 0.0)
    return replace(world, inbound=world.inbound * (1 - np.minimum(part * 2 * share / np.maximum(often, 1e-9), 1.0)))


def _out(chunk: Chunk, futures: Futures, world: World) -> World:
    named = ("outage", "outage weeks", "outage start")
    happens, lasts, starts = (_by_group(partial(futures.uniform, what), chunk.supplier) for what in named)
    struck_by = happens < chance(chunk.column("outages_per_year"))
    longest = chunk.column("other_source_weeks")
    start, weeks = WEEKS * starts, np.where(struck_by, np.minimum(-np.log(lasts) * chunk.column("recover_weeks"), longest), 0.0)
    if not futures.stress.out_weeks:
        return blocked(chunk.items, world, start, weeks)
    struck = chunk.rows["of_largest_supplier"].to_numpy(bool)[:, None]
    sure = np.where(struck, 0.0, start), np.where(struck, np.minimum(futures.stress.out_weeks, longest), weeks)
    return blocked(chunk.items, world, *sure)


def _failed(chunk: Chunk, futures: Futures, world: World) -> World:
    start = WEEKS * _by_group(partial(futures.uniform, "failure week"), chunk.supplier)
    replaced = np.minimum(chunk.column("replace_weeks"), chunk.column("other_source_weeks"))
    return blocked(chunk.items, world, start, np.where(_fails(chunk, futures), replaced, 0.0))


def _fails(chunk: Chunk, futures: Futures) -> NDArray[np.bool_]:
    """In bad times several at once."""
    chances = _by_group(partial(futures.together, "failure"), chunk.supplier)
    fails: NDArray[np.bool_] = chances < failing(chunk.column("failure_per_year"), chunk.column("stopped_chance"))
    return fails


def lost_advance(chunk: Chunk, futures: Futures) -> Floats:
    return np.where(_fails(chunk, futures), chunk.column("advance") * chunk.column("advance_loss_share"), 0.0)


STEPS = {"price": _repriced, "late": _late, "short": _short, "outage": _out, "failure": _failed}


def recalled(chunk: Chunk, futures: Futures, after: Outcome) -> dict[str, Floats]:
    """What would have sold from then on, and the stock that is there, at cost."""
    happens = futures.uniform("recall", chunk.own) < chance(chunk.column("recalls_per_year"))
    if futures.stress.recall:
        happens |= chunk.rows["is_largest_item"].to_numpy(bool)[:, None]
    gone = futures.uniform("recall week", chunk.own)
    earned = np.maximum(chunk.items.unit_price - chunk.items.unit_cost, 0.0) * after.sold * (1 - gone)
    stock = np.maximum(chunk.items.on_hand + chunk.items.inbound - after.sold * gone, 0.0)
    return {"recall": np.where(happens, earned + stock * chunk.items.unit_cost, 0.0)}


def spoilt_and_sent_back(chunk: Chunk, futures: Futures, world: World, after: Outcome) -> dict[str, Floats]:
    """Exponential shares of the stock; lognormal ones of sales, the same in a category."""
    items, sd = chunk.items, futures.params.return_sd
    spoilt = np.minimum(-np.log(futures.uniform("shrinkage", chunk.own)) * chunk.column("shrinkage_share"), 1.0)
    often = np.exp(sd * _by_group(partial(futures.normal, "returns"), chunk.category) - sd**2 / 2)
    back = np.minimum(chunk.column("return_share") * often, 1.0) * after.sold
    worth = world.price * (1 + chunk.column("return_loss_share")) - items.unit_cost
    return {"shrinkage": spoilt * after.stock * items.unit_cost, "returns": back * np.maximum(worth, 0.0)}


def _stacked(arrays: Iterable[Floats]) -> Floats:
    return np.stack(list(arrays))


def _by_group(drawn: Callable[[Ints], Floats], words: Ints) -> Floats:
    """`drawn` of each different word once, laid out by the words."""
    known, places = np.unique(words, return_inverse=True)
    found: Floats = drawn(known)[places]
    return found
