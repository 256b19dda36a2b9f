"""What the shop holds, orders, receives, sells and loses, day by day, at one location.

    closing = opening + received - sold - damaged                       (every item and day)
    level   = ceil(m * (lead + review) + SAFETY * sqrt(m * (lead + review))),  m = mean daily sales of the last MEMORY days
    order   = level - on hand - on order, in whole cases and at least the minimum, at each supplier's weekly review

Orders go out in the evening and arrive some mornings later; an item's first delivery is ordered ahead, whole and in time for
its launch. One unit of an item breaks on a day with probability DAMAGED * units on hand. A want that finds no stock goes to
the item's substitute with the category's known probability, once; else it is lost.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from shelfwise.measures.streams import Draws, Floats, Ints
from shelfwise.simulate.catalogue import Bools, categories, items
from shelfwise.simulate.spec import WEEK, Spec
from shelfwise.simulate.suppliers import suppliers

MEMORY = 28
REVIEW = WEEK
SAFETY = 1.2  # in roots of the mean: a Poisson's standard deviations
DAMAGED = 0.0005
MOVE_COLUMNS = ("location", "item", "day", "opening", "received", "sold", "damaged", "closing", "on_order")
ORDER_COLUMNS = ("location", "item", "ordered", "promised", "arrived", "units", "delivered", "defective")


@dataclass
class Shelf:
    """The items `ids` (sorted, whole subcategories) at one location; changes day by day. `arriving` and `sold`: items x days."""

    spec: Spec
    location: int
    ids: Ints
    expected: Floats  # mean daily demand at list prices: what the shop counts on when it lists an item
    on_hand: Ints
    on_order: Ints
    arriving: Ints
    sold: Ints

    @property
    def launch(self) -> Ints:
        return items(self.spec).launch[self.ids]

    @property
    def supplier(self) -> Ints:
        return items(self.spec).supplier[self.ids]


def run_shelf(spec: Spec, location: int, ids: Ints, expected: Floats, wants: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """`wants` with what each took (`taken`; -1: nothing), `moves` (items x days on which something changed) and `orders`.

    `wants` are those of these items at this location, in any order.
    """
    wants = wants.sort_values(["day", "second", "customer", "number"], ignore_index=True)
    wanted = np.searchsorted(ids, wants["item"].to_numpy())
    first_of_day = np.searchsorted(wants["day"].to_numpy(), np.arange(spec.days + 1))
    switches, substitute = _switches(spec, location, wants), np.searchsorted(ids, items(spec).substitute[ids])
    shelf = _empty(spec, location, ids, expected)
    taken, moves, orders = np.full(len(wants), -1, dtype=np.int64), [], [_first_orders(shelf)]
    for day in range(spec.days):
        opening, received = shelf.on_hand.copy(), shelf.arriving[:, day]
        shelf.on_hand = opening + received
        today = slice(first_of_day[day], first_of_day[day + 1])
        taken[today] = _serve(shelf, wanted[today], substitute, switches[today])
        shelf.sold[:, day] = np.bincount(taken[today][taken[today] >= 0], minlength=len(ids))
        damaged = _damage(shelf, day)
        # an item's first delivery never counts as on order: it may have been ordered before the shop's first day
        shelf.on_order = shelf.on_order - np.where(shelf.launch == day, 0, received)
        orders.append(_review(shelf, day))
        moves.append(_moved(shelf, day, opening, received, damaged, ordered=orders[-1]["item"]))
    served = wants.assign(taken=np.where(taken >= 0, ids[np.maximum(taken, 0)], -1))
    return {"wants": served, "moves": _stacked(moves, MOVE_COLUMNS), "orders": _stacked(orders, ORDER_COLUMNS)}


def _empty(spec: Spec, location: int, ids: Ints, expected: Floats) -> Shelf:
    none = np.zeros((len(ids), spec.days), dtype=np.int64)
    return Shelf(spec, location, ids, expected, none[:, 0].copy(), none[:, 0].copy(), none.copy(), none.copy())


def _switches(spec: Spec, location: int, wants: pd.DataFrame) -> Bools:
    """True where the customer would take a substitute."""
    who = (wants[name].to_numpy() for name in ("customer", "day", "number"))
    chance = categories(spec).substitution[items(spec).category[wants["item"].to_numpy()]]
    willing: Bools = Draws(spec.seed).uniform("switches", location, *who) < chance
    return willing


def _serve(shelf: Shelf, wanted: Ints, substitute: Ints, switches: Bools) -> Ints:
    """What each want of a day takes (-1: nothing), in order of time: first the wanted items, then from what is left substitutes."""
    taken = np.where(in_turn(wanted) < shelf.on_hand[wanted], wanted, -1)
    left = shelf.on_hand - np.bincount(taken[taken >= 0], minlength=len(shelf.ids))
    second = np.flatnonzero((taken < 0) & switches & (substitute[wanted] != wanted))
    other = substitute[wanted[second]]
    found = in_turn(other) < left[other]
    taken[second[found]] = other[found]
    shelf.on_hand = shelf.on_hand - np.bincount(taken[taken >= 0], minlength=len(shelf.ids))
    return taken


def in_turn(wanted: Ints) -> Ints:
    """How many earlier entries ask for the same item."""
    order = np.argsort(wanted, kind="stable")
    ordered = wanted[order]
    first = np.r_[True, ordered[1:] != ordered[:-1]][: len(ordered)]
    start = np.maximum.accumulate(np.where(first, np.arange(len(ordered)), 0)) if len(ordered) else ordered
    turn = np.empty(len(wanted), dtype=np.int64)
    turn[order] = np.arange(len(ordered)) - start
    return turn


def _damage(shelf: Shelf, day: int) -> Ints:
    broken = Draws(shelf.spec.seed).uniform("damage", shelf.location, shelf.ids, day) < DAMAGED * shelf.on_hand
    shelf.on_hand = shelf.on_hand - broken
    return broken.astype(np.int64)


def _first_orders(shelf: Shelf) -> dict[str, Ints]:
    """One order per item that is ever listed: it arrives on the morning of the launch, whole and without defects."""
    chosen = np.flatnonzero(shelf.launch < shelf.spec.days)
    units = _whole_cases(shelf, chosen, _level(shelf, chosen, shelf.expected[chosen]))
    launch, usual = shelf.launch[chosen], suppliers(shelf.spec).usual_days[shelf.supplier[chosen]]
    shelf.arriving[chosen, launch] = units
    return _lines(shelf, chosen, launch - usual, launch, launch, units, units, np.zeros_like(units))


def _review(shelf: Shelf, day: int) -> dict[str, Ints]:
    """Orders to the suppliers whose weekday it is, of items that are on sale; puts the good units on their way."""
    who = suppliers(shelf.spec)
    due = np.flatnonzero((day % REVIEW == who.review_day[shelf.supplier]) & (shelf.launch <= day))
    lacking = _level(shelf, due, _known_demand(shelf, due, day)) - shelf.on_hand[due] - shelf.on_order[due]
    chosen, units = due[lacking > 0], _whole_cases(shelf, due[lacking > 0], lacking[lacking > 0])
    supplier, ids = shelf.supplier[chosen], shelf.ids[chosen]
    arrived = day + who.lead_days(shelf.spec, supplier, shelf.location, ids, day)
    delivered, defective = who.delivered(shelf.spec, supplier, shelf.location, ids, day, units)
    in_time = arrived < shelf.spec.days
    np.add.at(shelf.arriving, (chosen[in_time], arrived[in_time]), (delivered - defective)[in_time])
    shelf.on_order[chosen] += delivered - defective  # the supplier confirms what it will deliver
    day_of_order = np.full(len(chosen), day)
    return _lines(shelf, chosen, day_of_order, day + who.usual_days[supplier], arrived, units, delivered, defective)


def _level(shelf: Shelf, chosen: Ints, daily: Floats) -> Ints:
    mean = daily * (suppliers(shelf.spec).usual_days[shelf.supplier[chosen]] + REVIEW)
    return np.ceil(mean + SAFETY * np.sqrt(mean)).astype(np.int64)


def _known_demand(shelf: Shelf, chosen: Ints, day: int) -> Floats:
    """Mean daily sales of the last MEMORY days; what was expected where the item is younger than that."""
    recent = shelf.sold[chosen, max(0, day + 1 - MEMORY) : day + 1].mean(axis=1)
    known: Floats = np.where(day + 1 - shelf.launch[chosen] < MEMORY, shelf.expected[chosen], recent)
    return known


def _whole_cases(shelf: Shelf, chosen: Ints, units: Ints) -> Ints:
    all_items, ids = items(shelf.spec), shelf.ids[chosen]
    return -(-np.maximum(units, all_items.minimum[ids]) // all_items.pack[ids]) * all_items.pack[ids]


def _lines(shelf: Shelf, chosen: Ints, *columns: Ints) -> dict[str, Ints]:
    place = (np.full(len(chosen), shelf.location), shelf.ids[chosen])
    return dict(zip(ORDER_COLUMNS, (*place, *columns), strict=True))


def _moved(shelf: Shelf, day: int, opening: Ints, received: Ints, damaged: Ints, ordered: Ints) -> dict[str, Ints]:
    sold = shelf.sold[:, day]
    changed = (received + sold + damaged > 0) | np.isin(shelf.ids, ordered)
    values = (opening, received, sold, damaged, shelf.on_hand, shelf.on_order)
    ids = shelf.ids[changed]
    places = (np.full(len(ids), shelf.location), ids, np.full(len(ids), day))
    return dict(zip(MOVE_COLUMNS, (*places, *(value[changed] for value in values)), strict=True))


def _stacked(parts: list[dict[str, Ints]], columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame({name: np.concatenate([part[name] for part in parts]) for name in columns})
