"""Textbook estimates of how many come: weekdays, eves of holidays, and what advertising adds."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from planted_intervals import Interval, constants, likely, linear
from scipy.signal import lfilter

from shelfwise.measures.streams import Floats
from shelfwise.simulate.effects import holiday_days
from shelfwise.simulate.people import people
from shelfwise.simulate.plans import CHANNELS, spend
from shelfwise.simulate.spec import WEEK, Spec

CARRIED = np.linspace(0.0, 0.98, 197)
HALVES = np.geomspace(0.05, 20.0, 241)  # times the truth


def day_traffic(spec: Spec) -> Floats:
    """By day, from the truth's numbers and the money spent."""
    base, added = traffic_parts(spec)
    return whole_traffic(base, added)


def whole_traffic(base: Floats, added: dict[str, Floats]) -> Floats:
    whole: Floats = base * (1 + np.sum(list(added.values()), axis=0))
    return whole


def traffic_parts(spec: Spec) -> tuple[Floats, dict[str, Floats]]:
    constant, day = constants(spec), np.arange(spec.days)
    eve = np.where(np.isin(day + 1, holiday_days(spec)), constant["holiday_traffic"], 1.0)
    weekdays = np.array([constant[f"weekday_{number + 1}"] for number in range(WEEK)])
    added = {
        str(name): constant[f"response_{name}"]
        * saturated(money, float(constant[f"carry_over_{name}"]), float(constant[f"half_spend_{name}"]))
        for name, money in zip(CHANNELS, spend(spec), strict=True)
    }
    return weekdays[day % WEEK] * eve, added


def saturated(money: Floats, carried: float, half: float) -> Floats:
    stock = lfilter([1.0], [1.0, -carried], money)
    return np.asarray(stock / (stock + half))


def traffic(spec: Spec, slots: pd.DataFrame) -> Iterator[Interval]:
    """From visits of the web shop, by weighted least squares or, for what bends, by likelihood along a grid.

    A visit is a yes or no of each member, so a count varies less than a Poisson's.
    """
    who, days, constant = people(spec, np.arange(spec.customers)), np.arange(spec.days), constants(spec)
    comes = who.member(days) * (who.rate * who.web)[:, None]
    pages = np.bincount(slots.loc[slots["position"] == 1, "day"], minlength=spec.days).astype(float)
    base, added = traffic_parts(spec)
    whole = whole_traffic(base, added)
    usual, variance = comes.sum(axis=0), (comes * whole * (1 - comes * whole)).sum(axis=0)
    for name, money in zip(CHANNELS, spend(spec), strict=True):
        most, carried, half = (float(constant[f"{what}_{name}"]) for what in ("response", "carry_over", "half_spend"))
        others = usual * whole - usual * base * added[name]
        yield Interval("advertising response", most, *linear(pages, others, usual * base * added[name] / most, variance))

        def fit(carried: float, half: float, money: Floats = money, most: float = most, others: Floats = others) -> float:
            expected = others + usual * base * most * saturated(money, carried, half)
            return float(-0.5 * ((pages - expected) ** 2 / variance).sum())

        yield Interval("advertising carried over", carried, *likely(CARRIED, np.array([fit(c, half) for c in CARRIED])))
        halves = half * HALVES
        yield Interval("advertising half spend", half, *likely(halves, np.array([fit(carried, h) for h in halves])))
    nobody = np.zeros(spec.days)
    eve, weekday = np.isin(days + 1, holiday_days(spec)), days % WEEK
    for name, on, truth in (
        ("eve of a holiday", eve, float(constant["holiday_traffic"])),
        *(("weekday", weekday == number, float(constant[f"weekday_{number + 1}"])) for number in range(WEEK)),
    ):
        yield Interval(name, truth, *linear(pages[on], nobody[on], (usual * whole)[on] / truth, variance[on]))
