"""Are the planted truths really in the planted data? Textbook estimates, their 95 % intervals, 20 seeds.

    .venv/bin/python benchmarks/planted_truths.py [FIRST LAST]

Protocol: for each seed a shop of its own; each parameter is estimated from what the generator gives by the textbook's estimator
for it, and its 95 % interval is asked whether it holds the planted value. Per mechanism the share of intervals that do must not
be rejected as 95 % by an exact binomial test at 1 %. Each line: NAME value goal PASS|FAIL.

- elasticities: Poisson maximum likelihood of an item-week's wants, all other mechanisms given, with standard errors clustered by
  week, since wants of one visit come together; a category's slope hangs on the few weeks in which its bestsellers were
  promoted, so the errors are corrected for leverage and Student's t has Bell & McCaffrey's degrees of freedom (2002, *Survey
  Methodology* 28; Cameron & Miller 2015, *A practitioner's guide to cluster-robust inference*, VI.D)
- click probability: clicks at each position over the appeal of what was shown there at random (Joachims, Swaminathan & Schnabel
  2017, *Unbiased learning-to-rank with biased feedback*), normal
- conversion: share of carts among clicks (Wilson's interval)
- lead times: mean of the orders' days per supplier, Student's t
- default: logistic regression on the true features, one year
- churn: leavers per member-week (Clopper & Pearson)
- experiments: ratio of mean units per customer of the two arms, delta method
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from lines import Line, said
from scipy import stats

from shelfwise.simulate import credit, means
from shelfwise.simulate.catalogue import categories, items
from shelfwise.simulate.draws import Floats, Ints
from shelfwise.simulate.effects import multipliers, traffic
from shelfwise.simulate.experiments import EXPERIMENTS, days_of, treated
from shelfwise.simulate.people import HAZARDS, SEGMENTS, people
from shelfwise.simulate.plans import plans, relative_prices
from shelfwise.simulate.shopping import FROM_SLOT, LOOKED_AT, SLOTS, cart_probability, click_probability, shop
from shelfwise.simulate.spec import WEEK, Spec
from shelfwise.simulate.stock import run_shelf
from shelfwise.simulate.suppliers import suppliers

SEEDS = 20
SHOP = Spec(days=364, customers=1_000, items=320, suppliers=24, locations=2, seed=0)
MANY = replace(SHOP, customers=40_000)  # for laws of single customers, which need no shopping
Z = float(stats.norm.ppf(0.975))
LEAST_CLICKS = 20
LEAST_ORDERS = 60  # delays are skewed: the mean of fewer is not yet normal
RESULTS = Path(__file__).parent / "results" / "planted_truths.json"


class Interval(NamedTuple):
    """Of one parameter in one shop."""

    mechanism: str
    truth: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        return self.low <= self.truth <= self.high


def main(first: int, last: int) -> int:
    found = [one for seed in range(first, last + 1) for one in intervals(seed)]
    lines = [line(name, [one for one in found if one.mechanism == name]) for name in dict.fromkeys(one.mechanism for one in found)]
    return said(lines, RESULTS if (first, last) == (1, SEEDS) else None)


def line(name: str, found: list[Interval]) -> Line:
    held = sum(one.holds for one in found)
    fair = bool(stats.binomtest(held, len(found), 0.95).pvalue >= 0.01)
    return f"{name}: share of intervals that hold the truth", held / len(found), f".95 of {len(found)} (binomial test at 1 %)", fair


def intervals(seed: int) -> Iterator[Interval]:
    """Every parameter's interval in the shop of this seed."""
    spec, many = replace(SHOP, seed=seed), replace(MANY, seed=seed)
    wants, slots = shop(spec, np.arange(spec.customers))
    yield from elasticities(spec, wants)
    yield from positions(spec, slots)
    yield from conversions(spec, slots)
    yield from lead_times(spec, wants)
    yield from defaults(many)
    yield from churn(many)
    yield from experiments(spec, wants)


def elasticities(spec: Spec, wants: pd.DataFrame) -> Iterator[Interval]:
    """Own, cross and rival elasticity of each category."""
    organic = wants[wants["number"] < FROM_SLOT]
    units = np.zeros((spec.items, spec.weeks))
    np.add.at(units, (organic["item"], organic["day"] // WEEK), 1)
    weighed = means.weights(spec, np.arange(spec.customers))
    all_places = weighed[weighed["location"] >= 0].groupby(["day", "taste"], as_index=False)["weight"].sum()
    daily = means.as_array(all_places, spec.days) * traffic(spec)[:, None]
    mean = (items(spec).affinity.T @ np.add.reduceat(daily, np.arange(0, spec.days, WEEK), axis=0).T) * multipliers(spec)
    own, others = relative_prices(spec)
    kinds, category = categories(spec), items(spec).category
    for name, x in (("own", own), ("cross", others), ("rival", plans(spec).rivals)):
        for number, truth in enumerate(getattr(kinds, f"{name}_elasticity")):
            here = (category == number)[:, None] & (mean > 0)
            if here.any():
                base = mean[here] * np.exp(-truth * x[here])
                week = np.nonzero(here & np.ones(units.shape, dtype=bool))[1]
                yield Interval(f"{name} elasticity", float(truth), *poisson_slope(units[here], base, x[here], week))


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


def positions(spec: Spec, slots: pd.DataFrame) -> Iterator[Interval]:
    """Probability that each position is looked at: clicks over what they would be were every slot looked at."""
    who = people(spec, np.arange(spec.customers))
    first = np.zeros(len(slots), dtype=np.int64)  # the first position is always looked at
    chance = click_probability(spec, who, slots["customer"].to_numpy(), slots["item"].to_numpy(), first)
    for place in range(SLOTS):
        here = slots["position"].to_numpy() == place + 1
        clicks, most = slots["clicked"].to_numpy()[here].sum(), chance[here].sum()
        error = np.sqrt(clicks * (1 - clicks / here.sum())) / most
        yield Interval("click probability", float(LOOKED_AT[place]), clicks / most - Z * error, clicks / most + Z * error)


def conversions(spec: Spec, slots: pd.DataFrame) -> Iterator[Interval]:
    """Carts per click of each item with enough clicks."""
    clicked = slots[slots["clicked"]].groupby("item")["carted"].agg(["sum", "count"])
    for item, (carted, clicks) in clicked[clicked["count"] >= LEAST_CLICKS].iterrows():
        bounds = stats.binomtest(int(carted), int(clicks)).proportion_ci(0.95, method="wilson")
        yield Interval("cart probability", float(cart_probability(spec)[item]), bounds.low, bounds.high)


def lead_times(spec: Spec, wants: pd.DataFrame) -> Iterator[Interval]:
    """Mean days of each supplier; an item's first delivery is agreed to the day and left out."""
    weighed = means.weights(spec, np.arange(spec.customers))
    web = means.as_array(weighed[weighed["location"] == spec.web], spec.days).mean(axis=0)
    ids = np.arange(spec.items)
    orders = run_shelf(spec, spec.web, ids, means.expected_daily(spec, web), wants[wants["location"] == spec.web])["orders"]
    later = orders[orders["ordered"] >= items(spec).launch[orders["item"]]]
    days = (later["arrived"] - later["ordered"]).groupby(items(spec).supplier[later["item"]])
    for supplier, seen in days:
        if len(seen) >= LEAST_ORDERS:
            half = stats.t.ppf(0.975, len(seen) - 1) * seen.std(ddof=1) / np.sqrt(len(seen))
            yield Interval("lead time", float(suppliers(spec).true_mean_days[supplier]), seen.mean() - half, seen.mean() + half)


def defaults(spec: Spec) -> Iterator[Interval]:
    """Level and slopes of the logistic regression of a default within twelve months."""
    ids = credit.party_ids(spec, credit.BUSINESS)
    z = credit.standardised(credit.parties(spec, credit.BUSINESS, ids))
    failed = credit.default_days(spec, credit.BUSINESS, ids) < credit.YEAR
    design = np.column_stack([np.ones(len(ids)), z])
    estimate, error = logistic(design, failed.astype(float))
    for truth, middle, spread in zip([credit.PD_LEVEL, *credit.PD_SLOPES], estimate, error, strict=True):
        yield Interval("default probability", float(truth), middle - Z * spread, middle + Z * spread)


def logistic(design: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Maximum likelihood by Newton's steps, and standard errors."""
    b = np.zeros(design.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-design @ b))
        information = (design * (p * (1 - p))[:, None]).T @ design
        b = b + np.linalg.solve(information, design.T @ (y - p))
    return b, np.sqrt(np.diag(np.linalg.inv(information)))


def churn(spec: Spec) -> Iterator[Interval]:
    """Weekly hazard of each segment: those who left, per week of membership."""
    who = people(spec, np.arange(spec.customers))
    last = np.minimum(who.left, spec.days)
    weeks = np.where(who.left < spec.days, (last - who.joined) // WEEK, -(-(last - who.joined) // WEEK) - 1)
    for segment in range(len(SEGMENTS)):
        mine = who.segment == segment
        left, at_risk = int((who.left < spec.days)[mine].sum()), int(weeks[mine].sum())
        bounds = stats.binomtest(left, at_risk).proportion_ci(0.95, method="exact")
        yield Interval("churn hazard", float(HAZARDS[segment]), bounds.low, bounds.high)


def experiments(spec: Spec, wants: pd.DataFrame) -> Iterator[Interval]:
    """Log ratio of units wanted per customer, treated over control."""
    organic, customers = wants[wants["number"] < FROM_SLOT], np.arange(spec.customers)
    for one in EXPERIMENTS:
        first, end = days_of(spec, one)
        during = organic[(organic["day"] >= first) & (organic["day"] < end)]
        units = np.bincount(during["customer"], minlength=spec.customers).astype(float)
        arms = [units[treated(spec, one, customers) == arm] for arm in (1, 0)]
        log = np.log(arms[0].mean() / arms[1].mean())
        error = np.sqrt(sum(arm.var(ddof=1) / len(arm) / arm.mean() ** 2 for arm in arms))
        yield Interval("experiment effect", float(np.log1p(one.effect)), log - Z * error, log + Z * error)


if __name__ == "__main__":
    sys.exit(main(*(int(seed) for seed in sys.argv[1:] or (1, SEEDS))))
