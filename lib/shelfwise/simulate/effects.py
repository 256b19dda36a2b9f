"""How much more or less an item is wanted in a week than at list prices, out of season, with everything listed.

    log g = own * log p + cross * mean log p of the subcategory's others + rival * log rival price
            + kind + display + mailer - dip before - dip after + season + holiday + drift + break + launch - crowding

Every term is known; a day's traffic (weekday, holidays, advertising) multiplies visits, not items.
"""

from datetime import timedelta
from functools import cache

import holidays
import numpy as np

from shelfwise.measures.streams import Floats, Ints
from shelfwise.simulate.catalogue import NEVER, categories, items
from shelfwise.simulate.plans import GIFT, NONE, THRESHOLD, plans, relative_prices, response
from shelfwise.simulate.spec import WEEK, Spec

COUNTRY = "US"
WEEKDAYS = np.array([0.9, 0.85, 0.9, 0.95, 1.1, 1.25, 1.05])  # Monday first
HOLIDAY_TRAFFIC = 1.3  # the day before a holiday
DISPLAY, MAILER = 0.45, 0.35  # log demand
KIND_LIFT = {THRESHOLD: 0.25, GIFT: 0.15}
DIP_BEFORE, DIP_AFTER = 0.06, 0.12  # customers wait for a promotion, and have stocked up after it
LAUNCH_BUZZ, BUZZ_DAYS = 0.8, 28.0  # log demand on the first day, and the time in which it fades by e


@cache
def multipliers(spec: Spec) -> Floats:
    """Items x weeks; 0 before an item's launch and for candidates."""
    return on_sale(spec) * as_if_listed(spec) * crowded(spec)


@cache
def as_if_listed(spec: Spec) -> Floats:
    """The same without crowding, for every item from the first day: what a candidate would have, too."""
    each = items(spec)
    kinds = categories(spec)
    own, others = relative_prices(spec)
    of = each.category
    log = (
        kinds.own_elasticity[of, None] * own
        + kinds.cross_elasticity[of, None] * others
        + kinds.rival_elasticity[of, None] * plans(spec).rivals
        + promotion_effect(spec)
        + category_effect(spec)[of]
        + launch_effect(spec)
    )
    return np.exp(log)


def on_sale(spec: Spec) -> Floats:
    first_day = np.arange(spec.weeks)[None, :] * WEEK
    return (items(spec).launch[:, None] <= first_day).astype(np.float64)


def promotion_effect(spec: Spec) -> Floats:
    """Log demand by kind, display and mailer, with the dips beside a promoted week."""
    planned = plans(spec)
    promoted = (planned.kind != NONE).astype(np.float64)
    effect: Floats = DISPLAY * planned.display + MAILER * planned.mailer - dips(promoted)
    for which, lift in KIND_LIFT.items():
        effect = effect + lift * (planned.kind == which)
    return effect


def dips(promoted: Floats) -> Floats:
    """A week that is promoted itself has none."""
    after, before = np.zeros_like(promoted), np.zeros_like(promoted)
    after[:, 1:], before[:, :-1] = promoted[:, :-1], promoted[:, 1:]
    return (1 - promoted) * (DIP_BEFORE * before + DIP_AFTER * after)


@cache
def category_effect(spec: Spec) -> Floats:
    """Categories x weeks: season, holidays, drift and lasting breaks."""
    kinds = categories(spec)
    week = np.arange(spec.weeks)[None, :]
    years = week * WEEK / 365.25
    season = kinds.season[:, None] * np.cos(2 * np.pi * (years - kinds.phase[:, None]))
    broken = week * WEEK >= kinds.break_day[:, None]
    return season + kinds.holiday[:, None] * holiday_weeks(spec) + kinds.drift[:, None] * years + kinds.break_size[:, None] * broken


def launch_effect(spec: Spec) -> Floats:
    """New items draw the curious; candidates are taken as established."""
    launch = items(spec).launch[:, None]
    age = np.arange(spec.weeks)[None, :] * WEEK - launch
    is_new = (launch > 0) & (launch < NEVER) & (age >= 0)
    return np.where(is_new, LAUNCH_BUZZ * np.exp(-np.maximum(age, 0) / BUZZ_DAYS), 0.0)


def crowded(spec: Spec) -> Floats:
    """Newcomers take a part of their subcategory's demand from the others."""
    each = items(spec)
    share = np.maximum(shares_on_sale(spec), 1e-12)[each.group]
    return share ** -categories(spec).crowding[each.category][:, None]


def shares_on_sale(spec: Spec) -> Floats:
    """Subcategories x weeks: popularity of what is on sale, of all its items'."""
    each = items(spec)
    popular = np.zeros((int(each.group.max()) + 1, spec.weeks))
    np.add.at(popular, each.group, each.popularity[:, None] * on_sale(spec))
    shares: Floats = popular / np.bincount(each.group, weights=each.popularity)[:, None]
    return shares


def holiday_days(spec: Spec) -> Ints:
    """Days of public holidays, from the shop's first day."""
    years = range(spec.start.year, (spec.end + timedelta(days=8)).year + 1)
    known = holidays.country_holidays(COUNTRY, years=years)
    return np.array(sorted((day - spec.start).days for day in known), dtype=np.int64)


def holiday_weeks(spec: Spec) -> Floats:
    return np.isin(np.arange(spec.weeks), holiday_days(spec) // WEEK).astype(np.float64)


@cache
def traffic(spec: Spec) -> Floats:
    """By day: what multiplies every customer's probability of a visit."""
    day = np.arange(spec.days)
    eve = np.where(np.isin(day + 1, holiday_days(spec)), HOLIDAY_TRAFFIC, 1.0)
    came: Floats = WEEKDAYS[day % WEEK] * eve * (1 + response(spec).sum(axis=0))
    return came
