"""Textbook estimates of what moves demand in a planted shop: prices, promotions, season, launches, crowding, traffic.

Each log effect is written down again from the truth's numbers (truth/categories, truth/constants) and the plans; a parameter is
then estimated from what was wanted, the effects of all *other* ones being given, by Poisson maximum likelihood. Were the generator
to apply an effect otherwise than the truth says, its interval would miss. Plans, affinities, holidays and who shops when (weights)
are the generator's own, held by its tests.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from planted_intervals import Interval, constants
from planted_traffic import day_traffic
from scipy import stats

from shelfwise.measures.streams import Floats, Ints
from shelfwise.simulate import means, truths
from shelfwise.simulate.catalogue import NEVER, items
from shelfwise.simulate.effects import holiday_weeks
from shelfwise.simulate.plans import GIFT, NONE, THRESHOLD, plans, relative_prices
from shelfwise.simulate.shopping import FROM_SLOT
from shelfwise.simulate.spec import WEEK, Spec

LEAST_UNITS = 50.0  # expected where the effect is at work: fewer are not yet normal
LEAST_WEEKS = 6  # that share the information: fewer clusters have no error of their own
LEAST_SEASON = 0.1  # amplitude: of a flatter season nobody can say when it peaks


class Effect(NamedTuple):
    """Log demand of `truth[group] * x`, x by item and week; `group` numbers each item's parameter (-1: none)."""

    mechanism: str
    truth: Floats
    group: Ints
    x: Floats

    @property
    def log(self) -> Floats:
        return np.where(self.group >= 0, self.truth[self.group], 0.0)[:, None] * self.x


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


def _listed(spec: Spec) -> Floats:
    return (items(spec).launch[:, None] <= np.arange(spec.weeks)[None, :] * WEEK).astype(float)


def demand(spec: Spec, wants: pd.DataFrame) -> Iterator[Interval]:
    """Every parameter of every effect that enough units tell of."""
    organic = wants[wants["number"] < FROM_SLOT]
    units = np.zeros((spec.items, spec.weeks))
    np.add.at(units, (organic["item"], organic["day"] // WEEK), 1)
    weighed = means.weights(spec, np.arange(spec.customers))
    all_places = weighed[weighed["location"] >= 0].groupby(["day", "taste"], as_index=False)["weight"].sum()
    daily = means.as_array(all_places, spec.days) * day_traffic(spec)[:, None]
    weekly = np.add.reduceat(daily, np.arange(0, spec.days, WEEK), axis=0)
    expected = (items(spec).affinity.T @ weekly.T) * multiplied(spec)
    for effect, start in (*((one, one.truth) for one in effects(spec)), *((one, np.zeros_like(one.truth)) for one in bends(spec))):
        for number in np.unique(effect.group[effect.group >= 0]):
            here = (effect.group == number)[:, None] & (expected > 0) & (effect.x != 0)
            # of a slope the truth is taken out of what is expected; a bend is asked how far from its truth it lies
            truth, from_, x, week = float(effect.truth[number]), float(start[number]), effect.x[here], np.nonzero(here)[1]
            told = np.bincount(week, weights=x**2 * expected[here])
            if expected[here].sum() >= LEAST_UNITS and told.sum() ** 2 >= LEAST_WEEKS * (told**2).sum():
                slope = poisson_slope(units[here], expected[here] * np.exp(-from_ * x), x, week)
                yield Interval(effect.mechanism, truth, *(truth - from_ + bound for bound in slope))


def bends(spec: Spec) -> Iterator[Effect]:
    """Parameters in which log demand is no straight line: `x` is its derivative at the truth (a step of Gauss and Newton)."""
    kinds, category, constant = truths.category_truth(spec), items(spec).category, constants(spec)
    years, phase = np.arange(spec.weeks) * WEEK / 365.25, kinds["phase"].to_numpy()
    seasonal = np.where(kinds["season"] >= LEAST_SEASON, np.arange(len(kinds)), -1)[category]
    turned = 2 * np.pi * kinds["season"].to_numpy()[category, None] * np.sin(2 * np.pi * (years - phase[category, None]))
    yield Effect("phase of the season", phase, seasonal, turned)
    (buzz,) = (effect for effect in effects(spec) if effect.mechanism == "launch buzz")
    age = np.maximum(np.arange(spec.weeks) * WEEK - items(spec).launch[:, None], 0)
    days = float(constant["buzz_days"])
    yield Effect("days of launch buzz", np.array([days]), buzz.group, constant["launch_buzz"] * buzz.x * age / days**2)


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
