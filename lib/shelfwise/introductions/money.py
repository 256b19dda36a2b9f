"""What does a candidate earn and cost in each scenario, with which opening order, and when should it be stopped?

Until the stop rule is read (the end of week n) it sells from the opening order Q: S1 = min(D1, Q). The rule: stop if fewer than y*
units sold, unless the shelf was empty; y* is the least from which the level expected after y of the n weeks' planned units
(measures.levels) pays for the weeks left: level x units planned for them x what a unit is worth >= cost of place and order lines.
Who goes on is replenished and serves `fill_rate` of D2; what is left in the end, or when it stops, is cleared at a loss. Items
beside it lose by the nested law (measures.nested).
"""

from dataclasses import dataclass

import numpy as np

from shelfwise.contracts.gold.introductions import EARNED, SPENT
from shelfwise.introductions.scenarios import Demand
from shelfwise.measures.evidence import Floats
from shelfwise.measures.levels import expected_level
from shelfwise.measures.nested import taken
from shelfwise.measures.weeks import WEEKS_PER_YEAR

MOST_READ = 30  # units up to which the stop rule is found one by one


@dataclass(frozen=True)
class Terms:
    """Of one candidate; money per unit unless said otherwise."""

    price: float
    cost: float
    pack: float
    minimum: float  # units
    holding_share: float  # of the cost per year
    clearing_share: float  # of the cost that is lost on what is left
    order_line: float  # money per order line
    place_week: float  # money per week on the shelf
    listing: float  # money, once
    fill_rate: float
    halo: float  # money spent elsewhere per money spent on it
    elsewhere_margin: float  # share of the price
    won_worth: float  # money of customers won per unit
    beside: float  # units that the shelf's items sell in the weeks
    beside_margin: float
    crowding: float


@dataclass(frozen=True)
class Rule:
    week: int
    units: float


@dataclass(frozen=True)
class Outcome:
    """By scenario."""

    sold: Floats
    stopped: Floats
    lines: dict[str, Floats]

    @property
    def profit(self) -> Floats:
        signed = [self.lines[name] for name in EARNED] + [-self.lines[name] for name in SPENT]
        profit: Floats = np.sum(signed, axis=0)
        return profit


def unit_worth(terms: Terms, units: float) -> float:
    """What a unit sold earns on the average where `units` are, less what the items beside it lose."""
    lost = float(taken(np.array([units]), np.array([terms.beside]), terms.crowding)[0]) / units if units > 0 else 0.0
    return terms.price - terms.cost + _beyond(terms) - lost * terms.beside_margin


def stop_rule(terms: Terms, early: Floats, late: Floats, law: Floats) -> Rule:
    """`early`, `late`: expected units by week, before and after it is read; `law` of levels on measures.levels.GRID."""
    foreseen, left = float(early.sum()), float(late.sum())
    worth = unit_worth(terms, foreseen + left)
    if worth <= 0 or left <= 0:
        return Rule(len(early), float("inf"))
    lines = min(len(late), left / max(terms.pack, 1.0))
    needed = (terms.place_week * len(late) + terms.order_line * lines) / (worth * left)
    most = max(10.0 * needed * foreseen, MOST_READ)
    tried = np.unique(np.r_[np.arange(MOST_READ), np.rint(np.geomspace(MOST_READ, most, 50))])
    enough = expected_level(law, tried, foreseen) >= needed
    return Rule(len(early), float(tried[np.argmax(enough)]) if enough.any() else float("inf"))


def outcome(terms: Terms, wanted: Demand, opening: float, rule: Rule, weeks: int) -> Outcome:
    """Of one opening order, over `weeks` in all."""
    later = weeks - rule.week
    first = np.minimum(wanted.early, opening)
    stopped = (first < rule.units) & (first < opening)
    left = opening - first
    second = np.where(stopped, 0.0, np.minimum(wanted.late, left) + terms.fill_rate * np.maximum(wanted.late - left, 0.0))
    at_end = np.where(stopped, left, np.maximum(left - wanted.late, 0.0))
    replenished = np.maximum(second - left, 0.0)
    weekly = wanted.late / max(later, 1)
    lines = np.where(replenished > 0, np.ceil(replenished / np.maximum(weekly, terms.pack)), 0.0)
    shelf_weeks = np.where(stopped, rule.week, weeks - wanted.delay)
    # stock: what is left of the opening order on the average of each span, and half a case or a week's sales of replenishments
    cycle = np.where(replenished > 0, np.maximum(weekly, terms.pack) / 2, 0.0)
    stock_weeks = (opening - first / 2) * rule.week + np.where(stopped, 0.0, ((left + at_end) / 2 + cycle) * later)
    sold = first + second
    lines_of = {
        "margin": (terms.price - terms.cost) * sold,
        "halo": terms.halo * terms.price * terms.elsewhere_margin * sold,
        "won": terms.won_worth * sold,
        "cannibalised": terms.beside_margin * taken(sold, terms.beside * wanted.shop, terms.crowding),
        "holding": terms.cost * terms.holding_share / WEEKS_PER_YEAR * stock_weeks,
        "clearing": terms.cost * terms.clearing_share * at_end,
        "delivery": terms.order_line * (1 + lines),
        "place": terms.place_week * shelf_weeks,
        "listing": np.full_like(sold, terms.listing),
    }
    return Outcome(sold, stopped.astype(float), lines_of)


def openings(terms: Terms, early: Floats, levels: Floats) -> Floats:
    """Opening orders worth trying, the smallest first: whole cases, no fewer than the minimum, at quantiles of early demand."""
    smallest = np.ceil(max(terms.minimum, 1.0) / terms.pack) * terms.pack
    wanted = np.ceil(np.quantile(early, levels) / terms.pack) * terms.pack
    return np.unique(np.r_[smallest, np.maximum(wanted, smallest)])


def mean_and_worst(profit: Floats, aversion: float, worst: float) -> float:
    """(1 - aversion) x mean + aversion x mean of the worst share of scenarios (CVaR: Rockafellar & Uryasev 2000)."""
    return float((1 - aversion) * profit.mean() + aversion * cvar(profit, worst))


def cvar(profit: Floats, worst: float) -> float:
    """Mean of the lowest `worst` share of outcomes; at least one."""
    count = worst_count(len(profit), worst)
    return float(np.partition(profit, count - 1)[:count].mean())


def worst_count(scenarios: int, worst: float) -> int:
    return max(round(worst * scenarios), 1)


def payback_week(terms: Terms, mean: Floats, opening: float, sold_share: float) -> int | None:
    """First week by whose end what expected sales brought in, less what replacing them cost, has paid opening order and listing."""
    sold = np.cumsum(mean) * sold_share
    bought = terms.cost * np.maximum(sold - opening, 0.0)
    cash = (terms.price + _beyond(terms)) * sold - bought - terms.place_week * np.arange(1, len(mean) + 1)
    paid = np.flatnonzero(cash >= terms.cost * opening + terms.listing + terms.order_line)
    return int(paid[0]) + 1 if len(paid) else None


def _beyond(terms: Terms) -> float:
    return terms.halo * terms.price * terms.elsewhere_margin + terms.won_worth
