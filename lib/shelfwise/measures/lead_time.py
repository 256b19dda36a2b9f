"""How long until an order arrives, where a group has few receipts and some orders are still open?

Days count from the one that was agreed or assumed, early ones below zero: suppliers differ less in that than in days. Hazard h(d) =
P(arrives on day d | not before). Of Y(d) orders that were waited for on day d, N(d) came; an open order was waited for up to its
age and never came (Kaplan & Meier 1958, *JASA* 53). With a beta process of weight c around h0, the hazard of the group's parent,

    h(d) = (N(d) + c h0(d)) / (Y(d) + c)                                        (Hjort 1990, *Annals of Statistics* 18)

c = 1/rho - 1 by moments: N/Y of a parent's groups vary by p (1 - p) (1/Y + rho (1 - 1/Y)), p = N'/Y' of the parent, so that

    rho = sum((N - Y p)^2 / Y - p (1 - p) (1 - Y/Y')) / sum(p (1 - p) (1 - Y/Y') (Y - 1))      (Kleinman 1973, *JASA* 68)

over groups and days. What is left after the longest wait is put on its day (Efron 1967): the far tail is rather too short.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

EARLIEST, LATEST = -60, 120  # days from the agreed one; what is outside counts as at the border
PLACES = LATEST - EARLIEST + 1
LEAST_RHO, MOST_RHO = 1e-3, 0.5  # c between 999 orders and one
UNKNOWN_RHO = 1 / 11  # where no group has a brother: the parent counts as ten orders
ROUNDING = 1e-12  # sums of probabilities are that far off


def counted(groups: int, group: Ints, place: Ints, arrived: Bools, orders: Ints) -> tuple[Floats, Floats]:
    """N and Y, groups x places; rows are orders of one group, one place (0: EARLIEST) and one outcome."""
    came, ended = np.zeros((groups, PLACES)), np.zeros((groups, PLACES))
    np.add.at(ended, (group, place), orders)
    np.add.at(came, (group, place), np.where(arrived, orders, 0))
    return came, np.cumsum(ended[:, ::-1], axis=1)[:, ::-1]


def pooled_hazard(came: Floats, waited: Floats) -> Floats:
    """Without a parent: N / Y, and 1 on the last day that anything was waited for."""
    hazard = _share(came, waited)
    hazard[np.arange(len(hazard)), _last(waited)] = 1.0
    return hazard


def shrunken_hazard(came: Floats, waited: Floats, parent: Floats, weight: float) -> Floats:
    """(N + c h0) / (Y + c), elementwise."""
    hazard: Floats = (came + weight * parent) / (waited + weight)
    return hazard


def moments(came: Floats, waited: Floats, parent_came: Floats, parent_waited: Floats) -> tuple[Floats, Floats]:
    """What each group adds to the two sums of rho."""
    p = _share(parent_came, parent_waited)
    alone = 1 - _share(waited, parent_waited)
    excess = _share((came - waited * p) ** 2, waited) - p * (1 - p) * np.where(waited > 0, alone, 0)
    room = p * (1 - p) * alone * np.maximum(waited - 1, 0)
    return excess.sum(axis=1), room.sum(axis=1)


def weight(excess: float, room: float) -> float:
    """c: how many orders the parent counts for."""
    rho = float(np.clip(excess / room, LEAST_RHO, MOST_RHO)) if room > 0 else UNKNOWN_RHO
    return 1 / rho - 1


def law_of_days(hazard: Floats, agreed: Ints) -> Floats:
    """P(arrives on day 0, 1, 2, … from the order), rows x days; a hazard of nothing but zeros means the agreed day for certain.

    A day before the order is the day of the order.
    """
    sure = hazard.max(axis=1) <= 0
    known = np.where(sure[:, None], (np.arange(PLACES) == -EARLIEST).astype(float), hazard)
    waiting = np.cumprod(1 - known, axis=1)
    chance = known * np.concatenate([np.ones((len(known), 1)), waiting[:, :-1]], axis=1)
    chance[np.arange(len(chance)), _last(known)] += waiting[:, -1]
    day = np.maximum(agreed[:, None] + EARLIEST + np.arange(PLACES), 0)
    law = np.zeros((len(hazard), int(day.max(initial=0)) + 1))
    np.add.at(law, (np.arange(len(hazard))[:, None], day), chance)
    return law


def mean_and_variance(law: Floats) -> tuple[Floats, Floats]:
    """Days and days squared."""
    days = np.arange(law.shape[1])
    mean = _total(law * days)
    return mean, np.maximum(_total(law * days * days) - mean**2, 0.0)


def quantile(law: Floats, level: float) -> Ints:
    """The first day by which an order has come with at least this probability."""
    return np.asarray(np.argmax(np.cumsum(law, axis=1) >= level - ROUNDING, axis=1), dtype=np.int64)


def after(law: Floats, days: Ints) -> Floats:
    """P(arrives later than so many days after the order)."""
    later: Floats = _total(np.where(np.arange(law.shape[1]) > days[:, None], law, 0.0))
    return np.minimum(later, 1.0)  # the law may sum to a hair above 1


def by_week(law: Floats, weeks: int) -> Floats:
    """P(arrives on the day itself, in week 1, 2, … after the order), rows x (weeks + 1); what comes later counts for the last."""
    week = np.minimum(-(-np.arange(law.shape[1]) // 7), weeks)
    shares = np.zeros((len(law), weeks + 1))
    np.add.at(shares.T, week, law.T)
    return shares


def _total(rows: Floats) -> Floats:
    """One after another, so that how many days of nothing follow, which other rows decide, moves no bit."""
    return np.asarray(np.cumsum(rows, axis=1)[:, -1], dtype=np.float64)


def _last(places: Floats) -> Ints:
    """Of each row the last place that holds something."""
    return np.asarray(PLACES - 1 - np.argmax(places[:, ::-1] > 0, axis=1), dtype=np.int64)


def _share(part: Floats, whole: Floats) -> Floats:
    """0 of nothing."""
    return np.divide(part, whole, out=np.zeros_like(part, dtype=np.float64), where=whole > 0)
