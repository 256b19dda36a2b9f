"""Textbook estimates of what the web shop's page shows, and of what comes of it."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from planted_intervals import Interval, about, constants, mean, rare, spread
from scipy import stats

from shelfwise.simulate import truths
from shelfwise.simulate.shopping import SLOTS
from shelfwise.simulate.spec import WEEK, Spec

LEAST_CASES = 20
OFTEN = 20  # items shown most often: of these the propensity is asked


def pages(spec: Spec, slots: pd.DataFrame) -> Iterator[Interval]:
    yield from clicks(spec, slots)
    yield from conversions(spec, slots)
    yield from propensities(slots)
    yield from dwell(spec, slots)


def clicks(spec: Spec, slots: pd.DataFrame) -> Iterator[Interval]:
    """By position, by item, and by taste: clicks over what they would be, the others given; positions and items are independent.

    Positions as in Joachims, Swaminathan & Schnabel (2017), *Unbiased learning-to-rank with biased feedback*.
    """
    known, constant = truths.item_truth(spec, np.arange(spec.items)), constants(spec)
    tastes = np.stack(truths.customer_truth(spec, np.arange(spec.customers))["tastes"].to_list())
    item, customer, position = (slots[name].to_numpy() for name in ("item", "customer", "position"))
    clicked, taste = slots["clicked"].to_numpy(float), tastes[customer, known["main_taste"].to_numpy()[item]]
    looked = np.array([float(constant[f"looked_at_{place + 1}"]) for place in range(SLOTS)])
    appeal, liking = known["appeal"].to_numpy(), constant["liked_little"] + constant["liked"] * taste
    for place in range(SLOTS):
        here = position == place + 1
        seen, most = clicked[here].sum(), (appeal[item] * liking)[here].sum()
        yield Interval("click by position", looked[place], *about(seen / most, np.sqrt(seen * (1 - seen / here.sum())) / most))
    exposure = np.bincount(item, weights=looked[position - 1] * liking, minlength=spec.items)
    seen = np.bincount(item, weights=clicked, minlength=spec.items)
    for one in np.nonzero(appeal * exposure >= LEAST_CASES)[0]:
        yield Interval("click by item", float(appeal[one]), *rare(int(seen[one]), float(exposure[one])))
    shown = looked[position - 1] * appeal[item]
    design, chance = np.column_stack([shown, shown * taste]), shown * liking
    weighed = design / (chance * (1 - chance))[:, None]
    covariance = np.linalg.inv(weighed.T @ design)
    for name, middle, error in zip(
        ("liked_little", "liked"), covariance @ weighed.T @ clicked, np.sqrt(np.diag(covariance)), strict=True
    ):
        yield Interval("click by taste", float(constant[name]), *about(middle, error))


def propensities(slots: pd.DataFrame) -> Iterator[Interval]:
    """Of each item that is shown often: how many times over what its propensities, as they were told, add up to."""
    week = slots["day"] // WEEK
    told = slots.assign(week=week).pivot_table(index="item", columns="week", values="propensity", aggfunc="first").fillna(0.0)
    chance = told.to_numpy() * np.bincount(week)[told.columns]
    varies = (chance * (1 - told.to_numpy())).sum(axis=1)
    shown = slots.groupby("item").size().loc[told.index].to_numpy()
    for one in np.argsort(-chance.sum(axis=1))[:OFTEN]:
        yield Interval("propensity", 1.0, *about(shown[one] / chance[one].sum(), np.sqrt(varies[one]) / chance[one].sum()))


def conversions(spec: Spec, slots: pd.DataFrame) -> Iterator[Interval]:
    """Of each item with enough of them: carts per click, purchases per cart."""
    known = truths.item_truth(spec, np.arange(spec.items))
    for name, of, then in (("cart", "clicked", "carted"), ("buy", "carted", "bought")):
        asked = slots[slots[of]].groupby("item")[then].agg(["sum", "count"])
        for item, (happened, cases) in asked[asked["count"] >= LEAST_CASES].iterrows():
            bounds = stats.binomtest(int(happened), int(cases)).proportion_ci(0.95, method="wilson")
            yield Interval(f"{name} probability", float(known[f"{name}_probability"][item]), bounds.low, bounds.high)


def dwell(spec: Spec, slots: pd.DataFrame) -> Iterator[Interval]:
    """Median and spread of the seconds that a slot is looked at."""
    log, constant = np.log(slots["dwell"].to_numpy()), constants(spec)
    yield Interval("dwell", float(np.log(constant["dwell_median"])), *mean(log))
    yield Interval("spread of dwell", float(constant["dwell_spread"]), *spread(log))
