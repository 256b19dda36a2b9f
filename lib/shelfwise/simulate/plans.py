"""What is planned ahead: list prices, promotions, rivals' prices, advertising; all by week, for the whole chain.

A promotion runs for one week and is known NOTICE days before it, sometimes more; its kind is a price cut, a threshold (two or
more for less: half as deep per unit, more units) or a gift (no cut, some lift), with or without a display and the mailer.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from shelfwise.measures.streams import Draws, Floats, Ints
from shelfwise.simulate.catalogue import Bools, categories, items
from shelfwise.simulate.spec import WEEK, Spec

NONE, DISCOUNT, THRESHOLD, GIFT = 0, 1, 2, 3
KINDS = ("", "discount", "threshold", "gift")
PROMOTED = 0.10  # share of item-weeks
KIND_SHARES = (0.6, 0.25, 0.15)  # of promotions: discount, threshold, gift
DISPLAYED, MAILED = 0.4, 0.5  # shares of promotions
NOTICE = 28  # days; some are known up to three weeks earlier
DEPTHS = np.array([0.15, 0.25, 0.30, 0.35, 0.45])
PRICE_CHANGES_PER_YEAR = 1.5
CHANNELS = ("search", "social", "television")
RESPONSE = np.array([0.10, 0.06, 0.12])  # most that a channel adds to traffic
HALF_SPEND = np.array([800.0, 600.0, 2500.0])  # adstock at which half of that is reached
CARRY_OVER = np.array([0.2, 0.4, 0.7])  # share of a day's effect that stays for the next


@dataclass(frozen=True)
class Plans:
    """Items x weeks, but for `rivals` (items x weeks of log rival price relative to its usual level)."""

    list_price: Floats
    kind: Ints
    depth: Floats  # share of the list price that a unit costs less
    display: Bools
    mailer: Bools
    known: Ints  # day (from the shop's first) on which the week's promotion became known; 0 where there is none
    rivals: Floats

    @property
    def price(self) -> Floats:
        """What a unit costs the customer."""
        return np.round(self.list_price * (1 - self.depth), 2)


@cache
def plans(spec: Spec) -> Plans:
    draws = Draws(spec.seed)
    item, week = np.arange(spec.items)[:, None], np.arange(spec.weeks)[None, :]
    promoted = draws.uniform("promoted", item, week) < PROMOTED
    kind = np.where(promoted, 1 + draws.pick(KIND_SHARES, "promotion kind", item, week), NONE)
    cut = DEPTHS[draws.below(len(DEPTHS), "promotion depth", item, week)]
    earlier = draws.below(4, "promotion notice", item, week) * WEEK
    return Plans(
        list_price=_list_prices(spec, draws, item, week),
        kind=kind,
        depth=np.where(kind == DISCOUNT, cut, np.where(kind == THRESHOLD, cut / 2, 0.0)),
        display=promoted & (draws.uniform("display", item, week) < DISPLAYED),
        mailer=promoted & (draws.uniform("mailer", item, week) < MAILED),
        known=np.where(promoted, week * WEEK - NOTICE - earlier, 0),
        rivals=_rivals(draws, item, week),
    )


def _list_prices(spec: Spec, draws: Draws, item: Ints, week: Ints) -> Floats:
    """Steps of a few per cent, on Mondays, never two in a row from the same draw."""
    changes = draws.uniform("price change", item, week) < PRICE_CHANGES_PER_YEAR / 52
    steps = np.where(changes & (week > 0), 0.02 + 0.05 * draws.normal("price step", item, week), 0.0)
    level = items(spec).price[:, None] * np.exp(np.clip(np.cumsum(steps, axis=1), -0.4, 0.6))
    priced: Floats = np.maximum(np.round(level, 2), 0.09)
    return priced


def _rivals(draws: Draws, item: Ints, week: Ints) -> Floats:
    """Rivals keep a price for four weeks and cut it now and then."""
    month = week // 4
    usual = 0.04 * draws.normal("rival level", item, month)
    cut = np.where(draws.uniform("rival cut", item, week) < 0.08, np.log(0.8), 0.0)
    drifted: Floats = usual + cut
    return drifted


@cache
def spend(spec: Spec) -> Floats:
    """Advertising money by channel and day: randomised around a level, with weeks of silence."""
    draws = Draws(spec.seed)
    channel, day = np.arange(len(CHANNELS))[:, None], np.arange(spec.days)[None, :]
    silent = draws.uniform("silent week", channel, day // WEEK) < 0.25
    level = HALF_SPEND[:, None] * np.exp(0.6 * draws.normal("spend", channel, day) - 0.18)
    return np.where(silent, 0.0, np.round(level, 2))


@cache
def response(spec: Spec) -> Floats:
    """Share that each channel adds to traffic, by day: most * adstock / (adstock + half).

    adstock_t = spend_t + carry * adstock_t-1 (Broadbent 1979)."""
    money = spend(spec)
    stock, lift = np.zeros(len(CHANNELS)), np.zeros_like(money)
    for day in range(spec.days):
        stock = money[:, day] + CARRY_OVER * stock
        lift[:, day] = RESPONSE * stock / (stock + HALF_SPEND)
    return lift


@cache
def relative_prices(spec: Spec) -> tuple[Floats, Floats]:
    """Log of each item's price to its list price at launch, and the mean of that over the other items of its subcategory."""
    own = np.log(plans(spec).price / items(spec).price[:, None])
    group = items(spec).group
    members = np.bincount(group)[group][:, None]
    totals = np.zeros((int(group.max()) + 1, spec.weeks))
    np.add.at(totals, group, own)
    others = (totals[group] - own) / np.maximum(members - 1, 1)
    return own, np.where(members > 1, others, 0.0)


def shelf_lives(spec: Spec) -> Ints:
    return categories(spec).shelf_life[items(spec).category]
