"""Textbook estimates of what moves demand in a planted shop: prices, promotions, season, launches, crowding, traffic.

Nothing here asks the generator what a mechanism did. Each log effect is written down again from the truth's numbers
(truth/categories, truth/constants) and the plans; a parameter is then estimated from what was wanted, the effects of all *other*
ones being given, by Poisson maximum likelihood. Were the generator to apply an effect otherwise than the truth says, its interval
would miss.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from shelfwise.simulate import means, truths
from shelfwise.simulate.catalogue import NEVER, items
from shelfwise.simulate.draws import Floats, Ints
from shelfwise.simulate.effects import HOLIDAY_TRAFFIC, WEEKDAYS, holiday_days, holiday_weeks
from shelfwise.simulate.people import people
from shelfwise.simulate.plans import (
    CHANNELS,
    DISPLAYED,
    GIFT,
    KIND_SHARES,
    MAILED,
    NONE,
    PROMOTED,
    THRESHOLD,
    plans,
    relative_prices,
    spend,
)
from shelfwise.simulate.shopping import FROM_SLOT
from shelfwise.simulate.spec import WEEK, Spec

Z = float(stats.norm.ppf(0.975))
LEAST_UNITS = 50.0  # expected where the effect is at work: fewer are not yet normal
LEAST_WEEKS = 6  # that share the information: fewer clusters have no error of their own


class Interval(NamedTuple):
    """Of one parameter in one shop."""

    mechanism: str
    truth: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        return self.low <= self.truth <= self.high


class Effect(NamedTuple):
    """Log demand of `truth[group] * x`, x by item and week; `group` numbers each item's parameter (-1: none)."""

    mechanism: str
    truth: Floats
    group: Ints
    x: Floats

    @property
    def log(self) -> Floats:
        return np.where(self.group >= 0, self.truth[self.group], 0.0)[:, None] * self.x


def constants(spec: Spec) -> "pd.Series[float]":
    """The truth's numbers of the whole shop, by name."""
    return truths.constant_truth(spec).set_index("name")["value"]


def effects(spec: Spec) -> list[Effect]:
    """All of them: their sum is the log of what multiplies an item's demand."""
    constant = constants(spec)
    return [*_of_prices_and_season(spec), *_of_plans_and_launches(spec, constant)]


def _of_prices_and_season(spec: Spec) -> Iterator[Effect]:
    kinds, category = truths.category_truth(spec), items(spec).category
    own, others = relative_prices(spec)
    years, ones = np.arange(spec.weeks) * WEEK / 365.25, np.ones((spec.items, 1))
    day, phase = np.arange(spec.weeks) * WEEK, kinds["phase"].to_numpy()[category, None]
    broken = day >= kinds["break_day"].to_numpy()[category, None]
    breaks = np.where((kinds["break_day"] < spec.days).to_numpy()[category], category, -1)
    popular = items(spec).popularity[:, None] * _listed(spec)
    group = items(spec).group
    shelf = np.stack([np.bincount(group, weights=week) for week in popular.T], axis=1)
    whole = np.bincount(group, weights=items(spec).popularity)
    share = np.maximum(shelf / whole[:, None], 1e-12)[group]
    for name, x in (
        ("own_elasticity", own),
        ("cross_elasticity", others),
        ("rival_elasticity", plans(spec).rivals),
        ("season", np.cos(2 * np.pi * (years - phase))),
        ("holiday", holiday_weeks(spec) * ones),
        ("drift", years * ones),
        ("crowding", -np.log(share)),
    ):
        yield Effect(name.replace("_", " "), kinds[name].to_numpy(), category, x)
    yield Effect("break", kinds["break_size"].to_numpy(), breaks, broken.astype(float))


def _of_plans_and_launches(spec: Spec, constant: "pd.Series[float]") -> Iterator[Effect]:
    planned, launch = plans(spec), items(spec).launch[:, None]
    promoted, age = planned.kind != NONE, np.arange(spec.weeks) * WEEK - launch
    after, before = np.zeros_like(promoted), np.zeros_like(promoted)
    after[:, 1:], before[:, :-1] = promoted[:, :-1], promoted[:, 1:]
    new = (launch > 0) & (launch < NEVER) & (age >= 0)
    buzz = np.where(new, np.exp(-np.maximum(age, 0) / constant["buzz_days"]), 0.0)
    for name, x in (
        ("display", planned.display),
        ("mailer", planned.mailer),
        ("threshold", planned.kind == THRESHOLD),
        ("gift", planned.kind == GIFT),
        ("dip_before", -(~promoted & before).astype(float)),
        ("dip_after", -(~promoted & after).astype(float)),
        ("launch_buzz", buzz),
    ):
        yield Effect(
            name.replace("_", " "), np.array([constant[name]]), np.zeros(spec.items, dtype=int), np.asarray(x, dtype=float)
        )


def multiplied(spec: Spec) -> Floats:
    """Items x weeks: what multiplies the units that are wanted of an item, as the truth's numbers say it."""
    many: Floats = _listed(spec) * np.exp(np.sum([effect.log for effect in effects(spec)], axis=0))
    return many


def planned(spec: Spec) -> Iterator[Interval]:
    """Shares of item-weeks that are promoted, and of those by kind, with a display, in the mailer (Wilson)."""
    plan = plans(spec)
    promoted = plan.kind != NONE
    for name, truth, happened in (
        ("promoted", PROMOTED, promoted),
        *(("promotion kind", share, plan.kind[promoted] == kind + 1) for kind, share in enumerate(KIND_SHARES)),
        ("display or mailer", DISPLAYED, plan.display[promoted]),
        ("display or mailer", MAILED, plan.mailer[promoted]),
    ):
        bounds = stats.binomtest(int(happened.sum()), happened.size).proportion_ci(0.95, method="wilson")
        yield Interval(name, truth, bounds.low, bounds.high)


def _listed(spec: Spec) -> Floats:
    return (items(spec).launch[:, None] <= np.arange(spec.weeks)[None, :] * WEEK).astype(float)


def demand(spec: Spec, wants: pd.DataFrame) -> Iterator[Interval]:
    """Every parameter of every effect that enough units tell of."""
    organic = wants[wants["number"] < FROM_SLOT]
    units = np.zeros((spec.items, spec.weeks))
    np.add.at(units, (organic["item"], organic["day"] // WEEK), 1)
    weighed = means.weights(spec, np.arange(spec.customers))
    all_places = weighed[weighed["location"] >= 0].groupby(["day", "taste"], as_index=False)["weight"].sum()
    weekly = np.add.reduceat(
        means.as_array(all_places, spec.days) * day_traffic(spec)[:, None], np.arange(0, spec.days, WEEK), axis=0
    )
    of_all = effects(spec)
    usual = (items(spec).affinity.T @ weekly.T) * _listed(spec)
    log = np.sum([effect.log for effect in of_all], axis=0)
    for effect in of_all:
        for number in np.unique(effect.group[effect.group >= 0]):
            here = (effect.group == number)[:, None] & (usual > 0) & (effect.x != 0)
            truth, x, week = float(effect.truth[number]), effect.x[here], np.nonzero(here)[1]
            mean = usual[here] * np.exp(log[here])
            told = np.bincount(week, weights=x**2 * mean)
            if mean.sum() >= LEAST_UNITS and told.sum() ** 2 >= LEAST_WEEKS * (told**2).sum():
                yield Interval(effect.mechanism, truth, *poisson_slope(units[here], mean * np.exp(-truth * x), x, week))


def poisson_slope(y: Floats, base: Floats, x: Floats, week: Ints) -> tuple[float, float]:
    """95 % interval of b in y ~ Poisson(base * exp(b x)), by Newton's steps; scores of one week may go together."""
    b = 0.0
    for _ in range(50):
        mean = base * np.exp(b * x)
        step = float((x * (y - mean)).sum() / (x * x * mean).sum())
        b += step
        if abs(step) < 1e-10:
            break
    mean = base * np.exp(b * x)
    information = np.bincount(week, weights=x * x * mean)
    leverage = information / information.sum()
    scores = np.bincount(week, weights=x * (y - mean)) / np.sqrt(1 - leverage)
    error = float(np.sqrt((scores**2).sum()) / information.sum())
    # of the corrected scores, were counts Poisson; its trace is 1
    covariance = (np.diag(leverage) - np.outer(leverage, leverage)) / np.sqrt(np.outer(1 - leverage, 1 - leverage))
    half = float(stats.t.ppf(0.975, 1 / (covariance**2).sum())) * error
    return b - half, b + half


def day_traffic(spec: Spec) -> Floats:
    """By day, from the truth's response to the money spent."""
    base, added = _traffic_parts(spec)
    return _whole(base, added)


def _whole(base: Floats, added: dict[str, Floats]) -> Floats:
    whole: Floats = base * (1 + np.sum(list(added.values()), axis=0))
    return whole


def _traffic_parts(spec: Spec) -> tuple[Floats, dict[str, Floats]]:
    constant, day = constants(spec), np.arange(spec.days)
    eve = np.where(np.isin(day + 1, holiday_days(spec)), HOLIDAY_TRAFFIC, 1.0)
    added = {}
    for name, money in zip(CHANNELS, spend(spec), strict=True):
        stock, shares = 0.0, []
        for of_day in money:
            stock = of_day + constant[f"carry_over_{name}"] * stock
            shares.append(stock / (stock + constant[f"half_spend_{name}"]))
        added[str(name)] = constant[f"response_{name}"] * np.array(shares)
    return WEEKDAYS[day % WEEK] * eve, added


def traffic(spec: Spec, slots: pd.DataFrame) -> Iterator[Interval]:
    """What advertising adds to visits of the web shop, by channel, and the eve of a holiday.

    A visit is a yes or no of each member, so a count varies less than a Poisson's.
    """
    who, days = people(spec, np.arange(spec.customers)), np.arange(spec.days)
    comes = who.member(days) * (who.rate * who.web)[:, None]
    pages = np.bincount(slots.loc[slots["position"] == 1, "day"], minlength=spec.days).astype(float)
    base, added = _traffic_parts(spec)
    whole = _whole(base, added)
    variance = (comes * whole * (1 - comes * whole)).sum(axis=0)
    usual = comes.sum(axis=0)
    constant = constants(spec)
    for name, share in added.items():
        truth, by_this = float(constant[f"response_{name}"]), usual * base * share
        yield Interval("advertising response", truth, *linear(pages, usual * whole - by_this, by_this / truth, variance))
    eve = np.isin(days + 1, holiday_days(spec))
    plain, none = (usual * whole)[eve] / HOLIDAY_TRAFFIC, np.zeros(int(eve.sum()))
    yield Interval("eve of a holiday", HOLIDAY_TRAFFIC, *linear(pages[eve], none, plain, variance[eve]))


def linear(y: Floats, base: Floats, x: Floats, variance: Floats) -> tuple[float, float]:
    """95 % interval of b in E y = base + b x, by weighted least squares under known variances."""
    weight = x / variance
    middle = float((weight * (y - base)).sum() / (weight * x).sum())
    half = Z / np.sqrt(float((weight * x).sum()))
    return middle - half, middle + half
